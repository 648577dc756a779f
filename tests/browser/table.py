"""A conversation played along with the page: what it must show and offer where it stands."""

from brmcourse.activities.conversation import Stage
from brmcourse.model.conversation import Choice, Conversation, Node


class Table:
    """Where a conversation stands after the moves made so far."""

    def __init__(self, talk: Conversation) -> None:
        self._stage = Stage(talk)
        self._reply: str | None = None
        self.spot = self._stage.board.start

    @property
    def node(self) -> Node:
        """The turn or ending it stands at."""
        return self._stage.node(self.spot)

    @property
    def texts(self) -> list[str]:
        """What the partner answers and says, and what is seen."""
        return [line.text for line in self._stage.lines(self.spot, self._reply)]

    @property
    def choices(self) -> list[Choice]:
        """What is offered, in the order of the file."""
        return [self.node.choices[place] for place in self._stage.board.offered(self.spot)]

    @property
    def trust(self) -> int:
        """The gauge that the debrief shows."""
        return self._stage.board.gauges(self.spot)["trust"]

    def worth(self, points: int) -> Choice:
        """Return the choice of this turn that earns so many points."""
        return next(choice for choice in self.choices if choice.points == points)

    def make(self, move: Choice) -> "Table":
        """Go where that choice leads."""
        self.spot = self._stage.after(self.spot, self.node.choices.index(move))
        self._reply = move.reply
        return self
