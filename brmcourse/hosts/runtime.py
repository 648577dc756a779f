"""What runs on this machine: the note a running course leaves behind, its port and its key."""

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
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from tornado.netutil import bind_sockets

from brmcourse.errors import PortTakenError
from brmcourse.model.course import Course
from brmcourse.paths import user_folder

HOST = "127.0.0.1"
FIRST_PORT = 8866
PORTS_TRIED = 50


@dataclass(frozen=True)
class Running:
    """A course that is open on this machine: `pages` or `lab`, for one folder."""

    mode: str
    folder: str
    pid: int
    url: str


@dataclass(frozen=True)
class Opening:
    """What a host needs to serve the course; it calls `ready` once the first page can be asked for.

    A `lean` one keeps no page ready in advance.
    """

    course: Course
    folder: Path
    sockets: list[socket.socket]
    key: str
    ready: Callable[[], None]
    lean: bool = False

    @property
    def port(self) -> int:
        """Return the port the course is served on."""
        port: int = self.sockets[0].getsockname()[1]
        return port

    @property
    def cookie_secret(self) -> bytes:
        """Return the bytes that sign the browser's cookie."""
        return hashlib.sha256(self.key.encode()).digest()


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

    Raises PortTakenError when the wanted port is in use.
    """
    if wanted is not None:
        return _claim(wanted)
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        with suppress(OSError):
            return bind_sockets(port, HOST)
    return bind_sockets(0, HOST)


def _claim(port: int) -> list[socket.socket]:
    try:
        return bind_sockets(port, HOST)
    except (OSError, OverflowError) as problem:
        raise PortTakenError(
            f"Port {port} cannot be used: another program may have it. "
            "Leave out --port, and the course finds a free one."
        ) from problem


def course_key() -> str:
    """Return the secret that opens the course in the browser.

    It is made once and stays, so that a page left open overnight still works after a restart.
    """
    path = user_folder() / "key"
    with suppress(OSError):
        key = path.read_text().strip()
        if key:
            return key
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_hex(16)
    _write_private(path, key)
    return key


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
