"""The review: what was missed or is fading comes back, one item at a time, mixed over modules.

What is recorded is folded by `fading`, from the answers given anywhere; here is the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from brmcourse.activities import fields
from brmcourse.activities import response as responses
from brmcourse.activities.activity import Action, Context, Note, number
from brmcourse.activities.fading import (
    Item,
    Matter,
    ReviewRecord,
    Standing,
    blank,
    find,
    fold,
    minutes,
    subjects,
)
from brmcourse.activities.quiz import (
    CHOOSE_CERTAINTY,
    NOTHING_CHOSEN,
    NOTHING_MOVED,
    WHOLE,
    Answer,
    Arranged,
    Incomplete,
)
from brmcourse.activities.response import Problem, Stem
from brmcourse.errors import ActionError, ResponseError
from brmcourse.events import (
    LEARNER,
    Body,
    ConversationRewound,
    Draft,
    QuizCertainty,
    ReviewAnswered,
    ReviewPutOff,
    ReviewRetired,
    ReviewReturned,
    ReviewSkipped,
)
from brmcourse.model.question import Option, Order, Question
from brmcourse.scoring.certainty import STAKES
from brmcourse.scoring.marks import mark

__all__ = ["begin", "blank", "done", "find", "fold", "subjects", "update", "written"]

DAYS, REASON = "days", "reason"
"""The form fields for how long an item is put off, and for why it is retired."""

MOVED_ON = "That one is dealt with already, perhaps in another window. This one comes next."


class Shown(NamedTuple):
    """An item as it stands on the page: with the question asked for it, and how often it was."""

    item: Item
    question: Question | None
    times: int


class Told(NamedTuple):
    """An answer just given, with how it went."""

    shown: Shown
    answer: Answer


@dataclass(frozen=True)
class ReviewState:
    """The review on a page.

    `told` is the answer just given, `gone` the conversation just gone back in; `unlimited` that
    the learner wants more than the day's share.
    """

    record: ReviewRecord
    seed: str
    today: date
    unlimited: bool = False
    told_of: Told | None = None
    gone: Item | None = None
    arranged: Arranged = NOTHING_MOVED
    incomplete: Incomplete = NOTHING_CHOSEN
    notice: str = ""

    days_field, reason_field = DAYS, REASON

    @property
    def content(self) -> Matter:
        """What can come back."""
        return self.record.content

    @cached_property
    def queue(self) -> Sequence[Item]:
        """What comes today."""
        return self.record.queue(self.today, self.seed, limited=not self.unlimited)

    @property
    def held_back(self) -> int:
        """How many more are due than there is time for."""
        return len(self.record.due(self.today)) - len(self.queue)

    @property
    def here(self) -> Shown | None:
        """The item on the page; None if there is none."""
        if self.told_of:
            return self.told_of.shown
        if self.gone or not self.queue:
            return None
        item = self.queue[0]
        question = self.record.stand_in(item, self.today, self.seed) if item.question else None
        return Shown(item, question, self.record.standing(item).times)

    @property
    def done_today(self) -> int:
        """How many answers were given today."""
        return len(self.record.day.modules) if self.record.day.date == self.today else 0

    @property
    def minutes(self) -> int:
        """How long today's items take."""
        return minutes(self.content, self.queue)

    @property
    def expected(self) -> float:
        """How many of today's questions are expected to be remembered."""
        return sum(self.record.expected(item, self.today) for item in self.asked)

    @property
    def asked(self) -> Sequence[Item]:
        """Today's questions."""
        return [item for item in self.queue if item.question]

    @property
    def expected_of_all(self) -> float:
        """How many of all questions answered so far are expected to be remembered."""
        return sum(self.record.expected(item, self.today) for item in self.record.known)

    @property
    def next_day(self) -> date | None:
        """When the next one comes back that is not due yet, today's skipped ones tomorrow."""
        found = []
        for item in self.content.items.values():
            standing = self.record.standing(item)
            if standing.due is None or (item.stage and standing.turn is None):
                continue
            if standing.due > self.today or standing.skipped == self.today:
                found.append(max(standing.due, self.today + timedelta(days=1)))
        return min(found, default=None)

    @property
    def away(self) -> Sequence[tuple[Item, Standing]]:
        """What is put off or retired."""
        found = [(item, self.record.standing(item)) for item in self.content.items.values()]
        return [pair for pair in found if pair[1].away(self.today)]

    def over(self, item: Item) -> bool:
        """Say whether a conversation stands at an ending, so that no run is under way."""
        talk = self.record.talks.get(item.key)
        return talk is not None and bool(talk.node.ending)

    @property
    def comes_back(self) -> int | None:
        """In how many days what was just answered comes back."""
        due = self.record.standing(self.told_of.shown.item).due if self.told_of else None
        return (due - self.today).days if due else None

    # What the templates of questions read.

    @property
    def told(self) -> Answer | None:
        """The answer just given."""
        return self.told_of.answer if self.told_of else None

    @property
    def stem(self) -> Stem:
        """The case and the question on the page."""
        question = self.here.question if self.here else None
        return responses.parted(question.stem if question else "")

    @property
    def order_seed(self) -> str:
        """What decides the order of the options: another one each time."""
        return f"{self.seed}:{self.here.times}" if self.here else self.seed

    @property
    def chosen(self) -> Any:
        """What stands chosen."""
        return self.told.response if self.told else self.incomplete.response

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What an answer lacks."""
        return self.incomplete.problems

    @property
    def asking(self) -> bool:
        """Whether the page asks how sure one is."""
        return self.record.asking and self.told is None

    @property
    def rearranged(self) -> bool:
        """Whether the lines of an order question stand otherwise than they were answered."""
        return False

    def problem(self, code: str) -> str:
        """Return what one field of the question lacks."""
        name = self.here.question.id if self.here and self.here.question else ""
        found = (one.words for one in self.problems if one.field == f"{name}-{code}")
        return next(found, "")

    def shown(self, question: Question) -> Sequence[tuple[str, Option]]:
        """Return the options in this review's order, each with its letter."""
        return responses.shown(self.order_seed, question)

    def line_up(self, question: Order) -> Sequence[tuple[str, Option]]:
        """Return the lines of an order question as they stand on the page."""
        lines = self.arranged.lines if self.arranged.question == question.id else ()
        if self.told:
            lines = tuple(self.told.response)
        return responses.arranged(self.order_seed, question, lines)


