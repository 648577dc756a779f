"""Due today on Home, without a browser: what is listed, put off, done and led to."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import vobject

from brmcourse import due
from brmcourse.content.library import Library
from brmcourse.events import (
    Draft,
    DueDone,
    DuePutOff,
    PlanReported,
    PlanWrote,
    SheetAdded,
)
from brmcourse.log.memory import MemoryLog
from brmcourse.mine.shown import slot
from brmcourse.partners import choosing
from brmcourse.progress import find_place
from tests.life import Life, doing, entry
from tests.play import NOON

from .site import HOME, Site


@pytest.fixture
def life(library: Library) -> Life:
    """Somebody whose clock is moved by hand, who did the first module about Harbour."""
    someone = Life(MemoryLog(), library, NOON)
    someone.did(choosing("Harbour"))
    someone.finish("m1")
    return someone


@pytest.fixture
def whole(life: Life, tmp_path: Path) -> Site:
    """The pages, with all that can wait."""
    return Site(life.learner, tmp_path / "course")


@pytest.fixture
def site(whole: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The pages while nothing is fading."""
    others = tuple(source for source in due.SOURCES if source is not due.fading)
    monkeypatch.setattr(due, "SOURCES", others)
    return whole


def day(days: int) -> str:
    return (NOON.date() + timedelta(days)).isoformat()


def promise(life: Life, number: int, days: int, partner: str = "1") -> None:
    """Write a promise with a day."""
    sheet = life.shelf.library.named("sheets", "promises")
    if number > 1:
        life.did(Draft(sheet.id, sheet.edition, SheetAdded(number)), partner=partner)
    texts = {"what": f"<Thing {number}>", "by": day(days), "state": "open"}
    life.did(entry(sheet, number, texts), partner=partner)


def plan(life: Life, days: int) -> None:
    """Write the plan of module 1 with a day."""
    [prompt] = life.shelf.library.named("prompts", "m1").plans
    life.did(Draft(prompt.id, prompt.edition, PlanWrote("she sighs", "ask", "", day(days))))


def due_on(site: Site) -> str:
    """Return the part of Home that says what is due."""
    found = re.search(r'<section class="course-due".*?</section>', site.get("/"), re.DOTALL)
    return found[0] if found else ""


def titles(html: str) -> list[str]:
    return [unescape(text) for text in re.findall(r'class="course-what">([^<]+)<', html)]


def form_of(html: str, key: str) -> int:
    """Return which of the page's forms is about that key."""
    forms = re.findall(r"<form\b.*?</form>", html, re.DOTALL)
    return next(n for n, form in enumerate(forms) if f'name="due-key" value="{key}"' in form)


def press(site: Site, key: str, action: str) -> tuple[str, str]:
    """Press a button of something that waits."""
    html = site.get("/")
    return site.post("/", html, form=form_of(html, key), action=action)


def bodies(life: Life, *kinds: type) -> list[Any]:
    _, events = life.learner.log.read(kinds=[kind.kind for kind in kinds])
    return [event.body for event in events]


def test_who_has_no_day_sees_nothing_of_it(tmp_path: Path, library: Library) -> None:
    """Neither on the first visit nor after some work is anything said of what is due."""
    life = Life(MemoryLog(), library, NOON)
    site = Site(life.learner, tmp_path / "course")
    assert "Due today" not in site.get("/")
    life.finish("m0")
    assert "Due today" not in site.get("/")


def test_nothing_due_is_said_calmly(site: Site) -> None:
    """Where nothing is due yet, it says so, and when the next comes."""
    html = due_on(site)
    assert "Nothing is due today." in html
    assert "What comes next is for 26 November 2026." in html
    assert titles(html) == []


