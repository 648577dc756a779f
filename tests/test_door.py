"""Who may ask the pages' server for what, how large, and for how long: no course is needed here."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from brmcourse.hosts.door import Door, derived, fits, new_key
from brmcourse.hosts.pages import guard, server
from brmcourse.hosts.pages.guard import Guard
from brmcourse.hosts.pages.server import PageServer
from brmcourse.hosts.pages.visits import MOST, Visits

SECRET, ENTRY = "secret", "entry"
OTHER = "a key of another start"
HOME = "http://127.0.0.1:8866"
COOKIE = "brmcourse-8866"
STRANGERS = [
    {"host": "elsewhere.example"},
    {"host": "127.0.0.1.elsewhere.example:8866"},
    {"host": "elsewhere.example:8866"},
    {"host": ""},
    {"host": "[::1]:8866"},
    {"origin": "http://elsewhere.example"},
    {"origin": "https://127.0.0.1:8866"},
    {"origin": "http://127.0.0.1:8867"},
    {"origin": "http://localhost:8866"},
    {"origin": "null"},
    {"origin": ""},
]


@pytest.fixture
def door() -> Door:
    """The door of one start of the course."""
    return Door(SECRET, ENTRY)


def keys(count: int) -> list[str]:
    return [new_key(ENTRY) for _ in range(count)]


# The door


def test_a_key_opens_once(door: Door) -> None:
    """Each key of this start opens once, whatever others have opened."""
    found = keys(100)
    assert len(set(found)) == 100
    assert all(map(door.admits, found))
    assert not any(map(door.admits, found))


@pytest.mark.parametrize(
    "key",
    ["", "-", "x", "é-é", "\ud800", "0" * 16 + "-" + "0" * 32, "a" * 100_000, OTHER],
)
def test_other_keys_open_nothing(door: Door, key: str) -> None:
    """What this start has not made does not open, nor harm."""
    key = key.replace(OTHER, new_key("other"))
    assert not door.admits(key)
    assert not fits(key, ENTRY)


def test_a_changed_key_opens_nothing(door: Door) -> None:
    """Each letter of a key counts."""
    key = new_key(ENTRY)
    for place, letter in enumerate(key):
        assert not door.admits(key[:place] + ("1" if letter == "0" else "0") + key[place + 1 :])
    assert door.admits(key)


def test_the_cookie_outlives_a_restart(door: Door) -> None:
    """Cookie and sign rest on the machine's secret; keys on the start. None can be told from
    another.
    """
    later = Door(SECRET, "another entry")
    assert later.knows(door.cookie)
    assert later.made(door.token)
    assert not later.admits(new_key(ENTRY))
    stranger = Door("another secret", ENTRY)
    assert not stranger.knows(door.cookie)
    assert not stranger.made(door.token)
    shown = [SECRET, ENTRY, door.cookie, door.token, derived(SECRET, "lab").hex()]
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize("given", [None, "", "é", "0" * 32])
def test_other_cookies_are_unknown(door: Door, given: str | None) -> None:
    """What is no cookie of ours is not known, nor is it a sign of our forms."""
    assert not door.knows(given)
    assert not door.made(given or "")


# The guard


async def echo(request: Request) -> Response:
    try:
        return PlainTextResponse(f"in {len(await request.body())}")
    except ClientDisconnect:
        return PlainTextResponse("cut", 413)


def refusal(_request: Request, status: int) -> Response:
    return PlainTextResponse("no", status)


def guarded(door: Door | None) -> TestClient:
    """A browser before an application that lets in all that the guard does."""
    routes = [Route("/{path:path}", echo, methods=["GET", "POST"])]
    app = Guard(Starlette(routes=routes), door, refusal, ("/open/",))
    return TestClient(app, base_url=HOME, follow_redirects=False)


@pytest.fixture
def stranger(door: Door) -> TestClient:
    """A browser without a cookie."""
    return guarded(door)


@pytest.fixture
def known(door: Door) -> TestClient:
    """A browser with the cookie."""
    client = guarded(door)
    client.cookies.set(COOKIE, door.cookie, domain="127.0.0.1")
    return client


def test_only_a_key_or_the_cookie_opens(stranger: TestClient) -> None:
    """Without them a page is refused; what is open to all is not."""
    assert stranger.get("/page").status_code == 403
    assert stranger.get("/page?key=").status_code == 403
    assert stranger.get("/page?key=wrong").status_code == 403
    assert stranger.get("/open/file").text == "in 0"
    assert stranger.get("/opening").status_code == 403


def test_a_key_turns_into_a_cookie(stranger: TestClient, door: Door) -> None:
    """The page that a key opens sets a cookie that no script reads and no other site uses, and
    turns to the address without the key.
    """
    reply = stranger.get(f"/page?key={new_key(ENTRY)}")
    name, _, rest = reply.headers["set-cookie"].partition("=")
    value, *attributes = rest.split("; ")
    assert (name, value) == (COOKIE, door.cookie)
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes)
    assert 'content="0;url=/page"' in reply.text
    assert "key" not in reply.text
    assert stranger.get("/page").text == "in 0"


def test_a_used_key_leads_on_with_the_cookie(known: TestClient) -> None:
    """An old address in a bookmark still leads to its page, in a browser that came in before."""
    key = new_key(ENTRY)
    known.get(f"/?key={key}")
    reply = known.get(f"/page?key={key}")
    assert (reply.status_code, reply.headers["location"]) == (303, "/page")


@pytest.mark.parametrize("path", ["//elsewhere.example", "/%2F/x", '/"><script>', "/a\\b", "/é"])
def test_a_key_leads_nowhere_else(stranger: TestClient, path: str) -> None:
    """An address with a key cannot lead to another site, nor put anything into the page."""
    text = stranger.get(f"{HOME}{path}?key={new_key(ENTRY)}").text
    assert 'content="0;url=/"' in text
    assert "script" not in text


@pytest.mark.parametrize("path", ["/page", "/open/file", "/nowhere", f"/?key={OTHER}"])
@pytest.mark.parametrize("headers", STRANGERS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_strangers_reach_nothing(
    known: TestClient, method: str, path: str, headers: dict[str, str]
) -> None:
    """Another name for this machine or another site's page is refused everywhere, even with the
    cookie.
    """
    path = path.replace(OTHER, new_key("other"))
    assert known.request(method, path, headers=headers).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "SAME-ORIGIN"])
def test_other_sites_send_nothing(known: TestClient, site: str) -> None:
    """What another site's page sends is refused; a link from there is followed."""
    assert known.post("/page", headers={"sec-fetch-site": site}).status_code == 403
    assert known.get("/page", headers={"sec-fetch-site": site}).status_code == 200


