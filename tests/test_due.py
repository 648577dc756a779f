"""What waits for the learner: on which day, in which order, put off or done; and promises kept."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brmcourse import due
from brmcourse.activities.activity import local_day
from brmcourse.activities.capstone import Outline
from brmcourse.content.library import Library
from brmcourse.due import LOOK_BACK, PLAN, PROMISE, REVIEW, Due, Facts, Kept
from brmcourse.events import (
    DUE,
    Body,
    Draft,
    DueDone,
    DuePutOff,
    Event,
    PlanReported,
    PlanWrote,
    QuizAnswered,
    ReflectionWrote,
    SheetAdded,
    SheetRemoved,
    SheetWrote,
)
from brmcourse.log.memory import MemoryLog
from brmcourse.model.sheet import Sheet
from brmcourse.partners import Partners
from brmcourse.progress import ModuleSteps, Place, Progress, Step, find_place
from brmcourse.rendering.words import promises
from tests import make
from tests.life import Life, doing, entry
from tests.play import NOON, event
from tests.test_progress import PLAN as PLANNED
from tests.test_progress import QUIZ, REFLECT, TALK

DAY = NOON.date()
WAITING = {
    "kind": "promise",
    "date": "by",
    "state": "state",
    "open": ["open", "half"],
    "title": "A promise comes due",
}
TALLY = {"kind": "tally", "field": "state", "good": "done", "counted": ["done"], "label": "Kept"}
LEDGER: Sheet = make.sheet(due=WAITING, shows=TALLY)
SHEET = Place("sheet", "log", LEDGER)
PIECES = make.outline().pieces
OUTLINE = Outline(make.capstone(), (PIECES[0][:1], PIECES[1][1:]))
CAPSTONE = Place("capstone", "", OUTLINE)
"""The capstone with a reflection and the plan."""

STEPS = (Step("a", "A", 9, (QUIZ, SHEET)), Step("p", "P", 1, (PLANNED,)))
FIRST = ModuleSteps("m1", "First", 9, STEPS)
TALKS = ModuleSteps("m2", "Talks", 9, (Step("t", "T", 9, (TALK, REFLECT)),))
LAST = ModuleSteps("m8", "Last", 9, (Step("c", "C", 9, (CAPSTONE,)),))
MODULES = (FIRST, TALKS, LAST)
PLACES = [place for module in MODULES for step in module.steps for place in step.places]
BOTH = Partners({"1": "Harbour", "2": "Quay"}, "1")


def did(subject: str, body: Body, days: float = 0, partner: str = "1") -> Event:
    return event(Draft(subject, 1, body), partner=partner, time=NOON + timedelta(days))


def facts(*events: Event, days: int = 0, partners: Partners = BOTH) -> Facts:
    progress = Progress(PLACES)
    progress.fold(events)
    return Facts(progress, MODULES, partners, DAY + timedelta(days))


def on(days: int) -> str:
    return (DAY + timedelta(days)).isoformat()


def promise(number: int = 1, days: int = 0, state: str = "open", partner: str = "1") -> Event:
    texts = {"what": f"Thing {number}", "by": on(days), "state": state}
    return did("log", SheetWrote(number, texts), partner=partner)


def plan(days: int | None, at: float = 0) -> Event:
    return did("m1-p1", PlanWrote("she asks", "listen", "", "" if days is None else on(days)), at)


def told(outcome: str, at: float) -> Event:
    return did("m1-p1", PlanReported(outcome, "It rained."), at)


def keys(found: Iterable[Due]) -> list[str]:
    return [one.key for one in found]


ADDED = [did("log", SheetAdded(number)) for number in range(2, 20)]
ANSWERED = did("q1", QuizAnswered("test", "ann"), partner="")
MODULE_DONE = (ANSWERED, promise(state="done"), plan(None))
"""What finishes the first module, on day 0."""


# Promises and contacts


def test_an_entry_waits_from_its_day_on() -> None:
    """A promise waits from its day on, for as long as it stands open or nothing is chosen."""
    for state in ("open", "half", ""):
        assert due.due(facts(promise(days=1, state=state))) == ()
        for days in (1, 400):
            [one] = due.due(facts(promise(days=1, state=state), days=days))
            assert one[:6] == ("log:1:1", PROMISE, WAITING["title"], 1, DAY + timedelta(1), "1")
            assert (one.place, one.anchor, one.words) == (SHEET, "log-1-row", "Thing 1")
    assert due.due(facts(promise(state="done"))) == ()


def test_an_entry_that_is_gone_or_has_no_day_waits_for_nothing() -> None:
    """What was taken out of a sheet, has no day, or one that no calendar has, does not wait."""
    assert due.coming(facts(promise(), did("log", SheetRemoved(1)))) == ()
    for text in ("", "soon", "2026-02-30", "2026"):
        assert due.coming(facts(did("log", SheetWrote(1, {"what": "x", "by": text})))) == ()


def test_what_waits_is_kept_apart_by_partner() -> None:
    """What was promised to one partner and to another waits side by side, each with its partner."""
    found = due.due(facts(promise(), promise(partner="2")))
    assert [(one.key, one.partner) for one in found] == [("log:1:1", "1"), ("log:1:2", "2")]


def test_which_sheets_of_the_course_come_due(library: Library) -> None:
    """Promises, words on a concern and contacts have days on Home; a promise with no date agreed
    anew, a closed concern and a contact that is done have not.
    """
    found = {}
    for name in library.names("sheets"):
        sheet = library.named("sheets", name)
        if sheet.due:
            known = {answer.id for answer in sheet.field(sheet.due.state).options}
            found[sheet.id] = (sheet.due.kind, known - set(sheet.due.open))
    assert found == {
        "promises": ("promise", {"kept", "missed", "renewed"}),
        "concerns": ("promise", {"closed"}),
        "contacts": ("contact", {"done", "dropped"}),
    }


# Plans


def test_a_plan_asks_on_its_day() -> None:
    """A plan with a day asks from then on, until something was said about it."""
    assert due.coming(facts(plan(None))) == ()
    assert due.due(facts(plan(2), days=1)) == ()
    [one] = due.due(facts(plan(2), days=2))
    assert one[:2] == ("plan:m1-p1:1", PLAN)
    assert (one.place, one.anchor, one.words) == (PLANNED, "m1-p1-report", "she asks")
    for outcome in ("done", "changed", "not-yet"):
        assert due.coming(facts(plan(2), told(outcome, 2), days=3)) == ()
    assert due.due(facts(plan(2), told("of a later version", 2), days=3))


def test_not_yet_with_a_new_day_asks_again() -> None:
    """A plan that is not done yet asks again on its new day; and on its own day if it was said
    before that.
    """
    moved = facts(plan(2), told("not-yet", 2), plan(5, at=2), days=4)
    assert due.due(moved) == ()
    assert keys(due.due(replace(moved, today=DAY + timedelta(5)))) == ["plan:m1-p1:1"]
    assert due.due(facts(plan(2), told("not-yet", 1), days=2))
    assert not due.due(facts(plan(2), told("done", 1), days=2))


def test_a_day_without_a_plan_asks_nothing() -> None:
    """Where neither a situation nor an act is written, there is nothing to report on."""
    assert due.coming(facts(did("m1-p1", PlanWrote(" ", "", "at noon", on(0))))) == ()


def test_a_plan_that_only_the_capstone_shows_asks_there() -> None:
    """A plan written inside the capstone asks in the capstone, and one shown twice asks once."""
    without = [place for place in PLACES if place != PLANNED]
    progress = Progress(without)
    progress.fold([plan(0)])
    [one] = due.due(Facts(progress, (TALKS, LAST), BOTH, DAY))
    assert (one.place, one.anchor) == (CAPSTONE, "m1-p1-report")
    assert len(due.due(facts(plan(0)))) == 1


# Not now


def test_not_now_is_fine() -> None:
    """What is put off until tomorrow or for a week is gone from today, and back on that day."""
    for days in (due.TOMORROW, due.IN_A_WEEK):
        off = did(DUE, DuePutOff("log:1:1", days), 1)
        assert due.due(facts(promise(), off, days=1)) == ()
        assert due.due(facts(promise(), off, days=days)) == ()
        assert keys(due.due(facts(promise(), off, days=1 + days))) == ["log:1:1"]
        assert keys(due.coming(facts(promise(), off, days=1))) == ["log:1:1"]


def test_a_new_day_is_a_new_day() -> None:
    """What was put off, and got a later day since, waits on that day."""
    off = did(DUE, DuePutOff("plan:m1-p1:1", 7), 1)
    assert due.due(facts(plan(1), off, plan(3, at=1), days=3))


@pytest.mark.parametrize("days", [0, -1, -(10**9), 10**9, 10**30])
def test_odd_numbers_of_days_are_survived(days: int) -> None:
    """An event of a hostile or later version that puts off by any number of days does no harm."""
    found = due.due(facts(promise(), did(DUE, DuePutOff("log:1:1", days))))
    assert bool(found) == (days <= 0)


@pytest.mark.parametrize("year", [1, 9999])
def test_either_end_of_time_is_survived(year: int) -> None:
    """Events at either end of time are folded and asked about as any others."""
    at = datetime(year, 1 if year == 1 else 12, 1 if year == 1 else 31, tzinfo=UTC)
    events = [one._replace(time=at) for one in (*MODULE_DONE, plan(0), told("done", 0))]
    off = did(DUE, DuePutOff("log:1:1", 1))._replace(time=at)
    for today in (date.min, DAY, date.max):
        found = replace(facts(*events, promise(), off), today=today)
        due.due(found)
        for one in due.coming(found):
            assert one.kind != LOOK_BACK or due.parts(found, one) is not None


# Eight minutes


def test_what_others_count_on_comes_first() -> None:
    """Promises come before plans, plans before looking back; of one kind the oldest comes first."""
    events = [
        *MODULE_DONE,
        *ADDED,
        plan(1),
        promise(2, 5),
        promise(3, 4),
        promise(4, 5, partner="1"),
    ]
    found = due.due(facts(*events, days=7))
    assert keys(found) == [
        "log:3:1",
        "log:2:1",
        "log:4:1",
        "plan:m1-p1:1",
        "follow-up:first:7",
    ]


def waits(*minutes: int) -> list[Due]:
    return [Due(str(n), REVIEW, "A", each, DAY) for n, each in enumerate(minutes)]


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [((), 0), ((1,) * 12, 8), ((2, 8), 1), ((8, 1), 1), ((20, 1), 1), ((2, 2, 2, 2, 1), 4)],
)
def test_eight_minutes_at_once(minutes: tuple[int, ...], shown: int) -> None:
    """Of what waits, so much is shown at once as fits into eight minutes; one thing at least."""
    assert due.at_once(waits(*minutes)) == shown


def test_a_further_source_is_one_more_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else can wait, such as questions to see again, is a function among the sources."""
    again = Due("review", REVIEW, "See six questions again", 4, DAY, path="review")
    monkeypatch.setattr(due, "SOURCES", (*due.SOURCES, lambda _: [again]))
    assert due.due(facts(promise()))[1] == again


