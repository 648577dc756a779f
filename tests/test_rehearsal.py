"""The rehearsal of a talk: what the partner says, what is kept of each line, and where it goes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brmcourse.activities import proposal, rehearsal
from brmcourse.activities.activity import Context
from brmcourse.activities.rehearsal import END, LONGEST, LOOK, PREPARE, REPLY, drawn_for
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import (
    Body,
    Draft,
    Event,
    ProposalWrote,
    RehearsalBegan,
    RehearsalEnded,
    RehearsalLooked,
    RehearsalPrepared,
    RehearsalSaid,
    SheetAdded,
    SheetWrote,
)
from brmcourse.log.memory import MemoryLog
from brmcourse.progress import Place, Progress
from brmcourse.rendering.render import render_view
from brmcourse.scoring.receptive import MARKERS
from brmcourse.session import Learner, find_session
from tests import make
from tests.play import NOON, Play, event, page

OPENING = "give:own:1"
CONTENT = make.rehearsal()
WORRY = SheetWrote(1, {"what": " Fewer  shifts. ", "state": "open"})
SEEDS = st.text(st.characters(codec="utf-8"), max_size=8)


def did(body: Body, subject: str = "rehearsal") -> Event:
    return event(Draft(subject, 1, body))


def opened(*history: Event, content: Any = CONTENT, seed: str = "seed") -> Play:
    """Return the page of a learner who did this before."""
    return Play(rehearsal, content, list(history), Context(seed, "1"))


def form(play: Play, **texts: str) -> dict[str, str]:
    """Return what the form on the page sends for these fields."""
    return {play.state.field(what): text for what, text in texts.items()}


def do(play: Play, action: str, **texts: str) -> Any:
    return play.do(action, **form(play, **texts))


def begun(*history: Event, **extra: Any) -> Play:
    """Return a rehearsal whose opening line was said and looked at."""
    play = opened(*history, **extra)
    do(play, "begin", occasion="Thursday", line="Thank you.")
    do(play, "next", revised="")
    return play


def through(play: Play) -> Play:
    """Go to the end, with a reply to everything, once more in every round."""
    while play.state.step != END:
        round_ = play.state.round
        if play.state.step == LOOK:
            do(play, "next", revised=f"Better {round_}.")
        else:
            do(play, "say", line=f"Reply {round_}.")
    return play


def heard(play: Play, number: int = -1) -> tuple[str, ...]:
    return tuple(play.state.record.talks[number].pushback)


def kept(play: Play, kind: type[Body]) -> list[Any]:
    return [body for body in play.bodies if isinstance(body, kind)]


# From the first line to the last


def test_line_after_line() -> None:
    """An opening line, then in each round what the partner says and a reply; after each own line a
    look at it, and all lines at the end.
    """
    play = opened()
    assert (play.state.step, play.state.round) == (PREPARE, 0)
    do(play, "begin", occasion="Thursday", line="Thank you.")
    seen = [(play.state.step, play.state.round)]
    while play.state.step != END:
        look = play.state.step == LOOK
        do(play, "next" if look else "say", **{"revised" if look else "line": "Mine."})
        seen.append((play.state.step, play.state.round))
    assert seen == [(LOOK, 0), (REPLY, 1), (LOOK, 1), (REPLY, 2), (LOOK, 2), (END, 2)]
    assert play.reopened.record == play.state.record


@pytest.mark.parametrize("steps", range(6))
def test_reopened_it_is_where_it_was(steps: int) -> None:
    """At every step the page opened anew shows what it showed, what was typed among it."""
    play = opened(did(WORRY, "log"))
    do(play, "draft", occasion="Thursday", line="Thank you.")
    for _ in range(steps):
        action = {PREPARE: "begin", REPLY: "say", LOOK: "next"}[play.state.step]
        do(play, action, line="Mine.", revised="Mine, better.")
    if play.state.step != END:
        do(play, "draft", line="Typed line", revised="Typed line")
        assert "Typed line" in play.page()
    assert play.page(play.reopened).replace(" data-focus", "") == play.page().replace(
        " data-focus", ""
    )


def test_what_is_missing_is_asked_for() -> None:
    """Without a line nothing begins and nothing is said; the field is named, and what was typed is
    kept.
    """
    play = opened()
    do(play, "begin", occasion="Thursday", line=" ")
    (problem,) = play.state.problems
    assert f'id="{problem.field}"' in play.page()
    assert kept(play, RehearsalPrepared) == [RehearsalPrepared(1, "Thursday", " ")]
    assert play.state.step == PREPARE
    play = begun()
    do(play, "say", line=" \n")
    assert play.state.step == REPLY
    assert f'id="{play.state.problems[0].field}"' in play.page()
    do(play, "say", line="Mine.")
    assert play.state.problems == ()


def test_a_form_of_another_round_does_nothing() -> None:
    """What another window sends from a step that is over neither says nor skips anything."""
    play = begun()
    old = form(play, line="Mine.")
    play.do("say", **old)
    before = play.bodies
    for action in ("say", "next", "begin", "again", "put", "end", "dance", ""):
        play.do(action, **old)
    assert play.bodies == before
    assert (play.state.step, play.state.round) == (LOOK, 1)


def test_what_was_said_first_counts() -> None:
    """Of two windows that begin or answer at once, the first is heard, and no event rewrites it."""
    play = through(begun())
    before = play.state.record
    late = [
        RehearsalBegan(1, "", "Other.", [{"line": "x", "says": "Other."}]),
        RehearsalBegan(3, "", "Other.", []),
        RehearsalBegan(2, "", " ", []),
        RehearsalSaid(1, 1, "Other.", done=True),
        RehearsalSaid(1, 9, "Other.", done=True),
        RehearsalLooked(1, 1, {}, "Other.", done=True),
        RehearsalPrepared(5, "", "Other."),
        RehearsalEnded(2),
    ]
    assert opened(*play.log, *map(did, late)).state.record == before


def test_it_can_be_ended_early() -> None:
    """Who ends it sees all lines so far, the one just typed too; an empty one is none."""
    play = begun()
    do(play, "end", line="My last.")
    assert play.state.step == END
    assert "My last." in play.page()
    play = begun()
    do(play, "end", line=" ")
    assert list(play.state.rounds) == [0]
    play = opened()
    do(play, "begin", line="Thank you.")
    do(play, "end", revised="Thanks.", back="yes")
    assert [one.text for one in play.state.versions(0)] == ["Thank you.", "Thanks."]
    assert rehearsal.done(play.state.record)


# What the partner says


def test_what_was_heard_stays() -> None:
    """What the partner said stays when the sheet changes, the deck loses the line, or it is
    reworded.
    """
    play = begun(did(WORRY, "log"))
    first = heard(play)
    assert "And “Fewer shifts”?" in first
    later = did(SheetWrote(1, {"what": "Something else"}), "log")
    again = opened(*play.log, later, content=replace(CONTENT, deck=()))
    assert heard(again) == first
    assert "Fewer shifts" in again.page()


@given(SEEDS)
def test_rounds_grow_harder_and_mix_kinds(seed: str) -> None:
    """Whoever the learner is, each round is as hard as it should be, no two are of one kind, and
    the next rehearsal is another; the same one is the same each time.
    """
    play = opened(seed=seed)
    lines = {line.text: line for line in CONTENT.deck}
    assert drawn_for(play.state.record, seed) == drawn_for(play.state.record, seed)
    for _ in range(3):
        do(play, "begin", line="Thank you.")
        drawn = [lines[says] for says in heard(play)]
        assert [line.level for line in drawn] == [1, 3]
        assert len({line.kind for line in drawn}) == 2
        through(play)
        do(play, "again")
    for one, next_ in ((0, 1), (1, 2)):
        assert not set(heard(play, one)) & set(heard(play, next_))


def test_own_words_come_first() -> None:
    """An open worry is taken up in one line and not for long, once; a closed one is not."""
    words = "word " * 60
    history = [
        did(SheetWrote(1, {"what": words}), "log"),
        did(SheetAdded(2), "log"),
        did(SheetWrote(2, {"what": "Closed.", "state": "done"}), "log"),
    ]
    says = [text for seed in "abcdef" for text in heard(begun(*history, seed=seed))]
    taken = [text for text in says if text.startswith("And")]
    assert taken
    assert len(set(taken)) == 1
    assert taken[0].endswith("word…”?")
    assert len(taken[0]) < LONGEST + 10
    assert "Closed" not in "".join(says)
    assert not any("{words}" in text for seed in "abcdef" for text in heard(begun(seed=seed)))


@given(st.text(st.characters(codec="utf-8")))
def test_any_words_can_be_taken_up(text: str) -> None:
    """Whatever stands in a sheet, a rehearsal begins, and the partner says something each time."""
    play = begun(did(SheetWrote(1, {"what": text}), "log"))
    assert len(heard(play)) == 2
    assert all(says.strip() for says in heard(play))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("It is late.", "One thing: It is late. Well?"),
        ("Why so late?", "One thing: Why so late? Well?"),
        ("“Two years”", "One thing: Two years. Well?"),
        ("x" * 150, f"One thing: {'x' * LONGEST}… Well?"),
    ],
)
def test_words_fit_into_a_line(words: str, said: str) -> None:
    """A line with the learner's words in it has one mark at the end of each sentence."""
    line = CONTENT.deck[-1].model_copy(update={"text": "One thing: {words}. Well?"})
    content = replace(CONTENT, deck=(line,))
    play = opened(did(SheetWrote(1, {"what": words}), "log"), content=content)
    do(play, "begin", line="Thank you.")
    assert heard(play) == (said,)


