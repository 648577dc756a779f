"""The page host: the course's notebooks as pages of one small server, without kernels."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from jinja2 import Template
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from brmcourse import due
from brmcourse.activities import fields
from brmcourse.activities.activity import number
from brmcourse.content.library import Library
from brmcourse.due import Facts
from brmcourse.errors import CourseError, NotMadeError
from brmcourse.events import is_id, new_id
from brmcourse.hosts import paper
from brmcourse.hosts.dates import calendar_of, facts_of
from brmcourse.hosts.door import Door
from brmcourse.hosts.pages import forms, home
from brmcourse.hosts.pages.data import IMPORT, DataPages
from brmcourse.hosts.pages.forms import Sent
from brmcourse.hosts.pages.frame import STATIC, focus, templates, theme
from brmcourse.hosts.pages.gathered import Asked, gathered
from brmcourse.hosts.pages.guard import LARGEST as LARGEST_FORM
from brmcourse.hosts.pages.guard import Guard
from brmcourse.hosts.pages.lab import Lab
from brmcourse.hosts.pages.lock import LockPages
from brmcourse.hosts.pages.reading import Call, Foreign, Reading, Section
from brmcourse.hosts.pages.server import serve as serve_app
from brmcourse.hosts.pages.shelf import Shelf
from brmcourse.hosts.pages.visits import Visits, new_visit
from brmcourse.hosts.runtime import Opening
from brmcourse.log.backup import Keeper
from brmcourse.log.sealed import SealedLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.mine.taken import LARGEST
from brmcourse.partners import choosing
from brmcourse.paths import course_root, store_path
from brmcourse.problems import problem_log
from brmcourse.progress import (
    CourseProgress,
    ModuleProgress,
    course_progress,
    module_progress,
    passing,
)
from brmcourse.rendering.render import Around
from brmcourse.session import Learner, Session, explain, find_session

WHOLE = "all"
"""The address of a whole module on one page, below the module's own."""

PAPER = "/print"
"""The address below which pages to hand out lie."""

CALENDAR = "/calendar.ics"
"""The address of all that has a day, for a calendar."""

ALIVE = "/brmcourse/alive"
OPEN_PATHS = (ALIVE, "/static/")
"""What may be asked for without a key."""

LARGER = {IMPORT: LARGEST + LARGEST_FORM}
"""Where more may be sent than a text: a file, and the form that carries it."""

ONWARD, TO_LAB = "onward", "to-lab"
"""What a page itself asks for: to go on from the end of a step; this notebook in JupyterLab."""

PUT_OFF, TOLD_DONE, GO_THERE = "put-off", "told-done", "go-there"
"""What Home asks for about what waits: later; it is done; do it, for another partner."""

WHICH = "due-key"
"""The hidden field with the key of what waits."""

NAMES = {
    "ONWARD": ONWARD,
    "TO_LAB": TO_LAB,
    "WHOLE": WHOLE,
    "CALENDAR": CALENDAR,
    "PUT_OFF": PUT_OFF,
    "TOLD_DONE": TOLD_DONE,
    "GO_THERE": GO_THERE,
    "WHICH": WHICH,
    "TOMORROW": due.TOMORROW,
    "IN_A_WEEK": due.IN_A_WEEK,
}
"""What templates call these."""

MESSAGES = {
    403: (
        "Please open the course from its own address",
        (
            "The course is private to you. Start the course again in the window where you started "
            "it: it opens the right page."
        ),
    ),
    404: ("There is no such page", "Go to the first page of the course, and choose from there."),
    405: ("There is no such page", "Go to the first page of the course, and choose from there."),
    413: ("That was too much at once", "Shorten what you wrote, or save part of it elsewhere."),
}
FAILED = (
    "This page could not be opened",
    (
        "Nothing you have answered is lost. Open the page again. If that does not help, end the "
        "course in the window where you started it and start it once more."
    ),
)

NOT_MADE = "There is no PDF"

VISIT = re.compile(r"[\w-]{1,40}")
"""What an id of an open page looks like."""


