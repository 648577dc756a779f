"""One activity in one open page: what is on the disk when, and what a learner reads when things go
wrong.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import brmcourse.session as module
from brmcourse.activities import quiz, response
from brmcourse.catalogue import CATALOGUE, activity_of
from brmcourse.content.library import Library
from brmcourse.errors import UnknownIdError
from brmcourse.events import LEARNER, LONGEST, Record, encode, new_id
from brmcourse.log.memory import MemoryLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.paths import log_path
from brmcourse.problems import problem_log
from brmcourse.rendering import words
from brmcourse.session import Learner, Session, explain, find_session
from tests.make import exercise, question, staged


@pytest.fixture(autouse=True)
def _own_problem_log() -> Iterator[None]:
    """Each test has its own file for tracebacks."""
    problem_log.cache_clear()
    yield
    for handler in list(logging.getLogger("brmcourse").handlers):
        handler.close()
        logging.getLogger("brmcourse").removeHandler(handler)
    problem_log.cache_clear()


def session(name: str, content: Any, log: Any) -> Session:
    """Return a session over content of a test's own."""
    row = CATALOGUE[name]
    return Session(row, activity_of(row), content, Learner(log))


def one_question(log: Any) -> Session:
    return session("quiz", exercise(question()), log)


def picked(page: Session, option: str) -> dict[str, Any]:
    """Return what the page sends when an option is chosen and checked."""
    if page.state is None:
        page.open()
    asked = page.state.question
    shown = response.shown(page.state.seed, asked)
    code = next(code for code, found in shown if found.id == option)
    form = {"question": [asked.id], "pick": [code]}
    return {"n": new_id(), "action": "check", "form": form}


def choose(page: Session, option: str) -> str:
    return page.answer(picked(page, option))


def moving(number: int, turn: int = 0) -> dict[str, Any]:
    """Return what the page of a conversation sends for a move."""
    return {"n": new_id(), "action": f"choose {number}", "form": {"turn": [str(turn)]}}


def wrote(text: str, field: str = "m6-r1:text") -> dict[str, Any]:
    """Return what the page sends when a text is saved."""
    return {"n": new_id(), "action": "draft", "form": {field: [text]}}


def answers(log: Any) -> list[Any]:
    """Return what is kept of the one question."""
    return [event.body.response for event in log.read(subjects=["q1"])[1]]


