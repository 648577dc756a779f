"""`brmcourse start`: one command, the course in the browser, and a clean end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

import psutil
import pytest

from brmcourse.content.library import load_course
from brmcourse.hosts.runtime import Running
from brmcourse.paths import PACKAGE

COMMAND = [
    sys.executable,
    "-c",
    "import sys; from brmcourse.cli import main; sys.exit(main())",
    "start",
]
TITLE = load_course().title
BUDGET = 60.0
"""Seconds after which waiting for a process is a failure."""


class Started:
    """A running `brmcourse start`, with its terminal."""

    def __init__(self, home: Path, *arguments: str, handles: int | None = None) -> None:
        self.home = home
        self.folder = home / "course"
        self.terminal = home / "terminal.txt"
        command = [*COMMAND, "--no-browser", "--dir", str(self.folder), *arguments]
        if handles:
            command = ["sh", "-c", f'ulimit -n {handles}; exec "$@"', "sh", *command]
        with self.terminal.open("w") as output:
            self.process = subprocess.Popen(
                command,
                env=environment(home),
                cwd=home,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.printed = self.wait_for(r"open at (http\S+)")
        self.wait_for("(Ctrl-C)")

    @property
    def note(self) -> Running:
        """What a running course leaves for the next start to read."""
        (path,) = (self.home / "data" / "brmcourse" / "running").iterdir()
        return Running(**json.loads(path.read_text()))

    @property
    def url(self) -> str:
        """A fresh address of the first page; each opens once."""
        return self.note.address()

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


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `brmcourse start` to its end."""
    command = [*COMMAND, "--dir", str(home / "course"), *arguments]
    return subprocess.run(
        command,
        env=environment(home),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=BUDGET,
        check=False,
    )


def browser(url: str, **headers: str) -> tuple[int, str]:
    """Return status and text of `url`, as a browser that keeps cookies would get it."""
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    try:
        with opener.open(Request(url, headers=headers), timeout=BUDGET) as reply:  # noqa: S310 - our own address
            return reply.status, reply.read().decode()
    except HTTPError as refusal:
        with closing(refusal):
            return refusal.code, refusal.read().decode()


def opened(course: Started, path: str, **headers: str) -> tuple[int, str]:
    """Return status and text of a page, as a browser that has come in would get it."""
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    opener.open(course.url, timeout=BUDGET).close()
    address = course.note.url.rstrip("/") + path
    try:
        with opener.open(Request(address, headers=headers), timeout=BUDGET) as reply:  # noqa: S310 - as above
            return reply.status, reply.read().decode()
    except HTTPError as refusal:
        with closing(refusal):
            return refusal.code, refusal.read().decode()


