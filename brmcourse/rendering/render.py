"""State to HTML. The same HTML serves the notebook, the phone and paper; every text in it is escaped."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from math import ceil, cos, floor, sin, tau
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

FOLDER = Path(__file__).parent
STYLE = FOLDER / "style.css"

TEMPLATES = {
    "QuizState": "quiz.html",
    "ConversationState": "conversation.html",
    "ScaleState": "scale.html",
    "SheetState": "sheet.html",
    "ValuesState": "values.html",
    "WritingState": "writing.html",
    "CapstoneState": "capstone.html",
}
"""The template of each kind of state, by its name: a quiz need not wait for what the others are
made of.
"""

PIECES = {"SheetState": "sheet", "ValuesState": "values", "WritingState": "writing"}
"""What the capstone is put together from: each has a template to read it, and one with its forms.
"""

FORMS = {
    "sheet": "sheet_forms.html",
    "values": "values_partner.html",
    "writing": "writing_forms.html",
}


def render(state: Any, *, trouble: str | None = None, notice: str | None = None) -> str:
    """Return the HTML of an activity's state.

    `trouble` says that answers cannot be saved, `notice` what was mended; both are sentences for
    the learner.
    """
    return _template(TEMPLATES[type(state).__name__]).render(
        state=state, trouble=trouble, notice=notice
    )


def render_problem(title: str, text: str, *, retry: bool, below: str = "") -> str:
    """Return the HTML of a mishap, with a way to try again, above the HTML that was on show before."""
    return _template("problem.html").render(title=title, text=text, retry=retry) + below


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": clock, "day": day, "number": number, "signed": signed}
    environment.globals |= {
        "level_name": level_name,
        "view_of": lambda state: f"{PIECES[type(state).__name__]}_view.html",
        "form_of": lambda state: FORMS[PIECES[type(state).__name__]],
        "sin": sin,
        "cos": cos,
        "tau": tau,
    }
    return environment


def clock(time: datetime) -> str:
    """Return a moment as the learner's own clock shows it."""
    return time.astimezone().strftime("%H:%M")


def day(text: str) -> str:
    """Return a date of a form (like 2026-06-03) in words; anything else as it is."""
    try:
        return f"{date.fromisoformat(text):%d %B %Y}".removeprefix("0")
    except ValueError:
        return text


def number(value: float) -> str:
    """Return a number with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def signed(value: float) -> str:
    """Return a whole number with its sign; a real minus, so that screen readers say it."""
    return f"{value:+.0f}".replace("-", "\N{MINUS SIGN}")


def level_name(levels: Sequence[str], value: float) -> str:
    """Return the name of a level (from 1), or of the two that a middle lies between."""
    below, above = levels[floor(value) - 1], levels[ceil(value) - 1]
    return below if below == above else f"between {below.lower()} and {above.lower()}"
