"""Working with difficult business partners: the names a notebook of the course uses."""

from brmcourse.hosts.notebook import converse, plan, quiz, reflect, scale

__all__ = ["converse", "plan", "quiz", "reflect", "scale"]
