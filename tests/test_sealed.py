"""The lock on what learners write: nothing of it in plain on the disk, and nothing of it lost."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brmcourse.cli import main
from brmcourse.content.library import Library
from brmcourse.errors import LockedError, LogError
from brmcourse.events import (
    KINDS,
    LONGEST,
    PRIVATE,
    SELF,
    Body,
    Draft,
    Event,
    JournalWrote,
    QuizAnswered,
    QuizWrote,
    Record,
    ReflectionWrote,
    ReviewAnswered,
    Sealed,
    SheetWrote,
    StepPassed,
    Unknown,
    WritingLocked,
    composed,
    decode,
    encode,
    new_id,
)
from brmcourse.hosts import sealing
from brmcourse.log import keys
from brmcourse.log.backup import copies, make_copy, restore
from brmcourse.log.log import START
from brmcourse.log.memory import MemoryLog
from brmcourse.log.sealed import HIDDEN, SealedLog
from brmcourse.log.sqlite import SqliteLog
from brmcourse.partners import choosing
from brmcourse.paths import store_path
from brmcourse.problems import problem_log
from brmcourse.session import Learner, find_session

from .site import HOME, Site

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PASSPHRASE = "correct horse battery"  # noqa: S105 -- of these tests only
BETTER = "a better one"
PLANTED = "The heron stood in Grünau"
STORED = Path(__file__).parent / "logs" / "events.jsonl"
EXAMPLES = [Record(**json.loads(line)) for line in STORED.read_text("utf-8").splitlines()]


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guess costs next to nothing here."""
    monkeypatch.setattr(keys, "COST", (16, 1, 1))


@pytest.fixture
def store() -> Iterator[SealedLog]:
    """An empty log on the disk, at the place of the learner's own."""
    log = SealedLog(SqliteLog(store_path()))
    yield log
    log.close()


def wrote(text: str = PLANTED, **changed: Any) -> Event:
    event = Event(new_id(), NOON, "m6-r1", 1, "learner-1", SELF, "1", ReflectionWrote(text))
    return event._replace(**changed)


def everything() -> list[Event]:
    """Return an event of every kind there is, but the lock itself."""
    found = [decode(record) for record in EXAMPLES]
    line = {"text": "A line.", "ratings": {"a": 2}}
    found.append(wrote(body=ReviewAnswered("m1-q9", line), subject="m1-q9"))
    return [one for one in found if isinstance(one, Event) and one.kind != WritingLocked.kind]


def locked_again(log: SealedLog) -> SealedLog:
    """Return the log as another process finds it."""
    return SealedLog(log._log)


def below(log: SealedLog) -> list[Record]:
    return log._log.records()


