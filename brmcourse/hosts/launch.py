"""Opens the course: the learner's folder, the server, the browser, one plain line about each."""

import logging
import os
import sys
import threading
import webbrowser
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

import platformdirs

from brmcourse.content.library import load_course
from brmcourse.errors import CourseError
from brmcourse.hosts import library
from brmcourse.hosts.runtime import (
    HOST,
    Opening,
    Running,
    claim_port,
    course_secret,
    find_running,
    forget,
    new_entry,
    remember,
)
from brmcourse.paths import course_root, log_path, user_folder

HOSTS = Path(__file__).parent
JUPYTER_FOLDERS = {
    "JUPYTER_PATH": [HOSTS / "lab" / "jupyter"],
    "JUPYTER_CONFIG_PATH": [HOSTS / "lab" / "config"],
}

SIGNS_OF_A_SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME")
"""The variables of which one is set where windows can be opened."""


@dataclass(frozen=True)
class Wish:
    """How the learner wants the course opened."""

    lab: bool = False
    browser: bool = True
    port: int | None = None
    folder: Path | None = None

    @property
    def mode(self) -> str:
        """The name of the host."""
        return "lab" if self.lab else "pages"

    @property
    def own_folder(self) -> Path:
        """The learner's folder, as a whole path."""
        folder = self.folder or platformdirs.user_documents_path() / "BRM course"
        return folder.expanduser().resolve()


def start(wish: Wish) -> int:
    """Open the course and serve it until it is ended; return the exit code."""
    folder = wish.own_folder
    try:
        running = find_running(wish.mode, folder)
        if running:
            if wish.port not in (None, 0, running.port):
                say(f"It keeps port {running.port}. To change that, end it first (Ctrl-C there).")
            say(f"The course is already open at {running.address()}")
            if wish.browser:
                open_browser(running.address())
            return 0
        _serve(wish, folder)
    except CourseError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except KeyboardInterrupt:
        pass
    say("The course has ended. Your answers are saved.")
    return 0


def _serve(wish: Wish, folder: Path) -> None:
    course = load_course()
    for sentence in library.refresh(course_root() / "notebooks", folder):
        say(sentence)
    keep_a_log()
    if wish.lab:
        _keep_jupyter_to_ourselves()
    sockets = claim_port(wish.port)
    port = sockets[0].getsockname()[1]
    first = f"lab/tree/{course.modules[0].id}.ipynb" if wish.lab else ""
    url = f"http://{HOST}:{port}/{first}"
    running = Running(wish.mode, str(folder), os.getpid(), url, new_entry())
    host = import_module(f"brmcourse.hosts.{wish.mode}.app")
    try:
        ready = partial(_announce, wish, running)
        host.serve(Opening(course, folder, sockets, course_secret(), running.entry, ready))
    finally:
        forget(running)


def _announce(wish: Wish, running: Running) -> None:
    remember(running)
    say(f"The course is open at {running.address()} (press Ctrl-C here to end it).")
    say(f"Your notebooks are in {running.folder}")
    if wish.browser:
        address = (running.address(),)
        # Some browsers return only when they are closed.
        threading.Thread(target=open_browser, args=address, daemon=True).start()


def open_browser(url: str) -> None:
    """Open `url` in the learner's browser, or say what to do when there is none."""
    try:
        opened = _has_screen() and webbrowser.open(url)
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        say(f"No browser could be opened here. Open this address in yours: {url}")


def say(sentence: str) -> None:
    """Print one line for the learner, at once even when a program reads it."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _has_screen() -> bool:
    """Tell whether a browser with windows can be there: one of text would take the terminal."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(map(os.environ.get, SIGNS_OF_A_SCREEN))


def keep_a_log() -> None:
    """Send what libraries have to say to the course's log; the terminal stays readable."""
    log_path().parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=log_path(), level=logging.ERROR, encoding="utf-8")
    logging.disable(logging.WARNING)
    logging.captureWarnings(True)


def _keep_jupyter_to_ourselves() -> None:
    """Point Jupyter at folders of our own: the learner's settings are neither read nor changed."""
    own = user_folder() / "jupyter"
    for name, folder in {
        "JUPYTER_CONFIG_DIR": own / "config",
        "JUPYTER_DATA_DIR": own / "data",
        "JUPYTERLAB_SETTINGS_DIR": own / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": own / "workspaces",
        "IPYTHONDIR": own / "ipython",
    }.items():
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[name] = str(folder)
    for name, folders in JUPYTER_FOLDERS.items():
        rest = [os.environ[name]] if name in os.environ else []
        os.environ[name] = os.pathsep.join([*map(str, folders), *rest])
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
