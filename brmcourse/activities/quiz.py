"""A quiz: one question at a time, unlimited tries, of which the first counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from brmcourse.activities import fields
from brmcourse.activities import response as responses
from brmcourse.activities.activity import NONE, Action, Context, Note, number
from brmcourse.activities.response import Grade, Problem, Stem
from brmcourse.content.library import Library
from brmcourse.errors import ActionError, ResponseError
from brmcourse.events import (
    LEARNER,
    NOT_YET,
    Draft,
    Event,
    QuizAnswered,
    QuizCertainty,
    QuizMoved,
    QuizReset,
    QuizWrote,
    Response,
)
from brmcourse.model.course import Module
from brmcourse.model.question import (
    BaseQuestion,
    Compose,
    Judgement,
    Multiple,
    Option,
    Order,
    Question,
    Quiz,
)
from brmcourse.scoring.certainty import STAKES, Level, Stake, SureAnswer, calibration
from brmcourse.scoring.marks import Mark, mark

GOOD_ENOUGH = 0.8
"""From this share of the points on, the summary does not send the learner back to the reading."""

CHOOSE_CERTAINTY = "Choose how sure you are."
WRITE_FIRST = "Write your line first."

NOTHING: Mapping[str, Any] = MappingProxyType({"text": "", "ratings": {}})
"""What stands written before anything was: the response to a compose question."""

WHOLE = 1
"""The edition of a quiz as such: learners answer to its questions, each with its own."""

FIRST_MODULE = 1
"""The number of the module in which a learner meets the quizzes as they are."""

END = "end"
"""Where one turns to from the last question."""


@dataclass(frozen=True)
class Exercise:
    """A quiz together with the module it belongs to, and for a second test the first one.

    `later` says that it stands behind the first module.
    """

    quiz: Quiz
    module: Module
    before: Quiz | None = None
    later: bool = False

    @property
    def certainty(self) -> bool:
        """Whether it can ask how sure one is: where answers count, and it is told how they went."""
        told = self.quiz.purpose == "practice" or self.before is not None
        return self.later and told

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """The questions of the quiz and of the test before it, by id."""
        quizzes = (self.quiz, self.before) if self.before else (self.quiz,)
        return {question.id: question for quiz in quizzes for question in quiz.questions}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the quiz's own questions, in order."""
        return tuple(question.id for question in self.quiz.questions)


@dataclass(frozen=True)
class Answer:
    """One response to a question, how sure it was if that was asked, and what it earned."""

    question: Question
    response: Response
    certainty: int | None = None

    @cached_property
    def mark(self) -> Mark:
        """The mark; raise ResponseError if the response does not fit the question."""
        return mark(self.question, self.response)

    @property
    def fits(self) -> bool:
        """Whether the response is one that the question can be given."""
        try:
            return self.mark is not None
        except ResponseError:
            return False

    @property
    def stake(self) -> Stake | None:
        """What the certainty brings if it is right, and costs if not; None without one."""
        return STAKES[self.certainty] if self.certainty else None

    @property
    def known(self) -> bool:
        """Whether it is more than "I do not know yet"."""
        return self.response != NOT_YET

    @cached_property
    def grades(self) -> Mapping[str, Grade]:
        """How each option chosen is by itself, or each line rated, placed or put in order."""
        if not self.known:
            return NONE
        return responses.grades(self.question, self.response)

    @property
    def grade(self) -> Grade:
        """How the whole is: wrong only if no part of it is right."""
        if self.mark.correct:
            return "right"
        return "partly" if self.mark.points or self.right else "wrong"

    @property
    def right(self) -> int:
        """How many of the parts are right."""
        return list(self.grades.values()).count("right")

    @property
    def lacking(self) -> bool:
        """Whether something right was not chosen."""
        options = self.question.options if isinstance(self.question, Multiple) else ()
        return any(option.credit == 1 and option.id not in self.grades for option in options)

    @property
    def apart(self) -> float:
        """How many steps the ratings of moves lie from the key, on average."""
        options = self.question.options if isinstance(self.question, Judgement) else ()
        ratings = self.response if isinstance(self.response, dict) else {}
        steps = [abs(ratings[option.id] - option.key) for option in options if option.id in ratings]
        return sum(steps) / len(steps) if steps else 0.0


