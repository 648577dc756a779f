"""The command line: what an author of the course sees."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from brmcourse.cli import main
from brmcourse.log.sqlite import SqliteLog
from brmcourse.paths import course_root
from brmcourse.session import Learner

SAMPLE = Path(__file__).parent / "sample_course"

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A sound course of one small module, to be broken."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "course"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_check_of_the_course_itself(capsys: Captured) -> None:
    """The course that the package carries has no errors."""
    assert main(["check", str(course_root())]) == 0
    assert not capsys.readouterr().err


def test_check_of_a_sound_course(course: Path, capsys: Captured) -> None:
    """A sound course gets one line and exit code 0."""
    assert main(["check", str(course)]) == 0
    assert capsys.readouterr().out == f"No problems found in {course}.\n"


def test_check_prints_every_problem_with_its_mend(course: Path, capsys: Captured) -> None:
    """Each problem is printed as path:line: what [rule], the mend under it, and the exit code
    is 1.
    """
    change(course / "data" / "course.yaml", "minutes: ", "minutes: -")
    change(course / "data" / "scales" / "s.yaml", "reverse:", "revers:")
    assert main(["check", str(course), "--structure"]) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("data/course.yaml:")
    assert lines[0].endswith("[field.range]")
    assert all(line.startswith("    ") for line in lines[1::2])
    assert "[field.unknown]" in "".join(lines[2::2])
    assert last.startswith(f"{len(lines) // 2} errors, ")


def test_check_of_a_part(course: Path, capsys: Captured) -> None:
    """With the path of a part, only its problems are printed."""
    change(course / "data" / "course.yaml", "minutes: ", "minutes: -")
    change(course / "data" / "scales" / "s.yaml", "title:", "titel:")
    assert main(["check", str(course / "data" / "course.yaml")]) == 1
    assert capsys.readouterr().out.endswith("\n1 error, 0 warnings.\n")


def test_check_without_course_yaml(
    course: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A course whose main file is missing is told so, and the rest is checked all the same."""
    (course / "data" / "course.yaml").unlink()
    change(course / "data" / "scales" / "s.yaml", "title:", "titel:")
    monkeypatch.chdir(course)
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert "data/course.yaml:1: the file is missing [file.missing]" in said
    assert "data/scales/s.yaml" in said


@pytest.mark.parametrize(
    ("name", "reason"), [(".", "is no part of a course"), ("nowhere", "There is no ")]
)
def test_check_of_something_else(tmp_path: Path, capsys: Captured, name: str, reason: str) -> None:
    """A folder that is no course, or is not there, gets a sentence and exit code 1."""
    assert main(["check", str(tmp_path / name)]) == 1
    assert reason in capsys.readouterr().err


def test_check_of_what_cannot_be_read(course: Path, capsys: Captured) -> None:
    """A folder in the place of a file gets a sentence that names it."""
    folder = course / "notebooks" / "source" / "m2.md"
    folder.mkdir()
    assert main(["check", str(course)]) == 1
    assert "notebooks/source/m2.md:1: this is no file" in capsys.readouterr().out


def test_check_for_programs(course: Path, capsys: Captured) -> None:
    """`--format json` prints JSON whether there is something to report or not."""
    assert main(["check", str(course), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    change(course / "data" / "course.yaml", "minutes: ", "minutes: -")
    assert main(["check", str(course), "--format", "json"]) == 1
    assert "field.range" in {found["rule"] for found in json.loads(capsys.readouterr().out)}


def test_check_for_ci(course: Path, capsys: Captured) -> None:
    """`--format annotations` prints one line for each problem and nothing else."""
    change(course / "data" / "course.yaml", "minutes: ", "minutes: -")
    assert main(["check", str(course), "--format", "annotations", "--structure"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.startswith(("::error file=data/", "::warning file=data/")) for line in lines)


@pytest.mark.parametrize(("variables", "expected"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_check_has_colour_in_a_terminal(
    course: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    expected: bool,
) -> None:
    """Colour is there when a person looks at a terminal and has not asked for none."""
    change(course / "data" / "course.yaml", "minutes: ", "minutes: -")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    main(["check", str(course)])
    assert ("\033[" in capsys.readouterr().out) is expected


def test_check_prints_tables(course: Path, capsys: Captured) -> None:
    """A table is printed in the place of the report; what cannot be read is named beside it."""
    assert main(["check", str(course), "--coverage", "--paths", "--balance"]) == 0
    whole = capsys.readouterr()
    assert len(whole.out.split("\n\n")) >= 3
    assert not whole.err
    change(course / "data" / "scales" / "s.yaml", "title:", "titel:")
    assert main(["check", str(course), "--paths"]) == 1
    assert "data/scales/s.yaml" in capsys.readouterr().err


def test_check_starts_without_what_it_does_not_need() -> None:
    """The structure is checked without starting a server's or a notebook's packages."""
    code = (
        "import sys; from brmcourse.cli import main; main(['check', '--structure']); "
        "heavy = ('tornado', 'jinja2', 'IPython', 'anywidget'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip().endswith("[]")


def test_answers_are_looked_after(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`brmcourse answers` says where the answers are and whether the file is sound, in words."""
    path = tmp_path / "answers.sqlite"
    assert main(["answers"]) == 0
    assert f"There are no answers yet. They will be kept in the file {path}." in (
        capsys.readouterr().out
    )
    learner = Learner(SqliteLog(path))
    learner.began()
    learner.log.close()
    assert main(["answers"]) == 0
    said = capsys.readouterr().out
    assert "It is sound." in said
    assert "It holds 1 entries" not in said
    assert "It holds 1 entry" in said
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"?" * 4096 + whole[8192:])
    assert main(["answers"]) == 1
    assert "It is damaged." in capsys.readouterr().out
    assert path.read_bytes()[4096:8192] == b"?" * 4096
    path.write_bytes(b"")
    assert main(["answers"]) == 0
    assert "It is empty." in capsys.readouterr().out


@pytest.mark.parametrize("command", ["check", "preview"])
def test_a_link_in_a_circle(command: str, tmp_path: Path, capsys: Captured) -> None:
    """A link that leads in a circle ends in a sentence, not in a traceback."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert main([command, str(loop)]) == 1
    assert "a link that leads in a circle" in capsys.readouterr().err
