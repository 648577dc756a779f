"""If-then plans: a situation, an act, and when."""

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
from brmcourse.events import PlanWrote

if TYPE_CHECKING:
    from brmcourse.model.prompts import Prompts

__all__ = ["begin", "blank", "done", "find", "fold", "subjects", "update", "written"]


def find(library: Library, name: str) -> Prompted:
    """Return the plans of that module; raise UnknownIdError or ContentError."""
    found: Prompts = library.named("prompts", name)
    return Prompted(found.plans, PlanWrote, found.module)


def done(record: WritingRecord) -> bool:
    """Say whether each plan has a situation and an act."""
    return filled(record, "situation", "action")
