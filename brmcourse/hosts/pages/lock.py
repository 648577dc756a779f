"""The page on which a learner locks what they write with a passphrase, opens it, or unlocks it."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brmcourse.errors import LogError
from brmcourse.hosts import sealing
from brmcourse.hosts.door import Door
from brmcourse.hosts.pages import forms
from brmcourse.hosts.pages.forms import Sent
from brmcourse.log.sealed import SealedLog

ADDRESS = "/lock"

SECRET, NEW, AGAIN = "secret", "new", "again"
"""The fields: what opens the lock, a new passphrase, and the same again."""

CHANGED = "Your new passphrase holds from now on. The recovery code is the same as before."

Page = Callable[..., Response]
"""Makes a page of the course for a request from a template and its words."""


class LockPages:
    """What is answered about the lock of a log."""

    def __init__(self, log: SealedLog, door: Door, page: Page) -> None:
        self._log = log
        self._door = door
        self._page = page

    @property
    def routes(self) -> list[Route]:
        """The addresses."""
        return [Route(ADDRESS, self.show), Route(ADDRESS, self.sent, methods=["POST"])]

    def show(self, request: Request) -> Response:
        """Answer with the lock as it is."""
        return self._shown(request)

    async def sent(self, request: Request) -> Response:
        """Carry out what was asked for."""
        sent = await forms.receive(request)
        if not self._door.made(sent.token):
            raise HTTPException(403)
        return await run_in_threadpool(self._sent, request, sent)

    def _sent(self, request: Request, sent: Sent) -> Response:
        try:
            return self._carried_out(request, sent.action, _texts(sent))
        except LogError as error:
            return self._shown(request, problem=str(error), asked=sent.action)

    def _carried_out(self, request: Request, action: str, texts: Mapping[str, str]) -> Response:
        secret, new, again = (texts.get(name, "") for name in (SECRET, NEW, AGAIN))
        match action:
            case "protect":
                code, left = sealing.protect(self._log, new, again)
                return self._shown(request, code=code, problem=left)
            case "open":
                self._log.open(secret)
                return RedirectResponse("/mine", 303)
            case "change":
                left = sealing.change(self._log, secret, new, again)
                return self._shown(request, said=CHANGED, problem=left)
            case "shut":
                self._log.shut()
            case "unprotect":
                sealing.unprotect(self._log, secret)
            case _:
                raise HTTPException(404)
        return RedirectResponse(ADDRESS, 303)

    def _shown(
        self,
        request: Request,
        *,
        problem: str = "",
        said: str = "",
        code: str = "",
        asked: str = "",
    ) -> Response:
        return self._page(
            request,
            "lock.html",
            protected=self._log.protected,
            problem=problem,
            said=said,
            code=code,
            asked=asked,
        )


def _texts(sent: Sent) -> Mapping[str, str]:
    form: Any = sent.message.get("form", {})
    if not isinstance(form, Mapping):
        return {}
    first = (
        (name, values[0]) for name, values in form.items() if isinstance(values, list) and values
    )
    return {name: text for name, text in first if isinstance(text, str)}
