"""One activity in one open page: what is on the disk when, and what happens when things go wrong."""

import logging
from pathlib import Path
from typing import Any

import pytest

from brmcourse.activities import conversation, quiz, reflection, response
from brmcourse.activities.activity import Action
from brmcourse.content.library import Library
from brmcourse.errors import UnknownIdError
from brmcourse.hosts import session as module
from brmcourse.hosts.session import MISHAP, Session, explain, learner_seed
from brmcourse.log.sqlite import Store
from tests.make import conversation as talk
from tests.make import exercise, question


@pytest.fixture(autouse=True)
def _own_log() -> Any:
    """Each test has its own file for tracebacks."""
    yield
    for handler in list(logging.getLogger("brmcourse").handlers):
        handler.close()
        logging.getLogger("brmcourse").removeHandler(handler)
    module.problem_log.cache_clear()


def choose(page: Session, option: str) -> str:
    asked = page._state.question
    code = next(
        code for code, shown in response.shown(page._state.seed, asked) if shown.id == option
    )
    return page.act(Action("check", form={"question": [asked.id], "pick": [code]}))


def test_feedback_rests_on_a_saved_answer(store: Store) -> None:
    """When feedback is on the screen, another process already finds the answer in the file."""
    page = Session(quiz, exercise(question()), store, "s")
    page.open()
    html = choose(page, "ann")
    assert "Feedback on ann" in html
    assert len(Store(store.path).read(["q1"])[1]) == 1


def test_preheated_page_catches_up(store: Store) -> None:
    """A page prepared before the learner's last answers shows them when it is opened."""
    early = Session(quiz, exercise(question()), store, "s")
    early.open()
    late = Session(quiz, exercise(question()), Store(store.path), "s")
    late.open()
    choose(late, "cyn")
    assert "Feedback on cyn" in early.open()


def test_two_windows_agree(store: Store) -> None:
    """After its next action a window shows what the other one did; no answer is lost or counted
    twice.
    """
    one, two = (Session(conversation, talk(), Store(store.path), "s") for _ in range(2))
    for page in (one, two):
        page.open()
    one.act(Action("begin"))
    one.act(Action("choose", "1", {"turn": ["0"]}))
    two.act(Action("choose", "2", {"turn": ["0"]}))
    assert two._state.turns == one._state.turns
    assert "another window" in two._html


def test_an_exception_stays_in_its_place(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing activity shows a sentence above what was there, logs its traceback, and can be
    tried again.
    """
    page = Session(quiz, exercise(question()), store, "s")
    page.open()

    def fail(*_: Any) -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(quiz, "_check", fail)
        html = choose(page, "ann")
    assert MISHAP in html
    assert "Text of ann" in html
    assert "Traceback" not in html
    assert "ZeroDivisionError" in module.log_path().read_text()
    again = page.act(Action("try-again"))
    assert "Feedback on ann" in again
    assert MISHAP not in again


def test_trouble_with_saving_is_said_and_mended(store: Store) -> None:
    """While nothing can be saved the page says so and goes on; once it can, "try saving again"
    saves all.
    """
    page = Session(quiz, exercise(question()), store, "s")
    page.open()
    assert store._db is not None
    store._db.execute("PRAGMA query_only = ON")
    html = choose(page, "ann")
    assert "may not write" in html
    assert "Feedback on ann" in html
    html = page.act(Action("save-again"))
    assert "may not write" not in html
    assert len(Store(store.path).read(["q1"])[1]) == 1


def test_unknown_id_is_explained() -> None:
    """An unknown id says which ids there are and which is nearest, without a traceback."""
    html = explain(UnknownIdError("quiz", "m11", ["m1", "m2"]))
    assert "Did you mean &#34;m1&#34;?" in html
    assert "m1, m2" in html


def test_an_unexpected_error_is_logged_not_shown() -> None:
    """An activity that cannot begin says where the details are and shows none of them."""
    html = explain(RuntimeError("inner secret"))
    assert "inner secret" not in html
    assert "inner secret" in module.log_path().read_text()


def test_seed_is_drawn_once(store: Store) -> None:
    """The learner's seed is the same in every notebook and after every restart."""
    seed = learner_seed(store)
    assert learner_seed(Store(store.path)) == seed
    assert len(store.read(["learner"])[1]) == 1


def test_feedback_goes_on_when_the_file_is_deleted(store: Store) -> None:
    """If the file with the answers is deleted while a page is open, the next answer is saved and
    shown all the same.
    """
    page = Session(quiz, exercise(question()), store, "s")
    page.open()
    choose(page, "cyn")
    store.path.unlink()
    assert "Feedback on ann" in choose(page, "ann")
    assert len(Store(store.path).read(["q1"])[1]) == 1


def test_course_without_any_disk(monkeypatch: pytest.MonkeyPatch, library: Library) -> None:
    """Where no file can be made at all, a learner can still write, and reads that it is not saved."""
    store = Store(Path("/proc/nowhere/answers.sqlite"))
    page = Session(reflection, library.prompts("m1"), store, learner_seed(store))
    page.open()
    key = library.prompts("m1").reflections[0].id
    html = page.act(Action("draft", form={f"{key}:text": ["My day"]}))
    assert "My day" in html
    assert "cannot be saved at the moment" in html
    assert "Kept for now, not saved" in html
