"""A talk rehearsed: an opening line, pushback in rounds, and a look at each line of one's own.

The partner takes up what the learner wrote in the sheets, else says a line of the deck. What they
said is recorded when the rehearsal begins, so that it stays as it was heard. No line is marked:
turns of phrase are shown in it, and the learner holds it against three questions.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from brmcourse.activities import fields, proposal
from brmcourse.activities import sheet as sheets
from brmcourse.activities.activity import NONE, Action, Context, Note, shuffled
from brmcourse.activities.sheet import SheetRecord
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import (
    Body,
    Draft,
    Event,
    ProposalWrote,
    RehearsalBegan,
    RehearsalEnded,
    RehearsalLooked,
    RehearsalPrepared,
    RehearsalSaid,
)
from brmcourse.model.proposal import Proposal
from brmcourse.model.pushback import SLOT
from brmcourse.model.pushback import Line as Pushback
from brmcourse.model.rehearsal import Criterion, Draw, Rehearsal
from brmcourse.model.sheet import Sheet
from brmcourse.scoring.receptive import MARKERS, Marker, markers, spans

PREPARE, REPLY, LOOK, END = "prepare", "reply", "look", "end"
"""The steps: naming the talk, answering pushback, looking at one's line, and all lines together."""

OCCASION, LINE, REVISED, BEST = "occasion", "line", "revised", "best"
"""What the fields of a round hold."""

LONGEST = 140
"""The most characters that the partner takes up from a sheet."""

STEPS: Mapping[str, Sequence[str]] = {
    PREPARE: ("begin",),
    REPLY: ("say", "end"),
    LOOK: ("next", "end"),
    END: ("again", "put"),
}
"""The actions that each step offers, beside "draft"."""

ASKS = {PREPARE: LINE, REPLY: LINE, LOOK: REVISED}
"""The field that the form of a step always has; one of another round has it not."""

NO_OPENING, NO_LINE, NO_BEST = (
    "Write your opening line first.",
    "Write what you would say first.",
    "Choose a line first.",
)


@dataclass(frozen=True)
class Outline:
    """The rehearsal, the deck, the sheets that it draws from, and the page with the opening."""

    rehearsal: Rehearsal
    deck: tuple[Pushback, ...]
    sheets: Mapping[str, Sheet]
    proposal: Proposal

    @property
    def opening(self) -> str:
        """What the line to open with is called on the page for the partner."""
        return proposal.own_key(self.rehearsal.opens)


class Prepared(NamedTuple):
    """What stands as the occasion and the opening line of a rehearsal to come."""

    occasion: str = ""
    opening: str = ""


class Said(NamedTuple):
    """A line of the learner's own, whether it was said, and when it was written."""

    text: str
    done: bool
    time: datetime


class Look(NamedTuple):
    """The ratings of a line by question, the line written once more, and whether that is over."""

    ratings: Mapping[str, str] = NONE
    revised: str = ""
    done: bool = False
    time: datetime = sheets.LONG_AGO


class Talk(NamedTuple):
    """One rehearsal: what was said in each round, from 0, the opening, on."""

    number: int
    occasion: str
    pushback: Sequence[str]
    said: Mapping[int, Said]
    looks: Mapping[int, Look] = NONE
    ended: bool = False

    @property
    def place(self) -> tuple[str, int]:
        """The step that the learner is at, and the round."""
        for round_ in range(len(self.pushback) + 1):
            if self.ended:
                break
            if not self.has_said(round_):
                return REPLY, round_
            if not self.look(round_).done:
                return LOOK, round_
        return END, len(self.pushback)

    @property
    def rounds(self) -> Sequence[int]:
        """The rounds in which the learner said something, 0 the opening among them."""
        return [round_ for round_ in range(len(self.pushback) + 1) if self.has_said(round_)]

    def has_said(self, round_: int) -> bool:
        """Say whether the learner's line of a round was said."""
        return round_ in self.said and self.said[round_].done

    def look(self, round_: int) -> Look:
        """Return what came of the look at the line of a round."""
        return self.looks.get(round_, Look())

    def heard(self, round_: int) -> str:
        """Return what the partner said in a round; nothing before the opening."""
        return self.pushback[round_ - 1] if round_ else ""


