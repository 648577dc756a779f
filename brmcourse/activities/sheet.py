"""A sheet: fields of one page, or entries of a list that grows; saved as they are filled in."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from brmcourse.activities import fields
from brmcourse.activities.activity import NONE, Action, Context, Note, number
from brmcourse.content.library import Library
from brmcourse.events import (
    Body,
    Draft,
    Event,
    SheetAdded,
    SheetRemoved,
    SheetRestored,
    SheetWrote,
)
from brmcourse.model.drawing import Pressing
from brmcourse.model.sheet import (
    Answer,
    Circles,
    Dates,
    FormField,
    Points,
    Pressures,
    Sheet,
    Tally,
)
from brmcourse.partners import choosing

FIRST = 1
"""The number of the entry that is there from the start."""

Texts = Mapping[str, str]
"""What stands in the fields of one entry, by field."""

EMPTY: Mapping[int, Texts] = MappingProxyType({FIRST: NONE})
"""An untouched sheet."""


LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""When an entry was saved if that is not known."""


class SheetRecord(NamedTuple):
    """What stands in a sheet: entries by number in order of adding, and when each was saved."""

    content: Sheet
    entries: Mapping[int, Texts] = EMPTY
    removed: Mapping[int, Texts] = NONE
    saved: Mapping[int, datetime] = NONE

    @property
    def filled(self) -> Mapping[int, Texts]:
        """The entries in which anything stands, in the order they are shown in."""
        found = {place: texts for place, texts in self.entries.items() if _written(texts)}
        if not isinstance(self.content.shows, Dates):
            return found
        date = self.content.shows.field
        return dict(sorted(found.items(), key=lambda entry: _by_date(entry[1].get(date, ""))))

    @property
    def tally(self) -> tuple[int, int]:
        """How many entries stand at the good answer, and how many are counted."""
        shows = self.content.shows
        assert isinstance(shows, Tally)  # noqa: S101 -- the template asks only then
        answers = [texts.get(shows.field) for texts in self.entries.values()]
        counted = [answer for answer in answers if answer in shows.counted]
        return counted.count(shows.good), len(counted)

    @property
    def uncounted(self) -> Mapping[str, int]:
        """How many entries stand at each of the other answers, by its words; "" is none chosen."""
        shows = self.content.shows
        assert isinstance(shows, Tally)  # noqa: S101 -- the template asks only then
        answers = [texts.get(shows.field, "") for texts in self.filled.values()]
        said = self.content.field(shows.field).said
        return Counter(said(answer) for answer in answers if answer not in shows.counted)

    @property
    def circles(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What lies in the circle of each answer, from the innermost outwards."""
        shows = self.content.shows
        assert isinstance(shows, Circles)  # noqa: S101 -- the template asks only then
        return tuple(
            (answer.text, tuple(self._at(shows.field, answer)))
            for answer in self.content.field(shows.field).options
        )

    def _at(self, field: str, answer: Answer) -> Iterator[str]:
        for texts in self.filled.values():
            if texts.get(field) == answer.id:
                yield self.content.headline(texts) or "Nothing written yet"

    @property
    def pressures(self) -> tuple[Pressing, ...]:
        """Those who press the partner."""
        shows = self.content.shows
        assert isinstance(shows, Pressures)  # noqa: S101 -- the template asks only then
        found = []
        for texts in self.filled.values():
            who, wants, by, state = (
                texts.get(name, "") for name in (shows.who, shows.wants, shows.by, shows.state)
            )
            says = self.content.field(shows.state).said(state)
            found.append(Pressing(who or "Somebody", wants, by, says, state == shows.sure))
        return tuple(found)

    @property
    def points(self) -> int | None:
        """The points of the answers chosen; None until every choice is made."""
        total = 0
        for choice in self.content.fields:
            if choice.kind != "choice":
                continue
            earned = self._points(choice)
            if earned is None:
                return None
            total += earned
        return total

    @property
    def ready(self) -> bool:
        """Whether there are enough points, and none where they are a must is zero."""
        shows = self.content.shows
        assert isinstance(shows, Points)  # noqa: S101 -- the template asks only then
        if self.points is None or self.points < shows.ready:
            return False
        return all(self._points(self.content.field(name)) for name in shows.never_zero)

    def _points(self, choice: FormField) -> int | None:
        chosen = self.entries.get(FIRST, {}).get(choice.id)
        for answer in choice.options:
            if answer.id == chosen:
                return answer.points
        return None


class Shown(NamedTuple):
    """An entry on the page: its number, its place among all (from 1), and what stands in it."""

    number: int
    place: int
    texts: Texts


@dataclass(frozen=True)
class SheetState:
    """A sheet on a page.

    Of a list that grows, one entry at most is `open` to be filled in; `focus` is the entry that
    the last step was about.
    """

    record: SheetRecord
    open: int | None = None
    focus: int | None = None

    @property
    def sheet(self) -> Sheet:
        """The form."""
        return self.record.content

    @property
    def entries(self) -> Mapping[int, Texts]:
        """What stands in each entry."""
        return self.record.entries

    @property
    def forms(self) -> tuple[Shown, ...]:
        """The entries to fill in: the one that is open, or the one of a sheet that never grows."""
        return tuple(one for one in self._shown if not self.sheet.entry or one.number == self.open)

    @property
    def rows(self) -> tuple[Shown, ...]:
        """The entries to read, in the order that the sheet shows them in."""
        if not self.sheet.entry:
            return ()
        rows = {one.number: one for one in self._shown if one.number != self.open}
        order = dict.fromkeys([*self.record.filled, *rows])  # those with nothing in them come last
        return tuple(rows[number] for number in order if number in rows)

    @property
    def _shown(self) -> list[Shown]:
        counted = enumerate(self.entries.items(), 1)
        return [Shown(number, place, texts) for place, (number, texts) in counted]

    def private(self, texts: Texts) -> bool:
        """Say whether the code for the partner keeps their name private."""
        return not self.sheet.names or not looks_like_a_name(texts.get(self.sheet.names, ""))

    @property
    def removed(self) -> Mapping[int, Texts]:
        """The entry that was removed last, if it can be brought back."""
        return self.record.removed

    @property
    def saved(self) -> Mapping[int, datetime]:
        """When each entry was saved."""
        return self.record.saved


NAME_PART = r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*"
WORD = re.compile(rf"{NAME_PART}\.?")
ADDRESS = re.compile(r"\S@\S+\.\w")
TITLES = {"mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "madam", "herr", "frau"}


def looks_like_a_name(code: str) -> bool:
    """Say whether a code could be a real name: "Anna Smith", "A. Smith", "dr smith", an address.

    One made-up word, initials, or a word with a number could not.
    """
    if ADDRESS.search(code):
        return True
    first, *others = WORD.findall(code) or [""]
    if not others:
        return False
    names = [word for word in (first, *others) if word[0].isupper() and not word.isupper()]
    titled = first.rstrip(".").casefold() in TITLES
    initial = first.isupper() and first.endswith(".") and bool(names)
    return titled or initial or len(names) > 1


def _written(texts: Texts) -> bool:
    return any(text.strip() for text in texts.values())


def _by_date(date: str) -> tuple[bool, str]:
    """Return what sorts entries by date, those without one last."""
    return not date, date


def find(library: Library, name: str) -> Sheet:
    """Return the sheet of that id; raise UnknownIdError or ContentError."""
    found: Sheet = library.named("sheets", name)
    return found


def subjects(content: Sheet) -> tuple[str, ...]:
    """Return the sheet."""
    return (content.id,)


def blank(content: Sheet) -> SheetRecord:
    """Return the empty sheet, with one entry to fill in."""
    return SheetRecord(content)


def begin(record: SheetRecord, _context: Context) -> SheetState:
    """Return the page with what stands in the sheet; a last entry still empty is open."""
    last = max(record.entries, default=None)
    empty = last is not None and not _written(record.entries[last])
    return SheetState(record, open=last if empty else None)


def fold(record: SheetRecord, event: Event) -> SheetRecord:
    """Fold an event in: the latest text stands. A sheet of another edition keeps its texts."""
    if event.subject != record.content.id:
        return record
    entries, removed = record.entries, record.removed
    match event.body:
        case SheetWrote(entry=place, texts=texts) if place in entries:
            saved = {**record.saved, place: event.time}
            return record._replace(entries={**entries, place: texts}, saved=saved)
        case SheetAdded(entry=place) if place not in entries:
            saved = {key: time for key, time in record.saved.items() if key != place}
            return record._replace(entries=_with(entries, {place: {}}), saved=saved)
        case SheetRemoved(entry=place) if place in entries:
            rest = {key: texts for key, texts in entries.items() if key != place}
            return record._replace(removed={place: entries[place]}, entries=rest)
        case SheetRestored(entry=place) if place in removed:
            return record._replace(entries=_with(entries, removed), removed={})
    return record


def done(record: SheetRecord) -> bool:
    """Say whether anything stands in it."""
    return bool(record.filled)


def written(record: SheetRecord) -> Sequence[Note]:
    """Return the entry saved last, in the name of all of them."""
    times = {place: record.saved.get(place, LONG_AGO) for place in record.filled}
    if not times:
        return ()
    latest = max(times, key=times.__getitem__)
    said = _beginning(record.content, record.entries[latest])
    return (Note(record.content.title, said, times[latest]),)


def _beginning(sheet: Sheet, texts: Texts) -> str:
    """Return the first thing written in an entry; if all is chosen, the first answer's words."""
    said = (field.said(texts.get(field.id, "")) for field in sheet.fields)
    return sheet.headline(texts) or next(filter(str.strip, said), "")


def _with(entries: Mapping[int, Texts], more: Mapping[int, Texts]) -> Mapping[int, Texts]:
    return dict(sorted({**entries, **more}.items()))


def update(state: SheetState, action: Action) -> tuple[SheetState, Sequence[Draft]]:
    """Answer "draft", and of a list "add", "change", "close", "remove" and "restore".

    What stands in the form is recorded with every action, so that nothing typed is lost by adding
    an entry. A sheet that names the partner also records under which code they were chosen.
    """
    drafts = []
    for place, texts in state.entries.items():
        now = _read(state, place, action)
        if now != {key: text for key, text in texts.items() if text}:
            drafts.append(_draft(state, SheetWrote(place, now)))
            drafts += _naming(state.sheet, texts, now)
    if action.name == "draft":
        return state, drafts
    name, _, place_ = action.about.partition(" ")
    if not state.sheet.entry or state.sheet.id != name:
        return replace(state, focus=None), drafts
    state, step = _step(state, action.name, number(place_))
    if step:
        drafts.append(_draft(state, step))
    return state, drafts


def _draft(state: SheetState, body: Body) -> Draft:
    return Draft(state.sheet.id, state.sheet.edition, body)


def _naming(sheet: Sheet, before: Texts, after: Texts) -> Sequence[Draft]:
    code = after.get(sheet.names, "").strip() if sheet.names else ""
    if not code or code == before.get(sheet.names or "", "").strip():
        return ()
    return (choosing(code),)


def _step(state: SheetState, action: str, place: int) -> tuple[SheetState, Body | None]:
    match action:
        case "add":
            new = max((*state.entries, *state.removed, 0)) + 1
            return replace(state, open=new, focus=new), SheetAdded(new)
        case "change" if place in state.entries:
            return replace(state, open=place, focus=place), None
        case "close" if place in state.entries:
            return replace(state, open=None, focus=place), None
        case "remove" if place in state.entries:
            return replace(state, open=None, focus=place), SheetRemoved(place)
        case "restore" if place in state.removed:
            return replace(state, focus=place), SheetRestored(place)
    return state, None


def _read(state: SheetState, entry: int, action: Action) -> dict[str, str]:
    """Return what stands in an entry once the form is read; fields gone from it keep their text."""
    texts = dict(state.entries[entry])
    for form_field in state.sheet.fields:
        kept = texts.get(form_field.id, "")
        texts[form_field.id] = action.get(fields.entry(state.sheet.id, entry, form_field.id), kept)
    return {name: text for name, text in texts.items() if text}