def fail(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError


def test_feedback_rests_on_a_saved_answer(log: SqliteLog) -> None:
    """When feedback is on the screen, another process already finds the answer in the file."""
    assert "Feedback on ann" in choose(one_question(log), "ann")
    assert answers(SqliteLog(log.path)) == ["ann"]


def test_preheated_page_catches_up(log: SqliteLog) -> None:
    """A page prepared before the learner's last answers shows them when it is opened."""
    early = one_question(log)
    early.open()
    choose(one_question(SqliteLog(log.path)), "cyn")
    assert "Feedback on cyn" in early.open()


def test_two_windows_agree(log: SqliteLog) -> None:
    """After its next action a window shows what the other one did; no answer is lost or counted
    twice.
    """
    one, two = (session("converse", staged(), SqliteLog(log.path)) for _ in range(2))
    for page in (one, two):
        page.open()
    one.answer({"action": "begin"})
    one.answer(moving(1))
    assert "not open any more" in two.answer(moving(2))
    assert two.state.turns == one.state.turns
    assert len(one.state.turns) == 1


def test_an_exception_stays_in_its_place(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing activity says that nothing was done above what was there, records nothing, logs its
    traceback, and can be tried again.
    """
    page = one_question(log)
    message = picked(page, "ann")
    with monkeypatch.context() as patch:
        patch.setattr(quiz, "_check", fail)
        html = page.answer(message)
    assert words.NOT_DONE in html
    assert "Try again" in html
    assert "Text of ann" in html
    assert "Traceback" not in html
    assert answers(log) == []
    assert "ZeroDivisionError" in log_path().read_text()
    again = page.answer({"n": new_id(), "action": "try-again"})
    assert "Feedback on ann" in again
    assert words.NOT_DONE not in again
    assert answers(log) == ["ann"]


@pytest.mark.parametrize("broken", ["render", "_catch_up"])
@pytest.mark.parametrize("numbered", [True, False])
def test_kept_but_not_shown(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch, broken: str, numbered: bool
) -> None:
    """A failure after the commit says that the step is kept; "try again" shows it and does not do
    it twice.
    """
    page = one_question(log)
    message = picked(page, "ann")
    if not numbered:
        del message["n"]
    with monkeypatch.context() as patch:
        if broken == "render":
            patch.setattr(module, "render", fail)
        else:
            add = log.add

            def add_then_break(events: Any) -> None:
                add(events)
                patch.setattr(log, "read", fail)

            patch.setattr(log, "add", add_then_break)
        html = page.answer(message)
    assert words.DONE in html
    assert words.NOT_DONE not in html
    assert "not carried out" not in html
    assert "Text of ann" in html
    assert answers(log) == ["ann"]
    again = page.answer({"n": new_id(), "action": "try-again"})
    assert "Feedback on ann" in again
    assert words.DONE not in again
    assert answers(log) == ["ann"]


def test_nothing_done_and_not_shown(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing was to be recorded, a page that cannot be shown or read says no more than
    that.
    """
    page = one_question(log)
    with monkeypatch.context() as patch:
        patch.setattr(module, "render", fail)
        assert words.NOT_SHOWN in page.open()
    assert words.NOT_SHOWN not in page.open()
    with monkeypatch.context() as patch:
        patch.setattr(log, "read", fail)
        html = page.open()
    assert words.NOT_SHOWN in html
    assert "Text of ann" in html


def test_reading_fails(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the log cannot be read before a step, nothing is recorded and the page says so; "try
    again" does it once.
    """
    page = one_question(log)
    message = picked(page, "ann")
    with monkeypatch.context() as patch:
        patch.setattr(log, "read", fail)
        assert words.NOT_DONE in page.answer(message)
        assert words.NOT_DONE in page.answer({"action": "try-again"})
    assert answers(log) == []
    assert "Feedback on ann" in page.answer({"action": "try-again"})
    assert answers(log) == ["ann"]


def test_nothing_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not even the learner can be read, the page says so and offers to try again."""
    log = MemoryLog()
    page = one_question(log)
    with monkeypatch.context() as patch:
        patch.setattr(log, "read", lambda *_, **__: (module.START, []))
        html = page.open()
    assert words.UNREADABLE in html
    assert "Try again" in html
    assert "Text of ann" in page.answer({"action": "try-again"})


def test_try_again_after_a_restart(log: SqliteLog) -> None:
    """A page that outlived its process shows the activity when asked to try again."""
    assert "Text of ann" in one_question(log).answer({"action": "try-again", "n": new_id()})


@pytest.mark.parametrize("restarted", [True, False])
def test_the_same_action_twice(log: SqliteLog, restarted: bool) -> None:
    """An action that a page sends twice is recorded once, also when the process was restarted in
    between, and is answered alike.
    """
    page = one_question(log)
    message = picked(page, "ann")
    first = page.answer(message)
    page = one_question(SqliteLog(log.path)) if restarted else page
    assert page.answer(message) == first
    assert answers(log) == ["ann"]


@pytest.mark.parametrize("restarted", [True, False])
def test_the_same_move_twice(log: SqliteLog, restarted: bool) -> None:
    """A move that a page sends twice is made once, and nothing is said of it."""
    page = session("converse", staged(), log)
    page.answer({"action": "begin"})
    message = moving(1)
    page.answer(message)
    page = session("converse", staged(), SqliteLog(log.path)) if restarted else page
    html = page.answer(message)
    assert len(page.state.turns) == 1
    assert "not open any more" not in html


def test_an_action_of_several_events_twice(log: SqliteLog) -> None:
    """An action that records several events records each of them once."""
    page = session("quiz", exercise(question(), question(key="q2"), purpose="test"), log)
    message = picked(page, "ann")
    page.answer(message)
    once = [event.id for event in log.read()[1]]
    page.answer(message)
    assert [event.id for event in log.read()[1]] == once
    assert len(set(once)) == 3  # who the learner is, the answer, and the turn to the next


def test_trouble_with_saving_is_said_and_mended(log: SqliteLog) -> None:
    """While nothing can be saved the page says so and goes on; once it can, "try saving again"
    saves all.
    """
    page = one_question(log)
    page.open()
    assert log._db is not None
    log._db.execute("PRAGMA query_only = ON")
    html = choose(page, "ann")
    assert "may not write" in html
    assert "Feedback on ann" in html
    html = page.answer({"n": new_id(), "action": "save-again"})
    assert "may not write" not in html
    assert answers(SqliteLog(log.path)) == ["ann"]


def test_unknown_id_is_explained(learner: Learner, library: Library) -> None:
    """An unknown id says which ids there are and which is nearest, without a traceback."""
    html = explain(UnknownIdError("quiz", "m11", ["m1", "m2"]))
    assert "Did you mean &#34;m1&#34;?" in html
    assert "m1, m2" in html
    with pytest.raises(UnknownIdError, match='Did you mean "quiz"'):
        find_session(library, "quizz", "m1", learner)


def test_an_unexpected_error_is_logged_not_shown() -> None:
    """An activity that cannot begin says where the details are and shows none of them."""
    html = explain(RuntimeError("inner secret"))
    assert "inner secret" not in html
    assert "inner secret" in log_path().read_text()


def test_seed_is_drawn_once(log: SqliteLog) -> None:
    """The learner's seed is the same in every notebook and after every restart."""
    seed = Learner(log).began().body
    assert Learner(SqliteLog(log.path)).began().body == seed
    assert len(log.read(subjects=[LEARNER])[1]) == 1


def test_feedback_goes_on_when_the_file_is_deleted(log: SqliteLog) -> None:
    """If the file with the answers is deleted while a page is open, the next answer is saved and
    shown all the same.
    """
    page = one_question(log)
    choose(page, "cyn")
    log.path.unlink()
    assert "Feedback on ann" in choose(page, "ann")
    assert answers(SqliteLog(log.path)) == ["ann"]


def test_course_without_any_disk(library: Library) -> None:
    """Where no file can be made at all, a learner can still write, and reads that it is not
    saved.
    """
    log = SqliteLog(Path("/proc/nowhere/answers.sqlite"))
    page = find_session(library, "reflect", "m6", Learner(log))
    html = page.answer(wrote("My day"))
    assert "My day" in html
    assert "cannot be saved at the moment" in html
    assert "Kept for now, not saved" in html


def test_half_a_letter(log: SqliteLog, library: Library) -> None:
    """Half of a letter pair is kept as U+FFFD, the text around it to the letter, and later texts
    are saved.
    """
    page = find_session(library, "reflect", "m6", Learner(log))
    html = page.answer(wrote("be\ud800fore 😀"))
    html.encode()
    assert "be\ufffdfore 😀" in html
    assert "later" in page.answer(wrote("later"))
    texts = [event.body.text for event in SqliteLog(log.path).read(subjects=["m6-r1"])[1]]
    assert texts == ["be\ufffdfore 😀", "later"]


@pytest.mark.parametrize("text", ["a" * LONGEST, "\x01" * (LONGEST // 6)])
def test_too_long(log: SqliteLog, library: Library, text: str) -> None:
    """A text too long to be read back is refused with a sentence and not recorded; one that is
    shown as kept can be read back.
    """
    page = find_session(library, "reflect", "m6", Learner(log))
    page.answer(wrote("before"))
    html = page.answer(wrote(text))
    assert words.TOO_LONG in html
    assert "Try again" not in html
    assert "before" in html
    page.answer(wrote(text[: LONGEST // 7]))
    (first, second) = SqliteLog(log.path).read(subjects=["m6-r1"])[1]
    assert first.body.text == "before"
    assert second.body.text == text[: LONGEST // 7]


def test_a_bad_record_hides_nothing(log: SqliteLog) -> None:
    """A record between two answers that is none hides neither, on any page, and the later answer
    does not count as the first.
    """
    page = one_question(log)
    choose(page, "cyn")
    choose(page, "ann")
    good = [encode(event) for event in log.read()[1]]
    bad = [
        good[-1]._replace(id=new_id(), body="{"),
        good[-1]._replace(id=new_id(), kind="quiz.dreamt"),
        good[-1]._replace(id=new_id(), time="yesterday"),
        good[-1]._replace(id=new_id(), body='{"quiz": "m1", "response": {"ann": [{}]}}'),
        good[-1]._replace(id=new_id(), body='{"quiz": "m1", "response": "nobody"}'),
    ]
    records: list[Record] = [*good[:-1], *bad, good[-1]]
    kept = MemoryLog(records)
    page = one_question(kept)
    html = page.open()
    assert "Feedback on ann" in html
    assert page.state.tries["q1"].first.response == "cyn"
    assert set(kept.unreadable) == {record.id for record in bad[:3]}


@pytest.mark.parametrize("message", [None, [], "open", 7, {"action": ["open"]}, {"form": []}])
def test_what_is_no_message(log: SqliteLog, message: Any) -> None:
    """What is no message is refused with a sentence, and the page stays."""
    page = one_question(log)
    page.open()
    html = page.answer(message)
    assert words.REFUSED in html
    assert "Text of ann" in html
    assert "Try again" not in html
