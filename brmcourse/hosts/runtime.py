"""What runs on this machine: the note a running course leaves behind, its port and its key."""

import errno
import hashlib
import json
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.request import ProxyHandler, build_opener

from brmcourse.errors import PortTakenError
from brmcourse.hosts.door import new_key
from brmcourse.model.course import Course
from brmcourse.paths import user_folder

HOST = "127.0.0.1"
FIRST_PORT = 8866
PORTS_TRIED = 50
LAST_PORT = 65535


@dataclass(frozen=True)
class Running:
    """A course that is open on this machine: `pages` or `lab`, for one folder.

    `url` is its first page; keys that open it are made from `entry`.
    """

    mode: str
    folder: str
    pid: int
    url: str
    entry: str

    @property
    def port(self) -> int:
        """The port it is served on."""
        return urlsplit(self.url).port or 0

    def address(self, path: str | None = None) -> str:
        """Return an address that opens the course once, at its first page or at a path."""
        parts = urlsplit(self.url)
        query = f"key={new_key(self.entry)}"
        return urlunsplit(parts._replace(path=parts.path if path is None else path, query=query))


@dataclass(frozen=True)
class Opening:
    """What a host needs to serve the course; it calls `ready` once the first page can be asked for.

    `secret` is the course's own on this machine, `entry` what keys of this start are made from.
    """

    course: Course
    folder: Path
    sockets: list[socket.socket]
    secret: str
    entry: str
    ready: Callable[[], None]

    @property
    def port(self) -> int:
        """Return the port the course is served on."""
        port: int = self.sockets[0].getsockname()[1]
        return port


def find_running(mode: str, folder: Path) -> Running | None:
    """Return the course open in this mode on this folder, or None.

    A note left by a crash counts for nothing.
    """
    try:
        note = Running(**json.loads(_note(mode, folder).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return note if _alive(note) else None


def remember(running: Running) -> None:
    """Leave the note that a second start reads.

    Only this user can read it, for the address holds the key.
    """
    note = _note(running.mode, Path(running.folder))
    note.parent.mkdir(parents=True, exist_ok=True)
    _write_private(note, json.dumps(asdict(running)))


def forget(running: Running) -> None:
    """Take the note away again, unless another start has replaced it."""
    note = _note(running.mode, Path(running.folder))
    with suppress(OSError, ValueError):
        if json.loads(note.read_bytes()).get("pid") == running.pid:
            note.unlink()


def claim_port(wanted: int | None) -> list[socket.socket]:
    """Return listening sockets on `wanted`, or without a wish on the first free port.

    Raises PortTakenError when the wanted port cannot be had.
    """
    if wanted is not None:
        return [_claim(wanted)]
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        with suppress(OSError):
            return [_listen(port)]
    return [_listen(0)]


def _claim(port: int) -> socket.socket:
    if not 0 <= port <= LAST_PORT:
        raise PortTakenError(
            f"There is no port {port}: ports go from 0 to {LAST_PORT}. "
            "Leave out --port, and the course finds a free one."
        )
    try:
        return _listen(port)
    except OSError as problem:
        why = "another program has it" if problem.errno == errno.EADDRINUSE else problem.strerror
        raise PortTakenError(
            f"Port {port} cannot be used: {why}. Leave out --port, and the course finds a free one."
        ) from problem


def _listen(port: int) -> socket.socket:
    return socket.create_server((HOST, port), backlog=128)


def course_secret() -> str:
    """Return the secret of the course on this machine; it is on no page and in no address.

    It is made once and stays, so that a page left open overnight still works after a restart.
    """
    path = user_folder() / "secret"
    with suppress(OSError):
        secret = path.read_text().strip()
        if secret:
            return secret
    path.parent.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_hex(32)
    _write_private(path, secret)
    return secret


def new_entry() -> str:
    """Return what the keys of one start of the course are made from."""
    return secrets.token_hex(32)


def _note(mode: str, folder: Path) -> Path:
    place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return user_folder() / "running" / f"{mode}-{place}.json"


def _alive(note: Running) -> bool:
    """Ask the server itself: a process id may have been given to another program since."""
    address = urlsplit(note.url)
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"http://{address.netloc}/brmcourse/alive", timeout=2) as reply:
            answer: dict[str, Any] = json.load(reply)
    except (OSError, ValueError):
        return False
    return answer.get("pid") == note.pid


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
