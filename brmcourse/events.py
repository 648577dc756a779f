"""What a learner did, as immutable events. Marks, progress and plots are folds over them.

An event is an envelope (who, when, about what) around a body: one documented frozen class for each
kind. Nothing that can be computed is written into a body. `encode` and `decode` turn events into
records and back; a record is what a log keeps, and its form stays readable for ever.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from uuid6 import uuid7

SELF = "self"
"""The author of what learners say themselves; another name is a partner who answered."""

LEARNER = "learner"
"""The subject of events about the learner, not about any content."""

PARTNERS = "partners"
"""The subject of events about who the partners are."""

DUE = "due"
"""The subject of events about what waits on Home; what it is about is in their key."""

FIRST_PARTNER = "1"
"""The key of the partner that every learner begins with."""

LONGEST = 1_000_000
"""The most characters of a body; nobody types as many, and a longer one is not read."""

HIGHEST = 2**63
"""Below this an edition has to be; no file can hold more."""

Response = str | list[str] | dict[str, Any]
"""One option id (`single`), option ids (`multiple`, `order`), {option id: rating or target id}
(`judgement`, `match`), or {"text": …, "ratings": {criterion id: level}} (`compose`).
In a test also `NOT_YET`, to a question of any kind."""

NOT_YET = "?"
"""The response "I do not know yet". No option has that id, as ids begin with a letter."""


@dataclass(frozen=True)
class Body:
    """What happened. Each kind is a class of its own below."""

    kind: ClassVar[str]

    def __init_subclass__(cls) -> None:
        """Make the class known as the body of its kind of event."""
        KINDS[cls.kind] = cls


KINDS: dict[str, type[Body]] = {}
"""The class of each kind of event, by its name."""


@dataclass(frozen=True)
class LearnerBegan(Body):
    """Somebody opened the course for the first time; `seed` orders what is shown to them."""

    kind = "learner.began"
    seed: str


@dataclass(frozen=True)
class PartnerChosen(Body):
    """The event's partner is the current one from now on, known by that code."""

    kind = "partner.chosen"
    code: str


@dataclass(frozen=True)
class StepPassed(Body):
    """The learner went on from the end of that step of the event's subject, a module."""

    kind = "step.passed"
    step: str


@dataclass(frozen=True)
class QuizMoved(Body):
    """A question was turned to; "end" is behind the last one."""

    kind = "quiz.moved"
    to: str


@dataclass(frozen=True)
class QuizAnswered(Body):
    """The event's subject, a question, was answered in that quiz.

    `certainty` says how sure the learner was, from 1 (not sure) to 3 (very sure); None if nobody
    asked.
    """

    kind = "quiz.answered"
    quiz: str
    response: Response
    certainty: int | None = None


@dataclass(frozen=True)
class QuizCertainty(Body):
    """Being asked how sure one is was switched on or off, for all quizzes: about LEARNER."""

    kind = "quiz.certainty"
    on: bool


@dataclass(frozen=True)
class QuizWrote(Body):
    """A line was written to a compose question, and perhaps compared with the model answer."""

    kind = "quiz.wrote"
    response: dict[str, Any]
    compare: bool


@dataclass(frozen=True)
class QuizReset(Body):
    """A quiz was begun anew."""

    kind = "quiz.reset"


@dataclass(frozen=True)
class ConversationBegan(Body):
    """The first line of a conversation was asked for."""

    kind = "conversation.began"


@dataclass(frozen=True)
class ConversationCoached(Body):
    """The coach was switched on or off."""

    kind = "conversation.coached"
    on: bool


@dataclass(frozen=True)
class ConversationChose(Body):
    """A move was made: in which turn (from 0), at which node, which choice (its place there)."""

    kind = "conversation.chose"
    turn: int
    node: str
    choice: int


@dataclass(frozen=True)
class ConversationSayFirst(Body):
    """Writing a line of one's own before the choices show was switched on or off."""

    kind = "conversation.say-first"
    on: bool


@dataclass(frozen=True)
class ConversationSaid(Body):
    """The learner's own line in that turn (from 0) at that node; `compare` asks for the choices."""

    kind = "conversation.said"
    turn: int
    node: str
    text: str
    compare: bool


@dataclass(frozen=True)
class ConversationRewound(Body):
    """A conversation went back to the turn of that number (from 0)."""

    kind = "conversation.rewound"
    to: int


@dataclass(frozen=True)
class ScaleRated(Body):
    """Lines of a self-assessment were rated; None means "no chance yet"."""

    kind = "scale.rated"
    ratings: dict[str, int | None]


@dataclass(frozen=True)
class ScaleFinished(Body):
    """The result of a self-assessment was asked for, with these ratings."""

    kind = "scale.finished"
    answers: dict[str, int | None]


