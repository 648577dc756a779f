"""`brmcourse start`: one command, the course in the browser, and a clean end."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import psutil
import pytest

from brmcourse.content.library import load_course
from brmcourse.hosts.runtime import Running
from brmcourse.log.sqlite import SqliteLog
from brmcourse.paths import PACKAGE

COMMAND = [
    sys.executable,
    "-c",
    "import sys; from brmcourse.cli import main; sys.exit(main())",
    "start",
]
FEW_HANDLES = ["bash", "-c", 'ulimit -n 256; exec "$@"', "few"]
TITLE = load_course().title
GOODBYE = "The course has ended. Your answers are saved.\n"
BUDGET = 60.0
"""Seconds after which waiting for a process is a failure."""

PROMPT = 5.0
"""Seconds in which it ends; on a machine with nothing else to do it takes less than one."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: HTTPMessage
    text: str


class Started:
    """A running `brmcourse start`, with its terminal, and one browser that has come in."""

    def __init__(self, home: Path, *arguments: str, before: tuple[str, ...] = ()) -> None:
        self.home = home
        self.folder = home / "course"
        self.terminal = home / "terminal.txt"
        self.cookie = ""
        command = [*before, *COMMAND, "--no-browser", "--dir", str(self.folder), *arguments]
        with self.terminal.open("w") as output:
            self.process = subprocess.Popen(
                command, env=environment(home), cwd=home, stdout=output, stderr=subprocess.STDOUT
            )
        self.url = self.wait_for(r"open at (http\S+)")
        self.wait_for("notebooks are (in)")
        self.place = urlsplit(self.url).netloc
        self.port = int(self.place.rpartition(":")[2])

    def wait_for(self, pattern: str) -> str:
        """Return what `pattern` finds in the terminal, once it is there."""
        end = time.monotonic() + BUDGET
        while time.monotonic() < end:
            found = re.search(pattern, self.terminal.read_text())
            if found:
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"{pattern} not in: {self.terminal.read_text()}")

    @property
    def note(self) -> Running:
        """What it says about itself to a second start."""
        [note] = (self.home / "data" / "brmcourse" / "running").iterdir()
        return Running(**json.loads(note.read_bytes()))

    def ask(self, path: str, body: str | None = None, **headers: str) -> Answer:
        """Return an answer, as a stranger gets it; a body is sent as a form."""
        kind = {"content-type": "application/x-www-form-urlencoded"} if body is not None else {}
        with closing(HTTPConnection(self.place, timeout=BUDGET)) as connection:
            connection.request("GET" if body is None else "POST", path, body, kind | headers)
            reply = connection.getresponse()
            return Answer(reply.status, reply.headers, reply.read().decode())

    def get(self, path: str, **headers: str) -> Answer:
        """Return an answer, as the browser that has come in gets it."""
        if not self.cookie:
            entered = self.ask(f"/?{urlsplit(self.note.address()).query}")
            self.cookie = entered.headers["set-cookie"].partition(";")[0]
        return self.ask(path, **{"cookie": self.cookie} | headers)

    def post(self, path: str, body: str, **headers: str) -> Answer:
        """Send a form, as the browser that has come in does."""
        self.get("/")
        return self.ask(path, body, **{"cookie": self.cookie} | headers)

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(BUDGET)


