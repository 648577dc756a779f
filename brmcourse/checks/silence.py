"""Rules on silenced rules: a silence must name a rule that exists."""

from collections.abc import Iterator
from typing import Any

from brmcourse.checks.rule import RULES, Flaw, Whole, rule
from brmcourse.content.yaml import Place
from brmcourse.errors import hint
from brmcourse.model.base import Content


@rule("silence.unknown-rule", Content)
def unknown_rule(content: Content, _whole: Whole) -> Iterator[Flaw]:
    """Find silences of rules that do not exist."""
    for place, name in _silences(content, ()):
        if name not in RULES:
            message = f'there is no rule called "{name}".{hint(name, RULES)}'
            yield Flaw(
                place,
                message,
                "Correct its name, or delete this silence. docs/rules has all names.",
            )


def _silences(content: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(content, Content):
        for number, entry in enumerate(content.silence):
            yield (*place, "silence", number), entry.rule
        for name in type(content).model_fields:
            yield from _silences(getattr(content, name), (*place, name))
    elif isinstance(content, tuple):
        for number, entry in enumerate(content):
            yield from _silences(entry, (*place, number))
    elif isinstance(content, dict):
        for name, entry in content.items():
            yield from _silences(entry, (*place, name))
