"""JupyterLab: in course mode it shows the way through the course; without it, the activities keep
their keys.
"""

import re
import signal
import socket
import sys
from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from brmcourse.content.library import Library
from brmcourse.hosts.runtime import Running

from .conftest import WIDE, only, window_on
from .hands import Keyboard
from .learner import OPENING, Learner
from .look import violations
from .server import CourseServer

SMALL = {"width": 640, "height": 800}
CELL = 'from brmcourse import quiz, reflect\nquiz("m1-before")\nreflect("m6")'
FIRST = ".brm >> nth=0"
KEY = "key"
COMMANDS = ["d", "d", "a", "b", "x", "1", "m", "ArrowUp", "ArrowDown", "Shift+M", "z", "c", "v"]


def modules(page: Page) -> Locator:
    """Return the links to all modules."""
    return page.get_by_role("navigation", name="Modules", exact=True).get_by_role("link")


def steps(page: Page) -> Locator:
    """Return the links to the previous and the next module, at the end of the open one."""
    return page.get_by_role("navigation", name="Previous and next module").get_by_role("link")


def expect_at(page: Page, library: Library, place: int, *, listed: bool = True) -> None:
    """Expect the module at that place of the course to be open, named and run; unless the list is
    put away, it is the current one there.
    """
    course = library.course
    expect(page).to_have_title(f"{course.modules[place].title} – {course.title}")  # noqa: RUF001
    current = modules(page).and_(page.locator("[aria-current=page]"))
    if listed:
        expect(current).to_have_text([course.modules[place].title])
    expect(page.locator("#jp-title-panel-title input")).to_have_value(course.modules[place].title)
    expect(page.locator(".brm:visible").first).to_be_visible(timeout=OPENING)
    names = page.get_by_text(f"{course.modules[place].id}.ipynb")
    expect(names.locator("visible=true")).to_have_count(0)


def settled(page: Page) -> None:
    """Wait until the notebook has run: while it is being opened, JupyterLab gives it the focus."""
    idle = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    expect(idle.first).to_be_attached(timeout=OPENING)
    page.wait_for_timeout(1000)


@only(["lab"])
def test_course_mode_shows_the_way_through_the_course(
    context, server: CourseServer, library: Library
) -> None:
    """The modules stand in order beside the notebook, by their titles; the way on and back works
    by keyboard, and what it opens runs by itself.
    """
    course = library.course
    page = Learner(context, server.module(course.modules[0].id), Keyboard).open(FIRST).page
    expect(modules(page)).to_have_text([part.title for part in (*course.modules, *course.pages)])
    expect_at(page, library, 0)
    expect(steps(page)).to_have_text([re.compile(f"Next {course.modules[1].title}")])
    settled(page)
    steps(page).focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(steps(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect_at(page, library, 1)
    expect(steps(page)).to_have_text(
        [f"Previous {course.modules[0].title}", f"Next {course.modules[2].title}"]
    )
    modules(page).first.press("Enter")
    expect_at(page, library, 0)


@only(["lab"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_the_list_of_modules(
    theme: str, browser: Browser, server: CourseServer, library: Library
) -> None:
    """In both themes axe-core finds nothing in the list and at the end; in a small window the list
    gives its room to the notebook, and comes when it is called.
    """
    with window_on(server, browser, color_scheme=theme, viewport=SMALL) as window:
        page = Learner(window, server.module("m0")).open(FIRST).page
        called = page.get_by_role("button", name="All modules")
        expect(called).to_have_attribute("aria-expanded", "false")
        expect(modules(page).first).to_be_hidden()
        settled(page)
        called.press("Enter")
        expect(called).to_have_attribute("aria-expanded", "true")
        expect(modules(page).first).to_be_focused()
        faults = violations(page, ".course-list") + violations(page, ".course-steps")
        assert faults + violations(page, ".course-bar") == []
        modules(page).nth(2).press("Enter")
        expect_at(page, library, 2, listed=False)
        expect(modules(page).first).to_be_hidden()


class PlainLab(CourseServer):
    """JupyterLab as anybody starts it, without course mode, on a notebook whose cells are not
    locked.
    """

    ending = signal.SIGTERM  # To Ctrl-C, JupyterLab answers with a question.

    @property
    def running(self) -> Running:
        """It leaves no note."""
        return Running("lab", str(self.folder), 0, self.at(), "")

    def command(self) -> list[str]:
        """Return what opens JupyterLab without any settings."""
        new_cells = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
        cells = [new_cell(CELL) for new_cell in new_cells]
        kernel = {"name": "python3", "display_name": "Python 3"}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        self.folder.mkdir()
        nbformat.write(notebook, self.folder / "keys.ipynb")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={self.port}"]
        options.append(f"--IdentityProvider.token={KEY}")
        return [sys.executable, "-m", "jupyterlab", *options, str(self.folder)]


@pytest.fixture(scope="module")
def plain(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Learner]:
    """A learner who ran all cells in a plain JupyterLab."""
    with (
        PlainLab("plain", tmp_path_factory.mktemp("plain")) as lab,
        browser.new_context(viewport=WIDE) as window,
    ):
        someone = Learner(window, lab.at(f"lab/tree/keys.ipynb?token={KEY}"))
        page = someone.open(last=".jp-Notebook .jp-Cell >> nth=0").page
        # What is run before the kernel is there is answered by a question which kernel to take;
        # what is run while it is still being connected is not run at all.
        page.add_locator_handler(page.locator(".jp-Dialog"), lambda: page.keyboard.press("Enter"))
        ready = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        expect(ready).to_be_visible(timeout=OPENING)
        while not page.locator(".brm-writing").count():
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            page.wait_for_timeout(2000)
        yield someone


def kinds(learner: Learner) -> list[str]:
    """Return which kind each cell of the notebook is, in order."""
    script = (
        "all => all.map((cell) => [...cell.classList].find((name) => /^jp-\\w+Cell$/.test(name)))"
    )
    return learner.page.locator(".jp-Notebook .jp-Cell").evaluate_all(script)


@pytest.mark.parametrize("place", ["radio button", "button", "text"])
def test_keys_in_an_activity_leave_the_notebook_alone(
    place: str, plain: Learner, library: Library
) -> None:
    """Keys that delete, insert, cut and turn cells in JupyterLab change no cell while an activity
    has the focus.

    Course mode has no such keys; this is the JupyterLab that a learner may have opened without us.
    """
    quiz, prompt = (
        library.named("questions", "m1-before"),
        library.named("prompts", "m6").reflections[0],
    )
    plain.turn_to("Reflection")
    plain.write("Your notes", "Kept. ", under=prompt.title)
    plain.saved(prompt.title)
    notes = plain.field("Your notes", under=prompt.title)
    plain.turn_to(quiz.title)
    targets = {
        "radio button": plain.field(quiz.questions[0].options[0].text),
        "button": plain.button("Check answer"),
        "text": notes,
    }
    before = kinds(plain)
    targets[place].focus()
    for key in COMMANDS:
        plain.page.keyboard.press(key)
    plain.page.wait_for_timeout(300)
    assert kinds(plain) == before
    typed = "ddabx1mMzcv" if place == "text" else ""
    expect(notes).to_have_value("Kept. " + typed)
