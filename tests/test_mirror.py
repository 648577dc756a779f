"""The partner's view: forms, codes that come back, what may be shown of a group, and gaps."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from html import unescape
from itertools import chain, combinations, cycle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brmcourse.activities import mirror, mirror_code, scale
from brmcourse.activities.activity import Context, recorded
from brmcourse.activities.mirror import GROUP, HAND, OPEN, THANKS, TYPE, VIEW, gaps_of, partner_view
from brmcourse.activities.mirror_code import Answer, decode, encode
from brmcourse.content.library import Library
from brmcourse.errors import ActionError, CodeError
from brmcourse.events import (
    SELF,
    Draft,
    Event,
    MirrorAnswered,
    MirrorInvited,
    ScaleFinished,
    writable,
)
from brmcourse.log.memory import MemoryLog
from brmcourse.model.scale import Format, Item
from brmcourse.rendering import mirror as rendered
from brmcourse.rendering.render import render_view
from brmcourse.scoring.gaps import SIMILAR, gap
from brmcourse.scoring.pooling import BATCH, batches, pooled
from brmcourse.scoring.scales import score_scale
from brmcourse.session import Learner, find_session
from tests import make
from tests.play import CONTEXT, Play, event

TICKS = {"agreed": "yes", "quiet": "yes"}
ALL_FIVE = dict.fromkeys([f"m{n}" for n in range(5)], 4)


def opened(*modes: str, **extra: Any) -> Play:
    """Return the page of a learner who made forms of these modes."""
    play = Play(mirror, make.mirror(**extra))
    for mode in modes:
        play.do("invite", mode, **TICKS)
    return play


def answered(play: Play, name: str, mode: str = OPEN, **parts: Any) -> str:
    """Return the code of an answer to the form of that mode."""
    about = {"invitation": play.state.record.invitation(mode).id, "edition": 1, "answer": name}
    return encode(Answer(**{**about, "ratings": ALL_FIVE, **parts}))


def finished(**answers: int | None) -> Event:
    """Return the event of a finished self-assessment."""
    return event(Draft("S", 1, ScaleFinished(answers)), partner="1")


# Codes

TEXTS = st.text(max_size=mirror_code.LONGEST)
IDS = st.text(st.characters(codec="ascii"), max_size=20)
ANSWERS = st.builds(
    Answer,
    IDS,
    st.integers(1, 99),
    IDS,
    st.dictionaries(IDS, st.none() | st.integers(1, 5), max_size=20),
    TEXTS,
    TEXTS,
)


@settings(deadline=None)
@given(ANSWERS)
def test_what_is_encoded_is_decoded(answer: Answer) -> None:
    """Every answer comes back from its code as it was."""
    assert decode(encode(answer)) == answer


@settings(deadline=None)
@given(ANSWERS, st.data())
def test_a_code_survives_the_mail(answer: Answer, data: st.DataObject) -> None:
    """Line breaks anywhere, marks of quoted lines, small letters, long dashes, hidden characters
    and words around it do a code no harm.
    """
    code = encode(answer)
    breaks = st.sampled_from(["", "", "", "\n", "\r\n> ", "\n> > ", " ", "\u00a0", "\u200b"])
    head, tail = code[:5], code[5:]
    broken = cycle(data.draw(st.lists(breaks, min_size=1, max_size=40)))
    mail = head + "".join(letter + next(broken) for letter in tail)
    mail = data.draw(st.sampled_from([mail, mail.lower(), mail.replace("-", "\u2013")]))
    text = f"Hello,\n\nhere it is:\n> {mail}\n\nKind regards\nNoor\n\nPS: {code}"
    assert decode(text) == answer


@settings(deadline=None)
@given(ANSWERS, st.data())
def test_any_damage_is_noticed(answer: Answer, data: st.DataObject) -> None:
    """A letter that was changed, or left out, is never read as another answer."""
    code = encode(answer)
    place = data.draw(st.integers(5, len(code) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
    for damaged in (code[:place] + other + code[place + 1 :], code[:place] + code[place + 1 :]):
        try:
            found = decode(damaged)
        except CodeError:
            continue
        assert found == answer  # it was a space, or the same letter


@settings(deadline=None)
@given(st.text() | st.text("BRM1234567-> \n"))
def test_anything_pasted_ends_in_a_sentence(text: str) -> None:
    """Whatever is pasted, it is no answer, and a sentence says so."""
    with pytest.raises(CodeError, match=r"[.]$"):
        decode(text)


CODE = encode(Answer("form", 1, "one", {"m0": 3}))
WRONG = {
    "nothing": ("", mirror_code.NO_CODE),
    "a mail without": ("Dear BRM1, thank you. I would rather not.", mirror_code.NO_CODE),
    "the beginning only": (CODE[:30], mirror_code.DAMAGED),
    "without its end": (CODE[:-2], mirror_code.DAMAGED),
    "the version after": (CODE.replace("BRM1", "BRM2"), mirror_code.NEWER),
    "no version": (CODE.replace("BRM1", "BRM0"), mirror_code.DAMAGED),
    "two of them": (f"{CODE}\n{encode(Answer('form', 1, 'two', {}))}", "more than one"),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_wrong_code_has_its_sentence(what: str) -> None:
    """What is wrong with a text is said in a sentence of its own."""
    text, words = WRONG[what]
    with pytest.raises(CodeError) as error:
        decode(text)
    assert words in str(error.value)


def made(data: bytes) -> str:
    """Return a code with a right checksum of something else."""
    return f"BRM1-{mirror_code._letters(data)}-{mirror_code._sum(data)}"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"7",
        b"[" * 5000,
        b'{"i":"a","e":1,"a":"b"}',
        b'{"i":"a","e":true,"a":"b","r":{}}',
        b'{"i":"a","e":1,"a":"b","r":{"m0":2.5}}',
        b'{"i":"a","e":1,"a":"b","r":{"m0":"4"}}',
        b'{"i":"a","e":1,"a":"b","r":{},"x":"__import__"}',
        b'{"i":"a","e":' + b"9" * 5000 + b',"a":"b","r":{}}',
        b'{"i":"a","e":1,"a":"b","r":{},"k":"' + b"x" * 601 + b'"}',
    ],
)
def test_a_sound_checksum_is_not_trusted(data: bytes) -> None:
    """Whoever makes a code by hand gets it read as an answer of the right form, or not at all."""
    with pytest.raises(CodeError, match="code"):
        decode(made(data))


def test_half_letters_are_replaced() -> None:
    """Halves of letter pairs, which no file can hold, come out as the sign for that."""
    found = decode(made(b'{"i":"a","e":1,"a":"b","r":{},"k":"\\ud800"}'))
    assert found.keep == "\ufffd" == writable("\ud800")


# Gaps

FORM = make.questionnaire().format
ITEMS = make.questionnaire().scale.items[:5]
RATINGS = st.fixed_dictionaries({item.id: st.none() | st.integers(1, 5) for item in ITEMS})


@settings(deadline=None)
@given(RATINGS)
def test_no_gap_to_oneself(own: dict[str, int | None]) -> None:
    """Who agrees in everything is nowhere apart."""
    found = gap(ITEMS, FORM, own, own)
    assert found is None or (found.points, found.steps, found.similar) == (0, 0, True)


@settings(deadline=None)
@given(RATINGS, RATINGS, st.permutations(ITEMS))
def test_order_does_not_matter(own: Any, theirs: Any, items: Sequence[Item]) -> None:
    """In whatever order lines and answers stand, the gap is the same, and so is a score."""
    assert gap(items, FORM, own, theirs) == gap(ITEMS, FORM, own, theirs)
    backwards = dict(reversed(own.items()))
    assert gap(ITEMS, FORM, backwards, theirs) == gap(ITEMS, FORM, own, theirs)
    asked = make.questionnaire().scale.model_copy(update={"items": tuple(items)})
    assert (
        score_scale(asked, FORM, own).score
        == score_scale(asked.model_copy(update={"items": ITEMS}), FORM, own).score
    )


def turned(items: Sequence[Item], *answers: Any) -> tuple[Any, ...]:
    """Return the items with `reverse` the other way round, and the answers likewise."""
    reverse = [item.model_copy(update={"reverse": not item.reverse}) for item in items]
    others = [
        {name: None if one is None else FORM.min + FORM.max - one for name, one in given.items()}
        for given in answers
    ]
    return reverse, *others


@settings(deadline=None)
@given(RATINGS, RATINGS)
def test_reversing_twice_changes_nothing(own: Any, theirs: Any) -> None:
    """Lines and answers turned round come to the same gap; turned twice they are as they were."""
    once = turned(ITEMS, own, theirs)
    assert gap(once[0], FORM, *once[1:]) == gap(ITEMS, FORM, own, theirs)
    assert turned(*once)[1:] == (own, theirs)


@settings(deadline=None)
@given(RATINGS, RATINGS)
def test_a_gap_is_the_same_seen_from_there(own: Any, theirs: Any) -> None:
    """Seen from the other side a gap has the other sign, and stays within what can be answered."""
    here, there = gap(ITEMS, FORM, own, theirs), gap(ITEMS, FORM, theirs, own)
    assert (here is None) == (there is None)
    assert here is None or (here.points, here.steps) == (-there.points, -there.steps)  # type: ignore[union-attr]
    assert here is None or abs(here.points) <= 100


@pytest.mark.parametrize(
    ("lines", "both", "said"),
    [(4, 3, True), (4, 2, False), (5, 4, True), (5, 3, False), (2, 2, True), (2, 1, False)],
)
def test_three_quarters(lines: int, both: int, *, said: bool) -> None:
    """Below three quarters of the lines answered by both there is no gap, at three quarters there
    is one.
    """
    items = make.questionnaire().scale.items[:lines]
    own = {item.id: 4 for item in items}
    theirs = {item.id: 3 for item in items[:both]} | {item.id: None for item in items[both:]}
    found = gap(items, FORM, own, theirs)
    assert (found is not None) == said
    assert found is None or found.items == both


def test_twenty_points_are_worth_a_conversation() -> None:
    """Exactly 20 points are no longer broadly similar, whichever way round, and 15 are."""
    items = [item.model_copy(update={"reverse": False}) for item in ITEMS]
    own = dict.fromkeys([item.id for item in items], 4)
    for change, similar in ((4, False), (3, True), (-4, False), (-3, True)):
        step = 1 if change > 0 else -1
        near = [item.id for item in items[: abs(change)]]
        found = gap(items, FORM, own, own | dict.fromkeys(near, 4 - step))
        assert found is not None
        assert found.points == change * 5
        assert found.similar == similar
    assert SIMILAR == 20


def test_a_gap_says_nothing_of_who_is_right() -> None:
    """The sentences name both views and judge neither."""
    items = [item.model_copy(update={"reverse": False}) for item in ITEMS]
    own = dict.fromkeys([item.id for item in items], 4)
    theirs = own | {"i0": 3, "i1": 3, "i2": 3, "i3": 3}
    found, same = gap(items, FORM, own, theirs), gap(items, FORM, own, own)
    assert found
    assert same
    assert rendered.told(found, OPEN) == "You rate yourself 0.8 higher than your partner does."
    assert rendered.told(found, GROUP) == "You rate yourself 0.8 higher than the group does."
    assert rendered.told(same, OPEN) == "You rate yourself as your partner does."
    back = gap(items, FORM, theirs, own)
    assert back
    assert rendered.told(back, OPEN) == "You rate yourself 0.8 lower than your partner does."


# What may be shown of a group


def rank(rows: Sequence[Sequence[int]]) -> int:
    """Return the rank of a matrix, in fractions."""
    left = [[Fraction(value) for value in row] for row in rows]
    found = 0
    for column in range(len(left[0]) if left else 0):
        lead = next((row for row in left[found:] if row[column]), None)
        if lead is None:
            continue
        left.remove(lead)
        left.insert(found, lead)
        for place in range(found + 1, len(left)):
            factor = left[place][column] / lead[column]
            left[place] = [a - factor * b for a, b in zip(left[place], lead, strict=True)]
        found += 1
    return found


def ever_shown(has_score: Sequence[bool]) -> list[list[int]]:
    """Return each sum that was on show after one answer or another, as its people's weights."""
    rows = []
    for arrived in range(len(has_score) + 1):
        people = {place for batch in batches(has_score[:arrived]) for place in batch}
        if people:
            rows.append([int(place in people) for place in range(len(has_score))])
    return rows


