"""The command `brmcourse`: one function per subcommand, each of which imports what it needs."""
# ruff: noqa: PLC0415

import argparse
import io
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from brmcourse.errors import Problem


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (by default the program's own); return the exit code."""
    parser = argparse.ArgumentParser(
        prog="brmcourse", description="Working with difficult business partners: a course."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_start(commands)
    _add_answers(commands)
    _add_calendar(commands)
    _add_takeaway(commands)
    _add_mine(commands)
    _add_lock(commands)
    _add_check(commands)
    _add_editions(commands)
    _add_preview(commands)
    arguments = parser.parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # An old terminal that lacks a character still gets the rest.
        sys.stdout.reconfigure(errors="replace")
    try:
        code: int = arguments.run(arguments)
    except OSError as error:
        which = error.filename or "A file"
        sys.stderr.write(f"{which} cannot be read or written: {error.strerror}.\n")
        return 1
    except RuntimeError as error:
        if "Symlink loop" not in str(error):  # what pathlib says of a link that leads in a circle
            raise
        sys.stderr.write("This path is a link that leads in a circle. Name the folder itself.\n")
        return 1
    return code


def _add_start(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("start", help="open the course in your browser")
    parser.add_argument(
        "--lab", action="store_true", help="open the notebooks in JupyterLab instead"
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="show the address, open no browser"
    )
    parser.add_argument("--port", type=int, help="use this port, or fail if it is taken")
    parser.add_argument("--dir", type=Path, help="folder for your own copy of the notebooks")
    parser.set_defaults(run=_start)


def _start(arguments: argparse.Namespace) -> int:
    from brmcourse.hosts.launch import Wish, start

    wish = Wish(
        lab=arguments.lab,
        browser=not arguments.no_browser,
        port=arguments.port,
        folder=arguments.dir,
    )
    return start(wish)


def _add_answers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("answers", help="say where your answers are, and if all is well")
    parser.set_defaults(run=_answers)


def _answers(_arguments: argparse.Namespace) -> int:
    from brmcourse.log.examine import examine
    from brmcourse.paths import store_path
    from brmcourse.rendering.words import examined

    found = examine(store_path())
    print(examined(found))
    return int(bool(found.size) and not found.sound)


def _add_takeaway(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("takeaway", help="put your plan and profile into one file")
    parser.add_argument("file", type=Path, metavar="FILE", help="a name with .pdf or .html")
    parser.add_argument("--paper", choices=("a4", "letter"), default="a4", help="size of paper")
    parser.set_defaults(run=_takeaway)


def _takeaway(arguments: argparse.Namespace) -> int:
    from brmcourse.errors import CourseError
    from brmcourse.hosts.paper import save

    path: Path = arguments.file
    if path.suffix.lower() not in (".pdf", ".html"):
        sys.stderr.write("Give the file a name that ends in .pdf or .html.\n")
        return 1
    try:
        save(path, arguments.paper)
    except CourseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print(f"Your plan is in {path.resolve()}.")
    return 0


def _add_mine(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add what learners do with their answers as a whole."""
    parser = commands.add_parser("export", help="write all your answers to one file to take along")
    parser.add_argument("file", type=Path, metavar="FILE.zip", help="a new file")
    parser.set_defaults(run=_export)
    parser = commands.add_parser("import", help="bring in answers from another computer")
    parser.add_argument("file", type=Path, metavar="FILE.zip", help="what `export` wrote there")
    parser.set_defaults(run=_import)
    parser = commands.add_parser("backup", help="make a copy of your answers now")
    parser.set_defaults(run=_backup)
    parser = commands.add_parser("restore", help="list the copies of your answers, or go back")
    parser.add_argument("copy", nargs="?", default="", metavar="NUMBER", help="which copy")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.set_defaults(run=_restore)
    parser = commands.add_parser("forget", help="delete your answers for good, or part of them")
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--partner", metavar="CODE", help="only what is about that partner")
    part.add_argument("--module", metavar="ID", help="only what belongs to that module, like m1")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.set_defaults(run=_forget)


def _export(arguments: argparse.Namespace) -> int:
    from brmcourse.hosts.mine import export_to, run

    return run(lambda: export_to(arguments.file))


def _import(arguments: argparse.Namespace) -> int:
    from brmcourse.hosts.mine import import_from, run

    return run(lambda: import_from(arguments.file))


def _backup(_arguments: argparse.Namespace) -> int:
    from brmcourse.hosts.mine import copy_now, run

    return run(copy_now)


def _restore(arguments: argparse.Namespace) -> int:
    from brmcourse.hosts.mine import restore_copy, run

    return run(lambda: restore_copy(arguments.copy, sure=arguments.yes))


def _forget(arguments: argparse.Namespace) -> int:
    from brmcourse.hosts.mine import forget_what, run

    return run(lambda: forget_what(arguments.partner, arguments.module, sure=arguments.yes))


def _add_calendar(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("calendar", help="write a calendar file with all that has a day")
    parser.add_argument("file", type=Path, metavar="FILE.ics", help="the file to write")
    parser.set_defaults(run=_calendar)


def _calendar(arguments: argparse.Namespace) -> int:
    from brmcourse.content.library import Library
    from brmcourse.errors import LogError
    from brmcourse.hosts.dates import write
    from brmcourse.hosts.launch import Wish
    from brmcourse.hosts.pages.shelf import Shelf
    from brmcourse.hosts.sealing import opened_log
    from brmcourse.paths import course_root, store_path
    from brmcourse.session import Learner

    number = 0
    if store_path().exists():
        shelf = Shelf(Library(course_root()), Wish().own_folder)
        try:
            with closing(opened_log()) as log:
                number = write(arguments.file, shelf, Learner(log))
        except LogError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    if not number:
        print("Nothing in your course has a day yet, so no file was written.")
        return 0
    entries = "1 entry" if number == 1 else f"{number} entries"
    print(f"Wrote {entries} into {arguments.file.resolve()}. Open it with your calendar.")
    return 0


def _add_lock(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("lock", help="encrypt what you write, with a passphrase")
    parser.set_defaults(run=_lock)
    parser = commands.add_parser("unlock", help="keep what you write in plain again")
    parser.set_defaults(run=_unlock)


def _lock(_arguments: argparse.Namespace) -> int:
    from brmcourse.hosts.sealing import lock

    return lock()


def _unlock(_arguments: argparse.Namespace) -> int:
    from brmcourse.hosts.sealing import unlock

    return unlock()


def _add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("check", help="report everything that is wrong with the content")
    parser.add_argument(
        "path", nargs="?", type=Path, metavar="PATH", help="a course folder, or a part of it"
    )
    forms = ("text", "json", "annotations")
    parser.add_argument(
        "--format", choices=forms, default="text", help="for people, programs or CI systems"
    )
    parser.add_argument(
        "--structure", action="store_true", help="check only fields, names and references"
    )
    table: dict[str, Any] = {"action": "append_const", "dest": "tables", "default": []}
    parser.add_argument(
        "--coverage", **table, const="coverage", help="print where topics are covered"
    )
    parser.add_argument("--paths", **table, const="paths", help="print how conversations can go")
    parser.add_argument(
        "--balance", **table, const="balance", help="print who appears in the course"
    )
    parser.add_argument(
        "--map", metavar="ID", help="print the ways through a conversation, and draw their map"
    )
    parser.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    from brmcourse.checks.course import check
    from brmcourse.checks.report import exit_code

    part = (arguments.path or _course_here()).resolve()
    root = _root_of(part)
    if root is None:
        return 1
    if arguments.map:
        return _print_map(root, arguments.map)
    if arguments.tables:
        return _print_tables(root, arguments.tables)
    found = check(root, structure_only=arguments.structure)
    problems = [problem for problem in found if (root / problem.path).is_relative_to(part)]
    if not problems and arguments.format != "json":
        print(f"No problems found in {part}.")
    else:
        print(_report(problems, arguments.format))
    return exit_code(problems)


def _report(problems: "Sequence[Problem]", form: str) -> str:
    from brmcourse.checks.report import as_annotations, as_json, as_text

    if form == "json":
        return as_json(problems)
    if form == "annotations":
        return as_annotations(problems)
    in_colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return as_text(problems, colour=in_colour)


def _print_tables(root: Path, names: Sequence[str]) -> int:
    from brmcourse.checks.course import load
    from brmcourse.checks.report import as_text, exit_code
    from brmcourse.checks.tables import TABLES

    whole, problems = load(root)
    print("\n\n".join(TABLES[name](whole) for name in names))
    if problems:
        sys.stderr.write(f"\nThese files are missing from the table:\n{as_text(problems)}\n")
    return exit_code(problems)


def _print_map(root: Path, name: str) -> int:
    from brmcourse.content.library import Library
    from brmcourse.errors import CourseError
    from brmcourse.hosts.preview.map import map_page, mapped

    try:
        found = mapped(Library(root).named("conversations", name))
    except CourseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    page = Path(f"{name.lower()}-map.html")
    page.write_text(map_page(found), "utf-8")
    print(f"{found.conversation.title}: {found.ways.count}\n\n{found.ways}\n")
    print(f"The map is drawn in {page.resolve()}.")
    return 0


def _add_editions(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("editions", help="say what a new wording means for old answers")
    parser.add_argument("--same", nargs="*", metavar="ID", help="means the same (all, if no ID)")
    parser.add_argument(
        "--raise", nargs="+", metavar="ID", dest="raised", help="means another thing"
    )
    parser.set_defaults(run=_editions)


def _editions(arguments: argparse.Namespace) -> int:
    from brmcourse.checks.course import load
    from brmcourse.checks.editions import accept, changed, raise_editions
    from brmcourse.errors import UnknownIdError

    root = _course_here()
    try:
        if arguments.raised:
            for path in raise_editions(load(root)[0], arguments.raised):
                print(f"Raised the edition in {path}.")
            accept(load(root)[0], arguments.raised)
        if arguments.same is not None:
            recorded = accept(load(root)[0], arguments.same)
            print(f"Recorded the wording of {', '.join(recorded) or 'nothing new'}.")
    except UnknownIdError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for item in changed(load(root)[0]):
        print(f"{item.path}: the wording of {item.id} is new or changed.")
    return 0


def _add_preview(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("preview", help="show a content file as a learner sees it")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="quiz, scale, conversation or prompts"
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="show the address, open no browser"
    )
    parser.add_argument("--port", type=int, help="use this port, or fail if it is taken")
    parser.set_defaults(run=_preview)


def _preview(arguments: argparse.Namespace) -> int:
    from brmcourse.hosts.preview.app import preview

    path = arguments.file.resolve()
    root = _root_of(path)
    if root is None:
        return 1
    return preview(root, path, arguments.port, browser=not arguments.no_browser)


def _course_here() -> Path:
    """Return the folder one is in if a course lies there, else that of this package's own."""
    from brmcourse.paths import course_root

    if _holds_course(Path()):
        return Path()
    return course_root()


def _root_of(part: Path) -> Path | None:
    """Return the course that this file or folder belongs to, or say that there is none."""
    if not part.exists():
        sys.stderr.write(f"There is no {part}.\n")
        return None
    for folder in (part, *part.parents):
        if _holds_course(folder):
            return folder
    where = "there is no data/course.yaml in it or above it"
    sys.stderr.write(f"{part} is no part of a course: {where}.\n")
    return None


def _holds_course(folder: Path) -> bool:
    """Say whether a course lies in that folder, even if one of its files is missing."""
    from brmcourse.content.library import folders

    signs = ("course.yaml", *folders())
    return any((folder / "data" / name).exists() for name in signs)
