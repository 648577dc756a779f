"""Rules on notebooks: headings, pictures and links, and the sections that the course names."""

import re
from collections.abc import Iterator
from pathlib import PurePath

from brmcourse.checks.reading import Reading
from brmcourse.checks.references import unknown
from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.model.course import Course

ABROAD = re.compile(r"[a-z][a-z+.-]*:", re.IGNORECASE)
"""What an address outside the course starts with."""


@rule("text.alt-missing", Reading)
def no_alternative(reading: Reading, _whole: Whole) -> Iterator[Flaw]:
    """Find pictures without a text for those who cannot see them."""
    for picture in reading.page.pictures:
        if not picture.alternative.strip():
            yield Flaw(
                (picture.line,),
                f'the picture "{picture.source}" has no text for those who cannot see it',
                "Say between the square brackets what the picture shows.",
            )


@rule("text.heading-jump", Reading)
def heading_jump(reading: Reading, _whole: Whole) -> Iterator[Flaw]:
    """Find headings more than one level below the heading before them."""
    above = 0
    for line, level, title in reading.page.headings:
        if level > above + 1:
            message = (
                f'the heading "{title}" is on level {level}, but the one before is on level {above}'
            )
            if not above:
                message = f'the first heading, "{title}", is on level {level}'
            yield Flaw((line,), message, f"Write it with {'#' * (above + 1)}.")
        above = level


@rule("text.link", Reading)
def dead_link(reading: Reading, whole: Whole) -> Iterator[Flaw]:
    """Find links inside the course that lead nowhere."""
    for line, target in reading.page.links:
        if not ABROAD.match(target) and not _leads(target, reading, whole):
            yield Flaw(
                (line,),
                f'the link "{target}" leads nowhere',
                "Correct it; files are looked for in the folder notebooks, "
                "headings as #Their-Words.",
            )


def _leads(target: str, reading: Reading, whole: Whole) -> bool:
    name, _, anchor = target.partition("#")
    if name:
        pages = {f"{page.id}.ipynb": page for page, _ in whole.all(Reading)}
        page = pages.get(name)
    else:
        page = reading
    if page is None:
        return PurePath(name) in _files(whole)
    anchors = {_anchor(heading.title) for heading in page.page.headings}
    return not anchor or _anchor(anchor) in anchors


def _files(whole: Whole) -> set[PurePath]:
    """Return the files and folders below notebooks, in the letters that their names have."""

    def find() -> set[PurePath]:
        folder = whole.root / "notebooks"
        return {path.relative_to(folder) for path in folder.rglob("*")}

    return whole.once("files", whole, find)


def _anchor(title: str) -> str:
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-")


@rule("text.section-heading", Course)
def section_heading(course: Course, whole: Whole) -> Iterator[Flaw]:
    """Find sections of a module that are no headings of its notebook."""
    readings = {reading.id: reading for reading, _ in whole.all(Reading)}
    for position, module in enumerate(course.modules):
        if module.id not in readings:
            continue
        titles = [heading.title for heading in readings[module.id].page.headings]
        for number, section in enumerate(module.sections):
            if section.title not in titles:
                place = ("modules", position, "sections", number, "title")
                what = f"heading in notebooks/source/{module.id}.md"
                yield unknown(place, what, section.title, titles)
