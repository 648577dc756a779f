"""The learner's own: taken along, brought in, forgotten, by commands and by what they rest on."""

import csv
import hashlib
import io
import json
import random
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brmcourse.cli import main
from brmcourse.content.library import Library
from brmcourse.errors import ExportError
from brmcourse.events import (
    KINDS,
    LEARNER,
    PARTNERS,
    Body,
    ConversationChose,
    Draft,
    JournalWrote,
    PartnerChosen,
    PlanWrote,
    QuizAnswered,
    QuizCertainty,
    Record,
    ReflectionWrote,
    ScaleFinished,
    SheetWrote,
    StepPassed,
    encode,
    new_id,
)
from brmcourse.hosts.mine import course_modules
from brmcourse.log.log import Log
from brmcourse.log.memory import MemoryLog
from brmcourse.log.merge import merged
from brmcourse.log.sqlite import SqliteLog
from brmcourse.mine import taken
from brmcourse.mine.export import (
    ANSWERS,
    EVENTS,
    MANIFEST,
    README,
    SEAL,
    SEALED,
    WRITING,
    export,
    sealed,
)
from brmcourse.mine.forget import Wish, going
from brmcourse.mine.shown import _words
from brmcourse.mine.taken import read_export, take_in
from brmcourse.progress import ModuleSteps
from brmcourse.rendering.words import SORTS, goes
from brmcourse.session import Learner, find_session
from tests.play import event

Captured = pytest.CaptureFixture[str]

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SENTENCE = "Zanzibar was my own planted sentence, nobody else writes it."
LOGS = Path(__file__).parent / "logs"


@pytest.fixture(scope="session")
def modules() -> list[ModuleSteps]:
    return list(course_modules())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "answers.sqlite"


@pytest.fixture
def opened() -> Iterator[Callable[[Path], SqliteLog]]:
    """Opens logs, and closes them in the end."""
    logs = []

    def open_(path: Path) -> SqliteLog:
        logs.append(SqliteLog(path))
        return logs[-1]

    yield open_
    for log in logs:
        log.close()


def known_records() -> list[Record]:
    lines = (LOGS / "events.jsonl").read_text("utf-8").splitlines()
    return [Record(**json.loads(line)) for line in lines]


def odd_records() -> list[Record]:
    """Records of a later version, and such as a damaged file gives."""
    one = known_records()[3]
    return [
        one._replace(id="later", kind="journal.sealed", body='{"cipher":"x"}'),
        one._replace(id="no-json", body="{"),
        one._replace(id=b"\xff\xfe", body=b"\x00\x80"),
        one._replace(id="number", time="yesterday", edition=1.5),
    ]


def record(log: Log, *bodies: tuple[str, Any], partner: str = "") -> None:
    learner = Learner(log)
    for subject, body in bodies:
        learner.record([Draft(subject, 1, body)], new_id(), partner)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


# The file


def test_an_export_holds_all_that_is_kept(modules: list[ModuleSteps]) -> None:
    """Every record is in the file exactly as it is kept, also what cannot be read."""
    records = [*known_records(), *odd_records()]
    content = export(records, modules)
    assert read_export(content) == records
    assert list(parts(content)) == [MANIFEST, README, EVENTS, ANSWERS, WRITING]
    manifest = json.loads(parts(content)[MANIFEST])
    assert (manifest["format"], manifest["events"]) == (1, len(records))
    assert manifest["readable"] == len(records) - 4
    assert f"{len(records)} in all, 4 of which" in parts(content)[README].decode()
    lines = parts(content)[EVENTS].decode().split("\n")
    assert all(list(json.loads(line)) == list(Record._fields) for line in lines[:-1])


def test_the_same_log_gives_the_same_bytes(modules: list[ModuleSteps]) -> None:
    """Two exports of one log do not differ in a byte, whenever they are made."""
    assert export(known_records(), modules) == export(known_records(), list(course_modules()))


