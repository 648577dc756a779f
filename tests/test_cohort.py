"""Statistics of a group: by hand, by definition, and by what must not matter."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brmcourse import cohort
from brmcourse.cohort import (
    deciles,
    distractors,
    gaps,
    ipsatise,
    item_statistics,
    omega_total,
    preferred,
    reliability,
    reliable_change,
)
from brmcourse.cohort.people import mid_ranks
from brmcourse.errors import GroupDataError, TooFewError
from brmcourse.paths import course_root


def group(n: int, k: int = 5, seed: int = 1, levels: int = 2) -> pd.DataFrame:
    """Return whole scores from 0 to `levels - 1` that hang together."""
    generator = np.random.default_rng(seed)
    able = generator.standard_normal((n, 1)) + generator.standard_normal((n, k))
    scores = np.clip(np.round(able + (levels - 1) / 2), 0, levels - 1)
    scores[0], scores[1] = 0, levels - 1  # so that no item is constant
    return pd.DataFrame(scores, columns=[f"Q{number}" for number in range(k)])


@st.composite
def groups(draw: st.DrawFn) -> tuple[pd.DataFrame, int]:
    """Return the scores of 100 people and more, many of them tied, and the highest score."""
    levels = draw(st.integers(2, 5))
    n, k, seed = draw(st.integers(100, 160)), draw(st.integers(3, 6)), draw(st.integers(0, 10**6))
    return group(n, k, seed, levels), levels - 1


def defined(items: pd.DataFrame, most: float) -> pd.DataFrame:
    """Return the statistics word by word from their definitions, one item at a time."""
    rows = {}
    for item in items:
        others = items.drop(columns=item)
        rest = others.sum(axis=1)
        k = others.shape[1]
        apart, together = others.var(ddof=1).sum(), rest.var(ddof=1)
        ordered = np.cov(np.sort(items[item]), np.sort(rest))[0, 1]
        rows[item] = {
            "facility": items[item].mean() / most,
            "sd": items[item].std(ddof=1),
            "item_rest_r": np.corrcoef(items[item], rest)[0, 1],
            "alpha_if_dropped": k / (k - 1) * (1 - apart / together),
            "upper_lower": float(
                extreme(items, item, highest=True) - extreme(items, item, highest=False)
            )
            / most,
            "discriminative_efficiency": 100 * np.cov(items[item], rest)[0, 1] / ordered,
        }
    return pd.DataFrame(rows).T


def extreme(items: pd.DataFrame, item: str, *, highest: bool) -> Fraction:
    """Return the mean of the 27 % with the highest or lowest sums, tied people in equal parts."""
    left = wanted = Fraction(27, 100) * len(items)
    points = Fraction(0)
    total = items.sum(axis=1)
    for at in sorted(total.unique(), reverse=highest):
        tied = items[item][total == at]
        part = min(Fraction(1), left / len(tied))
        points += part * sum(map(int, tied))
        left -= part * len(tied)
    return points / wanted


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Assert that two tables are equal as far as numbers of a computer can be."""
    pd.testing.assert_frame_equal(one, other, check_names=False, rtol=1e-7, atol=1e-9)


@settings(deadline=None, max_examples=30)
@given(groups())
def test_items_are_as_defined(drawn: tuple[pd.DataFrame, int]) -> None:
    """Counting pairs of scores gives what the definitions give, item by item."""
    items, most = drawn
    found, expected = item_statistics(items, most), defined(items, most)
    same(found[expected.columns], expected)


@settings(deadline=None, max_examples=30)
@given(groups(), st.randoms(use_true_random=False))
def test_no_order_matters(drawn: tuple[pd.DataFrame, int], random) -> None:
    """Rows and columns may stand in any order, also where people are tied at a cut."""
    items, most = drawn
    seed = random.randrange(1000)
    mixed = items.sample(frac=1, random_state=seed).sample(frac=1, axis=1, random_state=seed)
    same(item_statistics(mixed, most).loc[items.columns], item_statistics(items, most))
    assert reliability(mixed)[:6] == pytest.approx(reliability(items)[:6])