def files(folder: Path) -> bytes:
    """Return all bytes of all files in a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def traces(folder: Path, text: str = PLANTED) -> bool:
    """Say whether a text is in a file, in any form that it might have been written in."""
    content = files(folder)
    plain = text.encode()
    forms = {
        plain,
        json.dumps(text).strip('"').encode(),
        text.encode("utf-16-le"),
        *(b64encode(plain[at:])[4:-4] for at in range(3)),
    }
    return any(form in content for form in forms)


# Nothing in plain


def test_nothing_of_it_is_left_in_plain(store: SealedLog, tmp_path: Path) -> None:
    """A sentence written before the lock and one written after it are nowhere in the database, what
    is written ahead of it, copies, files set aside or problem logs; both can still be read.
    """
    big = PLANTED + " and waited. " * 900  # on pages of its own
    store.add([wrote(), wrote(big), wrote(partner="2")])
    for number in range(50):
        store.add([wrote(f"{PLANTED} {number}")])
    make_copy(store_path())
    store.add([wrote()])
    store_path().with_name("answers.damaged-20261101-120000-000000.sqlite").write_text(PLANTED)
    problem_log().error(PLANTED)
    assert traces(tmp_path)
    _, left = sealing.protect(store, PASSPHRASE, PASSPHRASE)
    assert left == ""
    store.add([wrote(f"After: {PLANTED}")])
    assert not traces(tmp_path)
    store.close()
    assert not traces(tmp_path)
    assert len(copies(store_path())) == 1
    texts = [
        event.body.text for event in store.read()[1] if isinstance(event.body, ReflectionWrote)
    ]
    assert len(texts) == 55
    assert big in texts


@pytest.mark.parametrize("kind", sorted(PRIVATE))
def test_each_private_kind_is_sealed(kind: str) -> None:
    """Of each kind that holds words of the learner's own, none of these words is kept in plain,
    whether they came before the lock or after it.
    """
    for early in (True, False):
        log = SealedLog(MemoryLog())
        planted = [_planted(event) for event in everything() if event.kind == kind]
        assert planted
        if early:
            log.add(planted)
        log.protect(PASSPHRASE)
        if not early:
            log.add(planted)
        assert PLANTED in str(planted)
        assert PLANTED not in str(below(log))
        assert log.read()[1] == planted


def _planted(event: Event) -> Event:
    """Return an event with the planted sentence in all its private texts."""
    body = json.loads(encode(event).body)
    for name in PRIVATE[event.kind]:
        if name == "response" and event.kind != QuizWrote.kind and not composed(event.body):
            continue
        body[name] = _filled(body[name], name)
    found = decode(encode(event)._replace(body=json.dumps(body)))
    assert isinstance(found, Event)
    return found


def _filled(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return PLANTED
    if isinstance(value, list):
        return [_filled(one, name) for one in value]
    if isinstance(value, dict):
        return {key: _filled(one, name) if key != "ratings" else one for key, one in value.items()}
    return value


def test_what_is_no_writing_stays_readable() -> None:
    """Everything but the learner's own words is read as before while the lock is shut: steps,
    choices, ratings; of a written answer to a question what it earned.
    """
    log = SealedLog(MemoryLog())
    answer = QuizAnswered("m1", {"text": PLANTED, "ratings": {"a": 2}}, 3)
    log.add([*everything(), wrote(body=answer, subject="m1-q9")])
    log.protect(PASSPHRASE)
    log.shut()
    kinds = {event.kind for event in log.read()[1]}
    answers = {QuizAnswered.kind, ReviewAnswered.kind}
    own = {kind for kind, body in KINDS.items() if body.__module__ == Body.__module__}
    assert kinds & own == own - set(PRIVATE) - {WritingLocked.kind} | answers
    last = log.read()[1][-1].body
    assert isinstance(last, QuizAnswered)
    assert isinstance(last.response, dict)
    assert (last.response["text"], last.response["ratings"], last.certainty) == (
        HIDDEN,
        {"a": 2},
        3,
    )


TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@settings(deadline=None)
@given(st.lists(st.tuples(TEXT, st.booleans(), st.sampled_from(["", "1", "2"])), max_size=8))
def test_what_is_sealed_comes_back(written: list[tuple[str, bool, str]]) -> None:
    """Whatever is written, before the lock or after it, comes back to the letter and in its order:
    while it is open, after it was opened by either secret, and in plain when the lock is off.
    """
    events = [wrote(text, partner=partner) for text, _, partner in written]
    early = [event for event, (_, before, _) in zip(events, written, strict=True) if before]
    late = [event for event in events if event not in early]
    log = SealedLog(MemoryLog())
    log.add(early)
    code = log.protect(PASSPHRASE)
    log.add(late)
    assert log.read()[1] == [*early, *late]
    for secret in (PASSPHRASE, code):
        log.shut()
        assert log.read()[1] == []
        log.open(secret)
        assert log.read()[1] == [*early, *late]
    log.unprotect()
    assert [decode(record) for record in below(log)] == [*early, *late]


def test_the_longest_text_can_be_sealed() -> None:
    """A text as long as any that is kept in plain is kept when it is sealed, too."""
    log = SealedLog(MemoryLog())
    log.protect(PASSPHRASE)
    event = wrote("\U0001f600" * (LONGEST - 20))
    log.add([event])
    assert log.read()[1] == [event]


# Locked


def test_another_process_finds_it_locked(store: SealedLog) -> None:
    """Until a secret was given, writing is passed over and none is taken, with a sentence; all else
    is added and read. Where it is opened, readers begin anew.
    """
    store.add([wrote()])
    store.protect(PASSPHRASE)
    with closing(SealedLog(SqliteLog(store_path()))) as other:
        assert other.locked
        passed = wrote(body=StepPassed("x"), partner="")
        other.add([passed])
        with pytest.raises(LockedError, match="locked"):
            other.add([wrote("lost?")])
        cursor, events = other.read()
        assert events == [passed]
        other.open(PASSPHRASE)
        after, events = other.read(cursor)
        assert after.epoch != cursor.epoch
        assert [event.kind for event in events] == ["reflection.wrote", "step.passed"]
        assert not other.locked
        other.shut()
        assert other.locked
        assert other.read(after)[1] == [passed]
    assert not store.locked


def test_a_lock_set_elsewhere_is_seen_at_once(store: SealedLog) -> None:
    """A process that was there before the lock was set writes nothing in plain from then on."""
    with closing(SealedLog(SqliteLog(store_path()))) as other:
        other.add([wrote()])
        store.protect(PASSPHRASE)
        with pytest.raises(LockedError):
            other.add([wrote()])
        assert other.read()[1] == []


def test_what_was_left_in_plain_is_sealed_when_it_is_opened(store: SealedLog) -> None:
    """What a version without a lock wrote in plain is sealed when the lock is opened next."""
    store.protect(PASSPHRASE)
    store._log.add([wrote()])
    assert traces(store_path().parent)
    locked_again(store).open(PASSPHRASE)
    assert not traces(store_path().parent)
    assert len(store.read()[1]) == 1


@pytest.mark.parametrize("wrong", ["", " ", "correct horse", PASSPHRASE.upper(), "x" * 500])
def test_a_wrong_passphrase_opens_nothing(wrong: str) -> None:
    """What is neither the passphrase nor the code changes nothing and says so."""
    log = SealedLog(MemoryLog())
    log.add([wrote()])
    log.protect(PASSPHRASE)
    other = locked_again(log)
    with pytest.raises(LockedError, match="not the right"):
        other.open(wrong)
    assert other.locked
    assert other.read()[1] == []


def test_a_passphrase_counts_as_it_is_meant() -> None:
    """The same letters from another keyboard, and a blank at the end, are the same passphrase."""
    log = SealedLog(MemoryLog())
    log.protect("Grünau heron ")
    locked_again(log).open("Gru\u0308nau heron")


def test_a_code_is_read_however_it_is_typed() -> None:
    """A recovery code has eight groups of four; small letters, blanks and an O for a zero do no
    harm, and a letter that is wrong is told from a code that is wrong.
    """
    log = SealedLog(MemoryLog())
    code = log.protect(PASSPHRASE)
    groups = code.split("-")
    assert [len(group) for group in groups] == [4] * 8
    typed = " ".join(groups).lower().replace("0", "o").replace("1", "l")
    locked_again(log).open(f" {typed} ")
    for place in range(0, len(code), 7):
        if code[place] != "-":
            other = "Z" if code[place] != "Z" else "Y"
            with pytest.raises(LockedError):
                locked_again(log).open(code[:place] + other + code[place + 1 :])
    with pytest.raises(LockedError, match="not the right"):
        locked_again(log).open(keys.new_code())


@given(st.integers(0, 31), st.sampled_from(keys.LETTERS))
def test_a_mistyped_letter_is_noticed(place: int, letter: str) -> None:
    """Nearly every code with one letter changed is known for mistyped before it is tried."""
    letters = keys.read_code("0" * 30 + keys._check("0" * 30))
    changed = letters[:place] + letter + letters[place + 1 :]
    if changed == letters:
        assert keys.read_code(changed) == letters
    elif keys._check(changed[:30]) != changed[30:]:
        with pytest.raises(LockedError, match="a letter is wrong"):
            keys.read_code(changed)


def test_a_short_passphrase_is_refused() -> None:
    """A passphrase of fewer than eight characters locks nothing."""
    log = SealedLog(MemoryLog())
    with pytest.raises(LockedError, match="8 characters"):
        log.protect("1234567 ")
    assert not log.protected


def test_without_the_package_nothing_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what encrypts is not installed, a sentence says so, and nothing changes."""
    monkeypatch.setitem(
        __import__("sys").modules, "cryptography.hazmat.primitives.kdf.argon2", None
    )
    log = SealedLog(MemoryLog())
    with pytest.raises(LockedError, match="cryptography"):
        log.protect(PASSPHRASE)
    assert not log.protected


