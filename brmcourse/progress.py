"""How far a learner has come: what is begun and done, what they wrote, and where to go on.

`Progress` is a fold over the whole log that reads only what is new. `course_progress` sets it
beside the modules and their steps. Both know nothing of pages.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from threading import RLock
from typing import Any, NamedTuple, Protocol

from brmcourse.activities.activity import Activity, Note, begins_anew, standing
from brmcourse.catalogue import CATALOGUE, Row, activity_of
from brmcourse.content.library import Library
from brmcourse.errors import UnknownIdError
from brmcourse.events import (
    DUE,
    LEARNER,
    PARTNERS,
    ActivityReset,
    Body,
    Draft,
    DueDone,
    DuePutOff,
    Event,
    ExampleWrote,
    JournalWrote,
    PlanReported,
    PlanWrote,
    ReflectionWrote,
    Sealed,
    SheetWrote,
    StepPassed,
)
from brmcourse.log.log import START, Log

EDITION = 1
"""Steps are headings of the reading: to pass one is to pass it, however it is reworded."""


@dataclass(frozen=True)
class Place:
    """An activity that the course shows: its public name, what it is about, and its content.

    Two places are equal if they show the same, wherever in the course they are.
    """

    name: str
    about: str
    content: Any = field(compare=False, repr=False)

    @property
    def row(self) -> Row:
        """The activity's row in the catalogue."""
        return CATALOGUE[self.name]

    @property
    def activity(self) -> Activity[Any, Any, Any]:
        """The activity's functions."""
        activity: Activity[Any, Any, Any] = activity_of(self.row)
        return activity

    @property
    def asks(self) -> bool:
        """Whether there is anything to do; a worked example may be there to be read only."""
        return bool(self.activity.subjects(self.content))


def find_place(library: Library, name: str, about: str = "") -> Place:
    """Return the activity behind a public name; raise UnknownIdError or ContentError."""
    row = CATALOGUE.get(name)
    if row is None:
        raise UnknownIdError("activity", name, list(CATALOGUE))
    content = activity_of(row).find(library, about)
    return Place(name, "" if row.single else about.lower(), content)


def passing(module: str, step: str) -> Draft:
    """Return the event of going on from the end of a step of a module."""
    return Draft(module, EDITION, StepPassed(step))


class Touched(NamedTuple):
    """What a learner did last: something at a place, or going on from a step of a module."""

    place: Place | None = None
    module: str = ""
    step: str = ""


class Written(NamedTuple):
    """Something in the learner's own words, and where it can be changed."""

    place: Place
    note: Note


class Left(NamedTuple):
    """What was written to a question that the course does not ask any more, and when."""

    text: str
    time: datetime


WRITING = (ReflectionWrote, PlanWrote, SheetWrote, ExampleWrote, JournalWrote)
"""What holds words of the learner's own."""


class PutOff(NamedTuple):
    """When something that waited on Home was put off, and by how many days."""

    time: datetime
    days: int


