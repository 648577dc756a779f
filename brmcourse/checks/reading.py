"""The Markdown of one notebook as its author wrote it, in pieces that the rules look at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from brmcourse.content.yaml import Place, Source, read_text

ROLE = re.compile(r"\{(\w+)\}$")
"""The name of a role, which stands right before a text in backticks: {cite}`ames-2020`."""

CALL = re.compile(r'(\w+)\((?:"([^"]+)")?\)')
IMAGE = re.compile(r"<img\b([^<>]*)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
"""A picture written in HTML, and what is said of it."""

MOST_BYTES = 100_000
"""The size at which a notebook's source is refused: ten times that of the largest."""

CODE_CELL = "{code-cell}"
FRONT_MATTER = "---"
CELL_BREAK = "+++"
CITATION = "cite"
"""The role of a text that names a source."""


class Heading(NamedTuple):
    """A heading: its line (from 1), its level (from 1), and its words."""

    line: int
    level: int
    title: str


class Call(NamedTuple):
    """An activity that a notebook shows; the name is empty for those that there is one of."""

    line: int
    function: str
    name: str


class Block(NamedTuple):
    """A paragraph, item or cell of a table: its first line, its words, and the headings above it.

    The words are those that a reader sees; the headings go from the outermost to the innermost.
    """

    line: int
    text: str
    headings: tuple[str, ...]


class Mention(NamedTuple):
    """What stands on a line: the target of a link, the id of a source, or words in bold."""

    line: int
    text: str


class Picture(NamedTuple):
    """A picture: its line, where its file lies, and the words for those who cannot see it."""

    line: int
    source: str
    alternative: str


@dataclass
class Page:
    """What a notebook's Markdown holds, in the order of its lines."""

    headings: list[Heading] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    links: list[Mention] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    citations: list[Mention] = field(default_factory=list)
    bold: list[Mention] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """A notebook's source: `lines` of MyST Markdown, front matter included, as in the file."""

    id: str
    lines: tuple[str, ...]

    @cached_property
    def page(self) -> Page:
        """What the Markdown holds."""
        tokens = _markdown().parse("\n".join(_without_front_matter(self.lines)))
        return _Walk().through(tokens)


def read_notebook(path: Path, shown_as: str) -> tuple[Reading, Source]:
    """Read a notebook's Markdown; the place `(number,)` is that line.

    Raises ContentError if the file cannot be read as text.
    """
    lines = tuple(read_text(path, shown_as, MOST_BYTES).splitlines())
    places: dict[Place, int] = {(number,): number for number in range(1, len(lines) + 1)}
    return Reading(path.stem, lines), Source(shown_as, None, places)


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark").enable("table")
    ends = ["paragraph", "reference", "blockquote", "list"]
    markdown.block.ruler.before("hr", "cell_break", _cell_break, {"alt": ends})
    return markdown


def _cell_break(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001
    """Take a line that begins a new cell of the notebook; nobody sees it."""
    if not state.src.startswith(CELL_BREAK, state.bMarks[start]):
        return False
    if not silent:
        state.line = start + 1
    return True


def _without_front_matter(lines: Sequence[str]) -> list[str]:
    """Return the lines with the front matter blanked out, so that the others keep their numbers."""
    if not lines or lines[0] != FRONT_MATTER:
        return list(lines)
    for number, line in enumerate(lines[1:], 2):
        if line == FRONT_MATTER:
            return [""] * number + list(lines[number:])
    return []


class _Walk:
    """One walk through the tokens of a page, which collects what it holds."""

    def __init__(self) -> None:
        self._page = Page()
        self._above: list[Heading] = []

    def through(self, tokens: Sequence[Token]) -> Page:
        """Return what the page of these tokens holds."""
        level = 0
        for token in tokens:
            line = token.map[0] + 1 if token.map else 1
            if token.type == "heading_open":
                level = int(token.tag.removeprefix("h"))
            elif token.type == "heading_close":
                level = 0
            elif token.type == "inline" and level:
                self._heading(Heading(line, level, self._words(token, line)))
            elif token.type == "inline":
                self._block(line, self._words(token, line))
            elif token.type == "html_block":
                self._page.pictures += _pictures(token.content, line)
            elif token.type == "fence" and token.info.split()[:1] == [CODE_CELL]:
                self._code(token.content, line + 1)
        return self._page

    def _heading(self, heading: Heading) -> None:
        self._page.headings.append(heading)
        self._above = [above for above in self._above if above.level < heading.level]
        self._above.append(heading)

    def _block(self, line: int, text: str) -> None:
        if text:
            headings = tuple(heading.title for heading in self._above)
            self._page.blocks.append(Block(line, text, headings))

    def _code(self, code: str, first: int) -> None:
        for line, statement in enumerate(code.splitlines(), first):
            match = CALL.fullmatch(statement.strip())
            if match:
                self._page.calls.append(Call(line, match[1], match[2] or ""))

    def _words(self, inline: Token, line: int) -> str:
        """Return the words that a reader sees; keep what else stands among them."""
        words: list[str] = []
        bold_from = 0
        for child in inline.children or ():
            match child.type:
                case "text":
                    words.append(child.content)
                case "softbreak" | "hardbreak":
                    words.append("\n")
                    line += 1
                case "code_inline":
                    self._in_backticks(child.content, words, line)
                case "link_open":
                    self._page.links.append(Mention(line, _target(child, "href")))
                case "image":
                    source = _target(child, "src")
                    self._page.links.append(Mention(line, source))
                    self._page.pictures.append(Picture(line, source, child.content))
                case "html_inline":
                    self._page.pictures += _pictures(child.content, line)
                    line += child.content.count("\n")
                case "strong_open":
                    bold_from = len(words)
                case "strong_close":
                    self._page.bold.append(Mention(line, "".join(words[bold_from:])))
        return "".join(words).strip()

    def _in_backticks(self, text: str, words: list[str], line: int) -> None:
        """Add a text in backticks to the words, without the role it may have; keep a citation."""
        before = words[-1] if words else ""
        role = ROLE.search(before)
        if role is None:
            words.append(text)
            return
        words[-1] = before[: role.start()]
        if role[1] == CITATION:
            while words and not words[-1].strip():
                words.pop()
            if words:
                words[-1] = words[-1].rstrip()
            self._page.citations.append(Mention(line, text))
        else:
            words.append(text)


def _target(token: Token, attribute: str) -> str:
    """Return a target as its author wrote it: markdown-it has escaped some characters."""
    return unquote(str(token.attrs[attribute]))


def _pictures(html: str, first: int) -> list[Picture]:
    """Return the pictures of a piece of HTML that begins on line `first`."""
    found = []
    for image in IMAGE.finditer(html):
        given = {"src": "", "alt": ""}
        for name, double_quoted, single_quoted in ATTRIBUTE.findall(image[1]):
            given[name.lower()] = double_quoted or single_quoted
        line = first + html.count("\n", 0, image.start())
        found.append(Picture(line, given["src"], given["alt"]))
    return found
