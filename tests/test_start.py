"""`brmcourse start`: one command, the course in the browser, and a clean end."""

import asyncio
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
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

import pytest

from brmcourse.content.library import load_course
from brmcourse.hosts.pages.kernels import ABANDONED, GRACE, Caretaker, Departures
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

    def __init__(self, home: Path, *arguments: str) -> None:
        self.home = home
        self.folder = home / "course"
        self.terminal = home / "terminal.txt"
        command = [*COMMAND, "--no-browser", "--dir", str(self.folder), *arguments]
        with self.terminal.open("w") as output:
            self.process = subprocess.Popen(
                command, env=environment(home), cwd=home, stdout=output, stderr=subprocess.STDOUT
            )
        self.url = self.wait_for(r"open at (http\S+)")
        self.wait_for("(Ctrl-C)")

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


def children(pid: int) -> set[int]:
    """Return the process ids whose parent is `pid`."""
    table = subprocess.run(
        ["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True
    ).stdout
    pairs = (line.split() for line in table.splitlines()[1:])
    return {int(own) for own, parent in pairs if int(parent) == pid}


def alive(pid: int) -> bool:
    """Tell whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """Return a running course whose user has Voila settings that would break it."""
    home = tmp_path_factory.mktemp("home")
    jupyter = home / ".jupyter"
    jupyter.mkdir()
    (jupyter / "voila.json").write_text('{"VoilaConfiguration": {"template": "nowhere"}}')
    (home / "voila.json").write_text('{"VoilaConfiguration": {"template": "nowhere"}}')
    started = Started(home)
    yield started
    if started.process.poll() is None:
        started.end()


def test_the_page_holds_the_course(course: Started) -> None:
    """The opened address shows the first module with course name, language, one h1, and the module
    list.
    """
    status, page = browser(course.url)
    assert status == 200
    assert TITLE in page
    assert '<html lang="en">' in page
    assert page.count("<h1") == 1
    assert 'aria-current="page"' in page
    assert "token=" not in page


def test_nothing_comes_from_elsewhere(course: Started) -> None:
    """The page and its style sheet name no address but their own, apart from links the learner may
    follow.
    """
    _, page = browser(course.url)
    base = course.url.split("?")[0]
    sheet = re.search(r'href="/(voila/templates/[^"]*page\.css[^"]*)"', page)
    assert sheet
    _, css = browser(base + sheet[1])
    loaded = re.sub(r'<a [^>]*href="[^"]*"', "", page) + css
    addresses = {
        address
        for address in re.findall(r"https?://[^\s\"'<>)\\]+", loaded)
        if "127.0.0.1" not in address
    }
    assert {address for address in addresses if "www.w3.org" not in address} == set()


def test_the_learner_is_protected(course: Started) -> None:
    """Without the key, or through another host name, a page is refused in plain words."""
    base = course.url.split("?")[0]
    status, page = browser(f"{base}m1")
    assert (status, "<h1>" in page, "Traceback" in page) == (403, True, False)
    assert browser(course.url, Host="evil.example")[0] == 403


def test_an_unknown_page_is_friendly(course: Started) -> None:
    """An address the course does not have gets a page of the course, without a traceback."""
    status, page = browser(course.url.replace("/?", "/nowhere?"))
    assert status == 404
    assert TITLE in page
    assert "Traceback" not in page


def test_a_second_start_points_to_the_first(course: Started) -> None:
    """A second start says that the course is open, gives its address, and ends well."""
    second = run(course.home, "--no-browser")
    assert second.returncode == 0
    assert f"already open at {course.url}" in second.stdout


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
    assert f"Open this address in yours: {course.url}" in second.stdout
    assert "Traceback" not in second.stderr


def test_a_taken_port_is_one_sentence(course: Started, tmp_path: Path) -> None:
    """A port that belongs to another program gives one sentence and exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run(tmp_path, "--no-browser", "--port", str(port))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {port} cannot be used")
    assert len(refused.stderr.splitlines()) == 1


def test_a_folder_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    """A folder that cannot be written gives one sentence and exit code 1."""
    (tmp_path / "course").write_text("in the way")
    refused = run(tmp_path, "--no-browser")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1


def test_the_users_own_jupyter_is_untouched(course: Started) -> None:
    """Nothing is written to the user's Jupyter and IPython folders."""
    browser(course.url)
    assert {path.name for path in (course.home / ".jupyter").iterdir()} == {"voila.json"}
    assert not (course.home / ".ipython").exists()
    assert not (course.home / ".local").exists()


def test_ctrl_c_ends_everything(course: Started) -> None:
    """Ctrl-C ends every kernel and takes the note away; it says goodbye in one line, with exit code
    0.
    """
    kernels = children(course.process.pid)
    assert kernels
    assert course.end() == 0
    assert not [kernel for kernel in kernels if alive(kernel)]
    assert not list((course.home / "data" / "brmcourse" / "running").iterdir())
    assert course.terminal.read_text().endswith("The course has ended. Your answers are saved.\n")
    assert len(course.terminal.read_text().splitlines()) == 6


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
    assert len(lab.terminal.read_text().splitlines()) == 6


def test_a_note_left_by_a_crash_counts_for_nothing(tmp_path: Path) -> None:
    """After a crash the next start does not mistake the note left behind for a running course."""
    started = Started(tmp_path)
    started.process.kill()
    started.process.wait(BUDGET)
    (note,) = (tmp_path / "data" / "brmcourse" / "running").iterdir()
    assert json.loads(note.read_text())["pid"] == started.process.pid
    again = Started(tmp_path)
    assert again.end() == 0


def test_kernels_of_closed_pages_end() -> None:
    """A kernel ends a grace after its page said goodbye, long after a page that vanished, and never
    before.
    """
    departures = Departures()
    departures.goodbye("left")
    assert departures.overdue({"left", "vanished"}, 0.0) == []
    assert departures.overdue({"left", "vanished"}, GRACE) == ["left"]
    departures.forget("left")
    assert departures.overdue({"vanished"}, ABANDONED - 1) == []
    assert departures.overdue({"vanished"}, ABANDONED) == ["vanished"]


def test_a_page_that_comes_back_keeps_its_kernel() -> None:
    """A page that connects again, after sleep for example, starts the wait anew."""
    departures = Departures()
    departures.overdue({"page"}, 0.0)
    departures.overdue(set(), ABANDONED - 1)
    assert departures.overdue({"page"}, ABANDONED + 1) == []


class Kernels:
    """Kernels held ready for one notebook, of which some have died or are gone; ends them as
    Voila's manager does.
    """

    def __init__(self, *starts: Any, alive: set[str]) -> None:
        self._pools = {"m1.ipynb": list(starts)}
        self.alive = alive
        self.ended: list[tuple[str, bool]] = []

    def __contains__(self, kernel_id: str) -> bool:
        return kernel_id != "gone"

    def get_kernel(self, kernel_id: str) -> Any:
        async def is_alive() -> bool:
            return kernel_id in self.alive

        return SimpleNamespace(is_alive=is_alive)

    async def shutdown_kernel(self, kernel_id: str, *, now: bool) -> None:
        self.ended.append((kernel_id, now))


def test_dead_kernels_get_no_page() -> None:
    """Of the kernels held ready for a notebook those that died are given up; the others, also
    starting ones, stay.
    """

    async def held_ready(name: str) -> dict[str, Any]:
        return {
            "kernel_id": name,
            "renderer": SimpleNamespace(),
            "task": asyncio.create_task(asyncio.sleep(0)),
        }

    async def scene() -> None:
        ready = [asyncio.create_task(held_ready(name)) for name in ("dead", "gone", "well")]
        await asyncio.gather(*ready)
        starting = asyncio.create_task(asyncio.sleep(60))
        kernels = Kernels(*ready, starting, alive={"well"})
        caretaker = Caretaker(kernels)
        await caretaker.drop_dead("m1.ipynb")
        await caretaker.drop_dead("m2.ipynb")
        starting.cancel()
        assert kernels.ended == [("dead", True), ("gone", True)]
        assert kernels._pools["m1.ipynb"] == [ready[2], starting]

    asyncio.run(scene())
