"""How far two views of the same acts lie apart: what somebody says of themselves, and a partner."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from brmcourse.model.scale import Format, Item

SIMILAR = 20
"""Points from which two views are worth a conversation; below it they are broadly similar."""

WHOLE = 100

Ratings = Mapping[str, int | None]


class Gap(NamedTuple):
    """Self minus partner: in points from 0 to 100, and in steps of the answer format.

    `items` is how many lines both answered.
    """

    points: float
    steps: float
    items: int

    @property
    def similar(self) -> bool:
        """Whether the two are broadly similar; if not, they are worth a conversation."""
        return abs(self.points) < SIMILAR


def gap(items: Sequence[Item], form: Format, own: Ratings, theirs: Ratings) -> Gap | None:
    """Return the gap over the items that both answered; None if those are too few.

    Both ratings are by item and in the direction of its words; reversed items are turned round as
    min + max - x. None ("no chance yet", "don't know") and what is not there are missing, and the
    required share of the items must be answered by both. The mean of the differences is taken as
    whole numbers, so that a gap of exactly 20 points is one. Source: STATISTICS.md, "Conventions".
    """
    found = []
    for item in items:
        mine, other = own.get(item.id), theirs.get(item.id)
        if mine is not None and other is not None:
            found.append(other - mine if item.reverse else mine - other)
    count, total = len(found), sum(found)
    if not count or count < form.required_share * len(items):
        return None
    return Gap(WHOLE * total / (count * (form.max - form.min)), total / count, count)


def distance(own: float, theirs: float, form: Format, items: int) -> Gap:
    """Return the gap between two scores from 0 to 100, such as one's own and that of a group."""
    points = round(own - theirs, 6)
    return Gap(points, points / WHOLE * (form.max - form.min), items)
