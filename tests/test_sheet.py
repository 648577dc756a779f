"""Sheets: entries that grow and go, texts kept to the letter, and what is shown of them."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from brmcourse.activities import sheet
from brmcourse.events import SheetWrote
from tests.make import sheet as log
from tests.play import Play

TALLY = {
    "kind": "tally",
    "field": "state",
    "good": "done",
    "counted": ["half", "done"],
    "label": "Promises kept",
}
POINTS = {
    "kind": "points",
    "ready": 2,
    "never_zero": ["state"],
    "met": "Go on.",
    "unmet": "Wait a little.",
}
DUE = {"kind": "contact", "date": "by", "state": "state", "open": ["open"], "title": "A promise"}


def write(play: Play, entry: int = 1, action: str = "draft", **texts: str) -> Any:
    """Fill in fields of one entry, and send the form with an action."""
    name, _, about = action.partition(" ")
    return play.do(name, about, **{f"log:{entry}:{key}": text for key, text in texts.items()})


def test_each_change_is_recorded_once() -> None:
    """A text is recorded when it changes, with all of its entry; the log alone brings it back."""
    play = Play(sheet, log())
    write(play, what=" A <list>\n")
    write(play, what=" A <list>\n")
    write(play, state="half")
    assert play.bodies == [
        SheetWrote(1, {"what": " A <list>\n"}),
        SheetWrote(1, {"what": " A <list>\n", "state": "half"}),
    ]
    assert play.reopened.record == play.state.record


def test_text_survives_an_action_of_its_form() -> None:
    """What was typed when an entry is added or removed is recorded first."""
    play = Play(sheet, log())
    write(play, 1, "add log", what="one")
    assert play.state.entries == {1: {"what": "one"}, 2: {}}
    write(play, 2, "remove log 2", what="two")
    assert play.state.entries == {1: {"what": "one"}}
    assert play.state.removed == {2: {"what": "two"}}


def test_removed_entry_comes_back_in_its_place() -> None:
    """A removed entry can be brought back, with its texts and in its old place."""
    play = Play(sheet, log())
    write(play, 1, "add log", what="one")
    write(play, 2, what="two")
    play.do("remove", "log 1")
    assert "Bring it back" in play.page()
    play.do("restore", "log 1")
    assert play.state.entries == {1: {"what": "one"}, 2: {"what": "two"}}
    assert list(play.state.entries) == [1, 2]
    assert "Bring it back" not in play.page(play.reopened)


def test_last_entry_may_go_as_well() -> None:
    """A sheet whose last entry was removed offers a first one."""
    play = Play(sheet, log())
    play.do("remove", "log 1")
    assert play.state.entries == {}
    assert "Add a first promise" in play.page()
    play.do("add", "log")
    assert play.state.entries == {2: {}}


def test_new_entry_does_not_pass_for_saved() -> None:
    """An entry that takes the number of one long gone starts empty and without a time of saving."""
    play = Play(sheet, log())
    write(play, 1, "add log", what="one")
    write(play, 2, what="two")
    play.do("remove", "log 2")
    play.do("remove", "log 1")
    play.do("add", "log")
    assert play.state.entries == {2: {}}
    assert "Saved at" not in play.page()


@pytest.mark.parametrize(
    ("action", "about"),
    [
        ("add", ""),
        ("add", "other"),
        ("remove", "other 1"),
        ("remove", "log"),
        ("remove", "log 9"),
        ("remove", "log one"),
        ("restore", "log 1"),
        ("restore", "log"),
        ("nonsense", "log 1"),
    ],
)
def test_action_meant_for_something_else(action: str, about: str) -> None:
    """An action for another sheet, or for an entry that is not there, changes nothing."""
    play = Play(sheet, log())
    play.do(action, about)
    assert play.log == []
    assert play.state == Play(sheet, log()).state


def test_one_entry_is_open_at_a_time() -> None:
    """An empty list opens with its first form; adding, changing and closing turn to one entry, and
    what is typed meanwhile is kept. All others are rows.
    """
    play = Play(sheet, log())
    assert play.state.open == 1
    write(play, what="one")
    assert play.state.open == 1
    write(play, 1, "add log", what="one more")
    assert [row.number for row in play.state.rows] == [1]
    assert play.state.forms == ((2, 2, {}),)
    write(play, 2, "change log 1", what="two")
    assert [row.texts for row in play.state.rows] == [{"what": "two"}]
    write(play, 1, "close log 1", what="one")
    assert play.state.forms == ()
    page = play.page()
    assert page.index("one</div>") < page.index("two</div>")
    assert "<textarea" not in page
    assert "Add another promise" in page
    assert [body.kind for body in play.bodies].count("sheet.wrote") == 4


def test_a_list_opens_anew_with_what_is_still_empty() -> None:
    """Filled entries are rows when the page is opened again; a last one still empty is a form."""
    play = Play(sheet, log())
    write(play, what="one")
    assert play.reopened.forms == ()
    play.do("add", "log")
    assert [one.number for one in play.reopened.forms] == [2]


def test_a_button_takes_along_what_is_typed() -> None:
    """The buttons of rows belong to the form that is open, so that its text goes with them also
    where no script saves it; with none open they belong to the form that adds.
    """
    play = Play(sheet, log())
    write(play, 1, "add log", what="one")
    assert '<button form="log-2" name="action" value="change log 1"' in play.page()
    play.do("close", "log 2")
    assert '<button form="log-list" name="action" value="change log 1"' in play.page()
    assert '<form method="post" autocomplete="off" id="log-list"' in play.page()


def focus(html: str) -> list[str]:
    """Return the ids at which new content starts."""
    return re.findall(r'id="([^"]+)" tabindex="-1" data-focus', html)


def test_focus_stays_with_the_entry() -> None:
    """After each step the page starts where that entry is now: its form, its row, or the place
    from which it can be brought back. There is one such place.
    """
    play = Play(sheet, log())
    assert focus(play.page()) == []
    write(play, 1, "add log", what="one")
    assert focus(play.page()) == ["log-2-title"]
    for action, place in (
        ("change log 1", "log-1-title"),
        ("close log 1", "log-1-row"),
        ("remove log 1", "log-removed-1"),
        ("restore log 1", "log-1-row"),
    ):
        write(play, action=action)
        assert focus(play.page()) == [place]


@pytest.mark.parametrize(
    "code",
    [
        "Anna Smith",
        "anna.smith@example.org",
        "Jean-Luc O\u2019Brien",
        "K. Meyer",
        "Dr. Meyer",
        "mr smith",
        "Frau M\u00fcller",
        "Smith, Anna",
        "Jan van Berg",
        " Anna  Smith (sales)",
    ],
)
def test_what_looks_like_a_name(code: str) -> None:
    """A name in full, with a title or an initial, or an address is noticed."""
    assert sheet.looks_like_a_name(code)


@pytest.mark.parametrize(
    "code",
    ["", " ", "Lighthouse", "K.", "K. M.", "AS", "blue door", "The mill", "Harbour 2", "HR IT",
     "\u738b\u4f1f", "@home", "Dr", "3rd floor", "mill-by-the-water", "...", "<b>"],
)  # fmt: skip
def test_what_is_a_code(code: str) -> None:
    """A made-up word, initials, or words that are no names are left in peace."""
    assert not sheet.looks_like_a_name(code)


def test_a_name_as_a_code_is_kept_with_a_hint() -> None:
    """The hint stands beside the field that names the partner, in a region that is there before;
    the code is kept whatever it looks like.
    """
    play = Play(sheet, log(entry=None, names="what"))
    assert re.search(r'role="status" id="log-1-what-private"></p>', play.page())
    write(play, what="Anna Smith")
    assert "This looks like a real name." in play.page()
    assert play.state.entries == {1: {"what": "Anna Smith"}}
    write(play, what="Lighthouse", more="Anna Smith")
    assert "This looks like a real name." not in play.page()


def test_a_text_is_printed_whole() -> None:
    """Beside each field stands its text as paper shows it, hidden from screens and their readers;
    an empty field has none and is printed as a field to write in.
    """
    text = "\n".join(f"Line {number}" for number in range(30))
    play = Play(sheet, log(entry=None))
    assert "brm-printed" not in play.page()
    write(play, more=text)
    assert f'<div class="brm-printed" aria-hidden="true">{text}</div>' in play.page()
    assert play.page().count("brm-printed") == 1


def test_reworded_sheet_keeps_its_texts() -> None:
    """Texts stay when the sheet is reworded; those of a field that is gone come back with it."""
    play = Play(sheet, log())
    write(play, what="one", more="more of it")
    fewer = log(
        lead="In other words.", fields=[field for field in log().fields if field.id != "more"]
    )
    later = Play(sheet, fewer, play.log)
    write(later, what="two")
    assert Play(sheet, log(), later.log).state.entries == {1: {"what": "two", "more": "more of it"}}


def test_dates_put_entries_in_order() -> None:
    """Entries are shown by date, those without one after them, and empty ones last."""
    play = Play(sheet, log(shows={"kind": "dates", "field": "by"}))
    for number, (what, by) in enumerate(
        (("late", "2026-12-01"), ("never", ""), ("soon", "2026-11-30")), 1
    ):
        write(play, number, "add log", what=what, by=by)
    assert list(play.state.record.filled) == [3, 1, 2]
    assert list(play.state.entries) == [1, 2, 3, 4]
    page = play.page()
    assert page.index("30 November 2026") < page.index("1 December 2026") < page.index("never")


def test_tally_counts_what_is_over() -> None:
    """The tally says how many of the entries counted stand at the good answer; open ones are not
    counted.
    """
    play = Play(sheet, log(shows=TALLY))
    assert play.state.record.tally == (0, 0)
    for number, state in enumerate(("done", "half", "open", "done"), 1):
        write(play, number, "add log", state=state)
    assert play.state.record.tally == (2, 3)
    page = play.page()
    assert "Promises kept: <strong>2</strong> of 3" in page
    assert "Counted are those that say “Is half” or “Is done”. Not counted: 1 “Is open”." in page


def test_tally_says_what_it_leaves_out() -> None:
    """Entries without a choice are not counted either, and the page says so."""
    play = Play(sheet, log(shows=TALLY))
    write(play, 1, "add log", what="one")
    write(play, 2, "add log", state="open")
    assert play.state.record.uncounted == {"": 1, "Is open": 1}
    assert "Not counted: 1 with no choice yet, 1 “Is open”." in play.page()
    assert "Promises kept" not in play.page()


def test_circles_group_entries() -> None:
    """Each entry lies in the circle of its answer, from the inside out; one without an answer lies
    in none.
    """
    play = Play(sheet, log(shows={"kind": "circles", "field": "state"}))
    for number, (what, state) in enumerate((("far", "done"), ("near", "open"), ("nowhere", "")), 1):
        write(play, number, "add log", what=what, state=state)
    assert play.state.record.circles == (
        ("Is open", ("near",)),
        ("Is half", ()),
        ("Is done", ("far",)),
    )
    assert 'aria-label="Is open: near. Is half: nothing yet. Is done: far."' in play.page()


PRESSURES = {
    "kind": "pressures",
    "who": "what",
    "wants": "aim",
    "by": "due",
    "state": "state",
    "sure": "done",
}
LINES = [{"id": name, "kind": "line", "label": name} for name in ("aim", "due")]


def pressure_map() -> Any:
    """Return a sheet that draws its entries round the partner."""
    return log(fields=[*(field.model_dump() for field in log().fields), *LINES], shows=PRESSURES)


def test_pressures_are_drawn() -> None:
    """Each entry is drawn round the partner as it is saved: who, what, by when, and whether that is
    known. The same stands there in words, and a guess has a dashed line.
    """
    play = Play(sheet, pressure_map())
    assert "<svg" not in play.page()
    write(play, 1, "add log", what="Chief", aim="less cost", due="by June", state="done")
    write(play, 2, what="Team", state="open")
    page = play.page()
    label = "Who presses My partner. Chief, less cost, by June, Is done. Team, Is open."
    assert f'aria-label="{label}"' in page
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", page)
    assert drawn == ["Chief", "less cost", "by June", "Is done", "My", "partner", "Team", "Is open"]
    assert page.count('class="brm-dashed"') == 1


def test_pressures_of_one_who_has_no_name_yet() -> None:
    """An entry without a name is drawn as somebody's, and no more than eight are drawn."""
    play = Play(sheet, pressure_map())
    for number in range(1, 10):
        write(play, number, "add log", aim=f"aim {number}")
    page = play.page()
    assert page.count(">Somebody</text>") == 8
    assert "The first 8 are drawn." in page
    assert "aim 9</" not in page.partition("<svg")[2].partition("</svg>")[0]


