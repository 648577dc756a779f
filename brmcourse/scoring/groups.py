"""What may be said about a group of so many people, and which of its counts stay hidden.

Plain Python, so that a poll in a workshop can use it; `brmcourse.cohort` builds on it.
Source: STATISTICS.md, "What may be said, by group size" and "Anonymity".
"""

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Literal, NamedTuple

from brmcourse.errors import GroupDataError, TooFewError

FEWEST = 5
"""How many people a shown count stands for at least, unless it is set otherwise."""

LOWEST_FEWEST = 3
"""The lowest that `FEWEST` may be set to."""

NORMAL = NormalDist().inv_cdf(0.975)
"""The standard normal quantile that leaves 2.5 % on each side, 1.959964."""

What = Literal[
    "own score",
    "count",
    "mean with range",
    "nobody chose",
    "free text",
    "facility",
    "item-rest",
    "alpha",
    "stronger half",
    "omega",
    "correlation",
    "extreme groups",
    "dropping items",
    "distractors",
    "deciles",
    "fine percentiles",
]
"""What can be said about a person or a group."""


class _Rule(NamedTuple):
    """From how many people on something may be said (None: never), its name, and the reason."""

    smallest: int | None
    name: str
    because: str


_TRACED = "A number about fewer people could be traced to one of them"
_WOBBLES = "With fewer people it moves too much from one group to the next to be read"
_JUDGED = "With fewer people chance decides which question looks good and which bad"

RULES: Mapping[What, _Rule] = {
    "own score": _Rule(0, "a person's own score", ""),
    "count": _Rule(FEWEST, "a count", _TRACED),
    "mean with range": _Rule(FEWEST, "a mean with its range", _TRACED),
    "nobody chose": _Rule(FEWEST, "an option that nobody chose", _TRACED),
    "free text": _Rule(10, "what people wrote", "Among fewer people a style gives its writer away"),
    "facility": _Rule(20, "the share who got a question right", _WOBBLES),
    "item-rest": _Rule(20, "a hint at a question to look at", _WOBBLES),
    "alpha": _Rule(20, "alpha", _WOBBLES),
    "stronger half": _Rule(20, "what the stronger half chose", _WOBBLES),
    "omega": _Rule(100, "omega", "A factor model of fewer people fits their chance answers"),
    "correlation": _Rule(100, "a correlation", _WOBBLES),
    "extreme groups": _Rule(100, "a comparison of the upper and lower 27 %", _WOBBLES),
    "dropping items": _Rule(100, "a ranking of questions, or which one to drop", _JUDGED),
    "distractors": _Rule(100, "how each option goes with the other answers", _WOBBLES),
    "deciles": _Rule(100, "a place among the others in tenths", _WOBBLES),
    "fine percentiles": _Rule(
        None, "a place among the others finer than tenths", "No group here is large enough for it"
    ),
}
"""The whole table, "May not" included: what is not in a row is not shown there."""


def may(n: int, what: What) -> bool:
    """Return whether this may be said about a group of `n` people."""
    smallest = RULES[what].smallest
    return smallest is not None and n >= smallest


def why_not(n: int, what: What) -> str:
    """Return the sentence why this may not be said about `n` people, or "" where it may."""
    if may(n, what):
        return ""
    smallest, name, because = RULES[what]
    people = "1 person" if n == 1 else f"{n} people"
    shown = "is never shown" if smallest is None else f"is shown from {smallest} people on"
    return f"{name[0].upper()}{name[1:]} {shown}; here are {people}. {because}."


def require(n: int, what: What) -> None:
    """Raise TooFewError with the reason unless this may be said about `n` people."""
    reason = why_not(n, what)
    if reason:
        raise TooFewError(reason)


def wilson(right: float, n: float) -> tuple[float, float]:
    """Return the 95 % interval of a share, `right` of `n`, as shares from 0 to 1.

    `(p + z²/2n ± z sqrt(p(1 - p)/n + z²/4n²)) / (1 + z²/n)`. It takes arrays of numpy as well.
    Source: Wilson (1927).
    """
    share, square = right / n, NORMAL**2
    middle = share + square / (2 * n)
    margin = NORMAL * (share * (1 - share) / n + square / (4 * n * n)) ** 0.5
    whole = 1 + square / n
    return (middle - margin) / whole, (middle + margin) / whole


def hidden(counts: Sequence[int], k: int = FEWEST, *, total_shown: bool = True) -> frozenset[int]:
    """Return the places of the counts that stay hidden, so that none below `k` can be worked out.

    Hidden is each group of fewer than `k`. If the total is shown, or known from elsewhere, the next
    smallest group joins them, with all of its size, until at least two are hidden and `k` people
    are in them: not one in each nor k - 1 in each, because those would follow from their sum. An
    empty group is shown, because it has nobody to protect, unless no other group is: nothing at
    all is shown then. Even somebody who knows this rule is left with several possible numbers.
    Raises GroupDataError for a negative count or a `k` under 3. Source: STATISTICS.md, "Anonymity".
    """
    small = _small(counts, k)
    everything = frozenset(range(len(counts)))
    if not small or sum(counts) < k:
        return everything if small else small
    taken = set(small)
    others = sorted({count for count in counts if count >= k}, reverse=True)
    while others and total_shown and not _enough([counts[place] for place in taken], k):
        next_smallest = others.pop()
        taken |= {place for place in everything if counts[place] == next_smallest}
    return frozenset(taken) if others else everything


def hidden_later(before: Sequence[int], after: Sequence[int], k: int = FEWEST) -> frozenset[int]:
    """Return the places of the counts of a later wave that stay hidden: all of them, or none.

    It is shown where no group of either wave has 1 to k - 1 people, or differs by so many: whoever
    came, left or thought again in between would be among them. To show a part of it would tell
    about the rest, because the earlier wave is known. Both waves have the same groups in order.
    """
    differ = [abs(then - first) for first, then in zip(before, after, strict=True)]
    if _small([*before, *after, *differ], k):
        return frozenset(range(len(after)))
    return frozenset()


def _small(counts: Sequence[int], k: int) -> frozenset[int]:
    """Return the places of the groups of 1 to k - 1 people."""
    if k < LOWEST_FEWEST:
        raise GroupDataError(f"The lowest setting is {LOWEST_FEWEST} people, not {k}.")
    if any(count < 0 for count in counts):
        raise GroupDataError("A count of people is never below 0.")
    return frozenset(place for place, count in enumerate(counts) if 0 < count < k)


def _enough(counts: Sequence[int], k: int) -> bool:
    """Return whether hidden counts can be several numbers each, if their sum is known."""
    groups, people = len(counts), sum(counts)
    two = 2
    return groups >= two and people >= k and people not in {groups, groups * (k - 1)}
