"""The partner's view: the form as a file without any network, by keyboard and on a phone; its code
taken in on the course's pages; the screen handed over; two partners.
"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from brmcourse.activities import mirror
from brmcourse.activities.mirror_code import NAMES, Answer, decode, encode
from brmcourse.content.library import Library
from brmcourse.events import Draft, ScaleFinished, new_id
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import choosing
from brmcourse.rendering import mirror as rendered
from brmcourse.session import Learner

from .conftest import only, window_on
from .hands import Keyboard
from .look import crowded, faults, violations
from .server import CourseServer

on_pages = only(argvalues=["pages"])

PHONE = {"width": 360, "height": 740}
WORDS = "Keep “the list”,\nand 😀 <b>&amp;</b> \\ too."


@pytest.fixture
def alone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone without any network; whatever is asked for but the file itself fails the test."""
    asked: list[str] = []
    with browser.new_context(viewport=PHONE, offline=True, accept_downloads=True) as window:
        window.set_default_timeout(15_000)
        window.route("http*://**", lambda route: (asked.append(route.request.url), route.abort()))
        yield window
    assert asked == []


def save(library: Library, folder: Path, mode: str) -> tuple[mirror.Outline, str]:
    """Save the form of that mode as a file; return its content and its address."""
    content = mirror.find(library, "")
    invitation = mirror.Invitation("abc123", mode, content.mirror.edition)
    path = folder / f"{mode}.html"
    path.write_text(rendered.page(content.mirror, content.format, invitation), "utf-8")
    return content, path.as_uri()


def opened(window: BrowserContext, address: str) -> Page:
    """Open a page that must not complain about anything."""
    page = window.new_page()
    page.on("console", lambda said: pytest.fail(said.text))
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(address)
    return page


def test_the_form_by_keyboard_on_a_phone(
    library: Library, alone: BrowserContext, tmp_path: Path
) -> None:
    """Opened from a stick without network the form is filled in by keyboard alone; its code holds
    just what was chosen and written, whatever the letters, and is copied or saved as a file.
    """
    content, address = save(library, tmp_path, mirror.OPEN)
    page = opened(alone, address)
    keys = Keyboard(page)
    assert violations(page, None) + crowded(page) == []
    lines = [line.id for line in content.mirror.lines]
    chosen = {name: 1 + place % 5 for place, name in enumerate(lines[:-2])} | {lines[-2]: None}
    for name, rating in chosen.items():
        keys.choose(page.locator(f"input[name='{name}'][value='{rating or 'none'}']"))
    page.locator("#k").fill(f" {WORDS} ")
    keys.press(page.get_by_role("button", name="Make my answer"))
    expect(page.locator("#done-title")).to_be_focused()
    code = page.locator("#code").input_value()
    found = decode(code)
    assert found == Answer("abc123", 1, found.answer, chosen, WORDS, "")
    assert encode(found) == code
    assert len(found.answer) == 16
    assert violations(page, None) + crowded(page) == []
    keys.press(page.locator("#copy"))
    expect(page.locator("#said")).to_have_text("Copied.")
    with page.expect_download() as saving:
        keys.press(page.locator("#save"))
    assert saving.value.suggested_filename == "answer.txt"
    assert decode(saving.value.path().read_text("utf-8")) == found
    keys.choose(page.locator(f"input[name='{lines[0]}'][value='5']"))
    expect(page.locator("#done")).to_be_hidden()
    expect(page.locator("#status")).to_contain_text("Make your answer once more")
    keys.press(page.get_by_role("button", name="Make my answer"))
    again = decode(page.locator("#code").input_value())
    assert again.answer == found.answer
    assert again.ratings == {**chosen, lines[0]: 5}


def test_the_script_writes_what_the_course_reads(
    library: Library, alone: BrowserContext, tmp_path: Path
) -> None:
    """Whatever the letters and however long, the form's script makes the same code, letter by
    letter, as the course does.
    """
    _, address = save(library, tmp_path, mirror.OPEN)
    page = opened(alone, address)
    odd = "".join(map(chr, (*range(0x180), 0x2028, 0x20AC, 0xFEFF, 0xFFFD, 0x1F600, 0x10FFFF)))
    for length in (*range(12), len(odd)):
        answer = Answer("abc123", 1, "one", {"a": 1, "b": None}, odd[-length:], odd[:length])
        parts = {NAMES[name]: value for name, value in asdict(answer).items()}
        code = page.evaluate("(parts) => encode(parts)", parts)
        assert code == encode(answer)
        assert decode(code) == answer


