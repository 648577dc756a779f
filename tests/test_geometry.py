"""Where the dots and lines of the small plots stand: inside their box, equally far apart;
and the debrief of conversations with other gauges, with none, or without a move.
"""

from itertools import pairwise
from math import hypot
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brmcourse.activities import conversation
from brmcourse.activities.conversation import Stage
from brmcourse.model.conversation import GAUGE
from brmcourse.rendering import geometry
from brmcourse.rendering.geometry import GaugePlot, Point
from tests.make import conversation as talk
from tests.play import Play

HEIGHT = 150
"""The height of a plot, as its template says."""

STATES = st.lists(st.fixed_dictionaries({"trust": st.integers(*GAUGE)}), min_size=1, max_size=40)


def wedges(counts: list[int]) -> list[int]:
    """Return the wedge of each card where the wedges hold so many cards one after the other."""
    return [wedge for wedge, cards in enumerate(counts) for _ in range(cards)]


WEDGES = st.lists(st.integers(1, 2), min_size=4, max_size=12).map(wedges)


def plot(states: list[dict[str, int]]) -> GaugePlot:
    """Return the plot of these states, which must have one."""
    found = geometry.gauge_plot(states)
    assert found
    return found


@given(STATES)
def test_a_plot_stays_in_its_box(states: list[dict[str, int]]) -> None:
    """Every dot, caption and level lies inside the plot, a dot between the lowest and the highest
    level.
    """
    found = plot(states)
    heights = [level.line.y1 for level in found.levels]
    places = [place for mark in found.marks for place in (mark.dot, mark.caption)]
    for place in places + [level.text for level in found.levels]:
        assert 0 <= place.x <= 100
        assert 0 <= place.y <= HEIGHT
    assert all(min(heights) <= mark.dot.y <= max(heights) for mark in found.marks)


@given(STATES)
def test_a_plot_goes_on_in_equal_steps(states: list[dict[str, int]]) -> None:
    """The dots stand equally far apart from left to right, higher for more, and each line joins two
    neighbours.
    """
    marks = plot(states).marks
    assert [mark.value for mark in marks] == [state["trust"] for state in states]
    assert marks[0].line is None
    steps = [after.dot.x - before.dot.x for before, after in pairwise(marks)]
    assert steps == pytest.approx([92 / len(steps)] * len(steps) if steps else [])
    for before, after in pairwise(marks):
        assert after.line
        ends = (after.line.x1, after.line.y1, after.line.x2, after.line.y2)
        assert ends == pytest.approx((before.dot.x, before.dot.y, after.dot.x, after.dot.y))
        assert (after.dot.y < before.dot.y) == (after.value > before.value)


def test_which_gauge_is_plotted() -> None:
    """Trust wherever it stands, or else the first gauge; without any there is no plot."""
    assert plot([{"clarity": 1, "trust": 2}]).gauge == "trust"
    assert plot([{"clarity": 1, "heard": 2}]).gauge == "clarity"
    assert geometry.gauge_plot([{}, {}]) is None


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_result_stands_on_its_axis(value: float, old: float) -> None:
    """Results lie between the ends of the axis, the better one to the right; the ticks divide it
    equally.
    """
    row = geometry.dots(value, [old])
    (before_it,) = row.earlier
    assert row.now
    assert row.axis.x1 <= row.now.x <= row.axis.x2
    assert row.now.y == before_it.y == row.axis.y1 == row.axis.y2
    if abs(value - old) > 1e-9:
        assert (row.now.x > before_it.x) == (value > old)
    assert len({after.x1 - before.x1 for before, after in pairwise(row.ticks)}) == 1
    assert (row.ticks[0].x1, row.ticks[-1].x1) == (row.axis.x1, row.axis.x2)
    assert geometry.dots(value).earlier == ()
    assert geometry.dots(0).now.x == row.axis.x1
    assert geometry.dots(100).now.x == pytest.approx(row.axis.x2)


def away(place: Point) -> float:
    """Return how far a place is from the middle."""
    return hypot(place.x, place.y)


@given(WEDGES)
def test_cards_lie_in_the_circle(of_cards: list[int]) -> None:
    """Every number, ring and square lies inside the circle, and no two cards in one place."""
    wheel = geometry.wheel(of_cards)
    assert len(wheel.places) == len(of_cards)
    assert len({place.number for place in wheel.places}) == len(of_cards)
    for place in wheel.places:
        assert max(map(away, (place.number, place.ring, place.letter))) < wheel.radius


@given(WEDGES)
def test_spokes_divide_the_circle(of_cards: list[int]) -> None:
    """There are as many spokes as wedges, all from the middle to the rim and equally far apart."""
    wheel = geometry.wheel(of_cards)
    ends = [Point(spoke.x2, spoke.y2) for spoke in wheel.spokes]
    assert len(ends) == len(set(of_cards))
    assert {(spoke.x1, spoke.y1) for spoke in wheel.spokes} == {(0, 0)}
    assert [away(end) for end in ends] == pytest.approx([wheel.radius] * len(ends), abs=0.1)
    gaps = [hypot(a.x - b.x, a.y - b.y) for a, b in pairwise([*ends, ends[0]])]
    assert gaps == pytest.approx([gaps[0]] * len(gaps), abs=0.3)


def debrief(turns: int = 2, **extra: Any) -> str:
    """Return the page of a conversation after so many moves, which must have ended it."""
    play = Play(conversation, Stage(talk(**extra)))
    play.do("begin")
    for turn in range(turns):
        play.do("choose", "1", turn=str(turn))
    assert play.state.node.ending
    return play.page()


def nodes(*, gauge: str | None = None) -> dict[str, Any]:
    """Return a conversation of one move that may do something to a gauge."""
    words = {"text": "A move", "reply": "Yes.", "feedback": "Good."}
    move = {**words, "move": "ask", "points": 2, "skill": "listen", "next": "good"}
    effects = {gauge: 2} if gauge else {}
    return {
        "one": {"says": "Well?", "choices": [move | {"effects": effects}]},
        "good": {"ending": "Good", "says": "Thank you."},
    }


def test_debrief_names_the_gauge_it_shows() -> None:
    """A conversation without trust shows its first gauge, by name, from the start on."""
    state = {"plain-talk": 3, "heard": 5}
    html = debrief(1, state=state, nodes=nodes(gauge="plain-talk"))
    assert "<h4>Plain talk, move by move</h4>" in html
    assert 'aria-label="Plain talk from 0 to 10: at the start 3, after move 1 5."' in html
    assert "<h4>Trust, move by move</h4>" in debrief()


def test_debrief_without_a_gauge() -> None:
    """A conversation without a hidden state has no plot, and the rest of its debrief."""
    html = debrief(1, state={}, nodes=nodes())
    assert "move by move" not in html
    assert "brm-plot" not in html
    assert "Your path" in html


def test_debrief_without_a_move() -> None:
    """A conversation that ends before the first move has a debrief with one dot."""
    html = debrief(0, start="good", nodes={"good": nodes()["good"]})
    assert html.count('<circle class="brm-now"') == 1
    assert "at the start 3." in html
