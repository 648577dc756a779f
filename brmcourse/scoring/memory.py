"""What is remembered of an item, and when to ask for it again: FSRS, in whole days.

FSRS-6 with the parameters its authors fitted to many people's reviews (Open Spaced Repetition,
package `fsrs`). A day counts once: who answers twice on one day has read the feedback in between.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types import ModuleType

    from fsrs import Card, Scheduler

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""The day that the package is told an item was last asked for; only the days since then matter."""

ANY = 0.9
"""A retention to ask with where none matters: the chance on a day depends on the item alone."""


class Grade(IntEnum):
    """How an answer went, as FSRS counts. Its fourth grade, "easy", nobody is given here."""

    AGAIN = 1
    HARD = 2
    GOOD = 3


class Memory(NamedTuple):
    """What is known of one item after its last answer that counted.

    stability   days after which it is remembered with a chance of 0.9
    difficulty  from 1 to 10
    last, due   when that answer was, and when the next one is to be
    grade       how that answer went
    """

    stability: float
    difficulty: float
    last: date
    due: date
    grade: Grade


def remembered(before: Memory | None, grade: Grade, day: date, retention: float) -> Memory:
    """Return what is known after an answer on a day; the same as before on a day that counted.

    `retention` is the chance of a right answer, over 0 and under 1, at which an item comes back.
    """
    if before is None:
        card, now = _card(None, None), EPOCH
    elif day <= before.last:
        return before
    else:
        card = _card(before.stability, before.difficulty)
        now = EPOCH + (day - before.last)
    rating = _fsrs().Rating(int(grade))
    after, _ = _scheduler(retention).review_card(card, rating, now)
    try:
        due = day + (after.due - now)
    except OverflowError:
        due = date.max
    return Memory(after.stability or 0.0, after.difficulty or 0.0, day, due, grade)


def chance(memory: Memory, day: date) -> float:
    """Return how likely it is, from 0 to 1, that an item is still remembered on a day."""
    days = max(0, (day - memory.last).days)
    card = _card(memory.stability, memory.difficulty)
    return _scheduler(ANY).get_card_retrievability(card, EPOCH + timedelta(days=days))


def _card(stability: float | None, difficulty: float | None) -> Card:
    state = _fsrs().State
    card: Card = _fsrs().Card(
        card_id=0,
        state=state.Learning if stability is None else state.Review,
        stability=stability,
        difficulty=difficulty,
        due=EPOCH,
        last_review=None if stability is None else EPOCH,
    )
    return card


@cache
def _scheduler(retention: float) -> Scheduler:
    found: Scheduler = _fsrs().Scheduler(
        desired_retention=retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )
    return found


@cache
def _fsrs() -> ModuleType:
    """Return the package, which is loaded once something was answered."""
    import fsrs  # noqa: PLC0415

    return fsrs
