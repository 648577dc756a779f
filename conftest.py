"""Keeps every test away from the answers of whoever runs them, and what belongs together in one process."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

os.environ["BRMCOURSE_STORE"] = str(Path(tempfile.mkdtemp(prefix="brmcourse-test-")) / "answers.sqlite")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run in one process, in order, what belongs together: the cells of a notebook, a file of tests, all browser tests.

    A browser test keeps two cores busy by itself, so that two at once would only wait for each other.
    """
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 -- only there if tests run side by side

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return "browser" if path.startswith("tests/browser/") else path

    return Together(config, log)
