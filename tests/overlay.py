"""Laying a piece over the sample course: how the examples in docs/rules and in broken_content are
tried out.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from brmcourse.checks.course import check
from brmcourse.content.yaml import read_source
from brmcourse.errors import Problem

SAMPLE = Path(__file__).parent / "sample_course"
DELETE = "~delete~"
BYTES = "surrogateescape"  # a byte that is no UTF-8 passes through unchanged
FENCE = re.compile(
    r"^```(yaml|md|diff|text|missing) (\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """One example: its kind, the file it is about, a place or an encoding, and its text."""

    kind: str
    path: str
    where: str
    text: str

    def lay_over(self, course: Path) -> None:
        """Change the course: `yaml` at its place, `md` at the end, `diff` some lines, `text` the
        whole file, `missing` deletes it.
        """
        target = course / self.path
        target.parent.mkdir(parents=True, exist_ok=True)
        match self.kind:
            case "yaml":
                data = yaml.safe_load(target.read_text("utf-8")) if target.exists() else {}
                data = _changed(
                    data, self.where.split(".") if self.where else [], _parsed(self.text)
                )
                target.write_text(
                    yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110), "utf-8"
                )
            case "md":
                target.write_text(target.read_text("utf-8") + "\n" + self.text, "utf-8")
            case "diff":
                before = target.read_bytes().decode("utf-8", BYTES) if target.exists() else ""
                after = _patched(before, self.text, self.path)
                target.write_bytes(after.encode(self.where or "utf-8", BYTES))
            case "text":
                target.write_bytes(self.text.encode(self.where or "utf-8", BYTES))
            case "missing":
                target.unlink()


@dataclass(frozen=True)
class Page:
    """One page of docs/rules."""

    title: str
    severity: str
    wrong: tuple[Block, ...]
    right: tuple[Block, ...]


def read_page(path: Path) -> Page:
    """Read a page: its title, severity, and the blocks under "Wrong" and "Right"."""
    text = path.read_text("utf-8")
    head, wrong, right = re.split(r"^## (?:Wrong|Right)$", text, flags=re.MULTILINE)
    match = re.fullmatch(r"# (\S+)\n\nSeverity: (error|warning)\n\n\S.*\n\n", head, re.DOTALL)
    assert match, f"{path}: a title, a line with the severity and a reason are needed"
    return Page(match[1], match[2], tuple(blocks_of(wrong)), tuple(blocks_of(right)))


def blocks_of(text: str) -> Iterator[Block]:
    """Find the blocks of a text, whatever stands between them."""
    for match in FENCE.finditer(text):
        yield Block(match[1], match[2], match[3] or "", match[4])


def problems_of(*blocks: Block) -> list[Problem]:
    """Return what is wrong with the sample course once the blocks lie over it."""
    with TemporaryDirectory() as folder:
        course = Path(folder) / "course"
        shutil.copytree(SAMPLE, course)
        for block in blocks:
            block.lay_over(course)
        return check(course)


def _parsed(text: str) -> Any:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "block.yaml"
        path.write_text(text, "utf-8")
        return read_source(path, "block.yaml").data


def _patched(text: str, diff: str, path: str) -> str:
    """Apply a unified diff whose hunks are found by their lines alone, so `@@` needs no numbers."""
    for hunk in filter(None, re.split(r"^@@.*\n", diff, flags=re.MULTILINE)):
        lines = hunk.removesuffix("\n").split("\n")
        strange = [line for line in lines if line[:1] not in " -+"]
        assert not strange, f"{path}: a line of a diff starts with a space, - or +: {strange}"
        old = "".join(line[1:] + "\n" for line in lines if line[:1] != "+")
        new = "".join(line[1:] + "\n" for line in lines if line[:1] != "-")
        places = re.finditer(f"^(?={re.escape(old)})", text, re.MULTILINE)
        starts = [place.start() for place in places]
        assert len(starts) == 1, (
            f"{path} has changed: these lines must stand there once, not {len(starts)} times:\n"
            f"{old}"
        )
        text = text[: starts[0]] + new + text[starts[0] + len(old) :]
    return text


def _changed(data: Any, place: list[str], new: Any) -> Any:
    if place:
        step: Any = int(place[0]) if isinstance(data, list) else place[0]
        data[step] = _changed(data[step], place[1:], new)
        return data
    if not (isinstance(new, dict) and isinstance(data, dict)):
        return new
    merged = data | new
    return {key: value for key, value in merged.items() if value != DELETE}
