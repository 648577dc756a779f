"""From a table of scores to numbers, one row of them for each item."""

import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd

from brmcourse.errors import GroupDataError

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

THEIRS = 3
"""How far up a warning points: to the line that called the public function."""


def scores(items: pd.DataFrame) -> Floats:
    """Return the scores, shape (items, people), NaN where missing; no copy where pandas allows.

    Raises GroupDataError for fewer than two columns, two of one name, or text.
    """
    least = 2
    if items.shape[1] < least:
        raise GroupDataError("An item analysis needs at least two items, one in each column.")
    if not items.columns.is_unique:
        twice = items.columns[items.columns.duplicated()].unique()
        raise GroupDataError(f"Each item has one column; these have more: {_listed(twice)}.")
    try:
        values = items.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise GroupDataError("Scores are numbers; something else is among them.") from error
    return np.ascontiguousarray(values.T)


def complete(table: Floats) -> tuple[Floats, Floats]:
    """Return the scores of the people who have all of them, shape (items, people), and their sums.

    Raises GroupDataError for an infinite score.
    """
    total = table.sum(axis=0)
    if np.isinf(total).any():
        raise GroupDataError("Scores are finite numbers; an infinite one is among them.")
    missing = np.isnan(total)
    if not missing.any():
        return table, total
    return np.ascontiguousarray(table[:, ~missing]), total[~missing]


def constant(table: Floats) -> Booleans:
    """Return for each item whether everybody has the same score in it."""
    if not table.shape[1]:
        return np.ones(len(table), dtype=bool)
    return np.asarray(table.min(axis=1) == table.max(axis=1))


def warn_of_constant(names: pd.Index) -> None:
    """Warn of the items in which everybody has the same score."""
    if len(names):
        warnings.warn(
            f"Everybody has the same score in {_listed(names)}: left out of alpha.",
            stacklevel=THEIRS,
        )


def _listed(names: pd.Index) -> str:
    return ", ".join(map(str, names))
