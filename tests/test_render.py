"""The HTML of every activity in every state: sound, labelled, escaped, and silent about the key."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from markupsafe import Markup

from brmcourse.activities import (
    capstone,
    conversation,
    example,
    journal,
    mirror,
    mirror_code,
    plan,
    proposal,
    quiz,
    reflection,
    rehearsal,
    scale,
    sheet,
    values,
)
from brmcourse.activities.activity import Action
from brmcourse.activities.capstone import Outline
from brmcourse.activities.writing import Prompted
from brmcourse.content.library import Library
from brmcourse.events import Draft, SheetWrote
from brmcourse.model.base import Content
from brmcourse.rendering.render import Around, render_problem
from tests.make import (
    GRADED,
    PERFECT,
    exercise,
    ladder,
    outline,
    question,
    questionnaire,
    staged,
    told,
)
from tests.make import example as example_content
from tests.make import journal as journal_content
from tests.make import mirror as mirror_content
from tests.make import proposal as proposal_content
from tests.make import rehearsal as rehearsal_content
from tests.make import sheet as log
from tests.make import values as cards
from tests.play import Play, event, fill, page

VOID = {"input", "br", "hr", "img", "line", "circle", "meta", "link"}


class Page(HTMLParser):
    """Collects what the tests ask about, and fails on tags that do not close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for key, value in attrs if key == "id" and value]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def states(library: Library) -> Iterator[Any]:
    """Yield states of every activity: fresh, in the middle, at the end."""
    for kind in PERFECT:
        asked = question(kind)
        play = Play(quiz, exercise(asked))
        yield play.state
        if kind == "compose":
            yield play.do("compare", question="q1", text="Mine")
        yield play.do("check", question="q1")
        yield play.do("check", **fill(play, asked, PERFECT[kind]))
        yield play.do("go", "end")
        yield play.do("reset")
    play = Play(conversation, staged())
    yield play.state
    yield play.do("begin")
    yield play.do("coach")
    for turn in "01":
        yield play.do("choose", "2", turn=turn)
    play = Play(scale, questionnaire())
    yield play.state
    yield play.do("finish", i0="3")
    yield play.do("finish", **{f"i{n}": "3" for n in range(8)})
    play.do("again")
    yield play.do("finish", **{f"i{n}": "4" for n in range(8)})
    yield Play(reflection, reflection.find(library, "m1")).state
    yield from exam_states()
    yield from sure_states()
    yield from sheet_states()
    yield from values_states()
    yield from capstone_states()
    yield from proposal_states()
    yield from mirror_states()
    yield from example_states()
    yield from rehearsal_states()
    yield from journal_states()
    play = Play(scale, ladder())
    yield play.state
    yield play.do("finish", **{f"{item.id}": "2" for item in play.content.scale.items})


EVIL = "<i>&amp;\"'"
"""A tag that must not come out as one, and what looks escaped and must be escaped again."""

SHOWS: tuple[dict[str, Any] | None, ...] = (
    None,
    {"kind": "dates", "field": "by"},
    {
        "kind": "tally",
        "field": "state",
        "good": "done",
        "counted": ["half", "done"],
        "label": "Kept",
    },
    {"kind": "circles", "field": "state"},
    {"kind": "letter"},
    {"kind": "points", "ready": 2, "met": "Go on.", "unmet": "Wait."},
)
FILLED = {"log:1:what": EVIL, "log:1:more": EVIL, "log:1:by": "2026-12-01", "log:1:state": "done"}
WRITTEN = {"m1-r1:text": EVIL, "m1-p1:situation": EVIL, "m1-p1:action": EVIL, "m1-p1:when": EVIL}
GUESSED = {
    f"predicted:{n}:{key}": text
    for n, card in enumerate(("ann", "bea", "cyn"), 1)
    for key, text in (("card", card), ("evidence", EVIL), ("confidence", "low"))
}
HEARD = {
    f"revised:{n}:{key}": text
    for n, card in enumerate(("bea", "dot", "fay"), 1)
    for key, text in (("card", card), ("said", EVIL))
}


def plain(content: Any) -> Any:
    """Return content as it is."""
    return content


def exam_states() -> Iterator[Any]:
    """Yield states of a first test and of a second one."""
    first = exercise(question(key="a1"), key="before", purpose="test")
    play = Play(quiz, first)
    yield play.state
    yield play.do("go", "end")
    yield play.do("check", **fill(play, question(key="a1"), "ann"))
    second = Play(
        quiz,
        exercise(
            *(question(kind, f"b-{kind}") for kind in GRADED), purpose="test", before=first.quiz
        ),
    )
    for asked in second.content.quiz.questions:
        yield second.do("check", **fill(second, asked, PERFECT[asked.kind]))
    for asked in second.content.quiz.questions:
        yield second.do("go", asked.id)
    yield second.do("go", "end")
    yield second.do("reset")


def sure_states() -> Iterator[Any]:
    """Yield a quiz of each kind of question that asks how sure one is."""
    for kind in GRADED:
        asked = question(kind)
        play = Play(quiz, exercise(asked, later=True))
        yield play.do("certainty", question="q1")
        yield play.do("check", question="q1")
        yield play.do("check", **fill(play, asked, PERFECT[kind]), sure="2")
        yield play.do("go", "end")


def sheet_states(spice: Callable[[Any], Any] = plain) -> Iterator[Any]:
    """Yield states of a sheet of every kind, empty, filled, and with an entry removed."""
    for shows in SHOWS:
        play = Play(sheet, spice(log(shows=shows)))
        yield play.state
        yield play.do("add", "log", **FILLED)
        yield play.do("draft", **{"log:2:state": "open"})
        yield play.do("remove", "log 2")
        yield play.do("remove", "log 1")


def values_states(spice: Callable[[Any], Any] = plain) -> Iterator[Any]:
    """Yield the values exercise step by step."""
    play = Play(values, spice(cards()))
    yield play.state
    yield play.do("rank")
    yield play.do("asked", **{"predicted:1:card": "ann"})
    yield play.do("asked", **GUESSED)
    yield play.do("draft", **HEARD)
    yield play.do("guess-again")


def capstone_states(spice: Callable[[Any], Any] = plain) -> Iterator[Any]:
    """Yield the plan empty and filled, closed and with each part open."""
    play = Play(capstone, spice(outline()))
    for form in ({}, FILLED | GUESSED | WRITTEN, HEARD):
        yield play.do("draft", **form)
        for part in play.state.outline.capstone.parts:
            yield play.do("edit", part.id)
        yield play.do("done")


def proposal_states(spice: Callable[[Any], Any] = plain) -> Iterator[Any]:
    """Yield the page for the partner step by step, with something wrong at first."""
    content = proposal_content()
    content = replace(
        content,
        proposal=spice(content.proposal),
        sheets={name: spice(form) for name, form in content.sheets.items()},
    )
    told = [event(Draft("log", 1, SheetWrote(1, {"what": EVIL, "by": "2026-12-01"})))]
    play = Play(proposal, content, told)
    yield play.state
    yield play.do("look")
    own = {"line:name:on": "yes", "line:name:text": EVIL}
    own |= {"line:give:own:1:on": "yes", "line:give:own:1:text": EVIL}
    own |= {"line:give:sheet:log:what:1:on": "yes", "line:give:sheet:log:what:1:text": EVIL}
    yield play.do("look", **own)
    yield play.do("make", **own, **{"line:time:suggested:1:text": ""})
    yield play.do("make", **own)
    yield play.do("write", **{"line:give:own:2:on": "yes", "line:give:own:2:text": EVIL})
    yield play.do("page")
    yield play.reopened


