"""Cues: what somebody who does not know the answer may go by, and what going by it earns."""

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


def earned(cue: Cue, texts: Sequence[str], worth: Sequence[float]) -> float:
    """Return what choosing by the cue earns: the mean worth of the options that show it most."""
    strengths = [cue(text) for text in texts]
    strongest = max(strengths)
    chosen = [value for value, shown in zip(worth, strengths, strict=True) if shown == strongest]
    return sum(chosen) / len(chosen)
