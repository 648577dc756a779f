"""Keys pressed in an activity stay in it: none of them is a command to the notebook around it."""

import pytest
from playwright.sync_api import expect

from brmcourse.content import Library

from .learner import Learner

COMMANDS = ["d", "d", "a", "b", "x", "1", "m", "ArrowUp", "ArrowDown", "Shift+M", "z", "c", "v"]


@pytest.fixture(scope="module")
def host() -> str:
    """Only JupyterLab has commands on single keys."""
    return "lab"


def kinds(learner: Learner) -> list[str]:
    """Return which kind each cell of the notebook is, in order."""
    script = "all => all.map((cell) => [...cell.classList].find((name) => /^jp-\\w+Cell$/.test(name)))"
    return learner.page.locator(".jp-Notebook .jp-Cell").evaluate_all(script)


@pytest.mark.parametrize("place", ["radio button", "button", "text"])
def test_keys_in_an_activity_leave_the_notebook_alone(place: str, learner: Learner, library: Library) -> None:
    """Keys that delete, insert, cut and turn cells in JupyterLab change no cell while an activity has the focus."""
    quiz, prompt = library.quiz("m1"), library.prompts("m1").reflections[0]
    learner.turn_to("Reflection")
    learner.write("Your notes", "Kept. ", under=prompt.title)
    learner.saved(prompt.title)
    notes = learner.field("Your notes", under=prompt.title)
    learner.turn_to(quiz.title)
    targets = {
        "radio button": learner.field(quiz.questions[0].options[0].text),
        "button": learner.button("Check answer"),
        "text": notes,
    }
    before = kinds(learner)
    targets[place].focus()
    for key in COMMANDS:
        learner.page.keyboard.press(key)
    learner.page.wait_for_timeout(300)
    assert kinds(learner) == before
    typed = "ddabx1mMzcv" if place == "text" else ""
    expect(notes).to_have_value("Kept. " + typed)