def test_the_form_says_when_nothing_is_chosen(
    library: Library, alone: BrowserContext, tmp_path: Path
) -> None:
    """An empty form makes no code and says that it can be closed; a group is asked for no words,
    and in the dark all of it can be read, too. Nothing is kept on the machine.
    """
    _, address = save(library, tmp_path, mirror.GROUP)
    page = opened(alone, address)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.get_by_role("button", name="Make my answer").click()
    expect(page.locator("#status")).to_contain_text("close this page")
    expect(page.locator("#done")).to_be_hidden()
    expect(page.locator("form textarea")).to_have_count(0)
    assert violations(page, None) + crowded(page) == []
    page.get_by_label("Often", exact=True).first.check()
    page.get_by_role("button", name="Make my answer").click()
    expect(page.locator("#done-title")).to_be_visible()
    assert violations(page, None) + crowded(page) == []
    assert (
        page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0
    )
    page.reload()
    assert page.locator("input:checked").count() == 0


def test_without_a_script_the_form_is_paper(
    library: Library, browser: Browser, tmp_path: Path
) -> None:
    """Where scripts are off the form says so, offers paper, has no button that would do nothing,
    and prints on three sheets at most.
    """
    _, address = save(library, tmp_path, mirror.OPEN)
    with browser.new_context(viewport=PHONE, java_script_enabled=False, offline=True) as window:
        page = window.new_page()
        page.goto(address)
        expect(page.get_by_text("scripts are switched off here")).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(0)
        assert page.pdf(format="A4").count(b"/Type /Page\n") <= 3


@pytest.fixture
def page(browser: Browser, server: CourseServer, library: Library) -> Iterator[Page]:
    """The page of a learner with two partners, the second current, and one finished scale."""
    learner = Learner(SqliteLog(server.store_path))
    known = learner.partners().codes
    if not known["1"]:
        for key, code in (("1", "Harbour"), ("2", "Mill")):
            learner.record([choosing(code)], new_id(), key)
        items = library.named("scales", "emp").items
        ratings: dict[str, int | None] = {item.id: 5 for item in items}
        learner.record([Draft("EMP", 1, ScaleFinished(ratings))], new_id(), "2")
    learner.record([choosing("Mill")], new_id(), "2")
    learner.log.close()
    with window_on(server, browser, accept_downloads=True) as window:
        page = window.new_page()
        page.goto(server.at("profile"))
        yield page


def invite(page: Page) -> None:
    """Make the form for the partner who is current, unless it was made."""
    if page.locator("#mirror-open-invite").count():
        page.locator("#mirror-open-agreed").check()
        page.locator("#mirror-open-quiet").check()
        page.locator("#mirror-open-invite").click()
    expect(page.locator("#mirror-open-file")).to_be_visible()


def answer_in(alone: BrowserContext, path: Path, value: str) -> str:
    """Fill in the first two lines of a saved form; return the code."""
    form = opened(alone, path.as_uri())
    for number in (0, 1):
        form.locator("fieldset").nth(number).locator(f"input[value='{value}']").check()
    form.get_by_role("button", name="Make my answer").click()
    return form.locator("#code").input_value()


def test_the_ways_out_in_both_hosts(browser: Browser, server: CourseServer, tmp_path: Path) -> None:
    """In JupyterLab as on the course's pages the form is saved whole by its link, and nothing of
    the learner's stays on a screen that is handed over.
    """
    with window_on(server, browser, accept_downloads=True) as window:
        page = window.new_page()
        page.goto(server.module("profile") if server.host == "lab" else server.at("profile"))
        expect(page.locator("#mirror-start")).to_be_visible(timeout=60_000)
        invite(page)
        page.locator("#mirror-open-file").click()
        with page.expect_download() as saving:
            page.locator("#mirror-open-download").click()
        path = tmp_path / saving.value.suggested_filename
        saving.value.save_as(path)
        assert path.read_text("utf-8").endswith("</html>")
        page.locator("#mirror-hand").click()
        expect(page.locator("#mirror-form-start")).to_be_focused()
        expect(page.locator(".brm-profile")).to_be_hidden()


