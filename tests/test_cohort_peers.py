"""Our statistics against published examples and other programs (docs/statistics.md).

What R's psych and pingouin say is stored beside the scripts that asked them, in tests/peers.
"""

import json
from itertools import repeat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f, norm

from brmcourse.cohort import item_statistics, omega_total, reliability, reliable_change
from brmcourse.cohort.alpha import coefficient, feldt
from brmcourse.cohort.items import EXTREME, correlated
from brmcourse.cohort.omega import of_one_factor, one_factor
from brmcourse.cohort.scores import complete, scores
from brmcourse.scoring.change import standard_error

PEERS = Path(__file__).parent / "peers"
PSYCH = json.loads((PEERS / "psych.json").read_text("utf-8"))
PINGOUIN = json.loads((PEERS / "pingouin.json").read_text("utf-8"))
SCALES = [name for name in PSYCH if name.startswith("bfi_")]


@pytest.fixture
def lsat6() -> pd.DataFrame:
    """The thousand people of Bock & Lieberman (1970), Psychometrika 35, 179-197."""
    rows = [row for *row, people in PSYCH["lsat6_patterns"] for _ in range(people)]
    return pd.DataFrame(rows, columns=[f"Q{number}" for number in range(1, 6)])


def covariances(name: str) -> np.ndarray:
    """Return the covariances of a scale of psych's bfi."""
    return np.array(PSYCH[name]["covariances"]).reshape(5, 5)


def people(name: str) -> np.ndarray:
    """Return scores with just these covariances, shape (items, people)."""
    drawn = np.random.default_rng(1).standard_normal((5, PSYCH[name]["n"]))
    drawn -= drawn.mean(axis=1, keepdims=True)
    apart = np.linalg.solve(np.linalg.cholesky(np.cov(drawn)), drawn)
    return np.linalg.cholesky(covariances(name)) @ apart + 3


@pytest.mark.parametrize("name", SCALES)
def test_alpha_is_that_of_psych(name: str) -> None:
    """Alpha and its interval, on five scales of 2,600 people and more."""
    alpha, spread = coefficient(people(name))
    peer = PSYCH[name]
    assert alpha == pytest.approx(peer["alpha"])
    assert spread == pytest.approx(covariances(name).sum() ** 0.5)
    ends = peer["alpha_low"], peer["alpha_high"]
    assert feldt(alpha, peer["n"], 5) == pytest.approx(ends)


@pytest.mark.parametrize("name", SCALES)
def test_items_are_those_of_psych(name: str) -> None:
    """The correlation with the rest ("r.drop" there), and alpha of the others."""
    table = covariances(name)
    r, alpha = correlated(np.diag(table).copy(), table.sum(axis=0))
    assert r == pytest.approx(PSYCH[name]["item_rest_r"])
    assert alpha == pytest.approx(PSYCH[name]["alpha_if_dropped"])


@pytest.mark.parametrize("name", ["lsat6", *SCALES])
def test_omega_is_that_of_r(name: str) -> None:
    """The loadings by maximum likelihood of R's factanal and of psych's fa, and omega by them."""
    table = covariances(name)
    spread = np.sqrt(np.diag(table))
    loadings, unrest = one_factor((table / np.outer(spread, spread))[None])
    assert not unrest
    assert np.abs(loadings[0]) == pytest.approx(np.abs(PSYCH[name]["loadings"]), abs=1e-6)
    assert np.abs(loadings[0]) == pytest.approx(np.abs(PSYCH[name]["loadings_psych"]), abs=1e-4)
    (omega,), _ = of_one_factor(table[None])
    assert omega == pytest.approx(PSYCH[name]["omega_one_factor"], abs=1e-6)


def test_omega_of_one_factor_is_not_that_of_three() -> None:
    """Psych's own omega total, of a model with three group factors, is higher on the same data."""
    for name in SCALES:
        assert PSYCH[name]["omega_total_of_three_factors"] > PSYCH[name]["omega_one_factor"] + 0.02


def test_the_interval_of_omega_is_that_of_r(lsat6: pd.DataFrame) -> None:
    """Within what two bootstraps differ by."""
    found = omega_total(lsat6, seed=1)
    assert found.omega == pytest.approx(PSYCH["lsat6"]["omega_one_factor"], abs=1e-6)
    assert (found.low, found.high) == pytest.approx(PSYCH["lsat6_omega_interval"], abs=0.015)


