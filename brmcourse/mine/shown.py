"""What an answer was given to, in words: the course's own content by the subjects of events."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import singledispatch
from typing import Any, NamedTuple

from brmcourse.activities.activity import day
from brmcourse.activities.plan import OUTCOMES
from brmcourse.errors import ResponseError
from brmcourse.events import (
    NOT_YET,
    Body,
    ConversationChose,
    ConversationSaid,
    Event,
    ExampleAnswered,
    ExampleWrote,
    JournalWrote,
    PlanReported,
    PlanWrote,
    ProposalMade,
    ProposalWrote,
    QuizAnswered,
    QuizWrote,
    ReflectionWrote,
    RehearsalLooked,
    RehearsalPrepared,
    RehearsalSaid,
    ReviewAnswered,
    ReviewRetired,
    ScaleFinished,
    Sealed,
    SheetWrote,
    ValuesPredicted,
    ValuesRanked,
    ValuesRevised,
)
from brmcourse.partners import partners
from brmcourse.progress import ModuleSteps, owners
from brmcourse.scoring.marks import mark
from brmcourse.scoring.scales import score_scale

UNKNOWN = "I do not know yet"


class Line(NamedTuple):
    """One answer: what was asked, what was answered, and what it earned if that can be said."""

    asked: str
    answer: str
    points: float | None = None
    out_of: float | None = None
    certainty: int | None = None


class Text(NamedTuple):
    """Some words of the learner's own: what they are to (it may be empty), and themselves."""

    label: str
    text: str


class Shown:
    """The course as the events of a log are about it: its modules, and the partners by codes."""

    def __init__(self, modules: Sequence[ModuleSteps], events: Iterable[Event]) -> None:
        self._owned = owners(modules)
        self._partners = partners(events)

    def content(self, subject: str) -> Any:
        """Return what the activity shows that a subject belongs to; None if there is none now."""
        found = self._owned.get(subject)
        return found.place.content if found else None

    def module(self, subject: str) -> str:
        """Return the title of the module that a subject belongs to, or nothing."""
        found = self._owned.get(subject)
        return found.module.title if found else ""

    def partner(self, key: str) -> str:
        """Return what the learner calls a partner; nothing of none."""
        return self._partners.code(key) if key else ""

    def title(self, event: Event) -> str:
        """Return what an event is about: the title of its activity, else its subject."""
        content = self.content(event.subject)
        return _title(content, event.subject) if content else event.subject

    def writes(self, event: Event) -> bool:
        """Say whether an event holds what stands written, if nothing more."""
        return _words.dispatch(type(event.body)) is not _words.dispatch(Body)

    def texts(self, event: Event) -> Sequence[Text]:
        """Return the learner's own words in an event, as far as there are any."""
        words = _words(event.body, self.content(event.subject))
        return tuple(Text(label, text) for label, text in words if text.strip())

    def lines(self, event: Event) -> Sequence[Line]:
        """Return the answers that an event is; none if it is something else.

        What was asked in another edition is not known any more: there the answer is as it is kept.
        """
        try:
            return tuple(_lines(event, self.content(event.subject)))
        except (AttributeError, KeyError, IndexError, TypeError, ValueError, StopIteration):
            return (Line("", _raw(event.body)),)  # the content has changed since


PLACES = ("entry", "line", "turn", "node", "number", "round")
"""The fields of a body that say which of several texts of a subject it holds."""


def slot(event: Event) -> tuple[str, ...]:
    """Return which text of its subject an event holds: a later one of the same slot replaces it."""
    if isinstance(event.body, PlanReported):
        return event.kind, event.id  # each of them stands
    kind = "quiz" if isinstance(event.body, QuizWrote | QuizAnswered) else event.kind
    return kind, *(str(getattr(event.body, name, "")) for name in PLACES)


Words = Iterable[tuple[str, str]]
"""Texts of the learner's own, each with what it is to."""


@singledispatch
def _words(_body: Body | Sealed, _content: Any) -> Words:
    return ()


@_words.register
def _(
    body: ReflectionWrote | ExampleWrote | ConversationSaid | JournalWrote, _content: Any
) -> Words:
    return (("", body.text),)


@_words.register
def _(body: PlanWrote, _content: Any) -> Words:
    plan = (("If", body.situation), ("then I", body.action), ("When", body.when))
    return (*plan, ("On", day(body.on)))


@_words.register
def _(body: PlanReported, _content: Any) -> Words:
    return ((OUTCOMES.get(body.outcome, body.outcome), body.text),)


@_words.register
def _(body: SheetWrote, content: Any) -> Words:
    for name, text in body.texts.items():
        yield _label(content, name), _said(content, name, text)


@_words.register
def _(body: QuizWrote | QuizAnswered | ReviewAnswered, _content: Any) -> Words:
    if isinstance(body.response, dict):
        yield "", str(body.response.get("text", ""))