# Damage


@pytest.mark.parametrize("harm", ["bit", "cut", "no base64", "elsewhere", "another key"])
def test_a_damaged_text_is_one_unreadable_event(harm: str) -> None:
    """A sealed text that was changed, cut, moved to another event or sealed by a key that is not
    here is one event that cannot be read; the others stay.
    """
    memory = MemoryLog()
    log = SealedLog(memory)
    events = [wrote("one"), wrote("two"), wrote("three")]
    log.protect(PASSPHRASE)
    log.add(events)
    records = {record.id: record for record in memory.records()}
    body = json.loads(records[events[1].id].body)
    raw = bytearray(b64decode(body["sealed"]))
    if harm == "bit":
        raw[20] ^= 1
    elif harm == "cut":
        raw = raw[:5]
    body["sealed"] = b64encode(raw).decode()
    if harm == "no base64":
        body["sealed"] = "?!"
    elif harm == "elsewhere":
        body = json.loads(records[events[0].id].body)
    elif harm == "another key":
        body["key"] = "unknown"
    records[events[1].id] = records[events[1].id]._replace(
        body=json.dumps(body, separators=(",", ":"))
    )
    other = SealedLog(MemoryLog(records.values()))
    other.open(PASSPHRASE)
    assert [event.body.text for event in other.read()[1]] == ["one", "three"]  # type: ignore[union-attr]
    assert set(other.unreadable) == ({events[1].id} if harm != "another key" else set())
    assert len(other._log.records()) == 4


