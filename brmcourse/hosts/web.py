"""What both hosts need from the web server: a sign of life, prompt websockets, and a quiet terminal."""

import os
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.web import RequestHandler

from brmcourse.paths import log_path


class Alive(RequestHandler):
    """Answer with the process id, so that a second start can tell a running course from a stale note."""

    def get(self) -> None:
        """Write `{"pid": …}`; it says nothing about the learner, so it needs no key."""
        self.write({"pid": os.getpid()})


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel connection that sends each message at once.

    Without this the kernel's small answers wait up to 40 ms for the network to fill a packet.
    """

    def connect(self) -> Any:
        """Open the connection as Jupyter does, with Nagle's algorithm off."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


class FileLog:
    """Sends an application's warnings to the course's log instead of the terminal."""

    def get_default_logging_config(self) -> dict[str, Any]:
        """Return the usual logging configuration with the log file in the place of the terminal."""
        settings: dict[str, Any] = super().get_default_logging_config()  # type: ignore[misc]
        settings["handlers"]["console"] = {
            "class": "logging.FileHandler",
            "formatter": "console",
            "level": "WARNING",
            "filename": str(log_path()),
            "encoding": "utf-8",
            "delay": True,
        }
        return settings
