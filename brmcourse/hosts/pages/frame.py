"""What all pages of the course's own hosts share: templates, files, colours, where new text is."""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brmcourse.activities import fields
from brmcourse.activities.activity import day
from brmcourse.hosts.pages import assets, forms
from brmcourse.rendering import words

TEMPLATES = Path(__file__).parent / "templates"

FOCUS = re.compile(r'<[^>]* id="(?P<id>[^"]+)"[^>]*\bdata-focus\b')
"""The mark of what new content begins with."""

KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
"""Of files whose address changes when they do."""


@cache
def templates(*more: Path) -> Environment:
    """Return the templates of the pages, and of other folders that extend them."""
    environment = Environment(
        loader=FileSystemLoader([*more, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"asset": assets.address, "fields": fields, "forms": forms}
    environment.filters |= {"day": day, "moment": words.when, "promises": words.promises}
    return environment


def theme(request: Request) -> str:
    """Return which colours the learner chose; empty if those of the system."""
    chosen = request.cookies.get("course-theme", "")
    return chosen if chosen in ("dark", "light") else ""


def focus(html: str) -> str:
    """Return the id of what new content begins with, if it has one."""
    found = FOCUS.search(html)
    return found["id"] if found else ""


def _static(request: Request) -> Response:
    """Answer with a style sheet, script, font or picture of the pages."""
    asset = assets.assets().get(request.path_params["name"])
    if asset is None or request.path_params["version"] != assets.version():
        raise HTTPException(404)
    return Response(asset.content, media_type=asset.kind, headers=KEPT)


STATIC = Route("/static/{version}/{name}", _static)
"""Where the files are."""
