"""The course's drawings: what there is to draw in, words and lines with their places out.

A sketch is narrow enough for a phone, as high as its words need, and the same on every screen; the
template writes it, the style sheet gives it its colours. Known and guessed, kept and missed differ
in form and in words, never in colour alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import combinations, pairwise
from math import atan2, cos, sin, sqrt, tau
from typing import Any, NamedTuple

from brmcourse.model import drawing as model
from brmcourse.rendering.lettering import ASCENT, DESCENT, LINE, lines, width

WIDTH = 300
"""How wide every sketch is, in its own units."""

CENTRE = WIDTH / 2

START, MIDDLE, END = "start", "middle", "end"
"""Where a line of words is held: at its beginning, its middle or its end."""

PLAIN, STRONG, QUIET = "", "strong", "quiet"
"""How words look."""

LINE_, HAIR, BOLD, DASHED, DOT, OPEN = "line", "hair", "bold", "dashed", "dot", "open"
"""How a shape looks: a thin line, a hairline, a strong line, a dashed one, filled, hollow."""


class Box(NamedTuple):
    """The room that something takes."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        """Say whether two boxes have room in common."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True)
class Words:
    """A line of words, held at a place on its base line."""

    text: str
    x: float
    y: float
    anchor: str = START
    style: str = PLAIN

    @property
    def box(self) -> Box:
        """The room that they take at most."""
        wide = width(self.text, strong=self.style == STRONG)
        left = self.x - wide * {START: 0, MIDDLE: 0.5, END: 1}[self.anchor]
        return Box(left, self.y - ASCENT, left + wide, self.y + DESCENT)


@dataclass(frozen=True)
class Shape:
    """A line or a figure: its path, and how it looks."""

    path: str
    style: str = LINE_


@dataclass(frozen=True)
class Sketch:
    """A drawing: how high it is, its shapes, and the words that stand on them."""

    height: float
    shapes: tuple[Shape, ...]
    words: tuple[Words, ...]
    width: float = WIDTH


@dataclass
class _Pencil:
    """Draws; `words` and `shapes` are what is there so far."""

    words: list[Words] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)

    def write(  # noqa: PLR0913 -- each by its name
        self,
        text: str,
        x: float,
        top: float,
        *,
        room: float,
        most: int = 9,
        anchor: str = START,
        style: str = PLAIN,
    ) -> float:
        """Write a text from `top` down, and return where it ends."""
        for line in lines(text, room, most, strong=style == STRONG):
            self.words.append(Words(line, x, round(top + ASCENT + 2, 1), anchor, style))
            top += LINE
        return top

    def draw(self, path: str, style: str = LINE_) -> None:
        """Draw a path."""
        self.shapes.append(Shape(path, style))

    def line(self, x1: float, y1: float, x2: float, y2: float, style: str = LINE_) -> None:
        """Draw a straight line."""
        self.draw(f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}", style)

    def arrow(self, x1: float, y1: float, x2: float, y2: float, style: str = LINE_) -> None:
        """Draw a straight line with its head at the second place."""
        self.line(x1, y1, x2, y2, style)
        self.head(x2, y2, atan2(y2 - y1, x2 - x1))

    def head(self, x: float, y: float, angle: float) -> None:
        """Draw the head of an arrow that points that way."""
        one, other = (
            f"{_n(x - 7 * cos(angle + turn))} {_n(y - 7 * sin(angle + turn))}"
            for turn in (0.42, -0.42)
        )
        self.draw(f"M{one}L{_n(x)} {_n(y)}L{other}")

    def ring(self, x: float, y: float, radius: float, style: str = LINE_) -> None:
        """Draw a circle."""
        r = _n(radius)
        self.draw(
            f"M{_n(x - radius)} {_n(y)}a{r} {r} 0 1 1 {_n(2 * radius)} 0a{r} {r} 0 1 1 "
            f"{_n(-2 * radius)} 0Z",
            style,
        )

    def arc(  # noqa: PLR0913, PLR0917 -- centre, radius, from, to, look
        self, x: float, y: float, radius: float, begin: float, end: float, style: str = LINE_
    ) -> None:
        """Draw a part of a circle clockwise from one angle to another, less than half of it."""
        x1, y1 = x + radius * cos(begin), y + radius * sin(begin)
        x2, y2 = x + radius * cos(end), y + radius * sin(end)
        r = _n(radius)
        self.draw(f"M{_n(x1)} {_n(y1)}A{r} {r} 0 0 1 {_n(x2)} {_n(y2)}", style)

    def sketch(self, bottom: float) -> Sketch:
        """Return what was drawn."""
        return Sketch(round(bottom), tuple(self.shapes), tuple(self.words))