@pytest.mark.parametrize(
    "wrap",
    [
        "",
        "argon2id m=99999999 t=3 p=4 c2FsdHNhbHQ= AAAA",
        "argon2id m=0 t=0 p=0 c2FsdHNhbHQ= AAAA",
        "argon2id m=16 t=1 p=1 AA== AAAA",
        "argon2id m=16 t=1 p=1 c2FsdHNhbHRzYWx0 " + "A" * 60,
        "scrypt m=16 t=1 p=1 c2FsdHNhbHRzYWx0 AAAA",
    ],
)
def test_a_damaged_lock_opens_nothing_and_stops_nothing(wrap: str) -> None:
    """A lock that cannot be read, or asks for more than a computer has, is a wrong passphrase."""
    with pytest.raises(LockedError):
        keys.unwrapped(wrap, PASSPHRASE, "x")


@given(st.text(max_size=30), st.sampled_from(sorted(PRIVATE)))
def test_a_body_that_only_looks_sealed(text: str, kind: str) -> None:
    """A record that begins as a sealed one and is none is unknown, not an error."""
    record = Record("a", NOON.isoformat(), kind, "s", 1, "l", SELF, "", f'{{"sealed":{text}')
    assert isinstance(decode(record), Unknown)


def test_a_plain_log_gives_sealed_events_back() -> None:
    """A log that knows no lock keeps sealed events as they are: they can be read, moved, copied."""
    event = wrote(body=Sealed("reflection.wrote", "AAAA", "key"))
    memory = MemoryLog()
    memory.add([event])
    assert memory.read(kinds=["reflection.wrote"])[1] == [event]
    assert decode(encode(event)) == event


# Changing and ending it


def test_another_passphrase(store: SealedLog, tmp_path: Path) -> None:
    """After a change only the new passphrase and the code of before open what was written, in the
    log and in what is copied of it.
    """
    store.add([wrote()])
    code, _ = sealing.protect(store, PASSPHRASE, PASSPHRASE)
    (before,) = (record for record in below(store) if record.kind == WritingLocked.kind)
    with pytest.raises(LockedError):
        sealing.change(store, "wrong wrong", "a better one", "a better one")
    with pytest.raises(LockedError, match="not the same"):
        sealing.change(store, PASSPHRASE, "a better one", "a worse one")
    assert sealing.change(store, code, "a better one", "a better one") == ""
    with pytest.raises(LockedError):
        locked_again(store).open(PASSPHRASE)
    for secret in ("a better one", code):
        other = locked_again(store)
        other.open(secret)
        assert len(other.read()[1]) == 1
    assert not traces(tmp_path, json.loads(before.body)["passphrase"])


def test_a_shut_lock_is_not_changed() -> None:
    """While it is locked, neither the passphrase can be changed nor the lock be taken off."""
    log = SealedLog(MemoryLog())
    for act in (lambda: log.change(PASSPHRASE), log.unprotect, lambda: log.open(PASSPHRASE)):
        with pytest.raises(LockedError, match="not locked"):
            act()
    log.protect(PASSPHRASE)
    with pytest.raises(LockedError, match="already"):
        log.protect(PASSPHRASE)
    other = locked_again(log)
    for act in (lambda: other.change(PASSPHRASE), other.unprotect):
        with pytest.raises(LockedError, match="first"):
            act()


