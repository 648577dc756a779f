"""Working with difficult business partners: the names a notebook of the course uses."""

from typing import Any

from brmcourse.catalogue import CATALOGUE

__all__ = sorted(CATALOGUE)  # noqa: PLE0605 -- one place for each name


def __getattr__(name: str) -> Any:
    # Loaded when first used: the command line needs no widgets, and they take longer than all else.
    if name not in CATALOGUE:
        raise AttributeError(name)
    from brmcourse.hosts.notebook import shower  # noqa: PLC0415

    return shower(CATALOGUE[name])
