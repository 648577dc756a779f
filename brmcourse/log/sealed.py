"""A log whose private events are encrypted where they are kept, once the learner wished so.

The key is drawn at random and lies in the log itself, encrypted by the passphrase and by a recovery
code. It is in memory from when one of them was given until the process ends. While it is not, the
private events are passed over, and none is added: all else goes on.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from threading import RLock

from brmcourse.errors import LockedError
from brmcourse.events import (
    LEARNER,
    PRIVATE,
    SEALED,
    SELF,
    UNREADABLE,
    Event,
    QuizAnswered,
    Record,
    ReviewAnswered,
    Sealed,
    Unknown,
    WritingLocked,
    body_text,
    composed,
    decode,
    encode,
    new_id,
    now,
    read_body,
    reason_of,
)
from brmcourse.log import keys
from brmcourse.log.log import START, Change, Cursor, Log, SetAside, Trouble, Unreadable, kept

LOCKED = (
    "What you write is locked, so this was not saved yet. Open it with your passphrase on the "
    "course's own pages, in another tab. Then press “Try again” here: you get your text back, to "
    "put it where it belongs. In JupyterLab it cannot be opened."
)
ALREADY = "What you write is locked already."
NOT_LOCKED = "What you write is not locked."
OPEN_FIRST = "Give your passphrase or your recovery code first."

HIDDEN = "(locked)"
"""What stands for a written answer while it is locked; what it earned can still be read."""

BETWEEN = "/"
"""Between the epoch of the log below and what could be read of it."""


class SealedLog:
    """The log `log`, with what is private in it encrypted if a passphrase was set."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._lock = RLock()
        self._keys: dict[str, bytes] = {}
        self._unreadable = Unreadable()
        self._cursor = START
        self._found: list[Event] = []
        self._opening = new_id()

    @property
    def trouble(self) -> Trouble | None:
        """Why events cannot be saved now; None while all are kept."""
        return self._log.trouble

    @property
    def notice(self) -> SetAside | None:
        """What was mended when the log was opened."""
        return self._log.notice

    @property
    def unreadable(self) -> Mapping[str, str]:
        """The ids of the records met so far that are no events, with the reason."""
        return {**self._log.unreadable, **self._unreadable.reasons}

    # Reading and writing

    def add(self, events: Iterable[Event]) -> None:
        """Keep these events, all or none; one whose id is there already is kept as it was.

        Raises LockedError if one is private while what is written is locked.
        """
        with self._lock:
            new = [kept(event) for event in events]
            if self._locks() and any(map(_private, new)):
                new = [self._closed(event) for event in new]
            self._log.add(new)

    def read(
        self,
        after: Cursor = START,
        *,
        subjects: Collection[str] | None = None,
        kinds: Collection[str] | None = None,
        partner: str | None = None,
    ) -> tuple[Cursor, Sequence[Event]]:
        """Return a cursor and the events behind `after` that can be read now, oldest first."""
        with self._lock:
            below, _, opening = after.epoch.rpartition(BETWEEN)
            after = replace(after, epoch=below) if opening == self._opening else START
            cursor, events = self._log.read(after, subjects=subjects, kinds=kinds, partner=partner)
            found = [opened for event in events if (opened := self._opened(event))]
            return replace(cursor, epoch=f"{cursor.epoch}{BETWEEN}{self._opening}"), found

    def records(self) -> list[Record]:
        """Return all that is kept, opened as far as it can be; what is locked as it lies there.

        The locks are among them only while something is locked: what was opened needs none.
        """
        with self._lock:
            return self._plain(self._log.records())

    def rewrite(self, change: Change) -> None:
        """Put what `change` makes of all records in their place, sealed again: all or nothing."""
        with self._lock:
            self._log.rewrite(lambda stored: self._changed(stored, change))
            self._unreadable = Unreadable()

    def forget(self, ids: Iterable[str]) -> None:
        """Delete the events of these ids so that their text is nowhere in the log any more."""
        names = set(ids)
        with self._lock:
            self._log.forget(names)
            self._unreadable.forget(names)

    def retry(self) -> None:
        """Try once more to save what waits in memory."""
        self._log.retry()

    def close(self) -> None:
        """Let go of whatever the log holds open; it opens again when it is used."""
        self._log.close()

    # The lock

    @property
    def protected(self) -> bool:
        """Whether what is written is encrypted."""
        with self._lock:
            return bool(self._locks())

    @property
    def locked(self) -> bool:
        """Whether some of what is written cannot be read now."""
        with self._lock:
            return any(_lock(event).key not in self._keys for event in self._locks())

    def protect(self, passphrase: str) -> str:
        """Encrypt what was written and what will be; return the recovery code.

        Nothing of it is left in plain in the log. Raises LockedError or LogError; then nothing has
        changed.
        """
        keys.require_package()
        keys.require_long(passphrase)
        with self._lock:
            if self._locks():
                raise LockedError(ALREADY)
            name, key, code = new_id(), keys.new_key(), keys.new_code()
            lock = _new_lock(
                WritingLocked(
                    name,
                    keys.wrapped(key, keys.read_passphrase(passphrase), _purpose(name)),
                    keys.wrapped(key, keys.read_code(code), _purpose(name)),
                )
            )
            self._keys[name] = key
            try:
                self._log.rewrite(
                    lambda stored: [*(self._closed_record(one, name) for one in stored), lock]
                )
            except BaseException:
                del self._keys[name]
                raise
            self._renewed()
            return code

    def open(self, secret: str) -> None:
        """Open what was written, by the passphrase or the recovery code, until the process ends.

        Raises LockedError if it is neither, or there is nothing to open.
        """
        keys.require_package()
        with self._lock:
            locks = [_lock(event) for event in self._locks()]
            if not locks:
                raise LockedError(NOT_LOCKED)
            found = dict(filter(None, (_opened_by(lock, secret) for lock in locks)))
            if not found:
                raise LockedError(self._why_not(secret))
            self._keys |= found
            self._opening = new_id()
            self._close_the_rest()

    def shut(self) -> None:
        """Forget the key: what was written is locked again."""
        with self._lock:
            self._forget_keys()
            self._opening = new_id()

    def change(self, passphrase: str) -> None:
        """Set another passphrase; the recovery code stays. What was open stays open."""
        keys.require_long(passphrase)
        with self._lock:
            self._require_open()
            secret = keys.read_passphrase(passphrase)
            self._log.rewrite(lambda stored: [self._rewrapped(one, secret) for one in stored])
            self._renewed()

    def unprotect(self) -> None:
        """Keep all in plain from now on, as it was before there was a passphrase."""
        with self._lock:
            self._require_open()
            self._log.rewrite(self._plain)
            self._forget_keys()
            self._renewed()

    # Within

    def _forget_keys(self) -> None:
        self._keys = {}
        keys.forget()

    def _locks(self) -> list[Event]:
        """Return the events that say by which keys what is written is encrypted."""
        cursor, events = self._log.read(self._cursor, kinds=[WritingLocked.kind])
        if cursor.epoch != self._cursor.epoch:
            self._found = []
        self._found += events
        self._cursor = cursor
        return self._found

    def _require_open(self) -> None:
        if not self._locks():
            raise LockedError(NOT_LOCKED)
        if self.locked:
            raise LockedError(OPEN_FIRST)

    def _renewed(self) -> None:
        """Leave nothing of what stood there before, and let all readers begin anew."""
        self._log.forget(())  # a log that forgets leaves nothing of what it has let go of
        self._opening = new_id()
        self._unreadable = Unreadable()

    def _why_not(self, secret: str) -> str:
        if keys.looks_like_code(secret):
            try:
                keys.read_code(secret)
            except LockedError as error:
                return str(error)
        return keys.WRONG

    def _close_the_rest(self) -> None:
        """Seal what another version of the course, or a page in that very moment, left in plain."""
        stored = self._log.records()
        if any(_in_plain(record) for record in stored):
            self._log.rewrite(lambda found: [self._closed_record(one) for one in found])
            self._renewed()

    def _name(self) -> str:
        """Return the name of the key to seal with; raise LockedError while there is none."""
        for event in reversed(self._locks()):
            if _lock(event).key in self._keys:
                return _lock(event).key
        raise LockedError(LOCKED)

    def _closed(self, event: Event, name: str = "") -> Event:
        """Return an event with what is private in it sealed; any other as it is."""
        if not _private(event):
            return event
        name = name or self._name()
        text = keys.seal(self._keys[name], body_text(event.body).encode(), _bound(event))
        if isinstance(event.body, QuizAnswered | ReviewAnswered) and isinstance(
            event.body.response, dict
        ):
            kept = {**event.body.response, "text": HIDDEN, "sealed": text, "key": name}
            return event._replace(body=replace(event.body, response=kept))
        return event._replace(body=Sealed(event.kind, text, name))

    def _opened(self, event: Event) -> Event | None:
        """Return an event as it was before it was sealed; None for what is locked or a lock."""
        if isinstance(event.body, WritingLocked):
            return None
        sealed = _seal_of(event)
        if sealed is None:
            return event
        text, name = sealed
        if name not in self._keys:
            return None if isinstance(event.body, Sealed) else event
        try:
            plain = keys.opened(self._keys[name], text, _bound(event)).decode()
            return event._replace(body=read_body(event.kind, plain))
        except UNREADABLE as error:
            self._unreadable.note(Unknown(encode(event), reason_of(error)))
            return None

    def _plain(self, stored: Sequence[Record]) -> list[Record]:
        """Return records opened as far as they can be, without locks if nothing needs them."""
        needed = self.locked
        found = (self._plain_record(one) for one in stored)
        return [one for one in found if needed or one.kind != WritingLocked.kind]

    def _plain_record(self, record: Record) -> Record:
        if record.kind not in PRIVATE:
            return record
        event = decode(record)
        if isinstance(event, Unknown) or _seal_of(event) is None:
            return record
        opened = self._opened(event)
        return encode(opened) if opened else record

    def _closed_record(self, record: Record, name: str = "") -> Record:
        if not _in_plain(record):
            return record
        event = decode(record)
        return record if isinstance(event, Unknown) else encode(self._closed(event, name))

    def _changed(self, stored: Sequence[Record], change: Change) -> Sequence[Record]:
        """Return what a change makes of records that it sees opened, sealed again.

        What it left as it was stays as it lies. A lock of a key that is known here is not taken
        from elsewhere: a passphrase that was changed would open it again.
        """
        before = self._plain(stored)
        after = change(before)
        if not self._locks():
            return after
        lies = dict(zip(before, self._shown(stored), strict=True))
        names = {_lock(event).key for event in self._locks()}
        if list(after[: len(before)]) == before:
            new = (one for one in after[len(before) :] if _key_of(one) not in names)
            return [*stored, *map(self._closed_record, new)]
        locks = [encode(event) for event in self._locks()]
        sealed = [lies[one] if one in lies else self._closed_record(one) for one in after]
        return [*locks, *(one for one in sealed if _key_of(one) not in names)]

    def _shown(self, stored: Sequence[Record]) -> list[Record]:
        """Return the records that a change gets to see."""
        needed = self.locked
        return [one for one in stored if needed or one.kind != WritingLocked.kind]

    def _rewrapped(self, record: Record, secret: str) -> Record:
        event = decode(record)
        if isinstance(event, Unknown) or not isinstance(event.body, WritingLocked):
            return record
        lock = event.body
        wrap = keys.wrapped(self._keys[lock.key], secret, _purpose(lock.key))
        return encode(event._replace(body=replace(lock, passphrase=wrap)))


