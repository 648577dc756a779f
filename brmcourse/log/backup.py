"""Copies of the answers, made by themselves in each week of use and checked when they are made.

They lie beside the file. To copy and to check never holds up an answer.
"""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from brmcourse.errors import CopyError
from brmcourse.events import Record, now
from brmcourse.log import file
from brmcourse.log.file import COLUMNS, FAILURES
from brmcourse.log.log import Log
from brmcourse.problems import problem_log

KEPT = 5
"""How many copies are kept; an older one makes room for a newer one."""

WEEK = timedelta(days=7)
"""So long after a copy the next one is made, if there is anything new."""

FIRST_LOOK = 5.0
"""Seconds from the start of the course until it is seen whether a copy is due."""

LATER_LOOK = 3600.0
"""Seconds until the next look, in a course that stays open for weeks."""

STAMP = "%Y%m%d-%H%M%S-%f"

DRAFT_PARTS = ("-journal", "-wal", "-shm")
"""What SQLite may put beside a copy that is being made."""

LEFT_FREE = 3
"""A copy is made only where so many of its size have room: answers come first."""

NOT_MADE = "No copy of your answers could be made: {why}."
NOT_WHOLE = "This copy is not whole, so it was left alone: {why}."
GONE = "This copy is not there any more."
MEANWHILE = "Something was written in another window meanwhile, so nothing was changed. Try again."


@dataclass(frozen=True)
class Copy:
    """A copy of the answers, and when it was made."""

    path: Path
    time: datetime

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.path.name


class _Found(NamedTuple):
    """What tells one state of a log from another: its epoch, how many records, the newest."""

    epoch: str
    events: int
    newest: int


def copies(path: Path) -> list[Copy]:
    """Return the copies of the answers at `path`, the newest first."""
    begin = f"{path.stem}.copy-"
    found = []
    for one in path.parent.glob(f"{_literal(begin)}*{_literal(path.suffix)}"):
        with suppress(ValueError):
            stamp = one.stem.removeprefix(begin)
            found.append(Copy(one, datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)))
    return sorted(found, key=lambda copy: copy.time, reverse=True)


