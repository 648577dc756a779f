"""What the course stands on: every package declared with bounds and locked by hash, and every file
that was copied from elsewhere named with its version.
"""

import ast
import hashlib
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from brmcourse.paths import course_root

ROOT = course_root()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NEEDED = PROJECT["dependencies"]
EXTRAS = PROJECT["optional-dependencies"]
OURS = {"brmcourse", "tests", "tools", *(path.stem for path in (ROOT / "benchmarks").glob("*.py"))}
LOCKS = ("requirements.lock", "requirements-test.lock")
VENDOR = ROOT / "brmcourse" / "browser" / "vendor"


def names(requirements: list[str]) -> set[str]:
    """Return the names of the packages that are asked for."""
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def imported(path: Path) -> Iterator[str]:
    """Yield the first part of the name of each module that a file imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def undeclared(folder: str, declared: set[str]) -> set[tuple[str, str]]:
    """Return the packages that files import without being declared, and in which file."""
    packages = packages_distributions()
    faults = set()
    for path in (ROOT / folder).rglob("*.py"):
        for module in set(imported(path)) - OURS - sys.stdlib_module_names:
            if not declared & {canonicalize_name(name) for name in packages.get(module, [module])}:
                faults.add((module, str(path.relative_to(ROOT))))
    return faults


def locked(name: str) -> dict[str, list[tuple[str, int]]]:
    """Return for each package of a lock its versions and the number of their hashes."""
    found: dict[str, list[tuple[str, int]]] = {}
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    for line in filter(None, map(str.strip, text.splitlines())):
        if not line.startswith("#"):
            package, version = re.match(r"([\w.-]+)==([\w.+!-]+)", line).groups()
            hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}\b", line)
            found.setdefault(canonicalize_name(package), []).append((version, len(hashes)))
    return found


def test_what_the_course_imports_is_declared() -> None:
    """The course imports no package that it has only because another one needs it; what only makes
    a PDF is an extra.
    """
    assert undeclared("brmcourse", names([*NEEDED, *EXTRAS["pdf"]])) == set()


@pytest.mark.parametrize("folder", ["tests", "tools", "benchmarks"])
def test_what_the_tests_import_is_declared(folder: str) -> None:
    """Neither do the tests, the tools and the benchmarks."""
    assert undeclared(folder, names([*NEEDED, *EXTRAS["test"], *EXTRAS["peers"]])) == set()


@pytest.mark.parametrize("line", [*NEEDED, *(line for part in EXTRAS.values() for line in part)])
def test_every_package_has_bounds(line: str) -> None:
    """Each declared package has a lowest version and one that it stays below."""
    assert {part.operator for part in Requirement(line).specifier} == {">=", "<"}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_what_is_declared(lock: str) -> None:
    """A lock has every declared package in a version within its bounds, each with its hashes."""
    found = locked(lock)
    for line in NEEDED + (EXTRAS["test"] if "test" in lock else []):
        asked = Requirement(line)
        versions = found.get(canonicalize_name(asked.name), [])
        assert versions, f"{line}: run `make lock`"
        assert all(version in asked.specifier for version, _ in versions), f"{line}: `make lock`"
    assert all(hashes for versions in found.values() for _, hashes in versions)


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_host(lock: str) -> None:
    """A lock says what is fetched and never from where, nor on whose disk it was made."""
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|/home/|/root/|/work/", text)


def test_learners_get_what_was_tested() -> None:
    """The two locks agree wherever both name a package."""
    plain, test = map(locked, LOCKS)
    assert plain.items() <= test.items()


def test_copied_files_are_what_their_table_says() -> None:
    """Every copied file has its version, its hash and its licence in the table."""
    table = (VENDOR / "README.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    copied = {row[0]: row for row in rows if len(row) == 6 and row[0].endswith(".js")}
    assert copied.keys() == {path.name for path in VENDOR.glob("*.js")}
    for name, _, version, _, licence, digest in copied.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert (VENDOR / licence).is_file()
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest
