"""JupyterLab beside the pages: started once, and ended whatever it does."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import TimeoutExpired

import pytest

from brmcourse.hosts.pages.lab import Lab
from brmcourse.hosts.runtime import Running


class Hanging:
    """A JupyterLab that does not end when it is asked to."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def terminate(self) -> None:
        self.told.append("terminate")

    def wait(self, timeout: float) -> None:
        self.told.append("wait")
        raise TimeoutExpired("lab", timeout)

    def kill(self) -> None:
        self.told.append("kill")


def test_the_course_ends_without_a_lab_that_hangs(tmp_path: Path) -> None:
    """A JupyterLab that does not end by itself is ended; the course does not wait for ever."""
    lab, process = Lab(tmp_path), Hanging()
    lab._process = process  # type: ignore[assignment]
    lab.end()
    assert process.told == ["terminate", "wait", "kill"]


def test_two_clicks_start_one_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one click starts JupyterLab, a second one waits and finds it."""
    started: list[object] = []

    class Starting:
        def __init__(self, *_: object, **__: object) -> None:
            started.append(self)

        def poll(self) -> None:
            return None

    def found(*_: object) -> Running | None:
        looks.append(1)
        return Running("lab", "", 1, "http://127.0.0.1:1/", "") if len(looks) > 3 else None

    looks: list[int] = []
    monkeypatch.setattr("brmcourse.hosts.pages.lab.subprocess.Popen", Starting)
    monkeypatch.setattr("brmcourse.hosts.pages.lab.find_running", found)
    monkeypatch.setattr("brmcourse.hosts.pages.lab.BLINK", 0.01)
    lab = Lab(tmp_path)
    monkeypatch.setattr(Running, "address", lambda _, path: path)
    with ThreadPoolExecutor() as pool:
        addresses = list(pool.map(lab.address, ["m1", "m1"]))
    assert addresses == ["/lab/tree/m1.ipynb"] * 2
    assert len(started) == 1
