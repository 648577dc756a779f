"""YAML files to model, with every problem located. A file is read when it is first asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from brmcourse.errors import ContentError, Problem, UnknownIdError
from brmcourse.mistakes import mistakes
from brmcourse.model import (
    Baseline,
    Capstone,
    Content,
    Conversation,
    Course,
    Coverage,
    Evidence,
    Format,
    Glossary,
    Module,
    Prompts,
    Quiz,
    Scale,
    Sheet,
    Values,
)
from brmcourse.paths import course_root
from brmcourse.source import Source, read_source

C = TypeVar("C", bound=Content)

KINDS: Mapping[str, type[Content]] = {
    "questions": Quiz,
    "scales": Scale,
    "formats": Format,
    "conversations": Conversation,
    "prompts": Prompts,
    "sheets": Sheet,
}
"""The folders under `data/` and what each of their files holds."""

SINGLES: Mapping[str, type[Content]] = {
    "course.yaml": Course,
    "evidence.yaml": Evidence,
    "coverage.yaml": Coverage,
    "glossary.yaml": Glossary,
    "baseline.yaml": Baseline,
    "values.yaml": Values,
    "capstone.yaml": Capstone,
}
"""The files that the course has one of."""

NEEDED = ("course.yaml", "evidence.yaml")
"""Those of them that no course can do without."""

BASELINE = "baseline"
"""The id of the self-assessment that is drawn from the others."""


@dataclass(frozen=True)
class Library:
    """All content below one course root; each part is loaded once, when it is needed."""

    root: Path

    @cached_property
    def course(self) -> Course:
        """The course and its modules."""
        return self._single("course.yaml", Course)

    @cached_property
    def evidence(self) -> Evidence:
        """The references cited in the course."""
        return self._single("evidence.yaml", Evidence)

    @cached_property
    def glossary(self) -> Glossary:
        """The words that the course explains."""
        return self._single("glossary.yaml", Glossary)

    @cached_property
    def values(self) -> Values:
        """The values exercise."""
        return self._single("values.yaml", Values)

    @cached_property
    def capstone(self) -> Capstone:
        """The plan that the last module puts together."""
        return self._single("capstone.yaml", Capstone)

    def module(self, name: str) -> Module:
        """Return the module of that id; raise UnknownIdError or ContentError."""
        modules = {module.id: module for module in self.course.modules}
        if name.lower() not in modules:
            raise UnknownIdError("module", name, list(modules))
        return modules[name.lower()]

    def quiz(self, name: str) -> Quiz:
        """Return the quiz of that id; raise UnknownIdError or ContentError."""
        return self._named("questions", "quiz", name, Quiz)

    def scale(self, name: str) -> Scale:
        """Return the self-assessment of that id; raise UnknownIdError or ContentError."""
        if name.lower() == BASELINE:
            baseline = self._single("baseline.yaml", Baseline)
            return baseline.of(self.scale(scale) for scale in baseline.draws)
        return self._named("scales", "self-assessment", name, Scale)

    def format(self, name: str) -> Format:
        """Return the answer format of that id; raise UnknownIdError or ContentError."""
        return self._named("formats", "answer format", name, Format)

    def conversation(self, name: str) -> Conversation:
        """Return the conversation of that id; raise UnknownIdError or ContentError."""
        return self._named("conversations", "conversation", name, Conversation)

    def prompts(self, name: str) -> Prompts:
        """Return what a module asks the learner to write; raise UnknownIdError or ContentError."""
        return self._named("prompts", "set of prompts", name, Prompts)

    def sheet(self, name: str) -> Sheet:
        """Return the sheet of that id; raise UnknownIdError or ContentError."""
        return self._named("sheets", "sheet", name, Sheet)

    def files(self) -> Iterator[tuple[Path, type[Content]]]:
        """Yield each content file with what it should hold."""
        for name, model in SINGLES.items():
            path = self.root / "data" / name
            if name in NEEDED or path.is_file():
                yield path, model
        for folder, model in KINDS.items():
            for path in sorted((self.root / "data" / folder).glob("*.y*ml")):
                yield path, model

    def load(self, path: Path, model: type[C]) -> tuple[C, Source]:
        """Read one file as that kind of content; raise ContentError with all its problems."""
        shown_as = str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)
        if not path.is_file():
            advice = "Put the file back, or install the course again."
            raise ContentError([Problem(shown_as, 1, "file.missing", "the file is missing", advice)])
        source = read_source(path, shown_as)
        try:
            return model.model_validate(source.data), source
        except ValidationError as error:
            raise ContentError(
                Problem(shown_as, source.line(place), rule, message, advice)
                for place, rule, message, advice in mistakes(error)
            ) from None

    def _single(self, name: str, model: type[C]) -> C:
        return self.load(self.root / "data" / name, model)[0]

    def _named(self, folder: str, what: str, name: str, model: type[C]) -> C:
        paths = {path.stem: path for path in sorted((self.root / "data" / folder).glob("*.yaml"))}
        path = paths.get(name.lower())
        if path is None:
            raise UnknownIdError(what, name, list(paths))
        return self.load(path, model)[0]


def load_course(root: Path | None = None) -> Course:
    """Return the course below `root`, by default the one this package carries."""
    return Library(root or course_root()).course


def short_name(content_id: str) -> str:
    """Return the name a notebook uses and the file has: the id up to the first underscore, in lower case."""
    return content_id.partition("_")[0].lower()
