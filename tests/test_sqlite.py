"""The log in a file: what it promises when pages run side by side, processes die, disks fail and
files break.
"""

import os
import random
import re
import select
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from brmcourse.catalogue import CATALOGUE, activity_of
from brmcourse.events import (
    LEARNER,
    SELF,
    Event,
    LearnerBegan,
    QuizWrote,
    ReflectionWrote,
    encode,
    new_id,
)
from brmcourse.log import file, sqlite
from brmcourse.log.file import APPLICATION, INSERT, PARTS, VERSION
from brmcourse.log.log import START
from brmcourse.log.sqlite import SqliteLog
from brmcourse.session import Learner, Session
from tests.make import exercise

NOBODY = 65534
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded"
)  # the children never use threads of their parent


def wrote(text: str = "x", subject: str = "m1-r1", **changed: Any) -> Event:
    body = ReflectionWrote(text)
    return Event(new_id(), NOON, subject, 1, "learner-1", SELF, "1", body)._replace(**changed)


def texts(log: SqliteLog) -> list[str]:
    found = log.read()[1]
    return [event.body.text for event in found if isinstance(event.body, ReflectionWrote)]


def kept_at(path: Path) -> list[str]:
    """Return what another page reads in a file, after it closed it."""
    log = SqliteLog(path)
    assert log.trouble is None, log.trouble
    found = texts(log)
    log.close()
    return found


def cause(log: SqliteLog) -> str | None:
    return log.trouble.cause if log.trouble else None


def quiz(log: SqliteLog) -> Session:
    row = CATALOGUE["quiz"]
    return Session(row, activity_of(row), exercise(), Learner(log))


def child(work: Callable[[], Any], *, user: int | None = None) -> int:
    """Begin work in another process; it ends with 0 if the work returns something true."""
    name = os.fork()
    if name:
        return name
    code = 1
    try:
        if user is not None:
            os.setuid(user)
        code = 0 if work() else 2
    finally:
        os._exit(code)


def ended(name: int) -> int:
    """Wait for another process, and return how it ended."""
    return os.waitstatus_to_exitcode(os.waitpid(name, 0)[1])


def parts(path: Path) -> dict[str, bytes]:
    """Return the parts of a file that are there."""
    names = {part: Path(f"{path}{part}") for part in PARTS}
    return {part: name.read_bytes() for part, name in names.items() if name.exists()}


def overwrite(path: Path, place: int, with_: bytes) -> None:
    with path.open("r+b") as stream:
        stream.seek(place)
        stream.write(with_)


def put(path: Path, records: Iterable[Any]) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.executemany(INSERT, records)


# Settings, rights, and whose file it is.


def test_durable_settings(log: SqliteLog) -> None:
    """The log is written ahead (WAL), flushed on every commit (FULL), and marked as ours."""
    assert log._db is not None
    asked = ("journal_mode", "synchronous", "secure_delete", "user_version", "application_id")
    found = [log._db.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]
    assert found == ["wal", 2, 1, VERSION, APPLICATION]
    assert APPLICATION.to_bytes(4, "big") == b"BRMC"


def rights(path: Path) -> dict[str, str]:
    return {p.name: oct(stat.S_IMODE(p.stat().st_mode)) for p in sorted(path.parent.glob("*"))}


def test_the_file_is_private(tmp_path: Path) -> None:
    """Only its user may read the answers: the file, and all that lies beside it meanwhile."""
    before = os.umask(0)
    try:
        log = SqliteLog(tmp_path / "answers.sqlite")
        log.add([wrote()])
        found = rights(log.path)
        log.close()
    finally:
        os.umask(before)
    assert {"answers.sqlite", "answers.sqlite-wal", "answers.sqlite-shm"} <= set(found)
    assert set(found.values()) == {"0o600"}


def test_a_file_that_was_open_to_all_becomes_private(tmp_path: Path) -> None:
    """A file that others could read is closed to them when it is opened, with its parts."""
    path = tmp_path / "answers.sqlite"

    def leave() -> bool:
        SqliteLog(path).add([wrote("left")])
        return True  # ends without closing

    assert ended(child(leave)) == 0
    for part in tmp_path.glob("*"):
        part.chmod(0o644)
    log = SqliteLog(path)
    assert texts(log) == ["left"]
    found = rights(path)
    assert {found[f"{path.name}{part}"] for part in PARTS} == {"0o600"}
    log.close()


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    """A file written by a newer version of the course is neither changed nor set aside."""
    path = tmp_path / "answers.sqlite"
    SqliteLog(path).close()
    put(path, [encode(wrote("from the future"))])
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
        db.execute("PRAGMA journal_mode = DELETE")
    before = path.read_bytes()
    log = SqliteLog(path)
    assert cause(log) == "newer"
    log.add([wrote("now")])
    assert texts(log) == ["from the future", "now"]
    log.close()
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*damaged*"))


