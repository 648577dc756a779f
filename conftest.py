"""Keeps tests away from the answers of whoever runs them, and together what belongs together."""

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest

os.environ["BRMCOURSE_STORE"] = str(
    Path(tempfile.mkdtemp(prefix="brmcourse-test-")) / "answers.sqlite"
)


BROWSER = "tests/browser/"
WALK = f"{BROWSER}test_course.py"
LAB = re.compile(r"_lab\.py|\blab\b")
"""What runs in JupyterLab, by its file or the host in its name."""


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run in one process, in order, what belongs together: cells of a notebook, a file of tests.

    The browser tests are four such piles of about the same time: the walk through the course by
    each of its two learners, all else on the pages, and all else in JupyterLab.
    """
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 -- only there with xdist

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path, _, name = nodeid.partition("::")
            if path == WALK:
                return f"{path} {'at random' in name}"
            if path.startswith(BROWSER):
                return f"{BROWSER} {bool(LAB.search(nodeid))}"
            return path

    return Together(config, log)
