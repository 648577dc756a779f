"""My data: what is kept, taken along, brought in, copied, put back, begun anew, deleted."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brmcourse.errors import CourseError
from brmcourse.events import is_id, new_id
from brmcourse.hosts.door import Door
from brmcourse.hosts.pages import forms
from brmcourse.hosts.pages.forms import Sent
from brmcourse.hosts.pages.shelf import Shelf
from brmcourse.log.backup import Keeper, copies, make_copy, restore
from brmcourse.log.examine import examine
from brmcourse.mine.export import export
from brmcourse.mine.forget import Wish, forget, going
from brmcourse.mine.taken import read_export, take_in
from brmcourse.progress import (
    ModuleSteps,
    Place,
    Progress,
    Step,
    beginning_anew,
    course_progress,
    owners,
)
from brmcourse.rendering import words
from brmcourse.session import Learner

ADDRESS = "/data"
IMPORT = f"{ADDRESS}/import"
"""Where a file is brought in, which may be large."""

FILE, COPY, WHAT = "file", "copy", "what"
"""The fields of the forms."""

ALL = "all"
"""All modules, or all of a module, or all there is."""

MOST_SAID = 20
"""So many sentences are kept until the page that asks for them shows them."""

NO_FILE = "Choose the zip file first that you downloaded on the other computer."
NO_COPY = "This copy is not there any more. The list shows those there are."


Page = Callable[..., Response]
"""Makes a page of the course for a request from a template and its words."""


@dataclass(frozen=True)
class Again:
    """A step that can be begun anew: its name and title, and what there is to do in it."""

    slug: str
    title: str
    places: tuple[Place, ...]


class DataPages:
    """What is answered below `/data`; without a keeper the log is no file, and has no copies."""

    def __init__(
        self, shelf: Shelf, learner: Learner, door: Door, keeper: Keeper | None, page: Page
    ) -> None:
        self._shelf = shelf
        self._learner = learner
        self._door = door
        self._keeper = keeper
        self._page = page
        self._said: OrderedDict[str, tuple[str, bool]] = OrderedDict()

    @property
    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route(ADDRESS, self.data),
            Route(f"{ADDRESS}/check", self.check),
            Route(f"{ADDRESS}/export", self.export),
            Route(IMPORT, self.bring_in, methods=["POST"]),
            Route(f"{ADDRESS}/copy", self._taking(self._copy), methods=["POST"]),
            Route(f"{ADDRESS}/restore", self._taking(self._restore), methods=["POST"]),
            Route(f"{ADDRESS}/forget", self.forget),
            Route(f"{ADDRESS}/forget", self._taking(self._forget), methods=["POST"]),
            Route(f"{ADDRESS}/again/{{module}}", self.again),
            Route(f"{ADDRESS}/again/{{module}}", self._taking(self._again), methods=["POST"]),
        ]

    @property
    def _path(self) -> Path | None:
        return self._keeper.path if self._keeper else None

    # What is shown

    def data(self, request: Request) -> Response:
        """Answer with what is kept, and what can be done with it."""
        said, well = self._said.pop(request.query_params.get("said", ""), ("", True))
        path = self._path
        steps = self._shelf.steps()
        steps.progress.catch_up(self._learner.log)
        log = self._learner.log
        known = self._learner.partners()
        found = course_progress(steps.modules, steps.progress, known.current).modules
        begun = [module.module for module in found if module.begun]
        firsts = self._firsts()
        begun += [page for page in steps.beside if self._steps_again(page, steps.progress, firsts)]
        return self._page(
            request,
            "data.html",
            said=said,
            well=well,
            path=path,
            entries=len(log.records()),
            trouble=words.trouble(log.trouble),
            failure=self._keeper.failure if self._keeper else "",
            copies=copies(path) if path else [],
            partners=known,
            modules=steps.modules,
            beside=steps.beside,
            begun=begun,
            nonce=new_id(),
            **_NAMES,
        )

    def check(self, request: Request) -> Response:
        """Answer with what is to be said about the file."""
        if self._path is None:
            raise HTTPException(404)
        lines = words.examined(examine(self._path)).splitlines()
        return self._page(request, "data_check.html", lines=lines, **_NAMES)

    def export(self, _request: Request) -> Response:
        """Answer with all of it as one file."""
        try:
            content = export(self._learner.log.records(), self._shelf.steps().all)
        except CourseError as error:
            return self._back(str(error), well=False)
        name = f"brm-course-{self._learner.clock().astimezone():%Y-%m-%d}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type="application/zip", headers=headers)

    def forget(self, request: Request) -> Response:
        """Answer with what would be deleted, and ask."""
        what = request.query_params.get(WHAT, "")
        wish, about = self._wish(what)
        records = self._learner.log.records()
        found = going(records, wish, self._shelf.steps().all, self._path)
        return self._page(
            request,
            "data_forget.html",
            what=what,
            about=about,
            lines=words.goes(found),
            nothing=not found.records,
            not_reached=words.not_reached(wish),
            nonce=new_id(),
            **_NAMES,
        )

    def again(self, request: Request) -> Response:
        """Answer with what can be begun anew in a module, or in all of them."""
        name = request.path_params["module"]
        steps = self._shelf.steps()
        steps.progress.catch_up(self._learner.log)
        known = self._learner.partners()
        module = None if name == ALL else self._module(name)
        found = []
        if module in steps.modules:
            found = self._steps_again(module, steps.progress, self._firsts())
        return self._page(
            request,
            "data_again.html",
            name=name,
            again=module,
            found=found,
            partners=known,
            nonce=new_id(),
            **_NAMES,
        )

    # What is done

    async def bring_in(self, request: Request) -> Response:
        """Merge a file with what is here."""
        sent, content = await forms.receive_file(request, FILE)
        self._require_ours(sent)
        return await run_in_threadpool(self._bring_in, content)

    def _bring_in(self, content: bytes) -> Response:
        if not content:
            return self._back(NO_FILE, well=False)
        return self._doing(lambda: words.taken(take_in(self._learner.log, read_export(content))))

    def _copy(self, _request: Request, _sent: Sent) -> Response:
        path = self._required_path()

        def doing() -> str:
            self._learner.log.retry()
            return words.copied(make_copy(path, self._learner.clock))

        return self._doing(doing)

    def _restore(self, _request: Request, sent: Sent) -> Response:
        path = self._required_path()
        name = _field(sent, COPY)
        copy = next((copy for copy in copies(path) if copy.name == name), None)
        if copy is None:
            return self._back(NO_COPY, well=False)

        def doing() -> str:
            before, entries = restore(self._learner.log, path, copy, self._learner.clock)
            return words.restored(entries, before)

        return self._doing(doing)

    def _forget(self, _request: Request, sent: Sent) -> Response:
        wish, _ = self._wish(_field(sent, WHAT))

        def doing() -> str:
            log = self._learner.log
            found = going(log.records(), wish, self._shelf.steps().all, self._path)
            forget(log, self._path, found)
            return words.FORGETS_ALL if wish.everything else words.FORGETS_SOME

        return self._doing(doing)

    def _again(self, request: Request, sent: Sent) -> Response:
        """Begin a step, a module or the course anew, and go there."""
        name, what = request.path_params["module"], _field(sent, WHAT)
        steps = self._shelf.steps()
        partner = self._learner.partners().current
        drafts = []
        firsts = self._firsts()
        modules = steps.all if name == ALL else (self._module(name),)
        target = "/" if name == ALL else f"/{name}"
        for module in modules:
            chosen = [step for step in module.steps if what in (ALL, step.slug)]
            places = [
                place for step in chosen for place in step.places if firsts.get(place) is step
            ]
            again = module.id if what == ALL and module in steps.modules else ""
            drafts += beginning_anew(places, steps.all, partner, again)
            if what != ALL and chosen:
                target = f"/{name}/{what}"
        if not drafts:
            raise HTTPException(404)
        asked = sent.message.get("n")
        action = asked if isinstance(asked, str) and is_id(asked) else new_id()
        self._learner.begin_anew(drafts, action)
        return RedirectResponse(target, 303)

    # What all of it needs

    def _taking(self, answer: Callable[[Request, Sent], Response]) -> Callable[..., Any]:
        """Return what reads a form of ours, and then answers beside other requests."""

        async def taking(request: Request) -> Response:
            sent = await forms.receive(request)
            self._require_ours(sent)
            return await run_in_threadpool(answer, request, sent)

        return taking

    def _require_ours(self, sent: Sent) -> None:
        if not self._door.made(sent.token):
            raise HTTPException(403)

    def _doing(self, work: Callable[[], str]) -> Response:
        """Do something, and say on the page what came of it."""
        try:
            return self._back(work(), well=True)
        except CourseError as error:
            return self._back(str(error), well=False)

    def _back(self, sentence: str, *, well: bool) -> Response:
        key = secrets.token_urlsafe(9)
        self._said[key] = sentence, well
        while len(self._said) > MOST_SAID:
            self._said.popitem(last=False)
        return RedirectResponse(f"{ADDRESS}?said={key}", 303)

    def _required_path(self) -> Path:
        if self._path is None:
            raise HTTPException(404)
        return self._path

    def _wish(self, what: str) -> tuple[Wish, str]:
        """Return what is to be forgotten, and what that is in words."""
        sort, _, key = what.partition(":")
        known = self._learner.partners()
        if sort == "partner" and key in known.codes:
            return Wish(partner=key), f"everything about {known.code(key)}"
        if sort == "module":
            return Wish(module=key), f"everything in “{self._module(key).title}”"
        if what == ALL:
            return Wish(everything=True), "all your answers"
        raise HTTPException(404)

    def _module(self, name: str) -> ModuleSteps:
        for module in self._shelf.steps().all:
            if module.id == name:
                return module
        raise HTTPException(404)

    def _firsts(self) -> dict[Place, Step]:
        """Return by place the step where the course first asks for it.

        A journal is not among them: there is nothing in it to begin anew.
        """
        owned = owners(self._shelf.steps().all).values()
        return {one.place: one.step for one in owned if not one.place.row.apart}

    def _steps_again(
        self, module: ModuleSteps, progress: Progress, firsts: dict[Place, Step]
    ) -> list[Again]:
        """Return the steps in which something was done that can be begun anew."""
        partner = self._learner.partners().current
        found = []
        for step in module.steps:
            own = [place for place in step.places if firsts.get(place) is step]
            places = [place for place in own if progress.begun(place, partner)]
            if places:
                found.append(Again(step.slug, step.title, tuple(places)))
        return found


_NAMES = {"ADDRESS": ADDRESS, "FILE": FILE, "COPY": COPY, "WHAT": WHAT, "ALL": ALL}


def _field(sent: Sent, name: str) -> str:
    form = sent.message.get("form")
    values: Sequence[str] = form.get(name) or [""] if isinstance(form, dict) else [""]
    return values[0] if isinstance(values[0], str) else ""