def mirror_states(spice: Callable[[Any], Any] = plain) -> Iterator[Any]:
    """Yield the partner's view step by step: asked, answered here and by code, refused."""
    content = mirror_content()
    content = replace(content, mirror=spice(content.mirror), format=spice(content.format))
    play = Play(mirror, content)
    yield play.state
    yield play.do("invite", "open")
    for mode in mirror.MODES:
        yield play.do("invite", mode, agreed="yes", quiet="yes")
        yield play.do("file", mode)
    yield play.do("type")
    yield play.do("answer")
    yield play.do("back")
    yield play.do("take", code=EVIL)
    yield play.do("hand")
    yield play.do("answer", m0="5", m1="none", keep=EVIL, idea=EVIL)
    yield play.do("back")
    for number in range(4):
        invited = play.state.record.invitation(mirror.GROUP)
        answer = mirror_code.Answer(invited.id, 1, f"a{number}", {"m0": 5, "m1": 5})
        yield play.do("take", code=mirror_code.encode(answer))


def example_states(spice: Callable[[Any], Any] = plain) -> Iterator[Any]:
    """Yield a worked example step by step, and one that is only read."""
    play = Play(example, spice(example_content()))
    yield play.state
    yield play.do("answer", "why")
    yield play.do("answer", "why", pick="B")
    yield play.do("compare", "sum", **{"e1:sum": " "})
    yield play.do("compare", "sum", **{"e1:sum": EVIL})
    yield play.do("compare", "end", **{"e1:end": EVIL})
    yield Play(example, spice(told())).state


def rehearsal_states(spice: Callable[[Any], Any] = plain) -> Iterator[Any]:
    """Yield a rehearsal step by step, with something missing at first, and the one after it."""
    content = rehearsal_content()
    content = replace(
        content,
        rehearsal=spice(content.rehearsal),
        deck=spice(content.deck),
        proposal=spice(content.proposal),
        sheets={name: spice(form) for name, form in content.sheets.items()},
    )
    told = [event(Draft("log", 1, SheetWrote(1, {"what": EVIL})))]
    play = Play(rehearsal, content, told)
    yield play.state

    def form(**texts: str) -> dict[str, str]:
        return {play.state.field(what): text for what, text in texts.items()}

    yield play.do("begin", **form(line=" "))
    yield play.do("begin", **form(occasion=EVIL, line=f"Perhaps {EVIL}"))
    yield play.do("next", **form(revised=EVIL, back="yes"))
    yield play.do("say", **form(line=""))
    yield play.do("say", **form(line=EVIL))
    yield play.do("draft", **form(revised=EVIL))
    yield play.do("end", **form(revised=EVIL))
    yield play.do("put")
    yield play.do("put", **form(best="1 line"))
    yield play.do("again")
    yield play.reopened


def journal_states(spice: Callable[[Any], Any] = plain) -> Iterator[Any]:
    """Yield a journal: empty, with something missing, with entries, with one that was changed."""
    play = Play(journal, spice(journal_content()))
    yield play.state

    def form(**texts: str) -> dict[str, str]:
        return {play.state.field(what): text for what, text in texts.items()}

    yield play.do("keep", **form(text=" "))
    yield play.do("draft", **form(text=EVIL, prompt="talk"))
    yield play.do("keep", **form(text=EVIL, prompt="talk"))
    yield play.do("edit", "1")
    yield play.do("keep", **form(text=f"Not {EVIL}"))
    yield play.reopened


def writing_states(spice: Callable[[Any], Any] = plain) -> Iterator[Any]:
    """Yield a reflection and a plan, empty and filled."""
    asked = outline().all
    for activity, content in ((reflection, asked[0].content), (plan, asked[3].content)):
        play = Play(activity, spice(content))
        yield play.state
        yield play.do("draft", **WRITTEN)


def test_sound_html(library: Library) -> None:
    """Every state renders to closed tags, ids that are unique, and buttons and fields that have
    names.
    """
    for state in states(library):
        html = Page(page(state, trouble="No room.", notice="Mended."))
        assert len(html.ids) == len(set(html.ids))
        labels = {attributes.get("for") for tag, attributes in html.tags if tag == "label"}
        for tag, attributes in html.tags:
            if tag == "button":
                assert attributes.get("name") == "action"
            if tag == "textarea" or attributes.get("type") in {"text", "date"}:
                assert attributes.get("id") in labels
            if tag == "svg":
                assert attributes.get("role") == "img"
                assert attributes.get("aria-label")
        assert "No room." in html.text