# Looking back


def test_one_looks_back_on_four_days() -> None:
    """After the first module that ends in a plan one looks back on day 2, 7, 21 and 60; the latest
    whose day has come waits alone, until it is told done.
    """
    found = {}
    for day in (0, 1, 2, 6, 7, 20, 21, 59, 60, 400):
        now = facts(*MODULE_DONE, days=day)
        found[day] = keys(due.due(now))
        coming = [one.since for one in due.coming(now) if one.since > now.today]
        assert coming == [DAY + timedelta(n) for n in (2, 7, 21, 60) if n > day]
    key = "follow-up:first:{}".format
    assert found == {
        0: [],
        1: [],
        **{day: [key(2)] for day in (2, 6)},
        **{day: [key(7)] for day in (7, 20)},
        **{day: [key(21)] for day in (21, 59)},
        **{day: [key(60)] for day in (60, 400)},
    }
    for day in (2, 7, 21, 60):
        done = did(DUE, DueDone(key(day)), day, partner="")
        assert due.due(facts(*MODULE_DONE, done, days=day)) == ()


@pytest.mark.parametrize("missing", range(3))
def test_who_finished_nothing_has_nothing_to_look_back_on(missing: int) -> None:
    """As long as anything that the module asks for is open, no day counts."""
    rest = [one for number, one in enumerate(MODULE_DONE) if number != missing]
    assert due.series(facts(*rest)) is None
    assert due.parts(facts(*rest), Due("follow-up:first:2", LOOK_BACK, "", 8, DAY)) == []