class Tries(NamedTuple):
    """The answers to one question: the first, which counts, the last, and how many there were."""

    first: Answer
    last: Answer
    times: int

    @property
    def latest(self) -> Answer:
        """The last answer that fits the question."""
        return self.last if self.last.fits else self.first


class QuizRecord(NamedTuple):
    """What was done in a quiz. `at` counts from 0; behind the last question comes the summary.

    `ended` says that the summary was on show, so that there is a way back to it; `checked`, that
    the question on show was answered since it was turned to, so that the learner is to stay there;
    `asking`, that the learner wishes to be asked how sure they are, in this quiz and all others.
    """

    content: Exercise
    at: int = 0
    ended: bool = False
    checked: bool = False
    tries: Mapping[str, Tries] = NONE
    written: Mapping[str, Mapping[str, Any]] = NONE
    compared: frozenset[str] = frozenset()
    outdated: frozenset[str] = frozenset()
    asking: bool = False

    @property
    def telling(self) -> bool:
        """Whether feedback may be shown: in a first test never, in a second when it is over."""
        quiz, before = self.content.quiz, self.content.before
        return quiz.purpose != "test" or (before is not None and self.over(quiz))

    def over(self, quiz: Quiz) -> bool:
        """Say whether each question of a quiz has an answer."""
        return all(question.id in self.tries for question in quiz.questions)

    def points(self, quiz: Quiz) -> float:
        """Return the points of all first tries at a quiz."""
        firsts = (self.tries[q.id].first for q in quiz.questions if q.id in self.tries)
        return sum(answer.mark.points for answer in firsts)

    def well_done(self, question: BaseQuestion) -> bool:
        """Say whether the first try at a question earned enough."""
        tries = self.tries.get(question.id)
        return tries is not None and tries.first.mark.points >= GOOD_ENOUGH


class Arranged(NamedTuple):
    """The lines of an order question as they stand on the page, by id."""

    question: str = ""
    lines: tuple[str, ...] = ()


NOTHING_MOVED = Arranged()


class Incomplete(NamedTuple):
    """What stands chosen at a question and is no answer yet; another window may turn the page."""

    question: str = ""
    response: Any = None
    problems: tuple[Problem, ...] = ()
    certainty: int | None = None


NOTHING_CHOSEN = Incomplete()


