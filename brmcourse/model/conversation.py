"""Branching conversations: nodes, choices, effects on the hidden state, the way to an ending."""

import operator
import re
from collections.abc import Hashable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from brmcourse.model.base import Answerable, Content, Id, Text, flaw, raise_all, unknown

GAUGE = (0, 10)
"""Lowest and highest value of trust, heard, clarity and any other gauge of the hidden state."""

COMPARE = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
"""The comparisons that a condition can make."""

Move = Literal[
    "ask", "acknowledge", "summarise", "disclose", "propose", "commit", "decline", "press",
    "wait", "escalate", "involve",
]  # fmt: skip
"""What a choice does in a talk, whatever its words."""

LEVEL = re.compile(r"(\w+)\s*(>=|<=|==|>|<)\s*(\d+)")
MARK = re.compile(r"(not\s+)?(knows|did)\s+([\w.-]+)")

Reference = tuple[tuple[Hashable, ...], str, str]
"""A name in a conversation: where it stands, what it is a name of, and the name."""


class Level(NamedTuple):
    """A part of a condition: how a gauge compares with a number."""

    gauge: str
    sign: str
    number: int


class Mark(NamedTuple):
    """A part of a condition: a fact that the learner knows, an act that was done, or not."""

    kind: str
    name: str
    wanted: bool


Clause = Level | Mark


def clauses(condition: str | None) -> Iterator[Clause]:
    """Yield the parts of `gauge >= number and knows fact and not did act`, none of no condition.

    Raises ValueError if it reads otherwise.
    """
    for part in condition.split(" and ") if condition else ():
        text = part.strip()
        if level := LEVEL.fullmatch(text):
            yield Level(level[1], level[2], int(level[3]))
        elif mark := MARK.fullmatch(text):
            yield Mark(mark[2], mark[3], not mark[1])
        else:
            raise ValueError(text)


def _readable(condition: str) -> str:
    try:
        tuple(clauses(condition))
    except ValueError as error:
        message = f'cannot read the condition "{error}"'
        advice = 'Write it like "trust >= 7 and knows deadline and not did promised_note".'
        raise flaw("conversation.condition", message, advice) from None
    return condition


Condition = Annotated[str, AfterValidator(_readable)]
"""What has to hold: levels of gauges, facts known, acts done, all of them joined by `and`."""


class Partner(Content):
    """The person on the other side."""

    name: Text
    role: Text


class Voice(Content):
    """How the partner talks: for authors, and for readers who judge if the lines are true to it."""

    rhythm: Text
    favourites: Text
    humour: Text
    doubt: Text
    never: Text


class Choice(Content):
    """A move: what it is worth (2 strong, 1 partial, 0 weak), what it does, and where it leads.

    It is offered if `when` holds. `reply` is what the partner answers to it, before the next node.
    `act` is a name for what was done, `fact` what the reply lets the learner know; both can be
    asked for in conditions later on. `bars` closes endings for good. `needs` must hold wherever it
    is offered: what its words take for granted.
    """

    text: Text
    move: Move
    when: Condition | None = Field(default=None, alias="if")
    needs: Condition | None = None
    points: Literal[0, 1, 2]
    skill: Id
    effects: dict[Id, int] = Field(default_factory=dict)
    act: Id | None = None
    fact: Id | None = None
    bars: tuple[Text, ...] = ()
    next: Id
    reply: Text
    feedback: Text


class Line(Content):
    """Words of a node that are there only if `when` holds."""

    text: Text
    when: Condition | None = Field(default=None, alias="if")


def _lines(said: object) -> object:
    return ({"text": said},) if isinstance(said, str) else said


Said = str | list[Line]

Lines = Annotated[tuple[Line, ...], BeforeValidator(_lines, json_schema_input_type=Said)]
"""One text, or lines of which those are said whose condition holds."""


class Route(Content):
    """One line of a junction: taken if `when` holds; the last line has `else: true` instead."""

    when: Condition | None = Field(default=None, alias="if")
    otherwise: Literal[True] | None = Field(default=None, alias="else")
    next: Id

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.when is None) == (self.otherwise is None):
            message = "a route needs either `if` or `else`"
            raise flaw("conversation.route", message, "Give it exactly one of them.")
        return self


