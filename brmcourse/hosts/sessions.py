"""What each public name of the course opens: an activity, its content, and the learner's log."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from brmcourse.activities import capstone, conversation, plan, quiz, reflection, scale, sheet, values
from brmcourse.activities.activity import Activity
from brmcourse.activities.quiz import Exercise
from brmcourse.activities.scale import Questionnaire
from brmcourse.content import Library
from brmcourse.hosts.session import Session, learner_seed
from brmcourse.paths import course_root, store_path
from brmcourse.store import Store


def _exercise(library: Library, name: str) -> Exercise:
    found = library.quiz(name)
    before = library.quiz(found.parallel) if found.parallel else None
    return Exercise(found, library.module(found.module), before)


def _questionnaire(library: Library, name: str) -> Questionnaire:
    found = library.scale(name)
    return Questionnaire(found, library.format(found.format))


OPENS: Mapping[str, tuple[Activity, Callable[[Library, str], Any]]] = {
    "quiz": (quiz, _exercise),
    "converse": (conversation, Library.conversation),
    "scale": (scale, _questionnaire),
    "reflect": (reflection, Library.prompts),
    "plan": (plan, Library.prompts),
    "sheet": (sheet, Library.sheet),
    "values": (values, lambda library, _: library.values),
    "capstone": (capstone, lambda library, _: capstone.gather(library)),
}
"""The activity behind each public name, and how its content is found."""


def open_session(name: str, about: str) -> Session:
    """Return a session of the activity behind a public name; raise UnknownIdError, ContentError or StoreError."""
    activity, find = OPENS[name]
    return Session(activity, find(library(), about), store(), learner_seed(store()))


@cache
def store() -> Store:
    """Return the learner's log, opened once for all activities of a notebook."""
    return Store(store_path())


@cache
def library() -> Library:
    """Return the course's content."""
    return Library(course_root())
