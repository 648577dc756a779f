"""The map of a conversation: turns as numbered circles in rows, endings as squares with names.

The row of a turn is the number of moves that it takes at most to get there, so that every line
leads down. A line that passes a row keeps to a lane beside its circles; lines to the same place
share their lanes. What decides by itself (`auto`) is no place of its own. The map knows no words
but the names of endings, which learners may see before they get there.
"""

from bisect import bisect, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import TopologicalSorter
from itertools import pairwise, product
from statistics import fmean
from textwrap import wrap
from typing import NamedTuple

from brmcourse.model.conversation import Conversation

WIDTH = 250
"""How wide a map is, in its own units, unless more than fits in stands in one row."""

MARGIN = 14
"""How far the middle of anything stays from the edges."""

RADIUS = 11
"""Of the circle of a turn. Beside a circle all lines run straight down."""

HALF = 6
"""Half the side of the square of an ending."""

CIRCLES, BESIDE, LANES = 44, 26, 12
"""How far apart are two circles in a row, a circle and a lane, two lanes."""

GAP, SLOPE = 18, 0.18
"""The height between two rows: always, and for each unit that a line goes sideways there."""

STAIR = 26
"""How far apart endings are across: each stands lower than the next, with its name beside it."""

LETTER, LINE, BEFORE, BASE = 7.7, 15, 8, 4.5
"""Of a name: the width of its letters, the height of a line, the space before it, how far below the
middle of a line letters stand.
"""

LONGEST = 18
"""The letters that a line of a name must hold at most; what is longer takes more lines."""

STEP = 9
"""The height between two endings, and above the first."""

TWO_LINES = 2

SORTS, MOVES = 8, 30
"""How often all rows are sorted at most by what they are joined with, and then moved."""

PULL = {0: 1, 1: 2, 2: 12}
"""How strongly what is joined is drawn together, by how many of the two are lanes: those bend last.
"""

FAINT = 0.02
"""How strongly endings, which do not move, draw what leads there."""


class Stop(NamedTuple):
    """A turn by the name of its node, or an ending by its title."""

    name: str
    ends: bool = False


class Graph(NamedTuple):
    """Where each turn can lead, in the order of the file, and the endings from best to worst."""

    exits: tuple[tuple[Stop, tuple[Stop, ...]], ...]
    endings: tuple[Stop, ...]


class Cell(NamedTuple):
    """A place in a row: a stop in its own row, in rows above it the lane that leads there."""

    stop: Stop
    row: int
    lane: bool


Chains = dict[tuple[Stop, Stop], list[Cell]]
"""The cells of each way from a stop to the next."""

Links = Mapping[Cell, list[Cell]]
"""What each cell is joined with, in the rows above and below it."""


class Block(NamedTuple):
    """Neighbours in a row that move together: where, how heavily, how many of them."""

    start: float
    weight: float
    cells: int


Rows = list[list[Cell]]
Across = dict[Cell, float]


