"""A notebook as a page: its Markdown as HTML, its activities by name, in steps; nothing is run.

A code cell that only calls the course's public names with texts is the activities that it names.
Any other code is shown by the output stored with it. All HTML, ours or stored, is made harmless.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any, NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from brmcourse.catalogue import CATALOGUE
from brmcourse.errors import NotebooksError

MINUTES = re.compile(r"(\d+) minutes?")
"""What the paragraph below a step's heading says, all of it in italics."""

OPENING = "start"
"""The address of what stands before the first step's heading."""

QUOTE = re.compile(r"<blockquote>(.*?)</blockquote>", re.DOTALL)
PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)

RESERVED = {"all"}
"""Addresses below a module that are no steps."""

GLOSSARY = "glossary"
"""The page that says what words mean."""

PACKAGE = "brmcourse"

DRAWN = {
    "svg": {"viewBox", "role", "aria-label", "aria-labelledby", "width", "height", "class"},
    "g": {"class", "transform"},
    "path": {"d", "class", "transform"},
    "line": {"x1", "x2", "y1", "y2", "class"},
    "rect": {"x", "y", "width", "height", "rx", "class"},
    "circle": {"cx", "cy", "r", "class"},
    "ellipse": {"cx", "cy", "rx", "ry", "class"},
    "polyline": {"points", "class"},
    "polygon": {"points", "class"},
    "text": {"x", "y", "class", "text-anchor"},
    "tspan": {"x", "y", "dx", "dy", "class"},
    "title": {"id"},
    "desc": {"id"},
}
"""What a drawing may consist of. It has no scripts, no styles and no addresses."""

BLOCKS = {"details", "summary", "section", "figure", "figcaption", "nav"}
TAGS = nh3.ALLOWED_TAGS | BLOCKS | set(DRAWN)
ATTRIBUTES = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    **DRAWN,
    "*": {"id", "class", "lang", "title"},
    "a": {"href", "target"},
    "img": {"src", "alt", "width", "height"},
}
SCHEMES = {"http", "https", "mailto", "data"}


class Call(NamedTuple):
    """An activity that a cell shows: its public name, and of what; empty if there is one of it."""

    name: str
    about: str

    @property
    def key(self) -> str:
        """What it is called in addresses and forms."""
        return f"{self.name}-{self.about}" if self.about else self.name


class Text(NamedTuple):
    """What stands written, as HTML."""

    html: str


class Foreign(NamedTuple):
    """A cell with code of its own: the output that was stored with it, as HTML."""

    html: str


Part = Text | Call | Foreign


OPTIONAL = "If you like: "
"""How the title of a step begins that may be left out."""


@dataclass(frozen=True)
class Section:
    """A step of a module: what stands between two headings of the second level."""

    slug: str
    title: str
    minutes: int
    parts: tuple[Part, ...]

    @property
    def optional(self) -> bool:
        """Whether its title says that it may be left out."""
        return self.title.startswith(OPTIONAL)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The activities in it."""
        return tuple(part for part in self.parts if isinstance(part, Call))

    @property
    def quotes(self) -> tuple[str, ...]:
        """The paragraphs quoted in it, as plain text."""
        texts = "".join(part.html for part in self.parts if isinstance(part, Text))
        quoted = "".join(QUOTE.findall(texts))
        return tuple(unescape(nh3.clean(one, tags=set())) for one in PARAGRAPH.findall(quoted))


@dataclass(frozen=True)
class Reading:
    """A notebook as a page: its title, and its steps; the first may have no title.

    `mishap` says why this is not the learner's own copy, if it is not.
    """

    id: str
    title: str
    sections: tuple[Section, ...]
    mishap: str = ""

    @property
    def calls(self) -> tuple[Call, ...]:
        """All its activities."""
        return tuple(call for section in self.sections for call in section.calls)

    def section(self, slug: str) -> Section | None:
        """Return the step of that address, if there is one."""
        return next((section for section in self.sections if section.slug == slug), None)

    def address(self, title: str) -> str | None:
        """Return where below this page a heading stands, if it does."""
        anchor = slug_of(title)
        for section in self.sections:
            if section.title == title:
                return f"/{self.id}/{section.slug}"
            texts = (part.html for part in section.parts if isinstance(part, Text))
            if any(f'id="{anchor}"' in html for html in texts):
                return f"/{self.id}/{section.slug}#{anchor}"
        return None


def read(path: Path, terms: Mapping[str, str]) -> Reading:
    """Read a notebook; `terms` are the glossary's words in lower case, with their anchors.

    Raises NotebooksError if the file is no notebook that can be read.
    """
    pen = _Pen(path.stem, terms)
    for kind, source, outputs in _cells(path):
        if kind == "markdown":
            pen.markdown(source)
        elif kind == "code":
            pen.code(source, outputs)
    return pen.reading()


def _cells(path: Path) -> Iterator[tuple[str, str, Sequence[Mapping[str, Any]]]]:
    """Yield each cell's kind, source and outputs."""
    try:
        for cell in json.loads(path.read_bytes())["cells"]:
            yield cell["cell_type"], "".join(cell["source"]), cell.get("outputs", ())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotebooksError(
            f'Your notebook "{path}" cannot be read, so this is the course\'s own. Move yours '
            "elsewhere and start the course again: then a new copy is put in its place."
        ) from error


