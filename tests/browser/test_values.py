"""The values exercise at the widths of a phone, a half window and a desk: nothing squeezed, cut or
on top of something else.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from brmcourse.activities import values
from brmcourse.content.library import Library
from brmcourse.rendering.render import STYLE
from tests.play import Play

from .look import WIDTHS, misfits, pale

OUTSIDE = (Path(__file__).parent / "outside.js").read_text("utf-8")
SHARE = "(select) => select.offsetWidth / select.closest('.brm').offsetWidth"


@pytest.fixture(scope="module")
def pages(library: Library) -> list[str]:
    """The exercise before and after the partner was asked, everything filled in."""
    content = values.find(library, "")
    play = Play(values, content)
    cards = [card.id for card in content.cards[:3]]
    sure = content.confidence[-1].id
    guess = {"evidence": "She moved the whole meeting for it.", "confidence": sure}
    form: dict[str, str] = {}
    for number, card in enumerate(cards, 1):
        form |= {f"predicted:{number}:{key}": text for key, text in {"card": card, **guess}.items()}
        form |= {f"revised:{number}:card": card, f"revised:{number}:said": "She told me so."}
    play.do("rank")
    play.do("draft", **form)
    guessed = play.page()
    play.do("asked", **form)
    play.do("draft", **form)
    return [guessed, play.page()]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page that stands on its own, without any host."""
    with browser.new_context() as window:
        yield window.new_page()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_values_have_room(width: int, page: Page, pages: list[str]) -> None:
    """At every width no text that wraps is narrower than 12 characters, a list of places takes less
    than a quarter of the card where there is room, nothing is cut or lies on something else, and
    the words of the circle stand inside it.
    """
    style = "body { margin: 1rem }" + STYLE.read_text("utf-8")
    page.set_viewport_size({"width": width, "height": 900})
    for html in pages:
        page.set_content(f"<!doctype html><style>{style}</style>{html}")
        shares = page.locator("select.brm-place").evaluate_all(f"(all) => all.map({SHARE})")
        assert len(shares) == 10
        assert max(shares) < (0.25 if width >= 640 else 0.5)
        assert misfits(page) + pale(page) == []
        assert page.evaluate(OUTSIDE) == []
