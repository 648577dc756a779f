"""What may be said about a group, and that nobody can work out what stays hidden.

The attacks know all that is published and the rule itself: they list every table that would have
been published in the same way, and look whether a small number is the same in all of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brmcourse.cohort import suppress, suppress_groups, suppress_waves
from brmcourse.errors import GroupDataError, TooFewError
from brmcourse.scoring.groups import RULES, hidden, hidden_later, may, require, why_not, wilson

SIZES = {"under 5": (0, 4), "5 to 19": (5, 19), "20 to 99": (20, 99), "100 and more": (100, 10**6)}
ALLOWED = {
    "under 5": {"own score"},
    "5 to 19": {"own score", "count", "mean with range", "nobody chose"},
    "20 to 99": {
        *("own score", "count", "mean with range", "nobody chose", "free text"),
        *("facility", "item-rest", "alpha", "stronger half"),
    },
    "100 and more": set(RULES) - {"fine percentiles"},
}
COUNTS = st.lists(st.integers(0, 40), min_size=1, max_size=6)
LOWEST = st.integers(3, 8)


@pytest.mark.parametrize("row", SIZES)
def test_each_row_of_what_may_be_said(row: str) -> None:
    """What STATISTICS.md lets be said about a group of that size may be said, nothing else."""
    for n in SIZES[row]:
        assert {what for what in RULES if may(n, what)} - {"free text"} == (
            ALLOWED[row] - {"free text"}
        )


def test_free_text_needs_ten() -> None:
    """What people wrote is shown from ten people on."""
    assert not may(9, "free text")
    assert may(10, "free text")


@pytest.mark.parametrize("what", RULES)
def test_a_refusal_says_why(what: str) -> None:
    """Where something may not be said, a sentence gives the number and the reason."""
    for n in (0, 1, 4, 9, 19, 99, 1000):
        if may(n, what):
            assert why_not(n, what) == ""
            require(n, what)
        else:
            with pytest.raises(TooFewError, match=rf"here are {n} (person|people)\. \w+.*\.$"):
                require(n, what)


def test_a_refusal_reads_well() -> None:
    """As a person would say it."""
    assert why_not(12, "alpha") == (
        "Alpha is shown from 20 people on; here are 12 people. "
        "With fewer people it moves too much from one group to the next to be read."
    )


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_wilson_intervals(right: int, n: int, low: float, high: float) -> None:
    """The four of Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3."""
    assert wilson(right, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((9, 4), (None, None)),
        ((12, 7, 3), (12, None, None)),
        ((3, 6, 4), (None, 6, None)),
        ((20, 7, 0), (20, 7, 0)),
        ((20, 8, 3, 0), (20, None, None, 0)),
        ((17, 3, 0), (None, None, None)),
        ((20, 4, 4), (None, None, None)),
        ((20, 1, 1, 1, 1, 1), (None, None, None, None, None, None)),
        ((30, 7, 7, 3), (30, None, None, None)),
        ((2, 1, 0), (None, None, None)),
        ((20, 0), (20, 0)),
    ],
)
def test_examples_of_hidden_counts(counts: Sequence[int], shown: Sequence[int | None]) -> None:
    """The first three are in STATISTICS.md, the others in the docstring's words."""
    published = suppress(pd.Series(counts, index=list("abcdef")[: len(counts)]))
    assert [None if pd.isna(count) else count for count in published] == list(shown)
    assert list(published.index) == list("abcdef")[: len(counts)]


def test_without_a_total_only_small_groups_are_hidden() -> None:
    """A group of 9 is shown beside a hidden 4 where nobody knows how many answered."""
    assert suppress(pd.Series([9, 4]), total_shown=False).tolist() == [9, pd.NA]


