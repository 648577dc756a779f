"""Nothing is lost: not by closing the page in the middle of a word, nor by ending the course."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from brmcourse.content.library import Library

from .conftest import NewLearner, only, window_on
from .learner import Learner
from .server import CourseServer
from .strange import PASTED
from .table import Table

ACT = "then I …"
"""The field of a plan that these texts are written into."""

SOON = 2.0
"""Seconds after the last key in which a text must be on the disk."""


def until_kept(server: CourseServer, subject: str, text: str, seconds: float) -> bool:
    """Tell whether that text is on the disk within so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        bodies = server.bodies(subject)
        if bodies and bodies[-1].get("action") == text:
            return True
        time.sleep(0.05)
    return False


@only(argvalues=["pages"])
def test_a_text_is_saved_soon_after_the_last_key(
    learner: Learner, server: CourseServer, library: Library
) -> None:
    """Two seconds after the last key at the latest the page says "Saved at", and the text is on the
    disk by then.
    """
    prompt = library.named("prompts", "m1").plans[0]
    learner.turn_to("Plan")
    learner.write(ACT, "K. ended the call early.", under=prompt.title)
    typed = time.monotonic()
    learner.saved(prompt.title)
    assert time.monotonic() - typed < SOON
    assert server.bodies(prompt.id)[-1]["action"] == "K. ended the call early."


@only(argvalues=["pages"])
def test_the_page_never_says_saved_while_it_is_not(
    learner: Learner, server: CourseServer, library: Library
) -> None:
    """Between a key and the save the page says "Saving …", not "Saved"."""
    prompt = library.named("prompts", "m1").plans[0]
    learner.turn_to("Plan")
    learner.write(ACT, "First.", under=prompt.title)
    learner.saved(prompt.title)
    learner.page.keyboard.type(" Second.")
    assert server.bodies(prompt.id)[-1]["action"] == "First."
    form = learner.part.locator("form", has_text=prompt.title)
    assert form.get_attribute("data-unsaved") is not None
    expect(form.get_by_role("status")).to_be_hidden()
    learner.saved(prompt.title)
    assert server.bodies(prompt.id)[-1]["action"] == "First. Second."


@pytest.mark.parametrize("way", ["close", "go elsewhere"])
def test_leaving_in_the_middle_of_a_word_keeps_it(
    way: str, new_learner: NewLearner, server: CourseServer, library: Library
) -> None:
    """A page left 300 ms after the last key has the text when it is opened again."""
    prompt, text = (
        library.named("prompts", "m1").plans[0],
        f"Her director wants it by June. I left to {way}",
    )
    learner = new_learner()
    learner.turn_to("Plan")
    learner.write(ACT, text, under=prompt.title)
    learner.page.wait_for_timeout(300)
    if way == "close":
        learner.leave()
    else:
        learner.page.goto("about:blank")
    assert until_kept(server, prompt.id, text, SOON)
    again = new_learner()
    again.turn_to("Plan")
    expect(again.field(ACT, under=prompt.title)).to_have_value(text)


@only(argvalues=["pages"])
def test_a_long_strange_text_comes_back_exactly_as_text(
    new_learner: NewLearner, server: CourseServer, library: Library
) -> None:
    """20,000 characters with markup, emoji, quotes and line breaks come back to the letter and stay
    text.
    """
    prompt = library.named("prompts", "m1").plans[0]
    learner = new_learner()
    learner.turn_to("Plan")
    field = learner.field(ACT, under=prompt.title)
    field.click()
    learner.page.keyboard.press("Control+a")
    learner.page.keyboard.insert_text(PASTED)
    learner.saved(prompt.title)
    assert server.bodies(prompt.id)[-1]["action"].replace("\r\n", "\n") == PASTED
    learner.reload()
    learner.turn_to("Plan")
    expect(learner.field(ACT, under=prompt.title)).to_have_value(PASTED)
    assert learner.part.locator("b, img, script, h1").count() == 0
    assert learner.page.evaluate("window.injected") is None


def test_everything_is_there_after_the_course_was_ended(
    browser: Browser, host: str, tmp_path: Path, library: Library
) -> None:
    """The course is ended and started again: answers, position, ratings, moves, texts and plan are
    all there.
    """
    quiz, talk, scale = (
        library.named("questions", "m1"),
        library.named("conversations", "s1"),
        library.named("scales", "emp"),
    )
    label = library.named("formats", scale.format).labels[2]
    [plan] = library.named("prompts", "m1").plans
    first = quiz.questions[0].options[0]
    table = Table(talk)
    move = table.choices[1]
    with CourseServer(host, tmp_path) as server, window_on(server, browser) as window:
        learner = Learner(window, server.url).open()
        learner.turn_to(quiz.title)
        learner.choose(first.text)
        learner.press("Check answer")
        learner.sees(first.feedback)
        learner.press("Next question")
        learner.sees(f"Question 2 of {len(quiz.questions)}")
        learner.turn_to(talk.title)
        learner.press("Start the conversation")
        learner.press(move.text)
        learner.sees(*table.make(move).texts)
        learner.turn_to(scale.title)
        learner.rate(scale.items[4].text, label)
        learner.sees(f"Saved: 1 of {len(scale.items)} answered")
        learner.turn_to("Plan")
        learner.write("then I …", "ask first")
        learner.saved(plan.title)

        server.stop()
        server.start()
        again = Learner(window, server.url).open()
        again.turn_to(quiz.title)
        again.sees(f"Question 2 of {len(quiz.questions)}")
        again.press("Back")
        again.sees(first.feedback)
        expect(again.field(first.text)).to_be_checked()
        again.turn_to(talk.title)
        again.sees(move.text, *table.texts)
        again.turn_to(scale.title)
        expect(again.rating(scale.items[4].text, label)).to_be_checked()
        expect(again.part.locator(":checked")).to_have_count(1)
        again.turn_to("Plan")
        expect(again.field("then I …")).to_have_value("ask first")