def test_what_is_due_is_listed_with_one_button_each(site: Site, life: Life) -> None:
    """Each thing has a title, the learner's own words escaped, its minutes and one button that
    leads to the very place where it is done.
    """
    promise(life, 1, 1)
    plan(life, 1)
    life.turn_to(2)
    html = due_on(site)
    html, _, rest = html.partition('<details class="course-rest">')
    assert titles(html) == ["A promise to keep", "Say what became of a plan"]
    assert "&lt;Thing 1&gt;" in html
    assert "about 3 minutes" in html
    addresses = re.findall(r'class="course-do" href="([^"]+)"', html)
    for address, anchor in zip(addresses, ("promises-1-row", "m1-p1-report"), strict=True):
        path, _, found = address.partition("#")
        assert found == anchor
        assert f'id="{anchor}"' in site.get(path)
    assert titles(rest) == ["Look back after two days: what stayed, and your plan"]


def test_eight_minutes_are_shown_at_once(site: Site, life: Life) -> None:
    """The rest waits behind a line that can be opened without a script."""
    for number in range(1, 12):
        promise(life, number, 1)
    life.turn_to(1)
    html = due_on(site)
    shown, _, rest = html.partition('<details class="course-rest">')
    assert len(titles(shown)) == 8
    assert len(titles(rest)) == 3
    assert "And 3 more when you like" in rest


def test_not_now_is_fine(site: Site, life: Life) -> None:
    """One button puts a thing off until tomorrow, one for a week; sent twice, it counts once."""
    promise(life, 1, 0)
    html = site.get("/")
    number = form_of(html, "promises:1:1")
    for _ in range(2):
        where, after = site.post("/", html, form=number, action="put-off 1")
        assert where == f"{HOME}/"
        assert titles(after) == []
    assert bodies(life, DuePutOff) == [DuePutOff("promises:1:1", 1)]
    life.turn_to(1)
    assert titles(due_on(site)) == ["A promise to keep"]
    press(site, "promises:1:1", "put-off 7")
    life.turn_to(7)
    assert "A promise to keep" not in titles(due_on(site))
    life.turn_to(8)
    assert titles(due_on(site))[0] == "A promise to keep"


@pytest.mark.parametrize(
    "action", ["put-off 2", "put-off", "put-off x", "told-done", "put-off 1 1"]
)
def test_what_no_button_says_does_nothing(site: Site, life: Life, action: str) -> None:
    """Other days, or done for what is done elsewhere, are led back to Home, and nothing is kept."""
    promise(life, 1, 0)
    where, after = press(site, "promises:1:1", action)
    assert where == f"{HOME}/"
    assert titles(after) == ["A promise to keep"]
    assert bodies(life, DuePutOff, DueDone) == []


@pytest.mark.parametrize("key", ["promises:2:1", "follow-up:first:60", "odd", ""])
def test_what_does_not_wait_cannot_be_put_off(site: Site, life: Life, key: str) -> None:
    """What is not there, or not due yet, is led back to Home, and nothing is kept."""
    promise(life, 1, 0)
    html = site.get("/")
    number = form_of(html, "promises:1:1")
    where, _ = site.post("/", html, form=number, action="put-off 1", **{"due-key": key})
    assert where == f"{HOME}/"
    assert bodies(life, DuePutOff, DueDone) == []


def test_a_forged_form_puts_nothing_off(site: Site, life: Life) -> None:
    """A form without the course's own sign is refused."""
    promise(life, 1, 0)
    form = {"action": "put-off 1", "due-key": "promises:1:1"}
    assert site.client.post("/", data=form, headers={"origin": HOME}).status_code == 403
    assert bodies(life, DuePutOff) == []


def test_what_is_about_another_partner_leads_there(site: Site, life: Life) -> None:
    """The button for another partner's promise turns to that partner first, and says who it is."""
    life.did(choosing("Quay"), partner="2")
    promise(life, 1, 0, partner="2")
    life.did(choosing("Harbour"))
    html = due_on(site)
    assert "about Quay" in html
    assert "href=" not in html.partition("course-acts")[2].partition("</li>")[0]
    where, page = press(site, "promises:1:2", "go-there")
    assert where.endswith("#promises-1-row")
    assert "&lt;Thing 1&gt;" in page
    assert life.learner.partners().current == "2"


