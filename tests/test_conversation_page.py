"""The page of a conversation: what is folded, what is speech, where focus goes, what it asks."""

import re

import pytest

from brmcourse.activities import conversation
from brmcourse.activities.conversation import Line, heard
from brmcourse.content.library import Library
from tests.make import staged
from tests.play import Play

STRONG, WEAK = 2, 0
FOLD = re.compile(r'<details(?![^>]*-setup").*?</details>', re.DOTALL)


def opened(**extra: object) -> Play:
    """Return a conversation that has begun."""
    play = Play(conversation, staged(**extra))
    play.do("begin")
    return play


def move(play: Play, points: int) -> None:
    """Make the move of this turn that is worth so much."""
    worth = [choice.points for _, choice in play.state.moves]
    play.do("choose", str(worth.index(points) + 1), turn=str(len(play.state.turns)))


def plain(html: str) -> str:
    """Return the words of a page on one line."""
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def starts(play: Play) -> list[str]:
    """Return where new content starts on the page."""
    return re.findall(r'id="([^"]+)"\s+data-focus', play.page())


@pytest.mark.parametrize(
    ("says", "found"),
    [
        ("Well?", [("Well?", True)]),
        ("(She nods.) Go on.", [("She nods.", False), ("Go on.", True)]),
        ("Go on. (She nods.)", [("Go on.", True), ("She nods.", False)]),
        ("So. (She nods.) Go on.", [("So.", True), ("She nods.", False), ("Go on.", True)]),
        ("(She nods.)", [("She nods.", False)]),
        ("So (odd", [("So (odd", True)]),
    ],
)
def test_what_stands_in_brackets_is_not_said(says: str, found: list[tuple[str, bool]]) -> None:
    """Brackets hold what is seen; the scene comes before all of it."""
    assert heard(says) == [Line(*line) for line in found]
    nodes = {"good": {"ending": "Good", "says": says, "scene": "At noon"}}
    play = Play(conversation, staged(start="good", nodes=nodes))
    assert play.do("begin").lines == (("At noon", False), *found)


def test_nobody_speaks_of_themselves(library: Library) -> None:
    """In the course's own conversations no ending has the partner tell what "she" or "he" does."""
    told = re.compile(r"\b(She|He|Her|His)\b")
    for name in library.names("conversations"):
        talk = library.named("conversations", name)
        for node in talk.nodes.values():
            if node.ending:
                lines = [line for words in node.says for line in heard(words.text)]
                assert [x.text for x in lines if x.spoken and told.match(x.text)] == []


def test_narration_has_no_speaker() -> None:
    """What is seen stands on the page without brackets and without the partner's name."""
    nodes = {"good": {"ending": "Good", "says": "(She nods.)"}}
    page = Play(conversation, staged(start="good", nodes=nodes)).do("begin")
    html = Play(conversation, staged(start="good", nodes=nodes)).page(page)
    assert re.search(r'<li class="brm-scene"[^>]*><span>She nods.</span></li>', html)
    assert "(She nods.)" not in html
    assert "brm-them" not in html


def test_earlier_turns_are_folded() -> None:
    """My last move and the answer to it stand open, all before them in a fold that is closed."""
    play = opened()
    assert not FOLD.findall(play.page())
    move(play, STRONG)
    page = play.page()
    (fold,) = FOLD.findall(page)
    assert fold.startswith('<details class="brm-earlier" id="t1_test-earlier-1">')
    assert "Earlier in this talk (1 turn)" in fold
    assert "Well?" in fold
    assert "A strong move" not in fold
    rest = plain(FOLD.sub("", page))
    assert "Well?" not in rest
    assert rest.index("A strong move") < rest.index("And?") < rest.index("What do you say")


