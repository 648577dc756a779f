"""The profile: all self-assessments about one partner, what has changed, and one act to try."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brmcourse.activities import profile, scale
from brmcourse.activities.activity import Action, Context, recorded
from brmcourse.content.library import Library
from brmcourse.errors import ActionError
from brmcourse.events import (
    Draft,
    Event,
    MirrorAnswered,
    MirrorInvited,
    QuizAnswered,
    ScaleFinished,
    ScaleThoughtBack,
)
from brmcourse.log.memory import MemoryLog
from brmcourse.paths import course_root
from brmcourse.session import Learner, find_session
from tests.play import NOON, Play, event

LIBRARY = Library(course_root())
CONTENT = profile.find(LIBRARY, "")
LATER = NOON + timedelta(days=30)


def told(
    name: str,
    rating: int | None,
    *,
    partner: str = "1",
    time: datetime = NOON,
    but: Mapping[str, int | None] | None = None,
) -> Event:
    """Return a finished self-assessment with the same frequency for each line, reversed or not."""
    content = scale.find(LIBRARY, name)
    answers = {}
    for item in content.scale.items:
        given = 6 - rating if rating and item.reverse else rating
        answers[item.id] = given
    draft = Draft(content.scale.id, content.scale.edition, ScaleFinished(answers | (but or {})))
    return event(draft, partner=partner, time=time)


def played(*events: Event, partner: str = "1") -> Play:
    """Return the profile after these events."""
    return Play(profile, CONTENT, list(events), Context("seed", partner))


def standing(play: Play, name: str) -> profile.Standing:
    """Return how one self-assessment stands on the page."""
    [found] = [one for one in play.state.standings("1") if one.content.scale.id == name]
    return found


def test_every_part_has_an_act_and_a_place_where_it_is_taught() -> None:
    """Whoever is lowest somewhere gets a next step, with its lesson."""
    for content in CONTENT.scales:
        if content.scale.levels:
            continue
        for part in content.scale.subscales:
            act = CONTENT.profile.by_part[f"{content.scale.id}.{part.id}"]
            assert act.section in CONTENT.lessons


def test_an_empty_profile_names_all_lists_and_where_they_are() -> None:
    """Nothing was rated, nothing is made up, and each list has its way."""
    play = played()
    assert play.state.shown == []
    assert len(play.state.waiting) == len(CONTENT.scales)
    assert "Nothing stands here yet" in play.page()
    assert "of 100" not in play.page()


def test_a_result_is_shown_with_its_lowest_part_and_an_act() -> None:
    """The words beside the plot say what it shows."""
    lowest = {"emp02": 1, "emp05": 5, "emp08": 1, "emp11": 1}
    page = unescape(played(told("EMP", 4, but=lowest)).page())
    assert "you came to 50 of 100" in page
    assert "report “Check” least often, at 0" in page
    assert CONTENT.profile.by_part["EMP.check"].attempt in page


@pytest.mark.parametrize(("after", "larger"), [(3, False), (4, True)])
def test_a_change_counts_only_beyond_the_wobble(after: int, *, larger: bool) -> None:
    """One line of the format is 25 points; the wobble that we assume is 20."""
    before = {"emp01": 3, "emp02": 3, "emp03": 3}
    play = played(
        told("EMP", 3, but={}), told("EMP", after, time=LATER, but={} if larger else before)
    )
    change = standing(play, "EMP").change
    assert change is not None
    assert change.larger is larger
    page = unescape(play.page())
    assert ("own wobble, as far as we can assume it" in page) is larger
    assert ("may be noise" in page) is not larger


def test_earlier_results_stay_in_view() -> None:
    """The table has each date, the plot a ring for each earlier result."""
    times = [NOON + timedelta(days=30 * number) for number in range(3)]
    play = played(
        *(told("CAR", rating, time=time) for rating, time in zip((2, 3, 4), times, strict=True))
    )
    page = play.page()
    assert page.count('class="brm-old"') == 2 * (
        1 + len(scale.find(LIBRARY, "CAR").scale.subscales)
    )
    assert [round(one.score.score or 0) for one in standing(play, "CAR").scored] == [25, 50, 75]


def test_only_the_latest_results_are_listed() -> None:
    """Somebody who rates a list every week for years still has a page that opens."""
    events = [told("REL", 3, time=NOON + timedelta(days=number)) for number in range(40)]
    assert len(standing(played(*events), "REL").history) == profile.LATEST


def test_lines_without_an_answer_are_named() -> None:
    """No chance yet is missing, never zero."""
    play = played(told("EMP", 5, but={"emp01": None}))
    assert [item.id for item in standing(play, "EMP").unanswered] == ["emp01"]
    assert standing(play, "EMP").score == 100
    assert "1 of 12 lines have no answer" in play.page()


def test_too_few_answers_give_no_score() -> None:
    """Below three quarters there is a sentence, and no figure."""
    few = {f"emp{number:02}": None for number in range(1, 5)}
    play = played(told("EMP", 3, but=few))
    assert standing(play, "EMP").score is None
    assert standing(play, "EMP").change is None
    assert "Not enough to say yet" in play.page()


def test_levels_have_words_and_no_score() -> None:
    """The role's ladder is told by its names."""
    content = scale.find(LIBRARY, "MAT")
    answers = {item.id: 2 for item in content.scale.items}
    draft = Draft("MAT", content.scale.edition, ScaleFinished(answers))
    page = unescape(played(event(draft, partner="1")).page())
    assert "<strong>Service provider</strong>" in page
    assert "of 100" not in page


