"""The journal: its words, and questions that an entry can begin with."""

from typing import Self

from pydantic import Field, model_validator

from brmcourse.model.base import Answerable, Content, Id, Text, require_own_ids


class JournalPrompt(Content):
    """A question to begin with; `title` is what it is called in the list of them."""

    id: Id
    title: Text
    text: Text


class Journal(Answerable):
    """Entries of the learner's own; `label` and `hint` stand at the field for the text."""

    id: Id
    title: Text
    lead: Text
    label: Text
    hint: Text
    prompts: tuple[JournalPrompt, ...] = Field(max_length=40)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("prompt id", self.prompts, "prompts")
        return self
