"""Rules on silenced rules: a silence must name a rule that exists."""

from collections.abc import Iterator

from brmcourse.checks.rule import RULES, Flaw, Whole, rule
from brmcourse.checks.walk import parts
from brmcourse.errors import hint
from brmcourse.model.base import Content


@rule("silence.unknown-rule", Content)
def unknown_rule(content: Content, _whole: Whole) -> Iterator[Flaw]:
    """Find silences of rules that do not exist."""
    for place, part in parts(content):
        if not isinstance(part, Content):
            continue
        for number, silence in enumerate(part.silence):
            if silence.rule not in RULES:
                yield Flaw(
                    (*place, "silence", number),
                    f'there is no rule called "{silence.rule}".{hint(silence.rule, RULES)}',
                    "Correct its name, or delete this silence. docs/rules has all names.",
                )
