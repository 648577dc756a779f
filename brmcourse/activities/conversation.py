"""A branching conversation: a partner speaks, learners move, a hidden state decides the end."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from brmcourse.activities import fields
from brmcourse.activities.activity import NONE, Action, Context, Note, number, shuffled
from brmcourse.activities.board import Board, Spot
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import (
    Body,
    ConversationBegan,
    ConversationChose,
    ConversationCoached,
    ConversationRewound,
    ConversationSaid,
    ConversationSayFirst,
    Draft,
    Event,
    Sealed,
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


def heard(speech: str) -> list[Line]:
    """Return what is heard and, in brackets, seen of a speech, in its order."""
    found = [(part.strip(), place % 2 == 0) for place, part in enumerate(ASIDE.split(speech))]
    return [Line(text, spoken) for text, spoken in found if text]


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
        return self.conversation.nodes[spot.name]

    def lines(self, spot: Spot, reply: str | None = None) -> tuple[Line, ...]:
        """Return what is seen and heard at a spot.

        First the reply to the move before, then the scene if time has passed, then the node.
        """
        node = self.node(spot)
        said = [line.text for line in node.says if self.board.holds(line.when, spot)]
        if not node.scene:
            return tuple(heard(" ".join([reply or "", *said])))
        return (*heard(reply or ""), Line(node.scene, spoken=False), *heard(" ".join(said)))

    @cached_property
    def _led(self) -> dict[tuple[Spot, int], Spot]:
        return {}

    def after(self, spot: Spot, place: int) -> Spot:
        """Return where a choice (by its place) leads; a learner makes the same moves many times."""
        move = (spot, place)
        if move not in self._led:
            self._led[move] = self.board.next(spot, place)
        return self._led[move]


class Turn(NamedTuple):
    """One move: where it was made, which choice (its place in the file), and where it led."""

    spot: Spot
    choice: int
    after: Spot


class OwnLine(NamedTuple):
    """What the learner would have said in a turn, and whether the choices were then asked for."""

    text: str
    time: datetime
    compared: bool


class ConversationRecord(NamedTuple):
    """What was played: the turns of this run, and the endings that any run reached.

    `saying` is whether the learner says it first; `own` are the lines of this run, by their turns.
    """

    content: Stage
    begun: bool = False
    turns: tuple[Turn, ...] = ()
    reached: frozenset[str] = frozenset()
    coaching: bool = False
    saying: bool = False
    own: Mapping[int, OwnLine] = NONE
    outdated: bool = False

    @property
    def spot(self) -> Spot:
        """Where the conversation stands: a turn to take, or an ending."""
        return self.turns[-1].after if self.turns else self.content.board.start

    @property
    def node(self) -> Node:
        """The turn or ending it stands at."""
        return self.content.node(self.spot)

    @property
    def compared(self) -> bool:
        """Whether the choices of this turn were asked for after a line of one's own."""
        own = self.own.get(len(self.turns))
        return own is not None and own.compared

    @property
    def open(self) -> bool:
        """Whether the choices of this turn are on show."""
        return not self.saying or self.compared

    def reply(self, number: int) -> str | None:
        """Return the partner's answer to the move before the turn of that number (from 0)."""
        return self.choice(self.turns[number - 1]).reply if number else None

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
    own: str
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
        record = self.record
        return record.content.lines(record.spot, record.reply(len(record.turns)))

    @property
    def turns(self) -> tuple[Played, ...]:
        """The turns so far."""
        return tuple(self._played(*numbered) for numbered in enumerate(self.record.turns))

    def _played(self, number: int, turn: Turn) -> Played:
        stage = self.record.content
        choices = stage.node(turn.spot).choices
        choice = choices[turn.choice]
        offered = [choices[place] for place in stage.board.offered(turn.spot)]
        best = max(offered, key=lambda choice: choice.points)
        own = self.record.own.get(number)
        return Played(
            lines=stage.lines(turn.spot, self.record.reply(number)),
            own=own.text.strip() if own else "",
            choice=choice,
            better=best if best.points > choice.points else None,
            before=stage.board.gauges(turn.spot),
            after=stage.board.gauges(turn.after),
        )

    @property
    def own(self) -> str:
        """The learner's own line in the turn that is open, as far as it is written."""
        own = self.record.own.get(len(self.record.turns))
        return own.text if own else ""

    @property
    def facts(self) -> tuple[str, ...]:
        """What the partner told, each once, in the order it came up."""
        found = []
        for turn in self.record.turns:
            found += [self.record.content.node(turn.spot).fact, self.record.choice(turn).fact]
        return tuple(dict.fromkeys(fact for fact in [*found, self.node.fact] if fact))

    @property
    def moves(self) -> tuple[tuple[int, Choice], ...]:
        """The moves of this turn with their places in the file, in this learner's order."""
        return self.moves_at(self.record.spot)

    def moves_at(self, spot: Spot) -> tuple[tuple[int, Choice], ...]:
        """Return the moves of a turn, likewise."""
        stage = self.record.content
        choices = stage.node(spot).choices
        places = [(place, choices[place]) for place in stage.board.offered(spot)]
        return shuffled(places, self.seed, f"{self.conversation.id}:{spot.name}")


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
        case ConversationChose() as move:
            return _taken(record, move)
        case ConversationSaid() as said:
            return _said(record, said, event.time)
        case ConversationRewound(to=to):
            return _rewound(record, to)
    return _set(record, event.body)


