"""How long from an answer to its feedback, with the answer on the disk before that returns."""

import sqlite3
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench import Row, clean_place, fill, machine, measured, milliseconds, show

from brmcourse.content.library import Library
from brmcourse.events import new_id
from brmcourse.log.sqlite import SqliteLog
from brmcourse.paths import course_root
from brmcourse.session import Learner, find_session

ANSWERS = 300
WARM_UP = 20
HISTORY = 5000
BUDGET = 3


def answers(path: Path) -> list[float]:
    """Return the milliseconds of each answer.

    Raises SystemExit if one of them is not in the file afterwards.
    """
    library = Library(course_root())
    question = library.named("questions", "m1").questions[0]
    log = SqliteLog(path)
    session = find_session(library, "quiz", "m1", Learner(log))
    session.open()
    before = _stored(path)
    samples = []
    for pick in islice(cycle("ABC"), ANSWERS + WARM_UP):
        message = _check(question.id, pick)
        samples.append(milliseconds(lambda message=message: session.answer(message)))  # type: ignore[misc]
    if _stored(path) - before != len(samples):
        raise SystemExit("Not every answer is on the disk.")
    log.close()
    return samples[WARM_UP:]


def _check(question: str, pick: str) -> dict[str, Any]:
    form = {"question": [question], "pick": [pick]}
    return {"n": new_id(), "action": "check", "form": form}


def _stored(path: Path) -> int:
    db = sqlite3.connect(path)
    (count,) = db.execute("SELECT count(*) FROM events WHERE kind = 'quiz.answered'").fetchone()
    db.close()
    return int(count)


def bare_commits(path: Path) -> list[float]:
    """Return the milliseconds of a durable SQLite commit of a short row: the disk's own share."""
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
