"""Words found in HTML and marked there, whatever their case and accents."""

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from markupsafe import Markup, escape

LONGEST = 200
"""The most characters that are searched for."""

ALIKE = str.maketrans("\u2019\u2018\u201c\u201d\u2013\u00a0", "''\"\"- ")
"""What looks alike to whoever types a search."""

TAG = re.compile(r"(<[^>]*>)")
FOLDED = re.compile(r"<details\b((?:(?!\bopen\b)[^>])*)>((?:(?!</details>).)*<mark>)", re.DOTALL)


def marked(html: Markup, words: str) -> Markup | None:
    """Return HTML with every hit of these words marked; None if it lacks one of them.

    Where a hit is folded away, it is unfolded. Drawings stay as they are.
    """
    wanted = folded(words).split()
    if not wanted:
        return html
    pieces = list(_pieces(html))
    said = "\n".join(folded(text) for text, inside in pieces if inside)
    if any(word not in said for word in wanted):
        return None
    hit = re.compile("|".join(map(re.escape, sorted(wanted, key=len, reverse=True))))
    found = "".join(_with_marks(text, hit) if inside else text for text, inside in pieces)
    return Markup(FOLDED.sub(r"<details\1 open>\2", found))  # noqa: S704 -- escaped piece by piece


def folded(text: str) -> str:
    """Return a text without case and accents."""
    return "".join(_letters(text))


def _letters(text: str) -> Iterator[str]:
    """Yield for each character what it is searched by: nothing, one letter or more."""
    for character in text.translate(ALIKE):
        parts = unicodedata.normalize("NFKD", character)
        plain = "".join(part for part in parts if not unicodedata.combining(part))
        yield plain.casefold()


def _pieces(html: str) -> Iterator[tuple[str, bool]]:
    """Yield HTML in pieces, and whether each is text to be read; that is then without entities."""
    drawn = 0
    for piece in TAG.split(html):
        if piece.startswith("<"):
            drawn += piece.startswith("<svg") - piece.startswith("</svg")
            yield piece, False
        elif piece:
            yield (piece, False) if drawn else (unescape(piece), True)


def _with_marks(text: str, hit: re.Pattern[str]) -> str:
    """Return a text as HTML with its hits marked; a hit within a character takes all of it."""
    places = [place for place, letters in enumerate(_letters(text)) for _ in letters]
    html, end = "", 0
    for found in hit.finditer(folded(text)):
        begin, stop = places[found.start()], places[found.end() - 1] + 1
        while stop < len(text) and unicodedata.combining(text[stop]):
            stop += 1
        if begin < end:
            continue
        html += f"{escape(text[end:begin])}<mark>{escape(text[begin:stop])}</mark>"
        end = stop
    return html + str(escape(text[end:]))