def _n(value: float) -> str:
    """Return a number as paths have it, with one decimal at most."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


# Who presses the partner


MOST_PRESSING = 8
HUB = 46
GUTTER, SPREAD, ARROW = 16, 26, 40
"""The radius of the partner's circle; half the room between two columns; between two rows; what
an arrow needs.
"""


def pressures(middle: str, found: Sequence[model.Pressing]) -> Sketch:
    """Return a partner in the middle, with those who press above and below."""
    pencil = _Pencil()
    shown = found[:MOST_PRESSING]
    above, below = shown[: (len(shown) + 1) // 2], shown[(len(shown) + 1) // 2 :]
    rows: list[_Row] = []
    top = 2.0
    for members in _rows(above, first=True):
        rows.append(_row(pencil, members, top))
        top = rows[-1].bottom + SPREAD
    hub = top - SPREAD + ARROW + HUB if rows else HUB + 2
    for place, row in enumerate(rows):
        _point(pencil, row, hub, down=True, next_to_it=place == len(rows) - 1)
    pencil.ring(CENTRE, hub, HUB, BOLD)
    _centred(pencil, middle, hub, room=HUB * 2 - 14, most=3, style=STRONG)
    top = hub + HUB + ARROW
    bottom = hub + HUB + 2
    for place, members in enumerate(_rows(below, first=False)):
        row = _row(pencil, members, top)
        _point(pencil, row, hub, down=False, next_to_it=place == 0)
        bottom, top = row.bottom + 4, row.bottom + SPREAD
    return pencil.sketch(bottom)


class _Row(NamedTuple):
    """One or two who press, side by side: where they stand, and from where to where down."""

    members: tuple[model.Pressing, ...]
    top: float
    bottoms: tuple[float, ...]

    @property
    def bottom(self) -> float:
        return max(self.bottoms)


def _rows(members: Sequence[model.Pressing], *, first: bool) -> list[tuple[model.Pressing, ...]]:
    """Return them in twos; an odd one stands by itself, furthest from the middle."""
    alone = len(members) % 2
    if first:
        pairs = [tuple(members[n : n + 2]) for n in range(alone, len(members), 2)]
        return [tuple(members[:1]), *pairs] if alone else pairs
    pairs = [tuple(members[n : n + 2]) for n in range(0, len(members) - alone, 2)]
    return [*pairs, tuple(members[-1:])] if alone else pairs


def _row(pencil: _Pencil, members: tuple[model.Pressing, ...], top: float) -> _Row:
    if len(members) == 1:
        return _Row(members, top, (_block(pencil, members[0], CENTRE, top, MIDDLE, WIDTH - 40),))
    room = CENTRE - GUTTER
    left = _block(pencil, members[0], room, top, END, room)
    right = _block(pencil, members[1], CENTRE + GUTTER, top, START, room)
    return _Row(members, top, (left, right))


def _block(  # noqa: PLR0913, PLR0917 -- what, and where it stands
    pencil: _Pencil, one: model.Pressing, x: float, top: float, anchor: str, room: float
) -> float:
    write = partial(pencil.write, anchor=anchor, room=room)
    top = write(one.who, x, top, most=2, style=STRONG)
    top = write(one.wants, x, top, most=4)
    top = write(one.by, x, top, most=1, style=QUIET)
    return write(one.says, x, top, most=1, style=QUIET)


def _point(pencil: _Pencil, row: _Row, hub: float, *, down: bool, next_to_it: bool) -> None:
    """Draw an arrow from each of a row to the circle; those further off go between the columns."""
    style = {True: LINE_, False: DASHED}
    towards = -1 if down else 1
    for side, (one, bottom) in enumerate(zip(row.members, row.bottoms, strict=True)):
        if len(row.members) == 1:
            x1 = x2 = CENTRE
            y1 = bottom + 5 if down else row.top - 5
            angle = 0.0
        elif next_to_it:
            x1 = CENTRE + (side * 2 - 1) * 34
            y1 = bottom + 5 if down else row.top - 5
            angle = (side * 2 - 1) * 0.5
        else:
            x1 = CENTRE + (side * 2 - 1) * (GUTTER - 4)
            y1 = row.top + LINE / 2
            angle = (side * 2 - 1) * 0.13
        x2 = CENTRE + (HUB + 4) * sin(angle)
        y2 = hub + towards * (HUB + 4) * cos(angle)
        pencil.arrow(x1, y1, x2, y2, style[one.known])


def _centred(  # noqa: PLR0913 -- what, and where it stands
    pencil: _Pencil, text: str, y: float, *, room: float, most: int, style: str = PLAIN
) -> None:
    """Write a text round the middle, so that it stands as far above a height as below it."""
    count = len(lines(text, room, most, strong=style == STRONG))
    top = y - count * LINE / 2
    pencil.write(text, CENTRE, top, room=room, most=most, anchor=MIDDLE, style=style)


# What is mine, ours and theirs


DOME, FOOT, INSET = 48, 30, 15
"""How high the round top and the round foot of a circle are; how much narrower each next one is."""

MOST_THINGS = 8


def circles(found: Sequence[tuple[str, Sequence[str]]]) -> Sketch:
    """Return circles one in the other, the inmost given first, each with what lies in it."""
    pencil = _Pencil()
    top, tops = 1.0, []
    for number, (name, things) in enumerate(reversed(found)):
        tops.append(top)
        half = CENTRE - 1 - number * INSET
        top = pencil.write(
            name, CENTRE, top + 20, room=half * 1.66, most=1, anchor=MIDDLE, style=STRONG
        )
        top = _things(pencil, things, top + 4, half * 2 - 40)
        top += 10
    foot = top + 12
    for number, start in enumerate(tops):
        inner = number == len(tops) - 1
        style = BOLD if inner else DASHED if number == 0 else LINE_
        half = CENTRE - 1 - number * INSET
        pencil.draw(_egg(half, start, foot + (len(tops) - 1 - number) * 9), style)
    return pencil.sketch(foot + (len(tops) - 1) * 9 + 1)


def _things(pencil: _Pencil, things: Sequence[str], top: float, room: float) -> float:
    shown = list(things[:MOST_THINGS])
    for thing in shown:
        top = pencil.write(thing, CENTRE, top, room=room, most=2, anchor=MIDDLE) + 7
    more = len(things) - len(shown)
    if more:
        return pencil.write(f"and {more} more", CENTRE, top, room=room, anchor=MIDDLE, style=QUIET)
    if not things:
        return pencil.write("nothing yet", CENTRE, top, room=room, anchor=MIDDLE, style=QUIET)
    return top


def _egg(half: float, top: float, bottom: float) -> str:
    left, wide = _n(CENTRE - half), _n(half * 2)
    r = _n(half)
    return (
        f"M{left} {_n(top + DOME)}a{r} {DOME} 0 0 1 {wide} 0V{_n(bottom - FOOT)}"
        f"a{r} {FOOT} 0 0 1 -{wide} 0Z"
    )


def _pressures(shown: model.PressureMap) -> Sketch:
    says = {True: "known", False: "guessed"}
    found = [
        model.Pressing(one.who, one.wants, one.by or "", says[one.known], one.known)
        for one in shown.pressures
    ]
    return pressures(shown.middle, found)


def _circles(shown: model.Circles) -> Sketch:
    return circles([(circle.name, circle.things) for circle in shown.circles])


# Ten values


RIM, NAMES, SHARED = 146, 104, 58
"""From the middle of the circle: its edge, a name, the inner of two names in one place."""


def _values(shown: model.ValuesCircle) -> Sketch:
    pencil = _Pencil()
    wedges = [value.wedge for value in shown.values]
    count = max(wedges) + 1
    held = [value for value in shown.values if value.seen]
    middle = RIM + 3.0
    pencil.ring(CENTRE, middle, RIM)
    for number in range(count):
        _tick(pencil, middle, _angle(number - 0.5, count))
    for number, value in enumerate(shown.values):
        radius = SHARED if value.wedge in wedges[:number] else NAMES
        angle = _angle(value.wedge, count)
        style = STRONG if value.seen else QUIET
        away, down = radius * cos(angle), radius * sin(angle)
        away = _inside(away, down, width(value.name, strong=bool(value.seen)))
        x, y = round(CENTRE + away, 1), round(middle + down + 5, 1)
        name = Words(value.name, x, y, MIDDLE, style)
        pencil.words.append(name)
        if value.seen:
            pencil.draw(_pill(name.box), BOLD)
    for one, other in combinations(held, 2):
        if abs(one.wedge - other.wedge) == 1:
            first, last = sorted((one.wedge, other.wedge))
            begin, end = _angle(first - 0.3, count), _angle(last + 0.3, count)
            pencil.arc(CENTRE, middle, RIM, begin, end, BOLD)
    _centred(pencil, shown.middle, middle, room=70, most=1, style=STRONG)
    top = middle + RIM + 18
    for value in held:
        top = pencil.write(value.name, 0, top, room=WIDTH, style=STRONG)
        top = pencil.write(value.seen or "", 0, top, room=WIDTH, style=PLAIN) + 6
    return pencil.sketch(top - 2)


def _inside(away: float, down: float, wide: float) -> float:
    """Return how far to the side a name of that width stands, so that it stays off the rim."""
    edge = sqrt(RIM**2 - (abs(down) + ASCENT) ** 2) - 10 - wide / 2
    return max(-edge, min(edge, away))


def _pill(box: Box) -> str:
    """Return the outline round a name."""
    left, top, wide = box.left - 4, box.top - 4, box.right - box.left + 8
    high = box.bottom - box.top + 7
    r = _n(high / 2)
    straight = _n(wide - high)
    return (
        f"M{_n(left + high / 2)} {_n(top)}h{straight}a{r} {r} 0 0 1 0 {_n(high)}"
        f"h-{straight}a{r} {r} 0 0 1 0 -{_n(high)}Z"
    )


def _angle(wedge: float, count: int) -> float:
    return wedge * tau / count - tau / 4


def _tick(pencil: _Pencil, middle: float, angle: float) -> None:
    """Draw where one place on the rim ends and the next begins."""
    x, y = cos(angle), sin(angle)
    inner, outer = RIM - 7, RIM
    pencil.line(
        CENTRE + inner * x, middle + inner * y, CENTRE + outer * x, middle + outer * y, HAIR
    )


# A round of four steps


ROUND, DISC = 66, 13
COLUMN = CENTRE - 14


def _loop(shown: model.Loop) -> Sketch:
    pencil = _Pencil()
    bottom = max(_station(pencil, shown.steps, number, 2) for number in (0, 1))
    middle = bottom + 26 + ROUND
    corners = [tau * 5 / 8, tau * 7 / 8, tau / 8, tau * 3 / 8]
    gap = (DISC + 5) / ROUND
    for number, angle in enumerate(corners):
        x, y = CENTRE + ROUND * cos(angle), middle + ROUND * sin(angle)
        pencil.ring(x, y, DISC)
        pencil.words.append(Words(str(number + 1), round(x, 1), round(y + 5, 1), MIDDLE, STRONG))
        end = angle + tau / 4 - gap
        pencil.arc(CENTRE, middle, ROUND, angle + gap, end)
        pencil.head(CENTRE + ROUND * cos(end), middle + ROUND * sin(end), end + tau / 4 - 0.06)
    _centred(pencil, shown.middle, middle, room=ROUND * 2 - 46, most=4)
    top = middle + ROUND + 26
    bottom = max(_station(pencil, shown.steps, number, top) for number in (2, 3))
    for one in shown.log:
        bottom += 10
        pencil.line(0, bottom, WIDTH, bottom, HAIR)
        by = pencil.write(one.by, WIDTH, bottom + 6, room=90, anchor=END, style=STRONG)
        what = pencil.write(one.what, 0, bottom + 6, room=WIDTH - 110)
        bottom = max(by, what)
    return pencil.sketch(bottom + 2)


def _station(pencil: _Pencil, steps: Sequence[model.Station], number: int, top: float) -> float:
    """Write a step beside its number; the second and the third stand on the right."""
    x, anchor = (WIDTH, END) if number in {1, 2} else (0, START)
    title = f"{number + 1} {steps[number].title}"
    top = pencil.write(title, x, top, room=COLUMN, anchor=anchor, style=STRONG)
    return pencil.write(steps[number].text, x, top, room=COLUMN, anchor=anchor)


# Promises over some months


TRACK = 9


def _ledger(shown: model.Ledger) -> Sketch:
    pencil = _Pencil()
    days = (shown.end - shown.start).days

    def across(day: date) -> float:
        return 6 + (WIDTH - 12) * (day - shown.start).days / days

    firsts = [day for day in _days(shown.start, shown.end) if day.day == 1]
    top = 2.0
    for first, following in pairwise([*firsts, shown.end]):
        x = (across(first) + across(following)) / 2
        pencil.write(f"{first:%B}", x, top, room=96, most=1, anchor=MIDDLE, style=QUIET)
    top += LINE + 4
    marks = [across(first) for first in firsts[1:]]
    _track(pencil, top, marks)
    occasion = across(shown.occasion.on)
    top = _under(pencil, shown.occasion.text, occasion, top + 13, STRONG)
    pencil.draw(f"M{_n(occasion)} {_n(top - LINE - 12)}l-5 10h10Z", DOT)
    for promise in shown.promises:
        top = pencil.write(promise.what, 0, top + 20, room=WIDTH, most=3)
        y = top + TRACK
        _track(pencil, y, [*marks])
        pencil.line(occasion, y - 8, occasion, y + 8, DASHED)
        begin, due = across(promise.made), across(promise.by)
        pencil.line(begin, y, due, y, BOLD)
        pencil.line(begin, y - 5, begin, y + 5, BOLD)
        last = due
        if promise.new:
            last = across(promise.new)
            pencil.line(due + 6, y, last, y, DASHED)
            pencil.draw(f"M{_n(due)} {_n(y - 6)}l6 6l-6 6l-6 -6Z", OPEN)
        _ending(pencil, promise.ended, last, y)
        top = _under(pencil, promise.says, last, y + TRACK + 2, QUIET)
    return pencil.sketch(top + 2)


def _days(start: date, end: date) -> Iterator[date]:
    for number in range((end - start).days):
        yield start + timedelta(number)


def _track(pencil: _Pencil, y: float, marks: Sequence[float]) -> None:
    pencil.line(0, y, WIDTH, y, HAIR)
    for x in marks:
        pencil.line(x, y - 4, x, y + 4, HAIR)


def _ending(pencil: _Pencil, ended: str, x: float, y: float) -> None:
    if ended == "kept":
        pencil.ring(x, y, 5.5, DOT)
    elif ended == "missed":
        pencil.draw(f"M{_n(x - 5)} {_n(y - 5)}l10 10m0 -10l-10 10", BOLD)
    else:
        pencil.ring(x, y, 5.5, OPEN)


def _under(pencil: _Pencil, text: str, x: float, top: float, style: str) -> float:
    """Write a text below a place, as near to it as the edges allow; return where it ends."""
    wide = max(width(line, strong=style == STRONG) for line in lines(text, WIDTH, 3))
    middle = min(max(x, wide / 2), WIDTH - wide / 2)
    return pencil.write(text, round(middle, 1), top, room=WIDTH, anchor=MIDDLE, style=style)


# Two years of contacts


BEFORE, MONTHS, NOW = 92, 117, 142
"""Across: the line of the year before, the middle of the months' names, the line of this year."""


