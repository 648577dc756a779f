"""The partner's view: a form for one partner, or for a group, and their answers beside one's own.

The form leaves the course as a file, as paper or on this screen, and comes back as a code, typed in
or filled in here; the course sends nothing. One partner's answers are shown line by line to nobody
and scale by scale to the learner, who was seen to have asked. A group's are shown only as
`scoring.pooling` lets them: an answer taken in can therefore never be taken out again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from brmcourse.activities import mirror_code as code
from brmcourse.activities import scale as scales
from brmcourse.activities.activity import NONE, Action, Context, Note
from brmcourse.activities.scale import Questionnaire, Ratings, ScaleRecord
from brmcourse.content.library import Library
from brmcourse.errors import ActionError, CodeError
from brmcourse.events import FIRST_PARTNER, Draft, Event, MirrorAnswered, MirrorInvited
from brmcourse.model.mirror import Line, Mirror, Opening
from brmcourse.model.scale import Format, Item, Scale
from brmcourse.scoring.gaps import Gap, distance, gap
from brmcourse.scoring.pooling import BATCH, Pooled, pooled
from brmcourse.scoring.scales import score_scale

OPEN, GROUP = "open", "group"
"""The modes: one partner who agreed and is known, and several people who are shown together."""

MODES = (OPEN, GROUP)

VIEW, HAND, TYPE, THANKS = "view", "hand", "type", "thanks"
"""The steps: the learner's own page, the form handed over, the form to type paper into, and what
stands on the screen while it is handed back: nothing that is the learner's.
"""

DONT_KNOW = "none"
"""The form value of "Don't know"."""

CODE, KEEP, IDEA, AGREED, QUIET = "code", "keep", "idea", "agreed", "quiet"
"""Fields: the code that was pasted, two texts, and two ticks before a form is made."""

NAME_LENGTH = 12

FOREIGN = (
    "This is the answer to another form: not to one that you made here about this partner. Turn to "
    "the partner whom it is about, or ask who sent it."
)
OLD = (
    "This is the answer to an older form, whose lines have changed since. Make the form once more, "
    "and ask them to answer the new one."
)
TAKEN = "This answer was taken in already. It counts once."
NOTHING = (
    "Nothing is marked or written yet. Mark a line, or hand back the screen without an answer."
)
UNASKED = "Tick that you asked them, and that they agreed."
DISPUTED = "Tick that there is no open dispute, or wait."


class Problem(NamedTuple):
    """What is missing or wrong: the id of the field, and a sentence."""

    field: str
    words: str


@dataclass(frozen=True)
class Outline:
    """The form, its answer format, and the self-assessments that it mirrors."""

    mirror: Mirror
    format: Format
    scales: Mapping[str, Questionnaire]

    @cached_property
    def mirrored(self) -> Mapping[str, tuple[Item, ...]]:
        """The lines of each self-assessment that the form mirrors."""
        named = {line.of for line in self.mirror.lines}
        return {
            name: tuple(item for item in found.scale.items if item.id in named and not item.choices)
            for name, found in self.scales.items()
        }

    @cached_property
    def parts(self) -> Mapping[str, Scale]:
        """Each self-assessment with nothing but the lines mirrored."""
        return {
            name: found.scale.model_copy(update={"items": self.mirrored[name]})
            for name, found in self.scales.items()
        }

    @cached_property
    def lines(self) -> Mapping[str, Line]:
        """The lines of the form by their ids."""
        return {line.id: line for line in self.mirror.lines}

    def fits(self, ratings: Ratings) -> bool:
        """Say whether all of these are answers that the form offers."""
        offered = {None, *range(self.format.min, self.format.max + 1)}
        return all(name in self.lines and rating in offered for name, rating in ratings.items())

    def by_item(self, ratings: Ratings) -> Ratings:
        """Return the ratings of the form's lines by the lines of the scales that they mirror."""
        return {self.lines[name].of: rating for name, rating in ratings.items()}

    def scores(self, ratings: Ratings) -> Mapping[str, float | None]:
        """Return what an answer comes to for each self-assessment, 0 to 100; None if too little.

        It is the mean of the lines mirrored, by the rules of the self-assessments themselves.
        """
        found, given = {}, self.by_item(ratings)
        for name, part in self.parts.items():
            own = {item.id: given[item.id] for item in part.items if item.id in given}
            found[name] = score_scale(part, self.format, own).score
        return found


class Invitation(NamedTuple):
    """A form that was made: its id, for whom, and in which edition."""

    id: str
    mode: str
    edition: int


class Answer(NamedTuple):
    """An answer that was taken in."""

    id: str
    mode: str
    ratings: Ratings
    keep: str
    idea: str
    time: datetime


