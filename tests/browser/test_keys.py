"""Keys pressed in an activity stay in it: none of them is a command to the notebook around it."""

import signal
import socket
import sys
from collections.abc import Iterator
from urllib.parse import urljoin

import nbformat
import pytest
from playwright.sync_api import Browser, expect

from brmcourse.content.library import Library

from .conftest import WIDE
from .learner import Learner
from .server import CourseServer

CELL = 'from brmcourse import quiz, reflect\nquiz("m1-before")\nreflect("m1")'
KEY = "key"
COMMANDS = ["d", "d", "a", "b", "x", "1", "m", "ArrowUp", "ArrowDown", "Shift+M", "z", "c", "v"]


class PlainLab(CourseServer):
    """JupyterLab as anybody starts it, without course mode, on a notebook whose cells are not
    locked.
    """

    ending = signal.SIGTERM  # To Ctrl-C, JupyterLab answers with a question.

    def command(self) -> list[str]:
        """Return what opens JupyterLab without any settings."""
        new_cells = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
        cells = [new_cell(CELL) for new_cell in new_cells]
        kernel = {"name": "python3", "display_name": "Python 3"}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        self.folder.mkdir()
        nbformat.write(notebook, self.folder / "keys.ipynb")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
        options.append(f"--IdentityProvider.token={KEY}")
        return [sys.executable, "-m", "jupyterlab", *options, str(self.folder)]


@pytest.fixture(scope="module")
def learner(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Learner]:
    """A learner who ran all cells in a plain JupyterLab."""
    with (
        PlainLab("plain", tmp_path_factory.mktemp("plain")) as lab,
        browser.new_context(viewport=WIDE) as window,
    ):
        someone = Learner(window, urljoin(lab.url, f"/lab/tree/keys.ipynb?token={KEY}"))
        someone.open(last=".jp-Notebook .jp-Cell >> nth=0")
        # What is run while JupyterLab is still connecting to the kernel is not run at all.
        while not someone.page.locator(".brm-writing").count():
            someone.page.locator(".jp-Notebook .cm-content").first.click()
            someone.page.keyboard.press("Control+Enter")
            someone.page.wait_for_timeout(2000)
        yield someone


def kinds(learner: Learner) -> list[str]:
    """Return which kind each cell of the notebook is, in order."""
    script = (
        "all => all.map((cell) => [...cell.classList].find((name) => /^jp-\\w+Cell$/.test(name)))"
    )
    return learner.page.locator(".jp-Notebook .jp-Cell").evaluate_all(script)


@pytest.mark.parametrize("place", ["radio button", "button", "text"])
def test_keys_in_an_activity_leave_the_notebook_alone(
    place: str, learner: Learner, library: Library
) -> None:
    """Keys that delete, insert, cut and turn cells in JupyterLab change no cell while an activity
    has the focus.

    Course mode has no such keys; this is the JupyterLab that a learner may have opened without us.
    """
    quiz, prompt = (
        library.named("questions", "m1-before"),
        library.named("prompts", "m1").reflections[0],
    )
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