def _year(shown: model.Year) -> Sketch:
    pencil = _Pencil()
    rooms = (BEFORE - 14.0, WIDTH - NOW - 14.0)
    heads = (
        pencil.write(shown.left, BEFORE - 14, 2, room=rooms[0], anchor=END, style=STRONG),
        pencil.write(shown.right, NOW + 14, 2, room=rooms[1], style=STRONG),
    )
    top = start = max(heads) + 8
    for number in range(12):
        month = (shown.first - 1 + number) % 12 + 1
        name = f"{date(2000, month, 1):%b}"
        pencil.write(name, MONTHS, top, room=40, anchor=MIDDLE, style=QUIET)
        ends = [top + LINE]
        for contact in shown.before:
            if contact.month == month:
                _mark(pencil, contact.asks, BEFORE, top + LINE / 2)
                ends.append(pencil.write(contact.text, BEFORE - 14, top, room=rooms[0], anchor=END))
        for contact in shown.now:
            if contact.month == month:
                _mark(pencil, contact.asks, NOW, top + LINE / 2)
                ends.append(pencil.write(contact.text, NOW + 14, top, room=rooms[1]))
        top = max(ends) + 6
    lines_ = [Shape(f"M{x} {_n(start)}V{_n(top - 4)}", HAIR) for x in (BEFORE, NOW)]
    pencil.shapes[:0] = lines_
    top += 8
    for asks, text in ((True, shown.asks), (False, shown.brings)):
        _mark(pencil, asks, 8, top + LINE / 2)
        top = pencil.write(text, 22, top, room=WIDTH - 22, style=QUIET)
    return pencil.sketch(top + 2)


