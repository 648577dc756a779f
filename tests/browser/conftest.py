"""The browser, the course in both hosts, and a learner whose page must not call anyone else."""

import functools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from .hands import Hands, Mouse
from .learner import Learner
from .server import CourseServer

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "The browser tests need Chromium: install it (`sudo apt-get install chromium`), "
    "or set CHROMIUM to the path of one."
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1280, "height": 900}

NewLearner = Callable[..., Learner]

only = functools.partial(pytest.mark.parametrize, "host", indirect=True, scope="module")
"""Marks a test for some of the hosts: what the widget does by itself need not be seen in both."""


def _chromium() -> str:
    for found in (os.environ.get("CHROMIUM"), *map(shutil.which, NAMES)):
        if found:
            return found
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; it ends with this package, because its event loop would disturb other tests."""
    path = _chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=["pages", "lab"])
def host(request: pytest.FixtureRequest) -> str:
    """Where the course is open: as pages, or in JupyterLab."""
    return request.param


@pytest.fixture(scope="module")
def server(
    browser: Browser, host: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CourseServer]:
    """The course with an empty log, one for each host and file of tests."""
    with CourseServer(host, tmp_path_factory.mktemp(host)) as course:
        yield course


@contextmanager
def window_on(server: CourseServer, browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """Open a browser window of its own that the course lets in; nothing in it fades from one colour
    to another, so that what is measured is what stays.
    """
    usual = {"viewport": WIDE, "reduced_motion": "reduce"}
    with browser.new_context(**usual | options) as window:
        window.set_default_timeout(15_000)
        server.admit(window)
        yield window


@pytest.fixture
def context(browser: Browser, server: CourseServer) -> Iterator[BrowserContext]:
    """A browser window of its own."""
    with window_on(server, browser) as window:
        yield window


@pytest.fixture
def new_learner(context: BrowserContext, server: CourseServer) -> Iterator[NewLearner]:
    """Open pages of the course; none of them may fail inside or call another machine."""
    learners: list[Learner] = []

    def begin(hands: type[Hands] = Mouse, url: str | None = None) -> Learner:
        learners.append(Learner(context, url or server.url, hands))
        return learners[-1].open()

    yield begin
    for learner in learners:
        assert learner.strangers == []
        assert learner.failures == []


@pytest.fixture
def learner(new_learner: NewLearner) -> Learner:
    """A learner with a mouse at the open module."""
    return new_learner()
