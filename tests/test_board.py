"""What a conversation remembers: facts heard, acts done, endings barred, and lines of one's own."""

from typing import Any

import pytest

from brmcourse.activities import conversation
from brmcourse.activities.conversation import Stage
from brmcourse.checks.conversation_paths import outcomes, steps_of
from brmcourse.checks.rule import RULES, Whole
from brmcourse.events import ConversationSaid
from brmcourse.model.conversation import Conversation, Level, Mark, clauses
from tests import make
from tests.overlay import SAMPLE
from tests.play import Play


def choice(name: str, points: int, to: str, **more: Any) -> dict[str, Any]:
    """Return a choice called like its text."""
    words = {"text": name, "skill": "listen", "feedback": f"On {name}.", "reply": f"Re {name}."}
    words["move"] = "ask"
    return {**words, "points": points, "next": to, **more}


def talk(**changes: Any) -> dict[str, Any]:
    """Return a conversation in which asking first pays, and telling it on does not."""
    return {
        **make.MEETING,
        "facts": {"lift": "She heard it in the lift."},
        "acts": {"told": "You told it on."},
        "endings": {"Good": "Good.", "Fair": "Fair.", "Poor": "Poor."},
        "start": "open",
        "nodes": {
            "open": {
                "says": "So?",
                "choices": [
                    choice("ask", 2, "offer", fact="lift", effects={"trust": 1}),
                    choice("tell", 1, "offer", act="told", bars=["Good"]),
                    choice("sell", 0, "offer", effects={"trust": -1}),
                ],
            },
            "offer": {
                "says": [
                    {"text": "And now?"},
                    {"if": "knows lift", "text": "No lifts, please."},
                    {"if": "did told and not knows lift", "text": "I hear that you talked."},
                ],
                "choices": [
                    choice("before the lift", 2, "route", **{"if": "knows lift"}),
                    choice("before Friday", 2, "route", **{"if": "not knows lift"}),
                    choice("some day", 1, "route"),
                    choice("never", 0, "route", effects={"trust": -2}),
                ],
            },
            "route": {
                "auto": [
                    {"if": "trust >= 3", "next": "good"},
                    {"if": "trust >= 2", "next": "fair"},
                    {"else": True, "next": "poor"},
                ]
            },
            "good": {"ending": "Good", "says": "(She nods.)"},
            "fair": {"ending": "Fair", "says": "(She waits.)"},
            "poor": {"ending": "Poor", "says": "(She goes.)"},
        },
        "debrief": ["Where?"],
        **changes,
    }


def played(*moves: str, data: dict[str, Any] | None = None) -> Play:
    """Return the conversation after the moves with those texts."""
    play = Play(conversation, Stage(Conversation.model_validate(data or talk())))
    play.do("begin")
    for text in moves:
        make_move(play, text)
    return play


def make_move(play: Play, text: str) -> None:
    """Make the move with that text."""
    offered = [move.text for _, move in play.state.moves]
    play.do("choose", str(offered.index(text) + 1), turn=str(len(play.state.turns)))


def said(play: Play) -> str:
    """Return what is heard where the conversation stands."""
    return " ".join(line.text for line in play.state.lines)


