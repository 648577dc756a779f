"""The review: what comes back and when, what it takes, and how a learner says not now or never."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from html import unescape
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brmcourse.activities import fading, quiz, review
from brmcourse.activities.activity import Context, recorded
from brmcourse.activities.fading import Item, Matter, ReviewRecord
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import (
    Body,
    ConversationChose,
    ConversationRewound,
    Draft,
    Event,
    QuizAnswered,
    QuizCertainty,
    QuizMoved,
    ReviewAnswered,
    ReviewPutOff,
    ReviewRetired,
    ReviewReturned,
    ReviewSkipped,
    encode,
)
from brmcourse.log.memory import MemoryLog
from brmcourse.model.course import Module
from brmcourse.model.question import Quiz
from brmcourse.model.review import Review
from brmcourse.reviews import Reviews, Waiting, waiting
from brmcourse.scoring.memory import Grade
from brmcourse.session import Learner, find_session
from tests import make
from tests.play import NOON, Play, event, fill

TODAY = NOON.astimezone().date()
TALK = "t1_test"
ABOUT = {
    "id": "review",
    "title": "What is fading",
    "lead": "It comes back here.",
    "retention": 0.85,
    "minutes": 8,
    "share": 0.15,
    "seconds": 20,
    "talk_seconds": 120,
    "put_off": [7, 30],
}
WRONG: dict[str, Any] = {
    "single": "cyn",
    "multiple": ["cyn"],
    "judgement": {"ann": 1, "bea": 5, "cyn": 5},
    "match": {"ann": "right", "bea": "left", "cyn": "right"},
    "order": ["cyn", "bea", "ann"],
}


def matter(
    questions: Mapping[str, Sequence[Any]] | None = None, minutes: int = 600, **about: Any
) -> Matter:
    """Return a review of some modules' quizzes; by default of two with one question of each kind,
    none of which has a parallel one, and of one conversation.
    """
    if questions is None:
        questions = {
            name: [
                make.question(kind, f"{name}-{kind}", objective=f"m1.{kind}", row=f"A{n}")
                for n, kind in enumerate(make.GRADED, 1)
            ]
            for name in ("m1", "m2")
        }
    items, modules = {}, {}
    for name, asked in questions.items():
        modules[name] = Module.model_validate(
            make.module().model_dump() | {"id": name, "minutes": minutes}
        )
        told = {"id": name, "title": name, "module": name, "purpose": "practice"}
        own = Quiz.model_validate({**told, "questions": asked})
        items |= {q.id: Item(q.id, q.edition, modules[name], q, own) for q in own.questions}
    talk = Item(TALK, 1, modules["m1"], stage=make.staged())
    numbers = {name: number for number, name in enumerate(modules)}
    return Matter(Review.model_validate(ABOUT | about), numbers, items, {TALK: talk})


SMALL = matter()


def at(days: float = 0) -> datetime:
    return NOON + timedelta(days=days)


def on(days: int) -> date:
    return at(days).astimezone().date()


def did(subject: str, body: Body, days: float = 0, edition: int = 1) -> Event:
    return event(Draft(subject, edition, body), time=at(days))


def answer(
    name: str, days: float = 0, *, right: bool = True, sure: int | None = None, **kept: Any
) -> Event:
    """Return an answer in the quiz to a question called like its module and kind."""
    module, _, kind = name.partition("-")
    response = (make.PERFECT if right else WRONG)[kind]
    return did(name, QuizAnswered(module, response, sure), days, **kept)


def moves(*choices: int, days: float = 0, begin: int = 0) -> list[Event]:
    """Return moves in the conversation: 0 is a strong one, 1 a partial, 2 a weak one."""
    return [
        did(TALK, ConversationChose(turn, ("one", "two")[turn], choice), days)
        for turn, choice in enumerate(choices, begin)
    ]


def after(*events: Event, content: Matter = SMALL) -> ReviewRecord:
    return recorded(review, content, events)


def due(record: ReviewRecord, days: int) -> list[str]:
    return [item.key for item in record.due(on(days))]


def played(*events: Event, content: Matter = SMALL) -> Play:
    """Return the review of today, after these events of the days before."""
    return Play(review, content, list(events))


def respond(play: Play, given: Any, **more: Any) -> Any:
    """Answer the question on the page."""
    here = play.state.here
    letters: Any = SimpleNamespace(context=Context(play.state.order_seed))
    form = fill(letters, here.question, given)
    return play.do("check", **form | {"question": here.item.key, "turn": str(here.times)}, **more)


def right(play: Play) -> Any:
    return respond(play, make.PERFECT[play.state.here.question.kind])


def wrong(play: Play) -> Any:
    return respond(play, WRONG[play.state.here.question.kind])


ALL = [answer(name, -60, right=True) for name in SMALL.questions]
"""Each question was right two months ago."""


# What comes back, and when


def test_only_questions_that_mark_themselves_in_the_modules_quizzes(library: Library) -> None:
    """The two tests, the guesses before a reading, and lines that learners rate themselves never
    come back; all else does, with every conversation.
    """
    content = fading.find(library, "")
    kinds = {item.question.kind for item in content.questions.values()}
    assert kinds == set(make.GRADED)
    assert {item.quiz.purpose for item in content.questions.values()} == {"practice"}
    assert {item.quiz.id for item in content.questions.values()} == {f"m{n}" for n in range(8)}
    assert len(content.talks) == len(library.names("conversations"))


@pytest.mark.parametrize("kind", make.GRADED)
def test_what_was_missed_comes_back_the_next_day(kind: str) -> None:
    """A wrong answer of any kind is due tomorrow, a right one is not."""
    assert due(after(answer(f"m1-{kind}", right=False)), 1) == [f"m1-{kind}"]
    assert due(after(answer(f"m1-{kind}", right=False)), 0) == []
    assert due(after(answer(f"m1-{kind}")), 1) == []
    assert due(after(answer(f"m1-{kind}")), 30) == [f"m1-{kind}"]


@pytest.mark.parametrize(
    ("correct", "sure", "grade"),
    [
        (False, 3, Grade.AGAIN),
        (False, None, Grade.AGAIN),
        (True, 1, Grade.HARD),
        (True, 2, Grade.GOOD),
        (True, 3, Grade.GOOD),
        (True, None, Grade.GOOD),
    ],
)
def test_wrong_unsure_and_right(correct: bool, sure: int | None, grade: Grade) -> None:
    """Wrong is missed however sure it was; right but not sure is barely remembered."""
    record = after(answer("m1-single", right=correct, sure=sure))
    assert record.standing(SMALL.items["m1-single"]).memory.grade == grade


def test_partly_right_is_missed_until_it_is_nearly_right() -> None:
    """Half a point is not enough."""
    half = did("m1-single", QuizAnswered("m1", "bea"))
    assert due(after(half), 1) == ["m1-single"]


def test_only_the_first_answer_of_a_day_counts() -> None:
    """Whoever tries again has read the reasons in between."""
    first = answer("m1-single", right=False)
    again = answer("m1-single", 0.1)
    assert after(first, again).standings == after(first).standings
    assert after(again, first).standings != after(first, again).standings


def test_another_edition_and_what_does_not_fit_count_nothing() -> None:
    """An answer to an earlier edition, or one that the question cannot be given, is no answer."""
    assert after(answer("m1-single", edition=2)) == after()
    assert after(did("m1-single", QuizAnswered("m1", {"ann": 5}))) == after()
    assert after(did("m1-match", QuizAnswered("m1", {"ann": [1]}))) == after()


def test_what_was_begun_anew_is_still_remembered() -> None:
    """The answers of a quiz that is started over were given all the same."""
    reset = did("m1", quiz.QuizReset())
    assert after(answer("m1-single"), reset) == after(answer("m1-single"))


# The order, and the share of the time


def test_modules_take_turns() -> None:
    """No module follows itself while another has something due, and so it stays as one answers."""
    record = after(*ALL)
    modules = [item.module.id for item in record.queue(TODAY, "seed")]
    assert len(modules) == 10
    assert all(one != other for one, other in pairwise(modules))
    play, asked = played(*ALL), []
    while play.state.here:
        asked.append(play.state.here.item.module.id)
        right(play)
        play.do("next")
    assert all(one != other for one, other in pairwise(asked))
    assert len(asked) == 10


def test_the_order_is_the_learners_own_and_stays() -> None:
    """Another seed gives another order, the same seed the same."""
    record = after(*ALL)
    orders = {tuple(i.key for i in record.queue(TODAY, f"seed {n}")) for n in range(20)}
    assert len(orders) > 10
    assert record.queue(TODAY, "a") == record.queue(TODAY, "a")


def test_within_a_module_what_fades_most_comes_first() -> None:
    """What was missed yesterday comes before what was known two months ago."""
    content = matter({"m1": SMALL.questions["m1-single"].quiz.questions})
    known = [answer(name, -25) for name in content.questions if name != "m1-order"]
    missed = answer("m1-order", -40, right=False)
    queue = after(*known, missed, content=content).queue(TODAY, "seed")
    assert queue[0].key == "m1-order"


def test_a_day_has_eight_minutes() -> None:
    """What does not fit stays due, and is shown when the learner asks for more."""
    content = matter(minutes=600, seconds=120)
    play = played(*ALL, content=content)
    assert len(play.state.queue) == 4
    for _ in range(4):
        right(play)
        play.do("next")
    assert play.state.here is None
    assert play.state.held_back == 6
    assert "6 more could come back today. They keep" in play.page()
    assert len(play.do("more").queue) == 6
    assert len(play.reopened.queue) == 0


def test_review_takes_a_share_of_the_time_of_the_modules() -> None:
    """With 20 minutes of modules begun, 15 % are 3 minutes: 9 questions in all, then no more."""
    content = matter(minutes=10)
    record = after(*ALL, content=content)
    assert record.left(TODAY) == 180
    assert len(record.queue(TODAY)) == 9
    play = played(*ALL, content=content)
    while play.state.here:
        right(play)
        play.do("next")
    assert play.state.record.spent == 180
    assert play.state.record.left(TODAY + timedelta(days=90)) == 0
    page = unescape(play.page())
    assert "take about 20 minutes" in page
    assert "about 3 minutes so far, 15 % of that" in page
    assert "1 more could come back today. It keeps" in page


def test_a_module_nobody_began_gives_no_time() -> None:
    """The share is of what was begun."""
    record = after(answer("m1-single", -60), content=matter(minutes=10))
    assert record.read_seconds == 600


def test_what_is_expected_is_said() -> None:
    """The figure on the page is the sum of the chances."""
    play = played(*ALL)
    chances = [play.state.record.expected(item, TODAY) for item in play.state.queue]
    assert 0 < sum(chances) < 10
    assert f"still know about {round(sum(chances))} of the 10" in play.page()
    one = played(answer("m1-single", -60))
    (chance,) = [one.state.record.expected(item, TODAY) for item in one.state.queue]
    assert f"at about {round(10 * chance)} of 10" in one.page()


# A question on the page


@pytest.mark.parametrize("kind", make.GRADED)
def test_a_question_is_asked_and_told(kind: str) -> None:
    """It is asked as in the quiz, and says afterwards how it was, why, and when it comes back."""
    play = played(answer(f"m1-{kind}", -60))
    before = play.page()
    assert "What now?" in before
    assert "Feedback on" not in before
    assert "Because." not in before
    assert not any(f'value="{option}"' in before for option in ("ann", "bea", "cyn"))
    state = wrong(play)
    page = play.page()
    assert state.told.grade != "right"
    assert "<strong>Why:</strong> Because." in page
    assert "Feedback on" in page
    assert f"It comes back in about {state.comes_back} days." in page
    assert 1 < state.comes_back < 10
    assert "Finish" in page
    assert isinstance(play.bodies[-1], ReviewAnswered)
    assert "That is all for today" in (play.do("next") and play.page())
    assert play.reopened.record == play.state.record


def test_a_right_answer_comes_back_later() -> None:
    """The days on the page are those of the schedule."""
    play = played(answer("m1-single", -60))
    right(play)
    standing = play.state.record.standing(SMALL.items["m1-single"])
    assert standing.times == 2
    days = (standing.memory.due - TODAY).days
    assert days > 60
    assert f"It comes back in about {days} days." in play.page()


def test_nothing_chosen_is_named() -> None:
    """An answer without anything chosen is not counted, and the page says what it lacks."""
    play = played(answer("m1-single", -60))
    here = play.state.here
    state = play.do("check", question=here.item.key, turn=str(here.times))
    assert state.problem("A")
    assert "There is a problem" in play.page()
    assert len(play.log) == 1


def test_how_sure_is_asked_where_it_is_wished_for() -> None:
    """The wish is that of all quizzes; it can be changed here, too."""
    play = played(answer("m1-single", -60))
    here = play.state.here
    about = {"question": here.item.key, "turn": str(here.times)}
    play.do("certainty", **about)
    assert play.bodies[-1] == QuizCertainty(on=True)
    assert "How sure are you?" in play.page()
    assert [one.words for one in right(play).problems] == [quiz.CHOOSE_CERTAINTY]
    respond(play, "ann", sure="1")
    assert play.bodies[-1] == ReviewAnswered("m1-single", "ann", 1)
    assert "Not sure, and right: 1 point for certainty" in play.page()
    assert play.state.record.standing(here.item).memory.grade == Grade.HARD


def test_lines_can_be_put_in_order() -> None:
    """Moving a line moves it, and what is checked is what stands there."""
    play = played(answer("m1-order", -60))
    here = play.state.here
    lines = [letter for letter, _ in play.state.line_up(here.question)]
    about = {"question": here.item.key, "turn": str(here.times), "pick": lines}
    play.do("arrange", "down 0", **about)
    moved = [letter for letter, _ in play.state.line_up(here.question)]
    assert moved == [lines[1], lines[0], lines[2]]
    with pytest.raises(ActionError):
        play.do("arrange", "down 0", **{**about, "pick": lines[:2]})


def test_a_page_that_is_behind_answers_nothing() -> None:
    """A second click counts once; an answer to a question dealt with elsewhere is not taken for
    the one on show.
    """
    play = played(*ALL)
    here = play.state.here
    right(play)
    respond(play, make.PERFECT[here.question.kind])
    assert len(play.log) == len(ALL) + 1
    play.do("next")
    form = {"question": here.item.key, "turn": str(here.times), "pick": "A"}
    assert play.do("check", **form).notice == review.MOVED_ON
    assert len(play.log) == len(ALL) + 1


def test_options_stand_otherwise_each_time() -> None:
    """Their order follows from the learner and the number of the review."""
    asked = SMALL.questions["m1-single"].question
    orders = set()
    for times in range(1, 8):
        history = [answer("m1-single", -400 + 40 * n, right=False) for n in range(times)]
        state = played(*history).state
        orders.add(tuple(option.id for _, option in state.shown(asked)))
        assert state.here.times == times
    assert len(orders) > 2


# A parallel question


def pair(**extra: Any) -> Matter:
    """Return a review of one quiz with two questions on the same point, and a third on another."""
    return matter(
        {
            "m1": [
                make.question(key="m1-single", row="A1", objective="m1.one"),
                make.question(key="m1-again", row="A1", objective="m1.two"),
                make.question(key="m1-other", row="A3", objective="m1.three"),
            ]
        },
        **extra,
    )


def test_another_question_on_the_point_stands_in() -> None:
    """It is asked in place of the one that is due, and both are counted."""
    content = pair()
    play = played(answer("m1-single", -60), content=content)
    assert play.state.here.item.key == "m1-single"
    assert play.state.here.question.id == "m1-again"
    right(play)
    assert play.log[-1].subject == "m1-again"
    assert play.bodies[-1] == ReviewAnswered("m1-single", "ann")
    record = play.state.record
    assert {key: one.memory.last for key, one in record.standings.items()} == {
        "m1-single": TODAY,
        "m1-again": TODAY,
    }
    assert record.spent == 20


@pytest.mark.parametrize(
    "event_of_other",
    [
        did("m1-again", QuizAnswered("m1", "ann"), -10),
        did("m1-again", QuizAnswered("m1", "cyn"), -10),
        did("m1-again", QuizAnswered("m1", "cyn"), 0),
        did("m1-again", ReviewRetired(""), -10),
        did("m1-again", ReviewPutOff(30), -10),
        did("m1-again", ReviewSkipped(), 0),
    ],
    ids=["right lately", "due itself", "missed today", "retired", "put off", "skipped"],
)
def test_one_that_is_not_free_does_not_stand_in(event_of_other: Event) -> None:
    """Then the question itself is asked."""
    play = played(answer("m1-single", -60), event_of_other, content=pair())
    found = next(item for item in play.state.queue if item.key == "m1-single")
    assert play.state.record.stand_in(found, TODAY, "seed").id == "m1-single"


def test_answers_in_review_are_no_answers_of_the_quiz() -> None:
    """The quiz of the module still counts the first answer given there."""
    exercise = make.exercise(make.question(key="m1-single"))
    reviewed = did("m1-single", ReviewAnswered("m1-single", "cyn"))
    assert recorded(quiz, exercise, [reviewed]) == quiz.blank(exercise)


# Not now, later, never


def test_not_today_is_tomorrow() -> None:
    """What is skipped is not asked again today, and nothing else changes."""
    play = played(answer("m1-single", -60))
    state = play.do("skip", "m1-single")
    assert play.bodies[-1] == ReviewSkipped()
    assert state.here is None
    assert state.next_day == on(1)
    assert due(state.record, 1) == ["m1-single"]


def test_put_off_comes_back_after_the_days() -> None:
    """It stands in a list from where it can be brought back before."""
    play = played(answer("m1-single", -60))
    state = play.do("put-off", "m1-single", days="7")
    assert [due(state.record, days) for days in (0, 6, 7)] == [[], [], ["m1-single"]]
    assert "Put off until 1 December 2026" in play.page()
    assert due(play.do("return", "m1-single").record, 0) == ["m1-single"]
    for days in ("6", "", "-7", "x"):
        with pytest.raises(ActionError):
            play.do("put-off", "m1-single", days=days)


def test_retired_with_a_word_never_comes_back_unless_it_is_brought_back() -> None:
    """The word stands beside it."""
    play = played(answer("m1-single", -60))
    state = play.do("retire", "m1-single", reason=" I <know> it ")
    assert play.bodies[-1] == ReviewRetired("I <know> it")
    assert due(state.record, 3000) == []
    assert "Retired: I &lt;know&gt; it." in play.page()
    assert "Put off or retired (1)" in play.page()
    state = play.do("return", "m1-single")
    assert due(state.record, 0) == ["m1-single"]
    assert play.bodies[-1] == ReviewReturned()


@pytest.mark.parametrize(
    ("name", "form"), [("skip", {}), ("put-off", {"days": "7"}), ("retire", {})]
)
def test_what_stands_in_is_set_aside_with_the_item(name: str, form: dict[str, str]) -> None:
    """It is what the learner has before them; to bring back is one at a time."""
    play = played(answer("m1-single", -60), content=pair())
    before = len(play.log)
    play.do(name, "m1-single", **form)
    assert [one.subject for one in play.log[before:]] == ["m1-single", "m1-again"]
    play.do("return", "m1-single")
    assert play.log[-1].subject == "m1-single"
    assert play.state.here.question.id == "m1-single"


def test_what_there_is_not_cannot_be_set_aside() -> None:
    """A page that names no item of the review is refused."""
    play = played(*ALL)
    for name in ("skip", "retire", "return", "back"):
        with pytest.raises(ActionError):
            play.do(name, "m9-nothing")
    with pytest.raises(ActionError):
        play.do("back", "m1-single")


@pytest.mark.parametrize("days", [0, -1, 10**9, 3651])
def test_days_that_no_page_offers_change_nothing(days: int) -> None:
    """A record with an odd number of days is passed over."""
    assert after(*ALL, did("m1-single", ReviewPutOff(days))) == after(*ALL)


def test_nothing_yet_says_how_it_begins() -> None:
    """Who answered nothing is told that nothing is here yet, without any figure."""
    page = played().page()
    assert "Nothing is here yet." in page
    assert "What the course expects" not in page


# Conversations


def test_a_conversation_that_went_wrong_comes_back() -> None:
    """It comes back from the first weak turn of the last run, one that went well does not."""
    weak = after(*moves(0, 2))
    assert weak.standing(SMALL.talks[TALK]).turn == 1
    assert due(weak, 1) == [TALK]
    assert due(after(*moves(0, 1)), 90) == []
    anew = did(TALK, ConversationRewound(0))
    assert due(after(*moves(2, 2), anew, *moves(0, 0)), 90) == []
    assert after(*moves(2)).standings == {}


def test_going_back_and_playing_on() -> None:
    """The button takes the conversation back; played well from there, it is done with, and its time
    is counted.
    """
    play = played(*moves(0, 2, days=-3))
    assert "in turn 2 was a weak one" in play.page()
    assert "Go back to turn 2" in play.page()
    state = play.do("back", TALK)
    assert play.bodies[-1] == ConversationRewound(1)
    assert state.gone.key == TALK
    assert "waits for you in module 0" in play.page()
    assert "Play on from there" not in play.page()  # a notebook has no address for it
    play.do("back", TALK)
    assert len(play.log) == 3
    record = after(*play.log, *moves(0, begin=1))
    assert record.due(TODAY) == []
    assert (record.spent, record.day.modules) == (120, ("m1",))


def test_a_run_that_is_under_way_is_gone_on_with() -> None:
    """Somebody who began it anew loses nothing: the button leads to where it stands."""
    anew = did(TALK, ConversationRewound(0), -2)
    play = played(*moves(0, 2, days=-3), anew, *moves(0, days=-2))
    assert "You have begun it again since" in play.page()
    assert "Go on with it" in play.page()
    play.do("back", TALK)
    assert len(play.log) == 4
    assert "waits for you in module 0" in play.page()


def test_a_conversation_comes_last_and_one_a_day() -> None:
    """The questions come first; there is time for it all the same."""
    content = matter(minutes=20, seconds=60)
    queue = after(*ALL, *moves(2, 2, days=-3), content=content).queue(TODAY, "seed")
    assert [item.key for item in queue][-1] == TALK
    assert len(queue) == 5  # 15 % of 40 minutes are 6: two for the talk, four for questions


def test_no_time_for_a_conversation_leaves_that_for_questions() -> None:
    """If less is left than it takes, questions that fit are asked."""
    content = matter(minutes=5, seconds=20)
    queue = after(*ALL, *moves(2, 2, days=-3), content=content).queue(TODAY, "seed")
    assert [item.stage for item in queue] == [None] * 4


# The log


KINDS = [
    *(answer(name, right=n % 3 > 0) for n, name in enumerate(SMALL.questions)),
    *(did(n, ReviewAnswered(n, make.PERFECT[n.partition("-")[2]])) for n in SMALL.questions),
    did("m1-order", ReviewAnswered("m1-single", make.PERFECT["order"])),
    did("m1-order", ReviewAnswered("m9-gone", make.PERFECT["order"], 1)),
    did("m1-single", ReviewSkipped()),
    did("m1-single", ReviewPutOff(7)),
    did("m1-match", ReviewRetired("known")),
    did("m1-match", ReviewReturned()),
    did(TALK, ReviewSkipped()),
    did("m1", QuizMoved("m1-single")),
    *moves(0, 2),
    *moves(2, 0),
    did(TALK, ConversationRewound(0)),
]
histories = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 90)), max_size=40).map(
    lambda found: [one._replace(time=at(days)) for one, days in found]
)
"""What a learner may do on the days of three months, also out of order, as after an import."""


@given(histories, st.integers(0, 40))
def test_reading_on_is_reading_anew(events: list[Event], cut: int) -> None:
    """What is folded in parts comes to the same as all at once, and is due the same."""
    log = MemoryLog()
    reviews = Reviews(SMALL)
    named = [one._replace(id=f"{n:08}") for n, one in enumerate(events)]
    for part in (named[:cut], named[cut:]):
        log.add(part)
        reviews.catch_up(log)
    record = after(*named)
    assert reviews.record == record
    items = record.queue(on(90))
    assert waiting(reviews, on(90)) == Waiting(len(items), fading.minutes(SMALL, items))


@given(histories)
def test_twice_is_once(events: list[Event]) -> None:
    """Each event twice in a row changes no memory and takes no time beyond what it took once."""
    twice = after(*[one for one in events for _ in range(2)])
    once = after(*events)
    assert twice.standings.keys() == once.standings.keys()
    for key, standing in once.standings.items():
        assert twice.standings[key].memory == standing.memory
    assert twice.spent == once.spent


@given(st.permutations([answer(name, right=False) for name in SMALL.questions]))
def test_the_order_of_one_moment_does_not_matter(events: list[Event]) -> None:
    """Answers to different questions at the same time come to the same in any order."""
    expected = after(*[answer(name, right=False) for name in SMALL.questions])
    found = after(*events)
    assert dict(found.standings) == dict(expected.standings)
    assert found.queue(on(3), "seed") == expected.queue(on(3), "seed")


@given(histories, st.integers(0, 400))
def test_what_is_due_is_never_in_vain(events: list[Event], days: int) -> None:
    """Whatever happened, what is due has a page, fits the time, and chances are chances."""
    record = after(*events)
    today = on(days)
    queue = record.queue(today)
    assert sum(map(SMALL.seconds, queue)) <= max(record.left(today), 0)
    assert all(0 <= record.expected(item, today) <= 1 for item in queue)
    assert set(map(id, queue)) <= set(map(id, record.due(today)))
    play = Play(review, SMALL, events, Context("seed", "1", today))
    assert play.page().startswith("<section")


def test_what_a_newer_version_wrote_is_passed_over() -> None:
    """A kind of event that nobody knows yet stays in the log, and hides nothing."""
    known = encode(answer("m1-single", right=False))
    newer = known._replace(id=f"{1:08}", kind="review.dreamt", body="{}")
    log, reviews = MemoryLog([newer, known]), Reviews(SMALL)
    reviews.catch_up(log)
    assert waiting(reviews, on(1)) == Waiting(1, 1)
    assert [record.kind for record in log.records()] == ["review.dreamt", "quiz.answered"]


def test_a_log_that_was_replaced_is_read_anew(library: Library) -> None:
    """After something was forgotten nothing of it is due."""
    content, log = fading.find(library, ""), MemoryLog()
    reviews = Reviews(content)
    asked = next(iter(content.questions.values()))
    wrong_one = next(o.id for o in asked.question.options if o.credit < 1)
    gone = did(asked.key, QuizAnswered("m0", wrong_one), edition=asked.edition)
    log.add([gone])
    reviews.catch_up(log)
    assert waiting(reviews, on(1)) == Waiting(1, 1)
    log.forget([gone.id])
    reviews.catch_up(log)
    assert waiting(reviews, on(1)) == Waiting(0, 0)


def test_three_months(library: Library) -> None:
    """A learner who does three modules in three weeks, and comes by on some days, is asked a few
    questions each time, less and less, and never more than its share.
    """
    log, now = MemoryLog(), [NOON]
    learner = Learner(log, clock=lambda: now[0])
    content = fading.find(library, "")
    for week, name in enumerate(("m1", "m2", "m3")):
        now[0] = at(7 * week)
        page = find_session(library, "quiz", name, learner)
        page.open()
        for item in content.questions.values():
            if item.quiz.id == name and item.question.kind == "single":
                page.answer({"n": "", "action": f"go {item.key}", "form": {}})
                form = {"question": [item.key], "pick": ["A"]}
                page.answer({"action": "check", "form": form})
    asked = []
    for days in (21, 28, 60, 90):
        now[0] = at(days)
        page = find_session(library, "review", "", learner)
        page.open()
        count = 0
        while page.state.here:
            here = page.state.here
            form = {"question": [here.item.key], "turn": [str(here.times)]}
            key = next(
                (
                    letter
                    for letter, option in page.state.shown(here.question)
                    if getattr(option, "credit", 0) == 1
                ),
                "",
            )
            if here.question.kind == "single":
                html = page.answer({"action": "check", "form": {**form, "pick": [key]}})
                assert "Yes, that is right." in html
                page.answer({"action": "next", "form": {}})
            else:
                page.answer({"action": f"skip {here.item.key}", "form": {}})
            count += 1
        record = page.state.record
        assert record.spent <= 0.15 * record.read_seconds
        asked.append(count)
    assert asked[0] > 3
    assert asked[0] > asked[1]
    assert sum(asked[1:]) > 0