def test_nothing_is_preselected(library: Library) -> None:
    """A fresh page has nothing ticked, chosen or filled in."""
    for kind in PERFECT:
        assert " checked" not in page(Play(quiz, exercise(question(kind))).state)
    assert " checked" not in page(Play(scale, questionnaire()).state)


@pytest.mark.parametrize("kind", [kind for kind in PERFECT if kind != "compose"])
def test_no_key_before_the_answer(kind: str) -> None:
    """Before an answer the page holds no feedback, no reason, no key and no option id."""
    html = page(Play(quiz, exercise(question(kind))).state)
    for secret in (
        "Feedback on",
        "Because.",
        "credit",
        "Key:",
        'value="ann"',
        'value="left"',
        "-ann",
    ):
        assert secret not in html


def test_content_is_never_trusted_as_html() -> None:
    """Markup in content and in what learners write is shown as text."""
    evil = "<img src=x onerror=alert(1)>"
    asked = question(stem=evil)
    play = Play(quiz, exercise(asked))
    assert evil not in page(play.state)
    play = Play(quiz, exercise(question("compose")))
    play.state, _ = quiz.update(
        play.state, Action("draft", form={"question": ["q1"], "text": [evil]})
    )
    play.do("draft", question="q1", text=evil)
    assert evil not in page(play.state)
    assert evil not in render_problem("Oh", evil, retry=True)


PLAIN = {
    "id",
    "module",
    "kind",
    "field",
    "good",
    "counted",
    "never_zero",
    "silence",
    "sheet",
    "values",
    "plan",
    "reflection",
    "names",
    "about",
    "opens",
    "of",
    "format",
}
"""Fields that hold no text of the author's own: ids, and words that the model prescribes."""


def evil(content: Any) -> Any:
    """Return content with markup in front of each of its texts."""
    if isinstance(content, Outline):
        pieces = tuple(
            tuple(replace(piece, content=evil(piece.content)) for piece in part)
            for part in content.pieces
        )
        return Outline(evil(content.capstone), pieces)
    if isinstance(content, Prompted):
        return replace(content, prompts=evil(content.prompts))
    if isinstance(content, Content):
        fields = {
            name: evil(getattr(content, name))
            for name in type(content).model_fields
            if name not in PLAIN
        }
        return content.model_copy(update=fields)
    if isinstance(content, tuple):
        return tuple(map(evil, content))
    return EVIL + content if isinstance(content, str) else content


@pytest.mark.parametrize("spice", [plain, evil])
@pytest.mark.parametrize(
    "states",
    [
        sheet_states,
        values_states,
        capstone_states,
        proposal_states,
        mirror_states,
        example_states,
        rehearsal_states,
        journal_states,
        writing_states,
    ],
)
def test_every_text_is_escaped(
    states: Callable[..., Iterator[Any]], spice: Callable[[Any], Any]
) -> None:
    """Markup that learners type, or authors write into any text, is shown as it was written."""
    texts = ""
    for state in states(spice):
        html = page(state)
        assert "<i>" not in html.lower()
        texts += Page(html).text
    assert EVIL in texts


def test_progress_and_feedback_regions(library: Library) -> None:
    """A question tells where it stands, and the feedback region exists before there is feedback."""
    html = page(Play(quiz, exercise(question(), question(key="q2"), question(key="q3"))).state)
    assert "Question 1 of 3" in html
    assert 'role="status"' in html