class Shown(NamedTuple):
    """A line of the results: a scale's id and title, own score, that of the other side, the gap.

    `people` is of how many the other side's is.
    """

    id: str
    title: str
    own: float | None
    theirs: float | None
    gap: Gap | None
    people: int = 1


class MirrorRecord(NamedTuple):
    """The forms made, the answers taken in, and the self-assessments."""

    content: Outline
    scales: Mapping[str, ScaleRecord]
    invitations: tuple[Invitation, ...] = ()
    answers: Mapping[str, Answer] = NONE

    def invitation(self, mode: str) -> Invitation | None:
        """Return the form of that mode, in the edition of today; None if none was made."""
        for found in self.invitations:
            if found.mode == mode and found.edition == self.content.mirror.edition:
                return found
        return None

    def of(self, mode: str) -> Sequence[Answer]:
        """Return the answers in that mode, in the order in which they came."""
        return [answer for answer in self.answers.values() if answer.mode == mode]

    @property
    def latest(self) -> Answer | None:
        """What the partner answered last."""
        found = self.of(OPEN)
        return found[-1] if found else None

    @property
    def group(self) -> Mapping[str, Pooled | None]:
        """What may be shown of a group, by scale."""
        scores = [self.content.scores(answer.ratings) for answer in self.of(GROUP)]
        return {name: pooled([one[name] for one in scores]) for name in self.content.scales}

    def own(self, name: str) -> Ratings:
        """Return the learner's own ratings of the lines mirrored, from the latest result."""
        result = self.scales[name].result
        if result is None:
            return NONE
        items = self.content.mirrored[name]
        return {item.id: result.answers[item.id] for item in items if item.id in result.answers}

    def own_score(self, name: str) -> float | None:
        """Return the learner's own score over the lines mirrored; None if too few are answered."""
        given = self.own(name)
        return score_scale(self.content.parts[name], self.content.format, given).score


def partner_view(record: MirrorRecord) -> Mapping[str, float | None]:
    """Return how others see it, by scale, 0 to 100: the partner's latest answer, else the group's.

    None where too little was answered, or where a group's is not to be shown yet.
    """
    if record.latest:
        return record.content.scores(record.latest.ratings)
    return {name: found.score if found else None for name, found in record.group.items()}


def gaps_of(record: MirrorRecord) -> Mapping[str, Gap | None]:
    """Return self minus partner by scale, from the same source as `partner_view`.

    With one partner the gap is over the lines that both answered; with a group it is between one's
    own score over the lines mirrored and the mean of those who are shown.
    """
    mode = OPEN if record.latest else GROUP
    return {shown.id: shown.gap for shown in compared(record, mode)}


def compared(record: MirrorRecord, mode: str) -> Sequence[Shown]:
    """Return each scale with both views of it."""
    return _with_partner(record) if mode == OPEN else _with_group(record)


def _with_partner(record: MirrorRecord) -> Sequence[Shown]:
    content, found = record.content, []
    ratings = record.latest.ratings if record.latest else NONE
    scores, given = content.scores(ratings), content.by_item(ratings)
    for name, asked in content.scales.items():
        between = gap(content.mirrored[name], content.format, record.own(name), given)
        own = record.own_score(name)
        found.append(Shown(name, asked.scale.title, own, scores[name], between))
    return found


def _with_group(record: MirrorRecord) -> Sequence[Shown]:
    content, found = record.content, []
    for name, theirs in record.group.items():
        own, between = record.own_score(name), None
        if own is not None and theirs is not None:
            items = len(content.mirrored[name])
            between = distance(own, theirs.score, content.format, items)
        score, people = (theirs.score, theirs.people) if theirs else (None, 0)
        found.append(Shown(name, content.scales[name].scale.title, own, score, between, people))
    return found


