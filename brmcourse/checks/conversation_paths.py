"""Every way a conversation can be played, by the play logic that learners meet."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from brmcourse.activities.conversation import BEST
from brmcourse.model.conversation import COMPARE, GAUGE, Choice, Conversation, Node, clauses

Gauges = tuple[int, ...]
Spot = tuple[str, Gauges]
"""A turn or ending, and the hidden state there: its gauges in the order of the file."""


class Outcome(NamedTuple):
    """How a way to play ends: its number of turns, the points earned, and the ending."""

    turns: int
    points: int
    ending: str


def every(node: Node) -> Sequence[Choice]:
    """Return all moves of a turn."""
    return node.choices


def strongest(node: Node) -> Sequence[Choice]:
    """Return the moves with the most points."""
    return [
        choice for choice in node.choices if choice.points == max(c.points for c in node.choices)
    ]


def weakest(node: Node) -> Sequence[Choice]:
    """Return the moves with the fewest points."""
    return [
        choice for choice in node.choices if choice.points == min(c.points for c in node.choices)
    ]


class Board:
    """A conversation prepared for being played a hundred thousand times; a test holds it to the activity's own play."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        names = list(conversation.state)
        self._effects = {
            id(choice): tuple(choice.effects.get(name, 0) for name in names)
            for node in conversation.nodes.values()
            for choice in node.choices
        }
        self._routes = {
            key: [
                (
                    [
                        (names.index(name), COMPARE[sign], number)
                        for name, sign, number in clauses(route.when or "")
                    ],
                    route.next,
                )
                for route in node.auto
            ]
            for key, node in conversation.nodes.items()
            if node.auto
        }
        self.start = self._settled(conversation.start, tuple(conversation.state.values()))

    def next(self, spot: Spot, choice: Choice) -> Spot:
        """Return where a move leads."""
        low, high = GAUGE
        effects = self._effects[id(choice)]
        gauges = tuple(
            [
                min(high, max(low, value + effect))
                for value, effect in zip(spot[1], effects, strict=True)
            ]
        )
        return self._settled(choice.next, gauges)

    def _settled(self, name: str, gauges: Gauges) -> Spot:
        while routes := self._routes.get(name):
            name = next(
                target
                for tests, target in routes
                if all(compare(gauges[at], number) for at, compare, number in tests)
            )
        return name, gauges

    def spots(
        self, start: Spot, moves: Callable[[Node], Sequence[Choice]] = every
    ) -> Iterator[Spot]:
        """Yield every spot that can be reached from `start` by those moves, each once, the strongest moves first."""
        nodes = self.conversation.nodes
        offered = {
            name: sorted(moves(node), key=lambda choice: choice.points)
            for name, node in nodes.items()
            if node.choices
        }
        seen = {start}
        waiting = [start]
        while waiting:
            spot = waiting.pop()
            yield spot
            for choice in offered.get(spot[0], ()):
                following = self.next(spot, choice)
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)

    def endings(
        self, start: Spot, moves: Callable[[Node], Sequence[Choice]] = every
    ) -> Iterator[str]:
        """Yield the ending of each spot that is one."""
        return (
            ending
            for name, _ in self.spots(start, moves)
            if (ending := self.conversation.nodes[name].ending)
        )

    def outcomes(self, moves: Callable[[Node], Sequence[Choice]] = every) -> Counter[Outcome]:
        """Return how often each outcome comes up over all ways to play by those moves."""

        @cache
        def after(spot: Spot) -> Counter[Outcome]:
            node = self.conversation.nodes[spot[0]]
            if node.ending:
                return Counter([Outcome(0, 0, node.ending)])
            found: Counter[Outcome] = Counter()
            for choice in moves(node):
                for (turns, points, ending), times in after(self.next(spot, choice)).items():
                    found[Outcome(turns + 1, points + choice.points, ending)] += times
            return found

        return after(self.start)


@dataclass(frozen=True)
class Paths:
    """All ways through a conversation: how many, their turns, the share of each ending, and the scores.

    `endings` gives shares from 0 to 1 in the file's order; scores are points earned / points there
    were, 0 to 1.
    """

    count: int
    shortest: int
    longest: int
    endings: Mapping[str, float]
    lowest: float
    highest: float

    def __str__(self) -> str:
        rows = [
            ("Ways to play", f"{self.count}"),
            ("Turns", f"{self.shortest} to {self.longest}"),
            ("Score", f"{self.lowest:.0%} to {self.highest:.0%}"),
            *((f"Ends in {ending}", f"{share:.1%}") for ending, share in self.endings.items()),
        ]
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name:<{width}}  {value:>11}" for name, value in rows)


def paths_table(conversation: Conversation) -> Paths:
    """Return what an author wants to know about all the ways through a conversation."""
    outcomes = Board(conversation).outcomes()
    count = outcomes.total()
    reached: Counter[str] = Counter()
    for outcome, times in outcomes.items():
        reached[outcome.ending] += times
    turns = [outcome.turns for outcome in outcomes]
    scores = [outcome.points / (BEST * outcome.turns) for outcome in outcomes if outcome.turns]
    shares = {ending: reached[ending] / count for ending in conversation.endings}
    return Paths(
        count, min(turns), max(turns), shares, min(scores, default=0), max(scores, default=0)
    )
