"""The deck of pushback: what it holds, and that a learner's own words fit into it."""

import re
from collections import Counter

import pytest

from brmcourse.content.library import Library
from brmcourse.errors import UnknownIdError
from brmcourse.model.pushback import SLOT, Deck, Line


@pytest.fixture
def deck(library: Library) -> Deck:
    """The lines of the course."""
    found: Deck = library.named("pushback", "lines")
    return found


def test_sixty_lines(deck: Deck) -> None:
    """There are twenty lines of each kind, at least six at each level, and none twice."""
    assert Counter(line.kind for line in deck.lines) == {
        "doubt": 20,
        "demand": 20,
        "resistance": 20,
    }
    assert min(Counter((line.kind, line.level) for line in deck.lines).values()) >= 6
    assert len({line.text for line in deck.lines}) == 60


def test_own_words(deck: Deck) -> None:
    """Every kind takes up pressures, concerns and causes, and about a third of its lines do."""
    drawn = [line for line in deck.lines if line.about]
    assert {(line.kind, line.about) for line in drawn} == {
        (kind, about)
        for kind in ("doubt", "demand", "resistance")
        for about in ("pressure", "concern", "cause")
    }
    assert set(Counter(line.kind for line in drawn).values()) == {7}


def test_lines_are_short(deck: Deck) -> None:
    """A busy manager says a line in one breath: fifteen words at most, without the learner's."""
    for line in deck.lines:
        assert len(line.text.replace(SLOT, "").split()) <= 15, line.text


def test_words_end_where_a_line_goes_on(deck: Deck) -> None:
    """What stands behind the learner's words, which have no full stop, ends or closes them."""
    for line in deck.lines:
        assert not line.about or re.search(r"\{words\}(?:\.(?: [A-Z]|$)|”)", line.text), line.text


@pytest.mark.parametrize(
    ("about", "text"),
    [
        ("cause", "No slot."),
        (None, "A slot: {words}."),
        ("cause", "Two: {words}. Slots: {words}."),
        ("cause", "In {words}."),
    ],
)
def test_slot(about: str | None, text: str) -> None:
    """A line has one slot if it says what that is about, at a place where all words fit."""
    with pytest.raises(ValueError, match="slot"):
        Line.model_validate({"id": "a", "kind": "doubt", "level": 1, "about": about, "text": text})


def test_levels_that_lack(library: Library, deck: Deck) -> None:
    """A deck that lacks a level of a kind says so for each."""
    lines = [line for line in deck.lines if (line.kind, line.level) != ("demand", 3)]
    with pytest.raises(ValueError, match=r"no line of demand is at level 3 \(hard\)"):
        Deck.model_validate({"id": "lines", "lines": lines})


def test_a_wrong_name(library: Library) -> None:
    """A deck that is not there is explained like other content."""
    with pytest.raises(UnknownIdError, match='no deck of lines called "line"'):
        library.named("pushback", "line")