def children(pid: int) -> set[int]:
    """Return the process ids whose parent is `pid`."""
    table = subprocess.run(
        ["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True
    ).stdout
    pairs = (line.split() for line in table.splitlines()[1:])
    return {int(own) for own, parent in pairs if int(parent) == pid}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """Return a running course whose user has Jupyter settings."""
    home = tmp_path_factory.mktemp("home")
    jupyter = home / ".jupyter"
    jupyter.mkdir()
    (jupyter / "jupyter_server_config.json").write_text("{}")
    started = Started(home)
    yield started
    if started.process.poll() is None:
        started.end()


def test_the_page_holds_the_course(course: Started) -> None:
    """The opened address leads to Home with the course's name, language, one h1 and the modules;
    no page has a key in it.
    """
    status, page = opened(course, "/")
    assert status == 200
    assert TITLE in page
    assert '<html lang="en">' in page
    assert page.count("<h1") == 1
    assert 'href="/m8"' in page
    assert "key=" not in page


def test_nothing_comes_from_elsewhere(course: Started) -> None:
    """A page, its style sheet and its script name no address but their own, apart from links the
    learner may follow.
    """
    _, page = opened(course, "/m1/all")
    loaded = re.sub(r'<a [^>]*href="[^"]*"', "", page)
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        loaded += opened(course, path)[1]
    addresses = set(re.findall(r"https?://[^\s\"'<>)\\]+", loaded))
    assert not [name for name in addresses if "127.0.0.1" not in name and "www.w3.org" not in name]


def test_the_learner_is_protected(course: Started) -> None:
    """Without the key, or through another host name, a page is refused in plain words; the printed
    key opens once.
    """
    base = course.note.url
    status, page = browser(f"{base}m1/start")
    assert (status, "<h1>" in page, "Traceback" in page) == (403, True, False)
    assert browser(course.url, Host="evil.example")[0] == 403
    assert browser(course.printed)[0] == 200
    assert browser(course.printed)[0] == 403


def test_an_unknown_page_is_friendly(course: Started) -> None:
    """An address the course does not have gets a page of the course, without a traceback."""
    status, page = opened(course, "/nowhere")
    assert status == 404
    assert TITLE in page
    assert "Traceback" not in page


def test_a_second_start_points_to_the_first(course: Started) -> None:
    """A second start says that the course is open, gives an address that opens, and ends well; it
    says, too, that the port stays.
    """
    second = run(course.home, "--no-browser", "--port", "1")
    assert second.returncode == 0
    assert f"It keeps port {course.note.port}." in second.stdout
    address = re.search(r"already open at (http\S+)", second.stdout)[1]
    assert browser(address)[0] == 200


def test_one_process_serves_it(course: Started) -> None:
    """Pages need no other process, even with activities on them."""
    assert opened(course, "/m1/all")[0] == 200
    assert children(course.process.pid) == set()


def test_a_thousand_visits_leave_nothing_behind(course: Started) -> None:
    """However often a page is opened, no file stays open, and memory does not grow."""
    server = psutil.Process(course.process.pid)
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    opener.open(course.url, timeout=BUDGET).close()
    sizes = []
    for _ in range(2):
        for _ in range(500):
            opener.open(f"{course.note.url}m1/check-yourself", timeout=BUDGET).close()
        sizes.append((server.num_fds(), server.memory_info().rss))
    (handles, before), (handles_later, after) = sizes
    assert handles_later <= handles + 2
    assert after < before + 10e6


def test_few_handles_suffice(tmp_path: Path) -> None:
    """With 256 open files at most, 300 clients that say nothing do not end the course: they are
    sent away, and who asks is answered again.
    """
    started = Started(tmp_path, handles=256)
    place = ("127.0.0.1", started.note.port)
    idle = [socket.create_connection(place, timeout=BUDGET) for _ in range(300)]
    try:
        end = time.monotonic() + BUDGET
        while (status := asked(started.note.url)) != 403 and time.monotonic() < end:
            time.sleep(1)
        assert status == 403  # answered: without a key, that it is private
        assert opened(started, "/m1/start")[0] == 200
    finally:
        for client in idle:
            client.close()
    assert started.end() == 0


def asked(url: str) -> int:
    """Return the status of an address, 0 if nobody answers."""
    try:
        return browser(url)[0]
    except OSError:
        return 0


def test_a_folder_moved_away_shows_the_courses_own(tmp_path: Path) -> None:
    """If the learner's folder goes while the course runs, pages come from the course itself."""
    started = Started(tmp_path)
    started.folder.rename(tmp_path / "elsewhere")
    status, page = opened(started, "/m1/start")
    assert status == 200
    assert "See it from where they sit" in page
    assert started.end() == 0


def test_a_missing_browser_is_one_sentence(course: Started) -> None:
    """Without a browser the learner is told the address to open."""
    env = {name: value for name, value in environment(course.home).items() if "DISPLAY" not in name}
    command = [*COMMAND, "--dir", str(course.folder)]
    second = subprocess.run(
        command,
        env=env | {"BROWSER": "/nowhere %s"},
        capture_output=True,
        text=True,
        timeout=BUDGET,
        check=False,
    )
    address = re.search(r"Open this address in yours: (http\S+)", second.stdout)[1]
    assert browser(address)[0] == 200
    assert "Traceback" not in second.stderr


def test_a_taken_port_is_one_sentence(course: Started, tmp_path: Path) -> None:
    """A port that belongs to another program gives one sentence and exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run(tmp_path, "--no-browser", "--port", str(port))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {port} cannot be used")
    assert len(refused.stderr.splitlines()) == 1


def test_a_port_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    """A number that no port has is refused instead of another being taken."""
    refused = run(tmp_path, "--no-browser", "--port", "99999")
    assert refused.returncode == 1
    assert refused.stderr.startswith("There is no port 99999")
    assert len(refused.stderr.splitlines()) == 1


def test_a_folder_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    """A folder that cannot be written gives one sentence and exit code 1."""
    (tmp_path / "course").write_text("in the way")
    refused = run(tmp_path, "--no-browser")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1


def test_the_users_own_jupyter_is_untouched(course: Started) -> None:
    """Nothing is written to the user's Jupyter and IPython folders."""
    found = {path.name for path in (course.home / ".jupyter").iterdir()}
    assert found == {"jupyter_server_config.json"}
    assert not (course.home / ".ipython").exists()
    assert not (course.home / ".local").exists()


def test_ctrl_c_ends_everything(course: Started) -> None:
    """Ctrl-C takes the note away; it says goodbye in one line, with exit code 0."""
    assert course.end() == 0
    assert not list((course.home / "data" / "brmcourse" / "running").iterdir())
    assert course.terminal.read_text().endswith("The course has ended. Your answers are saved.\n")
    assert len(course.terminal.read_text().splitlines()) == 3


def test_lab_opens_the_first_notebook(tmp_path: Path) -> None:
    """Course mode serves JupyterLab with its extension, from settings of its own; SIGTERM ends it
    cleanly.
    """
    lab = Started(tmp_path, "--lab")
    status, page = browser(lab.url)
    assert status == 200
    assert "course-mode" in page
    assert "/lab/tree/m0.ipynb" in lab.url
    assert lab.end(signal.SIGTERM) == 0
    assert not (tmp_path / ".jupyter").exists()
    assert len(lab.terminal.read_text().splitlines()) == 3


def test_a_note_left_by_a_crash_counts_for_nothing(tmp_path: Path) -> None:
    """After a crash the next start does not mistake the note left behind for a running course."""
    started = Started(tmp_path)
    started.process.kill()
    started.process.wait(BUDGET)
    (note,) = (tmp_path / "data" / "brmcourse" / "running").iterdir()
    assert json.loads(note.read_text())["pid"] == started.process.pid
    again = Started(tmp_path)
    assert again.end() == 0
