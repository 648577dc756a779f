"""The page host as a whole: coming in, steps by keyboard, narrow windows, paper, and the same
height.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from brmcourse.content.library import Library

from .conftest import WIDE, only, window_on
from .learner import Learner
from .look import misfits, violations
from .server import CourseServer

pytestmark = only(argvalues=["pages"])

HEIGHT = "(el) => el.getBoundingClientRect().top"
CLOSED = """(all) => all.filter((box) => [...box.children].some((el) => !el.checkVisibility()))
  .map((box) => box.textContent.trim().slice(0, 40))"""
TO_PRESS = ".course-nav, .course-header, .course-footer, .course-steps, .course-skip"


@pytest.fixture
def page(browser: Browser, server: CourseServer) -> Iterator[Page]:
    """A page of a browser that was let in."""
    with window_on(server, browser, reduced_motion="reduce") as window:
        yield window.new_page()


def steps(page: Page, server: CourseServer, module: str) -> list[str]:
    """Return the addresses of a module's steps."""
    page.goto(server.module(module))
    links = page.locator(".course-map li a")
    return links.evaluate_all("(all) => all.map((link) => link.href)")


def test_the_first_visit_and_what_stands_beside_the_modules_are_for_everybody(
    page: Page, server: CourseServer, library: Library
) -> None:
    """axe-core finds nothing on Home before and after some work, on a step, a module, the
    glossary, all that was written, and a page that is not there; neither by day nor by night.
    """
    found = list(at_any_light(page, server.at()))
    [prompt] = library.named("prompts", "m1").plans
    page.goto(server.url)
    form = page.locator("section[aria-label=Plan] form", has_text=prompt.title)
    form.locator("textarea").first.fill("My words.")
    form.get_by_role("button", name="Save now").click()
    expect(form.locator(".brm-saved")).to_contain_text("Saved at")
    first, *_ = steps(page, server, "m1")
    others = ["", "m1/all", "glossary", "mine", "no-such-page"]
    for address in (first, *map(server.at, others)):
        found += at_any_light(page, address)
    assert found == []


def at_any_light(page: Page, address: str) -> Iterator[str]:
    """Yield what axe-core finds on a page in each theme, and what does not fit into a phone."""
    page.goto(address)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        yield from (f"{address}, {theme}: {fault}" for fault in violations(page, None))
    page.set_viewport_size({"width": 320, "height": 700})
    yield from (f"{address}: {fault}" for fault in misfits(page))
    page.set_viewport_size(WIDE)


def test_the_printed_address_opens_once(browser: Browser, server: CourseServer) -> None:
    """The address with the key leads to one without, and lets no second browser in."""
    address = server.running.address("/glossary")
    with browser.new_context() as window, browser.new_context() as other:
        page, second = window.new_page(), other.new_page()
        page.goto(address)
        page.wait_for_url(server.at("glossary"))
        second.goto(address)
        expect(second.get_by_role("heading", level=1)).to_contain_text("from its own address")


@pytest.mark.parametrize("scale", [1, 4])
def test_no_step_is_cut_in_a_narrow_window(
    scale: int, browser: Browser, server: CourseServer
) -> None:
    """A phone of 360 px, and a desk of 1280 px at 400 %."""
    size = {"width": 360 if scale == 1 else 320, "height": 700 // scale}
    with window_on(server, browser, viewport=size, device_scale_factor=scale) as window:
        page = window.new_page()
        for address in steps(page, server, "m1"):
            page.goto(address)
            assert misfits(page) == []


def test_steps_are_walked_by_keyboard(page: Page, server: CourseServer, library: Library) -> None:
    """A skip link leads to the exercise; the focus stays in the work; Enter on Next goes on."""
    learner = Learner(page.context, steps(page, server, "m1")[0])
    page = learner.page
    page.goto(server.at("m1"))
    quiz = library.named("questions", "m1-before")
    exercise = page.locator(f'section[aria-label="{quiz.title}"]')
    while not exercise.count():
        onward(page)
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the exercise")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(exercise.locator(":focus")).to_be_checked()
    page.keyboard.press("Enter")
    expect(exercise.locator(".brm-feedback")).not_to_be_empty()
    expect(exercise.locator(":focus")).to_have_count(1)
    onward(page)


def onward(page: Page) -> None:
    """Go on to the next step by pressing Enter."""
    here = page.url
    page.locator(".course-steps button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != here)


@pytest.mark.parametrize("where", ["a step", "the whole module"])
def test_one_comes_back_to_the_same_height(
    where: str, page: Page, server: CourseServer, library: Library
) -> None:
    """After a reload, and after Back, an activity that was answered is where it was."""
    quiz = library.named("questions", "m1")
    part = page.locator(f'section[aria-label="{quiz.title}"]')
    addresses = steps(page, server, "m1")
    if where == "a step":
        for address in addresses:
            page.goto(address)
            if part.count():
                break
    part.scroll_into_view_if_needed()
    page.mouse.wheel(0, 300)
    page.wait_for_timeout(200)
    before = part.evaluate(HEIGHT)
    page.reload()
    page.wait_for_timeout(200)
    assert part.evaluate(HEIGHT) == pytest.approx(before, abs=100)
    page.goto(server.at("glossary"))
    page.go_back()
    page.wait_for_timeout(200)
    assert part.evaluate(HEIGHT) == pytest.approx(before, abs=100)


def test_a_module_on_paper(page: Page, server: CourseServer) -> None:
    """On paper there is nothing to press beside the module, no closed box, and at most 12 pages."""
    page.goto(server.url)
    page.emulate_media(media="print")
    for part in page.locator(TO_PRESS).all():
        expect(part).to_be_hidden()
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert 1 < pages <= 12
    shown = page.locator("main details:visible")
    assert shown.evaluate_all(CLOSED) == []
