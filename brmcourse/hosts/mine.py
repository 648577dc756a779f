"""The learner's answers as commands: taken along, brought in, copied, put back, forgotten."""

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from getpass import getpass
from pathlib import Path

from brmcourse.content.library import Library
from brmcourse.errors import CourseError, ExportError, LockedError
from brmcourse.hosts.launch import say
from brmcourse.hosts.pages.shelf import Shelf
from brmcourse.hosts.sealing import ASKED
from brmcourse.log.backup import Copy, copies, make_copy, restore
from brmcourse.log.sealed import SealedLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.mine import export as exports
from brmcourse.mine.forget import Wish, forget, going, key_of
from brmcourse.mine.taken import LARGEST, TOO_LARGE, read_export, take_in
from brmcourse.partners import partners
from brmcourse.paths import course_root, store_path
from brmcourse.progress import ModuleSteps
from brmcourse.rendering import words

YES = "yes"

LOCKED = (
    "What you write is locked, and it is so in this file, too: the same passphrase opens it where "
    "you import it. To have it in plain, open it in the course and download it on its page My data."
)


def course_modules() -> Sequence[ModuleSteps]:
    """Return the modules, and the pages beside them, with what there is to do in them."""
    root = course_root()
    return Shelf(Library(root), root / "notebooks").steps().all


def export_to(path: Path) -> None:
    """Write all that the log holds to a new file; say so."""
    if path.exists():
        raise ExportError(f"There is a file {path} already. Choose another name.")
    with _log() as log:
        records = log.records()
        locked = log.locked
        content = exports.export(records, course_modules())
    exports.save(content, path)
    say(f"{path.resolve()} holds {len(records)} entries, which is all of them.")
    say(LOCKED if locked else "Anybody who has this file can read what you wrote.")


def import_from(path: Path) -> None:
    """Merge an export with what is here; say what came of it."""
    if path.stat().st_size > LARGEST:
        raise ExportError(TOO_LARGE)
    records = read_export(path.read_bytes())
    with _log() as log:
        try:
            found = take_in(log, records)
        except LockedError:
            log.open(getpass(ASKED))
            found = take_in(log, records)
    say(words.taken(found))


def copy_now() -> None:
    """Make a copy beside the answers; say where."""
    copy = make_copy(store_path())
    say(words.copied(copy))
    if copy:
        say(f"It lies in {copy.path.parent}.")


def restore_copy(name: str, *, sure: bool) -> bool:
    """Put the copy of that number or name back; without one, list them. Say if all went well."""
    known = copies(store_path())
    if not known:
        say("There is no copy yet. One is made by itself in each week of use.")
        return not name
    if not name:
        for number, copy in enumerate(known, 1):
            say(f"{number}  {words.when(copy.time)}  {copy.name}")
        say("Put one back with: brmcourse restore NUMBER")
        return True
    copy = _named(known, name)
    say(f"Your answers become those of {words.when(copy.time)}. Those of now are kept as a copy.")
    if not (sure or _agreed()):
        return False
    with _log() as log:
        before, count = restore(log, store_path(), copy)
    say(words.restored(count, before))
    return True


def forget_what(partner: str | None, module: str | None, *, sure: bool) -> bool:
    """Show what goes, ask, and delete it; say whether it was done."""
    path = store_path()
    with _log() as log:
        records = log.records()
        key = key_of(partners(log.read()[1]), partner) if partner is not None else ""
        everything = partner is None and module is None
        wish = Wish(key, (module or "").lower(), everything=everything)
        found = going(records, wish, course_modules(), path)
        _show("This will be deleted for good:", words.goes(found))
        _show("The course cannot delete:", words.not_reached(wish))
        if not (sure or _agreed()):
            say("Nothing was deleted.")
            return False
        forget(log, path, found)
    say(words.FORGETS_ALL if wish.everything else words.FORGETS_SOME)
    return True


def run(command: Callable[[], bool | None]) -> int:
    """Run one of these; return the exit code. What went wrong is a sentence."""
    try:
        done = command()
    except CourseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return int(done is False)


def _named(known: Sequence[Copy], name: str) -> Copy:
    for number, copy in enumerate(known, 1):
        if name in (str(number), copy.name):
            return copy
    raise ExportError(f'There is no copy "{name}". "brmcourse restore" lists those there are.')


def _show(head: str, lines: Sequence[str]) -> None:
    say(head)
    for line in lines:
        say(f"  - {line}")


def _agreed() -> bool:
    try:
        return input(f'Type "{YES}" to go on: ').strip().casefold() == YES
    except EOFError:  # nobody is there to ask
        return False


def _log() -> AbstractContextManager[SealedLog]:
    """Return the log as it lies there: what it forgets or goes back to needs no passphrase."""
    return closing(SealedLog(SqliteLog(store_path())))