def environment(home: Path) -> dict[str, str]:
    """Return an environment in which nothing of the machine's user is seen."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "IPYTHON"))
    }
    own = {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "BRMCOURSE_STORE": str(home / "a.sqlite"),
    }
    return kept | own | {"PYTHONPATH": str(PACKAGE.parent)}


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `brmcourse start` to its end."""
    return subprocess.run(
        [*COMMAND, "--dir", str(home / "course"), *arguments],
        env=environment(home) | more,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=BUDGET,
        check=False,
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """A running course whose user has Jupyter settings that would break it."""
    home = tmp_path_factory.mktemp("home")
    jupyter = home / ".jupyter"
    jupyter.mkdir()
    (jupyter / "jupyter_config.json").write_text("{")
    started = Started(home, "--port", "0")
    yield started
    started.process.kill()
    started.process.wait()


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[ExitStack]:
    """Ends what a test has started, whatever became of it."""
    with ExitStack() as stack:
        yield stack


def test_it_says_where_it_is(course: Started) -> None:
    """The terminal holds the address, how to end it, and where the notebooks are; nothing else."""
    assert course.terminal.read_text() == (
        f"The course is open at {course.url} (press Ctrl-C here to end it).\n"
        f"Your notebooks are in {course.folder}\n"
    )


def test_the_printed_key_opens_once(course: Started) -> None:
    """The address lets one browser in, by a cookie of this port that no script and no other site
    can use; in another browser the same address opens nothing.
    """
    path = f"/?{urlsplit(course.url).query}"
    first = course.ask(path)
    name, _, attributes = first.headers["set-cookie"].partition("; ")
    assert first.status == 200
    assert name.startswith(f"brmcourse-{course.port}=")
    assert {"HttpOnly", "SameSite=Strict"} <= set(attributes.split("; "))
    second = course.ask(path)
    assert (second.status, second.headers["set-cookie"]) == (403, None)
    again = course.ask(path, cookie=name)
    assert (again.status, again.headers["location"]) == (303, "/")
    assert course.ask("/", cookie=name).status == 200
    assert course.ask("/", cookie=name.replace(f"-{course.port}=", "-1=")).status == 403


PAGES = ["/", "/mine", "/m0", "/m1/start", "/m1/all", "/glossary", "/nowhere", "/m1/nowhere"]


def test_the_page_holds_the_course(course: Started) -> None:
    """Home and a step say where one is: course name, language, one h1, and where in the module."""
    home, step = course.get("/"), course.get("/m1/start")
    for page in (home, step):
        assert page.status == 200
        assert TITLE in page.text
        assert '<html lang="en">' in page.text
        assert page.text.count("<h1") == 1
    assert 'aria-current="step"' in step.text


def test_no_page_holds_a_key(course: Started) -> None:
    """What lets a browser in, and what that rests on, is on no page and in no file of ours."""
    secret = (course.home / "data" / "brmcourse" / "secret").read_text()
    printed = urlsplit(course.url).query.removeprefix("key=")
    hidden = [secret, printed, course.note.entry, course.get("/") and course.cookie.split("=")[1]]
    texts = [course.get(path).text for path in PAGES]
    texts += [course.get(path).text for path in files(course) if not path.endswith("woff2")]
    for text in texts:
        assert not [one for one in hidden if one in text]
        assert "key=" not in text


def files(course: Started) -> list[str]:
    """Return what a page loads."""
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', course.get("/m1/start").text)


def test_nothing_comes_from_elsewhere(course: Started) -> None:
    """Pages and their style sheet load nothing from another address; links may be followed."""
    css = [course.get(path).text for path in files(course) if path.endswith(".css")]
    assert css
    assert not re.search(r"https?://|url\(\s*['\"]?//", "".join(css))
    for path in PAGES:
        page = course.get(path)
        loaded = re.sub(r'<a [^>]*href="[^"]*"', "", page.text)
        assert not re.search(r'(?:src|href|srcset|action)="(?:https?:)?//', loaded)
        assert "style=" not in loaded
        assert "unsafe" not in page.headers["content-security-policy"]


ROUTES = [*PAGES, "/brmcourse/alive", "/static/x/course.css"]


@pytest.mark.parametrize("body", [None, "action=draft"])
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "elsewhere.example"},
        {"host": "127.0.0.1.elsewhere.example"},
        {"origin": "http://elsewhere.example"},
        {"origin": "null"},
    ],
)
def test_other_sites_reach_nothing(
    course: Started, headers: dict[str, str], body: str | None
) -> None:
    """By another name of this machine, or from another site's page, each route is refused, even
    with the cookie.
    """
    course.get("/")
    for path in ROUTES:
        refused = course.ask(path, body, cookie=course.cookie, **headers)
        assert refused.status == 403, path
        assert "Traceback" not in refused.text


def test_without_the_cookie_there_is_nothing_to_see(course: Started) -> None:
    """A stranger on this machine gets plain words on each page, and no more."""
    for path in PAGES:
        refused = course.ask(path)
        assert refused.status == 403
        assert "Please open the course from its own address" in refused.text
        assert "data-activity" not in refused.text


def test_a_forged_form_records_nothing(course: Started) -> None:
    """A form without our sign is refused, and nothing of it is kept."""
    form = "course-activity=quiz-m1&action=check&question=m1-q01&pick=A"
    for forged in (form, f"{form}&course-token=", f"{form}&course-token={'0' * 32}"):
        for path in ("/", "/m1", "/m1/all", "/m1/start"):
            assert course.post(path, forged).status == 403
    log = SqliteLog(course.home / "a.sqlite")
    with closing(log):
        assert [event.subject for event in log.read()[1] if "m1-q01" in event.subject] == []


def test_an_unknown_page_is_friendly(course: Started) -> None:
    """An address the course does not have gets a page of the course, without a traceback."""
    for path in ("/nowhere", "/m1/nowhere", "/m1/start/deeper", "/..%2f..%2fetc/passwd"):
        missing = course.get(path)
        assert missing.status == 404
        assert TITLE in missing.text
        assert "Traceback" not in missing.text


def test_a_second_start_points_to_the_first(course: Started) -> None:
    """A second start says that the course is open, gives an address that opens it, and ends well;
    asked for another port it says why there is none.
    """
    second = run(course.home, "--no-browser")
    assert second.returncode == 0
    address = re.fullmatch(r"The course is already open at (http\S+)\n", second.stdout)[1]
    assert urlsplit(address).netloc == course.place
    assert course.ask(f"/?{urlsplit(address).query}").headers["set-cookie"]
    same = run(course.home, "--no-browser", "--port", str(course.port))
    assert len(same.stdout.splitlines()) == 1
    other = run(course.home, "--no-browser", "--port", "1")
    assert other.returncode == 0
    assert f"It keeps port {course.port}." in other.stdout