@on_pages
def test_out_and_back(page: Page, alone: BrowserContext, tmp_path: Path) -> None:
    """Made after two ticks, the form is saved by a link, answered without network, and its code
    taken in out of a whole mail; a damaged one and the same once more get a sentence; the page
    about the other partner calls it foreign.
    """
    page.locator("#mirror-open-invite").click()
    expect(page.locator(".brm-errors")).to_be_focused()
    assert faults(page) == []
    invite(page)
    page.locator("#mirror-open-file").click()
    expect(page.locator("#mirror-file-open")).to_be_focused()
    assert faults(page) == []
    with page.expect_download() as saving:
        page.locator("#mirror-open-download").click()
    assert saving.value.suggested_filename == "how-it-looks-from-your-side.html"
    path = tmp_path / saving.value.suggested_filename
    saving.value.save_as(path)
    assert path.stat().st_size < 40_000
    code = answer_in(alone, path, "3")
    half = code[: len(code) // 2]

    def take(text: str) -> None:
        page.locator("#mirror-code").fill(text)
        page.locator("#mirror-take").click()

    take(f"Hello,\n{half}")
    expect(page.locator("#mirror-code-error")).to_contain_text("A part of the code is missing")
    assert faults(page) == []
    take("Hello,\n> " + code.replace(" ", "\n> ") + "\n\nBest\nK")
    expect(page.locator("#mirror-results")).to_be_focused()
    expect(page.get_by_text("1 answer was taken in.")).to_be_visible()
    expect(page.get_by_text("You: 100. Your partner: 50.")).to_be_visible()
    expect(page.get_by_text("You rate yourself 2.0 higher than your partner does.")).to_be_visible()
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page) == []
    take(code)
    expect(page.locator("#mirror-code-error")).to_contain_text("was taken in already")
    page.reload()
    expect(page.get_by_text("You: 100. Your partner: 50.")).to_be_visible()
    page.locator(".brm-mirror select[name='about-partner']").select_option("1")
    page.locator(".brm-mirror button[value='choose-partner']").click()
    expect(page.get_by_text("You: 100.")).to_have_count(0)
    invite(page)
    take(code)
    expect(page.locator("#mirror-code-error")).to_contain_text("another form")


@on_pages
def test_the_screen_in_other_hands(page: Page) -> None:
    """Handed over, the screen shows the form and nothing else of the course, is filled in by
    keyboard, and thanks before anything of the learner's is back.
    """
    keys = Keyboard(page)
    invite(page)
    keys.press(page.locator("#mirror-hand"))
    expect(page.locator("#mirror-form-start")).to_be_focused()
    expect(page.get_by_text("About Mill").locator("visible=true")).to_have_count(0)
    for other in ("header", "footer", ".course-reading", "select"):
        assert page.locator(other).locator("visible=true").count() == 0, other
    assert faults(page) == []
    line = page.locator("#mirror-form fieldset").first
    keys.choose(line.get_by_label("Often"))
    keys.write(page.locator("#mirror-keep"), "The Thursday list.")
    keys.press(page.locator("#mirror-answer"))
    expect(page.locator("#mirror-thanks")).to_be_focused()
    expect(page.get_by_text("The Thursday list.")).to_have_count(0)
    assert violations(page, None) == []
    keys.press(page.locator("#mirror-back"))
    expect(page.get_by_text("The Thursday list.")).to_be_visible()


@on_pages
def test_on_paper_and_back(page: Page, server: CourseServer) -> None:
    """The form is printed on two sheets at most, and what was marked is typed in."""
    invite(page)
    page.locator("#mirror-type").click()
    page.locator("#mirror-form fieldset").first.get_by_label("Rarely").check()
    page.locator("#mirror-idea").fill("A call before the meeting.")
    page.locator("#mirror-answer").click()
    expect(page.get_by_text("A call before the meeting.")).to_be_visible()
    page.locator("#mirror-print").click()
    expect(page.locator("h1")).to_have_text("How does our work together look from your side?")
    assert faults(page) == []
    assert "Mill" not in page.locator("main").inner_text()
    page.emulate_media(media="print")
    assert page.pdf(format="A4").count(b"/Type /Page\n") <= 2
    assert server.bodies("mirror")


@on_pages
def test_without_a_script_it_goes_on_step_by_step(
    browser: Browser, server: CourseServer, page: Page
) -> None:
    """On a page without a script the form is made, handed over and filled in, and a code that is
    none is told.
    """
    page.close()
    with window_on(server, browser, java_script_enabled=False) as window:
        plain = window.new_page()
        plain.goto(server.at("profile"))
        invite(plain)
        plain.locator("#mirror-open-file").click()
        expect(plain.locator("#mirror-open-download")).to_be_visible()
        plain.locator("#mirror-code").fill("Thank you, no.")
        plain.locator("#mirror-take").click()
        expect(plain.locator("#mirror-code-error")).to_contain_text("no code in this text")
        plain.locator("#mirror-hand").click()
        expect(plain.locator("#mirror-form-start")).to_be_visible()
        plain.locator("#mirror-keep").fill("Short mails.")
        plain.locator("#mirror-answer").click()
        expect(plain.locator("#mirror-thanks")).to_be_visible()
        plain.locator("#mirror-back").click()
        expect(plain.get_by_text("Short mails.")).to_be_visible()