@settings(max_examples=150, deadline=None)
@given(st.lists(st.booleans(), max_size=11))
def test_no_weighing_up_gets_to_fewer_than_three(has_score: list[bool]) -> None:
    """No linear combination of all that was ever shown of a scale is about one person or two,
    whoever left out what and in whatever order they came.
    """
    rows = ever_shown(has_score)
    for size in range(1, BATCH):
        for few in combinations(range(len(has_score)), size):
            units = [[int(place == one) for place in range(len(has_score))] for one in few]
            # Some combination is about these few alone exactly if the two spaces meet.
            assert rank([*rows, *units]) == rank(rows) + size


def test_the_check_above_would_find_a_leak() -> None:
    """Sums that were shown person by person, or of overlapping sets, would be found out."""
    assert rank([[1, 1, 1, 0], [1, 1, 1, 1], [0, 0, 0, 1]]) == 2
    assert rank([[1, 1, 1, 0], [0, 1, 1, 1], [1, 0, 0, 0], [0, 0, 0, 1]]) == 3


@settings(deadline=None)
@given(st.lists(st.booleans(), max_size=15))
def test_only_full_batches_of_people_with_a_score(has_score: list[bool]) -> None:
    """What is shown is made of disjoint sets of three who have a score; what was shown stays, and
    something new comes only with each third answer.
    """
    shown = batches(has_score)
    people = [place for batch in shown for place in batch]
    assert all(len(batch) == BATCH for batch in shown)
    assert len(people) == len(set(people))
    assert all(has_score[place] for place in people)
    before: list[tuple[int, ...]] = []
    for arrived in range(len(has_score) + 1):
        now = batches(has_score[:arrived])
        assert now[: len(before)] == before
        assert now == before or arrived % BATCH == 0
        before = now