@dataclass
class _Pen:
    """Writes a page, cell by cell."""

    id: str
    terms: Mapping[str, str]
    title: str = ""
    done: list[Section] = field(default_factory=list)
    heading: str = ""
    minutes: int = 0
    parts: list[Part] = field(default_factory=list)

    def reading(self) -> Reading:
        """Return the page."""
        self._close_step()
        return Reading(self.id, self.title or self.id, tuple(self.done))

    def markdown(self, source: str) -> None:
        """Write a cell of text; its headings of the first two levels become titles."""
        environment: dict[str, Any] = {}
        tokens = _markdown().parse(source, environment)
        waiting: list[Token] = []
        place = 0
        while place < len(tokens):
            title = _title(tokens, place)
            minutes = _minutes(tokens, place)
            if title:
                self._write(waiting, environment)
                self._turn_to(*title)
                place += 3
            elif minutes and not waiting and not self.parts:
                self.minutes = minutes
                place += 3
            else:
                waiting.append(tokens[place])
                place += 1
        self._write(waiting, environment)

    def code(self, source: str, outputs: Sequence[Mapping[str, Any]]) -> None:
        """Write a cell of code: the activities it names, or what was stored with it."""
        calls = calls_in(source)
        if calls is None:
            html = "".join(map(_stored, outputs))
            self.parts.append(Foreign(html))
        else:
            self.parts += calls

    def _turn_to(self, level: int, title: str) -> None:
        if level == 1:
            self.title = self.title or title
            return
        self._close_step()
        self.heading = title

    def _write(self, tokens: list[Token], environment: dict[str, Any]) -> None:
        if tokens:
            for token, following in zip(tokens, [*tokens[1:], None], strict=True):
                self._mark(token, following)
            markdown = _markdown()
            html = markdown.renderer.render(tokens, markdown.options, environment)
            self.parts.append(Text(harmless(html)))
            tokens.clear()

    def _mark(self, token: Token, following: Token | None) -> None:
        """Give a heading its anchor, a link its address on these pages, a term its meaning."""
        if token.type == "heading_open" and following:
            token.attrSet("id", slug_of(following.content))
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _address(str(child.attrs.get("href", ""))))
        if token.type == "inline" and token.children:
            token.children = list(self._with_terms(token.children))

    def _with_terms(self, children: Sequence[Token]) -> Iterator[Token]:
        """Link words in bold that the glossary explains; the glossary itself has the anchors."""
        bold = False
        for child in children:
            anchor = self.terms.get(child.content.lower()) if bold else None
            bold = child.type == "strong_open"
            if anchor is None or child.type != "text":
                yield child
                continue
            text = escape(child.content)
            link = f'<a class="course-term" href="/{GLOSSARY}#{anchor}">{text}</a>'
            target = f'<span id="{anchor}">{text}</span>'
            html = target if self.id == GLOSSARY else link
            yield Token("html_inline", "", 0, content=html)

    def _close_step(self) -> None:
        if self.heading or self.parts:
            slug = self._free(slug_of(self.heading) or OPENING)
            self.done.append(Section(slug, self.heading, self.minutes, tuple(self.parts)))
        self.heading, self.minutes, self.parts = "", 0, []

    def _free(self, slug: str) -> str:
        taken = {section.slug for section in self.done} | RESERVED
        number, name = 1, slug
        while name in taken:
            number += 1
            name = f"{slug}-{number}"
        return name


def _title(tokens: Sequence[Token], place: int) -> tuple[int, str] | None:
    """Return level and words of a heading of the first two levels that begins here."""
    token = tokens[place]
    if token.type != "heading_open" or token.tag not in ("h1", "h2"):
        return None
    words = (child.content for child in tokens[place + 1].children or ())
    return int(token.tag[1]), "".join(words)


def _minutes(tokens: Sequence[Token], place: int) -> int:
    """Return the minutes if here begins the paragraph that says how long a step takes, else 0."""
    if tokens[place].type != "paragraph_open":
        return 0
    children = tokens[place + 1].children or []
    kinds = [child.type for child in children]
    if kinds != ["em_open", "text", "em_close"]:
        return 0
    found = MINUTES.fullmatch(children[1].content)
    return int(found[1]) if found else 0


def calls_in(source: str) -> list[Call] | None:
    """Return the activities that code names; None if it does anything else. Nothing is run."""
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    calls = []
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module == PACKAGE:
            continue
        call = _call(statement)
        if call is None:
            return None
        calls.append(call)
    return calls


def _call(statement: ast.stmt) -> Call | None:
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    call = statement.value
    if not isinstance(call.func, ast.Name) or call.func.id not in CATALOGUE:
        return None
    given = [*call.args, *(word.value for word in call.keywords if word.arg == "name")]
    if len(given) != len(call.args) + len(call.keywords) or len(given) > 1:
        return None
    texts = [value.value for value in given if isinstance(value, ast.Constant)]
    if len(texts) != len(given) or not all(isinstance(text, str) for text in texts):
        return None
    return Call(call.func.id, str(texts[0]).lower() if texts else "")


def _stored(output: Mapping[str, Any]) -> str:
    """Return the richest harmless form of an output that was stored with its cell."""
    if output.get("output_type") == "stream":
        return _plain(output.get("text", ""))
    data = output.get("data", {})
    if "text/html" in data:
        return harmless("".join(data["text/html"]))
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            code = "".join("".join(data[kind]).split())
            return harmless(
                f'<img alt="A picture from this notebook" src="data:{kind};base64,{code}">'
            )
    return _plain(data.get("text/plain", ""))


def _plain(text: str | Sequence[str]) -> str:
    joined = "".join(text)
    return f"<pre>{escape(joined)}</pre>" if joined.strip() else ""


def harmless(html: str) -> str:
    """Return HTML with nothing left in it that could run, load, or leave its place."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)


def slug_of(title: str) -> str:
    """Return a title as it stands in addresses."""
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-")


def _address(target: str) -> str:
    """Return where a link of a notebook leads on these pages."""
    name, mark, anchor = target.partition("#")
    if name.endswith(".ipynb") and "/" not in name:
        return f"/{name.removesuffix('.ipynb')}{mark}{slug_of(anchor)}"
    return target


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")
