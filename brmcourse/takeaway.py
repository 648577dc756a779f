"""What a learner takes away: the plan for one partner, the profile, and the lines to keep.

One document, gathered from what the log says and short enough for a few sheets of paper. It knows
nothing of HTML or PDF. What the course's plan marks as `open` stands first, so that those pages can
be put on a table; everything else is for the learner only.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Any, NamedTuple

from brmcourse.activities import capstone, plan, profile
from brmcourse.activities.activity import Context, day, history, recorded, standing
from brmcourse.activities.capstone import Outline
from brmcourse.activities.profile import Overview, Standing
from brmcourse.activities.sheet import SheetRecord, Texts
from brmcourse.activities.values import ValuesRecord
from brmcourse.activities.writing import Prompted, WritingRecord
from brmcourse.content.library import Library
from brmcourse.events import Event, PlanWrote
from brmcourse.model.sheet import Tally
from brmcourse.model.values import Values

REST = "… (the rest is in your course)"
"""What stands where a text goes on that is too long for paper."""

WIDTH = 52
"""About how many letters of small print a line of a column holds."""

ROOM = 590
"""About how many lines of a column six pages hold; measured, and true to a twentieth."""

LIMITS = (
    (100_000, 1_000),
    (2_000, 20),
    (1_000, 10),
    (600, 6),
    (400, 4),
    (300, 3),
    (200, 3),
    (140, 3),
    (100, 3),
    (80, 2),
    (60, 2),
)
"""The longest text, and the most entries of a list: from all there is to what always fits.

The oldest entries go first: a log cut short says more than a log of sentences cut short.
"""


class Line(NamedTuple):
    """Something written: what was asked, and the words."""

    label: str
    text: str


class Item(NamedTuple):
    """An entry of a list: the line it is known by, the others, and whether it is finished.

    `ticked` is None where there is nothing to tick.
    """

    lines: tuple[Line, ...]
    ticked: bool | None = None


@dataclass(frozen=True)
class Block:
    """A sheet, a plan or the values: its title, what stands in it, and a sentence that sums it up.

    `module` says where it is written; `left` is how many entries stand in the course only.
    """

    title: str
    module: str
    items: tuple[Item, ...] = ()
    note: str = ""
    open: bool = False
    left: int = 0


@dataclass(frozen=True)
class Part:
    """A part of the plan."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def filled(self) -> tuple[Block, ...]:
        """The blocks in which anything stands."""
        return tuple(block for block in self.blocks if block.items)


class Keep(NamedTuple):
    """The lines that a module ends with, and the module."""

    number: int
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Takeaway:
    """The document: about whom, of which day, and its parts."""

    partner: str
    today: date
    parts: tuple[Part, ...]
    standings: tuple[Standing, ...] = ()
    keep: tuple[Keep, ...] = ()

    @property
    def shown(self) -> tuple[Block, ...]:
        """What can be put on a table."""
        return tuple(block for part in self.parts for block in part.filled if block.open)

    @property
    def own(self) -> tuple[Part, ...]:
        """What is for the learner only; parts with nothing in them are left out."""
        found = []
        for part in self.parts:
            blocks = tuple(block for block in part.filled if not block.open)
            if blocks:
                found.append(Part(part.title, blocks))
        return tuple(found)

    @property
    def missing(self) -> tuple[Block, ...]:
        """The blocks in which nothing stands."""
        return tuple(block for part in self.parts for block in part.blocks if not block.items)

    @property
    def empty(self) -> bool:
        """Whether nothing was written or rated."""
        return not self.standings and not any(part.filled for part in self.parts)


