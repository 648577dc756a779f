"""A branching conversation: a partner speaks, learners move, a hidden state decides the end."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from brmcourse.activities import fields
from brmcourse.activities.activity import Action, Context, Note, number, shuffled
from brmcourse.activities.board import Board, Spot
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import (
    Body,
    ConversationBegan,
    ConversationChose,
    ConversationCoached,
    ConversationRewound,
    Draft,
    Event,
)
from brmcourse.model.conversation import Choice, Conversation, Node

BEST = 2
"""The points of a strong move."""

NOT_OPEN = "That turn is not open any more. The conversation stands here now."
"""True whichever page made another move or went back: this one a moment ago, or another window."""

ASIDE = re.compile(r"\(([^()]+)\)")
"""What is seen and not heard, in the words of a turn: `(She looks at the clock.) I must go.`"""


class Line(NamedTuple):
    """What the partner says, or what else there is to see or to know."""

    text: str
    spoken: bool


def lines(node: Node) -> tuple[Line, ...]:
    """Return what is seen and heard at a turn or ending, in its order: first of all its scene."""
    parts = [node.scene or "", *ASIDE.split(node.says or "")]
    found = [(part.strip(), bool(place % 2)) for place, part in enumerate(parts)]
    return tuple(Line(text, spoken) for text, spoken in found if text)


@dataclass(frozen=True)
class Stage:
    """A conversation with the board that it is played on."""

    conversation: Conversation

    @cached_property
    def board(self) -> Board:
        """The compiled conversation."""
        return Board(self.conversation)

    def node(self, spot: Spot) -> Node:
        """Return the turn or ending at a spot."""
        name, _ = spot
        return self.conversation.nodes[name]

    @cached_property
    def _led(self) -> dict[tuple[Spot, int], Spot]:
        return {}

    def after(self, spot: Spot, place: int) -> Spot:
        """Return where a choice (by its place) leads; a learner makes the same moves many times."""
        move = (spot, place)
        if move not in self._led:
            choice = self.node(spot).choices[place]
            self._led[move] = self.board.next(spot, choice)
        return self._led[move]


class Turn(NamedTuple):
    """One move: where it was made, which choice (its place in the file), and where it led."""

    spot: Spot
    choice: int
    after: Spot


class ConversationRecord(NamedTuple):
    """What was played: the turns of this run, and the endings that any run reached."""

    content: Stage
    begun: bool = False
    turns: tuple[Turn, ...] = ()
    reached: frozenset[str] = frozenset()
    coaching: bool = False
    outdated: bool = False

    @property
    def spot(self) -> Spot:
        """Where the conversation stands: a turn to take, or an ending."""
        return self.turns[-1].after if self.turns else self.content.board.start

    @property
    def node(self) -> Node:
        """The turn or ending it stands at."""
        return self.content.node(self.spot)

    def choice(self, turn: Turn) -> Choice:
        """Return the choice made in a turn."""
        return self.content.node(turn.spot).choices[turn.choice]

    @property
    def points(self) -> tuple[int, int]:
        """The points earned and the points there were on this path."""
        earned = [self.choice(turn).points for turn in self.turns]
        return sum(earned), BEST * len(earned)


@dataclass(frozen=True)
class Played:
    """A turn as the page shows it, with the hidden state before and after it."""

    lines: tuple[Line, ...]
    choice: Choice
    better: Choice | None
    before: Mapping[str, int]
    after: Mapping[str, int]


@dataclass(frozen=True)
class ConversationState:
    """A conversation on a page; `confirming` asks whether to start it again."""

    record: ConversationRecord
    seed: str
    notice: str = ""
    confirming: bool = False

    @property
    def conversation(self) -> Conversation:
        """Who talks with whom, about what."""
        return self.record.content.conversation

    @property
    def node(self) -> Node:
        """The turn or ending it stands at."""
        return self.record.node

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is seen and heard where it stands."""
        return lines(self.node)

    @property
    def turns(self) -> tuple[Played, ...]:
        """The turns so far."""
        return tuple(self._played(turn) for turn in self.record.turns)

    def _played(self, turn: Turn) -> Played:
        board = self.record.content.board
        node = self.record.content.node(turn.spot)
        choice = node.choices[turn.choice]
        best = max(node.choices, key=lambda choice: choice.points)
        better = best if best.points > choice.points else None
        before, after = board.gauges(turn.spot), board.gauges(turn.after)
        return Played(lines(node), choice, better, before, after)

    @property
    def facts(self) -> tuple[str, ...]:
        """What the partner told, each once, in the order it came up."""
        nodes = [self.record.content.node(turn.spot) for turn in self.record.turns] + [self.node]
        return tuple(dict.fromkeys(node.fact for node in nodes if node.fact))

    @property
    def moves(self) -> tuple[tuple[int, Choice], ...]:
        """The moves of this turn with their places in the file, in this learner's order."""
        return self.moves_at(self.record.spot)

    def moves_at(self, spot: Spot) -> tuple[tuple[int, Choice], ...]:
        """Return the moves of a turn, likewise."""
        name, _ = spot
        places = list(enumerate(self.record.content.node(spot).choices))
        return shuffled(places, self.seed, f"{self.conversation.id}:{name}")