@dataclass(frozen=True)
class ScaleReopened(Body):
    """A self-assessment was begun anew."""

    kind = "scale.reopened"


@dataclass(frozen=True)
class ScaleThoughtBack(Body):
    """Looking back from now: how often the acts were done at the time of the first result."""

    kind = "scale.thought-back"
    rating: int


@dataclass(frozen=True)
class ReflectionWrote(Body):
    """This stands written to a reflection."""

    kind = "reflection.wrote"
    text: str


@dataclass(frozen=True)
class PlanWrote(Body):
    """This stands written to an if-then plan; `on` is the day in ISO form, empty if there is none.

    On that day the plan asks what became of it.
    """

    kind = "plan.wrote"
    situation: str
    action: str
    when: str
    on: str = ""


@dataclass(frozen=True)
class PlanReported(Body):
    """What became of an if-then plan ("done", "not-yet" or "changed"), and what happened."""

    kind = "plan.reported"
    outcome: str
    text: str


@dataclass(frozen=True)
class SheetWrote(Body):
    """These texts stand in an entry of a sheet, by field."""

    kind = "sheet.wrote"
    entry: int
    texts: dict[str, str]


@dataclass(frozen=True)
class SheetAdded(Body):
    """An empty entry of that number was added to a sheet."""

    kind = "sheet.added"
    entry: int


@dataclass(frozen=True)
class SheetRemoved(Body):
    """The entry of that number was taken out of a sheet."""

    kind = "sheet.removed"
    entry: int


@dataclass(frozen=True)
class SheetRestored(Body):
    """The entry of that number was brought back into a sheet."""

    kind = "sheet.restored"
    entry: int


@dataclass(frozen=True)
class ExampleAnswered(Body):
    """An answer, by its id, to the question about that line of a worked example."""

    kind = "example.answered"
    line: str
    choice: str


@dataclass(frozen=True)
class ExampleWrote(Body):
    """This stands written at that line of a worked example."""

    kind = "example.wrote"
    line: str
    text: str


@dataclass(frozen=True)
class ExampleShown(Body):
    """What is kept back at that line of a worked example was asked for."""

    kind = "example.shown"
    line: str


@dataclass(frozen=True)
class ValuesRanked(Body):
    """The learner's own values in their order, by card."""

    kind = "values.ranked"
    order: list[str]


@dataclass(frozen=True)
class ValuesPredicted(Body):
    """Guesses at the partner's first three values: card, evidence and confidence of each."""

    kind = "values.predicted"
    picks: list[dict[str, str]]


@dataclass(frozen=True)
class ValuesRevised(Body):
    """The three values heard when asking: card and words of each."""

    kind = "values.revised"
    picks: list[dict[str, str]]


@dataclass(frozen=True)
class ValuesAsked(Body):
    """The partner was asked (or the guess is to be changed once more)."""

    kind = "values.asked"
    yes: bool


@dataclass(frozen=True)
class ProposalWrote(Body):
    """This stands in a line of the page for the partner, which is to be on it or not."""

    kind = "proposal.wrote"
    line: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class ProposalMade(Body):
    """The page for the partner was made as it was on show: for whom, and its sentences by part.

    It is kept whole, as what somebody else was given must not change with what it came from.
    """

    kind = "proposal.made"
    name: str
    lines: dict[str, list[str]]


@dataclass(frozen=True)
class RehearsalPrepared(Body):
    """This stands as the occasion and the opening line of the rehearsal of that number (from 1)."""

    kind = "rehearsal.prepared"
    number: int
    occasion: str
    opening: str


@dataclass(frozen=True)
class RehearsalBegan(Body):
    """A rehearsal began with this opening line.

    `pushback` has, for each round, the `line` of the deck that was drawn and what it `says`, with
    the learner's words in it: what the partner said must not change with the sheets or the deck.
    """

    kind = "rehearsal.began"
    number: int
    occasion: str
    opening: str
    pushback: list[dict[str, str]]


@dataclass(frozen=True)
class RehearsalSaid(Body):
    """This stands as the learner's line in that round (from 1); when it is `done`, it was said."""

    kind = "rehearsal.said"
    number: int
    round: int
    text: str
    done: bool


@dataclass(frozen=True)
class RehearsalLooked(Body):
    """Ratings of one's line in that round (0 is the opening), by question; the line once more.

    When it is `done`, the learner went on.
    """

    kind = "rehearsal.looked"
    number: int
    round: int
    ratings: dict[str, str]
    revised: str
    done: bool


@dataclass(frozen=True)
class RehearsalEnded(Body):
    """A rehearsal was ended before its last round."""

    kind = "rehearsal.ended"
    number: int


@dataclass(frozen=True)
class MirrorInvited(Body):
    """A form for others was made: for the partner (`open`) or for a group (`group`)."""

    kind = "mirror.invited"
    invitation: str
    mode: str


