"""The take-away on a page of the course: sound for everybody, and few sheets of black on white."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from brmcourse.content.library import Library
from brmcourse.hosts.paper import MOST_PAGES
from brmcourse.log.sqlite import SqliteLog
from brmcourse.session import Learner
from tests.filled import fill

from .conftest import only, window_on
from .look import violations
from .server import CourseServer

pytestmark = only(argvalues=["pages"])


@pytest.fixture(scope="module", autouse=True)
def _filled(server: CourseServer, library: Library) -> None:
    """Answers of somebody who did all of the course."""
    learner = Learner(SqliteLog(server.store_path))
    fill(library, learner, entries=8)
    learner.log.close()


@pytest.fixture
def page(browser: Browser, server: CourseServer) -> Iterator[Page]:
    """The page, come to from Home."""
    with window_on(server, browser) as window:
        page = window.new_page()
        page.goto(server.at(""))
        page.get_by_role("link", name="Take it with you").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("How we work together: my plan")
        yield page


def test_it_reads_well_on_a_screen(page: Page) -> None:
    """It has no fault that a program finds, and nothing is wider than a small phone."""
    assert violations(page, None) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_a_few_sheets_of_paper(page: Page, size: str) -> None:
    """From the browser, too, all of a well-filled course fits on the sheets there are, in black on
    white, without the lines about printing; what is for the learner begins on a page of its own.
    """
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".course-aside")).to_be_hidden()
    assert 2 <= page.pdf(format=size).count(b"/Type /Page\n") <= MOST_PAGES
    shade = "(el, what) => getComputedStyle(el)[what]"
    assert page.locator("main").evaluate(shade, "color") == "rgb(0, 0, 0)"
    assert page.locator("body").evaluate(shade, "backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".take-own").evaluate(shade, "breakBefore") == "page"