def test_partners_stand_apart_and_side_by_side() -> None:
    """A page is about one partner; both stand there when that is asked for."""
    log = MemoryLog()
    learner = Learner(log)
    log.add([told("EMP", 2, partner="1"), told("EMP", 4, partner="2")])
    session = find_session(LIBRARY, "profile", "", learner)
    alone = session.open()
    assert "25 of 100" in alone
    assert "75 of 100" not in alone
    both = session.answer({"action": "compare"})
    assert "25 of 100" in both
    assert session.state.comparing
    assert dict(next(iter(session.state.compared))[1]) == {"1": 25, "2": 75}
    assert (
        not find_session(LIBRARY, "profile", "", Learner(MemoryLog())).open().count("side by side")
    )


def test_thinking_back_is_kept_and_told() -> None:
    """Who rates the earlier time once more sees both, and a word on moving yardsticks."""
    play = played(told("EMP", 3), told("EMP", 4, time=LATER))
    play.do("think-back", "EMP")
    assert "Choose one of the answers." in play.page()
    state, drafts = profile.update(play.state, Action("think-back", "EMP", {profile.BACK: ["2"]}))
    assert drafts == [Draft("EMP", scale.find(LIBRARY, "EMP").scale.edition, ScaleThoughtBack(2))]
    assert state.asked == ""
    after = played(*play.log, event(drafts[0], partner="1", time=LATER))
    page = unescape(after.page())
    assert "“rarely” (25 of 100). At the time you came to 50." in page
    assert standing(after, "EMP").score == 75


@pytest.mark.parametrize("rating", ["0", "6", "", "many", "none"])
def test_no_other_rating_is_kept(rating: str) -> None:
    """What the format does not offer is asked for again."""
    play = played(told("EMP", 3), told("EMP", 4, time=LATER))
    state, drafts = profile.update(
        play.state, Action("think-back", "EMP", {profile.BACK: [rating]})
    )
    assert not drafts
    assert state.asked == "EMP"


def test_thinking_back_to_something_else_is_refused() -> None:
    """A list that the profile does not have cannot be thought back to."""
    with pytest.raises(ActionError):
        profile.update(played().state, Action("think-back", "nothing"))


def test_what_does_not_fit_changes_nothing() -> None:
    """Ratings of another edition, or out of bounds, leave the record as it was."""
    record = profile.blank(CONTENT)
    for body, edition in ((ScaleThoughtBack(9), 1), (ScaleThoughtBack(2), 99)):
        draft = Draft("EMP", edition, body)
        assert profile.fold(record, event(draft, partner="1")) is record
    assert profile.fold(record, event(Draft("other", 1, ScaleThoughtBack(2)))) is record


@given(st.permutations([("EMP", "1"), ("EMP", "2"), ("CAR", "1"), ("RES", "2"), ("PAR", "1")]))
def test_the_order_of_lists_does_not_matter(order: list[tuple[str, str]]) -> None:
    """The same results in any order lead to the same page."""
    events = [told(name, 3, partner=partner) for name, partner in order]
    record = recorded(profile, CONTENT, events)
    assert {key: set(one.scales) for key, one in record.partners.items()} == {
        "1": {"EMP", "CAR", "PAR"},
        "2": {"EMP", "RES"},
    }


def test_it_says_how_sure_and_how_right() -> None:
    """Quizzes are about no partner, and stand on the page of each."""
    questions = LIBRARY.named("questions", "m2").questions
    single = next(q for q in questions if q.kind == "single")
    key = next(option.id for option in single.options if option.credit == 1)
    body = QuizAnswered("m2", key, 3)
    log = MemoryLog()
    log.add([event(Draft(single.id, single.edition, body)), told("EMP", 3)])
    page = unescape(find_session(LIBRARY, "profile", "", Learner(log)).open())
    assert "When you were very sure you were right 1 time of 1" in page
    assert "How sure, and how right" not in unescape(played(told("EMP", 3)).page())


def test_the_partner_s_view_stands_beside_ones_own() -> None:
    """On the lines that both were asked about, with the words of the gap."""
    lines = [line for line in CONTENT.mirror.mirror.lines if line.of.startswith("emp")]
    ratings: dict[str, int | None] = {line.id: 2 for line in lines}
    edition = CONTENT.mirror.mirror.edition
    asked = Draft("mirror", edition, MirrorInvited("form", "open"))
    given = Draft("mirror", edition, MirrorAnswered("answer", "open", ratings, "", ""))
    play = played(told("EMP", 4), event(asked, partner="1"), event(given, partner="1"))
    page = unescape(play.page())
    assert "you 75 on 24 November 2026, your partner 25 on" in page
    assert "That is worth a conversation." in page
    assert "You: 75 of 100. Your partner: 25 of 100." in page
    assert standing(played(told("EMP", 4)), "EMP").view is None
