"""Sheets: forms that a learner fills in for one partner, once or entry by entry, and what is shown of them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from brmcourse.errors import hint
from brmcourse.model.base import Answerable, Content, Id, Text, flaw, raise_all, require_unique


class Answer(Content):
    """One of the answers of a choice; `points` count in sheets that show points."""

    id: Id
    text: Text
    points: int = Field(default=0, ge=0)


class FormField(Content):
    """One thing to fill in: a line, a text of several lines, a date, or a choice between answers."""

    id: Id
    kind: Literal["line", "text", "date", "choice"]
    label: Text
    hint: Text | None = None
    options: tuple[Answer, ...] = ()

    def said(self, value: str) -> str:
        """Return what a reader sees of a stored value: the words of the answer chosen, else the text itself."""
        return next((answer.text for answer in self.options if answer.id == value), value)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.kind == "choice" and len(self.options) <= 1:
            message = (
                f'the field "{self.id}" is a choice with {len(self.options)} options to choose from'
            )
            raise flaw(
                "sheet.options",
                message,
                "Write two options or more, or make it `kind: line`.",
                "options",
            )
        if self.kind != "choice" and self.options:
            message = (
                f'the field "{self.id}" has options, but a field of kind "{self.kind}" has none'
            )
            raise flaw(
                "sheet.options",
                message,
                "Make it `kind: choice`, or delete the options.",
                "options",
            )
        require_unique("option id", (answer.id for answer in self.options), "options")
        return self


class Dates(Content):
    """Entries in the order of a date."""

    kind: Literal["dates"]
    field: Id


class Tally(Content):
    """How many of the entries counted stand at the good answer."""

    kind: Literal["tally"]
    field: Id
    good: Id
    counted: tuple[Id, ...] = Field(min_length=1)
    label: Text


class Circles(Content):
    """Entries grouped by an answer, drawn as circles from the inside out in the order of the options."""

    kind: Literal["circles"]
    field: Id


class Letter(Content):
    """The texts of all fields as one letter."""

    kind: Literal["letter"]


class Points(Content):
    """The sum of the points; ready from `ready` on, if none of `never_zero` earned nothing."""

    kind: Literal["points"]
    ready: int
    never_zero: tuple[Id, ...] = ()
    met: Text
    unmet: Text


class Sheet(Answerable):
    """A form of one page, or with `entry` (what one is called) a list that grows.

    `names` is the field with the code of the partner, on the sheet where one is chosen.
    """

    unshown: ClassVar[Any] = {"names": True}

    id: Id
    module: Id
    title: Text
    lead: Text
    entry: Text | None = None
    names: Id | None = None
    fields: tuple[FormField, ...] = Field(min_length=1)
    shows: (
        Annotated[Dates | Tally | Circles | Letter | Points, Field(discriminator="kind")] | None
    ) = None

    def field(self, name: str) -> FormField:
        """Return the field of that id."""
        return next(field for field in self.fields if field.id == name)

    def headline(self, texts: Mapping[str, str]) -> str:
        """Return what an entry is known by: the first thing written in it, empty if there is none."""
        written = (
            texts.get(field.id, "") for field in self.fields if field.kind in {"line", "text"}
        )
        return next(filter(None, written), "")

    @property
    def best(self) -> int:
        """The most points that the answers can earn together."""
        return sum(
            max((answer.points for answer in field.options), default=0) for field in self.fields
        )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_unique("field id", (field.id for field in self.fields), "fields")
        raise_all(self._dangling())
        return self

    def _dangling(self) -> Iterator[PydanticCustomError]:
        kinds = {field.id: field.kind for field in self.fields}
        wanted = {"dates": "date", "tally": "choice", "circles": "choice"}
        if self.names is not None and kinds.get(self.names) != "line":
            lines = [name for name, kind in kinds.items() if kind == "line"]
            yield _unknown("field of kind line", self.names, lines, "names")
        match self.shows:
            case Dates() | Tally() | Circles() as shown if (
                kinds.get(shown.field) != wanted[shown.kind]
            ):
                known = [name for name, kind in kinds.items() if kind == wanted[shown.kind]]
                what = f"field of kind {wanted[shown.kind]}"
                yield _unknown(what, shown.field, known, "shows", "field")
            case Tally() as shown:
                known = [answer.id for answer in self.field(shown.field).options]
                yield from (
                    _unknown("option", n, known, "shows", "counted")
                    for n in shown.counted
                    if n not in known
                )
                if shown.good not in shown.counted:
                    yield _unknown(
                        "counted option", shown.good, list(shown.counted), "shows", "good"
                    )
            case Points() as shown:
                known = [name for name, kind in kinds.items() if kind == "choice"]
                what = "field of kind choice"
                yield from (
                    _unknown(what, n, known, "shows", "never_zero")
                    for n in shown.never_zero
                    if n not in known
                )
                if shown.ready > self.best:
                    message = f'"ready" is {shown.ready}, and all answers together bring {self.best} points at most'
                    yield flaw(
                        "field.range", message, "Lower it, or raise the points.", "shows", "ready"
                    )


def _unknown(what: str, name: str, known: list[str], *place: str) -> PydanticCustomError:
    message = f'there is no {what} called "{name}".{hint(name, known)}'
    return flaw(
        "reference.unknown", message, f"Use one of: {', '.join(known) or 'none yet'}.", *place
    )
