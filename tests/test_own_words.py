"""The course is written in its own words: it shares no run of six words with the two articles it
starts from.

The articles are not ours to publish. `own_words.txt` holds a short hash of each of their runs of
six words; it is made by `python -m tests.test_own_words FILE…` from their texts.
"""

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from brmcourse.paths import course_root

HASHES = Path(__file__).parent / "own_words.txt"
RUN = 6
TITLE = re.compile(r"^    reference: .*$", re.MULTILINE)
"""The bibliographic line of a source names the article as it is called."""

DATA = course_root() / "data"
TEXTS = [
    *sorted(DATA.rglob("*.yaml")),
    *sorted((course_root() / "notebooks" / "source").glob("*.md")),
]


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Yield each run of six words with its hash."""
    words = re.findall(r"[a-z0-9']+", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    for start in range(len(words) - RUN + 1):
        run = " ".join(words[start : start + RUN])
        yield run, hashlib.sha256(run.encode()).hexdigest()[:10]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_no_run_of_six_words_is_shared(path: Path) -> None:
    """No six words in a row stand in one of the articles as well."""
    taken = set(HASHES.read_text("ascii").split())
    assert len(taken) > 1000
    text = TITLE.sub("", path.read_text("utf-8"))
    assert [run for run, code in runs(text) if code in taken] == []


if __name__ == "__main__":
    codes = {code for name in sys.argv[1:] for _, code in runs(Path(name).read_text("utf-8"))}
    HASHES.write_text("\n".join(sorted(codes)) + "\n", "ascii")
