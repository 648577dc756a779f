"""Say how often the counter of receptive markers is right: `python tools/receptive.py`.

Prints the table of docs/receptive.md, from the lines of tests/receptive_sentences.yaml that were
labelled by hand.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from brmcourse.scoring.receptive import MARKERS, markers

SENTENCES = Path(__file__).parent.parent / "tests" / "receptive_sentences.yaml"

WRITTEN, HELD_OUT, DRAWN = ("development", "held_out"), ("held_out",), ("drawn",)
"""Groups of lines: those written for this, those of them that were held out, those drawn by lot."""

TITLES = {WRITTEN: "written", HELD_OUT: "of them held out", DRAWN: "drawn"}


class Labelled(NamedTuple):
    """A line, and the ids of the markers that a reader named in it."""

    text: str
    markers: frozenset[str]

    @property
    def counted(self) -> frozenset[str]:
        """The markers that the counter finds."""
        return frozenset(found.marker for found in markers(self.text))


class Agreement(NamedTuple):
    """How often counter and reader named a marker of the same lines.

    lines      how many lines have it, by the reader
    precision  which share of the lines that the counter names have it; None if it names none
    recall     which share of the lines that have it the counter names; None if none has it
    """

    lines: int
    precision: float | None
    recall: float | None


def labelled(groups: Sequence[str]) -> list[Labelled]:
    """Return the lines of those groups."""
    found = yaml.safe_load(SENTENCES.read_text("utf-8"))
    lines = [line for group in groups for line in found[group]]
    return [Labelled(line["text"], frozenset(line["markers"])) for line in lines]


def agreement(marker: str, lines: Sequence[Labelled]) -> Agreement:
    """Return how far the counter agrees with the reader on one marker."""
    has = {line for line in lines if marker in line.markers}
    named = {line for line in lines if marker in line.counted}
    return Agreement(len(has), _share(has & named, named), _share(has & named, has))


def _share(part: set[Labelled], whole: set[Labelled]) -> float | None:
    return len(part) / len(whole) if whole else None


def table() -> str:
    """Return the agreement on each marker as a Markdown table, one group after the other."""
    groups = {title: labelled(names) for names, title in TITLES.items()}
    headings = [f"{title} ({len(lines)}): n, precision, recall" for title, lines in groups.items()]
    rows = [["marker", *headings], ["---"] * 4]
    for marker in MARKERS.values():
        found = [agreement(marker.id, lines) for lines in groups.values()]
        rows.append([marker.name, *map(_cell, found)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cell(found: Agreement) -> str:
    return f"{found.lines}, {_figure(found.precision)}, {_figure(found.recall)}"


def _figure(share: float | None) -> str:
    return "-" if share is None else f"{share:.2f}"


def main() -> int:
    """Print the table."""
    print(table(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
