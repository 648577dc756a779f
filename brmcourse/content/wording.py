"""Mistakes in the fields of a file, from pydantic's words to an author's."""

import re
from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from brmcourse.errors import hint
from brmcourse.model.base import Content

Mistake = tuple[tuple[Hashable, ...], str, str, str]
"""A place in the file, and the rule, message and advice."""

SHOWN = 40
"""How much of a wrong value a message shows, in characters."""

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
        "Use letters, digits, dots and hyphens, starting with a letter (rows: A1 to A46, B1 to B14).",
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
    """Yield every mistake of a file, each once."""
    details = error.errors(include_url=False)
    for detail in details:
        place = detail["loc"]
        if detail["type"] == "flaw":
            for rule, message, advice, further in detail["ctx"]["found"]:
                yield (*place, *further), rule, message.removesuffix("."), advice
        elif detail["type"] == "too_short" and any(
            d["loc"][: len(place)] == place != d["loc"] for d in details
        ):
            continue  # it is only too short without the entries that are reported anyway
        else:
            yield place, *_words(detail)


def _words(detail: Any) -> tuple[str, str, str]:
    context = detail.get("ctx", {})
    field = next((step for step in reversed(detail["loc"]) if isinstance(step, str)), None)
    value = detail["input"]["kind"] if detail["type"] == "union_tag_invalid" else detail["input"]
    known = re.findall(r"'([\w-]+)'", context.get("expected") or context.get("expected_tags") or "")
    words = context | {
        "field": field,
        "name": f'"{field}"' if field else "the file",
        "got": _got(value),
        "near": _near_field(str(field))
        if detail["type"] == "extra_forbidden"
        else hint(str(value), known),
    }
    empty = value is None and detail["type"] not in {"extra_forbidden", "union_tag_invalid"}
    wording = (
        EMPTY
        if empty
        else WORDING.get(f"{detail['type']} in {field}") or WORDING.get(detail["type"], OTHER)
    )
    rule, message, advice = (text.format_map(words).removesuffix(".") for text in wording)
    return rule, message, f"{advice}."


def _got(value: Any) -> str:
    if isinstance(value, str | None):
        value = value or ""
        return f'"{value if len(value) <= SHOWN else f"{value[:SHOWN]}…"}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "a list"
    return "a group of fields" if isinstance(value, dict) else str(value)


def _near_field(name: str) -> str:
    return " It belongs to something else." if name in _fields() else hint(name, _fields())


@cache
def _fields() -> frozenset[str]:
    """Return the names of all fields that content can have, as they stand in the files."""
    kinds, names = [Content], set[str]()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        names |= {field.alias or name for name, field in kind.model_fields.items()}
    return frozenset(names)