def test_a_module_without_a_plan_starts_nothing() -> None:
    """A module in which no plan is made starts no looking back, as there is none to check."""
    only = replace(facts(*MODULE_DONE), modules=(TALKS, LAST))
    assert due.series(only) is None


def test_the_days_count_from_the_first_finish() -> None:
    """Later changes to what was done move no day, nor does a part that is emptied again."""
    later = [plan(None, at=9), did("log", SheetWrote(1, {}), 9)]
    found = due.series(facts(*MODULE_DONE, *later))
    assert found
    assert (found.name, found.start, found.module) == ("first", DAY, FIRST)
    slow = due.series(facts(*MODULE_DONE[:2], plan(None, at=3), *later))
    assert slow
    assert slow.start == DAY + timedelta(3)


CAPSTONE_DONE = (
    did("m1-r1", ReflectionWrote("A talk."), 30),
    plan(None, at=30),
)


def test_after_the_capstone_the_days_count_anew() -> None:
    """Once the plan for the partner is put together, one looks back two days after that."""
    found = facts(*MODULE_DONE, *CAPSTONE_DONE, days=32)
    assert keys(due.due(found)) == ["follow-up:capstone:2"]
    [recall, plan_check] = due.parts(found, due.due(found)[0])
    assert (recall.way, plan_check.way) == ("recall", "plan")
    assert recall.place == plan_check.place == CAPSTONE


