"""`brmcourse preview`: an author sees what learners will see, and sees it change with each save."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import sync_playwright

from brmcourse.cli import main
from brmcourse.content.library import Library
from brmcourse.hosts.pages.guard import LARGEST, ONLY_OURSELVES
from tests.browser.conftest import FLAGS, _chromium

SAMPLE = Path(__file__).parent / "sample_course"
COMMAND = [
    sys.executable,
    "-c",
    "from brmcourse.cli import main; raise SystemExit(main())",
    "preview",
]
QUIZ = "data/questions/m1.yaml"
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
PROMPT = 5.0
"""Seconds in which it ends; on a machine with nothing else to do it takes less than one."""

BUDGET = 30.0
"""Seconds after which waiting for an answer is a failure."""


class Shown:
    """A running `brmcourse preview` of one file of a course that the test may change."""

    def __init__(self, home: Path, name: str) -> None:
        self.root = Path(shutil.copytree(SAMPLE, home / "sample"))
        self.path = self.root / name
        self.store = home / "learner" / "answers.sqlite"
        self.process = subprocess.Popen(
            [*COMMAND, str(self.path), "--no-browser", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"BRMCOURSE_STORE": str(self.store)},
        )
        self.url = re.search(r"http://\S+", self.process.stdout.readline())[0]
        assert self.process.stdout.readline().startswith("The page follows the file")
        self.place = urlsplit(self.url).netloc

    def ask(self, path: str = "/", body: object = None, **headers: str) -> tuple[int, str]:
        """Return the status and text of an answer; a body is sent as a script does."""
        if body is not None:
            reply, text = self.send("POST", path, json.dumps(body), JSON | headers)
        else:
            reply, text = self.send("GET", path, None, headers)
        return reply.status, text

    def send(
        self, method: str, path: str, data: str | None, headers: dict[str, str]
    ) -> tuple[HTTPResponse, str]:
        """Return an answer and its text."""
        with closing(HTTPConnection(self.place, timeout=BUDGET)) as connection:
            connection.request(method, path, data, headers)
            reply = connection.getresponse()
            return reply, reply.read().decode()

    def submit(self, **fields: str) -> str:
        """Send the page's first form without a script; return the place it leads to."""
        form = re.search(r"<form.*?</form>", self.page(), re.DOTALL)[0]
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))
        reply, _ = self.send("POST", "/", urlencode(hidden | fields), FORM)
        assert reply.status == 303
        return reply.headers["location"]

    def page(self) -> str:
        """Return the page."""
        status, html = self.ask()
        assert status == 200
        return html

    def save(self, change: Callable[[str], str]) -> str:
        """Save the file with another text, wait until the page is told, and return the new page."""
        version = self.version()
        text = change(self.path.read_text("utf-8"))
        self.path.write_text(text, "utf-8")
        status, answer = self.ask(f"/changes?since={version}")
        assert status == 200
        assert json.loads(answer)["version"] != version
        return self.page()

    def version(self) -> str:
        """Return the version of the file that the page shows."""
        return re.search(r'data-version="(\w+)"', self.page())[1]

    def end(self) -> tuple[int, str]:
        """Press Ctrl-C; return the exit code and what was said since the beginning."""
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=BUDGET)
        return self.process.returncode, said


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Callable[[str], Shown]]:
    """Begin previews of files of a sound small course."""
    begun: list[Shown] = []

    def begin(name: str) -> Shown:
        begun.append(Shown(tmp_path, name))
        return begun[-1]

    yield begin
    for shown in begun:
        shown.process.kill()
        shown.process.communicate()


def first_stem() -> str:
    return Library(SAMPLE).named("questions", "m1").questions[0].stem


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (QUIZ, lambda course: course.named("questions", "m1").questions[0].stem),
        ("data/scales/s.yaml", lambda course: course.named("scales", "s").items[0].text),
        ("data/conversations/t1.yaml", lambda course: course.named("conversations", "t1").setting),
        ("data/prompts/m1.yaml", lambda course: course.named("prompts", "m1").reflections[0].text),
    ],
)
def test_page_shows_what_a_learner_sees(
    show: Callable[[str], Shown], name: str, text: Callable[[Library], str]
) -> None:
    """Each kind of content is shown with its words and without any report, for it is sound."""
    page = unescape(re.sub(r"<[^>]+>", "", show(name).page()))
    assert text(Library(SAMPLE)) in page
    assert "brmcourse check" not in page


def test_page_follows_the_file(show: Callable[[str], Shown]) -> None:
    """A saved change is shown at once, a broken file shows its report, and a mended one itself
    again.
    """
    shown = show(QUIZ)
    assert "Quite another stem?" in shown.save(
        lambda text: text.replace(first_stem(), "Quite another stem?")
    )
    broken = shown.save(lambda text: text.replace("kind: single", "kind: singel", 1))
    assert "Quite another stem?" not in broken
    assert "[question.kind]" in broken
    assert "singel" in broken
    mended = shown.save(lambda text: text.replace("singel", "single"))
    assert "Quite another stem?" in mended
    assert "[question.kind]" not in mended


