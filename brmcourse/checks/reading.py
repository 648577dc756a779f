"""The Markdown of one notebook as its author wrote it, in pieces that the rules on texts look at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from brmcourse.content.yaml import Source, read_text

HEADING = re.compile(r"(#{1,6})\s+(.*\S)")
CALL = re.compile(r'(\w+)\((?:"([^"]+)")?\)')


@dataclass(frozen=True)
class Block:
    """A paragraph, list or heading: its first line (from 1), its text, and the headings it stands under."""

    line: int
    text: str
    headings: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A notebook's source: `lines` of MyST Markdown, front matter included, as in the file."""

    id: str
    lines: tuple[str, ...]

    @cached_property
    def headings(self) -> tuple[tuple[int, int, str], ...]:
        """Line, level and text of each heading."""
        found = ((number, HEADING.fullmatch(line)) for number, line in self._prose)
        return tuple((number, len(match[1]), match[2]) for number, match in found if match)

    @cached_property
    def calls(self) -> tuple[tuple[int, str, str], ...]:
        """Line, function and id (empty for those there is one of) of each activity that the notebook shows."""
        found = ((number, CALL.fullmatch(line.strip())) for number, line in self._code)
        return tuple((number, match[1], match[2] or "") for number, match in found if match)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The prose in pieces, each with the headings above it, outermost first."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        trail: list[tuple[int, str]] = []
        piece: list[tuple[int, str]] = []
        for number, line in (*self._prose, (len(self.lines) + 1, "")):
            heading = HEADING.fullmatch(line)
            if piece and (heading or not line.strip() or number > piece[-1][0] + 1):
                yield Block(
                    piece[0][0],
                    "\n".join(text for _, text in piece),
                    tuple(text for _, text in trail),
                )
                piece = []
            if heading:
                trail = [entry for entry in trail if entry[0] < len(heading[1])] + [
                    (len(heading[1]), heading[2])
                ]
            elif line.strip():
                piece.append((number, line))

    @cached_property
    def _kinds(self) -> tuple[tuple[int, str, str], ...]:
        kinds: list[tuple[int, str, str]] = []
        inside = "front" if self.lines[:1] == ("---",) else "prose"
        for number, line in enumerate(self.lines, 1):
            if inside == "front":
                inside = "prose" if line == "---" and number > 1 else "front"
            elif line.startswith("```"):
                inside = "prose" if inside == "code" else "code"
            elif line != "+++":
                kinds.append((number, inside, line))
        return tuple(kinds)

    @property
    def _prose(self) -> list[tuple[int, str]]:
        return [(number, line) for number, kind, line in self._kinds if kind == "prose"]

    @property
    def _code(self) -> list[tuple[int, str]]:
        return [(number, line) for number, kind, line in self._kinds if kind == "code"]


def read_notebook(path: Path, shown_as: str) -> tuple[Reading, Source]:
    """Read a notebook's Markdown; the place `(number,)` is that line; raise ContentError if it is no text."""
    lines = tuple(read_text(path, shown_as).splitlines())
    return Reading(path.stem, lines), Source(
        shown_as, None, {(number,): number for number in range(1, len(lines) + 1)}
    )
