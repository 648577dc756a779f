"""The course as a learner opens it, with a notebook of our own as module 1, and a browser."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from playwright.sync_api import Page, sync_playwright

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
def course(
    folder: Path, environment: Mapping[str, str], *options: str
) -> Iterator[tuple[psutil.Process, str]]:
    """Start the course on the notebooks in `folder`; give its process and address, then end it."""
    program = Path(sys.executable).with_name("brmcourse")
    command = [str(program), "start", "--no-browser", "--dir", str(folder), *options]
    with subprocess.Popen(
        command, env=dict(environment), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield psutil.Process(process.pid), _address(process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=PATIENCE)


def _address(process: "subprocess.Popen[str]") -> str:
    for line in process.stdout or ():
        found = re.search(r"is open at (\S+)", line)
        if found:
            return found[1]
    raise SystemExit("The course did not start.")


@contextmanager
def browser_page() -> Iterator[Page]:
    """Open a page in Chromium; without Chromium say how to get it."""
    path = os.environ.get("BRMCOURSE_CHROMIUM", CHROMIUM)
    if not Path(path).exists():
        raise SystemExit(
            f"There is no Chromium at {path}; install it, or set BRMCOURSE_CHROMIUM to its path."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser.new_page()
        browser.close()


def settle(server: psutil.Process) -> None:
    """Wait until the server and all its kernels rest, so that the next page finds a warm one."""
    until, quiet_since, before = time.monotonic() + PATIENCE, time.monotonic(), -1.0
    while time.monotonic() < until:
        time.sleep(0.25)
        processes = (server, *server.children(recursive=True))
        now = sum(map(_busy, processes))
        if now - before > 0.02:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > REST:
            return
        before = now


def _busy(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
