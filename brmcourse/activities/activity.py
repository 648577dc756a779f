"""What every activity is: a module with pure functions over a state that the learner's log rebuilds.

`begin` gives the state of someone who did nothing yet, `replay` folds one recorded event into it,
and `update` answers an action of the learner with events to record. What was recorded comes back
through `replay`, so that the page after an answer and the page reopened a week later are the same
fold over the same log.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from random import Random
from typing import Any, Protocol, TypeVar

from brmcourse.events import Draft, Event

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True)
class Action:
    """What the learner did on the page: a name, what it is about, and the fields of the form it was done in."""

    name: str
    about: str = ""
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a form field."""
        values = self.form.get(name, ())
        return values[0] if values else default


class Activity(Protocol):
    """The functions of an activity's module. `seed` is the learner's own: it decides the order options are shown in."""

    def subjects(self, content: Any) -> tuple[str, ...]:
        """Return the subjects of the events this activity rests on."""

    def begin(self, content: Any, seed: str) -> Any:
        """Return the state of a learner who did nothing yet."""

    def replay(self, state: Any, event: Event) -> Any:
        """Fold one recorded event into the state."""

    def update(self, state: Any, action: Action) -> tuple[Any, Sequence[Draft]]:
        """Answer an action: a state that differs only in what is not recorded, and the events to record."""


def start(activity: Activity, content: Any, history: Iterable[Event], seed: str) -> Any:
    """Return the state that a history leads to."""
    return reduce(activity.replay, history, activity.begin(content, seed))


def shuffled(items: Sequence[T], seed: str, subject: str) -> tuple[T, ...]:
    """Return the items in an order that stays the same for one learner and subject."""
    return tuple(Random(f"{seed}:{subject}").sample(items, len(items)))  # noqa: S311 -- no secret
