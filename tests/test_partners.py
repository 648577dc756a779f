"""Whom the learner works on: one partner from the beginning, others if they wish, one at a time."""

from collections.abc import Mapping
from typing import Any

import pytest

from brmcourse.activities import fields
from brmcourse.catalogue import CATALOGUE
from brmcourse.content.library import Library
from brmcourse.events import PARTNERS, SELF, Draft, Event, PartnerChosen, new_id
from brmcourse.log.memory import MemoryLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import choosing, partners
from brmcourse.rendering import words
from brmcourse.session import Learner, Session, find_session
from tests.play import NOON

CODE = "partner:1:code"
SHOWN = {
    "quiz": "m1",
    "converse": "s1",
    "scale": "emp",
    "reflect": "m6",
    "plan": "m1",
    "sheet": "promises",
    "example": "m1",
    "drawing": "m1",
    "values": "",
    "capstone": "",
    "proposal": "",
    "rehearse": "",
    "mirror": "",
    "journal": "",
}
"""One of each activity."""

ABOUT_PARTNER = [name for name in SHOWN if CATALOGUE[name].partner]


class Course:
    """The course of one learner: any of its activities, opened as often as one likes."""

    def __init__(self, library: Library, log: Any = None) -> None:
        self.library = library
        self.log = MemoryLog() if log is None else log

    def page(self, name: str, about: str | None = None) -> Session:
        about = SHOWN[name] if about is None else about
        session = find_session(self.library, name, about, Learner(self.log))
        session.open()
        return session

    def named(self, *codes: str) -> "Course":
        """Name the partners, one after the other; the last one is current."""
        sheet = self.page("sheet", "partner")
        for number, code in enumerate(codes, 1):
            sheet.answer(send("draft", str(number), **{CODE: code}))
            if number < len(codes):
                sheet.answer(send("add-partner", str(number)))
        return self

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """The keys and codes recorded."""
        _, events = self.log.read(subjects=[PARTNERS])
        return [(event.partner, event.body.code) for event in events]

    def about(self, subject: str) -> list[str]:
        """The partners that the events of a subject are about."""
        return [event.partner for event in self.log.read(subjects=[subject])[1]]


@pytest.fixture
def course(library: Library) -> Course:
    """Nobody was named yet."""
    return Course(library)


def send(action: str, partner: str = "", **form: str) -> dict[str, Any]:
    """Return what a page about that partner sends."""
    filled = {name: [value] for name, value in form.items()}
    return {"n": new_id(), "action": action, "form": filled, "partner": partner}


def change(key: str, partner: str) -> dict[str, Any]:
    return send("choose-partner", partner, **{fields.PARTNER: key})


def event(key: str, code: str) -> Event:
    draft = choosing(code)
    return Event(new_id(), NOON, draft.subject, 1, "learner-1", SELF, key, draft.body)


def written(name: str, partner: str) -> tuple[str, Mapping[str, Any], str]:
    """Return a subject of an activity, what its page sends to write to it, and what shows it."""
    message, subject = {
        "scale": (send("draft", partner, emp01="4"), "EMP"),
        "reflect": (send("draft", partner, **{"m6-r1:text": "Only here"}), "m6-r1"),
        "plan": (send("draft", partner, **{"m1-p1:situation": "Only here"}), "m1-p1"),
        "sheet": (send("draft", partner, **{"promises:1:what": "Only here"}), "promises"),
        "values": (send("draft", partner, **{"predicted:1:evidence": "Only here"}), "values"),
        "capstone": (send("draft", partner, **{"labels:1:own": "Only here"}), "labels"),
        "proposal": (send("draft", partner, **{"line:name:text": "Only here"}), "proposal"),
        "rehearse": (
            send("draft", partner, **{fields.rehearsed(1, 0, "line"): "Only here"}),
            "rehearsal",
        ),
        "mirror": (send("invite open", partner, agreed="yes", quiet="yes"), "mirror"),
    }[name]
    shows = {"scale": "checked", "mirror": "Hand over this screen"}
    return subject, message, shows.get(name, "Only here")


def test_naming_the_partner_is_an_event(course: Course) -> None:
    """The code written on the first module's sheet is recorded as the choice of that partner."""
    course.named("Lantern")
    assert course.chosen == [("1", "Lantern")]
    (found,) = course.log.read(kinds=[PartnerChosen.kind])[1]
    assert (found.subject, found.body, found.author) == (PARTNERS, PartnerChosen("Lantern"), SELF)


def test_no_code_no_choice(course: Course) -> None:
    """An empty code, the same code and other fields of the sheet choose nobody."""
    course.named("Lantern")
    page = course.page("sheet", "partner")
    for text in ("Lantern", " Lantern ", "", "  "):
        page.answer(send("draft", "1", **{CODE: text}))
    page.answer(send("draft", "1", **{"partner:1:now": "It matters"}))
    assert {code for _, code in course.chosen} == {"Lantern"}


