"""The log in one SQLite file, which several processes and threads may use at once.

An event is on the disk before anything is shown that rests on it. Where the disk fails (full,
read-only, damaged), events wait in memory and every further `add` tries the disk again. When
nothing happens for a moment, all of it is gathered in the one file that learners are told of.
"""

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from brmcourse.errors import Cause, LogError, RefusedFileError
from brmcourse.events import Event, Record, Unknown, decode, encode, new_id, now
from brmcourse.log.log import START, Cursor, SetAside, Trouble, Unreadable, wanted
from brmcourse.log.migration import OldRecord, learner_of, modern

APPLICATION = 0x42524D43
"""Marks our files: "BRMC"."""

VERSION = 2
"""The form of the tables below; `PRAGMA user_version` holds it."""

TABLES = (
    """CREATE TABLE events (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, time TEXT NOT NULL, kind TEXT NOT NULL,
        subject TEXT NOT NULL, edition INTEGER NOT NULL, learner TEXT NOT NULL,
        author TEXT NOT NULL, partner TEXT NOT NULL, body TEXT NOT NULL)""",
    "CREATE INDEX events_by_subject ON events (subject, seq)",
    "CREATE TABLE epoch (name TEXT NOT NULL)",
)

COLUMNS = ", ".join(Record._fields)
MARKS = ", ".join("?" * len(Record._fields))
INSERT = f"INSERT OR IGNORE INTO events ({COLUMNS}) VALUES ({MARKS})"

PATIENCE = 5.0
"""Seconds to wait for another page that is writing at the same moment."""

IDLE = 1.0
"""Seconds without a new event until all of it is gathered in the one file."""

ROOM = 1_000_000
"""With fewer free bytes than this a failed write is put down to a full disk."""

PARTS = ("", "-wal", "-shm")
"""What SQLite adds to the name of a file for its parts."""