def test_answers_stand_in_a_table(library: Library, modules: list[ModuleSteps]) -> None:
    """The table says what was asked, answered and earned; answers to another edition earn nothing
    that could be said.
    """
    log = MemoryLog()
    quiz = library.named("questions", "m1")
    question = next(q for q in quiz.questions if q.kind == "single")
    right = next(option for option in question.options if option.credit == 1)
    talk = library.named("conversations", "s1")
    first = talk.nodes[talk.start]
    scale = library.named("scales", "EMP")
    answers: dict[str, int | None] = {item.id: 3 for item in scale.items if not item.choices}
    learner = Learner(log)
    for draft in (
        Draft(question.id, question.edition, QuizAnswered("m1", right.id)),
        Draft(question.id, question.edition, QuizAnswered("m1", "?")),
        Draft(question.id, question.edition + 1, QuizAnswered("m1", right.id)),
        Draft(question.id, question.edition, QuizAnswered("m1", "no-option")),
        Draft(talk.id, talk.edition, ConversationChose(0, talk.start, 0)),
        Draft(scale.id, scale.edition, ScaleFinished(answers)),
    ):
        learner.record([draft], new_id(), "1" if draft.subject == scale.id else "")
    content = parts(export(log.records(), modules))[ANSWERS]
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    found = [(row["answer"], row["points"], row["out of"]) for row in rows[:5]]
    assert found == [
        (right.text, "1.0", "1.0"),
        ("I do not know yet", "0.0", "1.0"),
        (f"quiz: m1; response: {right.id}", "", ""),
        ("quiz: m1; response: no-option", "", ""),
        (first.choices[0].text, str(first.choices[0].points), "2"),
    ]
    assert rows[0]["asked"] == question.stem
    assert rows[0]["module"] == library.module("m1").title
    result = rows[-1]
    assert result["asked"] == f"Result: {scale.title}"
    assert 0 <= float(result["points"]) <= float(result["out of"]) == 100
    assert result["about"] == "Partner 1"


FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\n=cmd|'/c calc'!A0", "\uff1d1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(library: Library, modules: list[ModuleSteps], text: str) -> None:
    """What a learner wrote is never taken for a formula by a spreadsheet, and loses nothing."""
    log = MemoryLog()
    record(log, (PARTNERS, PartnerChosen(text)), partner="1")
    [question] = [q for q in library.named("questions", "m1").questions if q.kind == "compose"][:1]
    given = {"text": text, "ratings": {criterion.id: 1 for criterion in question.rubric}}
    Learner(log).record(
        [Draft(question.id, question.edition, QuizAnswered("m1", given))], new_id(), "1"
    )
    table = parts(export(log.records(), modules))[ANSWERS].decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(table, newline=""))
    assert row["answer"] == row["about"] == f"'{text}"


def test_texts_stand_by_date(modules: list[ModuleSteps]) -> None:
    """Texts stand under the day, as they were at its end; an earlier day keeps the earlier text."""
    times = iter([NOON, NOON, NOON + timedelta(hours=1), NOON + timedelta(days=1), *[NOON] * 9])
    log = MemoryLog()
    learner = Learner(log, clock=lambda: next(times))
    for text in ("a draft", "first\nof two", "# changed\n<b>"):
        learner.record([Draft("m1-p1", 1, PlanWrote(text, "ask", ""))], new_id(), "1")
    text = parts(export(log.records(), modules))[WRITING].decode()
    before, _, after = text.partition("## 25 November 2026")
    assert "## 24 November 2026" in before
    assert "a draft" not in text
    assert "> If: first\n> of two\n>\n> then I: ask\n" in before
    assert "> If: # changed\n> <b>\n" in after
    assert "about Partner 1" in after


def test_an_empty_log_can_be_exported(modules: list[ModuleSteps]) -> None:
    """Who did nothing yet gets a file that says so, and that can be brought in."""
    content = export([], modules)
    assert read_export(content) == []
    assert parts(content)[WRITING] == b"# What I wrote\n"


