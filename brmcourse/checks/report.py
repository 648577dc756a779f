"""What `brmcourse check` found: for people, for programs, for systems that review a change."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from brmcourse.errors import Problem

BOLD, DIM, PLAIN = "\033[1m", "\033[2m", "\033[0m"
COLOURS = {"error": "\033[31m", "warning": "\033[33m"}
IN_MESSAGES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
IN_PROPERTIES = IN_MESSAGES | {",": "%2C", ":": "%3A"}
"""What would end an annotation, or one of its properties, too early; and what stands for it."""


KEYS = ("path", "line", "rule", "severity", "message", "advice")
"""The keys of a problem for programs, in their order."""


def as_text(problems: Sequence[Problem], *, colour: bool = False) -> str:
    """Return each problem with its mend under it, and at the end how many there are."""
    show = _coloured if colour else str
    return "\n".join([*map(show, problems), count(problems)])


def as_json(problems: Sequence[Problem]) -> str:
    """Return a JSON list of objects: path, line, rule, severity, message and advice."""
    rows = []
    for problem in problems:
        fields = asdict(problem)
        rows.append({key: fields[key] for key in KEYS})
    return json.dumps(rows, indent=2)


def as_annotations(problems: Sequence[Problem]) -> str:
    """Return a line for each problem, which a CI system shows beside that line of the file."""
    return "\n".join(map(_annotation, problems))


def count(problems: Sequence[Problem]) -> str:
    """Return how many errors and warnings there are, as a sentence."""
    errors = sum(problem.severity == "error" for problem in problems)
    return f"{_plural(errors, 'error')}, {_plural(len(problems) - errors, 'warning')}."


def exit_code(problems: Sequence[Problem]) -> int:
    """Return 1 if something must be mended, 0 if there are only warnings or nothing."""
    found = any(problem.severity == "error" for problem in problems)
    return 1 if found else 0


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _coloured(problem: Problem) -> str:
    place = f"{BOLD}{problem.path}:{problem.line}:{PLAIN}"
    label = f"{COLOURS[problem.severity]}{problem.severity}:{PLAIN}"
    return f"{place} {label} {problem.message} {DIM}[{problem.rule}]{PLAIN}\n    {problem.advice}"


def _annotation(problem: Problem) -> str:
    properties = {"file": problem.path, "line": problem.line, "title": problem.rule}
    escaped = [f"{name}={_escaped(value, IN_PROPERTIES)}" for name, value in properties.items()]
    message = _escaped(f"{problem.message}\n{problem.advice}", IN_MESSAGES)
    return f"::{problem.severity} {','.join(escaped)}::{message}"


def _escaped(value: object, marks: Mapping[str, str]) -> str:
    return "".join(marks.get(letter, letter) for letter in str(value))
