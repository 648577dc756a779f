"""What the benchmarks share: a table, a clean place, the machine, a log of earlier answers."""

import compileall
import gc
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

import psutil  # type: ignore[import-untyped]

from brmcourse.content.library import Library
from brmcourse.events import SELF, Body, Event, QuizAnswered, new_id, now
from brmcourse.log.sqlite import SqliteLog
from brmcourse.paths import PACKAGE, course_root

T = TypeVar("T")

PACKAGES = (
    "ipywidgets",
    "anywidget",
    "pydantic",
    "jinja2",
    "starlette",
    "uvicorn",
    "voila",
    "jupyterlab",
    "ipykernel",
    "jupyterquiz",
    "numpy",
    "pandas",
    "pingouin",
)
LIBRARIES = """
import anywidget, platformdirs, sqlite3, uuid6, yaml
from jinja2 import Environment
from pydantic import BaseModel, Field, model_validator
"""
"""What the course builds on; its own share of a cost is what remains beyond these."""

FOLDERS = (
    "XDG_DATA_HOME",
    "XDG_CONFIG_HOME",
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_RUNTIME_DIR",
)
"""The variables that say where programs keep what is the user's."""

HEADINGS = ("promise", "median", "p95", "budget or peer", "verdict")
WIDTHS = (66, 13, 13, 22, 11)
WHOLE = ("bytes", "models", "processes")
"""Units of which there are no parts."""


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
    """Return the row for samples in `unit`.

    Without a budget it is a figure to compare with, not a promise; `peer` says what the budget is
    drawn from.
    """
    middle, high = statistics.median(samples), p95(samples)
    limit = "for comparison"
    if budget is not None:
        limit = peer or f"at most {budget:g} {unit}"
    verdict = _verdict(middle, high, budget)
    return Row(promise, _figure(middle, unit), _figure(high, unit), limit, verdict)


def best(promise: str, value: float, unit: str, budget: float | None = None) -> Row:
    """Return the row for the best of several runs, which has no spread."""
    row = measured(promise, [value], unit, budget)
    return replace(row, p95="-")


def p95(samples: Sequence[float]) -> float:
    """Return the value that 95 of 100 samples do not exceed."""
    if len(samples) == 1:
        return samples[0]
    return statistics.quantiles(samples, n=20, method="inclusive")[-1]


def _figure(value: float, unit: str) -> str:
    if unit in WHOLE:
        return f"{value:,.0f} {unit}"
    return f"{value:.2f} {unit}"


def _verdict(middle: float, high: float, budget: float | None) -> str:
    if budget is None:
        return "-"
    if high <= budget:
        return "met"
    return "median only" if middle <= budget else "MISSED"


def show(title: str, rows: Sequence[Row]) -> None:
    """Print a table of fixed columns."""
    print(f"\n{title}")
    ruler = ["-" * width for width in WIDTHS]
    for cells in (HEADINGS, ruler, *map(_cells, rows)):
        padded = map(str.ljust, cells, WIDTHS)
        print(" ".join(padded).rstrip())


def _cells(row: Row) -> tuple[str, ...]:
    return row.promise, row.median, row.p95, row.budget, row.verdict


def machine() -> str:
    """Return what the figures depend on: processor, memory, other work, system and packages."""
    memory = psutil.virtual_memory().total / 2**30
    busy = psutil.getloadavg()[0]
    hardware = f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB memory"
    system = f"{platform.system()} {platform.release()}; Python {platform.python_version()}"
    packages = ", ".join(_versions())
    return f"{hardware}, load {busy:.1f} at the start; {system}; {packages}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


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


def in_turns(
    actions: Mapping[str, Callable[[int], T]], times: int, warm_up: int = 0
) -> dict[str, list[T]]:
    """Return what each action gave so many times, after a warm-up; they take turns.

    So they bear other work on the machine alike. An action is told which time it is.
    """
    samples: dict[str, list[T]] = {name: [] for name in actions}
    for number in range(times + warm_up):
        for name, action in actions.items():
            sample = action(number)
            if number >= warm_up:
                samples[name].append(sample)
    return samples


def busy_seconds(action: Callable[[], object], times: int = 3) -> float:
    """Return the least processor time that a call took in so many runs.

    Other work on the machine makes a clock run on, but not this one; what it still does (caches,
    a slower processor) is least in the quickest run.
    """
    samples = []
    for _run in range(times):
        gc.collect()
        begin = time.process_time()
        action()
        samples.append(time.process_time() - begin)
    return min(samples)


@contextmanager
def clean_place() -> Iterator[tuple[Path, dict[str, str]]]:
    """Give a temporary folder on the real disk and an environment that keeps everything in it.

    Bytecode is built before.
    """
    compileall.compile_dir(PACKAGE, quiet=2)
    with tempfile.TemporaryDirectory(prefix="brmcourse-bench-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        environment = dict(os.environ)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for variable in FOLDERS:
            environment[variable] = str(place / variable.lower())
        environment["BRMCOURSE_STORE"] = str(place / "answers.sqlite")
        yield place, environment


def fill(path: Path, events: int, *, only_here: bool) -> None:
    """Write a log of earlier answers to the questions of module 1.

    Either all belong to this quiz (the hardest case), or one in ten does, as after a year with ten
    modules.
    """
    quiz = Library(course_root()).named("questions", "m1")
    question = quiz.questions[0]
    answer = QuizAnswered(quiz.id, "b")
    earlier = []
    for number in range(events):
        subject = question.id
        if not only_here and number % 10:
            subject = f"m{number % 10 + 1}-q01"
        earlier.append(event(subject, question.edition, answer))
    log = SqliteLog(path)
    log.add(earlier)
    log.close()


def event(subject: str, edition: int, body: Body, partner: str = "") -> Event:
    """Return an event that happens now."""
    return Event(new_id(), now(), subject, edition, "benchmark", SELF, partner, body)
