"""The pages without any script: all can be done with forms, and each leads back to its place."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from brmcourse.content.library import Library

from .conftest import only, window_on
from .server import CourseServer
from .walker import Walker, prompts_of

pytestmark = only(argvalues=["pages"])

PLACE = "(el) => el.getBoundingClientRect().top"


@pytest.fixture(scope="module")
def page(browser: Browser, server: CourseServer) -> Iterator[Page]:
    """A page in a browser that runs no scripts."""
    with window_on(server, browser, java_script_enabled=False) as window:
        yield window.new_page()


def test_a_module_is_done_without_a_script(
    page: Page, server: CourseServer, library: Library
) -> None:
    """Questions, conversation, sheets, scale and plan are done and kept; Home shows the
    module as done.
    """
    count = Walker(page, library).walk(server.at("m1"))
    page.goto(server.url)
    expect(page.locator("section.brm")).to_have_count(count)
    quiz, talk = library.named("questions", "m1"), library.named("conversations", "s1")
    for question in quiz.questions:
        assert len(server.bodies(question.id)) >= 1, question.id
    assert [body for body in server.bodies(talk.id) if "choice" in body]
    assert [body for body in server.bodies(library.named("scales", "emp").id) if "answers" in body]
    for prompt in prompts_of(library, "m1"):
        assert server.bodies(prompt.id), prompt.id
    page.goto(server.at())
    line = page.locator(".course-modules li", has_text=library.module("m1").title)
    expect(line.locator(".course-how-far")).to_contain_text("done")


def test_an_answer_comes_back_at_its_place(
    page: Page, server: CourseServer, library: Library
) -> None:
    """After an answer the page stands where the answer is, and reloading it does nothing again."""
    [prompt] = library.named("prompts", "m1").plans
    page.goto(server.url)
    form = page.locator("section[aria-label=Plan] form", has_text=prompt.title)
    form.locator("textarea").first.fill("Once, and no more.")
    form.get_by_role("button", name="Save now").click()
    expect(form.locator(".brm-saved")).to_contain_text("Saved at")
    assert "#plan-m1" in page.url
    assert abs(page.locator("#plan-m1").evaluate(PLACE)) < 100
    before = len(server.bodies(prompt.id))
    page.reload()
    page.reload()
    expect(form.locator("textarea").first).to_have_value("Once, and no more.")
    assert len(server.bodies(prompt.id)) == before


def answers(server: CourseServer, question: str) -> int:
    """Count how often a question was answered."""
    return sum("quiz" in body for body in server.bodies(question))


def test_a_double_click_and_a_page_come_back_to_answer_once(
    page: Page, server: CourseServer, library: Library
) -> None:
    """A form sent twice is one answer; from a page that one came Back to, another is another."""
    quiz = library.named("questions", "m2-before")
    question = quiz.questions[0]
    part = page.locator(f'section[aria-label="{quiz.title}"]')
    page.goto(server.module("m2"))
    part.get_by_label(question.options[0].text, exact=True).check()
    part.get_by_role("button", name="Check answer").dblclick()
    expect(part.get_by_text(question.options[0].feedback)).to_be_visible()
    assert answers(server, question.id) == 1
    page.go_back()
    part.get_by_label(question.options[1].text, exact=True).check()
    part.get_by_role("button", name="Check again").click()
    expect(part.get_by_text(question.options[1].feedback)).to_be_visible()
    assert answers(server, question.id) == 2


def test_a_page_left_open_over_a_restart_and_a_second_tab_lose_nothing(
    page: Page, server: CourseServer, library: Library
) -> None:
    """A form sent after the course was started anew is kept once, and another tab shows it."""
    prompt = library.named("prompts", "m6").reflections[0]
    page.goto(server.module("m6"))
    form = page.locator("section[aria-label=Reflection] form", has_text=prompt.title)
    form.locator("textarea").fill("Typed before the restart.")
    server.stop()
    server.start()
    form.get_by_role("button", name="Save now").click()
    expect(form.locator(".brm-saved")).to_contain_text("Saved at")
    texts = [body["text"] for body in server.bodies(prompt.id)]
    assert texts == ["Typed before the restart."]
    other = page.context.new_page()
    other.goto(server.module("m6"))
    field = other.locator("section[aria-label=Reflection] form", has_text=prompt.title)
    expect(field.locator("textarea")).to_have_value("Typed before the restart.")
    other.close()
