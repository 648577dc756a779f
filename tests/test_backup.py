"""Copies of the answers: when they are made, that they are whole, and how one comes back."""

import shutil
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brmcourse.errors import CopyError
from brmcourse.events import Draft, ReflectionWrote, new_id
from brmcourse.log import backup
from brmcourse.log.backup import (
    KEPT,
    WEEK,
    Copy,
    Keeper,
    copies,
    keep_copy,
    make_copy,
    records_of,
    restore,
)
from brmcourse.log.sqlite import SqliteLog
from brmcourse.session import Learner, open_session

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    log = SqliteLog(tmp_path / "answers[1].sqlite")  # a name that is no pattern
    yield log
    log.close()


def write(log: SqliteLog, text: str) -> None:
    Learner(log).record([Draft("m1-r1", 1, ReflectionWrote(text))], new_id(), "1")


def written(log: SqliteLog) -> list[str]:
    found = log.read(kinds=[ReflectionWrote.kind])[1]
    return [event.body.text for event in found]


def test_a_copy_is_whole_and_private(log: SqliteLog, clock: Clock) -> None:
    """A copy made while the log is open holds all of it, in one file that only its owner reads."""
    write(log, "first")
    copy = make_copy(log.path, clock)
    assert copies(log.path) == [copy]
    assert copy.time == START
    assert records_of(copy) == log.records()
    assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600
    assert [one.name for one in log.path.parent.glob("*copy*")] == [copy.name]
    with closing(sqlite3.connect(copy.path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_each_week_of_use_gets_a_copy(log: SqliteLog, clock: Clock) -> None:
    """There is a copy at the first look, the next one after a week, none if nothing was done; five
    are kept.
    """
    made = []
    for day in range(60):
        clock.time = START + timedelta(days=day)
        if day < 50:
            write(log, str(day))
        before = len(copies(log.path))
        keep_copy(log.path, clock)
        now = copies(log.path)
        assert len(now) <= KEPT
        if now[0].time == clock.time:
            made.append(day)
        assert before <= len(now)
    assert made == [0, 7, 14, 21, 28, 35, 42, 49]
    assert [copy.time for copy in copies(log.path)] == [
        START + timedelta(days=day) for day in (49, 42, 35, 28, 21)
    ]


def test_nothing_new_makes_no_further_copy(log: SqliteLog, clock: Clock) -> None:
    """Asking for a copy twice gives the same one, so that older ones are not pushed out."""
    assert make_copy(log.path, clock) is None
    write(log, "x")
    first = make_copy(log.path, clock)
    clock.time += timedelta(minutes=1)
    assert make_copy(log.path, clock) == first
    first.path.write_bytes(first.path.read_bytes()[:5000])  # but a damaged one is no copy
    assert make_copy(log.path, clock) != first


def test_a_clock_that_was_wrong_stops_no_copy(log: SqliteLog, clock: Clock) -> None:
    """A copy from the future, made while the clock was wrong, does not put off the next one."""
    write(log, "x")
    clock.time = START + timedelta(days=4000)
    make_copy(log.path, clock)
    clock.time = START
    write(log, "y")
    assert keep_copy(log.path, clock).time == START


def test_no_log_gives_no_copy(tmp_path: Path) -> None:
    """Where there are no answers no copy is made, and no file at all."""
    assert make_copy(tmp_path / "none" / "answers.sqlite") is None
    assert list(tmp_path.iterdir()) == []


def test_a_copy_comes_back(log: SqliteLog, clock: Clock) -> None:
    """A copy put back is what every open page reads then; what was there before is a copy."""
    write(log, "before")
    copy = make_copy(log.path, clock)
    write(log, "after")
    other = SqliteLog(log.path)
    cursor, _ = other.read()
    clock.time += timedelta(hours=1)
    kept, count = restore(log, log.path, copy, clock)
    assert count == len(log.records())
    assert written(log) == written(other) == ["before"]
    assert other.read(cursor)[0].epoch != cursor.epoch
    write(other, "goes on")
    assert written(log) == ["before", "goes on"]
    restore(log, log.path, kept, clock)
    assert written(other) == ["before", "after"]
    other.close()


def test_the_oldest_copy_can_come_back(log: SqliteLog, clock: Clock) -> None:
    """The copy that is put back stays, even if the one made before it is one too many."""
    for number in range(KEPT):
        write(log, str(number))
        make_copy(log.path, clock)
        clock.time += WEEK
    write(log, "latest")
    oldest = copies(log.path)[-1]
    restore(log, log.path, oldest, clock)
    assert written(log) == ["0"]
    assert oldest in copies(log.path)


def test_a_damaged_copy_is_left_alone(log: SqliteLog, clock: Clock) -> None:
    """A copy that is damaged, or gone, is refused, and the answers stay as they are."""
    write(log, "mine")
    copy = make_copy(log.path, clock)
    content = bytearray(copy.path.read_bytes())
    content[4096:4200] = b"\xaa" * 104
    copy.path.write_bytes(content)
    with pytest.raises(CopyError, match="not whole"):
        restore(log, log.path, copy, clock)
    copy.path.unlink()
    with pytest.raises(CopyError, match="not there any more"):
        restore(log, log.path, copy, clock)
    assert written(log) == ["mine"]


def test_a_copy_that_lost_something_is_not_kept(
    log: SqliteLog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy is opened and counted before it counts as one; a short one is thrown away."""
    write(log, "x")
    whole = backup._copy

    def short(source: sqlite3.Connection, draft: Path) -> None:
        whole(source, draft)
        with closing(sqlite3.connect(draft)) as db, db:
            db.execute("DELETE FROM events WHERE seq = 1")

    monkeypatch.setattr(backup, "_copy", short)
    with pytest.raises(CopyError, match="differs from what was read"):
        make_copy(log.path, clock)
    assert not list(log.path.parent.glob("*cop*.sqlite*"))


def test_a_failure_is_told(tmp_path: Path, clock: Clock) -> None:
    """What keeps a copy from being made is said in words, and no more once one was made."""
    path = tmp_path / "answers.sqlite"
    path.write_bytes(b"no database at all" * 500)
    keeper = Keeper(path, clock)
    keeper.look()
    assert "No copy of your answers could be made" in keeper.failure
    path.unlink()
    keeper.look()
    assert keeper.failure == ""
    keeper.end()


def test_copies_and_answers_do_not_wait_for_each_other(log: SqliteLog, clock: Clock) -> None:
    """While copies are made answers are saved, and each copy is one moment of the log."""
    stop = threading.Event()
    found: list[Copy] = []

    def copy() -> None:
        while not stop.is_set():
            made = make_copy(log.path)
            if made and made not in found:
                found.append(made)

    thread = threading.Thread(target=copy)
    thread.start()
    for number in range(60):
        write(log, str(number))
    stop.set()
    thread.join()
    assert log.trouble is None
    assert len(written(log)) == 60
    everything = log.records()
    for one in copies(log.path):
        records = records_of(one)
        assert records == everything[: len(records)]
    assert found


def test_one_waits_for_the_other(log: SqliteLog) -> None:
    """Two that would make a copy at the same moment make one after the other."""
    write(log, "x")
    results = []

    def both() -> None:
        results.append(make_copy(log.path))

    threads = [threading.Thread(target=both) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(results)) == len(copies(log.path)) == 1


def test_answers_come_before_copies(
    log: SqliteLog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is nearly full no copy is made, so that answers have the room that is left."""
    write(log, "x")
    usage = shutil.disk_usage(log.path.parent)
    with monkeypatch.context() as patch:
        patch.setattr(backup.shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
        with pytest.raises(CopyError, match="too little room"):
            make_copy(log.path, clock)
    assert make_copy(log.path, clock) is not None


def test_what_a_crash_left_behind_harms_no_copy(log: SqliteLog, clock: Clock) -> None:
    """The half of a copy, and its journal, that a process left when it ended are thrown away."""
    write(log, "x")
    other = log.path.with_name("other.sqlite")
    with closing(sqlite3.connect(other)) as db:
        db.executescript("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(900000));")
        db.execute("PRAGMA cache_size = 2")
        db.execute("BEGIN")
        db.execute("UPDATE t SET x = zeroblob(800000)")
        draft = log.path.with_name(f"{log.path.stem}.copies.new")
        shutil.copy(f"{other}-journal", f"{draft}-journal")
        shutil.copy(other, draft)
    copy = make_copy(log.path, clock)
    assert copy is not None
    assert records_of(copy) == log.records()
    assert not [one.name for one in log.path.parent.iterdir() if ".new" in one.name]


def until_copied(path: Path) -> Copy:
    """Return the copy that is made by itself within a moment."""
    end = time.monotonic() + 20
    while not copies(path) and time.monotonic() < end:
        time.sleep(0.02)
    [copy] = copies(path)
    return copy


def test_a_keeper_looks_by_itself(
    log: SqliteLog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A keeper looks soon after the start and then again and again, until it ends."""
    monkeypatch.setattr(backup, "FIRST_LOOK", 0.01)
    monkeypatch.setattr(backup, "LATER_LOOK", 0.01)
    write(log, "x")
    keeper = Keeper(log.path, clock)
    keeper.begin()
    first = until_copied(log.path)
    write(log, "y")
    first.path.unlink()
    assert records_of(until_copied(log.path)) == log.records()
    keeper.end()


def test_a_failure_of_any_kind_disturbs_nobody(
    log: SqliteLog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong while a copy is made is told, and the next look is made all the same."""
    write(log, "x")
    keeper = Keeper(log.path, clock)
    with monkeypatch.context() as patch:
        patch.setattr(backup, "keep_copy", lambda *_: 1 / 0)
        keeper.look()
    assert "could be made: ZeroDivisionError" in keeper.failure
    keeper.look()
    assert keeper.failure == ""
    assert copies(log.path)


def test_a_notebook_keeps_copies_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever works in JupyterLab only has the copies as well."""
    monkeypatch.setattr(backup, "FIRST_LOOK", 0.5)
    session = open_session("quiz", "m1")
    session.open()
    copy = until_copied(tmp_path / "answers.sqlite")
    assert len(records_of(copy)) == 1