class _Kept:
    """A place with its records by partner, and the partners that anything was done about.

    `first` is when it was first done at the end of a day, as the latest event of that day says;
    `fresh` is what of it changed today, by partner, as long as there is no `first`.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.touched: Touched | None = Touched(place)
        self.partner = place.row.partner
        self.activity = place.activity
        self.fold = self.activity.fold
        self.blank = self.activity.blank(place.content)
        self.records: dict[str, Any] = {}
        self.begun: set[str] = set()
        self.first: datetime | None = None
        self.fresh: dict[str, datetime] = {}

    @property
    def finished(self) -> datetime | None:
        """When it was first done; while a day lasts, as things stand now."""
        if self.first is not None:
            return self.first
        done = (time for key, time in self.fresh.items() if self.activity.done(self.record(key)))
        return min(done, default=None)

    def record(self, partner: str) -> Any:
        """Return what is recorded of it, about that partner if it is about one."""
        return self.records.get(partner if self.partner else "", self.blank)


class Fold(Protocol):
    """Another fold over the whole log, which is told what `Progress` reads: it is read once."""

    def forget(self) -> None:
        """Begin anew, as it is before the first event."""

    def fold(self, events: Iterable[Event]) -> None:
        """Fold further events in, oldest first."""


class Progress:
    """What the log says of each place, and of the steps that were passed.

    The records are those that `recorded` comes to: of a place about the current partner one for
    each partner, of another place one. `places` are in the order of the course: where several rest
    on the same events, what was done was done at the first. `beside` are those on no step of a
    module: who was there last goes on in the course where they were before. What `catch_up` reads
    is told to the `others`, too.
    """

    def __init__(
        self,
        places: Iterable[Place],
        beside: Iterable[Place] = (),
        others: Sequence[Fold] = (),
    ) -> None:
        steps = dict.fromkeys(places)
        self._kept = {place: _Kept(place) for place in (*steps, *beside)}
        for place in self._kept.keys() - steps.keys():
            self._kept[place].touched = None
        self._resting = _resting(self._kept.values())
        self._others = others
        self._lock = RLock()
        self._forget()

    def _forget(self) -> None:
        self._cursor = START
        self._number = 0
        self._last: dict[str, tuple[int, Touched]] = {}
        self._passed: dict[str, frozenset[str]] = {}
        self._left: dict[tuple[str, str, int], Left] = {}
        self._put_off: dict[str, PutOff] = {}
        self._told_done: set[str] = set()
        self._day = 0
        self._fresh: list[_Kept] = []
        for kept in self._kept.values():
            kept.records = {}
            kept.begun = set()
            kept.first = None
            kept.fresh = {}

    def _begin_anew(self) -> None:
        self._forget()
        for other in self._others:
            other.forget()

    def catch_up(self, log: Log) -> None:
        """Fold in what the log has beyond what was read; all anew if it is another log by now."""
        with self._lock:
            cursor, events = log.read(self._cursor)
            if self._number and begins_anew(events):
                cursor, events = log.read()
                self._begin_anew()
            elif cursor.epoch != self._cursor.epoch:
                self._begin_anew()
            self.fold(standing(events))
            for other in self._others:
                other.fold(events)
            self._cursor = cursor

    def fold(self, events: Iterable[Event]) -> None:
        """Fold further events in, oldest first."""
        resting = self._resting.get
        for number, event in enumerate(events, self._number + 1):
            self._number = number
            if event.time.toordinal() != self._day:
                self._settle()
                self._day = event.time.toordinal()
            if isinstance(event.body, StepPassed):
                self._pass(event.subject, event.body.step)
            resting_on_it = resting(event.subject, ())
            if not resting_on_it:
                self._leave(event)
            for kept, own in resting_on_it:
                partner = event.partner if kept.partner else ""
                before = kept.records.get(partner, kept.blank)
                after = kept.fold(before, event)
                if after is before:
                    continue
                kept.records[partner] = after
                if kept.first is None:
                    if not kept.fresh:
                        self._fresh.append(kept)
                    kept.fresh[partner] = event.time
                if own:
                    self._touch(kept, partner)

    def _touch(self, kept: _Kept, partner: str) -> None:
        kept.begun.add(partner)
        if kept.touched:
            self._last[partner] = (self._number, kept.touched)

    def _pass(self, module: str, step: str) -> None:
        self._passed[module] = self.passed(module) | {step}
        self._last[""] = (self._number, Touched(None, module, step))

    def _settle(self) -> None:
        """Keep what was first done on the day that ends: asked once a day, it costs little."""
        for kept in self._fresh:
            kept.first = kept.finished
            kept.fresh = {}
        self._fresh.clear()

    def _note(self, event: Event) -> None:
        match event.body:
            case DuePutOff(key=key, days=days):
                self._put_off[key] = PutOff(event.time, days)
            case DueDone(key=key):
                self._told_done.add(key)

    def _leave(self, event: Event) -> None:
        """Keep in view what was written to something that the course asks no more."""
        if event.subject == DUE:
            self._note(event)
        lines = [text for text in _texts(event.body) if text.strip()]
        entry = event.body.entry if isinstance(event.body, SheetWrote | JournalWrote) else 0
        if isinstance(event.body, PlanReported):
            entry = -self._number  # one stands beside the other, and beside the plan
        key = (event.partner, event.subject, entry)
        if lines:
            self._left[key] = Left("\n".join(lines), event.time)
        elif isinstance(event.body, WRITING):
            self._left.pop(key, None)

    def record(self, place: Place, partner: str) -> Any:
        """Return what is recorded of a place."""
        return self._kept[place].record(partner)

    def begun(self, place: Place, partner: str) -> bool:
        """Say whether anything was done there."""
        kept = self._kept[place]
        return (partner if kept.partner else "") in kept.begun

    def done(self, place: Place, partner: str) -> bool:
        """Say whether what it asks for was done."""
        kept = self._kept[place]
        return kept.activity.done(kept.record(partner))

    @property
    def places(self) -> tuple[Place, ...]:
        """The places, in the order of the course."""
        return tuple(self._kept)

    def finished(self, place: Place) -> datetime | None:
        """Return when what a place asks for was first done, about whichever partner; else None.

        A place counts that is done at the end of a day (in UTC), or is done now.
        """
        return self._kept[place].finished

    def put_off(self, key: str) -> PutOff | None:
        """Return when what waits under that key was last put off, and by how long."""
        return self._put_off.get(key)

    def told_done(self, key: str) -> bool:
        """Say whether the learner said that what waits under that key is done."""
        return key in self._told_done

    def passed(self, module: str) -> frozenset[str]:
        """Return the steps of a module that the learner went on from."""
        return self._passed.get(module, frozenset())

    def last(self, partner: str) -> Touched | None:
        """Return what was done last, about that partner or about none; None if nothing was."""
        found = [self._last[key] for key in {partner, ""} if key in self._last]
        return max(found, key=itemgetter(0))[1] if found else None

    def notes(self, partner: str) -> list[Written]:
        """Return what the learner wrote about that partner, the latest first."""
        found = []
        for place, kept in self._kept.items():
            written = kept.activity.written(kept.record(partner))
            found += [Written(place, note) for note in written]
        return sorted(found, key=lambda written: written.note.time, reverse=True)

    def left(self, partner: str) -> list[Left]:
        """Return what stands written where the course asks no more, the latest first."""
        found = [left for (about, _, _), left in self._left.items() if about in {partner, ""}]
        return sorted(found, key=lambda left: left.time, reverse=True)


def _texts(body: Body | Sealed) -> Sequence[str]:
    match body:
        case ReflectionWrote(text=text) | ExampleWrote(text=text) | JournalWrote(text=text):
            return (text,)
        case PlanReported(text=text):
            return (text,)
        case PlanWrote():
            return (body.situation, body.action, body.when)
        case SheetWrote(texts=texts):
            return tuple(texts.values())
    return ()


def _resting(places: Iterable[_Kept]) -> dict[str, list[tuple[_Kept, bool]]]:
    """Return by subject the places that rest on it, and whether it is their own.

    A subject belongs to the first place that rests on it. A place to which none is left, such as
    the plan that shows what was written elsewhere, has part in all of its subjects. The owner
    stands last, so that it is the place touched last. What the learner wishes for in all places,
    and whom they work on, is done at none of them.
    """
    found: dict[str, list[tuple[_Kept, bool]]] = {}
    for kept in places:
        subjects = kept.place.activity.subjects(kept.place.content)
        own = [name for name in subjects if name not in found] or subjects
        for name in subjects:
            found.setdefault(name, []).insert(
                0, (kept, name in own and name not in {LEARNER, PARTNERS})
            )
    return found


@dataclass(frozen=True)
class Step:
    """One page of a module: its name in the address, and the places on it in order.

    What is `optional` is done when it was passed, and takes none of the module's minutes.
    """

    slug: str
    title: str
    minutes: int
    places: tuple[Place, ...] = ()
    optional: bool = False

    @cached_property
    def only_read(self) -> bool:
        """Whether it asks for nothing but to be read."""
        return not any(place.asks for place in self.places)


@dataclass(frozen=True)
class ModuleSteps:
    """A module of the course with its steps in order."""

    id: str
    title: str
    minutes: int
    steps: tuple[Step, ...]


class Owner(NamedTuple):
    """Where a subject belongs: the first place of the course that rests on it."""

    module: ModuleSteps
    step: Step
    place: Place


def owners(modules: Iterable[ModuleSteps]) -> dict[str, Owner]:
    """Return by subject where it belongs; the learner and the partners belong nowhere."""
    found: dict[str, Owner] = {}
    for module in modules:
        for step in module.steps:
            for place in step.places:
                for subject in place.activity.subjects(place.content):
                    found.setdefault(subject, Owner(module, step, place))
    for nobody in (LEARNER, PARTNERS):
        found.pop(nobody, None)
    return found


def beginning_anew(
    places: Iterable[Place], modules: Sequence[ModuleSteps], partner: str, again: str = ""
) -> list[tuple[Draft, str]]:
    """Return the events after which these places stand as new, about that partner or about none.

    What a place only shows, and another one asks for, stays. `again` is the module whose steps are
    to be gone through once more; empty if none.
    """
    owned = owners(modules)
    drafts = {}
    for place in places:
        about = partner if place.row.partner else ""
        for subject in place.activity.subjects(place.content):
            if subject in owned and owned[subject].place == place:
                drafts[subject] = (Draft(subject, EDITION, ActivityReset()), about)
    found = list(drafts.values())
    if again:
        found.append((Draft(again, EDITION, ActivityReset(steps=True)), ""))
    return found


@dataclass(frozen=True)
class StepProgress:
    """How far one step is; `open` are the places that are not done."""

    step: Step
    done: bool
    begun: bool
    open: tuple[Place, ...] = ()


@dataclass(frozen=True)
class ModuleProgress:
    """How far a module is."""

    module: ModuleSteps
    steps: tuple[StepProgress, ...]

    @property
    def done(self) -> bool:
        """Whether all steps are done."""
        return all(step.done for step in self.steps)

    @property
    def begun(self) -> bool:
        """Whether anything was done."""
        return any(step.begun for step in self.steps)

    @property
    def minutes_left(self) -> int:
        """How long the steps that are not done take together, without what is optional."""
        open_ = (one.step for one in self.steps if not one.done)
        return sum(step.minutes for step in open_ if not step.optional)

    @property
    def next(self) -> StepProgress | None:
        """The first step that is not done."""
        return next((step for step in self.steps if not step.done), None)


class GoOn(NamedTuple):
    """Where to go on: a step of a module, and the first place there that is not done, if any."""

    module: ModuleSteps
    step: Step
    place: Place | None


@dataclass(frozen=True)
class CourseProgress:
    """How far the course is, and where to go on; None when all is done."""

    modules: tuple[ModuleProgress, ...]
    go_on: GoOn | None


def course_progress(
    modules: Sequence[ModuleSteps], progress: Progress, partner: str
) -> CourseProgress:
    """Return how far each module and step is.

    A step is done when all its places are, and one that is only read, or optional, when it was
    passed. One goes on at the first step not done from the one touched last; else in that module,
    else in the course.
    """
    found = tuple(module_progress(module, progress, partner) for module in modules)
    return CourseProgress(found, _go_on(found, progress.last(partner)))


def module_progress(module: ModuleSteps, progress: Progress, partner: str) -> ModuleProgress:
    """Return how far one module and each of its steps is."""
    passed = progress.passed(module.id)
    steps = []
    for step in module.steps:
        open_ = tuple(place for place in step.places if not progress.done(place, partner))
        done = not open_ and not step.only_read
        if step.only_read or step.optional:
            done = done or step.slug in passed
        begun = done or step.slug in passed
        begun = begun or any(progress.begun(place, partner) for place in step.places)
        steps.append(StepProgress(step, done, begun, open_))
    return ModuleProgress(module, tuple(steps))


def _go_on(modules: Sequence[ModuleProgress], last: Touched | None) -> GoOn | None:
    for step, module in _candidates(modules, last):
        if not step.done:
            return GoOn(module, step.step, step.open[0] if step.open else None)
    return None


def _candidates(
    modules: Sequence[ModuleProgress], last: Touched | None
) -> Iterator[tuple[StepProgress, ModuleSteps]]:
    """Yield the steps from the one touched last, then all of its module, then all of the course.

    If several modules show the place that was touched, the first counts.
    """
    for found in modules:
        touched = [number for number, one in enumerate(found.steps) if _shows(found, one, last)]
        if touched:
            later = found.steps[touched[0] :]
            yield from ((step, found.module) for step in (*later, *found.steps))
            break
    for found in modules:
        yield from ((step, found.module) for step in found.steps)


def _shows(module: ModuleProgress, step: StepProgress, last: Touched | None) -> bool:
    if last is None:
        return False
    if last.place is None:
        return (module.module.id, step.step.slug) == (last.module, last.step)
    return last.place in step.step.places
