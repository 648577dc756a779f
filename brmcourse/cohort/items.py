"""How each question does: its facility, how it goes with the others, what its options draw."""

from collections.abc import Mapping, Sequence
from math import floor
from typing import NamedTuple

import numpy as np
import pandas as pd

from brmcourse.cohort.scores import Booleans, Floats, Whole, complete, scores, warn_of_constant
from brmcourse.errors import GroupDataError
from brmcourse.scoring.groups import FEWEST, hidden, may, require, wilson

EXTREME = 0.27
"""The share of people in each of the two groups compared. Source: Kelley (1939)."""

HALF = 0.5

EQUAL = 9
"""To how many decimals two people's totals are compared: sums of thirds differ in the sixteenth."""

ANSWERED = ["n", "facility", "facility_low", "facility_high", "sd"]
COMPARED = ["item_rest_r", "alpha_if_dropped", "upper_lower", "discriminative_efficiency"]
"""The columns of `item_statistics`: of all who answered the item, and of the complete rows."""


class Pairs(NamedTuple):
    """An item's score and the sum of all items, and how many people have the two; three arrays."""

    score: Floats
    total: Floats
    people: Floats


class Item(NamedTuple):
    """An item by itself: how many scores, their sum, sum of squares, range and variance (n - 1)."""

    n: int
    total: float
    squares: float
    lowest: float
    highest: float
    variance: float


class Cut(NamedTuple):
    """Where a group of the highest totals begins, and how many people it has.

    `at` is its lowest total, and people with that one are in it in `part`.
    """

    at: float
    part: float
    people: float

    def weights(self, total: Floats) -> Floats:
        """Return what somebody with each total counts in the group's mean."""
        return np.asarray(((total > self.at) + self.part * (total == self.at)) / self.people)


def item_statistics(items: pd.DataFrame, max_points: float | pd.Series = 1) -> pd.DataFrame:
    """Return a row for each item, in the order of the columns.

    `items` has a row for each person and a column for each item, in points; `max_points` is what an
    item can earn, one number or a Series by item. The columns:

    - `n`: people with a score in the item; `facility`: their mean share of the points, 0 to 1;
      `facility_low`, `facility_high`: its Wilson 95 % interval, for items that earn nothing or all;
      `sd`: the standard deviation of their points (n - 1).
    - `item_rest_r`: Pearson correlation with the sum of the others; a hint, "look at this one".
    - `alpha_if_dropped`: alpha of the others.
    - `upper_lower`: the upper 27 % by total score less the lower 27 %, in shares of the points;
      people tied at a cut count in part, so that their order cannot matter.
    - `discriminative_efficiency`: covariance with the sum of the others, in percent of the largest
      that the same two sets of scores could have.

    Missing data: `n`, `facility` and `sd` are of all who have a score in that item, everything else
    of those who have all of them. What so few people do not carry is NaN: facility and sd under 20,
    item_rest_r under 20 complete rows, the last three under 100. An item in which everybody has the
    same score correlates with nothing (NaN) and is left out of alpha, with a warning. Raises
    TooFewError for fewer than 20 people, GroupDataError for scores outside 0 to `max_points`.
    Source: STATISTICS.md, "Conventions".
    """
    table = scores(items)
    most = _most(items, max_points)
    full, total = complete(table)
    together = paired(full, total)
    alone = [alone_of(pairs) for pairs in together]
    if full is not table:
        alone = [alone_of(by_themselves(row)) for row in table]
    require(max(item.n for item in alone), "facility")
    if any(item.lowest < 0 or item.highest > top for item, top in zip(alone, most, strict=True)):
        raise GroupDataError("A score is from 0 to the points that its item can earn.")
    result = pd.DataFrame(
        [answered(item, top) for item, top in zip(alone, most, strict=True)],
        columns=ANSWERED,
        index=pd.Index(items.columns, name="item"),
    )
    result[COMPARED] = np.nan
    people = full.shape[1]
    if may(people, "item-rest"):
        result[COMPARED] = compared(together, total, most)
        warn_of_constant(items.columns[result["item_rest_r"].isna()])
    if not may(people, "dropping items"):
        result[COMPARED[1:]] = np.nan
    return result


def _most(items: pd.DataFrame, max_points: float | pd.Series) -> Floats:
    """Return what each item can earn, shape (items,)."""
    if isinstance(max_points, pd.Series):
        max_points = max_points.reindex(items.columns).to_numpy(dtype=float)
    most = np.broadcast_to(np.asarray(max_points, dtype=float), (items.shape[1],))
    if not (most > 0).all():
        raise GroupDataError("Each item has a number of points above 0 that it can earn.")
    return most


