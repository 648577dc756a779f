"""YAML files to model, with every problem located. A file is loaded when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from brmcourse.catalogue import found, places, rows_of
from brmcourse.content.wording import mistakes
from brmcourse.content.yaml import Source, read_source
from brmcourse.errors import ContentError, Problem, UnknownIdError
from brmcourse.paths import course_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from brmcourse.model.base import Content
    from brmcourse.model.course import Course, Module
    from brmcourse.model.coverage import Glossary
    from brmcourse.model.evidence import Evidence

LOOKED_UP: Mapping[str, str] = {
    "formats": "brmcourse.model.scale:Format",
    "pushback": "brmcourse.model.pushback:Deck",
    "course.yaml": "brmcourse.model.course:Course",
    "evidence.yaml": "brmcourse.model.evidence:Evidence",
    "coverage.yaml": "brmcourse.model.coverage:Coverage",
    "glossary.yaml": "brmcourse.model.coverage:Glossary",
    "baseline.yaml": "brmcourse.model.scale:Baseline",
}
"""The folders and files below data/ that no activity shows as they are, with what they hold."""

HELD: Mapping[str, str] = {"formats": "answer format", "pushback": "deck of lines"}
"""What a file of those folders is called in a sentence."""

NEEDED = ("course.yaml", "evidence.yaml")
"""The files that no course can do without."""

BASELINE = "baseline"
"""The id of the self-assessment that is drawn from the others."""


def kinds() -> Mapping[str, type[Content]]:
    """Return every folder and single file below data/, with the class of what it holds."""
    return {place: found(model) for place, model in kinds_by_name().items()}


def holds(folder: str) -> str:
    """Return what a file of a folder is called in a sentence."""
    return HELD.get(folder) or rows_of(folder)[0].holds


def folders() -> list[str]:
    """Return the folders below data/ that hold content."""
    return [place for place in kinds_by_name() if not _is_file(place)]


def kinds_by_name() -> Mapping[str, str]:
    """Return every folder and single file below data/, with the name of the class it holds."""
    return {**places(), **LOOKED_UP}


def _is_file(place: str) -> bool:
    return "." in place


@dataclass(frozen=True)
class Library:
    """All content below one course root; each file is loaded once, when it is needed."""

    root: Path
    _loaded: dict[Path, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def course(self) -> Course:
        """The course and its modules."""
        course: Course = self.single("course.yaml")
        return course

    @property
    def evidence(self) -> Evidence:
        """The references cited in the course."""
        evidence: Evidence = self.single("evidence.yaml")
        return evidence

    @property
    def glossary(self) -> Glossary:
        """The words that the course explains."""
        glossary: Glossary = self.single("glossary.yaml")
        return glossary

    @property
    def module_numbers(self) -> dict[str, int]:
        """The number that learners know each module by."""
        return {module.id: number for number, module in enumerate(self.course.modules)}

    def module(self, name: str) -> Module:
        """Return the module of that id; raise UnknownIdError or ContentError."""
        modules = {module.id: module for module in self.course.modules}
        if name.lower() not in modules:
            raise UnknownIdError("module", name, list(modules))
        return modules[name.lower()]

    def single(self, name: str) -> Any:
        """Return the content of a file that the course has one of; raise ContentError."""
        return self._once(self.root / "data" / name, name)

    def named(self, folder: str, name: str) -> Any:
        """Return the content of that id in a folder; raise UnknownIdError or ContentError."""
        known = self.names(folder)
        stem = name.lower()
        if stem not in known:
            raise UnknownIdError(holds(folder), name, known)
        return self._once(self.root / "data" / folder / f"{stem}.yaml", folder)

    def names(self, folder: str) -> list[str]:
        """Return the ids by which the content of a folder is asked for."""
        paths = (self.root / "data" / folder).glob("*.yaml")
        return sorted(path.stem for path in paths)

    def files(self) -> Iterator[tuple[Path, type[Content]]]:
        """Yield each content file with what it should hold."""
        data = self.root / "data"
        models = kinds()
        single = filter(_is_file, models)
        for name in single:
            path = data / name
            if path.is_file() or name in NEEDED:
                yield path, models[name]
        for name in folders():
            paths = (data / name).glob("*.y*ml")
            for path in sorted(paths):
                yield path, models[name]

    def load(self, path: Path, model: type[Content]) -> tuple[Any, Source]:
        """Read one file as that kind of content; raise ContentError with all its problems."""
        shown_as = str(path)
        if path.is_relative_to(self.root):
            shown_as = str(path.relative_to(self.root))
        source = read_source(path, shown_as)
        try:
            return model.model_validate(source.data), source
        except ValidationError as error:
            problems = []
            for place, rule, message, advice in mistakes(error):
                problems.append(Problem(shown_as, source.line(place), rule, message, advice))
            raise ContentError(problems) from None

    def _once(self, path: Path, place: str) -> Any:
        if path not in self._loaded:
            model = found(kinds_by_name()[place])
            self._loaded[path] = self.load(path, model)[0]
        return self._loaded[path]


def load_course(root: Path | None = None) -> Course:
    """Return the course below `root`, by default the one this package carries."""
    return Library(root or course_root()).course


def short_name(content_id: str) -> str:
    """Return the name a notebook uses and the file has.

    That is the id up to the first underscore, in lower case.
    """
    return content_id.partition("_")[0].lower()
