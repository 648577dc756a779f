"""Branching conversations: nodes, choices, effects on the hidden state, and the way to an ending."""

import operator
import re
from collections.abc import Hashable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from brmcourse.errors import hint
from brmcourse.model.base import Answerable, Content, Id, Text, flaw, raise_all

GAUGE = (0, 10)
"""Lowest and highest value of trust, heard, clarity and any other gauge of the hidden state."""

COMPARE = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
CLAUSE = re.compile(r"\s*(\w+)\s*(>=|<=|==|>|<)\s*(\d+)\s*")


def clauses(condition: str) -> Iterator[tuple[str, str, int]]:
    """Yield (gauge, comparison, number) of `gauge >= number and …`, nothing of an empty condition.

    Raises ValueError if it reads otherwise.
    """
    for part in condition.split(" and ") if condition else ():
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
            raise flaw(
                "conversation.condition",
                f'cannot read the condition "{error}"',
                'Write it like "trust >= 7 and clarity >= 6".',
            ) from None
        return value

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.when is None) == (self.otherwise is None):
            raise flaw(
                "conversation.route",
                "a route needs either `if` or `else`",
                "Give it exactly one of them.",
            )
        return self

    def open(self, gauges: Mapping[str, int]) -> bool:
        """Say whether this route is taken in that state."""
        return all(
            COMPARE[sign](gauges[gauge], number) for gauge, sign, number in clauses(self.when or "")
        )


class Node(Content):
    """A turn (the partner speaks, the learner chooses), a junction (`auto`), or an ending.

    `scene` says when and where it goes on if time has passed, `fact` what the partner lets the
    learner know.
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
        return (*(choice.next for choice in self.choices), *(route.next for route in self.auto))

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if sum(map(bool, (self.choices, self.auto, self.ending))) != 1:
            raise flaw(
                "conversation.node",
                "a node needs exactly one of `choices`, `auto` and `ending`",
                "Give it choices, or routes, or make it an ending.",
            )
        if self.says is None and not self.auto:
            raise flaw("conversation.node", "nobody says anything here", "Add `says: …`.")
        if self.auto and self.auto[-1].otherwise is None:
            raise flaw(
                "conversation.route",
                "nothing is said of what happens when no condition holds",
                "End with `else: true`.",
                "auto",
                len(self.auto) - 1,
            )
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
        try:
            TopologicalSorter({name: node.exits for name, node in self.nodes.items()}).prepare()
        except CycleError as error:
            loop = error.args[1]
            message = f"the nodes run in a circle: {' → '.join(loop)}"
            raise flaw(
                "conversation.loop", message, "Lead one of them on.", "nodes", loop[0]
            ) from None
        return self

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
                message = f'there is no {what} called "{name}".{hint(name, known[what])}'
                yield flaw(
                    "reference.unknown", message, f"Use one of: {', '.join(known[what])}.", *place
                )

    def _references(self) -> Iterator[tuple[tuple[Hashable, ...], str, str]]:
        yield ("start",), "node", self.start
        for key, node in self.nodes.items():
            for number, choice in enumerate(node.choices):
                place = ("nodes", key, "choices", number)
                yield (*place, "next"), "node", choice.next
                yield (*place, "skill"), "skill", choice.skill
                yield from (((*place, "effects"), "gauge", gauge) for gauge in choice.effects)
            for number, route in enumerate(node.auto):
                place = ("nodes", key, "auto", number)
                yield (*place, "next"), "node", route.next
                yield from (
                    ((*place, "if"), "gauge", gauge) for gauge, *_ in clauses(route.when or "")
                )
            if node.fact:
                yield ("nodes", key, "fact"), "fact", node.fact
            if node.ending:
                yield ("nodes", key, "ending"), "ending", node.ending