def test_the_course_has_enough_to_say(library: Library) -> None:
    """In the course itself four rounds go from mild to hard, and ten rehearsals in a row never say
    the same as the one before.
    """
    content = rehearsal.find(library, "")
    lines = {line.id: line for line in content.deck}
    play = opened(content=content)
    for number in range(10):
        do(play, "begin", line="Thank you.")
        levels = [lines[one["line"]].level for one in kept(play, RehearsalBegan)[-1].pushback]
        assert levels == list(content.rehearsal.rounds)
        assert number == 0 or not set(heard(play, -1)) & set(heard(play, -2))
        do(play, "end", revised="")
        do(play, "again")


# A look at each line


def test_markers_stand_in_the_line() -> None:
    """Each marker is shown in the text by its name, and said in a sentence; with them what the
    research is about. There is no score.
    """
    play = opened()
    do(play, "begin", line="Perhaps we could do it.")
    html = play.page()
    hedge = MARKERS["hedge"]
    assert f"<mark>Perhaps <small>{hedge.name}</small></mark>" in html
    assert hedge.says in html
    assert CONTENT.rehearsal.research in html
    assert "<b>Hedge</b>, twice:" in html
    assert "score" not in html


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_letter_is_lost(text: str) -> None:
    """The pieces of a line are the line, whatever it says."""
    assert "".join(piece for piece, _ in opened().state.pieces(text)) == text


