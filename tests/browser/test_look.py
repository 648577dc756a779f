"""What everybody must be able to read and press: accessible, with contrast, in both themes, also in
a narrow window.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from brmcourse.content.library import Library

from .conftest import WIDE, window_on
from .learner import Learner
from .look import misfits, pale, violations
from .server import CourseServer
from .tour import tour

NARROW = {"pages": {"width": 360, "height": 740}, "lab": {"width": 640, "height": 740}}
THEMES = ("light", "dark")
SHOTS = os.environ.get("BRMCOURSE_SHOTS")
"""Where to keep a picture of every state, for whoever wants to look; without it none is taken."""


def keep_shot(learner: Learner, name: str) -> None:
    """Keep a picture of the activity, if somebody wants to look."""
    if SHOTS:
        learner.part.scroll_into_view_if_needed()
        learner.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("theme", THEMES)
def test_every_state_can_be_read_and_pressed_by_everybody(
    theme: str, browser: Browser, host: str, tmp_path: Path, library: Library
) -> None:
    """In every state and both themes axe-core finds nothing, every text has a contrast of 4.5 to 1,
    and in a narrow window (360 px; in JupyterLab, whose own frame leaves no room on a phone, 640)
    nothing scrolls sideways, is squeezed or cut off and no button is under 24 px.

    Our own page is examined whole, JupyterLab only inside our output.
    """
    faults = []
    with (
        CourseServer(host, tmp_path) as server,
        window_on(server, browser, color_scheme=theme, reduced_motion="reduce") as window,
    ):
        learner = Learner(window, server.url).open()
        for state in tour(learner, library):
            whole = host == "pages" and state == "opened"
            found = violations(learner.page, None if whole else learner.selector) + pale(
                learner.page
            )
            keep_shot(learner, f"{host}-wide-{theme}-{state}")
            learner.page.set_viewport_size(NARROW[host])
            found += misfits(learner.page)
            keep_shot(learner, f"{host}-narrow-{theme}-{state}")
            learner.page.set_viewport_size(WIDE)
            faults += [f"{state}: {fault}" for fault in found]
    assert faults == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_of_the_browser_is_the_theme_of_the_activities(
    theme: str, browser: Browser, server: CourseServer
) -> None:
    """A browser set to dark gets dark paper, one set to light gets light paper."""
    with window_on(server, browser, color_scheme=theme) as window:
        learner = Learner(window, server.url).open()
        paper = learner.page.locator(".brm").first.evaluate(
            "(el) => getComputedStyle(el).backgroundColor"
        )
    brightness = sum(map(int, re.findall(r"\d+", paper)[:3])) / 3
    assert (brightness > 127) == (theme == "light")
