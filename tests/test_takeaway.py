"""What a learner takes away: gathered, kept short, escaped, and made into a page and a PDF."""

import io
import os
import sys
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brmcourse.activities.activity import Context
from brmcourse.cli import main
from brmcourse.content.library import Library
from brmcourse.errors import NotMadeError
from brmcourse.events import (
    Draft,
    PlanWrote,
    SheetWrote,
    ValuesPredicted,
    ValuesRevised,
    new_id,
)
from brmcourse.hosts import paper
from brmcourse.hosts.pages.shelf import Shelf
from brmcourse.log.memory import MemoryLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import choosing
from brmcourse.paths import course_root, store_path
from brmcourse.session import Learner
from brmcourse.takeaway import REST, Takeaway, _short, gather, sources, versions
from tests.filled import fill
from tests.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable

BANNER = ">For me only<"
LONG = 40


@pytest.fixture
def shelf(library: Library) -> Shelf:
    return Shelf(library, library.root / "notebooks")


@pytest.fixture
def site(learner: Learner, tmp_path: Path) -> Site:
    return Site(learner, tmp_path / "course")


@pytest.fixture
def _drawing() -> None:
    """Leave a test out where WeasyPrint, or a library of the system it needs, is missing."""
    try:
        import weasyprint  # noqa: F401, PLC0415
    except (ImportError, OSError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"No PDF can be made here: {error}")


def page(document: Takeaway) -> str:
    return unescape(str(paper.html_of(document)))


def many(text: str) -> str:
    return " ".join([text] * LONG)


# What is gathered


def test_an_empty_course(shelf: Shelf, learner: Learner) -> None:
    """Of a course in which nothing was done there is nothing but the lines to keep, and it says so
    on its one page; nothing is there to show, so nothing begins on a page of its own.
    """
    document = paper.gathered(shelf, learner)
    assert document.empty
    html = page(document)
    assert "Nothing is written or rated about this partner yet." in html
    assert "Lines to keep" in html
    assert "take-after" not in html
    assert "Left open" not in html


def test_three_lines_of_each_module(shelf: Shelf, learner: Learner) -> None:
    """The three lines that each module ends with are quoted to the letter."""
    kept = paper.gathered(shelf, learner).keep
    assert [one.number for one in kept] == list(range(9))
    assert all(len(one.lines) == 3 for one in kept)
    for one, module in zip(kept, shelf.course.modules, strict=True):
        source = (course_root() / "notebooks" / "source" / f"{module.id}.md").read_text("utf-8")
        assert all(f"> {line}\n" in source for line in one.lines)


def test_every_text_appears_in_full(shelf: Shelf, library: Library, learner: Learner) -> None:
    """Whatever stands in the plan, in values and in if-then plans stands in a well-filled
    take-away, too, to the letter; so do the code, the day, and each self-assessment.
    """
    fill(library, learner, entries=4)
    document = paper.gathered(shelf, learner)
    html = page(document)
    planned = set(sources(library).subjects)
    _, events = learner.log.read()
    texts = set()
    for event in (event for event in events if event.subject in planned):
        if isinstance(event.body, PlanWrote):
            texts |= {event.body.situation, event.body.action, event.body.when}
        if isinstance(event.body, SheetWrote):
            texts |= {text for text in event.body.texts.values() if " " in text}
        if isinstance(event.body, ValuesPredicted | ValuesRevised):
            texts |= {pick.get("evidence") or pick["said"] for pick in event.body.picks}
    assert len(texts) > 60
    assert not [text for text in texts if text not in html]
    assert "Harbour" in html
    assert "1 December 2026" in html
    assert REST not in html
    assert all(library.named("scales", name).title in html for name in library.names("scales"))


def test_only_what_is_open_stands_before_the_break(
    shelf: Shelf, library: Library, learner: Learner
) -> None:
    """The first pages hold what the plan marks as open, and none of the guesses, values, labels,
    causes, plans and ratings; what follows begins on a page of its own, marked as private.
    """
    fill(library, learner)
    document = paper.gathered(shelf, learner)
    assert [block.title for block in document.shown] == [
        "Concern log",
        "Promise ledger",
        "Agreement canvas",
    ]
    first, _, own = page(document).partition(BANNER)
    assert 'class="take-own take-after"' in first
    for name in ("labels", "pressures", "guesses", "frame", "contacts", "causes", "reset"):
        title = library.named("sheets", name).title
        assert title not in first
        assert title in own
    for hidden in ("For me", "My profile", "If my partner", "matters to them"):
        assert hidden not in first
    for name in ("concerns", "promises", "agreement"):
        assert library.named("sheets", name).title not in own


