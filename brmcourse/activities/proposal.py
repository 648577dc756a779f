"""One page for the partner: sentences are chosen and written, looked at, and only then made a page.

Nothing private gets there by itself. Words are offered from fields that their sheets mark as fit
for the partner, and from no others; an offered sentence stands on the page only when it was ticked.
What is made is what was on show when it was made.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from brmcourse.activities import fields
from brmcourse.activities import sheet as sheets
from brmcourse.activities.activity import NONE, Action, Context, Note, day
from brmcourse.activities.sheet import SheetRecord, Texts
from brmcourse.content.library import Library
from brmcourse.events import Draft, Event, ProposalMade, ProposalWrote
from brmcourse.model.proposal import Offer, Only, Part, Proposal
from brmcourse.model.sheet import FormField, Sheet

LONGEST = 180
"""The most characters of a sentence, so that all of them fit on one sheet of paper."""

NAME = "name"
"""The line that says for whom the page is; the learner writes it or leaves it empty."""

WRITE, LOOK, PAGE = "write", "look", "page"
"""The steps: writing and ticking, looking at exactly what will be on the page, and the page."""

ENDS = ".?!…"


class Problem(NamedTuple):
    """What keeps the page from being made: the id of the field, and a sentence."""

    field: str
    words: str


@dataclass(frozen=True)
class Outline:
    """The page, and the sheets that offer words for it."""

    proposal: Proposal
    sheets: Mapping[str, Sheet]


class Kept(NamedTuple):
    """What the learner wrote in a line, and whether it is to be on the page."""

    text: str
    chosen: bool


class Line(NamedTuple):
    """A line as it stands: `source` says where its first words came from; empty if from nowhere."""

    key: str
    text: str
    chosen: bool
    source: str = ""

    @property
    def id(self) -> str:
        """What the line is called on the page."""
        return self.key.replace(":", "-")

    @property
    def shown(self) -> bool:
        """Whether it will be on the page."""
        return self.chosen and bool(self.text)


class Page(NamedTuple):
    """A page that was made: for whom, its sentences by part, and when."""

    name: str
    lines: Mapping[str, Sequence[str]]
    time: datetime


class ProposalRecord(NamedTuple):
    """What stands in the sheets, what was written and ticked, and the page made last."""

    content: Outline
    sheets: Mapping[str, SheetRecord]
    kept: Mapping[str, Kept] = NONE
    page: Page | None = None

    @property
    def name(self) -> Line:
        """For whom the page is."""
        return self._line(NAME, "", chosen=True)

    def lines(self, part: Part) -> Sequence[Line]:
        """Return the lines of a part: offered, suggested, and written, with an empty one at last.

        A sentence that the sheet offers no more stays as long as it is ticked.
        """
        found = {line.key: line for line in (*self._offered(part), *self._suggested(part))}
        for key, kept in self.kept.items():
            if key.startswith(f"{part.id}:sheet:") and key not in found and kept.chosen:
                found[key] = Line(key, kept.text, chosen=True)
        return (*found.values(), *self._own(part))

    def _offered(self, part: Part) -> Iterator[Line]:
        for offer in part.offers:
            sheet = self.content.sheets[offer.sheet]
            for entry, texts in self.sheets[offer.sheet].filled.items():
                text = _sentence(sheet, offer, texts)
                if text and wanted(offer.only, texts):
                    key = f"{part.id}:sheet:{offer.sheet}:{offer.pieces[0].field}:{entry}"
                    yield self._line(key, text, chosen=False, source=sheet.title)

    def _suggested(self, part: Part) -> Iterator[Line]:
        for place, text in enumerate(part.suggests, 1):
            yield self._line(f"{part.id}:suggested:{place}", text, chosen=True)

    def _own(self, part: Part) -> Iterator[Line]:
        """Yield the learner's own lines, and one to be written as long as there is room."""
        for place in range(1, part.most + 1):
            line = self._line(own_key(part.id, place), "", chosen=True)
            yield line
            if not line.text:
                return

    def _line(self, key: str, text: str, *, chosen: bool, source: str = "") -> Line:
        kept = self.kept.get(key, Kept(text, chosen))
        return Line(key, kept.text, kept.chosen, source)

    @property
    def all(self) -> Sequence[Line]:
        """All lines."""
        parts = self.content.proposal.parts
        return (self.name, *(line for part in parts for line in self.lines(part)))

    @property
    def chosen(self) -> Mapping[str, Sequence[Line]]:
        """The lines that will be on the page, by part."""
        parts = self.content.proposal.parts
        return {part.id: [line for line in self.lines(part) if line.shown] for part in parts}

    def with_line(self, key: str, kept: Kept) -> "ProposalRecord":
        """Return the record with that line written."""
        return self._replace(kept={**self.kept, key: kept})


