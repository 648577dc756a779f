"""Progress: what was begun, done, written and passed, and where the learner goes on."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brmcourse.activities import (
    capstone,
    conversation,
    example,
    mirror,
    plan,
    proposal,
    quiz,
    reflection,
    scale,
    sheet,
    values,
)
from brmcourse.activities.activity import Note, recorded
from brmcourse.activities.activity import standing as counted
from brmcourse.activities.sheet import LONG_AGO
from brmcourse.activities.writing import Prompted
from brmcourse.content.library import Library
from brmcourse.errors import UnknownIdError
from brmcourse.events import (
    ActivityReset,
    Body,
    ConversationChose,
    ConversationRewound,
    Draft,
    Event,
    ExampleAnswered,
    ExampleShown,
    ExampleWrote,
    MirrorAnswered,
    MirrorInvited,
    PlanReported,
    PlanWrote,
    ProposalMade,
    QuizAnswered,
    QuizMoved,
    QuizReset,
    ReflectionWrote,
    ScaleFinished,
    ScaleRated,
    ScaleReopened,
    SheetAdded,
    SheetRemoved,
    SheetRestored,
    SheetWrote,
    StepPassed,
    ValuesPredicted,
    ValuesRanked,
    ValuesRevised,
    encode,
    new_id,
)
from brmcourse.log.memory import MemoryLog
from brmcourse.progress import (
    GoOn,
    ModuleSteps,
    Place,
    Progress,
    Step,
    Touched,
    beginning_anew,
    course_progress,
    find_place,
    passing,
)
from brmcourse.session import Learner, Session
from tests import make
from tests.play import NOON, event

PROMPTS = make.prompts()
TEST = make.exercise(make.question(key="q1"), key="test")
QUIZ = Place("quiz", "test", TEST)
AFTER = Place(
    "quiz", "after", make.exercise(make.question(key="q2"), key="after", before=TEST.quiz)
)
TALK = Place("converse", "t1", make.staged())
SCALE = Place("scale", "s", make.questionnaire(2))
REFLECT = Place("reflect", "m1", Prompted(PROMPTS.reflections, ReflectionWrote, "m1"))
PLAN = Place("plan", "m1", Prompted(PROMPTS.plans, PlanWrote, "m1"))
SHEET = Place("sheet", "log", make.sheet())
VALUES = Place("values", "", make.values())
CAPSTONE = Place("capstone", "", make.outline())
PROPOSAL = Place("proposal", "", make.proposal())
MIRROR = Place("mirror", "", make.mirror())
EXAMPLE = Place("example", "e1", make.example())
TOLD = Place("example", "told", make.told())
PLACES = (
    QUIZ,
    TALK,
    SCALE,
    REFLECT,
    PLAN,
    SHEET,
    VALUES,
    CAPSTONE,
    PROPOSAL,
    MIRROR,
    EXAMPLE,
    AFTER,
)

PICKS = [{"card": name} for name in ("ann", "bea", "cyn")]
ORDER = ["fay", "eve", "dot", "cyn", "bea", "ann"]


def did(subject: str, body: Body, partner: str = "1", minute: int = 0) -> Event:
    return event(Draft(subject, 1, body), partner=partner, time=NOON + timedelta(minutes=minute))


def after(*events: Event, places: Iterable[Place] = PLACES) -> Progress:
    progress = Progress(places)
    progress.fold(events)
    return progress


ANSWER = did("q1", QuizAnswered("test", "ann"), "")
ANSWER_AFTER = did("q2", QuizAnswered("after", "ann"), "")
MOVE, MOVE_ON = (
    did("t1_test", ConversationChose(turn, node, 0), "") for turn, node in enumerate(("one", "two"))
)
PLAYED = (MOVE, MOVE_ON)
FINISHED = did("S", ScaleFinished({"i0": 1, "i1": None}))
REFLECTED = did("m1-r1", ReflectionWrote("A talk in May."))
PLANNED = did("m1-p1", PlanWrote("she asks", "listen", ""))
NOTED = did("log", SheetWrote(1, {"what": "A list", "state": "open"}))
MADE = did("proposal", ProposalMade("", {"give": ["A list."]}))
INVITED = did("mirror", MirrorInvited("f1", "open"))
RANKED = did("values", ValuesRanked(ORDER))
GUESSED = did("values", ValuesPredicted(PICKS))
WHY = did("example:e1", ExampleAnswered("why", "bea"), "")
SUM = did("example:e1", ExampleWrote("sum", "So it is the week?"), "")
SHOWN = did("example:e1", ExampleShown("end"), "")

DONE = {
    QUIZ: [ANSWER],
    TALK: [*PLAYED],
    SCALE: [FINISHED],
    REFLECT: [REFLECTED],
    PLAN: [PLANNED],
    SHEET: [NOTED],
    VALUES: [RANKED, GUESSED],
    CAPSTONE: [REFLECTED, GUESSED],
    PROPOSAL: [MADE],
    MIRROR: [INVITED],
    EXAMPLE: [WHY, SUM, SHOWN],
    AFTER: [ANSWER, ANSWER_AFTER],
}
"""What has to be done at each place."""


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name + place.about)
def test_done(place: Place) -> None:
    """Each activity is done once all that it asks for was done, and not before the last of it."""
    *before, last = DONE[place]
    progress = after(*before)
    assert not progress.done(place, "1")
    progress.fold([last])
    assert progress.done(place, "1")
    assert progress.begun(place, "1")
    assert progress.done(place, "2") == (not place.row.partner)


@pytest.mark.parametrize(
    ("place", "events"),
    [
        (QUIZ, [did("test", QuizMoved("end"), "")]),
        (TALK, [did("t1_test", ConversationChose(0, "one", 1), "")]),
        (SCALE, [did("S", ScaleRated({"i0": 1, "i1": 1}))]),
        (REFLECT, [did("m1-r1", ReflectionWrote(" \n"))]),
        (PLAN, [did("m1-p1", PlanWrote("she asks", " ", "on Monday"))]),
        (PLAN, [did("m1-p1", PlanWrote("", "listen", "on Monday"))]),
        (SHEET, [did("log", SheetAdded(2)), did("log", SheetWrote(2, {"what": " "}))]),
        (VALUES, [GUESSED]),
        (VALUES, [RANKED, did("values", ValuesPredicted([PICKS[0], PICKS[0], PICKS[1]]))]),
        (CAPSTONE, [REFLECTED, NOTED]),
        (EXAMPLE, [WHY, SHOWN, did("example:e1", ExampleWrote("sum", " \n"), "")]),
        (AFTER, [ANSWER, did("after", QuizMoved("q2"), "")]),
    ],
)
def test_begun_and_not_done(place: Place, events: list[Event]) -> None:
    """Whoever did a part of it has begun, and is not done."""
    progress = after(*events)
    assert progress.begun(place, "1")
    assert not progress.done(place, "1")


def test_done_stays_when_it_is_done_again() -> None:
    """A conversation or self-assessment that is begun anew stays done; a quiz begun anew asks for
    its answers once more.
    """
    again = did("t1_test", ConversationRewound(0), "")
    progress = after(*PLAYED, again, FINISHED, did("S", ScaleReopened()), ANSWER)
    assert progress.done(TALK, "1")
    assert progress.done(SCALE, "1")
    assert progress.done(QUIZ, "1")
    progress.fold([did("test", QuizReset(), "")])
    assert not progress.done(QUIZ, "1")
    assert progress.begun(QUIZ, "1")


def test_nothing_is_begun() -> None:
    """Before anything was done, nothing is begun, done, written, passed or touched."""
    progress = after()
    for place in PLACES:
        assert not progress.begun(place, "1")
        assert not progress.done(place, "1")
        assert progress.record(place, "1") == place.activity.blank(place.content)
    assert progress.notes("1") == []
    assert progress.last("1") is None
    assert progress.passed("m1") == frozenset()


def test_a_second_test_is_not_begun_by_the_first() -> None:
    """What was done in a test counts for that test, though the second one shows it beside its own;
    what was changed on the plan's page counts for where it was written first.
    """
    progress = after(ANSWER, NOTED)
    assert progress.begun(QUIZ, "")
    assert not progress.begun(AFTER, "")
    assert progress.last("1") == Touched(SHEET)
    assert progress.begun(CAPSTONE, "1")
    assert progress.record(AFTER, "").points(TEST.quiz) == 1
    assert after(ANSWER, places=[AFTER]).last("") == Touched(AFTER)


def test_what_changes_nothing_is_not_touched() -> None:
    """Events that fit no content or activity leave everything as it was."""
    odd = did("m1-r1", SheetWrote(1, {"what": "x"}))
    progress = after(REFLECTED, odd, did("gone", ReflectionWrote("x")), did("log", SheetRemoved(9)))
    assert progress.last("1") == Touched(REFLECT)
    assert not progress.begun(SHEET, "1")


def test_partners_are_kept_apart() -> None:
    """What was done about one partner says nothing of another; quizzes are about none."""
    progress = after(REFLECTED, ANSWER, did("m1-r1", ReflectionWrote("Other."), "2"))
    assert [progress.record(REFLECT, key).entries["m1-r1"].texts["text"] for key in "12"] == [
        "A talk in May.",
        "Other.",
    ]
    assert progress.last("1") == Touched(QUIZ)
    assert progress.last("2") == Touched(REFLECT)
    assert progress.last("3") == Touched(QUIZ)
    assert progress.done(QUIZ, "3")


def test_passed_steps() -> None:
    """The steps that were gone on from are known by module, and the latest is what was done last
    about whichever partner.
    """
    subject, edition, body = passing("m1", "ask")[:3]
    assert (subject, edition, body) == ("m1", 1, StepPassed("ask"))
    progress = after(REFLECTED, did("m1", body, ""), did("m1", StepPassed("two"), "2"))
    assert progress.passed("m1") == {"ask", "two"}
    assert progress.passed("m2") == frozenset()
    assert progress.last("1") == progress.last("2") == Touched(None, "m1", "two")


def test_a_step_and_a_place_of_one_subject() -> None:
    """A module that happens to be called like the subject of a place disturbs nothing."""
    progress = after(NOTED, did("log", StepPassed("x"), "1"))
    assert progress.last("1") == Touched(None, "log", "x")
    assert progress.begun(SHEET, "1")


def test_notes() -> None:
    """What the learner wrote is listed with its title, how it begins, and when it was changed last;
    the latest first.
    """
    progress = after(
        did("m1-r1", ReflectionWrote("Old."), minute=0),
        did("m1-p1", PlanWrote(" ", "listen", "on Monday"), minute=1),
        did("log", SheetWrote(1, {"what": "First"}), minute=3),
        did("log", SheetAdded(2), minute=4),
        did("log", SheetWrote(2, {"by": "2026-12-01", "more": "A fuller story"}), minute=5),
        did("values", ValuesPredicted([{**PICKS[0], "evidence": "the talk"}, {}, {}]), minute=6),
        did("m1-r1", ReflectionWrote("A talk\nin May."), minute=7),
        ANSWER,
        FINISHED,
    )

    def at(minute: int) -> Any:
        return NOON + timedelta(minutes=minute)

    assert progress.notes("1") == [
        (REFLECT, Note("Look back", "A talk\nin May.", at(7))),
        (VALUES, Note("Six values", "the talk", at(6))),
        (SHEET, Note("A log", "A fuller story", at(5))),
        (PLAN, Note("Look ahead", "listen", at(1))),
    ]
    assert progress.notes("2") == []


def noted(*bodies: Body, place: Place = SHEET) -> list[str]:
    """Return how the notes at a place begin after these events."""
    subject = place.activity.subjects(place.content)[0]
    return [found.note.text for found in after(*(did(subject, body) for body in bodies)).notes("1")]


def test_how_a_sheet_begins() -> None:
    """An entry with answers only begins with the words of the first; an empty sheet is no note."""
    assert noted(SheetWrote(1, {"state": "half"})) == ["Is half"]
    assert noted(SheetWrote(1, {"gone": "from the form"})) == [""]
    assert noted(SheetWrote(1, {"what": "x"}), SheetWrote(1, {})) == []
    assert noted(SheetWrote(1, {"what": "x"}), SheetRemoved(1)) == []
    assert noted(SheetWrote(1, {"what": "x"}), SheetRemoved(1), SheetRestored(1)) == ["x"]


def test_an_entry_whose_time_is_lost() -> None:
    """An entry brought back over one of its number is a note all the same."""
    one = SheetWrote(1, {"what": "x"})
    progress = after(
        *(did("log", b) for b in (one, SheetRemoved(1), SheetAdded(1), SheetRestored(1)))
    )
    assert progress.notes("1") == [(SHEET, Note("A log", "x", LONG_AGO))]


def test_how_the_values_begin() -> None:
    """What was heard comes before what was guessed, words before the names of the values."""
    guess = ValuesPredicted([{**PICKS[0], "evidence": "the talk"}, {}, {}])
    heard = ValuesRevised([PICKS[1], PICKS[2], {}])
    said = ValuesRevised([{**PICKS[1], "said": "I want peace"}, {}, {}])
    assert noted(ValuesRanked(ORDER), place=VALUES) == []
    assert noted(ValuesPredicted(PICKS), place=VALUES) == ["Ann, Bea, Cyn"]
    assert noted(guess, heard, place=VALUES) == ["the talk"]
    assert noted(guess, said, place=VALUES) == ["I want peace"]
    assert noted(heard, place=VALUES) == ["Bea, Cyn"]


def test_when_something_was_first_done() -> None:
    """What is done at the end of a day keeps that day, whatever becomes of it; what was begun and
    emptied on the same day, or done about nobody in particular, counts as it stands.
    """
    day = 24 * 60
    empty = PlanWrote("", "", "")
    written = did("m1-p1", PlanWrote("she asks", "listen", ""), "2", minute=5)
    assert after(written).finished(PLAN) == written.time
    assert after(did("m1-p1", empty)).finished(PLAN) is None
    gone = did("m1-p1", empty, "2", minute=6)
    assert after(written, gone).finished(PLAN) is None
    later = did("m1-p1", empty, "2", minute=day)
    assert after(written, later).finished(PLAN) == written.time
    again = did("m1-p1", PlanWrote("a", "b", ""), "1", minute=day)
    assert after(written, again).finished(PLAN) == written.time
    assert after(ANSWER).finished(QUIZ) == ANSWER.time


def test_a_report_on_a_plan_that_is_gone_is_kept() -> None:
    """What was said of a plan that the course asks no more stands beside the plan, each of them."""
    gone = [
        did("m9-p1", PlanWrote("she asks", "listen", "")),
        did("m9-p1", PlanReported("not-yet", "It rained."), minute=1),
        did("m9-p1", PlanReported("done", "She told me."), minute=2),
        did("m9-p1", PlanReported("done", " "), minute=3),
    ]
    texts = [left.text for left in after(*gone).left("1")]
    assert texts == ["She told me.", "It rained.", "she asks\nlisten"]


NO_WORDS = {quiz: QUIZ, conversation: TALK, scale: SCALE, capstone: CAPSTONE, mirror: MIRROR}
WORDS = {
    reflection: REFLECT,
    plan: PLAN,
    sheet: SHEET,
    values: VALUES,
    example: EXAMPLE,
    proposal: PROPOSAL,
}


def test_who_holds_words() -> None:
    """Activities that hold nothing of the learner's own words have no notes; the others have."""
    progress = after(*(one for events in DONE.values() for one in events))
    for activity, place in (NO_WORDS | WORDS).items():
        assert place.activity is activity  # type: ignore[comparison-overlap]
        assert bool(activity.written(progress.record(place, "1"))) == (activity in WORDS)


