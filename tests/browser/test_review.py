"""The review after two months away: by keys alone, without a script, and to the end of the day."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from brmcourse.activities import fading
from brmcourse.content.library import Library
from brmcourse.events import ConversationChose, Draft, Event, QuizAnswered, now
from brmcourse.log.sqlite import SqliteLog
from tests.play import event

from .conftest import window_on
from .hands import Keyboard
from .look import faults
from .server import CourseServer
from .walker import Walker

PHONE = {"width": 360, "height": 740}
AGO = timedelta(days=60)


def history(library: Library, module: str) -> list[Event]:
    """Return answers to two questions with one answer each, for which no other one stands in."""
    content, found = fading.find(library, ""), []
    for item in content.questions.values():
        alone = item.question.kind == "single" and not content.alike(item)
        if item.quiz.id == module and alone and len(found) < 2:
            body = QuizAnswered(module, item.question.options[0].id)
            found.append(event(Draft(item.key, item.edition, body), time=now() - AGO))
    return found


def weak_run(library: Library) -> list[Event]:
    """Return a run through the first conversation with a weak move in each turn that has one."""
    stage = fading.conversation.find(library, "s1")
    talk, found = stage.conversation, []
    record = fading.conversation.blank(stage)
    while not record.node.ending:
        offered = stage.board.offered(record.spot)
        weakest = min(offered, key=lambda place: record.node.choices[place].points)
        body = ConversationChose(len(record.turns), record.spot.name, weakest)
        move = event(Draft(talk.id, talk.edition, body), time=now() - AGO)
        record = fading.conversation.fold(record, move)
        found.append(move)
    return found


@pytest.fixture
def server(tmp_path: Path, library: Library) -> Iterator[CourseServer]:
    """The course of somebody who answered and played two months ago."""
    course = CourseServer("pages", tmp_path)
    log = SqliteLog(course.store_path)
    log.add([*history(library, "m1"), *history(library, "m5"), *weak_run(library)])
    log.close()
    with course:
        yield course


def opened(page: Page, server: CourseServer) -> Page:
    page.goto(server.at("review"))
    expect(page.locator("#review-count")).to_be_visible()
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_by_keys_on_a_phone(
    browser: Browser, server: CourseServer, library: Library, scheme: str
) -> None:
    """A question is left out, answered, told, put off, retired and brought back with the keys
    alone, and reloaded in the middle; in each state everybody can read and press it.
    """
    looks = {"viewport": PHONE, "color_scheme": scheme, "reduced_motion": "reduce"}
    with window_on(server, browser, **looks) as window:
        page = opened(window.new_page(), server)
        keys = Keyboard(page)
        count = page.locator("#review-count")
        expect(count).to_contain_text("Question 1 of 4 for today, from module")
        assert faults(page) == []
        keys.press(page.locator("#review-check"))
        expect(page.locator(".brm-errors")).to_be_focused()
        assert faults(page) == []

        keys.choose(page.locator("#review-form input[type=radio]").first)
        keys.press(page.locator("#review-check"))
        expect(page.get_by_text("It comes back")).to_be_visible()
        expect(page.locator("#review-next")).to_be_focused()
        assert faults(page) == []
        keys.press(page.locator("#review-next"))
        expect(count).to_contain_text("Question 2 of 4 for today")
        expect(count).to_be_focused()

        page.reload()
        expect(count).to_contain_text("Question 2 of 4 for today")
        keys.press(page.locator("#review-aside summary"))
        assert faults(page) == []
        keys.press(page.locator("#review-put-off"))
        expect(count).to_contain_text("Question 2 of 3 for today")
        keys.press(page.locator("#review-aside summary"))
        keys.write(page.locator("#review-reason"), "I know it by heart")
        keys.press(page.locator("#review-retire"))
        expect(count).to_contain_text("Question 2 of 2 for today")
        keys.press(page.locator("#review-away summary"))
        expect(page.get_by_text("Retired: I know it by heart.")).to_be_visible()
        keys.press(page.locator("#review-share summary"))
        assert faults(page) == []
        keys.press(page.get_by_role("button", name="Bring it back").first)
        expect(page.locator("#review-away summary")).to_have_text("Put off or retired (1)")


def test_a_conversation_from_where_it_went_wrong(
    browser: Browser, server: CourseServer, library: Library
) -> None:
    """After the questions a conversation comes: the button goes back in it, the link to it."""
    with window_on(server, browser) as window:
        page = opened(window.new_page(), server)
        while page.locator("#review-form").count():
            text = page.locator("#review-count").inner_text()
            page.locator("#review-aside summary").click()
            page.locator("#review-skip").click()
            expect(page.locator("#review-count")).not_to_have_text(text)
        page.get_by_role("button", name="Go back to turn 1").click()
        expect(page.locator("#review-gone")).to_be_focused()
        assert faults(page) == []
        page.get_by_role("link", name="Play on from there").click()
        expect(page.locator("#s1_burned_sponsor-here-0")).to_be_visible()


def test_without_a_script(browser: Browser, server: CourseServer, library: Library) -> None:
    """With forms alone everything due is answered, and the day is over."""
    with window_on(server, browser, java_script_enabled=False) as window:
        page = opened(window.new_page(), server)
        Walker(page, library).review(page.locator("section.brm"))
        expect(page.get_by_text("That is all for today")).to_be_visible()
        page.goto(server.at("review"))
        expect(page.get_by_text("The next one comes back on")).to_be_visible()
