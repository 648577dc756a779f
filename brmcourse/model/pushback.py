"""What a business partner might push back with, as decks of lines to rehearse with."""

import re
from collections.abc import Iterator
from typing import Literal, Self, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from brmcourse.model.base import Content, Id, Text, flaw, raise_all, require_own_ids

Kind = Literal["doubt", "demand", "resistance"]

LEVELS = {1: "mild", 2: "firm", 3: "hard"}
"""How hard a line is."""

SLOT = "{words}"
"""Where a line takes up what the learner wrote."""

FITTING = re.compile(r"(?:: |“)\{words\}")
"""A slot where words of any kind can stand, a few of them or a sentence."""


class Line(Content):
    """One thing to say; `about` is what the learner's own words in its slot are about."""

    id: Id
    kind: Kind
    level: int = Field(ge=1, le=len(LEVELS))
    text: Text
    about: Literal["pressure", "concern", "cause"] | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        slots = self.text.count(SLOT)
        if slots != (self.about is not None):
            message = f'the line "{self.id}" has {slots} slots, and is about {self.about or "none"}'
            advice = f"Write {SLOT} once and say what it is `about`, or neither."
            raise flaw("pushback.slot", message, advice, "text")
        if slots and not FITTING.search(self.text):
            message = f'the slot of the line "{self.id}" stands in the middle of a sentence'
            advice = f"Let {SLOT} follow a colon or stand in quotes, so that all words fit there."
            raise flaw("pushback.slot", message, advice, "text")
        return self


class Deck(Content):
    """Lines of every kind and level."""

    id: Id
    lines: tuple[Line, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("line id", self.lines, "lines")
        raise_all(self._lacking())
        return self

    def _lacking(self) -> Iterator[PydanticCustomError]:
        there = {(line.kind, line.level) for line in self.lines}
        for kind in get_args(Kind):
            for level, name in LEVELS.items():
                if (kind, level) not in there:
                    message = f"no line of {kind} is at level {level} ({name})"
                    advice = "Write at least one line for each kind and level."
                    yield flaw("pushback.levels", message, advice, "lines")
