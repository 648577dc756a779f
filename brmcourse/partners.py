"""Who the learner works on: one partner from the beginning, others if they wish; one is current."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from brmcourse.events import FIRST_PARTNER, PARTNERS, Draft, Event, PartnerChosen

EDITION = 1
"""Partners are nothing that an author could change."""


@dataclass(frozen=True)
class Partners:
    """The codes of the partners, by key (empty until they have one), and the current one's key."""

    codes: Mapping[str, str] = field(default_factory=lambda: {FIRST_PARTNER: ""})
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
        """The key of the next partner: one who has no code yet, or a key that nobody has."""
        for key, code in self.codes.items():
            if not code:
                return key
        number = 1
        while str(number) in self.codes:
            number += 1
        return str(number)


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
