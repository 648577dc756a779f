"""Marks and scores: bounds, keys, order, labels and bad responses."""

from contextlib import suppress
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brmcourse.errors import ResponseError
from brmcourse.events import NOT_YET
from brmcourse.scoring.marks import mark
from brmcourse.scoring.scales import score_scale
from tests.make import PERFECT, ladder, question, questionnaire

IDS = ("ann", "bea", "cyn")

RESPONSES: dict[str, st.SearchStrategy[Any]] = {
    "single": st.sampled_from(IDS),
    "multiple": st.sets(st.sampled_from(IDS), min_size=1).map(list),
    "judgement": st.fixed_dictionaries({name: st.integers(1, 5) for name in IDS}),
    "match": st.fixed_dictionaries({name: st.sampled_from(("left", "right")) for name in IDS}),
    "order": st.permutations(IDS),
    "compose": st.fixed_dictionaries(
        {
            "text": st.text(min_size=1).filter(str.strip),
            "ratings": st.fixed_dictionaries(
                {"asks": st.integers(0, 2), "short": st.integers(0, 2)}
            ),
        }
    ),
}
EVERY_KIND = pytest.mark.parametrize("kind", PERFECT)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(IDS),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from((*IDS, "text", "ratings", "x")), inner)
    ),
)


@EVERY_KIND
@given(data=st.data())
def test_bounds(kind: str, data: st.DataObject) -> None:
    """Every fitting response earns between nothing and the full point, and `correct` means all of
    it.
    """
    got = mark(question(kind), data.draw(RESPONSES[kind]))
    assert 0 <= got.points <= got.max_points == 1
    assert got.correct == (got.points == got.max_points)


@EVERY_KIND
def test_full_key(kind: str) -> None:
    """The full key earns full marks."""
    assert mark(question(kind), PERFECT[kind]).correct


@EVERY_KIND
def test_not_knowing_yet_is_an_answer(kind: str) -> None:
    """Who says "I do not know yet" has answered, has chosen nothing, and earns nothing."""
    got = mark(question(kind), NOT_YET)
    assert (got.points, got.max_points, got.correct, got.messages) == (0, 1, False, ())


@given(keys=st.integers(1, 5), distractors=st.integers(1, 5))
def test_ticking_everything(keys: int, distractors: int) -> None:
    """Ticking everything earns nothing, however many keys there are."""
    names = [f"o{n}" for n in range(keys + distractors)]
    options = [
        {"id": name, "text": "T", "feedback": "F", "credit": 1 if n < keys else 0}
        for n, name in enumerate(names)
    ]
    asked = question("multiple", options=options)
    assert mark(asked, names).points == 0
    assert mark(asked, names[:keys]).points == 1
    assert mark(asked, names[:1]).points == pytest.approx(1 / keys)
    assert mark(asked, names[keys:]).points == 0


def test_multiple_convention() -> None:
    """Right picks / keys minus wrong picks / distractors: one of two keys earns a half, with the
    wrong one nothing.
    """
    asked = question("multiple")
    assert mark(asked, ["ann"]).points == 0.5
    assert mark(asked, ["ann", "cyn"]).points == 0


@given(picks=st.sets(st.sampled_from(IDS), min_size=1))
def test_order_of_ticks(picks: set[str]) -> None:
    """The order of ticks does not matter."""
    assert (
        len({mark(question("multiple"), list(order)).points for order in permutations(picks)}) == 1
    )


@pytest.mark.parametrize("kind", ["single", "multiple", "judgement", "match", "order"])
@given(data=st.data())
def test_relabelled(kind: str, data: st.DataObject) -> None:
    """Options with other ids, or listed in another order where order is no key, give the same
    mark.
    """
    new = dict(zip(IDS, data.draw(st.permutations(("x1", "x2", "x3"))), strict=True))
    response = data.draw(RESPONSES[kind])
    asked = question(kind)
    options = [option.model_dump() | {"id": new[option.id]} for option in asked.options]
    if kind != "order":
        options = data.draw(st.permutations(options))
    renamed = question(kind, options=options)

    def rename(value: Any) -> Any:
        if isinstance(value, dict):
            return {new[key]: rating for key, rating in value.items()}
        return new[value] if isinstance(value, str) else [new[name] for name in value]

    assert mark(renamed, rename(response)).points == pytest.approx(mark(asked, response).points)


@EVERY_KIND
@given(response=ANYTHING)
def test_bad_response(kind: str, response: Any) -> None:
    """A response that does not fit raises the named error; nothing else ever comes out than a mark
    in bounds.
    """
    with suppress(ResponseError):
        assert 0 <= mark(question(kind), response).points <= 1


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("single", ""), ("single", "dora"), ("single", ["ann"]), ("multiple", []),
        ("multiple", "ann"), ("multiple", ["ann", "dora"]), ("judgement", {"ann": 5, "bea": 3}),
        ("judgement", {"ann": 6, "bea": 3, "cyn": 1}),
        ("judgement", {"ann": True, "bea": 3, "cyn": 1}),
        ("match", {"ann": "up", "bea": "left", "cyn": "left"}),
        ("match", {"ann": [], "bea": "left", "cyn": "left"}),
        ("order", ["ann", "bea"]), ("order", ["ann", "ann", "bea", "cyn"]),
        ("compose", {"text": " ", "ratings": {}}),
        ("compose", {"text": "Hm", "ratings": {"asks": 2}}),
        ("compose", {"text": "Hm", "ratings": {"asks": 3, "short": 0}}),
    ],
)  # fmt: skip
def test_refused(kind: str, response: Any) -> None:
    """Each way of missing the form of a response is refused, not marked."""
    with pytest.raises(ResponseError):
        mark(question(kind), response)


