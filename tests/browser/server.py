"""The course as the command `brmcourse start` serves it, with a home folder of its own."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import psutil

from brmcourse.log.sqlite import SqliteLog

COMMAND = [sys.executable, "-c", "from brmcourse.cli import main; raise SystemExit(main())"]


class CourseServer:
    """One host (`page` or `lab`) serving one learner's folder; stopped and started again it keeps
    that folder.
    """

    ending = signal.SIGINT

    def __init__(self, host: str, home: Path) -> None:
        self.host = host
        self.home = home
        self.folder = home / "course"
        self.store_path = home / "answers.sqlite"
        self._home = ""
        self.url = ""
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
            env=os.environ | self._surroundings(),
        )
        said = ""
        for line in self._process.stdout:
            said += line
            if found := re.search(r"http://\S+", line):
                self._home = found[0]
                self.url = self.at("m1")
                return
        raise AssertionError(f"The course did not start:\n{said}")

    def at(self, module: str) -> str:
        """Return the address of a module."""
        home = urlsplit(self._home)
        path = f"/lab/tree/{module}.ipynb" if self.host == "lab" else f"/{module}"
        return urlunsplit(home._replace(path=path))

    def command(self) -> list[str]:
        """Return what a learner types."""
        choice = ["--lab"] if self.host == "lab" else []
        # Pages kept ready would start three kernels for each that is opened; test_start looks at
        # those.
        return [
            *COMMAND,
            "start",
            "--lean",
            *choice,
            "--no-browser",
            "--port",
            "0",
            "--dir",
            str(self.folder),
        ]

    def stop(self) -> None:
        """End the course as Ctrl-C does."""
        if self._process:
            self._process.send_signal(self.ending)
            try:
                self._process.communicate(timeout=20)
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
        }
