"""Words and sentences of a text, as the rules count them."""

import re

WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)*")
SENTENCE_END = re.compile(r"(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)[.!?…]+[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9])")


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation."""
    return WORD.findall(text.lower())


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; titles such as "Dr." end none."""
    return [piece for piece in SENTENCE_END.split(text.strip()) if piece]


def listed(names: list[str]) -> str:
    """Return the names in one line: "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
