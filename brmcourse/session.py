"""An activity, its content and a learner's log, joined: the only way into the course.

`Session.answer` takes what a page sends and returns the HTML to show. It knows nothing of Jupyter,
HTTP or files, and never raises: whatever goes wrong, a learner reads a true sentence about it.
"""

import atexit
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from secrets import token_hex
from threading import RLock
from typing import Any

from brmcourse.activities import fields
from brmcourse.activities.activity import (
    Action,
    Activity,
    Context,
    begins_anew,
    caught_up,
    history,
    standing,
    start,
)
from brmcourse.catalogue import CATALOGUE, Row, activity_of
from brmcourse.content.library import Library
from brmcourse.errors import ActionError, CourseError, LogError, UnknownIdError
from brmcourse.events import (
    FIRST_PARTNER,
    LEARNER,
    LONGEST,
    PARTNERS,
    Draft,
    Event,
    LearnerBegan,
    encode,
    is_id,
    new_id,
    now,
    numbered,
    writable,
)
from brmcourse.log.backup import Keeper
from brmcourse.log.log import START, Cursor, Log
from brmcourse.log.sealed import SealedLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import Partners, choosing, partners
from brmcourse.paths import course_root, log_path, store_path
from brmcourse.problems import problem_log
from brmcourse.rendering import words
from brmcourse.rendering.render import NOTHING_AROUND, About, Around, render, render_problem

OPEN, TRY_AGAIN, SAVE_AGAIN = "open", "try-again", "save-again"
"""What any page can ask for: itself as it is now, the last step again, saving again."""

CHOOSE_PARTNER, ADD_PARTNER = "choose-partner", "add-partner"
"""What any page about a partner can ask for, too."""


class Learner:
    """The person a log belongs to: who they are in it, and whom they work on."""

    def __init__(self, log: Log, clock: Callable[[], datetime] = now) -> None:
        self.log = log
        self.clock = clock
        self._known: Event | None = None

    def began(self) -> Event:
        """Return the event with the learner's id and seed; it is drawn once and kept in the log."""
        self._known = self._began() or self._begin()
        return self._known

    def _began(self) -> Event | None:
        _, events = self.log.read(subjects=[LEARNER], kinds=[LearnerBegan.kind])
        return events[0] if events else None

    def _begin(self) -> Event:
        draft = Draft(LEARNER, 1, LearnerBegan(token_hex(8)))
        # If the file was deleted, pages are still open whose letters rest on the seed known so far.
        learner = self._known or self._event(draft, "", token_hex(8), "")
        self.log.add([learner._replace(id=new_id())])
        first = self._began()  # another page may have been quicker
        if first is None:
            raise LogError(words.UNREADABLE)
        return first

    def partners(self) -> Partners:
        """Return the partners chosen so far, and which one is current."""
        return partners(self.log.read(subjects=[PARTNERS])[1])

    def record(self, drafts: Sequence[Draft], action: str, partner: str) -> None:
        """Add the events that came from an action; the same action again adds nothing.

        Raises ActionError if one is longer than what is read back.
        """
        self._record([(draft, partner) for draft in drafts], action)

    def begin_anew(self, drafts: Sequence[tuple[Draft, str]], action: str) -> None:
        """Add the new starts that came from an action, each about a partner or about none."""
        self._record(drafts, action)

    def _record(self, drafts: Sequence[tuple[Draft, str]], action: str) -> None:
        learner = self.began().learner
        events = []
        for number, (draft, about) in enumerate(drafts):
            whom = about if draft.partner is None else draft.partner
            event = self._event(draft, numbered(action, number), learner, whom)
            if len(encode(event).body) > LONGEST:
                raise ActionError(words.TOO_LONG)
            events.append(event)
        self.log.add(events)

    def _event(self, draft: Draft, name: str, learner: str, partner: str) -> Event:
        return Event(
            id=name,
            time=self.clock(),
            subject=draft.subject,
            edition=draft.edition,
            learner=learner,
            author=draft.author,
            partner=partner,
            body=draft.body,
        )


