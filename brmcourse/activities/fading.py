"""What is fading: how each item stands that can come back, folded from the answers given anywhere.

An item is a question of a module's quiz that marks itself, or a conversation whose last run had a
weak move. Only the day of an answer counts, not its hour, so that the same log is due the same on
every machine of one time zone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from math import ceil
from typing import Any, NamedTuple

from brmcourse.activities import conversation
from brmcourse.activities import response as responses
from brmcourse.activities.activity import NONE, shuffled
from brmcourse.activities.conversation import ConversationRecord, Stage
from brmcourse.activities.quiz import GOOD_ENOUGH
from brmcourse.content.library import Library, short_name
from brmcourse.errors import ResponseError
from brmcourse.events import (
    LEARNER,
    ConversationChose,
    Event,
    QuizAnswered,
    QuizCertainty,
    Response,
    ReviewAnswered,
    ReviewPutOff,
    ReviewRetired,
    ReviewReturned,
    ReviewSkipped,
)
from brmcourse.model.course import Module
from brmcourse.model.question import Compose, Question, Quiz
from brmcourse.model.review import Review
from brmcourse.scoring.marks import mark
from brmcourse.scoring.memory import Grade, Memory, chance, remembered

LATELY = 21
"""For so many days an answer that was right keeps a question from standing in for another one; a
wrong one does so on its own day."""

NOT_SURE = 1
"""The certainty of somebody who guesses: right then counts as hardly remembered."""

LONGEST = 3650
"""The most days that anything can be put off."""

SECONDS_A_MINUTE = 60


@dataclass(frozen=True)
class Item:
    """What can come back: a question with its quiz, or a conversation."""

    key: str
    edition: int
    module: Module
    question: Question | None = None
    quiz: Quiz | None = None
    stage: Stage | None = None

    @property
    def title(self) -> str:
        """What it is called in a list."""
        if self.stage:
            return self.stage.conversation.title
        return responses.parted(self.question.stem).asked if self.question else ""

    @property
    def activity(self) -> tuple[str, str]:
        """The public name and the id of the activity that it comes from."""
        if self.quiz:
            return "quiz", short_name(self.quiz.id)
        return "converse", short_name(self.key)


@dataclass(frozen=True)
class Matter:
    """The review's content: all that can come back, by id, and the numbers of the modules."""

    review: Review
    numbers: Mapping[str, int]
    questions: Mapping[str, Item]
    talks: Mapping[str, Item]
    _earned: dict[tuple[str, str], float | None] = field(default_factory=dict, compare=False)

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """All that can come back."""
        return {**self.questions, **self.talks}

    def seconds(self, item: Item) -> int:
        """Return how long an item takes."""
        return self.review.talk_seconds if item.stage else self.review.seconds

    def alike(self, item: Item) -> Sequence[Item]:
        """Return the other questions of the same quiz on the same point."""
        asked = item.question
        if asked is None:
            return ()
        return [
            other
            for other in self.questions.values()
            if other.quiz is item.quiz
            and other.question is not None
            and other is not item
            and (other.question.objective == asked.objective or other.question.row == asked.row)
        ]

    def earned(self, question: Question, response: Response) -> float | None:
        """Return the points of a response, None if it does not fit; people answer alike often."""
        key = question.id, repr(response)
        if key not in self._earned:
            self._earned[key] = _points(question, response)
        return self._earned[key]


def _points(question: Question, response: Response) -> float | None:
    try:
        return mark(question, response).points
    except ResponseError:
        return None


class Standing(NamedTuple):
    """How one item stands.

    memory   what is known of it; None if it was never answered
    times    on how many days it was answered
    turn     for a conversation the first weak turn of the last run that ended, if there was one
    skipped  the day on which it was last not wanted
    later    until when it is put off
    retired  why it does not come back any more, in the learner's words; None if it does
    """

    memory: Memory | None = None
    times: int = 0
    turn: int | None = None
    skipped: date | None = None
    later: date | None = None
    retired: str | None = None

    @property
    def due(self) -> date | None:
        """When it comes back; None if it does not."""
        if self.memory is None or self.retired is not None:
            return None
        return max(self.memory.due, self.later) if self.later else self.memory.due

    def away(self, today: date) -> bool:
        """Say whether it is put off or retired."""
        return self.retired is not None or (self.later is not None and self.later > today)


class Day(NamedTuple):
    """The last day with a review: its seconds, and the modules asked about, in order."""

    date: date = date.min
    seconds: int = 0
    modules: tuple[str, ...] = ()


NEW = Standing()
NO_DAY = Day()


