"""A YAML file as its author wrote it: plain data, and the line on which each part of it stands.

YAML 1.2 words: `no`, `on` and `12:30` stay text. Refused are equal keys, tags, aliases, and files
far larger than any content, so that no file can hold the check up.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from brmcourse.errors import ContentError, Problem

Place = tuple[Hashable, ...]
"""Keys and list positions that lead from the top of a file to a part of it."""

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser; where it is missing, the one in Python, which is slower and reads the same."""

MOST_BYTES = 1_000_000
MOST_PARTS = 20_000
"""The size at which a file is refused: about thirty times that of the largest the course has."""

DEEPEST = 20
"""More steps than any content needs."""

LONGEST_NUMBER = 30
"""In characters. Python itself refuses to read a number of some thousand digits."""

MOST_LISTED = 100
"""More problems of one file than these are counted, not listed."""

SHOWN = 40
"""How much of what an author wrote a message shows, in characters."""

INTEGER = re.compile(r"[-+]?[0-9]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
CONSTANTS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
"""What an unquoted word means if it is not text (the core schema of YAML 1.2)."""

INVISIBLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""A character that YAML does not allow, or one that nobody sees."""

SYNTAX: dict[str, tuple[str, str]] = {
    "tab character": ("this line is indented with a tab", "Use spaces instead."),
    r"'\t' that cannot start": ("this line is indented with a tab", "Use spaces instead."),
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
        (
            "a quotation mark was not closed or stands inside a text, "
            "or this line is indented differently"
        ),
        "Look on this line and above it; inside a text in double quotation marks use single ones.",
    ),
    "end of stream": ("a quotation mark was not closed", "Look for it above: each text needs two."),
    "could not find expected ':'": (
        "a colon is missing after a field's name",
        "Write `name: value`.",
    ),
    "": (
        "this line cannot be read",
        (
            "Check indentation (spaces, no tabs), colons, brackets and quotation marks here "
            "and on the line above."
        ),
    ),
}
"""Parts of what the YAML parser says, and the message and advice that an author reads instead."""

IN_PYTHON = {
    "while parsing a block collection: expected <block end>": "'-' indicator",
    "while parsing a block mapping: expected <block end>": "expected key",
}
"""How the parser in Python begins what libyaml says otherwise, and libyaml's words."""

TAGS = {"!"} | {
    f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null")
}
"""The tags of plain data; any other was written to build an object."""


@dataclass(frozen=True)
class Source:
    """A file's data, with the lines of its parts."""

    path: str
    data: Any
    lines: dict[Place, int]

    def line(self, place: Iterable[Hashable]) -> int:
        """Return the line of the nearest part on the way to `place`, skipping unknown steps."""
        known: Place = ()
        for step in place:
            if (*known, step) in self.lines:
                known = (*known, step)
        return self.lines.get(known, 1)


def read_source(path: Path, shown_as: str) -> Source:
    """Read a YAML file; raise ContentError with all problems of its form, named as `shown_as`."""
    text = read_text(path, shown_as)
    _refuse_invisible(text, shown_as)
    builder = _Builder(shown_as, yaml.parse(text, Loader=LOADER))
    try:
        data = builder.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        message, advice = _explained(f"{error.context}: {error.problem}")
        raise _failure(shown_as, line, "yaml.syntax", message, advice) from None
    if builder.problems:
        raise ContentError(first_of(builder.problems))
    return Source(shown_as, data, builder.lines)


def read_text(path: Path, shown_as: str, most: int = MOST_BYTES) -> str:
    """Return the text of a file; raise ContentError, named as `shown_as`, if it cannot be read.

    That is: it is missing, no file, larger than `most` bytes, or not UTF-8.
    """
    try:
        if not path.is_file():
            raise _no_file(path, shown_as)
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        advice = "See in its properties whether you may read it."
        raise _failure(shown_as, 1, "file.unreadable", message, advice) from None
    if len(raw) > most:
        message = f"the file is too large: it has more than {most:,} bytes"
        raise _failure(shown_as, 1, "file.too-large", message, "Split it, or leave out the rest.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = "this line is not UTF-8 text"
        raise _failure(
            shown_as, line, "file.encoding", message, "Save the file as UTF-8."
        ) from None


def first_of(problems: Sequence[Problem]) -> list[Problem]:
    """Return the first problems of a file, and one that counts those that are too many to list."""
    listed, more = list(problems[:MOST_LISTED]), problems[MOST_LISTED:]
    if more:
        message, advice = further(len(more))
        listed.append(Problem(more[0].path, more[0].line, more[0].rule, message, advice))
    return listed


def further(count: int) -> tuple[str, str]:
    """Return the message and advice that stand for as many problems of a file as are not listed."""
    return f"this file has {count:,} more problems", "Mend those that are listed, and check again."


def shortened(text: str) -> str:
    """Return a text as a message shows it."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _failure(path: str, line: int, rule: str, message: str, advice: str) -> ContentError:
    return ContentError([Problem(path, line, rule, message, advice)])


def _no_file(path: Path, shown_as: str) -> ContentError:
    if path.is_symlink():
        message = "this is a link that leads to no file"
        return _failure(shown_as, 1, "file.unreadable", message, "Put the file itself here.")
    if path.exists():
        message = "this is no file, although its name is that of one"
        return _failure(shown_as, 1, "file.unreadable", message, "Rename it, or move it away.")
    advice = "Put the file back, or install the course again."
    return _failure(shown_as, 1, "file.missing", "the file is missing", advice)


def _refuse_invisible(text: str, shown_as: str) -> None:
    found = INVISIBLE.search(text)
    if not found:
        return
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    message = f"character {column} of this line is an invisible one that no text should hold"
    advice = "Delete it, or type the line anew."
    raise _failure(shown_as, line, "yaml.syntax", message, advice)


def _explained(problem: str) -> tuple[str, str]:
    """Return a message and advice for what a YAML parser calls a problem."""
    for start, known_as in IN_PYTHON.items():
        if problem.startswith(start):
            return SYNTAX[known_as]
    for part, words in SYNTAX.items():
        if part in problem:
            return words
    raise AssertionError("the empty part is in every problem")


class _Builder:
    """Turns YAML's events into plain data; remembers the lines, collects the problems."""

    def __init__(self, path: str, events: Iterator[Any]) -> None:
        self.lines: dict[Place, int] = {}
        self.problems: list[Problem] = []
        self._path = path
        self._events = events
        self._anchors: set[str] = set()
        self._parts = 0

    def document(self) -> Any:
        """Return the data of the only document in the file, None if there is none."""
        data = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if self.lines:
                    self._fail(event, "yaml.syntax", *_explained("another document"))
                data = self._part(next(self._events), ())
        return data

    def _part(self, event: Any, place: Place) -> Any:
        self.lines[place] = _line(event)
        self._parts += 1
        if self._parts > MOST_PARTS:
            message = f"the file is too large: it has more than {MOST_PARTS:,} entries"
            self._fail(event, "file.too-large", message, "Split it, or leave out the rest.")
        if len(place) > DEEPEST:
            message = "this part lies too deep inside others"
            self._fail(event, "yaml.depth", message, "Close the brackets earlier.")
        if isinstance(event, yaml.AliasEvent):
            self._alias(event)
            return None
        if event.anchor is not None:
            self._anchors.add(event.anchor)
        if event.tag is not None and event.tag not in TAGS:
            message = f"the tag {shortened(event.tag)} is not allowed"
            self._report(event, "yaml.tag", message, "Delete it.")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(place)
        return event.value if event.style else self._word(event)

    def _mapping(self, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_event in self._until(yaml.MappingEndEvent):
            if not isinstance(key_event, yaml.ScalarEvent):
                message = "a key must be one word"
                self._report(key_event, "yaml.key", message, "Check brackets and colons here.")
                self._part(key_event, (*place, None))
                self._part(next(self._events), (*place, None))
                continue
            key: str = key_event.value
            if key in result:
                first = self.lines[(*place, key)]
                self._report(
                    key_event,
                    "yaml.duplicate-key",
                    f'the key "{shortened(key)}" stands twice',
                    "Delete one of the two, or begin a new entry with a dash; "
                    f"the first is on line {first}.",
                )
            result[key] = self._part(next(self._events), (*place, key))
            self.lines[(*place, key)] = _line(key_event)
        return result

    def _list(self, place: Place) -> list[Any]:
        result: list[Any] = []
        for event in self._until(yaml.SequenceEndEvent):
            result.append(self._part(event, (*place, len(result))))
        return result

    def _until(self, end: type[yaml.Event]) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, end):
                return
            yield event

    def _alias(self, event: Any) -> None:
        if event.anchor not in self._anchors:
            self._fail(event, "yaml.syntax", *SYNTAX["undefined alias"])
        message = "an alias repeats another part"
        self._report(event, "yaml.alias", message, "Write the text out here.")

    def _word(self, event: Any) -> Any:
        text: str = event.value
        if text in CONSTANTS:
            return CONSTANTS[text]
        if not FLOAT.fullmatch(text):
            return text
        if len(text) > LONGEST_NUMBER:
            message = f"a number of {len(text):,} characters is too long"
            advice = f"Write {LONGEST_NUMBER} at most, or put a text in quotation marks."
            self._report(event, "yaml.number", message, advice)
            return None
        return int(text) if INTEGER.fullmatch(text) else float(text)

    def _report(self, event: Any, rule: str, message: str, advice: str) -> None:
        self.problems.append(Problem(self._path, _line(event), rule, message, advice))

    def _fail(self, event: Any, rule: str, message: str, advice: str) -> NoReturn:
        """Report what makes reading on useless, and stop."""
        self._report(event, rule, message, advice)
        raise ContentError(first_of(self.problems))


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1
