"""Worked examples: a talk line by line, and what the learner is asked about its lines."""

from collections.abc import Iterator
from itertools import chain
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from brmcourse.model.base import (
    Answerable,
    Content,
    Id,
    Text,
    flaw,
    raise_all,
    require_own_ids,
    require_unique,
)

FEWEST, MOST = 2, 4
"""How many answers a question about a line may have."""

Kind = Literal["told", "ask", "blank", "yours"]


class Reason(Content):
    """An answer to the question about a line, and what is said to those who choose it."""

    id: Id
    text: Text
    feedback: Text
    right: bool = False


class Ask(Content):
    """A question about a line, put before its note; it is commented and never marked."""

    question: Text
    options: tuple[Reason, ...]

    @property
    def right(self) -> Reason:
        """The answer that the note agrees with."""
        return next(option for option in self.options if option.right)

    def option(self, name: str) -> Reason | None:
        """Return the answer of that id, if there is one."""
        return next((option for option in self.options if option.id == name), None)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("option id", self.options, "options")
        if not FEWEST <= len(self.options) <= MOST:
            message = f"a question about a line with {len(self.options)} options"
            advice = f"Write {FEWEST} to {MOST} options."
            raise flaw("example.ask", message, advice, "options")
        right = sum(option.right for option in self.options)
        if right != 1:
            message = f"a question about a line with {right or 'no'} right options"
            advice = "Give `right: true` to the one option that the note agrees with."
            raise flaw("example.ask", message, advice, "options")
        return self


class Line(Content):
    """One line of the talk: who says what, and what is said or asked about it.

    note    what the line does; shown at once, or after what the learner does
    ask     the learner says why the line works
    blank   the learner writes the line; `model` is ours, in the place of `says`
    yours   the learner writes what the line does
    id      needed where the learner does something: what they did is kept by it
    """

    id: Id | None = None
    who: Text
    says: Text | None = None
    note: Text | None = None
    ask: Ask | None = None
    blank: bool = False
    model: Text | None = None
    yours: bool = False

    @property
    def kind(self) -> Kind:
        """What the learner does with the line; a line that is told is only read."""
        if self.ask:
            return "ask"
        if self.blank:
            return "blank"
        return "yours" if self.yours else "told"

    @property
    def words(self) -> str:
        """What is said, by the model if the learner is to write it."""
        return self.model or self.says or ""

    @property
    def name(self) -> str:
        """What the learner's answer is kept by; empty for a line that is told."""
        return self.id or ""

    @property
    def gate(self) -> bool:
        """Whether the lines after it would give away what it asks for."""
        return self.kind in {"ask", "blank"}

    @model_validator(mode="after")
    def _sound(self) -> Self:
        raise_all(self._flaws())
        return self

    def _flaws(self) -> Iterator[PydanticCustomError]:
        asked = [name for name in ("ask", "blank", "yours") if getattr(self, name)]
        if len(asked) > 1:
            message = f"this line has {' and '.join(f'`{name}`' for name in asked)}"
            yield flaw("example.line", message, "Keep one of them: a line asks for one thing.")
            return
        if self.blank and self.model is None:
            yield flaw(
                "example.line", "a line to be written has no `model`", "Add `model: …`, ours."
            )
        if self.blank and self.says is not None:
            message = "a line to be written has `says`, which would give it away"
            yield flaw("example.line", message, "Call it `model`.", "says")
        if not self.blank and self.model is not None:
            message = "this line has a `model` that nobody is asked for"
            yield flaw("example.line", message, "Add `blank: true`, or call it `says`.", "model")
        elif not self.blank and self.says is None:
            message = "this line has no `says`"
            yield flaw("example.line", message, "Add `says: …`, with the words of the line.")
        for needed, why in (("id", "what learners do is kept by it"), ("note", "it follows")):
            if asked and getattr(self, needed) is None:
                message = f"a line with `{asked[0]}` has no `{needed}`: {why}"
                yield flaw("example.line", message, f"Add `{needed}: …` to this line.")


class Version(Content):
    """One way the talk goes."""

    id: Id
    title: Text
    lines: tuple[Line, ...] = Field(min_length=1)


class Example(Answerable):
    """A talk to learn from, in one version or in two; `closing` is said once nothing waits."""

    id: Id
    module: Id
    title: Text
    setting: Text
    versions: tuple[Version, ...] = Field(min_length=1)
    closing: Text | None = None

    @property
    def asked(self) -> dict[str, Line]:
        """The lines with which the learner does something, by id."""
        lines = chain.from_iterable(version.lines for version in self.versions)
        return {line.name: line for line in lines if line.kind != "told"}

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if len(self.versions) > 2:  # noqa: PLR2004 -- one goes well, one badly
            message = f"an example with {len(self.versions)} versions"
            raise flaw("example.versions", message, "Keep two at most.", "versions")
        require_own_ids("version id", self.versions, "versions")
        require_unique("version title", [version.title for version in self.versions], "versions")
        self._require_own_line_ids()
        return self

    def _require_own_line_ids(self) -> None:
        found = set()
        for place, version in enumerate(self.versions):
            for number, line in enumerate(version.lines):
                if line.id and line.id in found:
                    message = f"line id used twice: {line.id}"
                    where = ("versions", place, "lines", number, "id")
                    raise flaw("id.duplicate", message, "Give each its own id.", *where)
                found.add(line.id)
