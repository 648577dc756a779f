"""The whole of module 1 as a learner does it: with the mouse, and with the keyboard alone, in both
hosts.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from brmcourse.content.library import Library
from brmcourse.model.conversation import Choice
from brmcourse.model.question import (
    Compose,
    Judgement,
    Match,
    MatchOption,
    Multiple,
    Quiz,
    Single,
    Target,
)

from .conftest import window_on
from .hands import HANDS
from .learner import Learner
from .server import CourseServer
from .table import Table

STRONG, WEAK = 2, 0


@pytest.fixture(scope="module")
def hands(host: str) -> str:
    """How the learner works the page; test_kinds has the other two pairs of host and hands."""
    return "mouse" if host == "pages" else "keyboard"


@pytest.fixture(scope="module")
def learner(
    browser: Browser, host: str, hands: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Learner]:
    """One learner who does the module from top to bottom; the page must not fail inside or call
    anyone else.
    """
    with (
        CourseServer(host, tmp_path_factory.mktemp(f"{host}-{hands}")) as course,
        window_on(course, browser) as window,
    ):
        someone = Learner(window, course.url, HANDS[hands])
        yield someone.open()


def answer_wrongly(learner: Learner, question: object) -> None:
    """Give an answer that earns less than the full point, and check it."""
    match question:
        case Single():
            learner.choose(min(question.options, key=lambda option: option.credit).text)
        case Multiple():
            for option in question.options:
                learner.choose(option.text)
        case Judgement():
            for option in question.options:
                learner.rate(option.text, "1" if option.key >= 3 else "5")
        case Match():
            for option in question.options:
                learner.pick(option.text, elsewhere(question, option).text)
        case Compose():
            learner.write("Your line", "That must have been hard for your nurses.")
            learner.press("Compare with a model answer")
            learner.sees(question.model_answer)
            for criterion in question.rubric:
                learner.rate(criterion.text, "Not yet")
    press_check(learner, question)


def elsewhere(question: Match, option: MatchOption) -> Target:
    """Return a place that a line does not belong to."""
    return next(target for target in question.targets if target.id != option.match)


def press_check(learner: Learner, question: object, *, again: bool = False) -> None:
    """Press the button that checks an answer."""
    check = "Check again" if again else "Check answer"
    learner.press("Save my rating" if isinstance(question, Compose) else check)


def answer_rightly(learner: Learner, question: object) -> None:
    """Give the answer that earns the full point after another one, and check it."""
    match question:
        case Single():
            learner.choose(max(question.options, key=lambda option: option.credit).text)
        case Multiple():
            for option in question.options:
                learner.choose(option.text, on=option.credit == 1)
        case Judgement():
            for option in question.options:
                learner.rate(option.text, str(option.key))
        case Match():
            for option in question.options:
                own = next(one for one in question.targets if one.id == option.match)
                learner.pick(option.text, own.text)
        case Compose():
            for criterion in question.rubric:
                learner.rate(criterion.text, "Yes")
    press_check(learner, question, again=True)


def wrong_feedback(question: object) -> list[str]:
    """Return what `answer_wrongly` is to bring on screen."""
    match question:
        case Single():
            return [min(question.options, key=lambda option: option.credit).feedback, question.why]
        case Compose():
            return [question.why]
    return [*(option.feedback for option in question.options), question.why]


def test_two_guesses_open_the_module(learner: Learner, library: Library) -> None:
    """The two pre-questions can be answered, tell what was chosen, and are not counted."""
    quiz = library.named("questions", "m1-before")
    learner.turn_to(quiz.title)
    for number, question in enumerate(quiz.questions, 1):
        learner.sees(f"Question {number} of {len(quiz.questions)}", question.stem)
        answer_wrongly(learner, question)
        learner.sees(*wrong_feedback(question))
        learner.press("Next question" if number < len(quiz.questions) else "See the summary")
    learner.sees("Your guesses are in", "They are not counted.")
    learner.sees_not("points on your first tries", "Worth reading again")


def test_ten_questions_are_answered_wrong_then_right(learner: Learner, library: Library) -> None:
    """Each question starts with nothing chosen, says where one is, and gives the feedback of the
    option chosen.
    """
    quiz = library.named("questions", "m1")
    learner.turn_to(quiz.title)
    for number, question in enumerate(quiz.questions, 1):
        learner.sees(f"Question {number} of {len(quiz.questions)}", question.stem)
        expect(learner.part.locator("input:checked")).to_have_count(0)
        learner.sees_not(question.why)
        if isinstance(question, Judgement):
            learner.rate(question.options[0].text, "2")
            learner.press("Check answer")
            learner.sees("There is a problem", "has no rating yet.")
        answer_wrongly(learner, question)
        learner.sees(*wrong_feedback(question))
        answer_rightly(learner, question)
        if isinstance(question, Single):
            learner.sees(
                "Yes, that is right.",
                max(question.options, key=lambda option: option.credit).feedback,
            )
        elif isinstance(question, Judgement):
            learner.sees("You rated every move as the author did.")
        learner.press("Next question" if number < len(quiz.questions) else "See the summary")


def test_the_next_question_is_where_the_learner_is(learner: Learner, library: Library) -> None:
    """Going on puts the focus on the new question, in view, so that nobody has to search for it."""
    quiz = library.named("questions", "m1")
    total = len(quiz.questions)
    learner.turn_to(quiz.title)
    learner.press("Look again at question 1")
    for number in range(1, total):
        learner.sees(f"Question {number} of {total}")
        learner.press("Next question")
        count = learner.part.get_by_text(f"Question {number + 1} of {total}")
        expect(count).to_be_focused()
        expect(count).to_be_in_viewport()
    learner.press("Back to the summary")
    expect(learner.part.get_by_role("heading", name="Your result")).to_be_focused()


def first_try_points(quiz: Quiz) -> str:
    """Return the mark of `answer_wrongly` on every question, as the summary words it."""
    points = 0.0
    for question in quiz.questions:
        if isinstance(question, Judgement):
            off = [abs((1 if option.key >= 3 else 5) - option.key) for option in question.options]
            points += sum(max(0, 1 - steps / 2) for steps in off) / len(off)
    return f"{points:.1f}".removesuffix(".0")


def test_the_summary_counts_first_tries_and_leads_back_to_the_reading(
    learner: Learner, library: Library
) -> None:
    """The summary shows the mark of the first tries and links the sections to read again; a link
    leads there.
    """
    quiz, module = library.named("questions", "m1"), library.module("m1")
    learner.turn_to(quiz.title)
    expect(learner.part.locator(".brm-score")).to_contain_text(
        f"{first_try_points(quiz)} of {len(quiz.questions)} points on your first tries."
    )
    wanted = {question.section for question in quiz.questions}
    titles = [section.title for section in module.sections if section.id in wanted]
    assert learner.part.locator("a").all_inner_texts() == titles
    learner.press(titles[0])
    heading = learner.page.get_by_role("heading", name=titles[0]).first
    expect(heading).to_be_in_viewport()
    expect(heading).to_be_focused()


def test_starting_over_asks_first_and_then_clears_the_quiz(
    learner: Learner, library: Library
) -> None:
    """A reset is confirmed, can be refused, and brings back question 1 with nothing chosen."""
    quiz = library.named("questions", "m1")
    learner.turn_to(quiz.title)
    learner.press("Start over")
    learner.press("No, keep my answers")
    learner.sees("Your result")
    learner.press("Start over")
    learner.press("Yes, start over")
    learner.sees(f"Question 1 of {len(quiz.questions)}", quiz.questions[0].stem)
    expect(learner.part.locator("input:checked")).to_have_count(0)


def play(learner: Learner, table: Table, first: int, then: int) -> tuple[list[Choice], list[int]]:
    """Make a move worth `first`, then moves worth `then`; return them, and the trust on the way."""
    moves, trust, points = [], [table.trust], first
    while not table.node.ending:
        learner.sees(*table.texts)
        move = table.worth(points)
        learner.press(move.text)
        table.make(move)
        moves.append(move)
        trust.append(table.trust)
        points = then
    return moves, trust


def test_the_conversation_is_played_to_its_debrief(learner: Learner, library: Library) -> None:
    """Three moves a turn lead to an ending; the debrief shows the path, better lines, trust and all
    endings.
    """
    talk = library.named("conversations", "s1")
    learner.turn_to(talk.title)
    learner.sees(talk.setting, talk.exit_rule)
    learner.press("Start the conversation")
    table = Table(talk)
    expect(learner.part.locator(".brm-moves button")).to_have_count(len(table.choices))
    better = table.worth(STRONG)
    moves, trust = play(learner, table, WEAK, STRONG)
    earned = sum(move.points for move in moves)
    learner.sees("How it ended:", *talk.endings.values(), *talk.debrief)
    expect(learner.part.locator(".brm-score")).to_have_text(
        f"{earned} of {2 * len(moves)} points on the path you took."
    )
    plot = learner.part.get_by_role("img").get_attribute("aria-label")
    steps = [f"after move {number} {value}" for number, value in enumerate(trust)][1:]
    assert [step for step in steps if step not in plot] == []
    learner.sees(moves[0].feedback, better.text)
    expect(learner.part.get_by_text("A better line:")).to_have_count(1)


def test_the_conversation_is_played_again_from_turn_two(learner: Learner, library: Library) -> None:
    """Playing again from move 2 keeps move 1, and another way can be taken from there."""
    talk = library.named("conversations", "s1")
    learner.turn_to(talk.title)
    learner.press("Play again from here: move 2")
    table = Table(talk)
    opening = table.worth(WEAK)
    table.make(opening)
    learner.sees(opening.text, *table.texts)
    expect(learner.part.locator(".brm-you")).to_have_count(1)
    other = table.worth(WEAK)
    learner.press(other.text)
    learner.sees(*table.make(other).texts)
    expect(learner.part.locator(".brm-you")).to_have_count(2)


def test_the_self_assessment_gives_a_result_and_a_change(
    learner: Learner, library: Library
) -> None:
    """Missing answers are named; the result has a score, a band, a dot for each part, and the
    change since then.
    """
    scale = library.named("scales", "emp")
    form = library.named("formats", scale.format)
    learner.turn_to(scale.title)
    *most, last = scale.items
    for item in most:
        learner.rate(item.text, form.labels[0])
    learner.press("See my result")
    learner.sees(f"Line {len(scale.items)} has no answer yet", "No answer yet")
    expect(
        learner.part.locator(".brm-rate", has_text=last.text).locator(".brm-missing")
    ).to_be_visible()
    learner.rate(last.text, form.no_chance)
    learner.press("See my result")
    reverse = [item.reverse for item in most]
    first = round(100 * sum(reverse) / len(reverse))
    learner.sees(form.band(first).text, *form.caveats)
    expect(learner.part.locator(".brm-score strong")).to_have_text(str(first))
    for part in scale.subscales:
        expect(learner.part.get_by_role("img", name=f"{part.title}: ")).to_be_visible()
    learner.press("Answer again")
    expect(learner.part.locator("input:checked")).to_have_count(0)
    for item in scale.items:
        learner.rate(item.text, form.labels[0 if item.reverse else -1])
    learner.press("See my result")
    expect(learner.part.locator(".brm-score strong")).to_have_text("100")
    learner.sees("Since last time", f"+{100 - first} points", form.band(100).text)


def test_the_pressure_map_grows_with_what_is_written(learner: Learner, library: Library) -> None:
    """What is typed says "Saved at" as soon as the typing stops, and is drawn at once, also while
    the entry is still open.
    """
    learner.turn_to(library.named("sheets", "pressures").title)
    drawing = learner.part.get_by_role("img")
    expect(drawing).to_have_count(0)
    learner.write("Who presses your partner", "Her director")
    learner.saved("Person 1")
    expect(drawing).to_have_accessible_name("Who presses My partner. Her director.")
    learner.write("What they want", "lower costs")
    learner.choose("Known")
    name = "Who presses My partner. Her director, lower costs, Known."
    expect(drawing).to_have_accessible_name(name)
    learner.press("Add another person")
    learner.write("Who presses your partner", "Own team")
    expect(drawing).to_have_accessible_name(f"{name} Own team.")


def test_the_plan_is_shown_as_one_sentence(learner: Learner, library: Library) -> None:
    """Situation, action and moment are written, saved, and shown as one if-then sentence."""
    [prompt] = library.named("prompts", "m1").plans
    learner.turn_to("Plan")
    learner.write("If …", "K. says it is late")
    learner.write("then I …", "ask what it causes")
    learner.write("When or where?", "Thursday at ten")
    learner.press("Save now")
    learner.saved(prompt.title)
    learner.sees(
        "If K. says it is late, then I ask what it causes.", "When or where: Thursday at ten."
    )


def test_the_module_asked_nobody_else(learner: Learner) -> None:
    """The whole module ran without a request to another machine and without an error inside the
    page.
    """
    assert len(learner.requests) > 10
    assert learner.strangers == []
    assert learner.failures == []
