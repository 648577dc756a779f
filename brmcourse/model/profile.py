"""The profile: which self-assessments it shows, and one act to try for each of their parts."""

from collections.abc import Mapping
from functools import cached_property

from pydantic import Field

from brmcourse.model.base import Content, Id, Text


class Wobble(Content):
    """How much a result changes by itself, assumed as long as nobody has measured it.

    `reliability` is the assumed coefficient, `spread` the assumed standard deviation between people
    in points of 0 to 100; `text` says so to the learner.
    """

    reliability: float = Field(gt=0, lt=1)
    spread: float = Field(gt=0, le=50)
    text: Text


class Act(Content):
    """One act to try for a part of a self-assessment, and the section that teaches it."""

    of: Id
    section: Id
    attempt: Text = Field(alias="try")


class Profile(Content):
    """The page over all self-assessments about one partner."""

    id: Id
    title: Text
    lead: Text
    scales: tuple[Id, ...] = Field(min_length=1)
    wobble: Wobble
    acts: tuple[Act, ...] = ()

    @cached_property
    def by_part(self) -> Mapping[str, Act]:
        """The acts by "SCALE.part"."""
        return {act.of: act for act in self.acts}
