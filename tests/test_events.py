"""Events: their stored form is readable for ever, and nothing that a record holds raises."""

import json
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brmcourse import events as module
from brmcourse.events import (
    KINDS,
    LONGEST,
    PRIVATE,
    SELF,
    Body,
    Event,
    QuizAnswered,
    Record,
    ReflectionWrote,
    SheetWrote,
    Unknown,
    decode,
    encode,
    is_id,
    new_id,
    now,
    numbered,
)

STORED = Path(__file__).parent / "logs" / "events.jsonl"
EXAMPLES = [Record(**json.loads(line)) for line in STORED.read_text("utf-8").splitlines()]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
COMPUTED = {"points", "max_points", "try", "skill", "skills", "score", "attempt", "correct"}


def reflection(text: str, **changed: Any) -> Event:
    event = Event(new_id(), NOON, "m1-r1", 1, "learner-1", SELF, "1", ReflectionWrote(text))
    return event._replace(**changed)


def unsaid(body: Body) -> dict[str, Any]:
    """Return the fields that a body may leave out, as they are then."""
    return {field.name: field.default for field in fields(body) if field.default in (None, "")}


@pytest.mark.parametrize("record", EXAMPLES, ids=lambda record: f"{record.kind}-{record.id[-2:]}")
def test_stored_examples_are_read_for_ever(record: Record) -> None:
    """What was stored once is read as the event it was, and is written as the same record, also
    where the kind has fields by now that came later.
    """
    event = decode(record)
    assert isinstance(event, Event), event
    assert event.kind == record.kind
    assert type(event.body) is KINDS[record.kind]
    assert asdict(event.body) == unsaid(event.body) | json.loads(record.body)
    assert encode(event) == record


def test_every_kind_has_a_stored_example() -> None:
    """A kind of event that is added comes with an example in tests/logs/events.jsonl."""
    own = {name for name, body in KINDS.items() if body.__module__ == module.__name__}
    assert own == {record.kind for record in EXAMPLES}


def test_nothing_computed_is_stored() -> None:
    """No kind has a field for what can be computed, such as points, tries or skills."""
    for name, body in KINDS.items():
        assert not COMPUTED & {field.name for field in fields(body)}, name  # type: ignore[arg-type]


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
odd_texts = st.text(st.characters(codec=None), max_size=40)
values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.text(), scalars, max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | odd_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_texts, inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from([field.name for body in KINDS.values() for field in fields(body)])  # type: ignore[arg-type]
bodies = st.one_of(
    values,
    odd_texts,
    json_values.map(json.dumps),
    st.dictionaries(names, json_values).map(json.dumps),
    st.sampled_from([record.body for record in EXAMPLES]).flatmap(
        lambda body: st.integers(0, len(body)).map(lambda end: body[:end])
    ),
)
records = st.builds(
    Record,
    id=values,
    time=st.just(NOON.isoformat()) | odd_texts | values | st.datetimes().map(str),
    kind=st.sampled_from(sorted(KINDS)) | values,
    subject=st.just("q") | values,
    edition=st.just(1) | values,
    learner=st.just("l") | values,
    author=st.just(SELF) | values,
    partner=st.just("") | values,
    body=bodies,
)


@settings(max_examples=600, deadline=None)
@given(records)
def test_decode_never_raises(record: Record) -> None:
    """Whatever a record holds, it is an event that can be written, or unknown with a reason."""
    found = decode(record)
    if isinstance(found, Unknown):
        assert found.record is record
        assert found.reason
        assert len(found.reason) < 500
    else:
        again = decode(encode(found))
        assert isinstance(again, Event)
        assert encode(again) == encode(found)


