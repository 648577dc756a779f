"""The files that pages load: put together once, under an address that changes when they do."""

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from brmcourse.browser import BRIDGE
from brmcourse.rendering.render import STYLE, TAKEAWAY_STYLE

STATIC = Path(__file__).parent / "static"
FONTS = STATIC / "fonts"


class Asset(NamedTuple):
    """A file as the browser gets it."""

    kind: str
    content: bytes


@cache
def assets() -> dict[str, Asset]:
    """Return all files by name."""
    fonts = {font.name: _joined("font/woff2", font) for font in FONTS.glob("*.woff2")}
    return {
        "course.css": _joined("text/css; charset=utf-8", STATIC / "page.css", STYLE),
        "course.js": _joined("text/javascript; charset=utf-8", *BRIDGE, STATIC / "page.js"),
        "takeaway.css": _joined("text/css; charset=utf-8", TAKEAWAY_STYLE),
        "icon.svg": _joined("image/svg+xml", STATIC / "icon.svg"),
        **fonts,
    }


@cache
def version() -> str:
    """Return what changes with any of the files."""
    whole = hashlib.sha256()
    for name, asset in sorted(assets().items()):
        whole.update(name.encode() + asset.content)
    return whole.hexdigest()[:12]


def address(name: str) -> str:
    """Return where a file is found."""
    return f"/static/{version()}/{name}"


def _joined(kind: str, *paths: Path) -> Asset:
    return Asset(kind, b"\n".join(path.read_bytes() for path in paths))