# What is refused


def test_no_byte_can_change_unseen(modules: list[ModuleSteps]) -> None:
    """Whichever byte of an export is changed, added or taken away, all of it is refused."""
    content = export(known_records()[:6], modules)
    log = MemoryLog()
    for place in range(len(content)):
        for change in (content[place] ^ 1, content[place] ^ 0x80):
            changed = content[:place] + bytes([change]) + content[place + 1 :]
            with pytest.raises(ExportError):
                take_in(log, read_export(changed))
    for place in random.Random(1).sample(range(len(content)), 60):
        for changed in (
            content[:place],
            content[place + 1 :],
            content[:place] + b"x" + content[place:],
            content[:place] + content[place + 1 :],
        ):
            with pytest.raises(ExportError):
                read_export(changed)
    assert log.records() == []


def nothing(_found: dict[str, bytes]) -> None:
    """Change nothing."""


def remade(
    change: Callable[[dict[str, bytes]], Any], manifest: dict[str, Any] | None = None
) -> bytes:
    """Return a well sealed file whose parts were changed, with a manifest that fits them."""
    found = parts(export(known_records()[:4], []))
    change(found)
    said = json.loads(found[MANIFEST])
    for name in said["files"]:
        content = found.get(name, b"")
        said["files"][name] = {"bytes": len(content), "sha256": sha256(content).hexdigest()}
    found[MANIFEST] = json.dumps(said | (manifest or {})).encode()
    return sealed(found)


def test_a_remade_file_is_taken() -> None:
    """The file that the next test spoils is taken as long as nothing is spoilt."""
    assert len(read_export(remade(nothing))) == 4


SPOILT: dict[str, Callable[[dict[str, bytes]], Any]] = {
    "no-events": lambda found: found.pop(EVENTS),
    "another-file": lambda found: found.update({"../../evil": b"x"}),
    "a-line-less": lambda found: found.update({EVENTS: found[EVENTS].partition(b"\n")[2]}),
    "half-a-line": lambda found: found.update({EVENTS: found[EVENTS][:-20]}),
    "no-json": lambda found: found.update({EVENTS: b"{\n" * 4}),
    "deep": lambda found: found.update({EVENTS: b"[" * 100_000 + b"\n" * 4}),
    "no-object": lambda found: found.update({EVENTS: b"[1]\n" * 4}),
    "no-fields": lambda found: found.update({EVENTS: b'{"id":"x"}\n' * 4}),
    "a-list": lambda found: found.update({EVENTS: _with(found, edition=[1])}),
    "a-truth": lambda found: found.update({EVENTS: _with(found, edition=True)}),
    "a-huge-number": lambda found: found.update({EVENTS: _with(found, edition=2**63)}),
    "bad-bytes": lambda found: found.update({EVENTS: _with(found, body={"bytes": "!"})}),
    "no-utf-8": lambda found: found.update({EVENTS: found[EVENTS][:-3] + b"\xff\n"}),
}


def _with(found: dict[str, bytes], **changed: Any) -> bytes:
    lines = [json.loads(line) for line in found[EVENTS].splitlines()]
    lines[0] |= changed
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_file_made_to_deceive_is_refused(spoil: Callable[[dict[str, bytes]], Any]) -> None:
    """A file with a right seal and manifest is refused if a part or a line is none of ours."""
    with pytest.raises(ExportError):
        read_export(remade(spoil))


def test_a_newer_form_is_named() -> None:
    """A file of a later version of the course says that the course here has to be updated."""
    with pytest.raises(ExportError, match="newer version"):
        read_export(remade(nothing, {"format": 2}))
    with pytest.raises(ExportError, match="not as the course made it"):
        read_export(remade(nothing, {"format": "1"}))