STORY: Any = st.lists(
    st.builds(
        lambda one, partner, hours: one._replace(
            id=new_id(), partner=partner, time=one.time + timedelta(hours=hours)
        ),
        st.sampled_from([one for events in DONE.values() for one in events])
        | st.builds(
            did,
            st.sampled_from(
                ["test", "q1", "t1_test", "S", "m1-r1", "log", "values", "mirror", "m1", "odd"]
            ),
            st.sampled_from(
                [
                    StepPassed("ask"),
                    QuizReset(),
                    QuizMoved("end"),
                    ConversationRewound(0),
                    ScaleRated({"i0": 2}),
                    ScaleReopened(),
                    SheetAdded(2),
                    SheetRemoved(1),
                    SheetRestored(1),
                    ValuesRevised(PICKS),
                    ReflectionWrote(""),
                    MirrorAnswered("a1", "open", {"m0": 4}, "Calls.", ""),
                ]
            ),
        ),
        st.sampled_from(["", "1", "2"]),
        st.sampled_from([0, 0, 1, 13, -20, 60]),
    ),
    max_size=30,
)


def everything(progress: Progress) -> Any:
    """Return all that progress can be asked."""
    told: list[Any] = [progress.passed("m1")]
    for partner in ("1", "2", "3"):
        told += [progress.last(partner), progress.notes(partner)]
        for place in PLACES:
            told += [progress.record(place, partner), progress.begun(place, partner)]
            told.append(progress.done(place, partner))
    return [*told, *map(progress.finished, PLACES)]


