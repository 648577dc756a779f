"""Sheets: forms that a learner fills in for one partner, and what is shown of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from brmcourse.model.base import (
    Answerable,
    Content,
    Id,
    Text,
    flaw,
    raise_all,
    require_own_ids,
    unknown,
)


class Answer(Content):
    """One of the answers of a choice; `points` count in sheets that show points."""

    id: Id
    text: Text
    points: int = Field(default=0, ge=0)


class FormField(Content):
    """One thing to fill in: a line, a text of several lines, a date, or a choice of answers.

    `short` is what it is called in the columns of a list and on paper, if not by its label.
    `for_partner` says that its words may be offered for the page that the partner reads.
    """

    id: Id
    kind: Literal["line", "text", "date", "choice"]
    label: Text
    short: Text | None = None
    hint: Text | None = None
    for_partner: bool = False
    options: tuple[Answer, ...] = ()

    def said(self, value: str) -> str:
        """Return what a reader sees of a stored value: the chosen answer's words, or itself."""
        words = {answer.id: answer.text for answer in self.options}
        return words.get(value, value)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.kind == "choice" and len(self.options) <= 1:
            few = f"{len(self.options)} options to choose from"
            message = f'the field "{self.id}" is a choice with {few}'
            advice = "Write two options or more, or make it `kind: line`."
            raise flaw("sheet.options", message, advice, "options")
        if self.kind != "choice" and self.options:
            none = f'a field of kind "{self.kind}" has none'
            message = f'the field "{self.id}" has options, but {none}'
            advice = "Make it `kind: choice`, or delete the options."
            raise flaw("sheet.options", message, advice, "options")
        require_own_ids("option id", self.options, "options")
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
    """Entries grouped by an answer, drawn as circles: the first of the options is the inmost."""

    kind: Literal["circles"]
    field: Id


class Pressures(Content):
    """Entries drawn round the partner: who presses them, for what and by when.

    `state` is the choice that says whether it is known; `sure` is its answer for what is.
    """

    kind: Literal["pressures"]
    who: Id
    wants: Id
    by: Id
    state: Id
    sure: Id


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


class Waiting(Content):
    """That each entry of a list waits on Home from its date on.

    date     the field with the day
    state    the choice that says how it stands, and `open` those of its answers with which an entry
             still waits; it does too while none is chosen
    title    what Home and a calendar call it: no word of the learner's own is in it
    minutes  what it takes
    """

    kind: Literal["promise", "contact"]
    date: Id
    state: Id
    open: tuple[Id, ...] = Field(min_length=1)
    title: Text
    minutes: int = Field(default=1, ge=1, le=8)


class Sheet(Answerable):
    """A form of one page, or with `entry` (what one is called) a list that grows.

    `names` is the field with the code of the partner, on the sheet where one is chosen.
    """

    unshown: ClassVar[Any] = {"names": True, "due": True, "fields": {"__all__": {"for_partner"}}}

    id: Id
    module: Id
    title: Text
    lead: Text
    entry: Text | None = None
    names: Id | None = None
    fields: tuple[FormField, ...] = Field(min_length=1)
    shows: (
        Annotated[
            Dates | Tally | Circles | Pressures | Letter | Points, Field(discriminator="kind")
        ]
        | None
    ) = None
    due: Waiting | None = None

    def field(self, name: str) -> FormField:
        """Return the field of that id."""
        fields = {field.id: field for field in self.fields}
        return fields[name]

    def headline(self, texts: Mapping[str, str]) -> str:
        """Return what an entry is known by: the first thing written in it, or nothing."""
        for field in self.fields:
            written = texts.get(field.id, "")
            if written and field.kind in {"line", "text"}:
                return written
        return ""

    @property
    def best(self) -> int:
        """The most points that the answers can earn together."""
        total = 0
        for field in self.fields:
            total += max((answer.points for answer in field.options), default=0)
        return total

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("field id", self.fields, "fields")
        raise_all(self._dangling())
        return self

    def _dangling(self) -> Iterator[PydanticCustomError]:
        if self.names is not None:
            yield from self._no_such_field("line", [self.names], "names")
        match self.shows:
            case Dates() as shown:
                yield from self._no_such_field("date", [shown.field], "shows", "field")
            case Circles() as shown:
                yield from self._no_such_field("choice", [shown.field], "shows", "field")
            case Pressures() as shown:
                yield from self._wrong_pressures(shown)
            case Tally() as shown:
                yield from self._wrong_tally(shown)
            case Points() as shown:
                yield from self._wrong_points(shown)
        if self.due is not None:
            yield from self._wrong_due(self.due)

    def _wrong_due(self, due: Waiting) -> Iterator[PydanticCustomError]:
        yield from self._no_such_field("date", [due.date], "due", "date")
        if due.state not in self._names_of("choice"):
            yield from self._no_such_field("choice", [due.state], "due", "state")
            return
        known = [answer.id for answer in self.field(due.state).options]
        for name in due.open:
            if name not in known:
                yield unknown("option", name, known, "due", "open")

    def _wrong_pressures(self, shown: Pressures) -> Iterator[PydanticCustomError]:
        for place in ("who", "wants", "by"):
            yield from self._no_such_field("line", [getattr(shown, place)], "shows", place)
        if shown.state not in self._names_of("choice"):
            yield from self._no_such_field("choice", [shown.state], "shows", "state")
            return
        known = [answer.id for answer in self.field(shown.state).options]
        if shown.sure not in known:
            yield unknown("option", shown.sure, known, "shows", "sure")

    def _wrong_tally(self, tally: Tally) -> Iterator[PydanticCustomError]:
        if tally.field not in self._names_of("choice"):
            yield from self._no_such_field("choice", [tally.field], "shows", "field")
            return
        known = [answer.id for answer in self.field(tally.field).options]
        for name in tally.counted:
            if name not in known:
                yield unknown("option", name, known, "shows", "counted")
        if tally.good not in tally.counted:
            yield unknown("counted option", tally.good, tally.counted, "shows", "good")

    def _wrong_points(self, points: Points) -> Iterator[PydanticCustomError]:
        yield from self._no_such_field("choice", points.never_zero, "shows", "never_zero")
        if points.ready > self.best:
            most = f"all answers together bring {self.best} points at most"
            message = f'"ready" is {points.ready}, and {most}'
            advice = "Lower it, or raise the points."
            yield flaw("field.range", message, advice, "shows", "ready")

    def _no_such_field(
        self, kind: str, names: Iterable[str], *place: str
    ) -> Iterator[PydanticCustomError]:
        known = self._names_of(kind)
        for name in names:
            if name not in known:
                yield unknown(f"field of kind {kind}", name, known, *place)

    def _names_of(self, kind: str) -> list[str]:
        return [field.id for field in self.fields if field.kind == kind]
