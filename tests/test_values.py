"""The values exercise: an order that is always one, a guess kept apart from the answer, and the two
compared.
"""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brmcourse.activities import values
from brmcourse.activities.activity import Context, start
from brmcourse.events import Draft, ValuesPredicted, ValuesRanked
from tests.make import values as cards
from tests.play import Play, event

CARDS = [card.id for card in cards().cards]
HEARD = "What they said or did that shows it"


def pick(stage: str, *chosen: str, **more: str) -> dict[str, str]:
    """Return the form fields that name these cards, each with the same further fields."""
    form = {f"{stage}:{number}:card": card for number, card in enumerate(chosen, 1)}
    return form | {
        f"{stage}:{number}:{key}": text for number in range(1, 4) for key, text in more.items()
    }


def headings(play: Play) -> list[str]:
    """Return the numbers of the headings on the page."""
    return re.findall(r"<h3[^>]*>(\d)\. ", play.page())


def starts(play: Play) -> list[str]:
    """Return where new content starts on the page."""
    return re.findall(r'id="([^"]+)"[^>]* data-focus', play.page())


def compared(before: tuple[str, ...], after: tuple[str, ...]) -> Any:
    """Return the comparison of a guess with an answer."""
    play = Play(values, cards())
    play.do("asked", **pick("predicted", *before, confidence="low"))
    play.do("draft", **pick("revised", *after))
    assert play.reopened == replace(play.state, start="")
    return play.state.comparison


def test_cards_begin_in_an_order_of_chance() -> None:
    """The cards lie in an order that is the learner's own, and which is no ranking yet."""
    orders = {start(values, cards(), (), Context(str(seed))).order for seed in range(20)}
    assert len(orders) > 10
    play = Play(values, cards())
    assert not play.state.ranked
    assert "Your first three" not in play.page()


def test_order_may_be_kept_as_it_lies() -> None:
    """A learner who likes the order as it lies can say so."""
    play = Play(values, cards())
    play.do("rank")
    assert play.state.ranked
    assert play.state.order == Play(values, cards()).state.order
    assert "Your first three" in play.page(play.reopened)


def test_arrows_and_numbers_move_a_card() -> None:
    """An arrow moves a card by one place, a number to that place, and none beyond the ends."""
    play = Play(values, cards())
    first, second, third, *rest = play.state.order
    play.do("down", first)
    assert play.state.order == (second, first, third, *rest)
    play.do("up", first)
    play.do("up", first)
    assert play.state.order == (first, second, third, *rest)
    play.do("draft", **{f"rank:{first}": "3"})
    assert play.state.order == (second, third, first, *rest)
    play.do("draft", **{f"rank:{first}": "99"})
    assert play.state.order == (second, third, *rest, first)
    assert play.state.top == (second, third, rest[0])


def test_numbers_that_come_together() -> None:
    """Without a script any number of places can change at once, and each card lands where it was
    sent; what did not change makes room.
    """
    play = Play(values, cards())
    first, second, third, *rest, last = play.state.order
    wanted = (last, third, second, *rest, first)
    play.do("draft", **{f"rank:{card}": str(place) for place, card in enumerate(wanted, 1)})
    assert play.state.order == wanted
    play.do("rank", **{f"rank:{first}": "1", f"rank:{last}": "2"})
    assert play.state.order == (first, last, third, second, *rest)
    play.do("up", rest[-1], **{f"rank:{first}": "2"})
    assert play.state.order == (last, first, third, second, *rest[:-2], rest[-1], rest[-2])
    assert "<noscript><button" in play.page()


def test_headings_count_from_one() -> None:
    """The parts of the page are numbered without a gap, whatever was done first."""
    for actions in ((), ("rank",)):
        play = Play(values, cards())
        for name in actions:
            play.do(name)
        shown = [headings(play)]
        play.do("asked", **pick("predicted", "ann", "bea", "cyn"))
        shown.append(headings(play))
        play.do("draft", **pick("revised", "ann", "bea", "cyn"))
        shown.append(headings(play))
        parts = [len(numbers) for numbers in shown]
        assert parts == [parts[0], parts[0] + 1, parts[0] + 2]
        assert all(numbers == list("12345"[: len(numbers)]) for numbers in shown)


def test_focus_goes_where_an_action_leads() -> None:
    """An action that opens a part of the page names its heading, one that changes a line none."""
    play = Play(values, cards())
    assert starts(play) == []
    play.do("up", play.state.order[3])
    assert starts(play) == []
    play.do("rank")
    assert starts(play) == ["values-circle"]
    play.do("asked")
    assert starts(play) == ["values-predicted-1-errors"]
    play.do("asked", **pick("predicted", "ann", "bea", "cyn"))
    assert starts(play) == ["values-answer"]
    play.do("guess-again")
    assert starts(play) == ["values-guess"]
    play.do("draft", **pick("predicted", "bea", "ann", "cyn"))
    assert starts(play) == []