@settings(deadline=None)
@given(st.data())
def test_when_something_shows_names_nobody(data: st.DataObject) -> None:
    """Whoever of the same three answers left a scale out, as much is shown of it, at the same
    moments: so how scales appear, one before the other, does not tell whose answer lacks one.
    """
    threes = st.lists(st.booleans(), min_size=BATCH, max_size=BATCH)
    groups = data.draw(st.lists(threes, max_size=4))
    others = [data.draw(st.permutations(three)) for three in groups]
    first, second = list(chain(*groups)), list(chain(*others))
    for arrived in range(len(first) + 1):
        assert len(batches(first[:arrived])) == len(batches(second[:arrived]))


@settings(deadline=None)
@given(st.lists(st.none() | st.floats(0, 100), max_size=12))
def test_the_mean_is_of_those_who_may_be_shown(scores: list[float | None]) -> None:
    """The mean is of the people in full batches, and says how many they are."""
    shown = [place for batch in batches([one is not None for one in scores]) for place in batch]
    found = pooled(scores)
    if found is None:
        assert not shown
    else:
        assert found.people == len(shown) >= BATCH
        assert found.score == pytest.approx(sum(scores[n] or 0 for n in shown) / len(shown))


# The activity


def test_a_form_is_made_after_two_ticks() -> None:
    """Before a form is made the page advises against it in a dispute; it asks for a tick on that,
    and for one partner also on their consent.
    """
    play = opened()
    assert "Not in a dispute." in play.page()
    play.do("invite", OPEN)
    assert [problem.field for problem in play.state.problems] == [
        "mirror-open-agreed",
        "mirror-open-quiet",
    ]
    play.do("invite", OPEN, quiet="yes")
    assert [problem.field for problem in play.state.problems] == ["mirror-open-agreed"]
    play.do("invite", GROUP)
    assert [problem.field for problem in play.state.problems] == ["mirror-group-quiet"]
    assert play.log == []
    assert not mirror.done(play.state.record)
    play.do("invite", OPEN, **TICKS)
    play.do("invite", GROUP, quiet="yes")
    assert [(body.kind, body.mode) for body in play.bodies] == [
        ("mirror.invited", OPEN),
        ("mirror.invited", GROUP),
    ]
    assert mirror.done(play.state.record)


