"""Reflections: questions to write about, privately."""

from typing import TYPE_CHECKING

from brmcourse.activities.writing import (
    Prompted,
    WritingRecord,
    begin,
    blank,
    filled,
    fold,
    subjects,
    update,
    written,
)
from brmcourse.content.library import Library
from brmcourse.events import ReflectionWrote

if TYPE_CHECKING:
    from brmcourse.model.prompts import Prompts

__all__ = ["begin", "blank", "done", "find", "fold", "subjects", "update", "written"]


def find(library: Library, name: str) -> Prompted:
    """Return the reflections of that module; raise UnknownIdError or ContentError."""
    found: Prompts = library.named("prompts", name)
    return Prompted(found.reflections, ReflectionWrote, found.module)


def done(record: WritingRecord) -> bool:
    """Say whether something stands written to each prompt."""
    return filled(record, "text")