def test_a_lock_that_could_not_be_set_is_none(store: SealedLog, monkeypatch: Any) -> None:
    """If what was written cannot be rewritten, all stays in plain and can be written as before."""
    store.add([wrote()])

    def fail(*_: Any) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr("brmcourse.log.sqlite._put", fail)
        with pytest.raises(LogError, match="nothing was changed"):
            store.protect(PASSPHRASE)
    assert not store.protected
    store.add([wrote("again")])
    assert len(store.read()[1]) == 2


def test_a_copy_from_before_is_sealed_when_it_is_put_back(store: SealedLog, tmp_path: Path) -> None:
    """A copy in plain that somebody kept elsewhere is sealed when it is put back; one that the old
    passphrase opened does not bring that passphrase back.
    """
    store.add([wrote()])
    plain = make_copy(store_path())
    assert plain
    kept = plain.path.read_bytes()
    store.protect(PASSPHRASE)
    old = make_copy(store_path())
    assert old
    restore(store, store_path(), plain)
    assert PLANTED not in str(below(store))
    assert len(store.read()[1]) == 1
    store.change("a better one")
    restore(store, store_path(), old)
    assert len(store.read()[1]) == 1
    with pytest.raises(LockedError):
        locked_again(store).open(PASSPHRASE)
    assert kept


def test_a_locked_copy_goes_to_another_computer(store: SealedLog) -> None:
    """What a log gives while it is locked opens on another computer by the same passphrase, beside
    what is there; what it gives while it is open is in plain.
    """
    store.add([wrote()])
    store.protect(PASSPHRASE)
    assert PLANTED in str(store.records())
    assert WritingLocked.kind not in {record.kind for record in store.records()}
    taken = locked_again(store).records()
    assert PLANTED not in str(taken)
    there = SealedLog(MemoryLog())
    there.add([wrote("here")])
    there.protect("another one here")
    there.rewrite(lambda before: [*before, *taken])
    assert there.locked
    there.add([wrote("goes on")])
    assert len(there.read()[1]) == 2
    there.open(PASSPHRASE)
    assert not there.locked
    assert len(there.read()[1]) == 3


def test_rewriting_leaves_what_it_does_not_change(store: SealedLog) -> None:
    """Records that a change leaves as they are stay to the byte; what comes behind is sealed, and
    readers need not begin anew.
    """
    store.add([wrote("one"), wrote("two")])
    store.protect(PASSPHRASE)
    before, (cursor, _) = below(store), store.read()
    store.rewrite(lambda records: [*records, encode(wrote("three"))])
    assert below(store)[: len(before)] == before
    after, events = store.read(cursor)
    assert after.epoch == cursor.epoch
    assert [event.body.text for event in events] == ["three"]  # type: ignore[union-attr]
    assert "three" not in below(store)[-1].body
    store.rewrite(lambda records: records[1:])
    assert [event.body.text for event in store.read(START)[1]] == ["two", "three"]  # type: ignore[union-attr]
    assert set(below(store)[1:]) <= {*before, below(store)[-1]}


# Pages


@pytest.fixture
def site(store: SealedLog, tmp_path: Path) -> Site:
    return Site(Learner(store), tmp_path / "course")


def learner(site: Site) -> Learner:
    return site.pages._learner


def write(site: Site, text: str = PLANTED) -> None:
    learner(site).record([choosing("Harbour")], new_id(), "1")
    draft = Draft("journal", 1, JournalWrote(1, text, done=True), "")
    learner(site).record([draft], new_id(), "")
    sheet = Draft("concerns", 1, SheetWrote(1, {"what": text}))
    learner(site).record([sheet], new_id(), "1")


def sent(site: Site, action: str, form: int = 0, **fields: str) -> tuple[str, str]:
    return site.post("/lock", site.get("/lock"), form=form, action=action, **fields)


