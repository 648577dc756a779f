"""The profile: all self-assessments on one page, about one partner or several side by side.

Below them stands how often the learner was right when how sure. It keeps next to nothing of its
own: each result is that of the self-assessment or the quiz it comes from, over the same events.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from brmcourse.activities import mirror as mirrors
from brmcourse.activities import quiz as quizzes
from brmcourse.activities import scale as scales
from brmcourse.activities.activity import NONE, Action, Context, Note
from brmcourse.activities.mirror import GROUP, OPEN, MirrorRecord, Shown
from brmcourse.activities.quiz import Exercise, QuizRecord
from brmcourse.activities.scale import Questionnaire, Result, ScaleRecord
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import Draft, Event, ScaleThoughtBack
from brmcourse.model.profile import Act, Profile
from brmcourse.model.scale import Item, Subscale
from brmcourse.scoring.certainty import Level, calibration
from brmcourse.scoring.change import Change, reliable_change, standard_error

LATEST = 12
"""How many results of a self-assessment the page lists; older ones stay in the log."""

BACK = "back"
"""The form field of a rating thought back to."""


class Lesson(NamedTuple):
    """Where something is taught: module, the number learners know it by, and the heading."""

    module: str
    number: int
    title: str


@dataclass(frozen=True)
class Overview:
    """The profile's content: self-assessments, the partner's form, and the quizzes that ask.

    `lessons` says where each part is taught, by "module.section".
    """

    profile: Profile
    scales: tuple[Questionnaire, ...]
    mirror: mirrors.Outline
    quizzes: tuple[Exercise, ...]
    numbers: Mapping[str, int]
    lessons: Mapping[str, Lesson]

    @cached_property
    def by_subject(self) -> Mapping[str, Questionnaire]:
        """The self-assessments by their ids."""
        return {content.scale.id: content for content in self.scales}

    @cached_property
    def mirrored(self) -> frozenset[str]:
        """The subjects that the partner's view rests on."""
        return frozenset(mirrors.subjects(self.mirror))

    @cached_property
    def asked_by(self) -> Mapping[str, tuple[Exercise, ...]]:
        """The quizzes that rest on a subject."""
        found: dict[str, tuple[Exercise, ...]] = {}
        for exercise in self.quizzes:
            for name in (exercise.quiz.id, *exercise.questions):
                found[name] = (*found.get(name, ()), exercise)
        return found

    @cached_property
    def error(self) -> float:
        """The standard error of a result that is assumed, in points of 0 to 100."""
        wobble = self.profile.wobble
        return standard_error(wobble.reliability, wobble.spread)


class ThoughtBack(NamedTuple):
    """How often the learner, looking back later, thinks to have done it at the first result."""

    rating: int
    time: datetime


class Told(NamedTuple):
    """What is recorded about one partner; `mirror` is how others see it."""

    scales: Mapping[str, ScaleRecord] = NONE
    back: Mapping[str, ThoughtBack] = NONE
    mirror: MirrorRecord | None = None


class ProfileRecord(NamedTuple):
    """What is recorded about each partner, by key, and of each quiz, by its id."""

    content: Overview
    partners: Mapping[str, Told] = NONE
    quizzes: Mapping[str, QuizRecord] = NONE

    def told(self, partner: str) -> Told:
        """Return what is recorded about a partner."""
        return self.partners.get(partner, NOTHING)


NOTHING = Told()


class Lowest(NamedTuple):
    """The lowest part of a result, its score from 0 to 100, and an act to try."""

    part: Subscale
    score: float
    act: Act | None


