"""Every text of the course that a learner reads, in pieces with their places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from brmcourse.checks.reading import Reading
from brmcourse.checks.rule import Whole
from brmcourse.checks.walk import parts
from brmcourse.content.yaml import Place
from brmcourse.model.base import Content
from brmcourse.model.coverage import Coverage

UNREAD = ("silence", "reference", "cite", "when")
"""Fields that hold blanks but no prose: notes of the authors, titles of books, conditions."""


MINUTES = re.compile(r"\d+ minutes?")
"""The line below a heading that says how long its section takes; it is no sentence."""


@dataclass(frozen=True)
class Piece:
    """One text: where it stands, its words, and the name of what it is measured together with."""

    place: Place
    text: str
    group: tuple[str, ...]


def prose(content: Content | Reading, whole: Whole) -> tuple[Piece, ...]:
    """Return the texts of a file, worked out once for all rules.

    Those with the same field name, or under the same heading, form a group.
    """
    return whole.once("prose", content, lambda: tuple(_prose(content)))


def _prose(content: Content | Reading) -> Iterator[Piece]:
    if isinstance(content, Reading):
        for block in content.page.blocks:
            if not MINUTES.fullmatch(block.text):
                yield Piece((block.line,), block.text, block.headings)
    elif not isinstance(content, Coverage):
        for place, text in parts(content, without=UNREAD):
            if isinstance(text, str) and " " in text:  # no id or code holds a blank
                names = [step for step in place if isinstance(step, str)]
                yield Piece(place, text, (names[-1],))
