"""Say how often the counter of receptive markers is right: `python tools/receptive.py`.

Prints the table of docs/receptive.md, from the lines of tests/receptive_sentences.yaml that a
person has labelled.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from brmcourse.scoring.receptive import MARKERS, markers

SENTENCES = Path(__file__).parent.parent / "tests" / "receptive_sentences.yaml"
GROUPS = ("development", "held_out")

HEADINGS = ("marker", "lines", "precision", "recall", "held out", "precision", "recall")


class Labelled(NamedTuple):
    """A line, the markers that a person named in it, and whether the counter was built without."""

    text: str
    markers: frozenset[str]
    held_out: bool

    @property
    def counted(self) -> frozenset[str]:
        """The markers that the counter finds."""
        return frozenset(found.marker for found in markers(self.text))


class Agreement(NamedTuple):
    """How often counter and person named a marker of the same lines.

    lines      how many lines have it, by the person
    precision  which share of the lines that the counter names have it; None if it names none
    recall     which share of the lines that have it the counter names; None if none has it
    """

    lines: int
    precision: float | None
    recall: float | None


def labelled() -> list[Labelled]:
    """Return all lines, those held out last."""
    groups = yaml.safe_load(SENTENCES.read_text("utf-8"))
    return [
        Labelled(line["text"], frozenset(line["markers"]), group == "held_out")
        for group in GROUPS
        for line in groups[group]
    ]


def agreement(marker: str, lines: Sequence[Labelled]) -> Agreement:
    """Return how far the counter agrees with the person on one marker."""
    has = {line.text for line in lines if marker in line.markers}
    named = {line.text for line in lines if marker in line.counted}
    both = len(has & named)
    return Agreement(
        len(has), both / len(named) if named else None, both / len(has) if has else None
    )


def table() -> str:
    """Return the agreement on each marker, over all lines and over those held out, as Markdown."""
    lines = labelled()
    rows = [HEADINGS, tuple("---" for _ in HEADINGS)]
    for marker in MARKERS.values():
        cells = [marker.name]
        for part in (lines, [line for line in lines if line.held_out]):
            found = agreement(marker.id, part)
            cells += [str(found.lines), _figure(found.precision), _figure(found.recall)]
        rows.append(tuple(cells))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _figure(share: float | None) -> str:
    return "-" if share is None else f"{share:.2f}"


def main() -> int:
    """Print the table."""
    print(table(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
