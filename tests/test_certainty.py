"""Certainty: what it earns, when it is asked, what is kept of it, and what is said about it."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brmcourse.activities import quiz
from brmcourse.activities.activity import recorded
from brmcourse.activities.quiz import NOTHING_CHOSEN, NOTHING_MOVED
from brmcourse.content.library import Library
from brmcourse.events import (
    LEARNER,
    NOT_YET,
    Draft,
    QuizAnswered,
    QuizCertainty,
    QuizReset,
    new_id,
)
from brmcourse.log.memory import MemoryLog
from brmcourse.progress import Progress, find_place
from brmcourse.scoring.certainty import STAKES, SureAnswer, calibration, certainty_points
from brmcourse.scoring.marks import Mark
from brmcourse.session import Learner, find_session
from tests.make import GRADED, PERFECT, exercise, question
from tests.play import Play, event, fill

ON = event(Draft(LEARNER, 1, QuizCertainty(on=True)))
ASK = "How sure are you?"
SWITCH = "Ask me how sure I am"
CHOOSE = "Choose how sure you are."
WORDS = re.compile(r"\s+")

answers = st.lists(
    st.builds(
        SureAnswer, st.sampled_from(sorted(STAKES)), st.floats(0, 1) | st.sampled_from([0, 1])
    )
)


def marked(credit: float) -> Mark:
    return Mark(credit, 1.0, credit == 1, ())


def asking(*questions: Any, **about: Any) -> Play:
    """Return a quiz behind the first module, for a learner who is asked how sure they are."""
    return Play(quiz, exercise(*(questions or (question(),)), later=True, **about), [ON])


def answer(play: Play, option: Any, level: int, asked: Any = None) -> str:
    """Answer a question with a level of certainty, and return the page in one line."""
    asked = asked or question()
    play.do("check", **fill(play, asked, option), sure=str(level))
    return seen(play)


def seen(play: Play) -> str:
    return WORDS.sub(" ", play.page())


# What it earns


@pytest.mark.parametrize(
    ("certainty", "credit", "points"),
    [
        *[(1, 1, 1), (2, 1, 2), (3, 1, 3)],
        *[(1, 0, 0), (2, 0, -2), (3, 0, -6)],
        *[(1, 0.5, 0.5), (2, 0.5, 1), (3, 0.5, 1.5)],
    ],
)
def test_what_it_earns(certainty: int, credit: float, points: float) -> None:
    """A right answer earns 1, 2 or 3, a wrong one loses 0, 2 or 6, and a partly right one earns its
    part without a loss.
    """
    assert certainty_points(marked(credit), certainty) == points


@pytest.mark.parametrize("certainty", [0, 4, -1])
def test_other_levels_are_refused(certainty: int) -> None:
    """There are three levels; another is a mistake of the caller."""
    with pytest.raises(KeyError):
        certainty_points(marked(1), certainty)
    with pytest.raises(KeyError):
        calibration([SureAnswer(certainty, 1)])


def expected(certainty: int, chance: float) -> float:
    right, wrong = (certainty_points(marked(credit), certainty) for credit in (1, 0))
    return chance * right + (1 - chance) * wrong


@given(st.floats(0, 1))
def test_honesty_pays_best(chance: float) -> None:
    """Whoever is right with a certain chance can expect most from the level that this chance lies
    in.
    """
    best = max(expected(certainty, chance) for certainty in STAKES)
    for certainty, stake in STAKES.items():
        if stake.pays_from <= chance <= stake.pays_to:
            assert expected(certainty, chance) == pytest.approx(best)
        else:
            assert expected(certainty, chance) < best


def test_the_bands_leave_no_gap() -> None:
    """The bands of the levels follow each other from 0 to 1."""
    edges = [edge for stake in STAKES.values() for edge in (stake.pays_from, stake.pays_to)]
    assert edges == [0, 2 / 3, 2 / 3, 4 / 5, 4 / 5, 1]


@given(answers, st.randoms())
def test_every_answer_is_counted_once(given: list[SureAnswer], chance: Any) -> None:
    """The counts of the levels add up to the answers and their points, in whatever order these
    come.
    """
    levels = calibration(given)
    assert [level.certainty for level in levels] == [1, 2, 3]
    assert sum(level.answers for level in levels) == len(given)
    assert sum(level.points for level in levels) == pytest.approx(sum(a.points for a in given))
    for level in levels:
        own = [a.credit for a in given if a.certainty == level.certainty]
        assert (level.right, level.wrong) == (own.count(1), own.count(0))
        assert level.partly == sum(0 < credit < 1 for credit in own)
        assert -level.stake.cost * level.answers <= level.points <= level.stake.gain * level.answers
    chance.shuffle(given)
    for before, after in zip(levels, calibration(given), strict=True):
        assert after._replace(points=0) == before._replace(points=0)
        assert after.points == pytest.approx(before.points)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(sorted(STAKES)))
def test_more_credit_never_earns_less(one: float, other: float, certainty: int) -> None:
    """At every level a better answer earns as much or more."""
    low, high = sorted((one, other))
    assert certainty_points(marked(low), certainty) <= certainty_points(marked(high), certainty)


# When it is asked


def test_where_it_is_offered(library: Library) -> None:
    """The course offers it in the quizzes behind module 1, and in the last test; not where answers
    do not count, and not in the first test, which never tells.
    """
    offered = {name for name in library.names("questions") if quiz.find(library, name).certainty}
    assert offered == {"m2", "m3", "m4", "m5", "m6", "m7", "m8-test"}


def test_off_until_switched_on() -> None:
    """Nobody is asked who did not wish it; the wish is about the learner, and can be taken back."""
    play = Play(quiz, exercise(question(), later=True))
    assert SWITCH in play.page()
    assert 'aria-pressed="false"' in play.page()
    assert ASK not in play.page()
    play.do("certainty", question="q1")
    assert (play.log[-1].subject, play.bodies) == (LEARNER, [QuizCertainty(on=True)])
    assert 'aria-pressed="true"' in play.page()
    assert ASK in play.page()
    assert " checked" not in play.page()
    play.do("certainty", question="q1")
    assert ASK not in play.page()
    assert play.bodies[-1] == QuizCertainty(on=False)


@pytest.mark.parametrize(
    "content",
    [
        exercise(question()),
        exercise(question(), purpose="guess", later=True),
        exercise(question(), purpose="test", later=True),
    ],
    ids=["first-module", "guess", "first-test"],
)
def test_where_it_is_not_asked(content: Any) -> None:
    """In the first module, before reading and in a first test there is neither switch nor question,
    whatever was wished elsewhere, and a level that is sent all the same is not kept.
    """
    play = Play(quiz, content, [ON])
    assert SWITCH not in play.page()
    assert ASK not in play.page()
    play.do("certainty", question="q1")
    assert play.log == [ON]
    play.do("check", **fill(play, question(), "ann"), sure="3")
    assert play.bodies[1].certainty is None
    assert LEARNER not in quiz.subjects(content)


def test_in_a_test_it_can_only_be_switched_off() -> None:
    """A second test asks whoever wishes to be asked, and offers it to nobody else."""
    first = exercise(question(key="a1"), key="before", purpose="test")
    content = exercise(question(), key="after", purpose="test", before=first.quiz, later=True)
    assert SWITCH not in Play(quiz, content).page()
    play = Play(quiz, content, [ON])
    assert SWITCH in play.page()
    assert ASK in play.page()


def test_a_line_of_ones_own_is_not_asked_about() -> None:
    """What learners rate themselves is not right or wrong, so how sure they are is not asked."""
    asked = question("compose")
    play = asking(asked)
    play.do("compare", question="q1", text="Tell me more")
    assert ASK not in play.page()
    assert SWITCH not in play.page()
    play.do("check", **fill(play, asked, PERFECT["compose"]))
    assert play.bodies[-1].certainty is None


@pytest.mark.parametrize("kind", GRADED)
def test_a_level_is_kept_with_the_answer(kind: str) -> None:
    """Each other kind of question is asked with three levels, and the one chosen is recorded."""
    asked = question(kind)
    play = asking(asked)
    assert play.page().count('name="sure"') == 3
    answer(play, PERFECT[kind], 2, asked)
    assert play.bodies[-1] == QuizAnswered("m1", play.state.answer.response, 2)
    assert quiz.sure(play.state.record) == (SureAnswer(2, 1),)
    assert play.reopened == play.state


@pytest.mark.parametrize("kind", GRADED)
@pytest.mark.parametrize("level", ["", "0", "4", "high"])
def test_no_level_chosen(kind: str, level: str) -> None:
    """A level left out is asked for at its place, as an answer left out is; nothing is lost and
    nothing recorded.
    """
    asked = question(kind)
    play = asking(asked)
    given = fill(play, asked, PERFECT[kind])
    play.do("check", **given, sure=level)
    assert play.log == [ON]
    assert play.state.problems == (("q1-sure", CHOOSE),)
    page = play.page()
    assert f'<a href="#q1-sure">{CHOOSE}</a>' in page
    assert f'id="q1-sure-error"><span class="brm-hidden">Error: </span>{CHOOSE}</p>' in page
    assert 'id="q1-sure"' in page
    assert play.state.chosen == quiz.responses.read_response("seed", asked, action(given))
    play.do("check", **given, sure="1")
    assert (play.state.problems, play.bodies[-1].certainty) == ((), 1)


def action(form: dict[str, Any]) -> Any:
    fields = {key.replace("__", "-"): value for key, value in form.items()}
    return quiz.Action(
        "check", "", {k: [v] if isinstance(v, str) else v for k, v in fields.items()}
    )


def test_no_option_chosen() -> None:
    """Without an option the level chosen stays; without both each is named."""
    play = asking()
    play.do("check", question="q1", sure="3")
    assert [problem.field for problem in play.state.problems] == ["q1-A"]
    assert play.page().count(" checked") == 1
    play.do("check", question="q1")
    assert [problem.field for problem in play.state.problems] == ["q1-A", "q1-sure"]
    assert play.page().count(" checked") == 0


def test_what_is_chosen_outlives_the_switch() -> None:
    """Switching it on or off, or moving a line, takes back nothing that was chosen."""
    play = Play(quiz, exercise(question(), later=True))
    play.do("certainty", **fill(play, question(), "bea"))
    assert play.state.chosen == "bea"
    assert play.page().count(" checked") == 1
    asked = question("order")
    play = asking(asked)
    play.do("arrange", "down 0", **fill(play, asked, ["ann", "bea", "cyn"]), sure="2")
    assert play.page().count(" checked") == 1
    play.do("certainty", **fill(play, asked, play.state.lines))
    assert list(play.state.lines) == ["bea", "ann", "cyn"]


def test_only_the_first_answer_is_asked_about() -> None:
    """A second try is not asked how sure it is, needs no level, and counts for nothing here."""
    play = asking()
    assert "6 points off for certainty" in answer(play, "cyn", 3)
    assert ASK not in play.page()
    assert SWITCH not in play.page()
    page = answer(play, "ann", 3)
    assert play.bodies[-1].certainty is None
    assert "for certainty" not in page
    assert quiz.sure(play.state.record) == (SureAnswer(3, 0),)


def test_not_knowing_yet_needs_no_level() -> None:
    """In a test "I do not know yet" is taken as it is; a level chosen beside it is not kept."""
    first = exercise(question(key="a1"), key="before", purpose="test")
    content = exercise(question(), key="after", purpose="test", before=first.quiz, later=True)
    play = Play(quiz, content, [ON])
    play.do("not-yet", question="q1", sure="3")
    assert play.bodies[1] == QuizAnswered("after", NOT_YET)
    assert play.state.over
    assert quiz.sure(play.state.record) == ()
    assert "certainty" not in play.page()


def test_an_answer_from_a_page_behind_counts_unmarked() -> None:
    """If another window has turned the page or switched it on meanwhile, no answer is lost: on the
    page on show the level is asked for, behind it the answer counts without one.
    """
    play = asking(question(), question(key="q2"))
    play.do("go", "q2")
    play.do("check", **fill(play, question(), "ann"))
    assert play.bodies[-1] == QuizAnswered("m1", "ann")
    play.do("check", **fill(play, question(key="q2"), "ann"))
    assert play.state.problems == (("q2-sure", CHOOSE),)
    assert play.state.chosen == "ann"


def test_a_level_sent_after_it_was_switched_off_counts() -> None:
    """What a learner said on a page that still asked is kept."""
    play = Play(quiz, exercise(question(), later=True))
    answer(play, "ann", 3)
    assert quiz.sure(play.state.record) == (SureAnswer(3, 1),)


# What is kept of it


@pytest.mark.parametrize("level", [0, 4, -7, None])
def test_odd_levels_in_a_log(level: Any) -> None:
    """A recorded level that there is not leaves the answer as it is, unmarked."""
    kept = event(Draft("q1", 1, QuizAnswered("m1", "ann", level)))
    play = Play(quiz, exercise(question(), later=True), [kept])
    assert play.state.points == 1
    assert quiz.sure(play.state.record) == ()
    assert "certainty" not in play.page(play.do("go", "end"))


def test_an_odd_level_of_not_knowing_yet() -> None:
    """A level recorded with "I do not know yet" is none."""
    kept = event(Draft("q1", 1, QuizAnswered("m1", NOT_YET, 3)))
    play = Play(quiz, exercise(question(), later=True), [kept])
    assert quiz.sure(play.state.record) == ()
    assert "certainty" not in play.page()


def test_starting_over() -> None:
    """A quiz begun anew goes on asking, and only its new answers are there."""
    play = asking()
    answer(play, "cyn", 3)
    play.do("reset-yes")
    assert isinstance(play.bodies[-1], QuizReset)
    assert quiz.sure(play.state.record) == ()
    assert ASK in play.page(play.do("go", "q1"))
    answer(play, "ann", 1)
    assert quiz.sure(play.state.record) == (SureAnswer(1, 1),)


def test_a_test_tells_nothing_before_its_end() -> None:
    """How sure one was of a test, and the test before it, is not told until it is over; then it
    adds up the test's own answers only.
    """
    before = exercise(question(key="a1"), key="before", purpose="test")
    asked = (question(), question(key="q2"))
    content = exercise(*asked, key="after", purpose="test", before=before.quiz, later=True)
    earlier = event(Draft("a1", 1, QuizAnswered("before", "cyn", 3)))
    play = Play(quiz, content, [ON, earlier])
    answer(play, "ann", 3)
    assert quiz.sure(play.state.record) == ()
    assert "for certainty," not in play.page(play.do("go", "end"))
    assert "points for certainty" not in play.page(play.do("go", "q1"))
    answer(play, "cyn", 2, asked[1])
    assert quiz.sure(play.state.record) == (SureAnswer(3, 1), SureAnswer(2, 0))
    assert "1 point for certainty, from 2 answers" in seen(play)


def test_an_earlier_edition_counts_no_more() -> None:
    """An answer to an earlier edition is asked for again, with its certainty."""
    old = event(Draft("q1", 1, QuizAnswered("m1", "ann", 3)))
    play = Play(quiz, exercise(question(edition=2), later=True), [ON, old])
    assert quiz.sure(play.state.record) == ()
    assert ASK in play.page()


ACTIONS = st.one_of(
    st.builds(
        lambda q, p, s: ("check", "", {"question": q, "pick": p, "sure": s}),
        st.sampled_from([f"q-{kind}" for kind in PERFECT]),
        st.lists(st.sampled_from("ABC"), max_size=3),
        st.sampled_from(["", "1", "2", "3", "4"]),
    ),
    st.builds(lambda q: ("go", q, {}), st.sampled_from([*(f"q-{k}" for k in PERFECT), "end"])),
    st.builds(lambda q: ("certainty", "", {"question": q}), st.sampled_from(["q-single", "x"])),
    st.just(("reset-yes", "", {})),
)


@given(st.lists(ACTIONS, max_size=12))
def test_reopened_it_is_the_same(actions: list[tuple[str, str, dict[str, Any]]]) -> None:
    """Whatever is done, the log alone rebuilds the page, and each level counts one first answer."""
    content = exercise(later=True)
    play = Play(quiz, content)
    for name, about, form in actions:
        play.do(name, about, **form)
    passing = {"arranged": NOTHING_MOVED, "incomplete": NOTHING_CHOSEN}
    live = replace(play.state, notice="", confirming=False, **passing)
    assert play.page(play.reopened) == play.page(live)
    found = quiz.sure(recorded(quiz, content, play.log))
    assert len(found) <= len(play.state.tries)


def test_one_wish_for_all_quizzes(library: Library) -> None:
    """Switched on in one quiz, it is on in the others; that begins none of them, and leaves the
    learner where they were.
    """
    learner = Learner(MemoryLog())
    session = find_session(library, "quiz", "m2", learner)
    session.open()
    session.answer({"action": "go m2-q02", "form": {}})
    form = {"question": ["m2-q02"]}
    sent = {"n": new_id(), "action": "certainty", "form": form}
    assert ASK in session.answer(sent)
    assert ASK in session.answer(sent)  # the same once more is no second click
    assert ASK in find_session(library, "quiz", "m3", learner).open()
    assert ASK not in find_session(library, "quiz", "m1", learner).open()
    names = ("m1", "m2", "m3")
    places = [find_place(library, "quiz", name) for name in names]
    progress = Progress(places)
    progress.catch_up(learner.log)
    assert [progress.begun(place, "") for place in places] == [False, True, False]
    last = progress.last("")
    assert last is not None
    assert last.place == places[1]
    assert [progress.record(place, "").asking for place in places] == [False, True, True]


# What is said about it


FEEDBACK = {
    ("ann", 3): "Very sure, and right: 3 points for certainty. "
    "Very sure and wrong would have cost 6.",
    ("ann", 1): "Not sure, and right: 1 point for certainty. "
    "Not sure and wrong would have cost nothing.",
    ("bea", 3): "Very sure, and partly right: 1.5 of 3 points for certainty. "
    "What is partly right costs none.",
    ("cyn", 2): "Fairly sure, and not right: 2 points off for certainty. "
    "Not sure would have cost nothing.",
    ("cyn", 1): "Not sure, and not right: nothing for certainty, and nothing lost.",
}
"""What is said of an option chosen with a level."""


@pytest.mark.parametrize(("option", "level"), FEEDBACK)
def test_what_the_feedback_says(option: str, level: int) -> None:
    """After an answer a sentence says what the certainty did; the result of the quiz is what it
    would have been.
    """
    play = asking()
    assert FEEDBACK[option, level] in answer(play, option, level)
    plain = Play(quiz, exercise(question(), later=True))
    plain.do("check", **fill(plain, question(), option))
    assert plain.state.points == play.state.points
    assert "for certainty" not in plain.page()


def test_a_right_tick_without_a_point() -> None:
    """Where something is right and yet no point earned, it is not called not right."""
    asked = question("multiple")
    page = answer(asking(asked), ["ann", "cyn", "bea"], 3, asked)
    assert "Very sure, and no point for the answer: 6 points off" in page
    assert "not right:" not in page


def test_the_summary_counts() -> None:
    """The summary says for each level how often it was right, with counts, apart from the points of
    the quiz; levels that nobody chose, and answers without one, are not there.
    """
    asked = [question(key=f"q{n}") for n in range(5)]
    play = asking(*asked)
    for one, option in zip(asked[:4], ("ann", "ann", "bea", "cyn"), strict=True):
        answer(play, option, 3, one)
    play.do("certainty", question="q4")
    play.do("check", **fill(play, asked[4], "ann"))
    play.do("go", "end")
    page = seen(play)
    assert "<strong>3.5</strong> of 5 points on your first tries" in page
    assert (
        "When you were very sure you were right 2 times of 4, and partly right 1 time. "
        "Very sure pays best from 8 right of 10 on." in page
    )
    assert "1.5 points for certainty, from 4 answers." in page
    assert "fairly sure you" not in page
    assert page.count("You were very sure.") == 4


def test_a_loss_has_a_real_minus() -> None:
    """Points below nothing are shown with a minus that screen readers say."""
    play = asking()
    answer(play, "cyn", 3)
    play.do("go", "end")
    assert "\N{MINUS SIGN}6 points for certainty, from 1 answer." in seen(play)
