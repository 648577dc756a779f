"""Branching conversations: nodes, choices, effects on the hidden state, the way to an ending."""

import operator
import re
from collections.abc import Hashable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator
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

CLAUSE = re.compile(r"\s*(\w+)\s*(>=|<=|==|>|<)\s*(\d+)\s*")

Reference = tuple[tuple[Hashable, ...], str, str]
"""A name in a conversation: where it stands, what it is a name of, and the name."""


def clauses(condition: str) -> Iterator[tuple[str, str, int]]:
    """Yield (gauge, comparison, number) of `gauge >= number and …`, nothing of an empty condition.

    Raises ValueError if it reads otherwise.
    """
    if not condition:
        return
    for part in condition.split(" and "):
        match = CLAUSE.fullmatch(part)
        if not match:
            raise ValueError(part)
        yield match[1], match[2], int(match[3])


class Partner(Content):
    """The person on the other side."""

    name: Text
    role: Text


class Choice(Content):
    """A move: what it is worth (2 strong, 1 partial, 0 weak), what it does, and where it leads."""

    text: Text
    points: Literal[0, 1, 2]
    skill: Id
    effects: dict[Id, int]
    next: Id
    feedback: Text


class Route(Content):
    """One line of a junction: taken if `when` holds; the last line has `else: true` instead."""

    when: str | None = Field(default=None, alias="if")
    otherwise: Literal[True] | None = Field(default=None, alias="else")
    next: Id

    @field_validator("when")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        try:
            tuple(clauses(value or ""))
        except ValueError as error:
            message = f'cannot read the condition "{error}"'
            advice = 'Write it like "trust >= 7 and clarity >= 6".'
            raise flaw("conversation.condition", message, advice) from None
        return value

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.when is None) == (self.otherwise is None):
            message = "a route needs either `if` or `else`"
            raise flaw("conversation.route", message, "Give it exactly one of them.")
        return self

    def open(self, gauges: Mapping[str, int]) -> bool:
        """Say whether this route is taken in that state."""
        for gauge, sign, number in self.conditions():
            compare = COMPARE[sign]
            if not compare(gauges[gauge], number):
                return False
        return True

    def conditions(self) -> Iterator[tuple[str, str, int]]:
        """Yield (gauge, comparison, number) of what has to hold; nothing for the last line."""
        return clauses(self.when or "")


class Node(Content):
    """A turn (the partner speaks, the learner chooses), a junction (`auto`), or an ending.

    `scene` says when and where it goes on if time has passed, `fact` what the partner lets the
    learner know. What stands in brackets in `says` is seen, not heard: it is shown without a
    speaker.
    """

    scene: Text | None = None
    says: Text | None = None
    fact: Id | None = None
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
        if self.says is None and not self.auto:
            raise flaw("conversation.node", "nobody says anything here", "Add `says: …`.")
        if self.auto and self.auto[-1].otherwise is None:
            message = "nothing is said of what happens when no condition holds"
            last = len(self.auto) - 1
            raise flaw("conversation.route", message, "End with `else: true`.", "auto", last)
        return self


class Conversation(Answerable):
    """A conversation to play: who, where, the hidden state at the start, and the nodes."""

    unshown: ClassVar[Any] = {
        "debrief": True, "exit_rule": True, "endings": True, "skills": True, "facts": True,
        "nodes": {"__all__": {"choices": {"__all__": {"feedback"}}}},
    }  # fmt: skip

    id: Id
    title: Text
    module: Id
    you: Text
    partner: Partner
    setting: Text
    pressures: tuple[Text, ...]
    hidden: Text
    exit_rule: Text
    state: dict[Id, int]
    skills: dict[Id, Text]
    endings: dict[Text, Text]
    facts: dict[Id, Text] = Field(default_factory=dict)
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
        yield from _named_by_route(route, *place, "auto", number)
    if node.fact:
        yield (*place, "fact"), "fact", node.fact
    if node.ending:
        yield (*place, "ending"), "ending", node.ending


def _named_by_choice(choice: Choice, *place: Hashable) -> Iterator[Reference]:
    yield (*place, "next"), "node", choice.next
    yield (*place, "skill"), "skill", choice.skill
    for gauge in choice.effects:
        yield (*place, "effects"), "gauge", gauge


def _named_by_route(route: Route, *place: Hashable) -> Iterator[Reference]:
    yield (*place, "next"), "node", route.next
    for gauge, _sign, _number in route.conditions():
        yield (*place, "if"), "gauge", gauge
