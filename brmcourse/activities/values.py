"""The values exercise: rank your own, predict your partner's first three, ask, revise, compare."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import permutations
from typing import NamedTuple

from brmcourse.activities import fields
from brmcourse.activities.activity import Action, Context, Note, number, shuffled
from brmcourse.content.library import Library
from brmcourse.events import (
    Body,
    Draft,
    Event,
    ValuesAsked,
    ValuesPredicted,
    ValuesRanked,
    ValuesRevised,
)
from brmcourse.model.values import Values

TOP = 3
"""How many values are predicted."""

PREDICTED, REVISED = "predicted", "revised"
"""The two forms about the partner: before asking, and after it."""

NOTED: Mapping[str, Sequence[str]] = {
    PREDICTED: ("card", "evidence", "confidence"),
    REVISED: ("card", "said"),
}
"""What is noted of each value in each of them."""

Pick = Mapping[str, str]
Picks = tuple[Pick, ...]
NO_PICKS: Picks = ({}, {}, {})

NO_VALUE = "Value {}: choose one. A guess is enough."
TWICE = "Value {}: you have named it before. Choose another one."

CIRCLE, GUESS, ANSWER = "circle", "guess", "answer"
"""The parts of the page that an action can lead on to."""


def guess_field(place: int) -> str:
    """Return the id that the page gives the choice of the value guessed at a place (from 1)."""
    return f"values-{PREDICTED}-{place}"


class Problem(NamedTuple):
    """What a form still needs: the field of the page, and a sentence."""

    field: str
    words: str


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


class ValuesRecord(NamedTuple):
    """What was ranked, guessed and heard; `noted` is when something about the partner was.

    `ranking` is empty until there is one.
    """

    content: Values
    ranking: tuple[str, ...] = ()
    predicted: Picks = NO_PICKS
    revised: Picks = NO_PICKS
    asked: bool = False
    noted: datetime | None = None

    @property
    def guessed(self) -> Sequence[str]:
        """The values guessed for the partner."""
        return chosen(self.predicted)

    @property
    def heard(self) -> Sequence[str]:
        """The values heard when asking."""
        return chosen(self.revised)

    @property
    def comparison(self) -> Comparison | None:
        """The guess beside what was heard; None until both are complete."""
        before, after = self.guessed, self.heard
        if not self.asked or len(before) < TOP or len(after) < TOP:
            return None
        hits = tuple(card for card in before if card in after)
        return Comparison(hits, self._steps(before, after) / TOP, self._confidence())

    def _steps(self, before: Sequence[str], after: Sequence[str]) -> int:
        """Return the wedges between two threes, paired as closely as they can be."""
        pairings = [zip(before, order, strict=True) for order in permutations(after)]
        return min(
            sum(self.content.distance(one, other) for one, other in pairing) for pairing in pairings
        )

    def _confidence(self) -> float | None:
        share = {entry.id: entry.share for entry in self.content.confidence}
        given = [pick.get("confidence") for pick in self.predicted]
        sure = [share[name] for name in given if name in share]
        return sum(sure) / TOP if len(sure) == TOP else None


@dataclass(frozen=True)
class ValuesState:
    """The exercise on a page.

    `shuffled` is the order of the cards before there is a ranking, `problems` what keeps the guess
    from being a whole one, `start` the part of the page that the last action opened.
    """

    record: ValuesRecord
    shuffled: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    start: str = ""

    @property
    def values(self) -> Values:
        """The cards and the words of the steps."""
        return self.record.content

    @property
    def order(self) -> tuple[str, ...]:
        """The learner's own ranking, from first to last."""
        return self.record.ranking or self.shuffled

    @property
    def ranked(self) -> bool:
        """Whether the order is one that the learner gave."""
        return bool(self.record.ranking)

    @property
    def top(self) -> tuple[str, ...]:
        """The learner's own first three."""
        return self.order[:TOP]

    @property
    def asked(self) -> bool:
        """Whether the partner was asked."""
        return self.record.asked

    @property
    def predicted(self) -> Picks:
        """The guesses."""
        return self.record.predicted

    @property
    def revised(self) -> Picks:
        """What was heard."""
        return self.record.revised

    @property
    def guessed(self) -> Sequence[str]:
        """The values guessed for the partner."""
        return self.record.guessed

    @property
    def heard(self) -> Sequence[str]:
        """The values heard when asking."""
        return self.record.heard

    @property
    def comparison(self) -> Comparison | None:
        """The guess beside what was heard; None until both are complete."""
        return self.record.comparison

    def names(self, cards: Sequence[str]) -> str:
        """Return the names of cards, one after the other."""
        return ", ".join(self.values.card(card).name for card in cards)


def chosen(picks: Picks) -> list[str]:
    """Return the values named, each once."""
    return list(dict.fromkeys(pick["card"] for pick in picks if pick.get("card")))


def find(library: Library, _name: str) -> Values:
    """Return the exercise; raise ContentError."""
    found: Values = library.single("values.yaml")
    return found


def subjects(content: Values) -> tuple[str, ...]:
    """Return the exercise."""
    return (content.id,)


def blank(content: Values) -> ValuesRecord:
    """Return the exercise with nothing ranked and nothing predicted."""
    return ValuesRecord(content)


def begin(record: ValuesRecord, context: Context) -> ValuesState:
    """Return the page; cards that nobody ranked yet lie in an order of chance."""
    cards = shuffled(record.content.cards, context.seed, record.content.id)
    return ValuesState(record, tuple(card.id for card in cards))


