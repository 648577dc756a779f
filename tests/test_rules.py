"""Every rule has a page, and every page tells the truth: its wrong example raises the rule, its
right one nothing.
"""

import re
from pathlib import Path

import pytest

from brmcourse.checks.course import check
from brmcourse.checks.rule import RULES
from brmcourse.paths import course_root
from tests.overlay import SAMPLE, problems_of, read_page

ROOT = course_root()
PAGES = sorted((ROOT / "docs" / "rules").glob("*.*.md"))
LOADER = ("content", "model")
NAME = re.compile(
    r'"((?:capstone|conversation|example|field|file|id|pushback|question|reference|scale|sheet|values|yaml)\.(?!yaml")[a-z-]+)"'
)


def loader_rules() -> set[str]:
    """Return the rules that are raised while a file is read."""
    parts = [ROOT / "brmcourse" / name for name in LOADER]
    files = [path for part in parts for path in ([part] if part.is_file() else part.glob("*.py"))]
    return {name for path in files for name in NAME.findall(path.read_text("utf-8"))}


def test_sample_course_is_sound() -> None:
    """Nothing is wrong with the sample course, so that an example laid over it shows its own flaw
    only.
    """
    assert check(SAMPLE) == []


def test_every_rule_has_a_page() -> None:
    """Each rule, also those of the loader, has a page, and each page is about such a rule."""
    assert {path.stem for path in PAGES} == set(RULES) | loader_rules()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page names its rule and severity; the wrong example raises that rule alone, the right one
    none.
    """
    page = read_page(path)
    assert page.title == path.stem
    assert page.severity == (RULES[page.title].severity if page.title in RULES else "error")
    assert page.wrong
    assert page.right
    with monkeypatch.context() as patch:
        if page.title == "file.too-large":
            patch.setattr("brmcourse.content.yaml.MOST_PARTS", 20)  # so that a page can show it
        assert {problem.rule for problem in problems_of(*page.wrong)} == {page.title}
    assert problems_of(*page.right) == []
