"""Worked examples: told, asked about, completed and annotated; nothing in them is marked."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from brmcourse.activities import example
from brmcourse.activities.activity import Note, recorded
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import Draft, Event, ExampleAnswered, ExampleShown, ExampleWrote
from brmcourse.hosts.preview.file import ShownFile
from brmcourse.log.memory import MemoryLog
from brmcourse.model.example import Example
from brmcourse.rendering.render import render_view
from brmcourse.session import Learner, find_session
from tests import make
from tests.overlay import SAMPLE
from tests.play import NOON, Play, event

SECRETS = ("Feedback on", "He asks first.", "My week.", "So your week.", "An offer.", "All in all.")
"""What a fresh page keeps back."""

DID = {
    "why": ExampleAnswered("why", "bea"),
    "sum": ExampleWrote("sum", "So it is the week?"),
    "end": ExampleWrote("end", "She gives a little."),
}
"""What is asked for at each line."""


def letter(play: Play, option: str) -> str:
    """Return the letter that an answer has on this learner's page."""
    line = play.content.asked["why"]
    return next(code for code, found in play.state.options(line) if found.id == option)


def answer(play: Play, option: str) -> Any:
    return play.do("answer", "why", pick=letter(play, option))


def did(body: Any, edition: int = 1, minute: int = 0) -> Event:
    return event(Draft("example:e1", edition, body), time=NOON + timedelta(minutes=minute))


def test_a_fresh_page_keeps_back_what_it_asks_for() -> None:
    """Before an answer a page has no comment, note, model line or later line, and no option id."""
    page = Play(example, make.example()).page()
    for secret in (*SECRETS, "Our answer", "-ann", 'value="ann"'):
        assert secret not in page
    assert "A complaint." in page
    assert "You have it." in page
    assert "3 more lines follow once you have answered." in page


@pytest.mark.parametrize("option", ["ann", "bea", "cyn"])
def test_any_answer_is_accepted_and_commented(option: str) -> None:
    """Each answer gets its own comment, the note, our answer if it is another, and no mark; the
    lines up to the next that asks for something follow.
    """
    play = Play(example, make.example())
    answer(play, option)
    page = play.page()
    assert play.bodies == [ExampleAnswered("why", option)]
    before, _, others = page.partition("What we would say to the other answers")
    assert f"Feedback on {option}" in before
    assert f"Feedback on {option}" not in others
    assert ("Our answer" in page) == (option != "ann")
    assert "He asks first." in page
    assert "My week." in page
    assert "So your week." not in page
    assert "1 more line follows once you have compared." in page
    assert not any(word in page for word in ("Not this one", "✓", "brm-wrong", "brm-right"))
    assert 'id="example-e1-why-ours" tabindex="-1" data-focus' in page


def test_the_latest_answer_stands() -> None:
    """An answer from another window replaces the one before."""
    play = Play(example, make.example())
    answer(play, "bea")
    answer(play, "cyn")
    assert play.state.record.chosen == {"why": "cyn"}


def test_ours_can_be_seen_without_an_answer() -> None:
    """Who only wants to read sees our answer, note and line, and all comments, at a press each."""
    play = Play(example, make.example())
    for line in ("why", "sum", "end"):
        play.do("show", line)
    page = play.page()
    assert play.bodies == [ExampleShown(line) for line in ("why", "sum", "end")]
    assert all(secret in page for secret in SECRETS)
    assert "Your answer" not in page
    assert "What we would say to each answer" in page
    assert example.done(play.state.record)


def test_a_line_is_written_and_compared() -> None:
    """Comparing records what was written, then shows the model line beside it; the text can still
    be changed.
    """
    play = Play(example, make.example())
    answer(play, "ann")
    play.do("draft", **{"e1:sum": "So?"})
    assert "So your week." not in play.page()
    play.do("compare", "sum", **{"e1:sum": " So <it> is\n"})
    assert play.bodies[1:] == [
        ExampleWrote("sum", "So?"),
        ExampleWrote("sum", " So <it> is\n"),
        ExampleShown("sum"),
    ]
    page = play.page()
    assert page.index(" So &lt;it&gt; is\n</textarea>") < page.index("So your week.")
    assert 'id="example-e1-sum-ours" tabindex="-1" data-focus' in page
    play.do("draft", **{"e1:sum": "Better."})
    assert "Better." in play.page(play.reopened)