class Node(Content):
    """A turn (the partner speaks, the learner chooses), a junction (`auto`), or an ending.

    `scene` says when and where it goes on if time has passed, `fact` what the partner lets the
    learner know. What stands in brackets in `says` is seen, not heard: it is shown without a
    speaker. `needs` must hold on every way here: what its words take for granted.
    """

    scene: Text | None = None
    says: Lines = ()
    fact: Id | None = None
    needs: Condition | None = None
    choices: tuple[Choice, ...] = ()
    auto: tuple[Route, ...] = ()
    ending: Text | None = None

    @property
    def exits(self) -> tuple[str, ...]:
        """The nodes this one can lead to."""
        ways: tuple[Choice | Route, ...] = (*self.choices, *self.auto)
        return tuple(way.next for way in ways)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        given = [bool(self.choices), bool(self.auto), bool(self.ending)]
        if sum(given) != 1:
            message = "a node needs exactly one of `choices`, `auto` and `ending`"
            advice = "Give it choices, or routes, or make it an ending."
            raise flaw("conversation.node", message, advice)
        if not self.says and not self.auto:
            raise flaw("conversation.node", "nobody says anything here", "Add `says: …`.")
        if self.auto and self.auto[-1].otherwise is None:
            message = "nothing is said of what happens when no condition holds"
            last = len(self.auto) - 1
            raise flaw("conversation.route", message, "End with `else: true`.", "auto", last)
        return self


class Conversation(Answerable):
    """A conversation to play: who, where, the hidden state at the start, and the nodes.

    `acts` says of each act that a condition asks for what it is. With `say_first` learners may
    write their own line before they see the choices.
    """

    unshown: ClassVar[Any] = {
        "debrief": True, "exit_rule": True, "endings": True, "skills": True, "facts": True,
        "voice": True, "acts": True, "say_first": True,
        "nodes": {"__all__": {"choices": {"__all__": {"feedback"}}}},
    }  # fmt: skip

    id: Id
    title: Text
    module: Id
    you: Text
    partner: Partner
    voice: Voice | None = None
    say_first: bool = False
    setting: Text
    pressures: tuple[Text, ...]
    hidden: Text
    exit_rule: Text
    state: dict[Id, int]
    skills: dict[Id, Text]
    endings: dict[Text, Text]
    facts: dict[Id, Text] = Field(default_factory=dict)
    acts: dict[Id, Text] = Field(default_factory=dict)
    start: Id
    nodes: dict[Id, Node]
    debrief: tuple[Text, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        raise_all(self._dangling())
        self._require_no_loop()
        return self

    def _require_no_loop(self) -> None:
        exits = {name: node.exits for name, node in self.nodes.items()}
        try:
            TopologicalSorter(exits).prepare()
        except CycleError as error:
            loop = error.args[1]
            message = f"the nodes run in a circle: {' → '.join(loop)}"
            advice = "Lead one of them on."
            raise flaw("conversation.loop", message, advice, "nodes", loop[0]) from None

    def _dangling(self) -> Iterator[PydanticCustomError]:
        known: dict[str, Mapping[str, Any]] = {
            "node": self.nodes,
            "gauge": self.state,
            "skill": self.skills,
            "ending": self.endings,
            "fact": self.facts,
            "act": self.acts,
        }
        for place, what, name in self._references():
            if name not in known[what]:
                yield unknown(what, name, known[what], *place)

    def _references(self) -> Iterator[Reference]:
        yield ("start",), "node", self.start
        for key, node in self.nodes.items():
            yield from _named_by_node(node, "nodes", key)


def _named_by_node(node: Node, *place: Hashable) -> Iterator[Reference]:
    for number, choice in enumerate(node.choices):
        yield from _named_by_choice(choice, *place, "choices", number)
    for number, route in enumerate(node.auto):
        yield (*place, "auto", number, "next"), "node", route.next
        yield from _named_by_condition(route.when, *place, "auto", number, "if")
    for number, line in enumerate(node.says):
        yield from _named_by_condition(line.when, *place, "says", number, "if")
    yield from _named_by_condition(node.needs, *place, "needs")
    if node.fact:
        yield (*place, "fact"), "fact", node.fact
    if node.ending:
        yield (*place, "ending"), "ending", node.ending


def _named_by_choice(choice: Choice, *place: Hashable) -> Iterator[Reference]:
    yield (*place, "next"), "node", choice.next
    yield (*place, "skill"), "skill", choice.skill
    for gauge in choice.effects:
        yield (*place, "effects"), "gauge", gauge
    for ending in choice.bars:
        yield (*place, "bars"), "ending", ending
    if choice.act:
        yield (*place, "act"), "act", choice.act
    if choice.fact:
        yield (*place, "fact"), "fact", choice.fact
    yield from _named_by_condition(choice.when, *place, "if")
    yield from _named_by_condition(choice.needs, *place, "needs")


def _named_by_condition(condition: str | None, *place: Hashable) -> Iterator[Reference]:
    for clause in clauses(condition):
        match clause:
            case Level(gauge=gauge):
                yield place, "gauge", gauge
            case Mark(kind=kind, name=name):
                yield place, {"knows": "fact", "did": "act"}[kind], name
