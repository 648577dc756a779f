"""What has a day in a learner's course, for the pages and for a calendar file."""

import errno
from pathlib import Path

from brmcourse import due
from brmcourse.activities.activity import local_day
from brmcourse.due import Facts
from brmcourse.hosts.pages.shelf import Shelf
from brmcourse.rendering.calendar import calendar
from brmcourse.session import Learner

BEGINNING = b"BEGIN:VCALENDAR"


def facts_of(shelf: Shelf, learner: Learner) -> Facts:
    """Return what is known of a learner now; of the log only what is new is read."""
    steps = shelf.steps()
    steps.progress.catch_up(learner.log)
    today = local_day(learner.clock())
    known = learner.partners()
    return Facts(steps.progress, steps.modules, known, today, steps.beside, steps.reviews)


def calendar_of(facts: Facts, learner: Learner) -> bytes:
    """Return all that has a day as a calendar file, in words that tell nobody more."""
    return calendar(due.dated(facts), learner.began().learner, learner.clock())


def write(path: Path, shelf: Shelf, learner: Learner) -> int:
    """Write a calendar file if anything has a day; return how many have.

    Raises OSError if it cannot be written, or if another kind of file is there.
    """
    facts = facts_of(shelf, learner)
    number = len(due.dated(facts))
    if not number:
        return 0
    if path.exists() and not path.read_bytes().startswith(BEGINNING):
        words = "it is there already and is no calendar file, so it is left as it is"
        raise FileExistsError(errno.EEXIST, words, str(path))
    path.write_bytes(calendar_of(facts, learner))
    return number
