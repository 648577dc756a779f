"""An answer to the partner's form as a code to paste: letters that any mail carries unharmed.

A code is `BRM1-`, the answer as JSON in base32, a dash, and the CRC-32 of that JSON in base32:
letters and the digits 2 to 7, so that capitals, line breaks, quotation marks of mails and the
hyphens of word processors do no harm. The checksum finds damage; it is no seal: whoever knows how
can read a code, or write one. What is read is text and numbers, and nothing of it is ever run. The
script of the form, rendering/mirror.js, writes the same.
"""

import json
import re
from base64 import b32decode, b32encode
from dataclasses import asdict, dataclass
from zlib import crc32

from pydantic import TypeAdapter, ValidationError

from brmcourse.errors import CodeError
from brmcourse.events import writable

VERSION = 1
"""Of the form of codes; a code says in its first letters which one it has."""

LONGEST = 600
"""The most characters of each text in an answer."""

LARGEST = 200_000
"""The most characters that are searched for codes."""

UNSEEN = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
"""What mail programs put between letters, and nobody sees."""

BEGINS = re.compile(r"BRM\d{1,3}[\s>]*[-\u2010-\u2014]", re.IGNORECASE)
CODE = re.compile(
    r"BRM(\d{1,3})[\s>]*[-\u2010-\u2014]([A-Z2-7\s>]*)[-\u2010-\u2014]((?:[\s>]*[A-Z2-7]){7})",
    re.IGNORECASE,
)
AROUND = re.compile(r"[\s>]+")
"""Line breaks, spaces and the marks that mail programs put before quoted lines."""

NO_CODE = (
    "There is no code in this text. Copy all of the answer you were sent, from the letters BRM to "
    "the end, and paste it here."
)
DAMAGED = (
    "A part of the code is missing or was changed on the way. Copy all of it once more, or ask for "
    "it as a file."
)
NEWER = (
    "This code was made by a newer version of the course than yours. Install the new version, and "
    "paste the code again."
)


@dataclass(frozen=True)
class Answer:
    """One answer to the form: to which invitation and edition, and what was chosen and written.

    `answer` is an id that the form draws, so that the same answer counts once. `ratings` are by
    line of the form; None stands for "Don't know", and a line that was passed over is not there.
    """

    invitation: str
    edition: int
    answer: str
    ratings: dict[str, int | None]
    keep: str = ""
    idea: str = ""


NAMES = {
    "invitation": "i",
    "edition": "e",
    "answer": "a",
    "ratings": "r",
    "keep": "k",
    "idea": "t",
}
"""What a code calls the parts of an answer."""

_READER: TypeAdapter[Answer] = TypeAdapter(Answer)


def encode(answer: Answer) -> str:
    """Return the code of an answer, in groups of letters with spaces between them."""
    parts = {NAMES[name]: value for name, value in asdict(answer).items()}
    data = writable(json.dumps(parts, ensure_ascii=False, separators=(",", ":"))).encode()
    body = _letters(data)
    groups = " ".join(body[place : place + 5] for place in range(0, len(body), 5))
    return f"BRM{VERSION}-{groups}-{_sum(data)}"


def decode(text: str) -> Answer:
    """Return the answer whose code stands in a text; raise CodeError if there is not just one.

    The text may be a whole mail, and may hold the same code several times.
    """
    found = codes(text)
    if len(found) > 1:
        raise CodeError("There is more than one code in this text. Paste one at a time.")
    return read(found[0])


def codes(text: str) -> list[str]:
    """Return the codes in a text, each once, in their order; raise CodeError if there is none."""
    text = UNSEEN.sub("", text[:LARGEST])
    found = dict.fromkeys(map(_plain, CODE.finditer(text)))
    if not found:
        raise CodeError(DAMAGED if BEGINS.search(text) else NO_CODE)
    return list(found)


def _plain(match: re.Match[str]) -> str:
    """Return a code that was found as it was made, but for the spaces."""
    body, total = (AROUND.sub("", part).upper() for part in match.group(2, 3))
    return f"BRM{int(match[1])}-{body}-{total}"


def read(code: str) -> Answer:
    """Return the answer of a code as `codes` found it; raise CodeError if it is damaged or new."""
    match = CODE.fullmatch(code)
    if match is None:
        raise CodeError(NO_CODE)
    if int(match[1]) > VERSION:
        raise CodeError(NEWER)
    try:
        data = _bytes(match[2])
        whole = _sum(data) == match[3] and int(match[1]) == VERSION
        parts = json.loads(data) if whole else None
    except (ValueError, RecursionError):
        parts = None
    return _answer(parts)


def _answer(parts: object) -> Answer:
    """Return the answer of a code's parts; what has other parts or types is none."""
    if not isinstance(parts, dict) or not set(parts) <= set(NAMES.values()):
        raise CodeError(DAMAGED)
    named = {name: parts[short] for name, short in NAMES.items() if short in parts}
    try:
        found = _READER.validate_json(writable(json.dumps(named, ensure_ascii=False)), strict=True)
    except ValidationError:
        raise CodeError(DAMAGED) from None
    if max(len(found.keep), len(found.idea)) > LONGEST:
        raise CodeError(DAMAGED)
    return found


def _letters(data: bytes) -> str:
    return b32encode(data).decode().rstrip("=")


def _bytes(letters: str) -> bytes:
    return b32decode(letters + "=" * (-len(letters) % 8))


def _sum(data: bytes) -> str:
    return _letters(crc32(data).to_bytes(4, "big"))