@pytest.mark.parametrize(
    ("line", "action", "words"),
    [
        ("why", "answer", "Choose an answer"),
        ("sum", "compare", "Write the line"),
        ("end", "compare", "Write what the line does"),
    ],
)
def test_what_is_missing_is_said_where_it_is_missing(line: str, action: str, words: str) -> None:
    """Without an answer or a text nothing is told; the page says what is missing, at that line and
    in the title, until the next step.
    """
    play = Play(example, make.example(), [did(DID["why"])] if line == "sum" else [])
    before = list(play.log)
    play.do(action, line, **{f"e1:{line}": " \n"} if line != "why" else {})
    assert [body for body in play.bodies if isinstance(body, ExampleAnswered | ExampleShown)] == [
        one.body for one in before
    ]
    page = play.page()
    assert f'id="example-e1-{line}-error" tabindex="-1" data-error data-focus' in page
    assert words in page
    assert page.count(f'aria-describedby="example-e1-{line}-error"') == 1
    assert "data-error" not in play.page(play.do("show", line))


@pytest.mark.parametrize(
    ("action", "about"),
    [
        ("answer", "sum"),
        ("compare", "sum"),
        ("show", "sum"),
        ("show", ""),
        ("show", "nobody"),
        ("compare", "why"),
        ("answer", "end"),
        ("nonsense", "why"),
    ],
)
def test_what_the_page_does_not_offer_changes_nothing(action: str, about: str) -> None:
    """A line still folded, an unknown one, or a step that a line does not have changes nothing."""
    play = Play(example, make.example())
    play.do(action, about, pick="A")
    assert play.log == []
    assert play.state == Play(example, make.example()).state


@pytest.mark.parametrize("pick", ["Z", "ann", "0"])
def test_an_answer_that_there_is_none_of(pick: str) -> None:
    """A letter that the page does not have is refused."""
    with pytest.raises(ActionError):
        Play(example, make.example()).do("answer", "why", pick=pick)


def test_a_text_is_kept_with_any_step() -> None:
    """What stands in a form is recorded whatever its button does; the same text once."""
    play = Play(example, make.example())
    for _ in range(2):
        play.do("show", "end", **{"e1:end": "Mine"})
    assert play.bodies == [ExampleWrote("end", "Mine"), ExampleShown("end"), ExampleShown("end")]


def test_done() -> None:
    """An example is done when each line that asks was answered, written or shown, not before."""
    content = make.example()
    assert not example.done(example.blank(content))
    for last, body in DID.items():
        rest = [did(other) for line, other in DID.items() if line != last]
        record = recorded(example, content, rest)
        assert not example.done(record)
        assert example.done(example.fold(record, did(body)))
        assert example.done(example.fold(record, did(ExampleShown(last))))
    blanks = [did(DID["why"]), did(DID["sum"]), did(ExampleWrote("end", " \n"))]
    assert not example.done(recorded(example, content, blanks))


def test_a_told_example_is_only_read() -> None:
    """An example that asks for nothing rests on no events, has no forms and is done as it is."""
    content = make.told(closing="That was all.")
    play = Play(example, content)
    assert example.subjects(content) == ()
    assert example.done(play.state.record)
    page = play.page()
    assert "<form" not in page
    assert "<h3" not in page
    assert "A complaint." in page
    assert "That was all." in page


def test_the_closing_waits_until_all_is_told() -> None:
    """The words at the end come when nothing is kept back any more."""
    play = Play(example, make.example(), [did(body) for body in DID.values()])
    assert "All in all." not in play.page()
    for line in ("sum", "end"):
        play.do("compare", line)
    assert "All in all." in play.page()