def _lock(event: Event) -> WritingLocked:
    assert isinstance(event.body, WritingLocked)  # noqa: S101 -- only such events are asked for
    return event.body


def _new_lock(lock: WritingLocked) -> Record:
    return encode(Event(new_id(), now(), LEARNER, 1, "", SELF, "", lock))


def _opened_by(lock: WritingLocked, secret: str) -> tuple[str, bytes] | None:
    """Return the name and the key that a secret opens; None if it opens none."""
    tries = [(lock.passphrase, keys.read_passphrase(secret))]
    with suppress(LockedError):
        tries.insert(0, (lock.code, keys.read_code(secret)))
    for wrap, text in tries:
        with suppress(LockedError):
            return lock.key, keys.unwrapped(wrap, text, _purpose(lock.key))
    return None


def _purpose(name: str) -> str:
    return f"brmcourse key {name}"


def _bound(event: Event) -> str:
    """Return what a sealed text belongs to: moved elsewhere, it does not open."""
    return f"{event.id}\n{event.kind}\n{event.subject}\n{event.partner}"


def _private(event: Event) -> bool:
    """Say whether an event holds words of the learner's own in plain."""
    if isinstance(event.body, Sealed) or _seal_of(event):
        return False
    if isinstance(event.body, QuizAnswered | ReviewAnswered):
        return composed(event.body)
    return event.kind in PRIVATE


def _seal_of(event: Event) -> tuple[str, str] | None:
    """Return what is sealed in an event, and the name of its key; None if nothing is."""
    if isinstance(event.body, Sealed):
        return event.body.sealed, event.body.key
    if isinstance(event.body, QuizAnswered | ReviewAnswered) and isinstance(
        event.body.response, dict
    ):
        text, name = (event.body.response.get(name) for name in ("sealed", "key"))
        if isinstance(text, str) and isinstance(name, str):
            return text, name
    return None


def _key_of(record: Record) -> str | None:
    """Return the name of the key that a record is the lock of; None if it is no lock."""
    if record.kind != WritingLocked.kind:
        return None
    event = decode(record)
    if isinstance(event, Event) and isinstance(event.body, WritingLocked):
        return event.body.key
    return None


def _in_plain(record: Record) -> bool:
    if record.kind not in PRIVATE or str(record.body).startswith(SEALED):
        return False
    event = decode(record)
    return isinstance(event, Event) and _private(event)