def test_nothing_about_another_partner(shelf: Shelf, library: Library, learner: Learner) -> None:
    """It is about the current partner; what was written and rated about another is not in it."""
    fill(library, learner)
    learner.record([choosing("Quarry")], new_id(), "2")
    document = paper.gathered(shelf, learner)
    assert document.empty
    assert "Quarry" in page(document)
    assert "Harbour" not in page(document)


def test_gathering_takes_events_and_nothing_else(library: Library, learner: Learner) -> None:
    """The same events make the same document, and those about other things and people change
    nothing.
    """
    fill(library, learner)
    content = sources(library)
    _, mine = learner.log.read(subjects=content.subjects, partner="1")
    _, every = learner.log.read()
    context = Context(partner="1", today=date(2026, 12, 1))

    def made(events: object) -> Takeaway:
        return gather(content, events, code="H", context=context, keep=())  # type: ignore[arg-type]

    assert made(mine) == made(every) == made(iter(every))


def test_a_promise_kept_has_a_cross_in_its_box(shelf: Shelf, learner: Learner) -> None:
    """A promise that was kept is marked, others are left to be marked by hand, and the sum of both
    is told; an if-then plan has an empty box and reads as one sentence.
    """
    drafts = [Draft("promises", 1, SheetWrote(1, {"what": "A list", "state": "kept"}))]
    drafts.append(Draft("m1-p1", 1, PlanWrote("she sighs", "ask why", "")))
    learner.record(drafts, new_id(), "1")
    html = page(paper.gathered(shelf, learner))
    assert html.count('class="take-box take-ticked"') == 1
    assert html.count(">\N{MULTIPLICATION SIGN}</span>") == 1
    assert "Promises kept: 1 of 1." in html
    assert "If she sighs, then I ask why." in html
    assert html.count('class="take-box"') == 1


def test_a_plan_half_written_is_there(shelf: Shelf, learner: Learner) -> None:
    """A plan without an act is no sentence yet, and still there."""
    learner.record([Draft("m1-p1", 1, PlanWrote("she sighs", "", "on Monday"))], new_id(), "1")
    html = page(paper.gathered(shelf, learner))
    assert "then I" not in html
    assert "she sighs" in html
    assert "on Monday" in html


def test_results_stand_as_dots_and_as_numbers(shelf: Shelf, library: Library) -> None:
    """Each result is drawn as a dot and written beside it; earlier ones are rings, told in words,
    too.
    """
    learner = Learner(MemoryLog(), lambda: datetime(2026, 11, 3, 12, tzinfo=UTC))
    fill(library, learner, only=frozenset({"m1"}))
    document = paper.gathered(shelf, learner)
    (standing,) = document.standings
    html = page(document)
    now = round(standing.score or 0)
    assert f'<td class="take-value">{now}</td>' in html
    assert f"<title>All of it: {now} of 100, before " in html
    assert "3 November 2026" in html
    assert html.count('r="4.5"') == 1 + len(standing.content.scale.subscales)


def test_hostile_words_stay_words(shelf: Shelf, library: Library, learner: Learner) -> None:
    """No text of a learner becomes an element, an attribute or an address, in a page or a file."""
    bad = '</style><script>alert(1)</script>"><img src="http://127.0.0.1/x"> {{ 7 * 7 }}'
    fill(library, learner, words=lambda _: bad, entries=2)
    learner.record([choosing(bad)], new_id(), "1")
    whole = paper.file_of(paper.gathered(shelf, learner), "A4")
    assert bad in unescape(whole)
    assert "<script" not in whole
    assert "<img" not in whole
    assert whole.count("</style>") == 1
    assert "49" not in whole.partition(BANNER)[0].partition("</style>")[2]


# Short enough


