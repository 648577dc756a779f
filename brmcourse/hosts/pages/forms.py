"""What a page sends, as a form or as its script sends it: the same message from both."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from brmcourse.activities import fields
from brmcourse.errors import ActionError
from brmcourse.events import is_id, new_id

JSON = "application/json"
MOST_FIELDS = 2000

BOUNDARY = re.compile(
    r'multipart/form-data;\s*boundary=(?P<quote>"?)(?P<boundary>[^"\s]{1,100})(?P=quote)',
    re.IGNORECASE,
)
"""What browsers say of a form with a file, and what its parts are divided by."""

FIELD = re.compile(r'^content-disposition:.*?; *name="([^"\r\n]*)"', re.IGNORECASE | re.MULTILINE)
"""Where a part of a form says which field it is."""

TOKEN, VISIT, NONCE, ACTIVITY = "course-token", "course-visit", "course-nonce", "course-activity"
"""Hidden fields: the sign of our own forms, which page it stands on, its own id, which activity."""


class Sent(NamedTuple):
    """What came: the sign of our own forms, the page's id, the activity's key, and its message.

    `scripted` says that a script waits for the answer; otherwise the browser turns to a new page.
    """

    token: str
    visit: str
    activity: str
    message: dict[str, Any]
    scripted: bool

    @property
    def action(self) -> str:
        """What is asked for."""
        action = self.message.get("action", "")
        return action if isinstance(action, str) else ""


async def receive(request: Request) -> Sent:
    """Read what a page sends; raise HTTPException if it is too much, or no message of a page."""
    try:
        return read_sent(request.headers.get("content-type", ""), await request.body())
    except ClientDisconnect:
        raise HTTPException(413) from None
    except ActionError:
        raise HTTPException(400) from None


async def receive_file(request: Request, name: str) -> tuple[Sent, bytes]:
    """Read a form that carries a file in the field `name`; raise HTTPException as `receive` does.

    The file is empty if none was chosen.
    """
    try:
        body = await request.body()
        parts = read_parts(request.headers.get("content-type", ""), body)
    except ClientDisconnect:
        raise HTTPException(413) from None
    except ActionError:
        raise HTTPException(400) from None
    content = parts.pop(name, b"")
    form = {key: [value.decode("utf-8", "replace")] for key, value in parts.items()}
    return _sent(form), content


def read_parts(kind: str, body: bytes) -> dict[str, bytes]:
    """Read the fields of a form that carries files; raise ActionError if it is none.

    That is all of RFC 7578 that browsers send: each field once, its bytes as they are.
    """
    form = BOUNDARY.fullmatch(kind)
    if form is None:
        raise ActionError
    delimiter = b"\r\n--" + form["boundary"].encode("latin-1", "replace")
    first, *parts = b"".join((b"\r\n", body)).split(delimiter)
    last = parts.pop() if parts else b""
    if first or not last.startswith(b"--") or len(parts) > MOST_FIELDS:
        raise ActionError
    found = {}
    for part in parts:
        head, blank, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = FIELD.search(head.decode("utf-8", "replace"))
        if not blank or name is None:
            raise ActionError
        found[name[1]] = content
    return found


def read_sent(kind: str, body: bytes) -> Sent:
    """Read a body of that content type; raise ActionError if it is no message of a page."""
    if kind.partition(";")[0].strip().lower() == JSON:
        return _scripted(body)
    return _form(body)


def _scripted(body: bytes) -> Sent:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise ActionError from None
    if not isinstance(sent, dict):
        raise ActionError
    token, visit, activity = (str(sent.pop(name, "")) for name in ("token", "visit", "activity"))
    return Sent(token, visit, activity, sent, scripted=True)


def _form(body: bytes) -> Sent:
    try:
        sent = parse_qs(
            body.decode("utf-8"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="replace",
        )
    except ValueError:
        raise ActionError from None
    return _sent(sent)


def _sent(sent: dict[str, list[str]]) -> Sent:
    token, visit, activity, nonce, partner = (
        sent.pop(name, [""])[0] for name in (TOKEN, VISIT, ACTIVITY, NONCE, fields.SHOWN_PARTNER)
    )
    action = sent.get("action", ["draft"])[0]
    message = {"n": once(nonce, sent), "action": action, "form": sent, "partner": partner}
    return Sent(token, visit, activity, message, scripted=False)


def once(nonce: str, form: Mapping[str, list[str]]) -> str:
    """Return the id of an action that a form asks for.

    The same form sent twice (a double click, a reload) is one action. From a page that one came
    Back to, another answer is another action.
    """
    if not is_id(nonce):
        return new_id()
    content = json.dumps([nonce, sorted(form.items())]).encode()
    own = int.from_bytes(hashlib.sha256(content).digest()[:8])
    time = UUID(nonce).int >> 64
    return str(UUID(int=(time << 64) | (own | 1 << 63) & ~(1 << 62)))
