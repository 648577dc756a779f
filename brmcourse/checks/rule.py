"""What a rule is: a name that stays, what it looks at, how grave it is, what it finds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from brmcourse.checks.reading import Reading
from brmcourse.content.yaml import Place, Source
from brmcourse.errors import Problem, Severity
from brmcourse.model.base import Content
from brmcourse.model.course import Course


@dataclass(frozen=True)
class Flaw:
    """One thing a rule found: where (keys and positions), what is wrong, how to mend it."""

    place: Place
    message: str
    advice: str


@dataclass(frozen=True)
class Part:
    """One file of the course: what it holds, and where each piece of it stands."""

    content: Content | Reading
    source: Source


P = TypeVar("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Whole:
    """Everything that could be loaded, for rules that compare one file with another."""

    root: Path
    parts: Sequence[Part]
    broken: frozenset[str] = field(default_factory=frozenset)
    """Paths of the files that could not be loaded: what they hold is unknown, not missing."""

    _worked_out: dict[tuple[str, int], tuple[object, Any]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def once(self, what: str, content: object, work: Callable[[], T]) -> T:
        """Return what `work` makes of that content, worked out once for all rules that ask."""
        key = what, id(content)
        if key not in self._worked_out:
            # The content is kept as well, so that no other gets its id.
            self._worked_out[key] = content, work()
        _, found = self._worked_out[key]
        result: T = found
        return result

    def all(self, kind: type[P]) -> list[tuple[P, Source]]:
        """Return the content of that kind with its sources, in file order."""
        return [
            (part.content, part.source) for part in self.parts if isinstance(part.content, kind)
        ]

    @property
    def course(self) -> Course | None:
        """The course, unless its file is broken."""
        found = self.all(Course)
        return found[0][0] if found else None


Find = Callable[[Any, Whole], Iterator[Flaw]]


@dataclass(frozen=True)
class Rule:
    """A rule about one kind of content."""

    name: str
    about: type[Any]
    severity: Severity
    find: Find

    def problems(self, part: Part, whole: Whole) -> Iterator[Problem]:
        """Yield what this rule finds in a file, without the warnings that its author silenced."""
        source = part.source
        for flaw in self.find(part.content, whole):
            if self.severity == "warning" and silenced(self.name, flaw.place, source.data):
                continue
            line = source.line(flaw.place)
            yield Problem(source.path, line, self.name, flaw.message, flaw.advice, self.severity)


RULES: dict[str, Rule] = {}
"""Every rule of the modules beside this one, by its name."""


def rule(name: str, about: type[Any], severity: Severity = "error") -> Callable[[Find], Find]:
    """Register a function as the rule of that name about that kind of content."""

    def register(find: Find) -> Find:
        RULES[name] = Rule(name, about, severity, find)
        return find

    return register


def silenced(name: str, place: Place, data: Any) -> bool:
    """Say whether something on the way to `place` carries `silence: [{rule: name, reason: …}]`."""
    if _silences(name, data):
        return True
    for step in place:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return False
        if _silences(name, data):
            return True
    return False


def _silences(name: str, data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    return any(entry["rule"] == name for entry in data.get("silence") or ())
