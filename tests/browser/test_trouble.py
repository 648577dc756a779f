"""When something goes wrong around the learner: two pages at once, a course that was ended, a
kernel that dies.
"""

import pytest
from playwright.sync_api import expect

from brmcourse.content.library import Library

from .conftest import NewLearner, only
from .learner import Learner
from .server import CourseServer
from .table import Table

HURRY = """async (part) => {
  for (const row of [...part.querySelectorAll(".brm-rate")].map((row) => row.id)) {
    document.getElementById(row).querySelector("input").click();
    await new Promise((done) => setTimeout(done, 5));
  }
}"""
"""One rating every five milliseconds: the answers to the first come in while the next are given."""

PATIENCE = 20_000
"""Milliseconds in which JupyterLab must notice that a kernel is gone, and start another."""


def test_two_pages_of_one_module_agree(
    new_learner: NewLearner, server: CourseServer, library: Library
) -> None:
    """An answer given in one page shows in the other with its next action, and both answers are in
    the log.
    """
    quiz = library.named("questions", "m1-before")
    question, next_question = quiz.questions
    here, there = new_learner(), new_learner()
    here.turn_to(quiz.title)
    there.turn_to(quiz.title)
    here.choose(question.options[0].text)
    here.press("Check answer")
    here.sees(question.options[0].feedback)
    there.sees_not(question.options[0].feedback)
    there.choose(question.options[1].text)
    there.press("Check answer")
    there.sees(question.options[1].feedback)
    assert len(server.bodies(question.id)) == 2
    there.press("Next question")
    there.sees(next_question.stem)
    here.press("Check again")
    here.sees(next_question.stem)


def test_a_move_in_a_conversation_that_went_on_elsewhere_says_so(
    new_learner: NewLearner, server: CourseServer, library: Library
) -> None:
    """A move for a turn that has passed in another page is not taken; the page says why and shows
    where it stands.
    """
    talk = library.named("conversations", "s1")
    table = Table(talk)
    move, stale = table.choices[:2]
    here, there = new_learner(), new_learner()
    here.turn_to(talk.title)
    here.press("Start the conversation")
    here.sees(*table.texts)
    there.turn_to(talk.title)
    there.press("Start the conversation")
    there.sees(*table.texts)
    here.press(move.text)
    here.sees(*table.make(move).texts)
    there.press(stale.text)
    there.sees("That turn is not open any more.", *table.texts)
    assert [body["choice"] for body in server.bodies(talk.id) if "choice" in body] == [0]


@pytest.fixture
def halfway(learner: Learner, library: Library) -> Learner:
    """A learner with a saved note and an answered question."""
    prompt, quiz = library.named("prompts", "m1").plans[0], library.named("questions", "m1")
    learner.turn_to("Plan")
    learner.write("If …", "Before the fall.", under=prompt.title)
    learner.saved(prompt.title)
    learner.turn_to(quiz.title)
    learner.choose(quiz.questions[0].options[0].text)
    learner.press("Check answer")
    learner.sees(quiz.questions[0].options[0].feedback)
    return learner


def finds_all_again(learner: Learner, library: Library, place: int = 0) -> None:
    """Expect the saved note of `halfway` and the quiz at that question, the first one answered."""
    prompt, quiz = library.named("prompts", "m1").plans[0], library.named("questions", "m1")
    learner.turn_to("Plan")
    expect(learner.field("If …", under=prompt.title)).to_have_value("Before the fall.")
    learner.turn_to(quiz.title)
    learner.sees(quiz.questions[place].stem)
    if place == 0:
        learner.sees(quiz.questions[0].options[0].feedback)


@only(["pages"])
def test_what_is_done_while_the_course_is_ended_is_sent_once_it_runs_again(
    halfway: Learner, server: CourseServer, library: Library
) -> None:
    """The page says that the course is away and keeps all that is on screen; what was typed and
    chosen meanwhile is sent by itself when the course runs again, and is in the log once.
    """
    prompt, quiz = library.named("prompts", "m1").plans[0], library.named("questions", "m1")
    typed = "Written while nobody listened."
    server.stop()
    halfway.press("Next question")
    away = halfway.page.locator(".course-away")
    expect(away).to_be_visible()
    halfway.sees(quiz.questions[0].stem, quiz.questions[0].options[0].feedback)
    halfway.turn_to("Plan")
    halfway.write("then I …", typed, under=prompt.title)
    server.start()
    expect(away).to_be_hidden()
    halfway.saved(prompt.title)
    finds_all_again(halfway, library, place=1)
    assert [body["action"] for body in server.bodies(prompt.id)].count(typed) == 1


