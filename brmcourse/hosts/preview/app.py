"""The server of a preview: one page, what is done on it, and a sign when the file was saved.

What an author answers there goes to a log in memory, which ends with it.
"""

import asyncio
import json
import re
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from socket import socket
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.web import Application, HTTPError, RequestHandler

from brmcourse.browser import BRIDGE
from brmcourse.checks.report import count
from brmcourse.errors import CourseError
from brmcourse.hosts.launch import open_browser, say
from brmcourse.hosts.preview.file import ShownFile
from brmcourse.hosts.runtime import HOST, claim_port
from brmcourse.log.memory import MemoryLog
from brmcourse.problems import problem_log
from brmcourse.rendering.render import STYLE
from brmcourse.session import Learner

HERE = Path(__file__).parent
HOSTS = HERE.parent
PAGE_STYLE = (
    HOSTS / "pages" / "jupyter" / "voila" / "templates" / "brmcourse" / "static" / "page.css"
)
ASSETS: Mapping[str, tuple[str, tuple[Path, ...]]] = {
    "style.css": ("text/css", (PAGE_STYLE, STYLE)),
    "bridge.js": ("text/javascript", BRIDGE),
    "preview.js": ("text/javascript", (HERE / "preview.js",)),
}
"""What the page loads: its type, and the files it is put together from."""

BLINK = 0.5
"""Seconds between two looks at the files."""

ONLY_OURSELVES = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)
LOCAL = (HOST, "localhost")


class Local(RequestHandler):
    """Answers pages of this machine only: a stranger's must not reach what an author writes."""

    def initialize(self, file: ShownFile) -> None:
        """Keep what is shown."""
        self.file = file

    def prepare(self) -> None:
        """Refuse other names for this machine, and pages from elsewhere."""
        origin = self.request.headers.get("Origin")
        if origin not in (None, f"http://{self.request.host}"):
            raise HTTPError(403)
        if self.request.host_name not in LOCAL:
            raise HTTPError(403)

    def set_default_headers(self) -> None:
        """Let the browser keep nothing, and load nothing from elsewhere."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", ONLY_OURSELVES)

    def log_exception(self, *error: Any) -> None:
        """Write what went wrong inside to the course's log; the terminal stays readable."""
        if not isinstance(error[1], HTTPError):
            problem_log().error("The preview failed", exc_info=error)

    def write_error(self, status_code: int, **_: Any) -> None:
        """Answer in one sentence."""
        self.set_header("Content-Type", "text/plain")
        self.finish(
            f"The preview cannot answer this ({status_code}). Use the address it was started with."
        )


class Page(Local):
    """The file as a learner sees it, and the report under it."""

    def get(self) -> None:
        """Write the page; `?go=ID` turns a quiz to that question first."""
        self.file.refresh()
        target = self.get_argument("go", None)
        if target and self.file.sessions:
            self.file.sessions[0].answer({"action": f"go {target}"})
            self.redirect("/")
            return
        html = [session.open() for session in self.file.sessions]
        counted = count(self.file.problems)
        self.write(_template().render(file=self.file, activities=html, count=counted))


class Act(Local):
    """What the author does on the page."""

    def post(self, number: str) -> None:
        """Answer {"n", "action", "form"} with {"n", "html"}, as the widget in a notebook does."""
        try:
            message = json.loads(self.request.body)
        except ValueError:
            raise HTTPError(400) from None
        if not isinstance(message, dict):
            raise HTTPError(400)
        place = int(number)
        if place >= len(self.file.sessions):
            raise HTTPError(404)
        html = self.file.sessions[place].answer(message)
        self.write({"n": message.get("n"), "html": html})


class Changes(Local):
    """Tells an open page when a file was saved."""

    gone = False

    async def get(self) -> None:
        """Wait until the version differs from `?since=VERSION`, then send the new one."""
        self.set_header("Content-Type", "text/event-stream")
        # The page may be closed meanwhile, or the preview end.
        with suppress(StreamClosedError, asyncio.CancelledError):
            await self.flush()
            while self.file.version == self.get_argument("since") and not self.gone:
                await asyncio.sleep(BLINK)
                self.file.refresh()
            await self.finish(f"data: {self.file.version}\n\n")

    def on_connection_close(self) -> None:
        """Stop waiting for a page that was closed."""
        self.gone = True


class Asset(Local):
    """A style sheet or script of the page."""

    def get(self, name: str) -> None:
        """Write the files it is put together from."""
        kind, paths = ASSETS[name]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.write("\n".join(path.read_text("utf-8") for path in paths))


def preview(root: Path, path: Path, port: int | None, *, browser: bool) -> int:
    """Show the file until Ctrl-C; return the exit code."""
    try:
        file = ShownFile(root, path, Learner(MemoryLog()))
        sockets = claim_port(port)
    except CourseError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(file, sockets, browser=browser))
    say("The preview has ended.")
    return 0


async def _serve(file: ShownFile, sockets: list[socket], *, browser: bool) -> None:
    names = "|".join(map(re.escape, ASSETS))
    routes = [("/", Page), (r"/act/(\d+)", Act), ("/changes", Changes), (rf"/({names})", Asset)]
    handlers = [(route, handler, {"file": file}) for route, handler in routes]
    server = HTTPServer(Application(handlers, log_function=lambda _: None))
    server.add_sockets(sockets)
    url = f"http://{HOST}:{sockets[0].getsockname()[1]}/"
    say(f"{file.name} is shown at {url}")
    say("The page follows the file as you save it. Press Ctrl-C in this window to end the preview.")
    if browser:
        # Some browsers return only when they are closed.
        threading.Thread(target=open_browser, args=(url,), daemon=True).start()
    await asyncio.Event().wait()


@cache
def _template() -> Template:
    folder = FileSystemLoader(HERE)
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html")