def test_a_file_that_unpacks_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that unpacks to a huge one is refused before it fills the memory."""
    content = remade(lambda found: found.update({WRITING: b"x" * 300_000}))
    assert len(content) < 20_000
    assert len(read_export(content)) == 4
    monkeypatch.setattr(taken, "LARGEST_PART", 200_000)
    with pytest.raises(ExportError, match="too large"):
        read_export(content)
    monkeypatch.setattr(taken, "LARGEST", 1000)
    with pytest.raises(ExportError, match="too large"):
        read_export(content)


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", b"PK\x05\x06" + b"\0" * 18])
def test_another_file_is_refused(content: bytes) -> None:
    """A file that is no export at all is refused in words."""
    with pytest.raises(ExportError, match=r"no export of the course|not as the course made it"):
        read_export(content)


# Bringing in


def test_everything_goes_on_on_another_computer(
    opened: Callable[[Path], SqliteLog],
    tmp_path: Path,
    library: Library,
    modules: list[ModuleSteps],
) -> None:
    """An export brought into a course that was only opened gives the same pages to the letter."""
    there = opened(tmp_path / "there.sqlite")
    learner = Learner(there, clock=lambda: NOON)
    quiz = find_session(library, "quiz", "m1", learner)
    quiz.open()
    question = library.named("questions", "m1").questions[0].id
    form = {"question": [question], "pick": ["A"]}
    quiz.answer({"n": new_id(), "action": "check", "form": form})
    assert there.read(kinds=[QuizAnswered.kind])[1]
    note = find_session(library, "reflect", "m6", learner)
    note.open()
    prompt = library.named("prompts", "m6").reflections[0].id
    note.answer({"n": new_id(), "action": "draft", "form": {f"{prompt}:text": [SENTENCE]}})

    here = opened(tmp_path / "here.sqlite")
    page = find_session(library, "quiz", "m1", Learner(here))
    before = page.open()  # draws a seed of its own
    assert take_in(here, read_export(export(there.records(), modules))) == len(there.records())
    after = find_session(library, "quiz", "m1", Learner(here)).open()
    assert after == quiz.open() == page.open()
    assert after != before
    assert Learner(here).began().body == learner.began().body
    assert Learner(here).began().learner == learner.began().learner
    assert SENTENCE in find_session(library, "reflect", "m6", Learner(here)).open()


def test_twice_is_once(modules: list[ModuleSteps]) -> None:
    """Bringing the same file in again adds nothing, and readers need not begin anew."""
    log = MemoryLog()
    records = [*known_records(), *odd_records()]
    assert take_in(log, records) == len(records)
    cursor, _ = log.read()
    assert take_in(log, read_export(export(records, modules))) == 0
    assert log.read(cursor) == (cursor, [])


def test_two_partners_are_not_mixed(modules: list[ModuleSteps]) -> None:
    """Where one number stands for two partners nothing is taken; after a code in common it is."""
    here, there = MemoryLog(), MemoryLog()
    record(here, (PARTNERS, PartnerChosen("Harbour")), partner="1")
    record(there, (PARTNERS, PartnerChosen("Finch")), ("m1-r1", ReflectionWrote("x")), partner="1")
    before = here.records()
    with pytest.raises(ExportError, match='"Harbour" here, and "Finch" in the file'):
        take_in(here, there.records())
    assert here.records() == before
    record(there, (PARTNERS, PartnerChosen("Harbour")), partner="1")
    assert take_in(here, there.records()) == 4


def test_the_log_begins_with_the_first_beginning() -> None:
    """Of two computers the one where the learner began first gives seed and name to both."""
    early, late = MemoryLog(), MemoryLog()
    first = Learner(early, clock=lambda: NOON).began()
    second = Learner(late, clock=lambda: NOON + timedelta(days=1)).began()
    assert first.body != second.body
    take_in(late, early.records())
    assert Learner(late).began() == first
    take_in(early, late.records())
    assert Learner(early).began() == first


# Laws

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
TIMES = st.integers(0, 3).map(lambda hours: (NOON + timedelta(hours=hours)).isoformat())
RECORDS = st.builds(
    Record,
    id=st.one_of(st.integers(0, 12).map(str), st.binary(min_size=1, max_size=3)),
    time=st.one_of(TIMES, st.just("soon"), TEXTS),
    kind=st.sampled_from(["reflection.wrote", "quiz.answered", "journal.sealed", "x"]),
    subject=TEXTS,
    edition=st.one_of(st.integers(-(2**63) + 1, 2**63 - 1), st.floats(allow_nan=False), TEXTS),
    learner=TEXTS,
    author=TEXTS,
    partner=st.sampled_from(["", "1", "2"]),
    body=st.one_of(
        TEXTS.map(lambda text: json.dumps({"text": text})), TEXTS, st.binary(max_size=8)
    ),
)
LOGS_OF = st.lists(RECORDS, max_size=14, unique_by=lambda record: record.id)


def same(one: list[Record], other: list[Record]) -> list[Record]:
    """Return the records of one log, where the other has the same id as it is there."""
    known = {record.id: record for record in other}
    return [known.get(record.id, record) for record in one]


@settings(max_examples=150, deadline=None)
@given(LOGS_OF)
def test_an_export_brought_in_is_the_log(records: list[Record]) -> None:
    """Whatever a log holds, exported and brought into an empty one it is the same, in order."""
    log = MemoryLog()
    take_in(log, read_export(export(records, [])))
    assert log.records() == records


@settings(max_examples=150, deadline=None)
@given(LOGS_OF, LOGS_OF)
def test_it_does_not_matter_which_log_is_first(one: list[Record], other: list[Record]) -> None:
    """The one log brought into the other, or the other into the one: the same records are there."""
    other = same(other, one)
    ab, ba = merged(one, other), merged(other, one)
    assert set(ab) == set(ba) == {*one, *other}
    assert len(ab) == len(ba) == len({record.id for record in (*one, *other)})
    assert merged(ab, other) == ab
    assert merged(ab, one) == ab
    assert merged([], one) == one


@settings(max_examples=150, deadline=None)
@given(LOGS_OF, LOGS_OF)
def test_each_log_keeps_its_order(one: list[Record], other: list[Record]) -> None:
    """What one computer recorded stays in its order, also with equal times and odd clocks."""
    new = [record for record in other if record.id not in {known.id for known in one}]
    both = merged(one, other)
    assert [record for record in both if record in one] == one
    assert [record for record in both if record in new] == new


def test_two_computers_in_turn_give_one_story() -> None:
    """Logs kept on two computers in turn come together by time, the same from both sides."""
    begin = [encode(event) for event in _day(0, "a")]
    one, other = list(begin), list(begin)
    for day in range(1, 7):
        (one if day % 2 else other).extend(encode(event) for event in _day(day, "b"))
    both = merged(one, other)
    assert both == merged(other, one)
    assert [record.time for record in both] == sorted(record.time for record in both)


def _day(day: int, text: str) -> Iterator[Any]:
    log = MemoryLog()
    learner = Learner(log, clock=lambda: NOON + timedelta(days=day))
    learner.record([Draft("m1-r1", 1, ReflectionWrote(text))] * 3, new_id(), "1")
    yield from log.read(kinds=[ReflectionWrote.kind])[1]


# Commands


def test_export_and_import_as_commands(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """What `export` writes on one computer `import` brings in on another, twice as once."""
    log = SqliteLog(path)
    everything = [*known_records(), *odd_records()]
    log.rewrite(lambda _: everything)
    log.close()
    file = tmp_path / "mine.zip"
    assert main(["export", str(file)]) == 0
    assert f"holds {len(everything)} entries" in capsys.readouterr().out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert main(["export", str(file)]) == 1
    assert "already" in capsys.readouterr().err
    monkeypatch.setenv("BRMCOURSE_STORE", str(tmp_path / "other" / "answers.sqlite"))
    assert main(["import", str(file)]) == 0
    assert f"{len(everything)} entries were added" in capsys.readouterr().out
    assert main(["import", str(file)]) == 0
    assert "All of it was here already" in capsys.readouterr().out
    other = SqliteLog(tmp_path / "other" / "answers.sqlite")
    assert other.records() == everything
    other.close()
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert main(["import", str(file)]) == 1
    assert "Nothing was taken" in capsys.readouterr().err
    assert main(["import", str(tmp_path / "nowhere.zip")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_a_full_disk_leaves_no_half_file(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """If the file cannot be written whole, none is left, and the command says so."""

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "mine.zip"))

    monkeypatch.setattr("brmcourse.mine.export.os.fsync", full)
    assert main(["export", str(tmp_path / "mine.zip")]) == 1
    assert "No space left" in capsys.readouterr().err
    assert not [one.name for one in tmp_path.iterdir() if "mine" in one.name]


def test_backup_and_restore_as_commands(path: Path, capsys: Captured) -> None:
    """`backup` makes a copy, `restore` lists them, and puts one back when that was confirmed."""
    assert main(["restore"]) == 0
    assert "no copy yet" in capsys.readouterr().out
    assert main(["backup"]) == 0
    assert "nothing to copy" in capsys.readouterr().out
    log = SqliteLog(path)
    record(log, ("m1-r1", ReflectionWrote("before")), partner="1")
    assert main(["backup"]) == 0
    record(log, ("m1-r1", ReflectionWrote("after")), partner="1")
    capsys.readouterr()
    assert main(["restore"]) == 0
    assert capsys.readouterr().out.startswith("1  ")
    assert main(["restore", "1"]) == 1  # nobody says yes
    assert len(log.records()) == 3
    assert main(["restore", "1", "--yes"]) == 0
    assert "your answers are now its 2 entries" in capsys.readouterr().out
    assert len(log.records()) == 2
    assert main(["restore", "7", "--yes"]) == 1
    log.close()


def planted(path: Path) -> SqliteLog:
    """Return a log with the planted sentence in many places, a copy, and a file set aside."""
    damaged = SqliteLog(path)
    record(damaged, ("m1-r1", ReflectionWrote(SENTENCE)), partner="1")
    damaged.close()
    shutil.copy(path, path.with_name("answers.damaged-20261101-120000-000001.sqlite"))
    log = SqliteLog(path)
    record(log, (PARTNERS, PartnerChosen("Harbour")), partner="1")
    for number in range(120):  # pages split, and cells move
        text = f"{SENTENCE} {number} " * (1 + number % 40)
        record(log, ("m1-r1", ReflectionWrote(text)), partner="1")
        record(log, ("m2-r1", ReflectionWrote(f"Kept {number} " * (number % 30))), partner="2")
        record(log, ("m1", StepPassed("start")))
        record(log, ("promises", SheetWrote(1, {"what": text})), partner="1")
    assert main(["backup"]) == 0
    record(log, (PARTNERS, PartnerChosen("Finch")), partner="2")
    problem = path.with_name("problems.log")
    problem.write_text(f"a traceback that quotes: {SENTENCE}\n")
    problem.with_name("problems.log.1").write_text(SENTENCE)
    return log


def found_in(folder: Path) -> list[str]:
    """Return which files of a folder hold any part of the planted sentence."""
    words = [b"Zanzibar", b"planted sentence", SENTENCE.encode("utf-16-le")]
    content = {one.name: one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    return [name for name, it in content.items() if any(word in it for word in words)]


@pytest.mark.parametrize(
    ("arguments", "stays"), [([], 0), (["--partner", "harbour"], 120), (["--partner", "1"], 120)]
)
def test_what_is_forgotten_is_nowhere(
    path: Path, tmp_path: Path, capsys: Captured, arguments: list[str], stays: int
) -> None:
    """After forgetting, with the course open meanwhile, no byte in the folder of the answers holds
    the sentence; what was not meant stays.
    """
    open_ = planted(path)
    assert len(found_in(tmp_path)) >= 4
    assert main(["forget", *arguments, "--yes"]) == 0
    said = capsys.readouterr().out
    assert "saved states of texts" in said
    assert "the one copy that the course made" in said
    assert "damaged files" in said
    assert "exports that you made" in said
    assert ("about no partner" in said) == bool(arguments)
    assert found_in(tmp_path) == []
    _, events = open_.read(kinds=[ReflectionWrote.kind])
    assert len(events) == stays
    record(open_, ("m1-r1", ReflectionWrote("goes on")), partner="1")
    assert open_.trouble is None
    open_.close()
    assert found_in(tmp_path) == []
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_damaged_file_is_spoken_of_as_long_as_it_is_there(path: Path) -> None:
    """What was set aside is named on the pages, and no more once it was deleted with the rest."""
    log = SqliteLog(path)
    record(log, *[("m1-r1", ReflectionWrote(SENTENCE * 9)) for _ in range(40)], partner="1")
    log.close()
    content = bytearray(path.read_bytes())
    content[8192:8300] = b"\xaa" * 108
    path.write_bytes(content)
    log = SqliteLog(path)
    assert log.notice is not None
    assert log.notice.path.exists()
    assert main(["forget", "--yes"]) == 0
    assert log.notice is None
    assert found_in(path.parent) == []
    log.close()


def test_forgetting_a_module(path: Path, capsys: Captured) -> None:
    """Only what belongs to the module goes: its steps, answers and texts about every partner."""
    log = SqliteLog(path)
    record(log, (LEARNER, QuizCertainty(on=True)))
    record(log, ("m1", StepPassed("start")), ("m1-q01", QuizAnswered("m1", "a")))
    record(log, ("m2-q01", QuizAnswered("m2", "a")), ("m2", StepPassed("start")))
    for partner in ("1", "2"):
        record(log, (PARTNERS, PartnerChosen(f"Code{partner}")), partner=partner)
        record(log, ("m1-p1", PlanWrote("it rains", "ask", "")), partner=partner)
    for module in ("m2", "m3", "m4", "m5", "m6", "m7", "m8", "rehearse"):
        found = going(log.records(), Wish(module=module), course_modules(), None)
        assert all(one.subject not in (LEARNER, PARTNERS) for one in found.records)
    assert main(["forget", "--module", "M1", "--yes"]) == 0
    said = capsys.readouterr().out
    assert "1 answer to a question" in said
    assert "2 saved states of texts" in said
    assert "1 step that you finished" in said
    left = {event.subject for event in log.read()[1]}
    assert left == {LEARNER, "m2-q01", "m2", PARTNERS}
    log.close()


def test_forgetting_asks(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """Without "yes" nothing is deleted; an unknown partner or module is named with those known."""
    log = SqliteLog(path)
    record(log, (PARTNERS, PartnerChosen("Harbour")), partner="1")
    before = log.records()
    for answer in ("no", "", "y"):
        monkeypatch.setattr("builtins.input", lambda _, answer=answer: answer)
        assert main(["forget"]) == 1
    assert "Nothing was deleted" in capsys.readouterr().out
    assert main(["forget", "--partner", "Nobody", "--yes"]) == 1
    assert "The course has: Harbour" in capsys.readouterr().err
    for name in ("m99", "", " "):
        assert main(["forget", "--module", name, "--yes"]) == 1
        assert "m1" in capsys.readouterr().err
        assert main(["forget", "--partner", name, "--yes"]) == 1
    with pytest.raises(SystemExit):
        main(["forget", "--partner", "Harbour", "--module", "m1"])
    assert log.records() == before
    monkeypatch.setattr("builtins.input", lambda _: " YES ")
    assert main(["forget"]) == 0
    assert log.records() == []
    log.close()


def test_what_cannot_be_forgotten_now_stays_and_is_told(path: Path, capsys: Captured) -> None:
    """While another program holds the file nothing is deleted, also no copy, and that is said."""
    log = SqliteLog(path)
    record(log, ("m1-r1", ReflectionWrote("x")), partner="1")
    main(["backup"])
    with pytest.MonkeyPatch.context() as patch, sqlite3.connect(path) as other:
        patch.setattr("brmcourse.log.file.PATIENCE", 0.1)
        other.execute("BEGIN IMMEDIATE")
        assert main(["forget", "--yes"]) == 1
        other.rollback()
    assert "database is locked" in capsys.readouterr().err
    assert len(log.records()) == 2
    assert list(path.parent.glob("*.copy-*"))
    log.close()


def test_every_kind_of_event_is_counted_in_words() -> None:
    """Each sort that can be deleted has words, and the sort of every known kind is one of them."""
    records = [known_records()[0]._replace(id=kind, kind=kind) for kind in KINDS]
    found = going(records, Wish(everything=True), (), None)
    assert set(found.sorts) <= set(SORTS)
    assert sum(found.sorts.values()) == len(KINDS)
    assert len(goes(found)) == len(found.sorts) + 1


WORDLESS = {
    *("learner.began", "partner.chosen", "step.passed", "activity.reset", "writing.locked"),
    *("quiz.moved", "quiz.reset", "quiz.certainty"),
    *("conversation.began", "conversation.coached", "conversation.chose"),
    *("conversation.say-first", "conversation.rewound"),
    *("scale.rated", "scale.finished", "scale.reopened", "scale.thought-back"),
    *("sheet.added", "sheet.removed", "sheet.restored"),
    *("example.answered", "example.shown", "values.ranked", "values.asked"),
    *("rehearsal.began", "rehearsal.ended"),  # its lines stand in those before
    *("review.skipped", "review.put-off", "review.returned"),
    *("due.put-off", "due.done"),
    *("mirror.invited", "mirror.answered"),  # what others wrote is not the learner's
}
"""The kinds of events without words of the learner's own that are not elsewhere, too."""


