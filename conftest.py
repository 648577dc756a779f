"""Keeps every test away from the answers of whoever runs them, and what belongs together in one process."""

import os
import tempfile
from pathlib import Path

import pytest

os.environ["BRMCOURSE_STORE"] = str(Path(tempfile.mkdtemp(prefix="brmcourse-test-")) / "answers.sqlite")

SHARED = ("host", "hands", "how")
"""Parameters behind which the tests of a file share a running course."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group what must run in one process, in order: a notebook's cells, and the tests that share a running course."""
    for item in items:
        given = getattr(item, "callspec", None)
        shared = [str(given.params[name]) for name in SHARED if given and name in given.params]
        item.add_marker(pytest.mark.xdist_group("-".join([item.path.name, *shared])))
