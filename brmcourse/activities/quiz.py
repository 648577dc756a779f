"""A quiz: one question at a time, unlimited tries, of which the first counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from brmcourse.activities import response as responses
from brmcourse.activities.activity import Action
from brmcourse.errors import ResponseError
from brmcourse.events import Draft, Event
from brmcourse.model.course import Module
from brmcourse.model.question import BaseQuestion, Compose, Option, Order, Question, Quiz
from brmcourse.scoring.marks import Mark, Response, mark

GOOD_ENOUGH = 0.8
"""From this share of the points on, the summary does not send the learner back to the reading."""

NOTHING: Mapping[str, Any] = MappingProxyType({"text": "", "ratings": {}})
"""What stands written before anything was: the response to a compose question."""


@dataclass(frozen=True)
class Exercise:
    """A quiz together with the module it belongs to, and for a second test the first one."""

    quiz: Quiz
    module: Module
    before: Quiz | None = None


@dataclass(frozen=True)
class Answer:
    """One try at a question."""

    response: Response
    mark: Mark


@dataclass(frozen=True)
class QuizState:
    """Where a learner stands in a quiz. `at` counts from 0; behind the last question comes the summary."""

    content: Exercise
    seed: str
    at: int = 0
    tries: Mapping[str, tuple[Answer, ...]] = field(default_factory=lambda: MappingProxyType({}))
    written: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    compared: frozenset[str] = frozenset()
    outdated: frozenset[str] = frozenset()
    starts: int = 1
    arranged: tuple[str, ...] | None = None
    incomplete: Any = None
    notice: str = ""
    confirming: bool = False

    @property
    def quiz(self) -> Quiz:
        """The questions."""
        return self.content.quiz

    @property
    def question(self) -> Question | None:
        """The question on show; None in the summary."""
        return self.quiz.questions[self.at] if self.at < len(self.quiz.questions) else None

    @property
    def test(self) -> bool:
        """Whether this is a test: one answer to each question, and no word about it before the end."""
        return self.quiz.purpose == "test"

    @property
    def telling(self) -> bool:
        """Whether feedback and reasons may be shown: never in a first test, in a second one when it is over."""
        return not self.test or (self.over and self.content.before is not None)

    @property
    def over(self) -> bool:
        """Whether each question has an answer."""
        return self._over(self.quiz)

    @property
    def answer(self) -> Answer | None:
        """The latest try at the question on show."""
        tries = self.tries.get(self.question.id, ()) if self.question else ()
        return tries[-1] if tries else None

    @property
    def chosen(self) -> Any:
        """What stands chosen on the page: a response that is not complete yet, else the latest answer's."""
        return self.incomplete or (self.answer.response if self.answer else None)

    @property
    def lines(self) -> Sequence[str]:
        """The ids of an order question's lines as last moved or answered; empty before that."""
        return self.arranged or (tuple(self.answer.response) if self.answer else ())

    def shown(self, question: BaseQuestion) -> Sequence[tuple[str, Option]]:
        """Return the options as this learner sees them, each with its letter."""
        return responses.shown(self.seed, question)

    def line_up(self, question: Order) -> Sequence[tuple[str, Option]]:
        """Return the lines of an order question as they stand on the page, each with its letter."""
        return responses.arranged(self.seed, question, self.lines)

    def line(self, question: Compose) -> Mapping[str, Any]:
        """Return the text and ratings that stand written to a compose question."""
        return self.written.get(question.id, NOTHING)

    @property
    def points(self) -> float:
        """The points of all first tries."""
        return self._points(self.quiz)

    @property
    def points_before(self) -> float | None:
        """The points of the first of two tests; None unless all of it was answered."""
        before = self.content.before
        return self._points(before) if before and self._over(before) else None

    def _over(self, quiz: Quiz) -> bool:
        return all(question.id in self.tries for question in quiz.questions)

    def _points(self, quiz: Quiz) -> float:
        return sum(self.tries[q.id][0].mark.points for q in quiz.questions if q.id in self.tries)

    @property
    def to_review(self) -> tuple[Question, ...]:
        """The questions whose first try is missing or earned too little."""
        return tuple(
            q
            for q in self.quiz.questions
            if q.id not in self.tries or self.tries[q.id][0].mark.points < GOOD_ENOUGH
        )


def subjects(content: Exercise) -> tuple[str, ...]:
    """Return the quiz and its questions, with those of the test before it."""
    quizzes = (content.quiz, content.before) if content.before else (content.quiz,)
    return *(quiz.id for quiz in quizzes), *(
        question.id for quiz in quizzes for question in quiz.questions
    )


