"""Several people's scores as one, so that nobody's can be worked out.

People count in the order in which their answers came. Only whole batches of three are ever added
to what is shown, and only when a further three answers, of any kind, have come: so all that was
ever shown of a score are sums over disjoint sets of at least three people, from which no weighing
up gets to fewer. Whose score is missing waits in nobody's place: the next who has one fills the
batch. When something is shown depends on how many of each three answers lack the score, and not on
whose they are. Who looks on at each answer learns no more than that.

It is no guard against somebody who makes up answers, or reads the codes.
"""

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

BATCH = 3
"""The fewest people of whom anything is shown, and how many are added at a time."""


class Pooled(NamedTuple):
    """What may be shown: the mean score, and of how many people."""

    score: float
    people: int


def batches(has_score: Sequence[bool]) -> list[tuple[int, ...]]:
    """Return the sets of people that may be shown, as places in the order of arrival.

    `has_score` says of each person whether the score exists. The sets are disjoint, of `BATCH`
    people each, and those of the beginning of a sequence are the first of those of all of it.
    """
    arrived = len(has_score) - len(has_score) % BATCH
    counted = [place for place in range(arrived) if has_score[place]]
    full = len(counted) - len(counted) % BATCH
    return [tuple(counted[first : first + BATCH]) for first in range(0, full, BATCH)]


def pooled(scores: Sequence[float | None]) -> Pooled | None:
    """Return the mean of the scores that may be shown; None if that is nobody's yet.

    `scores` are in the order of arrival, from 0 to 100; None is a missing one.
    """
    shown = [
        scores[place] for batch in batches([one is not None for one in scores]) for place in batch
    ]
    known = [score for score in shown if score is not None]
    return Pooled(fmean(known), len(known)) if known else None
