"""The log: what it promises when notebooks run side by side, kernels die, disks fail and files
break.
"""

import os
import random
import select
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from brmcourse.activities import quiz
from brmcourse.activities.activity import Action
from brmcourse.events import Draft
from brmcourse.hosts.session import Session
from brmcourse.log import sqlite as module
from brmcourse.log.sqlite import Store
from tests.make import exercise

NOBODY = 65534

pytestmark = pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded"
)  # the children never use threads


def draft(text: str = "x", subject: str = "q1") -> Draft:
    return Draft("quiz.answered", subject, "f00d", {"text": text})


def texts(store: Store, subject: str = "q1") -> list[str]:
    return [event.body["text"] for event in store.read([subject])[1]]


def test_keeps_events_in_order_and_exactly(store: Store) -> None:
    """Events come back in order, with every character, after the file was closed and opened again."""
    odd = 'Ünïcödé 😀 <b>&amp;</b>\n\t"quotes" \u202e and \' --'
    store.append([draft("one"), draft(odd)])
    store.close()
    again = Store(store.path)
    assert texts(again) == ["one", odd]
    assert again.trouble is None


def test_ids_sort_by_time(store: Store) -> None:
    """Ids sort in the order of recording, and times are UTC."""
    events = [store.append([draft()])[0] for _ in range(200)]
    assert [event.id for event in events] == sorted(event.id for event in events)
    assert all(event.time.utcoffset().total_seconds() == 0 for event in events)  # type: ignore[union-attr]


def test_cursor_reads_only_what_is_new(store: Store) -> None:
    """Reading from a cursor gives the events behind it, of the subjects asked for."""
    store.append([draft("a"), draft("b", "q2")])
    cursor, _ = store.read(["q1", "q2"])
    store.append([draft("c"), draft("d", "q3")])
    assert [event.body["text"] for event in store.read(["q1", "q2"], cursor)[1]] == ["c"]


def test_durable_settings(store: Store) -> None:
    """The log is written ahead (WAL) and flushed on every commit (FULL), with a schema version."""
    assert store._db is not None
    asked = ("journal_mode", "synchronous", "user_version")
    assert [store._db.execute(f"PRAGMA {name}").fetchone()[0] for name in asked] == ["wal", 2, 1]


def test_two_notebooks_at_once(tmp_path: Path) -> None:
    """Several stores and threads write to one file at the same time, and every event of each is
    there.
    """
    path = tmp_path / "answers.sqlite"

    def write(name: int) -> None:
        own = Store(path)
        for number in range(25):
            own.append([draft(f"{name}-{number}")])
        assert own.trouble is None
        own.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(texts(Store(path))) == sorted(
        f"{name}-{number}" for name in range(4) for number in range(25)
    )


def test_migration_from_an_empty_file(tmp_path: Path) -> None:
    """A file of an older schema version is brought up to date in place, and its events stay."""
    path = tmp_path / "answers.sqlite"
    old = Store(path)
    old.append([draft("old")])
    old.close()
    script = "ALTER TABLE events ADD COLUMN device TEXT NOT NULL DEFAULT ''"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MIGRATIONS", (*module.MIGRATIONS, script))
        new = Store(path)
        assert texts(new) == ["old"]
        new.close()
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA user_version").fetchone() == (2,)
    db.close()


def test_newer_schema_is_left_alone(tmp_path: Path) -> None:
    """A file written by a newer version of the course is neither changed nor set aside; the learner
    reads why.
    """
    path = tmp_path / "answers.sqlite"
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    store = Store(path)
    assert "newer version of the course" in str(store.trouble)
    assert path.read_bytes() == before


