"""A self-assessment: all items on one page, saved as they are rated, with the latest results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from brmcourse.activities.activity import NONE, Action, Context, Note, shuffled
from brmcourse.content.library import BASELINE, Library
from brmcourse.errors import ContentError
from brmcourse.events import Body, Draft, Event, ScaleFinished, ScaleRated, ScaleReopened
from brmcourse.model.scale import Baseline, Format, Item, Scale
from brmcourse.scoring.scales import ScaleScore, ratings, score_scale

Ratings = Mapping[str, int | None]
NO_CHANCE = "none"
"""The form value of "no chance yet"."""


class Short(NamedTuple):
    """The short form that asked some of the same lines before, and where it stands."""

    id: str
    edition: int
    where: str


@dataclass(frozen=True)
class Questionnaire:
    """A scale together with the answer format it names, and the short form drawn from it."""

    scale: Scale
    format: Format
    short: Short | None = None

    @cached_property
    def offered(self) -> Mapping[str, range]:
        """The ratings that each line can be given."""
        return {item.id: ratings(item, self.format) for item in self.scale.items}

    def said(self, item: Item, rating: int | None) -> str:
        """Return the words of a rating."""
        if rating is None:
            return self.format.no_chance
        words = item.choices or self.format.labels
        return words[self.offered[item.id].index(rating)]

    def fits(self, answers: Ratings) -> bool:
        """Say whether all answers are ones that the scale offers; None ("no chance yet") is one."""
        for line, rating in answers.items():
            if line not in self.offered:
                return False
            if rating is not None and rating not in self.offered[line]:
                return False
        return True


@dataclass(frozen=True)
class Result:
    """A finished self-assessment: what was answered and when, and the result before it."""

    content: Questionnaire
    answers: Ratings
    time: datetime
    before: "Result | None" = field(default=None, compare=False, repr=False)

    @cached_property
    def score(self) -> ScaleScore:
        """What the answers come to."""
        return score_scale(self.content.scale, self.content.format, self.answers)


class Earlier(NamedTuple):
    """What was answered in the short form, and when."""

    answers: Ratings
    time: datetime


class Said(NamedTuple):
    """What was chosen for a line before: where, in which words, and when."""

    where: str
    words: str
    time: datetime


class Missing(NamedTuple):
    """A line without an answer: the field to go to, and words for it."""

    line: str
    field: str
    words: str


class ScaleRecord(NamedTuple):
    """Ratings so far (None: no chance yet), the latest result, and that of the short form."""

    content: Questionnaire
    ratings: Ratings = NONE
    result: Result | None = None
    finished: bool = False
    outdated: bool = False
    earlier: Earlier | None = None


@dataclass(frozen=True)
class ScaleState:
    """A self-assessment on a page; `asked` says that a result was wanted with lines missing.

    `seed` decides the order of statements to choose from.
    """

    record: ScaleRecord
    asked: bool = False
    seed: str = ""

    no_chance = NO_CHANCE

    @property
    def content(self) -> Questionnaire:
        """The scale with its answer format."""
        return self.record.content

    @property
    def ratings(self) -> Ratings:
        """The ratings so far."""
        return self.record.ratings

    @property
    def outdated(self) -> bool:
        """Whether it was answered in another edition only."""
        return self.record.outdated

    @property
    def missing(self) -> tuple[str, ...]:
        """The lines without an answer, once a result was asked for."""
        return tuple(problem.line for problem in self.problems)

    @cached_property
    def problems(self) -> tuple[Missing, ...]:
        """The same lines, with a way to each and words for it."""
        if not self.asked or self.record.finished:
            return ()
        found = []
        for number, item in enumerate(self.content.scale.items, 1):
            if item.id not in self.ratings:
                first = f"{item.id}-{self.shown(item)[0]}"
                found.append(Missing(item.id, first, f"Line {number} has no answer yet"))
        return tuple(found)

    def earlier(self, item: Item) -> Said | None:
        """Return what was chosen for this line in the short form; None if it was not asked."""
        short, earlier = self.content.short, self.record.earlier
        if short is None or earlier is None or item.id not in earlier.answers:
            return None
        rating = earlier.answers[item.id]
        if rating is not None and rating not in self.offered(item):
            return None
        return Said(short.where, self.content.said(item, rating), earlier.time)

    def offered(self, item: Item) -> range:
        """Return the ratings that a line can be given."""
        return self.content.offered[item.id]

    def shown(self, item: Item) -> Sequence[int]:
        """Return the ratings of a line in the order in which they stand on the page.

        Statements are shuffled, and never stand from the lowest level to the highest: their place
        would say what they are worth.
        """
        offered = self.offered(item)
        if not item.choices:
            return offered
        order = shuffled(offered, self.seed, item.id)
        if order == tuple(offered):
            return order[1:] + order[:1]
        return order

    @property
    def result(self) -> Result | None:
        """The latest result, if it is on show."""
        return self.record.result if self.record.finished else None

    @property
    def previous(self) -> Result | None:
        """The result before the latest."""
        return self.record.result.before if self.record.result else None


def find(library: Library, name: str) -> Questionnaire:
    """Return the self-assessment of that id; raise UnknownIdError or ContentError."""
    if name.lower() == BASELINE:
        baseline: Baseline = library.single("baseline.yaml")
        scales = [library.named("scales", drawn) for drawn in baseline.draws]
        found = baseline.of(scales)
        return Questionnaire(found, library.named("formats", found.format))
    found = library.named("scales", name)
    return Questionnaire(found, library.named("formats", found.format), _short(library, found))


def _short(library: Library, scale: Scale) -> Short | None:
    """Return the short form that is drawn from a scale; None if it is not, or cannot be read."""
    try:
        baseline: Baseline = library.single("baseline.yaml")
        number = library.module_numbers.get(baseline.module, "")
    except ContentError:  # the scale is none the worse for it
        return None
    if scale.id not in baseline.draws or scale.format != baseline.format:
        return None
    return Short(baseline.id, baseline.edition, f"module {number}".strip())


def subjects(content: Questionnaire) -> tuple[str, ...]:
    """Return the scale, and the short form drawn from it."""
    if content.short is None:
        return (content.scale.id,)
    return content.scale.id, content.short.id


def blank(content: Questionnaire) -> ScaleRecord:
    """Return the empty form."""
    return ScaleRecord(content)


def begin(record: ScaleRecord, context: Context) -> ScaleState:
    """Return the form or the result; items keep their order, so that results can be compared."""
    return ScaleState(record, seed=context.seed)


def fold(record: ScaleRecord, event: Event) -> ScaleRecord:
    """Fold an event in; ratings of another edition are not compared."""
    if event.subject != record.content.scale.id:
        return _before(record, event)
    if event.edition != record.content.scale.edition:
        return record if record.outdated else record._replace(outdated=True)
    return _folded(record, event)


def _folded(record: ScaleRecord, event: Event) -> ScaleRecord:
    match event.body:
        case ScaleRated(ratings=given):
            if not record.content.fits(given):
                return record
            return record._replace(ratings={**record.ratings, **given})
        case ScaleFinished(answers=answers):
            return _finished(record, Result(record.content, answers, event.time, record.result))
        case ScaleReopened():
            return record._replace(ratings={}, finished=False)
    return record


def _before(record: ScaleRecord, event: Event) -> ScaleRecord:
    short = record.content.short
    if short is None or (event.subject, event.edition) != (short.id, short.edition):
        return record
    match event.body:
        case ScaleFinished(answers=answers):
            return record._replace(earlier=Earlier(answers, event.time))
    return record


def done(record: ScaleRecord) -> bool:
    """Say whether a result was asked for."""
    return record.result is not None


def written(_record: ScaleRecord) -> Sequence[Note]:
    """Return nothing: ratings are chosen, not written."""
    return ()


def _finished(record: ScaleRecord, result: Result) -> ScaleRecord:
    if not record.content.fits(result.answers):
        return record
    return record._replace(
        ratings=result.answers,
        result=result,
        finished=True,
        outdated=False,
    )


def update(state: ScaleState, action: Action) -> tuple[ScaleState, Sequence[Draft]]:
    """Answer "draft" (a rating changed), "finish", "finish-anyway" and "again"."""
    if action.name == "again":
        return replace(state, asked=False), [_draft(state, ScaleReopened())]
    if action.name not in {"draft", "finish", "finish-anyway"} or state.record.finished:
        return state, ()
    given = _read(state, action)
    drafts = _rated(state, given)
    if action.name == "draft":
        return state, drafts
    answers = {**state.ratings, **given}
    if action.name == "finish" and _incomplete(state, answers):
        return replace(state, asked=True), drafts
    return replace(state, asked=False), [*drafts, _draft(state, ScaleFinished(answers))]


def _draft(state: ScaleState, body: Body) -> Draft:
    return Draft(state.content.scale.id, state.content.scale.edition, body)


def _rated(state: ScaleState, given: Ratings) -> list[Draft]:
    """Return the ratings in a form that are not kept yet, as an event if there are any."""
    fresh = dict(given.items() - state.ratings.items())
    return [_draft(state, ScaleRated(fresh))] if fresh else []


def _incomplete(state: ScaleState, answers: Ratings) -> bool:
    return any(item.id not in answers for item in state.content.scale.items)


def _read(state: ScaleState, action: Action) -> dict[str, int | None]:
    """Return the ratings in a form, whose fields are called like the items."""
    given: dict[str, int | None] = {}
    for item in state.content.scale.items:
        allowed = {str(value): value for value in state.offered(item)}
        value = action.get(item.id)
        if value == NO_CHANCE or value in allowed:
            given[item.id] = allowed.get(value)
    return given
