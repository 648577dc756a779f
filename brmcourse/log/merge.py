"""Two logs as one: what one computer recorded, and what another did."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from heapq import merge as interleave
from operator import itemgetter
from typing import Any, NamedTuple

from brmcourse.events import Record

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class _Placed(NamedTuple):
    """A record with what decides its place: the time so far in its own log, and its id."""

    time: datetime
    id: str
    record: Record


def merged(here: Sequence[Record], there: Iterable[Record]) -> list[Record]:
    """Return the records of both logs, each id once, as if one log had been kept.

    Each log keeps its own order, whatever its clock did, and the two are interleaved by time. A
    record whose id is here already stays as it is here. The same records come out whichever log
    is the first. What has no time stays behind what came before it.
    """
    known = {record.id for record in here}
    placed = _placed(there)
    new = [one for one in placed if one.record.id not in known]
    if not new:
        return list(here)
    both = interleave(_placed(here), new, key=itemgetter(0, 1))
    return list({one.record.id: one.record for one in both}.values())


def _placed(records: Iterable[Record]) -> Iterator[_Placed]:
    latest, name = LONG_AGO, ""
    for record in records:
        time = _time(record.time)
        if time is not None and time > latest:
            latest, name = time, ""
        name = max(name, str(record.id))  # so that the order within one moment stays, too
        yield _Placed(latest, name, record)


def _time(text: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else None
    except (ValueError, TypeError, OverflowError):
        return None
