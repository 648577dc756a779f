"""Every way a conversation can be played, by the play logic that learners meet."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from brmcourse.activities.conversation import BEST, moved, resolve
from brmcourse.model import Choice, Conversation, Node

Gauges = tuple[tuple[str, int], ...]
Spot = tuple[str, Gauges]
"""A turn or ending, and the hidden state there."""


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
    return [choice for choice in node.choices if choice.points == max(c.points for c in node.choices)]


def weakest(node: Node) -> Sequence[Choice]:
    """Return the moves with the fewest points."""
    return [choice for choice in node.choices if choice.points == min(c.points for c in node.choices)]


class Play:
    """The ways to play a conversation by some of its moves; what follows a spot is worked out once."""

    def __init__(self, conversation: Conversation, moves: Callable[[Node], Sequence[Choice]] = every) -> None:
        self.conversation = conversation
        self.moves = moves
        self.known: dict[Spot, Counter[Outcome]] = {}
        """The spots on these ways, and how often each outcome follows."""
        gauges = conversation.state
        self.outcomes = self.after((resolve(conversation, conversation.start, gauges), tuple(gauges.items())))

    def after(self, spot: Spot) -> Counter[Outcome]:
        """Return how often each outcome follows; turns and points count from that spot on."""
        if spot not in self.known:
            self.known[spot] = self._follow(spot)
        return self.known[spot]

    def next(self, spot: Spot, choice: Choice) -> Spot:
        """Return where a move leads."""
        gauges = moved(dict(spot[1]), choice)
        return resolve(self.conversation, choice.next, gauges), tuple(gauges.items())

    @property
    def endings(self) -> set[str]:
        """The endings that these ways reach."""
        return {outcome.ending for outcome in self.outcomes}

    def _follow(self, spot: Spot) -> Counter[Outcome]:
        node = self.conversation.nodes[spot[0]]
        if node.ending:
            return Counter([Outcome(0, 0, node.ending)])
        found: Counter[Outcome] = Counter()
        for choice in self.moves(node):
            for (turns, points, ending), times in self.after(self.next(spot, choice)).items():
                found[Outcome(turns + 1, points + choice.points, ending)] += times
        return found


@dataclass(frozen=True)
class Paths:
    """All ways through a conversation: how many, their turns, the share of each ending, and the scores.

    `endings` gives shares from 0 to 1 in the file's order; scores are points earned / points there were, 0 to 1.
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
    outcomes = Play(conversation).outcomes
    count = outcomes.total()
    reached: Counter[str] = Counter()
    for outcome, times in outcomes.items():
        reached[outcome.ending] += times
    turns = [outcome.turns for outcome in outcomes]
    scores = [outcome.points / (BEST * outcome.turns) for outcome in outcomes if outcome.turns]
    shares = {ending: reached[ending] / count for ending in conversation.endings}
    return Paths(count, min(turns), max(turns), shares, min(scores, default=0), max(scores, default=0))