@dataclass(frozen=True)
class MirrorState:
    """The partner's view on a page: the step it is at, and what is on show there only.

    `file` is the mode of the form that was asked for as a file, `focus` what the last step led to,
    `taken` how many answers were just taken in, `refused` why others were not, and `pasted` a text
    from which none was.
    """

    record: MirrorRecord
    context: Context
    step: str = VIEW
    file: str = ""
    focus: str = ""
    problems: tuple[Problem, ...] = ()
    refused: tuple[str, ...] = ()
    pasted: str = ""
    taken: int = 0

    dont_know = DONT_KNOW
    longest = code.LONGEST
    batch = BATCH

    @property
    def mirror(self) -> Mirror:
        """What the form asks."""
        return self.record.content.mirror

    @property
    def format(self) -> Format:
        """The words of its answers."""
        return self.record.content.format

    @property
    def heading(self) -> str:
        """What stands above the form on paper."""
        return self.mirror.heading

    @property
    def opening(self) -> Opening:
        """What the form for one partner says first."""
        return self.mirror.open

    @property
    def handed(self) -> bool:
        """Whether the screen is in the partner's hands."""
        return self.step in {HAND, THANKS}

    @property
    def waiting(self) -> int:
        """How many answers of a group are not counted yet, because their batch is not full."""
        return len(self.record.of(GROUP)) % BATCH

    @property
    def compared(self) -> Sequence[tuple[str, Sequence[Shown]]]:
        """The results of each mode in which there are answers."""
        modes = [mode for mode in MODES if self.record.of(mode)]
        return [(mode, compared(self.record, mode)) for mode in modes]


def find(library: Library, _name: str) -> Outline:
    """Return the form with the scales that it mirrors; raise UnknownIdError or ContentError."""
    mirror: Mirror = library.single("mirror.yaml")
    found = {entry.id: scales.find(library, entry.id) for entry in mirror.scales}
    return Outline(mirror, library.named("formats", mirror.format), found)


def subjects(content: Outline) -> tuple[str, ...]:
    """Return the form, and the scales."""
    return (content.mirror.id, *(found.scale.id for found in content.scales.values()))


def blank(content: Outline) -> MirrorRecord:
    """Return a record without any form or answer."""
    return MirrorRecord(content, {name: scales.blank(one) for name, one in content.scales.items()})


def fold(record: MirrorRecord, event: Event) -> MirrorRecord:
    """Fold an event in; an answer to another edition, or the same one again, counts for nothing."""
    if event.subject == record.content.mirror.id:
        return _folded(record, event)
    before = record.scales.get(event.subject)
    after = scales.fold(before, event) if before else None
    if before is None or after is None or after is before:
        return record
    return record._replace(scales={**record.scales, event.subject: after})


def _folded(record: MirrorRecord, event: Event) -> MirrorRecord:
    match event.body:
        case MirrorInvited(invitation=name, mode=mode) if mode in MODES:
            made = Invitation(name, mode, event.edition)
            if made in record.invitations:
                return record
            return record._replace(invitations=(*record.invitations, made))
        case MirrorAnswered() as body if event.edition == record.content.mirror.edition:
            known = body.answer in record.answers or body.mode not in MODES
            if known or not record.content.fits(body.ratings):
                return record
            given = Answer(body.answer, body.mode, body.ratings, body.keep, body.idea, event.time)
            return record._replace(answers={**record.answers, body.answer: given})
    return record


def done(record: MirrorRecord) -> bool:
    """Say whether somebody was asked; whether they answer is theirs to choose."""
    return any(record.invitation(mode) for mode in MODES)


def written(_record: MirrorRecord) -> Sequence[Note]:
    """Return nothing: what stands here in words is the partner's."""
    return ()


def begin(record: MirrorRecord, context: Context) -> MirrorState:
    """Return the learner's own page."""
    return MirrorState(record, context)


def update(state: MirrorState, action: Action) -> tuple[MirrorState, Sequence[Draft]]:
    """Answer "invite" and "file" (a mode), "take", "hand", "type", "answer", "leave" and "back"."""
    state = _cleared(state)
    match action.name:
        case "invite":
            return _invite(state, action)
        case "take":
            return _take(state, action)
        case "answer" if state.step in {HAND, TYPE}:
            return _answer(state, action)
    return _turned(state, action), ()


def _turned(state: MirrorState, action: Action) -> MirrorState:
    """Return what an action shows that records nothing."""
    match action.name:
        case "file":
            _invited(state, action.about)
            return replace(state, file=action.about, focus=f"file-{action.about}")
        case "hand" | "type":
            _invited(state, OPEN)
            return replace(state, step=HAND if action.name == "hand" else TYPE)
        case "leave" if state.step == HAND:
            return replace(state, step=THANKS)
        case "back":
            return replace(state, step=VIEW, focus="start")
    return state


def _cleared(state: MirrorState) -> MirrorState:
    """Return the state without what was said to the last step."""
    fresh = MirrorState(state.record, state.context)
    return replace(fresh, step=state.step, file=state.file)


def _invited(state: MirrorState, mode: str) -> Invitation:
    found = state.record.invitation(mode)
    if found is None:
        raise ActionError
    return found


