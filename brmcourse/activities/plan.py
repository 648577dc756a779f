"""An if-then plan: a situation, an act, and when."""

from brmcourse.activities.writing import WritingState, ids, replay, update
from brmcourse.model.prompts import Prompts

__all__ = ["begin", "replay", "subjects", "update"]


def subjects(prompts: Prompts) -> tuple[str, ...]:
    """Return the plan prompts."""
    return ids(prompts.plans)


def begin(prompts: Prompts, _seed: str) -> WritingState:
    """Return the empty plan."""
    return WritingState(prompts.plans, "plan.wrote", ("situation", "action", "when"))