def _set(record: ConversationRecord, body: Body | Sealed) -> ConversationRecord:
    match body:
        case ConversationBegan():
            return record._replace(begun=True, outdated=False)
        case ConversationCoached(on=on):
            return record._replace(coaching=on)
        case ConversationSayFirst(on=on):
            return record._replace(saying=on)
    return record


def done(record: ConversationRecord) -> bool:
    """Say whether an ending was reached, in whichever run."""
    return bool(record.reached)


def written(record: ConversationRecord) -> Sequence[Note]:
    """Return the learner's own lines of this run, in their order."""
    title = record.content.conversation.title
    lines = [own for _, own in sorted(record.own.items()) if own.text.strip()]
    return [Note(title, own.text, own.time) for own in lines]


def _said(record: ConversationRecord, said: ConversationSaid, time: datetime) -> ConversationRecord:
    if (said.turn, said.node) != (len(record.turns), record.spot.name) or record.node.ending:
        return record
    before = record.own.get(said.turn)
    compared = said.compare or (before is not None and before.compared)
    own = {**record.own, said.turn: OwnLine(said.text, time, compared)}
    return record._replace(begun=True, own=own)


def _taken(record: ConversationRecord, move: ConversationChose) -> ConversationRecord:
    stage = record.content
    spot = record.spot
    if (move.turn, move.node) != (len(record.turns), spot.name):
        return record
    if move.choice not in stage.board.offered(spot):
        return record
    after = stage.after(spot, move.choice)
    turns = (*record.turns, Turn(spot, move.choice, after))
    ending = stage.node(after).ending
    if ending and ending not in record.reached:
        return record._replace(begun=True, turns=turns, reached=record.reached | {ending})
    return record._replace(begun=True, turns=turns)


def _rewound(record: ConversationRecord, to: int) -> ConversationRecord:
    if to < 0:
        return record
    own = {turn: line for turn, line in record.own.items() if turn < to}
    return record._replace(begun=True, turns=record.turns[:to], own=own)


def update(state: ConversationState, action: Action) -> tuple[ConversationState, Sequence[Draft]]:
    """Answer "begin", "choose", "say", "first", "coach", "rewind", and "restart", which only asks.

    A move or line for a turn that is not open changes nothing. A line of one's own is recorded with
    whatever button of its form is pressed.
    """
    state = replace(state, notice="", confirming=action.name == "restart")
    match action.name:
        case "choose":
            return _choose(state, action)
        case "say":
            return _say(state, action)
    body = _switch(state, action)
    bodies = [*_typed(state, action), *([body] if body else ())]
    return state, [_draft(state, body) for body in bodies]


def _switch(state: ConversationState, action: Action) -> Body | None:
    """Return what a button beside the moves records."""
    match action.name:
        case "begin":
            return ConversationBegan()
        case "coach":
            return ConversationCoached(not state.record.coaching)
        case "first":
            return ConversationSayFirst(not state.record.saying)
        case "rewind":
            return _rewinding(state, action)
        case "restart-yes":
            return ConversationRewound(0)
    return None


def _draft(state: ConversationState, body: Body) -> Draft:
    return Draft(state.conversation.id, state.conversation.edition, body)


def _rewinding(state: ConversationState, action: Action) -> ConversationRewound:
    to = number(action.about or "0")
    if not 0 <= to <= len(state.record.turns):
        raise ActionError
    return ConversationRewound(to)


def _say(state: ConversationState, action: Action) -> tuple[ConversationState, Sequence[Draft]]:
    """Keep the learner's own line and ask for the choices, which nothing takes back."""
    record = state.record
    asked = number(action.get(fields.TURN))
    if asked != len(record.turns) or record.node.ending:
        return replace(state, notice=NOT_OPEN), ()
    if record.compared:
        return state, ()
    said = ConversationSaid(asked, record.spot.name, action.get(fields.TEXT), compare=True)
    return state, [_draft(state, said)]


def _typed(state: ConversationState, action: Action) -> Sequence[Body]:
    """Return the learner's own line as the form has it, if that is new."""
    record = state.record
    asked = number(action.get(fields.TURN))
    text = action.get(fields.TEXT, state.own)
    if asked != len(record.turns) or record.node.ending or record.compared or text == state.own:
        return ()
    return (ConversationSaid(asked, record.spot.name, text, compare=False),)


def _choose(state: ConversationState, action: Action) -> tuple[ConversationState, Sequence[Draft]]:
    turns = state.record.turns
    asked = number(action.get(fields.TURN))
    if asked == len(turns):
        place = _chosen(state, state.record.spot, action)
        if place is None:
            raise ActionError
        return state, [_draft(state, ConversationChose(asked, state.record.spot.name, place))]
    if 0 <= asked < len(turns) and _chosen(state, turns[asked].spot, action) == turns[asked].choice:
        return state, ()  # the same move once more: a second click, or a page that is behind
    return replace(state, notice=NOT_OPEN), ()


def _chosen(state: ConversationState, spot: Spot, action: Action) -> int | None:
    """Return the place in the file of the move chosen at a spot; None if it is not offered."""
    moves = state.moves_at(spot)
    chosen = number(action.about)
    return moves[chosen - 1][0] if 1 <= chosen <= len(moves) else None
