"""Build notebooks/*.ipynb from notebooks/source/*.md: `python tools/notebooks.py`.

Equal sources, equal bytes.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from brmcourse.content.library import Library
from brmcourse.model.coverage import Term
from brmcourse.model.evidence import Source

ROOT = Path(__file__).parent.parent
CITE = re.compile(r"\s*\{cite\}`([^`]+)`")
"""A citation in the text, with the space before it; the group is the id of its source."""

SECTION = re.compile(r"^(?=## )", re.MULTILINE)
"""Where a section begins: a step of the module, with a cell of its own."""

OPENING = re.compile(r'(?:(?<=[\s(\[*])|^)"(?=\S)')
"""A straight quotation mark that opens; all others close."""

STRENGTH = {
    1: "a single study, a theory or practice",
    2: "several or large studies",
    3: "many studies taken together",
}
"""What the dots of a source mean."""


def build(source: Path, library: Library) -> str:
    """Return the JSON text of the notebook that a MyST file describes."""
    notebook = jupytext.read(source, fmt="md:myst")
    notebook.cells = list(_apart(notebook.cells))
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    for cell in texts:
        cell.source = _filled(cell.source, library)
    _cite(texts, {entry.id: entry for entry in library.evidence.sources})
    for number, cell in enumerate(notebook.cells, 1):
        _lock(cell, f"{source.stem}-{number:02}")
    notebook.metadata = NotebookNode(
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={"name": "python"},
        course={"module": source.stem, "autorun": True},
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook)
    return text + "\n"


def _apart(cells: Iterable[NotebookNode]) -> Iterator[NotebookNode]:
    """Yield the cells; a text with several sections becomes as many cells."""
    for cell in cells:
        if cell.cell_type != "markdown":
            yield cell
            continue
        for text in SECTION.split(cell.source):
            if text.strip():
                yield nbformat.v4.new_markdown_cell(text.strip())


def _filled(text: str, library: Library) -> str:
    """Put the glossary and the list of sources in their places."""
    terms = map(_term, _sorted(library.glossary.terms))
    notes = (_folded([source]) for source in library.evidence.sources)
    text = text.replace("{glossary}", "\n".join(terms))
    return text.replace("{sources}", "\n\n".join(notes))


def _sorted(terms: Iterable[Term]) -> list[Term]:
    return sorted(terms, key=lambda term: term.term.lower())


def _term(term: Term) -> str:
    also = f" ({', '.join(term.also)})" if term.also else ""
    return _curly(f"- **{term.term}**{also}: {term.meaning}")


def _cite(texts: Iterable[NotebookNode], evidence: dict[str, Source]) -> None:
    """Put each citation into words, and what a section cites at the end of its last text."""
    last, cited = NotebookNode(), dict[str, Source]()
    for cell in texts:
        if SECTION.match(cell.source):
            _add_notes(last, cited)
            cited = {}
        names = CITE.findall(cell.source)
        unknown = sorted(set(names) - set(evidence))
        if unknown:
            raise SystemExit(f"Unknown source: {', '.join(unknown)}. Add it to data/evidence.yaml.")
        cited |= {name: evidence[name] for name in names}
        cell.source = CITE.sub(lambda found: f" ({evidence[found[1]].cite})", cell.source)
        last = cell
    _add_notes(last, cited)


def _add_notes(cell: NotebookNode, cited: dict[str, Source]) -> None:
    if cited:
        cell.source += "\n\n" + _folded(list(cited.values()))


def _folded(sources: list[Source]) -> str:
    """Return what opens to say what each source is used for and how strong it is."""
    if len(sources) == 1:
        title, text = f"Source: {sources[0].cite}", _note(sources[0])
    else:
        title, text = f"Sources ({len(sources)})", "\n\n".join(map(_item, sources))
    return f"<details><summary>{_curly(title)}</summary>\n\n{text}\n\n</details>"


def _item(source: Source) -> str:
    """Return a note as one item of a list."""
    return "- " + _note(source).replace("\n\n", "\n\n  ")


def _note(source: Source) -> str:
    check = " We still have to check some details of this reference." if source.verify else ""
    dots = "●" * source.strength + "○" * (max(STRENGTH) - source.strength)
    return _curly(
        f"{source.reference}\n\n"
        f"**Used here for:** {source.claim}\n\n"
        f"**Strength:** {dots} ({STRENGTH[source.strength]}). "
        f"**Keep in mind:** {source.caveat}{check}"
    )


def _curly(text: str) -> str:
    """Return a text of the data with the quotation marks and apostrophes of the readings."""
    text = OPENING.sub("\N{LEFT DOUBLE QUOTATION MARK}", text)
    text = text.replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}")
    return text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")


def _lock(cell: NotebookNode, key: str) -> None:
    """Give a cell its id and guard it against a stray key; code stays hidden until asked for."""
    cell.id = key
    cell.metadata = NotebookNode(deletable=False, editable=False)
    if cell.cell_type == "code":
        cell.metadata["jupyter"] = {"source_hidden": True}
        cell.outputs, cell.execution_count = [], None


def main() -> int:
    """Write every notebook; say which."""
    library = Library(ROOT)
    for source in sorted((ROOT / "notebooks" / "source").glob("*.md")):
        target = ROOT / "notebooks" / f"{source.stem}.ipynb"
        target.write_text(build(source, library), encoding="utf-8")
        print(target.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