class RehearsalRecord(NamedTuple):
    """All rehearsals, what is prepared, what stands in the sheets, and the plan's opening line."""

    content: Outline
    sheets: Mapping[str, SheetRecord]
    talks: tuple[Talk, ...] = ()
    prepared: Prepared | None = None
    plan: proposal.Kept = proposal.Kept("", chosen=False)

    @property
    def talk(self) -> Talk | None:
        """The rehearsal that is on, or the last one if none is being prepared."""
        return self.talks[-1] if self.talks and self.prepared is None else None

    @property
    def preparing(self) -> Prepared:
        """What the next rehearsal begins with; at first with the opening line of the plan."""
        return self.prepared or Prepared("", self.plan.text)

    def words(self, draw: Draw) -> Iterator[str]:
        """Yield what the partner may take up from a sheet."""
        for texts in self.sheets[draw.sheet].filled.values():
            words = _taken(texts.get(draw.field, ""))
            if words and proposal.wanted(draw.only, texts):
                yield words


class Version(NamedTuple):
    """A line to choose: its name in the form, its words, and whether the plan opens with it."""

    name: str
    text: str
    in_plan: bool


@dataclass(frozen=True)
class RehearsalState:
    """A rehearsal on a page.

    `problems` say what is missing, `turned` that the last step led here, and `put` that it changed
    the plan.
    """

    record: RehearsalRecord
    seed: str = ""
    problems: tuple[proposal.Problem, ...] = ()
    turned: bool = False
    put: bool = False

    @property
    def rehearsal(self) -> Rehearsal:
        """What is asked."""
        return self.record.content.rehearsal

    @property
    def number(self) -> int:
        """The number of the rehearsal on the page, from 1."""
        return len(self.record.talks) + (self.record.talk is None)

    @property
    def step(self) -> str:
        """The step that the learner is at."""
        return self._place[0]

    @property
    def round(self) -> int:
        """The round on the page; 0 is the opening."""
        return self._place[1]

    @cached_property
    def _place(self) -> tuple[str, int]:
        talk = self.record.talk
        return talk.place if talk else (PREPARE, 0)

    @property
    def rounds(self) -> Sequence[int]:
        """The rounds in which the learner said something."""
        return self.record.talk.rounds if self.record.talk else ()

    @property
    def reply(self) -> str:
        """What stands as the learner's line in the round on the page."""
        said = self.record.talk.said.get(self.round) if self.record.talk else None
        return said.text if said else ""

    @property
    def look(self) -> Look:
        """What stands of the look at the line on the page."""
        return self.record.talk.look(self.round) if self.record.talk else Look()

    @property
    def over(self) -> Sequence[Talk]:
        """The rehearsals before the one on the page, the latest first."""
        return self.record.talks[: self.number - 1][::-1]

    def field(self, what: str) -> str:
        """Return what a form on the page calls that field of the round."""
        return fields.rehearsed(self.number, self.round, what)

    def id(self, what: str) -> str:
        """Return what something is called on the page; new with every round, as it is new then."""
        return f"rehearsal-{self.number}-{self.round}-{what.replace(' ', '-')}"

    def asked(self, criterion: Criterion) -> str:
        """Return a question as it is asked of the line on the page."""
        return criterion.text if self.round else criterion.opening or criterion.text

    def pieces(self, text: str) -> Sequence[tuple[str, Sequence[Marker]]]:
        """Return a text in pieces, in turn with markers and without; what overlaps is one piece."""
        found = []
        for _, run in groupby(spans(text), key=lambda span: bool(span.markers)):
            parts = list(run)
            names = {name for part in parts for name in part.markers}
            inside = [marker for marker in MARKERS.values() if marker.id in names]
            found.append(("".join(part.text for part in parts), inside))
        return found

    def found(self, text: str, *, helps: bool) -> Sequence[tuple[Marker, int]]:
        """Return the markers in a text that help, or those that do not, each with how often."""
        counted = Counter(one.marker for one in markers(text))
        return [
            (marker, counted[marker.id])
            for marker in MARKERS.values()
            if marker.id in counted and marker.helps == helps
        ]

    def versions(self, round_: int) -> Sequence[Version]:
        """Return the line of a round as it was said, and as it was written once more."""
        talk = self.record.talk
        if talk is None or not talk.has_said(round_):
            return ()
        texts = {LINE: talk.said[round_].text, REVISED: talk.look(round_).revised}
        plan = self.record.plan
        return [
            Version(f"{round_} {what}", text, plan.chosen and _in_a_line(text) == plan.text)
            for what, text in texts.items()
            if text.strip()
        ]

    @property
    def opens(self) -> str:
        """The title of the part of the page for the partner that has the line to open with."""
        parts = {part.id: part.title for part in self.record.content.proposal.parts}
        return parts.get(self.rehearsal.opens, "")

    @property
    def too_long(self) -> bool:
        """Whether the plan's opening line has more characters than fit on its page."""
        return len(self.record.plan.text) > proposal.LONGEST


