"""The command line: what an author of the course sees."""

import shutil
from pathlib import Path

import pytest

from brmcourse.cli import main
from brmcourse.paths import course_root


def test_check_of_a_sound_course(capsys: pytest.CaptureFixture[str]) -> None:
    """A sound course gets one line and exit code 0."""
    assert main(["check", str(course_root())]) == 0
    assert capsys.readouterr().out.count("\n") == 1


def test_check_prints_every_problem_with_its_mend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each problem is printed as path:line: what [rule], the mend under it, and the exit code is 1."""
    shutil.copytree(course_root() / "data", tmp_path / "data")
    for name, old, new in (("course.yaml", "minutes: 50", "minutes: -5"), ("scales/emp.yaml", "reverse:", "revers:")):
        path = tmp_path / "data" / name
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert main(["check", str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("data/course.yaml:7: ")
    assert lines[0].endswith("[field.range]")
    assert lines[1].startswith("    ")
    assert [line.rpartition(" ")[2] for line in lines[2::2]] == ["[field.missing]", "[field.unknown]"]
    assert main(["check", str(tmp_path / "data" / "course.yaml")]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_check_of_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is no course gets a sentence and exit code 1."""
    assert main(["check", str(tmp_path)]) == 1
    assert "is no part of a course" in capsys.readouterr().err