def test_the_meeting_can_be_looked_up() -> None:
    """What the meeting is about stands in a fold until the talk has ended."""
    play = opened()
    fold = '<details class="brm-earlier" id="t1_test-setup">'
    assert fold in play.page()
    assert "A corridor" in play.page()
    move(play, STRONG)
    assert fold in play.page()
    move(play, STRONG)
    assert fold not in play.page()


def test_a_move_that_is_not_open_says_no_more_than_is_true() -> None:
    """The sentence speaks of the turn, and of no window."""
    play = opened()
    move(play, STRONG)
    play.do("choose", "1", turn="0")
    play.do("choose", "2", turn="0")
    assert conversation.NOT_OPEN in play.page()
    assert "window" not in play.page()
    move(play, STRONG)
    assert not play.state.notice


def test_starting_again_asks_first() -> None:
    """Starting again asks, and No or any other action leaves all as it was."""
    play = opened()
    assert "Start again" not in play.page()
    move(play, STRONG)
    before = len(play.log)
    for answer in ("restart-no", "open"):
        play.do("restart")
        assert "Start again from the beginning?" in play.page()
        assert starts(play) == ["t1_test-confirm"]
        assert "A weak move" in play.page()
        play.do(answer)
        assert "Start again from the beginning?" not in play.page()
        assert len(play.state.turns) == 1
    assert len(play.log) == before
    play.do("restart")
    play.do("restart-yes")
    assert play.state.turns == ()
    assert play.reopened == play.state


def test_focus_follows_the_talk() -> None:
    """The first new line is where the focus goes, by an id that is new with every turn."""
    play = opened()
    found = [starts(play)]
    for _ in range(2):
        move(play, STRONG)
        found.append(starts(play))
    assert found == [[f"t1_test-here-{turn}"] for turn in range(3)]


def test_debrief_is_short_where_all_was_well() -> None:
    """A weak move shows why and what would have been better; of a strong one, and of what the
    partner said, a fold has it.
    """
    play = opened()
    move(play, WEAK)
    move(play, STRONG)
    path = play.page().partition("Your path")[2]
    weak, strong = re.findall(r"<li>\s*<p class=\"brm-verdict.*?</li>", path, re.DOTALL)
    shown = plain(FOLD.sub("", weak))
    assert "You: A weak move That was weak." in shown
    assert "A better line: A strong move" in shown
    assert "Noor" not in shown
    assert "Noor: Well?" in plain(weak)
    assert "That was strong." not in FOLD.sub("", strong)
    assert "Noor: A weak reply. And? That was strong. Trust rose by 2." in plain(strong)
    assert "better" not in strong


def test_debrief_explains_what_was_counted() -> None:
    """What rose and fell is explained once, in words; a gauge that the page does not know is named
    in each turn, and no more.
    """
    play = opened()
    move(play, WEAK)
    move(play, WEAK)
    page = plain(play.page())
    assert page.count("Trust , how far they trust you.") == 1
    assert "Trust fell by 2." in page
    nodes = {
        "one": {
            "says": "Well?",
            "choices": [
                {
                    "text": "Yes",
                    "move": "ask",
                    "reply": "No.",
                    "points": 1,
                    "skill": "listen",
                    "effects": {"inner-calm": 1},
                    "next": "good",
                    "feedback": "Fine.",
                }
            ],
        },
        "good": {"ending": "Good", "says": "Thank you."},
    }
    play = opened(state={"inner-calm": 2}, nodes=nodes)
    play.do("choose", "1", turn="0")
    page = plain(play.page())
    assert "Inner calm rose by 1." in page
    assert "from 0 to 10:" not in page.partition("Your path")[2]


def test_a_name_contains_its_label() -> None:
    """Whoever says the words on a button to a machine means that button."""
    play = opened()
    move(play, WEAK)
    move(play, WEAK)
    again = r'aria-label="([^"]+)">(Play again[^<]+)</button>'
    found = re.findall(again, play.page())
    assert found == [
        (f"Play again from here: move {number}", "Play again from here") for number in (1, 2)
    ]