@dataclass(frozen=True)
class Shown:
    """A part of a page: HTML, and for an activity its key and public name."""

    html: Markup
    key: str = ""
    name: str = ""
    foreign: bool = False


class CoursePages:
    """What is answered to each address."""

    def __init__(
        self,
        shelf: Shelf,
        lab: Lab,
        learner: Learner,
        door: Door,
        keeper: Keeper | None = None,
    ) -> None:
        self._shelf = shelf
        self._lab = lab
        self._learner = learner
        self._door = door
        self._visits = Visits(self._find)
        self._data = DataPages(shelf, learner, door, keeper, self._html)
        self._sealed = learner.log if isinstance(learner.log, SealedLog) else None

    @property
    def app(self) -> ASGIApp:
        """The application, with its guard before it."""
        routes = [
            Route(ALIVE, alive),
            STATIC,
            Route("/", self.home),
            Route("/", self.sent_home, methods=["POST"]),
            Route(CALENDAR, self.calendar),
            Route(f"/{due.FOLLOW_UP}", self.look_back),
            Route("/mine", self.mine),
            Route("/takeaway", self.takeaway),
            Route("/takeaway.pdf", self.takeaway_pdf),
            *self._data.routes,
            *(LockPages(self._sealed, self._door, self._html).routes if self._sealed else ()),
            Route(PAPER + "/{name}/{partner}", self.paper),
            Route("/{page}", self.page),
            Route("/{page}", self.sent, methods=["POST"]),
            Route("/{page}/{step}", self.step),
            Route("/{page}/{step}", self.sent, methods=["POST"]),
        ]
        handlers: dict[Any, Any] = {
            HTTPException: lambda request, error: self.message(request, error.status_code),
            CourseError: self._failed,
            Exception: self._failed,
        }
        starlette = Starlette(routes=routes, exception_handlers=handlers)
        return Guard(starlette, self._door, self.message, OPEN_PATHS, LARGER)

    # Pages

    def home(self, request: Request) -> Response:
        """Answer with what the course is, or where to go on."""
        facts = self._facts()
        found = course_progress(facts.modules, facts.progress, facts.partners.current)
        view = home.view(self._shelf.course, found, facts)
        return self._html(request, "home.html", home=view, nonce=new_id())

    def look_back(self, request: Request) -> Response:
        """Answer with what one does on a day of looking back."""
        facts = self._facts()
        found = home.look_back(facts)
        return self._html(
            request, "look_back.html", found=found, partners=facts.partners, nonce=new_id()
        )

    def calendar(self, _request: Request) -> Response:
        """Answer with a file for calendars: all that has a day, in words that tell nobody more."""
        made = calendar_of(self._facts(), self._learner)
        disposition = {"Content-Disposition": 'attachment; filename="course.ics"'}
        return Response(made, media_type="text/calendar", headers=disposition)

    def mine(self, request: Request) -> Response:
        """Answer with what the learner wrote: all about the current partner, or what is asked."""
        steps = self._shelf.steps()
        steps.progress.catch_up(self._learner.log)
        known = self._learner.partners()
        asked = Asked.read(request.query_params, known, steps.all)
        mine = gathered(asked, steps.all, steps.progress, known)
        return self._html(request, "mine.html", mine=mine, writes=steps.showing("journal"))

    def paper(self, request: Request) -> Response:
        """Answer with a page that the learner made to hand out: nothing else stands on it."""
        found = home.paper(self._shelf.places(), self._learner.log, **request.path_params)
        if found is None:
            raise HTTPException(404)
        return self._html(request, "paper.html", paper=found)

    def takeaway(self, request: Request) -> Response:
        """Answer with all that the learner takes away about the current partner."""
        document = paper.gathered(self._shelf, self._learner)
        return self._html(
            request,
            "takeaway.html",
            html=paper.html_of(document),
            shown=document.shown,
            pdf=paper.can_draw(),
            no_pdf=paper.NO_PDF,
        )

    def takeaway_pdf(self, request: Request) -> Response:
        """Answer with the same as a PDF, or say why there is none."""
        size = paper.PAPERS.get(request.query_params.get("paper", "a4"))
        if size is None:
            raise HTTPException(404)
        document = paper.gathered(self._shelf, self._learner)
        try:
            content = paper.pdf_of(document, size)
        except NotMadeError as error:
            return self._message(request, NOT_MADE, str(error), 501)
        name = f'inline; filename="{paper.NAME}.pdf"'
        return Response(
            content, media_type="application/pdf", headers={"Content-Disposition": name}
        )

    def page(self, request: Request) -> Response:
        """Answer with a page beside the modules, or go to the step of a module to go on with."""
        name = self._name(request)
        module = _module(self._progress(), name)
        if module is None or not module.steps:
            return self._whole(request, name, module)
        next_ = module.next if module.begun else None
        step = (next_ or module.steps[0]).step
        return RedirectResponse(f"/{name}/{step.slug}", 303)

    def step(self, request: Request) -> Response:
        """Answer with one step of a module, or with all of it."""
        name, slug = self._name(request), request.path_params["step"]
        found = self._progress()
        module = _module(found, name)
        reading = self._shelf.reading(name)
        section = reading.section(slug)
        if module is None or (section is None and slug != WHOLE):
            raise HTTPException(404)
        if section is None:
            return self._whole(request, name, module)
        visit = _visit(request)
        place = reading.sections.index(section)
        later = reading.sections[place + 1 :]
        return self._html(
            request,
            "step.html",
            nav=self._nav(module, slug),
            module=module,
            number=self._number(name),
            mishap=reading.mishap,
            section=section,
            done=module.steps[place].step.only_read or module.steps[place].done,
            parts=self._parts(reading, section, visit),
            earlier=reading.sections[place - 1] if place else None,
            later=later[0] if later else None,
            following=_following(found, name),
            visit=visit,
            nonce=new_id(),
        )

    def _whole(self, request: Request, name: str, module: ModuleProgress | None) -> Response:
        reading = self._shelf.reading(name)
        visit = _visit(request)
        sections = [(section, self._parts(reading, section, visit)) for section in reading.sections]
        return self._html(
            request,
            "whole.html",
            nav=self._nav(module, WHOLE) if module else "",
            module=module,
            number=self._number(name) if module else 0,
            mishap=reading.mishap,
            title=reading.title,
            sections=sections,
            visit=visit,
        )

    def _parts(self, reading: Reading, section: Section, visit: str) -> list[Shown]:
        shown = []
        for part in section.parts:
            if isinstance(part, Call):
                html = self._activity(reading, part, visit)
                shown.append(Shown(html, part.key, part.name))
            else:
                html = Markup(part.html)  # noqa: S704 -- made harmless
                shown.append(Shown(html, foreign=isinstance(part, Foreign)))
        return shown

    def _activity(self, reading: Reading, call: Call, visit: str) -> Markup:
        try:
            session = self._visits.session(visit, *call)
            html = session.open(self._around(reading, call, visit))
        except Exception as error:  # noqa: BLE001 -- the rest of the page is shown
            html = explain(error)
        return Markup(html)  # noqa: S704 -- every text in it was escaped when it was rendered

    def _around(self, reading: Reading, call: Call, visit: str) -> Around:
        hidden = {
            forms.TOKEN: self._door.token,
            forms.VISIT: visit,
            forms.ACTIVITY: call.key,
            forms.NONCE: new_id(),
        }
        return self._address(reading, hidden)

    def _address(self, reading: Reading, hidden: Mapping[str, str]) -> Around:
        def address(title: str, module: str = "") -> str:
            where = self._shelf.reading(module) if module else reading
            return where.address(title) or "#"

        return Around(hidden, address, self._where, PAPER)

    def _where(self, name: str, about: str, module: str) -> str:
        """Return the address of an activity of a module; nothing if no step there shows it."""
        for section in self._shelf.reading(module).sections:
            for call in section.calls:
                if (call.name, call.about.lower()) == (name, about):
                    return f"/{module}/{section.slug}#{call.key}"
        return ""

    # What pages send

    async def sent(self, request: Request) -> Response:
        """Answer what an activity's page sends: with its new HTML, or by going back to it."""
        sent = await self._read(request)
        return await run_in_threadpool(self._sent, request, sent)

    async def sent_home(self, request: Request) -> Response:
        """Turn to another partner, or answer what is asked of something that waits."""
        sent = await self._read(request)
        return await run_in_threadpool(self._sent_home, sent)

    async def _read(self, request: Request) -> Sent:
        sent = await forms.receive(request)
        if not self._door.made(sent.token):
            raise HTTPException(403)
        return sent

    def _sent(self, request: Request, sent: Sent) -> Response:
        name, slug = self._name(request), request.path_params.get("step", "")
        if sent.action == ONWARD:
            return self._onward(name, slug, sent)
        if sent.action == TO_LAB:
            return self._to_lab(request, name)
        reading = self._shelf.reading(name)
        call = next((call for call in reading.calls if call.key == sent.activity), None)
        if call is None:
            raise HTTPException(404)
        session = self._session(sent.visit, call)
        visit = sent.visit if VISIT.fullmatch(sent.visit) else new_visit()
        around = self._address(reading, {}) if sent.scripted else self._around(reading, call, visit)
        html = session.answer(sent.message, around)
        if not sent.scripted and session.failed:  # to turn to the page would be to forget the step
            part = Shown(Markup(html), call.key, call.name)  # noqa: S704 -- as in `_activity`
            return self._html(request, "refused.html", title=reading.title, parts=[part])
        if not sent.scripted:
            place = focus(html) or call.key
            return RedirectResponse(f"{request.url.path}?visit={visit}#{place}", 303)
        return JSONResponse(
            {"n": sent.message.get("n"), "html": html, "nav": self._nav_of(name, slug)}
        )

    def _session(self, visit: str, call: Call) -> Session:
        try:
            return self._visits.session(visit, *call)
        except CourseError:
            raise HTTPException(404) from None

    def _onward(self, name: str, slug: str, sent: Sent) -> Response:
        """Note that a step was read to its end, and go on to the next one."""
        reading = self._shelf.reading(name)
        slugs = [section.slug for section in reading.sections]
        found = self._progress()
        if _module(found, name) is None or slug not in slugs:
            raise HTTPException(404)
        self._learner.record([passing(name, slug)], _id(sent), "")
        rest = slugs[slugs.index(slug) + 1 :]
        following = _following(found, name)
        target = f"/{name}/{rest[0]}" if rest else f"/{following.module.id}" if following else "/"
        return RedirectResponse(target, 303)

    def _to_lab(self, request: Request, name: str) -> Response:
        """Open a notebook in JupyterLab: by a link, as no form may lead to another server."""
        try:
            address = self._lab.address(name)
        except CourseError as error:
            return self._html(request, "lab.html", name=name, address="", mishap=str(error))
        return self._html(request, "lab.html", name=name, address=address, mishap="")

    def _sent_home(self, sent: Sent) -> Response:
        name, _, days = sent.action.partition(" ")
        if name in {PUT_OFF, TOLD_DONE, GO_THERE}:
            return self._waited(sent, name, number(days))
        known = self._learner.partners()
        form = sent.message.get("form", {})
        key = (form.get(fields.PARTNER) or [""])[0] if isinstance(form, Mapping) else ""
        if key not in known.codes:
            raise HTTPException(404)
        self._learner.record([choosing(known.codes[key])], _id(sent), key)
        return RedirectResponse("/", 303)

    def _waited(self, sent: Sent, action: str, days: int) -> Response:
        """Record what was said of something that waits, and go on; nothing if it waits no more."""
        form = sent.message.get("form", {})
        key = (form.get(WHICH) or [""])[0] if isinstance(form, Mapping) else ""
        facts = self._facts()
        one = next((one for one in due.coming(facts) if one.key == key), None)
        if one is None or one.since > facts.today:
            return RedirectResponse("/", 303)
        if action == GO_THERE:
            self._learner.record(
                [choosing(facts.partners.codes[one.partner])], _id(sent), one.partner
            )
            return RedirectResponse(home.address_of(facts, one), 303)
        if action == TOLD_DONE and one.kind == due.LOOK_BACK:
            self._learner.record([due.told_done(one)], _id(sent), one.partner)
        elif action == PUT_OFF and days in {due.TOMORROW, due.IN_A_WEEK}:
            self._learner.record([due.putting_off(one, days)], _id(sent), one.partner)
        return RedirectResponse("/", 303)

    # What all pages need

    def message(self, request: Request, status: int) -> Response:
        """Return a page that says what is wrong, in words that help."""
        return self._message(request, *MESSAGES.get(status, FAILED), status)

    def _message(self, request: Request, heading: str, advice: str, status: int) -> Response:
        html = _template("message.html").render(
            course=self._shelf.course,
            heading=heading,
            advice=advice,
            theme=theme(request),
            token="",
        )
        return HTMLResponse(html, status)

    def _failed(self, request: Request, error: Exception) -> Response:
        problem_log().error("A page failed", exc_info=error)
        return self.message(request, 500)

    def _html(self, request: Request, template: str, **words: Any) -> Response:
        html = _template(template).render(
            course=self._shelf.course,
            theme=theme(request),
            token=self._door.token,
            sealed=self._sealed,
            locked=self._sealed is not None and self._sealed.locked,
            **words,
        )
        return HTMLResponse(html)

    def _find(self, name: str, about: str) -> Session:
        return find_session(self._shelf.library, name, about, self._learner)

    def _name(self, request: Request) -> str:
        name: str = request.path_params["page"]
        if name not in self._shelf.ids:
            raise HTTPException(404)
        return name

    def _facts(self) -> Facts:
        return facts_of(self._shelf, self._learner)

    def _progress(self) -> CourseProgress:
        facts = self._facts()
        return course_progress(facts.modules, facts.progress, facts.partners.current)

    def _number(self, name: str) -> int:
        return self._shelf.library.module_numbers[name]

    def _nav_of(self, name: str, here: str) -> str:
        """Return the list of steps as it is now; nothing for a page that has none."""
        steps = self._shelf.steps()
        module = next((module for module in steps.modules if module.id == name), None)
        if module is None:
            return ""
        steps.progress.catch_up(self._learner.log)
        partner = self._learner.partners().current
        return self._nav(module_progress(module, steps.progress, partner), here)

    def _nav(self, module: ModuleProgress, here: str) -> Markup:
        number = self._number(module.module.id)
        return Markup(_template("nav.html").render(module=module, here=here, number=number))  # noqa: S704