def test_promises_are_told_in_words(site: Site, life: Life) -> None:
    """What became of the promises to each partner stands with the partner."""
    promise(life, 1, 3)
    assert "1 promise with a date is open." in site.get("/")
    sheet = life.shelf.library.named("sheets", "promises")
    life.did(entry(sheet, 1, {"what": "x", "by": day(0), "state": "kept"}))
    assert "1 promise with a date was kept." in site.get("/")
    assert "Harbour: 1 promise" not in site.get("/")
    life.did(choosing("Quay"), partner="2")
    assert "Harbour: 1 promise with a date was kept." in site.get("/")


@pytest.mark.parametrize("days", [2, 7, 21, 60])
def test_looking_back_has_a_page(site: Site, life: Life, days: int) -> None:
    """On each of the days one page says what to do, each with a link to where it is; a button says
    that it is done, and the page then tells when the next one comes.
    """
    life.turn_to(days)
    [address] = re.findall(r'class="course-do" href="([^"]+)"', due_on(site))
    assert address == "/follow-up"
    html = site.get(address)
    assert titles(due_on(site))[0] in unescape(html)
    links = re.findall(r'class="course-do" href="([^"]+)"', html)
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        assert f'id="{anchor}"' in site.get(path)
    where, after = site.post("/", html, action="told-done")
    assert where == f"{HOME}/"
    assert titles(after) == []
    assert bodies(life, DueDone) == [DueDone(f"follow-up:first:{days}")]
    again = site.get("/follow-up")
    assert "There is no looking back today;" in again
    assert ("The next look back is on" in again) == (days < 60)


def test_looking_back_before_its_time(site: Site) -> None:
    """The page can be opened any day, and then says when there is something."""
    assert "The next look back is on 26 November 2026." in site.get("/follow-up")


def test_a_plan_is_reported_on_without_a_script(site: Site, life: Life) -> None:
    """From Home to the plan, a report with a new day, and Home has it on that day."""
    plan(life, 0)
    [address] = re.findall(r'class="course-do" href="([^"]+)"', due_on(site))
    path = address.partition("#")[0]
    html = site.get(path)
    forms = re.findall(r"<form\b.*?</form>", html, re.DOTALL)
    number = next(n for n, form in enumerate(forms) if 'id="m1-p1-report"' in form)
    words = {"m1-p1:outcome": "not-yet", "m1-p1:happened": "It rained.", "m1-p1:again": day(1)}
    where, after = site.post(path, html, form=number, action="report m1-p1", **words)
    assert where.endswith("#m1-p1-report-latest")
    assert "It rained." in after
    assert bodies(life, PlanReported) == [PlanReported("not-yet", "It rained.")]
    assert "It rained." in site.get("/mine")
    assert titles(due_on(site)) == []
    life.turn_to(1)
    assert titles(due_on(site)) == ["Say what became of a plan"]


def test_the_last_plan_is_reported_on_in_the_capstone(site: Site, life: Life) -> None:
    """The plan that only the capstone shows leads there, and can be reported on as it is read."""
    [prompt] = life.shelf.library.named("prompts", "m8").plans
    life.did(Draft(prompt.id, prompt.edition, PlanWrote("on Monday", "ask N.", "", day(0))))
    [address] = re.findall(r'class="course-do" href="([^"]+)"', due_on(site))
    path, _, anchor = address.partition("#")
    html = site.get(path)
    assert f'id="{anchor}"' in html
    forms = re.findall(r"<form\b.*?</form>", html, re.DOTALL)
    number = next(n for n, form in enumerate(forms) if f'id="{anchor}"' in form)
    words = {"m8-p1:outcome": "done", "m8-p1:happened": "She read it."}
    _, after = site.post(path, html, form=number, action="report m8-p1", **words)
    assert "She read it." in after
    assert titles(due_on(site)) == []


