"""The partner's view: a form for others about the learner, whose lines mirror the scales'."""

from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from brmcourse.model.base import Answerable, Content, Id, Text, require_own_ids, require_unique


class Line(Content):
    """One act as the other side sees it; `of` is the line of a self-assessment that it mirrors."""

    id: Id
    of: Id
    text: Text


class Drawn(Content):
    """A self-assessment, and how many of its lines the form mirrors."""

    id: Id
    lines: int = Field(ge=1)


class Opening(Content):
    """What a form says first: what it is for, and who will see what.

    `notes` stand below it; `keep` and `idea` ask for words, and where they are missing the form
    asks for none.
    """

    sentences: tuple[Text, Text]
    notes: tuple[Text, ...] = ()
    keep: Text | None = None
    idea: Text | None = None


class Mirror(Answerable):
    """The form, in words for one partner (`open`) and for several people (`group`).

    `lead`, `before` and `questions` are for the learner: about the whole, before a form is made,
    and to open a talk with.
    """

    unshown: ClassVar[Any] = {"lead": True, "before": True, "questions": True}

    id: Id
    title: Text
    lead: Text
    before: Text
    heading: Text
    format: Id
    dont_know: Text
    open: Opening
    group: Opening
    scales: tuple[Drawn, ...] = Field(min_length=1)
    lines: tuple[Line, ...] = Field(min_length=1)
    questions: tuple[Text, Text, Text]

    def opening(self, mode: str) -> Opening:
        """Return what the form of that mode says first."""
        return self.open if mode == "open" else self.group

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("line id", self.lines, "lines")
        require_own_ids("scale", self.scales, "scales")
        require_unique("mirrored line", [line.of for line in self.lines], "lines")
        return self
