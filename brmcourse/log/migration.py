"""Events as the version of November 2026 wrote them, as the records of today.

That version kept points, tries and skills beside each answer, told a changed item by its wording,
and knew neither partners nor learners.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple
from uuid import UUID

from brmcourse.events import (
    FIRST_PARTNER,
    LEARNER,
    PARTNERS,
    SELF,
    LearnerBegan,
    PartnerChosen,
    Record,
    writable,
)

ABOUT_PARTNER = ("scale.", "sheet.", "reflection.", "plan.", "values.")
"""How the kinds of events begin that are about one partner."""

COMPUTED: Mapping[str, tuple[str, ...]] = {
    "quiz.answered": ("points", "max_points", "try"),
    "conversation.chose": ("points", "skill"),
}
"""What was written into bodies although it can be computed."""

EARLIER, FIRST = 0, 1
"""The editions before the first that was counted, and that one."""

PARTNER_SHEET, CODE = "partner", "code"
"""The sheet on which a partner was chosen, and its field for the code."""


class OldRecord(NamedTuple):
    """A row of the first form of the log."""

    id: str
    time: str
    kind: str
    subject: str
    fingerprint: str
    body: str


def modern(rows: Iterable[OldRecord], learner: str) -> Iterator[Record]:
    """Yield the records of today for rows in their order; a row that is no event comes as it is."""
    code = ""
    for row in rows:
        body = _body(row)
        record = _record(row, learner, body)
        yield record
        named = _code(row, body)
        if named and named != code:
            code = named
            yield _chosen(record, code)


def learner_of(rows: Iterable[OldRecord]) -> str:
    """Return an id for the learner of a log, drawn from the seed that was kept in it."""
    for row in rows:
        body = _body(row)
        if row.kind == LearnerBegan.kind and row.subject == LEARNER and body is not None:
            return _digest(str(body.get("seed"))).hex()[:16]
    return ""


def _body(row: OldRecord) -> dict[str, Any] | None:
    try:
        body = json.loads(row.body)
    except (ValueError, TypeError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _record(row: OldRecord, learner: str, body: dict[str, Any] | None) -> Record:
    kind = row.kind if isinstance(row.kind, str) else ""
    text = row.body
    if body is not None and kind in COMPUTED:
        kept = {name: value for name, value in body.items() if name not in COMPUTED[kind]}
        text = writable(json.dumps(kept, ensure_ascii=False, separators=(",", ":")))
    partner = FIRST_PARTNER if kind.startswith(ABOUT_PARTNER) else ""
    edition = _edition(row.subject, row.fingerprint)
    return Record(row.id, row.time, row.kind, row.subject, edition, learner, SELF, partner, text)


def _edition(subject: str, fingerprint: str) -> int:
    known = _fingerprints().get(subject)
    return FIRST if known in (None, fingerprint) else EARLIER


@cache
def _fingerprints() -> Mapping[str, str]:
    """Return what each item's wording was known by when its first edition was counted."""
    text = files(__package__).joinpath("fingerprints.json").read_text("utf-8")
    found: Mapping[str, str] = json.loads(text)
    return found


def _code(row: OldRecord, body: dict[str, Any] | None) -> str:
    if body is None or (row.kind, row.subject) != ("sheet.wrote", PARTNER_SHEET):
        return ""
    texts = body.get("texts")
    code = texts.get(CODE) if isinstance(texts, dict) else None
    return code.strip() if isinstance(code, str) else ""


def _chosen(record: Record, code: str) -> Record:
    """Return the event of choosing a partner, with an id that only this row leads to."""
    return record._replace(
        id=str(UUID(bytes=_digest(f"{record.id} chosen")[:16], version=4)),
        kind=PartnerChosen.kind,
        subject=PARTNERS,
        body=writable(json.dumps({"code": code}, ensure_ascii=False, separators=(",", ":"))),
    )


def _digest(text: str) -> bytes:
    return sha256(writable(text).encode()).digest()
