"""The journal: entries kept and changed, whom they are about, and what was written, searched."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from brmcourse.activities import journal
from brmcourse.activities.activity import Context
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import (
    Draft,
    Event,
    JournalWrote,
    PartnerChosen,
    ReflectionWrote,
    SheetWrote,
    new_id,
)
from brmcourse.hosts.pages.search import folded, marked
from brmcourse.partners import choosing
from brmcourse.progress import beginning_anew
from brmcourse.session import Learner, find_session
from tests import make
from tests.play import NOON, Play, event, page

from .site import Site

CONTENT = make.journal()


@pytest.fixture
def site(learner: Learner, tmp_path: Path) -> Site:
    return Site(learner, tmp_path / "course")


def wrote(number: int, text: str, *, done: bool = True, hours: int = 0, **more: Any) -> Event:
    """Return the event of an entry as it stood so many hours after noon."""
    body = JournalWrote(number, text, done, more.pop("prompt", None))
    return event(Draft("journal", 1, body), time=NOON + timedelta(hours=hours), **more)


def opened(*history: Event) -> Play:
    return Play(journal, CONTENT, list(history), Context("seed", "1"))


def do(play: Play, action: str, **fields: str) -> Any:
    return play.do(action, **{play.state.field(what): text for what, text in fields.items()})


def texts(play: Play) -> list[str]:
    return [entry.text for entry in play.state.entries]


# Entries


def test_an_entry_is_saved_while_it_is_typed_and_then_kept() -> None:
    """What is typed is saved, and there again when the page is opened later; kept, it makes room
    for the next entry.
    """
    play = opened()
    do(play, "draft", text="A talk")
    assert play.reopened.text == "A talk"
    do(play, "draft", text="A talk.")
    do(play, "keep", text="A talk.")
    assert (texts(play), play.state.text, play.state.saved) == (["A talk."], "", 1)
    do(play, "keep", text="The next one.")
    assert texts(play) == ["The next one.", "A talk."]
    assert [body.entry for body in play.bodies] == [1, 1, 1, 2]


def test_nothing_is_recorded_of_an_empty_entry() -> None:
    """An entry without a text is none: keeping it says what is missing, and what was chosen for it
    stays chosen on the page.
    """
    play = opened()
    do(play, "draft", text="", prompt="talk")
    assert play.state.prompt == CONTENT.prompts[0]
    do(play, "keep", text=" \n", prompt="talk")
    assert play.bodies == []
    assert "Write something first." in page(play.state)
    assert play.state.prompt == CONTENT.prompts[0]


def test_the_question_stays_with_its_entry() -> None:
    """An entry that began with a question shows it; one that did not shows none."""
    play = opened()
    do(play, "keep", text="They said yes.", prompt="talk")
    do(play, "keep", text="Just so.", prompt="")
    html = page(play.reopened)
    assert html.count("<b>What was said?</b>") == 1
    assert [body.prompt for body in play.bodies] == ["talk", None]


def test_a_change_keeps_the_text_before_it() -> None:
    """After each change the texts that were kept before stand below, the latest first."""
    play = opened(wrote(1, "First."), wrote(2, "Other.", hours=1))
    play.do("edit", "1")
    assert (play.state.number, play.state.text) == (1, "First.")
    for text in ("Second.", "Third."):
        do(play, "draft", text=text[:3])
        do(play, "keep", text=text)
        play.do("edit", "1")
    entry = play.reopened.record.entries[1]
    assert entry.text == "Third."
    assert [one.text for one in entry.earlier] == ["Second.", "First."]
    html = page(play.reopened)
    assert "Earlier versions (2)" in html
    assert html.index("Third.") < html.index("Second.") < html.index("First.")


def test_a_change_that_was_not_kept_hides_nothing() -> None:
    """If the page closes in the middle of a change, what was typed stands there, and below it the
    text that was kept.
    """
    entry = opened(wrote(1, "Whole."), wrote(1, "Ha", done=False)).state.record.entries[1]
    assert (entry.text, [one.text for one in entry.earlier]) == ("Ha", ["Whole."])


def test_an_emptied_entry_can_still_be_read() -> None:
    """An entry that was emptied says so, and what stood there is below it."""
    play = opened(wrote(1, "Too much."))
    play.do("edit", "1")
    do(play, "keep", text="")
    html = page(play.state)
    assert "You emptied this entry." in html
    assert "Too much." in html
    assert journal.written(play.state.record) == []
    assert journal.done(play.state.record)


def test_keeping_the_same_text_again_records_nothing() -> None:
    """A second press of the button, or a change that changes nothing, is no event."""
    play = opened(wrote(1, "As it is."))
    play.do("edit", "1")
    do(play, "keep", text="As it is.")
    assert len(play.bodies) == 1


def test_a_page_that_is_behind_writes_to_its_own_entry() -> None:
    """A form that was opened before its entry was kept elsewhere changes that entry, which keeps
    the text before; the new entry of the other page stays as it is.
    """
    play = opened()
    behind = play.state.field("text")
    do(play, "keep", text="From one window.")
    do(play, "draft", text="A new one.")
    play.do("keep", **{behind: "From the other."})
    first, second = play.state.record.entries.values()
    assert [one.text for one in first.earlier] == ["From one window."]
    assert (first.text, second.text) == ("From the other.", "A new one.")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("edit 7", {}),
        ("edit", {}),
        ("draft", {}),
        ("draft", {"journal:9:text": "x"}),
        ("draft", {"journal:1:text": "x", "journal:1:prompt": "nothing"}),
        ("draft", {"journal:1:text": "x", "journal:1:partner": "7"}),
        ("delete", {"journal:1:text": "x"}),
    ],
)
def test_what_the_page_does_not_offer_is_refused(name: str, form: dict[str, str]) -> None:
    """An entry, a question or a partner that there is not, and an action of another page."""
    action, _, about = name.partition(" ")
    with pytest.raises(ActionError):
        opened().do(action, about, **form)


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["draft", "keep"]), st.sampled_from(["", " ", "a", "b", "c"])),
        st.tuples(st.just("edit"), st.integers(1, 4)),
    ),
    max_size=14,
)


@given(ACTIONS)
def test_no_text_that_was_kept_is_ever_lost(actions: list[tuple[str, Any]]) -> None:
    """Whatever is done, each text that was kept stands in its entry or among its earlier versions,
    and the page after it is the page reopened.
    """
    play = opened()
    kept: list[tuple[int, str]] = []
    for name, what in actions:
        if name == "edit":
            if what in play.state.record.entries:
                play.do("edit", str(what))
            continue
        number = play.state.number
        do(play, name, text=what)
        if name == "keep" and what.strip():
            kept.append((number, what))
    for number, text in kept:
        entry = play.state.record.entries[number]
        assert text in {entry.text, *(one.text for one in entry.earlier)}
    assert play.reopened.record == play.state.record


# About whom


def test_an_entry_is_about_a_partner_or_about_nobody(library: Library, learner: Learner) -> None:
    """An entry is about the current partner at first; whom it is about is said by its event."""
    learner.record([choosing("Harbour")], new_id(), "1")
    learner.record([choosing("Lantern")], new_id(), "2")
    session = find_session(library, "journal", "", learner)
    html = session.open()
    assert 'value="2" selected>Lantern' in html
    for number, whom in enumerate(("2", "1", ""), 1):
        form = {f"journal:{number}:text": [f"About {whom}."], f"journal:{number}:partner": [whom]}
        session.answer({"n": new_id(), "action": "keep", "form": form})
    _, events = learner.log.read(subjects=["journal"])
    assert [one.partner for one in events] == ["2", "1", ""]
    assert [entry.partner for entry in session.state.entries] == ["", "1", "2"]
    assert "about Harbour" in session.open()


def test_without_a_partner_nobody_is_asked_about(library: Library, learner: Learner) -> None:
    """Who has named no partner yet writes about nobody, and is not asked."""
    session = find_session(library, "journal", "", learner)
    assert "Nobody in particular" not in session.open()
    session.answer({"n": new_id(), "action": "keep", "form": {"journal:1:text": ["Hello."]}})
    assert learner.log.read(subjects=["journal"])[1][0].partner == ""


def test_to_choose_a_partner_is_no_journal(site: Site, learner: Learner) -> None:
    """Choosing a partner is not taken for something done in the journal."""
    learner.record([choosing("Harbour")], new_id(), "1")
    steps = site.pages._shelf.steps()
    steps.progress.catch_up(learner.log)
    place = steps.showing("journal").steps[0].places[0]
    assert not steps.progress.begun(place, "1")
    assert not steps.progress.done(place, "1")


# All that was written


def journals(learner: Learner) -> None:
    """Two partners, and something about each and about nobody."""
    for key, code in (("1", "Harbour"), ("2", "Lantern")):
        learner.record([choosing(code)], new_id(), key)
        text = ReflectionWrote(f"The café of {code} was “quiet”.")
        learner.record([Draft("m6-r1", 1, text)], new_id(), key)
        entry = JournalWrote(int(key), f"Entry on {code}.", done=True)
        learner.record([Draft("journal", 1, entry, partner=key)], new_id(), "")
    learner.record(
        [Draft("journal", 1, JournalWrote(3, "No CAFÉ & no tea", True), partner="")], new_id(), ""
    )


def shown(site: Site, query: str = "") -> str:
    html = unescape(site.get(f"/mine{query}"))
    return html[html.index("<main") :]


def test_the_journal_stands_among_what_was_written(site: Site, learner: Learner) -> None:
    """Each entry stands by itself with the way to it; Home lists the journal once."""
    journals(learner)
    html = shown(site)
    assert html.count('href="/journal#journal"') == 2
    assert "Entry on Lantern." in html
    assert "No CAFÉ & no tea" in html
    assert "Entry on Harbour." not in html
    assert site.get("/").count('href="/journal#journal"') == 1
    assert 'href="/journal">Write in “My journal”' in html


def test_about_whom_and_from_where(site: Site, learner: Learner) -> None:
    """The page shows what is about the current partner, another one or all, from one module or
    all; what the form cannot hold counts as nothing.
    """
    journals(learner)
    assert "of Harbour" in shown(site, "?about=1")
    assert "of Lantern" not in shown(site, "?about=1")
    everything = shown(site, "?about=all")
    assert all(f"of {code}" in everything for code in ("Harbour", "Lantern"))
    assert everything.count("About Harbour</p>") == 1
    journal_only = shown(site, "?about=all&module=journal")
    assert "Entry on Harbour." in journal_only
    assert "of Harbour" not in journal_only
    assert shown(site, "?about=9&module=m99&order=x") == shown(site)


def test_the_latest_first(site: Site, learner: Learner) -> None:
    """By date, the text that was changed last stands first, under its day."""
    journals(learner)
    html = shown(site, "?about=all&order=date")
    places = [html.index(text) for text in ("No CAFÉ", "Entry on Lantern", "of Harbour")]
    assert places == sorted(places)
    assert re.search(r"<h2>\d+ \w+ \d{4}</h2>", html)
    assert '<option value="date" selected>' in html


def test_a_search_marks_what_it_finds(site: Site, learner: Learner) -> None:
    """A search finds all its words whatever their case and accents, marks each, and says how many
    texts it found; what was searched for is shown as it was typed.
    """
    journals(learner)
    html = shown(site, "?about=all&q=CAFE+quiet")
    assert "2 texts have “CAFE quiet”." in html
    assert html.count("<mark>café</mark>") == html.count("<mark>quiet</mark>") == 2
    assert "Entry on" not in html
    assert "<mark>CAFÉ</mark> & no tea" in shown(site, "?q=café")
    assert "No text here has “<x>”" in shown(site, "?q=<x>")
    assert "<x>" not in site.get("/mine?q=<x>")


def test_earlier_versions_are_found_and_unfolded(site: Site, learner: Learner) -> None:
    """A hit in an earlier version of an entry is in view."""
    for text in ("Furious.", "Calm."):
        draft = Draft("journal", 1, JournalWrote(1, text, done=True), partner="")
        learner.record([draft], new_id(), "")
    assert 'id="journal-earlier-1" open>' in shown(site, "?q=furious")
    assert 'id="journal-earlier-1">' in shown(site, "?q=calm")


def test_what_is_asked_no_more_is_searched_too(site: Site, learner: Learner) -> None:
    """A text to a question that the course has dropped is found as any other."""
    learner.record([Draft("gone", 1, SheetWrote(1, {"a": "An old <b>fear</b>"}))], new_id(), "1")
    assert "<b><mark>fear</mark></b>" in shown(site, "?q=fear")
    assert "&lt;b&gt;<mark>fear" in site.get("/mine?q=fear")
    assert "old" not in shown(site, "?q=nothing")


TEXT = st.text(st.sampled_from("aAäÄßeéE\u0301fiﬁ&<>'\u2019 \n1"), max_size=12)


@given(st.lists(TEXT, max_size=4), TEXT)
def test_marking_changes_no_text(pieces: list[str], words: str) -> None:
    """Without its marks the HTML reads as before; each word is found that the text has, and a text
    that lacks one is not found.
    """
    html = Markup("<p>").join(escape(piece) for piece in pieces)
    found = marked(html, words)
    wanted = folded(words).split()
    has = [any(word in folded(piece) for piece in pieces) for word in wanted]
    assert (found is not None) == all(has)
    if found is None:
        return
    plain = re.sub("</?mark>", "", found)
    assert [unescape(part) for part in plain.split("<p>")] == (pieces or [""])
    for hit in re.findall("<mark>(.*?)</mark>", found, re.DOTALL):
        assert any(word in folded(unescape(hit)) for word in wanted)
    if wanted:
        assert "<mark>" in found


def test_drawings_and_attributes_are_not_searched() -> None:
    """What is drawn, and what only a browser reads, is neither found nor marked."""
    html = Markup('<p title="hidden">seen</p><svg><text>drawn</text></svg>')
    assert marked(html, "hidden") is None
    assert marked(html, "drawn") is None
    assert '<p title="hidden"><mark>seen</mark></p><svg>' in (marked(html, "seen") or "")


def test_partner_events_alone_change_no_entry() -> None:
    """Events about partners lead to no entry."""
    chosen = event(Draft("partners", 1, PartnerChosen("Harbour")), partner="1")
    assert opened(chosen).state.entries == []
    assert opened(chosen).state.named == {"1": "Harbour"}


def test_a_journal_is_not_begun_anew(site: Site, learner: Learner) -> None:
    """To begin the whole course anew leaves the journal, and who the partners are, as they are."""
    journals(learner)
    html = site.get("/data")
    assert "/data/again/journal" not in html
    steps = site.pages._shelf.steps()
    firsts = site.pages._data._firsts()
    places = [place for module in steps.all for step in module.steps for place in step.places]
    drafts = beginning_anew([one for one in places if one in firsts], steps.all, "1")
    assert {"journal", "partners"}.isdisjoint(draft.subject for draft, _ in drafts)
    assert "m6-r1" in {draft.subject for draft, _ in drafts}