@settings(max_examples=60, deadline=None)
@given(STORY, st.lists(st.integers(0, 30), max_size=5))
def test_bit_by_bit_is_all_at_once(events: list[Event], cuts: list[int]) -> None:
    """However often the log is read while it grows, it comes to the same as reading it once."""
    log, progress = MemoryLog(), Progress(PLACES)
    bounds = [0, *sorted(cuts), len(events)]
    for start, end in pairwise(bounds):
        log.add(events[start:end])
        progress.catch_up(log)
        progress.catch_up(log)
    assert everything(progress) == everything(after(*events))


class Told:
    """Another fold, which keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def forget(self) -> None:
        self.events = []

    def fold(self, events: Iterable[Event]) -> None:
        self.events += events


def test_others_are_told_what_was_read() -> None:
    """Another fold gets every event once, in order, and begins anew when progress does."""
    log, told = MemoryLog(), Told()
    progress = Progress(PLACES, (), [told])
    for event_ in (ANSWER, MOVE, PLANNED):
        log.add([event_])
        progress.catch_up(log)
        progress.catch_up(log)
    assert told.events == [ANSWER, MOVE, PLANNED]
    log.forget([MOVE.id])
    progress.catch_up(log)
    assert told.events == [ANSWER, PLANNED]


@settings(max_examples=60, deadline=None)
@given(STORY)
def test_the_records_are_those_of_a_session(events: list[Event]) -> None:
    """Each record is the one that the activity's own page shows, for each partner."""
    log = MemoryLog()
    log.add(events)
    progress = Progress(PLACES)
    progress.catch_up(log)
    for place in PLACES:
        subjects = place.activity.subjects(place.content)
        for partner in ("1", "2"):
            _, own = log.read(subjects=subjects, partner=partner if place.row.partner else None)
            expected = recorded(place.activity, place.content, own)
            assert progress.record(place, partner) == expected