def test_the_lowest_setting_is_three() -> None:
    """Two people are never a group; nor is a number of people below 0, or missing."""
    with pytest.raises(GroupDataError, match="3 people, not 2"):
        suppress(pd.Series([9, 4]), k=2)
    with pytest.raises(GroupDataError, match="below 0"):
        suppress(pd.Series([9, -4]))
    with pytest.raises(GroupDataError, match="count 0"):
        suppress(pd.Series([9, None]))


@settings(deadline=None)
@given(COUNTS, LOWEST)
def test_no_small_group_is_shown(counts: list[int], k: int) -> None:
    """Each shown count is 0 or at least k; what is hidden is more than one group, of k together."""
    published = suppress(pd.Series(counts), k)
    assert not published.between(1, k - 1).any()
    covered = [count for count, out in zip(counts, published.isna(), strict=True) if out]
    if covered and sum(counts) >= k and len(counts) > 1:
        assert len(covered) > 1
        assert sum(covered) >= k


@settings(deadline=None)
@given(COUNTS, LOWEST, st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter(counts: list[int], k: int, random) -> None:
    """A group stays hidden wherever it stands."""
    groups = pd.Series(counts, index=[f"g{number}" for number in range(len(counts))])
    mixed = groups.sample(frac=1, random_state=random.randrange(1000))
    pd.testing.assert_series_equal(
        suppress(mixed, k).sort_index(), suppress(groups, k).sort_index()
    )


def tables(groups: int, most: int, least: int = 0) -> Iterator[tuple[int, ...]]:
    """Yield all counts of so many groups with at most so many people together."""
    for counts in product(range(most + 1), repeat=groups):
        if least <= sum(counts) <= most:
            yield counts


def without(counts: Sequence[int], covered: frozenset[int]) -> tuple[int | None, ...]:
    """Return what is shown of them."""
    return tuple(None if place in covered else count for place, count in enumerate(counts))


def worked_out(seen: dict[object, list[Sequence[int]]], k: int, secret: Callable) -> list[object]:
    """Return what was published where a number from 1 to k - 1 that it does not show is certain.

    `secret(published, table)` gives the numbers that are of interest, None for those shown.
    """
    return [
        (published, possible[0])
        for published, possible in seen.items()
        for values in zip(*(secret(published, table) for table in possible), strict=True)
        if len(set(values)) == 1 and values[0] is not None and 0 < values[0] < k
    ]


def unseen(published: Sequence[int | None], counts: Sequence[int]) -> list[int | None]:
    """Return the counts that are not shown."""
    return [count if out is None else None for out, count in zip(published, counts, strict=True)]


@pytest.mark.parametrize(("k", "groups", "most"), [(3, 2, 20), (3, 4, 12), (5, 2, 24), (5, 3, 20)])
def test_nobody_can_work_out_a_hidden_count(k: int, groups: int, most: int) -> None:
    """Over all counts up to a size: even who knows the rule is left with several numbers."""
    seen = defaultdict(list)
    for counts in tables(groups, most):
        total = sum(counts) if sum(counts) >= k else None
        seen[without(counts, hidden(counts, k)), total].append(counts)
    assert worked_out(seen, k, lambda published, counts: unseen(published[0], counts)) == []


@pytest.mark.parametrize(("k", "groups"), [(3, 2), (3, 4), (5, 3)])
def test_nobody_can_work_out_a_hidden_count_without_a_total(k: int, groups: int) -> None:
    """The same where nobody knows how many answered: a hidden group could have any small size."""
    seen = defaultdict(list)
    for counts in product(range(k + 3), repeat=groups):
        seen[(without(counts, hidden(counts, k, total_shown=False)),)].append(counts)
    assert worked_out(seen, k, lambda published, counts: unseen(published[0], counts)) == []


@pytest.mark.parametrize("only_joined", [True, False])
@pytest.mark.parametrize(("k", "groups", "most"), [(3, 2, 10), (3, 3, 6)])
def test_nobody_can_work_out_a_difference(
    k: int, groups: int, most: int, *, only_joined: bool
) -> None:
    """Over all pairs of waves: no hidden count follows, and no small difference between the two.

    Also where nobody left or changed an answer in between, and everybody knows it.
    """
    seen = defaultdict(list)
    for before in tables(groups, most):
        first = without(before, hidden(before, k))
        for after in tables(groups, most):
            if only_joined and any(then < now for now, then in zip(before, after, strict=True)):
                continue
            later = without(after, hidden_later(before, after, k))
            totals = [sum(wave) if sum(wave) >= k else None for wave in (before, after)]
            seen[first, later, *totals].append((before, after))

    def secret(published, waves) -> list[int | None]:
        differ = [abs(then - now) for now, then in zip(*waves, strict=True)]
        return [*unseen(published[0], waves[0]), *unseen(published[1], waves[1]), *differ]

    assert worked_out(seen, k, secret) == []


@pytest.mark.parametrize("sizes_known", [True, False])
@pytest.mark.parametrize(("groups", "options", "most"), [(2, 2, 10), (3, 2, 8), (2, 3, 8)])
def test_nobody_can_work_out_a_subgroup(
    groups: int, options: int, most: int, *, sizes_known: bool
) -> None:
    """Over all tables: a filter by each subgroup beside the table of everybody tells nothing small.

    Also where the size of each subgroup is known; only where everybody chose one option it tells,
    as a unanimous answer does at any size.
    """
    k = 3
    seen = defaultdict(list)
    for cells in tables(groups * options, most, least=k):
        rows = [cells[place : place + options] for place in range(0, len(cells), options)]
        everybody = [sum(column) for column in zip(*rows, strict=True)]
        if sizes_known and sum(count > 0 for count in everybody) == 1:
            continue
        whole = hidden(cells, k, total_shown=False)
        shown = tuple(None if whole else cell for cell in cells)
        sizes = tuple(map(sum, rows)) if sizes_known else None
        seen[without(everybody, hidden(everybody, k)), shown, sum(cells), sizes].append(cells)

    def secret(published, cells) -> list[int | None]:
        everybody = [sum(cells[option::options]) for option in range(options)]
        return [*unseen(published[0], everybody), *unseen(published[1], cells)]

    assert worked_out(seen, k, secret) == []


def test_a_second_wave_is_shown_whole_or_not_at_all() -> None:
    """Somebody who thought again would stand out from the others."""
    before = pd.Series([12, 8, 0], index=["yes", "no", "unsure"])
    same = suppress_waves(before, before)
    assert same["after"].tolist() == [12, 8, 0]
    moved = suppress_waves(before, pd.Series([7, 13, 0], index=["yes", "no", "unsure"]))
    assert moved["after"].tolist() == [7, 13, 0]
    one = suppress_waves(before, pd.Series([11, 9, 0], index=["yes", "no", "unsure"]))
    assert one["before"].tolist() == [12, 8, 0]
    assert one["after"].isna().all()


def test_waves_are_compared_group_by_group() -> None:
    """In whatever order the second one stands; other groups are refused."""
    before = pd.Series([12, 7], index=["yes", "no"])
    turned = suppress_waves(before, pd.Series([14, 20], index=["no", "yes"]))
    assert turned["after"].to_dict() == {"yes": 20, "no": 14}
    with pytest.raises(GroupDataError, match="same groups"):
        suppress_waves(before, pd.Series([12, 7], index=["yes", "perhaps"]))


def test_subgroups_are_shown_all_or_none() -> None:
    """One person in one of them hides them all; the table passed in is left as it was."""
    table = pd.DataFrame({"A": [8, 6], "B": [5, 9]}, index=["Sales", "IT"])
    assert suppress_groups(table).equals(table.astype("Int64"))
    table.loc["IT", "B"] = 1
    assert suppress_groups(table).isna().all(axis=None)
    assert table.loc["Sales", "A"] == 8