@only(["pages"])
def test_a_cut_line_loses_and_doubles_nothing(
    learner: Learner, server: CourseServer, library: Library
) -> None:
    """What is typed and answered while the line is cut is sent by itself afterwards, once."""
    prompt = library.named("prompts", "m6").reflections[0]
    quiz = library.named("questions", "m6-before")
    chosen = quiz.questions[0].options[1]
    learner.page.goto(server.module("m6"))
    away = learner.page.locator(".course-away")
    learner.page.context.set_offline(True)
    learner.turn_to(quiz.title)
    learner.choose(chosen.text)
    learner.press("Check answer")
    expect(away).to_be_visible()
    learner.turn_to("Reflection")
    learner.write("Your notes", "Written offline.", under=prompt.title)
    learner.page.context.set_offline(False)
    learner.saved(prompt.title)
    learner.turn_to(quiz.title)
    learner.sees(chosen.feedback)
    expect(away).to_be_hidden()
    assert answers(server, quiz.questions[0].id) == 1
    assert [body["text"] for body in server.bodies(prompt.id)].count("Written offline.") == 1


@only(["pages"])
def test_clicking_twice_and_coming_back_answer_once(
    learner: Learner, server: CourseServer, library: Library
) -> None:
    """A double click on an answer and on a move is one of each; after a reload and after Back the
    page shows it, and nothing is added.
    """
    quiz, talk = library.named("questions", "m2-before"), library.named("conversations", "s2")
    question, move = quiz.questions[0], Table(talk).choices[0]
    learner.page.goto(server.module("m2"))
    learner.turn_to(quiz.title)
    learner.choose(question.options[0].text)
    learner.button("Check answer").dblclick()
    learner.sees(question.options[0].feedback)
    learner.turn_to(talk.title)
    learner.press("Start the conversation")
    learner.button(move.text).dblclick()
    learner.sees(move.text)
    learner.page.reload()
    learner.page.goto(server.at("glossary"))
    learner.page.go_back()
    learner.sees(move.text)
    learner.turn_to(quiz.title)
    learner.sees(question.options[0].feedback)
    assert answers(server, question.id) == 1
    assert sum("choice" in body for body in server.bodies(talk.id)) == 1


def answers(server: CourseServer, question: str) -> int:
    """Count how often a question was answered."""
    return sum("quiz" in body for body in server.bodies(question))


@only(["lab"])
def test_a_dead_kernel_is_replaced_and_the_module_runs_again(
    halfway: Learner, server: CourseServer, library: Library
) -> None:
    """JupyterLab says that the kernel died and starts another; the course runs again by itself and
    goes on.
    """
    quiz = library.named("questions", "m1")
    halfway.page.evaluate(
        "for (const old of document.querySelectorAll('.brm')) old.dataset.old = ''"
    )
    server.kill(halfway.kernel_id)
    halfway.page.get_by_role("dialog", name="Kernel Restarting").get_by_role("button").click(
        timeout=PATIENCE
    )
    halfway.failures.clear()  # JupyterLab itself reports that the kernel was gone.
    expect(halfway.page.locator("[data-old]")).to_have_count(0, timeout=PATIENCE)
    finds_all_again(halfway, library)
    halfway.press("Next question")
    halfway.sees(quiz.questions[1].stem)


def test_quick_ratings_are_all_kept(
    learner: Learner, server: CourseServer, library: Library
) -> None:
    """Ratings given faster than the course answers stay on screen, and all are on the disk."""
    scale = library.named("scales", "emp")
    learner.turn_to(scale.title)
    learner.part.evaluate(HURRY)
    learner.sees(f"Saved: {len(scale.items)} of {len(scale.items)} answered")
    expect(learner.part.locator(":checked")).to_have_count(len(scale.items))
    kept = {name for body in server.bodies(scale.id) for name in body["ratings"]}
    assert kept == {item.id for item in scale.items}