class ReviewRecord(NamedTuple):
    """What the log says of all items, and what review has taken: `spent` seconds in all."""

    content: Matter
    standings: Mapping[str, Standing] = NONE
    talks: Mapping[str, ConversationRecord] = NONE
    day: Day = NO_DAY
    spent: int = 0
    asking: bool = False

    def standing(self, item: Item) -> Standing:
        """Return how an item stands."""
        return self.standings.get(item.key, NEW)

    def expected(self, item: Item, today: date) -> float:
        """Return how likely it is, from 0 to 1, that the item is remembered."""
        memory = self.standing(item).memory
        return chance(memory, today) if memory else 0.0

    @property
    def known(self) -> Sequence[Item]:
        """The questions that were answered at least once."""
        return [item for item in self.content.questions.values() if self.standing(item).memory]

    def due(self, today: date) -> Sequence[Item]:
        """Return all that is due, in the order of the course."""
        return [item for item in self.content.items.values() if self._is_due(item, today)]

    def _is_due(self, item: Item, today: date) -> bool:
        standing = self.standing(item)
        if standing.due is None or standing.due > today or standing.skipped == today:
            return False
        return item.stage is None or standing.turn is not None

    @property
    def read_seconds(self) -> int:
        """How long the modules take of which anything was answered, as the course says."""
        items = self.content.items
        modules = {items[key].module.id: items[key].module for key in self.standings}
        return sum(module.minutes for module in modules.values()) * SECONDS_A_MINUTE

    def spent_on(self, today: date) -> int:
        """Return the seconds of review on a day that nothing was recorded after."""
        return self.day.seconds if self.day.date == today else 0

    def left(self, today: date) -> float:
        """Return the seconds that review may still take: of the day, and of all time read."""
        review = self.content.review
        of_day = review.minutes * SECONDS_A_MINUTE - self.spent_on(today)
        return max(0, min(of_day, review.share * self.read_seconds - self.spent))

    def queue(self, today: date, seed: str = "", *, limited: bool = True) -> Sequence[Item]:
        """Return what comes next, in order: questions, mixed over modules, then one conversation.

        Within a module what fades most comes first. Limited, it fits the time that is left.
        """
        due = self.due(today)
        talks = [item for item in due if item.stage][:1]
        left = self.left(today) if limited else float("inf")
        kept: list[Item] = []
        for item in [*talks, *self._mixed([item for item in due if not item.stage], today, seed)]:
            if self.content.seconds(item) <= left:
                left -= self.content.seconds(item)
                kept.append(item)
        return sorted(kept, key=lambda item: item.stage is not None)

    def _mixed(self, items: Sequence[Item], today: date, seed: str) -> list[Item]:
        """Return the items so that one module does not follow itself, as far as that can be."""
        places = shuffled(items, seed, f"review:{today}")
        fading = sorted(places, key=lambda item: self.expected(item, today))
        piles: dict[str, list[Item]] = {}
        for item in fading:
            piles.setdefault(item.module.id, []).append(item)
        ranks = {name: rank for rank, name in enumerate(shuffled(sorted(piles), seed, str(today)))}
        asked = list(self.day.modules) if self.day.date == today else []
        times = Counter(asked)
        found: list[Item] = []
        while piles:
            last = asked[-1] if asked else ""
            name = min(piles, key=lambda name: (name == last, times[name], ranks[name]))
            found.append(piles[name].pop(0))
            asked.append(name)
            times[name] += 1
            if not piles[name]:
                del piles[name]
        return found

    def stand_in(self, item: Item, today: date, seed: str) -> Question | None:
        """Return the question to ask for an item: a parallel one if there is one, else its own."""
        free = [other for other in self.content.alike(item) if self._is_free(other, today)]
        if not free:
            return item.question
        return shuffled(free, seed, f"{item.key}:{self.standing(item).times}")[0].question

    def _is_free(self, item: Item, today: date) -> bool:
        standing = self.standing(item)
        if standing.away(today) or standing.skipped == today:
            return False
        memory = standing.memory
        if memory is None:
            return True
        rest = 1 if memory.grade == Grade.AGAIN else LATELY
        return (today - memory.last).days >= rest and not self._is_due(item, today)


def minutes(content: Matter, items: Sequence[Item]) -> int:
    """Return how long items take, in whole minutes."""
    return ceil(sum(map(content.seconds, items)) / SECONDS_A_MINUTE)


def find(library: Library, _name: str) -> Matter:
    """Return all that can come back; raise ContentError."""
    questions, talks = {}, {}
    for name in library.names("questions"):
        quiz: Quiz = library.named("questions", name)
        if quiz.purpose != "practice":
            continue
        module = library.module(quiz.module)
        for asked in quiz.questions:
            if not isinstance(asked, Compose):
                questions[asked.id] = Item(asked.id, asked.edition, module, asked, quiz)
    for name in library.names("conversations"):
        stage = conversation.find(library, name)
        talk = stage.conversation
        module = library.module(talk.module)
        talks[talk.id] = Item(talk.id, talk.edition, module, stage=stage)
    return Matter(library.single("review.yaml"), library.module_numbers, questions, talks)


def subjects(content: Matter) -> tuple[str, ...]:
    """Return all items, and what the learner wishes for in all quizzes."""
    return *content.items, LEARNER


