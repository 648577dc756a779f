"""The command `brmcourse`: one function per subcommand."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from brmcourse.checks.course import check
from brmcourse.hosts.launch import Wish, start
from brmcourse.paths import course_root


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (by default the program's own); return the exit code."""
    parser = argparse.ArgumentParser(
        prog="brmcourse", description="Working with difficult business partners: a course."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_start(commands)
    _add_check(commands)
    arguments = parser.parse_args(argv)
    code: int = arguments.run(arguments)
    return code


def _add_start(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("start", help="open the course in your browser")
    parser.add_argument("--lab", action="store_true", help="open the notebooks in JupyterLab instead of pages")
    parser.add_argument("--no-browser", action="store_true", help="show the address, open no browser")
    parser.add_argument("--port", type=int, help="use this port, or fail if it is taken")
    parser.add_argument("--dir", type=Path, help="folder for your own copy of the notebooks")
    parser.set_defaults(run=_start)


def _start(arguments: argparse.Namespace) -> int:
    wish = Wish(arguments.lab, not arguments.no_browser, arguments.port, arguments.dir)
    return start(wish)


def _add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("check", help="report everything that is wrong with the course's content")
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a course folder, or a part of its data/")
    parser.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    part = (arguments.path or (Path() if Path("data").is_dir() else course_root())).resolve()
    root = next((folder for folder in (part, *part.parents) if (folder / "data" / "course.yaml").is_file()), None)
    if root is None or not part.exists():
        sys.stderr.write(f"{part} is no part of a course: there is no data/course.yaml in it or above it.\n")
        return 1
    problems = [problem for problem in check(root) if (root / problem.path).is_relative_to(part)]
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    if not problems:
        sys.stdout.write(f"No problems found in {part}.\n")
    return 1 if problems else 0
