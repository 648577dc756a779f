"""What everybody must be able to read and press: accessible, with contrast, in both themes, down to 360 px."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from brmcourse.content import Library

from .conftest import NewLearner
from .learner import Learner
from .server import CourseServer
from .tour import tour

HERE = Path(__file__).parent
CONTRAST = (HERE / "contrast.js").read_text("utf-8")
FIT = (HERE / "fit.js").read_text("utf-8")
THEMES = ("light", "dark")
READABLE = 4.5
NARROW = {"width": 360, "height": 740}
REPAINT = 300
"""Milliseconds for the colours of a theme to arrive."""


def violations(learner: Learner, scope: str | None) -> list[str]:
    """Return what axe-core finds in the part of the page that a selector names; None is the whole page."""
    found = Axe().run(learner.page, scope).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


def pale(learner: Learner) -> list[str]:
    """Return every text whose contrast is too low."""
    texts = learner.page.evaluate(CONTRAST)
    assert texts
    return [f"{text['text']} ({text['ratio']:.2f})" for text in texts if text["ratio"] < READABLE]


def test_every_state_is_accessible_in_both_themes(learner: Learner, host: str, library: Library, shots: Path) -> None:
    """In every state axe-core finds nothing, and every text has a contrast of 4.5 to 1, light and dark.

    Our own page is examined whole, JupyterLab only inside our output.
    """
    faults = []
    for state in tour(learner, library):
        for theme in THEMES:
            learner.page.emulate_media(color_scheme=theme)
            learner.page.wait_for_timeout(REPAINT)
            learner.part.screenshot(path=shots / f"{host}-wide-{theme}-{state}.png")
            scope = None if host == "page" and state == "opened" else learner.selector
            faults += [f"{state}, {theme}: {fault}" for fault in violations(learner, scope) + pale(learner)]
    assert faults == []


def test_both_themes_are_really_shown(new_learner: NewLearner) -> None:
    """A browser set to dark gets dark activities, one set to light gets light ones."""
    learner = new_learner()
    papers = []
    for theme in THEMES:
        learner.page.emulate_media(color_scheme=theme)
        learner.page.wait_for_timeout(REPAINT)
        papers.append(learner.page.locator(".brm").first.evaluate("(el) => getComputedStyle(el).backgroundColor"))
    assert papers[0] != papers[1]


def test_everything_fits_a_phone(browser: Browser, host: str, tmp_path: Path, library: Library, shots: Path) -> None:
    """At 360 px nothing scrolls sideways or is cut off, and every button is at least 24 px high and wide."""
    faults = []
    with CourseServer(host, tmp_path) as server, browser.new_context(viewport=NARROW) as window:
        learner = Learner(window, server.url).open()
        for state in tour(learner, library):
            learner.part.screenshot(path=shots / f"{host}-narrow-light-{state}.png")
            faults += [f"{state}: {fault}" for fault in learner.page.evaluate(FIT)]
    assert faults == []
