"""A poll: one question, one vote, which can be changed; the votes so far are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from brmcourse.activities.activity import Action, Context, Note
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import Body, Draft, Event
from brmcourse.model.base import Answerable, Content, Id, Text


class Choice(Content):
    """One of the things to vote for."""

    id: Id
    text: Text


class Poll(Answerable):
    """What a file of data/polls holds."""

    id: Id
    module: Id
    title: Text
    question: Text
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class PollVoted(Body):
    """A vote was given."""

    kind = "poll.voted"
    choice: str


class PollRecord(NamedTuple):
    """The latest vote, and how many there were."""

    content: Poll
    vote: str = ""
    times: int = 0


@dataclass(frozen=True)
class PollState:
    """A poll on a page."""

    record: PollRecord


def find(library: Library, name: str) -> Poll:
    """Return the poll of that id."""
    found: Poll = library.named("polls", name)
    return found


def subjects(content: Poll) -> tuple[str, ...]:
    """Return the poll."""
    return (content.id,)


def blank(content: Poll) -> PollRecord:
    """Return the poll without a vote."""
    return PollRecord(content)


def fold(record: PollRecord, event: Event) -> PollRecord:
    """Fold an event in; the latest vote counts."""
    if isinstance(event.body, PollVoted):
        return record._replace(vote=event.body.choice, times=record.times + 1)
    return record


def done(record: PollRecord) -> bool:
    """Say whether there is a vote."""
    return bool(record.vote)


def written(_record: PollRecord) -> Sequence[Note]:
    """Return nothing: a vote is chosen, not written."""
    return ()


def begin(record: PollRecord, _context: Context) -> PollState:
    """Return the page with the vote."""
    return PollState(record)


def update(state: PollState, action: Action) -> tuple[PollState, Sequence[Draft]]:
    """Answer "vote"; raise ActionError if there is no such choice."""
    if action.name != "vote":
        return state, ()
    content = state.record.content
    if action.about not in {choice.id for choice in content.choices}:
        raise ActionError
    return state, [Draft(content.id, content.edition, PollVoted(action.about))]
