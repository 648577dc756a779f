"""Self-assessments: a scale with its items and subscales, and the answer format that scales share."""

from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from brmcourse.model.base import Content, Id, Text, flaw, require_unique


class Band(Content):
    """How a score from `start` (0 to 100) up to the next band is worded."""

    start: float = Field(alias="from", ge=0, lt=100)
    name: Text
    text: Text


class Format(Content):
    """An answer format: labels from `min` upwards, the words for results, and the caveats they carry."""

    id: Id
    min: int
    labels: tuple[Text, ...] = Field(min_length=2)
    no_chance: Text
    required_share: float = Field(gt=0, le=1)
    bands: tuple[Band, ...] = Field(min_length=1)
    caveats: tuple[Text, ...] = Field(min_length=1)
    too_few: Text

    @property
    def max(self) -> int:
        """The highest rating."""
        return self.min + len(self.labels) - 1

    def band(self, score: float) -> Band:
        """Return the band that a score from 0 to 100 falls in."""
        return [band for band in self.bands if band.start <= score][-1]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.bands[0].start != 0:
            raise flaw("scale.bands", "the first band does not start at 0", "Write `from: 0` in the first band.")
        if any(low.start >= high.start for low, high in pairwise(self.bands)):
            raise flaw("scale.bands", "the bands do not rise", "List the bands from low to high.")
        return self


class Item(Content):
    """One behaviour that the learner rates; a reversed item describes an opposite act."""

    id: Id
    text: Text
    subscale: Id
    reverse: bool


class Subscale(Content):
    """A named part of a scale."""

    id: Id
    title: Text


class Scale(Content):
    """A self-assessment over the past four weeks with one partner."""

    id: Id
    title: Text
    module: Id
    format: Id
    lead: Text
    subscales: tuple[Subscale, ...] = Field(min_length=1)
    items: tuple[Item, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_unique("item id", (item.id for item in self.items))
        known = {subscale.id for subscale in self.subscales}
        used = {item.subscale for item in self.items}
        for name in sorted(used ^ known):
            raise flaw(
                "reference.unknown",
                f'subscale "{name}" is {"empty" if name in known else "not listed under subscales"}',
                f"Listed are: {', '.join(sorted(known))}.",
            )
        return self
