"""What reflections and plans share: fields of free text, saved as typed, kept to the letter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from datetime import datetime
from typing import NamedTuple

from brmcourse.activities import fields
from brmcourse.activities.activity import NONE, Action, Context, Note
from brmcourse.events import Draft, Event, PlanWrote, ReflectionWrote
from brmcourse.model.prompts import PlanPrompt, ReflectionPrompt

Prompt = ReflectionPrompt | PlanPrompt

Wrote = type[ReflectionWrote] | type[PlanWrote]
"""What is recorded of a text; its fields are those of the form."""


class Entry(NamedTuple):
    """What a learner wrote to one prompt: a text for each field, and when it was saved."""

    texts: Mapping[str, str]
    time: datetime

    @property
    def written(self) -> bool:
        """Whether anything stands there."""
        return any(text.strip() for text in self.texts.values())

    @property
    def beginning(self) -> str:
        """The first of the texts that stands there."""
        return next(filter(str.strip, self.texts.values()), "")


@dataclass(frozen=True)
class Prompted:
    """The prompts of one page, what is recorded of an answer, and the module they are of."""

    prompts: tuple[Prompt, ...]
    wrote: Wrote
    module: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the texts of each answer."""
        return tuple(text.name for text in fields_of(self.wrote))


@dataclass(frozen=True)
class Report:
    """What became of a plan, when that was said, the day that asked for it, and the report before.

    The reports are a chain and not a list, so that adding one costs the same among very many.
    """

    outcome: str
    text: str
    time: datetime
    on: str
    before: "Report | None" = field(default=None, compare=False, repr=False)


class WritingRecord(NamedTuple):
    """What stands written to each prompt, and of plans the latest report on what became of it."""

    content: Prompted
    entries: Mapping[str, Entry] = NONE
    reports: Mapping[str, Report] = NONE


@dataclass(frozen=True)
class WritingState:
    """Prompts on a page."""

    record: WritingRecord

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """What is asked."""
        return self.record.content.prompts

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the texts of each answer."""
        return self.record.content.fields

    @property
    def entries(self) -> Mapping[str, Entry]:
        """What stands written."""
        return self.record.entries

    def text(self, prompt: str, name: str) -> str:
        """Return what stands in that field."""
        entry = self.entries.get(prompt)
        return entry.texts.get(name, "") if entry else ""


def subjects(content: Prompted) -> tuple[str, ...]:
    """Return the prompts."""
    return tuple(prompt.id for prompt in content.prompts)


def blank(content: Prompted) -> WritingRecord:
    """Return the prompts with nothing written."""
    return WritingRecord(content)


def begin(record: WritingRecord, _context: Context) -> WritingState:
    """Return the page with what stands written."""
    return WritingState(record)


def fold(record: WritingRecord, event: Event) -> WritingRecord:
    """Fold an event in: the latest text stands. A prompt of another edition keeps its text."""
    if not isinstance(event.body, record.content.wrote):
        return record
    entry = Entry(vars(event.body), event.time)
    return record._replace(entries={**record.entries, event.subject: entry})


def written(record: WritingRecord) -> Sequence[Note]:
    """Return what stands written to each prompt."""
    found = []
    for prompt in record.content.prompts:
        entry = record.entries.get(prompt.id)
        if entry and entry.written:
            found.append(Note(prompt.title, entry.beginning, entry.time))
    return found


def filled(record: WritingRecord, *names: str) -> bool:
    """Say whether something stands in these fields of each prompt."""
    for prompt in record.content.prompts:
        entry = record.entries.get(prompt.id)
        if entry is None or not all(entry.texts[name].strip() for name in names):
            return False
    return True


def update(state: WritingState, action: Action) -> tuple[WritingState, Sequence[Draft]]:
    """Record every prompt whose text differs from what is kept."""
    drafts = []
    for prompt in state.prompts:
        kept = {name: state.text(prompt.id, name) for name in state.fields}
        texts = {}
        for name, text in kept.items():
            texts[name] = action.get(fields.prompt(prompt.id, name), text)
        if texts != kept:
            body = state.record.content.wrote(**texts)
            drafts.append(Draft(prompt.id, prompt.edition, body))
    return state, drafts
