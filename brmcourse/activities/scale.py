"""A self-assessment: all items on one page, saved as they are rated, a result that may be compared with the last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar

from brmcourse.activities.activity import Action
from brmcourse.events import Draft, Event
from brmcourse.model.scale import Format, Item, Scale
from brmcourse.scoring.scales import ScaleScore, ratings, score_scale

Ratings = Mapping[str, int | None]
NO_CHANCE = "none"
"""The form value of "no chance yet"."""


@dataclass(frozen=True)
class Questionnaire:
    """A scale together with the answer format it names."""

    scale: Scale
    format: Format

    @property
    def fingerprint(self) -> str:
        """The version of the items and labels."""
        return f"{self.scale.fingerprint}-{self.format.fingerprint}"


@dataclass(frozen=True)
class Result:
    """A finished self-assessment."""

    score: ScaleScore
    time: datetime


@dataclass(frozen=True)
class ScaleState:
    """A self-assessment in hand: ratings so far (None: no chance yet), and the results, oldest first."""

    content: Questionnaire
    ratings: Ratings = field(default_factory=lambda: MappingProxyType({}))
    results: tuple[Result, ...] = ()
    finished: bool = False
    outdated: bool = False
    missing: tuple[str, ...] = ()

    no_chance: ClassVar[str] = NO_CHANCE

    def offered(self, item: Item) -> range:
        """Return the ratings that a line can be given."""
        return ratings(item, self.content.format)

    @property
    def result(self) -> Result | None:
        """The latest result, if it is on show."""
        return self.results[-1] if self.finished else None

    @property
    def previous(self) -> Result | None:
        """The result before the latest."""
        return self.results[-2] if len(self.results) > 1 else None


def subjects(content: Questionnaire) -> tuple[str, ...]:
    """Return the scale."""
    return (content.scale.id,)


def begin(content: Questionnaire, _seed: str) -> ScaleState:
    """Return the empty form; items keep their order, so that results can be compared."""
    return ScaleState(content)


def replay(state: ScaleState, event: Event) -> ScaleState:
    """Fold an event in; ratings of an earlier version stay in the log and are not compared."""
    if event.fingerprint != state.content.fingerprint:
        return replace(state, outdated=True)
    match event.kind:
        case "scale.rated":
            return replace(state, ratings={**state.ratings, **event.body["ratings"]})
        case "scale.finished":
            score = score_scale(state.content.scale, state.content.format, event.body["answers"])
            results = (*state.results, Result(score, event.time))
            return replace(
                state, results=results, ratings=event.body["answers"], finished=True, missing=()
            )
        case "scale.reopened":
            return replace(state, ratings={}, finished=False, missing=())
    return state


def update(state: ScaleState, action: Action) -> tuple[ScaleState, Sequence[Draft]]:
    """Answer "draft" (a rating changed), "finish", "finish-anyway" and "again"."""

    def draft(kind: str, **body: object) -> Draft:
        return Draft(kind, state.content.scale.id, state.content.fingerprint, body)

    if action.name == "again":
        return state, [draft("scale.reopened")]
    if action.name not in {"draft", "finish", "finish-anyway"} or state.finished:
        return state, ()
    given = _read(state, action)
    fresh = {
        key: value
        for key, value in given.items()
        if key not in state.ratings or state.ratings[key] != value
    }
    drafts = [draft("scale.rated", ratings=fresh)] if fresh else []
    answers = {**state.ratings, **given}
    missing = tuple(item.id for item in state.content.scale.items if item.id not in answers)
    if action.name == "draft":
        return replace(state, missing=tuple(key for key in state.missing if key in missing)), drafts
    if missing and action.name == "finish":
        return replace(state, missing=missing), drafts
    return state, [*drafts, draft("scale.finished", answers=answers)]


def _read(state: ScaleState, action: Action) -> dict[str, int | None]:
    given: dict[str, int | None] = {}
    for item in state.content.scale.items:
        allowed = {str(value): value for value in ratings(item, state.content.format)}
        value = action.get(item.id)
        if value == NO_CHANCE or value in allowed:
            given[item.id] = allowed.get(value)
    return given
