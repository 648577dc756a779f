"""What a response to a question earns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from itertools import combinations
from typing import Any

from brmcourse.errors import ResponseError
from brmcourse.events import NOT_YET
from brmcourse.model.question import (
    LEVELS,
    RATINGS,
    BaseQuestion,
    Compose,
    Judgement,
    Match,
    Multiple,
    Option,
    Order,
    Single,
)

Response = str | Sequence[str] | Mapping[str, Any]
"""One option id (`single`), option ids (`multiple`, `order`), {option id: rating or target id}
(`judgement`, `match`), or {"text": …, "ratings": {criterion id: level}} (`compose`).
`NOT_YET` is a response to each of them.
"""


TOO_FAR = 2
"""So many steps from the key a rating of a move earns nothing."""


@dataclass(frozen=True)
class Message:
    """Feedback on one option, by its id."""

    option: str
    text: str


@dataclass(frozen=True)
class Mark:
    """What a response earned, of `max_points`.

    `correct` means all of them; `messages` cover only what was chosen.
    """

    points: float
    max_points: float
    correct: bool
    messages: tuple[Message, ...]


def mark(question: BaseQuestion, response: Response) -> Mark:
    """Mark one response, out of 1 point; "I do not know yet" is an answer that earns none.

    Raises ResponseError if the response does not fit the question; a response is never marked by
    guess. Source: STATISTICS.md, "Conventions".
    """
    points, chosen = (0.0, ()) if response == NOT_YET else _earned(question, response)
    options: Sequence[Option] = getattr(question, "options", ())
    picked = [option for option in options if option.id in chosen]
    messages = tuple(Message(option.id, option.feedback) for option in picked)
    return Mark(points, 1.0, points == 1.0, messages)


@singledispatch
def _earned(question: BaseQuestion, _response: Response) -> tuple[float, Collection[str]]:
    """Return the points from 0 to 1, and the options chosen."""
    raise TypeError(f"no rule marks a {type(question).__name__}")


@_earned.register
def _(question: Single, response: Response) -> tuple[float, Collection[str]]:
    credit = {option.id: option.credit for option in question.options}
    if not isinstance(response, str) or response not in credit:
        raise ResponseError("Choose one of the answers first.")
    return float(credit[response]), {response}


@_earned.register
def _(question: Multiple, response: Response) -> tuple[float, Collection[str]]:
    """Right picks / keys minus wrong picks / distractors, at least 0.

    So ticking everything earns 0.
    """
    advice = "Choose at least one of the answers first."
    picks = _ids(response, advice)
    known = {option.id for option in question.options}
    if not picks or not picks <= known:
        raise ResponseError(advice)
    keys = {option.id for option in question.options if option.credit == 1}
    distractors = known - keys
    right = len(picks & keys)
    wrong = len(picks & distractors)
    # One fraction, so that the full key earns exactly 1.
    earned = right * len(distractors) - wrong * len(keys)
    possible = len(keys) * len(distractors)
    return max(0.0, earned / possible), picks


@_earned.register
def _(question: Judgement, response: Response) -> tuple[float, Collection[str]]:
    """Mean of max(0, 1 - |rating - key| / 2): one step off earns half, two or more nothing.

    Over the whole range of five, rating everything 3 would earn 70 % (STATISTICS.md).
    """
    keys = {option.id: option.key for option in question.options}
    lowest, highest = RATINGS[0], RATINGS[-1]
    ratings = _complete(response, keys, "Rate every move first.")
    _require_numbers(ratings, RATINGS, f"Rate every move from {lowest} to {highest}.")
    earned = sum(max(0.0, 1 - abs(ratings[name] - key) / TOO_FAR) for name, key in keys.items())
    return earned / len(keys), set(keys)


@_earned.register
def _(question: Match, response: Response) -> tuple[float, Collection[str]]:
    """Share of the lines in their right place."""
    keys = {option.id: option.match for option in question.options}
    offered = [target.id for target in question.targets]
    places = _complete(response, keys, "Choose a place for every line first.")
    if not all(place in offered for place in places.values()):
        raise ResponseError("Choose one of the places offered for every line.")
    right = sum(places[name] == key for name, key in keys.items())
    return right / len(keys), set(keys)


@_earned.register
def _(question: Order, response: Response) -> tuple[float, Collection[str]]:
    """Share of pairs in the right order (Kendall concordance)."""
    key = [option.id for option in question.options]
    _ids(response, "Put all lines in order first.")
    if sorted(response) != sorted(key):
        raise ResponseError("Put each line in the order once.")
    place = {name: index for index, name in enumerate(response)}
    in_order = [place[first] < place[second] for first, second in combinations(key, 2)]
    return sum(in_order) / len(in_order), set(key)


@_earned.register
def _(question: Compose, response: Response) -> tuple[float, Collection[str]]:
    """Share of the rubric's levels that the learner sees in their own line."""
    if not isinstance(response, Mapping):
        raise ResponseError("Write your line first.")
    text = response.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ResponseError("Write your line first.")
    wanted = [criterion.id for criterion in question.rubric]
    given = response.get("ratings", {})
    ratings = _complete(given, wanted, "Compare your line with each point first.")
    _require_numbers(ratings, LEVELS, "Choose one of the levels offered for each point.")
    greatest = len(wanted) * LEVELS[-1]
    return sum(ratings.values()) / greatest, ()


def _require_numbers(ratings: Mapping[str, Any], offered: range, advice: str) -> None:
    for rating in ratings.values():
        if type(rating) is not int or rating not in offered:
            raise ResponseError(advice)


def _ids(response: Response, advice: str) -> set[str]:
    if isinstance(response, str | Mapping) or not isinstance(response, Collection):
        raise ResponseError(advice)
    if not all(isinstance(pick, str) for pick in response):
        raise ResponseError(advice)
    return set(response)


def _complete(response: Response, wanted: Collection[str], advice: str) -> Mapping[str, Any]:
    if not isinstance(response, Mapping) or set(response) != set(wanted):
        raise ResponseError(advice)
    return response