FOREIGN = {
    "unmarked": "CREATE TABLE cookies (name TEXT); INSERT INTO cookies VALUES ('a')",
    "marked": "PRAGMA application_id = 77; CREATE TABLE events (name TEXT)",
    "marked-empty": "PRAGMA application_id = 77; PRAGMA user_version = 3",
    "versioned": "PRAGMA user_version = 5; CREATE TABLE events (id TEXT, time TEXT)",
    "ahead": "PRAGMA journal_mode = WAL; CREATE TABLE cookies (name TEXT)",
}


@pytest.mark.parametrize("script", FOREIGN.values(), ids=FOREIGN)
def test_another_programs_file_is_refused(tmp_path: Path, script: str) -> None:
    """Another program's SQLite file stays as it is, byte for byte, and keeps its rights."""
    path = tmp_path / "answers.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)
    path.chmod(0o644)
    before = path.read_bytes()
    log = SqliteLog(path)
    assert cause(log) == "foreign"
    log.add([wrote("now")])
    log.retry()
    assert texts(log) == ["now"]
    assert cause(log) == "foreign"
    log.close()
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert not list(tmp_path.glob("*damaged*"))


def test_what_another_program_wrote_ahead_stays(tmp_path: Path) -> None:
    """Another program's -wal file that was left behind is not gathered by us either."""
    path = tmp_path / "answers.sqlite"

    def leave() -> bool:
        db = sqlite3.connect(path)
        db.executescript("PRAGMA journal_mode = WAL; CREATE TABLE cookies (name TEXT)")
        return True

    assert ended(child(leave)) == 0
    before = parts(path)
    assert before["-wal"]
    log = SqliteLog(path)
    assert cause(log) == "foreign"
    log.close()
    after = parts(path)
    assert (after[""], after["-wal"]) == (before[""], before["-wal"])


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    """A folder in the place of the file is reported, and keeps its rights."""
    path = tmp_path / "answers.sqlite"
    path.mkdir(0o755)
    log = SqliteLog(path)
    log.add([wrote("now")])
    assert cause(log) == "read-only"
    assert texts(log) == ["now"]
    log.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o755


def test_our_file_without_a_mark_is_adopted(tmp_path: Path) -> None:
    """A file of ours whose mark is missing or wrong is marked anew, with all events."""
    path = tmp_path / "answers.sqlite"
    for mark in (0, 77):
        log = SqliteLog(path)
        log.add([wrote(str(mark))])
        log.close()
        with closing(sqlite3.connect(path)) as db:
            db.execute(f"PRAGMA application_id = {mark}")
        log = SqliteLog(path)
        assert log.trouble is None
        assert log.notice is None
        log.close()
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    assert kept_at(path) == ["0", "77"]


# Side by side.


def test_two_notebooks_at_once(tmp_path: Path) -> None:
    """Several logs and threads write to one file at the same time; every event of each is there."""
    path = tmp_path / "answers.sqlite"

    def write(name: int) -> None:
        own = SqliteLog(path)
        for number in range(25):
            own.add([wrote(f"{name}-{number}")])
        assert own.trouble is None
        own.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kept_at(path)) == sorted(f"{n}-{m}" for n in range(4) for m in range(25))


def test_two_writers_in_two_processes(tmp_path: Path) -> None:
    """Two processes that write and read at once lose nothing and see each other's events."""
    path = tmp_path / "answers.sqlite"

    def write(name: str) -> bool:
        own, cursor, seen = SqliteLog(path), START, []
        for number in range(50):
            own.add([wrote(f"{name}{number}")])
            cursor, new = own.read(cursor)
            seen += [event.id for event in new]
        own.close()
        return len(seen) == len(set(seen)) >= 50 and own.trouble is None

    children = [child(lambda name=name: write(name)) for name in "ab"]
    assert [ended(name) for name in children] == [0, 0]
    assert sorted(kept_at(path)) == sorted(f"{n}{m}" for n in "ab" for m in range(50))


# Killed.


def answer_forever(path: Path, pipe: int) -> None:
    """Write to the first compose question again and again, and tell through the pipe what the
    screen has confirmed.
    """
    session = quiz(SqliteLog(path))
    session.open()
    session.answer({"n": new_id(), "action": "go q-compose", "form": {}})
    for number in range(1_000_000):
        text = f"{os.getpid()}-{number}"
        form = {"question": ["q-compose"], "text": [text]}
        html = session.answer({"n": new_id(), "action": "draft", "form": form})
        if text not in html or "brm-problem" in html:
            os.write(pipe, b"trouble\n")
        os.write(pipe, f"{text}\n".encode())


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """A process killed at any of 200 random moments loses no answer confirmed on the screen."""
    path = tmp_path / "answers.sqlite"
    confirmed: list[str] = []
    chance = random.Random(7)
    quiz(SqliteLog(tmp_path / "warm.sqlite")).open()  # children then begin with all imported
    for _ in range(200):
        reader, writer = os.pipe()
        name = child(lambda writer=writer: answer_forever(path, writer))
        os.close(writer)
        select.select([reader], [], [], 10)  # it has begun; now let it run for a random moment
        time.sleep(chance.uniform(0, 0.03))
        os.kill(name, signal.SIGKILL)
        ended(name)
        with os.fdopen(reader) as lines:
            confirmed += [line.strip() for line in lines if line.endswith("\n")]
    log = SqliteLog(path)
    bodies = [event.body for event in log.read(subjects=["q-compose"])[1]]
    kept = {body.response["text"] for body in bodies if isinstance(body, QuizWrote)}
    assert log.trouble is None
    assert log.notice is None
    assert not log.unreadable
    assert len(confirmed) >= 200
    assert set(confirmed) <= kept
    log.close()


