"""What every log promises, wherever it keeps its events.

An event that was added is kept before `add` returns, or waits in memory while `trouble` says why.
A record that cannot be read as an event hides no other: it is kept, skipped and counted.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from brmcourse.errors import Cause, LogError
from brmcourse.events import Event, Record, Unknown, decode, encode
from brmcourse.problems import problem_log


@dataclass(frozen=True)
class Trouble:
    """Why events cannot be saved at the moment; `detail` is for the problem log."""

    cause: Cause
    path: Path
    detail: str = ""


@dataclass(frozen=True)
class SetAside:
    """A damaged file that was replaced: where it lies now, and how many events were taken over."""

    path: Path
    kept: int


@dataclass(frozen=True)
class Cursor:
    """How far a reader has read.

    Only `epoch` means something outside the log: where it differs from the last cursor's, what was
    read before no longer holds (another file, or something was forgotten), and all is given anew.
    """

    epoch: str = ""
    place: int = 0
    waiting: frozenset[str] = frozenset()


START = Cursor()
"""Before the first event."""


class Log(Protocol):
    """The events of one or more learners, in the order they were added."""

    @property
    def trouble(self) -> Trouble | None:
        """Why events cannot be saved now; None while all are kept."""

    @property
    def locked(self) -> bool:
        """Whether some of what is written cannot be read now."""

    @property
    def notice(self) -> SetAside | None:
        """What was mended when the log was opened."""

    @property
    def unreadable(self) -> Mapping[str, str]:
        """The ids of the records met so far that are no events, with the reason."""

    def add(self, events: Iterable[Event]) -> None:
        """Keep these events, all or none; one whose id is there already is kept as it was."""

    def read(
        self,
        after: Cursor = START,
        *,
        subjects: Collection[str] | None = None,
        kinds: Collection[str] | None = None,
        partner: str | None = None,
    ) -> tuple[Cursor, Sequence[Event]]:
        """Return a cursor and the events behind `after`, oldest first, each once.

        `subjects`, `kinds` and `partner` narrow the choice down; None stands for all.
        """

    def records(self) -> list[Record]:
        """Return all that is kept, oldest first, also what cannot be read as an event.

        Raises LogError if it cannot be read just now.
        """

    def rewrite(self, change: "Change") -> None:
        """Put what `change` makes of all records in their place: all of it, or nothing.

        What only comes behind the others is added; else all readers begin anew. Raises LogError if
        it cannot be saved, and whatever `change` raises; then nothing has changed.
        """

    def forget(self, ids: Iterable[str]) -> None:
        """Delete the events of these ids so that their text is nowhere in the log any more.

        They are still there if `trouble` then says why.
        """

    def retry(self) -> None:
        """Try once more to save what waits in memory."""

    def close(self) -> None:
        """Let go of whatever the log holds open; it opens again when it is used."""


NOT_NOW = (
    "The file with your answers cannot be changed at the moment ({why}), so nothing was changed. "
    "Close other windows of the course, and try again."
)


def not_now(trouble: Trouble | None) -> LogError:
    """Return the error of something that could not be done as a whole."""
    return LogError(NOT_NOW.format(why=(trouble.detail or trouble.cause) if trouble else "unknown"))


Change = Callable[[Sequence[Record]], Sequence[Record]]
"""What makes the records that shall be kept of those that are kept, oldest first."""


def kept(event: Event) -> Event:
    """Return an event as a log gives it back.

    Raises TypeError or ValueError for what could never be read again: refused at the door, it
    cannot keep those behind it from being saved.
    """
    found = decode(encode(event))
    if isinstance(found, Unknown):
        raise ValueError(found.reason)  # noqa: TRY004 -- the type is right
    return found


def wanted(
    event: Event,
    subjects: Collection[str] | None,
    kinds: Collection[str] | None,
    partner: str | None,
) -> bool:
    """Say whether an event is among those that a reader asks for."""
    if subjects is not None and event.subject not in subjects:
        return False
    if kinds is not None and event.kind not in kinds:
        return False
    return partner is None or event.partner == partner


class Unreadable:
    """The records that could not be read, each named once in the problem log."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    def note(self, unknown: Unknown) -> None:
        """Count a record, and name it unless that was done before."""
        key = str(unknown.record.id)
        if key in self.reasons:
            return
        self.reasons[key] = unknown.reason
        kind = str(unknown.record.kind)
        problem_log().warning("The event %.60r (%.60r) was skipped: %s", key, kind, unknown.reason)

    def forget(self, keys: Iterable[str]) -> None:
        """Count these no longer."""
        for key in keys:
            self.reasons.pop(key, None)
