"""The course as the command `brmcourse start` serves it, with a home folder of its own."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Self

import psutil
from playwright.sync_api import BrowserContext

from brmcourse.hosts.runtime import Running
from brmcourse.log.sqlite import SqliteLog

COMMAND = [sys.executable, "-c", "from brmcourse.cli import main; raise SystemExit(main())"]


class CourseServer:
    """One host (`pages` or `lab`) serving one learner's folder; stopped and started again it keeps
    that folder, and its port. `root` is another copy of this project.
    """

    ending = signal.SIGINT

    def __init__(self, host: str, home: Path, root: Path | None = None) -> None:
        self.host = host
        self.home = home
        self.root = root
        self.folder = home / "course"
        self.store_path = home / "answers.sqlite"
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the course and wait for the address it prints; raise AssertionError with its words
        if it ends.
        """
        self._process = subprocess.Popen(
            self.command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.home,
            env=os.environ | self._surroundings(),
        )
        said = ""
        for line in self._process.stdout:
            said += line
            if "http://" in line:
                self.port = self.running.port
                return
        self.stop()
        raise AssertionError(f"The course did not start:\n{said}")

    @property
    def running(self) -> Running:
        """What the running course says about itself."""
        [note] = (self.home / "data" / "brmcourse" / "running").glob(f"{self.host}-*.json")
        return Running(**json.loads(note.read_bytes()))

    def admit(self, window: BrowserContext) -> None:
        """Let a browser in with a fresh key, as the printed address does."""
        assert window.request.get(self.running.address()).ok

    def at(self, path: str = "") -> str:
        """Return an address of the course."""
        return f"http://127.0.0.1:{self.port}/{path}"

    def module(self, name: str) -> str:
        """Return where all of a module stands on one page."""
        return self.at(f"lab/tree/{name}.ipynb" if self.host == "lab" else f"{name}/all")

    @property
    def url(self) -> str:
        """Where all of module 1 stands on one page."""
        return self.module("m1")

    def command(self) -> list[str]:
        """Return what a learner types."""
        choice = ["--lab"] if self.host == "lab" else []
        where = ["--port", str(self.port), "--dir", str(self.folder)]
        return [*COMMAND, "start", *choice, "--no-browser", *where]

    def stop(self) -> None:
        """End the course as Ctrl-C does."""
        if self._process:
            self._process.send_signal(self.ending)
            try:
                self._process.communicate(timeout=60)
            finally:
                self._process.kill()
                self._process = None

    def kill(self, kernel_id: str) -> None:
        """End the kernel of that id without warning."""
        for child in psutil.Process(self._process.pid).children(recursive=True):
            if any(kernel_id in word for word in child.cmdline()):
                child.kill()

    def bodies(self, *subjects: str) -> list[dict]:
        """Return the bodies of the events that are on the disk at this moment, oldest first."""
        log = SqliteLog(self.store_path)
        try:
            return [asdict(event.body) for event in log.read(subjects=subjects)[1]]
        finally:
            log.close()

    def _surroundings(self) -> dict[str, str]:
        data = str(self.home / "data")
        return {
            "HOME": str(self.home),
            "XDG_DATA_HOME": data,
            "LOCALAPPDATA": data,
            "BRMCOURSE_STORE": str(self.store_path),
        } | ({"PYTHONPATH": str(self.root)} if self.root else {})