def find(library: Library, _name: str) -> Outline:
    """Return the rehearsal with the deck and the sheets; raise UnknownIdError or ContentError."""
    rehearsal: Rehearsal = library.single("rehearsal.yaml")
    decks = [library.named("pushback", name) for name in library.names("pushback")]
    names = dict.fromkeys(draw.sheet for draw in rehearsal.draws)
    found = {name: library.named("sheets", name) for name in names}
    lines = tuple(line for deck in decks for line in deck.lines)
    return Outline(rehearsal, lines, found, library.single("proposal.yaml"))


def subjects(content: Outline) -> tuple[str, ...]:
    """Return the rehearsal, the sheets, and the page for the partner."""
    names = (sheet.id for sheet in content.sheets.values())
    return (content.rehearsal.id, *names, content.proposal.id)


def blank(content: Outline) -> RehearsalRecord:
    """Return no rehearsal, and nothing in the sheets."""
    return RehearsalRecord(
        content, {name: sheets.blank(sheet) for name, sheet in content.sheets.items()}
    )


def begin(record: RehearsalRecord, context: Context) -> RehearsalState:
    """Return the page where the learner left it."""
    return RehearsalState(record, f"{context.seed}:{context.partner}")


def fold(record: RehearsalRecord, event: Event) -> RehearsalRecord:
    """Fold an event in; what was said stays as it was said."""
    content = record.content
    if event.subject == content.rehearsal.id:
        return _rehearsed(record, event)
    if event.subject == content.proposal.id:
        match event.body:
            case ProposalWrote(line=content.opening, text=text, chosen=chosen):
                return record._replace(plan=proposal.Kept(text, chosen))
        return record
    for name, before in record.sheets.items():
        after = sheets.fold(before, event)
        if after is not before:
            return record._replace(sheets={**record.sheets, name: after})
    return record


def _rehearsed(record: RehearsalRecord, event: Event) -> RehearsalRecord:
    """Fold an event of a rehearsal in; one that does not follow from those before changes nothing.

    Two windows may begin or say something at once: what came first counts.
    """
    body, next_ = event.body, len(record.talks) + 1
    match body:
        case RehearsalPrepared(number=number, occasion=occasion, opening=opening):
            if number == next_:
                return record._replace(prepared=Prepared(occasion, opening))
        case RehearsalBegan(number=number, opening=opening):
            if number == next_ and opening.strip():
                heard = tuple(line.get("says", "") for line in body.pushback)
                said = {0: Said(opening, done=True, time=event.time)}
                talk = Talk(number, body.occasion, heard, said)
                return record._replace(talks=(*record.talks, talk), prepared=None)
        case RehearsalSaid() | RehearsalLooked() | RehearsalEnded() if record.talk:
            talk = _went_on(record.talk, body, event.time)
            if talk is not record.talk:
                return record._replace(talks=(*record.talks[:-1], talk))
    return record


def _went_on(
    talk: Talk, body: RehearsalSaid | RehearsalLooked | RehearsalEnded, time: datetime
) -> Talk:
    if body.number != talk.number:
        return talk
    step, round_ = talk.place
    match body:
        case RehearsalEnded():
            return talk._replace(ended=True)
        case RehearsalSaid(round=number, text=text) if (step, round_) == (REPLY, number):
            said = Said(text, body.done and bool(text.strip()), time)
            return talk._replace(said={**talk.said, number: said})
        case RehearsalLooked(round=number) if (step, round_) == (LOOK, number):
            look = Look(body.ratings, body.revised, body.done, time)
            return talk._replace(looks={**talk.looks, number: look})
    return talk