def paired(table: Floats, total: Floats) -> list[Pairs]:
    """Return the pairs of each item from complete scores, shape (items, people), and their sums.

    Whole numbers are counted, which makes a million people a few hundred pairs; other scores stay
    one pair for each person. All else is computed from the pairs.
    """
    n = len(total)
    if n and table.min() >= 0:
        levels, totals = int(table.max()) + 1, int(total.max()) + 1
        if levels * totals <= n:
            place = np.empty(n), np.empty(n, dtype=np.int64)
            return [_counted(row, total, levels, place) for row in table]
    return [Pairs(row, total, np.ones(n)) for row in table]


def _counted(row: Floats, total: Floats, levels: int, place: tuple[Floats, Whole]) -> Pairs:
    """Return the pairs of one item with whole scores below `levels`, or else one for each person.

    It works in `place`, because new memory for each item takes longer than the counting.
    """
    wanted, code = place
    np.multiply(total, levels, out=wanted)
    wanted += row
    np.copyto(code, wanted, casting="unsafe")
    if not (code == wanted).all():
        return Pairs(row, total, np.ones(len(row)))
    people = np.bincount(code)
    there = people.nonzero()[0]
    sums, score = np.divmod(there, levels)
    return Pairs(score.astype(float), sums.astype(float), people[there].astype(float))


def by_themselves(row: Floats) -> Pairs:
    """Return one item's scores where its sum with the others does not count."""
    present = row[~np.isnan(row)]
    return Pairs(present, present, np.ones(len(present)))


def alone_of(pairs: Pairs) -> Item:
    """Return what is computed of an item by itself."""
    score, _, people = pairs
    n = int(people.sum())
    if not n:
        return Item(0, 0, 0, 0, 0, 0)
    total = float(people @ score)
    lowest, highest = score.min(), score.max()
    variance = 0.0
    if lowest < highest:
        variance = float(people @ (score - total / n) ** 2) / (n - 1)
    return Item(n, total, float(people @ score**2), lowest, highest, variance)


def answered(item: Item, most: float) -> tuple[float, ...]:
    """Return the columns `ANSWERED` of one item that earns at most so many points."""
    if not may(item.n, "facility"):
        return (item.n, np.nan, np.nan, np.nan, np.nan)
    low, high = np.nan, np.nan
    if np.isclose(item.squares, most * item.total, rtol=1e-9):  # nobody lies between 0 and most
        low, high = wilson(item.total / most, item.n)
    facility = item.total / (most * item.n)
    return (item.n, facility, low, high, item.variance**0.5)


def compared(together: Sequence[Pairs], total: Floats, most: Floats) -> Floats:
    """Return the columns `COMPARED`, shape (items, 4), from the pairs of complete scores."""
    total = total.round(EQUAL)
    upper, lower = cut(total, EXTREME), cut(-total, EXTREME)
    variance, covariance, largest, difference = np.empty((4, len(together)))
    for place, pairs in enumerate(together):
        item = alone_of(pairs)
        sums = pairs.total.round(EQUAL)
        contrast = upper.weights(sums) - lower.weights(-sums)
        score = pairs.score - item.total / item.n
        everything = pairs.total - pairs.people @ pairs.total / item.n
        variance[place] = item.variance
        covariance[place] = pairs.people @ (score * everything) / (item.n - 1)
        largest[place] = in_order(score, everything - score, pairs.people) / (item.n - 1)
        difference[place] = pairs.people @ (contrast * score)
    same = variance == 0
    covariance[same] = 0
    r, alpha = correlated(variance, covariance)
    efficiency = _divided(covariance - variance, largest, same)
    return np.column_stack([r, alpha, difference / most, 100 * efficiency])


def in_order(one: Floats, other: Floats, people: Floats) -> float:
    """Return the largest sum of products that two sets of scores can have: both in order.

    So many people have each of `one`, and each of `other`.
    """
    if people.max() == 1:
        return float(np.sort(one) @ np.sort(other))
    first, second = one.argsort(), other.argsort()
    ends, others = people[first].cumsum(), people[second].cumsum()
    cuts = np.union1d(ends, others)
    highest = len(people) - 1
    products = (
        one[first][ends.searchsorted(cuts).clip(max=highest)]
        * other[second][others.searchsorted(cuts).clip(max=highest)]
    )
    return float(products @ np.diff(cuts, prepend=0))


