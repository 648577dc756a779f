"""The notebook host: each activity is one widget, whose page sends forms and swaps in HTML."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets
from IPython.display import HTML, display

from brmcourse.activities import capstone as capstones
from brmcourse.activities import conversation, reflection
from brmcourse.activities import plan as plans
from brmcourse.activities import quiz as quizzes
from brmcourse.activities import scale as scales
from brmcourse.activities import sheet as sheets
from brmcourse.activities import values as cards
from brmcourse.activities.activity import Action, Activity
from brmcourse.activities.quiz import Exercise
from brmcourse.activities.scale import Questionnaire
from brmcourse.hosts.session import Session, explain, learner_seed
from brmcourse.paths import course_root, store_path
from brmcourse.rendering.render import STYLE
from brmcourse.store import Store

if TYPE_CHECKING:
    from brmcourse.content import Library

HERE = Path(__file__).parent
OPEN = "open"


class ActivityWidget(anywidget.AnyWidget):
    """One activity on the page. Messages from it: {"n": id, "action": "check", "form": {name: [values]}}."""

    _esm = (HERE / "vendor" / "idiomorph.min.js").read_text("utf-8") + (HERE / "bridge.js").read_text("utf-8")
    _css = STYLE.read_text("utf-8")
    layout = None  # it would be a second widget model; the page is laid out by its style sheet
    html = traitlets.Unicode().tag(sync=True)

    def __init__(self, session: Session) -> None:
        super().__init__(html=session.open())
        self._session = session
        self.on_msg(self._answer)

    def _answer(self, _widget: Any, message: Mapping[str, Any], _buffers: Any) -> None:
        name, _, about = str(message.get("action", "")).partition(" ")
        action = Action(name, about, message.get("form", {}))
        html = self._session.open() if name == OPEN else self._session.act(action)
        self.send({"n": message.get("n"), "html": html})


@cache
def _store() -> Store:
    return Store(store_path())


@cache
def _library() -> "Library":
    # Imported with the first activity: a cell that only names the activities need not wait for a YAML parser.
    from brmcourse.content import Library  # noqa: PLC0415

    return Library(course_root())


def _show(activity: Activity, find: Callable[["Library"], Any]) -> None:
    """Show an activity below the cell, or in its place a sentence that says why it cannot be shown."""
    try:
        session = Session(activity, find(_library()), _store(), learner_seed(_store()))
        display(ActivityWidget(session))
    except Exception as error:  # noqa: BLE001 -- a learner never sees a traceback
        display(HTML(f"<style>{STYLE.read_text('utf-8')}</style>{explain(error)}"))


def quiz(name: str) -> None:
    """Show the quiz of that id, resumed where the learner left it."""

    def find(library: "Library") -> Exercise:
        found = library.quiz(name)
        before = library.quiz(found.parallel) if found.parallel else None
        return Exercise(found, library.module(found.module), before)

    _show(quizzes, find)


def converse(name: str) -> None:
    """Show the conversation of that id, resumed where the learner left it."""
    _show(conversation, lambda library: library.conversation(name))


def scale(name: str) -> None:
    """Show the self-assessment of that id with the learner's latest result."""

    def find(library: "Library") -> Questionnaire:
        found = library.scale(name)
        return Questionnaire(found, library.format(found.format))

    _show(scales, find)


def reflect(name: str) -> None:
    """Show the reflections of that module with what the learner wrote."""
    _show(reflection, lambda library: library.prompts(name))


def plan(name: str) -> None:
    """Show the if-then plans of that module with what the learner wrote."""
    _show(plans, lambda library: library.prompts(name))


def sheet(name: str) -> None:
    """Show the sheet of that id with what the learner wrote."""
    _show(sheets, lambda library: library.sheet(name))


def values() -> None:
    """Show the values exercise."""
    _show(cards, lambda library: library.values)


def capstone() -> None:
    """Show the plan for one partner, put together from what the learner wrote in all modules."""
    _show(capstones, capstones.gather)
