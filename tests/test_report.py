"""The report of a check: for people, for programs, and for systems that comment on a change."""

import json

import pytest

from brmcourse.checks.report import as_annotations, as_json, as_text, count, exit_code
from brmcourse.errors import Problem, Severity


def problem(
    severity: Severity = "error", message: str = "two keys", path: str = "data/m1.yaml"
) -> Problem:
    return Problem(path, 7, "question.keys", message, "Delete one.", severity)


def test_text_puts_the_mend_under_each_problem() -> None:
    """Each problem is one line with its place and rule, the mend stands under it, and the last line
    counts.
    """
    assert as_text([problem(), problem("warning", "a long stem")]).splitlines() == [
        "data/m1.yaml:7: two keys [question.keys]",
        "    Delete one.",
        "data/m1.yaml:7: warning: a long stem [question.keys]",
        "    Delete one.",
        "1 error, 1 warning.",
    ]


def test_colour_changes_nothing_but_colour() -> None:
    """With colour the same words stand there, and every colour ends on its own line."""
    lines = as_text([problem("warning")], colour=True).splitlines()
    assert "\033[33mwarning:\033[0m two keys" in lines[0]
    assert all(line.count("\033[0m") * 2 == line.count("\033[") for line in lines)


def test_json_has_stable_keys() -> None:
    """A program finds these six keys in each problem, in this order; nothing found is an empty
    list.
    """
    (row,) = json.loads(as_json([problem()]))
    assert list(row.items()) == [
        ("path", "data/m1.yaml"),
        ("line", 7),
        ("rule", "question.keys"),
        ("severity", "error"),
        ("message", "two keys"),
        ("advice", "Delete one."),
    ]
    assert json.loads(as_json([])) == []


def test_annotations_are_escaped() -> None:
    """What would end an annotation or a property of it early is written as its code."""
    odd = problem("warning", "50 %, or:\r\nmore", "data/a,b:c.yaml")
    assert as_annotations([odd]) == (
        "::warning file=data/a%2Cb%3Ac.yaml,line=7,title=question.keys"
        "::50 %25, or:%0D%0Amore%0ADelete one."
    )


@pytest.mark.parametrize(
    ("severities", "sentence", "code"),
    [
        ((), "0 errors, 0 warnings.", 0),
        (("warning", "warning"), "0 errors, 2 warnings.", 0),
        (("error", "warning", "error", "error"), "3 errors, 1 warning.", 1),
    ],
)
def test_only_errors_fail(severities: tuple[Severity, ...], sentence: str, code: int) -> None:
    """The exit code is 1 if there is an error, and 0 if there are warnings only or nothing."""
    problems = [problem(severity) for severity in severities]
    assert count(problems) == sentence
    assert exit_code(problems) == code
