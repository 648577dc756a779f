"""Activities: what is recorded when, what is on the page, and what the log alone rebuilds."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brmcourse.activities import conversation, plan, quiz, reflection, response, scale
from brmcourse.activities.activity import Action, Context, caught_up, recorded, start
from brmcourse.activities.quiz import NOTHING_CHOSEN, NOTHING_MOVED
from brmcourse.activities.writing import Prompted
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import (
    NOT_YET,
    Body,
    Draft,
    Event,
    LearnerBegan,
    PlanReported,
    PlanWrote,
    QuizAnswered,
    ReflectionWrote,
    ScaleRated,
)
from tests.make import (
    GRADED,
    PERFECT,
    exercise,
    ladder,
    prompts,
    question,
    questionnaire,
    staged,
)
from tests.play import CONTEXT, Play, event, fill


@pytest.mark.parametrize("kind", PERFECT)
def test_quiz_marks_what_was_chosen(kind: str) -> None:
    """The perfect response to each kind of question comes through the form as it was meant and
    earns the point.
    """
    asked = question(kind)
    play = Play(quiz, exercise(asked))
    play.do("check", **fill(play, asked, PERFECT[kind]))
    assert play.state.answer.mark.correct
    assert play.bodies == [QuizAnswered("m1", play.state.answer.response)]
    assert play.log[0].subject == "q1"


def test_quiz_first_try_counts() -> None:
    """Any number of tries is allowed; the first counts for the mark."""
    asked = question()
    play = Play(quiz, exercise(asked))
    for pick in ("cyn", "bea", "ann"):
        play.do("check", **fill(play, asked, pick))
    assert play.state.answer.mark.correct
    assert play.state.points == 0
    assert [body.response for body in play.bodies] == ["cyn", "bea", "ann"]
    assert play.state.tries["q1"].times == 3
    assert play.state.to_review == (asked,)


def test_quiz_nothing_chosen() -> None:
    """Checking without a choice records nothing and says what to do."""
    play = Play(quiz, exercise(question()))
    play.do("check", question="q1")
    assert play.log == []
    assert play.state.problems == (("q1-A", "Choose one of the answers first."),)
    play.do("check", **fill(play, question(), "ann"))
    assert play.state.problems == ()


GAPS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "multiple": ({}, ["A"]),
    "judgement": ({"rate__B": "2"}, ["A", "C"]),
    "match": ({"rate__A": "T1", "rate__C": "T2"}, ["B"]),
    "compose": ({"text": "Tell me more", "rate__R1": "2"}, ["R2"]),
}
"""For each kind of question a form with gaps, and the codes of the fields that are missing."""


@pytest.mark.parametrize("kind", GAPS)
def test_what_is_missing_is_named_field_by_field(kind: str) -> None:
    """Each gap has words of its own, at the top with a link to its field, and again beside it; what
    was given stays.
    """
    form, gaps = GAPS[kind]
    play = Play(quiz, exercise(question(kind)))
    if kind == "compose":
        play.do("compare", question="q1", text="Tell me more")
    before = len(play.log)
    play.do("check", question="q1", **form)
    assert len(play.log) == before
    assert [problem.field for problem in play.state.problems] == [f"q1-{gap}" for gap in gaps]
    page = play.page()
    for field, words in play.state.problems:
        assert f'<a href="#{field}">{words}</a>' in page
        assert f' id="{field}"' in page
        assert f'id="{field}-error"><span class="brm-hidden">Error: </span>{words}</p>' in page
    given = len(form) - ("text" in form)
    assert page.count(" checked") + page.count(" selected") == given


@pytest.mark.parametrize("kind", ["judgement", "match"])
def test_where_all_is_missing_it_is_said_once(kind: str) -> None:
    """Without any value one sentence does for all rows."""
    play = Play(quiz, exercise(question(kind)))
    play.do("check", question="q1")
    [problem] = play.state.problems
    assert problem.field == "q1-A"
    assert "every" in problem.words


def test_a_problem_belongs_to_its_question() -> None:
    """Turning the page, here or in another window, leaves the problem behind."""
    play = Play(quiz, exercise(question(), question(key="q2")))
    play.do("check", question="q1")
    assert play.state.problems
    turned = event(quiz.moved(play.state, "q2"))
    assert caught_up(quiz, play.state, [turned]).problems == ()
    assert play.do("go", "q2").problems == ()


STEMS = {
    "What now?": ("", "What now?"),
    "It rains. What now?": ("It rains.", "What now?"),
    "She asks, 'Why me?' Rate each reply.": ("She asks, 'Why me?'", "Rate each reply."),
    "He left. Which fits? Choose all that apply.": (
        "He left.",
        "Which fits? Choose all that apply.",
    ),
    "It costs 2.5 days. He said, 'No.' Who is right, Dr. May or Mr. Lee?": (
        "It costs 2.5 days. He said, 'No.'",
        "Who is right, Dr. May or Mr. Lee?",
    ),
    "It opens at 9 a.m. every day. Which opposes 'do right'?": (
        "It opens at 9 a.m. every day.",
        "Which opposes 'do right'?",
    ),
    "Sort the lines": ("", "Sort the lines"),
}


@pytest.mark.parametrize("stem", STEMS)
def test_a_stem_is_a_case_and_a_question(stem: str) -> None:
    """The last question of a stem, or its last sentence, stands apart from the case before it."""
    assert response.parted(stem) == STEMS[stem]


def test_no_stem_loses_a_word(library: Library) -> None:
    """In the whole course each stem asks something, and its two parts are all of it."""
    for name in library.names("questions"):
        for asked in library.named("questions", name).questions:
            stem = response.parted(asked.stem)
            assert " ".join(part for part in stem if part) == asked.stem
            assert "?" in stem.asked


HALF_RIGHT: dict[str, tuple[Any, dict[str, str]]] = {
    "single": ("bea", {"bea": "partly"}),
    "multiple": (["ann", "cyn"], {"ann": "right", "cyn": "wrong"}),
    "judgement": (
        {"ann": 5, "bea": 4, "cyn": 5},
        {"ann": "right", "bea": "partly", "cyn": "wrong"},
    ),
    "match": (
        {"ann": "left", "bea": "left", "cyn": "left"},
        {"ann": "right", "bea": "wrong", "cyn": "right"},
    ),
    "order": (["bea", "ann", "cyn"], {"ann": "wrong", "bea": "wrong", "cyn": "right"}),
}
"""A response to each kind that is neither right nor wrong, and how each part of it is."""


@pytest.mark.parametrize("kind", HALF_RIGHT)
def test_each_part_of_an_answer_has_a_grade(kind: str) -> None:
    """Whoever is partly right learns which part is."""
    given, expected = HALF_RIGHT[kind]
    play = Play(quiz, exercise(question(kind)))
    play.do("check", **fill(play, question(kind), given))
    assert play.state.answer.grades == expected
    assert play.state.answer.grade == "partly"


def test_a_right_tick_among_wrong_ones_is_not_nothing() -> None:
    """Ticking everything earns no point; that some ticks are right is said all the same."""
    asked = question("multiple")
    play = Play(quiz, exercise(asked))
    answer = play.do("check", **fill(play, asked, ["ann", "bea", "cyn"])).answer
    assert (answer.mark.points, answer.grade, answer.lacking) == (0, "partly", False)
    answer = play.do("check", **fill(play, asked, ["cyn"])).answer
    assert (answer.grade, answer.lacking) == ("wrong", True)


def test_there_is_a_way_back_to_the_summary() -> None:
    """Once the summary was on show each question leads back to it, also after a restart; starting
    over begins without it.
    """
    first, second = question(), question(key="q2")
    play = Play(quiz, exercise(first, second))
    play.do("check", **fill(play, first, "ann"))
    assert "Back to the summary" not in play.page()
    play.do("go", "end")
    play.do("go", "q1")
    for state in (play.state, play.reopened):
        assert "Back to the summary" in play.page(state)
    play.do("reset-yes")
    assert "Back to the summary" not in play.page()


def test_a_test_goes_on_to_what_is_still_open() -> None:
    """After an answer comes the next question without one; after the last, the end."""
    asked = [question(key=key) for key in ("a", "b", "c")]
    play = Play(quiz, exercise(*asked, purpose="test"))
    play.do("go", "b")
    play.do("check", **fill(play, asked[1], "ann"))
    play.do("go", "a")
    assert play.do("check", **fill(play, asked[0], "ann")).question is asked[2]
    assert play.do("check", **fill(play, asked[2], "ann")).question is None


def test_incomplete_answer_keeps_what_was_chosen() -> None:
    """Where a rating is missing, those already made stay on the page."""
    asked = question("judgement")
    play = Play(quiz, exercise(asked))
    play.do("check", **fill(play, asked, {"ann": 5, "bea": 3}))
    assert play.log == []
    assert play.page().count(" checked") == 2


def test_quiz_order_is_the_learners_own() -> None:
    """Options are shuffled: the same for one learner each time, not the same for all learners."""
    asked = question()
    orders = {tuple(o.id for _, o in response.shown(str(n), asked)) for n in range(30)}
    assert len(orders) == 6
    assert response.shown("me", asked) == response.shown("me", asked)


def test_order_question_is_never_handed_out_solved() -> None:
    """No learner finds the lines of an order question already in the right order, and moving swaps
    neighbours.
    """
    asked = question("order")
    for seed in range(50):
        state = start(quiz, exercise(asked), (), Context(str(seed)))
        assert [option.id for _, option in response.arranged(state.seed, asked, state.lines)] != [
            "ann",
            "bea",
            "cyn",
        ]
    play = Play(quiz, exercise(asked))

    def lines() -> list[str]:
        return [code for code, _ in response.arranged(play.state.seed, asked, play.state.lines)]

    before = lines()
    play.do("arrange", "down 0", question="q1", pick=before)
    assert lines() == [before[1], before[0], before[2]]
    play.do("arrange", "up 0", question="q1", pick=before)
    assert lines() == before


def test_quiz_reset_keeps_history() -> None:
    """Starting over asks first, then empties the page; the log keeps every earlier answer."""
    asked = question()
    play = Play(quiz, exercise(asked))
    play.do("check", **fill(play, asked, "ann"))
    play.do("reset")
    assert play.state.confirming
    assert play.state.tries
    play.do("reset-no")
    assert not play.state.confirming
    play.do("reset")
    play.do("reset-yes")
    assert play.state.tries == {}
    assert [event.kind for event in play.log] == ["quiz.answered", "quiz.reset"]


def test_changed_question_is_asked_again() -> None:
    """An answer to an earlier edition stays in the log, is not marked by the new key, and the
    learner is told.
    """
    play = Play(quiz, exercise(question()))
    play.do("check", **fill(play, question(), "ann"))
    newer = exercise(question(edition=2))
    later = Play(quiz, newer, play.log)
    assert later.state.tries == {}
    assert later.state.outdated == {"q1"}
    assert "changed since you answered it" in later.page()
    later.do("check", **fill(later, newer.quiz.questions[0], "bea"))
    assert later.state.outdated == frozenset()


def test_reworded_feedback_does_not_ask_again() -> None:
    """Changing feedback, reasons or references leaves earlier answers in force."""
    assert question().fingerprint == question(why="Other words.", bloom="analyse").fingerprint
    assert question().fingerprint != question(stem="Other?").fingerprint


def test_compose_keeps_ratings_while_they_are_made() -> None:
    """Rating a point of the rubric saves it, so that a page drawn again shows what was ticked."""
    play = Play(quiz, exercise(question("compose")))
    play.do("compare", question="q1", text="Tell me more")
    play.do("draft", question="q1", text="Tell me more", rate__R1="2")
    assert play.reopened.record.written["q1"] == {"text": "Tell me more", "ratings": {"asks": 2}}
    assert play.page().count(" checked") == 1


def test_compose_shows_the_model_answer_only_after_the_own_line() -> None:
    """The model answer of a compose question appears after the learner wrote a line, not before."""
    asked = question("compose")
    play = Play(quiz, exercise(asked))
    assert "What did I miss?" not in play.page()
    play.do("compare", question="q1", text="  ")
    assert play.log == []
    play.do("draft", question="q1", text="Tell me mo")
    assert "What did I miss?" not in play.page()
    play.do("compare", question="q1", text="Tell me more")
    assert "What did I miss?" in play.page()
    assert "Tell me more" in play.page(play.reopened)


TOLD = (
    "Feedback on",
    "Because.",
    "Key:",
    "credit",
    "✓",
    "points",
    "right.",
    "Not this one",
    "right place",
    "Partly",
    "You rated",
    "steps from",
    "◐",
    "→",
    'value="ann"',
)
"""Words by which a page would tell how an answer was."""


def first_test() -> Any:
    """Return a test of two questions."""
    return exercise(
        question(key="a1"), question("multiple", key="a2"), key="before", purpose="test"
    )


def second_test() -> Any:
    """Return the test that follows it, with two other questions."""
    asked = (question(key="b1"), question("judgement", key="b2"))
    return exercise(*asked, key="after", purpose="test", before=first_test().quiz)


def take(content: Any, responses: dict[str, Any], log: tuple[Event, ...] = ()) -> Play:
    """Answer questions of a test, for a learner who did before what is in the log."""
    play = Play(quiz, content, list(log))
    for asked in content.quiz.questions:
        if asked.id in responses:
            play.do("check", **fill(play, asked, responses[asked.id]))
    return play


@pytest.mark.parametrize("kind", GRADED)
def test_test_takes_one_answer(kind: str) -> None:
    """A test keeps the first answer to a question, leads on at once, and takes no second one."""
    asked = question(kind)
    play = Play(quiz, exercise(asked, question(key="q2"), purpose="test"))
    play.do("check", **fill(play, asked, PERFECT[kind]))
    assert play.state.question.id == "q2"
    play.do("go", "q1")
    page = play.page()
    assert "Your answer is kept." in page
    assert 'value="check"' not in page
    before = len(play.log)
    play.do("check", **fill(play, asked, PERFECT[kind]))
    assert len(play.log) == before
    assert "first answer" in play.state.notice
    assert play.reopened == replace(play.state, notice="")


@pytest.mark.parametrize("kind", GRADED)
def test_first_test_never_tells(kind: str) -> None:
    """A first test holds no key, feedback, reason or mark: not before an answer, not after it, and
    not at the end.
    """
    asked = question(kind)
    play = Play(quiz, exercise(asked, purpose="test"))
    pages = [play.page()]
    play.do("check", **fill(play, asked, PERFECT[kind]))
    assert play.state.over
    pages.append(play.page())
    pages.append(play.page(play.do("go", "q1")))
    assert "Your answers are kept" in pages[1]
    assert [word for word in TOLD for page in pages if word in page] == []


@pytest.mark.parametrize("kind", GRADED)
def test_not_knowing_yet_is_an_answer_in_a_test(kind: str) -> None:
    """To each kind of question of a test one can answer "I do not know yet": it is kept as that
    one answer, leads on, and counts as answered. A first test says no more about it.
    """
    asked = question(kind)
    play = Play(quiz, exercise(asked, question(key="q2"), purpose="test"))
    assert ">I do not know yet</button>" in play.page()
    play.do("not-yet", **fill(play, asked, PERFECT[kind]))
    assert play.bodies[0] == QuizAnswered("m1", NOT_YET)
    assert (play.state.question.id, play.state.points) == ("q2", 0)
    page = play.page(play.do("go", "q1"))
    assert "Your answer is kept: you do not know yet." in page
    assert " checked" not in page
    assert " selected" not in page
    assert "I do not know yet</button>" not in page
    play.do("go", "end")
    assert "You answered 1 of 2 questions" in play.page()
    play.do("check", question="q1", pick="A")
    assert "first answer" in play.state.notice
    assert [word for word in TOLD if word in page + play.page()] == []


@pytest.mark.parametrize("kind", GRADED)
def test_second_test_says_what_one_did_not_know(kind: str) -> None:
    """At its end a second test says where one did not know yet, and gives the reason, but no
    verdict.
    """
    asked = question(kind, key="b1")
    after = exercise(asked, key="after", purpose="test", before=first_test().quiz)
    play = Play(quiz, after)
    play.do("not-yet", question="b1")
    page = play.page()
    assert "You said that you did not know yet" in page
    assert "Not right" not in page
    assert "<strong>0</strong> of 1 points" in page
    page = play.page(play.do("go", "b1"))
    assert "You said that you did not know yet." in page
    assert "Because." in page
    assert not {word for word in ("Feedback on", "Not this", "You rated", "→") if word in page}
    assert play.reopened == play.state


@pytest.mark.parametrize("kind", PERFECT)
def test_not_knowing_yet_is_for_tests(kind: str) -> None:
    """Where one can try again, there is no such answer; a log that holds one is read all the
    same.
    """
    play = Play(quiz, exercise(question(kind)))
    with pytest.raises(ActionError):
        play.do("not-yet", question="q1")
    assert "I do not know yet" not in play.page()
    kept = event(Draft("q1", 1, QuizAnswered("m1", NOT_YET)))
    old = Play(quiz, exercise(question(kind)), [kept])
    assert "You said that you did not know yet." in old.page()
    assert "You said that you did not know yet" in old.page(old.do("go", "end"))


@pytest.mark.parametrize("keys", [1, 2, 3])
def test_one_to_all_but_one_may_be_right(keys: int) -> None:
    """A question with several answers may have one right or all but one; the page says to choose
    all that apply, never how many there are, and its words are true for each number.
    """
    rows = [
        {"id": name, "text": f"Text of {name}", "feedback": f"Feedback on {name}", "credit": credit}
        for name, credit in zip("wxyz", [1] * keys + [0] * (4 - keys), strict=True)
    ]
    asked = question("multiple", options=rows)
    play = Play(quiz, exercise(asked))
    page = play.page()
    assert page.count("Choose all that apply.") == 1
    assert not re.search(r"\b(one|two|three|all but)\b", page)
    right, wrong = list("wxyz"[:keys]), list("wxyz"[keys:])
    page = play.page(play.do("check", **fill(play, asked, right)))
    assert "Yes, that is right." in page
    page = play.page(play.do("check", **fill(play, asked, right[:1])))
    assert ("and something is still missing" in page) == (keys > 1)
    page = play.page(play.do("check", **fill(play, asked, [*right, wrong[0]])))
    assert "Nothing is missing." in page
    page = play.page(play.do("check", **fill(play, asked, wrong)))
    assert "This one is right." not in page
    assert "Nothing is missing" not in page


def test_the_stem_may_say_it_itself() -> None:
    """Where the stem says to choose all that apply, the page does not say it again."""
    stem = "Which of these help? Choose all that apply."
    assert Play(quiz, exercise(question("multiple", stem=stem))).page().count("all that apply") == 1


def test_how_far_ratings_lie_apart() -> None:
    """The mean distance is that of the ratings, not of the points they earn."""
    asked = question("judgement")
    play = Play(quiz, exercise(asked))
    page = play.page(play.do("check", **fill(play, asked, {"ann": 4, "bea": 4, "cyn": 2})))
    assert "your ratings lie 1 step from those" in page


def test_second_test_tells_at_its_end() -> None:
    """A second test tells nothing until each question is answered; then both results, and the
    reasons one by one.
    """
    before = take(first_test(), {"a1": "ann", "a2": ["ann"]})
    play = take(second_test(), {"b1": "ann"}, tuple(before.log))
    assert [
        word
        for word in TOLD
        for page in (play.page(), play.page(play.do("go", "b1")))
        if word in page
    ] == []
    play.do("go", "end")
    assert "1 of 2 questions" in play.page()
    assert "points" not in play.page()
    play.do("check", **fill(play, play.state.quiz.questions[1], PERFECT["judgement"]))
    assert (play.state.points, play.state.points_before) == (2, 1.5)
    page = play.page()
    assert "<strong>2</strong> of 2 points" in page
    assert "Before the course it was 1.5 of 2" in page
    assert "Because." not in page
    assert "Because." in play.page(play.do("go", "b1"))
    assert "Feedback on ann" in play.page()
    assert play.reopened == play.state


def test_second_test_without_the_first() -> None:
    """Whoever did not finish the first test sees the result of the second alone."""
    half = take(first_test(), {"a1": "ann"})
    play = take(second_test(), {"b1": "ann", "b2": PERFECT["judgement"]}, tuple(half.log))
    assert play.state.points_before is None
    assert "of 2 points" in play.page()
    assert "Before the course" not in play.page()


def test_skipped_question_can_be_answered_later() -> None:
    """A question of a test may be skipped; the end names it, and leads back to it."""
    play = Play(quiz, first_test())
    assert "Skip for now" in play.page()
    play.do("go", "a2")
    play.do("check", **fill(play, question("multiple", key="a2"), ["ann"]))
    page = play.page()
    assert "You have not answered every question" in page
    assert 'value="go a1"' in page
    assert 'value="go a2"' not in page
    play.do("go", "a1")
    play.do("check", **fill(play, question(key="a1"), "cyn"))
    assert play.state.over


def test_taking_the_second_test_again_keeps_the_first() -> None:
    """Taking the second test again asks first, empties it, and leaves the result of the first as it
    was.
    """
    before = take(first_test(), {"a1": "ann", "a2": ["ann", "bea"]})
    play = take(second_test(), {"b1": "cyn", "b2": PERFECT["judgement"]}, tuple(before.log))
    assert "Take this test again?" in play.page(play.do("reset"))
    play.do("reset-yes")
    assert set(play.state.tries) == {"a1", "a2"}
    assert not play.state.telling
    play.do("check", **fill(play, question(key="b1"), "ann"))
    play.do("check", **fill(play, question("judgement", key="b2"), PERFECT["judgement"]))
    assert (play.state.points, play.state.points_before) == (2, 2)
    assert play.reopened == play.state


def test_first_test_taken_again_counts_anew() -> None:
    """When the first test was taken again, the second compares with the new answers, and only with
    all of them.
    """
    before = take(first_test(), {"a1": "ann", "a2": ["ann", "bea"]})
    before.do("reset-yes")
    before.do("check", **fill(before, question(key="a1"), "cyn"))
    answers = {"b1": "ann", "b2": PERFECT["judgement"]}
    assert take(second_test(), answers, tuple(before.log)).state.points_before is None
    before.do("check", **fill(before, question("multiple", key="a2"), ["ann"]))
    play = take(second_test(), answers, tuple(before.log))
    assert (play.state.points, play.state.points_before) == (2, 0.5)
    assert play.state.question is None


ACTIONS = st.one_of(
    st.builds(
        lambda q, p: ("check", "", {"question": q, "pick": p}),
        st.sampled_from([f"q-{kind}" for kind in PERFECT]),
        st.lists(st.sampled_from("ABC"), max_size=3),
    ),
    st.builds(
        lambda q: ("go", q, {}), st.sampled_from([*(f"q-{kind}" for kind in PERFECT), "end"])
    ),
    st.builds(
        lambda t, n: (n, "", {"question": "q-compose", "text": t}),
        st.text(),
        st.sampled_from(["draft", "compare"]),
    ),
    st.sampled_from(
        [("reset", "", {}), ("reset-yes", "", {}), ("reset-no", "", {}), ("nonsense", "", {})]
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTIONS, max_size=12))
def test_reopened_quiz_looks_as_it_did(actions: list[tuple[str, str, dict[str, Any]]]) -> None:
    """Whatever the learner does, the log alone rebuilds the page, but for passing notices."""
    play = Play(quiz, exercise())
    for name, about, form in actions:
        play.do(name, about, **form)
    passing = {"arranged": NOTHING_MOVED, "incomplete": NOTHING_CHOSEN}
    live = replace(play.state, notice="", confirming=False, **passing)
    assert play.page(play.reopened) == play.page(live)


def test_best_and_worst_play() -> None:
    """Best play of a conversation reaches its good ending with all points, worst play the bad one
    with none.
    """
    for points, ending in ((2, "Good"), (0, "Bad")):
        play = Play(conversation, staged())
        play.do("begin")
        while not play.state.node.ending:
            moves = play.state.moves
            number = next(n for n, (_, choice) in enumerate(moves, 1) if choice.points == points)
            play.do("choose", str(number), turn=str(len(play.state.turns)))
        assert play.state.node.ending == ending
        assert play.state.record.points == (2 * points, 4)
        assert play.state.facts == ("was_let_down",)


def test_gauges_stay_in_bounds() -> None:
    """Trust neither falls below 0 nor rises above 10, however strong the effects are."""
    play = Play(conversation, staged(state={"trust": 1}))
    play.do("begin")
    weak = [n for n, (_, choice) in enumerate(play.state.moves, 1) if choice.points == 0]
    play.do("choose", str(weak[0]), turn="0")
    assert play.state.turns[-1].after["trust"] == 0


def test_conversation_hides_its_workings_in_play() -> None:
    """During play the page holds no points, effects, feedback, skills or hidden concern; the
    debrief shows them.
    """
    play = Play(conversation, staged())
    play.do("begin")
    play.do("choose", "1", turn="0")
    page = play.page()
    assert all(
        word not in page for word in ("That was", "let down", "Listening", "points", "trust")
    )
    play.do("choose", "1", turn="1")
    assert all(
        word in play.page() for word in ("That was", "let down", "Listening", "points", "trust")
    )


def test_coaching_is_a_wish() -> None:
    """A learner may switch on feedback after each move, and off again."""
    play = Play(conversation, staged())
    play.do("begin")
    play.do("coach")
    play.do("choose", "1", turn="0")
    assert "That was" in play.page(play.reopened)
    play.do("coach")
    assert "That was" not in play.page()


def test_play_again_from_any_turn() -> None:
    """Going back to a turn keeps the moves before it; the endings reached stay known."""
    play = Play(conversation, staged())
    play.do("begin")
    for turn in "01":
        play.do("choose", "1", turn=turn)
    ending, first = play.state.node.ending, play.state.turns[0]
    play.do("rewind", "1")
    assert play.state.turns == (first,)
    assert play.state.record.reached == {ending}
    play.do("rewind", "0")
    assert play.state.turns == ()
    assert play.reopened == play.state


def test_a_move_from_a_stale_page_changes_nothing() -> None:
    """Another move for a turn that was answered, or that was taken back, records nothing and says
    so; the same move once more says nothing.
    """
    play = Play(conversation, staged())
    play.do("begin")
    play.do("choose", "1", turn="0")
    before = len(play.log)
    play.do("choose", "1", turn="0")
    assert not play.state.notice
    for number, turn in (("2", "0"), ("9", "0"), ("1", "2"), ("1", "x")):
        play.do("choose", number, turn=turn)
        assert play.state.notice == conversation.NOT_OPEN
    assert len(play.log) == before


def test_two_moves_at_once_count_once() -> None:
    """Two windows that move at the same moment leave one move in the conversation: the first in the
    log.
    """
    play = Play(conversation, staged())
    play.do("begin")
    _, drafts = conversation.update(play.state, Action("choose", "1", {"turn": ["0"]}))
    _, others = conversation.update(play.state, Action("choose", "2", {"turn": ["0"]}))
    log = [*play.log, event(drafts[0]), event(others[0])]
    state = start(conversation, staged(), log, CONTEXT)
    assert [turn.choice for turn in state.record.turns] == [drafts[0].body.choice]


def test_changed_conversation_starts_afresh() -> None:
    """Moves in an earlier edition stay in the log; the learner is told and starts from the
    beginning.
    """
    play = Play(conversation, staged())
    play.do("begin")
    play.do("choose", "1", turn="0")
    later = Play(conversation, staged(edition=2), play.log)
    assert later.state.turns == ()
    assert "changed since you played it" in later.page()


def test_scale_saves_each_rating_and_scores_on_finish() -> None:
    """Each rating is recorded once when it changes; the result needs a finish and is kept with its
    time.
    """
    play = Play(scale, questionnaire())
    play.do("draft", i0="4")
    play.do("draft", i0="4", i1="none")
    assert play.bodies == [ScaleRated({"i0": 4}), ScaleRated({"i1": None})]
    assert play.reopened.ratings == {"i0": 4, "i1": None}
    play.do("finish", i0="4", i1="none")
    assert play.state.missing == tuple(f"i{n}" for n in range(2, 8))
    assert play.state.result is None
    play.do("finish", **{f"i{n}": "5" for n in range(8)})
    assert play.state.result.score.score == 75
    assert play.reopened == play.state


def test_scale_names_the_change_since_last_time() -> None:
    """A second result is compared with the first; another edition of it is not compared."""
    play = Play(scale, questionnaire())
    play.do("finish", **{f"i{n}": "3" for n in range(8)})
    play.do("again")
    assert play.state.ratings == {}
    play.do("finish", **{f"i{n}": "5" for n in range(8)})
    page = play.page()
    assert "Since last time" in page
    assert "+25 points" in page
    other = Play(scale, questionnaire(edition=2), play.log)
    assert other.state.result is None
    assert "cannot be compared" in other.page()


def test_levels_are_told_in_words() -> None:
    """Levels are told by name, of two that a middle lies between by both, beside the score of the
    other items.
    """
    play = Play(scale, ladder())
    play.do("finish", i0="3", i1="5", c0="1", c1="2", c2="3")
    page = play.page()
    assert "<strong>75</strong> of 100" in page
    assert "between apart and in touch" in page
    assert "Together" in page
    play.do("again")
    play.do("finish", i0="3", i1="5", c0="2", c1="2", c2="3")
    assert "last time: between apart and in touch" in play.page()


def test_level_that_is_not_offered() -> None:
    """A form value beyond the levels of an item is no answer, also where the format's labels go
    further.
    """
    play = Play(scale, ladder())
    play.do("draft", c0="4", c1="3", i0="5")
    assert play.state.ratings == {"c1": 3, "i0": 5}


def test_scale_too_few_answers() -> None:
    """With too few answers the learner reads that it is not enough to say yet, and no number."""
    play = Play(scale, questionnaire())
    play.do("finish", i0="4")
    play.do("finish-anyway", i0="4")
    page = play.page()
    assert "Not enough to say yet" in page
    assert "of 100" not in page


def test_writing_keeps_text_to_the_letter(library: Library) -> None:
    """20,000 characters with markup and emoji are kept exactly, shown as text, and recorded only
    when they change.
    """
    text = ("<script>alert('x')</script> & \"quotes\" 😀\n\n" * 600)[:20_000]
    prompts = reflection.find(library, "m6")
    first = prompts.prompts[0].id
    play = Play(reflection, prompts)
    play.do("draft", **{f"{first}:text": text})
    play.do("draft", **{f"{first}:text": text})
    assert play.bodies == [ReflectionWrote(text)]
    assert play.reopened.text(first, "text") == text
    assert "<script>" not in play.page()


def test_plan_reads_as_a_sentence(library: Library) -> None:
    """A plan with a situation and an act is shown as one if-then sentence."""
    asked = plan.find(library, "m1")
    key = asked.prompts[0].id
    play = Play(plan, asked)
    play.do(
        "draft", **{f"{key}:situation": "she sighs", f"{key}:action": "ask why", f"{key}:when": ""}
    )
    assert "If she sighs, then I ask why." in play.page()


def dated(on: str, *more: Body) -> Play:
    """Return a plan with a day, and what came after it, as it is opened on 24 November."""
    bodies = [PlanWrote("she sighs", "ask why", "", on), *more]
    history = [event(Draft("m1-p1", 1, body)) for body in bodies]
    return Play(plan, Prompted(prompts().plans, PlanWrote, "m1"), history)


def report(play: Play, **form: str) -> None:
    """Send a report on the plan."""
    play.do("report", "m1-p1", **{f"m1-p1:{name}": text for name, text in form.items()})


OPEN = "<details open>"


def test_a_plan_asks_on_its_day() -> None:
    """A plan has a day beside its words; from that day on the form for a report stands open, else
    it is folded, and where nothing is planned there is none.
    """
    assert OPEN in dated("2026-11-24").page()
    early = dated("2026-11-25").page()
    assert OPEN not in early
    assert "What became of this plan?" in early
    assert "On 25 November 2026." in early
    for odd in ("", "soon", "2026-02-30"):
        assert OPEN not in dated(odd).page()
    empty = Play(plan, Prompted(prompts().plans, PlanWrote, "m1"))
    assert "What became of this plan?" not in empty.page()
    empty.do("draft", **{"m1-p1:action": "ask", "m1-p1:on": "2026-11-24"})
    assert empty.bodies == [PlanWrote("", "ask", "", "2026-11-24")]
    assert OPEN in empty.page()


@pytest.mark.parametrize(("outcome", "words"), plan.OUTCOMES.items())
def test_what_became_of_a_plan_is_kept_and_shown(outcome: str, words: str) -> None:
    """An outcome and what happened are recorded; they stand with the plan, the latest first."""
    play = dated("2026-11-24", PlanReported("not-yet", "At first."))
    report(play, outcome=outcome, happened=" She <told> me.\n")
    assert play.bodies[2:] == [PlanReported(outcome, " She <told> me.\n")]
    assert play.reopened.record == play.state.record
    told = play.reopened.reports("m1-p1")
    assert [one.text for one in told] == [" She <told> me.\n", "At first."]
    page = play.page()
    assert OPEN not in page
    assert f"<strong>{words}</strong>" in page
    assert page.index("She &lt;told&gt; me.") < page.index("At first.")
    assert 'id="m1-p1-report-latest" tabindex="-1" data-focus' in page


def test_not_yet_asks_for_a_new_day() -> None:
    """A plan that is not done yet takes a new day with the report and asks then; without one the
    page says so. Another outcome moves nothing.
    """
    play = dated("2026-11-23")
    report(play, outcome="not-yet", happened="", again="2026-12-01")
    assert play.bodies[1:] == [
        PlanReported("not-yet", ""),
        PlanWrote("she sighs", "ask why", "", "2026-12-01"),
    ]
    assert plan.asks_on(play.state.record, "m1-p1") == date(2026, 12, 1)
    assert "no new day" not in play.page()
    play = dated("2026-11-23")
    report(play, outcome="not-yet", happened="")
    assert "no new day" in play.page()
    play = dated("2026-11-23")
    report(play, outcome="done", happened="", again="2026-12-01")
    assert play.bodies[1:] == [PlanReported("done", "")]


@pytest.mark.parametrize("outcome", ["", "splendid"])
def test_a_report_without_an_outcome_is_none(outcome: str) -> None:
    """A report that does not say how it went records nothing, says so, and keeps what was typed;
    so does saving anything else meanwhile.
    """
    play = dated("2026-11-24")
    report(play, outcome=outcome, happened="It rained.", again="2026-12-01")
    assert len(play.bodies) == 1
    page = play.page()
    assert "Choose how it went first." in page
    assert "It rained.</textarea>" in page
    play.do("draft", **{"m1-p1:when": "at noon"})
    assert play.bodies[1:] == [PlanWrote("she sighs", "ask why", "at noon", "2026-11-24")]
    page = play.page()
    assert "It rained.</textarea>" in page
    assert 'value="2026-12-01"' in page
    report(play, outcome="changed")
    assert play.bodies[-1] == PlanReported("changed", "It rained.")
    assert "It rained.</textarea>" not in play.page()


def test_a_report_on_another_plan_is_not_ours() -> None:
    """A report that names a plan which is not on the page changes nothing."""
    play = dated("2026-11-24")
    play.do("report", "m9-p1", **{"m1-p1:outcome": "done"})
    assert len(play.bodies) == 1


def test_very_many_reports_are_a_chain() -> None:
    """Thousands of reports fold and compare without trouble."""
    play = dated("2026-11-24", *[PlanReported("done", str(number)) for number in range(5000)])
    assert len(play.state.reports("m1-p1")) == 5000
    assert play.reopened.record == play.state.record
    assert repr(play.state.record)


def test_foreign_events_are_ignored() -> None:
    """An event that an activity does not know, or of a question that is gone, changes nothing."""
    odd = event(Draft("m1", 1, LearnerBegan("s")))
    gone = event(Draft("q-gone", 1, QuizAnswered("m1", "x")))
    for activity, content in (
        (quiz, exercise()),
        (conversation, staged()),
        (scale, questionnaire()),
    ):
        blank = activity.blank(content)
        assert activity.fold(blank, odd) == blank
    blank = quiz.blank(exercise())
    assert quiz.fold(blank, gone) == blank


MISFITS = (
    "",
    "ann ",
    [],
    ["nobody"],
    ["ann", "nobody"],
    {},
    {"ann": "5"},
    {"ann": None},
    {"text": 5},
    {"text": "x", "ratings": {"asks": 99}},
    {"text": "x", "ratings": []},
)
"""Responses that fit none of the questions, as a damaged log may hold them."""


@pytest.mark.parametrize("kind", PERFECT)
def test_a_damaged_answer_hides_no_other(kind: str) -> None:
    """A recorded response that does not fit counts for nothing; the ones around it count."""
    asked = question(kind)
    content = exercise(asked)
    for misfit in MISFITS:
        responses = (misfit, PERFECT[kind], misfit)
        history = [event(Draft("q1", 1, QuizAnswered("m1", given))) for given in responses]
        play = Play(quiz, content, history)
        assert play.state.points == 1, misfit
        assert play.state.answer.mark.correct
        assert play.page()


def test_records_need_no_page() -> None:
    """What was done can be read without a page: the record of each activity, folded from events."""
    asked = question()
    play = Play(quiz, exercise(asked))
    play.do("check", **fill(play, asked, "bea"))
    found = recorded(quiz, exercise(asked), play.log)
    assert found == play.state.record
    assert found.points(found.content.quiz) == 0.5
