"""The capstone: a plan for one partner, put together from what the learner wrote in the modules."""

from typing import Self

from pydantic import Field, model_validator

from brmcourse.model.base import Content, Id, Text, flaw, require_unique


class Shown(Content):
    """One thing that a part of the plan shows: a sheet, a reflection, a plan, or the values exercise."""

    sheet: Id | None = None
    reflection: Id | None = None
    plan: Id | None = None
    values: Id | None = None

    @property
    def name(self) -> tuple[str, str]:
        """The kind of what is shown, and its id."""
        return next((kind, name) for kind, name in self if kind in KINDS and name)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        named = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(named) != 1:
            message = (
                f"one entry names {' and '.join(named)} together"
                if named
                else "this entry names nothing to show"
            )
            raise flaw(
                "capstone.shows", message, f"Give each entry exactly one of: {', '.join(KINDS)}."
            )
        return self


KINDS = ("sheet", "reflection", "plan", "values")


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
        require_unique("part id", (part.id for part in self.parts), "parts")
        return self
