"""The journal by the keyboard alone, on a phone, with a reload in the middle; and in JupyterLab."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from brmcourse.events import new_id
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import choosing
from brmcourse.session import Learner

from .conftest import only, window_on
from .hands import Hands, Keyboard, Mouse
from .look import crowded, faults, violations
from .server import CourseServer

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def page(browser: Browser, server: CourseServer) -> Iterator[Page]:
    """The journal on a phone, of a learner who has named a partner."""
    learner = Learner(SqliteLog(server.store_path))
    learner.record([choosing("Harbour")], new_id(), "1")
    learner.log.close()
    with window_on(server, browser, viewport=PHONE) as window:
        page = window.new_page()
        page.goto(server.at("journal"))
        yield page


class Writing:
    """Works the activity with these hands."""

    def __init__(self, page: Page, hands: type[Hands]) -> None:
        self.page = page
        self.part = page.locator(".brm-journal")
        self.hands = hands(page)

    @property
    def text(self) -> Locator:
        return self.part.get_by_label("Your entry")

    def press(self, name: str) -> None:
        self.hands.press(self.part.get_by_role("button", name=name))


@only(argvalues=["pages"])
def test_an_entry_from_the_first_word_to_the_search(page: Page, server: CourseServer) -> None:
    """By keys alone an entry is begun with a question, reloaded, kept, changed, and found; what
    comes next has the focus, and every page is sound.
    """
    writing = Writing(page, Keyboard)
    page.get_by_label("Begin with").select_option(label="Before a meeting")
    expect(writing.part.get_by_text("What do you want to know after the meeting")).to_be_visible()
    writing.hands.write(writing.text, "Why so many cafés?")
    expect(writing.part.get_by_text("Saved at")).to_be_visible()
    page.reload()
    expect(writing.text).to_have_value("Why so many cafés?")
    expect(page.get_by_label("Begin with")).to_have_value("before")
    writing.press("Finish this entry")
    entry = writing.part.get_by_role("article")
    expect(entry).to_be_focused()
    expect(writing.text).to_have_value("")
    writing.press("Change")
    expect(writing.part.get_by_role("heading", name="Change the entry")).to_be_focused()
    writing.hands.write(writing.text, "Because of the view.")
    writing.press("Keep the change")
    expect(entry.get_by_text("Because of the view.")).to_be_visible()
    expect(entry.get_by_text("Earlier versions (1)")).to_be_visible()
    assert faults(page) == []
    page.goto(server.at("mine"))
    page.get_by_label("Search").fill("CAFES")
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_have_text("cafés")
    expect(page.locator("mark")).to_be_visible()
    assert faults(page) == []


@only(argvalues=["pages"])
def test_the_lock_by_the_keyboard(page: Page, server: CourseServer) -> None:
    """By keys alone the lock is set, its code is in view, it is shut, and the code opens it; each
    of its pages is sound.
    """
    planted = "The heron stood still"
    writing = Writing(page, Keyboard)
    writing.hands.write(writing.text, planted)
    writing.press("Finish this entry")
    expect(writing.part.get_by_role("article").get_by_text(planted)).to_be_visible()
    page.goto(server.at("mine"))
    page.get_by_role("link", name="Lock it with a passphrase").press("Enter")
    assert (violations(page, None), crowded(page)) == ([], [])
    page.get_by_label("New passphrase").fill("correct horse battery")
    page.get_by_label("The same again").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.locator("code")).to_be_visible()
    code = page.locator("code").inner_text()
    assert (violations(page, None), crowded(page)) == ([], [])
    page.get_by_role("link", name="I have the code on paper").press("Enter")
    page.get_by_role("button", name="Lock it now").press("Enter")
    expect(page.get_by_label("Passphrase or recovery code")).to_be_visible()
    page.goto(server.at("mine"))
    expect(page.get_by_text(planted)).to_have_count(0)
    assert (violations(page, None), crowded(page)) == ([], [])
    page.get_by_role("link", name="Open it").press("Enter")
    page.get_by_label("Passphrase or recovery code").fill(code.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_text(planted)).to_be_visible()
    assert planted.encode() not in server.store_path.read_bytes()


@only(argvalues=["lab"])
def test_the_journal_in_jupyterlab(server: CourseServer, browser: Browser) -> None:
    """In JupyterLab, too, an entry is kept and stands below the form."""
    with window_on(server, browser) as window:
        page = window.new_page()
        page.goto(server.module("journal"))
        writing = Writing(page, Mouse)
        writing.text.wait_for(timeout=60_000)
        writing.hands.write(writing.text, "A note.")
        writing.press("Finish this entry")
        expect(writing.part.get_by_role("article").get_by_text("A note.")).to_be_visible()