def test_two_names_for_one_partner(course: Course) -> None:
    """Of two names for one partner the last counts, and it is still one partner."""
    course.named("Lantern")
    course.page("sheet", "partner").answer(send("draft", "1", **{CODE: "Mill"}))
    known = Learner(course.log).partners()
    assert known.codes == {"1": "Mill"}
    assert not known.several


def test_fold() -> None:
    """The last choice is current; a partner without a code is called by number; other events and
    events about nobody count for nothing.
    """
    assert partners([]).code("1") == "Partner 1"
    known = partners([event("1", "Lantern"), event("2", ""), event("", "Nobody")])
    assert (known.current, known.several) == ("2", True)
    assert [known.code(key) for key in known.codes] == ["Lantern", "Partner 2"]
    assert partners([event("2", "Mill")]).codes == {"1": "", "2": "Mill"}


def test_next_key() -> None:
    """A new partner gets a key that nobody has, whatever keys there are; one who has no code yet is
    not added twice.
    """
    assert partners([event("1", "A")]).next_key == "2"
    assert partners([event("1", "A"), event("2", "")]).next_key == "2"
    odd = [event(key, "X") for key in ("1", "2", "9" * 5000, "\u0663", "-1", "x")]
    assert partners(odd).next_key == "3"


def test_add_a_partner(course: Course) -> None:
    """The first module's sheet offers a second partner once the first has a code; the page is then
    about the second, and empty.
    """
    page = course.page("sheet", "partner")
    assert "add-partner" not in page.open()
    course.named("Lantern")
    assert "More than one partner?" in page.open()
    html = page.answer(send("add-partner", "1"))
    assert 'data-partner="2"' in html
    assert "About <strong>Partner 2</strong>" in html
    assert "add-partner" not in html
    assert page.state.entries == {1: {}}
    html = page.answer(send("draft", "2", **{CODE: "Mill"}))
    assert "About <strong>Mill</strong>" in html
    assert course.chosen[-1] == ("2", "Mill")


def test_a_click_too_many_adds_nobody(course: Course) -> None:
    """Adding twice, by a double click or by the same action sent again, adds one partner."""
    course.named("Lantern")
    page = course.page("sheet", "partner")
    message = send("add-partner", "1")
    for again in (message, message, send("add-partner", "1")):
        assert 'data-partner="2"' in page.answer(again)
    assert list(Learner(course.log).partners().codes) == ["1", "2"]


@pytest.mark.parametrize("name", ABOUT_PARTNER)
def test_change_from_any_page(course: Course, name: str) -> None:
    """Every page about a partner says whom it is about and can turn to another, who is then current
    everywhere.
    """
    course.named("Lantern", "Mill", "Quay")
    page = course.page(name)
    html = page.open()
    assert "About <strong>Quay</strong>" in html
    assert html.count('<option value="1">Lantern</option>') == 1
    assert '<option value="3">' not in html
    html = page.answer(change("2", "3"))
    assert 'data-partner="2"' in html
    assert "About <strong>Mill</strong>" in html
    for other in ABOUT_PARTNER:
        assert 'data-partner="2"' in course.page(other).open()


@pytest.mark.parametrize("name", ABOUT_PARTNER)
def test_each_partner_has_their_own(course: Course, name: str) -> None:
    """What is written about one partner is recorded and shown about that one only."""
    course.named("Lantern", "Mill")
    page = course.page(name)
    blank = page.open().count("checked") if name == "scale" else 0
    subject, message, shows = written(name, "2")
    page.answer(message)
    assert set(course.about(subject)) == {"2"}
    assert page.open().count(shows) > blank
    assert page.answer(change("1", "2")).count(shows) == blank
    assert page.answer(change("2", "1")).count(shows) > blank


def test_the_plan_is_about_one_partner(course: Course) -> None:
    """The plan shows what was written in the modules about the current partner, and no more."""
    course.named("Lantern", "Mill")
    course.page("sheet").answer(send("draft", "1", **{"promises:1:what": "About the first"}))
    course.page("sheet").answer(send("draft", "2", **{"promises:1:what": "About the second"}))
    html = course.page("capstone").open()
    assert "About the second" in html
    assert "About the first" not in html
    html = course.page("capstone").answer(change("1", "2"))
    assert "About the first" in html
    assert "About the second" not in html


@pytest.mark.parametrize("name", ["quiz", "converse"])
def test_about_nobody(course: Course, name: str) -> None:
    """Quizzes and conversations are about no partner: they show, offer and record none."""
    course.named("Lantern", "Mill")
    page = course.page(name)
    done = page.answer(send("begin" if name == "converse" else "go end", "1"))
    for html in (done, page.answer(change("1", "2")), page.answer(send("add-partner", "2"))):
        assert "data-partner" not in html
        assert "Lantern" not in html
    assert {partner for subject in page.subjects for partner in course.about(subject)} == {""}
    assert len(course.chosen) == 3