def fold(record: ValuesRecord, event: Event) -> ValuesRecord:
    """Fold an event in; an order of other cards than there are now counts no more."""
    match event.body:
        case ValuesRanked(order=order):
            return _ranked(record, order)
        case ValuesPredicted(picks=picks):
            return record._replace(predicted=_known(record, picks), noted=event.time)
        case ValuesRevised(picks=picks):
            return record._replace(revised=_known(record, picks), noted=event.time)
        case ValuesAsked(yes=yes):
            return record._replace(asked=yes)
    return record


def done(record: ValuesRecord) -> bool:
    """Say whether there are an own order and three guesses."""
    return bool(record.ranking) and len(record.guessed) >= TOP


def written(record: ValuesRecord) -> Sequence[Note]:
    """Return what was noted of the partner: the first words beside a value, else the values."""
    cards = record.heard or record.guessed
    if not cards or record.noted is None:
        return ()
    beside = [pick.get("said", "") for pick in record.revised]
    beside += [pick.get("evidence", "") for pick in record.predicted]
    names = ", ".join(record.content.card(card).name for card in cards)
    said = next(filter(str.strip, beside), names)
    return (Note(record.content.title, said, record.noted),)


def _ranked(record: ValuesRecord, order: Sequence[str]) -> ValuesRecord:
    cards = sorted(card.id for card in record.content.cards)
    return record._replace(ranking=tuple(order)) if sorted(order) == cards else record


def _known(record: ValuesRecord, picks: Sequence[Pick]) -> Picks:
    """Return three picks without the cards that are gone; what was noted beside them stays."""
    cards = {card.id for card in record.content.cards}
    found = []
    for pick in [*picks, *NO_PICKS][:TOP]:
        gone = pick.get("card") not in cards
        kept = {key: text for key, text in pick.items() if not (gone and key == "card")}
        found.append(kept)
    return tuple(found)


def update(state: ValuesState, action: Action) -> tuple[ValuesState, Sequence[Draft]]:
    """Answer "up" and "down" (a card), "rank", "draft", "asked" and "guess-again"."""
    state = replace(state, problems=(), start="")
    order = _ordered(state, action)
    if action.name == "rank" or order != state.order:
        start = CIRCLE if action.name == "rank" else ""
        return replace(state, start=start), [_draft(state, ValuesRanked(list(order)))]
    drafts = _noted(state, action)
    if action.name == "guess-again":
        drafts.append(_draft(state, ValuesAsked(yes=False)))
        state = replace(state, start=GUESS)
    elif action.name == "asked":
        problems = tuple(_missing(_read(state, PREDICTED, action)))
        state = replace(state, problems=problems, start="" if problems else ANSWER)
        drafts += [] if problems else [_draft(state, ValuesAsked(yes=True))]
    return state, drafts


def _missing(picks: Picks) -> Iterator[Problem]:
    """Yield what three different values still need, each at its place."""
    named: set[str] = set()
    for place, pick in enumerate(picks, 1):
        card = pick.get("card", "")
        if not card or card in named:
            words = TWICE if card else NO_VALUE
            yield Problem(guess_field(place), words.format(place))
        named.add(card)


def _draft(state: ValuesState, body: Body) -> Draft:
    return Draft(state.values.id, state.values.edition, body)


def _ordered(state: ValuesState, action: Action) -> tuple[str, ...]:
    """Return the order after an action: its numbers first, then the card that moves one place."""
    order = _numbered(state.order, action)
    if action.name in {"up", "down"} and action.about in order:
        step = 1 if action.name == "down" else -1
        return _placed(order, action.about, order.index(action.about) + step)
    return order


def _numbered(order: Sequence[str], action: Action) -> tuple[str, ...]:
    """Return the order with each card whose number was changed at its new place.

    A script sends each change at once; without one, any number of them come together.
    """
    wanted = {card: number(action.get(fields.place(card))) for card in order}
    here = {card: place for place, card in enumerate(order, 1)}
    moved = [card for card in order if wanted[card] not in {-1, here[card]}]
    found = tuple(card for card in order if card not in moved)
    for card in sorted(moved, key=wanted.__getitem__):
        found = _placed(found, card, wanted[card] - 1)
    return found


def _placed(order: Sequence[str], card: str, place: int) -> tuple[str, ...]:
    """Return the order with that card at that place (from 0), or at the nearest end."""
    rest = [other for other in order if other != card]
    place = min(max(place, 0), len(rest))
    return (*rest[:place], card, *rest[place:])


def _noted(state: ValuesState, action: Action) -> list[Draft]:
    """Return what the two forms about the partner say that is not kept yet."""
    drafts = []
    predicted = _read(state, PREDICTED, action)
    if predicted != state.predicted:
        drafts.append(_draft(state, ValuesPredicted([dict(pick) for pick in predicted])))
    revised = _read(state, REVISED, action)
    if revised != state.revised:
        drafts.append(_draft(state, ValuesRevised([dict(pick) for pick in revised])))
    return drafts


def _read(state: ValuesState, stage: str, action: Action) -> Picks:
    """Return what stands in a form; a card or confidence that is not offered changes nothing."""
    kept = state.predicted if stage == PREDICTED else state.revised
    offered = {
        "card": {"", *(card.id for card in state.values.cards)},
        "confidence": {"", *(entry.id for entry in state.values.confidence)},
    }
    picks = []
    for place, before in enumerate(kept, 1):
        pick = {}
        for what in NOTED[stage]:
            noted = before.get(what, "")
            text = action.get(fields.note(stage, place, what), noted)
            if text not in offered.get(what, {text}):
                text = noted
            if text:
                pick[what] = text
        picks.append(pick)
    return tuple(picks)
