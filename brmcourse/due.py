"""What waits for the learner: promises, contacts and plans on their days, and looking back.

Pure: a fold over `Progress`, which has read the log, and a date. It knows nothing of pages.

A learner looks back on day 2, 7, 21 and 60 after the day on which they first finished a module that
ends in a plan; once the plan for the partner is put together, the days count anew from there. One
such look waits at a time: the latest whose day has come.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from brmcourse.activities.activity import iso_day, local_day
from brmcourse.activities.plan import asks_on
from brmcourse.events import DUE, Draft, DueDone, DuePutOff
from brmcourse.model.question import Quiz
from brmcourse.model.sheet import Tally
from brmcourse.partners import Partners
from brmcourse.progress import ModuleSteps, Place, Progress
from brmcourse.reviews import Reviews, waiting

EDITION = 1
"""What waits is nothing that an author could change."""

AT_ONCE = 8
"""Minutes that are shown at once; the rest waits behind a line."""

TOMORROW, IN_A_WEEK = 1, 7
"""By how many days something can be put off."""

PROMISE, PLAN, CONTACT, REVIEW, LOOK_BACK = "promise", "plan", "contact", "review", "look-back"

ORDER = (PROMISE, PLAN, CONTACT, LOOK_BACK, REVIEW)
"""What comes first of all that waits: what somebody else counts on; last what comes every day."""

REVIEWED = "Refresh what you have learned"

FOLLOW_UP = "follow-up"
"""Where one looks back."""

MEASURE_DAY = 60
"""The day on which one looks back on all of it: that takes as long as its parts say."""

FOLLOW_UPS: Mapping[int, str] = {
    2: "Look back after two days: what stayed, and your plan",
    7: "Look back after a week: five questions, mixed",
    21: "Look back after three weeks: another way through a talk",
    MEASURE_DAY: "Look back after two months: measure again, and revise your plan",
}
"""On which days one looks back, and what is done then."""

FOLLOW_UP_MINUTES = 8
PLAN_MINUTES = 2


class Due(NamedTuple):
    """Something that waits.

    key      what it is called in events; it says nothing about what it is about
    kind     one of `ORDER`
    title    what it is called, in the course's own words
    minutes  how long it takes
    since    the day on which it begins to wait
    partner  the key of the partner it is about, empty if it is about none
    place    the activity where it is done, or None: then `path` is its own address
    anchor   what to go to at that activity, if not to its beginning
    words    how it begins in the learner's own words: for the learner's own page only
    """

    key: str
    kind: str
    title: str
    minutes: int
    since: date
    partner: str = ""
    place: Place | None = None
    path: str = ""
    anchor: str = ""
    words: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known when one asks what waits; `beside` are the pages beside the modules.

    `reviews` is None where the course has no page for what is fading.
    """

    progress: Progress
    modules: Sequence[ModuleSteps]
    partners: Partners
    today: date
    beside: Sequence[ModuleSteps] = ()
    reviews: Reviews | None = None

    @property
    def pages(self) -> Sequence[ModuleSteps]:
        """All pages with something to do."""
        return (*self.modules, *self.beside)


def coming(facts: Facts) -> tuple[Due, ...]:
    """Return all that has a day and is not done, past or to come, by that day."""
    found: dict[str, Due] = {}
    for source in SOURCES:
        for one in source(facts):
            found.setdefault(one.key, one)
    return tuple(sorted(found.values(), key=lambda one: (one.since, _rank(one), one.key)))


def due(facts: Facts) -> tuple[Due, ...]:
    """Return what waits today and was not put off, what others count on first, the oldest first."""
    waiting = [one for one in coming(facts) if one.since <= facts.today and not _away(one, facts)]
    return tuple(sorted(waiting, key=lambda one: (_rank(one), one.since, one.key)))


def dated(facts: Facts) -> tuple[Due, ...]:
    """Return what has a day of its own, as a calendar can have it."""
    return tuple(one for one in coming(facts) if one.kind != REVIEW)


def at_once(waiting: Sequence[Due]) -> int:
    """Return how many of these, from the first on, fit into eight minutes: one at least."""
    total = 0
    for number, one in enumerate(waiting):
        total += one.minutes
        if number and total > AT_ONCE:
            return number
    return len(waiting)


def putting_off(one: Due, days: int) -> Draft:
    """Return the event of putting something off by so many days."""
    return Draft(DUE, EDITION, DuePutOff(one.key, days))


def told_done(one: Due) -> Draft:
    """Return the event of saying that something which only the learner can tell is done."""
    return Draft(DUE, EDITION, DueDone(one.key))


def _rank(one: Due) -> int:
    return ORDER.index(one.kind)


