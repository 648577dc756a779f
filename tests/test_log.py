"""The log: what every one of them promises, wherever it keeps its events."""

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from brmcourse.errors import ExportError
from brmcourse.events import (
    SELF,
    Event,
    QuizAnswered,
    QuizMoved,
    Record,
    ReflectionWrote,
    encode,
    new_id,
)
from brmcourse.log.file import INSERT
from brmcourse.log.log import START, Cursor, Log
from brmcourse.log.memory import MemoryLog
from brmcourse.log.sealed import SealedLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.problems import problem_log

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ODD = 'Ünïcödé 😀 <b>&amp;</b>\n\r\t"quotes" \u202e \x00 \u2028 and \' -- \\ {{ x }}'


class Home(NamedTuple):
    """A kind of log: how one is made, how another page opens the same, how records get there."""

    name: str
    open: Callable[[Path], Log]
    again: Callable[[Log, Path], Log]
    put: Callable[[Log, Path, Iterable[Record]], Log]


def put_rows(log: Log, path: Path, records: Iterable[Record]) -> Log:
    log.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.executemany(INSERT, records)
    return log


def put_in_memory(log: Log, path: Path, records: Iterable[Record]) -> Log:
    assert isinstance(log, MemoryLog)
    return MemoryLog([*log.records(), *records])


def sealed(_: Path) -> SealedLog:
    log = SealedLog(MemoryLog())
    log.protect("correct horse")
    return log


def put_sealed(log: Log, path: Path, records: Iterable[Record]) -> Log:
    assert isinstance(log, SealedLog)
    assert isinstance(log._log, MemoryLog)
    other = SealedLog(MemoryLog([*log._log.records(), *records]))
    other.open("correct horse")
    return other


HOMES = [
    Home("file", SqliteLog, lambda _, path: SqliteLog(path), put_rows),
    Home("memory", lambda _: MemoryLog(), lambda log, _: log, put_in_memory),
    Home("sealed", sealed, lambda log, _: log, put_sealed),
]


class At(NamedTuple):
    """A log of one kind, with its home."""

    log: Log
    home: Home
    path: Path
    opened: list[Log]

    def another(self) -> Log:
        self.opened.append(self.home.again(self.log, self.path))
        return self.opened[-1]

    def with_records(self, *records: Record) -> Log:
        self.opened.append(self.home.put(self.log, self.path, records))
        return self.opened[-1]


@pytest.fixture(params=HOMES, ids=lambda home: home.name)
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[At]:
    path = tmp_path / "answers.sqlite"
    at = At(request.param.open(path), request.param, path, [])
    yield at
    for log in (at.log, *at.opened):
        log.close()


@pytest.fixture
def problems() -> Iterator[list[str]]:
    """The lines that go to the problem log."""
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    listener = Listener()
    problem_log().addHandler(listener)
    yield lines
    problem_log().removeHandler(listener)


def wrote(text: str = "x", subject: str = "m1-r1", partner: str = "1", **changed: Any) -> Event:
    body = ReflectionWrote(text)
    return Event(new_id(), NOON, subject, 1, "learner-1", SELF, partner, body)._replace(**changed)


def texts(events: Sequence[Event]) -> list[str]:
    return [event.body.text for event in events if isinstance(event.body, ReflectionWrote)]


def all_of(log: Log) -> list[str]:
    return texts(log.read()[1])


def test_events_come_back_in_order_and_exactly(at: At) -> None:
    """Events come back in the order they were added, with every character and every field."""
    later = NOON + timedelta(days=1, microseconds=7)
    events = [
        wrote("second", id="b", time=later),
        wrote(ODD, id="a", author="Harbour", edition=0, learner="learner-2", partner=""),
        wrote("", id="c"),
        wrote("answer")._replace(body=QuizAnswered("m1", {"text": ODD, "ratings": {"a": 0}})),
    ]
    at.log.add(events[:1])
    at.log.add(events[1:])
    assert at.log.read()[1] == events
    assert at.another().read()[1] == events
    assert at.log.trouble is None
    assert at.log.notice is None


