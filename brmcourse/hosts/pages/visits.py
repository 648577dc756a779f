"""The activities on open pages: each page has sessions of its own, and the oldest are given up.

What a session keeps of a page (a message, an open confirmation) lives only here; all else is in the
log. So nothing is lost when one is given up, or when the course is started anew.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from brmcourse.session import Session

MOST = 500
"""The most sessions that are kept: those of some forty open pages."""

Find = Callable[[str, str], Session]
"""Makes a session of the activity of that public name, about that content."""


class Visits:
    """The sessions of each page that is open, by the page's own id."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._sessions: OrderedDict[tuple[str, str, str], Session] = OrderedDict()
        self._lock = Lock()

    def session(self, visit: str, name: str, about: str) -> Session:
        """Return the session of an activity on a page; raise UnknownIdError or ContentError."""
        key = (visit, name, about)
        with self._lock:
            if key not in self._sessions:
                self._sessions[key] = self._find(name, about)
            self._sessions.move_to_end(key)
            while len(self._sessions) > MOST:
                self._sessions.popitem(last=False)
            return self._sessions[key]


def new_visit() -> str:
    """Return an id for a page that is opened."""
    return secrets.token_urlsafe(9)
