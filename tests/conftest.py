"""Fixtures and makers of small content that several tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from brmcourse.content.library import Library
from brmcourse.log.memory import MemoryLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.paths import course_root
from brmcourse.session import Learner


@pytest.fixture(autouse=True)
def _own_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests away from the answers of whoever runs them."""
    monkeypatch.setenv("BRMCOURSE_STORE", str(tmp_path / "answers.sqlite"))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    """An empty log on the disk."""
    log = SqliteLog(tmp_path / "answers.sqlite")
    yield log
    log.close()


@pytest.fixture
def learner() -> Learner:
    """Somebody who did nothing yet, whose log is in memory."""
    return Learner(MemoryLog())


@pytest.fixture(scope="session")
def library() -> Library:
    """The course itself."""
    return Library(course_root())