@dataclass(frozen=True)
class QuizState:
    """A quiz on a page: what was done, and what stands chosen, moved or asked for just now."""

    record: QuizRecord
    seed: str
    arranged: Arranged = NOTHING_MOVED
    incomplete: Incomplete = NOTHING_CHOSEN
    notice: str = ""
    confirming: bool = False

    @property
    def content(self) -> Exercise:
        """The quiz with its module."""
        return self.record.content

    @property
    def quiz(self) -> Quiz:
        """The questions."""
        return self.content.quiz

    @property
    def at(self) -> int:
        """The place of the question on show."""
        return self.record.at

    @property
    def tries(self) -> Mapping[str, Tries]:
        """The answers so far, by question."""
        return self.record.tries

    @property
    def outdated(self) -> frozenset[str]:
        """The questions that were answered in another edition only."""
        return self.record.outdated

    @property
    def compared(self) -> frozenset[str]:
        """The compose questions whose model answer was seen."""
        return self.record.compared

    @property
    def question(self) -> Question | None:
        """The question on show; None in the summary."""
        return self.quiz.questions[self.at] if self.at < len(self.quiz.questions) else None

    @property
    def test(self) -> bool:
        """Whether this is a test: one answer to each question, no word about it before the end."""
        return self.quiz.purpose == "test"

    @property
    def telling(self) -> bool:
        """Whether feedback may be shown."""
        return self.record.telling

    @property
    def over(self) -> bool:
        """Whether each question has an answer."""
        return self.record.over(self.quiz)

    @property
    def answer(self) -> Answer | None:
        """The latest try at the question on show."""
        tries = self.tries.get(self.question.id) if self.question else None
        return tries.latest if tries else None

    @property
    def told(self) -> Answer | None:
        """The answer on show, if the page may say how it was."""
        return self.answer if self.telling else None

    @property
    def stem(self) -> Stem:
        """The case and the question on show."""
        return responses.parted(self.question.stem if self.question else "")

    @property
    def begun(self) -> Incomplete:
        """What was sent for the question on show and is no answer yet."""
        name = self.question.id if self.question else ""
        return self.incomplete if self.incomplete.question == name else NOTHING_CHOSEN

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What that lacks."""
        return self.begun.problems

    def problem(self, code: str) -> str:
        """Return what one field of the question on show lacks."""
        field = f"{self.question.id}-{code}" if self.question else ""
        return next((problem.words for problem in self.problems if problem.field == field), "")

    @property
    def chosen(self) -> Any:
        """What stands chosen: a response that is not complete yet, else the latest answer's."""
        kept = self.answer.response if self.answer and self.answer.known else None
        return self.begun.response or kept

    def askable(self, question: BaseQuestion) -> bool:
        """Say whether one can say here how sure one is.

        That is of the answer that counts, and not of a line that learners rate themselves.
        """
        own = isinstance(question, Compose)
        return self.content.certainty and not own and question.id not in self.tries

    @property
    def switchable(self) -> bool:
        """Whether being asked can be switched on or off here; in a test only off."""
        question = self.question
        return question is not None and self.askable(question) and (not self.test or self.asking)

    @property
    def asking(self) -> bool:
        """Whether the question on show is asked together with how sure one is."""
        return self.record.asking and self.question is not None and self.askable(self.question)

    @property
    def calibration(self) -> tuple[Level, ...]:
        """How sure the first answers were and how they went; empty if none says how sure."""
        answers = sure(self.record)
        return calibration(answers) if answers else ()

    @property
    def rearranged(self) -> bool:
        """Whether the lines of an order question stand otherwise than they were answered."""
        return self.answer is not None and list(self.lines) != list(self.answer.response)

    @property
    def lines(self) -> Sequence[str]:
        """The ids of an order question's lines as last moved or answered; empty before that."""
        if self.question and self.arranged.question == self.question.id:
            return self.arranged.lines
        return tuple(self.answer.response) if self.answer and self.answer.known else ()

    def shown(self, question: BaseQuestion) -> Sequence[tuple[str, Option]]:
        """Return the options as this learner sees them, each with its letter."""
        return responses.shown(self.seed, question)

    def line_up(self, question: Order) -> Sequence[tuple[str, Option]]:
        """Return the lines of an order question as they stand on the page, with their letters."""
        return responses.arranged(self.seed, question, self.lines)

    def line(self, question: Compose) -> Mapping[str, Any]:
        """Return the text and ratings that stand written to a compose question."""
        return {**NOTHING, **(self.begun.response or self.record.written.get(question.id, NOTHING))}

    @property
    def kept(self) -> bool:
        """Whether the line that stands written to a compose question is in the log."""
        question = self.question
        if not isinstance(question, Compose):
            return False
        text = self.line(question)["text"]
        return bool(text) and text == self.record.written.get(question.id, NOTHING).get("text")

    @property
    def points(self) -> float:
        """The points of all first tries."""
        return self.record.points(self.quiz)

    @property
    def points_before(self) -> float | None:
        """The points of the first of two tests; None unless all of it was answered."""
        before = self.content.before
        return self.record.points(before) if before and self.record.over(before) else None

    @property
    def to_review(self) -> tuple[Question, ...]:
        """The questions whose first try is missing or earned too little."""
        return tuple(q for q in self.quiz.questions if not self.record.well_done(q))


def find(library: Library, name: str) -> Exercise:
    """Return the quiz of that id with its module; raise UnknownIdError or ContentError."""
    found: Quiz = library.named("questions", name)
    before = library.named("questions", found.parallel) if found.parallel else None
    module = library.module(found.module)
    return Exercise(found, module, before, library.module_numbers[module.id] > FIRST_MODULE)


def subjects(content: Exercise) -> tuple[str, ...]:
    """Return the quiz and its questions, with those of the test before it.

    Where the quiz can ask how sure one is, also what the learner wishes for in all quizzes.
    """
    quizzes = (content.quiz, content.before) if content.before else (content.quiz,)
    wishes = (LEARNER,) if content.certainty else ()
    return *(quiz.id for quiz in quizzes), *content.questions, *wishes


def blank(content: Exercise) -> QuizRecord:
    """Return a quiz at its first question, nothing answered."""
    return QuizRecord(content)


def begin(record: QuizRecord, context: Context) -> QuizState:
    """Return the page at the question turned to last, nothing chosen on it."""
    return QuizState(record, context.seed)


