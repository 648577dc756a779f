"""Rules on names: files named like their ids, and references from one file to another that must lead somewhere."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any

from brmcourse.catalogue import CATALOGUE, Row
from brmcourse.checks.reading import Reading
from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.content.library import short_name
from brmcourse.content.yaml import Place
from brmcourse.errors import UnknownIdError
from brmcourse.model.base import Content
from brmcourse.model.capstone import Capstone
from brmcourse.model.course import Module
from brmcourse.model.evidence import Evidence
from brmcourse.model.prompts import PlanPrompt, Prompts, ReflectionPrompt
from brmcourse.model.question import Quiz
from brmcourse.model.scale import Baseline, Scale
from brmcourse.model.values import Values


def unknown(place: Place, what: str, name: str, known: Iterable[str]) -> Flaw:
    """Return the flaw of a reference that leads nowhere."""
    return Flaw(
        place, str(UnknownIdError(what, name, list(known))), "Correct it, or add what is missing."
    )


@rule("id.file", Content)
def file_name(content: Content, whole: Whole) -> Iterator[Flaw]:
    """Find files that are not named like their ids."""
    name = getattr(content, "id", None)
    path = next(part.source.path for part in whole.parts if part.content is content)
    if name and Path(path).name != f"{short_name(name)}.yaml":
        advice = f"Rename the file to {short_name(name)}.yaml, or change the id."
        yield Flaw(
            ("id",), f'the file is called "{Path(path).name}" but its id is "{name}"', advice
        )


@rule("reference.unknown", Content)
def dangling(content: Content, whole: Whole) -> Iterator[Flaw]:
    """Find references to modules, formats, objectives, sections and rows that are not there."""
    if not whole.course:
        return  # otherwise every mention of a module would be reported as well
    modules = {module.id: module for module in whole.course.modules}
    name = getattr(content, "module", None)
    if name is not None and name.lower() not in modules:
        yield unknown(("module",), "module", name, modules)
    find = next((find for kind, find in _NAMING.items() if isinstance(content, kind)), None)
    if find:
        yield from find(content, whole, modules)


def _in_quiz(quiz: Quiz, whole: Whole, modules: Mapping[str, Module]) -> Iterator[Flaw]:
    """Find what questions name and their module lacks; a test asks about all modules, each by its rows."""
    if quiz.parallel and quiz.parallel not in _files(whole, "questions"):
        yield unknown(("parallel",), "quiz", quiz.parallel, _files(whole, "questions"))
    if quiz.module not in modules:
        return
    owners = {row: module for module in modules.values() for row in module.rows}
    for number, question in enumerate(quiz.questions):
        module = (
            owners.get(question.row, modules[quiz.module])
            if quiz.purpose == "test"
            else modules[quiz.module]
        )
        known = {
            "objective": [objective.id for objective in module.objectives],
            "section": [section.id for section in module.sections],
            "row": list(module.rows),
        }
        for field, names in known.items():
            if (value := getattr(question, field)) not in names:
                yield unknown(("questions", number, field), field, value, names)


def _in_scale(
    scale: Scale | Baseline, whole: Whole, _modules: Mapping[str, Module]
) -> Iterator[Flaw]:
    formats = _files(whole, "formats")
    if scale.format not in formats:
        yield unknown(("format",), "answer format", scale.format, formats)
    for number, name in enumerate(scale.draws if isinstance(scale, Baseline) else ()):
        if name.lower() not in _files(whole, "scales"):
            yield unknown(("draws", number), "self-assessment", name, _files(whole, "scales"))


def _in_capstone(
    capstone: Capstone, whole: Whole, _modules: Mapping[str, Module]
) -> Iterator[Flaw]:
    if any(path.startswith(("data/prompts/", "data/values.")) for path in whole.broken):
        return  # what a broken file holds is unknown, not missing
    prompts = [entry for entry, _ in whole.all(Prompts)]

    def named(entry: Prompts, given: Iterable[ReflectionPrompt | PlanPrompt]) -> list[str]:
        return [
            prompt.id for prompt in given if prompt.id.startswith(f"{entry.id}-")
        ]  # the id leads to the file

    known = {
        "sheet": _files(whole, "sheets"),
        "reflection": [name for entry in prompts for name in named(entry, entry.reflections)],
        "plan": [name for entry in prompts for name in named(entry, entry.plans)],
        "values": ["partner"] if whole.all(Values) else [],
    }
    for position, part in enumerate(capstone.parts):
        for number, shown in enumerate(part.shows):
            kind, name = shown.name
            if name not in known[kind]:
                yield unknown(("parts", position, "shows", number, kind), kind, name, known[kind])


def _files(whole: Whole, folder: str) -> list[str]:
    return [path.stem for path in sorted((whole.root / "data" / folder).glob("*.yaml"))]


def _names(whole: Whole, row: Row) -> list[str]:
    """Return the names of all that an activity can show."""
    names = _files(whole, row.place)
    for name in row.also:
        path = whole.root / "data" / name
        if path.is_file():
            names.append(path.stem)
    return names


_NAMING: Mapping[
    type[Content] | UnionType, Callable[[Any, Whole, Mapping[str, Module]], Iterator[Flaw]]
] = {
    Quiz: _in_quiz,
    Scale | Baseline: _in_scale,
    Capstone: _in_capstone,
}
"""How to find what is named in a kind of content and is not there."""


@rule("reference.unknown-in-notebook", Reading)
def dangling_in_notebook(reading: Reading, whole: Whole) -> Iterator[Flaw]:
    """Find activities and citations in a notebook that are not there."""
    for call in reading.page.calls:
        row = CATALOGUE.get(call.function)
        if row is None:
            continue
        if row.single:
            if not (whole.root / "data" / row.place).is_file():
                message = f"there is no data/{row.place} to show here"
                yield Flaw((call.line,), message, "Add the file, or delete the call.")
            continue
        names = _names(whole, row)
        if call.name.lower() not in names:
            yield unknown((call.line,), call.function, call.name, names)
    sources = [source.id for evidence, _ in whole.all(Evidence) for source in evidence.sources]
    if not sources:
        return
    for line, name in reading.page.citations:
        if name not in sources:
            yield unknown((line,), "source", name, sources)