@pytest.mark.parametrize("shows", [PRESSURES, {"kind": "circles", "field": "state"}])
def test_a_drawing_shows_signs_as_they_are(shows: dict[str, str]) -> None:
    """Nothing that is written becomes a part of the drawing's own code."""
    fields = [*(field.model_dump() for field in log().fields), *LINES]
    play = Play(sheet, log(fields=fields, shows=shows))
    write(play, what='"><b>&', aim="</svg>", state="done")
    drawn = play.page().partition("<svg")[2].partition("</svg>")[0]
    assert "&#34;&gt;&lt;b&gt;&amp;" in drawn.partition("aria-label=")[2].partition(">")[0]
    assert ">&#34;&gt;&lt;b&gt;&amp;</text>" in drawn
    assert "<b>" not in drawn


def test_points_need_every_answer() -> None:
    """Points are told once every choice is made; too few of them, or none where it counts, are not
    ready.
    """
    second = log().fields[-1].model_copy(update={"id": "other"})
    play = Play(sheet, log(entry=None, fields=[log().fields[-1], second], shows=POINTS))
    write(play, state="done")
    assert play.state.record.points is None
    assert "Choose an answer in every line" in play.page()
    write(play, other="open")
    assert (play.state.record.points, play.state.record.ready) == (2, True)
    assert "<strong>2</strong> of 4 points" in play.page()
    assert "Go on." in play.page()
    write(play, state="open", other="done")
    assert (play.state.record.points, play.state.record.ready) == (2, False)
    assert "Wait a little." in play.page()