def test_forms_have_ids_of_their_own() -> None:
    """Each learner, partner and mode has a form with an id of its own, drawn from the seed; asking
    again for one makes no other.
    """
    ids = set()
    for seed, partner in (("a", "1"), ("b", "1"), ("a", "2")):
        play = Play(mirror, make.mirror(), context=Context(seed, partner))
        for mode in (OPEN, GROUP, OPEN):
            play.do("invite", mode, **TICKS)
        assert len(play.log) == 2
        ids |= {body.invitation for body in play.bodies}
    assert len(ids) == 6


def test_nothing_is_offered_before_it_is_asked_for() -> None:
    """The file is on the page only once it was asked for; neither it nor the hand-over is there
    before a form was made.
    """
    play = opened()
    for action, about in (("file", OPEN), ("file", GROUP), ("hand", ""), ("type", "")):
        with pytest.raises(ActionError):
            play.do(action, about)
    play.do("invite", OPEN, **TICKS)
    assert "data:text/html" not in play.page()
    play.do("file", OPEN)
    assert play.page().count("data:text/html") == 1
    with pytest.raises(ActionError):
        play.do("file", GROUP)
    with pytest.raises(ActionError):
        play.do("invite", "both")


def test_an_answer_comes_by_code() -> None:
    """A code is taken in with what was chosen and written; the event's author is the partner."""
    play = opened(OPEN)
    code = answered(play, "one", keep="Calls.", ratings={"m0": 5, "m1": None})
    play.do("take", code=f"Hello\n> {code}\n")
    assert play.bodies[-1] == MirrorAnswered("one", OPEN, {"m0": 5, "m1": None}, "Calls.", "")
    assert [one.author for one in play.log] == [SELF, "1"]
    assert play.state.taken == 1
    assert "1 answer was taken in." in play.page()
    assert "Calls." in play.page()


