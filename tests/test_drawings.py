"""The course's drawings, its own and those of a learner's entries: no word leaves the sketch or
stands on another, whatever is written; what is seen is said in words as well.
"""

import re
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from brmcourse.activities import drawing
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.model.drawing import Drawing, Pressing
from brmcourse.paths import course_root
from brmcourse.rendering import drawings, lettering
from brmcourse.rendering.drawings import Sketch
from tests.play import Play

COURSE = Library(course_root())
NAMES = COURSE.names("drawings")

TEXTS = st.text(st.sampled_from("aMiW. \N{CJK UNIFIED IDEOGRAPH-738B}ngé"), max_size=60)
PRESSING = st.builds(Pressing, TEXTS, TEXTS, TEXTS, st.sampled_from(["Known", ""]), st.booleans())
CIRCLES = st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=10)), min_size=1, max_size=4)


def require_legible(sketch: Sketch) -> None:
    """Fail if a word leaves the sketch, or if two of them overlap."""
    for words in sketch.words:
        box = words.box
        assert -0.1 <= box.left <= box.right <= sketch.width + 0.1, words
        assert 0 <= box.top <= box.bottom <= sketch.height, words
    for one, other in combinations(sketch.words, 2):
        assert not one.box.overlaps(other.box), (one, other)


def ends(path: str) -> list[tuple[float, float]]:
    """Return the first place of a path, and its last if it is a straight line."""
    found = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path)
    return [(float(x), float(y)) for x, y in found]


@pytest.mark.parametrize("name", NAMES)
def test_drawings_of_the_course_are_legible(name: str) -> None:
    """Every word stands inside, apart from all others, and nothing is cut off."""
    sketch = drawings.drawn(COURSE.named("drawings", name).shows)
    require_legible(sketch)
    assert not any(lettering.CUT in words.text for words in sketch.words)


@given(st.lists(PRESSING, max_size=10), TEXTS)
def test_a_pressure_map_is_legible(found: list[Pressing], middle: str) -> None:
    """Any number of entries of any length keep apart and inside."""
    require_legible(drawings.pressures(middle, found))


@given(CIRCLES)
def test_circles_are_legible(found: list[tuple[str, list[str]]]) -> None:
    """Any number of entries of any length keep apart and inside."""
    require_legible(drawings.circles(found))


@pytest.mark.parametrize("count", range(1, 9))
def test_each_who_presses_has_an_arrow(count: int) -> None:
    """Each has one arrow, none of which crosses any words; guesses are dashed."""
    found = [Pressing(f"Person {n}", "wants a little more of it", "soon", "", n % 2 == 0)
             for n in range(count)]  # fmt: skip
    sketch = drawings.pressures("Partner", found)
    long_ = [s for s in sketch.shapes if s.path.count("L") == 1]
    assert [s.style for s in long_].count(drawings.DASHED) == count // 2
    assert len(long_) == count
    for shape in long_:
        (x1, y1), (x2, y2) = ends(shape.path)
        for step in range(21):
            x, y = x1 + (x2 - x1) * step / 20, y1 + (y2 - y1) * step / 20
            for words in sketch.words:
                box = words.box
                inside = box.left < x < box.right and box.top < y < box.bottom
                assert not inside, (shape, words)


def test_nobody_presses_yet() -> None:
    """A map without entries shows the partner alone."""
    sketch = drawings.pressures("Partner", [])
    assert [words.text for words in sketch.words] == ["Partner"]


@given(TEXTS, st.floats(40, 300), st.integers(1, 5), st.booleans())
def test_lines_fit(text: str, room: float, most: int, strong: bool) -> None:
    """No line is wider than the room, and there are no more than asked for; what is left out is
    marked.
    """
    found = lettering.lines(text, room, most, strong=strong)
    assert len(found) <= most
    assert all(lettering.width(line, strong=strong) <= room for line in found if len(line) > 1)
    whole = "".join(text.split())
    said = "".join("".join(found).split())
    assert said == whole or said.endswith(lettering.CUT)
    assert whole.startswith(said.removesuffix(lettering.CUT))


