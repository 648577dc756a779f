"""A branching conversation: the partner speaks, the learner moves, a hidden state decides the ending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from brmcourse.activities.activity import Action, shuffled
from brmcourse.events import Draft, Event
from brmcourse.model.conversation import GAUGE, Choice, Conversation, Node

BEST = 2
"""The points of a strong move."""

ELSEWHERE = "This conversation went on in another window. Here is where it stands now."


@dataclass(frozen=True)
class Turn:
    """One move: at which node, which choice (its place in the file), and the gauges before and after it."""

    node: str
    choice: int
    before: Mapping[str, int]
    after: Mapping[str, int]


@dataclass(frozen=True)
class ConversationState:
    """A conversation in play: the turns so far, and what earlier runs reached."""

    conversation: Conversation
    seed: str
    begun: bool = False
    turns: tuple[Turn, ...] = ()
    reached: frozenset[str] = frozenset()
    coaching: bool = False
    outdated: bool = False
    notice: str = ""

    @property
    def gauges(self) -> Mapping[str, int]:
        """The hidden state now."""
        return self.turns[-1].after if self.turns else self.conversation.state

    @property
    def here(self) -> str:
        """The node the conversation stands at: a turn to take, or an ending."""
        if not self.turns:
            return self.conversation.start
        return resolve(self.conversation, self.choice(self.turns[-1]).next, self.gauges)

    @property
    def node(self) -> Node:
        """The node at `here`."""
        return self.conversation.nodes[self.here]

    @property
    def facts(self) -> tuple[str, ...]:
        """What the partner told, each once, in the order it came up."""
        nodes = (
            self.conversation.nodes[name]
            for name in (*(turn.node for turn in self.turns), self.here)
        )
        return tuple(dict.fromkeys(node.fact for node in nodes if node.fact))

    @property
    def points(self) -> tuple[int, int]:
        """The points earned and the points there were on this path."""
        return sum(self.choice(turn).points for turn in self.turns), BEST * len(self.turns)

    @property
    def moves(self) -> tuple[tuple[int, Choice], ...]:
        """The moves of this turn as this learner sees them, with their places in the file."""
        return shown(self)

    def choice(self, turn: Turn) -> Choice:
        """Return the choice made in a turn."""
        return self.conversation.nodes[turn.node].choices[turn.choice]

    def better(self, turn: Turn) -> Choice | None:
        """Return the strongest move of that turn, None if it was taken."""
        best = max(self.conversation.nodes[turn.node].choices, key=lambda choice: choice.points)
        return None if best.points == self.choice(turn).points else best


def resolve(conversation: Conversation, name: str, gauges: Mapping[str, int]) -> str:
    """Return the turn or ending that `name` leads to in that hidden state, past any junctions."""
    while routes := conversation.nodes[name].auto:
        name = next(route.next for route in routes if route.open(gauges))
    return name


def moved(gauges: Mapping[str, int], choice: Choice) -> Mapping[str, int]:
    """Return the hidden state after a move."""
    low, high = GAUGE
    return {
        name: min(high, max(low, value + choice.effects.get(name, 0)))
        for name, value in gauges.items()
    }


def shown(state: ConversationState) -> tuple[tuple[int, Choice], ...]:
    """Return the moves of this turn with their places in the file, in the order this learner sees them."""
    places = list(enumerate(state.node.choices))
    return shuffled(places, state.seed, f"{state.conversation.id}:{state.here}")


def subjects(conversation: Conversation) -> tuple[str, ...]:
    """Return the conversation."""
    return (conversation.id,)


def begin(conversation: Conversation, seed: str) -> ConversationState:
    """Return the set-up, before the first line."""
    return ConversationState(conversation, seed)


def replay(state: ConversationState, event: Event) -> ConversationState:
    """Fold an event in; moves in an earlier version of the conversation stay in the log and count no more."""
    if event.fingerprint != state.conversation.fingerprint:
        return replace(state, outdated=True)
    match event.kind:
        case "conversation.began":
            return replace(state, begun=True, outdated=False)
        case "conversation.coached":
            return replace(state, coaching=event.body["on"])
        case "conversation.chose" if (event.body["turn"], event.body["node"]) == (
            len(state.turns),
            state.here,
        ):
            return _take(state, event.body["choice"])
        case "conversation.rewound":
            return _rewind(state, event.body["to"])
    return state


def _take(state: ConversationState, number: int) -> ConversationState:
    if number not in range(len(state.node.choices)):
        return state
    after = moved(state.gauges, state.node.choices[number])
    state = replace(
        state, begun=True, turns=(*state.turns, Turn(state.here, number, state.gauges, after))
    )
    return (
        replace(state, reached=state.reached | {state.node.ending}) if state.node.ending else state
    )


def _rewind(state: ConversationState, to: int) -> ConversationState:
    kept = [turn.choice for turn in state.turns[:to]]
    return reduce(_take, kept, replace(state, begun=True, turns=()))


def update(state: ConversationState, action: Action) -> tuple[ConversationState, Sequence[Draft]]:
    """Answer "begin", "choose", "rewind" and "coach"; a move for a turn that has passed changes nothing."""
    state = replace(state, notice="")

    def draft(kind: str, **body: object) -> list[Draft]:
        return [Draft(kind, state.conversation.id, state.conversation.fingerprint, body)]

    match action.name:
        case "begin":
            return state, draft("conversation.began")
        case "coach":
            return state, draft("conversation.coached", on=not state.coaching)
        case "rewind":
            return state, draft("conversation.rewound", to=int(action.about or 0))
        case "choose" if action.get("turn") != str(len(state.turns)):
            return replace(state, notice=ELSEWHERE), ()
        case "choose":
            place, choice = shown(state)[int(action.about) - 1]
            body = {
                "turn": len(state.turns),
                "node": state.here,
                "choice": place,
                "points": choice.points,
            }
            return state, draft("conversation.chose", **body, skill=choice.skill)
    return state, ()
