"""A worked example with a line of each kind: by mouse, by keys, without a script, on paper."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from brmcourse.content.library import Library
from brmcourse.paths import course_root
from tests.overlay import SAMPLE

from .conftest import window_on
from .look import faults
from .server import CourseServer
from .walker import Walker

CELL = 'from brmcourse import example\nexample("e1")'
SUBJECT = "example:e1"
LATER = "My team cannot plan the week."
"""What a line says that waits until the one before it is answered."""


@pytest.fixture(scope="module")
def other_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this project with the example of the small course."""
    root = tmp_path_factory.mktemp("example-course")
    for part in ("brmcourse", "data", "notebooks"):
        shutil.copytree(course_root() / part, root / part)
    shutil.copy(SAMPLE / "data" / "examples" / "e1.yaml", root / "data" / "examples")
    return root


@pytest.fixture
def server(other_course: Path, tmp_path: Path) -> Iterator[CourseServer]:
    """The course for a learner whose own module 1 is a notebook with that example alone."""
    cells = [nbformat.v4.new_markdown_cell("## Worked through"), nbformat.v4.new_code_cell(CELL)]
    notebook = nbformat.v4.new_notebook(
        cells=cells, metadata={"course": {"module": "m1", "autorun": True}}
    )
    (tmp_path / "course").mkdir()
    nbformat.write(notebook, tmp_path / "course" / "m1.ipynb")
    with CourseServer("pages", tmp_path, other_course) as course:
        yield course


@pytest.fixture
def page(browser: Browser, server: CourseServer) -> Iterator[Page]:
    """A page with the example on it."""
    with window_on(server, browser, reduced_motion="reduce") as window:
        page = window.new_page()
        page.goto(server.url)
        yield page


def test_it_is_worked_through(page: Page, server: CourseServer, other_course: Path) -> None:
    """Each answer, line and note is followed by ours, which takes the focus; what is on screen then
    can be read and pressed by everybody, and on paper stands all of it.
    """
    expect(page.get_by_text(LATER)).to_have_count(0)
    assert faults(page) == []
    page.goto(server.at("m1"))
    Walker(page, Library(other_course)).example(page.locator("section.brm"))
    expect(page.get_by_text("In the second way she says what she needs.")).to_be_visible()
    assert faults(page) == []
    page.emulate_media(media="print")
    for text in (LATER, "Perhaps, but she would see through that.", "She makes an offer"):
        expect(page.get_by_text(text)).to_be_visible()
    expect(page.locator(".brm-printed", has_text="My words to e1-sum")).to_be_visible()
    expect(page.locator(".course-done")).to_have_count(1)
    page.goto(server.at("mine"))
    expect(page.get_by_text("My words to e1-end")).to_be_visible()


def test_by_keys(page: Page, server: CourseServer) -> None:
    """An answer left out is asked for at its place; it is given with the keys alone, and Tab goes
    on to the next line that asks for something.
    """
    page.locator("#example-e1-e1-ask-answer").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#example-e1-e1-ask-error")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#example-e1-e1-ask-ours")).to_be_focused()
    expect(page.get_by_text(LATER)).to_be_visible()
    page.keyboard.press("Tab")  # our words to the other answers
    page.keyboard.press("Tab")
    expect(page.locator("#example-e1-e1-sum-text")).to_be_focused()
    page.keyboard.type("So the week is lost?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#example-e1-e1-sum-ours")).to_be_focused()
    expect(page.locator("#example-e1-e1-sum-text")).to_have_value("So the week is lost?")
    kinds = [body for body in server.bodies(SUBJECT) if body["line"] == "e1-sum"]
    assert {"line": "e1-sum", "text": "So the week is lost?"} in kinds


def test_without_a_script(browser: Browser, server: CourseServer, other_course: Path) -> None:
    """All of it can be done with forms, and each leads back to what appeared."""
    with window_on(server, browser, java_script_enabled=False) as window:
        page = window.new_page()
        page.goto(server.at("m1"))
        page.locator("#example-e1-e1-ask-answer").click()
        expect(page.locator("#example-e1-e1-ask-error")).to_be_visible()
        assert page.url.endswith("#example-e1-e1-ask-error")
        for line in ("soon", "ask", "sum", "end"):
            page.locator(f"#example-e1-e1-{line}-show").click()
            assert page.url.endswith(f"#example-e1-e1-{line}-ours")
        expect(page.get_by_text("In the second way she says what she needs.")).to_be_visible()
