"""Keeps every test away from the answers of whoever runs them, and what belongs together in one
process.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

os.environ["BRMCOURSE_STORE"] = str(
    Path(tempfile.mkdtemp(prefix="brmcourse-test-")) / "answers.sqlite"
)


WALK = "tests/browser/test_course.py"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run in one process, in order, what belongs together: the cells of a notebook, a file of
    tests.

    The browser tests are one such pile, but for the walk through the whole course, which takes as
    long as all others.
    """
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 -- only there if tests run side by side

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return "browser" if path.startswith("tests/browser/") and path != WALK else path

    return Together(config, log)
