"""My data in a browser: moved from one computer to another, put back, begun anew, deleted."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from brmcourse.events import Draft, PlanWrote, new_id
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import choosing
from brmcourse.session import Learner

from .conftest import window_on
from .look import crowded, violations
from .server import CourseServer

SHOTS = os.environ.get("BRMCOURSE_SHOTS")
"""Where to keep a picture of every state, for whoever wants to look."""

TEXT = "Harbour says that it is late again"


def write(server: CourseServer, text: str = TEXT) -> None:
    """Record a partner and a plan about them, as if done on the pages."""
    log = SqliteLog(server.store_path)
    learner = Learner(log)
    learner.record([choosing("Harbour")], new_id(), "1")
    learner.record([Draft("m1-p1", 1, PlanWrote(text, "ask first", "Tuesday"))], new_id(), "1")
    log.close()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[CourseServer, CourseServer]]:
    """The course on two computers."""
    with (
        CourseServer("pages", tmp_path / "one") as one,
        CourseServer("pages", tmp_path / "other") as other,
    ):
        yield one, other


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()


@pytest.fixture
def one(tmp_path: Path) -> Iterator[CourseServer]:
    """The course on one computer, where something was written."""
    with CourseServer("pages", tmp_path / "one") as server:
        write(server)
        yield server


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"data-{name}.png", full_page=True)


def quiz(page: Page, server: CourseServer) -> str:
    """Return the module's quiz as it stands on a page that is opened anew."""
    page.goto(server.at("m1/check-yourself"))
    shown = page.locator("#quiz-m1").inner_text()
    return re.sub(r"\s+", " ", shown)


def downloaded(page: Page, server: CourseServer, path: Path) -> Path:
    page.goto(server.at("data"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all my answers").click()
    download.value.save_as(path)
    return path


def bring_in(page: Page, server: CourseServer, path: Path) -> None:
    page.goto(server.at("data"))
    page.get_by_label("The zip file from the other computer").set_input_files(path)
    page.get_by_role("button", name="Bring in").click()


@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "plain"])
def test_everything_goes_on_in_another_browser(
    browser: Browser, two: tuple[CourseServer, CourseServer], tmp_path: Path, scripted: bool
) -> None:
    """What was answered and written on one computer goes on, to the letter, on another one where
    the course was only opened; brought in again nothing changes.
    """
    one, other = two
    with window_on(one, browser, java_script_enabled=scripted) as window:
        page = window.new_page()
        quiz(page, one)
        page.locator("#quiz-m1 input[type=radio]").nth(1).check()
        page.locator("#quiz-m1 button[value=check]").click()
        expect(page.locator("#quiz-m1 [role=status]").first).to_be_attached()
        write(one)
        there = quiz(page, one)
        file = downloaded(page, one, tmp_path / "mine.zip")
    with window_on(other, browser, java_script_enabled=scripted) as window:
        page = window.new_page()
        assert quiz(page, other) != there  # an order of its own, and nothing answered
        page.goto(other.at())
        page.get_by_role("link", name=re.compile("Bring your answers in|Take your answers")).click()
        bring_in(page, other, file)
        expect(page.get_by_role("status").first).to_contain_text("entries were added")
        assert quiz(page, other) == there
        page.goto(other.at("mine"))
        expect(page.get_by_text(TEXT)).to_be_visible()
        page.goto(other.at())
        expect(page.get_by_text("Your pages are about Harbour.")).to_be_visible()
        bring_in(page, other, file)
        expect(page.get_by_role("status").first).to_contain_text("was here already")
        broken = tmp_path / "broken.zip"
        broken.write_bytes(file.read_bytes()[:-9])
        bring_in(page, other, broken)
        expect(page.get_by_role("alert").filter(has_text="Nothing was taken")).to_be_visible()
        assert quiz(page, other) == there


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_page_can_be_read_and_pressed_by_everybody(
    browser: Browser, one: CourseServer, scheme: str
) -> None:
    """No page of it has a fault that axe-core (contrast too) or a narrow window shows."""
    with window_on(one, browser, color_scheme=scheme) as window:
        page = window.new_page()
        page.goto(one.at("data"))
        page.get_by_role("button", name="Make a copy now").click()
        expect(page.get_by_role("status").first).to_contain_text("There is a copy")
        found = {}
        for name, path in PAGES.items():
            if path:
                page.goto(one.at(path))
            found[name] = violations(page, None) + crowded(page)
            shot(page, f"{name}-{scheme}-1280")
            page.set_viewport_size({"width": 360, "height": 740})
            shot(page, f"{name}-{scheme}-360")
            page.set_viewport_size({"width": 1280, "height": 900})
        assert {name: fault for name, fault in found.items() if fault} == {}


