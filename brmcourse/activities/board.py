"""A conversation compiled for play: where each move leads, and what it does to the hidden state."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from brmcourse.model.conversation import COMPARE, GAUGE, Choice, Conversation, Level, Node, clauses

Gauges = tuple[int, ...]
"""The values of the gauges, each within GAUGE, in the order of the file."""

Named = tuple[str, str]
"""Something that a condition may ask for: a fact ("knows", …), an act ("did", …), or an ending that
is closed ("bars", …).
"""


class Spot(NamedTuple):
    """A turn or ending, and the hidden state there.

    That is the gauges, and a bit for each thing that happened on the way and that some condition
    asks for.
    """

    name: str
    gauges: Gauges
    marks: int = 0


class Requirement(NamedTuple):
    """A compiled condition.

    Levels of gauges by their positions, bits that must be set, and bits that must not.
    """

    levels: tuple[tuple[int, Callable[[int, int], bool], int], ...] = ()
    set: int = 0
    unset: int = 0

    def holds(self, gauges: Gauges, marks: int) -> bool:
        """Say whether the condition holds in that state."""
        if marks & self.set != self.set or marks & self.unset:
            return False
        return all(compare(gauges[gauge], number) for gauge, compare, number in self.levels)


ALWAYS = Requirement()
"""What holds in every state: most choices ask for nothing."""


class Way(NamedTuple):
    """One route out of a junction: taken if its condition holds and its ending is not barred."""

    test: Requirement
    target: str


class Effect(NamedTuple):
    """What a move does: to each gauge, and which bits it sets."""

    gauges: Gauges
    marks: int


class Board:
    """The one compiled form of a conversation: learners play on it, the checks walk all of it.

    A spot is never a junction: `start` and `next` lead on past it. Choices and lines are named by
    their places in the file.
    """

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self._names = tuple(conversation.state)
        self._bits = _bits(conversation)
        self._compiled: dict[str, Requirement] = {}
        self._told: dict[str, int] = {}  # the bit of the fact that is heard at a node
        self._effects: dict[tuple[str, int], Effect] = {}
        self._offers: dict[str, list[Requirement]] = {}
        self._junctions: dict[str, list[Way]] = {}
        for name, node in conversation.nodes.items():
            self._told[name] = self._bit("knows", node.fact)
            if node.auto:
                self._junctions[name] = self._ways(node)
            for place, choice in enumerate(node.choices):
                self._effects[name, place] = self._effect(choice)
            self._offers[name] = [self._requirement(choice.when) for choice in node.choices]
        self.start = self._settled(conversation.start, tuple(conversation.state.values()), 0)

    def next(self, spot: Spot, place: int) -> Spot:
        """Return where the choice at that place leads."""
        lowest, highest = GAUGE
        effect = self._effects[spot.name, place]
        after = []
        for value, change in zip(spot.gauges, effect.gauges, strict=True):
            after.append(min(highest, max(lowest, value + change)))
        following = self.conversation.nodes[spot.name].choices[place].next
        return self._settled(following, tuple(after), spot.marks | effect.marks)

    def offered(self, spot: Spot) -> tuple[int, ...]:
        """Return the places of the choices that a turn offers in that state."""
        tests = self._offers[spot.name]
        return tuple(
            place
            for place, test in enumerate(tests)
            if test is ALWAYS or test.holds(spot.gauges, spot.marks)
        )

    def holds(self, condition: str | None, spot: Spot) -> bool:
        """Say whether a condition of this conversation holds at a spot."""
        return self._requirement(condition).holds(spot.gauges, spot.marks)

    def gauges(self, spot: Spot) -> Mapping[str, int]:
        """Return the gauges at a spot, by their names."""
        return dict(zip(self._names, spot.gauges, strict=True))

    def barred(self, spot: Spot, ending: str) -> bool:
        """Say whether a move on the way to a spot closed that ending."""
        return bool(spot.marks & self._bit("bars", ending))

    def _requirement(self, condition: str | None) -> Requirement:
        if condition is None:
            return ALWAYS
        if condition not in self._compiled:
            self._compiled[condition] = self._compile(condition)
        return self._compiled[condition]

    def _compile(self, condition: str) -> Requirement:
        levels, wanted, unwanted = [], 0, 0
        for clause in clauses(condition):
            if isinstance(clause, Level):
                gauge = self._names.index(clause.gauge)
                levels.append((gauge, COMPARE[clause.sign], clause.number))
            elif clause.wanted:
                wanted |= self._bit(clause.kind, clause.name)
            else:
                unwanted |= self._bit(clause.kind, clause.name)
        return Requirement(tuple(levels), wanted, unwanted)

    def _bit(self, kind: str, name: str | None) -> int:
        return self._bits.get((kind, name or ""), 0)

    def _effect(self, choice: Choice) -> Effect:
        marks = self._bit("did", choice.act) | self._bit("knows", choice.fact)
        for ending in choice.bars:
            marks |= self._bit("bars", ending)
        return Effect(tuple(choice.effects.get(gauge, 0) for gauge in self._names), marks)

    def _ways(self, junction: Node) -> list[Way]:
        ways = []
        for route in junction.auto:
            test = self._requirement(route.when)
            ending = self.conversation.nodes[route.next].ending
            if not route.otherwise:  # somewhere a talk has to end
                test = test._replace(unset=test.unset | self._bit("bars", ending))
            ways.append(Way(test, route.next))
        return ways

    def _settled(self, name: str, gauges: Gauges, marks: int) -> Spot:
        while name in self._junctions:
            marks |= self._told[name]
            name = _open(self._junctions[name], gauges, marks)
        return Spot(name, gauges, marks | self._told[name])


def _bits(conversation: Conversation) -> dict[Named, int]:
    """Return a bit for each fact, act and barred ending that something depends on."""
    asked: dict[Named, None] = {}
    for node in conversation.nodes.values():
        conditions = [node.needs, *(line.when for line in node.says)]
        conditions += [route.when for route in node.auto]
        for choice in node.choices:
            conditions += [choice.when, choice.needs]
            asked.update({("bars", ending): None for ending in choice.bars})
        asked.update(_asked(conditions))
    return {name: 1 << place for place, name in enumerate(asked)}


def _asked(conditions: Iterable[str | None]) -> dict[Named, None]:
    found: dict[Named, None] = {}
    for condition in conditions:
        for clause in clauses(condition):
            if not isinstance(clause, Level):
                found[clause.kind, clause.name] = None
    return found


def _open(ways: list[Way], gauges: Gauges, marks: int) -> str:
    for test, target in ways:
        if test.holds(gauges, marks):
            return target
    raise AssertionError("the model lets no junction end without `else: true`")
