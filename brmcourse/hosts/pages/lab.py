"""A notebook opened in JupyterLab from its page: the other host, started when first wanted."""

import subprocess
import sys
import time
from pathlib import Path
from threading import Lock

from brmcourse.errors import NotStartedError
from brmcourse.hosts.runtime import Running, find_running

PATIENCE = 30.0
"""Seconds in which JupyterLab has to start; on a slow machine it takes ten."""

LEAVE = 20.0
"""Seconds that it gets to end; with kernels that hang it would take for ever."""

BLINK = 0.2
"""Seconds between two looks whether it has."""

COMMAND = (sys.executable, "-c", "from brmcourse.cli import main; raise SystemExit(main())")


class Lab:
    """JupyterLab over the learner's folder, if it was asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = Lock()

    def address(self, notebook: str) -> str:
        """Return an address that opens a notebook once; raise NotStartedError."""
        with self._starting:  # two clicks want one JupyterLab
            running = self._running()
        return running.address(f"/lab/tree/{notebook}.ipynb")

    def end(self) -> None:
        """End it if it was started here."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(LEAVE)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def _running(self) -> Running:
        found = find_running("lab", self._folder)
        if found:
            return found
        if self._process is None or self._process.poll() is not None:
            options = ("start", "--lab", "--no-browser", "--dir", str(self._folder))
            self._process = subprocess.Popen(  # noqa: S603 -- ourselves, on the learner's own folder
                (*COMMAND, *options), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            found = find_running("lab", self._folder)
            if found:
                return found
            time.sleep(BLINK)
        raise NotStartedError(
            "JupyterLab could not be started. Start it yourself in a terminal: "
            "brmcourse start --lab"
        )