@pytest.mark.parametrize("name", ABOUT_PARTNER)
def test_a_page_stays_with_whom_it_shows(library: Library, log: SqliteLog, name: str) -> None:
    """A page that still shows one partner, while another window turned to the other, records about
    the one it shows, and follows when it is opened anew.
    """
    course = Course(library, log).named("Lantern", "Mill")
    here = course.page(name)
    Course(library, SqliteLog(log.path)).page("values").answer(change("1", "2"))
    subject, message, _ = written(name, "2")
    html = here.answer(message)
    assert 'data-partner="2"' in html
    assert set(course.about(subject)) == {"2"}
    assert 'data-partner="1"' in here.open()
    restarted = find_session(library, name, SHOWN[name], Learner(SqliteLog(log.path)))
    assert 'data-partner="2"' in restarted.answer(written(name, "2")[1])


@pytest.mark.parametrize("name", list(SHOWN))
def test_one_partner_is_named_quietly(course: Course, name: str) -> None:
    """Each page about the one partner there is says so by the code, and offers no other. Before
    there is a code, it says nothing.
    """
    assert "About <strong>" not in course.page(name).open()
    course.named("Lantern")
    page = course.page(name)
    pages = [page.open()]
    if name == "capstone":
        parts = page.state.outline.capstone.parts
        pages += [page.answer(send(f"edit {part.id}", "1")) for part in parts]
    for html in pages:
        assert "brm-about" not in html
        assert "choose-partner" not in html
        assert "add-partner" not in html
        about = '<p class="brm-quiet">About <strong>Lantern</strong></p>'
        assert html.count(about) == CATALOGUE[name].partner


def test_where_the_partner_is_named_nothing_moves(course: Course) -> None:
    """The sheet on which the code is typed has no line about them that would push the field away,
    unless there are several.
    """
    html = course.named("Lantern").page("sheet", "partner").open()
    assert "About <strong>" not in html
    html = course.named("Lantern", "Mill").page("sheet", "partner").open()
    assert "About <strong>Mill</strong>" in html


def test_one_partner_may_add_another(course: Course) -> None:
    """With one partner only the first module's sheet speaks of others: folded, at its end, once
    that partner has a code.
    """
    before = course.page("sheet", "partner").open()
    assert "More than one partner?" not in before
    html = course.named("Lantern").page("sheet", "partner").open()
    above, folded = html.split("<details")
    assert "brm-about" not in html
    assert above.count("Lantern") == 2  # the field it was typed into, on screen and on paper
    assert "More than one partner?" in folded
    assert "<form" not in folded.partition("</details>")[2]


@pytest.mark.parametrize("key", ["", "0", "3", "-1", "\u0661", "1 ", "9" * 5000, "<b>", "../1"])
def test_nobody_by_that_key(course: Course, key: str) -> None:
    """A partner there is none of is neither chosen nor written about; the page says so."""
    course.named("Lantern", "Mill")
    page = course.page("reflect")
    known = course.chosen
    assert words.REFUSED in page.answer(change(key, "2"))
    html = page.answer(send("draft", key, **{"m6-r1:text": "For whom?"}))
    assert course.chosen == known
    if key:  # a page that says nothing is about the current partner
        assert words.REFUSED in html
        assert course.about("m6-r1") == []
    assert 'data-partner="2"' in page.open()


def test_a_deleted_file_mixes_nobody_up(library: Library, log: SqliteLog) -> None:
    """When the file is deleted under a page about the second partner, what is written there is not
    put down to the first.
    """
    course = Course(library, log).named("Lantern", "Mill")
    page = course.page("reflect")
    log.path.unlink()
    html = page.answer(send("draft", "2", **{"m6-r1:text": "About the second"}))
    assert "About the second" in html
    assert course.about("m6-r1") == ["2"]


def test_a_code_is_text(course: Course) -> None:
    """A code is shown as it was typed and never as markup."""
    course.named("<b>&", "Mill")
    html = course.page("values").open()
    assert "&lt;b&gt;&amp;" in html
    assert "<b>&" not in html


def test_the_choice_reads_well(course: Course) -> None:
    """The form that changes the partner has a name, a label around its list, and a button: nothing
    changes before that is pressed.
    """
    html = course.named("Lantern", "Mill").page("values").open()
    form = html.partition('class="brm-about"')[2].partition("</form>")[0]
    assert 'aria-label="Whom this page is about: Ten values"' in form
    assert form.index("<label>") < form.index("<select") < form.index("</label>")
    assert '<button name="action" value="choose-partner">' in form
    assert "data-draft" not in form


def test_drafts_name_no_partner() -> None:
    """The choice of a partner is the same event whoever it is; its envelope says whom."""
    assert choosing("Mill") == Draft(PARTNERS, 1, PartnerChosen("Mill"))
