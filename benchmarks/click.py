"""From a click in Chromium to the changed page, ours against quizzes that store nothing.

Ours commits each answer durably. All three stand in one notebook, so host, kernel, browser and
moment are the same. Time runs in the page itself: from the click's own time stamp to the change
below the question, and on to the end of the frame that shows it.
"""

import sqlite3
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import Row, clean_place, machine, measured, show
from pages import browser_page, course, settle, write_notebook
from peers import BARE, BARE_ONE, JUPYTERQUIZ, JUPYTERQUIZ_ONE, QUESTIONS
from playwright.sync_api import Page

Times = tuple[float, float]

CLICKS = 100
WARM_UP = 5
FACTOR = 1.2
PAUSE = 150
"""Milliseconds between choosing and clicking, so that no earlier message is still under way."""

CELLS = (
    "from brmcourse import quiz\n" + QUESTIONS + BARE + JUPYTERQUIZ,
    'quiz("m1")',
    BARE_ONE,
    JUPYTERQUIZ_ONE,
)
HOSTS = {"page": (), "JupyterLab": ("--lab",)}

WATCH = """selector => {
  window.measured = new Promise(done => {
    let begin = null;
    const clicked = event => { begin ??= event.timeStamp; };
    document.addEventListener("click", clicked, { capture: true, once: true });
    const change = { childList: true, characterData: true, subtree: true };
    const observer = new MutationObserver(() => {
      if (begin === null) return;
      observer.disconnect();
      const changed = performance.now() - begin;
      requestAnimationFrame(() => {
        const painted = new MessageChannel();
        painted.port1.onmessage = () => done([changed, performance.now() - begin]);
        painted.port2.postMessage(null);
      });
    });
    observer.observe(document.querySelector(selector), change);
  });
}"""


@dataclass(frozen=True)
class Peer:
    """Where a quiz has its choices, what is clicked after choosing, and what then changes.

    Without a button the choice itself is clicked.
    """

    choices: str
    button: str
    feedback: str


PEERS = {
    "ours": Peer(
        ".brm-quiz input[name=pick]", ".brm-quiz button[value=check]", ".brm-quiz .brm-feedback"
    ),
    "bare ipywidgets": Peer(
        ".bare-quiz input[type=radio]", ".bare-quiz button", ".bare-feedback .widget-html-content"
    ),
    "jupyterquiz": Peer(".MCButton", "", ".Feedback"),
}


def time_click(page: Page, peer: Peer, number: int) -> Times:
    """Answer once, with another option than the time before.

    Returns the milliseconds until the page has changed, and until that is shown.
    """
    choice = page.locator(peer.choices).nth(number % 2)
    target = choice
    if peer.button:
        # Not by the mouse: long options of RadioButtons lie over each other.
        choice.evaluate("choice => choice.click()")
        page.wait_for_timeout(PAUSE)
        target = page.locator(peer.button)
    page.evaluate(WATCH, peer.feedback)
    target.click()
    changed, shown = page.evaluate("window.measured")
    return float(changed), float(shown)


def clicks(options: tuple[str, ...]) -> dict[str, list[Times]]:
    """Return each quiz's milliseconds in one host, the quizzes taking turns."""
    with clean_place() as (place, environment), browser_page() as page:
        write_notebook(place / "notebooks" / "m0.ipynb", CELLS)
        with course(place / "notebooks", environment, *options) as (server, address):
            settle(server)
            page.set_viewport_size({"width": 1200, "height": 2400})
            page.goto(address)
            for peer in PEERS.values():
                page.locator(peer.choices).first.wait_for(timeout=60_000)
            settle(server)
            samples = _in_turns({name: _clicker(page, peer) for name, peer in PEERS.items()})
        if _stored(Path(environment["BRMCOURSE_STORE"])) != CLICKS + WARM_UP:
            raise SystemExit("Not every answer is on the disk.")
    return samples


def _clicker(page: Page, peer: Peer) -> Callable[[int], Times]:
    return lambda number: time_click(page, peer, number)


def _in_turns(clickers: dict[str, Callable[[int], Times]]) -> dict[str, list[Times]]:
    samples: dict[str, list[Times]] = {name: [] for name in clickers}
    for number in range(CLICKS + WARM_UP):
        for name, click in clickers.items():
            sample = click(number)
            if number >= WARM_UP:
                samples[name].append(sample)
    return samples


def _stored(path: Path) -> int:
    db = sqlite3.connect(path)
    (count,) = db.execute("SELECT count(*) FROM events WHERE kind = 'quiz.answered'").fetchone()
    db.close()
    return int(count)


def main() -> list[Row]:
    """Measure and return the rows."""
    rows: list[Row] = []
    for host, options in HOSTS.items():
        samples = clicks(options)
        for place, end in enumerate(("changed page", "frame that shows it")):
            columns = {}
            for name, times in samples.items():
                columns[name] = [both[place] for both in times]
            rows += compared(f"{host}: click to {end}", columns)
    return rows


def compared(promise: str, columns: Mapping[str, Sequence[float]]) -> Iterator[Row]:
    """Yield a row for each quiz; ours may take a fifth longer than the bare one."""
    limit = FACTOR * statistics.median(columns["bare ipywidgets"])
    for name, values in columns.items():
        if name == "ours":
            peer = f"{FACTOR} x bare: {limit:.1f} ms"
            yield measured(f"{promise}, {name}", values, "ms", limit, peer)
        else:
            yield measured(f"{promise}, {name}", values, "ms")


if __name__ == "__main__":
    print(machine())
    show(f"Click to changed page: {CLICKS} clicks for each line", main())
