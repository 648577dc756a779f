"""Every broken file gives its expected report, word for word."""

from pathlib import Path

import pytest

from tests.broken import FOLDERS, report


def test_there_are_enough() -> None:
    """At least sixty broken files keep the reports from decay."""
    assert len(FOLDERS) >= 60


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_report(folder: Path) -> None:
    """The report is the expected one; after a wanted change run `python -m tests.broken` and read
    what changed.
    """
    assert report(folder) == (folder / "report.txt").read_text("utf-8")
