"""Checking a whole course: load what can be loaded, ask every rule, return everything that is wrong at once."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from brmcourse.checks import (
    conversations,
    coverage,
    notebooks,
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
from brmcourse.content.library import Library
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
    silence,
)
"""The modules whose rules are asked, by what they look at."""

STRUCTURE = (references.__name__, silence.__name__)


def check(root: Path, *, structure_only: bool = False) -> list[Problem]:
    """Return every problem of the course below `root`, in file order; an empty list if there is none."""
    whole, problems = load(root)
    rules = [
        rule for rule in RULES.values() if not structure_only or rule.find.__module__ in STRUCTURE
    ]
    for part in whole.parts:
        for rule in rules:
            if isinstance(part.content, rule.about):
                problems += rule.problems(part, whole)
    return sorted(problems)


def load(root: Path) -> tuple[Whole, list[Problem]]:
    """Return what could be loaded, and the problems of what could not."""
    parts: list[Part] = []
    problems: list[Problem] = []
    for read in _readers(root):
        try:
            parts.append(Part(*read()))
        except ContentError as error:
            problems += error.problems
    return Whole(root, parts, frozenset(problem.path for problem in problems)), problems


def _readers(root: Path) -> Iterator[Callable[[], tuple[Content | Reading, Source]]]:
    library = Library(root)
    for path, model in library.files():
        yield partial(library.load, path, model)
    for path in sorted((root / "notebooks" / "source").glob("*.md")):
        yield partial(read_notebook, path, path.relative_to(root).as_posix())
