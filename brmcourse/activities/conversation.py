"""A branching conversation: a partner speaks, learners move, a hidden state decides the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from brmcourse.activities import fields
from brmcourse.activities.activity import Action, Context, number, shuffled
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

ELSEWHERE = "This conversation went on in another window. Here is where it stands now."


@dataclass(frozen=True)
class Stage:
    """A conversation with the board that it is played on."""

    conversation: Conversation

    @cached_property
    def board(self) -> Board:
        """The compiled conversation."""
        return Board(self.conversation)

    @cached_property
    def _led(self) -> dict[tuple[Spot, int], Spot]:
        return {}

    def after(self, spot: Spot, place: int) -> Spot:
        """Return where a choice (by its place) leads; a learner makes the same moves many times."""
        move = (spot, place)
        if move not in self._led:
            choice = self.conversation.nodes[spot[0]].choices[place]
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
        name, _ = self.spot
        return self.content.conversation.nodes[name]

    def choice(self, turn: Turn) -> Choice:
        """Return the choice made in a turn."""
        name, _ = turn.spot
        return self.content.conversation.nodes[name].choices[turn.choice]

    @property
    def points(self) -> tuple[int, int]:
        """The points earned and the points there were on this path."""
        earned = [self.choice(turn).points for turn in self.turns]
        return sum(earned), BEST * len(earned)


@dataclass(frozen=True)
class Played:
    """A turn as the page shows it, with the hidden state before and after it."""

    node: Node
    choice: Choice
    better: Choice | None
    before: Mapping[str, int]
    after: Mapping[str, int]


@dataclass(frozen=True)
class ConversationState:
    """A conversation on a page."""

    record: ConversationRecord
    seed: str
    notice: str = ""

    @property
    def conversation(self) -> Conversation:
        """Who talks with whom, about what."""
        return self.record.content.conversation

    @property
    def node(self) -> Node:
        """The turn or ending it stands at."""
        return self.record.node

    @property
    def turns(self) -> tuple[Played, ...]:
        """The turns so far."""
        return tuple(self._played(turn) for turn in self.record.turns)

    def _played(self, turn: Turn) -> Played:
        board = self.record.content.board
        node = self.conversation.nodes[turn.spot[0]]
        choice = node.choices[turn.choice]
        best = max(node.choices, key=lambda choice: choice.points)
        better = best if best.points > choice.points else None
        return Played(node, choice, better, board.gauges(turn.spot), board.gauges(turn.after))

    @property
    def facts(self) -> tuple[str, ...]:
        """What the partner told, each once, in the order it came up."""
        nodes = [turn.node for turn in self.turns] + [self.node]
        return tuple(dict.fromkeys(node.fact for node in nodes if node.fact))

    @property
    def moves(self) -> tuple[tuple[int, Choice], ...]:
        """The moves of this turn with their places in the file, in this learner's order."""
        name, _ = self.record.spot
        places = list(enumerate(self.node.choices))
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
    """Answer "begin", "choose", "rewind" and "coach"; a move for a past turn changes nothing."""
    state = replace(state, notice="")
    match action.name:
        case "begin":
            return state, [_draft(state, ConversationBegan())]
        case "coach":
            return state, [_draft(state, ConversationCoached(not state.record.coaching))]
        case "rewind":
            return state, [_draft(state, _rewinding(state, action))]
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
    turn = len(state.record.turns)
    if action.get(fields.TURN) != str(turn):
        return replace(state, notice=ELSEWHERE), ()
    moves = state.moves
    chosen = number(action.about)
    if not 1 <= chosen <= len(moves):
        raise ActionError
    place, _ = moves[chosen - 1]
    name, _ = state.record.spot
    return state, [_draft(state, ConversationChose(turn, name, place))]
