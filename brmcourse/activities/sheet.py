"""A sheet: fields of one page, or a list of entries that grows; saved as they are filled in, kept to the letter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from brmcourse.activities.activity import Action
from brmcourse.events import Draft, Event
from brmcourse.model.sheet import Answer, Circles, Dates, Points, Sheet, Tally

FIRST = 1
"""The number of the entry that is there from the start."""


@dataclass(frozen=True)
class SheetState:
    """A sheet and what stands in it: a text for each field of each entry, entries by number in order of adding."""

    sheet: Sheet
    entries: Mapping[int, Mapping[str, str]] = field(
        default_factory=lambda: MappingProxyType({FIRST: {}})
    )
    removed: Mapping[int, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    saved: Mapping[int, datetime] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def filled(self) -> Mapping[int, Mapping[str, str]]:
        """The entries in which anything stands, in the order they are shown in."""
        found = {
            n: texts
            for n, texts in self.entries.items()
            if any(text.strip() for text in texts.values())
        }
        if not isinstance(self.sheet.shows, Dates):
            return found
        date = self.sheet.shows.field
        return dict(
            sorted(
                found.items(), key=lambda entry: (not entry[1].get(date), entry[1].get(date, ""))
            )
        )

    @property
    def tally(self) -> tuple[int, int]:
        """How many entries stand at the good answer, and how many are counted."""
        shows = self.sheet.shows
        assert isinstance(shows, Tally)  # noqa: S101 -- the template asks only then
        answers = [texts.get(shows.field) for texts in self.entries.values()]
        return answers.count(shows.good), sum(answer in shows.counted for answer in answers)

    @property
    def circles(self) -> tuple[tuple[Answer, tuple[Mapping[str, str], ...]], ...]:
        """The entries at each answer, from the innermost circle outwards."""
        shows = self.sheet.shows
        assert isinstance(shows, Circles)  # noqa: S101 -- the template asks only then
        name = shows.field
        return tuple(
            (answer, tuple(texts for texts in self.filled.values() if texts.get(name) == answer.id))
            for answer in self.sheet.field(name).options
        )

    @property
    def points(self) -> int | None:
        """The points of the answers chosen; None until every choice is made."""
        earned = [self._points(field.id) for field in self.sheet.fields if field.kind == "choice"]
        return None if None in earned else sum(value or 0 for value in earned)

    @property
    def ready(self) -> bool:
        """Whether the points are enough, with none missing where it counts."""
        shows = self.sheet.shows
        assert isinstance(shows, Points)  # noqa: S101 -- the template asks only then
        return (self.points or 0) >= shows.ready and all(
            self._points(name) for name in shows.never_zero
        )

    def _points(self, name: str) -> int | None:
        chosen = self.entries.get(FIRST, {}).get(name)
        return next(
            (answer.points for answer in self.sheet.field(name).options if answer.id == chosen),
            None,
        )


def subjects(sheet: Sheet) -> tuple[str, ...]:
    """Return the sheet."""
    return (sheet.id,)


def begin(sheet: Sheet, _seed: str) -> SheetState:
    """Return the empty sheet, with one entry to fill in."""
    return SheetState(sheet)


def replay(state: SheetState, event: Event) -> SheetState:
    """Fold an event in: the latest text stands. A sheet that was reworded since keeps its texts."""
    if event.subject != state.sheet.id:
        return state
    entries, removed = dict(state.entries), state.removed
    number = event.body.get("entry", FIRST)
    match event.kind:
        case "sheet.wrote" if number in entries:
            saved = {**state.saved, number: event.time}
            return replace(state, entries={**entries, number: event.body["texts"]}, saved=saved)
        case "sheet.added" if number not in entries:
            saved = {n: time for n, time in state.saved.items() if n != number}
            return replace(
                state, entries=dict(sorted({**entries, number: {}}.items())), saved=saved
            )
        case "sheet.removed" if number in entries:
            return replace(state, removed={number: entries.pop(number)}, entries=entries)
        case "sheet.restored" if number in removed:
            return replace(state, entries=dict(sorted({**entries, **removed}.items())), removed={})
    return state


def update(state: SheetState, action: Action) -> tuple[SheetState, Sequence[Draft]]:
    """Answer "draft", "add", "remove" and "restore"; form fields are called "sheet:entry:field".

    What stands in the form is recorded with every action, so that nothing typed is lost by adding
    an entry.
    """
    name, _, number = action.about.partition(" ")
    drafts = [
        _draft(state, "wrote", entry=entry, texts=now)
        for entry, texts in state.entries.items()
        if (now := _read(state, entry, action))
        != {key: text for key, text in texts.items() if text}
    ]
    if name == state.sheet.id:
        match action.name:
            case "add":
                drafts.append(
                    _draft(state, "added", entry=max((*state.entries, *state.removed, 0)) + 1)
                )
            case "remove" if number in map(str, state.entries):
                drafts.append(_draft(state, "removed", entry=int(number)))
            case "restore" if number in map(str, state.removed):
                drafts.append(_draft(state, "restored", entry=int(number)))
    return state, drafts


def _draft(state: SheetState, kind: str, **body: object) -> Draft:
    return Draft(f"sheet.{kind}", state.sheet.id, state.sheet.fingerprint, body)


def _read(state: SheetState, entry: int, action: Action) -> dict[str, str]:
    texts = state.entries[entry]
    found = {
        field.id: action.get(f"{state.sheet.id}:{entry}:{field.id}", texts.get(field.id, ""))
        for field in state.sheet.fields
    }
    return {name: text for name, text in {**texts, **found}.items() if text}