def test_messages_cover_only_the_choice() -> None:
    """A wrong pick never shows the feedback of the right option."""
    assert [message.text for message in mark(question(), "cyn").messages] == ["Feedback on cyn"]


def test_judgement_convention() -> None:
    """Judgement is the mean of max(0, 1 - |rating - key| / 2): ratings of 3 throughout against 5,
    3, 1 earn a third, and ratings one step off each time a half.
    """
    assert mark(question("judgement"), dict.fromkeys(IDS, 3)).points == pytest.approx(1 / 3)
    near = dict(zip(IDS, (4, 2, 2), strict=True))
    assert mark(question("judgement"), near).points == pytest.approx(1 / 2)


def test_order_convention() -> None:
    """Order is the share of pairs in the right order: the reverse earns nothing, one swap of
    neighbours two thirds.
    """
    assert mark(question("order"), ["cyn", "bea", "ann"]).points == 0
    assert mark(question("order"), ["bea", "ann", "cyn"]).points == pytest.approx(2 / 3)


def test_scale_reverses_by_declared_bounds() -> None:
    """Reversed items count as 6 - x, so answering "always" to all eight lands at 75, not 100."""
    content = questionnaire()
    score = score_scale(content.scale, content.format, {f"i{n}": 5 for n in range(8)})
    assert score.score == 75
    assert score.subscales == {"odd": 50, "even": 100}


def test_scale_missing_is_never_zero() -> None:
    """An answer of "no chance yet" is missing: six of eight answers score by themselves, five of
    eight do not score.
    """
    content = questionnaire()
    answers: dict[str, int | None] = {f"i{n}": 5 for n in (0, 1, 2, 4, 5, 6)} | {
        "i3": None,
        "i7": None,
    }
    assert score_scale(content.scale, content.format, answers).score == 100
    answers["i6"] = None
    score = score_scale(content.scale, content.format, answers)
    assert (score.score, score.answered, score.items) == (None, 5, 8)


@given(st.dictionaries(st.sampled_from([f"i{n}" for n in range(8)]), st.none() | st.integers(1, 5)))
def test_scale_bounds(answers: dict[str, int | None]) -> None:
    """A score lies between 0 and 100 or there is none."""
    content = questionnaire()
    score = score_scale(content.scale, content.format, answers)
    assert all(
        part is None or 0 <= part <= 100 for part in (score.score, *score.subscales.values())
    )


@pytest.mark.parametrize("answers", [{"zz": 3}, {"i0": 0}, {"i0": 6}, {"i0": "3"}, {"i0": True}])
def test_scale_refuses(answers: Any) -> None:
    """An unknown item or a rating out of bounds is refused."""
    content = questionnaire()
    with pytest.raises(ResponseError):
        score_scale(content.scale, content.format, answers)


def test_levels_are_medians() -> None:
    """Items with choices give the median of their levels, of all and of each subscale, and never
    enter the mean.
    """
    content = ladder()
    score = score_scale(
        content.scale, content.format, {"i0": 3, "i1": 5, "c0": 1, "c1": 2, "c2": 3}
    )
    assert (score.level, score.levels) == (2, {"near": 1.5, "far": 3})
    assert (score.score, score.subscales) == (75, {"rated": 75})
    assert (score.answered, score.items) == (5, 5)


def test_levels_are_missing_rather_than_guessed() -> None:
    """With too few answers there is no level, neither of all nor of a subscale; the rated items
    score by themselves.
    """
    content = ladder()
    score = score_scale(content.scale, content.format, {"i0": 5, "i1": 5, "c0": 3, "c1": None})
    assert (score.level, score.levels) == (None, {"near": None, "far": None})
    assert score.score == 100


def test_reversed_level_counts_from_the_top() -> None:
    """A reversed item with choices is turned round within its own levels, not within the labels of
    the format.
    """
    content = ladder(reverse=True)
    score = score_scale(content.scale, content.format, {"c0": 1, "c1": 1, "c2": 2})
    assert score.levels == {"near": 3, "far": 2}


@given(
    rated=st.dictionaries(st.sampled_from(["i0", "i1"]), st.none() | st.integers(1, 5)),
    staged=st.dictionaries(st.sampled_from(["c0", "c1", "c2"]), st.none() | st.integers(1, 3)),
)
def test_levels_and_scores_keep_apart(
    rated: dict[str, int | None], staged: dict[str, int | None]
) -> None:
    """Levels lie between the first and the last; no answer of one kind changes a result of the
    other.
    """
    scale, form = ladder().scale, ladder().format
    both, alone = score_scale(scale, form, rated | staged), score_scale(scale, form, rated)
    assert (both.score, both.subscales) == (alone.score, alone.subscales)
    assert score_scale(scale, form, staged).levels == both.levels
    assert all(level is None or 1 <= level <= 3 for level in (both.level, *both.levels.values()))


@pytest.mark.parametrize(
    "answers", [{"c0": 0}, {"c0": 4}, {"c0": "1"}, {"c0": 1.5}, {"c0": True}, {"i0": 6}]
)
def test_level_out_of_range(answers: Any) -> None:
    """A level that the item does not offer is refused, also where the format's labels go
    further.
    """
    content = ladder()
    with pytest.raises(ResponseError):
        score_scale(content.scale, content.format, answers)
