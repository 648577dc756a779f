"""The page for the partner: chosen, looked at, made, printed and copied, with a script and without;
what was not ticked is on none of it.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from brmcourse.activities.proposal import LONGEST
from brmcourse.content.library import Library
from brmcourse.events import Body, Draft, ProposalMade, SheetAdded, SheetWrote, new_id
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import choosing
from brmcourse.session import Learner

from .conftest import only, window_on
from .look import faults
from .server import CourseServer

pytestmark = only(argvalues=["pages"])

STEP = "m8/one-page-for-my-partner"
LISTED, CALLED = "propose-sheet-promises-what-1", "propose-sheet-promises-what-2"
OPENING = "Thank you for the time."
TEXT = f"To begin\n{OPENING}\n\nWhat I propose\nA list, by 10 December 2026.\n\nOur fifteen"


@pytest.fixture
def page(browser: Browser, server: CourseServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of a learner with two promises and one thing that stays private."""
    learner = Learner(SqliteLog(server.store_path))
    learner.record([choosing("Harbour")], new_id(), "1")
    wrote: dict[str, list[Body]] = {
        "promises": [
            SheetWrote(1, {"what": "a list", "by": "2026-12-10", "who": "For nobody else"}),
            SheetAdded(2),
            SheetWrote(2, {"what": "One name to call"}),
        ],
        "labels": [SheetWrote(1, {"own": "Mine alone"})],
    }
    for subject, bodies in wrote.items():
        learner.record([Draft(subject, 1, body) for body in bodies], new_id(), "1")
    learner.log.close()
    scripted = getattr(request, "param", True)
    with window_on(server, browser, java_script_enabled=scripted) as window:
        window.grant_permissions(["clipboard-read"])
        page = window.new_page()
        page.goto(server.at(STEP))
        yield page


def choose(page: Page) -> None:
    """Tick a promise, write the opening, and look; start from the sentences."""
    change = page.locator("#proposal-change")
    if change.count():
        change.click()
    page.locator(f"#{LISTED}-on").check()
    page.locator(f"#{CALLED}-on").uncheck()
    page.locator("#opening-own-1-text").fill(OPENING)
    page.locator("#proposal-look").click()
    expect(page.locator("#proposal-looking")).to_be_visible()


def private(page: Page) -> list[str]:
    """Return what stands on a page and was not ticked, or could not even be."""
    html = page.locator(".brm-handout").inner_html()
    words = ("One name", "Harbour", "Mine alone", "For nobody", "difficult")
    return [word for word in words if word in html]


@pytest.mark.parametrize("page", [True, False], ids=["scripted", "plain"], indirect=True)
def test_a_page_is_made(page: Page, request: pytest.FixtureRequest) -> None:
    """What was ticked is shown with a tick, then made, opened to be printed, and offered as text;
    the button to copy is there where it can work.
    """
    scripted = "scripted" in request.node.name
    assert not scripted or faults(page) == []
    choose(page)
    assert private(page) == []
    assert not scripted or faults(page) == []
    page.locator("#proposal-make").click()
    expect(page.locator("#proposal-made")).to_be_visible()
    assert private(page) == []
    assert TEXT in page.locator("#proposal-text").input_value()
    copy = page.locator("#proposal-copy")
    expect(copy).to_be_visible(visible=scripted)
    if scripted:
        assert faults(page) == []
        copy.click()
        expect(page.locator("#proposal-copied")).to_have_text("Copied.")
        assert TEXT in page.evaluate("navigator.clipboard.readText()")
    page.locator("#proposal-print").click()
    expect(page.locator("h1")).to_have_text("What I understood, and what I propose")
    assert page.title() == "What I understood, and what I propose"
    assert private(page) == []
    assert not scripted or faults(page) == []


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_one_sheet_of_paper(page: Page, server: CourseServer, library: Library, size: str) -> None:
    """As many and as long sentences as there is room for fit on one sheet, in black on white,
    without the line about printing.
    """
    proposal = library.single("proposal.yaml")
    long = ("Every sentence is as long as it may be. " * 9)[:LONGEST].strip()
    made = ProposalMade("Ms Orr", {part.id: [long] * part.most for part in proposal.parts})
    learner = Learner(SqliteLog(server.store_path))
    learner.record([Draft("proposal", 1, made)], new_id(), "1")
    learner.log.close()
    page.goto(server.at("print/proposal/1"))
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_text(long)).to_have_count(sum(part.most for part in proposal.parts))
    expect(page.locator(".course-aside")).to_be_hidden()
    assert page.pdf(format=size).count(b"/Type /Page\n") == 1
    shade = "(el, what) => getComputedStyle(el)[what]"
    assert page.locator("main").evaluate(shade, "color") == "rgb(0, 0, 0)"
    assert page.locator("body").evaluate(shade, "backgroundColor") == "rgb(255, 255, 255)"