def test_what_one_does_on_each_day(library: Library) -> None:
    """Day 2 is recall and the plan, day 7 mixed questions, day 21 another way through a talk, day
    60 the second test, a new rating and the plan.
    """
    life = Life(MemoryLog(), library, NOON)
    life.did(*doing(find_place(library, "scale", "baseline")))
    life.did(*doing(find_place(library, "quiz", "m0-test")), partner="")
    life.finish("m1")
    life.did(*doing(find_place(library, "quiz", "m2")), partner="")
    ways = {}
    for day in (2, 7, 21, 60):
        life.turn_to(day)
        [one] = due.due(life.facts)
        parts = due.parts(life.facts, one)
        ways[day] = [(part.way, part.place.about, part.again) for part in parts]
        assert (one.minutes > due.AT_ONCE) == (day == due.MEASURE_DAY)
    assert ways == {
        2: [("recall", "m1-before", False), ("plan", "m1", False)],
        7: [("mixed", "m1", False), ("mixed", "m2", False)],
        21: [("talk", "s1", True)],
        60: [("rate", "baseline", True), ("test", "m8-test", True), ("plan", "m1", False)],
    }


def test_the_second_test_is_offered_once(library: Library) -> None:
    """Who took the second test is not sent to it, and the time that is told is shorter by it."""
    life = Life(MemoryLog(), library, NOON)
    life.finish("m1")
    life.turn_to(60)
    before, now = due.due(life.facts)[0], life.facts
    assert [(part.way, part.again) for part in due.parts(now, before)] == [
        ("rate", False),
        ("test", False),
        ("plan", False),
    ]
    life.did(*doing(find_place(library, "quiz", "m8-test")), partner="")
    after = due.due(life.facts)[0]
    assert [part.way for part in due.parts(life.facts, after)] == ["rate", "plan"]
    assert after.minutes < before.minutes


def test_a_talk_with_nothing_new_gives_way_to_one_not_played() -> None:
    """Who has seen all endings of a talk plays another one, or any if there is no other."""
    found = facts(*MODULE_DONE, days=21)
    [part] = due.parts(found, due.due(found)[0])
    assert (part.way, part.place, part.again) == ("talk", TALK, False)


# Promises kept


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (Kept(5, 4, {"open": 1}, {}), "4 of 5 promises with a date were kept; 1 is open."),
        (Kept(1, 1, {}, {}), "1 promise with a date was kept."),
        (Kept(2, 1, {"missed": 1}, {}), "1 of 2 promises with a date was kept; 1 was missed."),
        (Kept(3, 3, {}, {}), "3 promises with a date were kept."),
        (Kept(2, 0, {"open": 2}, {}), "2 promises with a date are open."),
        (
            Kept(6, 1, {"missed": 2, "odd": 3}, {"odd": "Odd"}),
            "1 of 6 promises with a date was kept; 2 were missed; 3 stand at “Odd”.",
        ),
    ],
)
def test_promises_in_words(kept: Kept, said: str) -> None:
    """What became of promises is said as a sentence whose numbers add up."""
    assert kept.good + sum(kept.others.values()) == kept.dated
    assert promises(kept) == said


def test_only_promises_with_a_day_count() -> None:
    """Promises are counted by partner, those with a day only; one with no answer counts as open."""
    undated = did("log", SheetWrote(4, {"what": "x", "state": "done"}))
    found = facts(*ADDED, promise(1, 1, "done"), promise(2, 9, ""), promise(3, 9), undated)
    kept = due.kept(found, "1")
    assert kept == Kept(3, 1, {"open": 2}, {"open": "Is open"})
    assert due.kept(found, "2") is None


# Bit by bit