def test_too_long_a_course_is_cut_where_it_says_so(
    shelf: Shelf, library: Library, learner: Learner
) -> None:
    """Long texts end with the words that the rest is in the course, and so do long lists."""
    fill(library, learner, entries=12, words=many)
    html = page(paper.gathered(shelf, learner))
    assert REST in html
    assert "more are in your course)" in html
    assert len(html) < 90_000


def test_versions_get_shorter(shelf: Shelf, library: Library, learner: Learner) -> None:
    """Each version is shorter than the one before, and loses no part of the plan."""
    fill(library, learner, entries=6)
    found = list(versions(paper.gathered(shelf, learner)))
    assert len(found) > 2
    lengths = [len(paper._html(one)) for one in found]
    assert lengths == sorted(lengths, reverse=True)
    assert {len(one.own) for one in found} == {len(found[0].own)}


@given(st.text(), st.integers(20, 200))
def test_a_cut_text_is_the_beginning(text: str, longest: int) -> None:
    """A text is there in full, or begins as it was written and says that it goes on."""
    short = _short(text, longest)
    assert len(short) <= longest + 1 + len(REST)
    if short.endswith(REST) and not text.endswith(REST):
        assert " ".join(text.split()).startswith(short.removesuffix(f" {REST}"))
    else:
        assert short.split() == text.split()


# The PDF


def learned(library: Library, filled: str) -> Learner:
    learner = Learner(MemoryLog())
    kinds: dict[str, Callable[[], object]] = {
        "empty": lambda: None,
        "well": lambda: fill(library, learner, entries=4),
        "long": lambda: fill(library, learner, entries=12, words=many),
    }
    kinds[filled]()
    return learner


@pytest.mark.usefixtures("_drawing")
@pytest.mark.parametrize(
    ("filled", "size"), [("empty", "a4"), ("well", "a4"), ("well", "letter"), ("long", "letter")]
)
def test_the_pdf_is_whole(shelf: Shelf, library: Library, filled: str, size: str) -> None:
    """It has six pages at most, of the size asked for; it is tagged, has a title and a language,
    its typefaces are in it, each drawing is told in words, and nothing in it runs or leads outside.
    """
    made = paper.pdf_of(paper.gathered(shelf, learned(library, filled)), paper.PAPERS[size])
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert 1 <= len(pdf.pages) <= paper.MOST_PAGES
        wide, high = {"a4": (595, 842), "letter": (612, 792)}[size]
        for one in pdf.pages:
            assert [round(float(number)) for number in one.mediabox] == [0, 0, wide, high]
            assert "/StructParents" in one
            assert "/Annots" not in one
        root = pdf.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "en"
        assert root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as about:
            assert about["dc:title"] == "How we work together: my plan"
            assert about["pdfuaid:part"] == "1"
        objects = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary)]
        kinds = {str(one.get("/S")) for one in objects}
        assert not {"/JavaScript", "/URI", "/Launch", "/SubmitForm", "/GoToR"} & kinds
        assert {"/H1", "/H2", "/H3", "/H4", "/P", "/L"} <= kinds
        assert not {"/AA", "/OpenAction", "/AcroForm"} & set(root.keys())
        fonts = [one for one in objects if one.get("/Type") == "/FontDescriptor"]
        assert fonts
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)
        assert any(
            "Source" in str(font.FontName) or "Course" in str(font.FontName) for font in fonts
        )
        figures = [one for one in objects if one.get("/S") == "/Figure"]
        assert bool(figures) == (filled != "empty")
        assert all(str(figure.Alt) for figure in figures)


@pytest.mark.usefixtures("_drawing")
def test_a_pdf_reads_nothing_from_outside() -> None:
    """What makes the PDF can read neither files nor addresses."""
    for address in ("http://127.0.0.1/x.png", "file:///etc/hosts", "ftp://127.0.0.1/x", "x.png"):
        with pytest.raises(ValueError, match=r"disallowed|absolute"):
            paper._fetcher()(address)


@pytest.fixture
def no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without WeasyPrint."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)


def test_without_weasyprint(shelf: Shelf, learner: Learner, no_pdf: None) -> None:
    """Without the extra package one sentence says how to get it, and what else helps."""
    with pytest.raises(NotMadeError, match=r"pip install 'brmcourse\[pdf\]'"):
        paper.pdf_of(paper.gathered(shelf, learner), "A4")


