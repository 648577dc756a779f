"""Self-assessments: a scale with its items and subscales, and the answer format that scales share."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from brmcourse.errors import hint
from brmcourse.model.base import Answerable, Content, Id, Text, flaw, raise_all, require_unique


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
            raise flaw(
                "scale.bands",
                "the first band does not start at 0",
                "Write `from: 0` in the first band.",
                "bands",
                0,
            )
        for position, (low, high) in enumerate(pairwise(self.bands), 1):
            if low.start >= high.start:
                message = (
                    f"this band starts at {high.start:g}, and the one before it at {low.start:g}"
                )
                raise flaw(
                    "scale.bands", message, "List the bands from low to high.", "bands", position
                )
        return self


class Item(Content):
    """One behaviour that the learner rates; a reversed item describes an opposite act.

    An item with `choices` offers a statement for each level of its scale instead of the format's
    labels.
    """

    id: Id
    text: Text
    subscale: Id
    reverse: bool
    choices: tuple[Text, ...] = ()
    baseline: bool = False


class Subscale(Content):
    """A named part of a scale."""

    id: Id
    title: Text


class Scale(Answerable):
    """A self-assessment over the past four weeks with one partner; `levels` name the steps of items with choices."""

    unshown: ClassVar[Any] = {"items": {"__all__": {"baseline"}}}

    id: Id
    title: Text
    module: Id
    format: Id
    lead: Text
    levels: tuple[Text, ...] = ()
    subscales: tuple[Subscale, ...] = Field(min_length=1)
    items: tuple[Item, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_unique("item id", (item.id for item in self.items), "items")
        raise_all(self._dangling())
        return self

    def _dangling(self) -> Iterator[PydanticCustomError]:
        known = [subscale.id for subscale in self.subscales]
        for number, item in enumerate(self.items):
            if item.subscale not in known:
                message = (
                    f'there is no subscale called "{item.subscale}".{hint(item.subscale, known)}'
                )
                yield flaw(
                    "reference.unknown",
                    message,
                    f"Use one of: {', '.join(known)}.",
                    "items",
                    number,
                    "subscale",
                )
            if item.choices and len(item.choices) != len(self.levels):
                message = f"this item has {len(item.choices)} choices, and the scale {len(self.levels)} levels"
                yield flaw(
                    "scale.levels",
                    message,
                    "Write one choice for each of the `levels`.",
                    "items",
                    number,
                    "choices",
                )
        for number, name in enumerate(known):
            if all(item.subscale != name for item in self.items):
                message = f'the subscale "{name}" has no items'
                yield flaw(
                    "reference.unknown",
                    message,
                    "Write some for it, or delete it.",
                    "subscales",
                    number,
                )


class Baseline(Answerable):
    """A short self-assessment over all scales: it draws the items that they mark as `baseline`."""

    id: Id
    title: Text
    module: Id
    format: Id
    lead: Text
    draws: tuple[Id, ...] = Field(min_length=1)

    def of(self, scales: Iterable[Scale]) -> Scale:
        """Return the short form as a scale with a subscale for each of those it draws from."""
        scales = list(scales)
        return Scale(
            id=self.id,
            edition=self.edition,
            title=self.title,
            module=self.module,
            format=self.format,
            lead=self.lead,
            levels=next((scale.levels for scale in scales if scale.levels), ()),
            subscales=tuple(Subscale(id=scale.id, title=scale.title) for scale in scales),
            items=tuple(
                item.model_copy(update={"subscale": scale.id})
                for scale in scales
                for item in scale.items
                if item.baseline
            ),
        )