def test_the_texts_of_every_kind_are_known() -> None:
    """Each kind of event has its texts in the export, or is known to hold none."""
    own = [body for body in KINDS.values() if body.__module__ == Body.__module__]  # no test's own
    told = {body.kind for body in own if _words.dispatch(body) is not _words.dispatch(Body)}
    assert told == {body.kind for body in own} - WORDLESS


def test_a_draft_that_was_begun_about_somebody_else_goes_along() -> None:
    """An entry typed while another partner was current, and then said to be about this one, is
    forgotten with its first draft; entries about others stay.
    """
    drafts = [
        ("1", 1, "She lied", False),
        ("2", 1, "She lied to me.", True),
        ("1", 2, "Fine.", True),
    ]
    records = []
    for partner, entry, text, done in drafts:
        body = JournalWrote(entry, text, done)
        records.append(encode(event(Draft("journal", 1, body), partner=partner)))
    found = going(records, Wish(partner="2"), (), None)
    assert {record.id for record in found.records} == {record.id for record in records[:2]}


def test_a_part_packed_in_a_way_that_we_never_use_is_refused(modules: list[ModuleSteps]) -> None:
    """A file with a right seal whose parts cannot be unpacked is refused like any damage."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(export(known_records()[:6], modules))) as ours,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as made,
    ):
        for name in ours.namelist():
            made.writestr(name, ours.read(name))
        made.comment = SEAL + b"0" * 64
    body = bytearray(stream.getvalue()[:-SEALED])
    for name in made.namelist():
        start = body.index(name.encode()) + len(name) + 9
        body[start : start + 12] = b"\xff" * 12
    with pytest.raises(ExportError):
        read_export(bytes(body) + SEAL + hashlib.sha256(bytes(body)).hexdigest().encode())
