"""The learner's notebooks as pages, and the steps of the course: read again when they change."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import RLock

from brmcourse.activities import fading
from brmcourse.content.library import Library
from brmcourse.due import REVIEW
from brmcourse.errors import ContentError, NotebooksError, UnknownIdError
from brmcourse.hosts.pages.reading import Call, Reading, Section, read, slug_of
from brmcourse.model.course import Course, Page
from brmcourse.progress import ModuleSteps, Place, Progress, Step, find_place
from brmcourse.reviews import Reviews

Stamp = tuple[int, int]
"""When a file was written, and its size."""


@dataclass(frozen=True)
class Steps:
    """All modules in steps, with what was done at each; `stamps` says of which notebooks.

    `beside` are the pages beside them on which there is something to do, each as one step. The
    `reviews` read the log together with the progress.
    """

    stamps: tuple[Stamp, ...]
    modules: tuple[ModuleSteps, ...]
    beside: tuple[ModuleSteps, ...]
    progress: Progress
    reviews: Reviews | None = None

    @property
    def all(self) -> tuple[ModuleSteps, ...]:
        """The modules, and the pages beside them."""
        return (*self.modules, *self.beside)

    def showing(self, name: str) -> ModuleSteps | None:
        """Return the first module or page with the activity of that public name."""
        for module in self.all:
            if any(place.name == name for step in module.steps for place in step.places):
                return module
        return None


class Shelf:
    """Pages by their ids. A notebook that the learner's folder lacks comes from the course."""

    def __init__(self, library: Library, folder: Path) -> None:
        self.library = library
        self._folders = (folder, library.root / "notebooks")
        self._read: dict[str, tuple[Path, Stamp, Reading]] = {}
        self._steps: Steps | None = None
        self._lock = RLock()

    @property
    def course(self) -> Course:
        """The course."""
        return self.library.course

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of all pages."""
        modules = (module.id for module in self.course.modules)
        return frozenset({*modules, *(page.id for page in self.course.pages)})

    @cached_property
    def _terms(self) -> dict[str, str]:
        """The words that the glossary explains, each with where it does."""
        found = {}
        for term in self.library.glossary.terms:
            anchor = f"term-{slug_of(term.term)}"
            for word in (term.term, *term.also):
                found[word.lower()] = anchor
        return found

    def path(self, name: str) -> Path:
        """Return the notebook of a page."""
        own, shipped = (folder / f"{name}.ipynb" for folder in self._folders)
        return own if own.is_file() else shipped

    def reading(self, name: str) -> Reading:
        """Return a page; if the learner's notebook cannot be read, the course's own."""
        path = self.path(name)
        stamp = _stamp(path)
        with self._lock:
            known = self._read.get(name)
            if known is None or known[:2] != (path, stamp):
                self._read[name] = path, stamp, self._newly_read(path)
            return self._read[name][2]

    def _newly_read(self, path: Path) -> Reading:
        try:
            return read(path, self._terms)
        except NotebooksError as error:
            own = read(self._folders[1] / path.name, self._terms)
            return replace(own, mishap=str(error))

    def steps(self) -> Steps:
        """Return the modules in steps."""
        ids = [module.id for module in self.course.modules]
        pages = [page for page in self.course.pages if page.active]
        names = (*ids, *(page.id for page in pages))
        stamps = tuple(_stamp(self.path(name)) for name in names)
        with self._lock:
            if self._steps is None or self._steps.stamps != stamps:
                modules = tuple(self._module(name) for name in ids)
                beside = tuple(self._beside(page) for page in pages)
                reviews = self._reviews()
                others = [reviews] if reviews else []
                progress = Progress(_places(modules), _places(beside), others)
                self._steps = Steps(stamps, modules, beside, progress, reviews)
            return self._steps

    def _reviews(self) -> Reviews | None:
        """Return what can come back; None if the course has no page for it, or a damaged one."""
        with suppress(ContentError):
            if REVIEW in self.ids:
                return Reviews(fading.find(self.library, ""))
        return None

    def places(self) -> Iterator[tuple[str, Place]]:
        """Yield all activities of the course, each with the address of the page on which it is."""
        for module in self.steps().modules:
            for step in module.steps:
                yield from ((f"/{module.id}/{step.slug}", place) for place in step.places)
        for page in self.course.pages:
            for section in self.reading(page.id).sections:
                yield from ((f"/{page.id}", place) for place in self._step(section).places)

    def _module(self, name: str) -> ModuleSteps:
        module = self.library.module(name)
        steps = [self._step(section) for section in self.reading(name).sections]
        return ModuleSteps(module.id, module.title, module.minutes, tuple(steps))

    def _step(self, section: Section) -> Step:
        places = tuple(self._known(section.calls))
        title = section.title or "Opening"
        return Step(section.slug, title, section.minutes, places, section.optional)

    def _beside(self, page: Page) -> ModuleSteps:
        places = tuple(self._known(self.reading(page.id).calls))
        return ModuleSteps(page.id, page.title, 0, (Step("", page.title, 0, places),))

    def _known(self, calls: Iterable[Call]) -> Iterator[Place]:
        for call in calls:
            with suppress(UnknownIdError, ContentError):  # the page itself says what is wrong
                yield self.place(call)

    def place(self, call: Call) -> Place:
        """Return the activity that a cell shows; raise UnknownIdError or ContentError."""
        return find_place(self.library, call.name, call.about)


def _places(modules: Iterable[ModuleSteps]) -> Iterator[Place]:
    for module in modules:
        for step in module.steps:
            yield from step.places


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
