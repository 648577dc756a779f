"""A talk rehearsed from the opening line to the page for the partner: by the keyboard alone, on a
phone, with a reload in the middle; and in JupyterLab.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from brmcourse.events import Draft, RehearsalSaid, SheetWrote, new_id
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import choosing
from brmcourse.session import Learner

from .conftest import only, window_on
from .hands import Hands, Keyboard, Mouse
from .look import misfits, pale, violations
from .server import CourseServer

PHONE = {"width": 360, "height": 740}
WORRY = "Weekend shifts may be cut without notice"
ROUNDS = 4


@pytest.fixture
def page(browser: Browser, server: CourseServer) -> Iterator[Page]:
    """The rehearsal on a phone, of a learner who wrote down one worry of the partner."""
    learner = Learner(SqliteLog(server.store_path))
    learner.record([choosing("Harbour")], new_id(), "1")
    worry = SheetWrote(1, {"what": f"{WORRY}."})
    learner.record([Draft("concerns", 1, worry)], new_id(), "1")
    learner.log.close()
    with window_on(server, browser, viewport=PHONE) as window:
        page = window.new_page()
        page.goto(server.at("rehearse"))
        yield page


class Rehearsing:
    """Works the activity with these hands, whatever round it is."""

    def __init__(self, page: Page, hands: type[Hands]) -> None:
        self.page = page
        self.part = page.locator(".brm-rehearsal")
        self.hands = hands(page)

    def write(self, what: str, text: str) -> None:
        self.hands.write(self.part.locator(f"textarea[id$='-{what}']"), text)

    def press(self, name: str) -> None:
        self.hands.press(self.part.get_by_role("button", name=name, exact=True))

    def says(self, text: str) -> None:
        """Say a line in a round, and wait for the look at it; what comes takes the focus."""
        self.write("line", text)
        self.press("Say it")
        self.looks()

    def looks(self) -> None:
        expect(self.part.get_by_role("heading", name="What is in your line")).to_be_focused()

    def hears(self, number: int) -> None:
        """Wait for what the partner says in a round."""
        expect(self.part.get_by_text(f"Round {number} of {ROUNDS}")).to_be_visible()
        expect(self.part.get_by_role("list", name="The last words")).to_be_focused()

    def rates(self, question: str, answer: str) -> None:
        asked = self.part.get_by_role("group", name=question)
        self.hands.choose(asked.get_by_label(answer, exact=True))
        expect(asked.get_by_label(answer, exact=True)).to_be_checked()


def faults(page: Page) -> list[str]:
    """Return what is wrong with the page on this phone."""
    return violations(page, None) + pale(page) + misfits(page)


@only(argvalues=["pages"])
def test_a_whole_rehearsal_by_the_keyboard(page: Page, server: CourseServer) -> None:
    """A talk is named and opened, answered for four rounds, looked at line by line, left and
    resumed in the middle; the best line opens the page for the partner, and all of it stands among
    what was written.
    """
    talk = Rehearsing(page, Keyboard)
    assert faults(page) == []
    talk.press("Begin")
    expect(talk.part.get_by_role("alert").filter(has_text="There is a problem")).to_be_focused()
    assert faults(page) == []
    talk.write("occasion", "Thursday, budget meeting")
    talk.write("line", "Thank you for telling me. Perhaps I was not clear.")
    talk.press("Begin")
    talk.looks()
    expect(talk.part.locator("mark", has_text="Perhaps")).to_contain_text("Hedge")
    assert faults(page) == []
    talk.rates("Did I leave them a real choice?", "Partly")
    talk.write("revised", "Thank you. What did I miss?")
    talk.press("See their reply")
    heard = []
    for number in range(1, ROUNDS + 1):
        talk.hears(number)
        heard.append(talk.part.locator(".brm-talk > .brm-them span").last.inner_text())
        assert faults(page) == []
        if number == 2:
            talk.write("line", "Half a")
            page.wait_for_timeout(1500)  # longer than the pause after which a text is saved
            page.reload()
            field = talk.part.locator("textarea")
            expect(field).to_have_value("Half a")
            expect(talk.part.locator(".brm-them span").last).to_have_text(heard[-1])
        talk.says(f"So that is point {number}. What would help?")
        assert faults(page) == []
        talk.rates("Did I say back what they said before my own point?", "Yes")
        talk.write("revised", f"Better {number}")
        talk.press("See their reply" if number < ROUNDS else "See all lines")
    expect(talk.part.get_by_role("heading", name="All your lines")).to_be_focused()
    assert any(WORRY in says for says in heard)
    assert len(set(heard)) == ROUNDS
    assert faults(page) == []
    talk.hands.choose(talk.part.get_by_label("Better 3"))
    talk.press("Make it the opening line of my page")
    expect(talk.part.get_by_text("now has this line")).to_be_visible()
    assert faults(page) == []
    page.goto(server.at("m8/one-page-for-my-partner"))
    expect(page.locator("#opening-own-1-text")).to_have_value("Better 3")
    page.goto(server.at("mine"))
    for text in ("Thursday, budget meeting", *heard, "Better 4"):
        expect(page.get_by_text(text).first).to_be_visible()
    page.locator("a[href='/rehearse#rehearse']").click()
    expect(talk.part.get_by_role("heading", name="All your lines")).to_be_visible()
    talk.press("Rehearse again")
    expect(talk.part.locator("textarea[id$='-line']")).to_have_value("Better 3")
    said = RehearsalSaid(1, 2, "So that is point 2. What would help?", done=True)
    assert vars(said) in server.bodies("rehearsal")


@only(argvalues=["lab"])
def test_in_jupyterlab(browser: Browser, server: CourseServer) -> None:
    """The notebook of the page does the same: a line is said, looked at and answered."""
    with window_on(server, browser) as window:
        page = window.new_page()
        page.goto(server.module("rehearse"))
        talk = Rehearsing(page, Mouse)
        expect(talk.part).to_be_visible(timeout=60_000)
        talk.write("line", "Perhaps I was not clear.")
        talk.press("Begin")
        talk.looks()
        expect(talk.part.locator("mark").first).to_contain_text("Hedge")
        talk.press("See their reply")
        talk.hears(1)
        talk.says("What would help?")
