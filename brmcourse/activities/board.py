"""A conversation compiled for play: where each move leads, and what it does to the hidden state."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from brmcourse.model.conversation import COMPARE, GAUGE, Choice, Conversation, Node, clauses

Gauges = tuple[int, ...]
"""The hidden state: the values of the gauges, each within GAUGE, in the order of the file."""

Spot = tuple[str, Gauges]
"""The name of a turn or ending, and the hidden state there."""


class Condition(NamedTuple):
    """One part of a route's condition: the position of a gauge, the comparison, the number."""

    gauge: int
    compare: Callable[[int, int], bool]
    number: int


class Way(NamedTuple):
    """One route out of a junction: taken if all its conditions hold."""

    conditions: tuple[Condition, ...]
    target: str


class Board:
    """The one compiled form of a conversation: learners play on it, the checks walk all of it.

    A spot is never a junction: `start` and `next` lead on past it.
    """

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self._names = tuple(conversation.state)
        self._effects: dict[int, Gauges] = {}  # by identity: a choice has no name
        self._junctions: dict[str, list[Way]] = {}
        for name, node in conversation.nodes.items():
            if node.auto:
                self._junctions[name] = self._ways(node)
            for choice in node.choices:
                effects = [choice.effects.get(gauge, 0) for gauge in self._names]
                self._effects[id(choice)] = tuple(effects)
        self.start: Spot = self._settled(conversation.start, tuple(conversation.state.values()))

    def next(self, spot: Spot, choice: Choice) -> Spot:
        """Return where a move leads; the choice must be one of this conversation's own."""
        lowest, highest = GAUGE
        _, before = spot
        after = []
        for value, effect in zip(before, self._effects[id(choice)], strict=True):
            after.append(min(highest, max(lowest, value + effect)))
        return self._settled(choice.next, tuple(after))

    def gauges(self, spot: Spot) -> Mapping[str, int]:
        """Return the hidden state at a spot, by the names of its gauges."""
        _, values = spot
        return dict(zip(self._names, values, strict=True))

    def _ways(self, junction: Node) -> list[Way]:
        ways = []
        for route in junction.auto:
            conditions = []
            for gauge, sign, number in clauses(route.when or ""):
                conditions.append(Condition(self._names.index(gauge), COMPARE[sign], number))
            ways.append(Way(tuple(conditions), route.next))
        return ways

    def _settled(self, name: str, gauges: Gauges) -> Spot:
        while name in self._junctions:
            name = _open(self._junctions[name], gauges)
        return name, gauges


def _open(ways: list[Way], gauges: Gauges) -> str:
    for conditions, target in ways:
        for gauge, compare, number in conditions:
            if not compare(gauges[gauge], number):
                break
        else:
            return target
    raise AssertionError("the model lets no junction end without `else: true`")