def refused(play: Play, text: str) -> str:
    """Return why a text that is pasted is not taken in; nothing may be recorded."""
    before = len(play.log)
    play.do("take", code=text)
    assert len(play.log) == before
    [problem] = play.state.problems
    assert problem.field == "mirror-code"
    html = unescape(play.page())
    assert html.count(problem.words) == 2  # at the top, and at the field, which keeps the text
    assert text in html
    return problem.words


def test_what_does_not_count_is_told_why() -> None:
    """A wrong, foreign, doubled, old or damaged code is not recorded, and each has its sentence."""
    play = opened(OPEN, edition=2)
    play.do("take", code=answered(play, "one", edition=2))
    ours = play.state.record.invitation(OPEN).id
    cases = {
        "no code here": mirror_code.NO_CODE,
        answered(play, "one", edition=2): mirror.TAKEN,
        answered(play, "two", edition=1): mirror.OLD,
        answered(play, "two", edition=3): mirror_code.NEWER,
        encode(Answer("another", 2, "two", ALL_FIVE)): mirror.FOREIGN,
        encode(Answer(ours, 2, "two", {"m9": 1})): mirror_code.DAMAGED,
        encode(Answer(ours, 2, "two", {"m0": 6})): mirror_code.DAMAGED,
        encode(Answer(ours, 2, "two", {"m0": 0})): mirror_code.DAMAGED,
        answered(play, "two", edition=2)[:-1]: mirror_code.DAMAGED,
    }
    assert {text: refused(play, text) for text in cases} == cases
    assert len(set(cases.values())) == 6


def test_several_codes_at_once() -> None:
    """Codes that a colleague collected are taken in together; one that does not count hinders no
    other.
    """
    play = opened(GROUP)
    good = [answered(play, name, GROUP) for name in ("a", "b", "c")]
    play.do("take", code="\n".join([*good, good[0], encode(Answer("other", 1, "d", {}))]))
    assert play.state.taken == 3
    assert play.state.refused == (mirror.FOREIGN,)
    assert "3 answers were taken in." in play.page()
    assert mirror.FOREIGN in play.page()


def test_the_screen_is_handed_over() -> None:
    """While the partner has the screen nothing of the learner's is on it, neither the code for them
    nor a result, and first stands what it is for; handed back, it says thanks and no more.
    """
    play = opened(OPEN)
    play.do("take", code=answered(play, "one", keep="An old word."))
    play.do("hand")
    html = play.page()
    assert play.state.step == HAND
    assert html.index("It is to learn. They see all.") < html.index("They act 0.")
    for private in ("An old word", "Not in a dispute", "What came back", "You can ask"):
        assert private not in html
    play.do("answer", m0="5", m1="none", m2="9", keep=" More. ")
    assert play.state.step == THANKS
    assert "An old word" not in play.page()
    body = play.bodies[-1]
    assert (body.mode, body.ratings, body.keep) == (OPEN, {"m0": 5, "m1": None}, "More.")
    assert play.log[-1].author == "1"
    play.do("back")
    assert play.state.step == VIEW
    assert "More." in play.page()


