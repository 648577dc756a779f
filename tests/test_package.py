"""The built package: it carries the course along and opens it anywhere."""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import zipfile
from pathlib import Path

import pytest

from brmcourse.paths import course_root

ROOT = course_root()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", folder, ROOT]
    subprocess.run(command, check=True, timeout=300)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel, and of the checkout only what it depends
    on.
    """
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    command = [programs / "python", "-m", "pip", "install", "-q", "--no-deps", wheel]
    subprocess.run(command, check=True, timeout=300)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def test_wheel_carries_the_course(wheel: Path) -> None:
    """The wheel holds every content file, notebook, template, style and script that the checkout
    has.
    """
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in (
        ("data", "brmcourse/course/data"),
        ("notebooks", "brmcourse/course/notebooks"),
    ):
        for path in (ROOT / folder).rglob("*.*"):
            assert f"{inside}/{path.relative_to(ROOT / folder)}" in names
    for path in (ROOT / "brmcourse").rglob("*.*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert str(path.relative_to(ROOT)) in names
    assert any(name.endswith("LICENSE") for name in names)


def test_installed_course_opens_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """From the wheel, outside the repository, `brmcourse check` and `brmcourse start` work in an
    empty folder.
    """
    home = tmp_path / "home"
    empty = tmp_path / "empty"
    for folder in (home, empty):
        folder.mkdir()
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "PYTHON"))
    } | {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "JUPYTER_PATH": str(
            Path(sys.prefix) / "share" / "jupyter"
        ),  # a real installation has it in its own prefix
    }
    checked = subprocess.run(
        [installed / "brmcourse", "check"], cwd=empty, env=environment, capture_output=True
    )
    assert (checked.returncode, checked.stdout.startswith(b"No problems found in")) == (0, True)
    command = [installed / "brmcourse", "start", "--no-browser", "--dir", empty / "mine"]
    with subprocess.Popen(
        command, cwd=empty, env=environment, stdout=subprocess.PIPE, text=True
    ) as course:
        try:
            assert course.stdout
            line = next(line for line in course.stdout if "open at" in line)
            page = read(re.search(r"http\S+", line)[0])
            assert "See it from where they sit" in page
            assert "Question 1 of 10" in page
            assert (empty / "mine" / "m1.ipynb").is_file()
        finally:
            course.send_signal(signal.SIGINT)
        assert course.wait(timeout=30) == 0


def read(url: str) -> str:
    """Return module 1, with the cookie that an address's key is turned into."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    opener.open(url, timeout=60).close()
    html: str = opener.open(f"{url.partition('?')[0]}m1/all", timeout=60).read().decode()
    return html
