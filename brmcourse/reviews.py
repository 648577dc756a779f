"""What waits in the review, for whoever lists what there is to do today: a fold over the whole log.

`Reviews` reads only what is new, as `Progress` does. It knows nothing of pages.
"""

from collections.abc import Iterable
from datetime import date
from threading import RLock
from typing import NamedTuple

from brmcourse.activities import fading
from brmcourse.activities.fading import Matter
from brmcourse.events import Event
from brmcourse.log.log import START, Log


class Waiting(NamedTuple):
    """How many items the review has for a day, and how many minutes they take."""

    items: int
    minutes: int


class Reviews:
    """What the log says of all that can come back, which is `content`: `fading.find` has it."""

    def __init__(self, content: Matter) -> None:
        self._blank = fading.blank(content)
        self._subjects = fading.subjects(content)
        self._lock = RLock()
        self._cursor = START
        self.record = self._blank

    def catch_up(self, log: Log) -> None:
        """Fold in what the log has beyond what was read; all anew if it is another log by now."""
        with self._lock:
            cursor, events = log.read(self._cursor, subjects=self._subjects)
            if cursor.epoch != self._cursor.epoch:
                self.forget()
            self.fold(events)
            self._cursor = cursor

    def forget(self) -> None:
        """Begin anew, as it is before the first event."""
        self.record = self._blank

    def fold(self, events: Iterable[Event]) -> None:
        """Fold further events in, oldest first."""
        record = self.record
        for event in events:
            record = fading.fold(record, event)
        self.record = record


def waiting(reviews: Reviews, today: date) -> Waiting:
    """Return what the review has for a day: what is due and fits its share of the time."""
    record = reviews.record
    items = record.queue(today)
    return Waiting(len(items), fading.minutes(record.content, items))