def _literal(name: str) -> str:
    """Return what matches a name and nothing else."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def make_copy(
    path: Path, clock: Callable[[], datetime] = now, spare: Path | None = None
) -> Copy | None:
    """Copy the answers as they are now, check the copy, and let go of those above `KEPT`.

    Returns the newest copy if nothing has changed since; None if there are no answers at all.
    `spare` is not let go of. Raises CopyError.
    """
    if file.identity(path) is None:
        return None
    try:
        with file.alone(turn_of(path)):
            return _made(path, clock(), spare)
    except FAILURES as error:
        raise CopyError(NOT_MADE.format(why=_why(error))) from error


def keep_copy(path: Path, clock: Callable[[], datetime] = now) -> Copy | None:
    """Make a copy if there is none of the last week and something is new; raises CopyError."""
    ages = [clock() - copy.time for copy in copies(path)]
    if any(timedelta() <= age < WEEK for age in ages):  # one from the future says nothing
        return None
    return make_copy(path, clock)


def records_of(copy: Copy) -> list[Record]:
    """Return all records of a copy, which is checked before; raises CopyError."""
    if not copy.path.is_file():
        raise CopyError(GONE)
    try:
        with _opened(copy.path, "&immutable=1") as db:
            _require_whole(db)
            return [Record(*row) for row in db.execute(f"SELECT {COLUMNS} FROM events")]
    except FAILURES as error:
        raise CopyError(NOT_WHOLE.format(why=_why(error))) from error


def restore(
    log: Log, path: Path, copy: Copy, clock: Callable[[], datetime] = now
) -> tuple[Copy | None, int]:
    """Put a copy in the place of what the log at `path` holds, which is itself kept as a copy.

    Returns that copy (None if there was nothing) and how many records there are now. Raises
    CopyError or LogError; then nothing has changed.
    """
    records = records_of(copy)
    before = make_copy(path, clock, spare=copy.path)
    kept = {record.id for record in records_of(before)} if before else set()

    def replaced(now: Sequence[Record]) -> list[Record]:
        # Another process may have written since that copy was made.
        if any(record.id not in kept for record in now):
            raise CopyError(MEANWHILE)
        return records

    log.rewrite(replaced)
    return before, len(records)


class Keeper:
    """Sees to it that there is a copy of each week in which the course was used."""

    def __init__(self, path: Path, clock: Callable[[], datetime] = now) -> None:
        self.path = path
        self.failure = ""
        self._clock = clock
        self._timer: threading.Timer | None = None

    def begin(self) -> None:
        """Look after a moment, and then every hour, beside whatever else is done."""
        self._wait(FIRST_LOOK)

    def look(self) -> None:
        """Make a copy if one is due; `failure` then says in words why it could not be made."""
        try:
            keep_copy(self.path, self._clock)
        except Exception as error:  # noqa: BLE001 -- whatever it is, nobody is disturbed
            told = isinstance(error, CopyError)
            self.failure = str(error) if told else NOT_MADE.format(why=type(error).__name__)
            problem_log().error("No copy was made", exc_info=error)
        else:
            self.failure = ""

    def end(self) -> None:
        """Look no more."""
        if self._timer:
            self._timer.cancel()

    def _wait(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._look_again)
        self._timer.daemon = True
        self._timer.start()

    def _look_again(self) -> None:
        self.look()
        self._wait(LATER_LOOK)


def turn_of(path: Path) -> Path:
    """Return the name that whoever makes copies holds a lock on."""
    return path.with_name(f"{path.stem}.copies")


def _made(path: Path, time: datetime, spare: Path | None) -> Copy | None:
    known = copies(path)
    with _opened(path) as source:
        if file.form_of(source) != "today":
            raise CopyError(_FORM)
        source.execute("BEGIN")  # all of it as it is at this moment
        state = _state(source)
        if not state.events:
            return None
        if known and _same(known[0], state):
            return known[0]
        _require_room(path)
        stamp = _free_stamp(time.astimezone(UTC), known)
        target = path.with_name(f"{path.stem}.copy-{stamp:{STAMP}}{path.suffix}")
        draft = path.with_name(f"{path.stem}.copies.new")
        try:
            _copy(source, draft)
            _require_same(draft, state)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    for old in known[KEPT - 1 :]:
        if old.path != spare:
            old.path.unlink(missing_ok=True)
    return Copy(target, stamp)


def _require_room(path: Path) -> None:
    size = sum(one.stat().st_size for one in file.parts(path))
    if shutil.disk_usage(path.parent).free < LEFT_FREE * size + file.ROOM:
        raise CopyError(_FULL)


def _free_stamp(time: datetime, known: Sequence[Copy]) -> datetime:
    taken = {copy.time for copy in known}
    while time in taken:
        time += timedelta(microseconds=1)
    return time


def _copy(source: sqlite3.Connection, draft: Path) -> None:
    for part in ("", *DRAFT_PARTS):  # of a process that ended in the middle of this
        draft.with_name(f"{draft.name}{part}").unlink(missing_ok=True)
    file.create(draft)
    with closing(sqlite3.connect(draft)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without others beside it


def _require_same(draft: Path, state: _Found) -> None:
    with _opened(draft, "&immutable=1") as db:
        _require_whole(db)
        if _state(db) != state:
            raise CopyError(_SHORT)


def _require_whole(db: sqlite3.Connection) -> None:
    if file.form_of(db) != "today":
        raise CopyError(_FORM)
    if not file.whole(db):
        raise CopyError(_DAMAGED)


_FORM = "it is no file of this version of the course"
_FULL = "there is too little room on the disk"
_DAMAGED = "the file is damaged"
_SHORT = "what was written differs from what was read"


def _same(copy: Copy, state: _Found) -> bool:
    try:
        with _opened(copy.path, "&immutable=1") as db:
            _require_whole(db)
            return _state(db) == state
    except FAILURES:
        return False


def _state(db: sqlite3.Connection) -> _Found:
    query = "SELECT (SELECT name FROM epoch), count(*), coalesce(max(seq), 0) FROM events"
    epoch, events, newest = db.execute(query).fetchone()
    return _Found(str(epoch), events, newest)


@contextmanager
def _opened(path: Path, how: str = "") -> Iterator[sqlite3.Connection]:
    with closing(file.connect_as(how, path)) as db:
        yield db


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
