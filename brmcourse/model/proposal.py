"""The page for the partner: its parts, and which fields of which sheets offer words for them."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from brmcourse.model.base import Answerable, Content, Id, Text, require_own_ids


class Piece(Content):
    """A field that a sentence takes words from, and what stands before them."""

    field: Id
    before: str = ""


class Only(Content):
    """Which entries are offered: those with one of these answers, and perhaps those with none."""

    field: Id
    answers: tuple[Id, ...] = Field(min_length=1)
    blank: bool = False


class Offer(Content):
    """A sentence for each entry of a sheet in which the first of the fields is filled in.

    Words come from fields that their sheet marks `for_partner`, and from no others.
    """

    sheet: Id
    pieces: tuple[Piece, ...] = Field(min_length=1)
    only: Only | None = None


class Part(Content):
    """A part of the page under its heading, of so many sentences at most.

    `lead` and `hint` are for the learner; `suggests` are sentences of the course.
    """

    id: Id
    title: Text
    lead: Text
    hint: Text
    most: int = Field(ge=1, le=6)
    offers: tuple[Offer, ...] = ()
    suggests: tuple[Text, ...] = ()


class Proposal(Answerable):
    """One page that the learner hands to the partner; `heading` stands above it."""

    unshown: ClassVar[Any] = {"parts": {"__all__": {"offers"}}}

    id: Id
    module: Id
    title: Text
    lead: Text
    heading: Text
    parts: tuple[Part, ...] = Field(min_length=1)

    @property
    def offers(self) -> Iterator[tuple[Part, Offer]]:
        """All that is offered, each with its part."""
        for part in self.parts:
            for offer in part.offers:
                yield part, offer

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("part id", self.parts, "parts")
        return self
