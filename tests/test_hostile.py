"""Messages that no page sends, and events that nobody recorded: every activity goes on.

The valid messages among them are read off the page itself, as a browser would: so every state that
a learner can reach is reached here, too.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from html import unescape
from random import Random
from typing import Any

import pytest

import brmcourse.events as kinds
from brmcourse.activities.activity import Action
from brmcourse.catalogue import CATALOGUE, Row, activity_of
from brmcourse.content.library import BASELINE, Library
from brmcourse.errors import CourseError
from brmcourse.events import (
    FIRST_PARTNER,
    KINDS,
    PARTNERS,
    SELF,
    ActivityReset,
    DueDone,
    DuePutOff,
    LearnerBegan,
    PartnerChosen,
    ProposalMade,
    Record,
    ReviewAnswered,
    ReviewPutOff,
    ReviewRetired,
    ReviewReturned,
    ReviewSkipped,
    ScaleThoughtBack,
    StepPassed,
    WritingLocked,
    new_id,
)
from brmcourse.log.memory import MemoryLog
from brmcourse.rendering import words
from brmcourse.session import Learner, Session, find_session
from tests.overlay import SAMPLE
from tests.play import NOON

MESSAGES = 10_000
MISHAPS = (words.NOT_DONE, words.DONE, words.NOT_SHOWN)
SEED = 20261124

TEXTS = (
    "", " ", "0", "-1", "1", "2", "3", "99", "9" * 400, "1e9", "0x1", "1.5", "٣", "²", "Ⅷ",
    "A", "Z", "T1", "T99", "R1", "none", "end", "true", "null", "a\x00b", "\ud800", "x\udfffy",
    "\u202e", "😀", "<b>&\"'", "{{ 7 }}", "../../etc/passwd", "2026-02-30", "0001-01-01",
    "9999-12-31", "a b c", "long " * 400, "\n",
)  # fmt: skip
"""What nobody types, and what one might."""

NAMES = (
    "question",
    "pick",
    "text",
    "turn",
    "about-partner",
    "rate-A",
    "rate-R1",
    "rank:",
    "predicted:1:card",
)
"""Fields of any activity."""

ODD: tuple[Any, ...] = (
    None,
    0,
    -1,
    10**400,
    True,
    2.5,
    [],
    {},
    [[[[[[[[["deep"]]]]]]]]],
    ["open"],
    {"a": {"b": []}},
)
"""What has the wrong type anywhere."""


OWN = [body for body in KINDS.values() if body.__module__ == kinds.__name__]
"""What can happen in the course, without what other tests make up."""


@dataclass
class Form:
    """A form on a page: the values that each field can have, and its buttons."""

    values: dict[str, list[str]] = field(default_factory=dict)
    several: set[str] = field(default_factory=set)
    always: set[str] = field(default_factory=set)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)


TAG = re.compile(r"<(section|form|button|textarea|input|select|option)\b([^>]*)>")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


class Page:
    """The forms of a page, and whom it is about; ten times faster than an HTML parser."""

    def __init__(self, html: str) -> None:
        self.forms: list[Form] = []
        self.partner = ""
        self._select = ""
        self._named: dict[str, Form] = {}
        self._outside: list[tuple[str, str]] = []
        for tag, attributes in TAG.findall(html):
            about = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
            only_copied = "readonly" in about or "data-copy" in about
            if not only_copied:
                self._read(tag, about)
        for form, action in self._outside:
            self._named[form].actions.append(action)

    def _read(self, tag: str, about: Mapping[str, str]) -> None:
        kind = about.get("type", tag)
        if tag == "section":
            self.partner = about.get("data-partner", self.partner)
        elif tag == "form":
            self.forms.append(Form(actions=["draft"] if "data-draft" in about else []))
            self._named[about.get("id", "")] = self.forms[-1]
        elif about.get("type") == "button" or (tag == "textarea" and "name" not in about):
            return  # a browser sends neither
        elif tag == "button" and "form" in about:  # it may stand before its form
            self._outside.append((about["form"], about["value"]))
        elif tag == "button":
            self.forms[-1].actions.append(about["value"])
        elif kind in {"textarea", "date"}:
            self.forms[-1].typed.append(about["name"])
        elif kind == "hidden":
            self.forms[-1].hidden.append((about["name"], about["value"]))
        elif tag == "select":
            self._select = about["name"]
            self.forms[-1].always.add(self._select)
        else:
            name = about.get("name", self._select)
            self.forms[-1].values.setdefault(name, []).append(about["value"])
            if kind == "checkbox":
                self.forms[-1].several.add(name)


class Crowd:
    """Learners, and those who are none: one seed, one sequence of messages."""

    def __init__(self, seed: int, ids: Sequence[str], actions: Sequence[str]) -> None:
        self.chance = Random(seed)
        self.ids = ids
        self.actions = actions

    def valid(self, html: str) -> dict[str, Any]:
        """Return what a browser would send from this page."""
        page = Page(html)
        form = self.chance.choice([form for form in page.forms if form.actions] or [Form()])
        filled: dict[str, list[str]] = {}
        for name, value in form.hidden:
            filled.setdefault(name, []).append(value)
        for name, values in form.values.items():
            most = len(values) if name in form.several else 1
            if name in form.always or self.chance.random() < 0.9:
                filled[name] = self.chance.sample(values, self.chance.randint(1, most))
        for name in form.typed:
            filled[name] = [self.chance.choice(TEXTS)]
        action = self.chance.choice(form.actions or ["open"])
        return {"n": new_id(), "action": action, "form": filled, "partner": page.partner}

    def hostile(self, html: str) -> dict[str, Any]:
        """Return a message that differs from a valid one in one way or in several."""
        message = self.valid(html)
        for _ in range(self.chance.randint(1, 3)):
            self.chance.choice(self._ways())(message)
        return message

    def _ways(self) -> Sequence[Any]:
        return (
            self._other_action, self._other_action, self._other_about, self._other_about,
            self._other_value, self._other_value, self._other_value, self._other_field,
            self._fewer_fields, self._more_values, self._other_partner, self._wrong_type,
        )  # fmt: skip

    def text(self) -> str:
        return self.chance.choice([*TEXTS, *self.chance.sample(self.ids, 20)])

    def _other_action(self, message: dict[str, Any]) -> None:
        message["action"] = self.chance.choice(self.actions)

    def _other_about(self, message: dict[str, Any]) -> None:
        name, *about = str(message.get("action")).split(" ")
        words_ = [*about, self.text()]
        kept = self.chance.sample(words_, self.chance.randint(0, len(words_)))
        message["action"] = " ".join([name, *kept])

    def _other_value(self, message: dict[str, Any]) -> None:
        if isinstance(form := message.get("form"), dict) and form:
            form[self.chance.choice(list(form))] = [self.text()]

    def _other_field(self, message: dict[str, Any]) -> None:
        if isinstance(form := message.get("form"), dict):
            form[self.chance.choice([*NAMES, self.text()])] = [self.text()]

    def _fewer_fields(self, message: dict[str, Any]) -> None:
        if isinstance(form := message.get("form"), dict) and form:
            del form[self.chance.choice(list(form))]

    def _more_values(self, message: dict[str, Any]) -> None:
        if isinstance(form := message.get("form"), dict) and form:
            name = self.chance.choice(list(form))
            if isinstance(form[name], list):
                form[name] = [*form[name], self.text(), *form[name]] * self.chance.randint(0, 2)

    def _other_partner(self, message: dict[str, Any]) -> None:
        message["partner"] = self.text()

    def _wrong_type(self, message: dict[str, Any]) -> None:
        place = self.chance.choice(["n", "action", "form", "partner", "field", "value"])
        odd = self.chance.choice(ODD)
        if place in message:
            message[place] = odd
        elif isinstance(form := message.get("form"), dict):
            form[self.chance.choice(NAMES)] = odd if place == "field" else [odd]


def contents(library: Library, row: Row) -> list[str]:
    """Return what the course has to show by a public name."""
    if row.single:
        return [""]
    return [*library.names(row.place), *[BASELINE] * (row.name == "scale")]


def everything(library: Library) -> Iterator[tuple[Library, Row, str]]:
    for row in CATALOGUE.values():
        for name in contents(library, row):
            yield library, row, name
    # It has a line of each kind; several crowds, since each question can be asked only once.
    for _ in range(3):
        yield Library(SAMPLE), CATALOGUE["example"], "e1"


@pytest.fixture(scope="module")
def ids(library: Library) -> list[str]:
    """The ids of all things in the course, of those inside others too."""
    found: set[str] = set()

    def gather(data: Any) -> None:
        if isinstance(data, Mapping):
            found.update({str(data["id"])} if "id" in data else (), map(str, data))
        for value in data.values() if isinstance(data, Mapping) else data:
            if isinstance(value, Mapping | list | tuple):
                gather(value)

    for path, model in library.files():
        gather(library.load(path, model)[0].model_dump())
    return sorted(found)


@pytest.fixture(scope="module")
def actions(library: Library) -> list[str]:
    """The actions that pages offer, and a few more."""
    found = {
        "open",
        "try-again",
        "save-again",
        "add-partner",
        "choose-partner",
        "check",
        "arrange up 0",
        "choose 0",
    }
    found |= {
        "choose -1",
        "rewind -1",
        "rewind 99",
        "coach",
        "reset-yes",
        "finish-anyway",
        "asked",
        "draft",
        "",
        " ",
    }
    for own, row, name in everything(library):
        page = Page(opened(own, row, name, MemoryLog()).open())
        found |= {action for form in page.forms for action in form.actions}
    return sorted(found)


def opened(library: Library, row: Row, name: str, log: MemoryLog) -> Session:
    return find_session(library, row.name, name, Learner(log))


def untouched(html: str) -> bool:
    """Say whether a page has no mishap on it."""
    return html.startswith("<section") and not any(title in html for title in MISHAPS)


def refused_or_answered(page: Session, row: Row, message: dict[str, Any]) -> None:
    """Ask the activity itself, before anything is cleaned; only an error of the course may come."""
    form, action = message.get("form"), message.get("action")
    if not isinstance(form, dict) or not isinstance(action, str):
        return
    texts = {
        k: v for k, v in form.items() if isinstance(v, list) and all(isinstance(t, str) for t in v)
    }
    name, _, about = action.partition(" ")
    try:
        activity_of(row).update(page.state, Action(name, about, texts))
    except CourseError as error:
        assert str(error)  # noqa: PT017 -- most of them raise nothing


def test_ten_thousand_messages(library: Library, ids: list[str], actions: list[str]) -> None:
    """Whatever a page sends, every activity answers with its page or with a sentence, records only
    what it can read back, and opens anew from it.
    """
    items = list(everything(library))
    recorded: set[str] = set()
    for place, (own, row, name) in enumerate(items):
        crowd = Crowd(SEED + place, ids, actions)
        log = MemoryLog()
        page = opened(own, row, name, log)
        html = page.open()
        for number in range(3 * MESSAGES // 2 // len(items) + 1):
            valid = number % 3 == 0
            message = crowd.valid(html) if valid else crowd.hostile(html)
            refused_or_answered(page, row, message)
            html = page.answer(message)
            assert untouched(html), (row.name, name, number, message)
            assert not valid or words.REFUSED not in html, (row.name, name, message)
        again = opened(own, row, name, MemoryLog(log.records()))
        assert untouched(again.open()), (row.name, name)
        assert again.state.record == page.state.record
        recorded |= {event.kind for event in log.read()[1]}
    # All that can happen in an activity happened. A step is passed by the page around it, and a
    # page for the partner is made by three steps in a row, see test_proposal; one thinks back to
    # results of another activity, see test_profile.
    # In the review something is only after some days, see test_review.
    reviews = (ReviewAnswered, ReviewSkipped, ReviewPutOff, ReviewRetired, ReviewReturned)
    # The lock has a page of its own, see test_sealed.
    # What is begun anew is so by the page around it, too, see test_pages_data; what waits is put
    # off on Home, see test_due_pages.
    around = (StepPassed, ActivityReset, DuePutOff, DueDone, WritingLocked)
    elsewhere = {kind.kind for kind in (*around, ProposalMade, ScaleThoughtBack, *reviews)}
    assert recorded - elsewhere == {body.kind for body in OWN} - elsewhere


def body(kind: type[Any], crowd: Crowd, inside: Sequence[str]) -> str:
    """Return a body that can be read back, filled by chance."""
    chance = crowd.chance

    def text() -> str:
        return kinds.writable(chance.choice([*inside, *TEXTS]))

    def rating() -> int | None:
        return chance.choice([None, -1, 0, 1, 2, 3, 5, 99])

    def some(make: Any) -> list[Any]:
        return [make() for _ in range(chance.randint(0, 5))]

    def mapping() -> dict[str, Any]:
        found = {text(): chance.choice([rating(), text(), [], {}]) for _ in range(3)}
        return chance.choice([found, {"text": text(), "ratings": found}, {"text": 5, "ratings": 5}])

    makers: dict[Any, Any] = {
        str: text,
        bool: lambda: chance.random() < 0.5,
        int: lambda: chance.choice([-1, 0, 1, 2, 3, 10**9]),
        int | None: rating,
        str | None: lambda: chance.choice([None, text()]),
        list[str]: lambda: some(text),
        dict[str, int | None]: lambda: {text(): rating() for _ in range(4)},
        dict[str, list[str]]: lambda: {text(): some(text) for _ in range(4)},
        dict[str, str]: lambda: {text(): text() for _ in range(4)},
        dict[str, Any]: mapping,
        list[dict[str, str]]: lambda: some(lambda: {chance.choice(["card", text()]): text()}),
        kinds.Response: lambda: chance.choice([text(), some(text), mapping()]),
    }
    filled = {one.name: makers[one.type]() for one in fields(kind)}
    return json.dumps(filled, ensure_ascii=False)


def names_inside(page: Session, ids: Sequence[str]) -> list[str]:
    """Return the names of things that the content of a page has."""
    shown = repr(page.state.record.content)
    return [name for name in ids if f"'{name}'" in shown]


def test_events_that_nobody_recorded(library: Library, ids: list[str], actions: list[str]) -> None:
    """Whatever readable events a log holds, every activity opens from them and is shown."""
    for place, (own, row, name) in enumerate(everything(library)):
        crowd = Crowd(SEED + place, ids, actions)
        blank = opened(own, row, name, MemoryLog())
        blank.open()
        inside = names_inside(blank, ids)
        records = []
        for number in range(160):
            kind = crowd.chance.choice(OWN)
            record = Record(
                id=new_id(),
                time=crowd.chance.choice([NOON.isoformat(), "2026-11-24T12:00:00+05:30"]),
                kind=kind.kind,
                subject=crowd.chance.choice([*blank.subjects, *blank.subjects, PARTNERS]),
                edition=crowd.chance.choice([0, 1, 1, 1, 2]),
                learner="learner-1",
                author=SELF,
                partner=FIRST_PARTNER if row.partner else "",
                body=body(kind, crowd, inside),
            )
            records.append(record)
            if number % 40 == 39:
                log = MemoryLog(records)
                page = opened(own, row, name, log)
                html = page.open()
                assert untouched(html), (row.name, name, records[-40:])
                assert not log.unreadable
                if row.name == "quiz":
                    for asked in blank.state.quiz.questions:
                        html = page.answer({"action": f"go {asked.id}"})
                        assert untouched(html), (row.name, name, records)


@pytest.mark.parametrize(
    "move", ["choose 0", "choose -1", "choose", "choose 4", "choose ٣", "choose 1.0"]
)
def test_no_such_move(library: Library, move: str) -> None:
    """A move that the page does not offer is refused with a sentence, and none is made."""
    row = CATALOGUE["converse"]
    log = MemoryLog()
    page = opened(library, row, "s1", log)
    page.answer({"action": "begin"})
    html = page.answer({"action": move, "form": {"turn": ["0"]}})
    assert words.REFUSED in html
    assert page.state.turns == ()
    assert [event.kind for event in log.read()[1]] == [LearnerBegan.kind, "conversation.began"]


@pytest.mark.parametrize("lines", [[], ["A"], ["A", "A", "A"], ["X", "Y", "Z"], ["nobody"] * 9])
def test_no_such_lines(library: Library, lines: list[str]) -> None:
    """Lines that a question does not have are refused with a sentence; the page goes on."""
    row = CATALOGUE["quiz"]
    for name in library.names("questions"):
        page = opened(library, row, name, MemoryLog())
        page.open()
        for asked in (one for one in page.state.quiz.questions if one.kind == "order"):
            page.answer({"action": f"go {asked.id}"})
            form = {"question": [asked.id], "pick": lines}
            assert words.REFUSED in page.answer({"action": "arrange up 1", "form": form})
            html = page.answer({"action": "check", "form": form})
            assert untouched(html)
            assert "Put each line in the order" in html
            assert asked.id not in page.state.tries
            assert untouched(page.open())


def test_another_windows_question(library: Library) -> None:
    """A form sent from a question that is no longer on show breaks nothing on the one that is."""
    row = CATALOGUE["quiz"]
    for name in library.names("questions"):
        page = opened(library, row, name, MemoryLog())
        page.open()
        for on_show in page.state.quiz.questions:
            page.answer({"action": f"go {on_show.id}"})
            for asked in page.state.quiz.questions:
                form = {"question": [asked.id], "pick": ["?"], "rate-A": ["?"]}
                html = page.answer({"action": "check", "form": form})
                assert untouched(html), (on_show.id, asked.id)


def test_partners_by_chance(library: Library) -> None:
    """Whoever is added or chosen, there is always a partner whose page is shown."""
    chance = Random(SEED)
    log = MemoryLog()
    row = CATALOGUE["sheet"]
    page = opened(library, row, "partner", log)
    html = page.open()
    for _ in range(300):
        key = chance.choice(["", "0", "1", "2", "3", "٣", "-1", "9" * 5000, "<b>"])
        action = chance.choice(["add-partner", "choose-partner", "draft", "open"])
        form = {"about-partner": [key], "partner:1:code": [chance.choice(TEXTS)]}
        about = chance.choice(["", Page(html).partner, key])
        html = page.answer({"n": new_id(), "action": action, "form": form, "partner": about})
        assert untouched(html)
    chosen = [event for event in log.read()[1] if isinstance(event.body, PartnerChosen)]
    assert {event.partner for event in chosen} <= {str(number) for number in range(1, 301)}
    assert Page(opened(library, row, "partner", log).open()).partner == chosen[-1].partner
