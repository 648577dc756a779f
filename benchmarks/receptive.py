"""What it costs to find the markers in a line that a learner wrote, while they wait.

It is the processor's work alone, so its own time is measured, the best of several runs.
"""

from collections.abc import Mapping

from bench import Row, best, busy_seconds, machine, show

from brmcourse.scoring.receptive import spans

BUDGET = 20
"""Milliseconds that one line may take."""

TIMES = 100
"""How often a line is taken in one run; one alone is too short for the processor's clock."""

LINE = (
    "I see why October worries you, and you may be right about the carriers. But we only go live "
    "once the tests have ended. What would you need to know before Thursday?"
)
LONG = 10_000

LINES: Mapping[str, str] = {
    "a line of two or three sentences": LINE,
    f"{LONG:,} characters of such lines": (f"{LINE} " * LONG)[:LONG],
    f"{LONG:,} blanks": " " * LONG,
    f'{LONG:,} characters of "no"': ("no " * LONG)[:LONG],
    f"{LONG:,} characters of acknowledgements and turns": ("I see it, but " * LONG)[:LONG],
    f"{LONG:,} characters of questions that never end": ("what, " * LONG)[:LONG],
}
"""What is measured; only the first is promised anything, the others show that time grows evenly."""


def main() -> list[Row]:
    """Return the rows."""
    rows = []
    for number, (name, text) in enumerate(LINES.items()):
        times = 1 if number else TIMES
        spent = busy_seconds(lambda text=text, times=times: _taken(text, times)) / times
        rows.append(best(f"markers in {name}", spent * 1000, "ms", None if number else BUDGET))
    return rows


def _taken(text: str, times: int) -> None:
    for _ in range(times):
        spans(text)


if __name__ == "__main__":
    print(machine())
    show("Markers of receptive wording (receptive.py)", main())