BROKEN = {
    "unknown-kind": {"kind": "quiz.pondered"},
    "no-kind": {"kind": None},
    "unhashable-kind": {"kind": ["reflection.wrote"]},
    "empty-body": {"body": ""},
    "no-body": {"body": None},
    "number-body": {"body": 7},
    "list-body": {"body": "[]"},
    "bytes-body": {"body": b"\xff\x00"},
    "broken-json": {"body": '{"text":"x'},
    "missing-key": {"body": "{}"},
    "wrong-type": {"body": '{"text":7}'},
    "null-for-text": {"body": '{"text":null}'},
    "huge-body": {"body": json.dumps({"text": "x" * 5_000_000})},
    "deep-body": {"body": '{"text":' + "[" * 100_000},
    "huge-number": {"body": '{"text":' + "9" * 100_000 + "}"},
    "half-pair": {"body": '{"text":"\\ud800"}'},
    "no-time": {"time": None},
    "number-time": {"time": 1},
    "broken-time": {"time": "24 November"},
    "time-without-zone": {"time": "2026-11-24T12:00:00"},
    "edition-text": {"edition": "1"},
    "edition-true": {"edition": True},
    "edition-none": {"edition": None},
    "edition-huge": {"edition": 2**70},
    "no-id": {"id": None},
    "number-id": {"id": 7},
    "bytes-subject": {"subject": b"\xff"},
    "no-partner": {"partner": None},
    "no-author": {"author": None},
    "no-learner": {"learner": None},
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_broken_record_is_unknown(change: dict[str, Any]) -> None:
    """A record that is no event is unknown, with a short reason that repeats no learner's text."""
    record = encode(reflection("between us"))._replace(**change)
    found = decode(record)
    assert isinstance(found, Unknown)
    assert found.record is record
    assert 0 < len(found.reason) < 200
    assert "between us" not in found.reason
    assert "24 November" not in found.reason


def test_a_reason_names_the_place() -> None:
    """The reason of a missing or wrong value names the field."""
    record = encode(reflection("x"))
    assert decode(record._replace(body="{}"))[1].startswith("text: ")
    assert decode(record._replace(body='{"text":7}'))[1].startswith("text: ")
    assert decode(record._replace(body=f'{{"text":"{"x" * LONGEST}"}}'))[1] == "too large"


def test_extra_keys_are_ignored() -> None:
    """What a later version added to a body does not keep this one from reading it."""
    event = reflection("x")
    found = decode(encode(event)._replace(body='{"text":"x","mood":{"deep":[1]},"points":3}'))
    assert found == event


def test_half_pairs_become_replacement_characters() -> None:
    """Letters that no file can hold are written as U+FFFD, wherever they stand; pairs join."""
    event = reflection("a\ud800b \ud83d\ude00", subject="q\udc00", partner="\ud800", id="\udfff")
    record = encode(event)
    assert (record.subject, record.partner, record.id) == ("q\ufffd", "\ufffd", "\ufffd")
    found = decode(record)
    assert isinstance(found, Event)
    assert found.body == ReflectionWrote("a\ufffdb 😀")
    texts = Event(new_id(), NOON, "s", 1, "l", SELF, "1", SheetWrote(1, {"k\ud800": "v\udc00"}))
    assert decode(encode(texts))[-1] == SheetWrote(1, {"k\ufffd": "v\ufffd"})


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None)), st.dictionaries(st.text(), json_values))
def test_every_text_comes_back(text: str, response: dict[str, Any]) -> None:
    """Every text that UTF-8 can hold comes back as it was; every record is UTF-8."""
    for body in (ReflectionWrote(text), QuizAnswered("q", {"text": text, "more": response})):
        event = reflection("")._replace(body=body)
        record = encode(event)
        record.body.encode()
        found = decode(record)
        if isinstance(found, Unknown):
            pytest.fail(found.reason)
        if isinstance(found.body, ReflectionWrote) and "\ufffd" not in found.body.text:
            assert (
                found.body.text.encode()
                == text.encode("utf-16", "surrogatepass").decode("utf-16").encode()
            )


def test_ids_of_one_action() -> None:
    """The same action gives the same ids, a distinct one for each of its events."""
    action = new_id()
    ids = [numbered(action, number) for number in range(5)]
    assert ids == [numbered(action, number) for number in range(5)]
    assert ids[0] == action
    assert len(set(ids)) == 5
    assert not set(ids) & {numbered(new_id(), number) for number in range(5)}
    assert all(map(is_id, ids))
    last = str(UUID(int=2**128 - 1))
    assert is_id(numbered(last, 1))


ID = "01a20ebd-dde2-7d73-b90c-ada487af8160"


@pytest.mark.parametrize(
    "text", ["", "x", None, 7, b"0" * 36, ID.upper(), f"{{{ID}}}", "0" * 32, "é" * 36]
)
def test_what_is_no_id(text: Any) -> None:
    """Only the plain small form of a uuid is an id."""
    assert not is_id(text)
    assert is_id(new_id())


def test_ids_sort_by_time_and_time_is_utc() -> None:
    """Ids sort in the order in which they were made, and the clock is UTC."""
    ids = [new_id() for _ in range(500)]
    assert ids == sorted(set(ids))
    assert now().utcoffset() == timedelta(0)


def test_readers_are_made_for_known_kinds_only() -> None:
    """A file full of odd kinds does not fill the memory."""
    for number in range(100):
        decode(encode(reflection("x"))._replace(kind=f"odd-{number}"))
    assert module._reader.cache_info().currsize <= len(KINDS)


NAMES = {
    "conversation.chose": {"node"},
    "conversation.said": {"node"},
    "due.done": {"key"},
    "due.put-off": {"key"},
    "example.answered": {"line", "choice"},
    "example.shown": {"line"},
    "example.wrote": {"line"},
    "journal.wrote": {"prompt"},
    "learner.began": {"seed"},
    "mirror.answered": {"answer", "mode", "ratings"},
    "mirror.invited": {"invitation", "mode"},
    "partner.chosen": {"code"},
    "plan.reported": {"outcome"},
    "plan.wrote": {"on"},
    "proposal.wrote": {"line"},
    "quiz.answered": {"quiz"},
    "quiz.moved": {"to"},
    "rehearsal.looked": {"ratings"},
    "review.answered": {"item"},
    "scale.finished": {"answers"},
    "scale.rated": {"ratings"},
    "step.passed": {"step"},
    "values.ranked": {"order"},
    "writing.locked": {"key", "passphrase", "code"},
}
"""The fields that name something of the course's, draw lots, are a partner's code, or are keys."""


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_holds_the_learners_words_is_private(kind: str) -> None:
    """Every field that can hold a text is either known to name something, or marked as private;
    so a new kind of event is decided on before it is recorded.
    """
    texts = {field.name for field in fields(KINDS[kind]) if "str" in str(field.type)}
    texts |= {field.name for field in fields(KINDS[kind]) if "Response" in str(field.type)}
    texts |= {field.name for field in fields(KINDS[kind]) if "Any" in str(field.type)}
    private = set(PRIVATE.get(kind, ()))
    assert texts == private | NAMES.get(kind, set())
    assert not private & NAMES.get(kind, set())