SAID = [
    ("single", "ann", ["Yes, that is right.", "Feedback on ann"]),
    ("single", "bea", ["Partly right.", "Feedback on bea"]),
    ("single", "cyn", ["Not this one.", "Feedback on cyn"]),
    ("multiple", ["ann"], ["This one is right.", "Your tick is right, and something is still"]),
    (
        "multiple",
        ["ann", "cyn"],
        ["This one is right.", "Not this one.", "One of your two ticks is"],
    ),
    ("multiple", ["ann", "bea", "cyn"], ["Two of your three ticks are right. Nothing is missing."]),
    ("multiple", ["ann", "bea"], ["This one is right.", "Yes, that is right."]),
    (
        "judgement",
        {"ann": 1, "bea": 3, "cyn": 1},
        [
            "You rated it 1; the author\u2019s rating is 5.",
            "You rated it 3, as the author did.",
            "On average, your ratings lie 1.3 steps from those of the author.",
        ],
    ),
    ("judgement", PERFECT["judgement"], ["You rated every move as the author did."]),
    (
        "match",
        {"ann": "left", "bea": "left", "cyn": "right"},
        [
            "In its right place.",
            "Not in its right place yet.",
            "one of three lines is in the right",
        ],
    ),
    (
        "match",
        {"ann": "right", "bea": "left", "cyn": "right"},
        ["None of the three lines is in the right place yet."],
    ),
    ("order", ["bea", "ann", "cyn"], ["In its right place.", "one of three lines is in the right"]),
    (
        "order",
        ["bea", "cyn", "ann"],
        ["Partly right: no line is in its place yet, but some follow"],
    ),
    (
        "compose",
        {"text": "Tell me more", "ratings": {"asks": 2, "short": 1}},
        ["Saved. By your own rating, your line meets 1 of 2 points, and 1 partly."],
    ),
]
"""What a page says about an answer."""


@pytest.mark.parametrize(("kind", "given", "words"), SAID)
def test_an_answer_is_told_part_by_part(kind: str, given: Any, words: list[str]) -> None:
    """Each option chosen has its verdict and feedback in its own box; the whole has a sentence, and
    the reason. Nothing is said of what was not chosen.
    """
    asked = question(kind)
    play = Play(quiz, exercise(asked))
    play.do("check", **fill(play, asked, given))
    html = page(play.state)
    text = " ".join(Page(html).text.split())
    assert [sentence for sentence in [*words, "Why: Because."] if sentence not in text] == []
    chosen = {message.option for message in play.state.answer.mark.messages}
    for letter, option in play.state.shown(asked):
        box = html.split(f'id="q1-{letter}-said"')[1].split("</div>")[0]
        assert (option.feedback in box) == (option.id in chosen)
        assert html.count(option.feedback) == (option.id in chosen)


def test_moving_a_line_takes_its_verdict_back() -> None:
    """What was said of a line's place is not said of another place."""
    asked = question("order")
    play = Play(quiz, exercise(asked))
    play.do("check", **fill(play, asked, ["ann", "bea", "cyn"]))
    assert page(play.state).count("In its right place") == 3
    play.do("arrange", "down 0", **fill(play, asked, ["ann", "bea", "cyn"]))
    html = page(play.state)
    assert "right place" not in html.split("brm-feedback")[0]
    assert "Feedback on ann" in html


def strong(html: str) -> list[str | None]:
    """Return the values of the main buttons."""
    tags = Page(html).tags
    return [about["value"] for tag, about in tags if tag == "button" and "brm-main" in str(about)]


@pytest.mark.parametrize("kind", PERFECT)
def test_one_button_is_the_main_one(kind: str) -> None:
    """Before an answer it is the one that checks, after it the one that leads on; after a look back
    it leads to the summary.
    """
    asked = question(kind)
    play = Play(quiz, exercise(asked, question(key="q2")))
    assert strong(page(play.state)) == ["compare" if kind == "compose" else "check"]
    if kind == "compose":
        play.do("compare", question="q1", text="Tell me more")
        assert strong(page(play.state)) == ["check"]
    play.do("check", **fill(play, asked, PERFECT[kind]))
    assert strong(page(play.state)) == ["go q2"]
    assert ("Save my rating" if kind == "compose" else "Check again") in page(play.state)
    play.do("go", "end")
    assert strong(page(play.do("go", "q1"))) == ["go q2"]
    play.do("check", **fill(play, question(key="q2"), "ann"))
    assert strong(page(play.do("go", "q1"))) == ["go end"]
    assert "Next question" in page(play.state)


