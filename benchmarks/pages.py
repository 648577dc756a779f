"""The course as a learner opens it, Voila as its peer, and a browser."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

from brmcourse.hosts.runtime import Running

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60
"""Seconds until the course must have started, or the machine must have come to rest."""

REST = 1.5
"""Seconds without work in the server and its kernels that count as rest."""


def write_notebook(path: Path, cells: Sequence[str]) -> None:
    """Write a notebook of code cells under a heading, which runs by itself as the course's do."""
    code: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    notebook = {
        "cells": [{"cell_type": "markdown", "metadata": {}, "source": "# A benchmark"}]
        + [{**code, "source": cell} for cell in cells],
        "metadata": {
            "course": {"autorun": True, "module": path.stem},
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), "utf-8")


@contextmanager
def course(folder: Path, environment: Mapping[str, str], *options: str) -> Iterator[Running]:
    """Start the course on the notebooks in `folder`; give its note, then end it."""
    with running(command_of(folder, *options), environment) as process:
        wait_for_address(process)
        yield note_of(environment)


def command_of(folder: Path, *options: str) -> list[str]:
    """Return what a learner types to start the course."""
    program = Path(sys.executable).with_name("brmcourse")
    return [str(program), "start", "--no-browser", "--dir", str(folder), *options]


def note_of(environment: Mapping[str, str]) -> Running:
    """Return the note of the one course that runs in this environment."""
    (note,) = Path(environment["XDG_DATA_HOME"], "brmcourse", "running").glob("*.json")
    return Running(**json.loads(note.read_bytes()))


def wait_for_address(process: "subprocess.Popen[str]") -> str:
    """Return the address that the course prints once it answers."""
    for line in process.stdout or ():
        found = re.search(r"is open at (\S+)", line)
        if found:
            return found[1]
    raise SystemExit("The course did not start.")


@contextmanager
def voila(
    place: Path, cells: Sequence[str], environment: Mapping[str, str], *options: str
) -> Iterator[tuple[psutil.Process, str]]:
    """Serve these cells by Voila; give its process and address, then end it and its kernels."""
    command, address = voila_command(place, cells, *options)
    with running(command, environment) as process:
        wait_for_port(address)
        yield psutil.Process(process.pid), address


def voila_command(place: Path, cells: Sequence[str], *options: str) -> tuple[list[str], str]:
    """Write a notebook; return how Voila serves it, and where."""
    notebook = place / "voila" / "peer.ipynb"
    write_notebook(notebook, cells)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("voila")
    command = [str(program), str(notebook), "--no-browser", f"--port={port}", *options]
    return command, f"http://127.0.0.1:{port}/"


def wait_for_port(address: str) -> None:
    """Wait until somebody listens there."""
    place = urlsplit(address)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection((place.hostname, place.port)):
            return
        time.sleep(0.01)
    raise SystemExit(f"Nobody answers at {address}.")


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str]
) -> Iterator["subprocess.Popen[str]"]:
    """Start a server; end it and its kernels afterwards."""
    with subprocess.Popen(
        command,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        kernels: list[psutil.Process] = []
        try:
            yield process
            kernels = psutil.Process(process.pid).children(recursive=True)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=PATIENCE)
            for kernel in kernels:
                with suppress(psutil.NoSuchProcess):
                    kernel.kill()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium; without one say how to get it."""
    path = os.environ.get("BRMCOURSE_CHROMIUM", CHROMIUM)
    if not Path(path).exists():
        raise SystemExit(
            f"There is no Chromium at {path}; install it, or set BRMCOURSE_CHROMIUM to its path."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def browser_page() -> Iterator[Page]:
    """Open a page in Chromium."""
    with chromium() as browser:
        yield browser.new_page()


def settle(*servers: psutil.Process, rest: float = REST) -> None:
    """Wait until the servers and all their kernels rest, so that the next page finds warm ones."""
    until, quiet_since, before = time.monotonic() + PATIENCE, time.monotonic(), -1.0
    while time.monotonic() < until:
        now = sum(_busy(one) for server in servers for one in family(server))
        if now - before > 0.02:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > rest:
            return
        before = now
        time.sleep(0.1)


def family(server: psutil.Process) -> list[psutil.Process]:
    """Return a server and all processes that it has started."""
    return [server, *server.children(recursive=True)]


def _busy(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