def test_a_line_without_markers() -> None:
    """It is said that none was found, and that this alone says little."""
    play = opened()
    do(play, "begin", line="Monday at nine.")
    assert CONTENT.rehearsal.none in play.page()


def test_three_questions() -> None:
    """The opening is asked its own question; an answer is kept and can be left out; one that is not
    offered changes nothing.
    """
    play = opened()
    do(play, "begin", line="Thank you.")
    assert "Did I say why?" in play.page()
    do(play, "draft", back="yes", choice="maybe", revised="")
    do(play, "draft", back="often", revised="")
    assert kept(play, RehearsalLooked) == [RehearsalLooked(1, 0, {"back": "yes"}, "", done=False)]
    do(play, "next", revised="")
    do(play, "say", line="Mine.")
    assert "Did I say it back?" in play.page()


# Where lines go


def test_the_opening_comes_from_the_plan() -> None:
    """The plan's opening line is offered; it can be changed here and stays as it is there."""
    plan = did(ProposalWrote(OPENING, "From the plan.", chosen=True), "proposal")
    play = opened(plan)
    assert "From the plan." in play.page()
    assert play.bodies == [plan.body]
    do(play, "begin", line="From the plan, changed.")
    assert play.state.record.talk.said[0].text == "From the plan, changed."
    assert play.state.record.plan.text == "From the plan."


