"""Checking a file: what is said of it is true, and nothing about it changes."""

import os
import random
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from brmcourse.events import SELF, Event, ReflectionWrote, encode, new_id
from brmcourse.log.examine import Examination, examine
from brmcourse.log.file import INSERT, VERSION
from brmcourse.log.sqlite import SqliteLog

BEFORE = Path(__file__).parent / "logs" / "2026-11-22.sqlite"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def wrote(text: str = "x", hours: int = 0) -> Event:
    time = NOON + timedelta(hours=hours)
    return Event(new_id(), time, "m1-r1", 1, "l", SELF, "1", ReflectionWrote(text))


def untouched(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return everything about the files of a folder that could change, but for SQLite's -shm."""
    return {
        path.name: (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
        for path in folder.iterdir()
        if path.is_file() and not path.name.endswith("-shm")
    }


def test_a_good_file(log: SqliteLog) -> None:
    """Of a good file are told its size, its events, their first and last time, and no fault."""
    log.add([wrote("b", 5), wrote("a"), wrote("c", 2)])
    log.close()
    before = untouched(log.path.parent)
    assert examine(log.path) == Examination(
        log.path,
        exists=True,
        size=log.path.stat().st_size,
        form="today",
        sound=True,
        readable=3,
        first=NOON,
        last=NOON + timedelta(hours=5),
    )
    assert untouched(log.path.parent) == before


def test_an_open_file(log: SqliteLog) -> None:
    """While the course has the file open all is counted, and what lies ahead of it is told."""
    log.add([wrote()])
    found = examine(log.path)
    assert (found.readable, found.sound) == (1, True)
    assert found.ahead > 0
    log.add([wrote()])
    assert examine(log.path).readable == 2
    assert log.trouble is None
    log.close()
    assert examine(log.path).ahead == 0


def test_unreadable_records(log: SqliteLog) -> None:
    """Records that are no events are told with their reasons; the others count."""
    log.close()
    bad = encode(wrote())._replace(body="{}")
    odd = encode(wrote())._replace(id=b"\xff", kind="odd")
    with closing(sqlite3.connect(log.path)) as db, db:
        db.executemany(INSERT, [encode(wrote()), bad, odd])
    found = examine(log.path)
    assert (found.readable, found.sound, found.form) == (1, True, "today")
    assert found.unreadable == {bad.id: "text: Field required", "b'\\xff'": "unknown kind"}


def test_nothing_there(tmp_path: Path) -> None:
    """What is not there, is empty or is a folder is told, and nothing appears."""
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    folder = tmp_path / "folder"
    folder.mkdir()
    assert examine(empty) == Examination(empty, exists=True)
    assert examine(folder) == Examination(folder)
    for path in (tmp_path / "no.sqlite", tmp_path / "no" / "x.sqlite", tmp_path / "a\0b"):
        assert examine(path) == Examination(path)
    assert {path.name for path in tmp_path.iterdir()} == {"empty.sqlite", "folder"}


def test_a_file_of_the_form_before(tmp_path: Path) -> None:
    """An old file is counted as it will be read, and stays in its old form."""
    path = shutil.copy(BEFORE, tmp_path / "answers.sqlite")
    before = untouched(tmp_path)
    found = examine(path)
    assert (found.form, found.sound, found.readable) == ("before", True, 77)
    assert found.unreadable == {}
    assert untouched(tmp_path) == before


SCRIPTS = {
    "foreign": "CREATE TABLE cookies (name TEXT); PRAGMA application_id = 77",
    "newer": f"PRAGMA user_version = {VERSION + 1}; PRAGMA application_id = {0x42524D43}",
}


@pytest.mark.parametrize("form", SCRIPTS)
def test_not_ours_or_not_yet(tmp_path: Path, form: str) -> None:
    """Another program's file and a newer one are told as such, and not looked into."""
    path = tmp_path / "answers.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"{SCRIPTS[form]}; PRAGMA journal_mode = WAL; CREATE TABLE t (x)")
    before = untouched(tmp_path)
    found = examine(path)
    assert (found.form, found.exists, found.readable) == (form, True, 0)
    assert untouched(tmp_path) == before


def test_a_broken_index(log: SqliteLog) -> None:
    """A file whose index is broken is not sound; its events count, and it stays as it is."""
    log.add([wrote(str(number)) for number in range(50)])
    log.close()
    with closing(sqlite3.connect(log.path)) as db:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'events_by_subject'"
        root = db.execute(query).fetchone()[0]
    with log.path.open("r+b") as stream:
        stream.seek((root - 1) * 4096)
        stream.write(b"\xaa" * 4096)
    before = untouched(log.path.parent)
    found = examine(log.path)
    assert (found.form, found.sound, found.readable) == ("today", False, 50)
    assert untouched(log.path.parent) == before


def test_whatever_is_there(log: SqliteLog) -> None:
    """Whatever stands in a file, something true is told of it: never more events than there were,
    and never that it is sound if a page of it is broken.
    """
    log.add([wrote(f"{number} " + "x" * 300) for number in range(100)])
    log.close()
    whole = log.path.read_bytes()
    chance = random.Random(7)
    broken = [b"", b"x", b"no database" * 500, whole[:100], whole[:5000], whole[4096:]]
    broken += [whole[: chance.randrange(len(whole))] for _ in range(10)]
    for _ in range(60):
        place = chance.choice((chance.randrange(120), chance.randrange(len(whole))))
        noise = chance.randbytes(chance.choice((1, 100, 5000)))
        broken.append(whole[:place] + noise + whole[place + len(noise) :])
    for data in broken:
        log.path.write_bytes(data)
        found = examine(log.path)
        assert found.exists
        assert found.size == len(data)
        assert found.readable + len(found.unreadable) <= 110
        if len(data) < len(whole):
            assert not found.sound
        assert log.path.read_bytes() == data
        for part in ("-wal", "-shm"):
            Path(f"{log.path}{part}").unlink(missing_ok=True)


def test_a_file_that_may_not_be_read(log: SqliteLog) -> None:
    """A file that may not be read is told to be there, with what the system says."""
    log.close()
    log.path.chmod(0)
    found = as_nobody(log.path) if os.geteuid() == 0 else examine(log.path)
    assert found.exists
    assert found.failure
    assert not found.sound


def as_nobody(path: Path) -> Any:
    """Examine a file without the rights of root."""
    for part in (path.parent, *path.parent.parents):
        if part.stat().st_mode & 0o055 != 0o055:
            part.chmod(part.stat().st_mode | 0o055)
        if part.name.startswith(("pytest-of-", "tmp")):
            break
    os.seteuid(65534)
    try:
        return examine(path)
    finally:
        os.seteuid(0)
