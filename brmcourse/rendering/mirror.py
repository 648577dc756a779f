"""The form for others as one file that needs nothing but a browser, and what a gap is called.

The file loads nothing, keeps nothing and sends nothing: its policy forbids all but the one script
and the one style in it, known by their hashes.
"""

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from brmcourse.activities import mirror_code as code
from brmcourse.activities.mirror import DONT_KNOW, GROUP, OPEN, Invitation
from brmcourse.model.mirror import Mirror
from brmcourse.model.scale import Format
from brmcourse.scoring.gaps import Gap

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent

FILE_NAMES: "Mapping[str, str]" = {
    OPEN: "how-it-looks-from-your-side.html",
    GROUP: "how-it-looks-from-your-side-group.html",
}
"""What the file is called, by mode; neither names the learner nor the partner."""

SMALLEST = 0.05
"""Less than this has no figure with one decimal."""


def page(mirror: Mirror, form: Format, invitation: Invitation) -> str:
    """Return the form for that invitation as a whole HTML page."""
    script, style = _asset("mirror.js"), _asset("mirror.css")
    return (
        _environment()
        .get_template("mirror_file.html")
        .render(
            mirror=mirror,
            form=form,
            opening=mirror.opening(invitation.mode),
            dont_know=DONT_KNOW,
            longest=code.LONGEST,
            about=json.dumps({"i": invitation.id, "e": invitation.edition, "v": code.VERSION}),
            script=Markup(script),  # noqa: S704 -- our own files, known by their hashes
            style=Markup(style),  # noqa: S704
            script_hash=_hash(script),
            style_hash=_hash(style),
        )
    )


def address(mirror: Mirror, form: Format, invitation: Invitation) -> str:
    """Return the form as an address that holds all of it, to be saved by a link."""
    data = b64encode(page(mirror, form, invitation).encode()).decode()
    return f"data:text/html;charset=utf-8;base64,{data}"


def told(gap: Gap, mode: str) -> str:
    """Return a gap in a sentence that says nothing of who is right."""
    other = "your partner does" if mode == OPEN else "the group does"
    if abs(gap.steps) < SMALLEST:
        return "You rate yourself as " + other + "."
    direction = "higher" if gap.steps > 0 else "lower"
    return f"You rate yourself {abs(gap.steps):.1f} {direction} than {other}."


@cache
def _asset(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def _hash(text: str) -> str:
    """Return the hash by which a page's policy admits a script or a style."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