@dataclass(frozen=True)
class MirrorAnswered(Body):
    """An answer to such a form was taken in; the author of the event is who answered.

    `ratings` are by line of the form, None means "Don't know"; `keep` and `idea` are what the
    learner should keep doing, and might try.
    """

    kind = "mirror.answered"
    answer: str
    mode: str
    ratings: dict[str, int | None]
    keep: str
    idea: str


@dataclass(frozen=True)
class ReviewAnswered(Body):
    """The event's subject, a question, was answered in review, in place of `item`, which was due.

    Both are the same if there was no parallel question. `certainty` is as in `QuizAnswered`.
    """

    kind = "review.answered"
    item: str
    response: Response
    certainty: int | None = None


@dataclass(frozen=True)
class ReviewSkipped(Body):
    """The event's subject, an item of the review, is not wanted on this day."""

    kind = "review.skipped"


@dataclass(frozen=True)
class ReviewPutOff(Body):
    """The event's subject, an item of the review, is not wanted for so many days."""

    kind = "review.put-off"
    days: int


@dataclass(frozen=True)
class ReviewRetired(Body):
    """The event's subject, an item of the review, is not wanted any more; `reason` may be empty."""

    kind = "review.retired"
    reason: str


@dataclass(frozen=True)
class ReviewReturned(Body):
    """The event's subject, an item put off or retired, is wanted in the review again."""

    kind = "review.returned"


@dataclass(frozen=True)
class ActivityReset(Body):
    """The event's subject is begun anew about the event's partner: what was before is history.

    `steps` says that the subject is a module whose steps are to be gone through once more.
    """

    kind = "activity.reset"
    steps: bool = False


@dataclass(frozen=True)
class DuePutOff(Body):
    """What waits under that key on Home was put off by so many days."""

    kind = "due.put-off"
    key: str
    days: int


@dataclass(frozen=True)
class DueDone(Body):
    """What waited under that key on Home is done, by the learner's own word."""

    kind = "due.done"
    key: str


@dataclass(frozen=True)
class JournalWrote(Body):
    """This stands in the entry of that number (from 1) of the journal; `prompt` is what it is to.

    When it is `done`, the learner kept it: a later text then stands beside it, not in its place.
    """

    kind = "journal.wrote"
    entry: int
    text: str
    done: bool
    prompt: str | None = None


@dataclass(frozen=True)
class WritingLocked(Body):
    """What the learner writes is encrypted, with the key of that name; about LEARNER.

    The key itself is encrypted, once by the passphrase and once by the recovery code.
    """

    kind = "writing.locked"
    key: str
    passphrase: str
    code: str


PRIVATE: Mapping[str, tuple[str, ...]] = {
    ConversationSaid.kind: ("text",),
    ExampleWrote.kind: ("text",),
    JournalWrote.kind: ("text",),
    MirrorAnswered.kind: ("keep", "idea"),
    PlanReported.kind: ("text",),
    PlanWrote.kind: ("situation", "action", "when"),
    ProposalMade.kind: ("name", "lines"),
    ProposalWrote.kind: ("text",),
    QuizAnswered.kind: ("response",),
    QuizWrote.kind: ("response",),
    ReflectionWrote.kind: ("text",),
    RehearsalBegan.kind: ("occasion", "opening", "pushback"),
    RehearsalLooked.kind: ("revised",),
    RehearsalPrepared.kind: ("occasion", "opening"),
    RehearsalSaid.kind: ("text",),
    ReviewAnswered.kind: ("response",),
    ReviewRetired.kind: ("reason",),
    SheetWrote.kind: ("texts",),
    ValuesPredicted.kind: ("picks",),
    ValuesRevised.kind: ("picks",),
}
"""The kinds of events that hold words of the learner's own, or what a partner wrote to them, and
their fields that do.

These are private: they are in no group's export. A response to a question holds such words only if
it has a "text"; see `composed`.
"""


@dataclass(frozen=True)
class Sealed:
    """The body of a private event of that kind, encrypted with the key of that name, as base64."""

    kind: str
    sealed: str
    key: str


SEALED = '{"sealed":'
"""How the record of a sealed body begins; no other body has such a field."""

LONGEST_SEALED = 6 * LONGEST
"""The most characters of a sealed body: base64 of what UTF-8 makes of the longest body."""


def composed(body: "Body | Sealed") -> bool:
    """Say whether a body is an answer to a question that was written, not chosen."""
    response = body.response if isinstance(body, QuizAnswered | ReviewAnswered) else None
    return isinstance(response, dict) and "text" in response


class Draft(NamedTuple):
    """An event to be recorded: what happened to which content, in which edition, by whom.

    `partner` is whom it is about if the page itself says so; None leaves that to the session.
    """

    subject: str
    edition: int
    body: Body
    author: str = SELF
    partner: str | None = None