def test_handed_back_without_an_answer() -> None:
    """Whoever would rather not answer says so with one button, and nothing is recorded."""
    play = opened(OPEN)
    play.do("hand")
    before = len(play.log)
    play.do("answer")
    assert play.state.problems[0].words == mirror.NOTHING
    assert play.state.step == HAND
    play.do("leave", m0="5", keep="half a word")
    assert play.state.step == THANKS
    assert len(play.log) == before


def test_paper_is_typed_in() -> None:
    """What stands on paper is typed into the same lines, and comes to the same answer."""
    play = opened(OPEN)
    play.do("type")
    assert play.state.step == TYPE
    play.do("answer", m0="4", m3="2", idea="Ask more.")
    assert play.state.step == VIEW
    assert play.bodies[-1].ratings == {"m0": 4, "m3": 2}
    assert play.log[-1].author == "1"
    play.do("type")
    play.do("answer", m0="5")
    assert len(play.state.record.of(OPEN)) == 2
    assert play.state.record.latest.ratings == {"m0": 5}


def test_a_view_is_set_beside_ones_own() -> None:
    """The partner's latest answer stands beside the learner's latest result, over the same lines;
    "don't know" is missing, never nothing.
    """
    play = opened(OPEN)
    play.log.append(finished(i0=5, i1=5, i2=5, i3=1, i4=5, i5=1, i6=1, i7=1))
    play.state = play.reopened
    assert partner_view(play.state.record) == {"S": None}
    assert gaps_of(play.state.record) == {"S": None}
    play.do("take", code=answered(play, "one", ratings={"m0": 5, "m1": 5, "m2": 5, "m3": 1}))
    assert partner_view(play.state.record) == {"S": 100}
    assert gaps_of(play.state.record)["S"].points == 0
    ratings = {"m0": 3, "m1": 3, "m2": 3, "m3": 3, "m4": None}
    play.do("take", code=answered(play, "two", ratings=ratings))
    assert partner_view(play.state.record) == {"S": 50}
    assert gaps_of(play.state.record)["S"].points == 50
    html = " ".join(play.page().split())
    assert "You: 100. Your partner: 50." in html
    assert "Worth a conversation.</b> You rate yourself 2.0 higher than your partner does." in html
    assert all(question in html for question in ("What then?", "What now?", "What next?"))
    assert not re.search("overestimate|underestimate|wrong|blind", html)
    few = {"m0": 3, "m1": 3, "m2": 3, "m3": None}
    play.do("take", code=answered(play, "three", ratings=few))
    assert partner_view(play.state.record) == gaps_of(play.state.record) == {"S": None}
    assert "left out too many" in play.page()


def test_without_ones_own_side_there_is_no_gap() -> None:
    """Before the self-assessment is finished the other side is shown, and no gap."""
    play = opened(OPEN)
    play.do("take", code=answered(play, "one"))
    assert partner_view(play.state.record)["S"] is not None
    assert gaps_of(play.state.record) == {"S": None}
    assert "Your own latest result has too few answers" in play.page()
    assert "What then?" not in play.page()


def group(play: Play, *ratings: dict[str, int | None]) -> Iterator[float | None]:
    """Take in answers of a group, one after the other; yield what is shown after each."""
    for rated in ratings:
        name = f"a{len(play.state.record.answers)}"
        play.do("take", code=answered(play, name, GROUP, ratings=rated))
        yield partner_view(play.state.record)["S"]


def flat(value: int | None) -> dict[str, int | None]:
    """Return the same for the first three lines and none for the others, as none is reversed."""
    return {f"m{n}": value for n in range(3)}


def test_a_group_shows_in_threes() -> None:
    """Nothing is shown before three answers, then their mean, and no other before six. Who left out
    too much waits for nobody: the next one fills the batch, when the next three are in.
    """
    play = opened(GROUP, lines=3)
    shown = list(group(play, *map(flat, (1, 5, 3, 5, None, 5, 5, 1, 1))))
    assert shown == [None, None, 50, 50, 50, 50, 50, 50, 75]
    assert [one.author for one in play.log[1:]] == [f"a{n}" for n in range(9)]
    html = " ".join(play.page().split())
    assert "The group: 75 (6 people)." in html


