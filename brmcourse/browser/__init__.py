"""What runs in the browser: one bridge for every host, and the library that swaps in new HTML."""

from pathlib import Path

HERE = Path(__file__).parent

BRIDGE = (HERE / "vendor" / "idiomorph.min.js", HERE / "bridge.js")
"""The files of the bridge, in the order they are joined."""


def bridge() -> str:
    """Return the bridge as one module of JavaScript, whose default export is `{ render }`."""
    return "\n".join(path.read_text("utf-8") for path in BRIDGE)