@dataclass(frozen=True)
class Turn:
    """The circle of a turn: its number, counted row by row; the name of its node; its middle."""

    number: int
    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Words:
    """A line of words, held at its beginning."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Ending:
    """The square of an ending: its middle, and its title in lines beside it."""

    title: str
    x: float
    y: float
    words: tuple[Words, ...]


@dataclass(frozen=True)
class Edge:
    """A way from one stop to the next: the lines of the map that it takes, by their places."""

    source: Stop
    target: Stop
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Map:
    """A drawn map; `lines` are paths from row to row, each drawn once whoever takes it."""

    width: float
    height: float
    turns: tuple[Turn, ...]
    endings: tuple[Ending, ...]
    edges: tuple[Edge, ...]
    lines: tuple[str, ...]

    @property
    def numbers(self) -> Mapping[str, int]:
        """The number of each turn by the name of its node."""
        return {turn.name: turn.number for turn in self.turns}


class Walk(NamedTuple):
    """One way on a map: the numbers of its turns, its ending, and the lines that it takes."""

    numbers: tuple[int, ...] = ()
    ending: str = ""
    lines: frozenset[int] = frozenset()

    def __str__(self) -> str:
        if not self.numbers:
            return f"You came to {self.ending} at once."
        return f"You went {', '.join(map(str, self.numbers))}, and came to {self.ending}."


NOWHERE = Walk()
"""No way at all: of a map that shows all of them alike."""


def conversation_map(conversation: Conversation) -> Map:
    """Return the map of a conversation."""
    return _drawn(_graph(conversation))


def walked(drawn: Map, names: Iterable[str], ending: str) -> Walk:
    """Return the way over the turns of these names to an ending."""
    turns = tuple(names)
    numbers = drawn.numbers
    stops = [*map(Stop, turns), Stop(ending, ends=True)]
    edges = {(edge.source, edge.target): edge.lines for edge in drawn.edges}
    lines = frozenset(line for step in pairwise(stops) for line in edges[step])
    return Walk(tuple(numbers[name] for name in turns), ending, lines)


def _graph(conversation: Conversation) -> Graph:
    nodes = conversation.nodes
    exits = []
    for name, node in nodes.items():
        if node.choices:
            exits.append((Stop(name), tuple(_beyond(conversation, node.exits))))
    there = {node.ending for node in nodes.values()}
    endings = tuple(Stop(title, ends=True) for title in conversation.endings if title in there)
    return Graph(tuple(exits), endings)


def _beyond(conversation: Conversation, names: Sequence[str]) -> dict[Stop, None]:
    """Return the turns and endings that these nodes are, or lead to by themselves."""
    found: dict[Stop, None] = {}
    waiting, seen = list(reversed(names)), set()
    while waiting:
        name = waiting.pop()
        node = conversation.nodes[name]
        if name in seen:
            continue
        seen.add(name)
        if node.auto:
            waiting += reversed(node.exits)
        else:
            found[Stop(node.ending, ends=True) if node.ending else Stop(name)] = None
    return found


@lru_cache(maxsize=64)
def _drawn(graph: Graph) -> Map:
    depth = _depth(graph)
    chains = _chains(graph, depth)
    links = _links(chains)
    rows = _sorted(_rows(depth, chains, graph.endings), links)
    width = _width(rows)
    across = _placed(rows, links, _stairs(rows[-1], width), width)
    heights = _heights(rows, links, across)
    endings = _landed(rows[-1], across, heights[-1] - RADIUS + STEP, width)
    steps = dict.fromkeys(step for chain in chains.values() for step in pairwise(chain))
    place = {step: number for number, step in enumerate(steps)}
    ends = {ending.title: ending.y - HALF for ending in endings}
    return Map(
        width=_n(width),
        height=_n(_foot(heights, endings)),
        turns=tuple(_turns(rows, across, heights)),
        endings=endings,
        edges=tuple(
            Edge(source, target, tuple(place[step] for step in pairwise(chain)))
            for (source, target), chain in chains.items()
        ),
        lines=tuple(_line(above, below, across, heights, ends) for above, below in steps),
    )


def _turns(rows: Rows, across: Across, heights: Sequence[float]) -> Iterator[Turn]:
    turns = [cell for row in rows for cell in row if not cell.lane and not cell.stop.ends]
    for number, cell in enumerate(turns, 1):
        yield Turn(number, cell.stop.name, _n(across[cell]), _n(heights[cell.row]))


def _foot(heights: Sequence[float], endings: Sequence[Ending]) -> float:
    """Return how far down a map reaches."""
    if not endings:
        return heights[-1]
    last = endings[-1]
    return max(last.y + HALF + 1, *(words.y for words in last.words)) + BASE


def _depth(graph: Graph) -> dict[Stop, int]:
    """Return the row of each stop, counted from 0: below all that lead to it, endings last."""
    exits = dict(graph.exits)
    depth = dict.fromkeys((*exits, *graph.endings), 0)
    for stop in reversed(tuple(TopologicalSorter(exits).static_order())):
        for target in exits.get(stop, ()):
            depth[target] = max(depth[target], depth[stop] + 1)
    last = 1 + max((depth[stop] for stop in exits), default=-1)
    return depth | dict.fromkeys(graph.endings, last)


def _chains(graph: Graph, depth: Mapping[Stop, int]) -> Chains:
    chains = {}
    for stop, targets in graph.exits:
        for target in targets:
            low = depth[target]
            lanes = [Cell(target, row, lane=True) for row in range(depth[stop] + 1, low)]
            ends = Cell(stop, depth[stop], lane=False), Cell(target, low, lane=False)
            chains[stop, target] = [ends[0], *lanes, ends[1]]
    return chains


def _links(chains: Chains) -> Links:
    links: dict[Cell, list[Cell]] = defaultdict(list)
    for above, below in dict.fromkeys(
        step for chain in chains.values() for step in pairwise(chain)
    ):
        links[above].append(below)
        links[below].append(above)
    return links


def _rows(depth: Mapping[Stop, int], chains: Chains, endings: Sequence[Stop]) -> Rows:
    """Return the cells of each row as they come; the endings from worst to best."""
    rows: Rows = [[] for _ in range(max(depth.values(), default=0) + 1)]
    stops = [Cell(stop, row, lane=False) for stop, row in depth.items() if not stop.ends]
    for cell in dict.fromkeys([*stops, *(cell for chain in chains.values() for cell in chain)]):
        if cell.lane or not cell.stop.ends:
            rows[cell.row].append(cell)
    rows[-1] += [Cell(stop, depth[stop], lane=False) for stop in reversed(endings)]
    return rows


def _sorted(rows: Rows, links: Links) -> Rows:
    """Return the rows with each cell near what it is joined with, so that few lines cross.

    They are gone through from the top down and back again; endings stay where they are.
    """
    best, fewest = rows, _crossings(rows, links)
    rows = [*rows]
    for sweep in range(SORTS):
        up = sweep % 2
        for number in range(len(rows) - 2, -1, -1) if up else range(1, len(rows) - 1):
            beside = rows[number + 1 if up else number - 1]
            rows[number] = _by_middle(rows[number], beside, links)
        for number in range(len(rows) - 1):
            rows[number] = _switched(rows, number, links)
        crossings = _crossings(rows, links)
        if crossings < fewest:
            best, fewest = [*rows], crossings
    return best


def _by_middle(row: Sequence[Cell], beside: Sequence[Cell], links: Links) -> list[Cell]:
    """Return a row sorted by the middle of what each cell is joined with in the row beside it."""
    places = {cell: place - len(beside) / 2 for place, cell in enumerate(beside)}
    middles = {}
    for place, cell in enumerate(row):
        joined = [places[other] for other in links[cell] if other in places]
        middles[cell] = fmean(joined) if joined else place - len(row) / 2
    return sorted(row, key=middles.__getitem__)


def _switched(rows: Rows, number: int, links: Links) -> list[Cell]:
    """Return a row in which neighbours have changed places wherever fewer lines cross then."""
    row = [*rows[number]]
    beside = rows[max(0, number - 1) : number + 2]
    places = {cell: place for other in beside for place, cell in enumerate(other)}
    for place, right in enumerate(row[1:]):
        left = row[place]
        if _inversions(left, right, places, links) > _inversions(right, left, places, links):
            row[place], row[place + 1] = right, left
    return row


def _inversions(left: Cell, right: Cell, places: Mapping[Cell, int], links: Links) -> int:
    """Return how often lines of two cells of a row cross."""
    ways = product(links[left], links[right])
    return sum(one.row == other.row and places[one] > places[other] for one, other in ways)


def _crossings(rows: Rows, links: Links) -> int:
    """Return how many lines cross."""
    found = 0
    for above, below in pairwise(rows):
        places = {cell: place for place, cell in enumerate(below)}
        ends: list[int] = []  # of the lines from further left
        for cell in above:
            own = [places[other] for other in links[cell] if other in places]
            found += sum(len(ends) - bisect(ends, end) for end in own)
            for end in own:
                insort(ends, end)
    return found


def _reach(row: Sequence[Cell]) -> list[float]:
    """Return how far each cell of a row is from the first at least."""
    reach = [0.0]
    for left, right in pairwise(row):
        room = LANES if left.lane and right.lane else BESIDE if left.lane or right.lane else CIRCLES
        reach.append(reach[-1] + room)
    return reach


def _placed(rows: Rows, links: Links, endings: Across, width: float) -> Across:
    """Return where each cell stands across: in its order, near what it is joined with."""
    across = dict(endings)
    for row in rows[:-1]:
        reach = _reach(row)
        first = (width - reach[-1]) / 2
        across |= {cell: first + far for cell, far in zip(row, reach, strict=True)}
    for sweep in range(MOVES):
        for row in rows[-2::-1] if sweep % 2 else rows[:-1]:
            across |= _moved(row, links, across, width)
    return across


def _moved(row: Sequence[Cell], links: Links, across: Across, width: float) -> Across:
    """Return where the cells of a row stand if each is drawn to those that it is joined with.

    That is least squares under the room they need: neighbours that would come too near move as one
    block (pool adjacent violators), and no block beyond the edge.
    """
    reach = _reach(row)
    blocks: list[Block] = []
    for cell, far in zip(row, reach, strict=True):
        pulls = [(_pull(cell, other), across[other]) for other in links[cell]]
        weight = sum(pull for pull, _ in pulls) or 1
        wanted = sum(pull * at for pull, at in pulls) / weight if pulls else across[cell]
        block = Block(wanted - far, weight, 1)
        while blocks and blocks[-1].start >= block.start:
            block = _joined(blocks.pop(), block)
        blocks.append(block)
    starts = [start for start, _, cells in blocks for _ in range(cells)]
    most = width - MARGIN - reach[-1]
    return {
        cell: min(most, max(MARGIN, start)) + far
        for cell, far, start in zip(row, reach, starts, strict=True)
    }


def _pull(cell: Cell, other: Cell) -> float:
    return FAINT if other.stop.ends and not other.lane else PULL[cell.lane + other.lane]


def _joined(left: Block, right: Block) -> Block:
    weight = left.weight + right.weight
    start = (left.start * left.weight + right.start * right.weight) / weight
    return Block(start, weight, left.cells + right.cells)


def _width(rows: Rows) -> float:
    """Return how wide a map has to be."""
    stairs = MARGIN + STAIR * (len(rows[-1]) - 1) + _beside(rows[-1])
    return max(WIDTH, stairs, *(_reach(row)[-1] + 2 * MARGIN for row in rows[:-1]))


def _beside(row: Sequence[Cell]) -> float:
    """Return the room that each name beside one of these endings needs, in two lines at most."""
    letters = max((_letters(cell.stop.name) for cell in row), default=0)
    return HALF + BEFORE + LETTER * letters


def _letters(name: str) -> int:
    """Return how many letters a line must hold so that two lines hold the name, word by word."""
    longest = max(map(len, name.split()), default=1)
    sizes = range(longest, LONGEST)
    return next((size for size in sizes if len(wrap(name, size)) <= TWO_LINES), LONGEST)


def _stairs(row: Sequence[Cell], width: float) -> Across:
    """Return where endings stand across: in the middle, as far as their names have room."""
    far = STAIR * (len(row) - 1)
    first = min((width - far) / 2, width - far - _beside(row))
    return {cell: first + STAIR * place for place, cell in enumerate(row)}


def _heights(rows: Rows, links: Links, across: Across) -> list[float]:
    """Return how far down the middle of each row is: further where lines go far sideways."""
    heights = [float(MARGIN)]
    for row in rows[:-1]:
        aside = [
            abs(across[cell] - across[other])
            for cell in row
            for other in links[cell]
            if other.row > cell.row
        ]
        heights.append(heights[-1] + 2 * RADIUS + GAP + SLOPE * max(aside, default=0))
    return heights


def _landed(row: Sequence[Cell], across: Across, top: float, width: float) -> tuple[Ending, ...]:
    """Return the endings from best to worst, each below the one before it."""
    found = []
    for cell in reversed(row):
        left = across[cell] + HALF + BEFORE
        lines = wrap(cell.stop.name, max(1, int((width - left) / LETTER)))
        words = tuple(
            Words(line, _n(left), _n(top + LINE * (place + 0.5) + BASE))
            for place, line in enumerate(lines)
        )
        high = LINE * max(1, len(lines))
        found.append(Ending(cell.stop.name, _n(across[cell]), _n(top + high / 2), words))
        top += high + STEP
    return tuple(found)


def _line(
    above: Cell,
    below: Cell,
    across: Across,
    heights: Sequence[float],
    ends: Mapping[str, float],
) -> str:
    """Return the path from a cell to one below: straight beside circles, a curve between rows.

    `ends` is how far down the way to each ending leads.
    """
    x, low = across[above], across[below]
    begin = heights[above.row] + RADIUS
    curve = heights[below.row] - RADIUS
    middle = _n((begin + curve) / 2)
    past = f"M{_n(x)} {_n(heights[above.row])}V" if above.lane else f"M{_n(x)} "
    path = f"{past}{_n(begin)}C{_n(x)} {middle} {_n(low)} {middle} {_n(low)} {_n(curve)}"
    if below.lane:
        return f"{path}V{_n(heights[below.row])}"
    return f"{path}V{_n(ends[below.stop.name])}" if below.stop.ends else path


def _n(value: float) -> float:
    """Return a number short enough to be written."""
    return round(value, 1)
