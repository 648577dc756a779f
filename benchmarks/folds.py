"""What an event costs each activity, and the log, when there are few of them and when very many.

Folds and reading are the processor's work alone, so its own time is measured, the best of three
runs. The sizes of a fold take turns, and each takes as many events altogether, so that they bear
other work on the machine alike.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

from bench import Row, best, busy_seconds, clean_place, event, machine, show

from brmcourse.activities import (
    capstone,
    conversation,
    fading,
    plan,
    quiz,
    reflection,
    review,
    scale,
    sheet,
    values,
)
from brmcourse.activities.activity import recorded
from brmcourse.catalogue import ROWS
from brmcourse.content.library import Library
from brmcourse.due import coming
from brmcourse.events import (
    DUE,
    FIRST_PARTNER,
    ConversationChose,
    ConversationRewound,
    DuePutOff,
    Event,
    PlanReported,
    PlanWrote,
    QuizAnswered,
    QuizMoved,
    Record,
    ReflectionWrote,
    Response,
    ScaleFinished,
    ScaleRated,
    SheetWrote,
    Unknown,
    ValuesRanked,
    decode,
    new_id,
)
from brmcourse.hosts.dates import facts_of
from brmcourse.hosts.pages.home import view
from brmcourse.hosts.pages.shelf import Shelf
from brmcourse.log.file import COLUMNS
from brmcourse.log.memory import MemoryLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.model.question import Compose, Judgement, Match, Order, Question, Single
from brmcourse.paths import course_root
from brmcourse.progress import Place, Progress, course_progress, find_place
from brmcourse.reviews import Reviews
from brmcourse.session import Learner

SIZES = (1_000, 10_000, 100_000)
FEW, MANY = SIZES[0], SIZES[-1]
RUNS = 3

TOTAL = 500
"""Milliseconds that a fold over the most events may take."""

A_DAY = 9
"""Questions a day for somebody who reviews every day for ten years; each takes three events."""

GROWTH = 2
"""How many times as much an event may cost among the most as among the fewest."""


class Case(NamedTuple):
    """An activity with its content, and events of a learner who does the same again and again."""

    name: str
    activity: Any
    content: Any
    events: Sequence[Event]


def cases(library: Library) -> Iterator[Case]:
    """Yield each kind of activity."""
    exercise = quiz.find(library, "m1")
    questions = exercise.quiz.questions
    yield Case("quiz, one question", quiz, exercise, answers(exercise.quiz.id, questions[:1]))
    yield Case("quiz, all questions", quiz, exercise, answers(exercise.quiz.id, questions))

    stage = conversation.find(library, "s1")
    yield Case("conversation, played again and again", conversation, stage, moves(stage))

    questionnaire = scale.find(library, "EMP")
    yield Case("scale, rated and finished", scale, questionnaire, ratings(questionnaire))

    promises = sheet.find(library, "promises")
    written = [
        event(promises.id, promises.edition, SheetWrote(1, {"what": str(number)}), FIRST_PARTNER)
        for number in range(20)
    ]
    yield Case("sheet, one entry", sheet, promises, written)

    prompted = reflection.find(library, "m6")
    prompt = prompted.prompts[0]
    thoughts = ReflectionWrote("A thought.")
    noted = [event(prompt.id, prompt.edition, thoughts, FIRST_PARTNER)]
    yield Case("reflection", reflection, prompted, noted)

    planned = plan.find(library, "m1")
    prompt = planned.prompts[0]
    intention = PlanWrote("If she asks", "I listen", "on Monday", "2026-11-24")
    bodies = (intention, PlanReported("not-yet", "It rained."))
    life = [event(prompt.id, prompt.edition, body, FIRST_PARTNER) for body in bodies]
    yield Case("plan, written and reported on", plan, planned, life)

    exercise_of_values = values.find(library, "")
    ranked = ValuesRanked([card.id for card in exercise_of_values.cards])
    order = event(exercise_of_values.id, exercise_of_values.edition, ranked, FIRST_PARTNER)
    yield Case("values", values, exercise_of_values, [order])

    yield Case("capstone, over the sheet's events", capstone, capstone.find(library, ""), written)


def daily(library: Library) -> Case:
    """Return the review of somebody who answers nine questions each day, and each once more."""
    matter = review.find(library, "")
    items = cycle(matter.questions.values())
    began = datetime(2016, 1, 1, 18, tzinfo=UTC)
    found: list[Event] = []
    for day in range(MANY // (3 * A_DAY) + 1):
        for item in islice(items, A_DAY):
            if item.question is None or item.quiz is None:
                continue
            right = QuizAnswered(item.quiz.id, right_answer(item.question))
            turned = event(item.quiz.id, 1, QuizMoved(item.key))
            answered = event(item.key, item.edition, right)
            time = began + timedelta(days=day)
            found += [one._replace(time=time) for one in (turned, answered, answered)]
    return Case("review, each day for ten years", review, matter, found)


def progress_rows(library: Library, patterns: Sequence[Event]) -> Iterator[Row]:
    """Measure progress over all places of the course, with a learner who did something of all."""
    places = list(all_places(library))
    progress = Progress(places)

    def told() -> None:
        for place in places:
            progress.done(place, FIRST_PARTNER)
        progress.notes(FIRST_PARTNER)

    events = many(patterns, MANY)
    folding = busy_seconds(lambda: Progress(places).fold(events))
    yield best(f"progress, of {len(places)} places: {MANY:,} events", folding * 1000, "ms", TOTAL)
    progress.fold(events)
    yield best("progress: what is done, and what was written", busy_seconds(told) * 1000, "ms")


def due_rows(library: Library, patterns: Sequence[Event]) -> Iterator[Row]:
    """Measure what Home says after a life of events: what is new is folded, then all is asked."""
    shelf = Shelf(library, library.root / "notebooks")
    log = MemoryLog()
    log.add(pattern._replace(id=new_id()) for pattern in islice(cycle(patterns), MANY))
    learner = Learner(log)
    facts = facts_of(shelf, learner)
    waiting = len(coming(facts))
    if not waiting:
        raise SystemExit("Nothing waits in the events of Home.")

    content = fading.find(library, "")

    def told() -> None:
        progress = course_progress(facts.modules, facts.progress, facts.partners.current)
        view(shelf.course, progress, facts_of(shelf, learner))

    def opened() -> None:
        Progress(facts.progress.places, (), [Reviews(content)]).catch_up(log)
        told()

    yield best(
        f"Home, {MANY:,} events, {waiting} waiting: opened",
        busy_seconds(opened) * 1000,
        "ms",
        TOTAL,
    )
    yield best(f"Home, {MANY:,} events: opened again", busy_seconds(told) * 1000, "ms")


def living(library: Library) -> Iterator[Event]:
    """Yield plans with days, reports on them, promises and what was put off."""
    prompt = plan.find(library, "m1").prompts[0]
    sheets = [sheet.find(library, name) for name in ("promises", "contacts")]
    for number in range(20):
        day = f"2026-11-{number + 1:02}"
        wrote = PlanWrote("If she asks", "I listen", "on Monday", day)
        yield event(prompt.id, prompt.edition, wrote, FIRST_PARTNER)
        yield event(prompt.id, prompt.edition, PlanReported("not-yet", "It rained."), FIRST_PARTNER)
        for one in sheets:
            texts = {one.due.date: day} if one.due else {}
            yield event(one.id, one.edition, SheetWrote(1, texts), FIRST_PARTNER)
        yield event(DUE, 1, DuePutOff(f"promises:{number}:1", 7), FIRST_PARTNER)


def all_places(library: Library) -> Iterator[Place]:
    """Yield every activity that the course has content for, but the review: no module has it."""
    for row in ROWS:
        if row.name == "review":
            continue
        for name in [""] if row.single else library.names(row.place):
            yield find_place(library, row.name, name)


def answers(name: str, questions: Sequence[Question]) -> list[Event]:
    """Return a right answer to each question."""
    found = []
    for question in questions:
        body = QuizAnswered(name, right_answer(question))
        found.append(event(question.id, question.edition, body))
    return found


def right_answer(question: Question) -> Response:
    """Return the response that earns all of the point."""
    match question:
        case Single():
            (key,) = [option.id for option in question.options if option.credit == 1]
            return key
        case Judgement():
            return {option.id: option.key for option in question.options}
        case Match():
            return {option.id: option.match for option in question.options}
        case Order():
            return [option.id for option in question.options]
        case Compose():
            levels = {criterion.id: 2 for criterion in question.rubric}
            return {"text": "A line.", "ratings": levels}
    return [option.id for option in question.options if option.credit == 1]


def moves(stage: conversation.Stage) -> list[Event]:
    """Return moves to an ending, always the first one offered, and the way back to the start."""
    played = stage.conversation
    record = conversation.blank(stage)
    found = []
    while offered := stage.board.offered(record.spot):
        body = ConversationChose(len(record.turns), record.spot[0], offered[0])
        move = event(played.id, played.edition, body)
        found.append(move)
        record = conversation.fold(record, move)
    found.append(event(played.id, played.edition, ConversationRewound(0)))
    return found


def ratings(questionnaire: scale.Questionnaire) -> list[Event]:
    """Return a rating of each line, and the asking for the result."""
    asked = questionnaire.scale
    given = {line: offered[0] for line, offered in questionnaire.offered.items()}
    found = []
    for line, rating in given.items():
        body = ScaleRated({line: rating})
        found.append(event(asked.id, asked.edition, body, FIRST_PARTNER))
    found.append(event(asked.id, asked.edition, ScaleFinished(dict(given)), FIRST_PARTNER))
    return found


def fold_rows(case: Case) -> Iterator[Row]:
    """Measure one kind of activity."""
    _require_effect(case)
    each = dict.fromkeys(SIZES, float("inf"))
    for size in SIZES * RUNS:
        fold = partial(recorded, case.activity, case.content, many(case.events, size))
        each[size] = min(each[size], microseconds(size, fold))
    for size in SIZES:
        yield best(f"{case.name}: an event among {size:,}", each[size], "us")
    total = each[MANY] * MANY / 1000
    yield best(f"{case.name}: {MANY:,} events", total, "ms", TOTAL)
    yield best(f"{case.name}: the last to the first", each[MANY] / each[FEW], "times", GROWTH)


def _require_effect(case: Case) -> None:
    if recorded(case.activity, case.content, case.events) == case.activity.blank(case.content):
        raise SystemExit(f"The events of {case.name} change nothing.")


def many(patterns: Sequence[Event], number: int) -> list[Event]:
    """Return so many events like these, each an object of its own, as those read from a file."""
    return [Event(*pattern) for pattern in islice(cycle(patterns), number)]


def microseconds(size: int, action: Callable[[], object]) -> float:
    """Return what one of so many events costs; what is done with few is done more often."""
    times = MANY // size

    def repeated() -> None:
        for _time in range(times):
            action()

    return busy_seconds(repeated, times=1) / MANY * 1_000_000


def reading_rows(path: Path, patterns: Sequence[Event], size: int) -> Iterator[Row]:
    """Measure opening a log of so many events and reading them, and the parts of reading."""
    fill_with(path, patterns, size)
    opened = busy_seconds(partial(opened_and_closed, path))
    yield best(f"opening a file of {size:,} events", opened * 1000, "ms")
    log = SqliteLog(path)
    subjects = {pattern.subject for pattern in patterns}
    whole = busy_seconds(partial(log.read, subjects=subjects))
    log.close()
    rows = busy_seconds(partial(rows_of, path))
    decoding = busy_seconds(partial(decoded, rows_of(path)))
    yield best(f"reading {size:,} events", whole * 1000, "ms")
    for part, seconds in {"an event": whole, "its row": rows, "its decoding": decoding}.items():
        yield best(f"reading {size:,}: {part}", seconds / size * 1_000_000, "us")


def opened_and_closed(path: Path) -> None:
    """Open a log and let go of it."""
    SqliteLog(path).close()


def decoded(records: Sequence[Record]) -> list[Event | Unknown]:
    """Decode all records."""
    return [decode(record) for record in records]


def fill_with(path: Path, patterns: Sequence[Event], number: int) -> None:
    """Write a log of so many events like these."""
    log = SqliteLog(path)
    log.add(pattern._replace(id=new_id()) for pattern in islice(cycle(patterns), number))
    log.close()


def rows_of(path: Path) -> list[Record]:
    """Return all records of a file."""
    db = sqlite3.connect(path)
    found = db.execute(f"SELECT {COLUMNS} FROM events ORDER BY seq").fetchall()  # noqa: S608
    db.close()
    return [Record(*row) for row in found]


def main() -> list[Row]:
    """Measure and return the rows."""
    library = Library(course_root())
    rows: list[Row] = []
    for case in cases(library):
        rows += fold_rows(case)
    rows += fold_rows(daily(library))
    *own, _ = cases(library)  # the last one's events are the sheet's
    lived = [event for case in own for event in case.events]
    rows += progress_rows(library, lived)
    rows += due_rows(library, [*lived, *living(library)])
    exercise = quiz.find(library, "m1")
    patterns = answers(exercise.quiz.id, exercise.quiz.questions)
    with clean_place() as (place, _):
        for size in SIZES:
            rows += reading_rows(place / f"{size}.sqlite", patterns, size)
    return rows


if __name__ == "__main__":
    print(machine())
    show("Folds and reading: processor time, the best of three runs", main())
