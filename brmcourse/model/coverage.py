"""What the course has promised to teach, row by row, and the words it explains."""

from typing import Literal, Self

from pydantic import Field, model_validator

from brmcourse.model.base import Content, Id, Row, Text, require_own_ids, require_unique

Practice = Literal["Q", "S", "A", "R", "P"]
"""How a row is practised: Quiz, Scenario (a conversation), self-Assessment, Reflection, Plan."""

Proof = Literal["E1", "E2", "E3", "E4", "E5"]
"""What shows it was learnt: question, conversation, self-assessment, reflection, plan."""


class CoverageRow(Content):
    """One idea of the sources: its module, what a learner can do then, and how that shows."""

    id: Row
    idea: Text
    module: Id
    ability: Text
    practice: tuple[Practice, ...] = Field(min_length=1)
    evidence: tuple[Proof, ...] = Field(min_length=1)


class Coverage(Content):
    """The rows that the whole course has to cover."""

    rows: tuple[CoverageRow, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("row", self.rows, "rows")
        return self


class Term(Content):
    """A word that not every reader knows, other forms of it, and its meaning in plain words."""

    term: Text
    also: tuple[Text, ...] = ()
    meaning: Text


class Glossary(Content):
    """The words that the course may use without explaining them again."""

    terms: tuple[Term, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        forms: list[str] = []
        for term in self.terms:
            forms += [term.term.lower(), *map(str.lower, term.also)]
        require_unique("term", forms)
        return self
