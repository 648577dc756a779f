"""The learner's log: append-only events in one SQLite file.

An event is on the disk before anything is shown that rests on it. Where the disk fails (full,
read-only, damaged), events wait in memory, `trouble` says so in words for the learner, and every
further append tries the disk again.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

from brmcourse.errors import StoreError
from brmcourse.events import Draft, Event, record

MIGRATIONS = (
    """
    CREATE TABLE events (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, time TEXT NOT NULL, kind TEXT NOT NULL,
        subject TEXT NOT NULL, fingerprint TEXT NOT NULL, body TEXT NOT NULL
    );
    CREATE INDEX events_by_subject ON events (subject, seq);
    """,
)
"""Script number n takes a file from schema version n to n + 1; `PRAGMA user_version` holds the
version.
"""

COLUMNS = "id, time, kind, subject, fingerprint, body"
INSERT = f"INSERT OR IGNORE INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
PATIENCE = 5.0
"""Seconds to wait for another notebook that is writing at the same moment."""

Cursor = tuple[int, int]
"""How far a reader has read: in which opening of the file, and up to which event. A file opened
anew is read anew.
"""

START: Cursor = (0, 0)

UNSAVED = "You can go on: your answers are kept as long as this page stays open, and saving is tried again each time."


class Store:
    """An event log that several kernels and threads may use at once. Opening never fails; see `trouble`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble: str | None = None
        """What is wrong with saving, in a sentence for the learner; None while all is on the disk.
        """
        self.notice: str | None = None
        """What was mended on opening, in a sentence for the learner."""
        self._lock = RLock()
        self._waiting: list[Event] = []
        self._db: sqlite3.Connection | None = None
        self._file: int | None = None
        self._openings = 0
        with self._lock:
            self._save()

    def append(self, drafts: Iterable[Draft]) -> list[Event]:
        """Record drafts as events, all or none, and return them once they are on the disk (or wait in memory)."""
        events = [record(draft) for draft in drafts]
        with self._lock:
            self._waiting += events
            if events:
                self._save()
        return events

    def read(self, subjects: Iterable[str], after: Cursor = START) -> tuple[Cursor, list[Event]]:
        """Return a cursor and the events of these subjects behind the cursor `after`, oldest first.

        Events that wait in memory come last, and again with every call until they are saved.
        """
        names = tuple(subjects)
        with self._lock:
            found: list[tuple[int, Event]] = []
            try:
                if self._db is None:
                    self._db = _open_existing(self.path)
                opening, seq = after
                found = (
                    list(_rows(self._db, names, seq if opening == self._openings else 0))
                    if self._db
                    else []
                )
            except sqlite3.Error as error:
                self._fail(error)
            cursor = (self._openings, found[-1][0]) if found else after
            return cursor, [event for _, event in found] + [
                e for e in self._waiting if e.subject in names
            ]

    def retry(self) -> None:
        """Try once more to save what waits in memory."""
        with self._lock:
            self._save()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._db:
                self._db.close()
            self._db = None

    def _save(self) -> None:
        try:
            if self._db is None or self.trouble or self._file != _identity(self.path):
                self.close()
                self._db, self.notice = _open(self.path)
                self._file = _identity(self.path)
                self._openings += 1
            with self._db:
                self._db.executemany(INSERT, map(_row, self._waiting))
        except (sqlite3.Error, OSError, StoreError) as error:
            self._fail(error)
        else:
            self._waiting.clear()
            self.trouble = None

    def _fail(self, error: Exception) -> None:
        self.close()
        self.trouble = (
            f"Your answers cannot be saved at the moment: {_reason(error, self.path)} {UNSAVED}"
        )


def _identity(path: Path) -> int | None:
    """Return a number that changes when the file is deleted or another takes its place."""
    return path.stat().st_ino if path.exists() else None


def _reason(error: Exception, path: Path) -> str:
    text = str(error)
    if isinstance(error, StoreError):
        return text
    if "full" in text or "No space" in text:
        return f"the disk is full. Free some space on the disk that holds {path}."
    if "readonly" in text or "unable to open" in text or isinstance(error, OSError):
        return f"the course may not write to {path}. Check the folder's permissions."
    if "locked" in text:
        return "another window of the course is saving right now."
    return f"the file {path} is damaged ({text}). Close the course and open it again to set the file aside."


def _row(event: Event) -> tuple[str, ...]:
    return (
        event.id,
        event.time.isoformat(),
        event.kind,
        event.subject,
        event.fingerprint,
        event.body_json(),
    )


def _event(row: tuple[str, ...]) -> Event:
    key, time, kind, subject, fingerprint, body = row
    return Event(kind, subject, fingerprint, json.loads(body), key, datetime.fromisoformat(time))


def _rows(
    db: sqlite3.Connection, subjects: tuple[str, ...], after: int
) -> Iterator[tuple[int, Event]]:
    marks = ",".join("?" * len(subjects))
    query = f"SELECT seq, {COLUMNS} FROM events WHERE subject IN ({marks}) AND seq > ? ORDER BY seq"
    for seq, *row in db.execute(query, (*subjects, after)):
        yield seq, _event(tuple(row))


def _connect(path: str, *, uri: bool = False) -> sqlite3.Connection:
    # A widget's callback may run on another thread than the cells; `Store` holds a lock around
    # every use.
    return sqlite3.connect(path, timeout=PATIENCE, check_same_thread=False, uri=uri)


def _open(path: Path) -> tuple[sqlite3.Connection, str | None]:
    """Open or create the log for writing; a damaged file is moved aside and what can be read of it taken over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _prepare(_connect(str(path))), None
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
    return _start_afresh(path)


def _prepare(db: sqlite3.Connection) -> sqlite3.Connection:
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("malformed")
        db.execute(
            "BEGIN IMMEDIATE"
        )  # two notebooks that open a new file at once must not both migrate it
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise StoreError(
                "they were written by a newer version of the course. Update the course first."
            )
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            for statement in filter(str.strip, script.split(";")):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
        db.commit()
    except BaseException:
        db.close()
        raise
    return db


def _open_existing(path: Path) -> sqlite3.Connection | None:
    """Open for reading only a log that cannot be written, so that the learner still sees earlier answers."""
    if not path.exists():
        return None
    return _connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)


def _start_afresh(path: Path) -> tuple[sqlite3.Connection, str]:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    db = _prepare(_connect(str(path)))
    with db:
        db.executemany(INSERT, map(_row, _rescued(aside)))
    (kept,) = db.execute("SELECT count(*) FROM events").fetchone()
    return db, (
        f"The file with your answers was damaged. It was set aside, not deleted, as {aside}. "
        f"The course goes on with a new file; {kept} earlier entries could be taken over."
    )


def _rescued(damaged: Path) -> Iterator[Event]:
    """Yield the events that can still be read, up to the first that cannot."""
    try:
        db = _connect(f"{damaged.absolute().as_uri()}?mode=ro", uri=True)
        try:
            for row in db.execute(f"SELECT {COLUMNS} FROM events ORDER BY seq"):
                yield _event(row)
        finally:
            db.close()
    except (sqlite3.Error, ValueError):
        return
