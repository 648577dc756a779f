"""Sentences of the interface about what went wrong or was mended, for learners."""

from collections.abc import Mapping
from datetime import datetime

from brmcourse.due import Kept
from brmcourse.log.backup import Copy
from brmcourse.log.examine import Examination
from brmcourse.log.log import SetAside, Trouble
from brmcourse.mine.forget import Going, Sort, Wish

NOT_DONE = "Something went wrong, and this step was not carried out. Nothing else is lost."
DONE = "This step was carried out and is kept, but the page cannot be shown."
NOT_SHOWN = "This page cannot be shown just now. What you did before is kept."
REFUSED = "This step was not carried out."
CANNOT_BEGIN = "This part of the course cannot be shown."
RETRY = "Try again. If it happens again, reload the page; the details are in the file {log}."
RELOAD = "Reload the page. If it happens again, the details are in the file {log}."
TOO_LONG = "This text is too long to be kept in one piece. Please shorten it, or save it elsewhere."
UNREADABLE = "Your answers cannot be read at the moment. Nothing was changed; please try again."

UNSAVED = (
    "You can go on: your answers are kept as long as this page stays open, "
    "and saving is tried again each time."
)
CAUSES = {
    "full": "the disk is full. Free some space on the disk that holds {path}.",
    "locked": "another window of the course is saving right now.",
    "read-only": "the course may not write to {path}. Check the folder's permissions.",
    "newer": "they were written by a newer version of the course. Update the course first.",
    "foreign": (
        "the file {path} belongs to another program, so the course leaves it alone. "
        "Move it elsewhere, and try again."
    ),
    "damaged": "the file {path} is damaged. It is set aside and mended with the next answer.",
    "unknown": "the file {path} cannot be written ({detail}).",
}


OPENED = "What you wrote has been opened meanwhile, so this page is read anew"
TYPED = (
    "What you typed while it was locked was not saved, as it would have taken the place of what "
    "stands there. Copy from here what you still need: “{typed}”"
)


def trouble(found: Trouble | None) -> str | None:
    """Return what is wrong with saving and what to do, None while all is kept."""
    if found is None:
        return None
    reason = CAUSES[found.cause].format(path=found.path, detail=found.detail)
    return f"Your answers cannot be saved at the moment: {reason} {UNSAVED}"


def notice(found: SetAside | None) -> str | None:
    """Return what was mended when the answers were opened."""
    if found is None:
        return None
    return (
        f"The file with your answers was damaged. It was set aside, not deleted, as {found.path}. "
        f"The course goes on with a new file; {found.kept} earlier entries could be taken over."
    )


def examined(found: Examination) -> str:
    """Return what was found about the file with the answers, in sentences for its owner."""
    if not found.exists:
        return f"There are no answers yet. They will be kept in the file {found.path}."
    lines = [f"Your answers are in the file {found.path}.", _state(found)]
    if found.readable and found.first and found.last:
        since, until = _day(found.first), _day(found.last)
        when = f"from {since} to {until}" if since != until else f"all of {since}"
        lines.append(f"It holds {_entries(found.readable)}, {when}.")
    if found.unreadable:
        lines.append(f"In {_entries(len(found.unreadable))} something cannot be read. All is kept.")
    if found.ahead:
        lines.append(
            "The newest answers may still lie in a second file beside it. "
            "End the course before you copy the file: then it is all of them."
        )
    return "\n".join(lines)


STANDS = {
    "open": ("is open", "are open"),
    "missed": ("was missed", "were missed"),
    "renewed": ("got a new date in time", "got a new date in time"),
}
"""How promises stand that were not kept, one of them and several."""


