"""The whole course from module 0 to 8 in Chromium: by a learner who answers well, and by one who
answers three of its modules at random.
"""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from playwright.sync_api import Browser, Page, expect

from brmcourse.activities import scale as scales
from brmcourse.checks.reading import read_notebook
from brmcourse.content.library import Library
from brmcourse.paths import course_root
from brmcourse.scoring.marks import mark

from .conftest import window_on
from .learner import abroad
from .look import faults
from .server import CourseServer
from .walker import Walker, prompts_of

MODULES = [module.id for module in Library(course_root()).course.modules]
WALKS = {"well": MODULES, "at random": ["m2", "m4"]}
"""The modules that each learner does. The two have every kind of question and sheet."""

CHANCE = {"well": None, "at random": Random(20261122)}
THEME = {"well": "light", "at random": "dark"}


def calls(module: str) -> list[tuple[str, str]]:
    """Return the activities of a module, as (function, id)."""
    reading, _ = read_notebook(course_root() / "notebooks" / "source" / f"{module}.md", module)
    return [(function, name) for _, function, name in reading.page.calls]


@pytest.fixture(scope="module", params=list(WALKS))
def how(request: pytest.FixtureRequest) -> str:
    """How the learner answers."""
    return request.param


@pytest.fixture(scope="module")
def course(how: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourseServer]:
    """The page host, with a log for each learner."""
    with CourseServer("pages", tmp_path_factory.mktemp(how)) as server:
        yield server


@pytest.fixture(scope="module")
def asked(how: str) -> list[str]:
    """Every address that the pages of one learner ask for, while they do."""
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, course: CourseServer, how: str, asked: list[str]) -> Iterator[Page]:
    """One window for the whole course."""
    with window_on(course, browser, color_scheme=THEME[how], reduced_motion="reduce") as window:
        window.on("request", lambda request: asked.append(request.url))
        yield window.new_page()


@pytest.mark.timeout(1200)  # nine modules, one after the other
def test_modules_are_done_from_top_to_bottom(
    how: str, page: Page, course: CourseServer, library: Library
) -> None:
    """Every activity of each module can be done, and what is then on screen can be read and pressed
    by everybody.
    """
    for module in WALKS[how]:
        done = Walker(page, library, CHANCE[how]).walk(course.at(module))
        assert done == len(calls(module)), module
        page.goto(course.module(module))
        assert faults(page) == [], module


def test_home_shows_what_is_done(how: str, page: Page, course: CourseServer) -> None:
    """After the last step there is a tick at each module that was done."""
    page.goto(course.at())
    done = page.locator(".course-modules .course-how-far", has_text="done")
    expect(done).to_have_count(len(WALKS[how]))
    if how == "well":
        expect(page.get_by_role("heading", name="You have done it all")).to_be_visible()


def test_the_log_holds_what_was_done(how: str, course: CourseServer, library: Library) -> None:
    """All that was answered, played, rated and written has its events, and good answers have full
    marks.
    """
    for module in WALKS[how]:
        for function, name in calls(module):
            match function:
                case "quiz":
                    for question in library.named("questions", name).questions:
                        [answer] = [body for body in course.bodies(question.id) if "quiz" in body]
                        earned = mark(question, answer["response"]).points
                        assert how != "well" or earned == pytest.approx(1), question.id
                case "converse":
                    talk = library.named("conversations", name)
                    moves = [body for body in course.bodies(talk.id) if "choice" in body]
                    points = [talk.nodes[m["node"]].choices[m["choice"]].points for m in moves]
                    assert points
                    assert how != "well" or set(points) == {2}
                case "scale":
                    kinds = Counter(
                        "answers" in body
                        for body in course.bodies(scales.find(library, name).scale.id)
                    )
                    assert kinds[True] == 1
                case "reflect" | "plan":
                    for prompt in prompts_of(library, name):
                        assert course.bodies(prompt.id)[-1], prompt.id
                case "sheet":
                    entries = {body["entry"] for body in course.bodies(name)}
                    assert entries == ({1, 2} if library.named("sheets", name).entry else {1})


def test_the_plan_is_put_together_from_what_was_written(
    how: str, page: Page, course: CourseServer, library: Library
) -> None:
    """The capstone shows the words written in the modules before, without asking for any of them
    again.
    """
    if "m8" not in WALKS[how]:
        pytest.skip("this learner writes no plan")
    page.goto(course.module("m8"))
    plan = page.locator("section.brm-capstone")
    expect(plan).to_be_visible()
    for part in library.single("capstone.yaml").parts:
        for shown in part.shows:
            kind, name = shown.name
            if kind == "sheet":
                field = next(
                    field
                    for field in library.named("sheets", name).fields
                    if field.kind in {"line", "text"}
                )
                expect(plan.get_by_text(f"My words to {name}:1:{field.id}").first).to_be_visible()
            elif kind == "reflection":
                expect(plan.get_by_text(f"My words to {name}:text")).to_be_visible()
            elif kind == "plan":
                expect(plan.get_by_text(f"If My words to {name}:situation")).to_be_visible()
    expect(plan.get_by_text("Nothing written yet")).to_have_count(0)


def test_nobody_else_was_asked(
    how: str, page: Page, course: CourseServer, asked: list[str]
) -> None:
    """The pages beside the modules open, and no page ever called another machine."""
    for name in ("profile", "glossary", "about"):
        page.goto(course.at(name))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert len(asked) > len(WALKS[how])
    assert abroad(asked) == []