def test_the_lock_from_its_page(site: Site, store: SealedLog, tmp_path: Path) -> None:
    """Without a script: the lock is set, its code shown once, shut, refused, opened by the code,
    changed, and taken off; the pages say where it stands.
    """
    write(site)
    assert 'href="/lock"' in site.get("/mine")
    assert site.get("/lock").count('autocomplete="new-password"') == 2
    _, html = sent(site, "protect", new=PASSPHRASE, again="something else")
    assert "not the same" in html
    assert "<title>Error: " in html
    assert PASSPHRASE not in html
    _, html = sent(site, "protect", new=PASSPHRASE, again=PASSPHRASE)
    code = html.partition("<code>")[2].partition("</code>")[0]
    assert keys.looks_like_code(code)
    assert code not in site.get("/lock")
    assert PLANTED in unescape(site.get("/mine"))
    assert not traces(tmp_path)
    assert "Whoever has the file can read" in site.get("/data")
    sent(site, "shut")
    assert "What you write is locked in it, too" in site.get("/data")
    for path in ("/mine", "/", "/journal", "/m1/start"):
        html = unescape(site.get(path))
        assert PLANTED not in html
        assert "What you wrote is locked" in html
    assert 'autocomplete="current-password"' in site.get("/lock")
    assert "not the right" in sent(site, "open", secret=PASSPHRASE[1:])[1]
    where, html = sent(site, "open", secret=code)
    assert where == f"{HOME}/mine"
    assert PLANTED in unescape(html)
    better = {"new": "a better one", "again": "a better one"}
    assert "Your new passphrase holds" in sent(site, "change", 1, secret=PASSPHRASE, **better)[1]
    assert "not the right" in sent(site, "unprotect", 2, secret=PASSPHRASE)[1]
    sent(site, "unprotect", 2, secret=BETTER)
    assert not store.protected
    assert PLANTED in unescape(site.get("/mine"))


def test_a_page_says_that_a_locked_text_was_not_saved(site: Site, store: SealedLog) -> None:
    """Who writes while it is locked reads that it was not saved, and nothing else fails."""
    write(site)
    store.protect(PASSPHRASE)
    store.shut()
    html = site.send("/journal", "journal", "keep", **{"journal:1:text": "New."})
    assert "What you write is locked" in unescape(html)
    assert 'value="try-again"' in html
    html = site.get("/m1/check-yourself")
    assert "1 of " in site.send("/m1/check-yourself", "quiz-m1", "check", pick="A")


def test_a_text_that_came_while_it_was_locked_is_given_back_after_it(
    site: Site, store: SealedLog
) -> None:
    """Without a script, too: who wrote while it was locked opens it and tries again, and gets the
    text to copy; it takes the place of no entry.
    """
    write(site)
    store.protect(PASSPHRASE)
    store.shut()
    page = site.get("/journal")
    _, html = site.post("/journal", page, **{"journal:1:text": "Not lost."}, action="keep")
    assert "<title>Error: " in html
    assert "was not saved yet" in html
    sent(site, "open", secret=PASSPHRASE)
    before = store.read(kinds=["journal.wrote"])[1]
    _, html = site.post("/journal", html, action="try-again")
    assert "this page is read anew" in html
    assert "Not lost." in html
    assert store.read(kinds=["journal.wrote"])[1] == before


def test_every_activity_opens_while_it_is_locked(library: Library, store: SealedLog) -> None:
    """No activity fails because its texts are locked."""
    store.add([event for event in everything() if isinstance(event.body, Body)])
    store.protect(PASSPHRASE)
    store.shut()
    for name, about in (
        *(("reflect", "m6"), ("plan", "m1"), ("sheet", "concerns"), ("journal", "")),
        *(("values", ""), ("capstone", ""), ("proposal", ""), ("rehearse", ""), ("profile", "")),
        *(("converse", "s1"), ("example", "m1"), ("quiz", "m1")),
    ):
        html = find_session(library, name, about, Learner(store)).open()
        assert "brm-alert" not in html.replace('class="brm-alert" role="alert" data-lost', "")


def test_a_log_without_a_lock_has_no_page_for_it(learner: Learner, tmp_path: Path) -> None:
    """Where the log cannot be locked, no page offers it."""
    site = Site(learner, tmp_path / "course")
    assert "/lock" not in site.get("/mine")
    assert site.client.get("/lock").status_code == 404


def test_only_a_page_of_our_own_locks(site: Site, store: SealedLog) -> None:
    """A form without the sign of our pages is refused, and so is what the page does not offer."""
    body = f"action=protect&new={PASSPHRASE}&again={PASSPHRASE}"
    kind = {"content-type": "application/x-www-form-urlencoded", "origin": HOME}
    assert site.client.post("/lock", content=body, headers=kind).status_code == 403
    body = f"action=else&course-token={site.door.token}"
    assert site.client.post("/lock", content=body, headers=kind).status_code == 404
    assert not store.protected