@pytest.mark.parametrize("kind", PERFECT)
def test_enter_checks_the_answer(kind: str) -> None:
    """The first button of a question's form is never one that leads away: Enter presses it."""
    asked = question(kind)
    play = Play(quiz, exercise(asked, question(key="q2")))
    play.do("check", **fill(play, asked, PERFECT[kind]))
    buttons = [about for tag, about in Page(page(play.state)).tags if tag == "button"]
    own = [about["value"] for about in buttons if "form" not in about]
    assert own[0] in {"check", "compare", "arrange up 0"}


@pytest.mark.parametrize("kind", PERFECT)
def test_each_form_of_a_quiz_works_without_a_script(kind: str) -> None:
    """Every form is sent with the host's ticket, and what leads on belongs to one of them."""
    asked = question(kind)
    play = Play(quiz, exercise(asked, question(key="q2")))
    play.do("check", **fill(play, asked, PERFECT[kind]))
    for _ in range(2):
        html = page(play.state, around=Around(ticket=Markup("<i>ticket</i>")))
        assert html.count('<form method="post"') == html.count("<form ")
        assert html.count("<i>ticket</i>") == html.count("<form ")
        tags = Page(html).tags
        owners = {about["form"] for _, about in tags if "form" in about}
        assert owners <= {about.get("id") for tag, about in tags if tag == "form"}
        play.do("go", "end")


def test_the_learner_stays_where_the_answer_was_given() -> None:
    """A new question takes the focus; feedback on an answer does not draw it away."""
    play = Play(quiz, exercise(question(), question(key="q2")))
    assert "data-focus" in page(play.state)
    assert "data-focus" in page(play.do("check", question="q1"))
    assert "data-focus" not in page(play.do("check", **fill(play, question(), "ann")))
    assert "data-focus" in page(play.do("go", "q2"))


def test_the_last_answer_brings_the_result() -> None:
    """The result needs no further click; after the summary was on show it is not told again."""
    first, second = question(), question(key="q2")
    play = Play(quiz, exercise(first, second))
    play.do("check", **fill(play, second, "bea"))
    play.do("check", **fill(play, first, "ann"))
    told = "All 2 questions are answered: 1.5 of 2 points on your first tries."
    assert told in page(play.state)
    play.do("go", "end")
    assert told not in page(play.do("go", "q2"))
    guesses = Play(quiz, exercise(question(), purpose="guess"))
    guesses.do("check", **fill(guesses, question(), "ann"))
    assert "All your guesses are in. They are not counted" in page(guesses.state)


def test_guesses_are_not_counted() -> None:
    """After pre-questions the summary shows no mark and sends the learner on to read."""
    play = Play(quiz, exercise(question(), purpose="guess"))
    play.do("check", **fill(play, question(), "cyn"))
    play.do("go", "end")
    html = page(play.state)
    assert "not counted" in html
    assert "Not right" in html
    assert [word for word in ("point", "first try", "the mark") if word in html] == []


def test_summary_sends_back_to_the_reading() -> None:
    """The summary names the sections to read again for first tries that earned too little, and only
    those.
    """
    good, poor = question(key="good"), question(key="poor", section="other")
    play = Play(quiz, exercise(good, poor))
    play.do("check", **fill(play, good, "ann"))
    play.do("check", **fill(play, poor, "cyn"))
    play.do("go", "end")
    html = page(play.state)
    assert "1</strong> of 2 points" in html
    assert "Right on the first try" in Page(html).text
    assert "Not right on the first try" in Page(html).text
    assert "Ask first" not in html
    other = Play(quiz, exercise(good))
    other.do("check", **fill(other, good, "cyn"))
    other.do("go", "end")
    assert 'data-heading="Ask first"' in page(other.state)
