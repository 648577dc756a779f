"""What JupyterLab needs of us: a sign of life, and a quiet terminal."""

import os
from typing import Any

from tornado.web import RequestHandler

from brmcourse.paths import log_path


class Alive(RequestHandler):
    """Answer with the process id, so that a second start knows whether the course still runs."""

    def get(self) -> None:
        """Write `{"pid": …}`; it says nothing about the learner, so it needs no key."""
        self.write({"pid": os.getpid()})


class FileLog:
    """Sends an application's errors to the course's log instead of the terminal."""

    def get_default_logging_config(self) -> dict[str, Any]:
        """Return the usual logging configuration with the log file in the place of the terminal."""
        settings: dict[str, Any] = super().get_default_logging_config()  # type: ignore[misc]
        settings["handlers"]["console"] = {
            "class": "logging.FileHandler",
            "formatter": "console",
            "level": "ERROR",
            "filename": str(log_path()),
            "encoding": "utf-8",
            "delay": True,
        }
        return settings