def test_a_session_shows_the_same(library: Library) -> None:
    """The page of an activity and its progress are the same record, whoever read the log first."""
    log = MemoryLog()
    places = [find_place(library, "reflect", "m6"), find_place(library, "quiz", "m1")]
    progress = Progress(places)
    for place in places:
        session = Session(place.row, place.activity, place.content, Learner(log))
        session.open()
        session.answer({"action": "go end"})
        session.answer({"action": "draft", "form": {"m6-r1:text": ["A line."]}})
        progress.catch_up(log)
        assert progress.record(place, "1") == session.state.record
        assert progress.begun(place, "1")


def test_unknown_kinds_are_ignored() -> None:
    """Records that cannot be read as events, and kinds that nothing shows, change nothing."""
    record = encode(REFLECTED)
    odd = [
        record._replace(id=new_id(), kind="reflection.dreamt"),
        record._replace(id=new_id(), body="{"),
        record._replace(id=new_id(), kind="partner.chosen", body='{"code":"K"}'),
    ]
    progress = Progress(PLACES)
    progress.catch_up(MemoryLog([odd[0], record, *odd[1:]]))
    assert everything(progress) == everything(after(REFLECTED))


def test_what_is_forgotten_is_forgotten() -> None:
    """After something was deleted from the log, or with another log, all is read anew."""
    log, progress = MemoryLog(), Progress(PLACES)
    passed = did("m1", StepPassed("ask"), "")
    log.add([REFLECTED, NOTED, passed])
    progress.catch_up(log)
    log.forget([NOTED.id, passed.id])
    progress.catch_up(log)
    assert everything(progress) == everything(after(REFLECTED))
    progress.catch_up(MemoryLog())
    assert everything(progress) == everything(after())


