"""Logs of the version before: opened once, they are in today's form, with every event."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from brmcourse.content.library import Library
from brmcourse.events import (
    FIRST_PARTNER,
    KINDS,
    PARTNERS,
    SELF,
    ActivityReset,
    ConversationSaid,
    ConversationSayFirst,
    DueDone,
    DuePutOff,
    Event,
    ExampleAnswered,
    ExampleShown,
    ExampleWrote,
    JournalWrote,
    LearnerBegan,
    MirrorAnswered,
    MirrorInvited,
    PartnerChosen,
    PlanReported,
    ProposalMade,
    ProposalWrote,
    QuizAnswered,
    QuizCertainty,
    Record,
    RehearsalBegan,
    RehearsalEnded,
    RehearsalLooked,
    RehearsalPrepared,
    RehearsalSaid,
    ReviewAnswered,
    ReviewPutOff,
    ReviewRetired,
    ReviewReturned,
    ReviewSkipped,
    ScaleThoughtBack,
    StepPassed,
    WritingLocked,
    decode,
    encode,
    is_id,
)
from brmcourse.log.file import APPLICATION, VERSION
from brmcourse.log.migration import OldRecord, learner_of, modern
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import Partners, partners
from brmcourse.session import Learner, find_session
from tests.test_events import unsaid

BEFORE = Path(__file__).parent / "logs" / "2026-11-22.sqlite"
ABOUT_PARTNER = ("scale", "sheet", "reflection", "plan", "values")
COMPUTED = {"points", "max_points", "try", "skill"}


def old_rows(path: Path = BEFORE) -> list[OldRecord]:
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as db:
        rows = db.execute(f"SELECT {', '.join(OldRecord._fields)} FROM events ORDER BY seq")  # noqa: S608
        return [OldRecord(*row) for row in rows]


def change(path: Path, query: str, *values: Any) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        assert db.execute(query, values).rowcount == 1


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of a log with every kind of event that the version before could write."""
    return shutil.copy(BEFORE, tmp_path / "answers.sqlite")


def events(path: Path, unreadable: int = 0) -> list[Event]:
    log = SqliteLog(path)
    found = list(log.read()[1])
    assert log.trouble is None
    assert log.notice is None
    assert len(log.unreadable) == unreadable
    log.close()
    return found


def test_the_old_log_has_every_old_kind() -> None:
    """The log that is kept for these tests has every kind of event but those that are new."""
    kinds = {name for name, body in KINDS.items() if body.__module__ == LearnerBegan.__module__}
    assert {row.kind for row in old_rows()} == kinds - NEW


def test_every_event_is_read(copy: Path) -> None:
    """All 76 events are there, in order, as they were but for what is computed; one is new."""
    old, new = old_rows(), events(copy)
    assert len(old) == 76
    assert len(new) == 77
    same = [event for event in new if not isinstance(event.body, PartnerChosen)]
    for row, event in zip(old, same, strict=True):
        assert (event.id, event.time.isoformat()) == (row.id, row.time)
        assert (event.kind, event.subject, event.author) == (row.kind, row.subject, SELF)
        body = json.loads(row.body)
        assert asdict(event.body) == unsaid(event.body) | {
            k: v for k, v in body.items() if k not in COMPUTED
        }


def test_old_answers_were_not_asked_how_sure(copy: Path) -> None:
    """An answer of before there was certainty says nothing of it, and is written as it was."""
    answers = [event for event in events(copy) if isinstance(event.body, QuizAnswered)]
    assert answers
    assert {event.body.certainty for event in answers} == {None}
    assert not any("certainty" in encode(event).body for event in answers)


def test_nothing_computed_is_left(copy: Path) -> None:
    """Points, tries and skills are in no stored body any more, and the old table is gone."""
    events(copy)
    with closing(sqlite3.connect(copy)) as db:
        bodies = [json.loads(body) for (body,) in db.execute("SELECT body FROM events")]
        names = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
        asked = ("user_version", "application_id", "journal_mode", "integrity_check")
        found = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]
    assert not any(COMPUTED & set(body) for body in bodies)
    assert found == [VERSION, APPLICATION, "wal", "ok"]
    assert names == {"events", "sqlite_autoindex_events_1", "events_by_subject", "epoch"}


def test_the_partner_is_chosen_where_it_was_named(copy: Path) -> None:
    """Naming a partner becomes choosing it, right behind; what is about it bears its key."""
    new = events(copy)
    (place,) = [n for n, event in enumerate(new) if isinstance(event.body, PartnerChosen)]
    chosen, named = new[place], new[place - 1]
    assert (named.kind, named.subject) == ("sheet.wrote", "partner")
    assert (chosen.subject, chosen.partner, chosen.time) == (PARTNERS, FIRST_PARTNER, named.time)
    assert chosen.body == PartnerChosen("Harbour")
    assert is_id(chosen.id)
    assert partners(new) == Partners({FIRST_PARTNER: "Harbour"}, FIRST_PARTNER)
    for event in new:
        about = event.kind.startswith(ABOUT_PARTNER) or event is chosen
        assert event.partner == (FIRST_PARTNER if about else ""), event


