"""A YAML file as its author wrote it: plain data, and the line on which each part of it stands.

YAML 1.2 words: `no`, `on` and `12:30` stay text. Refused are equal keys, tags, anchors and aliases.
"""

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from brmcourse.errors import ContentError, Problem

Place = tuple[Hashable, ...]
"""Keys and list positions that lead from the top of a file to a part of it."""

WORDS: dict[str, Callable[[str], Any]] = {
    r"true|True|TRUE|false|False|FALSE": lambda text: text.lower() == "true",
    r"~|null|Null|NULL|": lambda _text: None,
    r"[-+]?[0-9]+": int,
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?": float,
}
"""What an unquoted word means if it is not text (the core schema of YAML 1.2)."""

DEEPEST = 20
"""More steps than any content needs; Python gives up at some hundreds."""

SYNTAX: dict[str, tuple[str, str]] = {
    "tab character": ("this line is indented with a tab", "Use spaces instead."),
    "cannot start any token": (
        "a text cannot start with this character (or the line is indented with a tab)",
        "Put the text in quotation marks, and indent with spaces.",
    ),
    "mapping values are not allowed": (
        "a colon stands where none can be, perhaps inside a text",
        "Put a text that holds a colon in straight quotation marks, and check the indentation.",
    ),
    "alphabetic or numeric": ("a text cannot start with * or &", "Put it in quotation marks."),
    "undefined alias": ("a text cannot start with *", "Put it in quotation marks."),
    "unknown escape": (
        "a backslash stands in a text",
        "Use single quotation marks, or write the backslash twice.",
    ),
    "',' or": (
        "a bracket was not closed, or a comma is missing",
        "Look on this line and the ones above.",
    ),
    "'-' indicator": (
        "this line is indented differently from the list it belongs to, or its dash is missing",
        "Bring it in line with the entry above.",
    ),
    "expected key": (
        "a quotation mark was not closed or stands inside a text, or this line is indented differently",
        "Look on this line and above it; inside a text in double quotation marks use single ones.",
    ),
    "end of stream": ("a quotation mark was not closed", "Look for it above: each text needs two."),
    "could not find expected ':'": (
        "a colon is missing after a field's name",
        "Write `name: value`.",
    ),
    "": (
        "this line cannot be read",
        "Check indentation (spaces, no tabs), colons, brackets and quotation marks here and on the line above.",
    ),
}
"""Parts of what the YAML parser says, and the message and advice that an author reads instead."""

TAGS = {"!"} | {
    f"tag:yaml.org,2002:{name}"
    for name in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value")
}
"""What YAML itself calls the nodes of plain data; any other tag was written to build an object."""


@dataclass(frozen=True)
class Source:
    """A file's data, with the lines of its parts."""

    path: str
    data: Any
    lines: dict[Place, int]

    def line(self, place: Iterable[Hashable]) -> int:
        """Return the line of the nearest part on the way to `place`; steps that are not in the file are skipped."""
        known: Place = ()
        for step in place:
            if (*known, step) in self.lines:
                known = (*known, step)
        return self.lines.get(known, 1)


def read_source(path: Path, shown_as: str) -> Source:
    """Read a YAML file; raise ContentError with all problems of its syntax, named as `shown_as`."""

    def fail(line: int, rule: str, message: str, advice: str) -> ContentError:
        return ContentError([Problem(shown_as, line, rule, message, advice)])

    text = decoded(path.read_bytes(), shown_as)
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise fail(
            mark.line + 1 if mark else 1, "yaml.syntax", *_explained(str(error.problem))
        ) from None
    except yaml.reader.ReaderError as error:
        line, column = (
            text.count("\n", 0, error.position) + 1,
            error.position - text.rfind("\n", 0, error.position),
        )
        message = f"character {column} of this line is an invisible one that no text should hold"
        raise fail(line, "yaml.syntax", message, "Delete it, or type the line anew.") from None
    except RecursionError:
        raise fail(
            1, "yaml.depth", "the file is nested too deeply", "Close the brackets earlier."
        ) from None
    builder = _Builder(shown_as)
    data = builder.build(node, ()) if node else None
    if builder.problems:
        raise ContentError(builder.problems)
    return Source(shown_as, data, builder.lines)


def _explained(problem: str) -> tuple[str, str]:
    """Return a message and advice for what the YAML parser calls a problem."""
    return next((words for part, words in SYNTAX.items() if part in problem), SYNTAX[""])


def decoded(raw: bytes, shown_as: str) -> str:
    """Return the text of a file; raise ContentError, named as `shown_as`, with the line that is not UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message, advice = "this line is not UTF-8 text", "Save the file as UTF-8."
        raise ContentError([Problem(shown_as, line, "file.encoding", message, advice)]) from None


class _Builder:
    """Turns YAML nodes into plain data; remembers the lines, collects the problems."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines: dict[Place, int] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, place: Place) -> Any:
        self.lines[place] = node.start_mark.line + 1
        if id(node) in self._seen:
            self._report(
                node, "yaml.alias", "an alias repeats another part", "Write the text out here."
            )
            return None
        self._seen.add(id(node))
        if len(place) > DEEPEST:
            self._report(
                node,
                "yaml.depth",
                "this part lies too deep inside others",
                "Close the brackets earlier.",
            )
            return None
        if node.tag not in TAGS:
            self._report(node, "yaml.tag", f"the tag {node.tag} is not allowed", "Delete it.")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*place, number)) for number, child in enumerate(node.value)]
        plain = not cast("yaml.ScalarNode", node).style
        return _word(node.value) if plain else node.value

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                self._report(
                    key_node,
                    "yaml.key",
                    "a key must be one word",
                    "Check brackets and colons here.",
                )
                continue
            if key in result:
                first = self.lines[(*place, key)]
                advice = f"Delete one of the two, or begin a new entry with a dash; the first is on line {first}."
                self._report(
                    key_node, "yaml.duplicate-key", f'the key "{key}" stands twice', advice
                )
            result[key] = self.build(value_node, (*place, key))
            self.lines[(*place, key)] = key_node.start_mark.line + 1
        return result

    def _report(self, node: yaml.Node, rule: str, message: str, advice: str) -> None:
        self.problems.append(Problem(self.path, node.start_mark.line + 1, rule, message, advice))


def _word(text: str) -> Any:
    for pattern, convert in WORDS.items():
        if re.fullmatch(pattern, text):
            return convert(text)
    return text
