"""The pages without a network: asked as a browser with or without a script asks them."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from starlette.testclient import TestClient

from brmcourse.content.library import Library
from brmcourse.hosts.door import Door, new_key
from brmcourse.hosts.pages.app import CoursePages
from brmcourse.hosts.pages.lab import Lab
from brmcourse.hosts.pages.shelf import Shelf
from brmcourse.log.backup import Keeper
from brmcourse.paths import course_root
from brmcourse.session import Learner

ENTRY = "entry"
HOME = "http://127.0.0.1:8866"

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Site:
    """The course's pages for one learner, with a browser that has come in."""

    def __init__(
        self,
        learner: Learner,
        folder: Path,
        root: Path | None = None,
        keeper: Keeper | None = None,
    ) -> None:
        shelf = Shelf(Library(root or course_root()), folder)
        self.door = Door("secret", ENTRY)
        self.pages = CoursePages(shelf, Lab(folder), learner, self.door, keeper)
        self.client = TestClient(self.pages.app, base_url=HOME, raise_server_exceptions=False)
        self.client.cookies.set("brmcourse-8866", self.door.cookie, domain="127.0.0.1")

    @property
    def stranger(self) -> TestClient:
        """A browser that has no cookie."""
        return TestClient(self.pages.app, base_url=HOME, raise_server_exceptions=False)

    def key(self) -> str:
        """Return a key that opens once."""
        return new_key(ENTRY)

    def get(self, path: str) -> str:
        """Return a page."""
        reply = self.client.get(path)
        assert reply.status_code == 200, (path, reply.status_code, reply.text[:300])
        return reply.text

    def post(
        self, path: str, html: str, form: int = 0, **fields: str | list[str]
    ) -> tuple[str, str]:
        """Send a form of a page without a script; return where it led, and the page there."""
        found = re.findall(r"<form\b.*?</form>", html, re.DOTALL)[form]
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(found)}
        reply = self.client.post(
            path,
            content=urlencode({**hidden, **fields}, doseq=True),
            headers={"content-type": "application/x-www-form-urlencoded", "origin": HOME},
        )
        assert reply.status_code == 200, (reply.status_code, reply.text[:300])
        return str(reply.url), reply.text

    def send(self, path: str, activity: str, action: str, **fields: str | list[str]) -> str:
        """Send what a page's script sends; return the activity's new HTML."""
        form = {
            name: [value] if isinstance(value, str) else value for name, value in fields.items()
        }
        message = {"action": action, "form": form, "activity": activity, "visit": "tests"}
        reply = self.client.post(
            path,
            content=json.dumps({**message, "token": self.door.token}),
            headers={"content-type": "application/json", "origin": HOME},
        )
        assert reply.status_code == 200, (reply.status_code, reply.text[:300])
        html: str = reply.json()["html"]
        return html
