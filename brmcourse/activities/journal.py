"""The journal: entries of the learner's own, with or without a question to begin with.

An entry is saved as it is typed. Once it was kept, a change leaves the text before it to be read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from brmcourse.activities import fields
from brmcourse.activities.activity import NONE, Action, Context, Note, number
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import PARTNERS, Draft, Event, JournalWrote
from brmcourse.model.journal import Journal, JournalPrompt
from brmcourse.partners import Partners, partners

TEXT, PROMPT, PARTNER = "text", "prompt", "partner"
"""What the fields of an entry hold."""

NO_TEXT = "Write something first."

SHOWN = 10
"""How many entries stand on the page of the journal; all of them stand among what was written."""


class Version(NamedTuple):
    """A text that was kept, and when."""

    text: str
    time: datetime


class Entry(NamedTuple):
    """An entry: whom it is about (empty if nobody), what it is to, and what stands there.

    `began` and `time` say when it was begun and changed last; `kept` are the texts that were kept.
    """

    number: int
    partner: str
    prompt: str
    text: str
    began: datetime
    time: datetime
    kept: tuple[Version, ...] = ()

    @property
    def written(self) -> bool:
        """Whether anything stands there, or stood there when it was kept."""
        return bool(self.text.strip()) or any(one.text.strip() for one in self.kept)

    @property
    def earlier(self) -> Sequence[Version]:
        """The texts that were kept and then changed, the latest first."""
        before = self.kept[:-1] if self.kept and self.kept[-1].text == self.text else self.kept
        return [one for one in before[::-1] if one.text.strip() and one.text != self.text]


class JournalRecord(NamedTuple):
    """All entries by number, and the events that say who the partners are."""

    content: Journal
    entries: Mapping[int, Entry] = NONE
    chosen: tuple[Event, ...] = ()

    @property
    def partners(self) -> Partners:
        """The partners chosen so far."""
        return partners(self.chosen)

    @property
    def next(self) -> int:
        """The number of the entry to write: a new one, unless the last was not kept."""
        last = max(self.entries, default=0)
        return last if last and not self.entries[last].kept else last + 1


class Problem(NamedTuple):
    """What is missing, and the field on the page that it is missing from."""

    field: str
    words: str


@dataclass(frozen=True)
class JournalState:
    """The journal on a page.

    `editing` is the number of the entry that is being changed, if one is; `picked` what was chosen
    for an entry that has no text yet; `saved` the entry that was kept just now.
    """

    record: JournalRecord
    editing: int = 0
    picked: Mapping[str, str] = field(default_factory=dict)
    saved: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def journal(self) -> Journal:
        """What is asked."""
        return self.record.content

    @property
    def number(self) -> int:
        """The number of the entry in the form."""
        return self.editing or self.record.next

    @property
    def entry(self) -> Entry | None:
        """The entry in the form, if anything of it was saved."""
        return self.record.entries.get(self.number)

    @property
    def text(self) -> str:
        """The text in the form."""
        return self.entry.text if self.entry else ""

    @property
    def prompt(self) -> JournalPrompt | None:
        """The question in the form."""
        return self.asked(self.entry.prompt if self.entry else self.picked.get(PROMPT, ""))

    @property
    def partner(self) -> str:
        """The key of whom the entry in the form is about; a new one is about the current partner.

        Empty if it is about nobody.
        """
        known = self.record.partners
        whom = known.current if known.codes.get(known.current) else ""
        return self.entry.partner if self.entry else self.picked.get(PARTNER, whom)

    @property
    def named(self) -> Mapping[str, str]:
        """What the learner calls the partners that an entry can be about, by key."""
        known = self.record.partners
        keys = [key for key, code in known.codes.items() if code or key == self.partner]
        return {key: known.code(key) for key in keys}

    @property
    def entries(self) -> Sequence[Entry]:
        """The entries that were written, without the one in the form, the latest first."""
        rest = (one for one in self.record.entries.values() if one.number != self.number)
        written = [one for one in rest if one.written]
        return sorted(written, key=lambda one: (one.began, one.number), reverse=True)

    @property
    def apart(self) -> Sequence["JournalState"]:
        """A state for each entry, which has it alone, opened to be changed."""
        written = [one for one in self.record.entries.values() if one.written]
        return [
            JournalState(self.record._replace(entries={one.number: one}), editing=one.number)
            for one in written
        ]

    @property
    def time(self) -> datetime | None:
        """When the entry in the form was changed last."""
        return self.entry.time if self.entry else None

    @property
    def latest(self) -> Sequence[Entry]:
        """The entries that stand on the page."""
        return self.entries[:SHOWN]

    @property
    def older(self) -> int:
        """How many entries do not stand on the page."""
        return len(self.entries) - len(self.latest)

    def asked(self, name: str) -> JournalPrompt | None:
        """Return the question of that id; None if there is none (any more)."""
        return next((one for one in self.journal.prompts if one.id == name), None)

    def about(self, partner: str) -> str:
        """Return what the learner calls whom an entry is about; empty if it is nobody."""
        return self.record.partners.code(partner) if partner else ""

    def field(self, what: str) -> str:
        """Return what the form calls that field."""
        return fields.journal(self.number, what)

    def id(self, what: str) -> str:
        """Return what something is called on the page."""
        return f"journal-{self.number}-{what}"


def find(library: Library, _name: str) -> Journal:
    """Return the journal; raise UnknownIdError or ContentError."""
    journal: Journal = library.single("journal.yaml")
    return journal


def subjects(content: Journal) -> tuple[str, ...]:
    """Return the journal, and who the partners are."""
    return (content.id, PARTNERS)


def blank(content: Journal) -> JournalRecord:
    """Return a journal without entries."""
    return JournalRecord(content)


def begin(record: JournalRecord, _context: Context) -> JournalState:
    """Return the page with a new entry, or with the one that was not kept yet."""
    return JournalState(record)


def fold(record: JournalRecord, event: Event) -> JournalRecord:
    """Fold an event in: the latest text stands, and those that were kept stay."""
    if event.subject == PARTNERS:
        return record._replace(chosen=(*record.chosen, event))
    wrote = event.body
    if event.subject != record.content.id or not isinstance(wrote, JournalWrote):
        return record
    before = record.entries.get(wrote.entry)
    kept = before.kept if before else ()
    if wrote.done and not (kept and kept[-1].text == wrote.text):
        kept = (*kept, Version(wrote.text, event.time))
    began = before.began if before else event.time
    prompt = wrote.prompt or ""
    entry = Entry(wrote.entry, event.partner, prompt, wrote.text, began, event.time, kept)
    return record._replace(entries={**record.entries, wrote.entry: entry})


def done(record: JournalRecord) -> bool:
    """Say whether there is an entry."""
    return any(entry.kept for entry in record.entries.values())


def written(record: JournalRecord) -> Sequence[Note]:
    """Return every entry."""
    title = record.content.title
    standing = [one for one in record.entries.values() if one.text.strip()]
    return [Note(title, one.text, one.time) for one in standing]


def update(state: JournalState, action: Action) -> tuple[JournalState, Sequence[Draft]]:
    """Answer what was done: typing, keeping an entry, opening one to change it."""
    if action.name == "edit":
        name = number(action.about)
        if name not in state.record.entries:
            raise ActionError
        return JournalState(state.record, editing=name), ()
    if action.name not in {"draft", "keep"}:
        raise ActionError
    return _wrote(_on_page(state, action), action)


def _on_page(state: JournalState, action: Action) -> JournalState:
    """Return the page whose form this is: the entry in it may be kept in another window by now."""
    for name in (state.number, *state.record.entries):
        if fields.journal(name, TEXT) in action.form:
            editing = 0 if name == state.record.next else name
            return replace(state, editing=editing, problems=(), saved=0)
    raise ActionError


def _wrote(state: JournalState, action: Action) -> tuple[JournalState, Sequence[Draft]]:
    text = action.get(state.field(TEXT))
    prompt = action.get(state.field(PROMPT), state.prompt.id if state.prompt else "")
    partner = action.get(state.field(PARTNER), state.partner)
    if (prompt and not state.asked(prompt)) or (partner and partner not in state.named):
        raise ActionError
    keep, before = action.name == "keep", state.entry
    if not text.strip() and (before is None or not before.kept):
        picked = {PROMPT: prompt, PARTNER: partner}
        problems = (Problem(state.id(TEXT), NO_TEXT),) if keep else ()
        state = replace(state, picked=picked, problems=problems)
        return state, _draft(state, text, prompt, partner, keep=False) if before else ()
    drafts = _draft(state, text, prompt, partner, keep=keep)
    if keep:
        state = JournalState(state.record, saved=state.number)
    return state, drafts


def _draft(
    state: JournalState, text: str, prompt: str, partner: str, *, keep: bool
) -> Sequence[Draft]:
    """Return the event of an entry as it is now, if that is any news."""
    before = state.entry
    same = before and (before.text, before.prompt, before.partner) == (text, prompt, partner)
    kept = before and before.kept and before.kept[-1].text == text
    if same and (kept or not keep):
        return ()
    body = JournalWrote(state.number, text, keep, prompt or None)
    return (Draft(state.journal.id, state.journal.edition, body, partner=partner),)
