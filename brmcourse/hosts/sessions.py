"""What each public name of the course opens: an activity, its content, and the learner's log."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from brmcourse.content.library import Library
from brmcourse.hosts.session import Session, learner_seed
from brmcourse.log.sqlite import Store
from brmcourse.paths import course_root, store_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from brmcourse.activities.activity import Activity


def _exercise(library: Library, name: str) -> Any:
    from brmcourse.activities.quiz import Exercise  # noqa: PLC0415 -- see OPENS

    found = library.quiz(name)
    before = library.quiz(found.parallel) if found.parallel else None
    return Exercise(found, library.module(found.module), before)


def _questionnaire(library: Library, name: str) -> Any:
    from brmcourse.activities.scale import Questionnaire  # noqa: PLC0415

    found = library.scale(name)
    return Questionnaire(found, library.format(found.format))


def _plan(library: Library, _: str) -> Any:
    from brmcourse.activities.capstone import gather  # noqa: PLC0415

    return gather(library)


OPENS: Mapping[str, tuple[str, Callable[[Library, str], Any]]] = {
    "quiz": ("quiz", _exercise),
    "converse": ("conversation", Library.conversation),
    "scale": ("scale", _questionnaire),
    "reflect": ("reflection", Library.prompts),
    "plan": ("plan", Library.prompts),
    "sheet": ("sheet", Library.sheet),
    "values": ("values", lambda library, _: library.values),
    "capstone": ("capstone", _plan),
}
"""The activity behind each public name, and how its content is found. An activity is imported when
it is opened.
"""


def find_activity(library: Library, name: str, about: str) -> tuple[Activity, Any]:
    """Return the activity behind a public name with its content; raise UnknownIdError or ContentError."""
    module, find = OPENS[name]
    activity: Any = import_module(f"brmcourse.activities.{module}")
    return activity, find(library, about)


def open_session(name: str, about: str) -> Session:
    """Return a session of the activity behind a public name; raise UnknownIdError, ContentError or StoreError."""
    activity, content = find_activity(library(), name, about)
    return Session(activity, content, store(), learner_seed(store()))


@cache
def store() -> Store:
    """Return the learner's log, opened once for all activities of a notebook."""
    return Store(store_path())


@cache
def library() -> Library:
    """Return the course's content."""
    return Library(course_root())
