"""How long the kernel takes from an answer to its feedback, with the answer safely on the disk before it returns."""

import sqlite3
from itertools import cycle, islice
from pathlib import Path

from bench import Row, clean_place, fill, machine, measured, milliseconds, show

from brmcourse.activities import quiz as quizzes
from brmcourse.activities.activity import Action
from brmcourse.activities.quiz import Exercise
from brmcourse.content.library import Library
from brmcourse.hosts.session import Session
from brmcourse.log.sqlite import Store
from brmcourse.paths import course_root

ANSWERS = 300
WARM_UP = 20
HISTORY = 5000
BUDGET = 5


def answers(path: Path) -> list[float]:
    """Return the milliseconds of each answer; raise SystemExit if one of them is not in the file afterwards."""
    library = Library(course_root())
    quiz = library.quiz("m1")
    session = Session(
        quizzes, Exercise(quiz, library.module(quiz.module)), Store(path), "benchmark"
    )
    session.open()
    before = _stored(path)
    actions = islice(cycle(_check(quiz.questions[0].id, pick) for pick in "ABC"), ANSWERS + WARM_UP)
    samples = [milliseconds(lambda action=action: session.act(action)) for action in actions]  # type: ignore[misc]
    if _stored(path) - before != len(samples):
        raise SystemExit("Not every answer is on the disk.")
    return samples[WARM_UP:]


def _check(question: str, pick: str) -> Action:
    return Action("check", form={"question": [question], "pick": [pick]})


def _stored(path: Path) -> int:
    db = sqlite3.connect(path)
    (count,) = db.execute("SELECT count(*) FROM events WHERE kind = 'quiz.answered'").fetchone()
    db.close()
    return int(count)


def bare_commits(path: Path) -> list[float]:
    """Return the milliseconds of a durable SQLite commit of a short row: what the disk itself asks for."""
    db = sqlite3.connect(path)
    db.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (body TEXT);"
    )

    def commit() -> None:
        with db:
            db.execute("INSERT INTO t VALUES (?)", ("x" * 200,))

    samples = [milliseconds(commit) for _ in range(ANSWERS + WARM_UP)][WARM_UP:]
    db.close()
    return samples


def main() -> list[Row]:
    """Measure and return the rows."""
    with clean_place() as (place, _):
        fill(place / "long.sqlite", HISTORY, only_here=True)
        new, old = answers(place / "new.sqlite"), answers(place / "long.sqlite")
        disk = bare_commits(place / "bare.sqlite")
    return [
        measured("answer to feedback with durable commit, empty log", new, "ms", BUDGET),
        measured(f"the same, {HISTORY:,} earlier answers in this quiz", old, "ms", BUDGET),
        measured("a bare durable SQLite commit on this disk", disk, "ms"),
    ]


if __name__ == "__main__":
    print(machine())
    show(f"Answer to feedback: {ANSWERS} answers for each line", main())