def _away(one: Due, facts: Facts) -> bool:
    """Say whether it is put off; to put it off does not count any more once it got a later day.

    What is fading has no day of its own: there is something or nothing on each.
    """
    put_off = facts.progress.put_off(one.key)
    if put_off is None:
        return False
    made = local_day(put_off.time)
    counts = one.kind == REVIEW or one.since <= made
    return counts and facts.today < later(made, put_off.days)


def later(day: date, days: int) -> date:
    """Return the day so many days later, or the last one that there is."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min


# Sheets and plans


def _pieces(facts: Facts) -> Iterator[tuple[Place, str, Any, Any, str]]:
    """Yield each activity, alone or as a piece of the capstone, with its record of each partner."""
    for place in facts.progress.places:
        keys = facts.partners.codes if place.row.partner else {""}
        for partner in keys:
            record = facts.progress.record(place, partner)
            if place.name != "capstone":
                yield place, place.name, place.content, record, partner
                continue
            for piece, one in zip(place.content.all, record.records, strict=True):
                yield place, piece.row.name, piece.content, one, partner


def entries(facts: Facts) -> Iterator[Due]:
    """Yield the entries of sheets that wait on a day: promises and contacts."""
    for place, name, sheet, record, partner in _pieces(facts):
        if name != "sheet" or sheet.due is None:
            continue
        asked = sheet.due
        for number, texts in record.entries.items():
            day, state = iso_day(texts.get(asked.date, "")), texts.get(asked.state, "")
            if day is None or (state and state not in asked.open):
                continue
            yield Due(
                f"{sheet.id}:{number}:{partner}",
                asked.kind,
                asked.title,
                asked.minutes,
                day,
                partner,
                place,
                anchor=f"{sheet.id}-{number}-row" if place.name == "sheet" else "",
                words=sheet.headline(texts),
            )


def plans(facts: Facts) -> Iterator[Due]:
    """Yield the plans whose day asks what became of them."""
    for place, name, content, record, partner in _pieces(facts):
        if name != "plan":
            continue
        for prompt in content.prompts:
            day = asks_on(record, prompt.id)
            if day is None:
                continue
            yield Due(
                f"plan:{prompt.id}:{partner}",
                PLAN,
                "Say what became of a plan",
                PLAN_MINUTES,
                day,
                partner,
                place,
                anchor=f"{prompt.id}-report",
                words=record.entries[prompt.id].beginning,
            )


class Kept(NamedTuple):
    """What became of the promises with a day to one partner.

    Of so many, so many are at the good answer; `others` counts those at other answers by their ids,
    whose words are `said`. One with no answer counts as open.
    """

    dated: int
    good: int
    others: Mapping[str, int]
    said: Mapping[str, str]


def kept(facts: Facts, partner: str) -> Kept | None:
    """Return what became of the promises to a partner; None if none has a day."""
    for place in facts.progress.places:
        sheet = place.content
        if place.name != "sheet" or sheet.due is None or not isinstance(sheet.shows, Tally):
            continue
        texts = facts.progress.record(place, partner).entries.values()
        dated = [one for one in texts if iso_day(one.get(sheet.due.date, ""))]
        counted = Counter(one.get(sheet.shows.field) or sheet.due.open[0] for one in dated)
        good = counted.pop(sheet.shows.good, 0)
        said = {name: sheet.field(sheet.shows.field).said(name) for name in counted}
        return Kept(len(dated), good, counted, said) if dated else None
    return None


# What is fading


def fading(facts: Facts) -> Iterator[Due]:
    """Yield the review, if it has something for today; its own share of the time is kept there."""
    found = waiting(facts.reviews, facts.today) if facts.reviews else None
    if found and found.items:
        yield Due(REVIEW, REVIEW, REVIEWED, found.minutes, facts.today, path=REVIEW)


# Looking back


class Series(NamedTuple):
    """From which day the looks back count, and for which module's sake."""

    name: str
    start: date
    module: ModuleSteps


def series(facts: Facts) -> Series | None:
    """Return from when on the learner looks back; None while nothing is finished."""
    first: tuple[datetime, ModuleSteps] | None = None
    for module in facts.modules:
        names = {place.name for place in _asked(module)}
        if "capstone" in names:
            plan = next(place for place in _asked(module) if place.name == "capstone")
            made = facts.progress.finished(plan)
            if made:
                return Series("capstone", local_day(made), module)
        elif "plan" in names:
            finished = _finished(facts.progress, module)
            if finished and (first is None or finished < first[0]):
                first = finished, module
    return Series("first", local_day(first[0]), first[1]) if first else None


def _asked(module: ModuleSteps) -> list[Place]:
    steps = (step for step in module.steps if not step.optional)
    return [place for step in steps for place in step.places if place.asks]