def test_letter_joins_the_texts() -> None:
    """The letter holds the texts in the order of the fields, with nothing between them."""
    play = Play(sheet, log(entry=None, fields=log().fields[:2], shows={"kind": "letter"}))
    assert "Your letter so far" not in play.page()
    write(play, more="Yours, N.", what="Dear K.,")
    assert "<p>Dear K.,</p><p>Yours, N.</p>" in play.page().replace("\n", "").replace("  ", "")


@pytest.mark.parametrize(
    "extra",
    [
        {
            "fields": [
                {"id": "a", "kind": "line", "label": "A", "options": [{"id": "x", "text": "X"}]}
            ]
        },
        {"shows": {"kind": "dates", "field": "state"}},
        {"shows": TALLY | {"good": "open"}},
        {"shows": PRESSURES},
        {"shows": PRESSURES | {"wants": "what", "by": "what", "sure": "gone"}},
        {"shows": POINTS | {"never_zero": ["what"]}},
        {"shows": POINTS | {"ready": 3}},
        {"due": DUE | {"date": "what"}},
        {"due": DUE | {"state": "by"}},
        {"due": DUE | {"open": ["open", "gone"]}},
        {"due": DUE | {"open": []}},
        {"due": DUE | {"minutes": 9}},
    ],
)
def test_sheet_that_could_not_work(extra: dict[str, Any]) -> None:
    """A sheet is refused if options have no choice, or if it shows what its fields cannot give."""
    with pytest.raises(ValidationError):
        log(**extra)


