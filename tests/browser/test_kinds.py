"""The kinds of question that module 1 does not have: a course of one quiz with match, order and
compose.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import yaml
from playwright.sync_api import Browser, expect

from brmcourse.content.library import Library
from brmcourse.model.question import Compose, Match, Order, Quiz
from brmcourse.paths import course_root

from .conftest import window_on
from .hands import HANDS
from .learner import Learner
from .server import CourseServer

ABOUT = {"objective": "m1.listen", "row": "A6", "section": "listen", "bloom": "apply"}
CONTENT = {
    "id": "k1",
    "title": "Other kinds of question",
    "module": "m1",
    "purpose": "practice",
    "questions": [
        {
            "id": "k1-match",
            "kind": "match",
            "stem": "What does each line do?",
            "options": [
                {
                    "id": "one",
                    "text": "What was that week like?",
                    "match": "ask",
                    "feedback": "It opens.",
                },
                {
                    "id": "two",
                    "text": "So it was two weeks.",
                    "match": "sum",
                    "feedback": "It sums up.",
                },
            ],
            "targets": [{"id": "ask", "text": "Asks"}, {"id": "sum", "text": "Summarises"}],
            "why": "One asks, one sums up.",
            **ABOUT,
        },
        {
            "id": "k1-order",
            "kind": "order",
            "stem": "In which order?",
            "options": [
                {"id": "ask", "text": "First ask", "feedback": "Asking comes first."},
                {"id": "wait", "text": "Then wait", "feedback": "Waiting comes second."},
                {"id": "sum", "text": "Then sum up", "feedback": "Summing up comes last."},
            ],
            "why": "It works in that order.",
            **ABOUT,
        },
        {
            "id": "k1-compose",
            "kind": "compose",
            "stem": "What would you say?",
            "prompt_line": "You never listen.",
            "model_answer": "What did I miss?",
            "rubric": [{"id": "asks", "text": "My line asks."}],
            "why": "A question shows that you listen.",
            **ABOUT,
        },
    ],
}
CELL = 'from brmcourse import quiz\nquiz("k1")'


@pytest.fixture(scope="module", params=["pages", "lab"])
def host(request: pytest.FixtureRequest) -> str:
    """Where the course is open. What the page shows is the same in both; the keys have another way
    to it.
    """
    return request.param


@pytest.fixture(scope="module")
def hands(host: str) -> str:
    """How the learner works the page; test_module has the other two pairs of host and hands."""
    return "keyboard" if host == "pages" else "mouse"


@pytest.fixture(scope="module")
def other_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this project with one more quiz."""
    root = tmp_path_factory.mktemp("other-course")
    for part in ("brmcourse", "data", "notebooks"):
        shutil.copytree(course_root() / part, root / part)
    (root / "data" / "questions" / "k1.yaml").write_text(yaml.safe_dump(CONTENT), "utf-8")
    return root


@pytest.fixture(scope="module")
def quiz(other_course: Path) -> Quiz:
    """The quiz of the other kinds."""
    return Library(other_course).named("questions", "k1")


@pytest.fixture(scope="module")
def learner(
    browser: Browser,
    host: str,
    hands: str,
    other_course: Path,
    quiz: Quiz,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Learner]:
    """A learner whose own module 1 is a notebook with that quiz alone."""
    home = tmp_path_factory.mktemp(f"{host}-{hands}-kinds")
    cell = nbformat.v4.new_code_cell(CELL)
    notebook = nbformat.v4.new_notebook(
        cells=[cell], metadata={"course": {"module": "m1", "autorun": True}}
    )
    (home / "course").mkdir()
    nbformat.write(notebook, home / "course" / "m1.ipynb")
    server = CourseServer(host, home, other_course)
    with server as course, window_on(course, browser) as window:
        someone = Learner(window, course.url, HANDS[hands]).open(last=".brm-quiz")
        someone.turn_to(quiz.title)
        yield someone


def test_lines_are_matched(learner: Learner, quiz: Quiz) -> None:
    """Each line is given a place from a list; a missing one is asked for, and the marks follow the
    places.
    """
    question = next(question for question in quiz.questions if isinstance(question, Match))
    right = {target.id: target.text for target in question.targets}
    first, second = question.options
    learner.pick(first.text, right[second.match])
    learner.press("Check answer")
    learner.sees("There is a problem", "has no place yet.")
    for option in question.options:
        learner.pick(option.text, right[second.match])
    learner.press("Check answer")
    learner.sees("Partly right: one of two lines", first.feedback, second.feedback)
    learner.pick(first.text, right[first.match])
    learner.press("Check again")
    learner.sees("Yes, that is right.", question.why)
    learner.press("Next question")


def test_lines_are_put_in_order(learner: Learner, quiz: Quiz) -> None:
    """Lines are moved up until the order is right; the button pressed keeps the focus as its line
    moves.
    """
    question = next(question for question in quiz.questions if isinstance(question, Order))
    wanted = [option.text for option in question.options]
    lines = learner.part.locator(".brm-order li > span")
    learner.sees(question.stem)
    start = lines.all_inner_texts()
    assert sorted(start) == sorted(wanted)
    assert start != wanted
    learner.press("Check answer")
    learner.sees("Partly right")
    for place, text in enumerate(wanted):
        for _ in range(lines.all_inner_texts().index(text) - place):
            before = lines.all_inner_texts().index(text)
            learner.press(f"Move up: {text}")
            expect(lines.nth(before - 1)).to_have_text(text)
            if before > 1:
                expect(learner.button(f"Move up: {text}")).to_be_focused()
    learner.press("Check again")
    learner.sees(
        "Yes, that is right.", question.why, *(option.feedback for option in question.options)
    )
    learner.press("Next question")


def test_a_line_is_written_and_compared(learner: Learner, quiz: Quiz) -> None:
    """A line of one's own is asked for, then the model answer is shown, then the learner rates the
    line.
    """
    question = next(question for question in quiz.questions if isinstance(question, Compose))
    learner.sees(question.stem, question.prompt_line)
    learner.press("Compare with a model answer")
    learner.sees("Write your line first.")
    learner.sees_not(question.model_answer)
    learner.write("Your line", "What would listening look like?")
    with learner.held("Compare with a model answer"):
        # The text is saved meanwhile, and the refusal above the button is to go: not yet, or the
        # button would slip away from under the pointer.
        learner.page.wait_for_timeout(500)
        learner.sees("Write your line first.")
    learner.sees(question.model_answer)
    learner.press("Save my rating")
    learner.sees("Compare your line with each point first.")
    learner.rate(question.rubric[0].text, "Yes")
    learner.press("Save my rating")
    learner.sees("your line meets 1 of 1 point.", question.why)
    learner.press("See the summary")
    learner.sees("3 of 3 questions answered.")


def test_an_incomplete_answer_keeps_what_was_chosen(learner: Learner, quiz: Quiz) -> None:
    """When a line still lacks its place, the places already chosen stay chosen."""
    question = next(question for question in quiz.questions if isinstance(question, Match))
    first = question.options[0]
    learner.press("Start over")
    learner.press("Yes, start over")
    learner.pick(first.text, question.targets[0].text)
    learner.press("Check answer")
    learner.sees("has no place yet.")
    field = learner.part.locator("label", has_text=first.text).get_by_role("combobox")
    expect(field.locator(":checked")).to_have_text(question.targets[0].text)
