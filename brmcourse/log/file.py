"""The file of a log: whose it is and in which form, opened, migrated, replaced if it is damaged.

Whoever opens, closes or replaces it holds a lock meanwhile. SQLite finds the parts of a file by
their names: one that is renamed while another process opens it could get the parts of its
successor. Writing and reading need no lock but SQLite's own.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from brmcourse.errors import Cause, LogError, RefusedFileError
from brmcourse.events import Record, Unknown, decode, new_id
from brmcourse.log.log import SetAside
from brmcourse.log.migration import OldRecord, learner_of, modern
from brmcourse.log.rescue import readable_rows

APPLICATION = 0x42524D43
"""Marks our files: "BRMC"."""

VERSION = 2
"""The form of the tables below; `PRAGMA user_version` holds it."""

FARTHEST = 1000
"""A version from here on is no newer form but a damaged number."""

TABLES = (
    """CREATE TABLE events (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, time TEXT NOT NULL, kind TEXT NOT NULL,
        subject TEXT NOT NULL, edition INTEGER NOT NULL, learner TEXT NOT NULL,
        author TEXT NOT NULL, partner TEXT NOT NULL, body TEXT NOT NULL)""",
    "CREATE INDEX events_by_subject ON events (subject, seq)",
    "CREATE TABLE epoch (name TEXT NOT NULL)",
)

EVERY_FORM = "events_by_subject"
"""What every form of our files has; it tells even a damaged one from another program's."""

COLUMNS = ", ".join(Record._fields)
MARKS = ", ".join("?" * len(Record._fields))
INSERT = f"INSERT OR IGNORE INTO events ({COLUMNS}) VALUES ({MARKS})"

PATIENCE = 5.0
"""Seconds to wait for another page that is writing at the same moment."""

MENDING = 60.0
"""Seconds to wait for another page that is just replacing a damaged file."""

ROOM = 1_000_000
"""With fewer free bytes than this a failed write is put down to a full disk."""

PARTS = ("", "-wal", "-shm")
"""What SQLite adds to the name of a file for its parts."""

OWNER_ONLY = 0o600

WRITE_FORM = 18
"""Where the header of a SQLite file says who may write it: all know 1 and 2."""

FAILURES = (sqlite3.Error, OSError, LogError, UnicodeDecodeError, MemoryError)
"""What may come of a file; the last two of a damaged one, whose errors quote what stands in it."""

Form = Literal["new", "today", "before", "newer", "foreign", "damaged"]
"""What a file is to us; "new" has nothing in it, "before" is the form of November 2026."""


def open_to_write(
    path: Path, clock: Callable[[], datetime]
) -> tuple[sqlite3.Connection, SetAside | None]:
    """Open or create a log; a damaged file is replaced by what can be read of it.

    Raises RefusedFileError for a file that is not ours to touch, sqlite3.Error or OSError for one
    that cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(path):
        if _half_mended(path):
            return _mend(path, clock)
        try:
            return _prepared(path), None
        except FAILURES as error:
            if cause_of(error, path) != "damaged":
                raise
        return _mend(path, clock)


def open_to_read(path: Path) -> sqlite3.Connection | None:
    """Open a log that cannot be written, so that learners still see their earlier answers."""
    if not path.exists():
        return None
    for way in ("mode=ro", "immutable=1"):  # the second also where no lock can be had
        with suppress(*FAILURES):
            db = _connect(f"{path.absolute().as_uri()}?{way}", uri=True)
            try:
                db.execute("SELECT 1 FROM events NOT INDEXED LIMIT 1")
            except FAILURES:
                db.close()
            else:
                return db
    return None


def close(db: sqlite3.Connection, path: Path) -> None:
    """Close a file that was opened at this path."""
    with suppress(sqlite3.Error), alone(path, PATIENCE):
        db.close()
    with suppress(sqlite3.Error):
        db.close()  # if the lock could not be had


@contextmanager
def alone(path: Path, patience: float = MENDING) -> Iterator[None]:
    """Hold off all others who would open, close or replace the file at `path`.

    Raises sqlite3.OperationalError if that takes too long. Where no lock can be made, as in a
    folder that may not be written, nobody can replace a file either.
    """
    name = f"{path}.lock"
    lock = None
    try:
        create(Path(name))
        lock = sqlite3.connect(name, timeout=patience, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
    except (sqlite3.Error, OSError) as error:
        if lock:
            lock.close()
            lock = None
        if cause_of(error, path) == "locked":
            raise
    try:
        yield
    finally:
        if lock:
            lock.close()


CAUSES: Mapping[str, Cause] = {
    "SQLITE_BUSY": "locked",
    "SQLITE_LOCKED": "locked",
    "SQLITE_FULL": "full",
    "SQLITE_READONLY": "read-only",
    "SQLITE_CANTOPEN": "read-only",
    "SQLITE_PERM": "read-only",
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_NOTADB": "damaged",
}
"""What SQLite calls an error (its name begins so), and what learners are told of it."""


def cause_of(error: Exception, path: Path) -> Cause:
    """Return why a file cannot be used; the true reason before what it looks like."""
    if isinstance(error, RefusedFileError):
        return error.cause
    if isinstance(error, UnicodeDecodeError):
        return "damaged"
    cause = _named_cause(error)
    if cause == "locked":
        return cause
    if _is_full(path):
        return "full"
    if isinstance(error, OSError):
        return "read-only"
    return cause


def _named_cause(error: Exception) -> Cause:
    """Return what SQLite's own name of an error says."""
    name = getattr(error, "sqlite_errorname", None) or ""
    for start, cause in CAUSES.items():
        if name.startswith(start):
            return cause
    return "unknown"


