"""All that the learner's log holds as one file to take along; docs/export.md describes it.

The same log gives the same bytes. A seal at the end says whether any of them has changed since.
"""

import base64
import csv
import hashlib
import io
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from brmcourse.events import Event, Record, Unknown, decode
from brmcourse.mine.shown import Shown, slot
from brmcourse.progress import ModuleSteps

FORMAT = 1
"""The form of the file; a reader refuses a higher one."""

README, MANIFEST, EVENTS, ANSWERS, WRITING = (
    "README.txt",
    "manifest.json",
    "events.jsonl",
    "answers.csv",
    "writing.md",
)
LISTED = (README, EVENTS, ANSWERS, WRITING)
"""The files that the manifest lists."""

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The time of every file in it: when it was made says nothing about the answers."""

SEAL = b"brmcourse sha256 "
SEALED = len(SEAL) + 64
"""The last bytes of the file: this word, and the hash of all bytes before it."""

COLUMNS = (
    "time",
    "module",
    "about",
    "author",
    "what",
    "subject",
    "edition",
    "title",
    "asked",
    "answer",
    "points",
    "out of",
    "certainty",
)

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula."""

WHAT_IT_IS = """\
Your answers in the course "Working with difficult business partners"

This file holds all that you answered and wrote. It is yours. Anybody who has
it can read all of it, so keep it where only you look.

answers.csv    Your answers and what they earned, one a line. Spreadsheets open it.
               Where a cell could be taken for a formula, it begins with a '.
writing.md     All that you wrote, by date, as plain text. A text you changed on
               one day stands here as it was at the end of that day. Days are
               those of the computer that made this file.
events.jsonl   Everything the course keeps, one event a line, exactly as it is
               kept: {events} in all, {unreadable} of which this version cannot read.
manifest.json  The form of this file ({form}), and a checksum of each part.

To go on with the course on another computer, start it there, choose
"My data" on its first page, and bring this file in. Or type there:
    brmcourse import FILE.zip
Bringing it in twice does no harm. A file that was changed is refused.
"""


class Spoken(NamedTuple):
    """The records of a log, and those that are events."""

    records: Sequence[Record]
    events: Sequence[Event]

    @classmethod
    def of(cls, records: Sequence[Record]) -> "Spoken":
        """Return them."""
        decoded = (decode(record) for record in records)
        return cls(records, [event for event in decoded if not isinstance(event, Unknown)])


def export(records: Sequence[Record], modules: Sequence[ModuleSteps]) -> bytes:
    """Return the file for these records of a log; `modules` say in words what they are about."""
    spoken = Spoken.of(records)
    shown = Shown(modules, spoken.events)
    unreadable = len(records) - len(spoken.events)
    said = WHAT_IT_IS.format(events=len(records), unreadable=unreadable, form=FORMAT)
    parts = {
        README: said.encode(),
        EVENTS: "".join(f"{line(record)}\n" for record in records).encode(),
        ANSWERS: _answers(spoken.events, shown).encode("utf-8-sig"),
        WRITING: _writing(spoken.events, shown).encode(),
    }
    return sealed({MANIFEST: _manifest(spoken, parts), **parts})


def sealed(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip file of these parts, with a seal."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as file:
        for name, content in parts.items():
            info = ZipInfo(name, FIRST_DAY)
            info.compress_type = ZIP_DEFLATED
            info.create_system = 3  # the same on every system
            info.external_attr = 0o600 << 16
            file.writestr(info, content)
        file.comment = SEAL + b"0" * 64  # as long as the seal will be
    body = stream.getvalue()[:-SEALED]
    return body + SEAL + hashlib.sha256(body).hexdigest().encode()


def save(content: bytes, path: Path) -> None:
    """Write a whole file that only this user can read, or none; raises OSError."""
    draft = path.with_name(f".{path.name}.new")
    try:
        handle = os.open(
            draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600
        )
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise


def line(record: Record) -> str:
    """Return a record as a line of JSON; bytes that are no text become {"bytes": base64}."""
    plain = {name: _plain(value) for name, value in record._asdict().items()}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    return value


def _manifest(spoken: Spoken, parts: Mapping[str, bytes]) -> bytes:
    files = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in parts.items()
    }
    found = {
        "format": FORMAT,
        "course": "brmcourse",
        "version": _version(),
        "events": len(spoken.records),
        "readable": len(spoken.events),
        "files": files,
    }
    return json.dumps(found, indent=1).encode() + b"\n"


def _version() -> str:
    try:
        return version("brmcourse")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "unknown"


# Answers, for a spreadsheet


def _answers(events: Iterable[Event], shown: Shown) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for event in events:
        for row in _rows(event, shown):
            writer.writerow([_cell(value) for value in row])
    return stream.getvalue()


def _rows(event: Event, shown: Shown) -> Iterator[Sequence[Any]]:
    for found in shown.lines(event):
        yield (
            event.time.isoformat(),
            shown.module(event.subject),
            shown.partner(event.partner),
            event.author,
            event.kind,
            event.subject,
            event.edition,
            shown.title(event),
            found.asked,
            found.answer,
            found.points,
            found.out_of,
            found.certainty,
        )


def _cell(value: Any) -> Any:
    """Return a value that no spreadsheet runs."""
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "\ufffd")
    return f"'{text}" if text.lstrip(" \n").startswith(FORMULA) else text


# Texts, by date


def _writing(events: Iterable[Event], shown: Shown) -> str:
    days: dict[date, dict[tuple[str, ...], Event]] = defaultdict(dict)
    for event in events:
        day = days[event.time.astimezone().date()]
        key = (event.subject, event.partner, event.author, *slot(event))
        if shown.writes(event):
            day.pop(key, None)
            day[key] = event
    parts = ["# What I wrote\n"]
    for date_, slots in sorted(days.items()):
        entries = [entry for event in slots.values() if (entry := _entry(event, shown))]
        if entries:
            parts += [f"## {_date(date_)}\n", *entries]
    return "\n".join(parts)


def _date(day: date) -> str:
    return f"{day:%d %B %Y}".removeprefix("0")


def _entry(event: Event, shown: Shown) -> str:
    texts = shown.texts(event)
    if not texts:
        return ""
    about = shown.partner(event.partner)
    where = ", ".join(filter(None, (shown.module(event.subject), about and f"about {about}")))
    head = f"**{_one_line(shown.title(event))}**" + (f" ({_one_line(where)})" if where else "")
    lines = [f"{head}\n"]
    for text in texts:
        label = f"{_one_line(text.label)}: " if text.label else ""
        lines += [f"> {said}" for said in f"{label}{text.text}".splitlines()]
        lines.append(">")
    return "\n".join([*lines[:-1], ""])


def _one_line(text: str) -> str:
    return " ".join(text.split())