def test_guess_comes_before_the_answer() -> None:
    """The form for what was heard appears once three different values are guessed and the partner
    was asked.
    """
    play = Play(values, cards())
    play.do("asked", **pick("predicted", "ann", "ann", "bea", evidence="She said so."))
    assert not play.state.asked
    (problem,) = play.state.problems
    assert problem.words == values.TWICE.format(2)
    assert f'<a href="#{problem.field}">{problem.words}</a>' in play.page()
    assert f'<select name="predicted:2:card" id="{problem.field}">' in play.page()
    assert HEARD not in play.page()
    assert play.state.predicted[0] == {"card": "ann", "evidence": "She said so."}
    play.do("asked", **pick("predicted", "ann", "bea", "cyn"))
    assert HEARD in play.page(play.reopened)
    play.do("draft", **pick("revised", "bea", "cyn", "dot"))
    play.do("guess-again")
    assert HEARD not in play.page()
    assert values.chosen(play.state.revised) == ["bea", "cyn", "dot"]


def test_a_pick_can_be_taken_back() -> None:
    """Choosing no card in a line empties it; what was written beside it stays."""
    play = Play(values, cards())
    play.do("draft", **pick("predicted", "ann", evidence="She said so."))
    play.do("draft", **{"predicted:1:card": ""})
    assert play.state.predicted[0] == {"evidence": "She said so."}


@pytest.mark.parametrize(
    ("before", "after", "hits", "distance"),
    [
        (("ann", "bea", "cyn"), ("cyn", "ann", "bea"), ("ann", "bea", "cyn"), 0),
        (("ann", "bea", "cyn"), ("fay", "bea", "cyn"), ("bea", "cyn"), 1 / 3),
        (("ann", "bea", "dot"), ("ann", "bea", "eve"), ("ann", "bea"), 0),
        (("ann", "bea", "fay"), ("cyn", "dot", "eve"), (), 4 / 3),
    ],
)
def test_comparison(
    before: tuple[str, ...], after: tuple[str, ...], hits: tuple[str, ...], distance: float
) -> None:
    """Hits are the values in both, the distance the mean of wedges between the two threes in their
    closest pairing.
    """
    found = compared(before, after)
    assert found.hits == hits
    assert found.distance == pytest.approx(distance)
    assert found.confidence == pytest.approx(0.3)


def test_comparison_needs_both_sides() -> None:
    """With fewer than three different values on one side there is no comparison, and the page shows
    none.
    """
    play = Play(values, cards())
    play.do("asked", **pick("predicted", "ann", "bea", "cyn"))
    play.do("draft", **pick("revised", "ann", "ann", "bea"))
    assert play.state.comparison is None
    assert "side by side" not in play.page()
    play.do("draft", **pick("revised", "ann", "cyn", "bea"))
    assert play.state.comparison.confidence is None
    assert "% sure" not in play.page()


@given(one=st.sampled_from(CARDS), other=st.sampled_from(CARDS))
def test_distance_goes_the_shorter_way(one: str, other: str) -> None:
    """The distance of two cards is the same both ways, none in one wedge, and half the circle at
    most.
    """
    content = cards()
    assert content.distance(one, other) == content.distance(other, one) <= content.wedges // 2
    assert (content.distance(one, other) == 0) == (
        content.card(one).wedge == content.card(other).wedge
    )


def test_cards_that_are_gone() -> None:
    """After a change of the cards an order of the old ones counts no more, and a pick of one leaves
    its evidence.
    """
    bodies = (
        ValuesRanked(["gone", *CARDS[1:]]),
        ValuesPredicted([{"card": "gone", "evidence": "She said so."}, {}, {}]),
    )
    play = Play(values, cards(), [event(Draft("values", 1, body)) for body in bodies])
    assert not play.state.ranked
    assert sorted(play.state.order) == CARDS
    assert play.state.predicted[0] == {"evidence": "She said so."}
    assert play.page()


FIELDS = st.sampled_from(
    [
        *(f"rank:{card}" for card in (*CARDS, "gone")),
        *(
            f"predicted:{number}:{key}"
            for number in (1, 2, 3, 4)
            for key in values.NOTED[values.PREDICTED]
        ),
        *(
            f"revised:{number}:{key}"
            for number in (1, 2, 3)
            for key in values.NOTED[values.REVISED]
        ),
    ]
)
MOVES = st.tuples(
    st.sampled_from(["up", "down", "rank", "draft", "asked", "guess-again", "nonsense"]),
    st.sampled_from(["", "gone", *CARDS]),
    st.dictionaries(
        FIELDS, st.sampled_from(["", "0", "2", "7", "-1", "²", "gone", "low", *CARDS]), max_size=8
    ),
)


@settings(deadline=None)
@given(st.lists(MOVES, max_size=12))
def test_order_stays_an_order(moves: list[tuple[str, str, dict[str, str]]]) -> None:
    """Whatever the learner does, the order holds each card once, and the log alone rebuilds the
    page.
    """
    play = Play(values, cards())
    for name, about, form in moves:
        play.do(name, about, **form)
        assert sorted(play.state.order) == CARDS
        assert {
            card
            for picks in (play.state.predicted, play.state.revised)
            for card in values.chosen(picks)
        } <= {*CARDS}
    settled = replace(play.state, problems=(), start="")
    assert play.reopened == settled
    assert play.page(play.reopened) == play.page(settled)
