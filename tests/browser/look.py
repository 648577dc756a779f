"""What everybody must be able to read and press, measured on the page that is open."""

import time
from collections.abc import Sequence
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

HERE = Path(__file__).parent
CONTRAST = (HERE / "contrast.js").read_text("utf-8")
CROWD = (HERE / "crowd.js").read_text("utf-8")
FIT = (HERE / "fit.js").read_text("utf-8")
READABLE = 4.5
WIDTHS = (320, 360, 640, 1280)
"""A desk at 400 %, a phone, half a window, a desk."""

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
    """Return what does not fit into the window, is squeezed or lies on something else, once the
    host has had time to lay the page out for its new width.
    """
    end = time.monotonic() + SETTLING
    while (found := page.evaluate(FIT) + page.evaluate(CROWD)) and time.monotonic() < end:
        page.wait_for_timeout(100)
    return found


def crowded(page: Page, widths: Sequence[int] = WIDTHS) -> list[str]:
    """Return what has no room at any of the widths."""
    before, found = page.viewport_size, []
    for width in widths:
        page.set_viewport_size({"width": width, "height": before["height"]})
        found += [f"{width} px: {fault}" for fault in misfits(page)]
    page.set_viewport_size(before)
    return found


def faults(page: Page) -> list[str]:
    """Return all of it for the whole page."""
    return violations(page, None) + pale(page) + crowded(page)
