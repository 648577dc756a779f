"""Build notebooks/*.ipynb from notebooks/source/*.md: `python tools/notebooks.py`.

Equal sources, equal bytes.
"""

import re
import sys
from collections.abc import Iterable
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

STRENGTH = {
    1: "a single study, a theory or practice",
    2: "several or large studies",
    3: "many studies taken together",
}
"""What the dots of a source mean."""


def build(source: Path, library: Library) -> str:
    """Return the JSON text of the notebook that a MyST file describes."""
    notebook = jupytext.read(source, fmt="md:myst")
    evidence = {entry.id: entry for entry in library.evidence.sources}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _filled(cell.source, evidence, library)
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


def _filled(text: str, evidence: dict[str, Source], library: Library) -> str:
    """Put the glossary and the list of sources in their places, and citations into words."""
    terms = map(_term, _sorted(library.glossary.terms))
    notes = map(_note, evidence.values())
    text = text.replace("{glossary}", "\n".join(terms))
    text = text.replace("{sources}", "\n\n".join(notes))
    blocks = text.split("\n\n")
    return "\n\n".join(_cited(block, evidence) for block in blocks)


def _sorted(terms: Iterable[Term]) -> list[Term]:
    return sorted(terms, key=lambda term: term.term.lower())


def _term(term: Term) -> str:
    also = f" ({', '.join(term.also)})" if term.also else ""
    return f"- **{term.term}**{also}: {term.meaning}"


def _cited(block: str, evidence: dict[str, Source]) -> str:
    """Put each citation into words, and after the paragraph a note on each that opens."""
    names = list(dict.fromkeys(CITE.findall(block)))
    unknown = sorted(set(names) - set(evidence))
    if unknown:
        raise SystemExit(f"Unknown source: {', '.join(unknown)}. Add it to data/evidence.yaml.")
    text = CITE.sub(lambda found: f" ({evidence[found[1]].cite})", block)
    notes = [_note(evidence[name]) for name in names]
    return "\n\n".join([text, *notes])


def _note(source: Source) -> str:
    """Return a note that opens to say what a source is used for and how strong it is."""
    check = " We still have to check some details of this reference." if source.verify else ""
    dots = "●" * source.strength + "○" * (max(STRENGTH) - source.strength)
    return (
        f"<details><summary>Source: {source.cite}</summary>\n\n{source.reference}\n\n"
        f"**Used here for:** {source.claim}\n\n"
        f"**Strength:** {dots} ({STRENGTH[source.strength]}). "
        f"**Keep in mind:** {source.caveat}{check}\n\n</details>"
    )


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
