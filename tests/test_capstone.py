"""The capstone: what was written in the modules, gathered in one plan and edited in place."""

import shutil
from pathlib import Path

import pytest

from brmcourse.activities import capstone, plan, reflection, sheet, values
from brmcourse.activities.activity import recorded
from brmcourse.content.library import Library
from brmcourse.errors import UnknownIdError
from tests.make import outline
from tests.make import sheet as log
from tests.make import values as cards
from tests.overlay import SAMPLE
from tests.play import Play

PICKED = {"predicted:1:card": "ann", "predicted:2:card": "bea", "predicted:3:card": "cyn"}


def opened(part: str) -> Play:
    """Return the plan with one part open."""
    play = Play(capstone, outline())
    play.do("edit", part)
    return play


def test_empty_plan_says_where_to_write() -> None:
    """Each piece with nothing in it says so and names its module; no form is open."""
    page = Play(capstone, outline()).page()
    assert page.count("Nothing written yet (module 1).") == 4
    assert "<textarea" not in page


def test_plan_shows_what_was_written_elsewhere() -> None:
    """What a learner wrote in the modules stands in the plan without being written again."""
    modules = [
        Play(reflection, outline().all[0].content),
        Play(sheet, log()),
        Play(values, cards()),
        Play(plan, outline().all[3].content),
    ]
    modules[0].do("draft", **{"m1-r1:text": "It went badly."})
    modules[1].do(
        "add",
        "log",
        **{"log:1:what": "A small promise", "log:1:by": "2026-12-01", "log:1:state": "half"},
    )
    modules[2].do("draft", **PICKED)
    modules[3].do("draft", **{"m1-p1:situation": "she sighs", "m1-p1:action": "ask why"})
    page = Play(capstone, outline(), [event for play in modules for event in play.log]).page()
    assert "Nothing written yet" not in page
    for text in (
        "It went badly.",
        "A small promise",
        "1 December 2026",
        "Is half",
        "Ann, Bea, Cyn",
    ):
        assert text in page
    assert "If she sighs, then I ask why." in page


def test_values_are_a_guess_until_asked() -> None:
    """The plan marks the partner's values as a guess until the learner noted what they heard."""
    play = Play(capstone, outline())
    play.do("asked", **PICKED)
    assert "A guess, not checked yet: Ann, Bea, Cyn." in play.page()
    play.do("draft", **{"revised:1:card": "dot", "revised:1:said": "She told me."})
    assert "Checked by asking: Dot." in play.page()
    assert "She told me." in play.page()


def test_one_part_is_open_at_a_time() -> None:
    """Opening a part shows its forms and closes the other; neither is recorded."""
    play = opened("past")
    assert 'name="m1-r1:text"' in play.page()
    assert 'name="predicted:1:card"' not in play.page()
    play.do("edit", "next")
    assert 'name="m1-r1:text"' not in play.page()
    assert 'name="predicted:1:card"' in play.page()
    assert 'name="m1-p1:situation"' in play.page()
    play.do("done")
    assert "<textarea" not in play.page()
    assert play.log == []


def test_edited_in_place() -> None:
    """A text changed in the plan is changed in its module too: there is one text, not a copy."""
    play = opened("past")
    play.do("draft", **{"m1-r1:text": "Better words"})
    play.do("add", "log", **{"log:1:what": "A promise"})
    assert [(event.kind, event.subject) for event in play.log] == [
        ("reflection.wrote", "m1-r1"),
        ("sheet.wrote", "log"),
        ("sheet.added", "log"),
    ]
    assert recorded(reflection, outline().all[0].content, play.log).entries["m1-r1"].texts == {
        "text": "Better words"
    }
    assert recorded(sheet, log(), play.log).entries == {1: {"what": "A promise"}, 2: {}}
    assert play.state.editing == "past"
    play.do("done")
    assert play.reopened.record == play.state.record
    assert 'id="capstone-past" tabindex="-1" data-focus' in play.page()


def test_focus_stays_with_the_work() -> None:
    """A part that is opened or closed starts at its heading; a step within it where that says."""
    play = opened("past")
    assert 'id="capstone-past-open" tabindex="-1" data-focus' in play.page()
    assert play.page().count("data-focus") == 1
    play.do("draft", **{"log:1:what": "A promise"})
    assert 'id="capstone-past-open" tabindex="-1" data-focus' in play.page()
    play.do("close", "log 1")
    assert 'id="log-1-row" tabindex="-1" data-focus' in play.page()
    assert play.page().count("data-focus") == 1


def test_the_plan_says_what_is_empty() -> None:
    """Parts in which nothing stands are named above the plan, until there are none."""
    play = opened("past")
    assert "Nothing stands yet in 2 of 2 parts: Part past; Part next." in play.page()
    play.do("draft", **{"m1-r1:text": "Words"})
    assert "Nothing stands yet in 1 of 2 parts: Part next." in play.page()
    play.do("draft", **{"m1-p1:situation": "she sighs"})
    assert "Nothing stands yet" not in play.page()


def test_notice_stands_in_its_part() -> None:
    """An action that cannot be carried out says so where it was tried, and keeps what was typed."""
    play = opened("next")
    play.do("asked", **{"predicted:1:card": "ann"})
    assert "Value 2: choose one" in play.page()
    assert [event.kind for event in play.log] == ["values.predicted"]


def test_subjects_are_those_of_the_pieces() -> None:
    """The plan rests on the events of the pieces it shows, and on no others."""
    assert capstone.subjects(outline()) == ("m1-r1", "log", "values", "m1-p1")


def test_find(library: Library) -> None:
    """Everything that the plan of the course shows is found, and has a place to be edited in."""
    found = capstone.find(library, "")
    shown = [entry for part in library.single("capstone.yaml").parts for entry in part.shows]
    pieces = found.all
    assert [piece.activity.__name__.rpartition(".")[2] for piece in pieces] == [
        entry.name[0] for entry in shown
    ]
    assert all(piece.activity.subjects(piece.content) for piece in pieces)
    play = Play(capstone, found)
    for part in library.single("capstone.yaml").parts:
        assert "<textarea" in play.page(play.do("edit", part.id)) or 'type="radio"' in play.page()


def test_find_names_what_is_missing(tmp_path: Path) -> None:
    """A plan that shows an unknown sheet ends in a sentence that names those there are."""
    shutil.copytree(SAMPLE / "data", tmp_path / "data")
    path = tmp_path / "data" / "capstone.yaml"
    path.write_text(path.read_text("utf-8").replace("sheet: asks", "sheet: ask"), "utf-8")
    with pytest.raises(UnknownIdError, match='Did you mean "asks"'):
        capstone.find(Library(tmp_path), "")
