"""The take-away as a file: HTML that stands alone, or a tagged PDF made without a browser."""

import base64
import logging
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal

from markupsafe import Markup

from brmcourse.activities.activity import Context
from brmcourse.content.library import Library
from brmcourse.errors import NotMadeError
from brmcourse.hosts.pages.assets import FONTS
from brmcourse.hosts.pages.frame import templates
from brmcourse.hosts.pages.shelf import Shelf
from brmcourse.hosts.sealing import opened_log
from brmcourse.paths import course_root
from brmcourse.problems import problem_log
from brmcourse.rendering.render import TAKEAWAY_STYLE, render_view
from brmcourse.session import Learner
from brmcourse.takeaway import Keep, Takeaway, gather, sources, versions

Paper = Literal["A4", "letter"]

PAPERS: dict[str, Paper] = {"a4": "A4", "letter": "letter"}
"""The sizes of paper by what learners call them, as a style sheet calls them."""

MOST_PAGES = 6
"""How many pages it takes at most."""

NAME = "my-plan"
"""What its file is called; it gives nobody's name or code away."""

KEEP = "keep-these"
"""The step of a module that quotes the lines to keep."""

FACE = (
    '@font-face {{ font-family: "Course Serif"; font-weight: {weight}; font-style: {style}; '
    'src: url("data:font/woff2;base64,{code}") format("woff2"); }}'
)
FACES = (("regular", "400", "normal"), ("italic", "400", "italic"), ("semibold", "600", "normal"))
"""The course's own typeface: name, weight and style of each of its files."""

NO_PDF = (
    "To make a PDF, the course needs one more package. Install it where the course is: "
    "pip install 'brmcourse[pdf]'. Or print the page from your browser, which can save a PDF, too."
)
NOT_DRAWN = (
    "The PDF could not be made on this computer. Print the page from your browser instead, which "
    "can save a PDF, too."
)


def gathered(shelf: Shelf, learner: Learner) -> Takeaway:
    """Return what the learner takes away about the current partner, in full.

    Raises UnknownIdError or ContentError.
    """
    content = sources(shelf.library)
    known = learner.partners()
    _, events = learner.log.read(subjects=content.subjects, partner=known.current)
    today = learner.clock().astimezone().date()
    return gather(
        content,
        events,
        code=known.code(known.current),
        context=Context(partner=known.current, today=today),
        keep=tuple(_lines(shelf)),
    )


def _lines(shelf: Shelf) -> Iterator[Keep]:
    """Yield the lines that each module ends with; a learner may have taken them out."""
    for number, module in enumerate(shelf.course.modules):
        section = shelf.reading(module.id).section(KEEP)
        if section and section.quotes:
            yield Keep(number, module.title, section.quotes)


def html_of(document: Takeaway) -> Markup:
    """Return what stands on the paper, short enough for it."""
    return _html(next(versions(document)))


def _html(document: Takeaway) -> Markup:
    return Markup(render_view("takeaway.html", document, 1))  # noqa: S704 -- escaped


def file_of(document: Takeaway, paper: Paper) -> str:
    """Return the document as a web page that needs no other file."""
    return _page(html_of(document), paper)


def _page(html: Markup, paper: Paper) -> str:
    style = f"{_faces()}\n{TAKEAWAY_STYLE.read_text('utf-8')}\n@page {{ size: {paper}; }}"
    return templates().get_template("takeaway_file.html").render(html=html, style=Markup(style))  # noqa: S704


@cache
def _faces() -> str:
    found = []
    for name, weight, style in FACES:
        code = base64.b64encode((FONTS / f"course-serif-{name}.woff2").read_bytes()).decode()
        found.append(FACE.format(weight=weight, style=style, code=code))
    return "\n".join(found)


def can_draw() -> bool:
    """Say whether the package that makes a PDF is there."""
    return find_spec("weasyprint") is not None


def pdf_of(document: Takeaway, paper: Paper) -> bytes:
    """Return the document as a tagged PDF (PDF/UA-1) of MOST_PAGES pages at most.

    Raises NotMadeError if WeasyPrint, or what it stands on, is missing.
    """
    try:
        return _drawn(document, paper)
    except ImportError as error:
        raise NotMadeError(NO_PDF) from error
    except OSError as error:  # a library of the system that WeasyPrint needs
        problem_log().error("WeasyPrint could not be used", exc_info=error)
        raise NotMadeError(NOT_DRAWN) from error


def _drawn(document: Takeaway, paper: Paper) -> bytes:
    from weasyprint import HTML  # noqa: PLC0415 -- an extra, and slow to import

    logging.getLogger("fontTools").setLevel(logging.WARNING)
    for shorter in versions(document):
        page = _page(_html(shorter), paper)
        drawn = HTML(string=page, url_fetcher=_fetcher()).render(pdf_variant="pdf/ua-1")
        if len(drawn.pages) <= MOST_PAGES:
            break
    made: bytes = drawn.write_pdf(pdf_variant="pdf/ua-1")
    return made


def _fetcher() -> Any:
    """Return what reads nothing but what stands in the page itself: no file, and no network."""
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    return URLFetcher(allowed_protocols=["data"], allow_redirects=False)


def save(path: Path, size: str) -> None:
    """Write what this machine's learner takes away to a .pdf or .html file.

    Raises CourseError, or OSError if the file cannot be written.
    """
    library = Library(course_root())
    log = opened_log()
    try:
        document = gathered(Shelf(library, library.root / "notebooks"), Learner(log))
    finally:
        log.close()
    paper = PAPERS[size]
    pdf = path.suffix.lower() == ".pdf"
    write(path, pdf_of(document, paper) if pdf else file_of(document, paper).encode())


def write(path: Path, content: bytes) -> None:
    """Write a whole file, for its owner only, or nothing; raise OSError."""
    try:
        _write(path, content)
    except OSError as error:  # of the draft, whose name says nothing to the learner
        raise OSError(error.errno, error.strerror, str(path)) from error


def _write(path: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as draft:
        try:
            draft.write(content)
            draft.close()
            Path(draft.name).replace(path)
        except OSError:
            with suppress(OSError):
                Path(draft.name).unlink()
            raise
