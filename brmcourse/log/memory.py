"""A log that lasts as long as its process: for previews, tests and the browser."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from threading import RLock

from brmcourse.events import Event, Record, Unknown, decode, encode, new_id
from brmcourse.log.log import START, Change, Cursor, SetAside, Trouble, Unreadable, kept, wanted


class MemoryLog:
    """Events in a list; several threads may use it at once."""

    trouble: Trouble | None = None
    notice: SetAside | None = None
    locked = False

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._lock = RLock()
        self._epoch = new_id()
        self._records = {record.id: record for record in records}
        self._events: list[Event] = []
        self._unreadable = Unreadable()
        self._decode()

    @property
    def unreadable(self) -> Mapping[str, str]:
        """The ids of the records that are no events, with the reason."""
        return self._unreadable.reasons

    def add(self, events: Iterable[Event]) -> None:
        """Keep these events, all or none; one whose id is there already is kept as it was."""
        new = [kept(event) for event in events]
        with self._lock:
            for event in new:
                if event.id not in self._records:
                    self._records[event.id] = encode(event)
                    self._events.append(event)

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
            place = after.place if after.epoch == self._epoch else 0
            new = self._events[place:]
            cursor = Cursor(self._epoch, len(self._events))
        return cursor, [event for event in new if wanted(event, subjects, kinds, partner)]

    def records(self) -> list[Record]:
        """Return all that is kept, readable or not."""
        with self._lock:
            return list(self._records.values())

    def rewrite(self, change: Change) -> None:
        """Put what `change` makes of all records in their place: all of it, or nothing."""
        with self._lock:
            before = self.records()
            after = change(before)
            self._records = {}
            for record in after:
                self._records.setdefault(record.id, record)
            if list(after[: len(before)]) != before:
                self._epoch = new_id()
            self._unreadable.forget(set(self._unreadable.reasons) - set(self._records))
            self._decode()

    def forget(self, ids: Iterable[str]) -> None:
        """Delete the events of these ids."""
        names = set(ids)
        with self._lock:
            for name in names:
                self._records.pop(name, None)
            self._unreadable.forget(names)
            self._epoch = new_id()
            self._decode()

    def retry(self) -> None:
        """Do nothing: nothing ever waits."""

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def _decode(self) -> None:
        self._events = []
        for record in self._records.values():
            event = decode(record)
            if isinstance(event, Unknown):
                self._unreadable.note(event)
            else:
                self._events.append(event)
