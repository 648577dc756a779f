"""A learner at the open module: says what is done and seen, not how the page is built."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Response, expect

from .hands import Hands, Mouse

LOCAL = {"127.0.0.1", "localhost"}
UNSENT = {"data", "blob", "about"}
LAST = "[aria-label=Plan]"
"""The activity that stands last in the module."""

KERNEL = re.compile(r"^ws.*/api/kernels/([^/]+)/channels")
OPENING = 60_000
"""Milliseconds that a module may take to open on a busy machine."""


def abroad(urls: Iterable[str]) -> list[str]:
    """Return the addresses that are not on this machine."""
    parts = ((url, urlsplit(url)) for url in urls)
    return [url for url, part in parts if part.scheme not in UNSENT and part.hostname not in LOCAL]


class Learner:
    """One page of one browser. Everything it asked the network for is kept in `requests`."""

    def __init__(self, context: BrowserContext, url: str, hands: type[Hands] = Mouse) -> None:
        self.page = context.new_page()
        self.hands = hands(self.page)
        self.requests: list[str] = []
        self.replies: list[Response] = []
        self.frames: list[str] = []
        self.failures: list[str] = []
        self.selector = "body"
        self.part = self.page.locator(self.selector)
        self._url = url
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("response", lambda reply: self.replies.append(reply))  # noqa: PLW0108 -- playwright marks it
        self.page.on("websocket", self._listen)
        self.page.on("pageerror", lambda error: self.failures.append(str(error)))
        self.page.on("dialog", lambda dialog: dialog.accept())

    def _listen(self, socket) -> None:
        self.requests.append(socket.url)
        socket.on("framereceived", self._hear)

    def _hear(self, frame: str | bytes) -> None:
        self.frames.append(frame if isinstance(frame, str) else frame.decode("utf-8", "replace"))

    @property
    def strangers(self) -> list[str]:
        """Return the addresses asked for that are not on this machine."""
        return abroad(self.requests)

    @property
    def received(self) -> list[str]:
        """Return all that the page got since it was opened."""
        asked = (reply for reply in self.replies if reply.request.resource_type == "fetch")
        return [*self.frames, *(reply.text() for reply in asked)]

    @property
    def kernel_id(self) -> str:
        """The id of the kernel behind the page."""
        return [found[1] for url in self.requests if (found := KERNEL.search(url))][-1]

    # Finding the way

    def open(self, last: str = LAST) -> "Learner":
        """Open the module and wait until its last activity is there."""
        self.page.bring_to_front()  # in a window behind another one nothing has the focus
        self.page.goto(self._url)
        expect(self.page.locator(last)).to_be_visible(timeout=OPENING)
        return self

    def reload(self) -> None:
        """Load the module anew."""
        self.open()

    def leave(self) -> None:
        """Close the page as a learner does, without waiting for anything."""
        self.page.close(run_before_unload=True)

    def turn_to(self, title: str) -> None:
        """Turn to the activity of that title; what follows happens in it."""
        self.selector = f'section[aria-label="{title}"]'
        self.part = self.page.locator(self.selector)
        expect(self.part).to_be_visible(timeout=OPENING)

    # Doing

    def press(self, name: str) -> None:
        """Press the button or link with that name."""
        self.hands.press(self.button(name))

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Hold the mouse down on the button with that name, and let it go where it was pressed."""
        self.button(name).hover()
        self.page.mouse.down()
        yield
        self.page.mouse.up()

    def choose(self, text: str, *, on: bool = True) -> None:
        """Choose (or untick) the answer with that text."""
        self.hands.choose(self.field(text), on=on)

    def rate(self, text: str, label: str) -> None:
        """Give the line with that text the rating with that label."""
        self.hands.choose(self.rating(text, label))

    def pick(self, text: str, label: str) -> None:
        """Pick an entry of the list that belongs to the line with that text."""
        self.hands.pick(self.part.locator("label", has_text=text).get_by_role("combobox"), label)

    def write(self, label: str, text: str, under: str = "") -> None:
        """Write a text into the field with that label, in the form headed `under`."""
        self.hands.write(self.field(label, under), text)

    # Seeing

    def button(self, name: str) -> Locator:
        """Return the button or link with that name."""
        role = self.part.get_by_role
        return role("button", name=name, exact=True).or_(role("link", name=name, exact=True))

    def field(self, label: str, under: str = "") -> Locator:
        """Return the field with that label."""
        scope = self.part.locator("form", has_text=under) if under else self.part
        return scope.get_by_label(label, exact=True)

    def rating(self, text: str, label: str) -> Locator:
        """Return one point of the scale beside the line with that text."""
        return self.part.locator(".brm-rate", has_text=text).get_by_label(label, exact=True)

    def sees(self, *texts: str) -> None:
        """Expect each text to be on screen in this activity."""
        for text in texts:
            expect(self.part.get_by_text(text).first).to_be_visible()

    def sees_not(self, *texts: str) -> None:
        """Expect none of the texts in this activity."""
        for text in texts:
            expect(self.part.get_by_text(text)).to_have_count(0)

    def saved(self, under: str) -> None:
        """Expect the form headed `under` to say that its text is saved."""
        form = self.part.locator("form", has_text=under)
        expect(form.get_by_role("status")).to_have_text(re.compile(r"^Saved at \d\d:\d\d$"))
        expect(form).not_to_have_attribute("data-unsaved", re.compile(""))
