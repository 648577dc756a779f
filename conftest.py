"""Keeps tests away from the answers of whoever runs them, and together what belongs together."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

os.environ["BRMCOURSE_STORE"] = str(
    Path(tempfile.mkdtemp(prefix="brmcourse-test-")) / "answers.sqlite"
)


BROWSER = "tests/browser/"
WALK = f"{BROWSER}test_course.py"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run in one process, in order, what belongs together: cells of a notebook, a file of tests.

    The browser tests are one such pile, but for the walk through the course: each of its two
    learners takes about as long as all others.
    """
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 -- only there with xdist

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path, _, name = nodeid.partition("::")
            if path == WALK:
                return f"{path} {'at random' in name}"
            return "browser" if path.startswith(BROWSER) else path

    return Together(config, log)
