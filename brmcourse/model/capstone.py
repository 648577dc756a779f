"""The capstone: a plan for one partner, put together from what the learner wrote in the modules."""

from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, create_model, model_validator

from brmcourse.catalogue import CATALOGUE
from brmcourse.model.base import Content, Id, Text, flaw, require_own_ids

KINDS = tuple(row.part for row in CATALOGUE.values() if row.part)
"""What the plan can show, as the catalogue calls it."""


class _Named(Content):
    """One thing that a part of the plan shows: the id of one kind of it.

    What is `open` stands on the first pages of the take-away, which can be put on a table.
    """

    open: bool = False

    @property
    def name(self) -> tuple[str, str]:
        """The kind of what is shown, and its id."""
        kind = self._kinds()[0]
        return kind, getattr(self, kind)

    def _kinds(self) -> list[str]:
        return [kind for kind in KINDS if getattr(self, kind) is not None]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        kinds = self._kinds()
        if len(kinds) == 1:
            return self
        message = "this entry names nothing to show"
        if kinds:
            message = f"one entry names {' and '.join(kinds)} together"
        advice = f"Give each entry exactly one of: {', '.join(KINDS)}."
        raise flaw("capstone.shows", message, advice)


FIELDS: dict[str, Any] = dict.fromkeys(KINDS, (Id | None, None))

if TYPE_CHECKING:
    Shown = _Named
else:
    Shown = create_model("Shown", __base__=_Named, __doc__=_Named.__doc__, **FIELDS)


class Chapter(Content):
    """One part of the plan, under its heading."""

    id: Id
    title: Text
    lead: Text
    shows: tuple[Shown, ...] = Field(min_length=1)


class Capstone(Content):
    """The plan: its parts in order."""

    id: Id
    module: Id
    title: Text
    lead: Text
    parts: tuple[Chapter, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("part id", self.parts, "parts")
        return self
