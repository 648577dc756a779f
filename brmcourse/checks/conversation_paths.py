"""Every way a conversation can be played, by the play logic that learners meet."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import NamedTuple

from brmcourse.activities.board import Board, Spot
from brmcourse.activities.conversation import BEST
from brmcourse.model.conversation import Conversation

Moves = Callable[[Board, Spot], Sequence[int]]
"""A way to play: the places of the choices that it would take at a turn."""


class Outcome(NamedTuple):
    """How a way to play ends: its number of turns, the points earned, and the ending."""

    turns: int
    points: int
    ending: str


def every(board: Board, spot: Spot) -> Sequence[int]:
    """Return all moves that a turn offers."""
    return board.offered(spot)


def strongest(board: Board, spot: Spot) -> Sequence[int]:
    """Return the moves with the most points of those offered."""
    return _with(board, spot, max)


def weakest(board: Board, spot: Spot) -> Sequence[int]:
    """Return the moves with the fewest points of those offered."""
    return _with(board, spot, min)


def _with(board: Board, spot: Spot, extreme: Callable[..., int]) -> Sequence[int]:
    choices = board.conversation.nodes[spot.name].choices
    offered = board.offered(spot)
    wanted = extreme((choices[place].points for place in offered), default=0)
    return [place for place in offered if choices[place].points == wanted]


Steps = dict[Spot, Mapping[int, Spot]]
"""Where each choice leads from each spot that can be reached: a spot before those after it."""


def steps_of(board: Board) -> Steps:
    """Return every spot that any way to play comes to, with what it offers and where that leads."""
    exits = {name: node.exits for name, node in board.conversation.nodes.items()}
    waiting: dict[str, dict[Spot, None]] = defaultdict(dict)
    waiting[board.start.name][board.start] = None
    steps: Steps = {}
    for name in reversed(tuple(TopologicalSorter(exits).static_order())):
        for spot in waiting[name]:
            steps[spot] = {place: board.next(spot, place) for place in board.offered(spot)}
            for after in steps[spot].values():
                waiting[after.name][after] = None
    return steps


def spots(board: Board, moves: Moves) -> Iterator[Spot]:
    """Yield each spot that those moves reach, once."""
    seen = {board.start}
    waiting = [board.start]
    while waiting:
        spot = waiting.pop()
        yield spot
        for place in moves(board, spot):
            following = board.next(spot, place)
            if following not in seen:
                seen.add(following)
                waiting.append(following)


def endings(board: Board, moves: Moves) -> Iterator[str]:
    """Yield the ending of each spot that those moves reach and that is one."""
    for spot in spots(board, moves):
        ending = board.conversation.nodes[spot.name].ending
        if ending:
            yield ending


def outcomes(board: Board, moves: Moves = every) -> Counter[Outcome]:
    """Return how often each outcome comes up over all ways to play by those moves."""

    @cache
    def after(spot: Spot) -> Counter[Outcome]:
        node = board.conversation.nodes[spot.name]
        if node.ending:
            return Counter([Outcome(0, 0, node.ending)])
        found: Counter[Outcome] = Counter()
        for place in moves(board, spot):
            points = node.choices[place].points
            for rest, times in after(board.next(spot, place)).items():
                outcome = Outcome(rest.turns + 1, rest.points + points, rest.ending)
                found[outcome] += times
        return found

    return after(board.start)


@dataclass(frozen=True)
class Paths:
    """All ways through a conversation: how many, their turns, their endings, and their scores.

    `endings` gives the share of each ending, 0 to 1, in the file's order; scores are points earned
    of the points there were, 0 to 1.
    """

    count: int
    shortest: int
    longest: int
    endings: Mapping[str, float]
    lowest: float
    highest: float

    def __str__(self) -> str:
        rows = {
            "Ways to play": f"{self.count}",
            "Turns": f"{self.shortest} to {self.longest}",
            "Score": f"{self.lowest:.0%} to {self.highest:.0%}",
        }
        for ending, share in self.endings.items():
            rows[f"Ends in {ending}"] = f"{share:.1%}"
        width = max(map(len, rows))
        return "\n".join(f"{name:<{width}}  {value:>11}" for name, value in rows.items())


def paths_table(conversation: Conversation) -> Paths:
    """Return what an author wants to know about all the ways through a conversation."""
    found = outcomes(Board(conversation))
    count = found.total()
    reached: Counter[str] = Counter()
    for outcome, times in found.items():
        reached[outcome.ending] += times
    turns = [outcome.turns for outcome in found]
    scores = [outcome.points / (BEST * outcome.turns) for outcome in found if outcome.turns]
    return Paths(
        count=count,
        shortest=min(turns),
        longest=max(turns),
        endings={ending: reached[ending] / count for ending in conversation.endings},
        lowest=min(scores, default=0),
        highest=max(scores, default=0),
    )


Choosing = tuple[str, int]
"""A choice: the name of its turn, and its place there."""


@dataclass(frozen=True)
class Traffic:
    """How many ways to play go through each part of a conversation, of how many there are.

    Turns and endings that no way reaches are there with 0; `last` says of each ending from which
    choices the ways to it come.
    """

    count: int
    turns: Mapping[str, int]
    choices: Mapping[Choosing, int]
    endings: Mapping[str, int]
    last: Mapping[str, Mapping[Choosing, int]]


def traffic(conversation: Conversation) -> Traffic:
    """Return how many ways go through each turn, choice and ending of a conversation.

    Through a spot go the ways to it times the ways on from it. A way comes by a turn once at most,
    so that the spots of a turn add up to its ways. It takes as long as there are moves between
    spots, however many ways these make.
    """
    board = Board(conversation)
    steps = steps_of(board)
    to = _ways_to(board.start, steps)
    on = _ways_on(board, steps)
    nodes = conversation.nodes
    turns = {name: 0 for name, node in nodes.items() if node.choices}
    places = [(name, place) for name in turns for place in range(len(nodes[name].choices))]
    choices = dict.fromkeys(places, 0)
    endings = dict.fromkeys(conversation.endings, 0)
    last: dict[str, Counter[Choosing]] = {ending: Counter() for ending in endings}
    for spot, following in steps.items():
        if ending := nodes[spot.name].ending:
            endings[ending] += to[spot]
            continue
        turns[spot.name] += to[spot] * on[spot]
        for place, after in following.items():
            choices[spot.name, place] += to[spot] * on[after]
            if ending := nodes[after.name].ending:
                last[ending][spot.name, place] += to[spot]
    return Traffic(on[board.start], turns, choices, endings, last)


def _ways_to(start: Spot, steps: Steps) -> Mapping[Spot, int]:
    ways = Counter([start])
    for spot, following in steps.items():
        for after in following.values():
            ways[after] += ways[spot]
    return ways


def _ways_on(board: Board, steps: Steps) -> Mapping[Spot, int]:
    """Return how many ways lead from each spot to an ending."""
    ways: dict[Spot, int] = {}
    for spot in reversed(steps):
        if board.conversation.nodes[spot.name].ending:
            ways[spot] = 1
        else:
            ways[spot] = sum(ways[after] for after in steps[spot].values())
    return ways
