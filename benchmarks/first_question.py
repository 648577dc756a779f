"""How long a fresh kernel takes to import the course, and to show its first question."""

from collections.abc import Iterable
from pathlib import Path

from bench import LIBRARIES, Row, clean_place, fill, machine, measured, show
from kernel import fresh_kernel

RUNS = 12
HISTORY = 5000

TIMED = """
import ipywidgets, json, sys, time
before = set(sys.modules)
begin = time.perf_counter()
from brmcourse import capstone, converse, plan, quiz, reflect, scale, sheet, values
imported = time.perf_counter()
fresh = sorted({name.partition(".")[0] for name in set(sys.modules) - before})
"""
SHOWN = """
begin_show = time.perf_counter()
quiz("m1")
shown = time.perf_counter()
"""
LIBRARIES_TIMED = f"""
import ipywidgets, json, time
begin = time.perf_counter()
{LIBRARIES}
imported = time.perf_counter()
from brmcourse.checks.course import check
from brmcourse.paths import course_root
begin_check = time.perf_counter()
check(course_root(), structure_only=True)
loaded = time.perf_counter()
check(course_root())
checked = time.perf_counter()
"""
TOLD_LIBRARIES = """
times = imported - begin, loaded - begin_check, checked - loaded
print(json.dumps([1000 * seconds for seconds in times]))
"""
TOLD = "print(json.dumps([1000 * (imported - begin), 1000 * (shown - begin_show), fresh]))"

FORBIDDEN = {
    "pandas",
    "matplotlib",
    "numpy",
    "scipy",
    "sqlalchemy",
    "psycopg",
    "psycopg2",
    "MySQLdb",
    "pymysql",
}


def first_question(events: int) -> tuple[list[float], list[float]]:
    """Return milliseconds of the import and of the first question, one of each per fresh kernel."""
    imports, questions = [], []
    with clean_place() as (_, environment):
        for run in range(RUNS + 1):
            _start_log(Path(environment["BRMCOURSE_STORE"]), events)
            with fresh_kernel(environment) as kernel:
                kernel.run(TIMED)
                kernel.run(SHOWN)
                imported, shown, fresh = kernel.value(TOLD)
            _require_light(fresh)
            if run:  # the first run may still write bytecode
                imports.append(imported)
                questions.append(shown)
    return imports, questions


def _require_light(imported: Iterable[str]) -> None:
    unwanted = sorted(FORBIDDEN & set(imported))
    if unwanted:
        raise SystemExit(f"The import brings in {', '.join(unwanted)}, which it must not.")


def libraries_and_check() -> tuple[list[float], list[float], list[float]]:
    """Return milliseconds to import our libraries, to load the course, and to check it.

    There is one of each per kernel.
    """
    imports, loads, checks = [], [], []
    with clean_place() as (_, environment):
        for _run in range(RUNS):
            with fresh_kernel(environment) as kernel:
                kernel.run(LIBRARIES_TIMED)
                imported, loaded, checked = kernel.value(TOLD_LIBRARIES)
            imports.append(imported)
            loads.append(loaded)
            checks.append(checked)
    return imports, loads, checks


def _start_log(path: Path, events: int) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    if events:
        fill(path, events, only_here=False)


def main() -> list[Row]:
    """Measure and return the rows."""
    imports, new = first_question(0)
    again, old = first_question(HISTORY)
    libraries, loads, checks = libraries_and_check()
    return [
        measured("import of the eight names, ipywidgets loaded", imports + again, "ms", 120),
        measured("of which the libraries we build on, by themselves", libraries, "ms"),
        measured("first quiz('m1') to rendered question, new learner", new, "ms", 150),
        measured(f"the same, {HISTORY:,} earlier events, 1 in 10 in this quiz", old, "ms", 150),
        measured("load and validate the whole course", loads, "ms", 500),
        measured("all rules of `brmcourse check` on it", checks, "ms"),
    ]


if __name__ == "__main__":
    print(machine())
    show(f"First question: {RUNS} fresh kernels for each line", main())
