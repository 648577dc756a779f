"""The page for the partner: chosen, written, looked at and made; nothing private gets there by
itself.
"""

import re
from collections.abc import Iterator
from html import unescape
from itertools import count
from typing import Any

import pytest

from brmcourse.activities import proposal
from brmcourse.activities.proposal import LOOK, PAGE, WRITE
from brmcourse.catalogue import CATALOGUE
from brmcourse.content.library import Library
from brmcourse.events import (
    Body,
    Draft,
    Event,
    PlanWrote,
    ProposalMade,
    ProposalWrote,
    ReflectionWrote,
    ScaleFinished,
    SheetAdded,
    SheetRemoved,
    SheetWrote,
    ValuesPredicted,
    ValuesRevised,
)
from brmcourse.log.memory import MemoryLog
from brmcourse.model.sheet import FormField, Sheet
from brmcourse.partners import choosing
from brmcourse.rendering.render import render_view
from brmcourse.session import Learner, find_session
from tests import make
from tests.play import Play, event

OFFERED = "give:sheet:log:what:1"
SECOND = "give:sheet:log:what:2"
OWN = "give:own:1"
MINUTES = "time:suggested:1"


def did(*bodies: Body, subject: str = "log") -> list[Event]:
    return [event(Draft(subject, 1, body)) for body in bodies]


NOTED = did(
    SheetWrote(1, {"what": "a list", "by": "2026-06-12", "more": "Secret", "state": "open"}),
    SheetAdded(2),
    SheetWrote(2, {"what": "Calls", "more": "Secret"}),
)


def opened(*events: Event, **extra: Any) -> Play:
    """Return the page of a learner who did this before."""
    return Play(proposal, make.proposal(**extra), list(events or NOTED))


def form(**lines: str | None) -> dict[str, str]:
    """Return what a browser sends for lines of these keys (`__` for a colon): text, and a tick; a
    text that starts with "-" has none.
    """
    sent = {}
    for name, text in lines.items():
        key = name.replace("__", ":")
        sent[f"line:{key}:text"] = (text or "").removeprefix("-")
        if not (text or "").startswith("-"):
            sent[f"line:{key}:on"] = "yes"
    return sent


def made(play: Play) -> ProposalMade:
    """Return the page made last, as it was recorded."""
    return next(body for body in reversed(play.bodies) if isinstance(body, ProposalMade))


def shown(play: Play) -> str:
    """Return the page as the partner reads it."""
    return unescape(render_view(CATALOGUE["proposal"].paper, play.state, 1))


def test_words_are_offered_and_not_ticked() -> None:
    """Each entry offers one sentence of its marked fields in words; none of them is ticked, the
    course's own sentences are.
    """
    play = opened()
    (give, offered), (_, suggested) = play.state.lines
    assert [line.text for line in offered] == ["A list, by 12 June 2026.", "Calls.", ""]
    assert [line.chosen for line in offered] == [False, False, True]
    assert [line.text for line in suggested] == ["5 minutes: You talk.", ""]
    assert "From: A log" in play.page()
    assert "Secret" not in play.page()
    assert list(play.state.record.chosen[give.id]) == []


def test_entries_of_other_answers_are_not_offered() -> None:
    """Only entries with the answers named are offered, or with none where that is said."""
    texts = {"what": "a list", "state": "done"}
    play = opened(*did(SheetWrote(1, texts)))
    assert [line.key for line in play.state.lines[0][1]] == [OWN]
    play = opened(*did(SheetWrote(1, {"by": "2026-06-12", "state": "open"})))
    assert [line.key for line in play.state.lines[0][1]] == [OWN]


def test_an_unmarked_field_is_left_out_even_if_it_is_named() -> None:
    """The mark of the field decides, whatever the page's own file asks for."""
    offers = [{"sheet": "log", "pieces": [{"field": name}]} for name in ("more", "what", "state")]
    parts = [{"id": "give", "title": "T", "lead": "L", "hint": "H", "most": 3, "offers": offers}]
    play = opened(parts=parts)
    assert [line.text for line in play.state.lines[0][1]] == ["A list.", "Calls.", ""]


