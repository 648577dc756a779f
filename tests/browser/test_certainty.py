"""Being asked how sure one is: switched on, left out, given, kept; by keys and without a script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from brmcourse.content.library import Library

from .conftest import window_on
from .hands import Keyboard
from .look import faults
from .server import CourseServer

PHONE = {"width": 360, "height": 740}
STEP = "m2/check-yourself"
FIRST = "#m2-q01"
CHOOSE = "Choose how sure you are."


@pytest.fixture
def server(tmp_path: Path) -> Iterator[CourseServer]:
    """The course for a learner who did nothing yet."""
    with CourseServer("pages", tmp_path) as course:
        yield course


def key_of(library: Library) -> str:
    """Return the right answer to the first question."""
    asked = library.named("questions", "m2").questions[0]
    return next(option.text for option in asked.options if option.credit == 1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_by_keys_on_a_phone(
    browser: Browser, server: CourseServer, library: Library, scheme: str
) -> None:
    """It is off, is switched on and asked with the keys alone, left out and given; reloaded in the
    middle it is still on. In each state everybody can read and press it.
    """
    looks = {"viewport": PHONE, "color_scheme": scheme, "reduced_motion": "reduce"}
    with window_on(server, browser, **looks) as window:
        page = window.new_page()
        page.goto(server.at(STEP))
        keys = Keyboard(page)
        switch = page.locator(f"{FIRST}-certainty")
        expect(switch).to_have_attribute("aria-pressed", "false")
        expect(page.locator("input[name=sure]")).to_have_count(0)
        assert faults(page) == []

        keys.choose(page.get_by_label(key_of(library), exact=True))
        keys.press(switch)
        expect(switch).to_have_attribute("aria-pressed", "true")
        expect(switch).to_be_focused()
        expect(page.get_by_label(key_of(library), exact=True)).to_be_checked()
        levels = page.get_by_role("group", name="How sure are you?")
        expect(levels.locator("input:checked")).to_have_count(0)
        assert faults(page) == []

        keys.press(page.locator(f"{FIRST}-check"))
        expect(page.get_by_role("alert").get_by_role("link", name=CHOOSE)).to_be_visible()
        expect(page.locator(".brm-errors")).to_be_focused()
        expect(page.get_by_label(key_of(library), exact=True)).to_be_checked()
        assert faults(page) == []
        keys.press(page.get_by_role("link", name=CHOOSE))
        expect(levels.get_by_label("Not sure")).to_be_focused()

        page.reload()
        expect(switch).to_have_attribute("aria-pressed", "true")
        keys.choose(page.get_by_label(key_of(library), exact=True))
        keys.choose(levels.get_by_label("Very sure"))
        expect(levels.get_by_label("Very sure")).to_be_checked()
        keys.press(page.locator(f"{FIRST}-check"))
        expect(page.get_by_text("Very sure, and right: 3 points for certainty.")).to_be_visible()
        expect(levels).to_have_count(0)
        expect(switch).to_have_count(0)
        assert faults(page) == []

        keys.press(page.locator(f"{FIRST}-next"))
        expect(page.locator("#m2-q02-certainty")).to_have_attribute("aria-pressed", "true")
        page.goto(server.at("m3/check-yourself"))
        expect(page.get_by_role("group", name="How sure are you?")).to_be_visible()
        (answered,) = server.bodies("m2-q01")
        assert answered["certainty"] == 3


def test_without_a_script(browser: Browser, server: CourseServer, library: Library) -> None:
    """With forms alone it is switched on, asked for, answered and told in the summary; what was
    chosen stays on the way.
    """
    with window_on(server, browser, java_script_enabled=False) as window:
        page = window.new_page()
        page.goto(server.at(STEP))
        right = page.get_by_label(key_of(library), exact=True)
        right.check()
        page.locator(f"{FIRST}-certainty").click()
        expect(right).to_be_checked()
        page.locator(f"{FIRST}-check").click()
        expect(page.locator(f"{FIRST}-sure-error")).to_have_text(f"Error: {CHOOSE}")
        expect(right).to_be_checked()
        page.get_by_label("Fairly sure").check()
        page.locator(f"{FIRST}-check").click()
        expect(page.get_by_text("Fairly sure, and right: 2 points")).to_be_visible()
        for asked in library.named("questions", "m2").questions:
            page.locator(f"#{asked.id}-next").click()
        expect(
            page.get_by_text("When you were fairly sure you were right 1 time of 1")
        ).to_be_visible()
        page.locator("#m2-reset").click()
        page.locator("#m2-reset-yes").click()
        page.locator(f"{FIRST}-certainty").click()
        expect(page.locator("input[name=sure]")).to_have_count(0)
