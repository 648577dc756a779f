"""Walking through all that a file of content holds."""

from collections.abc import Collection, Iterator
from typing import Any

from brmcourse.content.yaml import Place
from brmcourse.model.base import Content


def parts(
    value: Any, place: Place = (), *, without: Collection[str] = ()
) -> Iterator[tuple[Place, Any]]:
    """Yield a value and everything inside it, with their places, in the order of the fields.

    Fields of content whose names (in the model) are in `without` are left out.
    """
    yield place, value
    for step, part in _inside(value, without):
        yield from parts(part, (*place, step), without=without)


def _inside(value: Any, without: Collection[str]) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Content):
        for name, field in type(value).model_fields.items():
            if name not in without:
                yield field.alias or name, getattr(value, name)
    elif isinstance(value, tuple):
        yield from enumerate(value)
    elif isinstance(value, dict):
        yield from value.items()