def test_a_place_is_what_it_shows(library: Library) -> None:
    """Places are equal if they show the same, and are found by the names of a notebook's calls."""
    assert find_place(library, "quiz", "M1") == find_place(library, "quiz", "m1")
    assert find_place(library, "quiz", "m1") != find_place(library, "reflect", "m6")
    assert find_place(library, "values") == VALUES
    assert len({*PLACES, *PLACES}) == len(PLACES)
    with pytest.raises(UnknownIdError):
        find_place(library, "quizz", "m1")
    with pytest.raises(UnknownIdError):
        find_place(library, "quiz", "m99")


READ = Step("read", "Read", 3)
ASK = Step("ask", "Ask", 5, (QUIZ, REFLECT))
TALKING = Step("talk", "Talk", 7, (TALK,))
CLOSE = Step("close", "Close", 2)
END = Step("end", "End", 4, (CAPSTONE,))
ONE = ModuleSteps("m1", "One", 15, (READ, ASK, TALKING))
TWO = ModuleSteps("m2", "Two", 9, (Step("sheet", "Sheet", 3, (SHEET,)), CLOSE, END))
COURSE = (ONE, TWO)


def standing(*events: Event) -> Any:
    return course_progress(COURSE, after(*events), "1")


def test_at_the_start() -> None:
    """Who did nothing yet begins at the first step, and has all minutes before them."""
    found = standing()
    assert found.go_on == GoOn(ONE, READ, None)
    assert [module.minutes_left for module in found.modules] == [15, 9]
    assert not any(module.begun or module.done for module in found.modules)


