"""What is to be said about the file of a log, without changing anything about it."""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from brmcourse.events import Record, Unknown, decode
from brmcourse.log.file import COLUMNS, FAILURES, Form, form_of, old_rows, untouched, whole
from brmcourse.log.migration import OldRecord, learner_of, modern

SHORT = 60
"""The most characters of an id that is no id."""


@dataclass(frozen=True)
class Examination:
    """What was found at a path.

    `form` is None for what is no SQLite file, or one that is too damaged to tell; "foreign" and
    "newer" files are not looked into. `readable` counts the events that a page would show;
    `unreadable` gives the records that are kept but are no events, with the reason of each.
    `sound` says that SQLite's own check found nothing; `failure` is what it said else. Of what
    was written `ahead`, in bytes, a copy of the file alone may lack the latest answers.
    """

    path: Path
    exists: bool = False
    size: int = 0
    ahead: int = 0
    form: Form | None = None
    sound: bool = False
    readable: int = 0
    unreadable: dict[str, str] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None
    failure: str = ""


def examine(path: Path) -> Examination:
    """Return what is found at a path. Nothing is raised, and nothing is changed there.

    The file is read by SQLite alone: to open it otherwise and close it again would drop the locks
    that this process may hold on it.
    """
    size = _size(path)
    found = Examination(path, exists=size is not None, size=size or 0)
    found = replace(found, ahead=_size(path.with_name(f"{path.name}-wal")) or 0)
    if not size:
        return found
    try:
        with untouched(path) as db:
            return _looked_into(db, found)
    except FAILURES as error:
        return replace(found, failure=_said(error))


def _size(path: Path) -> int | None:
    with suppress(OSError, ValueError):
        return path.stat().st_size if path.is_file() else None
    return None


def _looked_into(db: sqlite3.Connection, found: Examination) -> Examination:
    found = replace(found, form=form_of(db))
    if found.form not in ("today", "before", "damaged"):
        return found
    try:
        found = replace(found, sound=whole(db) and found.form != "damaged")
    except FAILURES as error:
        found = replace(found, failure=_said(error))
    records: list[Record] = []
    try:
        if found.form == "before":
            rows = [OldRecord(*row) for _, row in old_rows(db)]
            records = list(modern(rows, learner_of(rows)))
        else:
            query = f"SELECT {COLUMNS} FROM events NOT INDEXED"
            records.extend(Record(*row) for row in db.execute(query))
    except FAILURES as error:
        found = replace(found, sound=False, failure=found.failure or _said(error))
    return _counted(found, records)


def _counted(found: Examination, records: list[Record]) -> Examination:
    readable, unreadable, times = 0, {}, []
    for record in records:
        event = decode(record)
        if isinstance(event, Unknown):
            unreadable[str(record.id)[:SHORT]] = event.reason
        else:
            readable += 1
            times.append(event.time)
    return replace(
        found,
        readable=readable,
        unreadable=unreadable,
        first=min(times, default=None),
        last=max(times, default=None),
    )


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, sqlite3.Error | OSError) else type(error).__name__