def fold(record: QuizRecord, event: Event) -> QuizRecord:
    """Fold an event in; an answer to an earlier edition of a question is asked for again."""
    content = record.content
    match event.body:
        case QuizAnswered() as answered if event.subject in content.questions:
            question = content.questions[event.subject]
            return _answered(record, question, event.edition, answered)
        case QuizCertainty(on=on):
            return record._replace(asking=on)
        case QuizWrote() as wrote if event.subject in content.questions:
            return _wrote(record, event.subject, wrote)
        case QuizMoved(to=target) if event.subject == content.quiz.id:
            return _turned(record, target)
        case QuizReset():
            return _begun_anew(record, own=event.subject == content.quiz.id)
    return record


def done(record: QuizRecord) -> bool:
    """Say whether each question has an answer."""
    return record.over(record.content.quiz)


def written(_record: QuizRecord) -> Sequence[Note]:
    """Return nothing: what is written here is an answer."""
    return ()


def sure(record: QuizRecord) -> tuple[SureAnswer, ...]:
    """Return the first answers of a quiz that say how sure they were, in its order.

    Only the first answer to a question is there, as it alone counts: whoever tries again has read
    the feedback. After a quiz was begun anew, its new first answers are. Of a test there is nothing
    until its page may tell how it went, and what belongs to the test before it is not here, so
    quizzes can be added up.
    """
    if not record.telling:
        return ()
    tries = (record.tries[name] for name in record.content.ids if name in record.tries)
    firsts = (answered.first for answered in tries)
    return tuple(SureAnswer(a.certainty, a.mark.points) for a in firsts if a.certainty)


def _tries(record: QuizRecord, *, own: bool) -> Mapping[str, Tries]:
    """Return the answers to the quiz's own questions, or those to the test before it."""
    ids = record.content.ids
    return {name: tries for name, tries in record.tries.items() if (name in ids) == own}


def _begun_anew(record: QuizRecord, *, own: bool) -> QuizRecord:
    """Return the record without the answers to the quiz itself, or to the test before it."""
    if own:
        kept = _tries(record, own=False)
        return QuizRecord(record.content, tries=kept, asking=record.asking)
    return record._replace(tries=_tries(record, own=True))


def _turned(record: QuizRecord, target: str) -> QuizRecord:
    ids = record.content.ids
    if target in ids:
        return record._replace(at=ids.index(target), checked=False)
    return record._replace(at=len(ids), ended=True, checked=False)


def _answered(
    record: QuizRecord, question: Question, edition: int, answered: QuizAnswered
) -> QuizRecord:
    if edition != question.edition:
        if question.id in record.tries or question.id in record.outdated:
            return record
        return record._replace(outdated=record.outdated | {question.id})
    response = answered.response
    marked = answered.certainty in STAKES and response != NOT_YET
    certainty = answered.certainty if marked else None
    answer = Answer(question, response, certainty)
    earlier = record.tries.get(question.id)
    if earlier:
        tries = Tries(earlier.first, answer, earlier.times + 1)
    elif answer.fits:
        tries = Tries(answer, answer, 1)
    else:
        return record
    changed: dict[str, Any] = {"tries": {**record.tries, question.id: tries}, "checked": True}
    if question.id in record.outdated:
        changed["outdated"] = record.outdated - {question.id}
    if isinstance(question, Compose) and _is_line(response):
        changed["written"] = {**record.written, question.id: response}
    return record._replace(**changed)


def _wrote(record: QuizRecord, question: str, wrote: QuizWrote) -> QuizRecord:
    compared = record.compared | {question} if wrote.compare else record.compared
    written = record.written
    if _is_line(wrote.response):
        written = {**written, question: wrote.response}
    return record._replace(written=written, compared=compared)


def _is_line(response: Response) -> bool:
    """Say whether a response is a line that can stand written to a compose question."""
    if not isinstance(response, dict):
        return False
    parts = {**NOTHING, **response}
    return isinstance(parts["text"], str) and isinstance(parts["ratings"], dict)