def begin(content: Exercise, seed: str) -> QuizState:
    """Return the first question, nothing chosen."""
    return QuizState(content, seed)


def replay(state: QuizState, event: Event) -> QuizState:
    """Fold an event in; an answer to an earlier version of a question stays in the log and is asked for again."""
    earlier = state.content.before.questions if state.content.before else ()
    question = next((q for q in (*state.quiz.questions, *earlier) if q.id == event.subject), None)
    match event.kind:
        case "quiz.moved" if event.subject == state.quiz.id:
            ids = [q.id for q in state.quiz.questions]
            target = event.body["to"]
            return replace(
                state, at=ids.index(target) if target in ids else len(ids), arranged=None
            )
        case "quiz.reset" if event.subject == state.quiz.id:
            kept = {
                key: tries for key, tries in state.tries.items() if key in {q.id for q in earlier}
            }
            return QuizState(state.content, state.seed, tries=kept, starts=state.starts + 1)
        case "quiz.reset":  # the test before was begun anew
            kept = {
                key: tries
                for key, tries in state.tries.items()
                if key not in {q.id for q in earlier}
            }
            return replace(state, tries=kept)
        case "quiz.wrote" if question:
            compared = state.compared | {question.id} if event.body["compare"] else state.compared
            return replace(
                state,
                written={**state.written, question.id: event.body["response"]},
                compared=compared,
            )
        case "quiz.answered" if question:
            return _answered(state, question, event)
    return state


def _answered(state: QuizState, question: Question, event: Event) -> QuizState:
    if event.fingerprint != question.fingerprint:
        return replace(state, outdated=state.outdated | {question.id})
    response = event.body["response"]
    answer = Answer(response, mark(question, response))
    tries = {**state.tries, question.id: (*state.tries.get(question.id, ()), answer)}
    written = (
        {**state.written, question.id: response} if isinstance(question, Compose) else state.written
    )
    outdated = state.outdated - {question.id}
    return replace(state, tries=tries, written=written, outdated=outdated, arranged=None)


def update(state: QuizState, action: Action) -> tuple[QuizState, Sequence[Draft]]:
    """Answer "check", "draft", "compare", "arrange", "go", "reset", "reset-yes" and "reset-no"."""
    state = replace(state, notice="", incomplete=None, confirming=action.name == "reset")
    question = next((q for q in state.quiz.questions if q.id == action.get("question")), None)
    match action.name:
        case "check" if question:
            return _check(state, question, action)
        case "draft" | "compare" if isinstance(question, Compose):
            return _write(state, question, action)
        case "arrange" if isinstance(question, Order):
            lines = responses.read_response(state.seed, question, action)
            return replace(state, arranged=responses.rearranged(lines, action.about)), ()
        case "go":
            return state, [moved(state, action.about)]
        case "reset-yes":
            return state, [Draft("quiz.reset", state.quiz.id, state.quiz.fingerprint, {})]
    return state, ()


def _check(
    state: QuizState, question: Question, action: Action
) -> tuple[QuizState, Sequence[Draft]]:
    if state.test and question.id in state.tries:
        return replace(state, notice="Your first answer to this question is kept."), ()
    response = responses.read_response(state.seed, question, action)
    try:
        marked = mark(question, response)
    except ResponseError as error:
        return replace(state, incomplete=response, notice=str(error)), ()
    body = {
        "quiz": state.quiz.id,
        "response": response,
        "points": marked.points,
        "max_points": marked.max_points,
        "try": len(state.tries.get(question.id, ())) + 1,
    }
    answered = Draft("quiz.answered", question.id, question.fingerprint, body)
    if not state.test:
        return state, [answered]
    ids = [*(q.id for q in state.quiz.questions), "end"]
    return state, [answered, moved(state, ids[ids.index(question.id) + 1])]


def moved(state: QuizState, target: str) -> Draft:
    """Return the event of turning to a question, or behind the last one."""
    return Draft("quiz.moved", state.quiz.id, state.quiz.fingerprint, {"to": target})


def _write(
    state: QuizState, question: Question, action: Action
) -> tuple[QuizState, Sequence[Draft]]:
    response, compare = (
        responses.read_response(state.seed, question, action),
        action.name == "compare",
    )
    if compare and not response["text"].strip():
        return replace(state, notice="Write your line first."), ()
    if response == state.written.get(question.id, NOTHING) and not compare:
        return state, ()
    return state, [
        Draft(
            "quiz.wrote",
            question.id,
            question.fingerprint,
            {"response": response, "compare": compare},
        )
    ]