@dataclass(frozen=True)
class ProposalState:
    """The activity on a page: the step it is at, and what keeps it from the next one."""

    record: ProposalRecord
    step: str = WRITE
    problems: tuple[Problem, ...] = ()
    turned: bool = False

    @property
    def proposal(self) -> Proposal:
        """What is asked."""
        return self.record.content.proposal

    @property
    def heading(self) -> str:
        """What stands above the page for the partner."""
        return self.proposal.heading

    @cached_property
    def lines(self) -> Sequence[tuple[Part, Sequence[Line]]]:
        """Each part with all its lines, to be written and ticked."""
        return [(part, self.record.lines(part)) for part in self.proposal.parts]

    @cached_property
    def chosen(self) -> Sequence[tuple[Part, Sequence[Line]]]:
        """Each part of which something will be on the page, with that."""
        found = self.record.chosen
        return [(part, found[part.id]) for part in self.proposal.parts if found[part.id]]

    @property
    def page(self) -> Sequence[tuple[Part, Sequence[str]]]:
        """Each part of the page made last, with its sentences."""
        made = self.record.page.lines if self.record.page else NONE
        return [(part, made[part.id]) for part in self.proposal.parts if made.get(part.id)]

    @property
    def changed(self) -> bool:
        """Whether the lines are no longer those of the page made last."""
        made = self.record.page
        return made is not None and (made.name, made.lines) != _content(self.record)

    @property
    def text(self) -> str:
        """The page made last as plain text."""
        blocks = [self.heading]
        if self.record.page and self.record.page.name:
            blocks.append(f"For {self.record.page.name}")
        for part, sentences in self.page:
            listed = [f"- {text}" for text in sentences] if len(sentences) > 1 else sentences
            blocks.append("\n".join([part.title, *listed]))
        return "\n\n".join(blocks)


def own_key(part: str, place: int = 1) -> str:
    """Return what the learner's own line at that place (from 1) of a part is called."""
    return f"{part}:own:{place}"


def find(library: Library, _name: str) -> Outline:
    """Return the page with the sheets that offer words; raise UnknownIdError or ContentError."""
    proposal: Proposal = library.single("proposal.yaml")
    names = dict.fromkeys(offer.sheet for _, offer in proposal.offers)
    return Outline(proposal, {name: library.named("sheets", name) for name in names})


def subjects(content: Outline) -> tuple[str, ...]:
    """Return the page and the sheets."""
    return (content.proposal.id, *(sheet.id for sheet in content.sheets.values()))


def blank(content: Outline) -> ProposalRecord:
    """Return the page with nothing written, and nothing in the sheets."""
    return ProposalRecord(
        content, {name: sheets.blank(sheet) for name, sheet in content.sheets.items()}
    )


def fold(record: ProposalRecord, event: Event) -> ProposalRecord:
    """Fold an event in; what is written in a sheet later changes no line that was ticked."""
    content = record.content
    match event.body:
        case ProposalWrote() as wrote if event.subject == content.proposal.id:
            return record.with_line(wrote.line, Kept(wrote.text, wrote.chosen))
        case ProposalMade() as made if event.subject == content.proposal.id:
            return record._replace(page=Page(made.name, made.lines, event.time))
    for name, before in record.sheets.items():
        after = sheets.fold(before, event)
        if after is not before:
            return record._replace(sheets={**record.sheets, name: after})
    return record


def done(record: ProposalRecord) -> bool:
    """Say whether a page was made."""
    return record.page is not None


def written(record: ProposalRecord) -> Sequence[Note]:
    """Return how the page made last begins."""
    page = record.page
    if page is None:
        return ()
    first = next((text for lines in page.lines.values() for text in lines), "")
    return (Note(record.content.proposal.title, first, page.time),)


def begin(record: ProposalRecord, _context: Context) -> ProposalState:
    """Return the page that was made, or the lines to choose from."""
    return ProposalState(record, PAGE if record.page else WRITE)


