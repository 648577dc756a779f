"""Words and sentences of a text, as the rules count them."""

import re
from functools import cache
from itertools import pairwise

CLOSING = "\"')\u201d\u2019"
"""What may stand between the end of a sentence and the next one."""

WORD = re.compile(r"[a-z0-9]+(?:['\u2019][a-z]+)*")
SENTENCE_END = re.compile(
    rf"(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)[.!?…]+[{CLOSING}]*\s+(?=[\"'(\u201c\u2018]*[A-Z0-9])"
)


@cache
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, without punctuation; kept, since many rules ask."""
    return tuple(WORD.findall(text.lower()))


@cache
def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text; titles such as "Dr." end none."""
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    return tuple(text[start:end].strip() for start, end in pairwise((0, *ends, len(text))))


def listed(names: list[str]) -> str:
    """Return the names in one line: "a", "a and b", "a, b and c"."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