def test_page_reports_what_other_files_break(show: Callable[[str], Shown]) -> None:
    """If a file that this one needs is broken, the page says which."""
    shown = show(QUIZ)
    course = shown.root / "data" / "course.yaml"
    course.write_text("title: [", "utf-8")
    page = shown.page()
    assert "data/course.yaml, line" in page
    assert "[yaml.syntax]" in page


def test_answers_are_thrown_away(show: Callable[[str], Shown]) -> None:
    """The author can answer, and nothing of it reaches the place where the learner's answers are
    kept.
    """
    shown = show(QUIZ)
    first, second = Library(SAMPLE).named("questions", "m1").questions[:2]
    form = {"question": [first.id], "pick": ["A"]}
    message = {"activity": "quiz", "n": "1", "action": "check", "form": form}
    status, reply = shown.ask(body=message)
    assert status == 200
    assert json.loads(reply)["n"] == "1"
    assert "brm-verdict" in json.loads(reply)["html"]
    assert shown.ask(f"/?go={second.id}")[0] == 303
    assert f'value="{second.id}"' in shown.page()
    assert shown.end()[0] == 0
    assert not shown.store.exists()


def test_it_works_without_a_script(show: Callable[[str], Shown]) -> None:
    """A form that the browser itself sends is answered, too: the page goes on from there."""
    shown = show(QUIZ)
    assert "brm-verdict" not in shown.page()
    place = shown.submit(pick="A", action="check").removeprefix("/#")
    page = shown.page()
    assert "brm-verdict" in page
    assert f'id="{place}"' in page


def test_strangers_are_refused(show: Callable[[str], Shown]) -> None:
    """A page from elsewhere reaches nothing, by whatever name it calls this machine."""
    shown = show(QUIZ)
    for headers in ({"Host": "elsewhere.example"}, {"Origin": "http://elsewhere.example"}):
        status, text = shown.ask(**headers)
        assert status == 403
        assert first_stem() not in text
    assert shown.ask("/nothing")[0] == 404
    assert shown.ask(body={"activity": "scale", "action": "open", "form": {}})[0] == 404
    assert shown.ask(body=["no message"])[0] == 400
    assert shown.ask(body={"activity": "x" * LARGEST})[0] == 413


def test_the_browser_is_told_what_to_load(show: Callable[[str], Shown]) -> None:
    """A page loads files of the preview only, has no script or style in it, and is not kept."""
    reply, page = show(QUIZ).send("GET", "/", None, {})
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["content-security-policy"] == ONLY_OURSELVES
    assert "style=" not in page
    assert all("src=" in script for script in re.findall(r"<script[^>]*>", page))


def test_ctrl_c_ends_it(show: Callable[[str], Shown]) -> None:
    """Ctrl-C ends the preview with one sentence, also while a page waits for changes."""
    shown = show(QUIZ)
    version = shown.version()
    with closing(HTTPConnection(shown.place, timeout=BUDGET)) as connection:
        connection.request("GET", f"/changes?since={version}")
        time.sleep(1)
        begun = time.monotonic()
        code, said = shown.end()
        assert time.monotonic() - begun < PROMPT
        assert json.load(connection.getresponse()) == {"version": version}
    assert code == 0
    assert said == "The preview has ended.\n"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("data/course.yaml", "cannot be shown by itself"), ("data/questions/m9.yaml", "There is no ")],
)
def test_other_files_get_a_sentence(
    name: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that no learner sees, or that is not there, gets a sentence and exit code 1."""
    assert main(["preview", str(SAMPLE / name), "--no-browser"]) == 1
    assert reason in capsys.readouterr().err


def test_preview_in_the_browser(show: Callable[[str], Shown]) -> None:
    """The author answers and gets feedback; the page changes by itself when the file is saved."""
    shown = show(QUIZ)
    quiz = Library(SAMPLE).named("questions", "m1")
    single = next(question for question in quiz.questions if question.kind == "single")
    path = _chromium()
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=FLAGS) as chromium,
    ):
        page = chromium.new_page(color_scheme="dark")
        failures: list[str] = []
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.on(
            "console", lambda message: message.type == "error" and failures.append(message.text)
        )
        page.goto(f"{shown.url}?go={single.id}")
        assert page.get_by_role("button", name="Dark colours", pressed=True).is_visible()
        page.get_by_text(single.options[0].text).click()
        page.get_by_role("button", name="Check answer").click()
        page.get_by_text(single.options[0].feedback).wait_for()
        shown.path.write_text(
            shown.path.read_text("utf-8").replace(single.stem, "Saved just now?"), "utf-8"
        )
        page.get_by_text("Saved just now?", exact=True).wait_for()
        assert failures == []
