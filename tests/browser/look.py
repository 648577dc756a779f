"""What everybody must be able to read and press, measured on the page that is open."""

import time
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

HERE = Path(__file__).parent
CONTRAST = (HERE / "contrast.js").read_text("utf-8")
FIT = (HERE / "fit.js").read_text("utf-8")
READABLE = 4.5
NARROW = {"width": 360, "height": 740}
SETTLING = 3.0
"""Seconds after which a page counts as laid out; JupyterLab follows a new width a moment later."""


def violations(page: Page, scope: str | None) -> list[str]:
    """Return what axe-core finds in the part of the page that a selector names; None is the whole
    page.
    """
    found = Axe().run(page, scope).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


def pale(page: Page) -> list[str]:
    """Return every text whose contrast is too low."""
    texts = page.evaluate(CONTRAST)
    assert texts
    return [f"{text['text']} ({text['ratio']:.2f})" for text in texts if text["ratio"] < READABLE]


def misfits(page: Page) -> list[str]:
    """Return what does not fit into the window, once the host has had time to lay the page out for
    its new width.
    """
    end = time.monotonic() + SETTLING
    while (found := page.evaluate(FIT)) and time.monotonic() < end:
        page.wait_for_timeout(100)
    return found


def faults(page: Page) -> list[str]:
    """Return all of it for the whole page, also at 360 px, where nothing may scroll sideways or be
    cut off.
    """
    found = violations(page, None) + pale(page)
    wide = page.viewport_size
    page.set_viewport_size(NARROW)
    found += misfits(page)
    page.set_viewport_size(wide)
    return found
