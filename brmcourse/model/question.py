"""Questions: the six kinds, their options, and the quiz that holds them."""

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from brmcourse.errors import hint
from brmcourse.model.base import Answerable, Content, Id, Row, Text, flaw, require_own_ids

Bloom = Literal["remember", "understand", "apply", "analyse", "evaluate"]
Shape = Literal["one", "many", "map", "text"]

RATINGS = range(1, 6)
"""The ratings of a judgement question, 1 very ineffective to 5 very effective."""

LEVELS = range(3)
"""How far a line meets a criterion, by the learner's own view: 0 not yet, 1 partly, 2 yes."""


class Option(Content):
    """One answer a learner may choose, with the feedback that only this choice shows."""

    id: Id
    text: Text
    feedback: Text


class CreditOption(Option):
    """An option worth a share of the point: 1 is a key, 0 a distractor."""

    credit: float = Field(ge=0, le=1)


class RatedOption(Option):
    """A move to be rated from 1 to 5; `key` is the rating of the author or an expert panel."""

    key: int = Field(ge=RATINGS[0], le=RATINGS[-1])


class MatchOption(Option):
    """A line that belongs to the target named by `match`."""

    match: Id


class Target(Content):
    """One of the places that the lines of a match question belong to."""

    id: Id
    text: Text


class Criterion(Content):
    """One thing to look for in a line that the learner wrote."""

    id: Id
    text: Text


class BaseQuestion(Answerable):
    """What every kind of question has. `shape` is the form of a response, see `scoring.mark`."""

    unshown: ClassVar[Any] = {
        "why": True, "objective": True, "row": True, "section": True, "bloom": True,
        "options": {"__all__": {"feedback"}},
    }  # fmt: skip
    shape: ClassVar[Shape]

    id: Id
    stem: Text
    why: Text
    objective: Id
    row: Row
    section: Id
    bloom: Bloom


def keys_of(options: Iterable[CreditOption]) -> list[str]:
    """Return the ids of the options that earn the full credit; raise a flaw if none does."""
    keys = [option.id for option in options if option.credit == 1]
    if not keys:
        raise flaw("question.no-key", "no option has credit 1", "Give the best option `credit: 1`.")
    return keys


class Single(BaseQuestion):
    """Choose one option."""

    shape = "one"
    kind: Literal["single"]
    options: tuple[CreditOption, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("option id", self.options, "options")
        keys = keys_of(self.options)
        if len(keys) > 1:
            message = f"{len(keys)} options have credit 1: {', '.join(keys)}"
            advice = "Keep one key, or make it `kind: multiple`."
            raise flaw("question.many-keys", message, advice)
        return self


class Multiple(BaseQuestion):
    """Choose all options that apply; each is a key (credit 1) or a distractor (credit 0)."""

    shape = "many"
    kind: Literal["multiple"]
    options: tuple[CreditOption, ...] = Field(min_length=2)

    @property
    def keys(self) -> tuple[str, ...]:
        """The ids of the right options: one at least, and never all."""
        return tuple(option.id for option in self.options if option.credit == 1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("option id", self.options, "options")
        keys_of(self.options)
        credits_given = {option.credit for option in self.options}
        if credits_given != {0, 1}:
            raise flaw(
                "question.no-distractor",
                "a multiple question needs options with credit 1 and with credit 0, "
                "and nothing between",
                "Use `credit: 1` for each right option and `credit: 0` for each wrong one.",
            )
        return self


class Judgement(BaseQuestion):
    """Rate how effective each move is, from 1 to 5."""

    shape = "map"
    ratings: ClassVar[range] = RATINGS
    kind: Literal["judgement"]
    key_source: Literal["author", "panel"]
    options: tuple[RatedOption, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("option id", self.options, "options")
        return self


class Match(BaseQuestion):
    """Say for each line which target it belongs to."""

    shape = "map"
    kind: Literal["match"]
    targets: tuple[Target, ...] = Field(min_length=2)
    options: tuple[MatchOption, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("option id", self.options, "options")
        require_own_ids("target id", self.targets, "targets")
        known = [target.id for target in self.targets]
        for position, option in enumerate(self.options):
            if option.match not in known:
                message = f'option "{option.id}" matches "{option.match}", which is no target.'
                message += hint(option.match, known)
                advice = f"Use one of: {', '.join(known)}."
                raise flaw("reference.unknown", message, advice, "options", position, "match")
        return self


class Order(BaseQuestion):
    """Put the lines in order; the file lists them in the right one."""

    shape = "many"
    kind: Literal["order"]
    options: tuple[Option, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("option id", self.options, "options")
        return self


class Compose(BaseQuestion):
    """Write your own line, then compare it with a model answer and rate it by a rubric."""

    unshown: ClassVar[Any] = BaseQuestion.unshown | {"model_answer": True}
    shape = "text"
    levels: ClassVar[range] = LEVELS
    kind: Literal["compose"]
    prompt_line: Text
    model_answer: Text
    rubric: tuple[Criterion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("criterion id", self.rubric, "rubric")
        return self


Question = Annotated[
    Single | Multiple | Judgement | Match | Order | Compose, Field(discriminator="kind")
]


class Quiz(Content):
    """A row of questions.

    `purpose: guess` marks pre-questions: answered before reading, never counted.
    `purpose: test` takes one answer to each question and says how it went when the test is over. A
    test with `parallel` (the id of the form taken before) is the last one: it tells the change, and
    the reasons.
    """

    id: Id
    title: Text
    module: Id
    purpose: Literal["practice", "guess", "test"]
    parallel: Id | None = None
    questions: tuple[Question, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("question id", self.questions, "questions")
        if self.purpose == "test":
            self._require_closed_questions()
        return self

    def _require_closed_questions(self) -> None:
        message = "a test cannot hold a compose question, which shows a good answer on the way"
        advice = "Ask in another kind, or move it to a quiz."
        for position, question in enumerate(self.questions):
            if isinstance(question, Compose):
                raise flaw("question.kind", message, advice, "questions", position)
