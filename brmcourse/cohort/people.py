"""One row for each person: changes, gaps, own priorities, and a coarse place among the others."""

from math import sqrt

import numpy as np
import pandas as pd

from brmcourse.errors import GroupDataError
from brmcourse.scoring import change
from brmcourse.scoring.groups import require

TENTHS = 10


def reliable_change(pre: pd.Series, post: pd.Series, *, sem: float) -> pd.DataFrame:
    """Return a row for each person who has both results, in the order of `pre`.

    `pre` and `post` have one result for each person, `sem` is the standard error of measurement in
    the same points: from a retest where one is known, else from alpha, and a report says which.
    The columns: `pre`, `post`, `change`; `rci`, the reliable change index
    `(post - pre) / (sqrt(2) * sem)`; `low` and `high`, the 95 % interval of the change; `larger`,
    whether it is at least as large as the questionnaire's own wobble (an rci of 1.96 either way).
    These are people's own results: for their eyes, or counted. Raises GroupDataError for a person
    who is there twice or a `sem` that is not above 0. Source: Jacobson & Truax (1991).
    """
    if not sem > 0:
        raise GroupDataError("The standard error of measurement is above 0.")
    for results in (pre, post):
        _once(results.index)
    both = pd.DataFrame({"pre": pre, "post": post.reindex(pre.index)}).dropna()
    found = change.reliable_change(both["pre"], both["post"], sem)
    both["change"] = found.points
    both["rci"] = found.points / (sqrt(2) * sem)
    both["low"], both["high"], both["larger"] = found.low, found.high, found.larger
    return both


def gaps(own: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each pair: `own` and `other` mean, their `gap` (own - other), and `items`.

    Both tables have a row for each pair and a column for each item, rated on one scale, reversed
    items turned round. The means are over the items that both answered, `items` of them; a pair
    without any has NaN. A pair exercise is never anonymous: these are for the two of them. Raises
    GroupDataError if the tables have no item in common or a pair is there twice.
    Source: STATISTICS.md, "Conventions".
    """
    for ratings in (own, other):
        _once(ratings.index)
    common = [item for item in own.columns if item in other.columns]
    if not common:
        raise GroupDataError("The two tables have no item in common.")
    mine = own[common].astype(float)
    theirs = other.reindex(own.index)[common].astype(float)
    both = mine.notna() & theirs.notna()
    result = pd.DataFrame({"own": mine.where(both).mean(axis=1)})
    result["other"] = theirs.where(both).mean(axis=1)
    result["gap"] = result["own"] - result["other"]
    result["items"] = both.sum(axis=1)
    return result


def ipsatise(values: pd.DataFrame) -> pd.DataFrame:
    """Return each person's ratings or ranks less that person's own mean over what they answered.

    "Your own priorities relative to each other, not compared with other people": their sum is 0 for
    everybody, so they go with no norm and no alpha.
    """
    ratings = values.astype(float)
    return ratings.sub(ratings.mean(axis=1), axis=0)


def deciles(results: pd.Series) -> pd.Series:
    """Return the tenth of the group, 1 to 10, in which each result lies; missing stays missing.

    By mid-rank: below a result lie all lower ones and half of its equals, itself among them. Raises
    TooFewError for fewer than 100 results; finer percentiles are never given.
    """
    values = results.astype(float)
    require(int(values.notna().sum()), "deciles")
    tenths = np.floor(mid_ranks(values) * TENTHS / 100) + 1
    return tenths.clip(upper=TENTHS).astype("Int64")


def mid_ranks(values: pd.Series) -> pd.Series:
    """Return the percentile of each value by mid-rank, 0 to 100: `(below + equal / 2) / n`."""
    middle = values.rank(method="average") - 1 / 2  # the mean rank counts half of its equals, and ½
    return middle / values.notna().sum() * 100


def _once(people: pd.Index) -> None:
    if not people.is_unique:
        raise GroupDataError("Somebody is in the table twice.")