def _invite(state: MirrorState, action: Action) -> tuple[MirrorState, Sequence[Draft]]:
    mode = action.about
    if mode not in MODES:
        raise ActionError
    if state.record.invitation(mode):
        return state, ()  # another window made it
    problems = []
    if mode == OPEN and not action.get(AGREED):
        problems.append(Problem(f"mirror-{mode}-{AGREED}", UNASKED))
    if not action.get(QUIET):
        problems.append(Problem(f"mirror-{mode}-{QUIET}", DISPUTED))
    if problems:
        return replace(state, problems=tuple(problems)), ()
    name = _name(state, "invitation", mode, len(state.record.invitations))
    return replace(state, focus=mode), [_draft(state, MirrorInvited(name, mode))]


def _take(state: MirrorState, action: Action) -> tuple[MirrorState, Sequence[Draft]]:
    """Take in each code in the text that was pasted; say of each other one why it is not."""
    text = action.get(CODE)
    try:
        found = code.codes(text)
    except CodeError as error:
        problem = Problem(f"mirror-{CODE}", str(error))
        return replace(state, problems=(problem,), pasted=text[: code.LARGEST]), ()
    drafts: list[Draft] = []
    refused = []
    known = set(state.record.answers)
    for one in found:
        try:
            draft = _admitted(state, code.read(one), known)
        except CodeError as error:
            refused.append(str(error))
        else:
            known.add(draft.body.answer)  # type: ignore[attr-defined]
            drafts.append(draft)
    if not drafts:
        problem = Problem(f"mirror-{CODE}", refused[0])
        return replace(state, problems=(problem,), pasted=text[: code.LARGEST]), ()
    return replace(state, taken=len(drafts), refused=tuple(refused), focus="results"), drafts


def _admitted(state: MirrorState, answer: code.Answer, known: set[str]) -> Draft:
    """Return the event of an answer that counts here; raise CodeError with why it does not."""
    record, edition = state.record, state.mirror.edition
    asked = next((one for one in record.invitations if one.id == answer.invitation), None)
    if asked is None:
        raise CodeError(FOREIGN)
    if answer.edition != edition:
        raise CodeError(OLD if answer.edition < edition else code.NEWER)
    if answer.answer in known:
        raise CodeError(TAKEN)
    if not record.content.fits(answer.ratings):
        raise CodeError(code.DAMAGED)
    # A group is asked for no words: they would tell who wrote them.
    words = (answer.keep, answer.idea) if asked.mode == OPEN else ("", "")
    body = MirrorAnswered(answer.answer, asked.mode, answer.ratings, *words)
    return _draft(state, body)


def _answer(state: MirrorState, action: Action) -> tuple[MirrorState, Sequence[Draft]]:
    """Take in a form filled in on this screen, or typed in from paper."""
    _invited(state, OPEN)
    ratings = _ratings(state, action)
    texts = {name: action.get(name).strip()[: code.LONGEST] for name in (KEEP, IDEA)}
    if not ratings and not any(texts.values()):
        problem = Problem(f"{state.mirror.lines[0].id}-{state.format.min}", NOTHING)
        return replace(state, problems=(problem,)), ()
    said = f"{sorted(ratings.items())}:{texts[KEEP]}:{texts[IDEA]}"
    name = _name(state, f"answer:{said}", OPEN, len(state.record.answers))
    body = MirrorAnswered(name, OPEN, ratings, texts[KEEP], texts[IDEA])
    if state.step == HAND:
        return replace(state, step=THANKS), [_draft(state, body)]
    return replace(state, step=VIEW, taken=1, focus="results"), [_draft(state, body)]


def _ratings(state: MirrorState, action: Action) -> dict[str, int | None]:
    """Return the ratings in a form, whose fields are called like the lines."""
    offered = {str(value): value for value in range(state.format.min, state.format.max + 1)}
    given: dict[str, int | None] = {}
    for line in state.mirror.lines:
        value = action.get(line.id)
        if value == DONT_KNOW or value in offered:
            given[line.id] = offered.get(value)
    return given


def _draft(state: MirrorState, body: MirrorInvited | MirrorAnswered) -> Draft:
    """Return the event; who answered is the partner by key, or in a group the answer's own id."""
    draft = Draft(state.mirror.id, state.mirror.edition, body)
    if isinstance(body, MirrorInvited):
        return draft
    partner = state.context.partner or FIRST_PARTNER
    return draft._replace(author=partner if body.mode == OPEN else body.answer)


def _name(state: MirrorState, what: str, mode: str, number: int) -> str:
    """Return an id that the same learner, partner, words and number always give, and no others.

    What an answer says is part of it: on another computer, or after a new beginning, another
    answer may have the same number.
    """
    context = state.context
    text = f"{context.seed}:{context.partner}:{what}:{mode}:{number}"
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:NAME_LENGTH]
