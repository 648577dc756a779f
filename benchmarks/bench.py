"""What the benchmarks share: a table, a clean environment, the machine, and a log of earlier answers."""

import compileall
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from brmcourse.content.library import Library
from brmcourse.events import Draft
from brmcourse.log.sqlite import Store
from brmcourse.paths import PACKAGE, course_root

PACKAGES = (
    "ipywidgets",
    "anywidget",
    "pydantic",
    "jinja2",
    "voila",
    "jupyterlab",
    "ipykernel",
    "jupyterquiz",
)
LIBRARIES = """
import anywidget, platformdirs, sqlite3, uuid6, yaml
from jinja2 import Environment
from pydantic import BaseModel, Field, model_validator
"""
"""What the course builds on; its own share of a cost is what remains beyond these."""

HEADINGS = ("promise", "median", "p95", "budget or peer", "verdict")
WIDTHS = (66, 13, 13, 22, 11)


@dataclass(frozen=True)
class Row:
    """One line of the table, as it is printed."""

    promise: str
    median: str
    p95: str
    budget: str
    verdict: str


def measured(
    promise: str, samples: Sequence[float], unit: str, budget: float | None = None, peer: str = ""
) -> Row:
    """Return the row for samples in `unit`; without a budget it is a figure to compare with, not a promise."""
    middle, high = statistics.median(samples), p95(samples)
    text = peer or ("for comparison" if budget is None else f"at most {budget:g} {unit}")
    return Row(
        promise, _figure(middle, unit), _figure(high, unit), text, _verdict(middle, high, budget)
    )


def p95(samples: Sequence[float]) -> float:
    """Return the value that 95 of 100 samples do not exceed."""
    return (
        statistics.quantiles(samples, n=20, method="inclusive")[-1]
        if len(samples) > 1
        else samples[0]
    )


def _figure(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if unit in ("bytes", "models") else f"{value:.2f} {unit}"


def _verdict(middle: float, high: float, budget: float | None) -> str:
    if budget is None:
        return "-"
    if high <= budget:
        return "met"
    return "median only" if middle <= budget else "MISSED"


def show(title: str, rows: Sequence[Row]) -> None:
    """Print a table of fixed columns."""
    print(f"\n{title}")
    for cells in (HEADINGS, tuple("-" * width for width in WIDTHS), *(_cells(row) for row in rows)):
        print(
            " ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()
        )


def _cells(row: Row) -> tuple[str, ...]:
    return row.promise, row.median, row.p95, row.budget, row.verdict


def machine() -> str:
    """Return what the figures depend on: processor, memory, other work going on, system, Python and packages."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.partition(":")[2].strip()
            for line in info.read_text().splitlines()
            if "model name" in line
        ]
        cpu = names[0] if names else cpu
    memory, busy = psutil.virtual_memory().total / 2**30, psutil.getloadavg()[0]
    return (
        f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GB memory, load {busy:.1f} at the start; "
        f"{platform.system()} {platform.release()}; Python {platform.python_version()}; {', '.join(_versions())}"
    )


def _versions() -> Iterator[str]:
    for name in PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} not installed"


def milliseconds(action: Callable[[], object]) -> float:
    """Return how long one call took."""
    begin = time.perf_counter()
    action()
    return (time.perf_counter() - begin) * 1000


@contextmanager
def clean_place() -> Iterator[tuple[Path, dict[str, str]]]:
    """Give a temporary folder on the real disk and an environment that keeps everything in it, with bytecode built."""
    compileall.compile_dir(PACKAGE, quiet=2)
    with tempfile.TemporaryDirectory(prefix="brmcourse-bench-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        environment = {
            key: text for key, text in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
        }
        folders = {
            key: str(place / key.lower())
            for key in (
                "XDG_DATA_HOME",
                "XDG_CONFIG_HOME",
                "IPYTHONDIR",
                "JUPYTER_CONFIG_DIR",
                "JUPYTER_RUNTIME_DIR",
            )
        }
        yield place, environment | folders | {"BRMCOURSE_STORE": str(place / "answers.sqlite")}


def fill(path: Path, events: int, *, only_here: bool) -> None:
    """Write a log of earlier answers to the questions of module 1.

    Either all belong to this quiz (the hardest case), or one in ten does, as after a year with ten
    modules.
    """
    quiz = Library(course_root()).quiz("m1")
    question = quiz.questions[0]
    store = Store(path)
    store.append(
        Draft(
            "quiz.answered",
            question.id if only_here or number % 10 == 0 else f"m{number % 10 + 1}-q01",
            question.fingerprint,
            {"quiz": quiz.id, "response": "b", "points": 1.0, "max_points": 1.0, "try": number + 1},
        )
        for number in range(events)
    )
    store.close()