def flaws(rule: str, data: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the places at which a rule finds a flaw."""
    content = Conversation.model_validate(data)
    return [flaw.place for flaw in RULES[rule].find(content, Whole(SAMPLE, []))]


def test_conditions_are_read() -> None:
    """Levels, facts and acts, wanted or not, joined by "and"."""
    condition = "trust >= 7 and knows lift and not did told"
    found = [Level("trust", ">=", 7), Mark("knows", "lift", True), Mark("did", "told", False)]
    assert list(clauses(condition)) == found
    assert list(clauses(None)) == []


@pytest.mark.parametrize("condition", ["knows", "trust", "trust >= x", "knows lift or did told"])
def test_what_is_no_condition(condition: str) -> None:
    """Anything else is refused with a sentence that shows how to write it."""
    data = talk()
    data["nodes"]["offer"]["choices"][0]["if"] = condition
    with pytest.raises(ValueError, match="cannot read the condition"):
        Conversation.model_validate(data)


@pytest.mark.parametrize(
    ("place", "key", "value"),
    [(0, "if", "knows nobody"), (1, "needs", "did nothing"), (2, "bars", ["Nowhere"])],
)
def test_names_in_conditions_are_known(place: int, key: str, value: object) -> None:
    """A fact, act or ending that the conversation does not have is refused."""
    data = talk()
    data["nodes"]["offer"]["choices"][place][key] = value
    with pytest.raises(ValueError, match=r"there is no (fact|act|ending) called"):
        Conversation.model_validate(data)


def test_what_was_heard_opens_a_choice_and_a_line() -> None:
    """Who asked is offered what rests on the answer, and hears the line that goes with it."""
    play = played("ask")
    assert said(play) == "Re ask. And now? No lifts, please."
    assert {move.text for _, move in play.state.moves} == {"before the lift", "some day", "never"}
    play = played("sell")
    assert said(play) == "Re sell. And now?"
    assert {move.text for _, move in play.state.moves} == {"before Friday", "some day", "never"}
    assert said(played("tell")) == "Re tell. And now? I hear that you talked."


def test_what_is_not_offered_cannot_be_chosen() -> None:
    """An event for a choice that is not open there changes nothing, whoever wrote it."""
    play = played("sell")
    event = played("ask", "before the lift").log[-1]
    assert conversation.fold(play.state.record, event) == play.state.record


def test_a_barred_ending_stays_closed() -> None:
    """The same trust ends less well for who told it on."""
    assert played("ask", "before the lift").state.node.ending == "Good"
    assert played("tell", "before Friday").state.node.ending == "Fair"


def test_facts_are_remembered_from_replies() -> None:
    """The debrief lists what a reply let the learner know."""
    play = played("ask", "some day")
    assert play.state.facts == ("lift",)
    assert "She heard it in the lift." in play.page()
    assert "She heard it in the lift." not in played("sell", "some day").page()


def test_a_better_line_is_one_that_was_offered() -> None:
    """The debrief compares with what this learner could have said there."""
    assert "before Friday" in played("sell", "never").page()
    assert "before the lift" not in played("sell", "never").page()


def test_the_scene_stands_between_reply_and_words() -> None:
    """If time has passed, the reply still belongs to the talk before."""
    data = talk()
    data["nodes"]["offer"]["scene"] = "On Friday."
    lines = [line.text for line in played("sell", data=data).state.lines]
    assert lines == ["Re sell.", "On Friday.", "And now?"]


def test_checks_pass_what_is_sound() -> None:
    """None of the rules about paths finds anything in the conversation above."""
    for rule in ("needs", "barred", "last-move", "reply", "three-choices", "recovery", "best-play"):
        assert flaws(f"conversation.{rule}", talk()) == [], rule


def test_needs_are_proven_over_all_paths() -> None:
    """What is taken for granted must be so on every way there."""
    data = talk()
    data["nodes"]["offer"]["needs"] = "knows lift"
    assert flaws("conversation.needs", data) == [("nodes", "offer")]
    data = talk()
    data["nodes"]["offer"]["choices"][0]["needs"] = "knows lift"
    assert flaws("conversation.needs", data) == []
    data["nodes"]["offer"]["choices"][2]["needs"] = "not did told"
    assert flaws("conversation.needs", data) == [("nodes", "offer", "choices", 2)]


def test_a_barred_ending_that_is_reached_is_found() -> None:
    """A choice that leads straight to an ending, past any route, is no way round a bar."""
    data = talk()
    data["nodes"]["offer"]["choices"][2]["next"] = "good"
    assert flaws("conversation.barred", data) == [("nodes", "good")]


def test_a_weak_last_move_costs_the_best_ending() -> None:
    """A weak move that ends in the best way is found."""
    data = talk()
    data["nodes"]["offer"]["choices"][3]["effects"] = {}
    assert flaws("conversation.last-move", data) == [("nodes", "offer", "choices", 3)]


def test_three_are_offered_whatever_was_heard() -> None:
    """A condition that leaves a turn without a strong move on some way is found."""
    data = talk()
    del data["nodes"]["offer"]["choices"][1]
    assert flaws("conversation.three-choices", data) == [("nodes", "offer")]


def test_a_reply_answers_one_choice() -> None:
    """Two choices with the same answer are found."""
    data = talk()
    data["nodes"]["open"]["choices"][2]["reply"] = "Re ask."
    assert flaws("conversation.reply", data) == [("nodes", "open", "choices", 2)]


def test_turns_that_rest_on_something_heard_are_counted() -> None:
    """One such turn is too few."""
    assert flaws("conversation.heard", talk()) == [("nodes",)]
    data = talk()
    data["nodes"]["open"]["choices"][0]["if"] = "not did told"
    assert flaws("conversation.heard", data) == []


def test_only_what_is_asked_for_is_remembered() -> None:
    """Facts that nothing depends on do not multiply the spots that the checks walk."""
    data = make.conversation().model_dump(by_alias=True, exclude_none=True)
    stage = Stage(Conversation.model_validate(data))
    assert {spot.marks for spot in steps_of(stage.board)} == {0}
    assert outcomes(stage.board).total() == 9


def first(play: Play, text: str, name: str = "say") -> None:
    """Write an own line in the turn that is open."""
    play.do(name, turn=str(len(play.state.turns)), text=text)


def test_own_line_first() -> None:
    """The choices come after the learner's own line, which stands beside the move and in the
    debrief, and nowhere counts.
    """
    play = played()
    play.do("first")
    assert "What would you say?" in play.page()
    assert "before Friday" not in play.page()
    assert "sell" not in play.page()
    first(play, "Tell me more.")
    assert "Tell me more." in play.page()
    make_move(play, "ask")
    assert "Tell me more." in play.page()
    assert play.state.record.points == (2, 2)
    first(play, "")
    make_move(play, "some day")
    assert "Tell me more." in play.page()
    assert [note.text for note in conversation.written(play.state.record)] == ["Tell me more."]
    assert play.reopened.record == play.state.record


def test_own_line_is_saved_as_typed() -> None:
    """What is typed is kept before the choices are asked for, once."""
    play = played()
    play.do("first")
    first(play, "Tell", "draft")
    first(play, "Tell", "draft")
    assert sum(isinstance(event.body, ConversationSaid) for event in play.log) == 1
    assert not play.reopened.record.open
    assert play.reopened.own == "Tell"


@pytest.mark.parametrize("button", ["coach", "first", "restart"])
def test_own_line_is_kept_whatever_is_pressed(button: str) -> None:
    """Without a script a form is sent by one button only: what was typed goes along."""
    play = played()
    play.do("first")
    first(play, "Half a thou", button)
    assert play.reopened.own == "Half a thou"


def test_own_line_stays_as_it_was_compared() -> None:
    """Once the choices were seen, a late draft does not change the line."""
    play = played()
    play.do("first")
    first(play, "Tell me.")
    first(play, "Tell me more than before.", "draft")
    assert play.state.own == "Tell me."


def test_own_lines_go_with_their_turns() -> None:
    """Going back to a turn takes the lines from there on out of this run."""
    play = played()
    play.do("first")
    for text, choice_text in (("One.", "ask"), ("Two.", "some day")):
        first(play, text)
        make_move(play, choice_text)
    play.do("rewind", "1")
    assert [own.text for own in play.state.record.own.values()] == ["One."]
    assert not play.state.record.open


def test_own_line_for_another_turn_is_refused() -> None:
    """A line from a page that is behind changes nothing and says so."""
    play = played("ask")
    play.do("first")
    play.do("say", turn="0", text="Late.")
    assert play.state.notice == conversation.NOT_OPEN
    assert play.state.own == ""