@settings(deadline=None, max_examples=30)
@given(groups(), st.integers(1, 1000))
def test_a_constant_changes_no_relation(drawn: tuple[pd.DataFrame, int], constant: int) -> None:
    """Whoever adds the same to every score changes neither alpha nor a correlation."""
    items, most = drawn
    assert reliability(items + constant)[:6] == pytest.approx(reliability(items)[:6])
    relations = ["sd", "item_rest_r", "alpha_if_dropped", "discriminative_efficiency"]
    raised = item_statistics(items + constant, most + constant)[relations]
    same(raised, item_statistics(items, most)[relations])


@settings(deadline=None, max_examples=30)
@given(groups())
def test_all_items_reversed(drawn: tuple[pd.DataFrame, int]) -> None:
    """All items turned round hang together as before; turned twice they are as before."""
    items, most = drawn
    turned = most - items
    assert reliability(turned)[:6] == pytest.approx(reliability(items)[:6])
    found, before = item_statistics(turned, most), item_statistics(items, most)
    assert found["item_rest_r"].tolist() == pytest.approx(before["item_rest_r"].tolist())
    assert found["upper_lower"].tolist() == pytest.approx(before["upper_lower"].tolist())
    same(item_statistics(most - turned, most), before)


@settings(deadline=None, max_examples=20)
@given(groups())
def test_parts_of_points(drawn: tuple[pd.DataFrame, int]) -> None:
    """Scores that are no whole numbers go another way and come to the same shares."""
    items, most = drawn
    found, before = item_statistics(items / 3, most / 3), item_statistics(items, most)
    before["sd"] /= 3
    same(found, before)


@settings(deadline=None, max_examples=20)
@given(groups(), st.integers(1, 30))
def test_missing_scores(drawn: tuple[pd.DataFrame, int], missing: int) -> None:
    """Facility is of all who answered the item; what needs the others is of complete rows."""
    items, most = drawn
    items = pd.concat([items, items.iloc[:missing]], ignore_index=True)
    holed = items.copy()
    holed.iloc[len(items) - missing :, 0] = np.nan
    found, complete = item_statistics(holed, most), item_statistics(holed.dropna(), most)
    everybody = item_statistics(items, most)
    own = ["n", "facility", "facility_low", "facility_high", "sd"]
    same(found[own].iloc[1:], everybody[own].iloc[1:])
    same(found[own].iloc[:1], complete[own].iloc[:1])
    same(found.drop(columns=own), complete.drop(columns=own))
    assert reliability(holed) == reliability(holed.dropna())


def test_kinds_of_columns() -> None:
    """Booleans, whole numbers, pandas' own with missing values: all are scores."""
    items = group(120)
    expected = item_statistics(items)
    for kind in ("bool", "int8", "int64", "float32", "Int64", "boolean"):
        same(item_statistics(items.astype(kind)), expected)


def test_what_is_no_table_of_scores() -> None:
    """Text, infinite scores, one item, two of one name, points out of bounds: a sentence each."""
    items = group(120)
    for wrong, said in (
        (items.assign(Q0="a"), "Scores are numbers"),
        (items.replace({"Q0": {1: np.inf}}), "infinite"),
        (items[["Q0"]], "at least two items"),
        (items[["Q0", "Q1", "Q0"]], "have more: Q0"),
        (items + 1, "from 0 to the points"),
        (items - 1, "from 0 to the points"),
    ):
        with pytest.raises(GroupDataError, match=said):
            item_statistics(wrong)
    with pytest.raises(GroupDataError, match="number of points above 0"):
        item_statistics(items, pd.Series({"Q0": 1}))


def test_wilson_is_for_all_or_nothing() -> None:
    """An item with points in between has a facility and no such interval."""
    items = group(120, levels=3)
    items["Q1"] = items["Q1"].clip(upper=1) * 2
    found = item_statistics(items, 2)
    assert found["facility_low"].isna().tolist() == [True, False, True, True, True]
    assert found.loc["Q1", "facility_low"] < found.loc["Q1", "facility"]


def test_groups_too_small_for_items() -> None:
    """Under 20 nothing; from 20 facility and a hint; from 100 the rest."""
    with pytest.raises(TooFewError, match="from 20 people on; here are 19"):
        item_statistics(group(19))
    later = ["alpha_if_dropped", "upper_lower", "discriminative_efficiency"]
    for n in (20, 99):
        found = item_statistics(group(n))
        assert found[later].isna().all(axis=None)
        assert found.drop(columns=later).notna().all(axis=None)
    assert item_statistics(group(100)).notna().all(axis=None)
    holed = group(100)
    holed.iloc[:90, 0] = np.nan
    found = item_statistics(holed)
    assert found.loc["Q0", ["facility", "sd"]].isna().all()
    assert found["item_rest_r"].isna().all()
    assert found.loc["Q1", "n"] == 100


