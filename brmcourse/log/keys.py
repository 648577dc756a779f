"""Keys: drawn at random, encrypted by a passphrase or a recovery code, used to seal texts.

A passphrase becomes a key by Argon2id (RFC 9106); AES-256 in GCM encrypts, and refuses whatever was
changed. The package `cryptography` does both, and is imported when it is first needed.
"""
# ruff: noqa: PLC0415

import re
import secrets
import unicodedata
from base64 import b64decode, b64encode
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from brmcourse.errors import LockedError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY, NONCE, SALT = 32, 12, 16
"""How long things are, in bytes."""

COST = (65536, 3, 4)
"""What a guess costs: KiB of memory, rounds and lanes; the second choice of RFC 9106."""

MOST = (1 << 20, 20, 16)
"""What a key that came from elsewhere may ask for, so that no file can stop the course."""

SHORTEST = 8
"""The fewest characters of a passphrase."""

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The letters of a recovery code: none looks like another."""

MISREAD = str.maketrans("OIL", "011")
DRAWN, CHECK, GROUP = 30, 2, 4
"""How many letters of a code are drawn (five bits each), how many check them, how many stand
together.
"""

TOO_SHORT = f"Choose a passphrase of {SHORTEST} characters or more. Four or five words are good."
MISTYPED = "This is no recovery code: a letter is wrong, or some are missing. Check each group."
WRONG = "This is not the right passphrase or recovery code. Nothing was changed."
NO_PACKAGE = (
    "Locking needs the Python package “cryptography”, 44 or newer, which is not installed here. "
    "Install the course again, or ask whoever installed it."
)


def new_key() -> bytes:
    """Return a key drawn at random."""
    return secrets.token_bytes(KEY)


def new_code() -> str:
    """Return a recovery code drawn at random: eight groups of four letters, checked by the last."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(DRAWN))
    whole = drawn + _check(drawn)
    return "-".join(whole[at : at + GROUP] for at in range(0, len(whole), GROUP))


def looks_like_code(text: str) -> bool:
    """Say whether a text has the length and the letters of a recovery code."""
    letters = _letters(text)
    return len(letters) == DRAWN + CHECK and set(letters) <= set(LETTERS)


def read_code(text: str) -> str:
    """Return the letters of a recovery code, as it was drawn; raise LockedError if it is none."""
    letters = _letters(text)
    if not looks_like_code(text) or _check(letters[:DRAWN]) != letters[DRAWN:]:
        raise LockedError(MISTYPED)
    return letters


def read_passphrase(text: str) -> str:
    """Return a passphrase as it counts on every keyboard."""
    return unicodedata.normalize("NFKC", text).strip()


def require_long(passphrase: str) -> None:
    """Raise LockedError for a passphrase that is too short."""
    if len(read_passphrase(passphrase)) < SHORTEST:
        raise LockedError(TOO_SHORT)


def wrapped(key: bytes, secret: str, about: str) -> str:
    """Return a key encrypted by a secret, with all but the secret that is needed to open it.

    `about` is bound to it: what was wrapped for one purpose opens for no other.
    """
    salt = secrets.token_bytes(SALT)
    inner = seal(_derived(secret, salt, COST), key, about)
    memory, rounds, lanes = COST
    return f"argon2id m={memory} t={rounds} p={lanes} {b64encode(salt).decode()} {inner}"


WRAPPED = re.compile(
    r"argon2id m=(\d{1,9}) t=(\d{1,4}) p=(\d{1,3}) ([A-Za-z0-9+/=]{1,200}) ([A-Za-z0-9+/=]{1,400})"
)


def unwrapped(wrap: str, secret: str, about: str) -> bytes:
    """Return the key that a secret opens; raise LockedError if it does not, or nothing can."""
    found = WRAPPED.fullmatch(wrap)
    if not found:
        raise LockedError(WRONG)
    memory, rounds, lanes = cost = (int(found[1]), int(found[2]), int(found[3]))
    if any(asked > most for asked, most in zip(cost, MOST, strict=True)):
        raise LockedError(WRONG)
    if rounds < 1 or lanes < 1 or memory < 8 * lanes:
        raise LockedError(WRONG)
    try:
        derived = _derived(secret, b64decode(found[4]), cost)
        key = opened(derived, found[5], about)
    except ValueError:
        raise LockedError(WRONG) from None
    if len(key) != KEY:
        raise LockedError(WRONG)
    return key


def seal(key: bytes, content: bytes, about: str) -> str:
    """Return content encrypted and bound to what it is about, as base64."""
    nonce = secrets.token_bytes(NONCE)
    return b64encode(nonce + _cipher(key).encrypt(nonce, content, about.encode())).decode()


def opened(key: bytes, sealed: str, about: str) -> bytes:
    """Return what was sealed; raise ValueError if it was changed, or belongs elsewhere."""
    from cryptography.exceptions import InvalidTag

    raw = b64decode(sealed, validate=True)
    try:
        return _cipher(key).decrypt(raw[:NONCE], raw[NONCE:], about.encode())
    except InvalidTag:
        raise ValueError("sealed: changed, or of another key") from None


def forget() -> None:
    """Let go of all keys that were used."""
    _cipher.cache_clear()


def require_package() -> None:
    """Raise LockedError if what encrypts is not installed here."""
    try:
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id  # noqa: F401
    except ImportError:
        raise LockedError(NO_PACKAGE) from None


def _derived(secret: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    memory, rounds, lanes = cost
    kdf = Argon2id(salt=salt, length=KEY, iterations=rounds, lanes=lanes, memory_cost=memory)
    return kdf.derive(secret.encode())


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _letters(text: str) -> str:
    return re.sub(r"[\s-]", "", text).upper().translate(MISREAD)


def _check(drawn: str) -> str:
    """Return the two letters that check those that were drawn."""
    number = int.from_bytes(sha256(drawn.encode()).digest()[:2])
    return LETTERS[number % 32] + LETTERS[number // 32 % 32]
