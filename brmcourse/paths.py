"""Where the course lies on this machine: its content, and the learner's own folders."""

import os
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).parent


def course_root() -> Path:
    """Return the folder that holds `data/` and `notebooks/`.

    An installed wheel carries both inside the package; a checkout has them beside it.
    """
    inside = PACKAGE / "course"
    if inside.is_dir():
        return inside
    return PACKAGE.parent


def user_folder() -> Path:
    """Return the folder for what the course keeps on this machine: answers, log, runtime files."""
    return Path(platformdirs.user_data_dir("brmcourse", appauthor=False))


def store_path() -> Path:
    """Return where the learner's answers are kept; the variable BRMCOURSE_STORE overrides it."""
    override = os.environ.get("BRMCOURSE_STORE")
    if override:
        return Path(override)
    return user_folder() / "answers.sqlite"


def log_path() -> Path:
    """Return the file that takes tracebacks, beside the answers so that a helper finds both."""
    return store_path().with_name("problems.log")
