"""The rules on conversations, and the table of all the ways to play one."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from brmcourse.activities.board import Board
from brmcourse.activities.conversation import Stage, blank, fold
from brmcourse.checks.conversation_paths import (
    Outcome,
    outcomes,
    paths_table,
    strongest,
    weakest,
)
from brmcourse.checks.rule import RULES, Whole
from brmcourse.content.library import Library
from brmcourse.events import SELF, ConversationChose, Event
from brmcourse.model.conversation import Conversation
from brmcourse.paths import course_root
from tests.overlay import SAMPLE


@pytest.fixture
def data() -> Any:
    """The sample conversation as plain data, to be changed."""
    return yaml.safe_load((SAMPLE / "data" / "conversations" / "t1.yaml").read_text("utf-8"))


def chose(stage: Stage, turn: int, node: str, place: int) -> Event:
    """Return what the log holds of one move."""
    conversation = stage.conversation
    body = ConversationChose(turn, node, place)
    now = datetime.now(UTC)
    return Event("", now, conversation.id, conversation.edition, "", SELF, "", body)


def places(rule: str, data: Any) -> list[tuple[Any, ...]]:
    """Return the places at which a rule finds a flaw."""
    return [
        flaw.place
        for flaw in RULES[rule].find(Conversation.model_validate(data), Whole(SAMPLE, []))
    ]


@pytest.mark.parametrize("name", Library(course_root()).names("conversations"))
def test_paths_of_the_courses_conversations(library: Library, name: str) -> None:
    """Each conversation takes seven to ten turns, and what the table says adds up."""
    paths = paths_table(library.named("conversations", name))
    assert 7 <= paths.shortest <= paths.longest <= 10
    assert (paths.lowest, paths.highest) == (0, 1)
    assert sum(paths.endings.values()) == pytest.approx(1)
    assert min(paths.endings.values()) > 0
    assert "Ways to play" in str(paths)


def test_paths_are_what_learners_play(data: Any) -> None:
    """Each way that the activity itself can be clicked through is counted once, with its points and
    ending.
    """
    played: Counter[Outcome] = Counter()
    waiting = [blank(Stage(Conversation.model_validate(data)))]
    while waiting:
        record = waiting.pop()
        if record.node.ending:
            earned, _ = record.points
            played[Outcome(len(record.turns), earned, record.node.ending)] += 1
        for place in record.content.board.offered(record.spot):
            event = chose(record.content, len(record.turns), record.spot.name, place)
            waiting.append(fold(record, event))
    assert played == outcomes(Board(Conversation.model_validate(data)))


def test_best_and_worst_play(data: Any) -> None:
    """The strongest and weakest moves make one way each."""
    conversation = Conversation.model_validate(data)
    assert list(outcomes(Board(conversation), strongest)) == [Outcome(3, 6, "Agreed step")]
    assert list(outcomes(Board(conversation), weakest)) == [Outcome(3, 0, "Closed door")]


def test_conditions_that_never_hold(data: Any) -> None:
    """A turn behind a condition that never holds is found, although an arrow leads there."""
    data["nodes"]["offer"]["choices"][0]["next"] = "gate"
    data["nodes"]["gate"] = {
        "auto": [{"if": "trust > 9", "next": "late"}, {"else": True, "next": "route"}]
    }
    data["nodes"]["late"] = {"says": "Well?", "choices": data["nodes"]["offer"]["choices"][1:]}
    assert places("conversation.unreachable", data) == [("nodes", "late")]


def test_recovery_names_the_move(data: Any) -> None:
    """The flaw stands at the weak move that nothing makes good."""
    data["nodes"]["open"]["choices"][2]["effects"] = {"trust": -3}
    assert places("conversation.recovery", data) == [("nodes", "open", "choices", 2)]


def test_points_that_contradict_effects(data: Any) -> None:
    """Each move that does less good than a cheaper one is found; equal effects are fine."""
    data["nodes"]["offer"]["choices"][3]["effects"] = {"trust": 1}
    assert places("conversation.points-effects", data) == [("nodes", "offer", "choices", 2)]


def test_missing_names_are_found_all_at_once(data: Any) -> None:
    """Every reference of a conversation that leads nowhere is reported, not the first alone."""
    data["nodes"]["open"]["choices"][0] |= {
        "next": "nowhere",
        "skill": "charm",
        "effects": {"luck": 1},
    }
    with pytest.raises(ValueError, match="nowhere") as caught:
        Conversation.model_validate(data)
    details: Any = caught.value
    assert len(details.errors()[0]["ctx"]["found"]) == 3