def update(state: ProposalState, action: Action) -> tuple[ProposalState, Sequence[Draft]]:
    """Answer "draft", "look", "make", and "write" and "page", which turn to a step.

    What stands in the form is recorded with each of them.
    """
    record, drafts = _read(state, action)
    if action.name == "draft":
        return replace(state, problems=()), drafts
    state = replace(state, problems=(), turned=True)
    match action.name:
        case "look" | "make":
            problems = tuple(_problems(record))
            if problems:
                return replace(state, step=WRITE, problems=problems), drafts
            if action.name == "look" or not _seen(record, action):
                return replace(state, step=LOOK), drafts
            made = ProposalMade(*_content(record))
            return replace(state, step=PAGE), [*drafts, _draft(state, made)]
        case "page" if record.page:
            return replace(state, step=PAGE), drafts
    return replace(state, step=WRITE), drafts


def _draft(state: ProposalState, body: ProposalWrote | ProposalMade) -> Draft:
    return Draft(state.proposal.id, state.proposal.edition, body)


def _read(state: ProposalState, action: Action) -> tuple[ProposalRecord, list[Draft]]:
    """Return the record as the form has it, and what is new in it.

    A line whose text is not in the form stays as it is: of a tick that is not set, a form says
    nothing.
    """
    record, drafts = state.record, []
    for line in state.record.all:
        if fields.line(line.key, "text") not in action.form:
            continue
        text = " ".join(action.get(fields.line(line.key, "text")).split())
        ticked = bool(action.get(fields.line(line.key, "on")))
        if (text, ticked) != (line.text, line.chosen):
            record = record.with_line(line.key, Kept(text, ticked))
            drafts.append(_draft(state, ProposalWrote(line.key, text, ticked)))
    return record, drafts


def _seen(record: ProposalRecord, action: Action) -> bool:
    """Say whether all that would be on the page stands in the form; another window may add."""
    shown = [line for line in record.all if line.shown]
    return all(fields.line(line.key, "text") in action.form for line in shown)


def _content(record: ProposalRecord) -> tuple[str, dict[str, list[str]]]:
    """Return what would be on a page made now: for whom, and the sentences by part."""
    lines = {part: [line.text for line in found] for part, found in record.chosen.items()}
    name = record.name.text if record.name.shown else ""
    return name, {part: texts for part, texts in lines.items() if texts}


def _problems(record: ProposalRecord) -> Iterator[Problem]:
    """Yield what keeps the lines from being one page."""
    chosen = record.chosen
    parts = record.content.proposal.parts
    if not any(chosen[part.id] for part in parts if not part.suggests):
        first = record.lines(parts[0])[0]
        yield Problem(f"{first.id}-text", "Nothing is on the page yet. Tick or write a sentence.")
    for part in parts:
        lines = chosen[part.id]
        if len(lines) > part.most:
            words = f"{part.title}: {len(lines)} are ticked, and {part.most} fit. Choose."
            yield Problem(f"{lines[0].id}-on", words)
        for line in lines:
            if len(line.text) > LONGEST:
                words = f"{part.title}: one sentence has {len(line.text)} characters. "
                yield Problem(f"{line.id}-text", f"{words}{LONGEST} fit.")


def wanted(only: Only | None, texts: Texts) -> bool:
    """Say whether an entry with these texts is one of those that are offered."""
    if only is None:
        return True
    answer = texts.get(only.field, "")
    return answer in only.answers if answer else only.blank


def _sentence(sheet: Sheet, offer: Offer, texts: Texts) -> str:
    """Return one sentence of the words in these fields; empty if the first of them is.

    A field that its sheet does not mark as fit for the partner counts as empty.
    """
    said = ""
    for piece in offer.pieces:
        field = sheet.field(piece.field)
        words = _words(field, texts.get(field.id, "")) if field.for_partner else ""
        if words:
            said = f"{said.rstrip(ENDS)}{piece.before}{words}" if said else words
        elif not said:
            return ""
    return f"{said[0].upper()}{said[1:]}{'' if said[-1] in ENDS else '.'}"


def _words(field: FormField, value: str) -> str:
    """Return a stored value in words, in one line."""
    return " ".join((day(value) if field.kind == "date" else field.said(value)).split())