@_words.register
def _(body: ValuesPredicted, content: Any) -> Words:
    return ((_card(content, pick), pick.get("evidence", "")) for pick in body.picks)


@_words.register
def _(body: ValuesRevised, content: Any) -> Words:
    return ((_card(content, pick), pick.get("said", "")) for pick in body.picks)


@_words.register
def _(body: ProposalWrote, _content: Any) -> Words:
    return (("For the page" if body.chosen else "Not for the page", body.text),)


@_words.register
def _(body: ProposalMade, _content: Any) -> Words:
    return (("On the page", line) for part in body.lines.values() for line in part)


@_words.register
def _(body: RehearsalPrepared, _content: Any) -> Words:
    return ("Rehearsal for", body.occasion), ("Opening line", body.opening)


@_words.register
def _(body: ReviewRetired, _content: Any) -> Words:
    return (("Not to come back, because", body.reason),)


@_words.register
def _(body: RehearsalSaid, _content: Any) -> Words:
    return ((f"Round {body.round}", body.text),)


@_words.register
def _(body: RehearsalLooked, _content: Any) -> Words:
    where = f"Round {body.round}" if body.round else "Opening line"
    return ((f"{where}, once more", body.revised),)


def _lines(event: Event, content: Any) -> Iterator[Line]:
    match event.body:
        case (
            QuizAnswered(response=response, certainty=certainty)
            | ReviewAnswered(response=response, certainty=certainty)
        ):
            yield _answered(event, content, response)._replace(certainty=certainty)
        case ConversationChose() as move:
            talk = content.conversation
            if event.edition != talk.edition:
                raise KeyError
            choice = talk.nodes[move.node].choices[move.choice]
            yield Line(talk.title, choice.text, choice.points, 2)
        case ScaleFinished(answers=answers):
            yield from _rated(event, content, answers)
        case ExampleAnswered(line=line, choice=choice):
            ask = content.asked[line].ask
            yield Line(ask.question, ask.option(choice).text)
        case ValuesRanked(order=order):
            yield Line("My own order", ", ".join(content.card(card).name for card in order))
        case ValuesPredicted(picks=picks):
            yield Line(
                "My guess at theirs",
                ", ".join(filter(None, (_card(content, pick) for pick in picks))),
            )
        case ValuesRevised(picks=picks):
            yield Line(
                "What they told me",
                ", ".join(filter(None, (_card(content, pick) for pick in picks))),
            )


def _answered(event: Event, content: Any, response: Any) -> Line:
    question = content.questions[event.subject]
    if event.edition != question.edition:
        raise KeyError
    try:
        earned = mark(question, response)
    except ResponseError:
        raise KeyError from None
    return Line(question.stem, _response(question, response), earned.points, earned.max_points)


def _response(question: Any, response: Any) -> str:
    if response == NOT_YET:
        return UNKNOWN
    options = {option.id: option.text for option in getattr(question, "options", ())}
    if isinstance(response, str):
        return str(options[response])
    if isinstance(response, list):
        return "; ".join(options[name] for name in response)
    if "text" in response:
        return str(response["text"])
    targets = {target.id: target.text for target in getattr(question, "targets", ())}
    return "; ".join(f"{options[name]}: {targets.get(to, to)}" for name, to in response.items())


def _rated(event: Event, content: Any, answers: Mapping[str, int | None]) -> Iterator[Line]:
    if event.edition != content.scale.edition or not content.fits(answers):
        raise KeyError
    items = {item.id: item for item in content.scale.items}
    for name, rating in answers.items():
        yield Line(items[name].text, content.said(items[name], rating))
    score = score_scale(content.scale, content.format, answers)
    if score.score is not None:
        yield Line(f"Result: {content.scale.title}", "", round(score.score, 1), 100)


def _title(content: Any, subject: str) -> str:
    """Return the title of what a subject is in its activity."""
    for prompt in getattr(content, "prompts", ()):
        if prompt.id == subject:
            return str(prompt.title)
    for part in ("quiz", "conversation", "scale", "proposal"):
        if hasattr(content, part):
            return str(getattr(content, part).title)
    return str(getattr(content, "title", subject))


def _label(content: Any, name: str) -> str:
    fields = {field.id: field.label for field in getattr(content, "fields", ())}
    return str(fields.get(name, name))


def _said(content: Any, name: str, value: str) -> str:
    fields = {field.id: field for field in getattr(content, "fields", ())}
    return str(fields[name].said(value)) if name in fields else value


def _card(content: Any, pick: Mapping[str, str]) -> str:
    card = pick.get("card", "")
    cards = {card.id: card.name for card in getattr(content, "cards", ())}
    return str(cards.get(card, card))


def _raw(body: Body | Sealed) -> str:
    return "; ".join(f"{name}: {value}" for name, value in vars(body).items() if value is not None)
