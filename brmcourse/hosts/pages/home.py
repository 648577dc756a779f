"""What Home says: what the course is for those who are new, where to go on for all others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from brmcourse.activities.activity import Context, recorded
from brmcourse.log.log import Log
from brmcourse.model.course import Course
from brmcourse.partners import Partners
from brmcourse.progress import CourseProgress, GoOn, ModuleSteps, Place, Progress, Step, Written
from brmcourse.rendering.render import render_view

LATEST = 4
"""How many of the learner's own texts Home lists; the others are one page away."""


@dataclass(frozen=True)
class Wrote:
    """A text of the learner's own, and the address where it can be changed."""

    written: Written
    address: str


@dataclass(frozen=True)
class Home:
    """What the first page of the course shows."""

    course: Course
    progress: CourseProgress
    partners: Partners
    wrote: tuple[Wrote, ...]
    more: bool
    beside: Sequence[ModuleSteps] = ()

    @property
    def new(self) -> bool:
        """Whether nothing was done yet."""
        begun = any(module.begun for module in self.progress.modules)
        return not begun and not any(self.partners.codes.values())

    @property
    def hours(self) -> int:
        """How long the whole course takes."""
        return round(sum(module.minutes for module in self.course.modules) / 60)

    @property
    def address(self) -> str:
        """Where the one button leads: to the very activity."""
        found = self.progress.go_on
        return address(found) if found else "/mine"


def view(
    course: Course,
    progress: CourseProgress,
    partners: Partners,
    written: Sequence[Written],
    beside: Sequence[ModuleSteps] = (),
) -> Home:
    """Return what Home shows; `beside` are the pages beside the modules with something to do."""
    modules = [*(module.module for module in progress.modules), *beside]
    found: dict[tuple[Place, str], Written] = {}
    for one in written:  # the latest of several under one title stands for all of them
        found.setdefault((one.place, one.note.title), one)
    latest = [Wrote(one, _where(modules, one.place)) for one in list(found.values())[:LATEST]]
    return Home(course, progress, partners, tuple(latest), len(written) > len(latest), beside)


def address(found: GoOn) -> str:
    """Return the address of a step, and of the activity on it."""
    anchor = f"#{key(found.place)}" if found.place else ""
    return f"/{found.module.id}/{found.step.slug}{anchor}"


def key(place: Place) -> str:
    """Return what an activity is called in addresses."""
    return f"{place.name}-{place.about}" if place.about else place.name


@dataclass(frozen=True)
class Paper:
    """A page to hand out: what stands above it, all of it as HTML, and where it was made."""

    heading: str
    html: Markup
    address: str


def paper(places: Iterable[tuple[str, Place]], log: Log, name: str, partner: str) -> Paper | None:
    """Return the page that an activity made about that partner; None if there is none.

    `places` are those of the course, each with the address of the page on which it is.
    """
    for where, place in places:
        if place.name != name or not place.row.paper:
            continue
        _, events = log.read(subjects=place.activity.subjects(place.content), partner=partner)
        record = recorded(place.activity, place.content, events)
        if place.activity.done(record):
            state = place.activity.begin(record, Context(partner=partner, today=date.min))
            html = Markup(render_view(place.row.paper, state, 1))  # noqa: S704 -- escaped
            return Paper(state.heading, html, f"{where}#{key(place)}")
    return None


def _where(modules: Sequence[ModuleSteps], place: Place) -> str:
    for module in modules:
        for step in module.steps:
            if place in step.places:
                return _at(module, step, place)
    return "/"


def _at(module: ModuleSteps, step: Step, place: Place) -> str:
    """Return the address of an activity; a page beside the modules has no steps below its own."""
    return f"/{module.id}{step.slug and '/' + step.slug}#{key(place)}"


def texts(
    modules: Sequence[ModuleSteps], progress: Progress, partner: str
) -> Iterator[tuple[ModuleSteps, list[tuple[str, Markup]]]]:
    """Yield each module with what was written in it: where, and as it reads."""
    for module in modules:
        found = []
        for step in module.steps:
            for place in step.places:
                record = progress.record(place, partner)
                if place.row.view and place.activity.written(record):
                    state = place.activity.begin(record, Context(partner=partner, today=date.min))
                    html = Markup(render_view(place.row.view, state, 3))  # noqa: S704 -- escaped
                    found.append((_at(module, step, place), html))
        if found:
            yield module, found
