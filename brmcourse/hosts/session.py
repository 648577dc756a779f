"""One activity in one open page: keeps the state abreast of the log, answers actions, never fails the page."""

import logging
from collections.abc import Callable
from functools import cache
from logging.handlers import RotatingFileHandler
from secrets import token_hex
from threading import RLock
from typing import Any

from brmcourse.activities.activity import Action, Activity
from brmcourse.errors import CourseError
from brmcourse.events import Draft, Event
from brmcourse.log.sqlite import START, Store
from brmcourse.paths import log_path
from brmcourse.rendering.render import render, render_problem

MISHAP = "This answer could not be saved. Nothing else is lost."
RETRY = "Try again. If it happens again, reload the page; the details are in the file {log}."

LEARNER = "learner"
"""The subject of events about the learner, not about any content."""

TRY_AGAIN = "try-again"
SAVE_AGAIN = "save-again"


class Session:
    """An activity played by one learner. `open` and `act` return HTML and never raise.

    What is shown after an action is always a fold over the log, so two windows on one activity
    cannot disagree.
    """

    def __init__(self, activity: Activity, content: Any, store: Store, seed: str) -> None:
        self._activity = activity
        self._store = store
        self._subjects = activity.subjects(content)
        self._state = activity.begin(content, seed)
        self._cursor = START
        self._seen: set[str] = set()
        self._failed: Action | None = None
        self._html = ""
        self._lock = (
            RLock()
        )  # a widget's callback may run on another thread than the cell that made it

    def open(self) -> str:
        """Return the activity as the log now has it."""
        return self._guarded(self._catch_up, None)

    def act(self, action: Action) -> str:
        """Carry out an action of the learner: its events are on the disk before the HTML is returned."""
        if action.name == TRY_AGAIN and self._failed:
            action = self._failed
        return self._guarded(lambda: self._carry_out(action), action)

    def _guarded(self, step: Callable[[], None], action: Action | None) -> str:
        try:
            with self._lock:
                step()
            self._html = render(self._state, trouble=self._store.trouble, notice=self._store.notice)
        except Exception:  # noqa: BLE001 -- whatever it is, the learner gets a sentence and the rest of the page lives on
            problem_log().exception("An activity failed on %s", action and action.name)
            self._failed = action
            return render_problem(
                MISHAP, RETRY.format(log=log_path()), retry=True, below=self._html
            )
        self._failed = None
        return self._html

    def _carry_out(self, action: Action) -> None:
        self._catch_up()
        if action.name == SAVE_AGAIN:
            self._store.retry()
            return
        self._state, drafts = self._activity.update(self._state, action)
        self._store.append(drafts)
        self._catch_up()

    def _catch_up(self) -> None:
        """Fold in what this page or any other has recorded since."""
        self._cursor, events = self._store.read(self._subjects, self._cursor)
        for event in events:
            if event.id not in self._seen:
                self._seen.add(event.id)
                self._state = self._activity.replay(self._state, event)


@cache
def problem_log() -> logging.Logger:
    """Return the log for tracebacks: a file beside the learner's answers, or nothing if that cannot be written."""
    log = logging.getLogger("brmcourse")
    log.propagate = False
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            log_path(), maxBytes=1_000_000, backupCount=1, delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    return log


def explain(error: Exception) -> str:
    """Return the HTML that stands where an activity should be if it cannot even begin."""
    if isinstance(error, CourseError):
        return render_problem("This part of the course cannot be shown.", str(error), retry=False)
    problem_log().error("An activity could not begin", exc_info=error)
    text = f"Reload the page. If it happens again, the details are in the file {log_path()}."
    return render_problem("This part of the course cannot be shown.", text, retry=False)


def learner_seed(store: Store) -> str:
    """Return the learner's own seed, which orders options; it is drawn once and kept in the log."""

    def kept() -> list[Event]:
        return store.read([LEARNER])[1]

    if not kept():
        store.append([Draft("learner.began", LEARNER, "", {"seed": token_hex(8)})])
    return str(kept()[0].body["seed"])