def test_an_id_is_kept_once(at: At) -> None:
    """An event whose id is there already stays as it was, also within one call."""
    first = wrote("first")
    at.log.add([first, first, first._replace(body=ReflectionWrote("again"))])
    at.log.add([first._replace(body=ReflectionWrote("later")), wrote("other")])
    at.another().add([first._replace(subject="elsewhere")])
    assert all_of(at.log) == ["first", "other"]


@pytest.mark.parametrize(
    "change",
    [
        {"time": datetime(2026, 11, 24)},  # noqa: DTZ001 -- what it must not be
        {"edition": None},
        {"edition": 2**70},
        {"partner": None},
        {"subject": 7},
        {"id": None},
        {"body": ReflectionWrote(7)},  # type: ignore[arg-type]
        {"body": ReflectionWrote(b"x")},  # type: ignore[arg-type]
        {"body": ReflectionWrote("x" * 5_000_000)},
        {"body": QuizAnswered("m1", {"pick": {1, 2}})},
    ],
    ids=lambda change: f"{next(iter(change))}",
)
def test_all_or_none_are_added(at: At, change: dict[str, Any]) -> None:
    """If one of several events could never be read again, none is added, and none waits."""
    with pytest.raises((TypeError, ValueError, AttributeError)):
        at.log.add([wrote("before"), wrote("bad")._replace(**change), wrote("behind")])
    assert all_of(at.log) == []
    at.log.add([wrote("later")])
    assert all_of(at.another()) == ["later"]
    assert at.log.trouble is None


def test_half_pairs_are_given_back_as_kept(at: At) -> None:
    """A text with half of a letter pair is kept with U+FFFD in its place, and blocks nothing."""
    at.log.add([wrote("a\ud800b", subject="q\udfff")])
    at.log.add([wrote("later")])
    for log in (at.log, at.another()):
        assert all_of(log) == ["a\ufffdb", "later"]
        assert texts(log.read(subjects=["q\ufffd"])[1]) == ["a\ufffdb"]


def test_what_was_added_does_not_change_with_its_maker(at: At) -> None:
    """An event that is kept does not change when whoever added it goes on with its texts."""
    response = {"text": "as it was"}
    at.log.add([wrote()._replace(body=QuizAnswered("m1", response))])
    response["text"] = "changed"
    assert at.log.read()[1][0].body == QuizAnswered("m1", {"text": "as it was"})


def test_a_cursor_gives_each_event_once(at: At) -> None:
    """Reading on from a cursor gives what is new, and nothing twice."""
    cursor, seen = at.log.read()
    assert list(seen) == []
    given = []
    for number in range(5):
        at.log.add([wrote(f"{number}a"), wrote(f"{number}b")])
        cursor, new = at.log.read(cursor)
        given += texts(new)
        assert at.log.read(cursor) == (cursor, [])
    assert given == [f"{number}{letter}" for number in range(5) for letter in "ab"]


FILTERS = {
    "none": {},
    "subject": {"subjects": ["m1-r1"]},
    "subjects": {"subjects": ["m1-r1", "m1-r2", "nowhere"]},
    "no-subject": {"subjects": []},
    "kind": {"kinds": ["quiz.moved"]},
    "kinds": {"kinds": {"quiz.moved", "reflection.wrote"}},
    "no-kind": {"kinds": ()},
    "partner": {"partner": "2"},
    "no-partner": {"partner": ""},
    "all": {"subjects": ["m1-r2"], "kinds": ["reflection.wrote"], "partner": "1"},
}


@pytest.mark.parametrize("chosen", FILTERS.values(), ids=FILTERS)
def test_filters_narrow_and_still_give_each_event_once(at: At, chosen: dict[str, Any]) -> None:
    """Subjects, kinds and a partner narrow what is read; a cursor still gives all of it once."""

    def fits(event: Event) -> bool:
        return (
            ("subjects" not in chosen or event.subject in chosen["subjects"])
            and ("kinds" not in chosen or event.kind in chosen["kinds"])
            and ("partner" not in chosen or event.partner == chosen["partner"])
        )

    cursor, given, expected = START, [], []
    for round_ in range(4):
        for subject in ("m1-r1", "m1-r2", "m1-r3"):
            for partner in ("", "1", "2"):
                event = wrote(f"{round_}", subject, partner)
                moved = event._replace(id=new_id(), body=QuizMoved("q"))
                at.log.add([event, moved])
                expected += [one for one in (event, moved) if fits(one)]
        cursor, new = at.log.read(cursor, **chosen)
        given += new
        assert at.log.read(cursor, **chosen)[1] == []
    assert given == expected
    assert at.log.read(**chosen)[1] == expected