def test_steps() -> None:
    """A step is done when all its places are; one without places when it was passed. To go on
    leads to the first place that is not done.
    """
    found = standing(ANSWER, did("m1", StepPassed("talk"), ""), did("m1", StepPassed("read"), ""))
    one, two = found.modules
    assert [step.done for step in one.steps] == [True, False, False]
    assert [step.begun for step in one.steps] == [True, True, True]
    assert [step.open for step in one.steps] == [(), (REFLECT,), (TALK,)]
    assert one.minutes_left == 12
    assert one.begun
    assert not one.done
    assert one.next == one.steps[1]
    assert not two.begun
    assert found.go_on == GoOn(ONE, ASK, REFLECT)


def test_a_step_that_is_only_read() -> None:
    """A step whose worked example asks for nothing is done when it was passed; beside something to
    do the example does not count.
    """
    reading = Step("told", "Told", 2, (TOLD,))
    asking = Step("both", "Both", 2, (TOLD, QUIZ))
    assert reading.only_read
    assert not asking.only_read
    module = ModuleSteps("m3", "Three", 4, (reading, asking))

    def found(*events: Event) -> Any:
        return course_progress([module], after(*events, places=(*PLACES, TOLD)), "1")

    assert [step.done for step in found().modules[0].steps] == [False, False]
    assert found().go_on == GoOn(module, reading, None)
    passed = found(did("m3", StepPassed("told"), ""), did("m3", StepPassed("both"), ""))
    assert [step.done for step in passed.modules[0].steps] == [True, False]
    assert passed.go_on == GoOn(module, asking, QUIZ)
    assert found(ANSWER).modules[0].steps[1].done


