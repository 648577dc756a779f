"""The page of a self-assessment: earlier ratings beside their lines, and what is missing."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brmcourse.activities import scale
from brmcourse.activities.activity import Context
from brmcourse.content.library import Library
from brmcourse.events import Body, Draft, Event, ScaleFinished, ScaleRated
from brmcourse.paths import course_root
from tests.play import NOON, Play, event

EDITION = Library(course_root()).single("baseline.yaml").edition
"""The edition of the short form that is asked now."""

LATER = NOON.replace(day=26)


def told(body: Body, edition: int = EDITION, time: object = NOON) -> Event:
    """Return an event of the short form at the start."""
    return event(Draft("baseline", edition, body))._replace(time=time)


def earlier(library: Library, *events: Event, name: str = "emp") -> list[str]:
    """Return what a page says was chosen before."""
    play = Play(scale, scale.find(library, name), list(events))
    assert " checked" not in play.page()
    assert play.state.record.ratings == {}
    return re.findall(r'-earlier">(.*?)</p>', play.page())


def test_an_earlier_rating_is_shown_as_such(library: Library) -> None:
    """A line that the short form asked says what was chosen there and when; nothing is ticked."""
    labels = library.named("formats", "behaviour").labels
    answers = {"emp01": 1, "emp05": len(labels), "emp12": None, "car01": 3}
    assert earlier(library, told(ScaleFinished(answers))) == [
        f"In module 0 you chose “{labels[0]}” on 24 November 2026.",
        f"In module 0 you chose “{labels[-1]}” on 24 November 2026.",
        "In module 0 you chose “No chance yet” on 24 November 2026.",
    ]


def test_an_earlier_choice_of_sentences(library: Library) -> None:
    """Where a line offers sentences, the one chosen is shown."""
    item = library.named("scales", "mat").items[0]
    found = earlier(library, told(ScaleFinished({item.id: 2})), name="mat")
    assert found == [f"In module 0 you chose “{item.choices[1]}” on 24 November 2026."]


def test_the_latest_of_them_counts(library: Library) -> None:
    """Of two results of the short form the later is shown; ratings without a result are not."""
    first, second = ScaleFinished({"emp01": 1}), ScaleFinished({"emp05": 2})
    (found,) = earlier(library, told(first), told(second, time=LATER))
    assert found.endswith("on 26 November 2026.")
    assert earlier(library, told(ScaleRated({"emp01": 1}))) == []


@pytest.mark.parametrize("answers", [{"emp01": 99}, {"emp01": 0}, {"emp02x": 1}, {}])
def test_what_nobody_chose(library: Library, answers: dict[str, int | None]) -> None:
    """A rating that is not offered, as a damaged log may hold it, is not shown."""
    assert earlier(library, told(ScaleFinished(answers))) == []


def test_another_edition_is_not_shown(library: Library) -> None:
    """What was answered when the short form meant another thing is not put beside a line."""
    assert earlier(library, told(ScaleFinished({"emp01": 1}), edition=9)) == []


def test_earlier_ratings_change_no_result(library: Library) -> None:
    """The result rests on the scale's own answers, and shows no earlier ones."""
    content = scale.find(library, "emp")
    play = Play(scale, content, [told(ScaleFinished({"emp01": 1}))])
    play.do("finish", **{item.id: "3" for item in content.scale.items})
    alone = Play(scale, content, play.log[1:])
    assert play.state.result.score == alone.state.result.score
    assert "you chose" not in play.page()
    assert play.state.previous is None


def test_the_short_form_looks_at_itself_only(library: Library) -> None:
    """The short form rests on its own events; each scale drawn from rests on those, too."""
    assert scale.subjects(scale.find(library, "baseline")) == ("baseline",)
    assert scale.subjects(scale.find(library, "EMP")) == ("EMP", "baseline")


def test_a_course_without_a_short_form(tmp_path: Path, library: Library) -> None:
    """A scale is none the worse if there is no short form, or none that can be read."""
    for text in (None, "id: ["):
        root = tmp_path / str(text is None)
        (root / "data").mkdir(parents=True)
        for name in ("scales", "formats", "course.yaml"):
            (root / "data" / name).symlink_to(library.root / "data" / name)
        if text:
            (root / "data" / "baseline.yaml").write_text(text, "utf-8")
        assert scale.subjects(scale.find(Library(root), "emp")) == ("EMP",)


def test_missing_lines_are_named_with_a_way_to_each(library: Library) -> None:
    """What has no answer is listed above, each with a link to its first field and the same words
    beside the line. It goes as lines are answered.
    """
    content = scale.find(library, "emp")
    play = Play(scale, content)
    assert "There is a problem" not in play.page()
    play.do("finish", **{item.id: "3" for item in content.scale.items[2:]})
    page = play.page()
    for number, item in enumerate(content.scale.items[:2], 1):
        words = f"Line {number} has no answer yet"
        assert f'<a href="#{item.id}-1">{words}</a>' in page
        assert page.count(f' id="{item.id}-1"') == 1
        assert f'<strong class="brm-missing">{words}</strong>' in page
    play.do("draft", emp01="none")
    assert "Line 1 has" not in play.page()
    assert "Line 2 has" in play.page()


def test_without_a_script_ratings_can_be_kept(library: Library) -> None:
    """A button to save for later is there where no script saves by itself, after the main one."""
    page = Play(scale, scale.find(library, "emp")).page()
    button = '<noscript><button name="action" value="draft">Save for later</button></noscript>'
    assert page.index('value="finish"') < page.index(button)


@given(st.text())
def test_statements_do_not_stand_in_the_order_of_their_levels(seed: str) -> None:
    """Every level is offered once, never from the lowest to the highest; the same each time."""
    content = scale.find(Library(course_root()), "mat")
    state = scale.begin(scale.blank(content), Context(seed))
    for item in content.scale.items:
        levels = list(state.offered(item))
        assert sorted(state.shown(item)) == levels
        assert list(state.shown(item)) != levels
        assert state.shown(item) == state.shown(item)


def test_a_statement_keeps_its_level_wherever_it_stands(library: Library) -> None:
    """Each label on the page carries the level that its words have in the file."""
    content = scale.find(library, "mat")
    page = Play(scale, content).page()
    for item in content.scale.items:
        for level, words in enumerate(item.choices, 1):
            field = rf'id="{item.id}-{level}"\s*><span>{re.escape(words)}</span>'
            assert re.search(field, page), (item.id, level)


def test_frequencies_keep_their_order(library: Library) -> None:
    """Only statements are shuffled."""
    content = scale.find(library, "emp")
    state = scale.begin(scale.blank(content), Context("any"))
    assert list(state.shown(content.scale.items[0])) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", ["mat", "baseline"])
def test_levels_are_described_before_they_are_asked(library: Library, name: str) -> None:
    """The ladder stands once, above the first line that asks for a level."""
    content = scale.find(library, name)
    page = Play(scale, content).page()
    first = next(item for item in content.scale.items if item.choices)
    assert page.count('class="brm-ladder"') == 1
    assert 0 < page.index("An order taker passes") < page.index(f'id="{first.id}"')
