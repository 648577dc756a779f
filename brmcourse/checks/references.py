"""Rules on names: files named like their ids, and references from one file to another that must lead somewhere."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from brmcourse.checks.reading import Reading
from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.content import short_name
from brmcourse.errors import UnknownIdError
from brmcourse.model import Content, Evidence, Quiz, Scale
from brmcourse.source import Place

CITE = "{cite}`"
FOLDERS = {
    "quiz": "questions",
    "scale": "scales",
    "converse": "conversations",
    "reflect": "prompts",
    "plan": "prompts",
}
"""Where the content lies that a notebook's activities show."""


def unknown(place: Place, what: str, name: str, known: Iterable[str]) -> Flaw:
    """Return the flaw of a reference that leads nowhere."""
    return Flaw(place, str(UnknownIdError(what, name, list(known))), "Correct it, or add what is missing.")


@rule("id.file", Content)
def file_name(content: Content, whole: Whole) -> Iterator[Flaw]:
    """Find files that are not named like their ids."""
    name = getattr(content, "id", None)
    path = next(part.source.path for part in whole.parts if part.content is content)
    if name and Path(path).name != f"{short_name(name)}.yaml":
        advice = f"Rename the file to {short_name(name)}.yaml, or change the id."
        yield Flaw(("id",), f'the file is called "{Path(path).name}" but its id is "{name}"', advice)


@rule("reference.unknown", Content)
def dangling(content: Content, whole: Whole) -> Iterator[Flaw]:
    """Find references to modules, formats, objectives, sections and rows that are not there."""
    if not whole.course:
        return  # otherwise every mention of a module would be reported as well
    modules = {module.id: module for module in whole.course.modules}
    name = getattr(content, "module", None)
    if name is not None and name.lower() not in modules:
        yield unknown(("module",), "module", name, modules)
    if isinstance(content, Scale):
        formats = [path.stem for path in (whole.root / "data" / "formats").glob("*.yaml")]
        if content.format not in formats:
            yield unknown(("format",), "answer format", content.format, formats)
    if isinstance(content, Quiz) and content.module in modules:
        module = modules[content.module]
        known = {
            "objective": [objective.id for objective in module.objectives],
            "section": [section.id for section in module.sections],
            "row": list(module.rows),
        }
        for number, question in enumerate(content.questions):
            for field, names in known.items():
                if (value := getattr(question, field)) not in names:
                    yield unknown(("questions", number, field), field, value, names)


@rule("reference.unknown-in-notebook", Reading)
def dangling_in_notebook(reading: Reading, whole: Whole) -> Iterator[Flaw]:
    """Find activities and citations in a notebook that are not there."""
    for line, function, name in reading.calls:
        if function in FOLDERS:
            names = [path.stem for path in sorted((whole.root / "data" / FOLDERS[function]).glob("*.yaml"))]
            if name.lower() not in names:
                yield unknown((line,), function, name, names)
    sources = [source.id for evidence, _ in whole.all(Evidence) for source in evidence.sources]
    for number, text in enumerate(reading.lines, 1):
        for piece in text.split(CITE)[1:] if sources else ():
            if (name := piece.partition("`")[0]) not in sources:
                yield unknown((number,), "source", name, sources)
