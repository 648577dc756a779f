"""Rules on notebooks: headings, pictures and links, and the sections that the course names."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePath
from urllib.parse import unquote

from brmcourse.checks.reading import Reading
from brmcourse.checks.references import unknown
from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.model.course import Course

PICTURE = re.compile(r"!\[\s*\]\(([^)\s]*)|<img(?![^>]*\balt=[\"']\s*\w)[^>]*?src=[\"']([^\"']*)")
LINK = re.compile(r"\]\(([^)\s]+)")
ABROAD = re.compile(r"[a-z][a-z+.-]*:", re.IGNORECASE)
"""What an address outside the course starts with."""


@rule("text.alt-missing", Reading)
def no_alternative(reading: Reading, _whole: Whole) -> Iterator[Flaw]:
    """Find pictures without a text for those who cannot see them."""
    for block in reading.blocks:
        for number, line in enumerate(block.text.split("\n"), block.line):
            for match in PICTURE.finditer(line):
                message = (
                    f'the picture "{match[1] or match[2]}" has no text for those who cannot see it'
                )
                yield Flaw(
                    (number,), message, "Say between the square brackets what the picture shows."
                )


@rule("text.heading-jump", Reading)
def heading_jump(reading: Reading, _whole: Whole) -> Iterator[Flaw]:
    """Find headings more than one level below the heading before them."""
    for (_, above, _title), (line, level, title) in pairwise([(0, 0, ""), *reading.headings]):
        if level > above + 1:
            message = (
                f'the heading "{title}" is on level {level}, but the one before is on level {above}'
            )
            if not above:
                message = f'the first heading, "{title}", is on level {level}'
            yield Flaw((line,), message, f"Write it with {'#' * (above + 1)}.")


@rule("text.link", Reading)
def dead_link(reading: Reading, whole: Whole) -> Iterator[Flaw]:
    """Find links inside the course that lead nowhere."""
    for block in reading.blocks:
        for number, line in enumerate(block.text.split("\n"), block.line):
            for target in LINK.findall(line):
                if not ABROAD.match(target) and not _leads(target, reading, whole):
                    advice = "Correct it; files are looked for in the folder notebooks, headings as #Their-Words."
                    yield Flaw((number,), f'the link "{target}" leads nowhere', advice)


def _leads(target: str, reading: Reading, whole: Whole) -> bool:
    name, _, anchor = unquote(target).partition("#")
    pages = {f"{page.id}.ipynb": page for page, _ in whole.all(Reading)}
    page = pages.get(name) if name else reading
    if page is None:
        folder = whole.root / "notebooks"
        return PurePath(name) in {path.relative_to(folder) for path in folder.rglob("*")}
    return not anchor or _anchor(anchor) in {_anchor(title) for _, _, title in page.headings}


def _anchor(title: str) -> str:
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-")


@rule("text.section-heading", Course)
def section_heading(course: Course, whole: Whole) -> Iterator[Flaw]:
    """Find sections of a module that are no headings of its notebook."""
    pages = {page.id: page for page, _ in whole.all(Reading)}
    for position, module in enumerate(course.modules):
        if module.id in pages:
            titles = [title for _, _, title in pages[module.id].headings]
            for number, section in enumerate(module.sections):
                if section.title not in titles:
                    place = ("modules", position, "sections", number, "title")
                    yield unknown(
                        place, f"heading in notebooks/source/{module.id}.md", section.title, titles
                    )