@dataclass(frozen=True)
class Standing:
    """One self-assessment as it stands for one partner; `result` is None before the first.

    `view` has both sides' scores on the lines that others were asked about, too, of the partner
    or of a group, as `whose` says; it is None while there is nothing to set side by side. `seen` is
    when the partner answered.
    """

    overview: Overview
    content: Questionnaire
    result: Result | None
    back: ThoughtBack | None
    view: Shown | None = None
    whose: str = OPEN
    seen: datetime | None = None

    @property
    def history(self) -> tuple[Result, ...]:
        """The latest results, the oldest of them first."""
        found: list[Result] = []
        result = self.result
        while result is not None and len(found) < LATEST:
            found.append(result)
            result = result.before
        return tuple(reversed(found))

    @property
    def scored(self) -> tuple[Result, ...]:
        """Those of them with enough answers for a score."""
        return tuple(result for result in self.history if result.score.score is not None)

    @property
    def score(self) -> float | None:
        """The latest result from 0 to 100; None if there is none, or too few answers."""
        return None if self.result is None else self.result.score.score

    @property
    def levels(self) -> float | None:
        """The middle of the levels chosen, where it has levels and enough answers."""
        return None if self.result is None else self.result.score.level

    @property
    def change(self) -> Change | None:
        """The change from the first result on show to the latest."""
        first = self.scored[0].score.score if self.scored else None
        if len(self.scored) < 2 or first is None or self.score is None:  # noqa: PLR2004
            return None
        return reliable_change(first, self.score, self.overview.error)

    @property
    def lowest(self) -> Lowest | None:
        """The lowest part of the latest result; the first of those that are equally low."""
        if self.result is None:
            return None
        scores = self.result.score.subscales
        found = [
            (score, part)
            for part in self.content.scale.subscales
            if (score := scores.get(part.id)) is not None
        ]
        if not found:
            return None
        score, part = min(found, key=lambda pair: pair[0])
        act = self.overview.profile.by_part.get(f"{self.content.scale.id}.{part.id}")
        return Lowest(part, score, act)

    @property
    def stands_out(self) -> bool:
        """Whether the lowest part is lower than another one."""
        if self.result is None or self.lowest is None:
            return False
        scores = self.result.score.subscales.values()
        return any(score is not None and score > self.lowest.score for score in scores)

    @property
    def unanswered(self) -> tuple[Item, ...]:
        """The lines that the latest result has no answer to."""
        if self.result is None:
            return ()
        answers = self.result.answers
        return tuple(item for item in self.content.scale.items if answers.get(item.id) is None)

    @property
    def back_score(self) -> float | None:
        """The rating thought back to, from 0 to 100."""
        if self.back is None:
            return None
        form = self.content.format
        return (self.back.rating - form.min) / (form.max - form.min) * 100


@dataclass(frozen=True)
class ProfileState:
    """The profile on a page: of whom, and whether all partners stand side by side."""

    record: ProfileRecord
    partner: str
    comparing: bool = False
    asked: str = ""

    field = BACK

    @property
    def content(self) -> Overview:
        """What the profile shows."""
        return self.record.content

    def standings(self, partner: str) -> Sequence[Standing]:
        """Return each self-assessment as it stands for a partner."""
        told = self.record.told(partner)
        views = _views(told)
        return tuple(_standing(told, self.content, one, views) for one in self.content.scales)

    @cached_property
    def mine(self) -> Sequence[Standing]:
        """Each self-assessment as it stands for this partner."""
        return self.standings(self.partner)

    @property
    def shown(self) -> Sequence[Standing]:
        """Each self-assessment that has a result about this partner."""
        return [standing for standing in self.mine if standing.result]

    @property
    def waiting(self) -> Sequence[Standing]:
        """Each self-assessment that has none."""
        return [standing for standing in self.mine if not standing.result]

    @property
    def compared(self) -> Iterator[tuple[Questionnaire, Mapping[str, float]]]:
        """Yield each self-assessment with the scores there are, by partner."""
        for content in self.content.scales:
            scores = {}
            for partner, told in self.record.partners.items():
                record = told.scales.get(content.scale.id)
                score = record.result.score.score if record and record.result else None
                if score is not None:
                    scores[partner] = score
            if scores:
                yield content, scores

    @property
    def others(self) -> bool:
        """Whether there are results about somebody else, too."""
        return any(told.scales for key, told in self.record.partners.items() if key != self.partner)

    @cached_property
    def calibration(self) -> tuple[Level, ...]:
        """How often the learner was right at each level of certainty, over all quizzes."""
        records = self.record.quizzes.values()
        return calibration(answer for record in records for answer in quizzes.sure(record))

    def lesson(self, act: Act) -> Lesson | None:
        """Return where an act is taught."""
        return self.content.lessons.get(act.section)


def _views(told: Told) -> Mapping[str, Shown]:
    """Return both sides' scores by self-assessment, where there is one of each."""
    if told.mirror is None:
        return NONE
    shown = mirrors.compared(told.mirror, _whose(told))
    both = (one for one in shown if one.own is not None and one.theirs is not None)
    return {one.id: one for one in both}


def _whose(told: Told) -> str:
    return OPEN if told.mirror and told.mirror.latest else GROUP


def _standing(
    told: Told, overview: Overview, content: Questionnaire, views: Mapping[str, Shown]
) -> Standing:
    name = content.scale.id
    record = told.scales.get(name)
    result = record.result if record else None
    latest = told.mirror.latest if told.mirror else None
    seen = latest.time if latest else None
    view = views.get(name)
    return Standing(overview, content, result, told.back.get(name), view, _whose(told), seen)


