"""The notebook host: each activity is one widget, whose page sends forms and swaps in HTML."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import pydantic  # noqa: F401 -- loaded now, like yaml, while the learner reads the first lines
import traitlets
import yaml  # noqa: F401
from IPython.display import HTML, display

from brmcourse.activities.activity import Action
from brmcourse.browser import bridge
from brmcourse.rendering.render import STYLE

if TYPE_CHECKING:
    from brmcourse.hosts.session import Session

OPEN = "open"


class ActivityWidget(anywidget.AnyWidget):
    """One activity on the page. Messages from it: {"n": id, "action": "check", "form": {name: [values]}}."""

    _esm = bridge()
    _css = STYLE.read_text("utf-8")
    layout = None  # it would be a second widget model; the page is laid out by its style sheet
    html = traitlets.Unicode().tag(sync=True)

    def __init__(self, session: "Session") -> None:
        super().__init__(html=session.open())
        self._session = session
        self.on_msg(self._answer)

    def _answer(self, _widget: Any, message: Mapping[str, Any], _buffers: Any) -> None:
        name, _, about = str(message.get("action", "")).partition(" ")
        action = Action(name, about, message.get("form", {}))
        html = self._session.open() if name == OPEN else self._session.act(action)
        self.send({"n": message.get("n"), "html": html})


def _show(name: str, about: str = "") -> None:
    """Show an activity below the cell, or in its place a sentence that says why it cannot be shown."""
    # Imported with the first activity: the cell that only names the activities need not wait for
    # all of this.
    from brmcourse.hosts.session import explain  # noqa: PLC0415
    from brmcourse.hosts.sessions import open_session  # noqa: PLC0415

    try:
        display(ActivityWidget(open_session(name, about)))
    except Exception as error:  # noqa: BLE001 -- a learner never sees a traceback
        display(HTML(f"<style>{STYLE.read_text('utf-8')}</style>{explain(error)}"))


def quiz(name: str) -> None:
    """Show the quiz of that id, resumed where the learner left it."""
    _show("quiz", name)


def converse(name: str) -> None:
    """Show the conversation of that id, resumed where the learner left it."""
    _show("converse", name)


def scale(name: str) -> None:
    """Show the self-assessment of that id with the learner's latest result."""
    _show("scale", name)


def reflect(name: str) -> None:
    """Show the reflections of that module with what the learner wrote."""
    _show("reflect", name)


def plan(name: str) -> None:
    """Show the if-then plans of that module with what the learner wrote."""
    _show("plan", name)


def sheet(name: str) -> None:
    """Show the sheet of that id with what the learner wrote."""
    _show("sheet", name)


def values() -> None:
    """Show the values exercise."""
    _show("values")


def capstone() -> None:
    """Show the plan for one partner, put together from what the learner wrote in all modules."""
    _show("capstone")
