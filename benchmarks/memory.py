"""What module 1 costs beyond an empty widget: memory, and time until its first question shows."""

import statistics
import time

import psutil  # type: ignore[import-untyped]
from bench import LIBRARIES, Row, clean_place, machine, measured, show
from kernel import fresh_kernel
from pages import browser_page, course, settle, write_notebook
from playwright.sync_api import Page

KERNELS = 5
OPENINGS = 10
MEMORY = 10
SECONDS = 0.3

EMPTY = "import ipywidgets\nipywidgets.Label('ready')"
MODULE = """
from brmcourse import quiz, converse, scale, reflect, plan
quiz("m1-before"); quiz("m1"); converse("s1"); scale("EMP"); reflect("m1"); plan("m1")
"""


def memory(*cells: str) -> list[tuple[float, float]]:
    """Return resident and proportional memory (RSS, PSS; MB) of fresh kernels after these cells."""
    samples = []
    with clean_place() as (_, environment):
        for _run in range(KERNELS):
            with fresh_kernel(environment) as kernel:
                for cell in cells:
                    kernel.run(cell)
                info = psutil.Process(kernel.pid).memory_full_info()
                samples.append((info.rss / 2**20, info.pss / 2**20))
    return samples


def memory_rows() -> list[Row]:
    """Compare a kernel that shows all of module 1 with one that shows an empty widget."""
    kernels = {"an empty widget": memory(EMPTY), "module 1": memory(EMPTY, MODULE)}
    kernels["the libraries we build on"] = memory(EMPTY, LIBRARIES)
    rows = []
    for place, kind in enumerate(("RSS", "PSS")):
        empty = [both[place] for both in kernels["an empty widget"]]
        base = statistics.median(empty)
        rows.append(measured(f"kernel with an empty widget, {kind}", empty, "MB"))
        for name, budget in (("module 1", MEMORY), ("the libraries we build on", None)):
            more = [both[place] - base for both in kernels[name]]
            rows.append(measured(f"more than that for {name}, {kind}", more, "MB", budget))
    return rows


def openings(selector: str, *, empty: bool) -> list[float]:
    """Return milliseconds from asking for module 1 to what `selector` finds, kernels warm.

    If `empty`, an empty widget stands in its place.
    """
    with clean_place() as (place, environment), browser_page() as page:
        folder = place / "notebooks"
        if empty:
            write_notebook(folder / "m0.ipynb", [EMPTY])
        with course(folder, environment) as (server, address):
            samples = [_opening(page, server, address, selector) for _ in range(OPENINGS + 1)]
    return samples[1:]


def _opening(page: Page, server: psutil.Process, address: str, selector: str) -> float:
    page.goto("about:blank")
    settle(server)
    begin = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(selector).first.wait_for()
    return (time.perf_counter() - begin) * 1000


def opening_rows() -> list[Row]:
    """Compare the page of module 1 with a page that holds an empty widget."""
    empty = openings(".widget-label", empty=True)
    module = openings(".brm-quiz .brm-count", empty=False)
    limit = statistics.median(empty) + SECONDS * 1000
    return [
        measured("page opened to an empty widget", empty, "ms"),
        measured(
            "page opened to the first question of module 1",
            module,
            "ms",
            limit,
            "empty widget + 300 ms",
        ),
    ]


def main() -> list[Row]:
    """Measure and return the rows."""
    return [*memory_rows(), *opening_rows()]


if __name__ == "__main__":
    print(machine())
    show(f"Memory ({KERNELS} kernels) and opening a page ({OPENINGS} openings)", main())