def test_a_line_becomes_the_opening_when_it_is_asked_for() -> None:
    """Nothing goes into the plan by itself; the chosen line replaces the one there, which was shown
    before, and stands on the page for the partner, in one line.
    """
    plan = did(ProposalWrote(OPENING, "From the plan.", chosen=False), "proposal")
    play = opened(plan)
    do(play, "begin", line="Thank you\nfor the time.")
    through(play)
    assert len(kept(play, ProposalWrote)) == 1
    assert "“From the plan.”" in play.page()
    do(play, "put")
    assert "Choose a line first." in play.page()
    assert len(kept(play, ProposalWrote)) == 1
    do(play, "put", best="0 line")
    assert kept(play, ProposalWrote)[-1] == ProposalWrote(
        OPENING, "Thank you for the time.", chosen=True
    )
    assert "From the plan." not in play.page()
    assert "now has this line" in play.page()
    there = Play(proposal, make.proposal(), play.log)
    (part, (line, *_)) = there.state.lines[0]
    assert part.id == "give"
    assert (line.text, line.shown) == ("Thank you for the time.", True)


def test_a_long_line_is_too_long_for_the_page() -> None:
    """A line for which the page has no room is put there all the same, and it is said."""
    play = opened()
    do(play, "begin", line="x " * proposal.LONGEST)
    do(play, "end", revised="")
    do(play, "put", best="0 line")
    assert "longer than the page has room for" in play.page()


@pytest.mark.parametrize("name", ["9 line", "0 revised", "0", "x"])
def test_no_such_line(name: str) -> None:
    """A line that is not there cannot be put anywhere."""
    play = begun()
    do(play, "end", line="")
    with pytest.raises(ActionError):
        do(play, "put", best=name)


def test_again() -> None:
    """The next rehearsal begins with the same talk and the opening of the plan or the last; the
    earlier lines stay.
    """
    play = through(begun())
    do(play, "again")
    assert kept(play, RehearsalPrepared)[-1] == RehearsalPrepared(2, "Thursday", "Thank you.")
    assert play.reopened.step == PREPARE
    assert "Reply 2." in play.page()
    do(play, "begin", line="New.")
    do(play, "end", revised="")
    do(play, "put", best="0 line")
    do(play, "again")
    assert kept(play, RehearsalPrepared)[-1] == RehearsalPrepared(3, "Thursday", "New.")


def test_all_lines_are_among_what_was_written() -> None:
    """Every line said, and every one written once more, has a note with its time; the page to read
    them has what was heard as well.
    """
    play = through(begun())
    do(play, "again")
    notes = rehearsal.written(play.state.record)
    assert [(note.title, note.text, note.time) for note in notes] == [
        ("Thursday", text, NOON)
        for text in ("Thank you.", "Reply 1.", "Better 1.", "Reply 2.", "Better 2.")
    ]
    html = render_view("rehearsal_view.html", play.state, 3)
    assert all(text in html for text in (*heard(play), "Better 2.", "Thursday"))
    do(play, "begin", line="No occasion.", occasion=" ")
    assert rehearsal.written(play.state.record)[-1].title == "A talk to come"


def test_it_moves_nobody_in_the_course() -> None:
    """Who rehearsed goes on in the course where they were before."""
    log = Place("sheet", "log", make.sheet())
    place = Place("rehearse", "", CONTENT)
    progress = Progress([log], [place])
    progress.fold([event(Draft("log", 1, SheetWrote(1, {"what": "x"})), partner="1")])
    last = progress.last("1")
    for one in begun().log:
        progress.fold([one._replace(partner="1")])
    assert progress.begun(place, "1")
    assert progress.last("1") == last
    assert {written.place for written in progress.notes("1")} == {log, place}


def test_partners_are_kept_apart(library: Library) -> None:
    """What is rehearsed for one partner is not on the page of another, who is shown by the code."""
    learner = Learner(MemoryLog())
    sheet = find_session(library, "sheet", "partner", learner)
    sheet.open()
    sheet.answer({"action": "draft", "partner": "1", "form": {"partner:1:code": ["Harbour"]}})
    session = find_session(library, "rehearse", "", learner)
    session.open()
    field = session.state.field
    session.answer({"action": "begin", "partner": "1", "form": {field("line"): ["Only here."]}})
    html = session.answer({"action": "next", "partner": "1", "form": {field("revised"): [""]}})
    assert '<li class="brm-them"><b>Harbour</b>' in html
    html = session.answer({"action": "add-partner", "partner": "1", "form": {}})
    assert "Only here." not in html
    assert page(session.state)
