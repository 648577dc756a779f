"""Whether a result changed by more than a questionnaire wobbles by itself."""

from math import sqrt
from typing import NamedTuple

NINETY_FIVE = 1.96
"""The standard normal quantile that leaves 2.5 % on each side."""


class Change(NamedTuple):
    """A change from one result to a later one, in points of 0 to 100.

    `low` and `high` are the ends of its 95 % interval; `smallest` is how large a change has to be
    to count as `larger` than the wobble.
    """

    points: float
    low: float
    high: float
    smallest: float

    @property
    def larger(self) -> bool:
        """Whether it is at least as large as the smallest that counts."""
        return abs(self.points) >= self.smallest


def standard_error(reliability: float, spread: float) -> float:
    """Return the standard error of measurement, `spread * sqrt(1 - reliability)`, in points.

    `spread` is the standard deviation between people. Source: STATISTICS.md, "Conventions".
    """
    return spread * sqrt(1 - reliability)


def reliable_change(before: float, after: float, error: float) -> Change:
    """Return the change between two results of one person, by the reliable change rule.

    With the standard error of measurement `error`, the difference of two results has the standard
    error `sqrt(2) * error`; a change counts from 1.96 times that. Source: Jacobson & Truax (1991).
    """
    points = after - before
    margin = NINETY_FIVE * sqrt(2) * error
    return Change(points, points - margin, points + margin, margin)
