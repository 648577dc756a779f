"""What the page host answers: modules, messages in plain words, and the end of a page."""

from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError, RequestHandler
from voila.handler import BaseVoilaHandler, VoilaHandler

from brmcourse.hosts.pages.kernels import Caretaker, lives
from brmcourse.model.course import Course

ONLY_OURSELVES = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "frame-ancestors 'self'"
)
"""The browser itself refuses anything from elsewhere. Widgets bring their script as a blob."""

MESSAGES = {
    403: (
        "Please open the course from its own address",
        (
            "The course is private to you. Use the full address shown in the window where you "
            "started it, or start the course again: it opens the right page."
        ),
    ),
    404: ("There is no such page", "Choose a module from the list to go on with the course."),
}
FAILED = (
    "This page could not be opened",
    (
        "Nothing you have answered is lost. Open the page again; if that does not help, "
        "end the course in the window where you started it and start it once more."
    ),
)


class PlainWords:
    """Shows an error as a page of the course, in words that help, without a traceback."""

    course: Course

    @property
    def content_security_policy(self) -> str:
        """Return what the browser may load."""
        return ONLY_OURSELVES

    def write_error(self, status_code: int, **_: Any) -> None:
        """Write the message for `status_code` as a page."""
        heading, advice = MESSAGES.get(status_code, FAILED)
        self.set_header("Content-Type", "text/html; charset=utf-8")  # type: ignore[attr-defined]
        words = {"course": self.course, "heading": heading, "advice": advice}
        page = self.render_template("error.html", **words)  # type: ignore[attr-defined]
        self.write(page)  # type: ignore[attr-defined]


class Message(PlainWords, BaseVoilaHandler):  # type: ignore[misc]
    """Any address that is not a page of the course."""

    def initialize(self, course: Course, **kwargs: Any) -> None:
        """Keep the course for the module list."""
        super().initialize(**kwargs)
        self.course = course

    async def get(self, _path: str = "") -> None:
        """Answer that there is no such page."""
        raise HTTPError(404)


class Home(Message):
    """The bare address: go to the first module, with the key in a cookie, not in the address."""

    async def get(self, _path: str = "") -> None:
        """Redirect to the first module, or ask for the full address."""
        if not self.current_user:
            raise HTTPError(403)
        self.redirect(f"/{self.course.modules[0].id}")


class ModulePage(PlainWords, VoilaHandler):  # type: ignore[misc]
    """One module, with a kernel of its own."""

    def initialize(self, course: Course, caretaker: Caretaker, **kwargs: Any) -> None:
        """Keep the course for the module list, and who looks after the kernels."""
        super().initialize(**kwargs)
        self.course = course
        self.caretaker = caretaker

    async def get(self, module_id: str) -> None:
        """Write the module as its kernel produces it, then warm up the next one."""
        if not self.current_user:
            raise HTTPError(403)
        if self.get_argument("token", None):
            self.redirect(f"/{module_id}")
            return
        await self.caretaker.drop_dead(f"{module_id}.ipynb")
        async for html in self.get_generator(path=f"{module_id}.ipynb"):
            self.write(html)
            await self.flush()
        await self.finish()
        await self._keep_warm(module_id)

    async def _keep_warm(self, module_id: str) -> None:
        ids = [module.id for module in self.course.modules]
        if module_id not in ids:
            return  # from a page to look things up in, learners go back to where they were
        place = ids.index(module_id)
        this_and_next = ids[place : place + 2]
        await self.caretaker.keep_warm(*(f"{warm}.ipynb" for warm in this_and_next))


class Goodbye(APIHandler):
    """A page tells that it closes; its kernel ends a little later."""

    def initialize(self, caretaker: Caretaker) -> None:
        """Keep whom to tell."""
        self.caretaker = caretaker

    def check_xsrf_cookie(self) -> None:
        """Accept the beacon of a closing page, which has no token; its origin has been checked."""

    async def post(self, kernel_id: str) -> None:
        """Note the goodbye and answer with nothing."""
        if not self.current_user:
            raise HTTPError(403)
        self.caretaker.departures.goodbye(kernel_id)
        self.set_status(204)


class Connected(RequestHandler):
    """Whether the kernel behind a page is there: 204 if it lives, 404 if not."""

    def initialize(self, manager: Any) -> None:
        """Keep whom to ask."""
        self.manager = manager

    async def get(self, kernel_id: str) -> None:
        """Answer with the status alone."""
        alive = await lives(self.manager, kernel_id)
        self.set_status(204 if alive else 404)
