"""Files broken in one way each, and the report each must give; `python -m tests.broken` writes the
reports anew.

A file of `broken_content` holds what is changed in the sample course, in blocks as on the pages of
docs/rules, and below them the report. Most blocks are a `diff`, whose lines must stand once in the
sample course; an encoding may follow the path. Read the difference after writing: a report must
help somebody who is no programmer.
"""

from dataclasses import dataclass
from pathlib import Path

from brmcourse.checks.report import as_text
from tests.overlay import BYTES, FENCE, blocks_of, problems_of

CASES = sorted((Path(__file__).parent / "broken_content").glob("*.md"))


@dataclass(frozen=True)
class Case:
    """One file of `broken_content`."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_bytes().decode("utf-8", BYTES)

    @property
    def expected(self) -> str:
        """What stands around the blocks, so that a mistyped block is no report either."""
        return FENCE.sub("", self.text).lstrip("\n")

    def report(self) -> str:
        """Return what the check says once the blocks lie over the sample course."""
        try:
            return as_text(problems_of(*blocks_of(self.text))) + "\n"
        except AssertionError as error:
            error.add_note(f"Mend the diff in {self.path}.")
            raise

    def write(self) -> None:
        """Put the report as it is now below the blocks."""
        blocks = [match[0] for match in FENCE.finditer(self.text)]
        self.path.write_bytes("\n\n".join([*blocks, self.report()]).encode("utf-8", BYTES))


if __name__ == "__main__":
    for path in CASES:
        Case(path).write()
