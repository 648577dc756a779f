"""The web server of the pages: uvicorn on sockets of our own, for this machine, with little trust.

It ends what nobody uses: a connection that sends no whole request in time, one that lies idle, and
one that does not take its answer. Where there are too many, the one that waited longest goes first.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socket import socket
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_TIME = 15.0
"""Seconds in which a client has to send a whole request."""

ANSWER_TIME = 60.0
"""Seconds in which an answer has to be made and taken."""

IDLE_TIME = 30
"""Seconds that a connection is kept open for a next request."""

ENDING_TIME = 1
"""Seconds that requests have to finish in when the course is ended."""

AT_ONCE = 32
"""Connections that are accepted before any is looked at."""

OWN_HANDLES = 128
"""Open files that are no connections (the answers, the log, the libraries), or not yet counted."""

WANTED_HANDLES = 4096
MOST_CONNECTIONS, FEWEST_CONNECTIONS = 1000, 8


def serve(
    app: Any,
    sockets: list[socket],
    ready: Callable[[], None],
    ending: Callable[[], None] = lambda: None,
) -> None:
    """Serve an ASGI application until SIGINT or SIGTERM.

    `ready` is called when it answers, `ending` when it shall end: what waits has to stop then.
    """
    asyncio.run(PageServer(app, ready, ending).serve(sockets))


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=AT_ONCE,
        limit_concurrency=most_connections(),
        timeout_keep_alive=IDLE_TIME,
        timeout_graceful_shutdown=ENDING_TIME,
    )


def most_connections() -> int:
    """Return how many connections the open files allow that this process may have.

    The limit that can be raised is raised, as Jupyter does.
    """
    try:
        import resource  # noqa: PLC0415 -- not there on Windows, which has no such limit
    except ImportError:
        return MOST_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_HANDLES if hard == resource.RLIM_INFINITY else min(hard, WANTED_HANDLES)
    if soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return max(FEWEST_CONNECTIONS, min(soft - OWN_HANDLES, MOST_CONNECTIONS))


class PageServer(uvicorn.Server):
    """Says when it is ready and when it ends, and leaves what follows to whoever started it."""

    def __init__(self, app: Any, ready: Callable[[], None], ending: Callable[[], None]) -> None:
        super().__init__(_config(app))
        self._ready = ready
        self._ending = ending

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        super().handle_exit(sig, frame)
        self._ending()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End at the first signal. uvicorn would send it to the whole program once more."""
        before = {name: signal.signal(name, self.handle_exit) for name in ENDINGS}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)


ENDINGS = (signal.SIGINT, signal.SIGTERM)


class PatientProtocol(H11Protocol):
    """A connection with a limit to its time: uvicorn itself waits for a slow client for ever."""

    _limit: asyncio.TimerHandle | None = None
    waits_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the first request its time, and make room for it."""
        super().connection_made(transport)
        self.waits_since = self.loop.time()
        self._within(REQUEST_TIME)
        if self.limit_concurrency and len(self.connections) >= self.limit_concurrency:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Give the rest of a request, or its answer, its time."""
        before = self.answering
        super().data_received(data)
        if self.answering and not before:
            self._within(ANSWER_TIME)
        elif self._limit is None:
            self._within(REQUEST_TIME)

    def on_response_complete(self) -> None:
        """Wait for the next request as long as a connection may be idle."""
        if self.transport.is_closing():
            return  # as soon as the answer is taken, for which there is a limit
        self.waits_since = self.loop.time()
        self._at_ease()
        super().on_response_complete()
        if not self.cycle.response_complete:  # the next request had come with the last one
            self._within(ANSWER_TIME if self.answering else REQUEST_TIME)

    def timeout_keep_alive_handler(self) -> None:
        """End an idle connection, also one that did not take its answer."""
        self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._at_ease()
        super().connection_lost(exc)

    @property
    def answering(self) -> bool:
        """Whether a whole request is here and its answer is not complete."""
        cycle = self.cycle
        return cycle is not None and not cycle.more_body and not cycle.response_complete

    def _make_room(self) -> None:
        """End the connection that has waited longest for a request."""
        others = (one for one in self.connections if one is not self)
        waiting = [one for one in others if isinstance(one, PatientProtocol) and not one.answering]
        if waiting:
            min(waiting, key=lambda one: one.waits_since).drop()

    def _within(self, seconds: float) -> None:
        self._at_ease()
        self._limit = self.loop.call_later(seconds, self.drop)

    def _at_ease(self) -> None:
        if self._limit:
            self._limit.cancel()
        self._limit = None

    def drop(self) -> None:
        """End the connection at once, whatever is under way."""
        self.connections.discard(self)
        self.transport.abort()
