"""Self-assessments: scales with their items and subscales, and the answer format they share."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, ClassVar, Self

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
    unknown,
)


class Band(Content):
    """How a score from `start` (0 to 100) up to the next band is worded."""

    start: float = Field(alias="from", ge=0, lt=100)
    name: Text
    text: Text


class Format(Content):
    """An answer format: labels from `min` upwards, the words for results, and their caveats."""

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
        reached = [band for band in self.bands if band.start <= score]
        return reached[-1]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.bands[0].start != 0:
            message = "the first band does not start at 0"
            advice = "Write `from: 0` in the first band."
            raise flaw("scale.bands", message, advice, "bands", 0)
        for position, (low, high) in enumerate(pairwise(self.bands), 1):
            if low.start >= high.start:
                starts = f"{high.start:g}, and the one before it at {low.start:g}"
                message = f"this band starts at {starts}"
                advice = "List the bands from low to high."
                raise flaw("scale.bands", message, advice, "bands", position)
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
    """A self-assessment over the past four weeks with one partner.

    `levels` name the steps of items with choices, and `ladder` describes them before the first of
    those is asked.
    """

    unshown: ClassVar[Any] = {"items": {"__all__": {"baseline"}}, "ladder": True}

    id: Id
    title: Text
    module: Id
    format: Id
    lead: Text
    levels: tuple[Text, ...] = ()
    ladder: str = ""
    subscales: tuple[Subscale, ...] = Field(min_length=1)
    items: tuple[Item, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("item id", self.items, "items")
        raise_all(self._dangling())
        return self

    def _dangling(self) -> Iterator[PydanticCustomError]:
        known = [subscale.id for subscale in self.subscales]
        for number, item in enumerate(self.items):
            if item.subscale not in known:
                yield unknown("subscale", item.subscale, known, "items", number, "subscale")
            if item.choices and len(item.choices) != len(self.levels):
                choices, levels = len(item.choices), len(self.levels)
                message = f"this item has {choices} choices, and the scale {levels} levels"
                advice = "Write one choice for each of the `levels`."
                yield flaw("scale.levels", message, advice, "items", number, "choices")
        used = {item.subscale for item in self.items}
        for number, name in enumerate(known):
            if name not in used:
                message = f'the subscale "{name}" has no items'
                advice = "Write some for it, or delete it."
                yield flaw("reference.unknown", message, advice, "subscales", number)


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
        levels: tuple[str, ...] = ()
        ladder = ""
        subscales = []
        items = []
        for scale in scales:
            levels = levels or scale.levels
            ladder = ladder or scale.ladder
            subscales.append(Subscale(id=scale.id, title=scale.title))
            drawn = [item for item in scale.items if item.baseline]
            items += [item.model_copy(update={"subscale": scale.id}) for item in drawn]
        return Scale(
            id=self.id,
            edition=self.edition,
            title=self.title,
            module=self.module,
            format=self.format,
            lead=self.lead,
            levels=levels,
            ladder=ladder,
            subscales=tuple(subscales),
            items=tuple(items),
        )
