"""McDonald's omega total of one factor, beside alpha where items differ in how much they say."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from brmcourse.cohort.scores import Floats, complete, constant, scores, warn_of_constant
from brmcourse.errors import GroupDataError
from brmcourse.scoring.groups import require

VARIANT = "omega total, one factor, maximum likelihood, covariances"
"""The one of the many omegas that this is, to be named wherever it is shown."""

RESAMPLES = 1000
STEPS = 5000
"""The most steps to the largest likelihood; a few hundred are usual."""

REST = 1e-8
"""A loading that moves less than this in a step has come to rest."""

SMALLEST = 0.005
"""No item has less than this share of its variance to itself, as in R's `factanal`."""


class Omega(NamedTuple):
    """Omega of `k` items from `n` people, `low` and `high` the ends of its 95 % interval.

    `variant` names which omega it is, `left_out` the items in which everybody has the same score.
    """

    omega: float
    low: float
    high: float
    n: int
    k: int
    variant: str
    left_out: tuple[str, ...]


def omega_total(items: pd.DataFrame, *, seed: int, resamples: int = RESAMPLES) -> Omega:
    """Return McDonald's omega total of one factor with a bootstrap interval.

    `items` has a row for each person and a column for each item, reversed items turned round. One
    factor is fitted to the covariances by maximum likelihood, with loadings l and variances u that
    remain:

        omega = (sum of l)² / ((sum of l)² + sum of u)

    which takes the items to measure one thing; it is not the omega of a model with group factors.
    The interval holds the middle 95 % of `resamples` samples of people drawn with replacement by
    `seed`. Missing data: listwise. An item in which everybody has the same score is left out, with
    a warning. Raises TooFewError for fewer than 100 complete rows, GroupDataError for fewer than
    three items that vary. Source: McDonald (1999), chapter 6; Rubin & Thayer (1982).
    """
    table, _ = complete(scores(items))
    n = table.shape[1]
    require(n, "omega")
    same = constant(table)
    left_out = items.columns[same]
    warn_of_constant(left_out)
    table = table[~same]
    k = len(table)
    least = 3
    if k < least:
        raise GroupDataError("One factor needs at least three items in which people differ.")
    (omega,), unrest = of_one_factor(np.cov(table)[None])
    if unrest:
        raise GroupDataError("One factor does not fit these answers: its loadings find no rest.")
    generator = np.random.default_rng(seed)
    samples = np.array([_resampled(table, generator) for _ in range(resamples)])
    others, _ = of_one_factor(samples)  # the few without rest have come close enough for a range
    low, high = np.quantile(others, [0.025, 0.975])
    names = tuple(map(str, left_out))
    return Omega(float(omega), float(low), float(high), n, k, VARIANT, names)


def _resampled(table: Floats, generator: np.random.Generator) -> Floats:
    """Return the covariances of as many people drawn with replacement."""
    n = table.shape[1]
    drawn = np.bincount(generator.integers(n, size=n), minlength=n)
    apart = table - (table @ drawn / n)[:, None]
    return np.asarray((apart * drawn) @ apart.T / (n - 1))


def of_one_factor(covariances: Floats) -> tuple[Floats, int]:
    """Return omega for each of the covariance matrices, shape (samples, items, items).

    With it comes in how many samples the loadings found no rest.
    """
    deviations = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    correlations = covariances / (deviations[:, :, None] * deviations[:, None, :])
    loadings, unrest = one_factor(correlations)
    common = (deviations * loadings).sum(axis=1) ** 2
    remaining = (deviations**2 * (1 - loadings**2)).sum(axis=1)
    return common / (common + remaining), unrest


def one_factor(correlations: Floats) -> tuple[Floats, int]:
    """Return the loadings of one factor by maximum likelihood, shape (samples, items).

    Each step estimates the factor from the items, and the loadings anew from that, rescaled so that
    the factor's variance stays 1 (the EM algorithm with expanded parameters: Rubin & Thayer 1982,
    Liu, Rubin & Wu 1998). With them comes in how many samples they found no rest.
    """
    most = (1 - SMALLEST) ** 0.5
    loadings = np.full(correlations.shape[:2], 0.5)
    moving = np.arange(len(loadings))
    for _ in range(STEPS):
        before = loadings[moving]
        weights = before / (1 - before**2)
        weights /= 1 + (before * weights).sum(axis=1, keepdims=True)
        with_factor = (correlations @ weights[:, :, None])[:, :, 0]
        variance = 1 + (weights * (with_factor - before)).sum(axis=1, keepdims=True)
        after = np.clip(with_factor / np.sqrt(variance), -most, most)
        loadings[moving] = after
        still = np.abs(after - before).max(axis=1) > REST
        moving, correlations = moving[still], correlations[still]
        if not len(moving):
            break
    return loadings, len(moving)
