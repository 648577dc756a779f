"""A quiz: one question at a time, unlimited tries, of which the first counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from brmcourse.activities.activity import Action, shuffled
from brmcourse.errors import ResponseError
from brmcourse.events import Draft, Event
from brmcourse.model import BaseQuestion, Compose, Match, Module, Option, Order, Question, Quiz
from brmcourse.scoring import Mark, Response, mark

GOOD_ENOUGH = 0.8
"""From this share of the points on, the summary does not send the learner back to the reading."""

NOTHING: Mapping[str, Any] = MappingProxyType({"text": "", "ratings": {}})
"""What stands written before anything was: the response to a compose question."""


@dataclass(frozen=True)
class Exercise:
    """A quiz together with the module it belongs to."""

    quiz: Quiz
    module: Module


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
    def answer(self) -> Answer | None:
        """The latest try at the question on show."""
        tries = self.tries.get(self.question.id, ()) if self.question else ()
        return tries[-1] if tries else None

    @property
    def chosen(self) -> Any:
        """What stands chosen on the page: a response that is not complete yet, else the latest answer's."""
        return self.incomplete or (self.answer.response if self.answer else None)

    @property
    def points(self) -> float:
        """The points of all first tries."""
        return sum(tries[0].mark.points for tries in self.tries.values())

    @property
    def to_review(self) -> tuple[Question, ...]:
        """The questions whose first try is missing or earned too little."""
        return tuple(
            q for q in self.quiz.questions if q.id not in self.tries or self.tries[q.id][0].mark.points < GOOD_ENOUGH
        )


def subjects(content: Exercise) -> tuple[str, ...]:
    """Return the quiz and its questions."""
    return content.quiz.id, *(question.id for question in content.quiz.questions)


def begin(content: Exercise, seed: str) -> QuizState:
    """Return the first question, nothing chosen."""
    return QuizState(content, seed)


def replay(state: QuizState, event: Event) -> QuizState:
    """Fold an event in; an answer to an earlier version of a question stays in the log and is asked for again."""
    question = next((q for q in state.quiz.questions if q.id == event.subject), None)
    match event.kind:
        case "quiz.moved":
            ids = [q.id for q in state.quiz.questions]
            target = event.body["to"]
            return replace(state, at=ids.index(target) if target in ids else len(ids), arranged=None)
        case "quiz.reset":
            return QuizState(state.content, state.seed, starts=state.starts + 1)
        case "quiz.wrote" if question:
            compared = state.compared | {question.id} if event.body["compare"] else state.compared
            return replace(state, written={**state.written, question.id: event.body["response"]}, compared=compared)
        case "quiz.answered" if question:
            return _answered(state, question, event)
    return state


def _answered(state: QuizState, question: Question, event: Event) -> QuizState:
    if event.fingerprint != question.fingerprint:
        return replace(state, outdated=state.outdated | {question.id})
    response = event.body["response"]
    answer = Answer(response, mark(question, response))
    tries = {**state.tries, question.id: (*state.tries.get(question.id, ()), answer)}
    written = {**state.written, question.id: response} if isinstance(question, Compose) else state.written
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
            return replace(state, arranged=_moved(read_response(state, question, action), action.about)), ()
        case "go":
            return state, [Draft("quiz.moved", state.quiz.id, state.quiz.fingerprint, {"to": action.about})]
        case "reset-yes":
            return state, [Draft("quiz.reset", state.quiz.id, state.quiz.fingerprint, {})]
    return state, ()


def _check(state: QuizState, question: Question, action: Action) -> tuple[QuizState, Sequence[Draft]]:
    response = read_response(state, question, action)
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
    return state, [Draft("quiz.answered", question.id, question.fingerprint, body)]


def _write(state: QuizState, question: Question, action: Action) -> tuple[QuizState, Sequence[Draft]]:
    response, compare = read_response(state, question, action), action.name == "compare"
    if compare and not response["text"].strip():
        return replace(state, notice="Write your line first."), ()
    if response == state.written.get(question.id, NOTHING) and not compare:
        return state, ()
    return state, [Draft("quiz.wrote", question.id, question.fingerprint, {"response": response, "compare": compare})]


def shown(state: QuizState, question: BaseQuestion) -> tuple[tuple[str, Option], ...]:
    """Return the options in the order this learner sees them, each with the letter that stands for it on the page.

    A page never holds an option's id, which might tell whether it is right.
    """
    options = shuffled(getattr(question, "options", ()), state.seed, question.id)
    return tuple((chr(ord("A") + number), option) for number, option in enumerate(options))


def arranged(state: QuizState, question: Order) -> tuple[tuple[str, Option], ...]:
    """Return the lines as the learner arranged them, as last answered, or shuffled, each with its letter."""
    lines = {option.id: (letter, option) for letter, option in shown(state, question)}
    key = [option.id for option in question.options]
    order = list(lines) if list(lines) != key else [*key[1:], key[0]]  # never hand out the right order
    if state.answer:
        order = list(state.answer.response)
    return tuple(lines[name] for name in state.arranged or order)


def codes(state: QuizState, question: BaseQuestion) -> dict[str, str]:
    """Return what the letters and numbers in a page's form stand for: options, targets and criteria."""
    names = {letter: option.id for letter, option in shown(state, question)}
    if isinstance(question, Match):
        names |= {f"T{number}": target.id for number, target in enumerate(question.targets, 1)}
    if isinstance(question, Compose):
        names |= {f"R{number}": criterion.id for number, criterion in enumerate(question.rubric, 1)}
    return names


def read_response(state: QuizState, question: BaseQuestion, action: Action) -> Any:
    """Turn the fields of a form into a response of the question's shape; `scoring.mark` judges whether it fits."""
    names = codes(state, question)
    picks = [names.get(value, value) for value in action.form.get("pick", ())]
    ratings = {
        names[key.removeprefix("rate-")]: int(values[0]) if values[0].isdecimal() else names.get(values[0], values[0])
        for key, values in action.form.items()
        if key.startswith("rate-") and key.removeprefix("rate-") in names and values and values[0]
    }
    match question.shape:
        case "one":
            return picks[0] if picks else ""
        case "many":
            return picks
        case "map":
            return ratings
        case "text":
            return {"text": action.get("text"), "ratings": ratings}


def _moved(order: Sequence[str], move: str) -> tuple[str, ...]:
    """Return the order after a move like "up 2": the line at position 2 (from 0) goes up by one."""
    step, _, place = move.partition(" ")
    lines, old = list(order), int(place)
    new = old - 1 if step == "up" else old + 1
    if 0 <= new < len(lines):
        lines[old], lines[new] = lines[new], lines[old]
    return tuple(lines)