def done(record: RehearsalRecord) -> bool:
    """Say whether a rehearsal came to its end."""
    return any(talk.place[0] == END for talk in record.talks)


def written(record: RehearsalRecord) -> Sequence[Note]:
    """Return every line that was said, and each that was written once more."""
    found = []
    for talk in record.talks:
        title = talk.occasion.strip() or record.content.rehearsal.title
        for round_ in talk.rounds:
            said, look = talk.said[round_], talk.look(round_)
            found.append(Note(title, said.text, said.time))
            if look.revised.strip():
                found.append(Note(title, look.revised, look.time))
    return found


def update(state: RehearsalState, action: Action) -> tuple[RehearsalState, Sequence[Draft]]:
    """Answer "draft", and at its step each of "begin", "say", "next", "end", "again" and "put".

    What stands in the form is recorded with every action, so that nothing typed is lost.
    """
    state = replace(state, problems=(), turned=False, put=False)
    bodies = _typed(state, action)
    asks = ASKS.get(state.step)
    if action.name in STEPS[state.step] and (asks is None or state.field(asks) in action.form):
        if action.name == "put":
            return _put(state, action)
        problem = _missing(state, action)
        state = replace(state, problems=problem, turned=not problem)
        bodies = bodies if problem else list(_step(state, action))
    content = state.rehearsal
    return state, [Draft(content.id, content.edition, body) for body in bodies]


def _missing(state: RehearsalState, action: Action) -> tuple[proposal.Problem, ...]:
    """Return what a step lacks: nothing begins, and nothing is said, without a line."""
    lines = {"begin": (_prepared(state, action).opening, NO_OPENING)}
    lines |= {"say": (_reply(state, action), NO_LINE)}
    text, words = lines.get(action.name, ("-", ""))
    return () if text.strip() else (proposal.Problem(state.id(LINE), words),)


def _step(state: RehearsalState, action: Action) -> Iterator[Body]:
    """Yield what is recorded of a step that lacks nothing."""
    here = (state.number, state.round)
    match action.name:
        case "begin":
            drawn = drawn_for(state.record, state.seed)
            heard = [{"line": line, "says": says} for line, says in drawn]
            yield RehearsalBegan(state.number, *_prepared(state, action), heard)
        case "say":
            yield RehearsalSaid(*here, _reply(state, action), done=True)
        case "next":
            yield _looked(state, action, done=True)
        case "end":
            if state.step == LOOK:
                yield _looked(state, action, done=False)
            elif _reply(state, action).strip():
                yield RehearsalSaid(*here, _reply(state, action), done=True)
            yield RehearsalEnded(state.number)
        case "again":
            yield _next(state)


def _typed(state: RehearsalState, action: Action) -> list[Body]:
    """Return what a form says that is not kept yet."""
    if state.step == PREPARE:
        prepared = _prepared(state, action)
        kept = prepared == state.record.preparing
        return [] if kept else [RehearsalPrepared(state.number, *prepared)]
    if state.step == REPLY:
        text = _reply(state, action)
        kept = text == state.reply
        return [] if kept else [RehearsalSaid(state.number, state.round, text, done=False)]
    if state.step == LOOK:
        looked, look = _looked(state, action, done=False), state.look
        kept = (looked.ratings, looked.revised) == (look.ratings, look.revised)
        return [] if kept else [looked]
    return []


def _prepared(state: RehearsalState, action: Action) -> Prepared:
    kept = state.record.preparing
    return Prepared(
        action.get(state.field(OCCASION), kept.occasion),
        action.get(state.field(LINE), kept.opening),
    )


def _reply(state: RehearsalState, action: Action) -> str:
    return action.get(state.field(LINE), state.reply)


def _looked(state: RehearsalState, action: Action, *, done: bool) -> RehearsalLooked:
    """Return the look at a line as the form has it; an answer not offered changes nothing."""
    look, ratings = state.look, {}
    offered = {degree.id for degree in state.rehearsal.degrees}
    for criterion in state.rehearsal.rubric:
        kept = look.ratings.get(criterion.id, "")
        given = action.get(state.field(criterion.id), kept)
        given = given if given in offered else kept
        if given:
            ratings[criterion.id] = given
    revised = action.get(state.field(REVISED), look.revised)
    return RehearsalLooked(state.number, state.round, ratings, revised, done)