def test_what_another_page_writes_appears(at: At) -> None:
    """Two pages on one log see each other's events, each once."""
    here, there = at.log, at.another()
    at_here, at_there = START, START
    seen_here, seen_there = [], []
    for number in range(6):
        (here if number % 2 else there).add([wrote(str(number))])
        at_here, new = here.read(at_here)
        seen_here += texts(new)
        if number % 3 == 0:
            at_there, new = there.read(at_there)
            seen_there += texts(new)
    seen_there += texts(there.read(at_there)[1])
    assert seen_here == seen_there == list("012345")


def test_several_threads_write_at_once(at: At) -> None:
    """Several threads on one log lose nothing, and each one's events keep their order."""

    def write(name: int) -> None:
        for number in range(20):
            at.log.add([wrote(f"{name}-{number:02}")])

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = all_of(at.another())
    assert sorted(found) == [f"{name}-{number:02}" for name in range(4) for number in range(20)]
    for name in range(4):
        own = [text for text in found if text.startswith(f"{name}-")]
        assert own == sorted(own)


def test_forgetting_deletes_and_all_else_is_given_anew(at: At) -> None:
    """What is forgotten is gone; the cursor's epoch changes, and all else is given once more."""
    events = [wrote(str(number)) for number in range(4)]
    at.log.add(events)
    cursor, _ = at.log.read()
    other = at.another()
    other_cursor, _ = other.read()
    at.log.forget([events[1].id, events[3].id, "nowhere"])
    for log, old in ((at.log, cursor), (other, other_cursor)):
        new, found = log.read(old)
        assert texts(found) == ["0", "2"]
        assert new.epoch != old.epoch
        assert log.read(new)[1] == []
    at.log.add([wrote("after")])
    assert texts(at.log.read(new)[1]) == ["after"]
    at.log.forget([events[0].id])
    again, found = at.log.read(new)
    assert texts(found) == ["2", "after"]
    assert again.epoch not in (new.epoch, cursor.epoch)
    assert all_of(at.another()) == ["2", "after"]


def test_another_logs_cursor_gives_all(at: At) -> None:
    """A cursor of another log is none of this one: everything is given."""
    at.log.add([wrote("one")])
    foreign = Cursor("another", 1_000_000)
    assert texts(at.log.read(foreign)[1]) == ["one"]


BAD = {
    "unknown-kind": {"kind": "quiz.pondered"},
    "missing-key": {"body": "{}"},
    "wrong-type": {"body": '{"text":7}'},
    "broken-json": {"body": '{"text":"pri'},
    "empty-body": {"body": ""},
    "huge-body": {"body": json.dumps({"text": "x" * 5_000_000})},
    "bytes": {"body": b"\xff\xfe"},
    "no-time": {"time": "yesterday"},
    "edition": {"edition": "first"},
}


def bad_records() -> list[Record]:
    made = []
    for name, change in BAD.items():
        made.append(encode(wrote("private", id=name))._replace(**change))
    return made


def test_a_bad_record_hides_no_other(at: At, problems: list[str]) -> None:
    """Records that are no events are kept, skipped and counted; every other event is read.

    Each is named once in the problem log, without what the learner wrote.
    """
    records = []
    for number, bad in enumerate(bad_records()):
        records += [encode(wrote(str(number))), bad]
    log = at.with_records(*records)
    cursor, found = log.read()
    expected = [str(number) for number in range(len(BAD))]
    assert texts(found) == expected
    assert set(log.unreadable) == set(BAD)
    assert all(log.unreadable.values())
    log.add([wrote("after")])
    assert texts(log.read(cursor)[1]) == ["after"]
    assert all_of(log) == [*expected, "after"]
    assert texts(log.read(subjects=["m1-r1"], partner="1")[1]) == [*expected, "after"]
    assert log.trouble is None
    assert log.notice is None
    for name in BAD:
        assert sum(f"'{name}'" in line for line in problems) == 1, name
    assert len(problems) == len(BAD)
    assert "private" not in "".join(problems)
    assert max(map(len, problems)) < 500


