"""How well items hang together: Cronbach's alpha with its interval."""

from math import sqrt
from typing import NamedTuple

import numpy as np
import pandas as pd

from brmcourse.cohort.scores import Floats, complete, constant, scores, warn_of_constant
from brmcourse.errors import GroupDataError
from brmcourse.scoring.change import standard_error
from brmcourse.scoring.groups import require


class Reliability(NamedTuple):
    """Alpha of `k` items from `n` people, `low` and `high` the ends of its 95 % interval.

    `sem` is the standard error of measurement of the sum of the items, in its points; `left_out`
    names the items in which everybody has the same score.
    """

    alpha: float
    low: float
    high: float
    n: int
    k: int
    sem: float
    left_out: tuple[str, ...]


def reliability(items: pd.DataFrame) -> Reliability:
    """Return Cronbach's alpha (KR-20 for items of 0 and 1) with Feldt's 95 % interval.

    `items` has a row for each person and a column for each item, reversed items already turned
    round. With sample variances (n - 1),

        alpha = k / (k - 1) * (1 - sum of the items' variances / variance of their sum)

    which is not clamped at 0. Missing data: listwise; `n` counts the complete rows and the
    interval uses it. An item in which everybody has the same score is left out, with a warning.
    Raises TooFewError for fewer than 20 complete rows, GroupDataError for fewer than two items
    that vary. Source: Cronbach (1951); Feldt (1965); STATISTICS.md.
    """
    table, _ = complete(scores(items))
    n = table.shape[1]
    require(n, "alpha")
    same = constant(table)
    left_out = items.columns[same]
    warn_of_constant(left_out)
    table = table[~same]
    alpha, spread = coefficient(table)
    low, high = feldt(alpha, n, len(table))
    sem = standard_error(alpha, spread)
    return Reliability(alpha, low, high, n, len(table), sem, tuple(map(str, left_out)))


def coefficient(table: Floats) -> tuple[float, float]:
    """Return alpha of complete scores, shape (items, people), and the deviation of their sum."""
    k = len(table)
    least = 2
    if k < least:
        raise GroupDataError("Alpha needs at least two items in which people differ.")
    apart = table.var(axis=1, ddof=1).sum()
    together = table.sum(axis=0).var(ddof=1)
    if np.isclose(together, 0, atol=1e-12 * apart):
        raise GroupDataError("Alpha needs people who differ in the sum of the items.")
    return float(k / (k - 1) * (1 - apart / together)), sqrt(together)


def feldt(alpha: float, n: int, k: int) -> tuple[float, float]:
    """Return the 95 % interval of alpha: `1 - (1 - alpha) * F` at both ends.

    F has n - 1 and (n - 1)(k - 1) degrees of freedom. Source: Feldt (1965).
    """
    from scipy.stats import f  # noqa: PLC0415 -- takes longer than all else here

    high, low = 1 - (1 - alpha) * f.ppf([0.025, 0.975], n - 1, (n - 1) * (k - 1))
    return float(low), float(high)
