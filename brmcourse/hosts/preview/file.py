"""One content file as it stands now: read whenever it was saved, never in its author's way."""

from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from brmcourse.catalogue import Row, rows_of
from brmcourse.checks.course import load
from brmcourse.checks.rule import RULES
from brmcourse.content.library import Library
from brmcourse.errors import ContentError, NotShownError, Problem
from brmcourse.hosts.preview.map import map_part, mapped
from brmcourse.session import Learner, Session, explain, find_session

if TYPE_CHECKING:
    from brmcourse.model.question import Quiz


class ShownFile:
    """One content file as it stands now: the activities it makes, and what is wrong with it.

    `sessions` are those activities by name; `version` changes whenever a file of the course was
    saved; `map` is HTML below the activities, `mishap` HTML in their place.
    """

    def __init__(self, root: Path, path: Path, learner: Learner) -> None:
        self.root, self.path = root, path
        self.name = str(path.relative_to(root))
        self.version = ""
        self.sessions: dict[str, Session] = {}
        self.problems: list[Problem] = []
        self.questions: tuple[str, ...] = ()
        self.map = ""
        self.mishap = ""
        self._rows = _shown_by(root, path)
        self._learner = learner
        self._saved: dict[Path, int] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read the files again if one of them was saved since."""
        saved = _saved(self.root / "data")
        if saved == self._saved:
            return
        self._saved, self.version = saved, token_hex(8)
        self.sessions, self.problems, self.questions = {}, [], ()
        self.map = self.mishap = ""
        try:
            self.problems = _problems(self.root, self.name)
            self._begin()
        except ContentError as error:
            self.problems = sorted({*self.problems, *error.problems})
        except Exception as error:  # noqa: BLE001 -- an author never sees a traceback, and goes on writing
            self.mishap = explain(error)

    def _begin(self) -> None:
        library = Library(self.root)
        name = self.path.stem
        found = {
            row.name: find_session(library, row.name, name, self._learner) for row in self._rows
        }
        asking = {key: session for key, session in found.items() if session.subjects}
        self.sessions = asking or found
        if self._rows[0].name == "quiz":
            quiz: Quiz = library.named("questions", name)
            self.questions = tuple(question.id for question in quiz.questions)
        if self._rows[0].name == "converse":
            self.map = map_part(mapped(library.named("conversations", name)))


def _shown_by(root: Path, path: Path) -> list[Row]:
    """Return the activities that a file makes; raise NotShownError if no learner sees any of it."""
    rows: list[Row] = []
    known = dict(Library(root).files())
    if path in known:
        place = path.relative_to(root / "data").parts[0]
        rows = rows_of(place)
    if not rows:
        raise NotShownError(
            f"{path} cannot be shown by itself. Choose a file in data/questions, data/scales, "
            "data/conversations, data/prompts, data/sheets, data/examples or data/drawings."
        )
    return rows


def _saved(folder: Path) -> dict[Path, int]:
    """Return when each file was saved; one that an editor is just replacing is left out."""
    times = {}
    for path in folder.rglob("*.y*ml"):
        with suppress(OSError):
            times[path] = path.stat().st_mtime_ns
    return times


def _problems(root: Path, name: str) -> list[Problem]:
    """Return what `brmcourse check` says about that one file."""
    whole, found = load(root)
    problems = list(found)
    parts = [part for part in whole.parts if part.source.path == name]
    for part in parts:
        for rule in RULES.values():
            if isinstance(part.content, rule.about):
                problems += rule.problems(part, whole)
    return sorted(problem for problem in problems if problem.path == name)