def test_our_own_pages_send(known: TestClient) -> None:
    """What our own page sends comes in, by either name of this machine."""
    same = {"origin": HOME, "sec-fetch-site": "same-origin"}
    assert known.post("/page", content=b"abc", headers=same).text == "in 3"
    local = {"host": "localhost:8866", "origin": "http://localhost:8866"}
    assert known.post("/page", content=b"abc", headers=local).text == "in 3"


@pytest.mark.parametrize("length", ["4000001", "9" * 400, "-1", "1e3", "", "²"])
def test_the_stated_length_is_looked_at(known: TestClient, length: str) -> None:
    """More than the limit, or no number at all, is refused before anything is read."""
    reply = known.post("/page", headers={"content-length": length.encode()}, content=b"")
    assert reply.status_code == 413


def test_what_states_no_length_is_cut(known: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body in pieces ends where it gets too large."""
    monkeypatch.setattr(guard, "LARGEST", 100)
    assert known.post("/page", content=iter([b"x" * 50, b"x" * 50])).text == "in 100"
    assert known.post("/page", content=iter([b"x" * 50, b"x" * 51])).text == "cut"


@pytest.mark.parametrize(
    "cookie", [f"{COOKIE}=wrong", "brmcourse-9999=right", "\x00", "=;=;", "a" * 10_000, f"{COOKIE}"]
)
def test_other_cookies_do_not_open(stranger: TestClient, cookie: str) -> None:
    """What is not the cookie of this port opens nothing, nor fails."""
    assert stranger.get("/page", headers={"cookie": cookie}).status_code == 403


def test_every_answer_says_what_may_load(stranger: TestClient, known: TestClient) -> None:
    """Also a refusal: only our own files, no frame around us, no guessing of types, nothing
    kept.
    """
    answers = [
        known.get("/page"),
        stranger.get("/page"),
        stranger.get(f"/?key={new_key(ENTRY)}"),
        known.get("/page", headers={"host": "elsewhere.example"}),
        known.delete("/page"),
    ]
    for reply in answers:
        assert {name: reply.headers.get(name) for name in guard.HEADERS} == guard.HEADERS
        assert reply.headers["cache-control"] == "no-store"
    assert "unsafe" not in guard.ONLY_OURSELVES


def test_without_a_door_the_rest_holds() -> None:
    """A preview has no key, but refuses strangers all the same."""
    client = guarded(None)
    assert client.get("/page").text == "in 0"
    assert client.get("/page", headers={"host": "elsewhere.example"}).status_code == 403
    assert client.post("/page", headers={"origin": "null"}).status_code == 403


# Open pages


def test_old_pages_are_given_up() -> None:
    """However many pages are opened, so many sessions are kept; the oldest go first."""
    made: list[tuple[str, str]] = []
    visits = Visits(lambda name, about: made.append((name, about)) or object())
    first = visits.session("first", "quiz", "m1")
    for number in range(1000):
        visits.session(str(number), "quiz", "m1")
        assert visits.session("first", "quiz", "m1") is first  # a page that is used is kept
    assert len(visits._sessions) == MOST
    assert len(made) == 1001


# The server: time, and room

SHORT = 1.0
"""Seconds that a connection has in these tests."""

LARGE = b"x" * 50_000_000
"""More than a machine keeps for a client that takes nothing."""

Client = Callable[[PageServer, int], Awaitable[None]]


async def large(_request: Request) -> Response:
    return Response(LARGE)


async def slow(_request: Request) -> Response:
    await asyncio.sleep(10)
    return Response(b"late")


def served(client: Client) -> None:
    """Serve while a client does something."""
    routes = [
        Route("/large", large),
        Route("/slow", slow),
        Route("/{path:path}", echo, methods=["GET", "POST"]),
    ]

    async def scene() -> None:
        ready = asyncio.Event()
        pages = PageServer(Starlette(routes=routes), ready.set, lambda: None)
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        serving = asyncio.create_task(pages.serve([listening]))
        await ready.wait()
        try:
            await client(pages, port)
        finally:
            pages.should_exit = True
            await serving

    asyncio.run(scene())


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little time for everything."""
    for name in ("REQUEST_TIME", "ANSWER_TIME", "IDLE_TIME"):
        monkeypatch.setattr(server, name, SHORT)


async def ended(reader: asyncio.StreamReader, pages: PageServer) -> bytes:
    """Return what a connection still had to say, once the server has ended it."""
    said = b""
    with suppress(ConnectionError):
        said = await asyncio.wait_for(reader.read(), 10)
    await alone(pages)
    return said


async def alone(pages: PageServer) -> None:
    """Wait until the server has no connection."""
    for _ in range(1000):
        if not pages.server_state.connections:
            return
        await asyncio.sleep(0.01)
    raise AssertionError


GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"


@pytest.mark.parametrize(
    ("sent", "answers"),
    [(b"", 0), (b"GE", 0), (GET[:-2], 0), (HALF, 0), (GET, 1), (GET + HALF, 1), (GET + GET[:9], 1)],
)
def test_who_waits_is_sent_away(short: None, sent: bytes, answers: int) -> None:
    """A connection that sends nothing, half a request, or no next one, is ended in its time."""

    async def client(pages: PageServer, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        said = await ended(reader, pages)
        assert said.count(b"HTTP/1.1 200") == answers
        writer.close()

    served(client)


def test_a_drop_now_and_then_is_not_enough(short: None) -> None:
    """A request that trickles in has no more time than any other."""

    async def client(pages: PageServer, port: int) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(12):
            writer.write(b"x")
            await asyncio.sleep(SHORT / 4)
        assert not pages.server_state.connections
        writer.close()

    served(client)


@pytest.mark.parametrize("path", [b"/large", b"/slow"])
def test_an_answer_has_its_time(short: None, path: bytes) -> None:
    """Who does not take the answer, and who waits for one that does not come, is sent away."""

    async def client(pages: PageServer, port: int) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(GET.replace(b"/", path, 1))
        await asyncio.sleep(SHORT / 3)
        assert pages.server_state.connections
        await alone(pages)
        writer.close()

    served(client)


def test_a_busy_connection_is_kept(short: None) -> None:
    """A connection that asks again and again lives longer than any limit."""

    async def client(_pages: PageServer, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(12):
            writer.write(GET)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            while (await reader.readline()).strip():
                pass
            assert await reader.readexactly(4) == b"in 0"
            await asyncio.sleep(SHORT / 4)
        writer.close()

    served(client)


def test_there_is_room_for_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many connections do nothing, the longest waiting go, and who asks is answered."""
    monkeypatch.setattr(server, "MOST_CONNECTIONS", server.FEWEST_CONNECTIONS)

    async def client(pages: PageServer, port: int) -> None:
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(60)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        assert len(pages.server_state.connections) < server.FEWEST_CONNECTIONS
        for _, other in [*idle, (reader, writer)]:
            other.close()

    served(client)