def test_without_what_weasyprint_stands_on(
    shelf: Shelf, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a library of the system is missing, the sentence does not ask for what is there."""

    def missing(*_: object) -> bytes:
        raise OSError("cannot load library 'libgobject-2.0-0'")

    monkeypatch.setattr(paper, "_drawn", missing)
    with pytest.raises(NotMadeError, match="Print the page from your browser"):
        paper.pdf_of(paper.gathered(shelf, learner), "A4")


# On the course's pages


def test_the_page_holds_nothing_of_the_course(
    site: Site, library: Library, learner: Learner
) -> None:
    """Home, what was written, and the end of the last module lead to the page; it names no course,
    and only who may come in can see it.
    """
    fill(library, learner, only=frozenset({"m4"}))
    html = site.get("/takeaway")
    assert "A list of the open faults" in html
    assert library.course.title not in unescape(html)
    assert site.stranger.get("/takeaway").status_code == 403
    for path in ("/", "/mine", "/m8/keep-these"):
        assert 'href="/takeaway"' in site.get(path)
    assert 'href="/takeaway"' not in site.get("/m7/keep-these")


@pytest.mark.usefixtures("_drawing")
def test_the_pdf_of_the_page(site: Site) -> None:
    """Where a PDF can be made the page leads to one of each size of paper; there are no others."""
    html = site.get("/takeaway")
    for size in paper.PAPERS:
        assert f'href="/takeaway.pdf?paper={size}"' in html
    reply = site.client.get("/takeaway.pdf?paper=letter")
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.content.startswith(b"%PDF-")
    assert site.client.get("/takeaway.pdf?paper=a0").status_code == 404
    assert site.stranger.get("/takeaway.pdf").status_code == 403


def test_the_page_without_weasyprint(site: Site, no_pdf: None) -> None:
    """Where none can be made the page says how to get one, and so does the address of the PDF."""
    for reply in (site.client.get("/takeaway"), site.client.get("/takeaway.pdf")):
        assert "pip install 'brmcourse[pdf]'" in unescape(reply.text)
        assert "takeaway.pdf" not in reply.text
    assert site.client.get("/takeaway.pdf").status_code == 501


# The command


@pytest.fixture
def stored(library: Library) -> None:
    """Answers of a learner on this computer."""
    log = SqliteLog(store_path())
    fill(library, Learner(log), only=frozenset({"m4"}))
    log.close()


def test_the_command_makes_a_file(
    stored: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command writes a page that needs no other file, of the size asked for, and says where."""
    path = tmp_path / "plan.html"
    assert main(["takeaway", str(path), "--paper", "letter"]) == 0
    assert str(path) in capsys.readouterr().out
    html = path.read_text("utf-8")
    assert "A list of the open faults" in html
    assert "size: letter" in html
    assert "href=" not in html
    assert 'src="' not in html
    assert [one.name for one in tmp_path.glob("*plan*")] == ["plan.html"]


@pytest.mark.usefixtures("_drawing")
def test_the_command_makes_a_pdf(stored: None, tmp_path: Path) -> None:
    """A name that ends in .pdf makes a PDF."""
    path = tmp_path / "plan.PDF"
    assert main(["takeaway", str(path)]) == 0
    assert path.read_bytes().startswith(b"%PDF-")


def test_the_command_without_weasyprint(
    no_pdf: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the extra package the command says so, and leaves no file behind."""
    assert main(["takeaway", str(tmp_path / "plan.pdf")]) == 1
    assert "pip install 'brmcourse[pdf]'" in capsys.readouterr().err
    assert not list(tmp_path.glob("*plan*"))


def test_the_command_refuses_other_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name with another ending, or in a folder that is not there, gets a sentence about it."""
    assert main(["takeaway", str(tmp_path / "plan.doc")]) == 1
    assert "ends in .pdf or .html" in capsys.readouterr().err
    lost = tmp_path / "nowhere" / "plan.html"
    assert main(["takeaway", str(lost)]) == 1
    assert capsys.readouterr().err.startswith(f"{lost} cannot be")


def test_a_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the new file cannot take its place, the old one stands as it was, alone."""
    path = tmp_path / "plan.html"
    path.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        paper.write(path, b"after")
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["plan.html"]
