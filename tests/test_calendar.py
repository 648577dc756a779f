"""The calendar file: read by a second library, by itself and in a new version; it tells nobody."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject

from brmcourse import due
from brmcourse.cli import main
from brmcourse.content.library import Library
from brmcourse.due import Due
from brmcourse.events import Draft, PlanReported, PlanWrote
from brmcourse.log.memory import MemoryLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import choosing
from brmcourse.rendering.calendar import ADVICE, calendar
from tests.life import Life, entry
from tests.play import NOON

LATER = NOON + timedelta(1)
SECRET = ("Harbour", "zebra")
"""What no calendar may hold: the partner's code, and a word of each text."""

Captured = pytest.CaptureFixture[str]


def read(file: bytes) -> dict[str, Any]:
    """Return the entries of a file by their ids, read by another library."""
    found = vobject.readOne(file.decode("utf-8"), validate=True)
    entries = [one for one in found.getChildren() if one.name == "VEVENT"]
    by_id = {one.uid.value: one for one in entries}
    assert len(by_id) == len(entries)
    return by_id


def live(life: Life, library: Library) -> None:
    """Do a module, plan, promise, and mark a contact, with secret words in every text."""
    life.did(choosing(SECRET[0]))
    life.finish("m1")
    plan(life, library, 3)
    promises, contacts = (library.named("sheets", name) for name in ("promises", "contacts"))
    life.did(entry(promises, 1, {"what": "zebra", "who": "zebra", "by": day(4)}))
    life.did(entry(contacts, 1, {"when": day(5), "purpose": "zebra", "bring": "zebra"}))


def plan(life: Life, library: Library, days: int) -> None:
    """Write the plan of module 1 with a day."""
    [prompt] = library.named("prompts", "m1").plans
    body = PlanWrote("zebra", "zebra", "zebra", day(days))
    life.did(Draft(prompt.id, prompt.edition, body))


def day(days: int) -> str:
    return (NOON.date() + timedelta(days)).isoformat()


@pytest.fixture
def life(library: Library) -> Life:
    """Somebody who did a module, planned and promised."""
    someone = Life(MemoryLog(), library, NOON)
    live(someone, library)
    return someone


def test_each_thing_with_a_day_is_a_day_in_the_calendar(life: Life) -> None:
    """Plans, promises, contacts and looks back are whole days that block no time, with no bell."""
    found = due.coming(life.facts)
    entries = read(calendar(found, "l", NOON))
    days = sorted((one.dtstart.value, one.summary.value) for one in entries.values())
    assert days == sorted((one.since, f"Course: {one.title}") for one in found)
    assert [one.kind for one in found].count(due.LOOK_BACK) == 4
    assert {one.kind for one in found} == {due.PLAN, due.PROMISE, due.CONTACT, due.LOOK_BACK}
    for one in entries.values():
        assert type(one.dtstart.value) is date
        assert one.transp.value == "TRANSPARENT"
        assert "valarm" not in one.contents
        assert one.dtstamp.value == NOON


def test_a_calendar_tells_nobody(life: Life) -> None:
    """No name, no code of a partner, and no word of the learner's own is in the file."""
    file = calendar(due.coming(life.facts), "l", NOON).decode("utf-8")
    assert not [word for word in SECRET if word.casefold() in file.casefold()]
    for one in read(file.encode()).values():
        assert one.description.value == ADVICE
    words = "".join(one.words for one in due.coming(life.facts))
    assert "zebra" in words


def test_a_file_read_twice_adds_nothing_twice(life: Life, library: Library) -> None:
    """The same thing has the same id on another day, also where it got a new one; only the stamp,
    which says which file is newer, and that day differ. Somebody else's ids are others.
    """
    before = read(calendar(due.coming(life.facts), "l", NOON))
    assert read(calendar(due.coming(life.facts), "l", NOON)).keys() == before.keys()
    plan(life, library, 9)
    after = read(calendar(due.coming(life.facts), "l", LATER))
    assert after.keys() == before.keys()
    moved = {name for name, one in after.items() if one.dtstart != before[name].dtstart}
    assert len(moved) == 1
    assert {one.dtstamp.value for one in after.values()} == {LATER}
    other = read(calendar(due.coming(life.facts), "m", NOON))
    assert not other.keys() & before.keys()


def test_what_is_done_is_not_in_the_calendar(life: Life, library: Library) -> None:
    """A plan that was reported on, and a promise that was kept, have no day any more."""
    [prompt] = library.named("prompts", "m1").plans
    sheet = library.named("sheets", "promises")
    life.did(Draft(prompt.id, prompt.edition, PlanReported("done", "")))
    life.did(entry(sheet, 1, {"what": "zebra", "by": day(4), "state": "kept"}))
    kinds = {one.kind for one in due.coming(life.facts)}
    assert kinds == {due.CONTACT, due.LOOK_BACK}


@pytest.mark.parametrize("since", [date.min, date(2026, 3, 29), date(2028, 2, 29), date.max])
def test_odd_days_are_days(since: date) -> None:
    """The first and the last day there are, a day on which clocks change and a leap day are read
    as themselves.
    """
    file = calendar([Due("k", due.PLAN, "A; b, c\\d “é”", 1, since)], "l", NOON)
    [one] = read(file).values()
    assert one.dtstart.value == since
    assert one.summary.value == "Course: A; b, c\\d “é”"


def test_an_empty_calendar_is_a_calendar() -> None:
    """Where nothing has a day, the file is sound and holds none."""
    assert read(calendar([], "l", NOON)) == {}


def test_lines_are_as_calendars_want_them(life: Life) -> None:
    """Lines end with CR and LF, and none has more than 75 bytes."""
    file = calendar(due.coming(life.facts), "l", NOON)
    lines = file.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)


def test_the_command_writes_a_file(tmp_path: Path, capsys: Captured, library: Library) -> None:
    """`brmcourse calendar` writes what has a day, says how much, and writes it anew next time."""
    log = SqliteLog(tmp_path / "answers.sqlite")
    live(Life(log, library, datetime.now(UTC)), library)
    log.close()
    target = tmp_path / "course.ics"
    for _ in range(2):
        assert main(["calendar", str(target)]) == 0
        said = capsys.readouterr().out
        assert said == f"Wrote 7 entries into {target}. Open it with your calendar.\n"
        assert len(read(target.read_bytes())) == 7


def test_the_command_overwrites_nothing_else(
    tmp_path: Path, capsys: Captured, library: Library
) -> None:
    """A file that is no calendar stays as it is; a folder that is not there is said."""
    log = SqliteLog(tmp_path / "answers.sqlite")
    live(Life(log, library, datetime.now(UTC)), library)
    log.close()
    target = tmp_path / "letter.txt"
    target.write_text("Dear K.")
    assert main(["calendar", str(target)]) == 1
    assert "is no calendar file" in capsys.readouterr().err
    assert target.read_text() == "Dear K."
    assert main(["calendar", str(tmp_path / "gone" / "course.ics")]) == 1
    assert "cannot be read or written" in capsys.readouterr().err


@pytest.mark.parametrize("answers", [False, True])
def test_the_command_without_any_day(tmp_path: Path, capsys: Captured, *, answers: bool) -> None:
    """Where nothing has a day, nothing is written, neither a calendar nor a file for answers."""
    store = tmp_path / "answers.sqlite"
    if answers:
        log = SqliteLog(store)
        log.add([])
        log.close()
    there = store.exists()
    assert main(["calendar", str(tmp_path / "course.ics")]) == 0
    assert "no file was written" in capsys.readouterr().out
    assert not (tmp_path / "course.ics").exists()
    assert store.exists() == there
