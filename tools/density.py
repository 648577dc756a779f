"""Say how dense code is to read: `python tools/density.py brmcourse --densest 20`.

For each file or folder it prints

- functions: how many, methods and functions within functions included;
- lines: the median length of a function's body, from its first to its last line, without the
  docstring;
- decisions: for each 100 of those lines, the places where a reader keeps two ways in mind: each
  `if`, `elif`, `for`, `while`, `except`, `case` and conditional expression, each `for` and `if` of
  a comprehension, each `and` and `or`;
- over 88, over 100: the share of all lines that have more columns;
- documented: the share of public functions and methods with a docstring.

The densest functions are those with most decisions beyond 30 for each 100 of their lines.
"""

import argparse
import ast
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

GUIDE = 0.30
"""Decisions in each line that we aim to stay below."""

NARROW, WIDE = 88, 100
"""The columns of a line that many projects keep to, and that this one keeps to."""

Function = ast.FunctionDef | ast.AsyncFunctionDef

DECISIONS = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.match_case,
)
"""The nodes of a syntax tree that are one decision each; an `elif` is an `If` in an `If`."""


@dataclass(frozen=True)
class Measured:
    """One function: where it is, how long its body is, and how many decisions are in it.

    The lines and decisions of an inner function count in the outer one's, too.
    """

    place: str
    name: str
    lines: int
    decisions: int
    documented: bool
    inner: bool

    @property
    def public(self) -> bool:
        """Whether others may call it: neither its name nor that of its class begins with `_`."""
        hidden = self.name.startswith("_") or "._" in self.name
        return not self.inner and not hidden

    @property
    def excess(self) -> float:
        """How many decisions it has beyond the guide value."""
        return self.decisions - GUIDE * self.lines


def decisions(statements: Iterable[ast.stmt]) -> int:
    """Return how many decisions there are in these statements and all that is within them."""
    count = 0
    block = ast.Module(body=list(statements), type_ignores=[])
    for node in ast.walk(block):
        if isinstance(node, DECISIONS):
            count += 1
        elif isinstance(node, ast.comprehension):
            count += 1 + len(node.ifs)
        elif isinstance(node, ast.BoolOp):
            count += len(node.values) - 1
    return count


def measured(path: Path) -> Iterator[Measured]:
    """Yield every function of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name, function, inner in _functions(tree, "", inner=False):
        documented = ast.get_docstring(function) is not None
        body = function.body[documented:]
        place = f"{path}:{function.lineno}"
        yield Measured(place, name, _length(body), decisions(body), documented, inner)


def _length(body: Sequence[ast.stmt]) -> int:
    if not body:
        return 0
    last = body[-1]
    return (last.end_lineno or last.lineno) - body[0].lineno + 1


def _functions(node: ast.AST, prefix: str, *, inner: bool) -> Iterator[tuple[str, Function, bool]]:
    """Yield each function below a node with its dotted name and whether it is an inner one."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            name = prefix + child.name
            yield name, child, inner
            yield from _functions(child, f"{name}.", inner=True)
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.", inner=inner)
        else:
            yield from _functions(child, prefix, inner=inner)


def files(place: Path) -> list[Path]:
    """Return the Python files at or below a place."""
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]


def functions_of(place: Path) -> list[Measured]:
    """Return every function at or below a place."""
    functions: list[Measured] = []
    for path in files(place):
        functions += measured(path)
    return functions


def columns_of(place: Path) -> list[int]:
    """Return the length of every line at or below a place."""
    columns: list[int] = []
    for path in files(place):
        lines = path.read_text(encoding="utf-8").splitlines()
        columns += map(len, lines)
    return columns


def row(place: Path) -> str:
    """Return the line of the table for a file or folder."""
    functions = functions_of(place)
    length = median([function.lines for function in functions] or [0])
    density = density_of(functions)
    documented = share_documented(functions)
    columns = columns_of(place)
    over_narrow = share_longer(columns, NARROW)
    over_wide = share_longer(columns, WIDE)
    return (
        f"{len(functions):9} {length:6.1f} {density:10.1f} {over_narrow:8.1f}% {over_wide:8.1f}% "
        f"{documented:11.0f}%  {place}"
    )


def density_of(functions: Iterable[Measured]) -> float:
    """Return the decisions for each 100 lines of these functions, inner ones within the outer."""
    outer = [function for function in functions if not function.inner]
    lines = sum(function.lines for function in outer)
    return percentage(sum(function.decisions for function in outer), lines)


def share_documented(functions: Iterable[Measured]) -> float:
    """Return the percentage of the public ones among these functions that have a docstring."""
    public = [function for function in functions if function.public]
    return percentage(sum(function.documented for function in public), len(public))


def share_longer(columns: Sequence[int], limit: int) -> float:
    """Return the percentage of these lengths that are over the limit."""
    return percentage(sum(length > limit for length in columns), len(columns))


def percentage(part: int, whole: int) -> float:
    """Return how many per cent of the whole a part is, 0 of nothing."""
    if not whole:
        return 0.0
    return 100 * part / whole


def densest(places: Iterable[Path], number: int) -> list[str]:
    """Return a line for each of the densest functions, the worst first."""
    functions: list[Measured] = []
    for place in places:
        functions += functions_of(place)
    functions.sort(key=lambda function: function.excess, reverse=True)
    lines = []
    for function in functions[:number]:
        density = percentage(function.decisions, function.lines)
        size = f"{function.decisions:3} decisions in {function.lines:3} lines = {density:4.0f}"
        lines.append(f"{size}  {function.name}  {function.place}")
    return lines


def main() -> int:
    """Print the table, and the densest functions if they are asked for."""
    parser = argparse.ArgumentParser(description="Say how dense code is to read.")
    parser.add_argument("places", nargs="+", type=Path, metavar="PLACE", help="a file or folder")
    parser.add_argument("--densest", type=int, default=0, metavar="N", help="list the N densest")
    arguments = parser.parse_args()
    print("functions  lines  decisions   over 88  over 100   documented  place")
    for place in arguments.places:
        print(row(place))
    for line in densest(arguments.places, arguments.densest):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
