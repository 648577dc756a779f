"""Everything that lies on the disk because of the answers, found and deleted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from brmcourse.errors import LogError
from brmcourse.log.backup import DRAFT_PARTS, copies, turn_of
from brmcourse.log.file import PARTS, alone
from brmcourse.problems import empty_problem_log

LEFT = "This could not be deleted: {path} ({why}). Close what holds it open, and try again."


@dataclass(frozen=True)
class Beside:
    """What lies beside the file with the answers: copies, and damaged files that were set aside."""

    copies: tuple[Path, ...]
    damaged: tuple[Path, ...]


def beside(path: Path) -> Beside:
    """Return what lies beside the answers at `path` and holds some of them."""
    return Beside(tuple(copy.path for copy in copies(path)), tuple(_set_aside(path)))


def erase_beside(path: Path) -> None:
    """Delete the copies, what was set aside, and the problem log; raises LogError if it cannot."""
    with alone(turn_of(path)):  # a copy that is being made now would come after
        found = beside(path)
        for one in (*found.copies, *found.damaged, *_drafts(path)):
            _delete(one)
    empty_problem_log()


def erase_all(path: Path) -> None:
    """Delete the file with the answers, too, which nobody here may have open; raises LogError.

    The empty files that others wait at stay: they say nothing.
    """
    erase_beside(path)
    with alone(path):
        for part in PARTS:
            _delete(Path(f"{path}{part}"))


def _set_aside(path: Path) -> Iterator[Path]:
    name = re.compile(
        rf"{re.escape(path.stem)}\.damaged-[\d-]+{re.escape(path.suffix)}(-wal|-shm|-journal)?"
        rf"|{re.escape(path.name)}\.broken(-wal|-shm)?"
    )
    if path.parent.is_dir():
        yield from sorted(one for one in path.parent.iterdir() if name.fullmatch(one.name))


def _drafts(path: Path) -> Iterator[Path]:
    """Yield what a process that ended in the middle of its work may have left."""
    for name in (f"{path.name}.fresh", f"{path.stem}.copies.new"):
        for part in ("", *DRAFT_PARTS):
            yield path.with_name(f"{name}{part}")


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise LogError(LEFT.format(path=path, why=error.strerror or error)) from error
