"""From an address to the first question that can be read, ours against Voila's emptiest page.

Every opening has a browser window of its own, with nothing kept from earlier ones, on a server that
has answered before. Time runs from asking to the first frame in which the question (there: the
button) is laid out, by the clock that page and benchmark share.
"""

import statistics
import time
from collections.abc import Callable

import psutil  # type: ignore[import-untyped]
from bench import Row, best, clean_place, in_turns, machine, measured, p95, show
from pages import chromium, course, settle, voila
from playwright.sync_api import Browser

OPENINGS = 20
SHARE = 0.2
"""What ours may take of Voila's time at the median."""

SPREAD = 2
"""How many times its own median ours may take at the p95."""

EMPTY = ("import ipywidgets\nipywidgets.Button()",)
STEP = "/m1/before-you-read"
"""The first step of the course that asks a question."""

STEM, BUTTON = ".brm-stem", ".widget-button"
WARM = ("--preheat_kernel=True", "--pool_size=2")
"""Voila's way to have a kernel ready that has run the notebook already."""

OURS, WARM_VOILA = "ours", "Voila, kernel ready"

SEEN = """selector => {
  const found = document.querySelector(selector);
  const seen = found && found.checkVisibility({ visibilityProperty: true });
  return seen && performance.timeOrigin + performance.now();
}"""


def opened(
    browser: Browser, address: str, selector: str, cookies: str = "", **window: bool
) -> float:
    """Return the milliseconds from asking for an address to the frame that shows `selector`.

    `cookies` is the address of a course that has let this window in before.
    """
    context = browser.new_context(**window)  # type: ignore[arg-type]
    if cookies:
        context.request.get(cookies)
    page = context.new_page()
    begin = time.time() * 1000
    page.goto(address, wait_until="commit")
    seen = page.wait_for_function(SEEN, arg=selector, polling="raf").json_value()
    page.goto("about:blank")  # Voila ends the kernel of a page that is left
    context.close()
    return float(seen) - begin


def openings() -> dict[str, list[float]]:
    """Return the milliseconds of each way to open a page, the ways taking turns."""
    with (
        clean_place() as (place, environment),
        chromium() as browser,
        course(place / "notebooks", environment) as ours,
        voila(place / "warm", EMPTY, environment, *WARM) as (warm, warm_address),
        voila(place / "cold", EMPTY, environment) as (cold, cold_address),
    ):
        step = f"http://127.0.0.1:{ours.port}{STEP}"
        ways: dict[str, Callable[[], float]] = {
            OURS: lambda: opened(browser, step, STEM, ours.address()),
            f"{OURS}, without script": lambda: opened(
                browser, step, STEM, ours.address(), java_script_enabled=False
            ),
            f"{OURS}, by a key": lambda: opened(browser, ours.address(STEP), STEM),
            f"{OURS}, by a key, without script": lambda: opened(
                browser, ours.address(STEP), STEM, java_script_enabled=False
            ),
            WARM_VOILA: lambda: opened(browser, warm_address, BUTTON),
            "Voila as it comes": lambda: opened(browser, cold_address, BUTTON),
        }

        def rested(way: Callable[[], float]) -> Callable[[int], float]:
            def opening(_number: int) -> float:
                settle(warm, cold, psutil.Process(ours.pid), rest=0.5)
                return way()

            return opening

        return in_turns({name: rested(way) for name, way in ways.items()}, OPENINGS, warm_up=2)


def main() -> list[Row]:
    """Measure and return the rows."""
    samples = openings()
    limit = SHARE * statistics.median(samples[WARM_VOILA])
    rows = []
    for name, times in samples.items():
        promise = f"address to first question, {name}"
        if name.startswith(OURS):
            peer = f"{SHARE} x Voila: {limit:.0f} ms"
            rows.append(measured(promise, times, "ms", limit, peer))
            spread = p95(times) / statistics.median(times)
            rows.append(best(f"{promise}: p95 to median", spread, "times", SPREAD))
        else:
            rows.append(measured(promise, times, "ms"))
    return rows


if __name__ == "__main__":
    print(machine())
    show(f"Address to first question: {OPENINGS} openings for each line", main())