def test_a_group_of_two_shows_nothing() -> None:
    """With two answers the page says how many are in, and nothing of what they say."""
    play = opened(GROUP, lines=3)
    list(group(play, flat(1), flat(1)))
    html = play.page()
    assert "2 answers are in." in html
    assert "Nothing is shown before there are 3." in html
    assert "brm-views" not in html
    list(group(play, flat(1), flat(5)))
    assert "1 of them waits until there are 3 more to add." in " ".join(play.page().split())


def test_a_group_is_asked_for_no_words() -> None:
    """Words in a group's answer are not recorded, even if somebody put them into a code."""
    play = opened(GROUP)
    play.do("take", code=answered(play, "one", GROUP, keep="You know who.", idea="I am."))
    assert (play.bodies[-1].keep, play.bodies[-1].idea) == ("", "")
    outline = make.mirror()
    invitation = play.state.record.invitation(GROUP)
    page = rendered.page(outline.mirror, outline.format, invitation)
    assert "data-text" not in page.partition("<script>")[0]


def test_the_partner_comes_before_the_group() -> None:
    """What is read as the other side is the partner's answer; a group's if there is none."""
    play = opened(OPEN, GROUP, lines=3)
    assert list(group(play, flat(1), flat(1), flat(1)))[-1] == 0
    play.do("take", code=answered(play, "one", ratings=flat(5)))
    assert partner_view(play.state.record) == {"S": 100}
    assert "Your partner: 100." in play.page()
    assert "The group: 0 (3 people)." in play.page()


ODD = [
    MirrorInvited("x", "both"),
    MirrorAnswered("a", "both", {"m0": 3}, "", ""),
    MirrorAnswered("b", OPEN, {"m9": 3}, "", ""),
    MirrorAnswered("c", OPEN, {"m0": 9}, "", ""),
    ScaleFinished({"i0": 3}),
]


@pytest.mark.parametrize("body", ODD)
def test_what_does_not_fit_changes_nothing(body: Any) -> None:
    """Events that the form has no place for leave the record as it was."""
    blank = mirror.blank(make.mirror())
    assert mirror.fold(blank, event(Draft("mirror", 1, body))) is blank
    assert mirror.fold(blank, event(Draft("elsewhere", 1, MirrorInvited("x", OPEN)))) is blank


def test_an_answer_counts_once_and_in_its_edition() -> None:
    """The same answer recorded twice counts once; one to another edition counts for nothing, and
    its form is to be made again.
    """
    play = opened(OPEN)
    body = MirrorAnswered("one", OPEN, ALL_FIVE, "", "")
    log = [*play.log, *(event(Draft("mirror", number, body)) for number in (1, 1, 2))]
    assert len(recorded(mirror, make.mirror(), log).of(OPEN)) == 1
    later = recorded(mirror, make.mirror(edition=2), log)
    assert later.invitation(OPEN) is None
    assert [one.ratings for one in later.of(OPEN)] == [ALL_FIVE]


def test_two_partners_have_their_own(library: Library) -> None:
    """A code about one partner is foreign on the page about the other; each has their own form and
    answers.
    """
    log = MemoryLog()
    page = find_session(library, "mirror", "", Learner(log))

    def send(action: str, partner: str, **form: str) -> str:
        filled = {name: [value] for name, value in form.items()}
        return page.answer({"action": action, "form": filled, "partner": partner})

    sheet = find_session(library, "sheet", "partner", Learner(log))
    for number, code in enumerate(("Lantern", "Mill"), 1):
        form = {"partner:1:code": [code]}
        sheet.answer({"action": "draft", "form": form, "partner": str(number)})
        if number == 1:
            sheet.answer({"action": "add-partner", "partner": "1"})
    page.open()
    send("invite open", "2", **TICKS)
    form = page.state.record.invitation(OPEN)
    line = page.state.mirror.lines[0].id
    code = encode(Answer(form.id, form.edition, "one", {line: 4}))
    page.answer({"action": "choose-partner", "partner": "2", "form": {"about-partner": ["1"]}})
    send("invite open", "1", **TICKS)
    assert mirror.FOREIGN in send("take", "1", code=code)
    page.answer({"action": "choose-partner", "partner": "1", "form": {"about-partner": ["2"]}})
    assert "1 answer was taken in." in send("take", "2", code=code)
    [found] = log.read(kinds=[MirrorAnswered.kind])[1]
    assert (found.partner, found.author) == ("2", "2")
    handed = send("hand", "2")
    assert "Mill" not in handed
    assert "Lantern" not in handed


