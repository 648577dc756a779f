"""The profile of a learner with two partners: read, compared, thought back, by keys on a phone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from brmcourse.activities import scale
from brmcourse.content.library import Library
from brmcourse.events import Draft, ScaleFinished, new_id
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import choosing
from brmcourse.session import Learner

from .conftest import window_on
from .hands import Keyboard
from .look import faults
from .server import CourseServer

PHONE = {"width": 360, "height": 740}
BEGAN = datetime(2026, 9, 1, 12, tzinfo=UTC)


def rated(library: Library, learner: Learner, name: str, rating: int, partner: str) -> None:
    """Have a learner finish a self-assessment, every line alike."""
    content = scale.find(library, name)
    answers: dict[str, int | None] = {}
    for item in content.scale.items:
        answers[item.id] = 6 - rating if item.reverse else rating
    draft = Draft(name, content.scale.edition, ScaleFinished(answers))
    learner.record([draft], new_id(), partner)


@pytest.fixture
def server(tmp_path: Path, library: Library) -> Iterator[CourseServer]:
    """The course of a learner who rated two partners, one of them twice."""
    course = CourseServer("pages", tmp_path)
    time = BEGAN
    learner = Learner(SqliteLog(course.store_path), lambda: time)
    learner.record([choosing("Lighthouse")], new_id(), "2")
    rated(library, learner, "EMP", 4, "2")
    learner.record([choosing("Harbour")], new_id(), "1")
    rated(library, learner, "EMP", 2, "1")
    time = BEGAN + timedelta(days=60)
    rated(library, learner, "EMP", 3, "1")
    rated(library, learner, "CAR", 3, "1")
    learner.log.close()
    with course:
        yield course


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, server: CourseServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The profile on a phone."""
    looks = {"viewport": PHONE, "color_scheme": request.param, "reduced_motion": "reduce"}
    with window_on(server, browser, **looks) as window:
        page = window.new_page()
        page.goto(server.at("profile"))
        yield page


def test_by_keys_on_a_phone(page: Page) -> None:
    """What changed is told, thinking back is kept over a reload, and partners stand side by side;
    in each state everybody can read and press it.
    """
    keys = Keyboard(page)
    part = page.locator(".brm-profile")
    expect(part.get_by_text("you came to 50 of 100", exact=False).first).to_be_visible()
    expect(part.get_by_text("points more than on 1 September 2026", exact=False)).to_be_visible()
    assert faults(page) == []

    back = part.get_by_text("Think back", exact=True)
    keys.press(back)
    keys.press(part.get_by_role("button", name="Keep this"))
    expect(part.get_by_text("Choose one of the answers.")).to_be_visible()
    keys.choose(part.get_by_label("Never", exact=True))
    keys.press(part.get_by_role("button", name="Keep this"))
    told = part.get_by_text("you did this “never” (0 of 100)", exact=False)
    expect(told).to_be_visible()
    page.reload()
    expect(told).to_be_visible()
    assert faults(page) == []

    keys.press(part.get_by_role("button", name="Show my partners side by side"))
    expect(part.get_by_role("heading", name="My profile")).to_be_focused()
    expect(part.get_by_role("img", name="Lighthouse: 75 of 100")).to_be_visible()
    expect(part.get_by_role("img", name="Harbour: 50 of 100").first).to_be_visible()
    assert faults(page) == []


def test_its_lessons_lead_to_where_they_are_taught(page: Page) -> None:
    """The act to try has a link, and the page behind it that heading."""
    link = page.locator(".brm-profile .brm-note a").first
    title = link.inner_text()
    link.click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
