"""When a change is larger than the questionnaire's own wobble."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brmcourse.scoring.change import reliable_change, standard_error

POINTS = st.floats(0, 100)
ERRORS = st.floats(0.1, 40)


def test_a_worked_example() -> None:
    """By hand: spread 10, reliability 0.84: error 4; a change counts from 1.96 * 5.657 = 11.09."""
    error = standard_error(0.84, 10)
    assert error == pytest.approx(4)
    change = reliable_change(50, 62, error)
    assert change.points == 12
    assert change.smallest == pytest.approx(11.087, abs=0.001)
    assert change.larger
    assert not reliable_change(50, 61, error).larger


@given(POINTS, ERRORS)
def test_no_change_is_never_larger(value: float, error: float) -> None:
    """Who answers alike has not changed."""
    change = reliable_change(value, value, error)
    assert change.points == 0
    assert not change.larger


@given(POINTS, POINTS, ERRORS)
def test_both_directions_count_alike(before: float, after: float, error: float) -> None:
    """A change turned round is as large, and its interval is mirrored."""
    one, other = reliable_change(before, after, error), reliable_change(after, before, error)
    assert one.larger == other.larger
    assert one.low == pytest.approx(-other.high)


@given(POINTS, POINTS, ERRORS)
def test_it_is_larger_when_its_interval_leaves_out_zero(
    before: float, after: float, error: float
) -> None:
    """The rule and the interval say the same."""
    change = reliable_change(before, after, error)
    assert change.larger == (change.low >= 0 or change.high <= 0)