def find(library: Library, name: str) -> Stage:
    """Return the conversation of that id; raise UnknownIdError or ContentError."""
    return Stage(library.named("conversations", name))


def subjects(content: Stage) -> tuple[str, ...]:
    """Return the conversation."""
    return (content.conversation.id,)


def blank(content: Stage) -> ConversationRecord:
    """Return the set-up, before the first line."""
    return ConversationRecord(content)


def begin(record: ConversationRecord, context: Context) -> ConversationState:
    """Return the page where the conversation stands."""
    return ConversationState(record, context.seed)


def fold(record: ConversationRecord, event: Event) -> ConversationRecord:
    """Fold an event in; moves in another edition of the conversation count no more."""
    if event.edition != record.content.conversation.edition:
        return record if record.outdated else record._replace(outdated=True)
    match event.body:
        case ConversationBegan():
            return record._replace(begun=True, outdated=False)
        case ConversationCoached(on=on):
            return record._replace(coaching=on)
        case ConversationChose() as move:
            return _taken(record, move)
        case ConversationRewound(to=to):
            return _rewound(record, to)
    return record


def done(record: ConversationRecord) -> bool:
    """Say whether an ending was reached, in whichever run."""
    return bool(record.reached)


def written(_record: ConversationRecord) -> Sequence[Note]:
    """Return nothing: moves are chosen, not written."""
    return ()


def _taken(record: ConversationRecord, move: ConversationChose) -> ConversationRecord:
    nodes = record.content.conversation.nodes
    spot = record.spot
    name, _ = spot
    if (move.turn, move.node) != (len(record.turns), name):
        return record
    if not 0 <= move.choice < len(nodes[name].choices):
        return record
    after = record.content.after(spot, move.choice)
    turns = (*record.turns, Turn(spot, move.choice, after))
    ending = nodes[after[0]].ending
    if ending and ending not in record.reached:
        return record._replace(begun=True, turns=turns, reached=record.reached | {ending})
    return record._replace(begun=True, turns=turns)


def _rewound(record: ConversationRecord, to: int) -> ConversationRecord:
    if to < 0:
        return record
    return record._replace(begun=True, turns=record.turns[:to])


def update(state: ConversationState, action: Action) -> tuple[ConversationState, Sequence[Draft]]:
    """Answer "begin", "choose", "coach", "rewind", and "restart", which only asks.

    A move for a turn that is not open changes nothing.
    """
    state = replace(state, notice="", confirming=action.name == "restart")
    match action.name:
        case "begin":
            return state, [_draft(state, ConversationBegan())]
        case "coach":
            return state, [_draft(state, ConversationCoached(not state.record.coaching))]
        case "rewind":
            return state, [_draft(state, _rewinding(state, action))]
        case "restart-yes":
            return state, [_draft(state, ConversationRewound(0))]
        case "choose":
            return _choose(state, action)
    return state, ()


def _draft(state: ConversationState, body: Body) -> Draft:
    return Draft(state.conversation.id, state.conversation.edition, body)


def _rewinding(state: ConversationState, action: Action) -> ConversationRewound:
    to = number(action.about or "0")
    if not 0 <= to <= len(state.record.turns):
        raise ActionError
    return ConversationRewound(to)


def _choose(state: ConversationState, action: Action) -> tuple[ConversationState, Sequence[Draft]]:
    turns = state.record.turns
    asked = number(action.get(fields.TURN))
    if asked == len(turns):
        place = _chosen(state, state.record.spot, action)
        if place is None:
            raise ActionError
        name, _ = state.record.spot
        return state, [_draft(state, ConversationChose(asked, name, place))]
    if 0 <= asked < len(turns) and _chosen(state, turns[asked].spot, action) == turns[asked].choice:
        return state, ()  # the same move once more: a second click, or a page that is behind
    return replace(state, notice=NOT_OPEN), ()


def _chosen(state: ConversationState, spot: Spot, action: Action) -> int | None:
    """Return the place in the file of the move chosen at a spot; None if it is not offered."""
    moves = state.moves_at(spot)
    chosen = number(action.about)
    return moves[chosen - 1][0] if 1 <= chosen <= len(moves) else None