def begin(record: ReviewRecord, context: Context) -> ReviewState:
    """Return the page with what is due on that day."""
    return ReviewState(record, context.seed, context.today)


def done(_record: ReviewRecord) -> bool:
    """Say that nothing is asked for: what comes back was done elsewhere."""
    return True


def written(_record: ReviewRecord) -> Sequence[Note]:
    """Return nothing: why an item was retired stands on the page itself."""
    return ()


def update(state: ReviewState, action: Action) -> tuple[ReviewState, Sequence[Draft]]:
    """Answer "check", "arrange", "certainty", "next" and "more"; raise ActionError.

    And of an item "back" (in a conversation), "skip", "put-off", "retire" and "return".
    """
    state = replace(state, notice="", incomplete=NOTHING_CHOSEN)
    match action.name:
        case "check" | "arrange" | "certainty":
            return _at_question(state, action)
        case "next":
            return replace(state, told_of=None, gone=None, arranged=NOTHING_MOVED), ()
        case "more":
            return replace(state, unlimited=True), ()
        case "back":
            return _go_back(state, action)
        case "skip" | "put-off" | "retire" | "return":
            return _put_away(state, action)
    return state, ()


def _at_question(state: ReviewState, action: Action) -> tuple[ReviewState, Sequence[Draft]]:
    here = state.here
    same = here is not None and action.get(fields.QUESTION) == here.item.key
    if here is None or not same or number(action.get(fields.TURN)) != here.times:
        return replace(state, told_of=None, notice=MOVED_ON), ()
    if state.told or here.question is None:
        return state, ()  # a second click
    response = responses.read_response(state.order_seed, here.question, action)
    given = Incomplete(here.question.id, response, certainty=_certainty(action))
    if action.name == "certainty":
        wish = Draft(LEARNER, WHOLE, QuizCertainty(not state.record.asking))
        return replace(state, incomplete=given), [wish]
    if action.name == "arrange":
        return _arrange(state, here.question, given, action.about), ()
    return _check(state, here, here.question, given)


def _arrange(state: ReviewState, question: Question, given: Incomplete, move: str) -> ReviewState:
    if not isinstance(question, Order):
        raise ActionError
    arranged = Arranged(question.id, responses.rearranged(question, given.response, move))
    return replace(state, arranged=arranged, incomplete=given._replace(response=None))


def _check(
    state: ReviewState, here: Shown, question: Question, given: Incomplete
) -> tuple[ReviewState, Sequence[Draft]]:
    problems: tuple[Problem, ...] = ()
    try:
        mark(question, given.response)
    except ResponseError as error:
        problems = responses.problems(state.order_seed, question, given.response, str(error))
    if state.asking and given.certainty is None:
        problems = (*problems, Problem(f"{question.id}-{fields.SURE}", CHOOSE_CERTAINTY))
    if problems:
        return replace(state, incomplete=given._replace(problems=problems)), ()
    certainty = given.certainty if state.asking else None
    body = ReviewAnswered(here.item.key, given.response, certainty)
    told = Told(here, Answer(question, given.response, certainty))
    after = replace(state, told_of=told, arranged=NOTHING_MOVED)
    return after, [Draft(question.id, question.edition, body)]


def _certainty(action: Action) -> int | None:
    chosen = number(action.get(fields.SURE))
    return chosen if chosen in STAKES else None


def _item(state: ReviewState, action: Action) -> Item:
    item = state.content.items.get(action.about)
    if item is None:
        raise ActionError
    return item


def _go_back(state: ReviewState, action: Action) -> tuple[ReviewState, Sequence[Draft]]:
    """Go back in a conversation to where it went wrong, unless another run is under way."""
    item = _item(state, action)
    turn = state.record.standing(item).turn
    if item.stage is None or turn is None:
        raise ActionError
    after = replace(state, gone=item, told_of=None)
    if not state.over(item):
        return after, ()
    return after, [Draft(item.key, item.edition, ConversationRewound(turn))]


def _put_away(state: ReviewState, action: Action) -> tuple[ReviewState, Sequence[Draft]]:
    """Set an item aside, and what stands in for it on the page; or bring one back."""
    items = [_item(state, action)]
    here = state.here
    if here and here.question and here.item is items[0] and action.name != "return":
        asked = state.content.questions[here.question.id]
        items += [asked] if asked is not here.item else []
    body = _putting(state, action)
    drafts = [Draft(item.key, item.edition, body) for item in items]
    return replace(state, told_of=None, gone=None, arranged=NOTHING_MOVED), drafts


def _putting(state: ReviewState, action: Action) -> Body:
    match action.name:
        case "skip":
            return ReviewSkipped()
        case "put-off":
            days = number(action.get(DAYS))
            if days not in state.content.review.put_off:
                raise ActionError
            return ReviewPutOff(days)
        case "retire":
            return ReviewRetired(action.get(REASON).strip())
    return ReviewReturned()
