"""Tables of counts from which nobody can work out a group of fewer than k people."""

import pandas as pd

from brmcourse.errors import GroupDataError
from brmcourse.scoring.groups import FEWEST, hidden, hidden_later


def suppress(counts: pd.Series, k: int = FEWEST, *, total_shown: bool = True) -> pd.Series:
    """Return the counts with those missing that stay hidden: (12, 7, 3) shows 12 alone.

    `counts` has the people in each group, of those who answered that question. See
    `brmcourse.scoring.groups.hidden` for the rule and the empty groups. Leave `total_shown` as it
    is unless nobody can know how many answered. Where the whole group has fewer than `k` people,
    show no total either.
    """
    return _without(counts, hidden(_people(counts), k, total_shown=total_shown))


def suppress_waves(before: pd.Series, after: pd.Series, k: int = FEWEST) -> pd.DataFrame:
    """Return the counts of two waves of one question, `before` and `after`, both safe to show.

    `before` is treated as by `suppress`; `after` is shown whole or not at all, see
    `brmcourse.scoring.groups.hidden_later`. Of three waves, compare each with all before it.
    Raises GroupDataError if the waves have other groups.
    """
    if set(before.index) != set(after.index):
        raise GroupDataError("Both waves have the same groups.")
    then = after.reindex(before.index)
    later = _without(then, hidden_later(_people(before), _people(then), k))
    return pd.DataFrame({"before": suppress(before, k), "after": later})


def suppress_groups(table: pd.DataFrame, k: int = FEWEST) -> pd.DataFrame:
    """Return the counts of one question for each subgroup, safe beside the table of everybody.

    `table` has a row for each subgroup and a column for each option; nobody is in two subgroups.
    It is shown whole or not at all: where in any subgroup 1 to k - 1 people chose an option,
    everything is missing, because what is shown of the others, taken from everybody, would tell.
    It protects one way of dividing people. A second one, shown too, could cut across it.
    """
    counts = {option: _people(table[option]) for option in table}
    alone = [count for column in counts.values() for count in column]
    covered = hidden(alone, k, total_shown=False)
    places = frozenset(range(len(table))) if covered else frozenset()
    return pd.DataFrame({option: _without(table[option], places) for option in table})


def _people(counts: pd.Series) -> list[int]:
    """Return the counts as whole numbers."""
    if counts.isna().any():
        raise GroupDataError("A group without anybody has the count 0; here one is missing.")
    return [int(count) for count in counts]


def _without(counts: pd.Series, covered: frozenset[int]) -> pd.Series:
    shown = counts.astype("Int64")
    shown.iloc[sorted(covered)] = pd.NA
    return shown