def test_a_bad_record_can_be_forgotten(at: At) -> None:
    """A record that is no event can be forgotten like any other, and counts no longer."""
    log = at.with_records(encode(wrote("good")), *bad_records())
    log.read()
    log.forget(["huge-body"])
    assert all_of(log) == ["good"]
    assert set(log.unreadable) == set(BAD) - {"huge-body"}


def test_a_record_without_an_id_hides_no_other(at: At) -> None:
    """Even a record whose id is no text is only skipped."""
    log = at.with_records(encode(wrote("good")), encode(wrote("bad"))._replace(id=b"\xff"))
    assert all_of(log) == ["good"]
    assert len(log.unreadable) == 1


def test_trying_again_and_closing_harm_nothing(at: At) -> None:
    """Saving again and closing, however often, change nothing; a closed log opens when used."""
    at.log.retry()
    at.log.add([wrote("one")])
    cursor, _ = at.log.read()
    for _ in range(2):
        at.log.retry()
        at.log.close()
    assert at.log.read(cursor)[1] == []
    at.log.close()
    at.log.add([wrote("two")])
    assert texts(at.log.read(cursor)[1]) == ["two"]
    at.log.close()
    assert all_of(at.log) == ["one", "two"]
    assert at.log.trouble is None
    assert at.log.notice is None
    at.log.close()
    at.log.forget([])
    assert all_of(at.another()) == ["one", "two"]


def test_nothing_at_all_is_no_trouble(at: At) -> None:
    """Adding nothing and forgetting nothing are fine."""
    at.log.add([])
    at.log.forget([])
    assert at.log.read()[1] == []
    assert at.log.trouble is None
    assert dict(at.log.unreadable) == {}


def test_records_are_all_that_is_kept(at: At) -> None:
    """The records are all that is kept, as it is kept and in order, readable or not."""
    good = [encode(wrote(str(number))) for number in range(3)]
    bad = [*bad_records(), encode(wrote("of a later version"))._replace(kind="journal.sealed")]
    log = at.with_records(good[0], *bad, *good[1:])
    assert log.records() == [good[0], *bad, *good[1:]]
    log.add([wrote("after")])
    assert len(log.records()) == len(good) + len(bad) + 1


def test_records_that_come_behind_are_only_added(at: At) -> None:
    """Records put behind all others are new events to a reader, who need not begin anew."""
    at.log.add([wrote("one")])
    cursor, _ = at.log.read()
    new = [*bad_records(), encode(wrote("two"))]
    at.log.rewrite(lambda records: [*records, *new])
    after, found = at.log.read(cursor)
    assert (texts(found), after.epoch) == (["two"], cursor.epoch)
    assert set(at.log.unreadable) == set(BAD)


def test_what_is_rewritten_is_read_anew(at: At) -> None:
    """Records in another order, or others, are given once more to every reader; each id once."""
    at.log.add([wrote("one"), wrote("two")])
    other = at.another()
    cursors = [log.read()[0] for log in (at.log, other)]
    at.log.rewrite(lambda records: [*reversed(records), *records, encode(wrote("three"))])
    for log, cursor in zip((at.log, other), cursors, strict=True):
        after, found = log.read(cursor)
        assert texts(found) == ["two", "one", "three"]
        assert after.epoch != cursor.epoch
    at.log.rewrite(lambda _: [])
    assert all_of(at.another()) == []


def test_a_change_that_fails_changes_nothing(at: At) -> None:
    """If what is to be put in the place of the records cannot be made, all stays as it was."""
    at.log.add([wrote("one")])
    cursor, _ = at.log.read()

    def fail(records: Sequence[Record]) -> Sequence[Record]:
        raise ExportError(str(len(records)))

    with pytest.raises(ExportError, match="1"):
        at.log.rewrite(fail)
    assert at.log.read(cursor) == (cursor, [])
    at.log.add([wrote("two")])
    assert all_of(at.another()) == ["one", "two"]
    assert at.log.trouble is None