BODIES: Any = st.sampled_from(
    [
        ("log", SheetWrote(1, {"what": "x", "by": on(1)})),
        ("log", SheetWrote(1, {"what": "x", "by": on(4), "state": "done"})),
        ("log", SheetWrote(1, {})),
        ("log", SheetAdded(2)),
        ("log", SheetWrote(2, {"what": "y", "by": on(2)})),
        ("log", SheetRemoved(1)),
        ("q1", QuizAnswered("test", "ann")),
        ("q1", QuizAnswered("test", {"odd": 1})),
        ("m1-p1", PlanWrote("a", "b", "", on(2))),
        ("m1-p1", PlanWrote("a", "b", "", "")),
        ("m1-p1", PlanWrote("", "", "", on(1))),
        ("m1-p1", PlanReported("done", "")),
        ("m1-p1", PlanReported("not-yet", "x")),
        ("m1-p1", PlanReported("later than this", "x")),
        ("m1-r1", ReflectionWrote("x")),
        (DUE, DuePutOff("log:1:1", 1)),
        (DUE, DuePutOff("plan:m1-p1:1", 7)),
        (DUE, DuePutOff("nobody knows it", 7)),
        (DUE, DueDone("follow-up:first:2")),
        ("odd", DueDone("follow-up:first:7")),
    ]
)
STORY: Any = st.lists(
    st.builds(
        lambda what, hours, partner: did(*what, hours / 24, partner),
        BODIES,
        st.sampled_from([-60, 0, 0, 0, 1, 11, 12, 13, 30, 80]),
        st.sampled_from(["", "1", "2"]),
    ),
    max_size=30,
)


def everything(found: Facts) -> Any:
    """Return all that can be asked, on several days."""
    told: list[Any] = []
    for days in (-3, 0, 1, 2, 5, 9, 70):
        now = replace(found, today=DAY + timedelta(days))
        told += [due.coming(now), due.due(now), due.series(now)]
        told += [due.parts(now, one) for one in due.coming(now) if one.kind == LOOK_BACK]
    return [*told, due.kept(found, "1"), due.kept(found, "2")]


@settings(max_examples=150, deadline=None)
@given(STORY, st.lists(st.integers(0, 30), max_size=5))
def test_bit_by_bit_is_all_at_once(events: list[Event], cuts: list[int]) -> None:
    """However often the log is read and asked while it grows, it comes to the same as reading it
    once; events at the same time, in any order, and read twice, change nothing about that.
    """
    log, progress = MemoryLog(), Progress(PLACES)
    grown = Facts(progress, MODULES, BOTH, DAY)
    for start, end in pairwise([0, *sorted(cuts), len(events)]):
        log.add([*events[start:end], *events[:start]])
        progress.catch_up(log)
        everything(grown)
    assert everything(grown) == everything(facts(*events))


@settings(max_examples=150, deadline=None)
@given(STORY)
def test_what_always_holds(events: list[Event]) -> None:
    """Each thing waits once, today's is among what comes, keys tell nobody's name."""
    for days in (0, 2, 8, 70):
        now = facts(*events, days=days)
        coming, today = due.coming(now), due.due(now)
        assert len(set(keys(coming))) == len(coming)
        assert set(today) <= set(coming)
        assert all(one.since <= now.today for one in today)
        assert sum(one.kind == LOOK_BACK for one in today) <= 1
        assert [one.since for one in coming] == sorted(one.since for one in coming)
        for one in coming:
            assert "Harbour" not in one.key + one.title
            assert due.putting_off(one, 1).body == DuePutOff(one.key, 1)


@settings(max_examples=100, deadline=None)
@given(STORY, st.sampled_from(due.ORDER))
def test_put_off_is_gone_until_then(events: list[Event], kind: str) -> None:
    """Whatever waits today, put off today by some days, is back on that day and not before, while
    all else waits as it did.
    """
    now = facts(*events, days=5)
    for one in (one for one in due.due(now) if one.kind == kind):
        body = due.putting_off(one, 3).body
        after = [*events, did(DUE, body, 5)]
        rest = [other for other in due.due(now) if other != one]
        assert list(due.due(facts(*after, days=5))) == rest
        assert one not in due.due(facts(*after, days=7))
        again = facts(*after, days=8)
        if one in due.coming(again):  # another look back may have taken its place
            assert one in due.due(again)


def test_the_day_is_the_learners_own() -> None:
    """A moment is in the day that the learner's own clock shows."""
    assert local_day(NOON) == NOON.astimezone().date()


def test_life_leaves_a_log_that_reads(library: Library) -> None:
    """The helper of these tests does all that a module asks for, as progress sees it."""
    life = Life(MemoryLog(), library, NOON)
    life.finish("m1")
    sheet = library.named("sheets", "promises")
    life.did(entry(sheet, 1, {"what": "x", "by": on(0)}))
    found = life.facts
    module = life.module("m1")
    for place in (place for step in module.steps for place in step.places if place.asks):
        assert found.progress.done(place, "1"), place
        assert found.progress.finished(place) == NOON
    assert keys(due.due(found)) == ["promises:1:1"]
