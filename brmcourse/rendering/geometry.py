"""Where lines and dots of the small plots stand: numbers in, numbers out; templates write them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, sin, tau

from brmcourse.model.conversation import GAUGE

USUAL = "trust"
"""The gauge that a plot shows if a conversation has it."""

LOW, HIGH = GAUGE
LEFT, RIGHT = 5, 97
"""Where the first and the last dot of a plot stand, in percent of its width."""

FLOOR, UNIT, CAPTION = 125, 11, 146
"""From the top of a plot in pixels: the lowest value; how much higher each next one is; the line
below it that is written on.
"""

RIM, MIDDLE, OUTER, INNER = 165, 114, 128, 56
"""How far from the middle of the circle of values: its edge, a card alone, two in one wedge."""


@dataclass(frozen=True)
class Point:
    """A place: across and down."""

    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A straight line between two places."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Level:
    """A value that a plot draws a line for, and where it is written."""

    value: int
    line: Line
    text: Point


@dataclass(frozen=True)
class Mark:
    """One value of a plot: its dot, its caption, and the line from the dot before."""

    value: int
    dot: Point
    caption: Point
    line: Line | None


AXIS = Line(2, 12, 98, 12)
TICKS = tuple(Line(x, 8, x, 16) for x in (2, 26, 50, 74, 98))
"""The axis of results from 0 to 100, and its five ticks."""


@dataclass(frozen=True)
class GaugePlot:
    """A gauge over the moves of a conversation; across in percent of the width, down in pixels."""

    gauge: str
    levels: tuple[Level, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Dots:
    """Results on an axis; across in percent of the width, down in pixels.

    `other` is how somebody else sees it, `between` the line from there to `now`.
    """

    axis: Line
    ticks: tuple[Line, ...]
    now: Point | None
    earlier: tuple[Point, ...]
    other: Point | None
    between: Line | None


@dataclass(frozen=True)
class Place:
    """Where a card stands: number and name, the middle of a ring, a square with a letter."""

    number: Point
    name: Point
    ring: Point
    square: Point
    letter: Point


@dataclass(frozen=True)
class Wheel:
    """A circle round (0, 0), divided by spokes, with a place for each card."""

    radius: float
    spokes: tuple[Line, ...]
    places: tuple[Place, ...]


def gauge_plot(states: Sequence[Mapping[str, int]]) -> GaugePlot | None:
    """Return the plot of trust from the hidden state at the start to the one after the last move.

    Without trust it is the first gauge there is; without any there is no plot.
    """
    gauge = USUAL if USUAL in states[0] else next(iter(states[0]), None)
    if gauge is None:
        return None
    levels = tuple(_level(value) for value in (LOW, (LOW + HIGH) // 2, HIGH))
    return GaugePlot(gauge, levels, tuple(_marks([state[gauge] for state in states])))


def _height(value: int) -> int:
    return FLOOR - (value - LOW) * UNIT


def _level(value: int) -> Level:
    height = _height(value)
    return Level(value, Line(4, height, 98, height), Point(0, height + 4))


def _marks(values: Sequence[int]) -> Iterator[Mark]:
    step = (RIGHT - LEFT) / max(1, len(values) - 1)
    for number, value in enumerate(values):
        x, y = LEFT + number * step, _height(value)
        line = Line(x - step, _height(values[number - 1]), x, y) if number else None
        yield Mark(value, Point(x, y), Point(x, CAPTION), line)


def dots(now: float | None, earlier: Sequence[float] = (), other: float | None = None) -> Dots:
    """Return where results of 0 to 100 stand: the latest, those before, and somebody else's."""
    here = None if now is None else _dot(now)
    there = None if other is None else _dot(other)
    between = Line(here.x, here.y, there.x, there.y) if here and there else None
    return Dots(AXIS, TICKS, here, tuple(_dot(value) for value in earlier), there, between)


def _dot(value: float) -> Point:
    return Point(2 + value * 0.96, 12)


def wheel(wedges: Sequence[int]) -> Wheel:
    """Return the circle of cards that lie in these wedges, counted from 0 at the top clockwise.

    Of cards that share a wedge the first stands further out.
    """
    count = max(wedges) + 1
    spokes = tuple(
        Line(0, 0, end.x, end.y) for end in (_on(RIM, n - 0.5, count) for n in range(count))
    )
    places = []
    for number, wedge in enumerate(wedges):
        shared = OUTER if wedges.index(wedge) == number else INNER
        radius = MIDDLE if wedges.count(wedge) == 1 else shared
        places.append(_place(_on(radius, wedge, count)))
    return Wheel(RIM, spokes, tuple(places))


def _on(radius: float, wedge: float, count: int) -> Point:
    """Return the point at that distance from the middle, in the direction of a wedge."""
    angle = wedge * (tau / count)
    return Point(round(radius * sin(angle), 1), round(-radius * cos(angle), 1))


def _place(at: Point) -> Place:
    return Place(
        number=_beside(at, 0, -4),
        name=_beside(at, 0, 16),
        ring=_beside(at, 0, -9),
        square=_beside(at, 17, -19),
        letter=_beside(at, 26, -5),
    )


def _beside(at: Point, right: float, down: float) -> Point:
    return Point(round(at.x + right, 1), round(at.y + down, 1))
