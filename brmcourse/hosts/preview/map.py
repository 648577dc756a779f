"""The map of a conversation with the table of its ways, for authors."""

from dataclasses import dataclass

from brmcourse.checks.ways import Ways, ways_table
from brmcourse.model.conversation import Conversation
from brmcourse.rendering.map import Map, conversation_map
from brmcourse.rendering.render import STYLE, render_view

PAGE = "map_page.html"
PART = "map_ways.html"


@dataclass(frozen=True)
class Mapped:
    """A conversation with its map and its ways."""

    conversation: Conversation
    drawn: Map
    ways: Ways

    @property
    def style(self) -> str:
        """The style sheet, for a page that stands alone."""
        return STYLE.read_text("utf-8")


def mapped(conversation: Conversation) -> Mapped:
    """Return the map and the ways of a conversation."""
    drawn = conversation_map(conversation)
    return Mapped(conversation, drawn, ways_table(conversation, drawn.numbers))


def map_part(found: Mapped) -> str:
    """Return the map beside its table, to stand on a page below what it is about."""
    return render_view(PART, found, level=3)


def map_page(found: Mapped) -> str:
    """Return a page that needs no other file."""
    return render_view(PAGE, found, level=1)
