"""Mistakes in the fields of a file, from pydantic's words to an author's."""

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import ValidationError

from brmcourse.content.yaml import MOST_LISTED, further, shortened
from brmcourse.errors import hint
from brmcourse.model.base import Content

Mistake = tuple[tuple[Hashable, ...], str, str, str]
"""A place in the file, and the rule, message and advice."""

EMPTY = ("field.empty", "{name} is empty", "Write what belongs here.")
GROUP = (
    "field.type",
    "{name} must be a group of fields, not {got}",
    "Write its fields on lines of their own.",
)
WHOLE = ("field.range", "{name} must be a whole number, not {got}", "Write it in digits.")
NUMBER = ("field.range", "{name} must be a number, not {got}", "Write it in digits.")
BOOLEAN = ("field.range", "{name} must be true or false, not {got}", "Write true or false.")

WORDING: Mapping[str, tuple[str, str, str]] = {
    "missing": ("field.missing", "the field {name} is missing", "Add `{field}: …` here."),
    "extra_forbidden": (
        "field.unknown",
        "there is no field called {name} here.{near}",
        "Correct it, or delete it.",
    ),
    "string_type": ("field.type", "{name} must be text, not {got}", "Put it in quotation marks."),
    "string_too_short": EMPTY,
    "string_pattern_mismatch": (
        "id.form",
        "{got} cannot be used as {name}",
        (
            "Use letters, digits, dots and hyphens, starting with a letter "
            "(rows: A1 to A46, B1 to B14)."
        ),
    ),
    "literal_error": ("field.value", "{name} cannot be {got}.{near}", "Use {expected}."),
    "too_short": ("field.too-few", "{name} has too few entries", "It needs at least {min_length}."),
    "union_tag_not_found": (
        "question.kind",
        "the question does not say its kind",
        "Add `kind: single`.",
    ),
    "union_tag_invalid": (
        "question.kind",
        "there is no question kind {got}.{near}",
        "Use one of: {expected_tags}.",
    ),
    "union_tag_not_found in shows": (
        "field.missing",
        "what the sheet shows has no kind",
        "Add one, for example `kind: tally`.",
    ),
    "union_tag_invalid in shows": (
        "field.value",
        "no sheet can show {got}.{near}",
        "Use one of: {expected_tags}.",
    ),
    "tuple_type": (
        "field.type",
        "{name} must be a list, not {got}",
        "Begin each entry with a dash.",
    ),
    "dict_type": GROUP,
    "model_type": GROUP,
    "model_attributes_type": GROUP,
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "bool_type": BOOLEAN,
    "bool_parsing": BOOLEAN,
    "greater_than": (
        "field.range",
        "{name} must be more than {gt:g}, not {got}",
        "Correct the number.",
    ),
    "greater_than_equal": (
        "field.range",
        "{name} must be {ge:g} or more, not {got}",
        "Correct the number.",
    ),
    "less_than": (
        "field.range",
        "{name} must be less than {lt:g}, not {got}",
        "Correct the number.",
    ),
    "less_than_equal": (
        "field.range",
        "{name} must be {le:g} or less, not {got}",
        "Correct the number.",
    ),
}
"""What pydantic calls a mistake (in one field or in any), and the rule, message and advice an
author reads instead.
"""

OTHER = ("field.type", "{name} cannot be {got}", "Correct the value on this line.")


def mistakes(error: ValidationError) -> Iterator[Mistake]:
    """Yield the mistakes of a file, each once; the last counts those that are too many to list."""
    found = list(_found(error.errors(include_url=False)))
    for detail, flaw in found[:MOST_LISTED]:
        yield _of_flaw(detail, flaw) if flaw else _of_field(detail)
    more = found[MOST_LISTED:]
    if more:
        detail, flaw = more[0]
        place, rule, *_ = _of_flaw(detail, flaw) if flaw else _of_field(detail)
        yield place, rule, *further(len(more))


def _found(details: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield pydantic's details, once for each flaw that a model found, with that flaw or None."""
    leading_on = set()
    for detail in details:
        place = detail["loc"]
        for steps in range(len(place)):
            leading_on.add(place[:steps])
    for detail in details:
        if detail["type"] == "flaw":
            for flaw in detail["ctx"]["found"]:
                yield detail, flaw
        elif detail["type"] == "too_short" and detail["loc"] in leading_on:
            continue  # it is only too short without the entries that are reported anyway
        else:
            yield detail, None


def _of_flaw(detail: Any, flaw: Any) -> Mistake:
    rule, message, advice, further_on = flaw
    return (*detail["loc"], *further_on), rule, message.removesuffix("."), advice


def _of_field(detail: Any) -> Mistake:
    kind = detail["type"]
    context = detail.get("ctx", {})
    field = _last_name(detail["loc"])
    value = detail["input"]["kind"] if kind == "union_tag_invalid" else detail["input"]
    if kind == "extra_forbidden":
        near = _near_field(str(field))
    else:
        expected = context.get("expected") or context.get("expected_tags") or ""
        near = hint(str(value), re.findall(r"'([\w-]+)'", expected))
    words = context | {
        "field": field,
        "name": f'"{shortened(field)}"' if field else "the file",
        "got": _got(value),
        "near": near,
    }
    wording = _wording(kind, field, value)
    rule, message, advice = [text.format_map(words).removesuffix(".") for text in wording]
    return detail["loc"], rule, message, f"{advice}."


def _last_name(place: Sequence[Hashable]) -> str | None:
    names = [step for step in place if isinstance(step, str)]
    return names[-1] if names else None


def _wording(kind: str, field: str | None, value: Any) -> tuple[str, str, str]:
    if value is None and kind not in {"extra_forbidden", "union_tag_invalid"}:
        return EMPTY
    return WORDING.get(f"{kind} in {field}") or WORDING.get(kind, OTHER)


def _got(value: Any) -> str:
    if value is None:
        return '""'
    if isinstance(value, str):
        return f'"{shortened(value)}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a group of fields"
    return str(value)


def _near_field(name: str) -> str:
    known = _fields()
    return " It belongs to something else." if name in known else hint(name, known)


@cache
def _fields() -> frozenset[str]:
    """Return the names of all fields that content can have, as they stand in the files."""
    kinds = [Content]
    names: set[str] = set()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        for name, field in kind.model_fields.items():
            names.add(field.alias or name)
    return frozenset(names)