def correlated(variance: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Return each item's correlation with the sum of the others, and alpha of the others.

    It takes the items' variances and their covariances with the sum of all items. An item without
    variance has no correlation and does not count in alpha.
    """
    same = variance == 0
    rest = covariance.sum() + variance - 2 * covariance
    k = (~same).sum() - ~same
    r = _divided(covariance - variance, np.sqrt(variance * rest), same)
    apart = _divided(variance.sum() - variance, rest, k < 2)  # noqa: PLR2004 -- alpha of one item
    return r, k * (1 - apart) / np.maximum(k - 1, 1)


def _divided(above: Floats, below: Floats, never: Booleans) -> Floats:
    """Return the quotients, NaN where there is none."""
    none = never | (below <= 0)
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=~none))


def cut(total: Floats, share: float) -> Cut:
    """Return where the group of the highest totals begins that has `share` of the people.

    Their number is not rounded, and people tied at the cut share the places left: so the order of
    the rows cannot matter.
    """
    wanted = share * len(total)
    place = len(total) - 1 - floor(wanted)
    at = np.partition(total, place)[place]
    above, level = (total > at).sum(), (total == at).sum()
    return Cut(float(at), float((wanted - above) / level), wanted)


def distractors(
    responses: pd.DataFrame, key: Mapping[str, object] | pd.Series, k: int = FEWEST
) -> pd.DataFrame:
    """Return a row for each option of each item: item, option, count, share, item_rest_r, is_key.

    `responses` has a row for each person and a column for each item, with the option chosen: "" if
    the item was left unanswered in a submitted quiz (0 points, and an option here), missing if it
    was not reached. `key` has each item's right option. The options are the categories of a
    categorical column, or else those that somebody chose and the key.

    `share` is of those who reached the item; `item_rest_r` the correlation of choosing the option
    with the points in the other items, from those who reached all of them. The key's count is
    what `facility` says; among the other options those of fewer than `k` people stay hidden
    (missing) with share and correlation, and others with them so that none can be worked out.
    Shares need 20 people and correlations 100, else NaN. Raises TooFewError for fewer than 5
    people, GroupDataError for a `k` under 3 or an item without a key. Source: STATISTICS.md.
    """
    right = _right(responses, key)
    require(int(right.notna().any(axis=1).sum()), "count")
    everything = right.dropna()
    total = everything.sum(axis=1)
    parts = []
    for item in responses:
        chosen = responses[item].dropna()
        if not may(len(chosen), "count"):
            continue
        counts = _counts(chosen, key[item])
        part = pd.DataFrame({"item": item, "option": counts.index, "count": counts.to_numpy()})
        part["share"] = np.nan
        if may(len(chosen), "facility"):
            part["share"] = part["count"] / len(chosen)
        part["item_rest_r"] = np.nan
        if may(len(everything), "distractors"):
            rest = total - everything[item]
            picked = responses.loc[everything.index, item]
            part["item_rest_r"] = [pearson(picked == option, rest) for option in counts.index]
        part["is_key"] = part["option"] == key[item]
        parts.append(_safe(part, k))
    return pd.concat(parts, ignore_index=True)


def _right(responses: pd.DataFrame, key: Mapping[str, object] | pd.Series) -> pd.DataFrame:
    """Return 1 for each right response, 0 for each other, NaN where an item was not reached."""
    without = [str(item) for item in responses if item not in key]
    if without:
        raise GroupDataError(f"These items have no key: {', '.join(without)}.")
    points = {
        item: (responses[item] == key[item]).astype(float).where(responses[item].notna())
        for item in responses
    }
    return pd.DataFrame(points, index=responses.index)


def _counts(chosen: pd.Series, right: object) -> pd.Series:
    """Return how many chose each option, also those that nobody chose, as far as they are known."""
    counts = chosen.value_counts()
    if right not in counts.index:
        counts = pd.Series({**counts.to_dict(), right: 0})
    return counts.sort_index(key=lambda options: options.map(str))


def _safe(part: pd.DataFrame, k: int) -> pd.DataFrame:
    """Return the options of one item without what so few people chose."""
    wrong = part.index[~part["is_key"]]
    covered = wrong[sorted(hidden(part.loc[wrong, "count"].tolist(), k))]
    part["count"] = part["count"].astype("Int64")
    part.loc[covered, "count"] = pd.NA
    part.loc[covered, ["share", "item_rest_r"]] = np.nan
    return part


def pearson(one: pd.Series, other: pd.Series) -> float:
    """Return the correlation of two columns, NaN where one of them does not vary."""
    x, y = one.to_numpy(dtype=float), other.to_numpy(dtype=float)
    x, y = x - x.mean(), y - y.mean()
    size = (x @ x * (y @ y)) ** 0.5
    return float(x @ y / size) if size > 0 else np.nan


def preferred(responses: pd.DataFrame, key: Mapping[str, object] | pd.Series) -> pd.Series:
    """Return for each item the option that more of the stronger half chose than the key, or None.

    The stronger half of those who reached everything is the upper 50 % by the points in the other
    items; people tied at the cut count in part. "Check the key, then the wording." Raises
    TooFewError for fewer than 20 of them.
    """
    everything = _right(responses, key).dropna()
    require(len(everything), "stronger half")
    total = everything.sum(axis=1)
    found = {}
    for item in responses:
        rest = (total - everything[item]).to_numpy(dtype=float).round(EQUAL)
        weights = pd.Series(cut(rest, HALF).weights(rest), index=everything.index)
        chosen = responses.loc[everything.index, item]
        strength = weights.groupby(chosen, observed=True).sum()
        best = strength.idxmax()
        more = strength[best] > strength.get(key[item], 0) + 10**-EQUAL
        found[item] = best if more else None
    return pd.Series(found, dtype=object, name="preferred").rename_axis("item")