def test_a_thousand_people(lsat6: pd.DataFrame) -> None:
    """Alpha .295 is published for these data: Rizopoulos (2006), ltm, J. Stat. Software 17(5)."""
    found = reliability(lsat6)
    assert (round(found.alpha, 3), found.n, found.k) == (0.295, 1000, 5)
    for peer in (PINGOUIN["lsat6"], {"low": 0.22347379, "high": 0.36180253}):
        assert (found.low, found.high) == pytest.approx((peer["low"], peer["high"]), abs=5e-4)
    items = item_statistics(lsat6)
    assert items["facility"].tolist() == pytest.approx(PSYCH["lsat6"]["mean"])
    assert items["sd"].tolist() == pytest.approx(PSYCH["lsat6"]["sd"])
    assert items["item_rest_r"].tolist() == pytest.approx(PSYCH["lsat6"]["item_rest_r"])
    assert items["item_rest_r"].tolist() == pytest.approx(PINGOUIN["lsat6"]["item_rest_r"])
    assert items["alpha_if_dropped"].tolist() == pytest.approx(PSYCH["lsat6"]["alpha_if_dropped"])


def test_the_item_itself_is_not_in_the_rest(lsat6: pd.DataFrame) -> None:
    """Psych's "raw.r", with the item in the sum, is another number, and always a higher one."""
    with_itself = PSYCH["lsat6"]["item_total_r"]
    assert (item_statistics(lsat6)["item_rest_r"] < with_itself).all()


def test_missing_answers_are_left_out_listwise() -> None:
    """The example in pingouin's documentation: .80 listwise, which is ours, and .73 pairwise.

    Its interval counts the three people too who were left out: ours is as wide as nine people make
    it.
    """
    table, _ = complete(scores(pd.DataFrame(PINGOUIN["wide_missing"], dtype=float)))
    assert table.shape == (11, 9)
    alpha, _ = coefficient(table)
    peer = PINGOUIN["wide_missing_listwise"]
    assert alpha == pytest.approx(peer["alpha"])
    assert alpha != pytest.approx(PINGOUIN["wide_missing_pairwise"]["alpha"], abs=0.05)
    assert feldt(alpha, 9, 11) == pytest.approx((0.533, 0.947), abs=5e-4)
    twelve = feldt(alpha, 12, 11)
    assert twelve == pytest.approx((peer["low"], peer["high"]), abs=1e-3)


@pytest.mark.parametrize(
    ("alpha", "n", "k", "low", "high"),
    [
        (0.913, 873, 20, 0.9044024, 0.9211588),  # MRC Cognition and Brain Sciences Unit, feldt1
        (0.70, 20, 5, 0.43, 0.87),  # STATISTICS.md, "How it is said"
    ],
)
def test_published_intervals_of_alpha(
    alpha: float, n: int, k: int, low: float, high: float
) -> None:
    """Each to the decimals that are given."""
    digits = 2 if low == 0.43 else 7
    assert tuple(round(end, digits) for end in feldt(alpha, n, k)) == (low, high)


def test_another_interval_of_alpha() -> None:
    """Bonett's statpsych gives .7971 to .8931 for .85 of 7 items and 89 people: by n(k - 1)."""
    theirs = [1 - (1 - 0.85) * f.ppf(end, 88, 89 * 6) for end in (0.975, 0.025)]
    assert theirs == pytest.approx([0.7971254, 0.8931436], abs=1e-7)
    assert feldt(0.85, 89, 7) == pytest.approx(theirs, abs=1e-4)
    assert feldt(0.85, 89, 7) != pytest.approx(theirs, abs=1e-5)


def test_the_published_reliable_change() -> None:
    """Jacobson & Truax (1991): from 32.5 to 47.5, s 7.5, r .80: SE 3.35, S 4.74, RC 3.16."""
    sem = standard_error(0.80, 7.5)
    assert round(sem, 2) == 3.35
    found = reliable_change(pd.Series([32.5]), pd.Series([47.5]), sem=sem).iloc[0]
    assert round(found["rci"], 2) == 3.16
    assert found["larger"]


def test_kelleys_share() -> None:
    """27 % in each extreme group tells most: Kelley (1939), for scores that are normal.

    The difference of the groups' means over its standard error grows with `pdf(z) / sqrt(p)`.
    """
    shares = np.arange(0.01, 0.5, 0.001)
    tells = norm.pdf(norm.ppf(shares)) / np.sqrt(shares)
    assert round(float(shares[tells.argmax()]), 2) == EXTREME


def test_a_table_of_upper_and_lower() -> None:
    """By hand: of the 27 best 20 are right, of the 27 last 8: (20 - 8) / 27 = .44."""
    upper, middle, lower = ([3] * 27, [2] * 46, [1] * 27)
    right = [*repeat(1, 20), *repeat(0, 7), *repeat(1, 23), *repeat(0, 23), *repeat(1, 8)]
    right += [0] * 19
    others = [10 * total - one for total, one in zip(upper + middle + lower, right, strict=True)]
    items = pd.DataFrame({"Q": right, "rest": others})
    found = item_statistics(items, pd.Series({"Q": 1, "rest": 30}))
    assert found.loc["Q", "upper_lower"] == pytest.approx(12 / 27)
