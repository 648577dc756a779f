"""A drawing: something to look at, with nothing to do and nothing recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from brmcourse.activities.activity import Action, Context, Note
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import Draft, Event
from brmcourse.model.drawing import Drawing


class DrawingRecord(NamedTuple):
    """What is shown; nothing is recorded of it."""

    content: Drawing


@dataclass(frozen=True)
class DrawingState:
    """A drawing on a page."""

    record: DrawingRecord

    @property
    def drawing(self) -> Drawing:
        """The drawing."""
        return self.record.content


def find(library: Library, name: str) -> Drawing:
    """Return the drawing of that id; raise UnknownIdError or ContentError."""
    found: Drawing = library.named("drawings", name)
    return found


def subjects(_content: Drawing) -> tuple[str, ...]:
    """Return nothing: there is nothing to do."""
    return ()


def blank(content: Drawing) -> DrawingRecord:
    """Return the drawing."""
    return DrawingRecord(content)


def begin(record: DrawingRecord, _context: Context) -> DrawingState:
    """Return the page that shows it."""
    return DrawingState(record)


def fold(record: DrawingRecord, _event: Event) -> DrawingRecord:
    """Return the same: no event is about a drawing."""
    return record


def done(_record: DrawingRecord) -> bool:
    """Say yes: it asks for nothing."""
    return True


def written(_record: DrawingRecord) -> Sequence[Note]:
    """Return nothing: the learner writes nothing here."""
    return ()


def update(_state: DrawingState, _action: Action) -> tuple[DrawingState, Sequence[Draft]]:
    """Refuse every action."""
    raise ActionError