def test_one_learner_did_it_all(copy: Path) -> None:
    """Every event bears the same learner, who keeps the seed and so the order of everything."""
    new = events(copy)
    (learner,) = {event.learner for event in new}
    assert len(learner) == 16
    began = Learner(SqliteLog(copy)).began()
    assert began.learner == learner
    assert began.body == LearnerBegan("75985a25e3da5b36")


def test_editions(copy: Path) -> None:
    """An item as it was when editions began counts as the first; one of another wording as 0."""
    text = files("brmcourse.log").joinpath("fingerprints.json").read_text("utf-8")
    known = json.loads(text)
    rows = [row for row in old_rows() if row.subject == "m1-q01"]
    assert len(rows) == 2
    assert known["m1-q01"] == rows[0].fingerprint
    change(copy, "UPDATE events SET fingerprint = 'other' WHERE id = ?", rows[0].id)
    found = {event.id: event.edition for event in events(copy)}
    assert found[rows[0].id] == 0
    assert found[rows[1].id] == 1
    for row in old_rows():
        if row.id != rows[0].id:
            first = known.get(row.subject) in (None, row.fingerprint)
            assert found[row.id] == (1 if first else 0), row
    assert sum(found.values()) >= 70


def test_opening_twice_changes_nothing(copy: Path) -> None:
    """A file that was brought up to date once is the same after every further opening."""
    first = events(copy)
    before = copy.read_bytes()
    assert events(copy) == first
    assert copy.read_bytes() == before


def test_every_copy_is_migrated_alike(copy: Path, tmp_path: Path) -> None:
    """Two copies of one log are the same event for event, so that they can be compared."""
    other = shutil.copy(BEFORE, tmp_path / "other.sqlite")
    assert events(copy) == events(other)


def child(work: Callable[[], Any]) -> int:
    name = os.fork()
    if name:
        return name
    code = 1
    try:
        code = 0 if work() else 2
    finally:
        os._exit(code)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_two_processes_migrate_once(tmp_path: Path) -> None:
    """Two processes that open an old file at once bring it up to date once, and both read it."""
    for round_ in range(10):
        path = tmp_path / str(round_) / "answers.sqlite"
        path.parent.mkdir()
        shutil.copy(BEFORE, path)
        gate, opener = os.pipe()

        def work(path: Path = path, gate: int = gate) -> bool:
            os.read(gate, 1)
            log = SqliteLog(path)
            good = len(log.read()[1]) == 77 and log.trouble is None and log.notice is None
            log.close()
            return good

        children = [child(work) for _ in range(2)]
        os.write(opener, b"xx")
        assert [os.waitpid(name, 0)[1] for name in children] == [0, 0]
        os.close(gate)
        os.close(opener)
        assert len(events(path)) == 77


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("quiz.answered", "{"),
        ("quiz.answered", ""),
        ("conversation.chose", "[]"),
        ("sheet.wrote", '{"entry":1}'),
        ("reflection.wrote", b"\xff\xfe"),
        ("quiz.moved", "null"),
        ("learner.began", "{"),
    ],
    ids=str,
)
def test_a_broken_row_stays(copy: Path, kind: str, body: Any) -> None:
    """A row with a broken body is taken over as it is, unreadable; all others count."""
    row = next(row for row in old_rows() if row.kind == kind)
    change(copy, "UPDATE events SET body = ? WHERE id = ?", body, row.id)
    named_partner = kind == "sheet.wrote"
    found = events(copy, unreadable=1)
    assert len(found) == (75 if named_partner else 76)
    with closing(sqlite3.connect(copy)) as db:
        kept = db.execute("SELECT body FROM events WHERE id = ?", (row.id,)).fetchone()
    assert kept == (body,)


def test_other_partners_names(copy: Path) -> None:
    """A partner who was given another name is chosen once more; the same name again is nothing."""
    rows = [row for row in old_rows() if row.subject == "promises" and row.kind == "sheet.wrote"]
    for row, code in zip(rows, (" Harbour ", "Quay"), strict=True):
        body = json.dumps({"entry": 1, "texts": {"code": code}})
        query = "UPDATE events SET subject = 'partner', body = ? WHERE id = ?"
        change(copy, query, body, row.id)
    chosen = [e.body.code for e in events(copy) if isinstance(e.body, PartnerChosen)]
    assert chosen == ["Harbour", "Quay"]


