"""What a module asks the learner to write: reflections and if-then plans."""

from typing import Self

from pydantic import model_validator

from brmcourse.model.base import Answerable, Content, Id, Text, require_own_ids


class ReflectionPrompt(Answerable):
    """A question to write about, privately."""

    id: Id
    title: Text
    text: Text
    hint: Text


class PlanPrompt(Answerable):
    """The frame of one if-then plan, with an example for each of its three parts."""

    id: Id
    title: Text
    text: Text
    situation_hint: Text
    action_hint: Text
    when_hint: Text


class Prompts(Content):
    """What a module asks the learner to write."""

    id: Id
    module: Id
    reflections: tuple[ReflectionPrompt, ...] = ()
    plans: tuple[PlanPrompt, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("prompt id", (*self.reflections, *self.plans))
        return self
