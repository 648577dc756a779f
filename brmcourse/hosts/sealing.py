"""The lock on what a learner writes, with all that lies beside the log; and as commands."""

import sys
from collections.abc import Callable
from getpass import getpass

from brmcourse.errors import LockedError, LogError
from brmcourse.hosts.launch import say
from brmcourse.log.backup import make_copy
from brmcourse.log.erase import erase_beside
from brmcourse.log.sealed import SealedLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.paths import store_path

NOT_THE_SAME = "The two passphrases are not the same. Type the same one twice."
CODE = (
    "This is your recovery code. It opens what you wrote if you forget the passphrase. "
    "Write it down and keep it where nobody looks; it is not shown again:"
)
LOST = "Whoever loses both the passphrase and the code has lost the writing: nobody can open it."
LOCKED = (
    "What you write is encrypted from now on. The course asks for the passphrase when it starts."
)
OPEN = "What you write is kept in plain again."

ASKED = "Passphrase or recovery code: "

Ask = Callable[[str], str]
"""Asks for a secret, which is not shown as it is typed."""


def protect(log: SealedLog, passphrase: str, again: str) -> tuple[str, str]:
    """Lock what is written; return the recovery code, and what could not be deleted beside it.

    Raises LockedError or LogError; then nothing has changed.
    """
    _require_same(passphrase, again)
    code = log.protect(passphrase)
    return code, renewed_copies()


def change(log: SealedLog, secret: str, passphrase: str, again: str) -> str:
    """Set another passphrase; return what could not be deleted that the old one opens."""
    _require_same(passphrase, again)
    log.open(secret)
    log.change(passphrase)
    return renewed_copies()


def unprotect(log: SealedLog, secret: str) -> None:
    """Keep what is written in plain again."""
    log.open(secret)
    log.unprotect()


def renewed_copies() -> str:
    """Put a new copy in the place of those from before; return what kept that from being done."""
    path = store_path()
    try:
        erase_beside(path)
        make_copy(path)
    except LogError as error:
        return str(error)
    return ""


def _require_same(passphrase: str, again: str) -> None:
    if passphrase != again:
        raise LockedError(NOT_THE_SAME)


def lock(ask: Ask = getpass) -> int:
    """Ask for a passphrase and lock what is written with it; return the exit code."""

    def locking(log: SealedLog) -> None:
        code, left = protect(log, ask("New passphrase: "), ask("The same again: "))
        say(f"{CODE}\n\n    {code}\n\n{LOST}\n{LOCKED}")
        if left:
            say(left)

    return _run(locking)


def unlock(ask: Ask = getpass) -> int:
    """Ask for the passphrase and keep what is written in plain again; return the exit code."""

    def opening(log: SealedLog) -> None:
        unprotect(log, ask(ASKED))
        say(OPEN)

    return _run(opening)


def opened_log(ask: Ask = getpass) -> SealedLog:
    """Return the learner's log, opened by the passphrase that is asked for if it is locked.

    Raises LockedError if what is typed does not open it.
    """
    log = SealedLog(SqliteLog(store_path()))
    try:
        if log.locked:
            log.open(ask(ASKED))
    except BaseException:
        log.close()
        raise
    return log


def _run(command: Callable[[SealedLog], None]) -> int:
    log = SealedLog(SqliteLog(store_path()))
    try:
        command(log)
    except LogError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        log.close()
    return 0
