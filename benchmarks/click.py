"""From a click in Chromium to the changed page, ours against quizzes that store nothing.

Ours commits each answer durably. In JupyterLab all quizzes stand in one notebook, so host, kernel
and moment are the same; the course's own page has its peers on a page of Voila, in the same
browser. Clicks take turns. Time runs in the page itself: from the click's own time stamp to the
change of what the quiz says, and on to the end of the frame that shows it.
"""

import sqlite3
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from bench import Row, clean_place, in_turns, machine, measured, show
from pages import browser_page, chromium, course, settle, voila, write_notebook
from peers import (
    BARE,
    BARE_BUTTON,
    BARE_ONE,
    JUPYTERQUIZ,
    JUPYTERQUIZ_ONE,
    QUESTIONS,
)
from playwright.sync_api import Page, ViewportSize

Times = tuple[float, float]
Samples = dict[str, list[Times]]

CLICKS = 100
WARM_UP = 5
ON_THE_PAGE, IN_THE_LAB = 0.6, 1.2
"""How much of the bare button's time ours may take."""

PAUSE = 150
"""Milliseconds between choosing and clicking, so that no earlier message is still under way."""

TALL: ViewportSize = {"width": 1200, "height": 2400}

STEP = "/m1/check-yourself"
"""The step of module 1 that ends with its quiz."""

CELLS = (
    "from brmcourse import quiz\n" + QUESTIONS + BARE + JUPYTERQUIZ,
    'quiz("m1")',
    BARE_ONE,
    JUPYTERQUIZ_ONE,
)
VOILA_CELLS = (QUESTIONS + BARE + JUPYTERQUIZ, BARE_BUTTON, BARE_ONE, JUPYTERQUIZ_ONE)

WATCH = """selector => {
  const said = () => [...document.querySelectorAll(selector)].map(one => one.textContent).join();
  const before = said();
  window.measured = new Promise(done => {
    let begin = null;
    const clicked = event => { begin ??= event.timeStamp; };
    document.addEventListener("click", clicked, { capture: true, once: true });
    const change = { childList: true, characterData: true, subtree: true };
    const observer = new MutationObserver(() => {
      if (begin === null || !said().trim() || said() === before) return;
      observer.disconnect();
      const changed = performance.now() - begin;
      requestAnimationFrame(() => {
        const painted = new MessageChannel();
        painted.port1.onmessage = () => done([changed, performance.now() - begin]);
        painted.port2.postMessage(null);
      });
    });
    observer.observe(document.body, change);
  });
}"""


@dataclass(frozen=True)
class Peer:
    """Where a quiz has its choices, what is clicked after choosing, and what then says something.

    Without choices the button is clicked at once, without a button the choice itself.
    """

    choices: str
    button: str
    feedback: str


OURS = Peer(
    ".brm-quiz input[name=pick]",
    ".brm-quiz button[value=check]",
    ".brm-quiz .brm-said, .brm-quiz .brm-feedback",
)
BUTTON = Peer("", "button.bare-button", ".bare-said .widget-html-content")
BARE_QUIZ = Peer(
    ".bare-quiz input[type=radio]", ".bare-quiz button", ".bare-feedback .widget-html-content"
)
JUPYTERQUIZ_QUIZ = Peer(".MCButton", "", ".Feedback")

PEERS = {"ours": OURS, "bare ipywidgets": BARE_QUIZ, "jupyterquiz": JUPYTERQUIZ_QUIZ}
"""What stands in one notebook in JupyterLab."""

FLOOR = Peer("", "button.floor-button", ".floor-said")
"""A button that asks the server for next to nothing and counts the answers: no page can be quicker
that asks before it changes."""

FLOOR_BUTTON = """() => {
  const [button, said] = ["button", "p"].map(name => document.createElement(name));
  button.className = "floor-button";
  said.className = "floor-said";
  said.textContent = "0";
  document.body.append(button, said);
  button.addEventListener("click", async () => {
    await fetch("/alive");
    said.textContent = String(Number(said.textContent) + 1);
  });
}"""

VOILA_PEERS = {
    "bare ipywidgets": BUTTON,
    "a quiz of bare ipywidgets": BARE_QUIZ,
    "jupyterquiz": JUPYTERQUIZ_QUIZ,
}
"""What stands on Voila's page."""


