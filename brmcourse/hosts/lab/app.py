"""JupyterLab in course mode: the learner's own notebooks, under settings of our own."""

import logging
import secrets
import signal
from collections.abc import Iterable
from typing import Any

from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.serverapp import ServerApp
from tornado.web import RequestHandler
from traitlets import Instance
from traitlets.config import Config

from brmcourse.hosts.door import Door, derived
from brmcourse.hosts.kernels import OwnPython, PromptConnection
from brmcourse.hosts.lab.web import Alive, FileLog
from brmcourse.hosts.runtime import HOST, Opening
from brmcourse.model.course import Course, Module, Page


def serve(opening: Opening) -> None:
    """Serve the notebooks in JupyterLab until SIGINT or SIGTERM.

    Every kernel has ended when this returns.
    """
    server = CourseLab(opening)
    server.initialize(argv=[], find_extensions=False, starter_extension="lab")
    _quiet("LabApp")
    server.web_app.add_handlers(".*$", [(r"/brmcourse/alive", Alive)])
    server.web_app.settings["page_config_data"]["course"] = names(opening.course)
    server.io_loop.add_callback(opening.ready)
    server.start()


def names(course: Course) -> dict[str, Any]:
    """Return what course mode shows of the course: titles in order, and the notebook of each."""

    def notebooks(parts: Iterable[Module | Page]) -> list[dict[str, str]]:
        return [{"path": f"{part.id}.ipynb", "title": part.title} for part in parts]

    return {
        "title": course.title,
        "modules": notebooks(course.modules),
        "pages": notebooks(course.pages),
    }


class OneTimeKey(IdentityProvider):
    """Lets in whoever has a key that opens once, and gives the cookie that Jupyter gives.

    What Jupyter calls the token starts kernels; it is drawn anew each time and shown nowhere.
    """

    door = Instance(Door).tag(config=True)

    async def get_user_token(self, handler: RequestHandler) -> User | None:
        """Return whom the address's key belongs to."""
        key = handler.get_argument("key", "")
        if key and self.door.admits(key):
            return self.generate_anonymous_user(handler)
        return await super().get_user_token(handler)


class CourseLab(FileLog, ServerApp):
    """A Jupyter server that carries JupyterLab and nothing else, and ends at once when told to."""

    def __init__(self, opening: Opening) -> None:
        super().__init__(config=_settings(opening), jpserver_extensions={"jupyterlab": True})
        self.opening = opening

    def init_signal(self) -> None:
        """End at the first Ctrl-C; there is nothing to confirm, for every answer is saved."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._signal_stop)

    def _signal_stop(self, *_: Any) -> None:
        self.stop(from_signal=True)

    def _bind_http_server(self) -> None:
        for waiting in self.opening.sockets:
            waiting.setblocking(False)  # or the whole server would wait for the next caller
        self.http_server.add_sockets(self.opening.sockets)


def _quiet(logger_name: str) -> None:
    """Send what JupyterLab's own logger says to the course's log, where the root logger writes."""
    logger = logging.getLogger(logger_name)
    logger.handlers.clear()
    logger.propagate = True


def _settings(opening: Opening) -> Config:
    """Return the server's configuration; the page's own is in `config/` and `jupyter/`."""
    settings = Config()
    settings.ServerApp.update(
        root_dir=str(opening.folder),
        ip=HOST,
        port=opening.port,
        cookie_secret=derived(opening.secret, "lab"),
        open_browser=False,
        no_browser_open_file=True,
        # Only this machine is served; in a container the learner is often root.
        allow_root=True,
        terminals_enabled=False,
        kernel_spec_manager_class=OwnPython,
        kernel_websocket_connection_class=PromptConnection,
    )
    settings.MappingKernelManager.kernel_manager_class = "brmcourse.hosts.kernels.QuietKernel"
    settings.ServerApp.identity_provider_class = OneTimeKey
    settings.OneTimeKey.update(
        door=Door(opening.secret, opening.entry),
        token=secrets.token_hex(32),
        cookie_options={"samesite": "Lax"},
    )
    settings.LabApp.update(
        log_level=logging.ERROR,
        news_url=None,
        check_for_updates_class="jupyterlab.NeverCheckForUpdate",
        extension_manager="readonly",
    )
    return settings