# The form that goes out


@pytest.fixture(scope="module")
def content(library: Library) -> mirror.Outline:
    """The course's own form."""
    return mirror.find(library, "")


def test_the_form_has_what_the_issue_asks(content: mirror.Outline) -> None:
    """It has seventeen lines, two of each scale and one of each part of PAR, none of them turned
    round, and says first in two sentences what it is for and that not answering is fine.
    """
    assert len(content.mirror.lines) == 17
    counts = {name: len(items) for name, items in content.mirrored.items()}
    assert counts == {**dict.fromkeys(("EMP", "VAL", "CAR", "RES", "REL", "RSL"), 2), "PAR": 5}
    assert not any(item.reverse for items in content.mirrored.values() for item in items)
    parts = [item.subscale for item in content.mirrored["PAR"]]
    assert len(set(parts)) == 5
    for mode in mirror.MODES:
        opening = content.mirror.opening(mode)
        assert "not answering is fine" in opening.sentences[1]
        assert "wants to learn" in opening.sentences[0]
    assert not content.mirror.group.keep


@pytest.mark.parametrize("mode", mirror.MODES)
def test_the_file_stands_alone(content: mirror.Outline, mode: str) -> None:
    """The file is small, loads nothing, keeps nothing, and its policy allows one script and one
    style by their hashes.
    """
    page = rendered.page(content.mirror, content.format, mirror.Invitation("abc", mode, 1))
    assert len(page.encode()) < 40_000
    for word in (
        "http:",
        "https:",
        "src=",
        "url(",
        "@import",
        "Storage",
        "cookie",
        "fetch",
        "eval",
    ):
        assert word not in page, word
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    for tag in ("script", "style"):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert text
        assert f"{tag}-src '{rendered._hash(text[1])}'" in unescape(policy[1])
    assert unescape(policy[1]).startswith("default-src 'none'; ")
    first = page.index(content.mirror.opening(mode).sentences[0])
    assert first < page.index("<fieldset>")
    assert page.count("<fieldset>") == page.count("<legend>") == 17


def test_the_page_on_paper(content: mirror.Outline) -> None:
    """The form on paper has all lines with all answers, and nothing of the learner's."""
    play = Play(mirror, content)
    play.do("invite", OPEN, **TICKS)
    html = unescape(render_view("mirror_page.html", play.state, 1))
    assert html.count("☐") == 17 * 6
    assert all(line.text in html for line in content.mirror.lines)
    assert content.mirror.lead not in html
    assert "<form" not in html


def test_the_form_rests_on_the_scales(library: Library, content: mirror.Outline) -> None:
    """The learner's own side comes from the self-assessments as they are finished there."""
    asked = Play(scale, scale.find(library, "emp"))
    lines = {item.id: "4" for item in asked.content.scale.items}
    asked.do("finish", **lines)
    assert {one.subject for one in asked.log} < set(mirror.subjects(content))
    record = recorded(mirror, content, asked.log)
    assert record.own_score("EMP") == 75
    assert record.own_score("VAL") is None


def test_a_context_decides_the_author() -> None:
    """An answer about the second partner has that partner as its author."""
    play = Play(mirror, make.mirror(), context=Context(CONTEXT.seed, "2"))
    play.do("invite", OPEN, **TICKS)
    play.do("take", code=answered(play, "one"))
    assert [one.author for one in play.log] == [SELF, "2"]


def test_a_format_without_answers_scores_nothing() -> None:
    """An answer that says "don't know" to all lines is an answer, and has no score."""
    outline = make.mirror()
    assert isinstance(outline.format, Format)
    assert outline.scores(dict.fromkeys(ALL_FIVE, None)) == {"S": None}