@dataclass(frozen=True)
class Message:
    """What a page sends: its own id for the action, the partner it showed, and the action."""

    id: str
    partner: str
    action: Action

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Message":
        """Read {"n", "action": "name about", "form": {field: [values]}, "partner"}.

        Raises ActionError if it is no message; letters that no file can hold become U+FFFD.
        """
        if not isinstance(raw, Mapping) or not isinstance(raw.get("form", {}), Mapping):
            raise ActionError
        name, _, about = _text(raw.get("action", "")).partition(" ")
        form: dict[str, Sequence[str]] = {}
        for key, values in raw.get("form", {}).items():
            if not isinstance(values, list | tuple):
                raise ActionError
            form[_text(key)] = [_text(value) for value in values]
        asked = raw.get("n")
        return cls(
            asked if is_id(asked) and isinstance(asked, str) else new_id(),
            _text(raw.get("partner") or ""),
            Action(name, about, form),
        )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ActionError
    return writable(value)


@dataclass
class _Page:
    """What a session keeps of the page it serves; `locked`: writing could not be shown on it."""

    partner: str = ""
    state: Any = None
    cursor: Cursor = START
    locked: bool = False
    seen: set[str] = field(default_factory=set)
    html: str = ""


class Session:
    """An activity played by one learner.

    What is shown after an action is always a fold over the log, so two windows on one activity
    cannot disagree.
    """

    def __init__(
        self, row: Row, activity: Activity[Any, Any, Any], content: Any, learner: Learner
    ) -> None:
        self._row = row
        self._activity = activity
        self._content = content
        self._learner = learner
        self._page = _Page()
        self._around = NOTHING_AROUND
        self._failed: Message | None = None
        self._lock = RLock()  # a widget's callback may run on another thread than its cell

    @property
    def state(self) -> Any:
        """What the page shows."""
        return self._page.state

    @property
    def failed(self) -> bool:
        """Whether the last step was not carried out, and can be tried again."""
        return self._failed is not None

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of the events that the page rests on; none if there is nothing to do."""
        return self._activity.subjects(self._content)

    def open(self, around: Around = NOTHING_AROUND) -> str:
        """Return the activity as the log now has it."""
        return self.answer({"action": OPEN}, around)

    def answer(self, message: Mapping[str, Any], around: Around = NOTHING_AROUND) -> str:
        """Carry out what a page sent; what it recorded is kept before the HTML is returned."""
        with self._lock:
            self._around = around
            try:
                asked = Message.read(message)
            except ActionError as refused:
                return self._problem(words.REFUSED, str(refused), retry=False)
            if asked.action.name == TRY_AGAIN:
                asked = self._failed or replace(asked, action=Action(OPEN))
            self._failed = None
            return self._answered(asked)

    def _answered(self, message: Message) -> str:
        opening = message.action.name == OPEN
        try:
            if not opening and self._page.locked and not self._learner.log.locked:
                return self._opened_meanwhile(message)
            kept = self._step(message)
        except CourseError as refused:
            self._failed = message
            again = isinstance(refused, LogError)
            return self._problem(words.REFUSED, str(refused), retry=again)
        except Exception:  # noqa: BLE001 -- the learner gets a sentence, the helper a traceback
            return self._mishap(words.NOT_SHOWN if opening else words.NOT_DONE, message)
        try:
            self._page.html = self._shown(message)
        except Exception:  # noqa: BLE001 -- as above
            return self._mishap(words.DONE if kept else words.NOT_SHOWN, message)
        return self._page.html

    def _opened_meanwhile(self, message: Message) -> str:
        """Show the page anew with what was typed beside it, and carry nothing out.

        Its fields were drawn empty while the writing was locked: kept, they would take the place of
        what stands there.
        """
        opening = replace(message, action=Action(OPEN))
        self._step(opening)
        self._page.html = self._shown(opening)
        self._failed = opening
        typed = "\n".join(text for texts in message.action.form.values() for text in texts if text)
        return self._problem(words.OPENED, words.TYPED.format(typed=typed), retry=False)

    def _step(self, message: Message) -> bool:
        """Carry out a message; say whether it recorded anything, then or the first time it came."""
        known = self._learner.partners()
        if self._row.partner:
            self._turn_to(self._whom(message, known))
        self._catch_up()
        if message.id in self._page.seen:
            return True  # only its answer was lost
        if message.action.name == OPEN:
            return False
        if message.action.name == SAVE_AGAIN:
            self._learner.log.retry()
            return False
        if self._chooses(message):
            self._choose_partner(message, known)
            return True
        return self._act(message)

    def _act(self, message: Message) -> bool:
        state, drafts = self._activity.update(self._page.state, message.action)
        if drafts:
            self._learner.record(drafts, message.id, self._page.partner)
        self._page.state = state
        return bool(drafts)

    def _whom(self, message: Message, known: Partners) -> str:
        """Return whom a page is about: the current partner, but a page stays with the one it shows.

        Raises ActionError if there is no such partner.
        """
        if message.action.name == OPEN or not message.partner:
            return known.current
        deleted = not any(known.codes.values())  # the file is: pages about its partners are open
        if message.partner not in known.codes and not (
            deleted and message.partner == self._page.partner
        ):
            raise ActionError
        return message.partner

    def _chooses(self, message: Message) -> bool:
        return self._row.partner and message.action.name in {CHOOSE_PARTNER, ADD_PARTNER}

    def _choose_partner(self, message: Message, known: Partners) -> None:
        adding = message.action.name == ADD_PARTNER
        key = known.next_key if adding else message.action.get(fields.PARTNER)
        if not adding and key not in known.codes:
            raise ActionError
        self._learner.record([choosing(known.codes.get(key, ""))], message.id, key)

    def _turn_to(self, partner: str) -> None:
        if partner != self._page.partner:
            self._page = _Page(partner, html=self._page.html)

    def _catch_up(self) -> None:
        """Fold in what this page or any other has recorded since."""
        page = self._page
        cursor, events = self._read(page.cursor)
        if page.state is not None and begins_anew(events):
            page.state = None
            cursor, events = self._read(START)
        if page.state is None or cursor.epoch != page.cursor.epoch:
            page.seen = set()
            counted = self._counted(events)
            page.state = start(self._activity, self._content, counted, self._context())
        else:
            page.state = caught_up(self._activity, page.state, events)
        page.cursor = cursor
        page.seen.update(event.id for event in events)

    def _read(self, after: Cursor) -> tuple[Cursor, Sequence[Event]]:
        partner = None if self._row.everybody else self._page.partner or None
        return self._learner.log.read(after, subjects=self.subjects, partner=partner)

    def _counted(self, events: Sequence[Event]) -> Sequence[Event]:
        if self._row.history:
            return history(events)
        return standing(events)

    def _context(self) -> Context:
        began = self._learner.began()
        seed = began.body.seed if isinstance(began.body, LearnerBegan) else ""
        today = self._learner.clock().astimezone().date()
        return Context(seed, self._page.partner or FIRST_PARTNER, today)

    def _shown(self, message: Message) -> str:
        about = None
        if self._row.partner:
            known = self._learner.partners()
            if self._chooses(message):
                self._turn_to(known.current)
            about = About(self._page.partner, known)
        log = self._learner.log
        self._page.locked = log.locked
        self._catch_up()
        return render(
            self._row.template,
            self._page.state,
            trouble=words.trouble(log.trouble),
            notice=words.notice(log.notice),
            about=about,
            around=self._around,
        )

    def _mishap(self, title: str, message: Message) -> str:
        problem_log().exception("An activity failed on %.40s", message.action.name)
        self._failed = message
        return self._problem(title, words.RETRY.format(log=log_path()), retry=True)

    def _problem(self, title: str, text: str, *, retry: bool) -> str:
        return render_problem(title, text, retry=retry, below=self._page.html, around=self._around)


def explain(error: Exception) -> str:
    """Return the HTML that stands where an activity should be if it cannot even begin."""
    if isinstance(error, CourseError):
        return render_problem(words.CANNOT_BEGIN, str(error), retry=False)
    problem_log().error("An activity could not begin", exc_info=error)
    return render_problem(words.CANNOT_BEGIN, words.RELOAD.format(log=log_path()), retry=False)


def find_session(library: Library, name: str, about: str, learner: Learner) -> Session:
    """Return a session of the activity behind a public name; raise UnknownIdError, ContentError."""
    row = CATALOGUE.get(name)
    if row is None:
        raise UnknownIdError("activity", name, list(CATALOGUE))
    activity: Activity[Any, Any, Any] = activity_of(row)
    return Session(row, activity, activity.find(library, about), learner)


def open_session(name: str, about: str) -> Session:
    """Return a session on this machine's own course and answers; raises as `find_session` does."""
    return find_session(_library(course_root()), name, about, _learner(store_path()))


@cache
def _library(root: Path) -> Library:
    return Library(root)


@cache
def _learner(path: Path) -> Learner:
    log = SealedLog(SqliteLog(path))
    Keeper(path).begin()
    atexit.register(log.close)  # so that the one file named to learners is all of it
    return Learner(log)
