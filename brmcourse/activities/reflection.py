"""A reflection: free text to one or more prompts, private."""

from brmcourse.activities.writing import WritingState, ids, replay, update
from brmcourse.model.prompts import Prompts

__all__ = ["begin", "replay", "subjects", "update"]


def subjects(prompts: Prompts) -> tuple[str, ...]:
    """Return the reflection prompts."""
    return ids(prompts.reflections)


def begin(prompts: Prompts, _seed: str) -> WritingState:
    """Return the empty page."""
    return WritingState(prompts.reflections, "reflection.wrote", ("text",))
