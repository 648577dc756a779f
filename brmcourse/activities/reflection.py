"""Reflections: questions to write about, privately."""

from typing import TYPE_CHECKING

from brmcourse.activities.writing import Prompted, begin, blank, fold, subjects, update
from brmcourse.content.library import Library
from brmcourse.events import ReflectionWrote

if TYPE_CHECKING:
    from brmcourse.model.prompts import Prompts

__all__ = ["begin", "blank", "find", "fold", "subjects", "update"]


def find(library: Library, name: str) -> Prompted:
    """Return the reflections of that module; raise UnknownIdError or ContentError."""
    found: Prompts = library.named("prompts", name)
    return Prompted(found.reflections, ReflectionWrote, found.module)
