"""How sure a learner was of an answer, and what that earns beside the answer's own mark."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from brmcourse.scoring.marks import Mark


class Stake(NamedTuple):
    """What a level of certainty brings if the answer is right, and costs if it is wrong, in points.

    It brings the most of all levels to who is right in a share of such answers between `pays_from`
    and `pays_to`.
    """

    gain: int
    cost: int
    pays_from: float
    pays_to: float


STAKES: Mapping[int, Stake] = MappingProxyType(
    {1: Stake(1, 0, 0, 2 / 3), 2: Stake(2, 2, 2 / 3, 4 / 5), 3: Stake(3, 6, 4 / 5, 1)}
)
"""The three levels, from not sure (1) to very sure (3). So chosen that one does best by saying how
sure one is: between neighbours the expected points are equal at 2/3 and at 4/5 (Gardner-Medwin
2006, "Confidence-based marking"; STATISTICS.md, "certainty marking")."""


class SureAnswer(NamedTuple):
    """An answer with the certainty (1 to 3) that was given with it; its credit is from 0 to 1."""

    certainty: int
    credit: float

    @property
    def points(self) -> float:
        """What the certainty earns; the formula is at `certainty_points`."""
        stake = STAKES[self.certainty]
        return stake.gain * self.credit if self.credit else -stake.cost


class Level(NamedTuple):
    """How answers of one certainty went: how many earned all, a part, or nothing of the point."""

    certainty: int
    right: int
    partly: int
    wrong: int
    points: float

    @property
    def answers(self) -> int:
        """How many answers there are of this certainty."""
        return self.right + self.partly + self.wrong

    @property
    def stake(self) -> Stake:
        """What this certainty brings and costs, and for whom it pays."""
        return STAKES[self.certainty]


def certainty_points(mark: Mark, certainty: int) -> float:
    """Return what a certainty of 1, 2 or 3 earns with a mark, in points from -6 to 3.

    credit = points / max_points; 1 / 2 / 3 times the credit if there is any, else 0 / -2 / -6. A
    partial credit scales the gain and is not penalised. Raises KeyError for another certainty.
    Source: Gardner-Medwin (2006); STATISTICS.md, "certainty marking".
    """
    return SureAnswer(certainty, mark.points / mark.max_points).points


def calibration(answers: Iterable[SureAnswer]) -> tuple[Level, ...]:
    """Return how answers went at each of the three levels, from 1 to 3, also where there is none.

    An answer without a certainty has no place here. Raises KeyError for a certainty out of range.
    """
    found: dict[int, list[SureAnswer]] = {certainty: [] for certainty in STAKES}
    for answer in answers:
        found[answer.certainty].append(answer)
    return tuple(_level(certainty, given) for certainty, given in found.items())


def _level(certainty: int, given: list[SureAnswer]) -> Level:
    right = sum(answer.credit == 1 for answer in given)
    wrong = sum(answer.credit == 0 for answer in given)
    points = sum(answer.points for answer in given)
    return Level(certainty, right, len(given) - right - wrong, wrong, points)
