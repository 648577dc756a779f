"""One content file as it stands now: read again whenever it was saved, and never in the way of its author."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from brmcourse.checks.course import load
from brmcourse.checks.rule import RULES
from brmcourse.content.library import Library
from brmcourse.errors import ContentError, CourseError, Problem
from brmcourse.hosts.session import Session, explain, learner_seed
from brmcourse.hosts.sessions import find_activity
from brmcourse.log.sqlite import Store
from brmcourse.model.base import Content
from brmcourse.model.capstone import Capstone
from brmcourse.model.conversation import Conversation
from brmcourse.model.prompts import Prompts
from brmcourse.model.question import Quiz
from brmcourse.model.scale import Baseline, Scale
from brmcourse.model.sheet import Sheet
from brmcourse.model.values import Values

SHOWN: Mapping[type[Content], tuple[str, ...]] = {
    Quiz: ("quiz",),
    Scale: ("scale",),
    Baseline: ("scale",),
    Conversation: ("converse",),
    Prompts: ("reflect", "plan"),
    Sheet: ("sheet",),
    Values: ("values",),
    Capstone: ("capstone",),
}
"""What a file can be shown as: the public names whose activities it makes."""


class NotShownError(CourseError):
    """A file that no learner ever sees as a page."""


class ShownFile:
    """One content file as it stands now: the activities it makes, and what is wrong with it.

    `version` changes whenever a file of the course was saved; `mishap` is HTML in the place of
    activities.
    """

    def __init__(self, root: Path, path: Path, store: Store) -> None:
        self.root, self.path = root, path
        self.name = str(path.relative_to(root))
        self.version = ""
        self.sessions: list[Session] = []
        self.problems: list[Problem] = []
        self.questions: tuple[str, ...] = ()
        self.mishap = ""
        self._model = _shown_as(root, path)
        self._store = store
        self._saved: dict[Path, int] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read the files again if one of them was saved since."""
        saved = _saved(self.root / "data")
        if saved == self._saved:
            return
        self._saved, self.version = saved, token_hex(8)
        self.sessions, self.problems, self.questions, self.mishap = [], [], (), ""
        try:
            self.problems = _problems(self.root, self.name)
            self._begin()
        except ContentError as error:
            self.problems = sorted({*self.problems, *error.problems})
        except Exception as error:  # noqa: BLE001 -- an author never sees a traceback, and goes on writing
            self.mishap = explain(error)

    def _begin(self) -> None:
        library = Library(self.root)
        content = library.load(self.path, self._model)[0]
        seed = learner_seed(self._store)
        found = [find_activity(library, name, self.path.stem) for name in SHOWN[self._model]]
        self.sessions = [
            Session(activity, about, self._store, seed)
            for activity, about in found
            if activity.subjects(about)
        ]
        if isinstance(content, Quiz):
            self.questions = tuple(question.id for question in content.questions)


def _shown_as(root: Path, path: Path) -> type[Content]:
    """Return what the file holds; raise NotShownError if that is nothing a learner sees as it is."""
    model = dict(Library(root).files()).get(path)
    if model is None or model not in SHOWN:
        raise NotShownError(
            f"{path} cannot be shown by itself. Choose a file in data/questions, data/scales, "
            "data/conversations, data/prompts or data/sheets."
        )
    return model


def _saved(folder: Path) -> dict[Path, int]:
    """Return when each file was saved; one that an editor is just replacing is left out."""
    times = {}
    for path in folder.rglob("*.y*ml"):
        with suppress(OSError):
            times[path] = path.stat().st_mtime_ns
    return times


def _problems(root: Path, name: str) -> list[Problem]:
    """Return what `brmcourse check` says about that one file."""
    whole, problems = load(root)
    for part in whole.parts:
        if part.source.path == name:
            rules = [rule for rule in RULES.values() if isinstance(part.content, rule.about)]
            problems += [problem for rule in rules for problem in rule.problems(part, whole)]
    return sorted(problem for problem in problems if problem.path == name)
