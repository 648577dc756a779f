"""Every error the package raises on purpose.

CourseError
├── ContentError        files of the course are damaged; carries all Problems at once
├── UnknownIdError      a notebook asks for something that the course does not have
├── ActionError         something was done that the page does not offer; nothing was carried out
├── ResponseError       a response does not fit its question or scale
├── CodeError           what was pasted is no answer of a partner, or not one to this form
├── LogError            the learner's answers cannot be read or written
│   ├── RefusedFileError    the file for them is newer than the course, or another program's
│   ├── CopyError           a copy of them cannot be made, or is not whole
│   └── LockedError         what was written is locked, and what was typed does not open it
├── ExportError         a file is no whole export, or does not belong with what is here
├── NotebooksError      the learner's folder of notebooks cannot be written
├── PortTakenError      the port that was asked for belongs to another program
├── NotMadeError        a file that was asked for cannot be made on this computer
├── NotShownError       a file that no learner ever sees as a page
├── TooFewError         so few people that a number about them would mislead, or give one away
└── GroupDataError      a group's answers are not in the form that a statistic needs
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Cause = Literal["full", "locked", "read-only", "newer", "foreign", "damaged", "unknown"]
"""Why the learner's answers cannot be saved; the words for it are in the rendering."""

Severity = Literal["error", "warning"]
"""An error must be mended; a warning may be silenced on one item with a written reason."""


MOST_COMPARED = 500
"""More names than any list of the course has; to compare with many thousands takes minutes."""


def hint(wanted: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "…"?` with the known name most like the wanted one, if one is."""
    names = {name.lower(): name for name in known}
    if len(names) > MOST_COMPARED:
        return ""
    nearest = get_close_matches(wanted.lower(), names, n=1, cutoff=0.5)
    return f' Did you mean "{names[nearest[0]]}"?' if nearest else ""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a file of the course: where it is, what rule it breaks, how to mend it."""

    path: str
    line: int
    rule: str
    message: str
    advice: str
    severity: Severity = "error"

    def __str__(self) -> str:
        label = "" if self.severity == "error" else "warning: "
        return f"{self.path}:{self.line}: {label}{self.message} [{self.rule}]\n    {self.advice}"


class CourseError(Exception):
    """Something went wrong that the package expected could go wrong; the text is for its reader."""


class ContentError(CourseError):
    """Files of the course are damaged. `problems` holds all of them, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class UnknownIdError(CourseError):
    """An id that the course does not have; the text lists those it has and names the nearest."""

    def __init__(self, what: str, wanted: str, known: Sequence[str]) -> None:
        self.wanted = wanted
        listed = ", ".join(known) or "none yet"
        super().__init__(
            f'There is no {what} called "{wanted}".{hint(wanted, known)} The course has: {listed}.'
        )


class ResponseError(CourseError):
    """A response that does not fit its question; the text tells the learner what to do."""


class CodeError(CourseError):
    """What was pasted is no answer of a partner, or none that counts here; the text says why."""


class ActionError(CourseError):
    """Something was done that the page does not offer. The text tells the learner what to do."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text or "This is not possible here any more. Reload the page to go on.")


class LogError(CourseError):
    """The learner's answers cannot be read or written."""


class RefusedFileError(LogError):
    """The file for the answers is not to be touched: it is newer than the course, or foreign."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause: Cause = cause


class CopyError(LogError):
    """A copy of the answers cannot be made, or is not whole; the text says why."""


class LockedError(LogError):
    """What was written is locked, or what was typed does not open it; the text says what to do."""


class ExportError(CourseError):
    """A file cannot be taken in: it is no whole export, or does not belong with what is here."""


class NotebooksError(CourseError):
    """The learner's folder cannot be written; the text says which one and what to do."""


class PortTakenError(CourseError):
    """The port that was asked for belongs to another program; the text says what to do."""


class NotStartedError(CourseError):
    """Another program of the course could not be started."""


class NotMadeError(CourseError):
    """A file that was asked for cannot be made on this computer; the text says what else helps."""


class NotShownError(CourseError):
    """A file that no learner ever sees as a page; the text says which files can be shown."""


class TooFewError(CourseError):
    """So few people that a number about them would mislead, or give one away; the text says why."""


class GroupDataError(CourseError):
    """A group's answers are not in the form that a statistic needs; the text says what is wrong."""
