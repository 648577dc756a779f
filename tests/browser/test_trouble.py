"""When something goes wrong around the learner: two pages at once, a kernel that dies."""

import pytest
from playwright.sync_api import expect

from brmcourse.content.library import Library

from .conftest import NewLearner, only
from .learner import Learner
from .server import CourseServer

LOST = "This page has lost touch with the course"
HURRY = """async (part) => {
  for (const row of [...part.querySelectorAll(".brm-rate")].map((row) => row.id)) {
    document.getElementById(row).querySelector("input").click();
    await new Promise((done) => setTimeout(done, 5));
  }
}"""
"""One rating every five milliseconds: the answers to the first come in while the next are given."""

PATIENCE = 20_000
"""Milliseconds in which a page must notice that nobody answers; the bridge waits ten seconds."""


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
    here.press("Check answer")
    here.sees(next_question.stem)


def test_a_move_in_a_conversation_that_went_on_elsewhere_says_so(
    new_learner: NewLearner, server: CourseServer, library: Library
) -> None:
    """A move for a turn that has passed in another page is not taken; the page says why and shows
    where it stands.
    """
    talk = library.named("conversations", "s1")
    move, stale = talk.nodes[talk.start].choices[:2]
    here, there = new_learner(), new_learner()
    here.turn_to(talk.title)
    here.press("Start the conversation")
    here.sees(talk.nodes[talk.start].says)
    there.turn_to(talk.title)
    there.press("Start the conversation")
    there.sees(talk.nodes[talk.start].says)
    here.press(move.text)
    here.sees(talk.nodes[move.next].says)
    there.press(stale.text)
    there.sees("This conversation went on in another window.", talk.nodes[move.next].says)
    assert [body["choice"] for body in server.bodies(talk.id) if "choice" in body] == [0]


@pytest.fixture
def halfway(learner: Learner, library: Library) -> Learner:
    """A learner with a saved note and an answered question."""
    prompt, quiz = library.named("prompts", "m1").reflections[0], library.named("questions", "m1")
    learner.turn_to("Reflection")
    learner.write("Your notes", "Before the fall.", under=prompt.title)
    learner.saved(prompt.title)
    learner.turn_to(quiz.title)
    learner.choose(quiz.questions[0].options[0].text)
    learner.press("Check answer")
    learner.sees(quiz.questions[0].options[0].feedback)
    return learner


def finds_all_again(learner: Learner, library: Library) -> None:
    """Expect the saved note and the answered question of `halfway`."""
    prompt, quiz = library.named("prompts", "m1").reflections[0], library.named("questions", "m1")
    learner.turn_to("Reflection")
    expect(learner.field("Your notes", under=prompt.title)).to_have_value("Before the fall.")
    learner.turn_to(quiz.title)
    learner.sees(quiz.questions[0].options[0].feedback)


@only(["page"])
def test_a_dead_kernel_takes_nothing_from_the_screen(
    halfway: Learner, server: CourseServer, library: Library
) -> None:
    """After the kernel is killed the next action says that the page lost touch; all stays on
    screen, and what was confirmed is there after a reload.
    """
    quiz, activities = library.named("questions", "m1"), halfway.page.locator(".brm").count()
    server.kill(halfway.kernel_id)
    halfway.press("Next question")
    expect(halfway.part.get_by_text(LOST)).to_be_visible(timeout=PATIENCE)
    halfway.sees(quiz.questions[0].stem, quiz.questions[0].options[0].feedback)
    assert halfway.page.locator(".brm").count() == activities
    halfway.reload()
    finds_all_again(halfway, library)


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
