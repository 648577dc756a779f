"""Branching conversations: nodes, choices, effects on the hidden state, and the way to an ending."""

import operator
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from brmcourse.model.base import Content, Id, Text, flaw

GAUGE = (0, 10)
"""Lowest and highest value of trust, heard, clarity and any other gauge of the hidden state."""

COMPARE = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "==": operator.eq}
CLAUSE = re.compile(r"\s*(\w+)\s*(>=|<=|==|>|<)\s*(\d+)\s*")


def clauses(condition: str) -> Iterator[tuple[str, str, int]]:
    """Yield (gauge, comparison, number) of `gauge >= number and …`; raise ValueError if it reads otherwise."""
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
            tuple(clauses(value or "trust >= 0"))
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
            raise flaw("conversation.route", "a route needs either `if` or `else`", "Give it exactly one of them.")
        return self

    def open(self, gauges: Mapping[str, int]) -> bool:
        """Say whether this route is taken in that state."""
        if self.when is None:
            return True
        return all(COMPARE[sign](gauges[gauge], number) for gauge, sign, number in clauses(self.when))


class Node(Content):
    """A turn (the partner speaks, the learner chooses), a junction (`auto`), or an ending."""

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
            raise flaw("conversation.route", "no route is left when none holds", "End with `else: true`.")
        return self


class Conversation(Content):
    """A conversation to play: who, where, the hidden state at the start, and the nodes."""

    unshown: ClassVar[Any] = {
        "debrief": True, "exit_rule": True, "endings": True, "skills": True,
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
    start: Id
    nodes: dict[Id, Node]
    debrief: tuple[Text, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        self._require_known("node", {"start": (self.start,)} | self._each("exits"), set(self.nodes))
        effects = {key: [g for c in node.choices for g in c.effects] for key, node in self.nodes.items()}
        tests = {key: [g for r in n.auto if r.when for g, *_ in clauses(r.when)] for key, n in self.nodes.items()}
        self._require_known("gauge", effects, set(self.state))
        self._require_known("gauge", tests, set(self.state))
        skills = {key: [choice.skill for choice in node.choices] for key, node in self.nodes.items()}
        self._require_known("skill", skills, set(self.skills))
        endings = {key: [node.ending] for key, node in self.nodes.items() if node.ending}
        self._require_known("ending", endings, set(self.endings))
        try:
            TopologicalSorter(self._each("exits")).prepare()
        except CycleError as error:
            loop = " → ".join(error.args[1])
            raise flaw("conversation.loop", f"the nodes run in a circle: {loop}", "Lead one of them on.") from None
        return self

    def _each(self, name: str) -> dict[str, Any]:
        return {key: getattr(node, name) for key, node in self.nodes.items()}

    def _require_known(self, what: str, used: Mapping[str, Any], known: set[str]) -> None:
        for place, names in used.items():
            for name in names:
                if name not in known:
                    raise flaw(
                        "reference.unknown",
                        f'"{place}" names the {what} "{name}", which is not there',
                        f"Use one of: {', '.join(sorted(known))}.",
                    )
