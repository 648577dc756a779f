"""State to HTML: the same for the notebook, the phone and paper; every text in it is escaped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from brmcourse.activities import fields
from brmcourse.activities.activity import day
from brmcourse.partners import Partners
from brmcourse.rendering import drawings, geometry
from brmcourse.rendering import map as maps
from brmcourse.rendering import mirror as mirrors

if TYPE_CHECKING:
    from brmcourse.model.sheet import Sheet

FOLDER = Path(__file__).parent
STYLE = FOLDER / "style.css"
TAKEAWAY_STYLE = FOLDER / "takeaway.css"


@dataclass(frozen=True)
class About:
    """The partner that a page is about, by key, and all there are."""

    key: str
    partners: Partners


NO_PART = {"title": ""}
"""Where a text is read outside of the plan: no heading of a part stands above it."""

NO_TICKET = Markup()
HIDDEN = Markup('<input type="hidden" name="{}" value="{}">')


def _here(title: str, module: str = "") -> str:
    return "" if module else f"#{title}"


def _nowhere(_name: str, _about: str, _module: str) -> str:
    return ""


@dataclass(frozen=True)
class Around:
    """What the host puts around an activity.

    hidden   fields of each form, by name, where forms are sent without a script
    reading  gives the address of a section by its title; of another module's if that is named, or
             nothing where other modules have no address
    activity gives the address of an activity by its public name, its id and its module; nothing
             where that has none
    paper    the address below which pages to hand out lie, by activity and partner; empty where
             there are none
    ticket   the hidden fields as HTML; the partner's key is one of them
    """

    hidden: Mapping[str, str] = field(default_factory=dict)
    reading: Callable[..., str] = _here
    activity: Callable[[str, str, str], str] = _nowhere
    paper: str = ""
    ticket: Markup = NO_TICKET

    def about(self, partner: str) -> "Around":
        """Return the same around a page about that partner."""
        if not self.hidden:
            return self
        hidden = {**self.hidden, fields.SHOWN_PARTNER: partner}
        ticket = Markup().join(HIDDEN.format(*pair) for pair in hidden.items())
        return replace(self, ticket=ticket)


NOTHING_AROUND = Around()
"""A notebook's cell: its script sends the forms, and finds headings by their words."""


def render(  # noqa: PLR0913 -- each by its name
    template: str,
    state: Any,
    *,
    trouble: str | None = None,
    notice: str | None = None,
    about: About | None = None,
    around: Around = NOTHING_AROUND,
) -> str:
    """Return the HTML of an activity's state.

    `trouble` says that answers cannot be saved, `notice` what was mended; both are sentences for
    the learner.
    """
    page = _template(template)
    around = around.about(about.key if about else "")
    return page.render(state=state, trouble=trouble, notice=notice, about=about, around=around)


def render_view(template: str, state: Any, level: int) -> str:
    """Return the HTML to read what was written; its headings are of that level."""
    return _template(template).render(state=state, level=level, part=NO_PART, module="")


def render_problem(
    title: str, text: str, *, retry: bool, below: str = "", around: Around = NOTHING_AROUND
) -> str:
    """Return the HTML of a mishap above what was on show before, perhaps with "Try again"."""
    page = _template("problem.html")
    return page.render(title=title, text=text, retry=retry, around=around.about("")) + below


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
        "drawings": drawings,
        "fields": fields,
        "geometry": geometry,
        "maps": maps,
        "mirrors": mirrors,
        "names_partner": names_partner,
        "level_name": level_name,
    }
    return environment


def names_partner(sheet: "Sheet", about: About | None) -> bool:
    """Say whether a page is the one where partners are chosen, and the one on it has a code."""
    return bool(sheet.names and about and about.partners.codes.get(about.key))


def clock(time: datetime) -> str:
    """Return a moment as the learner's own clock shows it."""
    return time.astimezone().strftime("%H:%M")


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