def test_written() -> None:
    """What the learner wrote is listed with its time; it reads below the line that it is about."""
    content = make.example()
    events = [did(DID["why"]), did(DID["end"], minute=2), did(DID["sum"], minute=5)]
    record = recorded(example, content, events)
    assert example.written(record) == [
        Note("Late", "So it is the week?", NOON + timedelta(minutes=5)),
        Note("Late", "She gives a little.", NOON + timedelta(minutes=2)),
    ]
    html = render_view(
        "example_view.html", example.begin(record, Play(example, content).context), 3
    )
    assert "<h3>Late</h3>" in html
    assert "<dt>Your line for Ben</dt><dd>So it is the week?</dd>" in html
    assert "<dt>Noor: Half will do.</dt><dd>She gives a little.</dd>" in html
    assert (
        example.written(example.blank(content)) == ()
        or example.written(example.blank(content)) == []
    )


def test_another_edition_asks_anew_and_keeps_texts() -> None:
    """Answers to an earlier edition count no more; what was written stays and is never lost."""
    content = make.example(edition=2)
    shown = [did(ExampleShown(line)) for line in DID]
    record = recorded(example, content, [*map(did, DID.values()), *shown])
    assert record.chosen == {}
    assert record.shown == frozenset()
    assert [record.text(line) for line in content.asked.values()] == [
        "",
        "So it is the week?",
        "She gives a little.",
    ]


def test_an_example_and_a_quiz_of_one_name() -> None:
    """What was done in an example is told apart from a quiz or module that is called the same."""
    record = example.blank(make.example())
    for subject in ("e1", "m1", "example:e2"):
        assert example.fold(record, event(Draft(subject, 1, DID["why"]))) is record


def test_the_page_is_the_fold_of_the_log() -> None:
    """A page opened anew shows what the page in play shows, without its focus."""
    play = Play(example, make.example())
    answer(play, "cyn")
    play.do("compare", "sum", **{"e1:sum": "Mine"})
    assert play.reopened.record == play.state.record
    assert "data-focus" not in play.page(play.reopened)
    assert play.page(play.reopened) == play.page().replace("data-focus", "")


def test_what_is_printed_has_the_own_words() -> None:
    """On paper a text stands whole below its field."""
    play = Play(example, make.example(), [did(DID["end"])])
    assert '<div class="brm-printed" aria-hidden="true">She gives a little.</div>' in play.page()


ACTIONS = st.tuples(
    st.sampled_from(["answer", "compare", "show", "draft", "x"]),
    st.sampled_from(["why", "sum", "end", "", "nobody"]),
    st.fixed_dictionaries(
        {},
        optional={
            "pick": st.sampled_from(["A", "B", "C"]),
            "e1:sum": st.text(max_size=5),
            "e1:end": st.text(max_size=5),
            "e1:why": st.text(max_size=5),
        },
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTIONS, max_size=12))
def test_nothing_is_lost_and_nothing_taken_back(steps: list[Any]) -> None:
    """Whatever a page does: what was opened stays open, a folded line stays folded until the one
    before it is open, texts are kept as they were sent last, and the log alone gives the same.
    """
    play = Play(example, make.example())
    texts: dict[str, str] = {}
    for name, about, form in steps:
        before = play.state.record
        play.do(name, about, **form)
        record = play.state.record
        texts |= {key[3:]: text for key, text in form.items() if key in {"e1:sum", "e1:end"}}
        assert {line: text for line, text in texts.items() if text} == {
            line: text for line, text in record.texts.items() if text
        }
        assert before.shown <= record.shown
        assert set(before.chosen) <= set(record.chosen)
        if "sum" in record.shown:
            assert record.open(play.content.asked["why"])
    assert play.reopened.record == play.state.record


