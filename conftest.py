"""Keeps every test away from the answers of whoever runs them, and what belongs together in one process."""

import os
import tempfile
from pathlib import Path

import pytest

os.environ["BRMCOURSE_STORE"] = str(Path(tempfile.mkdtemp(prefix="brmcourse-test-")) / "answers.sqlite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group what must run in one process, in order: the cells of a notebook, a file of tests, all browser tests.

    A browser test keeps two cores busy by itself, so that two at once would only wait for each other.
    """
    for item in items:
        group = "browser" if item.path.parent.name == "browser" else item.path.name
        item.add_marker(pytest.mark.xdist_group(group))
