"""The table that goes with the map of a conversation: how many ways go through each part of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from textwrap import shorten
from typing import NamedTuple

from brmcourse.activities.conversation import heard
from brmcourse.checks.conversation_paths import Traffic, traffic
from brmcourse.model.conversation import Conversation, Node

WORTH = ("weak", "partial", "strong")
"""What choices are called by their points."""

TOLD_BY_SIZE = 10**12
"""From here on a number is told by its size."""

FIRST_WORDS = 56
"""How many letters of a line are shown."""

PAGE, LEAST = 80, 24
"""The letters of a line in a terminal, and those of them that words have at least."""

STEP = "    "
"""What choices are set in by in a terminal."""


class Row(NamedTuple):
    """A turn, choice or ending: what it is, its first words, its ways and their share of all."""

    what: str
    words: str
    ways: str
    share: str


HEADINGS = Row("", "", "Ways", "Share")


class Group(NamedTuple):
    """A turn with its choices, or an ending with the last moves that lead there."""

    head: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Ways:
    """The table: turns in the order of their numbers, endings from best to worst.

    As text it is for a terminal.
    """

    count: str
    turns: tuple[Group, ...]
    endings: tuple[Group, ...]

    def __str__(self) -> str:
        rows = [HEADINGS]
        for group in (*self.turns, *self.endings):
            rows.append(group.head)
            rows += [row._replace(what=STEP + row.what) for row in group.rows]
        what, ways, share = (max(map(len, cells)) for cells in _columns(rows))
        words = max(LEAST, PAGE - what - ways - share - 6)
        lines = [
            f"{row.what:<{what}}  {_first(row.words, words):<{words}}  "
            f"{row.ways:>{ways}}  {row.share:>{share}}"
            for row in rows
        ]
        return "\n".join(lines)


def ways_table(conversation: Conversation, numbers: Mapping[str, int]) -> Ways:
    """Return the table; `numbers` are those of the turns on the map, by the names of the nodes."""
    counted = _Counted(conversation, traffic(conversation), numbers)
    return Ways(counted.all, tuple(counted.turns()), tuple(counted.endings()))


def told(number: int) -> str:
    """Return a number of ways, which may be huge."""
    if number < TOLD_BY_SIZE:
        return f"{number:,}"
    digits, _, size = f"{Decimal(number):.1e}".partition("e+")
    return f"{digits} \N{MULTIPLICATION SIGN} 10^{size}"


@dataclass(frozen=True)
class _Counted:
    conversation: Conversation
    traffic: Traffic
    numbers: Mapping[str, int]

    @property
    def all(self) -> str:
        count = self.traffic.count
        return "1 way to play" if count == 1 else f"{told(count)} ways to play"

    def turns(self) -> Iterator[Group]:
        for name, number in sorted(self.numbers.items(), key=lambda item: item[1]):
            node = self.conversation.nodes[name]
            head = self._row(f"{number} {name}", _opening(node), self.traffic.turns[name])
            rows = [
                self._row(WORTH[choice.points], choice.text, self.traffic.choices[name, place])
                for place, choice in enumerate(node.choices)
            ]
            yield Group(head, tuple(rows))

    def endings(self) -> Iterator[Group]:
        there = {node.ending for node in self.conversation.nodes.values()}
        for ending, ways in self.traffic.endings.items():
            if ending not in there:
                continue
            last = self.traffic.last[ending]
            rows = []
            for name, place in sorted(last, key=lambda at: (self.numbers[at[0]], at[1])):
                choice = self.conversation.nodes[name].choices[place]
                what = f"after {self.numbers[name]}, {WORTH[choice.points]}"
                rows.append(self._row(what, choice.text, last[name, place]))
            yield Group(self._row(ending, "", ways), tuple(rows))

    def _row(self, what: str, words: str, times: int) -> Row:
        share = times / self.traffic.count if self.traffic.count else 0
        return Row(what, _first(words, FIRST_WORDS), told(times), f"{share:.1%}")


def _opening(node: Node) -> str:
    """Return the first words that are heard at a turn, or else what is seen."""
    lines = heard(" ".join(line.text for line in node.says))
    found = [line.text for line in lines if line.spoken] or [line.text for line in lines]
    return found[0] if found else ""


def _first(words: str, letters: int) -> str:
    return shorten(words, letters, placeholder="\N{NO-BREAK SPACE}…")


def _columns(rows: list[Row]) -> Iterator[list[str]]:
    """Yield all columns but that of the words."""
    for name in ("what", "ways", "share"):
        yield [getattr(row, name) for row in rows]
