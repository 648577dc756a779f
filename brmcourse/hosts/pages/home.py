"""What Home says: what the course is for those who are new, where to go on for all others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from brmcourse import due
from brmcourse.activities.activity import Context, recorded
from brmcourse.due import Due, Facts, Kept, Part
from brmcourse.log.log import Log
from brmcourse.model.course import Course
from brmcourse.partners import Partners
from brmcourse.progress import CourseProgress, GoOn, ModuleSteps, Place, Step, Written
from brmcourse.rendering.render import render_view

LATEST = 4
"""How many of the learner's own texts Home lists; the others are one page away."""


@dataclass(frozen=True)
class Wrote:
    """A text of the learner's own, and the address where it can be changed."""

    written: Written
    address: str


@dataclass(frozen=True)
class Waits:
    """Something that waits, and the address where it is done."""

    due: Due
    address: str


@dataclass(frozen=True)
class Waiting:
    """What waits today: first what fits into eight minutes, then the rest.

    `next` is what comes first of all that has a day to come; `dated` says whether anything has a
    day for a calendar.
    """

    first: tuple[Waits, ...] = ()
    rest: tuple[Waits, ...] = ()
    next: Due | None = None
    dated: bool = False

    @property
    def minutes(self) -> int:
        """How long what comes first takes."""
        return sum(one.due.minutes for one in self.first)


@dataclass(frozen=True)
class Home:
    """What the first page of the course shows; `kept` has what became of promises, by partner."""

    course: Course
    progress: CourseProgress
    partners: Partners
    wrote: tuple[Wrote, ...]
    more: bool
    waiting: Waiting
    kept: Mapping[str, Kept]
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


def view(course: Course, progress: CourseProgress, facts: Facts) -> Home:
    """Return what Home shows."""
    written = facts.progress.notes(facts.partners.current)
    found: dict[tuple[Place, str], Written] = {}
    for one in written:  # the latest of several under one title stands for all of them
        found.setdefault((one.place, one.note.title), one)
    latest = [Wrote(one, where(facts.pages, one.place)) for one in list(found.values())[:LATEST]]
    kept = {key: due.kept(facts, key) for key in facts.partners.codes}
    return Home(
        course,
        progress,
        facts.partners,
        tuple(latest),
        more=len(written) > len(latest),
        waiting=waiting(facts),
        kept={key: one for key, one in kept.items() if one},
        beside=facts.beside,
    )


def waiting(facts: Facts) -> Waiting:
    """Return what waits today, and what is next."""
    coming = due.coming(facts)
    found = due.due(facts)
    shown = tuple(Waits(one, address_of(facts, one)) for one in found)
    first = due.at_once(found)
    later = (one for one in coming if one.since > facts.today)
    return Waiting(shown[:first], shown[first:], next(later, None), bool(due.dated(facts)))


def address_of(facts: Facts, one: Due) -> str:
    """Return where something that waits is done."""
    if one.place is None:
        return f"/{one.path}"
    there = where(facts.pages, one.place)
    return f"{there.partition('#')[0]}#{one.anchor}" if one.anchor else there


@dataclass(frozen=True)
class ToDo:
    """One thing to do when looking back, and the address where it is done."""

    part: Part
    address: str


@dataclass(frozen=True)
class LookBack:
    """The page of looking back: what waits there and what one does, or what comes next."""

    due: Due | None
    parts: tuple[ToDo, ...] = ()
    next: Due | None = None


def look_back(facts: Facts) -> LookBack:
    """Return the page of looking back, whether it was put off or not."""
    found = [one for one in due.coming(facts) if one.kind == due.LOOK_BACK]
    now = next((one for one in found if one.since <= facts.today), None)
    later = next((one for one in found if one.since > facts.today), None)
    if now is None:
        return LookBack(None, next=later)
    parts = (ToDo(part, where(facts.pages, part.place)) for part in due.parts(facts, now))
    return LookBack(now, tuple(parts), later)


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


def where(modules: Sequence[ModuleSteps], place: Place) -> str:
    """Return the address of the first step that shows an activity."""
    for module in modules:
        for step in module.steps:
            if place in step.places:
                return at(module, step, place)
    return "/"


def at(module: ModuleSteps, step: Step, place: Place) -> str:
    """Return the address of an activity; a page beside the modules has no steps below its own."""
    return f"/{module.id}{step.slug and '/' + step.slug}#{key(place)}"