def test_odd_old_rows_raise_nothing() -> None:
    """Whatever a row of the old form holds, it becomes a record, and only itself is unreadable."""
    good = old_rows()[0]
    odd: list[Any] = [None, b"\xff", 7, 1.5, "", "\ud800", '{"seed":"\\ud800"}', "[" * 100_000]
    rows = [good]
    for name in OldRecord._fields:
        rows += [good._replace(**{name: value}) for value in odd]
    for kind in ("quiz.answered", "sheet.wrote", "conversation.chose"):
        bodies = ('{"points":1,"response":"\\ud800"}', '{"texts":{"code":"\\ud800"}}', "7")
        rows += [
            OldRecord(f"{kind}-{n}", good.time, kind, "partner", "", b)
            for n, b in enumerate(bodies)
        ]
    learner = learner_of(rows)
    records = list(modern(rows, learner))
    assert len(records) >= len(rows)
    assert all(isinstance(record, Record) for record in records)
    assert isinstance(decode(records[0]), Event)
    for record in records[1:]:
        decode(record)
        if isinstance(record.body, str) and record.kind != "learner.began":
            record.body.encode()
    assert learner_of([good._replace(body='{"seed":"\\ud800"}')])


def test_an_old_log_that_cannot_be_written_is_read(copy: Path) -> None:
    """While an old file cannot be brought up to date, its events show all the same."""
    expected = events(shutil.copy(copy, copy.with_name("other.sqlite")))
    with closing(sqlite3.connect(copy)) as other, pytest.MonkeyPatch.context() as patch:
        patch.setattr("brmcourse.log.file.PATIENCE", 0.1)
        other.execute("BEGIN IMMEDIATE")
        log = SqliteLog(copy)
        assert log.trouble is not None
        assert log.trouble.cause == "locked"
        cursor, found = log.read()
        assert list(found) == expected
        assert log.read(subjects=["m1-r1"])[1] == [e for e in expected if e.subject == "m1-r1"]
        assert log.read(cursor)[1] == []
        other.rollback()
        log.retry()
        assert log.trouble is None
        assert list(log.read()[1]) == expected
        log.close()


def test_a_damaged_old_log_is_rescued(copy: Path) -> None:
    """A damaged file of the old form gives every row that can be read, in today's form."""
    with closing(sqlite3.connect(copy)) as db:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'events_by_subject'"
        root = db.execute(query).fetchone()[0]
    with copy.open("r+b") as stream:
        stream.seek((root - 1) * 4096)
        stream.write(b"\xaa" * 4096)
    log = SqliteLog(copy)
    assert log.trouble is None
    assert log.notice is not None
    assert log.notice.kept == len(log.read()[1]) == 77
    assert any(isinstance(event.body, PartnerChosen) for event in log.read()[1])
    log.close()


NEW = {
    body.kind
    for body in (
        PartnerChosen,
        StepPassed,
        ConversationSayFirst,
        ConversationSaid,
        ExampleAnswered,
        ExampleWrote,
        ExampleShown,
        ProposalWrote,
        ProposalMade,
        ScaleThoughtBack,
        QuizCertainty,
        RehearsalPrepared,
        RehearsalBegan,
        RehearsalSaid,
        RehearsalLooked,
        RehearsalEnded,
        MirrorInvited,
        MirrorAnswered,
        ReviewAnswered,
        ReviewSkipped,
        ReviewPutOff,
        ReviewRetired,
        ReviewReturned,
        ActivityReset,
        PlanReported,
        DuePutOff,
        DueDone,
        JournalWrote,
        WritingLocked,
    )
}
"""What can happen since."""

SHOWN = {
    ("quiz", "m1"): [],
    ("quiz", "m0"): [],
    ("converse", "s1"): [],
    ("scale", "EMP"): [],
    ("scale", "baseline"): [],
    ("plan", "m1"): ["Harbour says it is late", "name the pressure first", "Tuesday"],
    ("sheet", "partner"): ["Harbour", "We need a decision by October — “soon”.\n😀"],
    ("sheet", "promises"): ["A test plan", "A call"],
    ("values", "values"): [],
    ("capstone", "capstone"): ["Harbour"],
}


@pytest.mark.parametrize(("name", "about"), SHOWN, ids=lambda part: part)
def test_earlier_answers_show(copy: Path, library: Library, name: str, about: str) -> None:
    """Every activity opens on an old log without a problem, and shows what was written in it."""
    log = SqliteLog(copy)
    session = find_session(library, name, about, Learner(log))
    html = session.open()
    assert "brm-problem" not in html
    for text in SHOWN[name, about]:
        assert text in html
    assert log.trouble is None
    log.close()


def test_earlier_steps_count(copy: Path, library: Library) -> None:
    """A quiz keeps its answers of both tries, a scale its result; a conversation that was written
    anew says so.
    """
    log = SqliteLog(copy)
    learner = Learner(log)

    def state(name: str, about: str) -> Any:
        session = find_session(library, name, about, learner)
        session.open()
        return session.state

    quiz = state("quiz", "m1")
    assert quiz.at == len(quiz.quiz.questions)
    # Questions of a later edition ask anew; the others keep their answers.
    first = {question.id for question in quiz.quiz.questions if question.edition == 1}
    assert set(quiz.tries) == first
    assert len(first) >= 2
    anew = state("quiz", "m0").record  # begun anew, and answered once since, to an earlier edition
    assert (set(anew.tries), anew.outdated) == (set(), {"m0-q01"})
    assert state("converse", "s1").record.outdated
    assert state("scale", "EMP").record.finished
    log.close()