def test_a_page_is_chosen_looked_at_and_made() -> None:
    """What was ticked and written is shown as it will be, with a tick for each line, and then made
    as it was shown.
    """
    play = opened()
    play.do("look", **form(give__sheet__log__what__1="A list, by Friday.", give__own__1="I  call."))
    assert play.state.step == LOOK
    page = play.page()
    assert "This is what your partner will read" in page
    texts = re.findall(r"checked><span>([^<]*)</span></label>", page)
    assert texts == ["A list, by Friday.", "I call.", "5 minutes: You talk."]
    assert "Calls." not in page
    play.do(
        "make",
        **form(give__sheet__log__what__1="A list, by Friday.", give__own__1="-I call."),
        **form(time__suggested__1="5 minutes: You talk."),
    )
    assert play.state.step == PAGE
    assert made(play).lines == {"give": ["A list, by Friday."], "time": ["5 minutes: You talk."]}
    assert play.state.text == (
        "What I heard\n\nI give\nA list, by Friday.\n\nOur time\n5 minutes: You talk."
    )
    assert "I call" not in shown(play)
    assert play.reopened.step == PAGE
    assert play.reopened.record == play.state.record


def test_what_was_made_stays_as_it_was_shown() -> None:
    """Later words in a sheet change neither a ticked sentence nor the page; changed sentences are
    told, and are on it once it is made again.
    """
    play = opened()
    play.do("draft", **form(give__sheet__log__what__1="A list, by 12 June 2026."))
    play.do("make", **form(**{OFFERED.replace(":", "__"): "A list, by 12 June 2026."}))
    assert play.state.step == LOOK  # the course's own sentence was not in that form
    play.do("make", **form(give__sheet__log__what__1="A list.", time__suggested__1="-"))
    assert made(play).lines == {"give": ["A list."]}
    later = did(SheetWrote(1, {"what": "Nothing at all"}), SheetRemoved(2))
    again = Play(proposal, play.content, [*play.log, *later])
    assert "Nothing at all" not in again.page() + again.page(again.do("write"))
    assert not again.state.changed
    again.do("draft", **form(give__own__1="More."))
    assert "You have changed sentences since" in again.page(again.do("page"))
    assert "More." not in shown(again)


def test_a_line_of_another_window_is_looked_at_first() -> None:
    """What another window ticked meanwhile is not on the page before it was on show here."""
    play = opened()
    play.do("look", **form(give__own__1="Mine.", time__suggested__1="-"))
    other = event(Draft("proposal", 1, ProposalWrote(SECOND, "Theirs.", chosen=True)))
    window = Play(proposal, play.content, [*play.log, other])
    window.do("make", **form(give__own__1="Mine."))
    assert window.state.step == LOOK
    assert "Theirs." in window.page()
    assert not [body for body in window.bodies if isinstance(body, ProposalMade)]


def test_for_whom_is_empty_until_it_is_written() -> None:
    """The page is for nobody by name unless the learner writes one, and takes it off again."""
    play = opened(*NOTED, *did(choosing("Harbour").body, subject="partners"))
    play.do("make", **form(give__own__1="Mine.", time__suggested__1="-"))
    assert made(play).name == ""
    assert "For" not in shown(play)
    play.do("look", **form(name="Ms Orr"))
    assert "For Ms Orr" in play.page()
    play.do("make", **form(name="-Ms Orr", give__own__1="Mine."))
    assert made(play).name == ""
    play.do("make", **form(name="Ms Orr", give__own__1="Mine."))
    assert "<p>For Ms Orr</p>" in shown(play)
    assert play.state.text.startswith("What I heard\n\nFor Ms Orr\n\nI give")