def promises(found: Kept) -> str:
    """Return what became of the promises with a date, as a sentence."""
    parts = []
    if found.good:
        parts.append((found.good, "was kept" if found.good == 1 else "were kept"))
    for state, number in found.others.items():
        said = f"at “{found.said.get(state, state)}”"
        one, several = STANDS.get(state, (f"stands {said}", f"stand {said}"))
        parts.append((number, one if number == 1 else several))
    (number, stands_first), *rest = parts
    of = "" if number == found.dated else f" of {found.dated}"
    plural = "s" if found.dated > 1 else ""
    first = f"{number}{of} promise{plural} with a date {stands_first}"
    return "; ".join([first, *(f"{number} {stands}" for number, stands in rest)]) + "."


def _day(time: datetime) -> str:
    return f"{time.astimezone():%d %B %Y}".removeprefix("0")


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"


def _state(found: Examination) -> str:
    if found.form == "foreign":
        return "It belongs to another program, so the course leaves it alone."
    if found.form == "newer":
        return "It was written by a newer version of the course. Update the course to open it."
    if not found.size:
        return "It is empty."
    if found.sound:
        return "It is sound."
    return (
        "It is damaged. When the course is opened next, it is set aside, not deleted, "
        "and the course goes on with every entry that can still be read."
    )


# What is the learner's own to do with their answers

SORTS: Mapping[Sort, tuple[str, str]] = {
    "answers": ("1 answer to a question", "{} answers to questions"),
    "moves": ("1 move in a conversation", "{} moves in conversations"),
    "ratings": ("1 rating or result", "{} ratings and results of self-assessments"),
    "texts": ("1 saved state of a text", "{} saved states of texts that you wrote"),
    "others": ("1 answer of somebody else", "{} answers of other people"),
    "steps": ("1 step that you finished", "{} steps that you finished"),
    "rest": ("1 other note of what you did", "{} other notes of what you did"),
}
NOT_REACHED = (
    "exports that you made, and copies of the file that you made yourself",
    "pages that you printed or gave to somebody",
    "your notebooks, with what JupyterLab saved in them",
    "backups of your whole computer, and what the disk itself may still hold of deleted files",
)
"""What the course cannot delete."""

NOT_THEIRS = "what you wrote of them in an exercise that is about no partner, such as a quiz"

FORGETS_ALL = "All your answers are deleted. The course begins anew."
FORGETS_SOME = (
    "This is deleted, with the copies that held it. Of what is left a new copy is made by itself."
)


def goes(found: Going) -> list[str]:
    """Return what will be deleted, a line for each sort of it."""
    lines = []
    for sort, (one, many) in SORTS.items():
        number = found.sorts.get(sort, 0)
        if number:
            lines.append(one if number == 1 else many.format(number))
    if found.copies:
        copies = "the one copy" if found.copies == 1 else f"all {found.copies} copies"
        held = "" if found.wish.everything else ", because it holds this too"
        if held and found.copies > 1:
            held = ", because they hold this too"
        lines.append(f"{copies} that the course made of your answers{held}")
    if found.damaged:
        lines.append("damaged files that were set aside earlier")
    lines.append("the problem log")
    return lines


def not_reached(wish: Wish) -> list[str]:
    """Return what the course cannot delete, a line for each."""
    return [*([NOT_THEIRS] if wish.partner else []), *NOT_REACHED]


def taken(new: int) -> str:
    """Return what came of bringing an export in."""
    if not new:
        return "All of it was here already. Nothing has changed."
    return f"{_entries(new)} were added." if new > 1 else "1 entry was added."


def restored(count: int, copy: Copy | None) -> str:
    """Return what came of putting a copy back."""
    done = f"The copy is back: your answers are now its {_entries(count)}."
    if copy is None:
        return done
    return f"{done} What was there before is kept as a copy, too: {copy.name}."


def copied(copy: Copy | None) -> str:
    """Return what came of making a copy."""
    if copy is None:
        return "There are no answers yet, so there is nothing to copy."
    return f"There is a copy of all your answers as they are now: {copy.name}."


def when(time: datetime) -> str:
    """Return a moment as the learner's clock had it."""
    return f"{_day(time)}, {time.astimezone():%H:%M}"