def test_the_sample_is_worked_through() -> None:
    """The example of the small course is opened, answered, completed and annotated in a session,
    and opens anew where it was left.
    """
    log = MemoryLog()
    page = find_session(Library(SAMPLE), "example", "e1", Learner(log))
    assert "Why could this line work?" in page.open()
    page.answer({"action": "answer e1-soon", "form": {"pick": ["B"]}})
    page.answer({"action": "answer e1-ask", "form": {"pick": ["A"]}})
    page.answer({"action": "compare e1-sum", "form": {"e1:e1-sum": ["Is it your team?"]}})
    html = page.answer({"action": "show e1-end"})
    assert "In the second way she says what she needs." in html
    again = find_session(Library(SAMPLE), "example", "e1", Learner(log))
    assert "Is it your team?</textarea>" in again.open()


def test_a_preview_shows_what_is_only_read(tmp_path: Path) -> None:
    """An author sees a told example too, though there is nothing to do in it."""
    root = Path(shutil.copytree(SAMPLE, tmp_path / "course"))
    path = root / "data" / "examples" / "told.yaml"
    content = make.told().model_dump(exclude_defaults=True, mode="json")
    path.write_text(yaml.safe_dump(content), "utf-8")
    shown = ShownFile(root, path, Learner(MemoryLog()))
    assert list(shown.sessions) == ["example"]
    assert "A complaint." in shown.sessions["example"].open()


def line(**changed: Any) -> dict[str, Any]:
    """Return the one line of an example, of which the named fields are others; None is none."""
    fields = {"who": "Noor", "says": "It is late.", **changed}
    return {key: value for key, value in fields.items() if value is not None}


ASK = {
    "question": "Why?",
    "options": [
        {"id": "a", "text": "A", "feedback": "a", "right": True},
        {"id": "b", "text": "B", "feedback": "b"},
    ],
}
MIND = {"id": "x", "note": "So."}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "silent": (line(says=None), "no `says`"),
    "two things": (line(**MIND, ask=ASK, yours=True), "`ask` and `yours`"),
    "blank without model": (line(**MIND, says=None, blank=True), "no `model`"),
    "blank that says": (line(**MIND, blank=True, model="Late?"), "give it away"),
    "model for nothing": (line(model="Late?"), "nobody is asked for"),
    "ask without id": (line(ask=ASK, note="So."), "no `id`"),
    "yours without note": (line(id="x", yours=True), "no `note`"),
    "one option": (line(**MIND, ask={**ASK, "options": ASK["options"][:1]}), "with 1 options"),
    "none right": (
        line(**MIND, ask={**ASK, "options": [ASK["options"][1], {**ASK["options"][1], "id": "c"}]}),
        "no right options",
    ),
    "two right": (
        line(
            **MIND,
            ask={**ASK, "options": [{**one, "right": True} for one in ASK["options"]]},  # type: ignore[dict-item]
        ),
        "2 right options",
    ),
    "option twice": (line(**MIND, ask={**ASK, "options": ASK["options"] * 2}), "used twice: a, b"),
}


@pytest.mark.parametrize(("wrong", "words"), WRONG.values(), ids=WRONG)
def test_a_line_that_cannot_be_shown(wrong: dict[str, Any], words: str) -> None:
    """A line asks for one thing and has what that takes, or its author is told what it lacks."""
    with pytest.raises(ValidationError, match=words):
        make.told(versions=[{"id": "v", "title": "V", "lines": [wrong]}])


def version(**changed: Any) -> dict[str, Any]:
    return {"id": "v", "title": "V", "lines": [line(**MIND)], **changed}


def test_versions_and_lines_are_told_apart() -> None:
    """There are two versions at most, each with its own id and title, and no line id is used
    twice, not even in different versions.
    """
    other = version(id="w", title="W", lines=[line()])
    assert isinstance(make.told(versions=[version(), other]), Example)
    for versions, words in (
        ([version(), version(title="W", lines=[line()])], "version id used twice: v"),
        ([version(), version(id="w", lines=[line()])], "version title used twice: V"),
        ([version(), version(id="w", title="W")], "line id used twice: x"),
        ([version(), other, version(id="u", title="U", lines=[line()])], "3 versions"),
    ):
        with pytest.raises(ValidationError, match=words):
            make.told(versions=versions)
