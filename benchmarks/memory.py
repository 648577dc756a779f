"""What ten open pages cost in memory: all processes of the course's server, and all of Voila's."""

from collections.abc import Callable, Sequence

import psutil  # type: ignore[import-untyped]
from bench import Row, clean_place, machine, measured, show
from opening import BUTTON, EMPTY
from pages import chromium, course, family, settle, voila

from brmcourse.content.library import load_course

RUNS = 3
PAGES = 10
BUDGET = 90
"""Megabytes."""


def ours() -> tuple[float, int]:
    """Return the memory (PSS, MB) and processes of the course, whole modules on its pages.

    A whole module is the largest page there is: each of its exercises is open.
    """
    modules = [f"/{module.id}/all" for module in load_course().modules]
    paths = [*modules, "/", "/mine"][:PAGES]
    with clean_place() as (place, environment), course(place / "notebooks", environment) as running:
        server = psutil.Process(running.pid)
        return with_pages_open(server, lambda at: running.address(paths[at]), "main")


def theirs() -> tuple[float, int]:
    """Return the same of Voila, an empty widget on each page."""
    with (
        clean_place() as (place, environment),
        voila(place, EMPTY, environment) as (
            server,
            address,
        ),
    ):
        return with_pages_open(server, lambda _: address, BUTTON)


def with_pages_open(
    server: psutil.Process, address: Callable[[int], str], selector: str
) -> tuple[float, int]:
    """Open ten pages in one browser, wait until they rest; return memory and processes."""
    with chromium() as browser:
        window = browser.new_context()
        for number in range(PAGES):
            page = window.new_page()
            page.goto(address(number))
            page.locator(selector).first.wait_for(timeout=60_000)
        settle(server)
        processes = family(server)
        return sum(map(proportional, processes)), len(processes)


def proportional(process: psutil.Process) -> float:
    """Return a process's share (PSS, MB): memory that several use is divided among them."""
    return float(process.memory_full_info().pss) / 2**20


def rows_of(name: str, samples: Sequence[tuple[float, int]], budgets: Sequence[int]) -> list[Row]:
    """Return the rows of one server."""
    megabytes, processes = zip(*samples, strict=True)
    budget, most = budgets or (None, None)
    return [
        measured(f"{PAGES} pages open, {name}: PSS of all processes", megabytes, "MB", budget),
        measured(f"{PAGES} pages open, {name}: processes", processes, "processes", most),
    ]


def main() -> list[Row]:
    """Measure and return the rows."""
    own = [ours() for _ in range(RUNS)]
    peer = [theirs() for _ in range(RUNS)]
    return [*rows_of("ours", own, (BUDGET, 1)), *rows_of("Voila", peer, ())]


if __name__ == "__main__":
    print(machine())
    show(f"Memory: {RUNS} servers for each line", main())