def _finished(progress: Progress, module: ModuleSteps) -> datetime | None:
    """Return when the last was done of all that a module asks for; reading is not counted."""
    times = [progress.finished(place) for place in _asked(module)]
    known = [time for time in times if time is not None]
    return max(known) if known and len(known) == len(times) else None


def follow_ups(facts: Facts) -> Iterator[Due]:
    """Yield the look back that waits, if its day has come, and those whose day is to come."""
    found = series(facts)
    if found is None:
        return
    days = {after: later(found.start, after) for after in FOLLOW_UPS}
    latest = max((after for after, day in days.items() if day <= facts.today), default=0)
    for after, day in days.items():
        key = f"{FOLLOW_UP}:{found.name}:{after}"
        if after >= latest and not facts.progress.told_done(key):
            minutes = _minutes(facts, found, after)
            yield Due(key, LOOK_BACK, FOLLOW_UPS[after], minutes, day, path=FOLLOW_UP)


def _minutes(facts: Facts, found: Series, after: int) -> int:
    if after != MEASURE_DAY:
        return FOLLOW_UP_MINUTES
    shown = {part.place for part in PARTS[after](facts, found)}
    steps = (step for module in facts.modules for step in module.steps)
    return sum(step.minutes for step in steps if shown & set(step.places))


class Part(NamedTuple):
    """One thing to do when looking back: in which way, where, and what that is called.

    `again` says that there is something earlier to set it beside.
    """

    way: str
    place: Place
    title: str
    again: bool = False


def parts(facts: Facts, one: Due) -> list[Part]:
    """Return what one does on that day of looking back."""
    found = series(facts)
    if found is None:
        return []
    after = int(one.key.rpartition(":")[2])
    return list(PARTS[after](facts, found))


def _recall(_facts: Facts, found: Series) -> Iterator[Part]:
    yield Part("recall", _asked(found.module)[0], found.module.title)
    yield from _plan(found)


def _plan(found: Series) -> Iterator[Part]:
    for place in _asked(found.module):
        if place.name in {"plan", "capstone"}:
            yield Part("plan", place, found.module.title)


def _mixed(facts: Facts, _found: Series) -> Iterator[Part]:
    """Yield the quiz that was done first, one from the middle, and the one done last."""
    done = []
    for module in facts.modules:
        for place in _asked(module):
            quiz = _quiz(place)
            time = facts.progress.finished(place)
            if time and quiz and quiz.purpose == "practice":
                done.append((time, module.title, place))
    done.sort(key=lambda one: one[0])
    for number in sorted({0, len(done) // 2, len(done) - 1}) if done else ():
        _, title, place = done[number]
        yield Part("mixed", place, title)


def _talk(facts: Facts, _found: Series) -> Iterator[Part]:
    """Yield a conversation with endings that were not reached: one played before, if there is."""
    talks = [place for module in facts.modules for place in _asked(module)]
    talks = [place for place in talks if place.name == "converse"]
    again = [place for place in talks if facts.progress.done(place, "") and _unseen(facts, place)]
    fresh = [place for place in talks if not facts.progress.done(place, "")]
    for place in [*again, *fresh, *talks][:1]:
        yield Part("talk", place, place.content.conversation.title, again=place in again)


def _unseen(facts: Facts, place: Place) -> bool:
    return len(facts.progress.record(place, "").reached) < len(place.content.conversation.endings)


def _measure(facts: Facts, found: Series) -> Iterator[Part]:
    """Yield the short self-assessment, the second test if it is to be taken, and the plan."""
    progress, current = facts.progress, facts.partners.current
    places = [place for module in facts.modules for step in module.steps for place in step.places]
    taken = {place.about for place in places if _quiz(place) and progress.done(place, "")}
    for place in places:
        quiz = _quiz(place)
        if quiz and quiz.parallel and place.about not in taken:
            yield Part("test", place, quiz.title, again=quiz.parallel in taken)
        elif place.name == "scale" and place.about == "baseline":
            again = progress.done(place, current)
            yield Part("rate", place, place.content.scale.title, again)
    yield from _plan(found)


def _quiz(place: Place) -> Quiz | None:
    quiz: Quiz | None = place.content.quiz if place.name == "quiz" else None
    return quiz


PARTS: Mapping[int, Callable[[Facts, Series], Iterator[Part]]] = {
    2: _recall,
    7: _mixed,
    21: _talk,
    MEASURE_DAY: _measure,
}
"""What is done on each day of looking back."""


SOURCES: tuple[Callable[[Facts], Iterable[Due]], ...] = (entries, plans, fading, follow_ups)
"""Where what waits comes from. What else can wait is one more function here."""
