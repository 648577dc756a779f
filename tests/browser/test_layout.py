"""Every activity of every module has room at every width, and can be read in both themes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from brmcourse.content.library import Library
from brmcourse.paths import course_root

from .conftest import only, window_on
from .learner import OPENING
from .look import crowded, pale
from .server import CourseServer

MODULES = [module.id for module in Library(course_root()).course.modules]
IN_LAB = ("m0", "m6")
"""Those with the values exercise, and with the most sheets."""


@pytest.fixture(scope="module")
def page(browser: Browser, server: CourseServer) -> Iterator[Page]:
    """One page for all modules."""
    with window_on(server, browser, reduced_motion="reduce") as window:
        yield window.new_page()


@only(argvalues=["pages"])
@pytest.mark.parametrize("module", MODULES)
def test_a_module_nobody_touched_has_room(module: str, page: Page, server: CourseServer) -> None:
    """No text that wraps is narrower than 12 characters; nothing lies on something else, is cut, or
    reaches over the window's edge; every text has its contrast, on light and dark paper. The same
    holds after all was done, of which the walk through the course makes sure.
    """
    page.goto(server.module(module))
    found = crowded(page)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found += [f"{theme}: {fault}" for fault in pale(page)]
    assert found == []


@only(argvalues=["lab"])
@pytest.mark.parametrize("module", IN_LAB)
def test_a_module_in_jupyterlab_has_room(module: str, page: Page, server: CourseServer) -> None:
    """The same in JupyterLab, whose own frame leaves no room on a phone."""
    page.goto(server.module(module))
    expect(page.locator("section.brm").last).to_be_visible(timeout=OPENING)
    assert crowded(page, (640, 1280)) == []
