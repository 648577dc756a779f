"""The values exercise: cards on a circle, and the words of its steps."""

from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from brmcourse.model.base import Answerable, Content, Id, Text, flaw, require_own_ids


class Card(Content):
    """One value; cards of the same `wedge` of the circle, counted from 0, share their place."""

    id: Id
    name: Text
    text: Text
    wedge: int = Field(ge=0)


class Confidence(Content):
    """How sure a prediction is: in words, and the share of such ones that should come true."""

    id: Id
    text: Text
    share: float = Field(gt=0, le=1)


class Values(Answerable):
    """The exercise: rank your own, predict your partner's, ask, revise, compare."""

    id: Id
    module: Id
    title: Text
    rank: Text
    circle: Text
    predict: Text
    revise: Text
    compare: Text
    confidence: tuple[Confidence, ...] = Field(min_length=2)
    cards: tuple[Card, ...] = Field(min_length=4)

    def card(self, name: str) -> Card:
        """Return the card of that id."""
        cards = {card.id: card for card in self.cards}
        return cards[name]

    @property
    def wedges(self) -> int:
        """How many wedges the circle has."""
        return self.cards[-1].wedge + 1

    def distance(self, one: str, other: str) -> int:
        """Return how many wedges apart two cards lie, the shorter way round."""
        steps = abs(self.card(one).wedge - self.card(other).wedge)
        return min(steps, self.wedges - steps)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("card id", self.cards, "cards")
        require_own_ids("confidence id", self.confidence, "confidence")
        self._require_order()
        return self

    def _require_order(self) -> None:
        advice = (
            "List the cards round the circle: the first in wedge 0, "
            "each other in the same wedge or the next."
        )
        if self.cards[0].wedge:
            message = f"the first card lies in wedge {self.cards[0].wedge}"
            raise flaw("values.wedge", message, advice, "cards", 0, "wedge")
        for position, (one, next_) in enumerate(pairwise(self.cards), 1):
            if next_.wedge - one.wedge not in {0, 1}:
                before = f'"{one.name}" in wedge {one.wedge}'
                message = f'"{next_.name}" in wedge {next_.wedge} comes right after {before}'
                raise flaw("values.wedge", message, advice, "cards", position, "wedge")
