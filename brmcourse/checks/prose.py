"""Every text of the course that a learner reads, in pieces with their places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from brmcourse.checks.reading import Block, Reading
from brmcourse.checks.rule import Whole
from brmcourse.content.yaml import Place
from brmcourse.model.base import Content
from brmcourse.model.coverage import Coverage

UNREAD = ("silence", "reference", "cite", "when")
"""Fields that hold blanks but no prose: notes of the authors, titles of books, conditions."""

QUOTED = re.compile(r"^\s*>\s?")
ITEM = re.compile(r"^\s*(?:[-*]|\d+\.)\s+")
MARKUP = (
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"\s*\{cite\}`[^`]*`"), ""),
    (re.compile(r"\{\w+\}`([^`]*)`"), r"\1"),
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"[*`]+"), ""),
)
"""What Markdown adds to the words, and what a reader sees of it."""


@dataclass(frozen=True)
class Piece:
    """One text: where it stands, its words without markup, and the name of what it is measured together with."""

    place: Place
    text: str
    group: tuple[str, ...]


def prose(content: Content | Reading, whole: Whole) -> tuple[Piece, ...]:
    """Return the texts of a file, worked out once for all rules."""
    return whole.once("prose", content, lambda: tuple(_prose(content)))


def _prose(content: Content | Reading) -> Iterator[Piece]:
    """Yield the texts of a file; those with the same field name, or under the same heading, form a group."""
    if isinstance(content, Reading):
        for block in content.blocks:
            yield from _paragraphs(block)
    elif not isinstance(content, Coverage):
        yield from _texts(content, ())


def plain(text: str) -> str:
    """Return Markdown text as a reader sees it."""
    for pattern, seen in MARKUP:
        text = pattern.sub(seen, text)
    return text.strip()


def _paragraphs(block: Block) -> Iterator[Piece]:
    """Yield a block as pieces: each item of a list, and each paragraph of a quotation, is one."""
    piece: list[str] = []
    start = block.line
    for number, line in enumerate((*block.text.split("\n"), ""), block.line):
        words = QUOTED.sub("", line)
        if piece and (not words.strip() or ITEM.match(words)):
            yield Piece((start,), plain("\n".join(piece)), block.headings)
            piece = []
        if words.strip():
            start = start if piece else number
            piece.append(ITEM.sub("", words))


def _texts(value: Any, place: Place) -> Iterator[Piece]:
    if isinstance(value, Content):
        for name, field in type(value).model_fields.items():
            if name not in UNREAD:
                yield from _texts(getattr(value, name), (*place, field.alias or name))
    elif isinstance(value, tuple):
        for number, entry in enumerate(value):
            yield from _texts(entry, (*place, number))
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield from _texts(entry, (*place, name))
    elif isinstance(value, str) and " " in value:  # no id or code holds a blank
        name = next(step for step in reversed(place) if isinstance(step, str))
        yield Piece(place, value, (name,))
