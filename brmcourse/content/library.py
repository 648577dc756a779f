"""YAML files to model, with every problem located. A file, and its model, is loaded when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from brmcourse.content.wording import mistakes
from brmcourse.content.yaml import Source, read_source
from brmcourse.errors import ContentError, Problem, UnknownIdError
from brmcourse.paths import course_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from brmcourse.model.base import Content
    from brmcourse.model.capstone import Capstone
    from brmcourse.model.conversation import Conversation
    from brmcourse.model.course import Course, Module
    from brmcourse.model.coverage import Glossary
    from brmcourse.model.evidence import Evidence
    from brmcourse.model.prompts import Prompts
    from brmcourse.model.question import Quiz
    from brmcourse.model.scale import Baseline, Format, Scale
    from brmcourse.model.sheet import Sheet
    from brmcourse.model.values import Values

KINDS: Mapping[str, str] = {
    "questions": "question.Quiz",
    "scales": "scale.Scale",
    "formats": "scale.Format",
    "conversations": "conversation.Conversation",
    "prompts": "prompts.Prompts",
    "sheets": "sheet.Sheet",
}
"""The folders under `data/`, and the class below `brmcourse.model` of what each of their files
holds.
"""

SINGLES: Mapping[str, str] = {
    "course.yaml": "course.Course",
    "evidence.yaml": "evidence.Evidence",
    "coverage.yaml": "coverage.Coverage",
    "glossary.yaml": "coverage.Glossary",
    "baseline.yaml": "scale.Baseline",
    "values.yaml": "values.Values",
    "capstone.yaml": "capstone.Capstone",
}
"""The files that the course has one of."""

NEEDED = ("course.yaml", "evidence.yaml")
"""Those of them that no course can do without."""

BASELINE = "baseline"
"""The id of the self-assessment that is drawn from the others."""


def model_of(kind: str) -> type[Content]:
    """Return the class that a folder's files, or a single file, are read as."""
    module, _, name = (KINDS | SINGLES)[kind].partition(".")  # type: ignore[operator]
    found: type[Content] = getattr(import_module(f"brmcourse.model.{module}"), name)
    return found


@dataclass(frozen=True)
class Library:
    """All content below one course root; each part is loaded once, when it is needed."""

    root: Path

    @cached_property
    def course(self) -> Course:
        """The course and its modules."""
        found: Course = self._single("course.yaml")
        return found

    @cached_property
    def evidence(self) -> Evidence:
        """The references cited in the course."""
        found: Evidence = self._single("evidence.yaml")
        return found

    @cached_property
    def glossary(self) -> Glossary:
        """The words that the course explains."""
        found: Glossary = self._single("glossary.yaml")
        return found

    @cached_property
    def values(self) -> Values:
        """The values exercise."""
        found: Values = self._single("values.yaml")
        return found

    @cached_property
    def capstone(self) -> Capstone:
        """The plan that the last module puts together."""
        found: Capstone = self._single("capstone.yaml")
        return found

    def module(self, name: str) -> Module:
        """Return the module of that id; raise UnknownIdError or ContentError."""
        modules = {module.id: module for module in self.course.modules}
        if name.lower() not in modules:
            raise UnknownIdError("module", name, list(modules))
        return modules[name.lower()]

    def quiz(self, name: str) -> Quiz:
        """Return the quiz of that id; raise UnknownIdError or ContentError."""
        found: Quiz = self._named("questions", "quiz", name)
        return found

    def scale(self, name: str) -> Scale:
        """Return the self-assessment of that id; raise UnknownIdError or ContentError."""
        if name.lower() == BASELINE:
            baseline: Baseline = self._single("baseline.yaml")
            return baseline.of(self.scale(scale) for scale in baseline.draws)
        found: Scale = self._named("scales", "self-assessment", name)
        return found

    def format(self, name: str) -> Format:
        """Return the answer format of that id; raise UnknownIdError or ContentError."""
        found: Format = self._named("formats", "answer format", name)
        return found

    def conversation(self, name: str) -> Conversation:
        """Return the conversation of that id; raise UnknownIdError or ContentError."""
        found: Conversation = self._named("conversations", "conversation", name)
        return found

    def prompts(self, name: str) -> Prompts:
        """Return what a module asks the learner to write; raise UnknownIdError or ContentError."""
        found: Prompts = self._named("prompts", "set of prompts", name)
        return found

    def sheet(self, name: str) -> Sheet:
        """Return the sheet of that id; raise UnknownIdError or ContentError."""
        found: Sheet = self._named("sheets", "sheet", name)
        return found

    def files(self) -> Iterator[tuple[Path, type[Content]]]:
        """Yield each content file with what it should hold."""
        for name in SINGLES:
            path = self.root / "data" / name
            if name in NEEDED or path.is_file():
                yield path, model_of(name)
        for folder in KINDS:
            for path in sorted((self.root / "data" / folder).glob("*.y*ml")):
                yield path, model_of(folder)

    def load(self, path: Path, model: type[Content]) -> tuple[Any, Source]:
        """Read one file as that kind of content; raise ContentError with all its problems."""
        shown_as = str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)
        if not path.is_file():
            advice = "Put the file back, or install the course again."
            raise ContentError(
                [Problem(shown_as, 1, "file.missing", "the file is missing", advice)]
            )
        source = read_source(path, shown_as)
        try:
            return model.model_validate(source.data), source
        except ValidationError as error:
            raise ContentError(
                Problem(shown_as, source.line(place), rule, message, advice)
                for place, rule, message, advice in mistakes(error)
            ) from None

    def _single(self, name: str) -> Any:
        return self.load(self.root / "data" / name, model_of(name))[0]

    def _named(self, folder: str, what: str, name: str) -> Any:
        paths = {path.stem: path for path in sorted((self.root / "data" / folder).glob("*.yaml"))}
        path = paths.get(name.lower())
        if path is None:
            raise UnknownIdError(what, name, list(paths))
        return self.load(path, model_of(folder))[0]


def load_course(root: Path | None = None) -> Course:
    """Return the course below `root`, by default the one this package carries."""
    return Library(root or course_root()).course


def short_name(content_id: str) -> str:
    """Return the name a notebook uses and the file has: the id up to the first underscore, in lower case."""
    return content_id.partition("_")[0].lower()
