"""Checking a whole course: load what can be, ask every rule, return all that is wrong at once."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from brmcourse.checks import (
    conversations,
    coverage,
    editions,
    mirrors,
    notebooks,
    profiles,
    proposals,
    questions,
    quizzes,
    references,
    scales,
    silence,
    texts,
    vocabulary,
)
from brmcourse.checks.reading import Reading, read_notebook
from brmcourse.checks.rule import RULES, Part, Whole
from brmcourse.content.library import Library, folders
from brmcourse.content.yaml import Source
from brmcourse.errors import ContentError, Problem
from brmcourse.model.base import Content

FAMILIES = (
    references,
    questions,
    quizzes,
    conversations,
    scales,
    texts,
    vocabulary,
    notebooks,
    coverage,
    profiles,
    proposals,
    mirrors,
    editions,
    silence,
)
"""The modules whose rules are asked, by what they look at."""

STRUCTURE = (references.__name__, silence.__name__)
"""Those of them that look at names alone."""

NOTEBOOKS = "notebooks/source"
"""The folder of the notebooks' sources."""


def check(root: Path, *, structure_only: bool = False) -> list[Problem]:
    """Return every problem of the course below `root`, in file order; none if it is sound."""
    whole, problems = load(root)
    rules = list(RULES.values())
    if structure_only:
        rules = [rule for rule in rules if rule.find.__module__ in STRUCTURE]
    for part in whole.parts:
        for rule in rules:
            if isinstance(part.content, rule.about):
                problems += rule.problems(part, whole)
    return sorted(problems)


def load(root: Path) -> tuple[Whole, list[Problem]]:
    """Return what could be loaded, and the problems of what could not."""
    parts: list[Part] = []
    problems = list(_folder_problems(root))
    for read in _readers(root):
        try:
            content, source = read()
        except ContentError as error:
            problems += error.problems
        else:
            parts.append(Part(content, source))
    broken = frozenset(problem.path for problem in problems)
    return Whole(root, parts, broken), problems


def _readers(root: Path) -> Iterator[Callable[[], tuple[Content | Reading, Source]]]:
    library = Library(root)
    for path, model in library.files():
        yield partial(library.load, path, model)
    for path in _notebooks(root):
        yield partial(read_notebook, path, path.relative_to(root).as_posix())


def _notebooks(root: Path) -> list[Path]:
    return sorted((root / NOTEBOOKS).glob("*.md"))


def _folder_problems(root: Path) -> Iterator[Problem]:
    """Yield what is wrong with whole folders, whose files nothing would miss otherwise."""
    for name in [f"data/{folder}" for folder in folders()] + [NOTEBOOKS]:
        path = root / name
        if path.is_symlink() and not path.is_dir():
            message = "this is a link that leads to no folder"
            yield Problem(name, 1, "file.unreadable", message, "Put the folder itself here.")
        elif name == NOTEBOOKS and not _notebooks(root):
            message = "there is no source of a notebook here, a file such as m1.md"
            advice = "Put the files back, or install the course again."
            yield Problem(name, 1, "file.missing", message, advice)