def time_click(page: Page, peer: Peer, number: int) -> Times:
    """Answer once, with another option than the time before.

    Returns the milliseconds until the page has changed, and until that is shown.
    """
    page.bring_to_front()
    target = page.locator(peer.button or peer.choices)
    if not peer.button:
        target = target.nth(number % 2)
    elif peer.choices:
        # Not by the mouse: long options of RadioButtons lie over each other.
        page.locator(peer.choices).nth(number % 2).evaluate("choice => choice.click()")
    page.wait_for_timeout(PAUSE)
    page.evaluate(WATCH, peer.feedback)
    target.click()
    changed, shown = page.evaluate("window.measured")
    return float(changed), float(shown)


def page_clicks() -> Samples:
    """Return the milliseconds of the quiz on the course's page, and of what Voila serves."""
    with (
        clean_place() as (place, environment),
        chromium() as browser,
        course(place / "notebooks", environment) as ours,
        voila(place, VOILA_CELLS, environment) as (server, address),
    ):
        own, least, theirs = (browser.new_context(viewport=TALL).new_page() for _ in range(3))
        own.goto(ours.address(STEP))
        theirs.goto(address)
        least.goto(ours.address(STEP))
        least.locator(OURS.choices).first.wait_for()
        least.evaluate(FLOOR_BUTTON)
        clickers = {"ours": _clicker(own, OURS), "the least there is": _clicker(least, FLOOR)}
        for name, peer in VOILA_PEERS.items():
            clickers[name] = _clicker(theirs, peer)
        settle(psutil.Process(ours.pid), server)
        samples = in_turns(clickers, CLICKS, WARM_UP)
        _require_answers(Path(environment["BRMCOURSE_STORE"]))
    return samples


def lab_clicks() -> Samples:
    """Return the milliseconds of each quiz in one notebook in JupyterLab."""
    with clean_place() as (place, environment), browser_page() as page:
        write_notebook(place / "notebooks" / "m0.ipynb", CELLS)
        with course(place / "notebooks", environment, "--lab") as ours:
            server = psutil.Process(ours.pid)
            settle(server)
            page.set_viewport_size(TALL)
            page.goto(ours.address())
            clickers = {name: _clicker(page, peer) for name, peer in PEERS.items()}
            settle(server)
            samples = in_turns(clickers, CLICKS, WARM_UP)
        _require_answers(Path(environment["BRMCOURSE_STORE"]))
    return samples


def _clicker(page: Page, peer: Peer) -> Callable[[int], Times]:
    """Wait until the quiz is there; return what clicks once."""
    page.locator(peer.button or peer.choices).first.wait_for(timeout=60_000)
    return lambda number: time_click(page, peer, number)


def _require_answers(path: Path) -> None:
    if _stored(path) != CLICKS + WARM_UP:
        raise SystemExit("Not every answer is on the disk.")


def _stored(path: Path) -> int:
    db = sqlite3.connect(path)
    (count,) = db.execute("SELECT count(*) FROM events WHERE kind = 'quiz.answered'").fetchone()
    db.close()
    return int(count)


def main() -> list[Row]:
    """Measure and return the rows."""
    return [
        *compared("page", page_clicks(), ON_THE_PAGE),
        *compared("JupyterLab", lab_clicks(), IN_THE_LAB),
    ]


def compared(host: str, samples: Samples, factor: float) -> Iterator[Row]:
    """Yield the rows of one host; ours may take so many times as long as the bare button."""
    for place, end in enumerate(("changed page", "frame that shows it")):
        columns = {name: [both[place] for both in times] for name, times in samples.items()}
        yield from _ends(f"{host}: click to {end}", columns, factor)


def _ends(promise: str, columns: Mapping[str, Sequence[float]], factor: float) -> Iterator[Row]:
    limit = factor * statistics.median(columns["bare ipywidgets"])
    for name, values in columns.items():
        if name == "ours":
            peer = f"{factor} x bare: {limit:.1f} ms"
            yield measured(f"{promise}, {name}", values, "ms", limit, peer)
        else:
            yield measured(f"{promise}, {name}", values, "ms")


if __name__ == "__main__":
    print(machine())
    show(f"Click to changed page: {CLICKS} clicks for each line", main())
