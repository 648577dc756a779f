"""How statistics of a group are said: the sentences of STATISTICS.md, and none too early."""

import pytest

from brmcourse.cohort.alpha import Reliability, feldt
from brmcourse.cohort.words import (
    PRIORITIES,
    said_change,
    said_facility,
    said_gap,
    said_hidden,
    said_nobody,
    said_preferred,
    said_reliability,
)
from brmcourse.errors import TooFewError


def of(alpha: float, n: int) -> Reliability:
    """Return a reliability of 5 items."""
    return Reliability(alpha, *feldt(alpha, n, 5), n, 5, 1.0, ())


def test_the_sentences_of_the_design() -> None:
    """Word by word as in STATISTICS.md, "How it is said"."""
    assert said_facility(12, 20) == (
        "12 of 20 got this right (60 %; with 20 people the true figure could be 39-78 %)."
    )
    assert said_preferred("B", "C", 20) == (
        "More of the stronger half chose B than the key C. Check the key, then the wording."
    )
    assert said_nobody("D", 5) == "Nobody chose D."
    assert said_reliability(of(0.70, 20)) == (
        "These 5 questions hang together moderately (alpha .70). "
        "With 20 people it could be anywhere from .43 to .87, so do not judge the scale by it."
    )
    assert said_change(7.3) == (
        "A change of 8 points or more is larger than the questionnaire's own wobble. "
        "Smaller changes may be noise. This does not say that the workshop caused it."
    )
    assert said_gap(0.8) == "You rate yourself 0.8 higher than your partner does."
    assert PRIORITIES == (
        "Your own priorities relative to each other, not compared with other people."
    )


def test_a_small_group_hears_counts() -> None:
    """Under 20 people no percentage is given, under 5 no number."""
    assert said_facility(6, 8) == "6 of 8 got this right."
    for said in (
        lambda: said_facility(3, 4),
        lambda: said_nobody("D", 4),
        lambda: said_preferred("B", "C", 19),
        lambda: said_reliability(of(0.70, 19)),
    ):
        with pytest.raises(TooFewError):
            said()


@pytest.mark.parametrize(
    ("alpha", "how"),
    [
        (0.95, "very closely (alpha .95)"),
        (0.85, "closely (alpha .85)"),
        (0.65, "moderately (alpha .65)"),
        (0.45, "weakly (alpha .45)"),
        (0.1, "hardly (alpha .10)"),
        (-0.2, "hardly (alpha -.20)"),
    ],
)
def test_each_word_for_alpha(alpha: float, how: str) -> None:
    """Also one below 0, which is not clamped."""
    assert how in said_reliability(of(alpha, 300))


def test_a_narrow_interval_needs_no_caution() -> None:
    """With a thousand people alpha is known well enough to judge by."""
    assert said_reliability(of(0.70, 1000)).endswith("it could be anywhere from .67 to .73.")


def test_the_partner_may_see_it_otherwise_or_alike() -> None:
    """A gap has a direction and no judgement; a difference that rounds to nothing is none."""
    assert said_gap(-1.25) == "You rate yourself 1.3 lower than your partner does."
    assert said_gap(0.04) == "You rate yourself as your partner does."


def test_a_change_of_one_point() -> None:
    """Counts in the singular."""
    assert said_change(0.4).startswith("A change of 1 point or more")


def test_a_larger_hidden_group_is_not_called_small() -> None:
    """Beside a hidden 4 a 9 is hidden too, and "fewer than 5" would not be true of it."""
    assert said_hidden(total_shown=False) == "fewer than 5"
    assert said_hidden() == "not shown: fewer than 5, or it would give away a group of fewer than 5"