def test_lines_break_between_words() -> None:
    """Lines break at blanks; a word without room on any line breaks within."""
    assert lettering.lines("two words", 50, 3) == ("two", "words")
    assert lettering.lines("unbreakable", 45, 3) == ("unbre", "akabl", "e")
    assert lettering.lines("one two three", 45, 2) == ("one", "two\N{HORIZONTAL ELLIPSIS}")
    assert lettering.lines(" ", 45, 2) == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_says_what_it_shows(name: str) -> None:
    """Every word that is drawn stands in the text beside it, which the drawing points to."""
    page = Play(drawing, COURSE.named("drawings", name))
    html = page.page()
    assert f'aria-describedby="drawing-{name}-words"' in html
    assert f'<div id="drawing-{name}-words">' in html
    assert "<summary>The drawing in words</summary>" in html
    content = page.state.drawing
    told = set(re.findall(r"\w+", f"{content.title} {' '.join(content.words)}".casefold()))
    months = set(re.findall(r"\w+", "jan feb mar apr may jun jul aug sep oct nov dec"))
    drawn = {
        word
        for words in drawings.drawn(content.shows).words
        for word in re.findall(r"\w+", words.text.casefold())
    }
    assert {word for word in drawn - told - months if not word.isdigit()} == set()


def test_a_drawing_asks_for_nothing() -> None:
    """There is nothing to do, nothing is recorded, and an action is refused."""
    page = Play(drawing, COURSE.named("drawings", NAMES[0]))
    assert drawing.subjects(page.content) == ()
    assert drawing.done(page.state.record)
    assert drawing.written(page.state.record) == ()
    with pytest.raises(ActionError):
        page.do("draft")


def test_every_module_has_its_drawing() -> None:
    """Modules 1 to 7 have one each, shown in their reading."""
    assert [f"m{number}" for number in range(1, 8)] == NAMES
    for name in NAMES:
        source = (course_root() / "notebooks" / "source" / f"{name}.md").read_text("utf-8")
        assert source.count(f'drawing("{name}")') == 1


def test_the_circle_has_the_values_of_the_exercise() -> None:
    """The drawing of module 2 names the ten values of the cards, in their wedges."""
    cards = [(card.name, card.wedge) for card in COURSE.single("values.yaml").cards]
    assert [(one.name, one.wedge) for one in COURSE.named("drawings", "m2").shows.values] == cards


def ledger(**promise: Any) -> dict[str, Any]:
    """Return a ledger of one promise."""
    made = {"what": "A list", "made": "2026-05-04", "by": "2026-05-15", "ended": "open", "says": ""}
    return {
        "kind": "ledger",
        "start": "2026-05-01",
        "end": "2026-08-01",
        "occasion": {"on": "2026-07-09", "text": "The board"},
        "promises": [made | {"says": "Open"} | promise],
    }


def shown(shows: dict[str, Any]) -> Drawing:
    """Return a drawing of that."""
    about = {"id": "d1", "module": "m1", "title": "A drawing", "caption": "So.", "words": ["All."]}
    return Drawing.model_validate({**about, "shows": shows})


@pytest.mark.parametrize("ended", ["kept", "missed", "open"])
@pytest.mark.parametrize("new", [None, "2026-07-31"])
def test_ledgers_are_legible(ended: str, new: str | None) -> None:
    """However a promise ended, near the edge too, its words stay inside."""
    content = shown(ledger(ended=ended, new=new, says="A rather long word on it", by="2026-05-01",
                           made="2026-05-01"))  # fmt: skip
    require_legible(drawings.drawn(content.shows))


@pytest.mark.parametrize("day", ["2026-04-30", "2026-08-01"])
def test_a_day_outside_is_refused(day: str) -> None:
    """A ledger does not draw what lies before or after it."""
    with pytest.raises(ValidationError, match="outside"):
        shown(ledger(by=day))
