"""Every broken file gives its expected report, word for word."""

from pathlib import Path

import pytest

from tests.broken import CASES, Case
from tests.overlay import SAMPLE, Block


def test_there_are_enough() -> None:
    """At least sixty broken files keep the reports from decay."""
    assert len(CASES) >= 60


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_report(path: Path) -> None:
    """The report is the expected one; after a wanted change run `python -m tests.broken` and read
    what changed.
    """
    case = Case(path)
    assert case.report() == case.expected


@pytest.mark.parametrize(
    ("diff", "sentence"),
    [
        ("-id: m9\n+id: m8\n", "not 0 times:\nid: m9"),
        ("+# above\n", "not 17 times"),
        ("id: m1\n", "starts with a space, - or +"),
    ],
)
def test_case_that_no_longer_fits(tmp_path: Path, diff: str, sentence: str) -> None:
    """A diff whose lines are gone, stand twice or have no sign says so and names the file."""
    (tmp_path / "file").write_bytes((SAMPLE / "data" / "prompts" / "m1.yaml").read_bytes())
    with pytest.raises(AssertionError, match=f"^file.*{sentence}"):
        Block("diff", "file", "", diff).lay_over(tmp_path)


def test_bytes_pass_through_a_diff(tmp_path: Path) -> None:
    """A new file, an encoding, a byte that is no UTF-8 and an empty line come out as written."""
    Block("diff", "new", "utf-16-le", "+é\n+\n").lay_over(tmp_path)
    assert (tmp_path / "new").read_bytes() == "é\n\n".encode("utf-16-le")
    Block("text", "byte", "", "a\n\n\udcffb\n").lay_over(tmp_path)
    assert (tmp_path / "byte").read_bytes() == b"a\n\n\xffb\n"
    Block("text", "lines", "", "a\n\nb\n").lay_over(tmp_path)
    Block("diff", "lines", "", " a\n\n-b\n+\udcff\n").lay_over(tmp_path)
    assert (tmp_path / "lines").read_bytes() == b"a\n\n\xff\n"