def _mark(pencil: _Pencil, asks: bool, x: float, y: float) -> None:  # noqa: FBT001
    if asks:
        pencil.draw(f"M{_n(x - 5)} {_n(y - 5)}h10v10h-10Z", OPEN)
    else:
        pencil.ring(x, y, 5.5, DOT)


# Four requirements, and what holds them together


CORNER, EDGE = 26, 9


def _requirements(shown: model.Requirements) -> Sketch:
    pencil = _Pencil()
    title = shown.around.title
    wide = width(title, strong=True)
    pencil.write(title, CENTRE, 0, room=WIDTH - 2 * CORNER, most=1, anchor=MIDDLE, style=STRONG)
    top = 34.0
    crossing, bottom = 0.0, 0.0
    for row in (shown.requirements[:2], shown.requirements[2:]):
        ends = []
        for side, one in enumerate(row):
            x = 12 if side == 0 else CENTRE + 10
            room = CENTRE - 22
            after = pencil.write(one.title, x, top, room=room, style=STRONG)
            ends.append(pencil.write(one.text, x, after, room=room))
        bottom = max(ends) + 16
        crossing = crossing or bottom
        top = bottom + 16
    pencil.line(CENTRE, 30, CENTRE, bottom - 6, HAIR)
    pencil.line(16, crossing, WIDTH - 16, crossing, HAIR)
    y, r, far = EDGE, CORNER, WIDTH - 1
    left, right = CENTRE - wide / 2 - 6, CENTRE + wide / 2 + 6
    pencil.draw(
        f"M{_n(left)} {y}H{1 + r}a{r} {r} 0 0 0 -{r} {r}V{_n(bottom - r)}a{r} {r} 0 0 0 {r} {r}"
        f"H{far - r}a{r} {r} 0 0 0 {r} -{r}V{y + r}a{r} {r} 0 0 0 -{r} -{r}H{_n(right)}",
        BOLD,
    )
    top = pencil.write(shown.around.text, CENTRE, bottom + 12, room=WIDTH - 20, anchor=MIDDLE)
    return pencil.sketch(top + 2)


DRAWERS: Mapping[type[Any], Callable[[Any], Sketch]] = {
    model.PressureMap: _pressures,
    model.ValuesCircle: _values,
    model.Loop: _loop,
    model.Ledger: _ledger,
    model.Year: _year,
    model.Requirements: _requirements,
    model.Circles: _circles,
}


def drawn(shown: model.Shown) -> Sketch:
    """Return the sketch of what a drawing of the course shows."""
    return DRAWERS[type(shown)](shown)