# Commands


def test_the_lock_as_commands(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`brmcourse lock` asks twice, prints the code and encrypts; `brmcourse unlock` asks and keeps
    all in plain again. What is wrong is a sentence and exit code 1.
    """
    with closing(SqliteLog(store_path())) as log:
        log.add([wrote()])
    answers = iter([PASSPHRASE, "other", PASSPHRASE, PASSPHRASE, "wrong wrong"])
    assert sealing.lock(lambda _: next(answers)) == 1
    assert "not the same" in capsys.readouterr().err
    assert sealing.lock(lambda _: next(answers)) == 0
    code = next(line for line in capsys.readouterr().out.split() if keys.looks_like_code(line))
    assert not traces(tmp_path)
    with pytest.raises(LockedError):
        sealing.opened_log(lambda _: "wrong wrong")
    with closing(sealing.opened_log(lambda _: PASSPHRASE)) as opened:
        assert [event.body for event in opened.read()[1]] == [ReflectionWrote(PLANTED)]
    assert sealing.unlock(lambda _: next(answers)) == 1
    assert sealing.unlock(lambda _: code) == 0
    with closing(SqliteLog(store_path())) as log:
        assert [event.body for event in log.read()[1]] == [ReflectionWrote(PLANTED)]


def test_a_locked_export_goes_to_another_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `brmcourse export` writes while it is locked holds no text in plain and says so; where
    it is brought in, the same passphrase opens it. Into a locked log, texts in plain are brought
    in with the passphrase only.
    """
    store, file, plain = store_path(), tmp_path / "mine.zip", tmp_path / "plain.zip"
    with closing(SealedLog(SqliteLog(store))) as log:
        log.add([wrote("Elsewhere in plain")])
    assert main(["export", str(plain)]) == 0
    with closing(SealedLog(SqliteLog(store))) as log:
        log.forget([event.id for event in log.read()[1]])
        log.add([wrote()])
        log.protect(PASSPHRASE)
    assert main(["export", str(file)]) == 0
    assert "locked" in capsys.readouterr().out
    with ZipFile(file) as inside:
        assert all(PLANTED.encode() not in inside.read(name) for name in inside.namelist())
    monkeypatch.setenv("BRMCOURSE_STORE", str(tmp_path / "other" / "answers.sqlite"))
    assert main(["import", str(file)]) == 0
    typed: list[str] = []
    monkeypatch.setattr("brmcourse.hosts.mine.getpass", lambda ask: typed.append(ask) or PASSPHRASE)
    assert main(["import", str(plain)]) == 0
    assert len(typed) == 1
    assert not traces(tmp_path / "other", "Elsewhere in plain")
    with closing(sealing.opened_log(lambda _: PASSPHRASE)) as log:
        texts = {event.body.text for event in log.read()[1]}  # type: ignore[union-attr]
    assert texts == {PLANTED, "Elsewhere in plain"}


def test_what_was_typed_into_a_locked_page_takes_no_text_s_place(library: Library) -> None:
    """A page drawn while the writing was locked has empty fields. Once it is open, pressing "Try
    again" there shows what was typed, and what stands written stays.
    """
    log = SealedLog(MemoryLog())
    learner = Learner(log)
    prompt = library.named("prompts", "m6").reflections[0].id
    first = find_session(library, "reflect", "m6", learner)
    first.open()
    first.answer({"action": "draft", "form": {f"{prompt}:text": ["The old text."]}})
    log.protect(PASSPHRASE)
    log.shut()
    page = find_session(library, "reflect", "m6", learner)
    assert "The old text." not in page.open()
    typed = {"action": "draft", "form": {f"{prompt}:text": ["A new line."]}}
    page.answer(typed)
    log.open(PASSPHRASE)
    for message in ({"action": "try-again"}, {"action": "try-again"}):
        answer = page.answer(message)
        assert "The old text." in answer
    assert [event.body.text for event in log.read(kinds=["reflection.wrote"])[1]] == [
        "The old text."
    ]
    log.shut()
    page.open()
    log.open(PASSPHRASE)
    answer = page.answer(typed)
    assert "A new line." in answer
    assert "The old text." in answer
    assert page.failed
