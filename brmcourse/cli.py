"""The command `brmcourse`: one function per subcommand."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from brmcourse.hosts.launch import Wish, start


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (by default the program's own); return the exit code."""
    parser = argparse.ArgumentParser(
        prog="brmcourse", description="Working with difficult business partners: a course."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_start(commands)
    arguments = parser.parse_args(argv)
    code: int = arguments.run(arguments)
    return code


def _add_start(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("start", help="open the course in your browser")
    parser.add_argument(
        "--lab", action="store_true", help="open the notebooks in JupyterLab instead of pages"
    )
    parser.add_argument("--no-browser", action="store_true", help="show the address, open no browser")
    parser.add_argument("--port", type=int, help="use this port, or fail if it is taken")
    parser.add_argument("--dir", type=Path, help="folder for your own copy of the notebooks")
    parser.set_defaults(run=_start)


def _start(arguments: argparse.Namespace) -> int:
    wish = Wish(arguments.lab, not arguments.no_browser, arguments.port, arguments.dir)
    return start(wish)