def _is_full(path: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(path.parent).free < ROOM
    return False


def identity(path: Path) -> int | None:
    """Return a number that changes when the file is deleted or another takes its place."""
    try:
        return path.stat().st_ino
    except OSError:
        return None


def parts(path: Path) -> list[Path]:
    """Return the parts of a file that are there."""
    names = (Path(f"{path}{part}") for part in PARTS)
    return [name for name in names if name.is_file()]


def columns(db: sqlite3.Connection) -> set[Any]:
    """Return the names of the columns of `events`, none if there is no such table."""
    return {name for _, name, *_ in db.execute("PRAGMA table_info(events)")}


def value(db: sqlite3.Connection, query: str) -> Any:
    """Return the one value that a query gives."""
    return db.execute(query).fetchone()[0]


# What a file is.


def form_of(db: sqlite3.Connection) -> Form:
    """Say what an opened file is to us; raises sqlite3.Error if even that cannot be read."""
    mark = value(db, "PRAGMA application_id")
    version = value(db, "PRAGMA user_version")
    tables = dict(db.execute("SELECT name, sql FROM sqlite_master").fetchall())
    ours = mark == APPLICATION or EVERY_FORM in tables
    empty = not mark and not tables
    if version > VERSION and (ours or empty):
        return "newer" if version < FARTHEST else "damaged"
    if set(TABLES) <= set(tables.values()):
        return "today"
    if columns(db) == {"seq", *OldRecord._fields}:
        return "before"
    if not tables and mark in (0, APPLICATION):
        return "new"
    return "damaged" if ours else "foreign"


class _DamagedError(sqlite3.DatabaseError):
    """A file whose pages do not hang together."""

    sqlite_errorname = "SQLITE_CORRUPT"


def whole(db: sqlite3.Connection) -> bool:
    """Say whether the pages of a file hang together, and its indexes name what is in it."""
    return bool(value(db, "PRAGMA integrity_check(1)") == "ok")


# Opening.


def _connect(name: str, *, uri: bool = False) -> sqlite3.Connection:
    # A widget's callback may run on another thread than the cells; the log locks every use.
    db = sqlite3.connect(name, timeout=PATIENCE, check_same_thread=False, uri=uri)
    db.text_factory = _text
    return db


def _text(raw: bytes) -> str | bytes:
    """Return a text that was read; a damaged one comes as the bytes that stand there."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def connect_as(way: str, path: Path) -> sqlite3.Connection:
    """Open a file for reading only; `way` are further words of its address."""
    return _connect(f"{path.absolute().as_uri()}?mode=ro{way}", uri=True)


@contextmanager
def untouched(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file without changing anything about it; raises what may come of a file."""
    written_ahead = Path(f"{path}-wal").exists()
    with closing(connect_as("" if written_ahead else "&immutable=1", path)) as db:
        yield db


def _look(path: Path) -> bool:
    """Raise before a file is touched that is not ours to touch, or that is damaged.

    Says whether it could be read; else whoever opens it to write learns what is wrong with it.
    """
    if not path.is_file() or not path.stat().st_size:
        return False
    form = None
    with suppress(*FAILURES), untouched(path) as db:
        form = form_of(db)
    if form in ("newer", "foreign"):
        raise RefusedFileError(form)
    try:
        with closing(connect_as("", path)) as db:
            _check(db)
    except sqlite3.OperationalError as error:
        if cause_of(error, path) in ("damaged", "locked"):
            raise
        return False
    return True


def _prepared(path: Path) -> sqlite3.Connection:
    """Open a file and bring it into today's form."""
    looked = _look(path)
    _keep_private(path)
    db = _connect(str(path))
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        if not looked:
            _check(db)
        db.execute("BEGIN IMMEDIATE")
        _bring_up_to_date(db)
        db.commit()
    except BaseException as error:
        db.close()
        if _only_says_read_only(error, path):
            raise _DamagedError from error
        raise
    return db


def _only_says_read_only(error: BaseException, path: Path) -> bool:
    """Say whether a file may be written but a damaged byte of its header tells SQLite otherwise."""
    name = getattr(error, "sqlite_errorname", None)
    if name != "SQLITE_READONLY" or not os.access(path, os.W_OK):
        return False
    with path.open("rb") as stream:
        header = stream.read(WRITE_FORM + 1)
    return header[WRITE_FORM:] not in (b"\1", b"\2", b"")


def _keep_private(path: Path) -> None:
    """Let only this user read the file; SQLite gives its other parts the rights of the first."""
    create(path)
    for part in PARTS:
        with suppress(OSError):
            file = Path(f"{path}{part}")
            if file.is_file():
                file.chmod(file.stat().st_mode & OWNER_ONLY)


def create(path: Path) -> None:
    """Make an empty file that only this user can read, unless it is there."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWNER_ONLY))


def _check(db: sqlite3.Connection) -> None:
    """Raise _DamagedError for a file that is not whole, or whose tables SQLite cannot make out."""
    try:
        if not whole(db) or form_of(db) == "damaged":
            raise _DamagedError
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname == "SQLITE_ERROR":
            raise _DamagedError from error
        raise


def _bring_up_to_date(db: sqlite3.Connection) -> None:
    form = form_of(db)
    if form in ("newer", "foreign"):
        raise RefusedFileError(form)
    if form != "today":
        rows = [OldRecord(*row) for _, row in old_rows(db)] if form == "before" else []
        if form == "before":
            db.execute("DROP TABLE events")
        for table in TABLES:
            db.execute(table)
        db.executemany(INSERT, [stored(record) for record in modern(rows, learner_of(rows))])
    names = db.execute("SELECT name FROM epoch").fetchall()
    if len(names) != 1 or not isinstance(names[0][0], str):
        db.execute("DELETE FROM epoch")
        db.execute("INSERT INTO epoch VALUES (?)", (new_id(),))
    if value(db, "PRAGMA application_id") != APPLICATION:
        db.execute(f"PRAGMA application_id = {APPLICATION}")
    if value(db, "PRAGMA user_version") != VERSION:
        db.execute(f"PRAGMA user_version = {VERSION}")


def old_rows(db: sqlite3.Connection) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the places and the rows of a file of the form before."""
    query = f"SELECT seq, {', '.join(OldRecord._fields)} FROM events ORDER BY seq"
    for place, *row in db.execute(query):
        yield place, tuple(row)


def stored(record: Record) -> tuple[Any, ...]:
    """Return a record as a row; a value that went missing leaves a place that stays unreadable."""
    return tuple("" if value is None else value for value in record)


# Mending. The damaged file moves out of the way first, so that a page that still writes into it
# sees that it has to write once more; until its successor stands, its name says that it has none.


def _half_mended(path: Path) -> bool:
    """Say whether a process ended while it replaced a damaged file."""
    return any(Path(f"{_broken(path)}{part}").exists() for part in PARTS)


def _mend(path: Path, clock: Callable[[], datetime]) -> tuple[sqlite3.Connection, SetAside]:
    """Replace a damaged file by one with every row that can still be read, and keep it."""
    broken = _broken(path)
    fresh = path.with_name(f"{path.name}.fresh")
    if not (broken.exists() and path.exists()):  # else its successor stands already
        try:
            _move(path, broken)
            _remove(fresh)
            _begin_anew(fresh, broken)
            fresh.replace(path)
        except BaseException:
            _move(broken, path)
            raise
    aside = path.with_name(f"{path.stem}.damaged-{clock():%Y%m%d-%H%M%S-%f}{path.suffix}")
    _tidy(broken)
    _move(broken, aside)
    db = _prepared(path)
    found = (Record(*row) for row in db.execute(f"SELECT {COLUMNS} FROM events"))
    kept = sum(not isinstance(decode(record), Unknown) for record in found)
    return db, SetAside(aside, kept)


def _broken(path: Path) -> Path:
    return path.with_name(f"{path.name}.broken")


def _move(path: Path, to: Path) -> None:
    for part in reversed(PARTS):
        piece = Path(f"{path}{part}")
        if piece.exists():
            piece.replace(f"{to}{part}")


def _tidy(path: Path) -> None:
    """Remove what nobody will read: what SQLite remembers about a -wal file, and an empty one."""
    Path(f"{path}-shm").unlink(missing_ok=True)
    wal = Path(f"{path}-wal")
    if wal.exists() and not wal.stat().st_size:
        wal.unlink()


def _remove(path: Path) -> None:
    for part in PARTS:
        Path(f"{path}{part}").unlink(missing_ok=True)


def _begin_anew(fresh: Path, damaged: Path) -> None:
    db = _prepared(fresh)
    try:
        with db:
            db.executemany(INSERT, [stored(record) for record in _rescued(damaged)])
    finally:
        db.close()  # the last one to close it leaves one file without other parts


def _rescued(damaged: Path) -> list[Record]:
    """Return every record that a page of the damaged file still holds, in order."""
    today, before = len(Record._fields) + 1, len(OldRecord._fields) + 1
    found: dict[tuple[int, str], tuple[Any, ...]] = {}
    for place, (_, *row) in readable_rows(damaged, {today, before}):
        key = place, str(row[0])  # a damaged place may be that of another row
        known = found.get(key)
        if known is None or not _sound(known):  # the newest of several copies comes first
            found[key] = tuple(row)
    rows = [found[key] for key in sorted(found)]
    old = [OldRecord(*row) for row in rows if len(row) == len(OldRecord._fields)]
    records = [Record(*row) for row in rows if len(row) == len(Record._fields)]
    return [*modern(old, learner_of(old)), *records]


def _sound(row: tuple[Any, ...]) -> bool:
    if len(row) == len(OldRecord._fields):
        return all(isinstance(value, str) for value in row)
    return not isinstance(decode(Record(*row)), Unknown)
