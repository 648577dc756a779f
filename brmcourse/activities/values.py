"""The values exercise: rank your own, predict your partner's top three, ask, revise, and compare the two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from types import MappingProxyType
from typing import Any

from brmcourse.activities.activity import Action, shuffled
from brmcourse.events import Draft, Event
from brmcourse.model.values import Values

TOP = 3
"""How many values are predicted."""

GUESS = ("card", "evidence", "confidence")
ANSWER = ("card", "said")
"""What is noted of each value before asking, and after it."""

STAGES: Mapping[str, Sequence[str]] = MappingProxyType({"predicted": GUESS, "revised": ANSWER})

Picks = tuple[Mapping[str, str], ...]
NO_PICKS: Picks = ({}, {}, {})


@dataclass(frozen=True)
class ValuesState:
    """The exercise in hand. `order` holds the learner's own ranking, from first to last."""

    values: Values
    order: tuple[str, ...]
    ranked: bool = False
    predicted: Picks = NO_PICKS
    revised: Picks = NO_PICKS
    asked: bool = False
    notice: str = ""

    @property
    def top(self) -> tuple[str, ...]:
        """The learner's own first three."""
        return self.order[:TOP]

    @property
    def guessed(self) -> Sequence[str]:
        """The values guessed for the partner."""
        return chosen(self.predicted)

    @property
    def heard(self) -> Sequence[str]:
        """The values heard when asking."""
        return chosen(self.revised)

    def names(self, cards: Sequence[str]) -> str:
        """Return the names of cards, one after the other."""
        return ", ".join(self.values.card(card).name for card in cards)

    @property
    def comparison(self) -> "Comparison | None":
        """The guess beside what was heard; None until both are complete."""
        before, after = self.guessed, self.heard
        if not self.asked or len(before) < TOP or len(after) < TOP:
            return None
        share = {entry.id: entry.share for entry in self.values.confidence}
        sure = [
            share[pick["confidence"]] for pick in self.predicted if pick.get("confidence") in share
        ]
        steps = min(
            sum(self.values.distance(one, other) for one, other in zip(before, order, strict=True))
            for order in permutations(after)
        )
        confidence = sum(sure) / TOP if len(sure) == TOP else None
        return Comparison(tuple(card for card in before if card in after), steps / TOP, confidence)


@dataclass(frozen=True)
class Comparison:
    """A guess beside the answer.

    `hits` are the values in both, `distance` the mean number of wedges between the two threes by
    their closest pairing, `confidence` the mean of what was given (0 to 1), None if it was not
    given for each.
    """

    hits: tuple[str, ...]
    distance: float
    confidence: float | None


def chosen(picks: Picks) -> list[str]:
    """Return the values named, each once."""
    return list(dict.fromkeys(pick["card"] for pick in picks if pick.get("card")))


def subjects(values: Values) -> tuple[str, ...]:
    """Return the exercise."""
    return (values.id,)


def begin(values: Values, seed: str) -> ValuesState:
    """Return the cards in an order of chance, nothing ranked and nothing predicted."""
    return ValuesState(values, tuple(card.id for card in shuffled(values.cards, seed, values.id)))


def replay(state: ValuesState, event: Event) -> ValuesState:
    """Fold an event in; an order of other cards than there are now stays in the log and counts no more."""
    match event.kind:
        case "values.ranked" if set(event.body["order"]) == set(state.order):
            return replace(state, order=tuple(event.body["order"]), ranked=True)
        case "values.predicted":
            return replace(state, predicted=_known(state, event.body["picks"]))
        case "values.revised":
            return replace(state, revised=_known(state, event.body["picks"]))
        case "values.asked":
            return replace(state, asked=event.body["yes"])
    return state


def _known(state: ValuesState, picks: Sequence[Mapping[str, str]]) -> Picks:
    return tuple(
        {key: text for key, text in pick.items() if key != "card" or text in state.order}
        for pick in picks
    )


def update(state: ValuesState, action: Action) -> tuple[ValuesState, Sequence[Draft]]:
    """Answer "up" and "down" (a card), "rank", "draft", "asked" and "guess-again".

    Form fields are called "rank:<card>" (a place from 1) and "<stage>:<number>:<what>".
    """
    state = replace(state, notice="")

    def draft(kind: str, **body: Any) -> Draft:
        return Draft(f"values.{kind}", state.values.id, state.values.fingerprint, body)

    match action.name:
        case "up" | "down" if action.about in state.order:
            place = state.order.index(action.about) + (1 if action.name == "down" else -1)
            return state, [draft("ranked", order=_placed(state.order, action.about, place))]
        case "rank":
            return state, [draft("ranked", order=state.order)]
    places = {card: action.get(f"rank:{card}") for card in state.order}
    for number, card in enumerate(state.order, 1):
        if places[card].isdecimal() and int(places[card]) != number:
            return state, [draft("ranked", order=_placed(state.order, card, int(places[card]) - 1))]
    drafts = [
        draft(stage, picks=picks)
        for stage in STAGES
        if (picks := _read(state, stage, action)) != getattr(state, stage)
    ]
    if action.name == "guess-again":
        drafts.append(draft("asked", yes=False))
    elif action.name == "asked":
        picks = _read(state, "predicted", action)
        if len(chosen(picks)) < TOP:
            return replace(
                state, notice="Name three different values first. A guess is enough."
            ), drafts
        drafts.append(draft("asked", yes=True))
    return state, drafts


def _placed(order: Sequence[str], card: str, place: int) -> tuple[str, ...]:
    """Return the order with that card moved to that place (from 0), or to the nearest end."""
    rest = [other for other in order if other != card]
    place = min(max(place, 0), len(rest))
    return (*rest[:place], card, *rest[place:])


def _read(state: ValuesState, stage: str, action: Action) -> Picks:
    kept: Picks = getattr(state, stage)
    return tuple(
        {
            key: text
            for key in STAGES[stage]
            if (text := action.get(f"{stage}:{number}:{key}", kept[number - 1].get(key, "")))
        }
        for number in range(1, TOP + 1)
    )