def blank(content: Matter) -> ReviewRecord:
    """Return the review of somebody who answered nothing yet."""
    return ReviewRecord(content)


def fold(record: ReviewRecord, event: Event) -> ReviewRecord:
    """Fold an event in, wherever the answer was given; another edition's changes nothing."""
    item = record.content.items.get(event.subject)
    if item is None and isinstance(event.body, QuizCertainty):
        return record._replace(asking=event.body.on)
    if item is None or item.edition != event.edition:
        return record
    if item.stage is not None:
        record = _talked(record, item, item.stage, event)
    match event.body:
        case QuizAnswered() as answered:
            return _answered(record, item, event, answered)
        case ReviewAnswered() as answered:
            return _reviewed(record, item, event, answered)
    return _set_aside(record, item, event)


def _stands(record: ReviewRecord, item: Item, standing: Standing) -> ReviewRecord:
    return record._replace(standings={**record.standings, item.key: standing})


def _learned(
    record: ReviewRecord, item: Item, grade: Grade, today: date, **changed: Any
) -> ReviewRecord:
    """Return the record after an answer; on a day that counted, only with what else changed."""
    before = record.standing(item)
    memory = remembered(before.memory, grade, today, record.content.review.retention)
    times = before.times + (memory is not before.memory)
    return _stands(record, item, before._replace(memory=memory, times=times, **changed))


def _counted(record: ReviewRecord, item: Item, today: date) -> bool:
    """Say whether an answer on that day counted before."""
    memory = record.standing(item).memory
    return memory is not None and today <= memory.last


def _answered(
    record: ReviewRecord, item: Item, event: Event, body: QuizAnswered | ReviewAnswered
) -> ReviewRecord:
    today = _day(event)
    if item.question is None or _counted(record, item, today):
        return record
    grade = _grade(record.content, item.question, body)
    return _learned(record, item, grade, today) if grade else record


def _reviewed(record: ReviewRecord, item: Item, event: Event, body: ReviewAnswered) -> ReviewRecord:
    """Count an answer for the question asked, for the item that it stood in for, and its time."""
    due = record.content.questions.get(body.item)
    today = _day(event)
    if due is None or item.question is None or _counted(record, due, today):
        return record
    grade = _grade(record.content, item.question, body)
    if grade is None:
        return record
    if not _counted(record, item, today):
        record = _learned(record, item, grade, today)
    if due is not item:
        record = _learned(record, due, grade, today)
    return _took(record, due, today)


def _took(record: ReviewRecord, item: Item, today: date) -> ReviewRecord:
    """Count the time of a review."""
    seconds = record.content.seconds(item)
    day = record.day if record.day.date == today else Day(today)
    day = Day(today, day.seconds + seconds, (*day.modules, item.module.id))
    return record._replace(day=day, spent=record.spent + seconds)


def _grade(
    content: Matter, question: Question, body: QuizAnswered | ReviewAnswered
) -> Grade | None:
    points = content.earned(question, body.response)
    if points is None:
        return None
    if points < GOOD_ENOUGH:
        return Grade.AGAIN
    return Grade.HARD if body.certainty == NOT_SURE else Grade.GOOD


def _talked(record: ReviewRecord, item: Item, stage: Stage, event: Event) -> ReviewRecord:
    """Follow a conversation; a run that ends is an answer, wrong if it had a weak move."""
    before = record.talks.get(item.key) or conversation.blank(stage)
    after = conversation.fold(before, event)
    if after is before:
        return record
    record = record._replace(talks={**record.talks, item.key: after})
    if not isinstance(event.body, ConversationChose) or not after.node.ending:
        return record
    weak = [place for place, turn in enumerate(after.turns) if not after.choice(turn).points]
    grade = Grade.AGAIN if weak else Grade.GOOD
    today = _day(event)
    due = record.standing(item)
    was_due = due.turn is not None and due.due is not None and due.due <= today
    record = _learned(record, item, grade, today, turn=weak[0] if weak else None)
    return _took(record, item, today) if was_due else record


def _set_aside(record: ReviewRecord, item: Item, event: Event) -> ReviewRecord:
    standing = record.standing(item)
    match event.body:
        case ReviewSkipped():
            return _stands(record, item, standing._replace(skipped=_day(event)))
        case ReviewPutOff(days=days) if 0 < days <= LONGEST:
            later = min(_day(event), date.max - timedelta(days=days)) + timedelta(days=days)
            return _stands(record, item, standing._replace(later=later))
        case ReviewRetired(reason=reason):
            return _stands(record, item, standing._replace(retired=reason))
        case ReviewReturned():
            back = standing._replace(retired=None, later=None, skipped=None)
            return _stands(record, item, back)
    return record


def _day(event: Event) -> date:
    """Return the day of an event as the learner's own calendar shows it."""
    return event.time.astimezone().date()
