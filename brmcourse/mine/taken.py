"""An export brought in: checked whole before anything is added, then merged with what is here."""

import base64
import binascii
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from lzma import LZMAError
from typing import Any
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 -- an exception

from brmcourse.errors import ExportError
from brmcourse.events import HIGHEST, PARTNERS, PartnerChosen, Record, Unknown, decode
from brmcourse.log.log import Log
from brmcourse.log.merge import merged
from brmcourse.mine.export import EVENTS, FORMAT, LISTED, MANIFEST, SEAL, SEALED

LARGEST = 64_000_000
"""The most bytes of the file: many times what ten years of heavy use come to."""

LARGEST_PART = 200_000_000
"""The most bytes of a part of it, unpacked."""

NOT_OURS = "This is no export of the course. Choose the zip file that the course made."
TOO_LARGE = "This file is too large to be an export of the course."
CHANGED = (
    "This file is not as the course made it: it was changed, or something is missing. Nothing was "
    "taken from it. Export once more where it comes from."
)
NEWER = "This file was made by a newer version of the course. Update the course here first."
OTHER_PARTNER = (
    'What you wrote about two partners would be mixed up: the first is called "{here}" here, and '
    '"{there}" in the file, but both have the number {key}. Nothing was taken from it. If the two '
    "are the same person, give them the same code in both, and export again."
)

DAMAGE = (
    *(BadZipFile, ZlibError, LZMAError, EOFError, OSError, RuntimeError),
    *(ValueError, KeyError, TypeError, RecursionError),
)
"""What reading a file raises that somebody else, or a fault of a disk, has put together."""


def read_export(content: bytes) -> list[Record]:
    """Return the records of an export; raise ExportError if one byte of it is not as it was."""
    if len(content) > LARGEST:
        raise ExportError(TOO_LARGE)
    if not content.startswith(b"PK"):
        raise ExportError(NOT_OURS)
    body, seal = content[:-SEALED], content[-SEALED:]
    if not seal.startswith(SEAL):
        raise ExportError(CHANGED)
    if seal != SEAL + hashlib.sha256(body).hexdigest().encode():
        raise ExportError(CHANGED)
    try:
        return _records(_parts(content))
    except DAMAGE as error:
        raise ExportError(CHANGED) from error


def take_in(log: Log, records: Sequence[Record]) -> int:
    """Merge these records with those of a log; return how many were new.

    Raises ExportError or LogError; then nothing was added.
    """
    new = 0

    def both(here: Sequence[Record]) -> Sequence[Record]:
        nonlocal new
        _require_same_partners(here, records)
        after = merged(here, records)
        new = len(after) - len(here)
        return after

    log.rewrite(both)
    return new


def _parts(content: bytes) -> Mapping[str, bytes]:
    with ZipFile(io.BytesIO(content)) as file:
        names = [info.filename for info in file.infolist()]
        if sorted(names) != sorted((MANIFEST, *LISTED)):
            raise ExportError(CHANGED)
        return {name: _part(file, name) for name in names}


def _part(file: ZipFile, name: str) -> bytes:
    if file.getinfo(name).file_size > LARGEST_PART:
        raise ExportError(TOO_LARGE)
    with file.open(name) as stream:
        content = stream.read(LARGEST_PART + 1)  # whatever it says of its size
    if len(content) > LARGEST_PART:
        raise ExportError(TOO_LARGE)
    return content


def _records(parts: Mapping[str, bytes]) -> list[Record]:
    manifest = json.loads(parts[MANIFEST])
    if type(manifest["format"]) is int and manifest["format"] > FORMAT:
        raise ExportError(NEWER)
    if manifest["format"] != FORMAT or set(manifest["files"]) != set(LISTED):
        raise ExportError(CHANGED)
    for name in LISTED:
        said = {"bytes": len(parts[name]), "sha256": hashlib.sha256(parts[name]).hexdigest()}
        if manifest["files"][name] != said:
            raise ExportError(CHANGED)
    *lines, rest = parts[EVENTS].split(b"\n")
    if rest or len(lines) != manifest["events"]:
        raise ExportError(CHANGED)
    return [_record(line) for line in lines]


def _record(line: bytes) -> Record:
    found = json.loads(line.decode())
    if not isinstance(found, dict) or tuple(found) != Record._fields:
        raise ExportError(CHANGED)
    return Record(**{name: _value(value) for name, value in found.items()})


def _value(value: Any) -> Any:
    """Return a value as a log keeps it; raises ExportError for one that no log can keep."""
    if isinstance(value, dict) and tuple(value) == ("bytes",):
        try:
            return base64.b64decode(value["bytes"], validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise ExportError(CHANGED) from None
    if type(value) is int and abs(value) < HIGHEST:
        return value
    if value is None or type(value) in (str, float):
        return value
    raise ExportError(CHANGED)


def _require_same_partners(here: Iterable[Record], there: Iterable[Record]) -> None:
    """Raise ExportError if a key stands for one partner here and for another there."""
    ours, theirs = _codes(here), _codes(there)
    for key in ours.keys() & theirs.keys():
        if not set(ours[key]) & set(theirs[key]):
            text = OTHER_PARTNER.format(key=key, here=ours[key][-1], there=theirs[key][-1])
            raise ExportError(text)


def _codes(records: Iterable[Record]) -> dict[str, list[str]]:
    """Return the codes that each partner ever had, the latest last."""
    found: dict[str, list[str]] = {}
    for record in records:
        if record.kind != PartnerChosen.kind or record.subject != PARTNERS:
            continue
        event = decode(record)
        if isinstance(event, Unknown) or not isinstance(event.body, PartnerChosen):
            continue
        if event.body.code.strip():
            found.setdefault(event.partner, []).append(event.body.code.strip())
    return found
