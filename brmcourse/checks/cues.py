"""Cues: what somebody who does not know the answer may go by, and what going by it earns."""

import re
from collections.abc import Callable, Mapping, Sequence

from brmcourse.checks.wording import CLOSING, words

Cue = Callable[[str], float]
"""How strongly the text of an option shows the cue."""

GENTLE = frozenset(
    words(
        "could feel feels felt glad gladly hard hear heard help kind kindly may maybe might "
        "perhaps please pity seem seems sorry sounds thank thanks together understand would"
    )
)
"""Words that make a line sound kind or careful."""

CUES: Mapping[str, Cue] = {
    "the longest": len,
    "the shortest": lambda text: -len(text),
    "the question": lambda text: text.rstrip(CLOSING).endswith("?"),
    "the gentlest": lambda text: sum(word in GENTLE for word in words(text)),
}
"""The cues that show in the options alone."""


Shows = Callable[[str, str], bool]
"""Whether the text of a choice shows a mark, with what the partner said before it."""

LIMIT = re.compile(
    r"\b(?:no|not|nor|never|none|nothing|only|without)\b|n[\u2019']t\b", re.IGNORECASE
)
FAULT = re.compile(
    r"\bsorry\b|\b(?:my|our) (?:fault|mistake|part|doing)\b|\bthat was (?:us|me|ours|mine)\b"
    r"|\b(?:I|we) (?:should have|ought to have|was wrong|were wrong|missed|forgot|failed|got it)\b",
    re.IGNORECASE,
)
DATE = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tonight|tomorrow|january|february|march"
    r"|april|june|july|august|september|october|november|december|week|month|noon|o\u2019clock)\b|\d",
    re.IGNORECASE,
)
OPEN_QUESTION = re.compile(r"\b(?:what|how|why|who|which|when|where)\b[^?]*\?", re.IGNORECASE)
ECHO_LETTERS = 5
"""From how many letters on a word that both say is an echo."""


def _echoes(text: str, said: str) -> bool:
    long = {word for word in words(said) if len(word) >= ECHO_LETTERS}
    return any(word in long for word in words(text))


MARKS: Mapping[str, Shows] = {
    "an open question": lambda text, _: bool(OPEN_QUESTION.search(text)),
    "a limit (no, not, only)": lambda text, _: bool(LIMIT.search(text)),
    "a fault of one's own": lambda text, _: bool(FAULT.search(text)),
    "a date or number": lambda text, _: bool(DATE.search(text)),
    "an echo of what was said": _echoes,
}
"""Marks that somebody may go by who does not listen."""


def earned(cue: Cue, texts: Sequence[str], worth: Sequence[float]) -> float:
    """Return what choosing by the cue earns: the mean worth of the options that show it most."""
    strengths = [cue(text) for text in texts]
    strongest = max(strengths)
    chosen = [value for value, shown in zip(worth, strengths, strict=True) if shown == strongest]
    return sum(chosen) / len(chosen)
