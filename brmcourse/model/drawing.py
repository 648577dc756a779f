"""Drawings: one for each module, which explains by example; the words in it are content."""

from datetime import date
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from brmcourse.model.base import Content, Id, Text, flaw


class Pressing(NamedTuple):
    """One who presses, as drawn: who, for what, by when, and the word for known or guessed."""

    who: str
    wants: str
    by: str
    says: str
    known: bool


class Pressure(Content):
    """Somebody who presses the partner: for what, by when, and whether that is known or guessed."""

    who: Text
    wants: Text
    by: Text | None = None
    known: bool


class PressureMap(Content):
    """A partner in the middle, and round them those who press."""

    kind: Literal["pressures"]
    middle: Text
    pressures: tuple[Pressure, ...] = Field(min_length=1, max_length=8)


class Value(Content):
    """One value on the circle; `seen` is what shows that the person in the middle holds it."""

    name: Text
    wedge: int = Field(ge=0)
    seen: Text | None = None


class ValuesCircle(Content):
    """The values round a person who holds several; those of the same wedge share their place."""

    kind: Literal["values"]
    middle: Text
    values: tuple[Value, ...] = Field(min_length=4)


class Station(Content):
    """Something with a name of a word or two, and what it means here."""

    title: Text
    text: Text


class Open(Content):
    """Something open, and the day on which the partner hears of it."""

    what: Text
    by: Text


class Loop(Content):
    """Four steps in a round, a date in the middle; below it what goes round."""

    kind: Literal["loop"]
    middle: Text
    steps: tuple[Station, ...] = Field(min_length=4, max_length=4)
    log: tuple[Open, ...] = ()


class Promise(Content):
    """A promise: when it was made, its day, the new day agreed if there is one; how it ended."""

    what: Text
    made: date
    by: date
    new: date | None = None
    ended: Literal["kept", "missed", "open"]
    says: Text


class Occasion(Content):
    """A day that all wait for."""

    on: date
    text: Text


class Ledger(Content):
    """Promises over the months from `start` to the day before `end`."""

    kind: Literal["ledger"]
    start: date
    end: date
    occasion: Occasion
    promises: tuple[Promise, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        days = [self.occasion.on]
        for promise in self.promises:
            days += [promise.made, promise.by, promise.new or promise.by]
        for day in days:
            if not self.start <= day < self.end:
                message = f"the day {day} lies outside of what is drawn"
                advice = "Correct it, or draw from an earlier start or to a later end."
                raise flaw("field.range", message, advice)
        return self


class Contact(Content):
    """One contact in a year: in which month, whether it asks for something, and what it was."""

    month: int = Field(ge=1, le=12)
    asks: bool
    text: Text


class Year(Content):
    """Two years side by side, from the month `first` on."""

    kind: Literal["year"]
    first: int = Field(ge=1, le=12)
    left: Text
    right: Text
    before: tuple[Contact, ...]
    now: tuple[Contact, ...]
    asks: Text
    brings: Text


class Requirements(Content):
    """Four things that a partnership needs, and what holds them together."""

    kind: Literal["requirements"]
    requirements: tuple[Station, ...] = Field(min_length=4, max_length=4)
    around: Station


class Circle(Content):
    """One circle of influence, and what lies in it."""

    name: Text
    things: tuple[Text, ...]


class Circles(Content):
    """Circles of influence, the inmost first."""

    kind: Literal["circles"]
    circles: tuple[Circle, ...] = Field(min_length=2, max_length=4)


Shown = PressureMap | ValuesCircle | Loop | Ledger | Year | Requirements | Circles


class Drawing(Content):
    """A drawing with its caption, and in `words` all that it shows."""

    id: Id
    module: Id
    title: Text
    caption: Text
    words: tuple[Text, ...] = Field(min_length=1)
    shows: Annotated[Shown, Field(discriminator="kind")]