def test_the_code_is_nowhere_on_the_page(library: Library) -> None:
    """The code that the learner gave the partner stands above the exercise, and not on the page."""
    learner = Learner(MemoryLog())
    learner.record([choosing("Harbour")], "018f0000-0000-7000-8000-000000000000", "1")
    session = find_session(library, "proposal", "", learner)
    assert "Harbour" in session.open()
    sent = {name: [text] for name, text in form(propose__own__1="A list.").items()}
    session.answer({"action": "look", "form": sent, "partner": "1"})
    lines = session.state.record.all
    sent = {
        f"line:{line.key}:{part}": [text]
        for line in lines
        if line.shown
        for part, text in (("text", line.text), ("on", "yes"))
    }
    session.answer({"action": "make", "form": sent, "partner": "1"})
    assert session.state.step == PAGE
    assert "Harbour" not in session.state.text
    assert "Harbour" not in render_view(CATALOGUE["proposal"].paper, session.state, 1)


@pytest.mark.parametrize(
    ("lines", "words", "field"),
    [
        ({}, "Nothing is on the page yet.", "give-sheet-log-what-1-text"),
        (
            {
                "give__own__1": "One.",
                "give__sheet__log__what__1": "Two.",
                "give__sheet__log__what__2": "Three.",
            },
            "I give: 3 are ticked, and 2 fit.",
            "give-sheet-log-what-1-on",
        ),
        ({"give__own__1": "x" * 181}, "one sentence has 181 characters", "give-own-1-text"),
    ],
)
def test_what_is_no_page_yet(lines: dict[str, str], words: str, field: str) -> None:
    """A page with nothing on it, with too much, or with too long a sentence is not made; it is
    said where and why, and what was typed is kept.
    """
    play = opened()
    for action in ("look", "make"):
        play.do(action, **form(**lines))
        assert play.state.step == WRITE
        (problem,) = play.state.problems
        assert words in problem.words
        assert problem.field == field
        assert f'id="{field}"' in play.page()
    assert not [body for body in play.bodies if isinstance(body, ProposalMade)]
    kept = {body.line for body in play.bodies if isinstance(body, ProposalWrote)}
    assert kept == {name.replace("__", ":") for name in lines}


def test_there_is_room_for_so_many() -> None:
    """Below the last written line stands an empty one, until the part is full."""
    play = opened()
    assert [line.key for line in play.state.lines[1][1]] == [MINUTES, "time:own:1"]
    play.do("draft", **form(time__own__1="One."))
    assert [line.key for line in play.state.lines[1][1]][1:] == ["time:own:1", "time:own:2"]
    play.do("draft", **form(time__own__2="Two."))
    assert len(play.state.lines[1][1]) == 3


def test_nothing_new_is_not_recorded() -> None:
    """A form that says what stands there already records nothing; neither does a strange line."""
    play = opened()
    page = play.page()
    sent = {}
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n([^<]*)</textarea>', page):
        sent[name] = unescape(text)
    for tag in re.findall(r"<input[^>]*>", page):
        name = re.search(r'name="([^"]+)"', tag)
        if name and ("checked" in tag or "hidden" in tag):
            sent[name[1]] = "yes"
    assert len(sent) == 10, sent
    play.do("draft", **sent, **form(odd__own__1="x", give__own__9="y"))
    assert play.bodies == [one.body for one in NOTED]


# Nothing private


def fields_of(library: Library) -> Iterator[tuple[Sheet, FormField]]:
    for name in library.names("sheets"):
        form = library.named("sheets", name)
        for field in form.fields:
            yield form, field