def answer_forever(path: Path, pipe: int) -> None:
    """Answer the first question again and again, telling through the pipe what the screen has
    confirmed.
    """
    content = exercise()
    session = Session(quiz, content, Store(path), seed="s")
    session.open()
    number = 0
    while True:
        number += 1
        text = f"{os.getpid()}-{number}"
        form = {"question": ["q-compose"], "text": [text]}
        html = session.act(Action("draft", form=form))
        html = session.act(Action("go", "q-compose")) if number == 1 else html
        assert text in html
        os.write(pipe, f"{text}\n".encode())


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """A kernel killed at any of 200 random moments loses no answer that was confirmed on the
    screen.
    """
    path = tmp_path / "answers.sqlite"
    confirmed: list[str] = []
    chance = random.Random(7)
    for _ in range(200):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            answer_forever(path, writer)
        os.close(writer)
        select.select([reader], [], [], 10)  # it has begun; now let it run for a random moment
        time.sleep(chance.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reader) as lines:
            confirmed += [line.strip() for line in lines if line.endswith("\n")]
    store = Store(path)
    kept = {event.body["response"]["text"] for event in store.read(["q-compose"])[1]}
    assert store.trouble is None
    assert store.notice is None
    assert len(confirmed) >= 200
    assert set(confirmed) <= kept


def test_full_disk(store: Store) -> None:
    """On a full disk the events wait in memory, the learner reads so, and they are saved once there
    is room.
    """
    store.append([draft("before")])
    assert store._db is not None
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages}")
    store.append([draft("x" * 100_000)])
    assert "the disk is full" in str(store.trouble)
    assert len(texts(store)) == 2
    store.retry()  # a new connection has no page limit: there is room again
    assert store.trouble is None
    assert len(texts(Store(store.path))) == 2


def as_nobody(work: object) -> int:
    """Run a function in a child that has no rights of root; return its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setuid(NOBODY)
            code = 0 if work() else 2  # type: ignore[operator]
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_read_only_folder(tmp_path: Path) -> None:
    """In a folder that may not be written, earlier answers show, new ones wait in memory, and the
    learner reads so.
    """
    folder = tmp_path / "locked"
    folder.mkdir()
    old = Store(folder / "answers.sqlite")
    old.append([draft("earlier")])
    old.close()
    if os.geteuid() == 0:  # pytest keeps its folders to the user who runs it
        for part in (tmp_path, *tmp_path.parents):
            part.chmod(part.stat().st_mode | 0o055)
            if part.name.startswith("pytest-of-"):
                break
    folder.chmod(0o555)
    (folder / "answers.sqlite").chmod(0o444)

    def work() -> bool:
        store = Store(folder / "answers.sqlite")
        store.append([draft("now")])
        return "may not write" in str(store.trouble) and texts(store) == ["earlier", "now"]

    assert (as_nobody(work) == 0) if os.geteuid() == 0 else work()


@pytest.mark.parametrize("damage", ["garbage", "middle", "empty-page"])
def test_damaged_file(tmp_path: Path, damage: str) -> None:
    """A damaged file is set aside under a name the learner is told, never deleted, and the course
    goes on.
    """
    path = tmp_path / "answers.sqlite"
    store = Store(path)
    store.append([draft(f"{number} " + "x" * 500) for number in range(100)])
    store.close()
    bytes_ = bytearray(path.read_bytes())
    if damage == "garbage":
        bytes_ = bytearray(b"this is no database" * 1000)
    elif damage == "middle":
        bytes_[len(bytes_) // 2 :] = os.urandom(len(bytes_) - len(bytes_) // 2)
    else:
        bytes_[4096:8192] = bytes(4096)
    path.write_bytes(bytes_)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    again = Store(path)
    aside = next(tmp_path.glob("answers.damaged-*.sqlite"))
    assert aside.read_bytes() == bytes(bytes_)
    assert str(aside) in str(again.notice)
    again.append([draft("after")])
    assert again.trouble is None
    assert texts(Store(path))[-1] == "after"
    if damage == "middle":
        assert len(texts(again)) > 10  # what came before the damage was taken over


def test_file_deleted_while_open(store: Store) -> None:
    """If the file is deleted under an open course, the next answer starts a new one instead of
    going nowhere.
    """
    store.append([draft("one")])
    store.path.unlink()
    store.append([draft("two")])
    assert texts(Store(store.path)) == ["two"]


def test_damaged_while_open(store: Store) -> None:
    """A file that breaks while the course is open fails no call; the answer is kept and the learner
    reads of it.
    """
    store.append([draft(str(number) * 2000) for number in range(20)])
    assert store._db is not None
    store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with store.path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(60_000))
    store._db.close()
    store._db = sqlite3.connect(
        store.path, check_same_thread=False
    )  # as if the pages were not in its cache
    store.append([draft("late")])
    assert "late" in texts(store)
    assert store.trouble or store.notice
