"""What is remembered of an item, and when to ask for it again: FSRS, in whole days.

FSRS-6 with the parameters its authors fitted to many people's reviews (Open Spaced Repetition,
package `fsrs`). A day counts once: who answers twice on one day has read the feedback in between.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""The day that the package is told an item was last asked for; only the days since then matter."""

LAST_DAY = date.max
"""What lies behind it, no calendar has."""

STEPS = 20_000
"""How many steps of the schedule are kept: most items take the same first ones."""


class Grade(IntEnum):
    """How an answer went, as FSRS counts. Its fourth grade, "easy", nobody is given here."""

    AGAIN = 1
    HARD = 2
    GOOD = 3


class Memory(NamedTuple):
    """What is known of one item: stability in days, difficulty from 1 to 10, last asked, due."""

    stability: float
    difficulty: float
    last: date
    due: date
    grade: Grade


def remembered(before: Memory | None, grade: Grade, day: date, retention: float) -> Memory:
    """Return what is known after an answer on a day; the same as before on a day that counted.

    `retention` is the chance of a right answer, over 0 and under 1, at which an item comes back.
    """
    if before is not None and day <= before.last:
        return before
    if before is None:
        stability, difficulty, days = _step(None, None, grade, 0, retention)
    else:
        known = before.stability, before.difficulty
        stability, difficulty, days = _step(*known, grade, (day - before.last).days, retention)
    return Memory(stability, difficulty, day, _later(day, days), grade)


def chance(memory: Memory, day: date) -> float:
    """Return how likely it is, from 0 to 1, that an item is still remembered on a day."""
    days = max(0, (day - memory.last).days)
    card = _card(memory.stability, memory.difficulty)
    return _scheduler(0.9).get_card_retrievability(card, EPOCH + timedelta(days=days))


def _later(day: date, days: int) -> date:
    return day + timedelta(days=min(days, (LAST_DAY - day).days))


@lru_cache(maxsize=STEPS)
def _step(
    stability: float | None, difficulty: float | None, grade: Grade, days: int, retention: float
) -> tuple[float, float, int]:
    """Return stability and difficulty after an answer so many days later, and the days to wait."""
    from fsrs import Rating  # noqa: PLC0415 -- as below

    now = EPOCH + timedelta(days=days)
    card, _ = _scheduler(retention).review_card(
        _card(stability, difficulty), Rating(int(grade)), now
    )
    return card.stability or 0.0, card.difficulty or 0.0, (card.due - now).days


def _card(stability: float | None, difficulty: float | None) -> Card:
    from fsrs import Card, State  # noqa: PLC0415 -- as below

    known = stability is not None
    return Card(
        card_id=0,
        state=State.Review if known else State.Learning,
        stability=stability,
        difficulty=difficulty,
        due=EPOCH,
        last_review=EPOCH if known else None,
    )


@cache
def _scheduler(retention: float) -> Scheduler:
    from fsrs import Scheduler  # noqa: PLC0415 -- needed only once something was answered

    return Scheduler(
        desired_retention=retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )
