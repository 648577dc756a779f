"""The notebook host: each activity is one widget, whose page sends forms and swaps in HTML."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import anywidget
import jinja2  # noqa: F401 -- loaded now, like the next two, while the learner reads the first lines
import pydantic  # noqa: F401
import traitlets
import yaml  # noqa: F401
from IPython.display import HTML, display

from brmcourse.browser import bridge
from brmcourse.catalogue import Row

if TYPE_CHECKING:
    from brmcourse.session import Session

STYLE = files("brmcourse.rendering").joinpath("style.css").read_text("utf-8")
"""Read as a file: what renders pages is loaded with the first activity."""


class ActivityWidget(anywidget.AnyWidget):
    """One activity on the page; its messages are those that `Session.answer` reads."""

    _esm = bridge()
    _css = STYLE
    layout = None  # it would be a second widget model; the page is laid out by its style sheet
    html = traitlets.Unicode().tag(sync=True)

    def __init__(self, session: "Session") -> None:
        super().__init__(html=session.open())
        self._session = session
        self.on_msg(self._answer)

    def _answer(self, _widget: Any, message: Mapping[str, Any], _buffers: Any) -> None:
        self.send({"n": message.get("n"), "html": self._session.answer(message)})


def shower(row: Row) -> Callable[..., None]:
    """Return the function by which a notebook shows that activity."""

    def show(name: str = "") -> None:
        # Imported with the first activity: the cell that only names them need not wait for it.
        from brmcourse.session import explain, open_session  # noqa: PLC0415

        try:
            display(ActivityWidget(open_session(row.name, name)))
        except Exception as error:  # noqa: BLE001 -- a learner never sees a traceback
            display(HTML(f"<style>{STYLE}</style>{explain(error)}"))

    show.__name__ = show.__qualname__ = row.name
    show.__doc__ = row.says
    return show
