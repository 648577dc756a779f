"""What is remembered, and when it comes back: FSRS beside the package's own scheduler."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from brmcourse.scoring.memory import Grade, Memory, chance, remembered

START = date(2026, 11, 24)
RETENTION = 0.85

steps = st.lists(st.tuples(st.sampled_from(Grade), st.integers(1, 400)), min_size=1, max_size=12)
retentions = st.sampled_from([0.7, 0.8, 0.85, 0.9, 0.97])


def known(*answers: tuple[Grade, int], retention: float = RETENTION) -> Memory:
    """Return what is known after answers, each so many days after the one before."""
    memory, day = None, START
    for grade, days in answers:
        day += timedelta(days=days)
        memory = remembered(memory, grade, day, retention)
    assert memory is not None
    return memory


@given(steps, retentions)
def test_it_is_the_packages_own_schedule(
    answers: list[tuple[Grade, int]], retention: float
) -> None:
    """After any answers, stability, difficulty, day and chance are those of one card that the
    package's scheduler is asked about directly.
    """
    scheduler = Scheduler(
        desired_retention=retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )
    now = datetime(START.year, START.month, START.day, 9, tzinfo=UTC)
    card, memory = Card(card_id=1, due=now), None
    for grade, days in answers:
        now += timedelta(days=days)
        card, _ = scheduler.review_card(card, Rating(int(grade)), now)
        memory = remembered(memory, grade, now.date(), retention)
        assert memory.stability == pytest.approx(card.stability)
        assert memory.difficulty == pytest.approx(card.difficulty)
        assert memory.due == card.due.date()
        later = now + timedelta(days=days)
        expected = scheduler.get_card_retrievability(card, later)
        assert chance(memory, later.date()) == pytest.approx(expected)


@given(steps)
def test_when_it_comes_back_about_so_many_know_it(answers: list[tuple[Grade, int]]) -> None:
    """It is due on the whole day nearest to the moment when the chance falls to the retention, and
    never on the same day.
    """
    memory = known(*answers)
    assert memory.due > memory.last
    before, after = (chance(memory, memory.due + timedelta(days=n)) for n in (-1, 1))
    assert after <= RETENTION <= before


def test_wrong_comes_back_first_and_unsure_before_right() -> None:
    """The day after one that was missed, then what was right but unsure, then what was right."""
    waits = [(known((grade, 0)).due - START).days for grade in Grade]
    assert waits[0] == 1
    assert waits == sorted(set(waits))


def test_each_right_answer_in_time_makes_the_wait_longer() -> None:
    """Whoever answers right each time it is due is asked less and less."""
    memory, waits = known((Grade.GOOD, 0)), []
    for _ in range(5):
        waits.append((memory.due - memory.last).days)
        memory = remembered(memory, Grade.GOOD, memory.due, RETENTION)
    assert all(one < later for one, later in pairwise(waits))


@given(steps, st.sampled_from(Grade), st.integers(0, 30))
def test_a_day_counts_once(answers: list[tuple[Grade, int]], grade: Grade, back: int) -> None:
    """A second answer on the same day, or one that comes in late, changes nothing."""
    memory = known(*answers)
    assert remembered(memory, grade, memory.last - timedelta(days=back), RETENTION) is memory


def test_the_last_day_of_the_calendar() -> None:
    """Nothing is due behind it."""
    assert remembered(None, Grade.GOOD, date.max, RETENTION).due == date.max


def test_the_package_is_loaded_only_when_something_was_answered() -> None:
    """Home of somebody who answered nothing loads no scheduler, and the scheduler nothing heavy."""
    code = (
        "import sys; from datetime import date; import brmcourse.reviews; "
        "from brmcourse.scoring.memory import Grade, remembered; "
        "print('fsrs' in sys.modules); before = set(sys.modules); "
        "remembered(None, Grade.GOOD, date.today(), 0.9); "
        "print(sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:2] == ["False", "['fsrs']"]