def test_everybody_alike_in_an_item() -> None:
    """It is named in a warning, counts in no alpha, and correlates with nothing."""
    items = group(120).assign(same=1.0)
    with pytest.warns(UserWarning, match="same score in same: left out of alpha"):
        found = reliability(items)
    assert found[:6] == reliability(items.drop(columns="same"))[:6]
    assert found.left_out == ("same",)
    with pytest.warns(UserWarning, match="left out"):
        statistics = item_statistics(items)
    assert np.isnan(statistics.loc["same", "item_rest_r"])
    assert statistics.loc["same", "alpha_if_dropped"] == pytest.approx(found.alpha)
    assert statistics.loc["same", "upper_lower"] == 0
    before = item_statistics(items.drop(columns="same"))
    same(statistics.drop(index="same"), before)


def test_alpha_is_not_clamped() -> None:
    """Items that go against each other have an alpha below 0."""
    items = group(50, k=2)
    items["Q1"] = 1 - items["Q0"]
    items.loc[0, "Q1"] = 0
    assert reliability(items).alpha < -1


def test_sem_by_hand() -> None:
    """The deviation of the sum, times the root of what alpha leaves."""
    items = group(150)
    found = reliability(items)
    assert found.sem == pytest.approx(items.sum(axis=1).std() * (1 - found.alpha) ** 0.5)


def test_alpha_refuses() -> None:
    """Too few people, one item that varies, or sums that do not vary."""
    with pytest.raises(
        TooFewError, match=r"Alpha is shown from 20 people on; here are 19 people\."
    ):
        reliability(group(19))
    items = group(30, k=2)
    with pytest.raises(GroupDataError, match="sum of the items"):
        reliability(items.assign(Q1=1 - items["Q0"]))
    with (
        pytest.warns(UserWarning, match="left out"),
        pytest.raises(GroupDataError, match="two items in which"),
    ):
        reliability(items.assign(Q1=1))


def test_omega_by_hand() -> None:
    """Items that all say the same of one thing have the omega of their loadings."""
    generator = np.random.default_rng(1)
    loadings = np.array([0.9, 0.7, 0.6, 0.5])
    able = generator.standard_normal((200_000, 1))
    items = able * loadings + generator.standard_normal((200_000, 4)) * np.sqrt(1 - loadings**2)
    found = omega_total(pd.DataFrame(items), seed=1, resamples=2)
    common = loadings.sum() ** 2
    assert found.omega == pytest.approx(common / (common + (1 - loadings**2).sum()), abs=0.005)
    assert found.variant == "omega total, one factor, maximum likelihood, covariances"


def test_omega_is_the_same_again() -> None:
    """The same seed draws the same people; another one nearly the same interval."""
    items = group(150)
    found = omega_total(items, seed=1)
    assert found == omega_total(items, seed=1)
    assert found.low < found.omega < found.high
    other = omega_total(items, seed=2)
    assert other.omega == found.omega
    assert other.low != found.low
    assert other.low == pytest.approx(found.low, abs=0.03)


def test_omega_refuses() -> None:
    """Too few people, or two items: one factor would fit anything."""
    with pytest.raises(TooFewError, match="Omega is shown from 100 people on"):
        omega_total(group(99), seed=1)
    with pytest.raises(GroupDataError, match="three items"):
        omega_total(group(120, k=2), seed=1)


def responses(n: int = 120) -> pd.DataFrame:
    """Return options chosen by people of whom the later ones know more."""
    first = ["B"] * (n // 2) + ["A"] * (n - n // 2)
    second = ["A", "B", "C", "A"] * (n // 4)
    return pd.DataFrame({"Q0": first, "Q1": second, "Q2": first})


KEY = {"Q0": "A", "Q1": "A", "Q2": "A"}


def test_distractors_by_definition() -> None:
    """Count, share, and the correlation of choosing an option with the points elsewhere."""
    chosen = responses()
    found = distractors(chosen, KEY).set_index(["item", "option"])
    assert found.loc[("Q1", "A"), "count"] == 60
    assert found.loc[("Q1", "B"), "share"] == pytest.approx(0.25)
    assert found["is_key"].tolist() == [True, False, True, False, False, True, False]
    elsewhere = (chosen["Q1"] == "A").astype(int) + (chosen["Q2"] == "A")
    expected = np.corrcoef(chosen["Q0"] == "B", elsewhere)[0, 1]
    assert found.loc[("Q0", "B"), "item_rest_r"] == pytest.approx(expected)
    assert found.loc[("Q0", "B"), "item_rest_r"] < 0 < found.loc[("Q0", "A"), "item_rest_r"]


def test_an_option_nobody_chose() -> None:
    """Is there where the column names it, and the key always is."""
    chosen = responses()
    chosen["Q0"] = pd.Categorical(chosen["Q0"], categories=["A", "B", "C"])
    found = distractors(chosen, {**KEY, "Q1": "Z"}).set_index(["item", "option"])
    assert found.loc[("Q0", "C"), "count"] == 0
    assert found.loc[("Q1", "Z"), ["count", "is_key"]].tolist() == [0, True]
    assert np.isnan(found.loc[("Q0", "C"), "item_rest_r"])


def test_left_unanswered_or_not_reached() -> None:
    """Unanswered is an option that earns nothing; not reached is missing, for all items."""
    chosen = responses()
    chosen.loc[:19, "Q0"] = ""
    chosen.loc[100:, "Q1"] = None
    found = distractors(chosen, KEY).set_index(["item", "option"])
    assert found.loc[("Q0", ""), "count"] == 20
    assert found.loc["Q1", "count"].sum() == 100
    assert found.loc["Q0", "share"].sum() == pytest.approx(1)
    everything = chosen.iloc[:100]
    assert len(everything) == 100
    elsewhere = (everything["Q1"] == "A").astype(int) + (everything["Q2"] == "A")
    expected = np.corrcoef(everything["Q0"] == "B", elsewhere)[0, 1]
    assert found.loc[("Q0", "B"), "item_rest_r"] == pytest.approx(expected)


def test_rare_options_stay_hidden() -> None:
    """Three people's choice is hidden, and the next one with it, so that it cannot be worked out.

    How many were right is said anyway ("12 of 20 got this right"), so the key is no help to hide.
    """
    chosen = responses()
    chosen.loc[:2, "Q0"] = "D"
    chosen.loc[3:20, "Q0"] = "C"
    found = distractors(chosen, KEY).set_index(["item", "option"]).loc["Q0"]
    assert found["count"].isna().to_dict() == {"A": False, "B": False, "C": True, "D": True}
    assert found.loc[["C", "D"], ["share", "item_rest_r"]].isna().all(axis=None)
    assert distractors(chosen, KEY, k=3)["count"].notna().all()


def test_groups_too_small_for_distractors() -> None:
    """Under 5 nothing; then counts; from 20 shares; from 100 correlations."""
    with pytest.raises(TooFewError, match="here are 4"):
        distractors(responses(4), KEY)
    few = distractors(responses(16), KEY)
    assert few["share"].isna().all()
    more = distractors(responses(96), KEY)
    assert more["share"].notna().all()
    assert more["item_rest_r"].isna().all()
    assert distractors(responses(100), KEY)["item_rest_r"].notna().all()
    with pytest.raises(GroupDataError, match="no key: Q1, Q2"):
        distractors(responses(), {"Q0": "A"})


def test_an_option_that_the_stronger_half_prefers() -> None:
    """With a wrong key, the right option is named; with the right one, nothing is."""
    chosen = responses()
    assert preferred(chosen, KEY).tolist() == [None, None, None]
    assert preferred(chosen, {**KEY, "Q0": "C"}).to_dict() == {"Q0": "A", "Q1": None, "Q2": None}
    with pytest.raises(TooFewError, match="stronger half"):
        preferred(responses(16), KEY)


def test_reliable_change_of_a_group() -> None:
    """A row for each person with both results, by the rule that one person's result goes by."""
    before = pd.Series({"a": 50.0, "b": 50.0, "c": 50.0, "d": np.nan, "e": 40.0})
    after = pd.Series({"c": 30.0, "b": 61.0, "a": 62.0, "d": 70.0})
    found = reliable_change(before, after, sem=4)
    assert found.index.tolist() == ["a", "b", "c"]
    assert found["larger"].tolist() == [True, False, True]
    assert found["rci"].tolist() == pytest.approx([2.1213, 1.9445, -3.5355], abs=1e-4)
    assert found.loc["a", ["low", "high"]].tolist() == pytest.approx([0.913, 23.087], abs=1e-3)
    with pytest.raises(GroupDataError, match="above 0"):
        reliable_change(before, after, sem=0)
    with pytest.raises(GroupDataError, match="twice"):
        reliable_change(before, pd.Series([1, 2], index=["a", "a"]), sem=4)


def test_gaps_are_over_what_both_answered() -> None:
    """By hand: the item that one of them left out counts for neither."""
    own = pd.DataFrame({"x": [4, 2], "y": [5, 3], "z": [1, np.nan]}, index=["p", "q"])
    other = pd.DataFrame({"x": [3, np.nan], "y": [3, 3], "w": [1, 1]}, index=["p", "q"])
    found = gaps(own, other)
    assert found.loc["p"].tolist() == [4.5, 3, 1.5, 2]
    assert found.loc["q"].tolist() == [3, 3, 0, 1]
    assert np.isnan(gaps(own, other.rename(index={"q": "r"})).loc["q", "gap"])
    with pytest.raises(GroupDataError, match="no item in common"):
        gaps(own, other[["w"]])


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(1, 10), min_size=3, max_size=3), min_size=1, max_size=5))
def test_own_priorities_come_to_nothing(ratings: list[list[int]]) -> None:
    """Everybody's ipsatised values have the sum 0, and their differences as before."""
    values = pd.DataFrame(ratings, columns=list("abc"))
    found = ipsatise(values)
    assert found.sum(axis=1).tolist() == pytest.approx([0] * len(values))
    assert (found["a"] - found["b"]).tolist() == pytest.approx((values["a"] - values["b"]).tolist())


