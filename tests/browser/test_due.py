"""Three months of use: what Home says on day 0, 2, 7, 21, 60 and 90, and what one does about it.

The course's process has the clock of this machine. So each look is on a life that began as many
days ago, which is the same to Home.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import vobject
from playwright.sync_api import Browser, Page, expect

from brmcourse.content.library import Library
from brmcourse.events import Draft, DueDone, PlanReported, PlanWrote, SheetAdded
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import choosing
from tests.life import Life, entry

from .conftest import WIDE, window_on
from .hands import Keyboard
from .look import misfits, violations
from .server import CourseServer

PROMISE, PLAN, CONTACT = (
    "A promise to keep",
    "Say what became of a plan",
    "A contact: bring something they can use",
)
AFTER = {
    2: "Look back after two days: what stayed, and your plan",
    7: "Look back after a week: five questions, mixed",
    21: "Look back after three weeks: another way through a talk",
    60: "Look back after two months: measure again, and revise your plan",
}
FADING = "Refresh what you have learned"
LOOKS = {
    0: ([], []),
    2: ([PROMISE, PLAN], [AFTER[2], FADING]),
    7: ([PROMISE], [AFTER[7], FADING]),
    21: ([CONTACT], [AFTER[21], FADING]),
    60: ([AFTER[60]], [FADING]),
    90: ([FADING], []),
}
"""What is listed on each day: at once, and behind the line that says there is more."""


def live(path: Path, library: Library, days: int) -> None:
    """Write the life of somebody who began that many days ago and did what was due, late or not."""
    log = SqliteLog(path)
    life = Life(log, library, datetime.now(UTC) - timedelta(days))
    [prompt] = library.named("prompts", "m1").plans
    promises, contacts = (library.named("sheets", name) for name in ("promises", "contacts"))

    def day(number: int) -> str:
        return (life.start.astimezone().date() + timedelta(number)).isoformat()

    def on(number: int, *drafts: Draft) -> None:
        if number < days:
            life.turn_to(number)
            life.did(*drafts)

    def planned(number: int) -> Draft:
        body = PlanWrote("she sighs", "ask why", "", day(number))
        return Draft(prompt.id, prompt.edition, body)

    def promised(number: int, by: int, state: str) -> Draft:
        return entry(promises, number, {"what": f"Thing {number}", "by": day(by), "state": state})

    life.did(choosing("Harbour"))
    life.finish("m1")
    second = Draft(promises.id, promises.edition, SheetAdded(2))
    life.did(planned(2), promised(1, 1, "open"), second, promised(2, 7, "open"))
    life.did(entry(contacts, 1, {"when": day(20), "bring": "A name", "state": "planned"}))
    told = PlanReported("not-yet", "It rained.")
    on(2, promised(1, 1, "kept"), Draft(prompt.id, prompt.edition, told), planned(70))
    on(3, Draft("due", 1, DueDone("follow-up:first:2")))
    on(9, promised(2, 7, "missed"), Draft("due", 1, DueDone("follow-up:first:7")))
    on(30, entry(contacts, 1, {"when": day(20), "bring": "A name", "state": "done"}))
    on(61, Draft("due", 1, DueDone("follow-up:first:60")))
    on(71, Draft(prompt.id, prompt.edition, PlanReported("done", "She told me.")))
    log.close()


@contextmanager
def home_on(
    days: int, browser: Browser, library: Library, folder: Path, **options: object
) -> Iterator[tuple[Page, CourseServer]]:
    """Open Home on that day of a life."""
    server = CourseServer("pages", folder)
    live(server.store_path, library, days)
    with server, window_on(server, browser, reduced_motion="reduce", **options) as window:
        page = window.new_page()
        page.goto(server.at())
        yield page, server


@pytest.mark.parametrize("days", LOOKS)
def test_three_months(days: int, browser: Browser, library: Library, tmp_path: Path) -> None:
    """On each day Home lists what is due then and nothing else, in both colours, without a fault
    that axe-core finds, and within a phone's window.
    """
    at_once, more = LOOKS[days]
    with home_on(days, browser, library, tmp_path) as (page, _server):
        part = page.locator(".course-due")
        for summary in part.locator(".course-rest > summary").all():
            summary.click()
        shown = part.locator(".course-waits .course-what")
        assert shown.all_text_contents() == at_once + more
        rest = part.locator(".course-rest .course-what")
        assert rest.all_text_contents() == more
        calm = part.get_by_text("Nothing is due today. What comes next is for")
        expect(calm).to_have_count(1 if days == 0 else 0)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert violations(page, None) == []
        page.set_viewport_size({"width": 320, "height": 700})
        assert misfits(page) == []
        page.set_viewport_size(WIDE)
        if days == 90:
            expect(part.get_by_role("link", name="calendar")).to_have_count(0)
            expect(page.get_by_text("1 of 2 promises with a date was kept")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_day_by_keyboard(
    browser: Browser, library: Library, tmp_path: Path, *, script: bool
) -> None:
    """With the keyboard alone, with a script or without one: a promise is put off, a plan reported
    on with a new day, a look back is done, and only what is fading is left.
    """
    options = {"java_script_enabled": script}
    with home_on(2, browser, library, tmp_path, **options) as (page, server):
        hands = Keyboard(page) if script else None

        def press(target) -> None:
            hands.press(target) if hands else target.click()

        press(page.locator("summary", has_text="Not now").first)
        press(page.get_by_role("button", name="In a week").first)
        expect(page.get_by_text(PROMISE)).to_have_count(0)
        press(page.get_by_role("link", name=f"Open: {PLAN}"))
        form = page.locator("#m1-p1-report")
        expect(form.get_by_label("Done", exact=True)).to_be_visible()
        form.get_by_label("Not yet", exact=True).check()
        form.get_by_label("What happened").fill("It rained. <b>Twice</b>.")
        later = datetime.now(UTC).astimezone().date() + timedelta(5)
        form.get_by_label("If not yet: a new day").fill(later.isoformat())
        press(form.get_by_role("button", name="Keep this report"))
        expect(page.get_by_text("It rained. <b>Twice</b>.").first).to_be_visible()
        page.reload()
        expect(page.get_by_text("It rained. <b>Twice</b>.").first).to_be_visible()
        page.goto(server.at())
        expect(page.locator(".course-waits .course-what").first).to_have_text(AFTER[2])
        press(page.get_by_role("link", name=f"Open: {AFTER[2]}"))
        expect(page.get_by_role("heading", level=1)).to_have_text(AFTER[2])
        assert not script or violations(page, None) == []  # axe-core is a script itself
        press(page.get_by_role("button", name="I am done with this one"))
        expect(page.locator(".course-waits .course-what")).to_have_text([FADING])
        assert [body["outcome"] for body in server.bodies("m1-p1") if "outcome" in body] == [
            "not-yet"
        ]


def test_the_calendar_comes_as_a_file(browser: Browser, library: Library, tmp_path: Path) -> None:
    """The link on Home saves a file that a second library reads, with all days and no own words."""
    with home_on(2, browser, library, tmp_path) as (page, _server):
        with page.expect_download() as download:
            page.get_by_role("link", name="Put these dates into my calendar").click()
        assert download.value.suggested_filename == "course.ics"
        text = Path(download.value.path()).read_text("utf-8")
        found = vobject.readOne(text, validate=True)
        assert len(found.vevent_list) == 8
        assert "Thing" not in text
        assert "Harbour" not in text
