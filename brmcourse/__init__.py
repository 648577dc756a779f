"""Working with difficult business partners: the names a notebook of the course uses."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from brmcourse.hosts.notebook import (
        capstone,
        converse,
        plan,
        quiz,
        reflect,
        scale,
        sheet,
        values,
    )

__all__ = ["capstone", "converse", "plan", "quiz", "reflect", "scale", "sheet", "values"]


def __getattr__(name: str) -> Any:
    # Loaded when first used: the command line needs no widgets, and they take longer to import than
    # all else.
    if name not in __all__:
        raise AttributeError(name)
    from brmcourse.hosts import notebook  # noqa: PLC0415

    return getattr(notebook, name)
