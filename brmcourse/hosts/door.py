"""Who may come in: a key that opens the course once, then a cookie; and a sign on its own forms.

All of it rests on one secret that never leaves this machine and is never shown. Keys stand in
addresses, which others can see (in a list of programs, in a history): each opens once.
"""

import hashlib
import hmac
import secrets

COOKIE = "brmcourse"
YEAR = 365 * 24 * 60 * 60


class Door:
    """Lets in whoever has a fresh key of this start of the course, or the cookie it turned into.

    `secret` is the course's own on this machine and stays, so that a page left open overnight works
    after a restart; `entry` is drawn for each start, and keys are made from it.
    """

    def __init__(self, secret: str, entry: str) -> None:
        self._entry = entry
        self._used: set[str] = set()
        self.cookie = _sign(secret, "cookie")
        self.token = _sign(secret, "form")

    def admits(self, key: str) -> bool:
        """Say whether a key opens, which it does once."""
        if key in self._used or not fits(key, self._entry):
            return False
        self._used.add(key)
        return True

    def knows(self, cookie: str | None) -> bool:
        """Say whether a cookie is the one that this course gives."""
        return cookie is not None and _same(cookie, self.cookie)

    def made(self, token: str) -> bool:
        """Say whether a form carries the sign that only pages of this course have."""
        return _same(token, self.token)


def new_key(entry: str) -> str:
    """Return a key that opens a course once; `entry` is what that start of it has drawn."""
    chance = secrets.token_hex(8)
    return f"{chance}-{_sign(entry, chance)}"


def fits(key: str, entry: str) -> bool:
    """Say whether a key was made from this `entry`."""
    chance, _, sign = key.partition("-")
    return _same(sign, _sign(entry, chance))


def derived(secret: str, use: str) -> bytes:
    """Return a secret of its own for one use."""
    return hmac.digest(secret.encode(), use.encode(), "sha256")


def _sign(secret: str, text: str) -> str:
    return hmac.new(_bytes(secret), _bytes(text), hashlib.sha256).hexdigest()[:32]


def _same(given: str, ours: str) -> bool:
    """Compare in the same time, wherever the difference is."""
    return hmac.compare_digest(_bytes(given), _bytes(ours))


def _bytes(text: str) -> bytes:
    """Return a text as bytes, also one that no file can hold."""
    return text.encode(errors="surrogatepass")