PAGES = {
    "done": "",
    "data": "data",
    "check": "data/check",
    "forget": "data/forget?what=partner:1",
    "all": "data/forget?what=all",
    "again": "data/again/m1",
    "course": "data/again/all",
    "home": "?",
}
"""The addresses, "" for the page that is open."""


@pytest.fixture
def page(context_of_one: BrowserContext) -> Page:
    return context_of_one.new_page()


@pytest.fixture
def context_of_one(browser: Browser, one: CourseServer) -> Iterator[BrowserContext]:
    with window_on(one, browser) as window:
        yield window


def press(page: Page, name: str) -> None:
    """Find a button or link with the Tab key, and press it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.innerText.replace(/\\s+/g, ' ').trim()")
        if focused.startswith(name):
            page.keyboard.press("Enter")
            return
    raise AssertionError(name)


def test_by_keyboard_a_copy_comes_back(page: Page, one: CourseServer) -> None:
    """By keyboard alone: a copy, a change, and back to the copy by one button; what was changed is
    a copy then, and comes back the same way.
    """
    page.goto(one.at("data"))
    press(page, "Make a copy now")
    expect(page.get_by_role("status").first).to_contain_text("There is a copy")
    write(one, "Another thing happened")
    page.reload()
    press(page, "Restore this copy")
    expect(page.get_by_role("status").first).to_contain_text("The copy is back")
    page.goto(one.at("mine"))
    expect(page.get_by_text(TEXT)).to_be_visible()
    page.goto(one.at("data"))
    expect(page.get_by_role("button", name=re.compile("^Restore this copy"))).to_have_count(2)
    press(page, "Restore this copy")
    expect(page.get_by_role("status").first).to_contain_text("The copy is back")
    page.goto(one.at("mine"))
    expect(page.get_by_text("Another thing happened")).to_be_visible()


def test_a_module_is_begun_anew_from_its_own_page(page: Page, one: CourseServer) -> None:
    """From the module's list of steps one asks to start again, may leave it, and then does it: the
    module stands as new, the text is in the history that one downloads.
    """
    page.goto(one.at("m1/start"))
    page.get_by_role("link", name="Start this again").click()
    page.get_by_role("link", name="Leave it as it is").click()
    page.goto(one.at("mine"))
    expect(page.get_by_text(TEXT)).to_be_visible()
    page.goto(one.at("data/again/m1"))
    press(page, "Start again")
    page.wait_for_url(one.at("m1/start"))
    expect(page).to_have_url(one.at("m1/start"))
    expect(page.locator(".course-map-left")).to_contain_text("0 of ")
    expect(page.get_by_role("link", name="Start this again")).to_have_count(0)
    page.goto(one.at("mine"))
    expect(page.get_by_text(TEXT)).to_have_count(0)
    assert any(body.get("situation") == TEXT for body in one.bodies("m1-p1"))


def test_everything_is_deleted_and_begins_anew(page: Page, one: CourseServer) -> None:
    """Asked first and told what goes, one deletes everything: no byte of it is left in the folder,
    an open page goes on, and the course begins anew.
    """
    page.goto(one.at("data"))
    page.get_by_role("button", name="Make a copy now").click()
    page.get_by_label("What do you want to delete?").select_option(label="Everything")
    page.get_by_role("button", name="Show what would go").click()
    expect(page.get_by_role("heading", name="Delete all your answers?")).to_be_visible()
    expect(page.get_by_text("the one copy that the course made")).to_be_visible()
    page.get_by_role("button", name="Delete it for good").click()
    expect(page.get_by_role("status").first).to_contain_text("The course begins anew")
    left = [path for path in one.home.glob("answers*") if TEXT.encode() in path.read_bytes()]
    assert left == []
    page.goto(one.at())
    expect(page.get_by_role("link", name="Start with module 0")).to_be_visible()
    write(one, "The first thing again")
    page.goto(one.at("mine"))
    expect(page.get_by_text("The first thing again")).to_be_visible()