def find(library: Library, _name: str) -> Overview:
    """Return the profile with its self-assessments; raise UnknownIdError or ContentError."""
    profile: Profile = library.single("profile.yaml")
    numbers = library.module_numbers
    lessons = {}
    for module in library.course.modules:
        for section in module.sections:
            where = Lesson(module.id, numbers[module.id], section.title)
            lessons[f"{module.id}.{section.id}"] = where
    rated = tuple(scales.find(library, name) for name in profile.scales)
    found = (quizzes.find(library, name) for name in library.names("questions"))
    asking = tuple(exercise for exercise in found if exercise.certainty)
    return Overview(profile, rated, mirrors.find(library, ""), asking, numbers, lessons)


def subjects(content: Overview) -> tuple[str, ...]:
    """Return the self-assessments, the partner's form, and the quizzes with their questions."""
    return (*dict.fromkeys((*content.by_subject, *content.mirrored, *content.asked_by)),)


def blank(content: Overview) -> ProfileRecord:
    """Return the profile of somebody who rated nothing yet."""
    return ProfileRecord(content)


def begin(record: ProfileRecord, context: Context) -> ProfileState:
    """Return the profile about the current partner."""
    return ProfileState(record, context.partner)


def fold(record: ProfileRecord, event: Event) -> ProfileRecord:
    """Fold an event about any partner, or of a quiz, in."""
    if event.subject in record.content.asked_by:
        return _of_quizzes(record, event)
    told = record.told(event.partner)
    match event.body:
        case ScaleThoughtBack(rating=rating):
            after = _thought_back(record.content, told, event, rating)
        case _:
            after = _seen(record.content, _rated(record.content, told, event), event)
    if after is told:
        return record
    return record._replace(partners={**record.partners, event.partner: after})


def _thought_back(overview: Overview, told: Told, event: Event, rating: int) -> Told:
    content = overview.by_subject.get(event.subject)
    if content is None or event.edition != content.scale.edition:
        return told
    if rating not in _ratings(content):
        return told
    return told._replace(back={**told.back, event.subject: ThoughtBack(rating, event.time)})


def _rated(overview: Overview, told: Told, event: Event) -> Told:
    content = overview.by_subject.get(event.subject)
    if content is None:
        return told
    before = told.scales.get(event.subject) or scales.blank(content)
    after = scales.fold(before, event)
    if after is before:
        return told
    return told._replace(scales={**told.scales, event.subject: after})


def _seen(overview: Overview, told: Told, event: Event) -> Told:
    if event.subject not in overview.mirrored:
        return told
    before = told.mirror or mirrors.blank(overview.mirror)
    after = mirrors.fold(before, event)
    return told if after is before else told._replace(mirror=after)


def _of_quizzes(record: ProfileRecord, event: Event) -> ProfileRecord:
    for exercise in record.content.asked_by.get(event.subject, ()):
        name = exercise.quiz.id
        before = record.quizzes.get(name) or quizzes.blank(exercise)
        after = quizzes.fold(before, event)
        if after is not before:
            record = record._replace(quizzes={**record.quizzes, name: after})
    return record


def done(_record: ProfileRecord) -> bool:
    """Say that nothing is asked for: the profile shows what was done elsewhere."""
    return True


def written(_record: ProfileRecord) -> Sequence[Note]:
    """Return nothing: it has no words of the learner's."""
    return ()


def update(state: ProfileState, action: Action) -> tuple[ProfileState, Sequence[Draft]]:
    """Answer "compare", "alone" and "think-back SCALE"; raise ActionError."""
    match action.name:
        case "compare" | "alone":
            return replace(state, comparing=action.name == "compare", asked=""), ()
        case "think-back":
            return _think_back(state, action)
    return state, ()


def _think_back(state: ProfileState, action: Action) -> tuple[ProfileState, Sequence[Draft]]:
    content = state.content.by_subject.get(action.about)
    if content is None:
        raise ActionError
    allowed = {str(rating): rating for rating in _ratings(content)}
    rating = allowed.get(action.get(BACK))
    if rating is None:
        return replace(state, asked=action.about), ()
    draft = Draft(content.scale.id, content.scale.edition, ScaleThoughtBack(rating))
    return replace(state, asked=""), [draft]


def _ratings(content: Questionnaire) -> range:
    return range(content.format.min, content.format.max + 1)
