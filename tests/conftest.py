"""Fixtures and makers of small content that several tests share."""

from pathlib import Path

import pytest

from brmcourse.content.library import Library
from brmcourse.log.sqlite import Store
from brmcourse.paths import course_root


@pytest.fixture(autouse=True)
def _own_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests away from the answers of whoever runs them."""
    monkeypatch.setenv("BRMCOURSE_STORE", str(tmp_path / "answers.sqlite"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty log."""
    return Store(tmp_path / "answers.sqlite")


@pytest.fixture(scope="session")
def library() -> Library:
    """The course itself."""
    return Library(course_root())
