"""A worked example: lines to read, to say why of, to write and to annotate; none is marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from brmcourse.activities import fields
from brmcourse.activities.activity import NONE, Action, Context, Note, shuffled
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import Body, Draft, Event, ExampleAnswered, ExampleShown, ExampleWrote
from brmcourse.model.example import Example, Line, Reason, Version

CHOOSE = "Choose an answer, or see ours without answering."
WRITE = {
    "blank": "Write the line, or see ours without writing.",
    "yours": "Write what the line does, or see ours without writing.",
}
"""What to say where nothing was chosen or written."""


class ExampleRecord(NamedTuple):
    """What was chosen and written at each line, where ours was shown, and when texts were saved."""

    content: Example
    chosen: Mapping[str, str] = NONE
    texts: Mapping[str, str] = NONE
    shown: frozenset[str] = frozenset()
    saved: Mapping[str, datetime] = NONE

    def text(self, line: Line) -> str:
        """Return what the learner wrote at a line."""
        return self.texts.get(line.name, "")

    def open(self, line: Line) -> bool:
        """Say whether nothing of a line is kept back: it is told, answered, or was shown."""
        return line.kind == "told" or line.name in self.chosen or line.name in self.shown

    def done(self, line: Line) -> bool:
        """Say whether the learner did what a line asks for, or had it shown."""
        return self.open(line) or bool(self.text(line).strip())


class ShownLine(NamedTuple):
    """A line on the page: its number (from 1), and whether all about it is told."""

    number: int
    line: Line
    open: bool


@dataclass(frozen=True)
class ExampleState:
    """An example on a page; `focus` is the line opened last, `lacking` the one not answered."""

    record: ExampleRecord
    seed: str = ""
    focus: str = ""
    lacking: str = ""

    @property
    def example(self) -> Example:
        """The talk."""
        return self.record.content

    @property
    def over(self) -> bool:
        """Whether nothing is kept back any more."""
        return all(map(self.record.open, self.example.asked.values()))

    def lines(self, version: Version) -> tuple[ShownLine, ...]:
        """Return the lines on the page: up to the first that asks what the next would tell."""
        found = []
        for number, line in enumerate(version.lines, 1):
            shown = ShownLine(number, line, self.record.open(line))
            found.append(shown)
            if line.gate and not shown.open:
                break
        return tuple(found)

    def options(self, line: Line) -> tuple[tuple[str, Reason], ...]:
        """Return the answers to a line's question as this learner sees them, each with its letter.

        A page never holds an option's id, which might tell whether it is right.
        """
        given = line.ask.options if line.ask else ()
        options = shuffled(given, self.seed, f"{self.example.id}:{line.name}")
        return tuple((chr(ord("A") + place), option) for place, option in enumerate(options))

    def chosen(self, line: Line) -> Reason | None:
        """Return the answer that the learner chose."""
        return line.ask.option(self.record.chosen.get(line.name, "")) if line.ask else None

    def problem(self, line: Line) -> str:
        """Return what a line lacks, if that is to be said now."""
        return WRITE.get(line.kind, CHOOSE) if line.name == self.lacking else ""


def find(library: Library, name: str) -> Example:
    """Return the example of that id; raise UnknownIdError or ContentError."""
    found: Example = library.named("examples", name)
    return found


def subjects(content: Example) -> tuple[str, ...]:
    """Return the example, if it asks for anything."""
    return (_subject(content),) if content.asked else ()


def _subject(content: Example) -> str:
    """Return what its events are about; an example may be called like its module or a quiz."""
    return f"example:{content.id}"


def blank(content: Example) -> ExampleRecord:
    """Return the example with nothing done."""
    return ExampleRecord(content)


def begin(record: ExampleRecord, context: Context) -> ExampleState:
    """Return the page with what was done."""
    return ExampleState(record, context.seed)


def fold(record: ExampleRecord, event: Event) -> ExampleRecord:
    """Fold an event in: the latest answer and text stand.

    An example of another edition keeps its texts; it is asked and shown anew.
    """
    content = record.content
    if event.subject != _subject(content):
        return record
    current = event.edition == content.edition
    asked = content.asked
    match event.body:
        case ExampleWrote(line=name, text=text) if name in asked and not asked[name].ask:
            texts, saved = {**record.texts, name: text}, {**record.saved, name: event.time}
            return record._replace(texts=texts, saved=saved)
        case ExampleAnswered(line=name, choice=choice) if current and name in asked:
            question = asked[name].ask
            if question and question.option(choice):
                return record._replace(chosen={**record.chosen, name: choice})
        case ExampleShown(line=name) if current and name in asked:
            return record._replace(shown=record.shown | {name})
    return record


def done(record: ExampleRecord) -> bool:
    """Say whether every line that asks for something was answered, written or shown."""
    return all(map(record.done, record.content.asked.values()))


def written(record: ExampleRecord) -> Sequence[Note]:
    """Return what stands written at each line."""
    title = record.content.title
    found = []
    for name, line in record.content.asked.items():
        if record.text(line).strip():
            found.append(Note(title, record.text(line), record.saved[name]))
    return found


def update(state: ExampleState, action: Action) -> tuple[ExampleState, Sequence[Draft]]:
    """Answer "draft", and for a line on the page "answer", "compare" and "show".

    What stands in the form is recorded with every action, so that nothing typed is lost.
    """
    drafts = [_draft(state, body) for body in _texts(state, action)]
    if action.name == "draft":
        return state, drafts
    state = replace(state, focus="", lacking="")
    line = _on_page(state).get(action.about)
    if line is None:
        return state, drafts
    if _lacks(state, line, action):
        return replace(state, lacking=line.name), drafts
    body = _opens(state, line, action)
    if body is None:
        return state, drafts
    return replace(state, focus=line.name), [*drafts, _draft(state, body)]


def _draft(state: ExampleState, body: Body) -> Draft:
    return Draft(_subject(state.example), state.example.edition, body)


def _texts(state: ExampleState, action: Action) -> list[ExampleWrote]:
    """Return the texts of a form that differ from what is kept."""
    found = []
    for name, line in state.example.asked.items():
        text = _text(state, line, action)
        if text != state.record.text(line) and not line.ask:
            found.append(ExampleWrote(name, text))
    return found


def _text(state: ExampleState, line: Line, action: Action) -> str:
    """Return what stands at a line once the form is read."""
    return action.get(fields.prompt(state.example.id, line.name), state.record.text(line))


def _on_page(state: ExampleState) -> Mapping[str, Line]:
    """Return the lines on the page with which the learner does something."""
    found = {}
    for version in state.example.versions:
        for shown in state.lines(version):
            if shown.line.kind != "told":
                found[shown.line.name] = shown.line
    return found


def _lacks(state: ExampleState, line: Line, action: Action) -> bool:
    """Say whether an answer or a comparison is asked for with nothing chosen or written."""
    if line.ask:
        return action.name == "answer" and not action.get(fields.PICK)
    return action.name == "compare" and not _text(state, line, action).strip()


def _opens(state: ExampleState, line: Line, action: Action) -> Body | None:
    """Return what opens a line; None if that is not what the line offers."""
    match action.name:
        case "show":
            return ExampleShown(line.name)
        case "compare" if not line.ask:
            return ExampleShown(line.name)
        case "answer" if line.ask:
            return ExampleAnswered(line.name, _option(state, line, action.get(fields.PICK)))
    return None


def _option(state: ExampleState, line: Line, letter: str) -> str:
    options = dict(state.options(line))
    if letter not in options:
        raise ActionError
    return options[letter].id