def _next(state: RehearsalState) -> RehearsalPrepared:
    """Return how the next rehearsal begins: the same talk, the opening of the plan or the last."""
    last = state.record.talks[-1]
    opening = state.record.plan.text or last.said[0].text
    return RehearsalPrepared(state.number + 1, last.occasion, opening)


def _put(state: RehearsalState, action: Action) -> tuple[RehearsalState, Sequence[Draft]]:
    """Write the chosen line to the page for the partner, as its line to open with."""
    name = action.get(state.field(BEST))
    if not name:
        first = state.versions(0)[0]
        return replace(state, problems=(proposal.Problem(state.id(first.name), NO_BEST),)), ()
    texts = {
        version.name: version.text for round_ in state.rounds for version in state.versions(round_)
    }
    if name not in texts:
        raise ActionError
    content = state.record.content
    body = ProposalWrote(content.opening, _in_a_line(texts[name]), chosen=True)
    page = content.proposal
    return replace(state, put=True, turned=True), [Draft(page.id, page.edition, body)]


# What the partner says


class _Says(NamedTuple):
    """A line that the partner could say, and whose words it takes up."""

    line: Pushback
    text: str
    words: str = ""


def drawn_for(record: RehearsalRecord, seed: str) -> Sequence[tuple[str, str]]:
    """Return what the partner says in each round of the next rehearsal: a line's id, and its words.

    One learner gets the same for the same rehearsal. First of all, rounds are as hard as they
    should be; then nothing comes again from the rehearsal before. Words of the learner's own come
    before others, once from each kind of source, and then the kinds of pushback take turns.
    """
    number = len(record.talks) + 1
    before = set(record.talks[-1].pushback) if record.talks else set()
    possible = list(_possible(record))
    kinds = shuffled(sorted({says.line.kind for says in possible}), seed, f"kinds:{number}")
    drawn: list[_Says] = []
    for round_, level in enumerate(record.content.rehearsal.rounds):
        left = [says for says in possible if not any(_alike(says, one) for one in drawn)]
        if not left:
            break
        kind = kinds[round_ % len(kinds)]
        taken = {one.line.about for one in drawn if one.words}
        ranks = {
            says: (
                abs(says.line.level - level),
                says.text in before,
                not says.words or says.line.about in taken,
                says.line.kind != kind,
            )
            for says in shuffled(left, seed, f"rehearsal:{number}:{round_}")
        }
        drawn.append(min(ranks, key=ranks.__getitem__))
    return [(says.line.id, says.text) for says in drawn]


def _possible(record: RehearsalRecord) -> Iterator[_Says]:
    """Yield all that the partner could say: each line, once for all words that it may take up."""
    taken: dict[str, list[str]] = {}
    for draw in record.content.rehearsal.draws:
        taken.setdefault(draw.about, []).extend(record.words(draw))
    for line in record.content.deck:
        if SLOT not in line.text:
            yield _Says(line, line.text)
            continue
        for words in taken.get(line.about or "", ()):
            yield _Says(line, _filled(line.text, words), words)


def _alike(one: _Says, other: _Says) -> bool:
    """Say whether two lines would sound alike in one talk."""
    return one.line.id == other.line.id or (bool(one.words) and one.words == other.words)


def _filled(text: str, words: str) -> str:
    """Return a line of the deck with words of the learner's own, which may end a sentence."""
    if words[-1] in "?!…":
        text = text.replace(f"{SLOT}.", SLOT)
    return text.replace(SLOT, words)


def _taken(text: str) -> str:
    """Return words of a sheet as the partner may say them: in one line, and not for long."""
    words = _in_a_line(text).strip(' “”".,;:')
    if len(words) <= LONGEST:
        return words
    whole = words[: LONGEST + 1].rpartition(" ")[0]
    return (whole or words[:LONGEST]) + "…"


def _in_a_line(text: str) -> str:
    return " ".join(text.split())
