"""The web server of the pages: uvicorn on sockets of our own, for this machine, with little trust.

It ends what nobody uses: a connection that sends no whole request in time, one that lies idle, and
one that does not take its answer.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socket import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_TIME = 15.0
"""Seconds in which a client has to send a whole request."""

ANSWER_TIME = 60.0
"""Seconds in which an answer has to be made and taken."""

IDLE_TIME = 30
"""Seconds that a connection is kept open for a next request."""

ENDING_TIME = 2
"""Seconds that requests have to finish in when the course is ended."""

OWN_HANDLES = 64
"""Open files that are not connections: the answers, the log, the libraries."""

WANTED_HANDLES = 4096
MOST_CONNECTIONS = 1000


def serve(app: Any, sockets: list[socket], ready: Callable[[], None]) -> None:
    """Serve an ASGI application until SIGINT or SIGTERM; call `ready` when it answers."""
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=most_connections(),
        timeout_keep_alive=IDLE_TIME,
        timeout_graceful_shutdown=ENDING_TIME,
    )
    asyncio.run(_Server(config, ready).serve(sockets))


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
    return max(8, min(soft - OWN_HANDLES, MOST_CONNECTIONS))


class _Server(uvicorn.Server):
    """Says when it is ready, and leaves the ending to whoever started it."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self._ready()

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

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the first request its time."""
        super().connection_made(transport)
        self._within(REQUEST_TIME)

    def data_received(self, data: bytes) -> None:
        """Give the rest of a request, or its answer, its time."""
        answering = self._answering
        super().data_received(data)
        if self._answering and not answering:
            self._within(ANSWER_TIME)
        elif self._limit is None:
            self._within(REQUEST_TIME)

    def on_response_complete(self) -> None:
        """Wait for the next request as long as a connection may be idle."""
        self._at_ease()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._at_ease()
        super().connection_lost(exc)

    @property
    def _answering(self) -> bool:
        """Whether a whole request is here and its answer is not complete."""
        cycle = self.cycle
        return cycle is not None and not cycle.more_body and not cycle.response_complete

    def _within(self, seconds: float) -> None:
        self._at_ease()
        self._limit = self.loop.call_later(seconds, self._drop)

    def _at_ease(self) -> None:
        if self._limit:
            self._limit.cancel()
        self._limit = None

    def _drop(self) -> None:
        self.transport.abort()