def _module(found: CourseProgress, name: str) -> ModuleProgress | None:
    """Return how far a module is; None if there is no such module."""
    return next((module for module in found.modules if module.module.id == name), None)


def _following(found: CourseProgress, name: str) -> ModuleProgress | None:
    """Return the module after that one."""
    for module, following in pairwise(found.modules):
        if module.module.id == name:
            return following
    return None


def alive(_request: Request) -> Response:
    """Answer with the process id: it says nothing about the learner, so it needs no key."""
    return JSONResponse({"pid": os.getpid()})


def _visit(request: Request) -> str:
    """Return the id of the page that is shown again, or a new one."""
    known = request.query_params.get("visit", "")
    return known if VISIT.fullmatch(known) else new_visit()


def _id(sent: Sent) -> str:
    """Return the id of what was sent; a new one if it has none."""
    name = sent.message.get("n")
    return name if isinstance(name, str) and is_id(name) else new_id()


def _template(name: str) -> Template:
    return templates().get_template(name, globals=NAMES)


def serve(opening: Opening) -> None:
    """Serve the course as pages until SIGINT or SIGTERM."""
    log = SealedLog(SqliteLog(store_path()))
    lab = Lab(opening.folder)
    keeper = Keeper(store_path())
    try:
        door = Door(opening.secret, opening.entry)
        shelf = Shelf(Library(course_root()), opening.folder)
        pages = CoursePages(shelf, lab, Learner(log), door, keeper)
        keeper.begin()
        serve_app(pages.app, opening.sockets, opening.ready)
    finally:
        keeper.end()
        lab.end()
        log.close()
