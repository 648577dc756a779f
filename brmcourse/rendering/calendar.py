"""What has a day as a file for calendars; it names nobody and quotes nothing that was written."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from brmcourse.due import Due

SPACE = UUID("b6f6b2a4-2f0e-5d0b-9a5e-6f1c1f0f2d51")
"""What our keys become ids of the calendar's in."""

PRODUCT = "-//brmcourse//course//EN"
ADVICE = "Open the course: the first page shows what to do."


def calendar(found: Iterable["Due"], learner: str, stamp: datetime) -> bytes:
    """Return an iCalendar file (RFC 5545) with a whole day for each, which blocks no time.

    An id rests on what it stands for and on whose it is, not on its day: a file read again later
    moves what has a new day and adds nothing twice. `stamp` says which of two files is the newer.
    """
    from icalendar import Calendar, Event  # noqa: PLC0415 -- only who asks for a file waits for it

    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for one in found:
        event = Event()
        event.add("uid", str(uuid5(SPACE, f"{learner} {one.key}")))
        event.add("dtstamp", stamp.astimezone(UTC))
        event.add("last-modified", stamp.astimezone(UTC))
        event.add("dtstart", one.since)
        event.add("summary", f"Course: {one.title}")
        event.add("description", ADVICE)
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    file: bytes = made.to_ical()
    return file
