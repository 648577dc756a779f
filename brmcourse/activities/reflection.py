"""Reflections: questions to write about, privately."""

from typing import TYPE_CHECKING

from brmcourse.activities.activity import Context
from brmcourse.activities.writing import (
    Prompted,
    WritingRecord,
    WritingState,
    fold,
    ids,
    update,
)
from brmcourse.content.library import Library
from brmcourse.events import ReflectionWrote

if TYPE_CHECKING:
    from brmcourse.model.prompts import Prompts

__all__ = ["begin", "blank", "find", "fold", "subjects", "update"]


def find(library: Library, name: str) -> Prompted:
    """Return the reflections of that module; raise UnknownIdError or ContentError."""
    found: Prompts = library.named("prompts", name)
    return Prompted(found.reflections, ReflectionWrote, found.module)


def subjects(content: Prompted) -> tuple[str, ...]:
    """Return the prompts."""
    return ids(content.prompts)


def blank(content: Prompted) -> WritingRecord:
    """Return the prompts with nothing written."""
    return WritingRecord(content)


def begin(record: WritingRecord, _context: Context) -> WritingState:
    """Return the page with what stands written."""
    return WritingState(record)
