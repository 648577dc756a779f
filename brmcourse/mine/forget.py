"""What goes when a learner wants something forgotten, told before, and then deleted for good."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from brmcourse.errors import CopyError, UnknownIdError
from brmcourse.events import Event, JournalWrote, Record, decode
from brmcourse.log.backup import make_copy
from brmcourse.log.erase import beside, erase_all, erase_beside
from brmcourse.log.log import Log, not_now
from brmcourse.partners import Partners
from brmcourse.progress import ModuleSteps, owners

Sort = Literal["answers", "moves", "ratings", "texts", "others", "steps", "rest"]
"""What learners call what they did: the words are in the rendering."""

SORTS: Mapping[str, Sort] = {
    "quiz.answered": "answers",
    "example.answered": "answers",
    "conversation.chose": "moves",
    "conversation.said": "texts",
    "scale": "ratings",
    "values.ranked": "ratings",
    "quiz.wrote": "texts",
    "journal": "texts",
    "example.wrote": "texts",
    "reflection": "texts",
    "plan": "texts",
    "sheet.wrote": "texts",
    "values": "texts",
    "proposal": "texts",
    "rehearsal": "texts",
    "review.answered": "answers",
    "review.retired": "texts",
    "mirror.answered": "others",
    "step": "steps",
}
"""By kind of event, or how the kind begins."""


@dataclass(frozen=True)
class Wish:
    """What is to be forgotten: all about one partner, all in one module, or everything."""

    partner: str = ""
    module: str = ""
    everything: bool = False


@dataclass(frozen=True)
class Going:
    """What goes: records by sort, and how many copies and damaged files beside them."""

    wish: Wish
    records: tuple[Record, ...]
    sorts: Mapping[Sort, int]
    copies: int
    damaged: int


def key_of(known: Partners, code: str) -> str:
    """Return the key of the partner of that code, or with that key; raise UnknownIdError."""
    wanted = code.strip().casefold()
    for key in known.codes:
        if wanted in (known.code(key).casefold(), key):
            return key
    raise UnknownIdError("partner", code, [known.code(key) for key in known.codes])


def going(
    records: Iterable[Record], wish: Wish, modules: Sequence[ModuleSteps], path: Path | None
) -> Going:
    """Return what goes; `path` is where the log lies. Raises UnknownIdError for a module."""
    subjects = _subjects(wish, modules)
    records = tuple(records)
    chosen = tuple(record for record in records if _wanted(record, wish, subjects))
    if wish.partner:
        chosen += tuple(_begun_elsewhere(records, chosen))
    sorts = Counter(_sort(record) for record in chosen)
    found = beside(path) if path else None
    return Going(
        wish,
        chosen,
        dict(sorts),
        len(found.copies) if found else 0,
        len(found.damaged) if found else 0,
    )


def forget(log: Log, path: Path | None, found: Going) -> None:
    """Delete it, with all copies, for they hold it too; then copy what is left.

    Raises LogError with what could not be deleted.
    """
    log.forget(record.id for record in found.records)
    if log.trouble:
        raise not_now(log.trouble)
    if path is None:
        return
    if found.wish.everything:
        log.close()
        erase_all(path)
        return
    erase_beside(path)
    with suppress(CopyError):  # it is made in time
        make_copy(path)


def _subjects(wish: Wish, modules: Sequence[ModuleSteps]) -> frozenset[str]:
    if wish.everything or wish.partner:
        return frozenset()
    ids = [module.id for module in modules]
    if wish.module not in ids:
        raise UnknownIdError("module", wish.module, ids)
    owned = owners(modules).items()
    return frozenset({wish.module, *(name for name, at in owned if at.module.id == wish.module)})


def _wanted(record: Record, wish: Wish, subjects: frozenset[str]) -> bool:
    if wish.everything:
        return True
    if wish.partner:
        return record.partner == wish.partner
    return record.subject in subjects


def _begun_elsewhere(records: Iterable[Record], chosen: Iterable[Record]) -> Iterator[Record]:
    """Yield drafts of the journal entries chosen, from before they were about that partner."""
    chosen = tuple(chosen)
    taken = {record.id for record in chosen}
    entries = {entry for record in chosen if (entry := _entry(record)) is not None}
    for record in records:
        if record.id not in taken and _entry(record) in entries:
            yield record


def _entry(record: Record) -> int | None:
    """Return the number of the journal entry that a record is of; None if it is of none."""
    if record.kind != JournalWrote.kind:
        return None
    event = decode(record)
    if isinstance(event, Event) and isinstance(event.body, JournalWrote):
        return event.body.entry
    return None


def _sort(record: Record) -> Sort:
    kind = str(record.kind)
    return SORTS.get(kind) or SORTS.get(kind.partition(".")[0]) or "rest"