def test_what_is_optional_holds_nobody_up() -> None:
    """An optional step is done when it was passed or done, and takes none of the minutes."""
    extra = Step("extra", "Extra", 12, (QUIZ,), optional=True)
    module = ModuleSteps("m3", "Three", 2, (READ, extra))

    def found(*events: Event) -> Any:
        return course_progress([module], after(*events), "1")

    assert found().modules[0].minutes_left == READ.minutes
    read = did("m3", StepPassed("read"), "")
    assert found(read).go_on == GoOn(module, extra, QUIZ)
    assert not found(read).modules[0].done
    assert found(read, did("m3", StepPassed("extra"), "")).modules[0].done
    assert found(read, ANSWER).modules[0].done


def test_one_goes_on_where_one_was() -> None:
    """To go on leads to the step touched last or the next one not done, though an earlier one was
    left out; when nothing is left from there, back to what was left out in that module.
    """
    assert standing(ANSWER, NOTED).go_on == GoOn(TWO, CLOSE, None)
    assert standing(NOTED, ANSWER).go_on == GoOn(ONE, ASK, REFLECT)
    assert standing(ANSWER, did("m2", StepPassed("close"), "")).go_on == GoOn(TWO, END, CAPSTONE)
    assert standing(ANSWER, REFLECTED, *PLAYED).go_on == GoOn(ONE, READ, None)
    assert standing(NOTED, did("gone", StepPassed("x"), "")).go_on == GoOn(ONE, READ, None)
    elsewhere = standing(NOTED, GUESSED)
    assert elsewhere.go_on == GoOn(ONE, READ, None)


def test_one_goes_on_with_the_first_module_not_done() -> None:
    """When the module touched last is done, the first that is not comes next; then nothing."""
    passed = [did("m2", StepPassed("close"), "")]
    two = [NOTED, REFLECTED, GUESSED, *passed]
    found = standing(*two)
    assert [module.done for module in found.modules] == [False, True]
    assert found.modules[1].minutes_left == 0
    assert found.modules[1].next is None
    assert found.go_on == GoOn(ONE, READ, None)
    all_done = standing(*two, ANSWER, *PLAYED, did("m1", StepPassed("read"), ""))
    assert all(module.done for module in all_done.modules)
    assert all_done.go_on is None


def test_a_place_in_two_modules() -> None:
    """A place that two modules show is the first one's when it was touched last; it is done in
    both.
    """
    again = replace(TWO, id="m3", steps=(*TWO.steps, READ))
    found = course_progress((*COURSE, again), after(NOTED), "1")
    assert found.go_on == GoOn(TWO, CLOSE, None)
    assert found.modules[2].steps[0].done


