"""The rehearsal of a talk: its words, what pushback draws on, and what each line is held to."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from brmcourse.model.base import Answerable, Content, Id, Text, require_own_ids
from brmcourse.model.proposal import Only

Level = Annotated[int, Field(ge=1, le=3)]
"""How hard pushback is, from mild to hard."""


class Ask(Content):
    """What is asked for in a field."""

    label: Text
    hint: Text


class Draw(Content):
    """A field of a sheet whose words the partner may take up, and what they are about."""

    about: Literal["pressure", "concern", "cause"]
    sheet: Id
    field: Id
    only: Only | None = None


class Criterion(Content):
    """A question about a line; `opening` is what is asked of the first one in its place."""

    id: Id
    text: Text
    opening: Text | None = None


class Degree(Content):
    """An answer to such a question."""

    id: Id
    text: Text


class Rehearsal(Answerable):
    """A talk of some rounds, rehearsed as often as the learner likes.

    rounds    how hard the pushback of each round is
    opens     the part of the page for the partner that has the line to open with
    helping   what stands above the markers that tend to help
    others    what stands above the others
    caveat    what the program that finds them cannot do
    research  what is known of them, said wherever they are shown
    none      what is said of a line without any
    closing   what is said once all lines stand side by side
    """

    unshown: ClassVar[Any] = {"draws": True, "opens": True}

    id: Id
    module: Id
    title: Text
    lead: Text
    occasion: Ask
    opening: Ask
    reply: Ask
    revision: Ask
    rounds: tuple[Level, ...] = Field(min_length=1, max_length=6)
    opens: Id
    draws: tuple[Draw, ...] = ()
    rubric: tuple[Criterion, ...] = Field(min_length=1)
    degrees: tuple[Degree, ...] = Field(min_length=2)
    helping: Text
    others: Text
    caveat: Text
    research: Text
    none: Text
    closing: Text

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("question id", self.rubric, "rubric")
        require_own_ids("answer id", self.degrees, "degrees")
        return self
