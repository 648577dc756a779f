"""What every activity is: a module of pure functions over what the learner's log records.

What is *recorded* is a small record, folded from events: progress, review and reports read it
without any page. What is merely *on the page* (a notice, an open question) stands beside it in the
state. `update` answers an action of the learner with events to record; what was recorded comes
back through `fold`, so that the page after an answer and the page reopened a week later are the
same fold over the same log.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import reduce
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeVar

from brmcourse.content.library import Library
from brmcourse.events import FIRST_PARTNER, ActivityReset, Draft, Event, StepPassed

C = TypeVar("C")
"""Content: what an activity shows."""

R = TypeVar("R")
"""Record: what the log says of it."""

S = TypeVar("S", bound="State[Any]")
"""State: the record, and what is on the page."""

R_co = TypeVar("R_co", covariant=True)
T = TypeVar("T")


NONE: Mapping[Any, Any] = MappingProxyType({})
"""Nothing recorded yet, by whatever it is kept."""


@dataclass(frozen=True)
class Context:
    """What an activity may know beside its content and the log.

    `seed` is the learner's own: it decides the order that options are shown in. `partner` is the
    key of the partner it is about.
    """

    seed: str = ""
    partner: str = FIRST_PARTNER
    today: date = date.min


@dataclass(frozen=True)
class Action:
    """What the learner did on the page: a name, what it is about, and the fields of its form."""

    name: str
    about: str = ""
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a form field."""
        values = self.form.get(name, ())
        return values[0] if values else default


class Note(NamedTuple):
    """Something in the learner's own words: what it is called, how it begins, its last change."""

    title: str
    text: str
    time: datetime


class State(Protocol[R_co]):
    """What a page shows of an activity: its record, and whatever is on the page only."""

    @property
    def record(self) -> R_co:
        """What the log says."""


class Activity(Protocol[C, R, S]):
    """The functions of an activity's module."""

    def find(self, library: Library, name: str) -> C:
        """Return the content of that name; raise UnknownIdError or ContentError."""

    def subjects(self, content: C) -> tuple[str, ...]:
        """Return the subjects of the events this activity rests on."""

    def blank(self, content: C) -> R:
        """Return the record of a learner who did nothing yet."""

    def fold(self, record: R, event: Event) -> R:
        """Fold one event into the record; one that does not fit its content changes nothing."""

    def done(self, record: R) -> bool:
        """Say whether the learner did what is asked for."""

    def written(self, record: R) -> Sequence[Note]:
        """Return what stands there in the learner's own words; what shows them only has none."""

    def begin(self, record: R, context: Context) -> S:
        """Return a page that shows this record."""

    def update(self, state: S, action: Action) -> tuple[S, Sequence[Draft]]:
        """Answer an action: the page after it, and the events to record; raise ActionError."""


def standing(events: Sequence[Event]) -> Sequence[Event]:
    """Return the events that count: none from before its subject was begun anew.

    A new start of a subject is about one partner, or about none; steps that were passed count
    until it takes them back, too.
    """
    resets: dict[tuple[str, str, bool], int] = {}
    for number, event in enumerate(events):
        if isinstance(event.body, ActivityReset):
            resets[event.subject, event.partner, False] = number
            if event.body.steps:
                resets[event.subject, event.partner, True] = number
    if not resets:
        return events
    last = resets.get
    return [
        event
        for number, event in enumerate(events)
        if number > last((event.subject, event.partner, isinstance(event.body, StepPassed)), -1)
        and not isinstance(event.body, ActivityReset)
    ]


def history(events: Iterable[Event]) -> list[Event]:
    """Return the events with those from before their subject was begun anew."""
    return [event for event in events if not isinstance(event.body, ActivityReset)]


def begins_anew(events: Iterable[Event]) -> bool:
    """Say whether some subject is begun anew, so that what was folded before does not hold."""
    return any(isinstance(event.body, ActivityReset) for event in events)


def recorded(activity: Activity[C, R, S], content: C, events: Iterable[Event]) -> R:
    """Return what events come to, without any page."""
    return reduce(activity.fold, events, activity.blank(content))


def start(activity: Activity[C, R, S], content: C, events: Iterable[Event], context: Context) -> S:
    """Return the page that events lead to."""
    return activity.begin(recorded(activity, content, events), context)


def caught_up(activity: Activity[Any, Any, S], state: S, events: Iterable[Event]) -> S:
    """Return the same page after further events."""
    record = reduce(activity.fold, events, state.record)
    return replace(state, record=record)  # type: ignore[type-var]


def shuffled(items: Sequence[T], seed: str, subject: str) -> tuple[T, ...]:
    """Return the items in an order that stays the same for one learner and subject."""
    chance = Random(f"{seed}:{subject}")  # noqa: S311 -- no secret
    return tuple(chance.sample(items, len(items)))


def day(text: str) -> str:
    """Return a date of a form (like 2026-06-03) in words; anything else as it is."""
    found = iso_day(text)
    return f"{found:%d %B %Y}".removeprefix("0") if found else text


def iso_day(text: str) -> date | None:
    """Return the date that a form's text (like 2026-06-03) stands for, None if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def local_day(time: datetime) -> date:
    """Return the day that a moment is in where the learner is."""
    try:
        return time.astimezone().date()
    except (OverflowError, ValueError):  # at either end of time
        return time.date()


def number(text: str) -> int:
    """Return the whole number from 0 that a page's form names, or -1, which nothing has."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1  # noqa: PLR2004
