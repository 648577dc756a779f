"""What a learner did, as immutable events. Progress, marks and plots are folds over them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from uuid6 import uuid7


@dataclass(frozen=True)
class Draft:
    """An event to be recorded: what happened (`kind`) to which content (`subject`, in which version)."""

    kind: str
    subject: str
    fingerprint: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Event(Draft):
    """A recorded event. `id` sorts by time of recording; `time` is UTC."""

    id: str
    time: datetime

    def body_json(self) -> str:
        """Return the body as JSON text, with every character kept as it was typed."""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":"))


def record(draft: Draft) -> Event:
    """Stamp a draft with a time-ordered id and the time of now."""
    return Event(
        draft.kind, draft.subject, draft.fingerprint, draft.body, str(uuid7()), datetime.now(UTC)
    )
