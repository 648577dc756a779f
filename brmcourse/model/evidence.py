"""The references that the course cites, each with its strength and its caveat."""

from typing import Literal, Self

from pydantic import model_validator

from brmcourse.model.base import Content, Id, Text, require_own_ids


class Source(Content):
    """A reference: what it is used for, how strong it is (1 to 3), and why not to lean on it."""

    id: Id
    cite: Text
    reference: Text
    claim: Text
    strength: Literal[1, 2, 3]
    caveat: Text
    verify: bool


class Evidence(Content):
    """Every reference that the course cites."""

    sources: tuple[Source, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("source id", self.sources, "sources")
        return self
