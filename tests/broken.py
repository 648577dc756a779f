"""Files broken in one way each, and the report each must give; `python -m tests.broken` writes the
reports anew.

A folder of `broken_content` holds the broken file at its path in the course (or `missing.txt`,
which names a file to take away) and `report.txt`. Read the difference after writing: a report must
help somebody who is no programmer.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from brmcourse.checks.course import check
from brmcourse.checks.report import as_text
from tests.overlay import SAMPLE

FOLDERS = sorted(
    path for path in (Path(__file__).parent / "broken_content").iterdir() if path.is_dir()
)
OURS = ("report.txt", "missing.txt")


def report(folder: Path) -> str:
    """Return what the check says once the folder's file lies over the sample course."""
    with TemporaryDirectory() as temporary:
        course = Path(temporary) / "course"
        shutil.copytree(SAMPLE, course)
        shutil.copytree(folder, course, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OURS))
        missing = folder / "missing.txt"
        if missing.exists():
            (course / missing.read_text("utf-8").strip()).unlink()
        return as_text(check(course)) + "\n"


if __name__ == "__main__":
    for broken in FOLDERS:
        (broken / "report.txt").write_text(report(broken), "utf-8")