def test_the_calendar_is_a_download(site: Site, life: Life) -> None:
    """The link on Home leads to a file for calendars, for whoever may come in and nobody else."""
    promise(life, 1, 3)
    assert 'href="/calendar.ics"' in due_on(site)
    reply = site.client.get("/calendar.ics")
    assert reply.headers["content-type"].startswith("text/calendar")
    assert 'filename="course.ics"' in reply.headers["content-disposition"]
    found = vobject.readOne(reply.text)
    assert len(found.vevent_list) == 5
    assert "Thing" not in reply.text
    assert "Harbour" not in reply.text
    assert site.stranger.get("/calendar.ics").status_code == 403


def test_what_is_fading_waits_among_the_rest(whole: Site, life: Life) -> None:
    """From the day after wrong answers on the review waits, with minutes and no date; one button
    leads to it, it can be put off, and it is in no calendar.
    """
    assert titles(due_on(whole)) == []
    life.turn_to(1)
    html = due_on(whole)
    assert titles(html) == [due.REVIEWED]
    assert re.search(r"\b[1-8] minutes?</p>", html)
    [address] = re.findall(r'class="course-do" href="([^"]+)"', html)
    assert "brm-review" in whole.get(address)
    assert due.REVIEWED not in whole.client.get("/calendar.ics").text
    press(whole, "review", "put-off 7")
    for day_ in (1, 5, 7):
        life.turn_to(day_)
        assert due.REVIEWED not in titles(due_on(whole))
    life.turn_to(8)
    assert due.REVIEWED in titles(due_on(whole))


def test_the_review_alone_offers_no_calendar(tmp_path: Path, library: Library) -> None:
    """Where only the review waits, it is listed, and there is no date to put into a calendar."""
    life = Life(MemoryLog(), library, NOON)
    life.did(*doing(find_place(library, "quiz", "m1")), partner="")
    life.turn_to(2)
    html = due_on(Site(life.learner, tmp_path / "course"))
    assert titles(html) == [due.REVIEWED]
    assert "calendar" not in html


def test_what_is_fading_starts_anew_with_the_log(whole: Site, life: Life) -> None:
    """What is forgotten is not asked for again: the review forgets with the log it read."""
    life.turn_to(1)
    assert titles(due_on(whole)) == [due.REVIEWED]
    _, events = life.learner.log.read()
    life.learner.log.forget([event.id for event in events if event.kind != "learner.began"])
    assert due_on(whole) == ""


def test_home_reads_the_log_once(whole: Site, life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """Home reads what is new of the whole log once, and of the rest only who the partners are."""
    promise(life, 1, 0)
    whole.get("/")
    asked: list[Any] = []
    read = life.learner.log.read

    def counted(*args: Any, **more: Any) -> Any:
        asked.append(more.get("subjects"))
        return read(*args, **more)

    monkeypatch.setattr(life.learner.log, "read", counted)
    whole.get("/")
    assert sum(subjects is None for subjects in asked) == 1
    assert all(subjects in (None, ["partners"]) for subjects in asked)


def test_life_goes_on_after_forgetting(site: Site, life: Life) -> None:
    """When what was put off is forgotten, it waits again: nothing is kept beside the log."""
    promise(life, 1, 0)
    press(site, "promises:1:1", "put-off 7")
    assert titles(due_on(site)) == []
    _, events = life.learner.log.read(kinds=[DuePutOff.kind])
    life.learner.log.forget([event.id for event in events])
    assert titles(due_on(site)) == ["A promise to keep"]


def test_each_report_stands_in_the_journal(life: Life) -> None:
    """One report on a plan does not take the place of the one before in what is taken along."""
    [prompt] = life.shelf.library.named("prompts", "m1").plans
    for text in ("It rained.", "She told me."):
        life.did(Draft(prompt.id, prompt.edition, PlanReported("not-yet", text)))
    _, events = life.learner.log.read(kinds=[PlanReported.kind])
    assert len({slot(event) for event in events}) == 2
