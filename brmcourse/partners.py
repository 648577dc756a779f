"""Who the learner works on: one partner from the beginning, others if they wish; one is current."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from brmcourse.events import FIRST_PARTNER, PARTNERS, Draft, Event, PartnerChosen

EDITION = 1
"""Partners are nothing that an author could change."""


@dataclass(frozen=True)
class Partners:
    """The codes of the partners chosen so far, by key, and the key of the current one."""

    codes: dict[str, str] = field(default_factory=dict)
    current: str = FIRST_PARTNER

    @property
    def several(self) -> bool:
        """Whether there is more than one, so that a page has to say whom it is about."""
        return len(self.codes) > 1

    def code(self, key: str) -> str:
        """Return what the learner calls that partner."""
        return self.codes.get(key) or f"Partner {key}"

    @property
    def next_key(self) -> str:
        """A key that no partner has."""
        used = [int(key) for key in (*self.codes, FIRST_PARTNER) if key.isdecimal()]
        return str(max(used) + 1)


def partners(events: Iterable[Event]) -> Partners:
    """Return the partners that these events lead to; events of other kinds count for nothing."""
    found = Partners()
    for event in events:
        if isinstance(event.body, PartnerChosen) and event.partner:
            codes = {**found.codes, event.partner: event.body.code}
            found = replace(found, codes=codes, current=event.partner)
    return found


def choosing(code: str) -> Draft:
    """Return the event of choosing a partner; whose key it has is said where it is recorded."""
    return Draft(PARTNERS, EDITION, PartnerChosen(code))
