"""The page host: Voila in our own process, with our template, without the learner's settings."""

import re
import shutil
import signal
from typing import Any

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop, PeriodicCallback
from traitlets.config import Config
from voila.app import Voila
from voila.exporter import VoilaMarkdownRenderer
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from brmcourse.hosts.kernels import OwnPython, PromptConnection
from brmcourse.hosts.pages.handlers import Connected, Goodbye, Home, Message, ModulePage
from brmcourse.hosts.pages.kernels import Caretaker
from brmcourse.hosts.runtime import HOST, Opening
from brmcourse.hosts.web import Alive, FileLog
from brmcourse.model.course import Course, Module, Page

KERNEL = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"


def serve(opening: Opening) -> None:
    """Serve the course as pages until SIGINT or SIGTERM.

    Every kernel has ended when this returns.
    """
    app = CoursePages(opening)
    app.initialize([])
    app.start()


class Reading(VoilaMarkdownRenderer):  # type: ignore[misc]
    """Course text as HTML, without the paragraph signs that notebooks put behind their headings."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "exclude_anchor_links": True})


class CoursePages(FileLog, Voila):  # type: ignore[misc]
    """Voila that serves the modules of one course and nothing else."""

    name = "brmcourse"

    def __init__(self, opening: Opening) -> None:
        super().__init__(config=_settings(opening))
        self.opening = opening

    def init_settings(self) -> dict[str, Any]:
        """Return Voila's settings, closed to other hosts, with our page for unknown addresses."""
        settings: dict[str, Any] = super().init_settings()
        self.caretaker = Caretaker(self.kernel_manager)
        return settings | {
            "allow_remote_access": False,
            # Our handlers ask for the key themselves: Jupyter would send the learner to a login
            # form.
            "allow_unauthenticated_access": True,
            "default_handler_class": Message,
            "default_handler_args": self._page_arguments(),
        }

    def init_handlers(self) -> list[Any]:
        """Return what is served: our pages, the kernels behind them, and Voila's scripts."""
        course = self.opening.course
        shown: tuple[Module | Page, ...] = (*course.modules, *course.pages)
        ids = "|".join(re.escape(page.id) for page in shown)
        rendering = {
            "caretaker": self.caretaker,
            "template_paths": self.template_paths,
            "config": self.config,
        }
        return [
            (r"/()", Home, self._page_arguments()),
            (rf"/({ids})", ModulePage, self._page_arguments() | rendering),
            (r"/brmcourse/alive", Alive),
            (rf"/brmcourse/connected/{KERNEL}", Connected, {"manager": self.kernel_manager}),
            (rf"/voila/api/shutdown/{KERNEL}", Goodbye, {"caretaker": self.caretaker}),
            (rf"/api/kernels/{KERNEL}", KernelHandler),
            (rf"/api/kernels/{KERNEL}/channels", VoilaKernelWebsocketHandler),
            (r"/voila/templates/(.*)", TemplateStaticFileHandler),
            (r"/voila/static/(.*)", MultiStaticFileHandler, {"paths": self.static_paths}),
            (r"/voila/labextensions/(.*)", FileFindHandler, {"path": self.labextensions_path}),
        ]

    def listen(self) -> None:
        """Serve on the sockets claimed at the start, until a signal comes."""
        HTTPServer(self.app).add_sockets(self.opening.sockets)
        self.ioloop = IOLoop.current()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle_signal_stop)
        PeriodicCallback(self.caretaker.sweep, 1000).start()
        self.ioloop.add_callback(self.opening.ready)
        try:
            self.ioloop.start()
        finally:
            self.stop()

    def stop(self) -> None:
        """End every kernel, then remove the files they were reached through."""
        self.ioloop.run_sync(self.caretaker.end_all)
        shutil.rmtree(self.connection_dir, ignore_errors=True)

    def _page_arguments(self) -> dict[str, Any]:
        return {"course": self.opening.course, "voila_configuration": self.voila_configuration}


def _settings(opening: Opening) -> Config:
    """Return Voila's configuration; nothing is read from the learner's own files."""
    course = opening.course
    settings = Config()
    settings.Voila.update(
        config_file_paths=[],
        root_dir=str(opening.folder),
        ip=HOST,
        port=opening.port,
        token=opening.key,
        cookie_secret=opening.cookie_secret,
        kernel_websocket_connection_class=PromptConnection,
    )
    settings.IdentityProvider.cookie_options = {"samesite": "Lax"}
    settings.VoilaConfiguration.update(
        template="brmcourse",
        allow_template_override="NO",
        allow_theme_override="NO",
        preheat_kernel=not opening.lean,
        kernel_spec_manager_class=OwnPython,
        extension_allowlist=[
            "anywidget",
            "@jupyter-widgets/jupyterlab-manager",
            "@voila-dashboards/widgets-manager8",
        ],
        resources={"course": _listed(course)},
    )
    # Only the first module is warmed up at the start; each page warms up itself and the next one.
    first = re.escape(f"{course.modules[0].id}.ipynb")
    settings.VoilaKernelManager.update(fill_delay=2.0, preheat_denylist=[rf"(?!.*[/\\]{first}$)"])
    settings.VoilaExecutor.allow_errors = True
    settings.VoilaExporter.markdown_renderer_class = Reading
    settings.MappingKernelManager.kernel_manager_class = "brmcourse.hosts.kernels.QuietKernel"
    settings.KernelManager.autorestart = False
    return settings


def _listed(course: Course) -> dict[str, Any]:
    """Return what the template shows of the course beside the page itself."""
    places = {module.id: place for place, module in enumerate(course.modules)}
    modules = [module.model_dump(include={"id", "title", "minutes"}) for module in course.modules]
    pages = [page.model_dump(include={"id", "title"}) for page in course.pages]
    return {"title": course.title, "modules": modules, "pages": pages, "places": places}
