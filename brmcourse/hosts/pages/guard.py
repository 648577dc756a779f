"""Who may ask the pages for what: this machine, this browser, forms of our own, nothing too large.

An ASGI application around another. It knows nothing of the course but its door.
"""

from collections.abc import Awaitable, Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brmcourse.hosts.door import COOKIE, YEAR, Door

LOCAL = ("127.0.0.1", "localhost")
"""The names by which this machine may be called."""

LARGEST = 4_000_000
"""The most bytes of a request: a long text of a learner, three times over."""

MOST_FIELDS = 20
"""The most fields of an address."""

OURS = ("same-origin", "none")
"""What a browser says of a request that no other site made."""

ONLY_OURSELVES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What the browser may load: files of this server. No script or style stands in a page."""

HEADERS = {
    "Content-Security-Policy": ONLY_OURSELVES,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

Refusal = Callable[[Request, int], Response]
"""Makes the page that says why a request is refused, by its status."""


class Guard:
    """Lets through what the page's own browser asks; refuses the rest.

    `open_paths` need no key: they say nothing about the learner. `larger` says where more than
    `LARGEST` bytes may be sent, and how many.
    """

    def __init__(
        self,
        app: ASGIApp,
        door: Door | None,
        refusal: Refusal,
        open_paths: tuple[str, ...] = (),
        larger: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._app = app
        self._door = door
        self._refusal = refusal
        self._open_paths = open_paths
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        send = _with_headers(send)
        answer = self._answer(scope, headers)
        if answer is None:
            await self._app(scope, _limited(receive, self._most(scope)), send)
        else:
            await answer(scope, receive, send)

    def _most(self, scope: Scope) -> int:
        """Return how many bytes a request may have."""
        return self._larger.get(scope["path"], LARGEST)

    def _answer(self, scope: Scope, headers: Headers) -> Response | None:
        """Return why a request is refused, or how it comes in; None if it goes on."""
        host = headers.get("host", "")
        if host not in LOCAL and host.rpartition(":")[0] not in LOCAL:
            return PlainTextResponse("This course is for this computer only.", 403)
        if not _from_ourselves(scope["method"], host, headers):
            return self._refusal(Request(scope), 403)
        if _too_large(headers.get("content-length", "0"), self._most(scope)):
            return self._refusal(Request(scope), 413)
        if self._door is None or scope["path"].startswith(self._open_paths):
            return None
        return self._at_the_door(self._door, scope, headers)

    def _at_the_door(self, door: Door, scope: Scope, headers: Headers) -> Response | None:
        key = _key(scope)
        name = _cookie_name(scope)
        if key and door.admits(key):
            cookie = f"{name}={door.cookie}; Max-Age={YEAR}; Path=/; HttpOnly; SameSite=Strict"
            return _entered(scope["path"], cookie)
        if door.knows(_cookies(headers).get(name)):
            return _redirect(scope["path"]) if key else None
        return self._refusal(Request(scope), 403)


def _cookie_name(scope: Scope) -> str:
    """Return what the cookie is called; browsers share cookies between a machine's ports."""
    server = scope.get("server")
    return f"{COOKIE}-{server[1]}" if server else COOKIE


def _too_large(length: str, most: int) -> bool:
    return not length.isdecimal() or len(length) > len(str(most)) or int(length) > most


def _from_ourselves(method: str, host: str, headers: Headers) -> bool:
    """Say whether a request can have been made by a page of our own, or by nobody's page."""
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return False
    return method in ("GET", "HEAD") or headers.get("sec-fetch-site", "none") in OURS


def _key(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    try:
        return parse_qs(query.decode("ascii"), max_num_fields=MOST_FIELDS)["key"][0]
    except (ValueError, KeyError):
        return ""


def _cookies(headers: Headers) -> Mapping[str, str]:
    try:
        return {name: found.value for name, found in SimpleCookie(headers.get("cookie")).items()}
    except CookieError:
        return {}


def _entered(path: str, cookie: str) -> Response:
    """Return a page that turns to the same address without its key.

    A redirect would not do: where another site's link led here, browsers keep a strict cookie back
    until a page of our own asks.
    """
    page = (
        "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Opening the course</title>"
        '<link rel=icon href="data:,">'
        f'<meta http-equiv=refresh content="0;url={_safe(path)}">'
        f'<p><a href="{_safe(path)}">Go on to the course</a></p></html>'
    )
    return HTMLResponse(page, headers={"Set-Cookie": cookie, "Cache-Control": "no-store"})


def _redirect(path: str) -> Response:
    return Response(status_code=303, headers={"Location": _safe(path)})


def _safe(path: str) -> str:
    """Return a path of this server, and nothing that leads anywhere else."""
    plain = all(letter.isalnum() or letter in "-_/." for letter in path)
    return path if plain and path.isascii() and not path.startswith("//") else "/"


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


def _limited(receive: Receive, most: int) -> Callable[[], Awaitable[Any]]:
    """Return a way to receive a body that ends where it gets too large."""
    received = 0

    async def receiving() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            return {"type": "http.disconnect"}
        return message

    return receiving
