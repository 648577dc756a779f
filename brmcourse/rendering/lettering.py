"""How wide words are in a drawing, and how they are broken into lines.

A drawing cannot ask the browser, so widths are those of a wide face (DejaVu Sans): in any other
common one the words take less room than they were given.
"""

from collections.abc import Iterator

SIZE = 14
"""The size of all letters, in the drawing's own units."""

LINE = 18
"""From one line to the next."""

ASCENT, DESCENT = 11, 4
"""How far letters reach above their line, and below it."""

STRONG = 1.12
"""How much wider heavy letters are."""

CUT = "\N{HORIZONTAL ELLIPSIS}"

WIDTHS = {
    **dict.fromkeys(" ijlI.,:;!'|\N{RIGHT SINGLE QUOTATION MARK}", 0.34),
    **dict.fromkeys("frtJ()[]-/", 0.42),
    **dict.fromkeys("cksvxyz?\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}", 0.6),
    **dict.fromkeys("abdeghnopqu0123456789EFLTSPYZ\N{EN DASH}", 0.64),
    **dict.fromkeys("ABCDGHKNOQRUVX", 0.79),
}
"""The width of letters as a share of their size."""

OTHER = 1.05
"""The width of all others: the widest letter there is, and signs of other scripts."""


def width(text: str, *, strong: bool = False) -> float:
    """Return how wide a text is at most."""
    plain = sum(WIDTHS.get(letter, OTHER) for letter in text) * SIZE
    return plain * STRONG if strong else plain


def lines(text: str, room: float, most: int, *, strong: bool = False) -> tuple[str, ...]:
    """Break a text into lines no wider than the room; what is over `most` lines is cut off."""
    found = list(_broken(text, room, strong))
    if len(found) <= most:
        return tuple(found)
    return (*found[: most - 1], _cut(" ".join(found[most - 1 :]), room, strong))


def _broken(text: str, room: float, strong: bool) -> Iterator[str]:  # noqa: FBT001
    line = ""
    for word in text.split():
        rest = word
        longer = f"{line} {word}" if line else word
        if width(longer, strong=strong) <= room:
            line = longer
            continue
        if line:
            yield line
        while width(rest, strong=strong) > room:
            piece = _fitting(rest, room, strong)
            yield piece
            rest = rest[len(piece) :]
        line = rest
    if line:
        yield line


def _cut(text: str, room: float, strong: bool) -> str:  # noqa: FBT001
    kept = _fitting(text, room - width(CUT, strong=strong), strong)
    words = kept.rpartition(" ")[0] if " " not in text[len(kept) : len(kept) + 1] else kept
    return f"{(words if len(words) > len(kept) / 2 else kept).rstrip()}{CUT}"


def _fitting(text: str, room: float, strong: bool) -> str:  # noqa: FBT001
    """Return the beginning of a text that fits, one letter at least."""
    kept = 1
    while kept < len(text) and width(text[: kept + 1], strong=strong) <= room:
        kept += 1
    return text[:kept]