def update(state: QuizState, action: Action) -> tuple[QuizState, Sequence[Draft]]:
    """Answer "check", "draft", "compare", "arrange", "go", "reset", "reset-yes" and "reset-no".

    In a test also "not-yet", by which a learner says that they do not know the answer; where it can
    be asked how sure they are, "certainty", which switches that on or off.
    """
    state = replace(state, notice="", incomplete=NOTHING_CHOSEN, confirming=action.name == "reset")
    drafts: Sequence[Draft] = ()
    asked = action.get(fields.QUESTION)
    question = state.content.questions[asked] if asked in state.content.ids else None
    match action.name:
        case "check" | "not-yet" if question:
            return _check(state, question, action)
        case "draft" | "compare" if isinstance(question, Compose):
            return _write(state, question, action)
        case "arrange" if isinstance(question, Order):
            lines = responses.read_response(state.seed, question, action)
            arranged = Arranged(question.id, responses.rearranged(question, lines, action.about))
            chosen = Incomplete(question.id, certainty=_certainty(action))
            return replace(state, arranged=arranged, incomplete=chosen), ()
        case "certainty" if question and state.content.certainty:
            return _switch(state, question, action)
        case "go":
            drafts = [_going(state, action.about)]
        case "reset-yes":
            drafts = [Draft(state.quiz.id, WHOLE, QuizReset())]
    return state, drafts


def _check(
    state: QuizState, question: Question, action: Action
) -> tuple[QuizState, Sequence[Draft]]:
    if state.test and question.id in state.tries:
        return replace(state, notice="Your first answer to this question is kept."), ()
    response = responses.read_response(state.seed, question, action)
    if action.name == "not-yet":
        if not state.test:
            raise ActionError
        response = NOT_YET
    given = Incomplete(question.id, response, certainty=_certainty(action))
    try:
        mark(question, response)
    except ResponseError as error:
        return _lacking(state, question, given, str(error)), ()
    certainty = given.certainty if state.askable(question) and response != NOT_YET else None
    # A page that is behind the one on show cannot be asked once more: its answer counts as it is.
    if certainty is None and response != NOT_YET and state.asking and question is state.question:
        return _lacking(state, question, given), ()
    state = replace(state, arranged=NOTHING_MOVED)
    answered = QuizAnswered(state.quiz.id, response, certainty)
    drafts = [Draft(question.id, question.edition, answered)]
    if state.test:
        later = state.content.ids[state.content.ids.index(question.id) + 1 :]
        drafts.append(moved(state, next((name for name in later if name not in state.tries), END)))
    return state, drafts


def _lacking(
    state: QuizState, question: Question, given: Incomplete, advice: str = ""
) -> QuizState:
    """Say what an answer lacks: `advice` is about the response, and empty if that is complete."""
    if question is not state.question:
        return state
    problems: tuple[Problem, ...] = ()
    if advice:
        problems = responses.problems(state.seed, question, given.response, advice)
    if state.asking and given.certainty is None:
        problems = (*problems, Problem(f"{question.id}-{fields.SURE}", CHOOSE_CERTAINTY))
    return replace(state, incomplete=given._replace(problems=problems))


def _certainty(action: Action) -> int | None:
    """Return how sure a form says the learner is."""
    chosen = number(action.get(fields.SURE))
    return chosen if chosen in STAKES else None


def _switch(
    state: QuizState, question: Question, action: Action
) -> tuple[QuizState, Sequence[Draft]]:
    """Switch being asked how sure one is on or off; what is chosen on the page stays so."""
    response = responses.read_response(state.seed, question, action)
    chosen = Incomplete(question.id, response, certainty=_certainty(action))
    wish = Draft(LEARNER, WHOLE, QuizCertainty(not state.record.asking))
    return replace(state, incomplete=chosen), [wish]


def _going(state: QuizState, target: str) -> Draft:
    if target not in {*state.content.ids, END}:
        raise ActionError
    return moved(state, target)


def moved(state: QuizState, target: str) -> Draft:
    """Return the event of turning to a question, or behind the last one."""
    return Draft(state.quiz.id, WHOLE, QuizMoved(target))


def _write(
    state: QuizState, question: Compose, action: Action
) -> tuple[QuizState, Sequence[Draft]]:
    response = responses.read_response(state.seed, question, action)
    compare = action.name == "compare"
    if compare and not response["text"].strip():
        return _lacking(state, question, Incomplete(question.id, response), WRITE_FIRST), ()
    if response == state.line(question) and not compare:
        return state, ()
    return state, [Draft(question.id, question.edition, QuizWrote(response, compare))]
