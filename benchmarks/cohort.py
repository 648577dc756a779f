"""What an item analysis of a group costs, beside a general package asked once for each item.

It is the processor's work alone, so its own time is measured, the best of several runs. Memory is
what a call takes beyond the table of scores, at its highest.
"""

import tracemalloc
import warnings
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pandas as pd
from bench import Row, best, busy_seconds, machine, show

from brmcourse.cohort import item_statistics, omega_total, reliability

SIZES = (1_000, 100_000, 1_000_000)
ITEMS = 25

BUDGET = 100
"""Milliseconds that the analysis of the largest group may take."""

TIMES_FASTER = 50
"""How many times as long the general package takes at least."""

GROUP = 600
"""The people of a large workshop."""


def main() -> list[Row]:
    """Return the rows."""
    rows = []
    for people in SIZES:
        rows += _of(people)
    thirds = _scores(SIZES[-1]) / 3
    parts = busy_seconds(lambda: item_statistics(thirds), times=1) * 1000
    rows.append(best(f"{SIZES[-1]:,} x {ITEMS}: all of it, in thirds of points", parts, "ms"))
    workshop = _scores(GROUP)
    omega = busy_seconds(lambda: omega_total(workshop, seed=1)) * 1000
    rows.append(best(f"omega and its interval, {GROUP} people", omega, "ms"))
    return rows


def _of(people: int) -> list[Row]:
    """Return the rows for a group of so many people."""
    items = _scores(people)
    largest = people == SIZES[-1]
    named = f"{people:,} x {ITEMS}"
    ours = _milliseconds(lambda: item_statistics(items), people)
    once = _milliseconds(lambda: items.to_numpy().sum(axis=0), people)
    rows = [
        best(f"{named}: all item statistics", ours, "ms", BUDGET if largest else None),
        best(f"{named}: of it, for each person", ours * 1e6 / people, "ns"),
        best(f"{named}: reading the scores once", once, "ms"),
        best(f"{named}: ours to reading once", ours / once, "times"),
        best(f"{named}: memory beyond the scores", _peak(lambda: item_statistics(items)), "MB"),
        best(f"{named}: alpha", _milliseconds(lambda: reliability(items), people), "ms"),
    ]
    pingouin = _pingouin()
    if pingouin is None:
        return rows
    theirs = busy_seconds(lambda: _for_each_item(pingouin, items), times=1) * 1000
    rows.append(best(f"{named}: pingouin for each item", theirs, "ms"))
    # A share keeps the rule of the table, in which less is better.
    share = 100 * ours / theirs
    rows.append(best(f"{named}: ours of pingouin's", share, "%", 100 / TIMES_FASTER))
    return rows


def _scores(people: int) -> pd.DataFrame:
    """Return answers, right or wrong, of people who know more and less."""
    generator = np.random.default_rng(1)
    able = generator.standard_normal((people, 1))
    hard = generator.standard_normal(ITEMS)
    right = generator.standard_normal((people, ITEMS)) < able + hard
    return pd.DataFrame(right.astype(float), columns=[f"q{number}" for number in range(ITEMS)])


def _milliseconds(action: Callable[[], object], people: int) -> float:
    """Return the least processor time of a call; short ones are repeated within a run."""
    times = max(1, SIZES[1] // people)

    def repeated() -> None:
        for _ in range(times):
            action()

    return busy_seconds(repeated, times=5) / times * 1000


def _peak(action: Callable[[], object]) -> float:
    tracemalloc.start()
    action()
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return highest / 2**20


def _pingouin() -> ModuleType | None:
    """Return pingouin, if it is installed."""
    try:
        import pingouin  # noqa: PLC0415
    except ImportError:
        return None
    return pingouin


def _for_each_item(pingouin: ModuleType, items: pd.DataFrame) -> None:
    """Ask for each item's correlation with the rest and for alpha of the others, and no more."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        total = items.sum(axis=1)
        for item in items:
            pingouin.corr(items[item], total - items[item])
            pingouin.cronbach_alpha(data=items.drop(columns=item), nan_policy="listwise")


if __name__ == "__main__":
    print(machine())
    show("Statistics of a group (cohort.py)", main())