def test_waiting_is_no_change_of_wording() -> None:
    """That entries come due on Home does not change what learners answer to."""
    assert log(due=DUE).fingerprint == log().fingerprint


ENTRIES = st.integers(1, 4)
MOVES = st.one_of(
    st.tuples(
        st.just("draft"),
        ENTRIES,
        st.sampled_from(["what", "more", "by", "state"]),
        st.text(max_size=8),
    ),
    st.tuples(st.sampled_from(["add", "change", "close", "remove", "restore"]), ENTRIES),
)


@settings(deadline=None)
@given(st.lists(MOVES, max_size=15))
def test_texts_survive(moves: list[tuple[Any, ...]]) -> None:
    """Whatever is added, removed, brought back and typed: each entry holds what was typed last, and
    nothing is lost.
    """
    play = Play(sheet, log())
    kept: dict[int, dict[str, str]] = {1: {}}
    gone: dict[int, dict[str, str]] = {}
    for action, number, *typed in moves:
        if action == "draft":
            write(play, number, **{typed[0]: typed[1]})
            if number in kept:
                kept[number] |= {typed[0]: typed[1]}
        else:
            play.do(action, f"log {number}")
            if action == "add":
                kept[max((*kept, *gone, 0)) + 1] = {}
            elif action == "remove" and number in kept:
                gone = {number: kept.pop(number)}
            elif action == "restore" and number in gone:
                kept, gone = kept | gone, {}
        shown = {
            entry: {key: text for key, text in texts.items() if text}
            for entry, texts in sorted(kept.items())
        }
        assert list(play.state.entries.items()) == list(shown.items())
        wrote = [body for body in play.bodies if isinstance(body, SheetWrote)]
        written = [text for body in wrote for text in body.texts.values()]
        assert all(text in written for texts in kept.values() for text in texts.values() if text)
    assert play.reopened.record == play.state.record
