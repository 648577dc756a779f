"""Rules on coverage and its matrix, beyond what docs/rules shows."""

from dataclasses import replace

import pytest

from brmcourse.checks.course import load
from brmcourse.checks.coverage import PRACTICE, PROOF, coverage_matrix
from brmcourse.content.library import Library
from brmcourse.model.coverage import Coverage
from brmcourse.paths import course_root
from tests.overlay import SAMPLE, Block, problems_of

ROWS = "data/coverage.yaml"


def test_every_row_of_the_design_is_there() -> None:
    """The table has the 60 rows A1 to A46 and B1 to B14, each in one of the nine modules."""
    coverage, _ = Library(course_root()).load(course_root() / "data" / "coverage.yaml", Coverage)
    expected = [
        *(f"A{number}" for number in range(1, 47)),
        *(f"B{number}" for number in range(1, 15)),
    ]
    assert [row.id for row in coverage.rows] == expected
    assert {row.module for row in coverage.rows} == {f"m{number}" for number in range(9)}


@pytest.mark.parametrize(
    ("code", "path", "change"),
    [
        ("S", "data/conversations/t1.yaml", "module: m2"),
        ("A", "data/scales/s.yaml", "module: m2"),
        ("R", "data/prompts/m1.yaml", "reflections: []"),
        ("P", "data/prompts/m1.yaml", "plans: []"),
        ("Q", "data/questions/m1.yaml", "purpose: guess"),
    ],
)
def test_each_kind_of_practice_is_looked_for(code: str, path: str, change: str) -> None:
    """Without the file's part in the module, the rows that need it are reported, for practice and
    for evidence.
    """
    problems = problems_of(Block("yaml", path, "", change))
    practised = [problem for problem in problems if problem.rule == "coverage.practised"]
    assert practised
    assert all(f"practised by {code}" in problem.message for problem in practised)
    evidenced = [problem for problem in problems if problem.rule == "coverage.evidenced"]
    proof = next(name for name, means in PROOF.items() if means is PRACTICE[code])
    assert evidenced
    assert all(f"shown by {proof}" in problem.message for problem in evidenced)


def test_a_broken_file_is_not_a_missing_one() -> None:
    """What a broken file holds is unknown, so nothing is said about it twice."""
    problems = problems_of(Block("yaml", "data/prompts/m1.yaml", "", "plans: none"))
    assert {problem.path for problem in problems} == {"data/prompts/m1.yaml"}


def test_a_row_taught_outside_its_module() -> None:
    """A section can only teach rows of its own module."""
    problems = problems_of(
        Block("yaml", "data/course.yaml", "modules.0.sections.0", "rows: [A3, A12]")
    )
    assert [problem.rule for problem in problems] == ["coverage.taught"]
    assert "row A12" in problems[0].message


def test_a_row_too_many_and_a_row_too_few() -> None:
    """Both directions are named in one sentence."""
    change = Block("yaml", ROWS, "rows.1", "id: A9")
    (problem,) = [problem for problem in problems_of(change) if problem.rule == "coverage.rows"]
    assert "has A4 too many and lacks A9" in problem.message


def test_a_course_without_the_table() -> None:
    """A small course need not have a coverage table or a glossary."""
    assert (
        problems_of(Block("missing", ROWS, "", ""), Block("missing", "data/glossary.yaml", "", ""))
        == []
    )


def test_a_row_twice() -> None:
    """A row is listed once."""
    assert [problem.rule for problem in problems_of(Block("yaml", ROWS, "rows.1", "id: A3"))] == [
        "id.duplicate"
    ]


def test_matrix() -> None:
    """Each row says where it is taught, practised and shown; later modules say so."""
    whole, _ = load(SAMPLE)
    assert coverage_matrix(whole).splitlines() == [
        "row  module  taught                practised  evidenced",
        "A3   m1      Hear the concern      Q S        E1 E2",
        "A4   m1      Ask about their work  Q A R P    E3 E4 E5",
        "A12  m2      not written yet",
    ]


def test_matrix_names_what_is_missing() -> None:
    """A gap is seen at once."""
    whole, _ = load(SAMPLE)
    parts = [part for part in whole.parts if not part.source.path.startswith("data/conversations")]
    assert "A3   m1      Hear the concern      Q S missing  E1 E2 missing" in coverage_matrix(
        replace(whole, parts=parts)
    )


def test_matrix_without_a_table() -> None:
    """A sentence instead of an empty table."""
    whole, _ = load(SAMPLE)
    parts = [part for part in whole.parts if not isinstance(part.content, Coverage)]
    assert coverage_matrix(replace(whole, parts=parts)) == "This course has no data/coverage.yaml."