def everything(library: Library) -> tuple[list[Event], dict[str, str], set[str]]:
    """Return the events of a learner who filled in everything with words that stand nowhere else,
    the words of marked fields by where they stand, and all other words.
    """
    number = count(1000)
    events, marked, private = [], {}, set()
    for name in library.names("sheets"):
        form = library.named("sheets", name)
        for entry in (1, 2):
            texts = {}
            for field in form.fields:
                word = f"Zq{next(number)}"
                if field.kind == "choice":
                    # Each answer but one in turn: what is offered depends on some of them.
                    texts[field.id] = field.options[min(entry, len(field.options) - 1) - 1].id
                    continue
                texts[field.id] = word
                if field.for_partner:
                    marked[f"{name}.{field.id}.{entry}"] = word
                else:
                    private.add(word)
            if entry > 1:
                events += did(SheetAdded(entry), subject=form.id)
            events += did(SheetWrote(entry, texts), subject=form.id)
    for name in library.names("prompts"):
        asked = library.named("prompts", name)
        for reflection in asked.reflections:
            word = f"Zq{next(number)}"
            private.add(word)
            events += did(ReflectionWrote(word), subject=reflection.id)
        for plan in asked.plans:
            words = [f"Zq{next(number)}" for _ in range(3)]
            private.update(words)
            events += did(PlanWrote(*words), subject=plan.id)
    words = [f"Zq{next(number)}" for _ in range(3)]
    private.update(words)
    cards = [card.id for card in library.single("values.yaml").cards]
    picks = [
        {"card": card, "evidence": word, "said": word}
        for card, word in zip(cards[:3], words, strict=True)
    ]
    events += did(ValuesPredicted(picks), ValuesRevised(picks), subject="values")
    scale = library.named("scales", library.names("scales")[0])
    events += did(ScaleFinished({item.id: 4 for item in scale.items}), subject=scale.id)
    return events, marked, private


def words_in(text: str) -> set[str]:
    return set(re.findall(r"Zq\d+", text))


def test_only_marked_fields_ever_appear(library: Library) -> None:
    """Of everything that a learner can write in the course only the marked fields are offered, and
    of these only what was ticked is on the page, in its text and on paper.
    """
    events, marked, private = everything(library)
    assert len(private) > 50
    play = Play(proposal, proposal.find(library, ""), events)
    offered = words_in(play.page())
    assert offered
    assert offered <= set(marked.values())
    assert not offered & private
    untouched = {line.key: line for line in play.state.record.all}
    assert not [line for line in untouched.values() if line.chosen and words_in(line.text)]
    play.do("look", **form(opening__own__1="Hello."))
    assert words_in(play.page()) == set()
    ticked = untouched["propose:sheet:promises:what:1"]
    sent = {f"line:{ticked.key}:text": ticked.text, f"line:{ticked.key}:on": "yes"}
    play.do("look", **sent)
    assert words_in(play.page()) == words_in(ticked.text) != set()
    shown_lines = [line for line in play.state.record.all if line.shown]
    play.do(
        "make",
        **{
            f"line:{line.key}:{part}": text
            for line in shown_lines
            for part, text in (("text", line.text), ("on", "yes"))
        },
    )
    assert play.state.step == PAGE
    for text in (play.page(), play.state.text, shown(play)):
        assert words_in(text) == words_in(ticked.text)


def test_every_marked_field_is_offered_and_the_others_are_private(library: Library) -> None:
    """A mark without an offer would be a promise to nobody. What is about the learner alone, about
    causes, labels and Plan B is not marked.
    """
    offered = set()
    for _, offer in library.single("proposal.yaml").offers:
        offered |= {(offer.sheet, piece.field) for piece in offer.pieces}
    marked = {(form.id, field.id) for form, field in fields_of(library) if field.for_partner}
    assert marked == offered
    private = {
        "partner",
        "causes",
        "labels",
        "plan-b",
        "guesses",
        "checklist",
        "peer-review",
        "reset",
        "requirements",
    }
    assert not {form for form, _ in marked} & private


def test_the_agenda_takes_fifteen_minutes(library: Library) -> None:
    """The minutes of the suggested agenda add up to what the page is called after."""
    agenda = library.single("proposal.yaml").parts[-1]
    minutes = [int(line.split()[0]) for line in agenda.suggests]
    assert agenda.title == "Our fifteen minutes"
    assert sum(minutes) == 15
    assert len(minutes) <= agenda.most


def test_a_mark_changes_no_wording() -> None:
    """To mark a field as fit for the partner asks nobody to fill in the sheet again."""
    assert make.sheet().fingerprint == make.proposal().sheets["log"].fingerprint