class Event(NamedTuple):
    """A recorded event.

    `id` is a uuid7, or the one of the action it came from; `time` is UTC; `partner` is the key of
    the partner it is about, empty if it is about none; `author` is `SELF` or who else answered.
    """

    id: str
    time: datetime
    subject: str
    edition: int
    learner: str
    author: str
    partner: str
    body: Body | Sealed

    @property
    def kind(self) -> str:
        """The name of what happened."""
        return self.body.kind


class Record(NamedTuple):
    """An event as it is kept: plain values, `time` in ISO form, `body` as JSON text."""

    id: str
    time: str
    kind: str
    subject: str
    edition: int
    learner: str
    author: str
    partner: str
    body: str


class Unknown(NamedTuple):
    """A record that cannot be read as an event: it is kept, skipped and counted."""

    record: Record
    reason: str


def encode(event: Event) -> Record:
    """Return the record of an event. Letters that no file can hold become U+FFFD."""
    return Record(
        writable(event.id),
        event.time.isoformat(),
        event.kind,
        writable(event.subject),
        event.edition,
        writable(event.learner),
        writable(event.author),
        writable(event.partner),
        body_text(event.body),
    )


def _said(body: Body | Sealed) -> dict[str, Any]:
    """Return the fields of a body; one that may be left out is, while it says nothing.

    So a record from before there was such a field stays as it was.
    """
    if isinstance(body, Sealed):
        return {"sealed": body.sealed, "key": body.key}
    silent = {field.name for field in fields(body) if field.default in (None, "")}
    values = asdict(body).items()
    return {name: value for name, value in values if value not in (None, "") or name not in silent}


UNREADABLE = (ValidationError, ValueError, TypeError, AttributeError, KeyError, RecursionError)
"""What may come of a text that is no body."""


def read_body(kind: str, text: str) -> Body:
    """Return the body of that known kind that a JSON text holds; raise one of UNREADABLE."""
    return _reader(kind)(text)


def body_text(body: Body | Sealed) -> str:
    """Return a body as JSON text."""
    return writable(json.dumps(_said(body), ensure_ascii=False, separators=(",", ":")))


def decode(record: Record) -> Event | Unknown:
    """Return the event of a record, or why it is none; nothing that a record holds raises.

    Keys that a body has beyond its fields are ignored: a later version may have added them.
    """
    if not isinstance(record.kind, str) or record.kind not in KINDS:
        return Unknown(record, "unknown kind")
    try:
        sealed = record.kind in PRIVATE and record.body.startswith(SEALED)
        if len(record.body) > (LONGEST_SEALED if sealed else LONGEST):
            return Unknown(record, "too large")
        body = _sealed(record) if sealed else read_body(record.kind, record.body)
    except UNREADABLE as error:
        return Unknown(record, reason_of(error))
    time = _time(record.time)
    if time is None:
        return Unknown(record, "no time with a zone")
    event = Event(
        record.id,
        time,
        record.subject,
        record.edition,
        record.learner,
        record.author,
        record.partner,
        body,
    )
    return event if _plain(event) else Unknown(record, "a value of the wrong type")


def _sealed(record: Record) -> Sealed:
    found = json.loads(record.body)
    if not isinstance(found["sealed"], str) or not isinstance(found.get("key"), str):
        raise TypeError("sealed: not a text")
    return Sealed(record.kind, found["sealed"], found["key"])


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return time if time.tzinfo else None


def _plain(event: Event) -> bool:
    return (
        type(event.edition) is int
        and abs(event.edition) < HIGHEST
        and type(event.id) is str
        and type(event.subject) is str
        and type(event.learner) is str
        and type(event.author) is str
        and type(event.partner) is str
    )


def reason_of(error: Exception) -> str:
    """Return why a record cannot be read, without anything of what stands in it."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else str(first["msg"])


@cache
def _reader(name: str) -> Callable[[str], Body]:
    adapter: TypeAdapter[Body] = TypeAdapter(KINDS[name])
    validate = adapter.validator.validate_json

    def read(text: str) -> Body:
        body: Body = validate(text, strict=True)
        return body

    return read


def writable(text: str) -> str:
    """Return a text with U+FFFD in the place of what UTF-8 cannot hold (half of a letter pair)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def now() -> datetime:
    """Return this moment, UTC: the clock that logs and sessions are given outside of tests."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return an id that sorts behind all made before it."""
    return str(uuid7())


def numbered(action: str, number: int) -> str:
    """Return the id of the event of that number (from 0) that came from one action.

    The same action always gives the same ids, so that doing it twice records it once.
    """
    return str(UUID(int=(UUID(action).int + number) % 2**128))


def is_id(text: object) -> bool:
    """Say whether a text has the form of an id."""
    try:
        return isinstance(text, str) and str(UUID(text)) == text
    except ValueError:
        return False
