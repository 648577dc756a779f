"""The pages of a preview: the file as learners see it, what is done there, and when it was saved.

They are served as the course's own pages are. What an author answers goes to a log in memory, which
ends with the preview.
"""

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route
from starlette.types import ASGIApp

from brmcourse.checks.report import count
from brmcourse.errors import CourseError
from brmcourse.events import new_id
from brmcourse.hosts.launch import keep_a_log, open_browser, say
from brmcourse.hosts.pages import forms
from brmcourse.hosts.pages.frame import STATIC, focus, templates, theme
from brmcourse.hosts.pages.guard import Guard
from brmcourse.hosts.pages.server import serve
from brmcourse.hosts.preview.file import ShownFile
from brmcourse.hosts.runtime import HOST, claim_port
from brmcourse.log.memory import MemoryLog
from brmcourse.problems import problem_log
from brmcourse.rendering.render import Around
from brmcourse.session import Learner

HERE = Path(__file__).parent
SCRIPT = HERE / "preview.js"

BLINK = 0.5
"""Seconds between two looks at the files."""

PATIENCE = 20.0
"""Seconds after which a page that waits for changes is told that there are none."""


class PreviewPages:
    """What is answered to each address. All of it runs on one thread, as the file needs it."""

    def __init__(self, file: ShownFile) -> None:
        self._file = file
        self._ending = False

    @property
    def app(self) -> ASGIApp:
        """The application, with its guard before it; what it shows is no secret on this machine."""
        routes = [
            Route("/", self.page),
            Route("/", self.sent, methods=["POST"]),
            Route("/changes", self.changes),
            Route("/preview.js", script),
            STATIC,
        ]
        handlers: dict[Any, Any] = {HTTPException: _refused, Exception: _failed}
        starlette = Starlette(routes=routes, exception_handlers=handlers)
        return Guard(starlette, None, refusal)

    async def page(self, request: Request) -> Response:
        """Answer with the file and the report on it; `?go=ID` turns a quiz to that question."""
        self._file.refresh()
        question = request.query_params.get("go")
        if question is not None:
            if question in self._file.questions:
                self._file.sessions["quiz"].answer({"action": f"go {question}"})
            return RedirectResponse("/", 303)
        html = templates(HERE).get_template("preview.html")
        return HTMLResponse(
            html.render(
                file=self._file,
                activities=list(self._activities()),
                mishap=Markup(self._file.mishap),  # noqa: S704 -- rendered from escaped texts
                map=Markup(self._file.map),  # noqa: S704 -- likewise
                count=count(self._file.problems),
                theme=theme(request),
            )
        )

    def _activities(self) -> Iterator[tuple[str, Markup]]:
        for name, session in self._file.sessions.items():
            around = Around({forms.ACTIVITY: name, forms.NONCE: new_id()})
            yield name, Markup(session.open(around))  # noqa: S704 -- every text in it was escaped

    async def sent(self, request: Request) -> Response:
        """Answer what an activity's page sends: with its new HTML, or by going back to it."""
        sent = await forms.receive(request)
        session = self._file.sessions.get(sent.activity)
        if session is None:
            raise HTTPException(404)
        html = session.answer(sent.message)
        if sent.scripted:
            return JSONResponse({"n": sent.message.get("n"), "html": html})
        return RedirectResponse(f"/#{focus(html) or sent.activity}", 303)

    async def changes(self, request: Request) -> Response:
        """Answer with the file's version once it is not `?since=VERSION`, or after a while."""
        since = request.query_params.get("since")
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self._file.version == since and not self._ending:
                    await asyncio.sleep(BLINK)
                    self._file.refresh()
        return JSONResponse({"version": self._file.version})

    def end(self) -> None:
        """Let no page wait any longer."""
        self._ending = True


async def script(_request: Request) -> Response:
    """Answer with what makes a page follow its file."""
    return FileResponse(SCRIPT, media_type="text/javascript")


def refusal(_request: Request, status: int) -> Response:
    """Answer in one sentence."""
    return PlainTextResponse(
        f"The preview cannot answer this ({status}). Use the address it was started with.", status
    )


async def _refused(request: Request, error: HTTPException) -> Response:
    return refusal(request, error.status_code)


async def _failed(request: Request, error: Exception) -> Response:
    """Write what went wrong inside to the course's log; the terminal stays readable."""
    problem_log().error("The preview failed", exc_info=error)
    return refusal(request, 500)


def preview(root: Path, path: Path, port: int | None, *, browser: bool) -> int:
    """Show the file until Ctrl-C; return the exit code."""
    try:
        file = ShownFile(root, path, Learner(MemoryLog()))
        sockets = claim_port(port)
    except CourseError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    keep_a_log()
    pages = PreviewPages(file)
    url = f"http://{HOST}:{sockets[0].getsockname()[1]}/"
    with suppress(KeyboardInterrupt):
        serve(pages.app, sockets, partial(_announce, file.name, url, browser=browser), pages.end)
    say("The preview has ended.")
    return 0


def _announce(name: str, url: str, *, browser: bool) -> None:
    say(f"{name} is shown at {url}")
    say("The page follows the file as you save it. Press Ctrl-C in this window to end the preview.")
    if browser:
        # Some browsers return only when they are closed.
        threading.Thread(target=open_browser, args=(url,), daemon=True).start()