# Gathered in one file.


def alone_elsewhere(path: Path, folder: Path) -> list[str]:
    """Return what the one file holds when it is copied elsewhere without anything beside it."""
    folder.mkdir()
    copy = folder / "sent.sqlite"
    shutil.copy(path, copy)
    return kept_at(copy)


def until(true: Callable[[], Any], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(true())


def test_all_is_in_one_file_when_idle(
    log: SqliteLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A moment after the last answer, the one file holds it, copied alone, while it stays open."""
    monkeypatch.setattr(sqlite, "IDLE", 0.1)
    wal = Path(f"{log.path}-wal")
    for number in range(5):
        log.add([wrote(str(number))])
    assert wal.stat().st_size
    assert until(lambda: wal.stat().st_size == 0)
    assert alone_elsewhere(log.path, tmp_path / "a") == list("01234")
    log.add([wrote("5")])
    assert until(lambda: wal.stat().st_size == 0)
    assert alone_elsewhere(log.path, tmp_path / "b") == list("012345")


def test_idle_is_soon() -> None:
    """A learner who sends the file after "saved" has been read sends all of it."""
    assert sqlite.IDLE <= 2


def test_a_reader_delays_gathering_only(
    log: SqliteLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program reads the file, answers are saved all the same, and gathered later."""
    monkeypatch.setattr(sqlite, "IDLE", 0.05)
    log.add([wrote("one")])
    with closing(sqlite3.connect(log.path)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM events").fetchone()
        log.add([wrote("two")])
        time.sleep(0.4)
        begun = time.monotonic()
        log.add([wrote("three")])
        assert time.monotonic() - begun < 2
        assert log.trouble is None
        assert Path(f"{log.path}-wal").stat().st_size
    assert until(lambda: Path(f"{log.path}-wal").stat().st_size == 0)
    assert alone_elsewhere(log.path, tmp_path / "a") == ["one", "two", "three"]


def test_all_is_in_one_file_when_closed(log: SqliteLog, tmp_path: Path) -> None:
    """A closed log is one file: nothing is left beside it but an empty lock."""
    log.add([wrote("one")])
    log.close()
    left = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(left) <= {"answers.sqlite", "answers.sqlite.lock"}
    assert left.get("answers.sqlite.lock", 0) == 0
    assert alone_elsewhere(log.path, tmp_path / "a") == ["one"]


def test_all_is_in_one_file_when_a_process_ends(tmp_path: Path) -> None:
    """A process that showed an activity leaves the learner's answers in the one file."""
    path = tmp_path / "own" / "answers.sqlite"
    code = (
        "from brmcourse.session import open_session; page = open_session('reflect', 'm6'); "
        "page.open(); key = page.subjects[0]; "
        "html = page.answer({'action': 'draft', 'form': {f'{key}:text': ['At the end']}}); "
        "assert 'At the end' in html"
    )
    environment = {**os.environ, "BRMCOURSE_STORE": str(path)}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert not Path(f"{path}-wal").exists()
    assert alone_elsewhere(path, tmp_path / "a") == ["At the end"]


def test_what_is_forgotten_is_nowhere(log: SqliteLog) -> None:
    """The text of a forgotten event is in no part of the file any more, not even as rubbish."""
    secret = wrote("a-secret-" * 900)
    log.add([wrote("before"), secret, wrote("after")])
    log.close()
    log.add([wrote("more")])
    log.forget([secret.id])
    assert all(b"a-secret-" not in data for data in parts(log.path).values())
    assert texts(log) == ["before", "after", "more"]
    log.close()
    assert b"a-secret-" not in log.path.read_bytes()


# Full, locked, read-only, deleted.


def test_no_more_pages(log: SqliteLog) -> None:
    """On a full disk events wait in memory, and are saved once there is room."""
    log.add([wrote("before")])
    assert log._db is not None
    pages = log._db.execute("PRAGMA page_count").fetchone()[0]
    log._db.execute(f"PRAGMA max_page_count = {pages}")
    late = wrote("x" * 100_000)
    log.add([late])
    assert cause(log) == "full"
    assert len(texts(log)) == 2
    log.retry()  # a new connection has no page limit: there is room again
    assert log.trouble is None
    log.add([late])
    assert len(kept_at(log.path)) == 2


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of that size; skips the test where none may be mounted."""
    folder.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or not mount:
        pytest.skip("only root may mount a file system")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder])
    if done.returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill_up(folder: Path) -> Path:
    """Fill a disk to the last byte."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as stream:
        while stream.write(bytes(4096)):
            pass
    return filler


def test_a_really_full_disk(tmp_path: Path) -> None:
    """On a full file system earlier answers show, new ones wait; with room again all are saved."""
    with small_disk(tmp_path / "disk", "1m") as disk:
        log = SqliteLog(disk / "answers.sqlite")
        log.add([wrote("before")])
        filler = fill_up(disk)
        waiting = [wrote(f"{number} " + "x" * 30_000) for number in range(3)]
        cursor, given = log.read()
        for event in waiting:
            log.add([event])
            assert cause(log) == "full"
            cursor, new = log.read(cursor)
            given += new
        assert given[1:] == waiting
        log.retry()
        assert cause(log) == "full"
        fresh = SqliteLog(disk / "answers.sqlite")  # another page is opened on the full disk
        assert texts(fresh) == ["before"]
        fresh.add([wrote("there " + "x" * 30_000)])
        assert cause(fresh) == "full"
        assert len(texts(fresh)) == 2
        filler.unlink()
        log.retry()
        fresh.retry()
        assert log.trouble is None
        assert fresh.trouble is None
        found = [text.split()[0] for text in texts(log)]
        assert found == ["before", "0", "1", "2", "there"]
        assert log.read(cursor)[1] == list(fresh.read()[1])[-1:]
        fresh.close()
        log.close()
        assert not list(disk.glob("*damaged*"))
        assert len(kept_at(disk / "answers.sqlite")) == 5


def test_a_first_answer_on_a_full_disk(tmp_path: Path) -> None:
    """Where the disk is full from the beginning, the first answer waits and is saved later."""
    with small_disk(tmp_path / "disk", "1m") as disk:
        filler = fill_up(disk)
        log = SqliteLog(disk / "answers.sqlite")
        log.add([wrote("first")])
        assert cause(log) == "full"
        assert texts(log) == ["first"]
        filler.unlink()
        log.retry()
        assert log.trouble is None
        log.close()
        assert kept_at(disk / "answers.sqlite") == ["first"]


def test_what_was_written_ahead_shows_on_a_full_disk(tmp_path: Path) -> None:
    """Answers that lie only in the -wal file of a killed process show on a full disk, too."""
    with small_disk(tmp_path / "disk", "4m") as disk:
        path = disk / "answers.sqlite"

        def leave() -> bool:
            log = SqliteLog(path)
            log.add([wrote("one")])
            log.add([wrote("two")])
            return True

        assert ended(child(leave)) == 0
        assert Path(f"{path}-wal").stat().st_size
        filler = fill_up(disk)
        log = SqliteLog(path)
        log.add([wrote("now " * 50_000)])
        assert cause(log) == "full"
        assert texts(log)[:2] == ["one", "two"]
        filler.unlink()
        log.retry()
        log.close()
        assert len(kept_at(path)) == 3


@contextmanager
def locked(path: Path, *, readers_too: bool) -> Iterator[None]:
    """Another program holds the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        if readers_too:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("readers_too", [False, True])
def test_a_locked_file(log: SqliteLog, monkeypatch: pytest.MonkeyPatch, readers_too: bool) -> None:
    """A file that another program holds is called locked, not damaged, and nothing is lost."""
    monkeypatch.setattr(file, "PATIENCE", 0.1)
    log.add([wrote("before")])
    log.close()
    with locked(log.path, readers_too=readers_too):
        log.add([wrote("one")])
        assert cause(log) == "locked"
        other = SqliteLog(log.path)
        other.add([wrote("two")])
        assert cause(other) == "locked"
        assert texts(log) == ["before", "one"]
        assert texts(other) == ["before", "two"]
    for waiting in (log, other):
        waiting.retry()
        assert waiting.trouble is None
        assert waiting.notice is None
    assert texts(other) == ["before", "one", "two"]
    other.close()
    assert not list(log.path.parent.glob("*damaged*"))


def test_locked_while_open(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open page whose file is held for long keeps the answer, and saves it with the next."""
    monkeypatch.setattr(file, "PATIENCE", 0.1)
    own = SqliteLog(log.path)
    own.add([wrote("before")])
    with locked(log.path, readers_too=False):
        own.add([wrote("one")])
        assert cause(own) == "locked"
        assert texts(own) == ["before", "one"]
    own.add([wrote("two")])
    assert own.trouble is None
    own.close()
    assert kept_at(log.path) == ["before", "one", "two"]


def test_what_waits_is_given_once(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that waits is given once, though it is added again or was saved before."""
    monkeypatch.setattr(file, "PATIENCE", 0.1)
    before, waits = wrote("before"), wrote("waits")
    own = SqliteLog(log.path)
    own.add([before])
    with locked(log.path, readers_too=False):
        cursor, found = own.read()
        for event in (waits, waits, before):
            own.add([event])
        assert cause(own) == "locked"
        assert texts(own) == ["before", "waits"]
        cursor, more = own.read(cursor)
        assert [*found, *more] == [before, waits]
        assert own.read(cursor)[1] == []
    own.retry()
    assert own.read(cursor)[1] == []
    assert texts(own) == ["before", "waits"]
    own.close()


def open_to_nobody(folder: Path, tmp_path: Path) -> None:
    """Let another user look into a folder of pytest's."""
    for part in (folder, tmp_path, *tmp_path.parents):
        if part.stat().st_mode & 0o055 != 0o055:
            part.chmod(part.stat().st_mode | 0o055)
        if part.name.startswith("pytest-of-"):
            break


@pytest.mark.parametrize("mode", [0o444, 0o644])
def test_read_only_folder(tmp_path: Path, mode: int) -> None:
    """In a folder that may not be written, earlier answers show and new ones wait in memory."""
    folder = tmp_path / "locked"
    folder.mkdir()
    path = folder / "answers.sqlite"
    old = SqliteLog(path)
    old.add([wrote("earlier")])
    old.close()
    Path(f"{path}.lock").unlink(missing_ok=True)
    if os.geteuid() == 0:  # pytest keeps its folders to the user who runs it
        open_to_nobody(folder, tmp_path)
        os.chown(path, NOBODY, NOBODY)
    path.chmod(mode)
    folder.chmod(0o555)

    def work() -> bool:
        log = SqliteLog(path)
        log.add([wrote("now")])
        good = cause(log) == "read-only" and texts(log) == ["earlier", "now"]
        log.close()
        return good

    if os.geteuid() == 0:
        assert ended(child(work, user=NOBODY)) == 0
    else:
        assert work()


def test_no_folder_at_all() -> None:
    """Where no file can be made, opening does not fail, and events wait in memory."""
    log = SqliteLog(Path("/proc/nowhere/answers.sqlite"))
    log.add([wrote("now")])
    assert cause(log) == "read-only"
    assert texts(log) == ["now"]
    log.close()


def test_file_deleted_while_open(log: SqliteLog) -> None:
    """If the file is deleted under an open course, the next answer starts a new one."""
    log.add([wrote("one")])
    cursor, _ = log.read()
    log.path.unlink()
    log.add([wrote("two")])
    assert log.trouble is None
    assert kept_at(log.path) == ["two"]
    assert [event.body for event in log.read(cursor)[1]] == [ReflectionWrote("two")]


def test_file_replaced_while_open(log: SqliteLog, tmp_path: Path) -> None:
    """A file that was put in the place of the open one is read from then on."""
    log.add([wrote("one")])
    cursor, _ = log.read()
    other = SqliteLog(tmp_path / "other.sqlite")
    other.add([wrote("restored")])
    other.close()
    for part in PARTS:
        Path(f"{log.path}{part}").unlink(missing_ok=True)
    other.path.rename(log.path)
    assert [event.body for event in log.read(cursor)[1]] == [ReflectionWrote("restored")]
    log.add([wrote("two")])
    assert kept_at(log.path) == ["restored", "two"]


def test_set_aside_while_writing(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is written into a file just as another page sets it aside is written again."""
    write = SqliteLog._write

    def written_too_late(self: SqliteLog) -> None:
        monkeypatch.setattr(SqliteLog, "_write", write)
        write(self)
        file._move(self.path, self.path.with_name("aside.sqlite"))

    log.add([wrote("before")])
    monkeypatch.setattr(SqliteLog, "_write", written_too_late)
    log.add([wrote("late")])
    assert log.trouble is None
    assert kept_at(log.path) == ["late"]


# Texts that no file can hold.


def test_a_half_pair_blocks_nothing(log: SqliteLog) -> None:
    """A text with half of a letter pair is stored with U+FFFD; those behind it are saved."""
    log.add([wrote("a\ud800b"), wrote("\udfff", subject="m1\ud800")])
    log.add([wrote("later")])
    assert log.trouble is None
    assert kept_at(log.path) == ["a\ufffdb", "\ufffd", "later"]


def test_what_cannot_be_saved_blocks_nothing(log: SqliteLog) -> None:
    """An event that cannot be written at all is refused, and blocks none behind it."""
    with pytest.raises((TypeError, ValueError)):
        log.add([wrote()._replace(body=ReflectionWrote({1, 2}))])  # type: ignore[arg-type]
    log.add([wrote("later")])
    assert log.trouble is None
    assert kept_at(log.path) == ["later"]


# Damaged.


@pytest.mark.parametrize("damage", ["garbage", "middle", "empty-page", "cut", "schema"])
def test_damaged_file(tmp_path: Path, damage: str) -> None:
    """A damaged file is set aside under a name that is told, never deleted; the course goes on."""
    path = tmp_path / "answers.sqlite"
    log = SqliteLog(path)
    log.add([wrote(f"{number} " + "x" * 500) for number in range(100)])
    log.close()
    broken = bytearray(path.read_bytes())
    if damage == "garbage":
        broken = bytearray(b"this is no database" * 1000)
    elif damage == "middle":
        broken[len(broken) // 2 :] = random.Random(7).randbytes(len(broken) - len(broken) // 2)
    elif damage == "cut":
        del broken[len(broken) // 2 + 100 :]
    elif damage == "schema":
        broken = broken.replace(b"CREATE TABLE events (", b"CREATE TABLE evants (")
    else:
        broken[4096:8192] = bytes(4096)
    path.write_bytes(broken)
    again = SqliteLog(path)
    assert again.trouble is None
    assert again.notice is not None
    aside = next(tmp_path.glob("answers.damaged-*.sqlite"))
    assert aside.read_bytes() == bytes(broken)
    assert again.notice.path == aside
    assert again.notice.kept == len(texts(again))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    if damage in ("middle", "cut"):
        assert 30 <= len(texts(again)) < 100
    if damage in ("empty-page", "schema"):
        assert len(texts(again)) >= 100 - 4096 // 500
    again.add([wrote("after")])
    again.close()
    assert kept_at(path)[-1] == "after"
    left = {part.name for part in tmp_path.iterdir()}
    assert left == {path.name, aside.name, f"{path.name}.lock"}


def test_cut_anywhere(tmp_path: Path) -> None:
    """A file that ends too early gives every row whose page is there, and the count is true."""
    path = tmp_path / "whole.sqlite"
    log = SqliteLog(path)
    log.add([wrote(f"{number} " + "x" * 300) for number in range(200)])
    log.close()
    whole = path.read_bytes()
    counts = []
    for share in (0.25, 0.5, 0.75, 0.9):
        cut = tmp_path / f"{share}.sqlite"
        cut.write_bytes(whole[: int(len(whole) * share)])
        again = SqliteLog(cut)
        assert again.trouble is None
        assert again.notice is not None
        found = texts(again)
        assert again.notice.kept == len(found) == len(set(found))
        counts.append(len(found))
        again.close()
    assert counts == sorted(counts)
    assert counts[0] >= 20
    assert counts[-1] >= 140


def test_damaged_while_open(log: SqliteLog) -> None:
    """A file that breaks while the course is open fails no call; what can be read is mended."""
    log.add([wrote(f"{number} " + "x" * 2000) for number in range(20)])
    log.close()
    log.read()
    overwrite(log.path, 4096, random.Random(7).randbytes(8192))
    assert log._db is not None
    log._db.close()
    log._db = sqlite3.connect(log.path, check_same_thread=False)  # as if nothing was in its cache
    log._db.text_factory = file._text
    assert len(texts(log)) >= 10
    assert log.notice is not None
    log.add([wrote("late")])
    assert log.trouble is None
    assert "late" in texts(log)
    log.close()
    assert "late" in kept_at(log.path)


EVENTS = 200


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file with the learner and 200 events, none longer than a page."""
    path = tmp_path_factory.mktemp("whole") / "answers.sqlite"
    log = SqliteLog(path, clock=lambda: NOON)
    Learner(log).began()
    chance = random.Random(7)
    for number in range(EVENTS):
        subject = f"m1-q{chance.randrange(20):02}"
        log.add([wrote(f"{number} " + "y" * chance.randrange(400), subject)])
    log.close()
    return path.read_bytes()


def touched(data: bytes, place: int) -> set[int]:
    """Return the rows of events that a byte at this place is needed for, by their number.

    A byte of a row is needed for that one, and one of a leaf's header for all rows of the leaf;
    any other (indexes, inner pages, the header of the file, free space) for none.
    """
    page = data[place - place % 4096 :][:4096]
    inside = place % 4096
    if page[0] != 0x0D or place < 4096:
        return set()
    count = int.from_bytes(page[3:5], "big")
    starts = sorted(int.from_bytes(page[8 + 2 * n :][:2], "big") for n in range(count))
    ends = [*starts[1:], 4096]
    cells = {start: page[start:end] for start, end in zip(starts, ends, strict=True)}
    if inside >= starts[0]:
        cells = {
            start: cell for start, cell in cells.items() if start <= inside < start + len(cell)
        }
    elif inside >= 8 + 2 * count:
        return set()
    numbers = set()
    for cell in cells.values():
        text = cell.partition(b'{"text":"')[2].partition(b" ")[0]
        if text.isdigit():
            numbers.add(int(text))
    return numbers


def check_damage(whole: bytes, path: Path, place: int, byte: int) -> None:
    """Break one byte, and see what a learner then gets."""
    path.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
    log = SqliteLog(path)
    events = log.read()[1]
    found = {e.body.text.split()[0] for e in events if isinstance(e.body, ReflectionWrote)}
    needed = {str(number) for number in set(range(EVENTS)) - touched(whole, place)}
    assert needed <= found, (place, byte, needed - found)
    for subject in {event.subject for event in events}:
        by_subject = log.read(subjects=[subject])[1]
        assert by_subject == [e for e in events if e.subject == subject], (place, byte)
    session = quiz(log)
    form = {"question": ["q-compose"], "text": ["An answer after the damage"]}
    session.answer({"n": new_id(), "action": "go q-compose", "form": {}})
    html = session.answer({"n": new_id(), "action": "draft", "form": form})
    assert "An answer after the damage" in html, (place, byte)
    assert html.count("brm-problem") <= (log.trouble is not None), (place, byte)
    assert cause(log) in (None, "newer"), (place, byte, log.trouble)
    log.close()


def tried(whole: bytes, folder: Path, damages: Iterable[tuple[int, int]]) -> None:
    for number, (place, byte) in enumerate(damages):
        own = folder / str(number)
        own.mkdir()
        check_damage(whole, own / "answers.sqlite", place, byte)
        shutil.rmtree(own)


def test_one_damaged_byte(whole: bytes, tmp_path: Path) -> None:
    """A damaged byte at any of 100 random places costs no row that does not need it, raises
    nothing, and leaves every activity usable.
    """
    chance = random.Random(11)
    places = [chance.randrange(len(whole)) for _ in range(100)]
    damages = [(place, whole[place] ^ 1 << chance.randrange(8)) for place in places]
    tried(whole, tmp_path, damages)


def test_a_damaged_header(whole: bytes, tmp_path: Path) -> None:
    """A damaged byte anywhere in the header of the file or among its tables costs no row."""
    chance = random.Random(12)
    places = [*range(0, 112, 2), *(chance.randrange(3000, 4096) for _ in range(24))]
    tried(whole, tmp_path, [(place, chance.choice((0xFF, 0x00, 0x03))) for place in places])


def test_two_rows_at_one_place(log: SqliteLog) -> None:
    """A row whose number is damaged so that it is another's costs neither of them."""
    events = [wrote(str(number)) for number in range(100)]
    log.add(events)
    log.close()
    data = log.path.read_bytes()
    # Before the id of the 50th row stand its number and what its ten columns are.
    found = re.search(rb"\x32\x0b.{10}" + events[49].id.encode(), data, re.DOTALL)
    assert found
    overwrite(log.path, found.start(), bytes([60]))
    assert sorted(texts(log), key=int) == [str(number) for number in range(100)]
    assert log.notice is not None


@pytest.mark.parametrize(
    "change",
    [
        {"body": ""},
        {"body": "{"},
        {"body": '{"seed":7}'},
        {"body": b"\xff"},
        {"kind": "learner.began2"},
        {"time": ""},
        {"edition": "x"},
    ],
    ids=str,
)
def test_a_damaged_learner(tmp_path: Path, change: dict[str, Any]) -> None:
    """If the row with the learner's seed cannot be read, a new one is drawn, and all goes on."""
    path = tmp_path / "answers.sqlite"
    SqliteLog(path).close()
    began = wrote()._replace(subject=LEARNER, body=LearnerBegan("seed"))
    put(path, [encode(began)._replace(**change), encode(wrote("kept"))])
    log = SqliteLog(path)
    assert "brm-problem" not in quiz(log).open()
    assert texts(log) == ["kept"]
    first = Learner(log).began()
    assert Learner(log).began() == first
    assert "brm-problem" not in quiz(log).open()
    assert log.trouble is None
    assert list(log.unreadable) == [began.id]
    log.close()


def test_an_event_of_another_kind_in_the_learners_place(log: SqliteLog) -> None:
    """What stands under the learner's name but is no beginning is not taken for one."""
    log.add([wrote("odd", LEARNER)])
    began = Learner(log).began()
    assert isinstance(began.body, LearnerBegan)


def test_a_file_without_its_epoch(log: SqliteLog) -> None:
    """A file whose epoch is gone or unreadable gets a new one, so that forgetting still shows."""
    event = wrote("one")
    log.add([event, wrote("two")])
    log.close()
    for script in (
        "DELETE FROM epoch",
        "INSERT INTO epoch VALUES (x'ff')",
        "UPDATE epoch SET name = x'ff'",
    ):
        with closing(sqlite3.connect(log.path)) as db, db:
            db.execute(script)
        own = SqliteLog(log.path)
        cursor, _ = own.read()
        own.forget([event.id])
        assert own.read(cursor)[0].epoch != cursor.epoch
        own.close()


# Mending at once, and mending that was interrupted.


def break_indexes(path: Path) -> bool:
    """Break both indexes, which costs no row."""
    with closing(sqlite3.connect(path)) as db:
        query = "SELECT rootpage FROM sqlite_master WHERE type = 'index'"
        roots = [root for (root,) in db.execute(query)]
    for root in roots:
        overwrite(path, (root - 1) * 4096, b"\xaa" * 4096)
    return len(roots) == 2


def one_of_three(path: Path, name: int, gate: int, pipe: int) -> bool:
    os.read(gate, 1)
    log = SqliteLog(path)
    good = log.trouble is None
    for number in range(3):
        event = wrote(f"{name}-{number}")
        log.add([event])
        good = good and log.trouble is None and event in log.read()[1]
        if log.trouble is None:
            os.write(pipe, f"{event.body.text}\n".encode())  # type: ignore[attr-defined]
    log.close()
    return good


@pytest.mark.parametrize("before", ["closed", "open"])
def test_three_processes_open_a_damaged_file(tmp_path: Path, before: str) -> None:
    """Three processes that open a damaged file at once are all fine: it is set aside once, every
    readable row is taken over, and no confirmed answer is left behind.

    So it is if a fourth had it open before.
    """
    source = tmp_path / "source.sqlite"
    log = SqliteLog(source)
    log.add([wrote(f"row-{number}") for number in range(200)])
    log.close()
    for round_ in range(25 if before == "closed" else 10):
        path = tmp_path / str(round_) / "answers.sqlite"
        path.parent.mkdir()
        shutil.copy(source, path)
        gate, opener = os.pipe()
        reader, pipe = os.pipe()
        fourth = SqliteLog(path) if before == "open" else None
        # Elsewhere: to open a file and close it drops the locks of a process that has it open.
        assert ended(child(lambda path=path: break_indexes(path))) == 0
        workers = [
            child(lambda name=name, path=path: one_of_three(path, name, gate, pipe))  # noqa: B023
            for name in range(3)
        ]
        os.write(opener, b"xxx")
        early = []
        for number in range(6 if fourth else 0):
            fourth.add([wrote(f"early-{number}")])  # type: ignore[union-attr]
            if fourth.trouble is None:  # type: ignore[union-attr]
                early.append(f"early-{number}")
            time.sleep(0.01)
        assert [ended(name) for name in workers] == [0, 0, 0]
        os.close(pipe)
        with os.fdopen(reader) as lines:
            confirmed = [line.strip() for line in lines]
        os.close(gate)
        os.close(opener)
        if fourth:
            fourth.close()
        again = SqliteLog(path)
        found = texts(again)
        assert again.trouble is None
        assert again.notice is None
        again.close()
        assert len(confirmed) == 9
        assert len(found) == len(set(found))
        assert {*confirmed, *early, *(f"row-{number}" for number in range(200))} <= set(found)
        asides = list(path.parent.glob("answers.damaged-*.sqlite"))
        assert len(asides) == 1
        assert not [p for p in path.parent.iterdir() if p.suffix in (".broken", ".fresh")]


def stop(*_: Any) -> None:
    os._exit(7)


def stop_half_way(fresh: Path, damaged: Path) -> None:
    file._rescued = stop  # type: ignore[assignment]
    BEGIN_ANEW(fresh, damaged)


def stop_when_built(fresh: Path, damaged: Path) -> None:
    BEGIN_ANEW(fresh, damaged)
    stop()


def stop_at_the_last_name(path: Path, to: Path) -> None:
    if "damaged" in to.name:
        stop()
    MOVE(path, to)


def stop_at_the_first_part(path: Path, to: Path) -> None:
    Path(f"{path}-wal").replace(f"{to}-wal")
    stop()


MOVE, BEGIN_ANEW = file._move, file._begin_anew
STOPS = {
    "first-part": ("_move", stop_at_the_first_part),
    "moved": ("_begin_anew", stop),
    "half-built": ("_begin_anew", stop_half_way),
    "built": ("_begin_anew", stop_when_built),
    "replaced": ("_move", stop_at_the_last_name),
}


@pytest.mark.parametrize(("name", "stopping"), STOPS.values(), ids=STOPS)
def test_interrupted_while_mending(
    tmp_path: Path, name: str, stopping: Callable[[Path, Path], None]
) -> None:
    """A process that is killed while it replaces a damaged file leaves nothing behind: the next
    one goes on where it stopped, with the rows of the -wal file, too.
    """
    path = tmp_path / "answers.sqlite"

    def leave() -> bool:
        log = SqliteLog(path)
        log.add([wrote(f"row-{number}") for number in range(100)])
        log.close()
        log.add([wrote("written ahead")])
        return True

    assert ended(child(leave)) == 0
    overwrite(path, 8, b"\xaa" * 90)
    assert Path(f"{path}-wal").stat().st_size

    def mend() -> bool:
        setattr(file, name, stopping)
        SqliteLog(path)
        return True

    assert ended(child(mend)) == 7
    log = SqliteLog(path)
    assert log.trouble is None
    assert log.notice is not None
    assert texts(log) == [*(f"row-{number}" for number in range(100)), "written ahead"]
    assert log.notice.kept == 101
    log.close()
    names = {p.name for p in tmp_path.iterdir() if "damaged" not in p.name}
    assert names == {path.name, f"{path.name}.lock"}
    assert len(list(tmp_path.glob("answers.damaged-*.sqlite"))) == 1
    assert len(kept_at(path)) == 101


def test_no_room_for_mending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a damaged file cannot be replaced now, it stays in its place with what it still gives."""
    path = tmp_path / "answers.sqlite"
    log = SqliteLog(path)
    log.add([wrote(f"row-{number}") for number in range(100)])
    log.close()
    assert break_indexes(path)
    before = path.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(file, "_begin_anew", full)
        log = SqliteLog(path)
        log.add([wrote("now")])
        assert log.trouble is not None
        assert path.read_bytes() == before
        assert len(texts(log)) == 101
    log.retry()
    assert log.trouble is None
    assert len(texts(log)) == 101
    log.close()
