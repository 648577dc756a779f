"""The capstone: the plan for one partner, gathered from the modules and edited in place.

It keeps nothing of its own. Each piece is the activity of the module it comes from, over the same
events.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from brmcourse.activities.activity import Action, Activity, Context, Note
from brmcourse.activities.writing import Prompted
from brmcourse.catalogue import CATALOGUE, Row, activity_of
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import Draft, Event
from brmcourse.model.capstone import Capstone, Chapter, Shown


@dataclass(frozen=True)
class Piece:
    """One thing that the plan shows: how it is listed, its activity, and that activity's content.

    `module` says where it was written.
    """

    row: Row
    activity: Activity[Any, Any, Any]
    content: Any
    module: str


@dataclass(frozen=True)
class Outline:
    """The plan's parts, each with its pieces."""

    capstone: Capstone
    pieces: tuple[tuple[Piece, ...], ...]

    @cached_property
    def all(self) -> tuple[Piece, ...]:
        """The pieces of all parts."""
        return tuple(piece for part in self.pieces for piece in part)

    @cached_property
    def places(self) -> Mapping[str, list[int]]:
        """Where among all pieces those are that rest on a subject."""
        found: dict[str, list[int]] = {}
        for place, piece in enumerate(self.all):
            for name in piece.activity.subjects(piece.content):
                found.setdefault(name, []).append(place)
        return found


class CapstoneRecord(NamedTuple):
    """What stands in the plan: the record of each piece."""

    content: Outline
    records: tuple[Any, ...]

    @property
    def empty(self) -> tuple[Chapter, ...]:
        """The parts in which nothing stands."""
        records = iter(self.records)
        found = []
        for part, pieces in zip(self.content.capstone.parts, self.content.pieces, strict=True):
            notes = [piece.activity.written(next(records)) for piece in pieces]
            if not any(notes):
                found.append(part)
        return tuple(found)


@dataclass(frozen=True)
class ShownPiece:
    """A piece on the page."""

    piece: Piece
    state: Any


@dataclass(frozen=True)
class CapstoneState:
    """The plan on a page: the page of each piece, and the part that is open for editing.

    `focus` is the part that was opened or closed by the last step.
    """

    record: CapstoneRecord
    pages: tuple[Any, ...]
    editing: str = ""
    focus: str = ""

    @property
    def outline(self) -> Outline:
        """The plan's parts."""
        return self.record.content

    @property
    def shown(self) -> tuple[ShownPiece, ...]:
        """The pieces of all parts, on the page."""
        parts = zip(self.outline.all, self.pages, self.record.records, strict=True)
        return tuple(
            ShownPiece(piece, replace(page, record=record)) for piece, page, record in parts
        )

    @property
    def parts(self) -> Sequence[tuple[Chapter, Sequence[ShownPiece]]]:
        """Each part with its pieces."""
        waiting = list(self.shown)
        found = []
        for chapter, pieces in zip(self.outline.capstone.parts, self.outline.pieces, strict=True):
            found.append((chapter, waiting[: len(pieces)]))
            waiting = waiting[len(pieces) :]
        return found


def find(library: Library, _name: str) -> Outline:
    """Return the plan with the content that its parts show; raise UnknownIdError, ContentError."""
    capstone: Capstone = library.single("capstone.yaml")
    modules = library.module_numbers

    def pieces(part: Chapter) -> tuple[Piece, ...]:
        return tuple(_piece(library, shown, modules) for shown in part.shows)

    return Outline(capstone, tuple(pieces(part) for part in capstone.parts))


def _piece(library: Library, shown: Shown, modules: dict[str, int]) -> Piece:
    kind, name = shown.name
    row = next(row for row in CATALOGUE.values() if row.part == kind)
    activity = activity_of(row)
    content = activity.find(library, name if row.part_is_file else name.partition("-")[0])
    if isinstance(content, Prompted):
        asked = tuple(prompt for prompt in content.prompts if prompt.id == name)
        content = replace(content, prompts=asked)
    return Piece(row, activity, content, f"module {modules.get(content.module, '')}".strip())


def subjects(content: Outline) -> tuple[str, ...]:
    """Return the subjects of all pieces."""
    return tuple(content.places)


def blank(content: Outline) -> CapstoneRecord:
    """Return the plan with nothing written in it."""
    return CapstoneRecord(
        content, tuple(piece.activity.blank(piece.content) for piece in content.all)
    )


def fold(record: CapstoneRecord, event: Event) -> CapstoneRecord:
    """Fold an event into the pieces that it is about."""
    content = record.content
    for place in content.places.get(event.subject, ()):
        before = record.records[place]
        after = content.all[place].activity.fold(before, event)
        if after is not before:
            records = list(record.records)
            records[place] = after
            record = CapstoneRecord(content, tuple(records))
    return record


def done(record: CapstoneRecord) -> bool:
    """Say whether something stands in each part."""
    return not record.empty


def written(_record: CapstoneRecord) -> Sequence[Note]:
    """Return nothing: each piece is written where it comes from."""
    return ()


def begin(record: CapstoneRecord, context: Context) -> CapstoneState:
    """Return the page with all parts to read."""
    parts = zip(record.content.all, record.records, strict=True)
    pages = tuple(piece.activity.begin(one, context) for piece, one in parts)
    return CapstoneState(record, pages)


def update(state: CapstoneState, action: Action) -> tuple[CapstoneState, Sequence[Draft]]:
    """Answer "edit" (a part) and "done"; all else goes to the pieces, which know their fields."""
    if action.name == "edit":
        if action.about not in {part.id for part in state.outline.capstone.parts}:
            raise ActionError
        return replace(state, editing=action.about, focus=action.about), ()
    if action.name == "done":
        return replace(state, editing="", focus=state.editing or state.focus), ()
    drafts: list[Draft] = []
    pages = []
    for shown in state.shown:
        page, given = shown.piece.activity.update(shown.state, action)
        pages.append(page)
        drafts += given
    focus = (
        state.focus if action.name == "draft" else ""
    )  # a step within a piece is its own to tell
    return replace(state, pages=tuple(pages), focus=focus), drafts