def test_missing_priorities() -> None:
    """The mean is over what the person answered."""
    found = ipsatise(pd.DataFrame({"a": [1.0], "b": [3.0], "c": [np.nan]}))
    assert found.iloc[0, :2].tolist() == [-1, 1]
    assert np.isnan(found.iloc[0, 2])


def test_mid_ranks_by_hand() -> None:
    """Below a result lie the lower ones and half of its equals: 1, 2, 2, 4 of four."""
    ranks = mid_ranks(pd.Series([1.0, 2, 2, 4, np.nan]))
    assert ranks.tolist()[:4] == [12.5, 50, 50, 87.5]
    assert np.isnan(ranks.iloc[4])


def test_places_are_coarse() -> None:
    """A hundred different results fill ten tenths; equal ones all lie in the middle."""
    found = deciles(pd.Series(range(100)))
    assert found.value_counts().tolist() == [10] * 10
    assert deciles(pd.Series([7] * 100)).unique().tolist() == [6]
    assert deciles(pd.Series([*range(100), None])).isna().sum() == 1
    with pytest.raises(TooFewError, match="tenths is shown from 100"):
        deciles(pd.Series(range(99)))


def test_nothing_passed_in_is_changed() -> None:
    """The tables are the facilitator's own."""
    items, chosen = group(120), responses()
    copies = items.copy(), chosen.copy()
    item_statistics(items)
    reliability(items)
    distractors(chosen, KEY)
    pd.testing.assert_frame_equal(items, copies[0])
    pd.testing.assert_frame_equal(chosen, copies[1])


def test_public_functions() -> None:
    """Each is there and says what it returns."""
    for name in cohort.__all__:
        assert getattr(cohort, name).__doc__


def test_learners_never_load_it() -> None:
    """The course, its hosts and a session bring in neither pandas nor numpy nor scipy."""
    code = (
        "import sys, brmcourse, brmcourse.session, brmcourse.hosts.notebook, brmcourse.cli; "
        "import brmcourse.hosts.pages.server, brmcourse.scoring.groups; "
        "print([n for n in ('pandas', 'numpy', 'scipy', 'brmcourse.cohort') if n in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=course_root(), capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_it_brings_pandas_and_leaves_scipy_until_needed() -> None:
    """Importing the statistics is what brings pandas in; an interval brings scipy."""
    code = (
        "import sys, brmcourse.cohort; "
        "print([name for name in ('pandas', 'scipy') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=course_root(), capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "['pandas']"
