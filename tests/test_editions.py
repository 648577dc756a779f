"""Editions: a mended typo asks nobody again, and a new meaning is never overlooked."""

import json
import shutil
from pathlib import Path

import pytest

from brmcourse.activities import quiz
from brmcourse.checks.course import check, load
from brmcourse.checks.editions import FILE, accept, changed, known, raise_editions, wordings
from brmcourse.cli import main
from brmcourse.content.library import Library
from brmcourse.errors import UnknownIdError
from brmcourse.events import Draft, QuizAnswered
from brmcourse.paths import course_root
from tests.overlay import SAMPLE
from tests.play import Play, event

QUIZ = Path("data") / "questions" / "m1.yaml"
TYPO = ("Your lists come too late for us.", "Your lists come to late for us.")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the sample course whose wordings are recorded."""
    root = tmp_path / "course"
    shutil.copytree(SAMPLE, root)
    accept(load(root)[0], ())
    return root


def reword(root: Path, old: str = TYPO[0], new: str = TYPO[1], path: Path = QUIZ) -> None:
    """Change words in a file."""
    text = (root / path).read_text("utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), "utf-8")


def answers(root: Path) -> Play:
    """Return the quiz for somebody who answered its first question before any change."""
    content = quiz.find(Library(root), "m1")
    return Play(quiz, content, [event(Draft("m1-q01", 1, QuizAnswered("m1", "a")))])


def test_the_course_has_all_its_wordings_recorded() -> None:
    """Every item of the course is in data/wordings.json: else run `brmcourse editions`."""
    whole, problems = load(course_root())
    assert problems == []
    assert [item.id for item in changed(whole)] == []
    assert set(known(course_root())) == {item.id for item in wordings(whole)}


def test_ids_are_unique_over_the_course() -> None:
    """No two items of the course share an id, so that an event is about one of them."""
    ids = [item.id for item in wordings(load(course_root())[0])]
    assert len(ids) == len(set(ids))


def test_a_reworded_item_is_noticed(course: Path) -> None:
    """The check names an item whose words changed while its edition stayed, at its line."""
    assert check(course) == []
    reword(course)
    (problem,) = check(course)
    assert (problem.rule, problem.path) == ("edition.reworded", QUIZ.as_posix())
    assert "m1-q01" in problem.message
    assert (course / QUIZ).read_text("utf-8").split("\n")[problem.line - 1].endswith("id: m1-q01")


def test_a_mended_typo_asks_nobody_again(course: Path) -> None:
    """Once its author says that it means the same, the check is silent and answers count."""
    reword(course)
    accept(load(course)[0], ["m1-q01"])
    assert check(course) == []
    assert answers(course).state.tries
    assert not answers(course).state.outdated


def test_a_new_meaning_asks_again(course: Path) -> None:
    """Raising the edition writes it into the file; earlier answers stay in the history only."""
    reword(course)
    raise_editions(load(course)[0], ["m1-q01"])
    accept(load(course)[0], ["m1-q01"])
    assert check(course) == []
    assert quiz.find(Library(course), "m1").questions["m1-q01"].edition == 2
    assert answers(course).state.tries == {}
    assert answers(course).state.outdated == {"m1-q01"}


def test_raising_twice(course: Path) -> None:
    """An edition that stands in the file is replaced by the next."""
    for edition in (2, 3):
        raise_editions(load(course)[0], ["m1-q01", "m1-q02"])
        questions = quiz.find(Library(course), "m1").questions
        assert [questions[name].edition for name in ("m1-q01", "m1-q02")] == [edition] * 2
    assert (course / QUIZ).read_text("utf-8").count("edition: 3") == 2


@pytest.mark.parametrize("name", ["t1_labels", "S", "m1-r1", "m1-p1"])
def test_every_kind_of_item_can_be_raised(course: Path, name: str) -> None:
    """Conversations, self-assessments, reflections and plans have editions as questions have."""
    raise_editions(load(course)[0], [name])
    whole, problems = load(course)
    assert problems == []
    assert {item.id: item.edition for item in wordings(whole)}[name] == 2


def test_every_item_of_the_course_can_be_raised(tmp_path: Path) -> None:
    """However its file is laid out, the edition of each item can be raised by the command."""
    shutil.copytree(course_root() / "data", tmp_path / "data")
    before = {item.id: item.edition for item in wordings(load(tmp_path)[0])}
    raise_editions(load(tmp_path)[0], list(before))
    after = {item.id: item.edition for item in wordings(load(tmp_path)[0])}
    assert after == {name: edition + 1 for name, edition in before.items()}


def test_feedback_is_no_wording(course: Path) -> None:
    """New feedback or reasons are no new wording of what learners answered to."""
    reword(course, "Wait for his answer.", "Then wait for his answer.")
    assert check(course) == []


def test_new_labels_are_a_new_wording(course: Path) -> None:
    """A self-assessment is reworded, too, where the labels of its answers are."""
    label = Library(course).named("formats", "often").labels[0]
    reword(course, label, f"{label}, really", Path("data") / "formats" / "often.yaml")
    assert "S" in {item.id for item in changed(load(course)[0])}


def test_unknown_item(course: Path) -> None:
    """An id that the course does not have ends in a sentence that names the nearest."""
    for work in (accept, raise_editions):
        with pytest.raises(UnknownIdError, match='Did you mean "m1-q01"'):
            work(load(course)[0], ["m1-q00x1"])


def test_command(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`brmcourse editions` lists what changed, records it as the same, or raises its edition."""
    monkeypatch.chdir(course)
    reword(course)
    assert main(["editions"]) == 0
    assert "m1-q01 is new or changed" in capsys.readouterr().out
    assert main(["editions", "--raise", "m1-q01"]) == 0
    assert json.loads((course / FILE).read_text("utf-8"))["m1-q01"].startswith("2 ")
    assert main(["editions", "--same"]) == 0
    assert "is new or changed" not in capsys.readouterr().out
    assert main(["editions", "--same", "nobody"]) == 1
    assert "There is no item" in capsys.readouterr().err


def test_no_file_of_wordings(course: Path) -> None:
    """A course without that file, or with a damaged one, is checked without it."""
    reword(course)
    for text in ("{", "[]", "{}"):
        (course / FILE).write_text(text, "utf-8")
        assert check(course) == []
    (course / FILE).unlink()
    assert check(course) == []