def test_a_missing_browser_is_one_sentence(course: Started) -> None:
    """Without a browser the learner is told the address to open."""
    second = run(course.home, BROWSER="/nowhere %s", DISPLAY="")
    assert re.search(rf"Open this address in yours: http://{course.place}/\?key=", second.stdout)
    assert second.stderr == ""


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    """A port that belongs to another program gives one sentence and exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run(tmp_path, "--no-browser", "--port", str(port))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {port} cannot be used")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("port", ["99999", "-1"])
def test_a_port_that_cannot_be_is_one_sentence(tmp_path: Path, port: str) -> None:
    """A number that is no port gives one sentence and exit code 1."""
    refused = run(tmp_path, "--no-browser", f"--port={port}")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"There is no port {port}")
    assert len(refused.stderr.splitlines()) == 1


def test_a_folder_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    """A folder that cannot be written gives one sentence and exit code 1."""
    (tmp_path / "course").write_text("in the way")
    refused = run(tmp_path, "--no-browser")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1


def test_pages_outlive_the_folder(course: Started) -> None:
    """The learner's folder may be moved or deleted while the course runs: pages come from the
    course then.
    """
    elsewhere = course.folder.rename(course.home / "elsewhere")
    assert course.get("/m1/start").status == 200
    assert course.get("/").status == 200
    elsewhere.rename(course.folder)
    assert course.get("/m1/start").status == 200
    shutil.rmtree(course.folder)
    assert course.get("/m1/all").status == 200
    assert course.get("/glossary").status == 200


def test_it_is_one_process_with_few_open_files(course: Started) -> None:
    """There is no kernel, nor any other process, and a thousand visits leave no handle open."""
    server = psutil.Process(course.process.pid)
    for _ in range(20):
        course.get("/m1/start")
    before = server.num_fds()
    for _ in range(1000):
        assert course.get("/m1/start").status == 200
    time.sleep(0.5)
    assert server.num_fds() <= before
    assert server.children() == []


def test_the_users_own_jupyter_is_untouched(course: Started) -> None:
    """Nothing is written to the user's Jupyter and IPython folders."""
    course.get("/m1/start")
    assert [path.name for path in (course.home / ".jupyter").iterdir()] == ["jupyter_config.json"]
    assert not (course.home / ".ipython").exists()
    assert not (course.home / ".local").exists()


def test_idle_connections_keep_nobody_out(begin: ExitStack, tmp_path: Path) -> None:
    """Where few files may be open, more connections than that leave room for who asks."""
    started = Started(tmp_path, "--port", "0", before=tuple(FEW_HANDLES))
    begin.callback(started.process.kill)
    assert started.get("/m1/start").status == 200
    for _ in range(300):
        begin.enter_context(socket.create_connection(("127.0.0.1", started.port), BUDGET))
    assert psutil.Process(started.process.pid).num_fds() < 256
    assert started.get("/m2/all").status == 200
    assert started.get("/").status == 200
    assert started.end() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(begin: ExitStack, tmp_path: Path, number: int) -> None:
    """Ctrl-C, or an end of the session, ends it at once with a goodbye in one line and exit code
    0, whatever browsers are still doing, and takes the note away.
    """
    started = Started(tmp_path, "--port", "0")
    begin.callback(started.process.kill)
    started.get("/m1/start")
    for said in (
        b"",
        b"GET / HT",
        b"POST /m1 HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf",
    ):
        browser = begin.enter_context(socket.create_connection(("127.0.0.1", started.port)))
        browser.sendall(said)
    begun = time.monotonic()
    assert started.end(number) == 0
    assert time.monotonic() - begun < PROMPT
    said = started.terminal.read_text()
    assert said.endswith(GOODBYE)
    assert len(said.splitlines()) == 3
    assert not list((tmp_path / "data" / "brmcourse" / "running").iterdir())


def test_lab_opens_the_first_notebook(begin: ExitStack, tmp_path: Path) -> None:
    """Course mode serves JupyterLab with its extension, from settings of its own; SIGTERM ends it
    cleanly.
    """
    lab = Started(tmp_path, "--lab", "--port", "0")
    begin.callback(lab.process.kill)
    path = "/lab/tree/m0.ipynb"
    assert urlsplit(lab.url).path == path
    assert lab.ask(path).status != 200
    entered = lab.ask(f"{path}?{urlsplit(lab.url).query}")
    assert entered.status == 200
    assert "course-mode" in entered.text
    assert lab.end(signal.SIGTERM) == 0
    assert not (tmp_path / ".jupyter").exists()
    assert lab.terminal.read_text().endswith(GOODBYE)
    assert len(lab.terminal.read_text().splitlines()) == 3


def test_a_note_left_by_a_crash_counts_for_nothing(begin: ExitStack, tmp_path: Path) -> None:
    """After a crash the next start does not mistake the note left behind for a running course."""
    started = Started(tmp_path, "--port", "0")
    started.process.kill()
    started.process.wait(BUDGET)
    assert started.note.pid == started.process.pid
    again = Started(tmp_path, "--port", "0")
    begin.callback(again.process.kill)
    assert again.get("/").status == 200
    assert again.end() == 0
