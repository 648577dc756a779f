"""Files that nobody should have written: each ends in a located report, soon, whatever it holds."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from brmcourse.checks import reading
from brmcourse.checks.course import check
from brmcourse.content.yaml import MOST_BYTES, MOST_LISTED, MOST_PARTS, read_source
from brmcourse.errors import ContentError, Problem
from tests.broken import CASES, Case
from tests.overlay import SAMPLE

QUIZ = "data/questions/m1.yaml"
NOTEBOOK = "notebooks/source/m1.md"
SOON = pytest.mark.timeout(10)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the sample course that a test may break."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "course"))


def problem_at(course: Path, path: str) -> Problem:
    """Return the only problem of a file."""
    (problem,) = [problem for problem in check(course) if problem.path == path]
    assert problem.advice
    return problem


@SOON
def test_an_endless_number(course: Path) -> None:
    """A number that Python itself would refuse to read is reported on its line."""
    (course / QUIZ).write_text("id: m1\nmodule: " + "9" * 5000, "utf-8")
    problem = problem_at(course, QUIZ)
    assert (problem.line, problem.rule) == (2, "yaml.number")
    assert "5,000 characters" in problem.message


@SOON
def test_fifty_megabytes(course: Path) -> None:
    """A file over the limit is refused unread, and the limit is stated; readings have their own."""
    for path, most in ((QUIZ, MOST_BYTES), (NOTEBOOK, reading.MOST_BYTES)):
        with (course / path).open("wb") as file:
            file.truncate(50_000_000)
        problem = problem_at(course, path)
        assert (problem.line, problem.rule) == (1, "file.too-large")
        assert f"{most:,} bytes" in problem.message


@SOON
@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"k{number}: 1" for number in range(1_000_000)),
        "\n".join(f"k{number}: 1" for number in range(90_000)),
        "- 1\n" * 200_000,
        "questions: [" + "1," * 400_000 + "]",
        "questions: [" + "{}," * 100_000 + "]",
        "a: " + "[" * 900_000,
        "? " * 400_000,
        "a: 1\n" * 190_000,
        "- *a\n" * 190_000,
        "- &a\n" * 190_000,
        "a: " + " " * 900_000,
        "a: '" + "'" * 900_000,
        "#" * 900_000,
        "id: " + "x" * 900_000,
        "x" * 900_000 + ": 1",
        "? " + "x" * 900_000 + "\n: 1",
    ],
    ids=lambda text: f"{text[:12]!r}-{len(text)}",
)
def test_far_too_much(course: Path, text: str) -> None:
    """Files of whatever is far too much end in a few located problems, each of one short line."""
    (course / QUIZ).write_text(text, "utf-8")
    found = [problem for problem in check(course) if problem.path == QUIZ]
    assert 0 < len(found) <= MOST_LISTED + 1
    assert all(problem.line > 0 and len(problem.message) < 200 for problem in found)


@SOON
@pytest.mark.parametrize(
    ("line", "rule"),
    [("k{}: 1", "field.unknown"), ("same: {}", "yaml.duplicate-key")],
)
def test_many_mistakes_are_counted(course: Path, line: str, rule: str) -> None:
    """The first hundred mistakes of a file are listed, and one more says how many there are yet."""
    count = MOST_PARTS - 10
    text = "\n".join(line.format(number) for number in range(count))
    (course / QUIZ).write_text(text, "utf-8")
    found = [problem for problem in check(course) if problem.path == QUIZ]
    assert len(found) == MOST_LISTED + 1
    assert {problem.rule for problem in found} <= {rule, "field.missing"}
    (last,) = [problem for problem in found if "more problems" in problem.message]
    assert f"{count // 1000}," in last.message


@SOON
@pytest.mark.parametrize(
    "piece", ["![", "<!--", "<a ", "<img ", "> a\n", "a|b\n-|-\n", "`", "a*", "[a]: b\n", "+++\n"]
)
def test_hostile_markdown(course: Path, piece: str) -> None:
    """A notebook full of markup that is never closed is read all the same, and soon."""
    text = "# A\n\n<div>\n" + piece * (90_000 // len(piece))
    (course / "notebooks" / "source" / "m2.md").write_text(text, "utf-8")
    assert isinstance(check(course), list)


def broken_file(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(path.name)


def dangling_file(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("nothing")


def folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


@SOON
@pytest.mark.skipif(os.name == "nt", reason="links and pipes are something else there")
@pytest.mark.parametrize("path", [QUIZ, NOTEBOOK, "data/course.yaml"])
@pytest.mark.parametrize("damage", [broken_file, dangling_file, folder, pipe])
def test_what_is_no_file(course: Path, path: str, damage: Callable[[Path], None]) -> None:
    """A link in a circle or to nowhere, a folder and a pipe in the place of a file are reported."""
    damage(course / path)
    assert problem_at(course, path).rule in {"file.unreadable", "file.missing"}


def test_a_file_that_may_not_be_read(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says about a file is passed on."""

    def refuse(*_args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ContentError, match="cannot be read: Permission denied"):
        read_source(course / QUIZ, QUIZ)


@pytest.mark.skipif(os.name == "nt", reason="links are something else there")
@pytest.mark.parametrize("name", ["data/questions", "notebooks/source"])
def test_a_folder_that_links_to_itself(course: Path, name: str) -> None:
    """A folder that is a link in a circle is reported itself, not only what is missing in it."""
    shutil.rmtree(course / name)
    (course / name).symlink_to(Path(name).name)
    assert problem_at(course, name).rule == "file.unreadable"


@pytest.mark.skipif(os.name == "nt", reason="links are something else there")
def test_a_folder_inside_itself(course: Path) -> None:
    """A link from inside a folder back to it leads nobody round in circles."""
    (course / "notebooks" / "again").symlink_to("..")
    (course / "data" / "questions" / "again").symlink_to("..")
    assert check(course) == []


@pytest.mark.parametrize("name", ["notebooks", "notebooks/source"])
def test_a_course_without_notebooks(course: Path, name: str) -> None:
    """A course whose notebooks are gone has nothing to open, and the check says so."""
    shutil.rmtree(course / name)
    assert problem_at(course, "notebooks/source").rule == "file.missing"


def test_a_course_without_sources(course: Path) -> None:
    """An empty folder of sources is an error as well."""
    for path in (course / "notebooks" / "source").iterdir():
        path.unlink()
    assert problem_at(course, "notebooks/source").severity == "error"


WITHOUT_LIBYAML = """
import yaml
del yaml.CSafeLoader
from pathlib import Path
from brmcourse.checks import reading
from brmcourse.checks.course import check
from brmcourse.checks.report import as_text
print(as_text(check(Path("."))))
"""


def test_the_check_needs_no_libyaml(course: Path) -> None:
    """Where PyYAML came without libyaml the check says the same, more slowly."""
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_LIBYAML], cwd=course, capture_output=True, text=True
    )
    assert run.stdout == "0 errors, 0 warnings.\n", run.stderr


SYNTAX = [path for path in CASES if "[yaml." in path.read_text("utf-8", "replace")]


@pytest.mark.parametrize("path", SYNTAX, ids=lambda path: path.stem)
def test_both_parsers_say_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the form of a file gets the same report from libyaml and from PyYAML's own."""
    case = Case(path)
    reports = []
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        monkeypatch.setattr("brmcourse.content.yaml.LOADER", loader)
        reports.append(case.report())
    assert reports[0] == reports[1]
