"""How statistics of a group are said: plain sentences, none about a group too small for it.

Source: STATISTICS.md, "How it is said".
"""

from math import ceil, floor

from brmcourse.cohort.alpha import Reliability
from brmcourse.scoring.groups import may, require, wilson

CLOSELY = ((0.9, "very closely"), (0.8, "closely"), (0.6, "moderately"), (0.4, "weakly"))
"""From which alpha on items hang together how."""

WIDE = 0.2
"""A scale whose alpha could lie anywhere in more than this is not judged by it."""

PRIORITIES = "Your own priorities relative to each other, not compared with other people."


def said_facility(right: int, n: int) -> str:
    """Return how many got a question right; from 20 people on, what the true figure could be.

    Raises TooFewError for fewer than 5 people.
    """
    require(n, "count")
    counted = f"{right} of {n} got this right"
    if not may(n, "facility"):
        return f"{counted}."
    low, high = (round(100 * end) for end in wilson(right, n))
    true = f"with {n} people the true figure could be {low}-{high} %"
    return f"{counted} ({100 * right / n:.0f} %; {true})."


def said_preferred(option: str, key: str, n: int) -> str:
    """Return what to do about an option that `preferred` names; `n` people reached everything."""
    require(n, "stronger half")
    return (
        f"More of the stronger half chose {option} than the key {key}. "
        "Check the key, then the wording."
    )


def said_nobody(option: str, n: int) -> str:
    """Return that none of `n` people chose an option."""
    require(n, "nobody chose")
    return f"Nobody chose {option}."


def said_hidden(*, total_shown: bool = True) -> str:
    """Return how a hidden count reads. A larger one hidden beside it is not called small."""
    if total_shown:
        return "not shown: fewer than 5, or it would give away a group of fewer than 5"
    return "fewer than 5"


def said_reliability(found: Reliability) -> str:
    """Return how closely items hang together, and how far that can be trusted."""
    require(found.n, "alpha")
    how = next((word for least, word in CLOSELY if found.alpha >= least), "hardly")
    said = f"These {found.k} questions hang together {how} (alpha {_decimals(found.alpha)})."
    ends = f"from {_decimals(found.low)} to {_decimals(found.high)}"
    could = f"{said} With {found.n} people it could be anywhere {ends}"
    if found.high - found.low > WIDE:
        return f"{could}, so do not judge the scale by it."
    return f"{could}."


def said_change(smallest: float) -> str:
    """Return what size of change counts, in points, from the smallest that does."""
    points = ceil(smallest)
    unit = "point" if points == 1 else "points"
    return (
        f"A change of {points} {unit} or more is larger than the questionnaire's own wobble. "
        "Smaller changes may be noise. This does not say that the workshop caused it."
    )


def said_gap(gap: float) -> str:
    """Return a gap between a person's own rating and the partner's, in points of the scale."""
    size = floor(abs(gap) * 10 + 0.5) / 10
    if not size:
        return "You rate yourself as your partner does."
    return (
        f"You rate yourself {size:.1f} {'higher' if gap > 0 else 'lower'} than your partner does."
    )


def _decimals(value: float) -> str:
    """Return two decimals without the 0 before them, as alpha is written."""
    return f"{value:.2f}".replace("0.", ".", 1)
