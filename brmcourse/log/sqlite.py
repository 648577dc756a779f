"""The log in one SQLite file, which several processes and threads may use at once.

An event is on the disk before anything is shown that rests on it. Where the disk fails (full,
read-only, damaged), events wait in memory and every further `add` tries the disk again. When
nothing happens for a moment, all of it is gathered in the one file that learners are told of.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from brmcourse.events import Event, Record, Unknown, decode, encode, new_id, now
from brmcourse.log import file
from brmcourse.log.file import COLUMNS, INSERT, PATIENCE
from brmcourse.log.log import (
    START,
    Change,
    Cursor,
    SetAside,
    Trouble,
    Unreadable,
    kept,
    not_now,
    wanted,
)
from brmcourse.log.migration import OldRecord, learner_of, modern

IDLE = 1.0
"""Seconds without a new event until all of it is gathered in the one file."""

BRIEFLY = 0.1
"""Seconds to wait for others when gathering; a learner may be waiting for this page."""


class SqliteLog:
    """The log in the file at `path`. Opening never fails; see `trouble`."""

    locked = False

    def __init__(self, path: Path, clock: Callable[[], datetime] = now) -> None:
        self.path = path
        self.trouble: Trouble | None = None
        self._notice: SetAside | None = None
        self._clock = clock
        self._unreadable = Unreadable()
        self._lock = threading.RLock()
        self._waiting: dict[str, Event] = {}
        self._db: sqlite3.Connection | None = None
        self._file: int | None = None
        self._gathering: threading.Timer | None = None
        self._last_write = 0.0
        with self._lock:
            self._save()

    @property
    def notice(self) -> SetAside | None:
        """What was mended when the log was opened, as long as the damaged file is there."""
        return self._notice if self._notice and self._notice.path.exists() else None

    @property
    def unreadable(self) -> Mapping[str, str]:
        """The ids of the records met so far that are no events, with the reason."""
        return self._unreadable.reasons

    def add(self, events: Iterable[Event]) -> None:
        """Keep these events, all or none; one whose id is there already is kept as it was."""
        new = [kept(event) for event in events]
        with self._lock:
            for event in new:
                self._waiting.setdefault(event.id, event)
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
            if self.trouble is None and self._must_open():
                self._save()  # closed, or another page has replaced a damaged file
            chosen = (subjects, kinds, partner)
            epoch, place, saved = self._saved(after, chosen)
            if self.trouble is None and self._db is None:
                self._save()  # found damaged just now, and mended
                epoch, place, saved = self._saved(after, chosen)
            if epoch != after.epoch:
                after = Cursor(epoch)
            there = self._present()
            waiting = [event for name, event in self._waiting.items() if name not in there]
            waiting = [event for event in waiting if wanted(event, *chosen)]
            found = [event for event in (*saved, *waiting) if event.id not in after.waiting]
            return Cursor(epoch, place, frozenset(event.id for event in waiting)), found

    def records(self) -> list[Record]:
        """Return all that is kept, oldest first, also what cannot be read as an event."""
        with self._lock:
            self.read(kinds=())  # opens the file, in whatever way it can be
            try:
                saved = [record for _, record in _rows(self._db, 0, ALL)] if self._db else []
            except file.FAILURES as error:
                self._fail(error)
                raise not_now(self.trouble) from error
            there = {record.id for record in saved}
            waiting = [event for event in self._waiting.values() if event.id not in there]
            return [*saved, *map(encode, waiting)]

    def rewrite(self, change: Change) -> None:
        """Put what `change` makes of all records in their place: all of it, or nothing."""
        with self._lock:
            self._save()
            if self._db is None or self.trouble:
                raise not_now(self.trouble)
            try:
                with self._db as db:
                    db.execute("BEGIN IMMEDIATE")
                    before = [record for _, record in _rows(db, 0, ALL)]
                    after = change(before)
                    _put(db, before, after)
            except (sqlite3.Error, OSError) as error:
                self._fail(error)
                raise not_now(self.trouble) from error
            left = {str(record.id) for record in after}
            self._unreadable.forget(set(self._unreadable.reasons) - left)
            self._gather()

    def forget(self, ids: Iterable[str]) -> None:
        """Delete the events of these ids so that their text is nowhere in the file any more."""
        names = set(ids)
        with self._lock:
            for name in names:
                self._waiting.pop(name, None)
            self._save()
            if self._db is None or self.trouble:
                return
            try:
                with self._db as db:
                    db.executemany("DELETE FROM events WHERE id = ?", [(name,) for name in names])
                    db.execute("UPDATE epoch SET name = ?", (new_id(),))
                self._db.execute("VACUUM")  # pages keep parts of what moved between them
            except sqlite3.Error as error:
                self._fail(error)
                return
            self._unreadable.forget(names)
            self._gather(PATIENCE)

    def retry(self) -> None:
        """Try once more to save what waits in memory."""
        with self._lock:
            self._save()

    def close(self) -> None:
        """Gather all in the one file and let go of it."""
        with self._lock:
            self._gather()
            if self._gathering:
                self._gathering.cancel()
                self._gathering = None
            self._release()

    def _save(self) -> None:
        try:
            if self._must_open():
                self._open()
            self._write()
            if self._waiting and self._file != file.identity(self.path):
                self._open()  # set aside by another process while this one wrote into it
                self._write()
        except file.FAILURES as error:
            self._fail(error)
            return
        if self._waiting:
            self._gather_later()
        self._waiting.clear()
        self.trouble = None

    def _must_open(self) -> bool:
        moved = self._file != file.identity(self.path)
        return self._db is None or moved or self.trouble is not None

    def _open(self) -> None:
        db, notice = file.open_to_write(self.path, self._clock)
        self._release()
        self._db, self._file = db, file.identity(self.path)
        self._notice = notice or self._notice

    def _write(self) -> None:
        if self._db is not None and self._waiting:
            with self._db as db:
                db.executemany(INSERT, [encode(event) for event in self._waiting.values()])

    def _saved(self, after: Cursor, chosen: "Choice") -> tuple[str, int, list[Event]]:
        """Return the epoch, how far was read, and the events on the disk behind `after`."""
        try:
            if self._db is None:
                self._db = file.open_to_read(self.path)
            if self._db is None:
                return "", 0, []
            epoch = _epoch(self._db)
            place = after.place if after.epoch == epoch else 0
            found = []
            for row, record in _rows(self._db, place, chosen):
                place = row
                event = decode(record)
                if isinstance(event, Unknown):
                    self._unreadable.note(event)
                elif wanted(event, *chosen):
                    found.append(event)
        except file.FAILURES as error:
            if file.cause_of(error, self.path) == "damaged":
                self._release()
            elif self.trouble is None:  # what keeps it from being written says more
                self._fail(error)
            return after.epoch, after.place, []
        return epoch, place, found

    def _present(self) -> set[str]:
        """Return which of the events that wait are on the disk already."""
        if self._db is None or not self._waiting:
            return set()
        with suppress(sqlite3.Error):
            query = "SELECT 1 FROM events WHERE id = ?"
            return {name for name in self._waiting if self._db.execute(query, (name,)).fetchone()}
        return set()

    def _fail(self, error: Exception) -> None:
        cause = file.cause_of(error, self.path)
        if self._db is not None and (cause == "damaged" or self._file != file.identity(self.path)):
            self._release()
        self.trouble = Trouble(cause, self.path, str(error))

    def _release(self) -> None:
        if self._db is not None:
            file.close(self._db, self.path)
        self._db = self._file = None

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

    def _gather(self, wait: float = BRIEFLY) -> None:
        """Bring what was written ahead into the one file, later if another page is reading it."""
        moved = self._file != file.identity(self.path)
        if self._db is None or self.trouble or moved:
            return
        with suppress(sqlite3.Error):
            patience = file.value(self._db, "PRAGMA busy_timeout")
            self._db.execute(f"PRAGMA busy_timeout = {round(wait * 1000)}")
            try:
                busy = file.value(self._db, "PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                self._db.execute(f"PRAGMA busy_timeout = {patience}")
            if busy:
                self._gather_later()


def _epoch(db: sqlite3.Connection) -> str:
    try:
        row = db.execute("SELECT name FROM epoch").fetchone()
    except sqlite3.OperationalError:  # a file of an earlier form, open for reading only
        return "earlier"
    return str(row[0]) if row else ""


Choice = tuple[Collection[str] | None, Collection[str] | None, str | None]
"""The subjects, the kinds and the partner that a reader asks for."""

ALL: Choice = (None, None, None)


def _put(db: sqlite3.Connection, before: Sequence[Record], after: Sequence[Record]) -> None:
    """Keep these records instead of those before, within the transaction that is open."""
    behind = list(after[: len(before)]) == list(before)
    if not behind:
        db.execute("DELETE FROM events")
        db.execute("UPDATE epoch SET name = ?", (new_id(),))
    new = after[len(before) :] if behind else after
    db.executemany(INSERT, [file.stored(record) for record in new])


def _rows(db: sqlite3.Connection, after: int, chosen: Choice) -> Iterator[tuple[int, Record]]:
    """Yield the rows behind a place, in a file of today's form only those that were chosen."""
    if file.columns(db) == {"seq", *OldRecord._fields}:
        yield from _old_rows(db, after)
        return
    where, values = _conditions(*chosen)
    query = f"SELECT seq, {COLUMNS} FROM events WHERE seq > ?{where} ORDER BY seq"
    for place, *row in db.execute(query, (after, *values)).fetchall():
        yield place, Record(*row)


def _conditions(
    subjects: Collection[str] | None, kinds: Collection[str] | None, partner: str | None
) -> tuple[str, list[str]]:
    """Return what rows must fulfil, as SQL, and the values for its question marks."""
    parts: list[str] = []
    values: list[str] = []
    for column, names in (("subject", subjects), ("kind", kinds)):
        if names is not None:
            parts.append(f"{column} IN ({', '.join('?' * len(names))})")
            values += names
    if partner is not None:
        parts.append("partner = ?")
        values.append(partner)
    return "".join(f" AND {part}" for part in parts), values


def _old_rows(db: sqlite3.Connection, after: int) -> Iterator[tuple[int, Record]]:
    """Yield all that a file of the form before holds; it cannot be migrated where it lies."""
    records = [OldRecord(*row) for _, row in file.old_rows(db)]
    for place, record in enumerate(modern(records, learner_of(records)), 1):
        if place > after:
            yield place, record
