"""Statistics of a group for its facilitator: pandas in, pandas out.

Importing this brings pandas in, so nothing of the learner's course does. Every function refuses,
or leaves empty, what a group of its size may not be told (`brmcourse.scoring.groups` has the
table). docs/statistics.md says where other programs come to other numbers, and why.
"""

from brmcourse.cohort.alpha import Reliability, reliability
from brmcourse.cohort.anonymity import suppress, suppress_groups, suppress_waves
from brmcourse.cohort.items import distractors, item_statistics, preferred
from brmcourse.cohort.omega import Omega, omega_total
from brmcourse.cohort.people import deciles, gaps, ipsatise, reliable_change

__all__ = [
    "Omega",
    "Reliability",
    "deciles",
    "distractors",
    "gaps",
    "ipsatise",
    "item_statistics",
    "omega_total",
    "preferred",
    "reliability",
    "reliable_change",
    "suppress",
    "suppress_groups",
    "suppress_waves",
]