class Sources(NamedTuple):
    """What it is gathered from: the plan, the profile, the plans that the plan does not show."""

    outline: Outline
    overview: Overview
    plans: tuple[Prompted, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of the events it rests on."""
        more = (name for prompted in self.plans for name in plan.subjects(prompted))
        return *capstone.subjects(self.outline), *self.overview.by_subject, *more


def sources(library: Library) -> Sources:
    """Return what a course's take-away is gathered from; raise UnknownIdError, ContentError."""
    outline = capstone.find(library, "")
    planned = set(capstone.subjects(outline))
    others = []
    for name in library.names("prompts"):
        found = plan.find(library, name)
        left = tuple(prompt for prompt in found.prompts if prompt.id not in planned)
        if left:
            others.append(replace(found, prompts=left))
    return Sources(outline, profile.find(library, ""), tuple(others))


def gather(
    content: Sources, events: Iterable[Event], *, code: str, context: Context, keep: Sequence[Keep]
) -> Takeaway:
    """Return the document about the context's partner, who is called `code`, on its day.

    The events are those of the sources' subjects; those about others count for nothing.
    """
    about = [event for event in events if event.partner == context.partner]
    rated = profile.begin(recorded(profile, content.overview, history(about)), context)
    parts = tuple(_parts(content, standing(about)))
    return Takeaway(code, context.today, parts, tuple(rated.shown), tuple(keep))


def _parts(content: Sources, events: Sequence[Event]) -> Iterator[Part]:
    records = iter(recorded(capstone, content.outline, events).records)
    chapters = zip(content.outline.capstone.parts, content.outline.pieces, strict=True)
    for chapter, pieces in chapters:
        blocks: list[Block] = []
        for shown, piece in zip(chapter.shows, pieces, strict=True):
            found = _blocks(next(records), piece.module)
            blocks += (replace(block, open=shown.open) for block in found)
        yield Part(chapter.title, tuple(blocks))
    others = (recorded(plan, prompted, events) for prompted in content.plans)
    yield Part("More plans", tuple(block for record in others for block in _written(record, "")))


def _blocks(record: Any, module: str) -> Iterator[Block]:
    """Yield what one piece of the plan holds."""
    match record:
        case SheetRecord():
            yield _sheet(record, module)
        case ValuesRecord():
            yield _values(record, module)
        case WritingRecord():
            yield from _written(record, module)


def _sheet(record: SheetRecord, module: str) -> Block:
    sheet = record.content
    items = tuple(_entry(record, texts) for texts in record.filled.values())
    note = ""
    if isinstance(sheet.shows, Tally) and record.tally[1]:
        note = "{}: {} of {}.".format(sheet.shows.label, *record.tally)
    return Block(sheet.title, module, items, note)


def _entry(record: SheetRecord, texts: Texts) -> Item:
    sheet = record.content
    lines = []
    for place, field in enumerate(sheet.fields):
        text = texts.get(field.id, "")
        if not text.strip():
            continue
        said = day(text) if field.kind == "date" else field.said(text)
        label = field.short or field.label
        if sheet.entry and not place:  # what an entry is known by
            label = ""
        lines.append(Line(label, said))
    ticked = None
    if isinstance(sheet.shows, Tally):
        ticked = texts.get(sheet.shows.field) == sheet.shows.good
    return Item(tuple(lines), ticked)


def _values(record: ValuesRecord, module: str) -> Block:
    values = record.content
    items = []
    for heard, picks in ((True, record.revised), (False, record.predicted)):
        for pick in picks:
            lines = tuple(_pick(values, pick, heard=heard))
            if lines:
                items.append(Item(lines))
    return Block(f"{values.title}: what matters to them", module, tuple(items))


def _pick(values: Values, pick: Any, *, heard: bool) -> Iterator[Line]:
    said = pick.get("said" if heard else "evidence", "")
    name = values.card(pick["card"]).name if pick.get("card") else ""
    if name:
        yield Line("Heard from them" if heard else "My guess", name)
    if said.strip():
        yield Line("They said or did" if heard else "I saw or heard", said)
    for sure in values.confidence:
        if name and sure.id == pick.get("confidence"):
            yield Line("How sure", sure.text)


def _written(record: WritingRecord, module: str) -> Iterator[Block]:
    """Yield a block for each prompt; a plan has a box to tick."""
    planned = record.content.wrote is PlanWrote
    for prompt in record.content.prompts:
        entry = record.entries.get(prompt.id)
        items: tuple[Item, ...] = ()
        if entry and entry.written:
            lines = _plan(entry.texts) if planned else [Line("", entry.beginning)]
            items = (Item(tuple(lines), ticked=False if planned else None),)
        yield Block(prompt.title, module, items)


def _plan(texts: Texts) -> Iterator[Line]:
    situation, action, when = (texts[name].strip() for name in ("situation", "action", "when"))
    if situation and action:
        yield Line("", f"If {situation}, then I {action}.")
    else:
        yield from (Line(*pair) for pair in (("If", situation), ("I", action)) if pair[1])
    if when:
        yield Line("When or where", when)
    if texts.get("on"):
        yield Line("On", day(texts["on"]))


# Room


def versions(document: Takeaway) -> Iterator[Takeaway]:
    """Yield the document, the first that should fit on its sheets, then ever shorter ones."""
    shorter = [_cut(document, *limits) for limits in LIMITS]
    fitting = (number for number, one in enumerate(shorter) if _size(one) <= ROOM)
    yield from shorter[next(fitting, len(shorter) - 1) :]


def _cut(document: Takeaway, longest: int, most: int) -> Takeaway:
    parts = tuple(
        Part(part.title, tuple(_cut_block(block, longest, most) for block in part.blocks))
        for part in document.parts
    )
    return replace(document, parts=parts)


def _cut_block(block: Block, longest: int, most: int) -> Block:
    kept = block.items[-most:]
    items = []
    for item in kept:
        lines = tuple(Line(line.label, _short(line.text, longest)) for line in item.lines)
        items.append(item._replace(lines=lines))
    return replace(block, items=tuple(items), left=len(block.items) - len(kept))


def _short(text: str, longest: int) -> str:
    """Return a text, or its beginning if it is too long; then without its breaks of lines."""
    if len(text) <= longest and text.count("\n") <= longest / WIDTH:
        return text.strip()
    flat = " ".join(text.split())
    if len(flat) <= longest + len(REST):
        return flat
    whole = flat[:longest].rpartition(" ")[0]
    return f"{whole if len(whole) > longest / 2 else flat[:longest]} {REST}"


def _size(document: Takeaway) -> float:
    """Return about how many lines of a column the document takes."""
    size = 10.0
    for block in (block for part in document.parts for block in part.filled):
        size += 2.5
        for item in block.items:
            size += 0.5 + sum(map(_height, item.lines))
    size += sum(4 + len(standing.content.scale.subscales) * 1.6 for standing in document.standings)
    return size + sum(1.5 + len(kept.lines) * 1.6 for kept in document.keep)


def _height(line: Line) -> int:
    paragraphs = f"{line.label}: {line.text}".split("\n")
    return sum(max(1, ceil(len(paragraph) / WIDTH)) for paragraph in paragraphs)