@settings(max_examples=60, deadline=None)
@given(STORY)
def test_minutes_and_steps_agree(events: list[Event]) -> None:
    """Whatever was done: a module is done when no step is left and no minute; what is done is
    begun; to go on leads to what is not done.
    """
    found = course_progress(COURSE, after(*events), "1")
    for module in found.modules:
        assert module.done == (module.minutes_left == 0) == (module.next is None)
        for step in module.steps:
            assert step.begun or not step.done
            assert not (step.done and step.open)
    assert (found.go_on is None) == all(module.done for module in found.modules)
    if found.go_on:
        _, step, place = found.go_on
        assert place in step.places or (place is None and not step.places)


# Begun anew

SUBJECTS = sorted({name for place in PLACES for name in place.activity.subjects(place.content)})
RESETS = st.builds(
    did,
    st.sampled_from([*SUBJECTS, "m1", "nowhere"]),
    st.builds(ActivityReset, st.booleans()),
    st.sampled_from(["", "1", "2"]),
)
RESTARTED: Any = st.lists(st.one_of(STORY, st.lists(RESETS, max_size=6)), max_size=6).map(
    lambda parts: [one for part in parts for one in part]
)


@settings(max_examples=100, deadline=None)
@given(RESTARTED, st.lists(st.integers(0, 60), max_size=5))
def test_what_is_begun_anew_stands_as_if_nothing_was(events: list[Event], cuts: list[int]) -> None:
    """Read bit by bit or at once, a subject begun anew stands as if what was before had never been;
    nothing else changes.
    """
    left: list[Event] = []
    for one in events:
        if isinstance(one.body, ActivityReset):
            about = (one.subject, one.partner)
            left = [
                event
                for event in left
                if (event.subject, event.partner) != about
                or (isinstance(event.body, StepPassed) and not one.body.steps)
            ]
        else:
            left.append(one)
    assert list(counted(events)) == left
    log, progress = MemoryLog(), Progress(PLACES)
    for start, end in pairwise([0, *sorted(cuts), len(events)]):
        log.add(events[start:end])
        progress.catch_up(log)
    assert everything(progress) == everything(after(*left))
    assert log.read()[1] == events


@settings(max_examples=40, deadline=None)
@given(RESTARTED)
def test_a_session_begins_anew_too(events: list[Event]) -> None:
    """A page that was open all the time shows what one opened at the end shows."""
    for place in (QUIZ, REFLECT, CAPSTONE):
        log = MemoryLog()
        open_ = Session(place.row, place.activity, place.content, Learner(log))
        open_.open()
        for one in events:
            log.add([one])
            open_.open()
        later = Session(place.row, place.activity, place.content, Learner(log))
        assert open_.open() == later.open()
        assert open_.state.record == later.state.record


def test_only_what_a_place_asks_for_itself_is_begun_anew() -> None:
    """What a place only shows, because another asks for it, is not begun anew with it."""
    steps = [Step("one", "One", 5, (QUIZ, REFLECT)), Step("two", "Two", 5, (CAPSTONE, AFTER))]
    modules = [ModuleSteps("m1", "M", 10, (steps[0],)), ModuleSteps("m8", "N", 10, (steps[1],))]
    own = {draft.subject for draft, _ in beginning_anew([AFTER], modules, "2")}
    first = set(QUIZ.activity.subjects(QUIZ.content))
    assert own == set(AFTER.activity.subjects(AFTER.content)) - first
    assert own
    written = set(REFLECT.activity.subjects(REFLECT.content))
    assert not written & {draft.subject for draft, _ in beginning_anew([CAPSTONE], modules, "2")}
    found = beginning_anew([QUIZ, REFLECT], modules, "2", "m1")
    assert {draft.subject for draft, about in found if about == "2"} == written
    assert {draft.subject for draft, about in found if about == ""} == {*first, "m1"}
    assert [draft.subject for draft, _ in found if draft.body == ActivityReset(steps=True)] == [
        "m1"
    ]