class SqliteLog:
    """The log in the file at `path`. Opening never fails; see `trouble`."""

    def __init__(self, path: Path, clock: Callable[[], datetime] = now) -> None:
        self.path = path
        self.trouble: Trouble | None = None
        self.notice: SetAside | None = None
        self._clock = clock
        self._unreadable = Unreadable()
        self._lock = threading.RLock()
        self._waiting: list[Event] = []
        self._db: sqlite3.Connection | None = None
        self._file: int | None = None
        self._gathering: threading.Timer | None = None
        self._last_write = 0.0
        with self._lock:
            self._save()

    @property
    def unreadable(self) -> Mapping[str, str]:
        """The ids of the records met so far that are no events, with the reason."""
        return self._unreadable.reasons

    def add(self, events: Iterable[Event]) -> None:
        """Keep these events, all or none; one whose id is there already is kept as it was."""
        with self._lock:
            new = list(events)
            self._waiting += new
            if new:
                self._save()

    def read(
        self,
        after: Cursor = START,
        *,
        subjects: Collection[str] | None = None,
        kinds: Collection[str] | None = None,
        partner: str | None = None,
    ) -> tuple[Cursor, Sequence[Event]]:
        """Return a cursor and the events behind `after`, oldest first, each once."""
        with self._lock:
            epoch, saved = self._saved(after, subjects, kinds, partner)
            if epoch != after.epoch:
                after = Cursor(epoch)
            place = saved[-1][0] if saved else after.place
            found = [event for _, event in saved if event.id not in after.waiting]
            waiting = [e for e in self._waiting if wanted(e, subjects, kinds, partner)]
            found += [event for event in waiting if event.id not in after.waiting]
            cursor = Cursor(epoch, place, frozenset(event.id for event in waiting))
            return cursor, found

    def forget(self, ids: Iterable[str]) -> None:
        """Delete the events of these ids so that their text is nowhere in the file any more."""
        names = set(ids)
        with self._lock:
            self._waiting = [event for event in self._waiting if event.id not in names]
            self._save()
            if self._db is None or self.trouble:
                return
            try:
                with self._db as db:
                    db.executemany("DELETE FROM events WHERE id = ?", [(name,) for name in names])
                    db.execute("UPDATE epoch SET name = ?", (new_id(),))
            except sqlite3.Error as error:
                self._fail(error)
            self._gather()

    def retry(self) -> None:
        """Try once more to save what waits in memory."""
        with self._lock:
            self._save()

    def close(self) -> None:
        """Gather all in the one file and let go of it."""
        with self._lock:
            if self._gathering:
                self._gathering.cancel()
                self._gathering = None
            self._gather()
            self._release()

    def _save(self) -> None:
        try:
            if self._must_open():
                self._open()
            self._write()
            if self._waiting and self._file != _identity(self.path):
                self._open()  # set aside by another process while this one wrote into it
                self._write()
        except (sqlite3.Error, OSError, LogError) as error:
            self._fail(error)
            return
        if self._waiting:
            self._gather_later()
        self._waiting.clear()
        self.trouble = None

    def _must_open(self) -> bool:
        moved = self._file != _identity(self.path)
        return self._db is None or moved or self.trouble is not None

    def _open(self) -> None:
        db, notice = _open(self.path, self._clock)
        self._release()
        self._db, self._file = db, _identity(self.path)
        self.notice = notice or self.notice

    def _write(self) -> None:
        assert self._db is not None  # noqa: S101 -- opened just now
        with self._db:
            self._db.executemany(INSERT, [encode(event) for event in self._waiting])

    def _saved(
        self,
        after: Cursor,
        subjects: Collection[str] | None,
        kinds: Collection[str] | None,
        partner: str | None,
    ) -> tuple[str, list[tuple[int, Event]]]:
        """Return the epoch and the events on the disk behind `after`, with their places."""
        try:
            if self._db is None:
                self._db = _open_to_read(self.path)
            if self._db is None:
                return "", []
            epoch = _epoch(self._db)
            place = after.place if after.epoch == epoch else 0
            rows = _rows(self._db, place, _conditions(subjects, kinds, partner))
            return epoch, self._events(rows)
        except sqlite3.Error as error:
            if self.trouble is None:  # what keeps it from being written says more
                self._fail(error)
            return after.epoch, []

    def _events(self, rows: Iterable[tuple[int, Record]]) -> list[tuple[int, Event]]:
        found = []
        for place, record in rows:
            event = decode(record)
            if isinstance(event, Unknown):
                self._unreadable.note(event)
            else:
                found.append((place, event))
        return found

    def _fail(self, error: Exception) -> None:
        cause = _cause(error, self.path)
        if self._db is not None and (cause == "damaged" or self._file != _identity(self.path)):
            self._release()
        self.trouble = Trouble(cause, self.path, str(error))

    def _release(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
        self._db = None

    def _gather_later(self) -> None:
        self._last_write = time.monotonic()
        if self._gathering is None:
            self._wait(IDLE)

    def _wait(self, seconds: float) -> None:
        self._gathering = threading.Timer(seconds, self._gather_when_idle)
        self._gathering.daemon = True
        self._gathering.start()

    def _gather_when_idle(self) -> None:
        with self._lock:
            if self._gathering is None:
                return
            rest = self._last_write + IDLE - time.monotonic()
            if rest > 0:
                self._wait(rest)
                return
            self._gathering = None
            self._gather()

    def _gather(self) -> None:
        """Bring what was written ahead into the one file; another page may be reading it."""
        if self._db is not None and self.trouble is None:
            with suppress(sqlite3.Error):
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _identity(path: Path) -> int | None:
    """Return a number that changes when the file is deleted or another takes its place."""
    try:
        return path.stat().st_ino
    except OSError:
        return None


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


def _cause(error: Exception, path: Path) -> Cause:
    """Return why a file cannot be used; the true reason before what it looks like."""
    if isinstance(error, RefusedFileError):
        return error.cause
    name = getattr(error, "sqlite_errorname", None) or ""
    cause = next((cause for start, cause in CAUSES.items() if name.startswith(start)), None)
    if cause == "locked":
        return cause
    if _is_full(path):
        return "full"
    if cause is None and isinstance(error, OSError):
        return "read-only"
    return cause or "unknown"


def _is_full(path: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(path.parent).free < ROOM
    return False


def _connect(path: str, *, uri: bool = False) -> sqlite3.Connection:
    # A widget's callback may run on another thread than the cells; the log locks every use.
    return sqlite3.connect(path, timeout=PATIENCE, check_same_thread=False, uri=uri)


def _open(path: Path, clock: Callable[[], datetime]) -> tuple[sqlite3.Connection, SetAside | None]:
    """Open or create the log for writing; a damaged file is replaced by what can be read of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _keep_private(path)
    try:
        return _prepare(_connect(str(path))), None
    except sqlite3.DatabaseError as error:
        if _cause(error, path) != "damaged":
            raise
    return _replace_damaged(path, clock)


def _keep_private(path: Path) -> None:
    """Let only this user read the file; SQLite gives its other parts the rights of the first."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    for part in PARTS:
        with suppress(OSError):
            Path(f"{path}{part}").chmod(0o600)


def _prepare(db: sqlite3.Connection) -> sqlite3.Connection:
    """Bring an opened file into today's form; raise RefusedFileError if it is not for us to touch."""
    try:
        _refuse_strangers(db)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise _Malformed
        db.execute("BEGIN IMMEDIATE")  # two pages that open a file at once must not both migrate it
        _bring_up_to_date(db)
        db.commit()
    except BaseException:
        db.close()
        raise
    return db


class _Malformed(sqlite3.DatabaseError):
    """A file whose pages do not hang together."""

    sqlite_errorname = "SQLITE_CORRUPT"


def _refuse_strangers(db: sqlite3.Connection) -> None:
    mark = _value(db, "PRAGMA application_id")
    if _value(db, "PRAGMA user_version") > VERSION and mark in (0, APPLICATION):
        raise RefusedFileError("newer")
    if mark == APPLICATION:
        return
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    ours = not tables or _columns(db) == {"seq", *OldRecord._fields}
    if mark != 0 or not ours:
        raise RefusedFileError("foreign")


def _columns(db: sqlite3.Connection) -> set[str]:
    return {name for _, name, *_ in db.execute("PRAGMA table_info(events)")}


def _bring_up_to_date(db: sqlite3.Connection) -> None:
    version = _value(db, "PRAGMA user_version")
    if version == VERSION:
        return
    old = [row for _, row in _raw(db, OldRecord._fields)] if _columns(db) else []
    if _columns(db):
        db.execute("DROP TABLE events")
    for table in TABLES:
        db.execute(table)
    records = [OldRecord(*row) for row in old]
    db.executemany(INSERT, [_stored(r) for r in modern(records, learner_of(records))])
    db.execute("INSERT INTO epoch VALUES (?)", (new_id(),))
    db.execute(f"PRAGMA application_id = {APPLICATION}")
    db.execute(f"PRAGMA user_version = {VERSION}")


def _stored(record: Record) -> tuple[Any, ...]:
    """Return a record as a row; a value that went missing leaves a place that stays unreadable."""
    return tuple("" if value is None else value for value in record)


def _value(db: sqlite3.Connection, query: str) -> int:
    value: int = db.execute(query).fetchone()[0]
    return value


def _epoch(db: sqlite3.Connection) -> str:
    try:
        row = db.execute("SELECT name FROM epoch").fetchone()
    except sqlite3.OperationalError:  # a file of an earlier form, open for reading only
        return "earlier"
    return str(row[0]) if row else ""


Conditions = tuple[str, tuple[str, ...]]
"""What rows must fulfil, as SQL, and the values for its question marks."""


def _conditions(
    subjects: Collection[str] | None, kinds: Collection[str] | None, partner: str | None
) -> Conditions:
    parts: list[str] = []
    values: list[str] = []
    for column, names in (("subject", subjects), ("kind", kinds)):
        if names is not None:
            parts.append(f"{column} IN ({', '.join('?' * len(names))})")
            values += names
    if partner is not None:
        parts.append("partner = ?")
        values.append(partner)
    return "".join(f" AND {part}" for part in parts), tuple(values)


def _rows(
    db: sqlite3.Connection, after: int, conditions: Conditions
) -> Iterator[tuple[int, Record]]:
    where, values = conditions
    if _columns(db) == {"seq", *OldRecord._fields}:
        yield from _old_rows(db, after)
        return
    query = f"SELECT seq, {COLUMNS} FROM events WHERE seq > ?{where} ORDER BY seq"
    try:
        rows = db.execute(query, (after, *values)).fetchall()
    except sqlite3.OperationalError:  # a text that is not UTF-8
        rows = [(place, *row) for place, row in _raw(db, Record._fields, where, values, after)]
    for place, *row in rows:
        yield place, Record(*row)


def _old_rows(db: sqlite3.Connection, after: int) -> Iterator[tuple[int, Record]]:
    """Yield what a file of the first form holds; it cannot be migrated where it lies."""
    rows = list(_raw(db, OldRecord._fields))
    records = [OldRecord(*row) for _, row in rows]
    for place, record in enumerate(modern(records, learner_of(records)), 1):
        if place > after:
            yield place, record


def _raw(
    db: sqlite3.Connection,
    columns: Sequence[str],
    where: str = "",
    values: Sequence[str] = (),
    after: int = 0,
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield rows whose texts need not be UTF-8: what is none comes as bytes."""
    query = f"SELECT seq, {', '.join(columns)} FROM events WHERE seq > ?{where} ORDER BY seq"
    factory, db.text_factory = db.text_factory, _text
    try:
        for place, *row in db.execute(query, (after, *values)):
            yield place, tuple(row)
    finally:
        db.text_factory = factory


def _text(raw: bytes) -> str | bytes:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _open_to_read(path: Path) -> sqlite3.Connection | None:
    """Open a log that cannot be written, so that learners still see their earlier answers."""
    if not path.exists():
        return None
    for way in ("mode=ro", "immutable=1"):  # the second also where no lock can be had
        db = _connect(f"{path.absolute().as_uri()}?{way}", uri=True)
        try:
            db.execute("SELECT 1 FROM events LIMIT 1")
        except sqlite3.Error:
            db.close()
        else:
            return db
    return None


def _replace_damaged(
    path: Path, clock: Callable[[], datetime]
) -> tuple[sqlite3.Connection, SetAside | None]:
    """Set a damaged file aside and begin a new one with every row that can still be read.

    Only one process does it; the others find the new file when it is their turn.
    """
    from filelock import FileLock  # noqa: PLC0415 -- hardly ever needed

    with FileLock(f"{path}.lock", timeout=60):
        with suppress(sqlite3.DatabaseError):
            return _prepare(_connect(str(path))), None
        aside = _set_aside(path, clock())
        _keep_private(path)
        db = _prepare(_connect(str(path)))
        with db:
            db.executemany(INSERT, [_stored(record) for record in _rescued(aside)])
        kept = _value(db, "SELECT count(*) FROM events")
        return db, SetAside(aside, kept)


def _set_aside(path: Path, time_: datetime) -> Path:
    aside = path.with_name(f"{path.stem}.damaged-{time_:%Y%m%d-%H%M%S-%f}{path.suffix}")
    for part in reversed(PARTS):
        piece = Path(f"{path}{part}")
        if piece.exists():
            piece.rename(f"{aside}{part}")
    return aside


def _rescued(damaged: Path) -> list[Record]:
    """Return every record that a page of the damaged file still holds, in order."""
    from brmcourse.log.rescue import readable_rows  # noqa: PLC0415 -- hardly ever needed

    today, before = len(Record._fields) + 1, len(OldRecord._fields) + 1
    found: dict[int, tuple[Any, ...]] = {}
    for place, (_, *row) in readable_rows(damaged, {today, before}):
        known = found.get(place)
        if known is None or not _sound(known):  # the newest of several copies comes first
            found[place] = tuple(row)
    rows = [found[place] for place in sorted(found)]
    old = [OldRecord(*row) for row in rows if len(row) == len(OldRecord._fields)]
    records = [Record(*row) for row in rows if len(row) == len(Record._fields)]
    return [*modern(old, learner_of(old)), *records]


def _sound(row: tuple[Any, ...]) -> bool:
    if len(row) == len(OldRecord._fields):
        return all(isinstance(value, str) for value in row)
    return not isinstance(decode(Record(*row)), Unknown)
