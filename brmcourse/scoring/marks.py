"""What a response to a question earns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from itertools import combinations
from typing import Any

from brmcourse.errors import ResponseError
from brmcourse.model.question import (
    LEVELS,
    RATINGS,
    BaseQuestion,
    Compose,
    Judgement,
    Match,
    Multiple,
    Order,
    Single,
)

Response = str | Sequence[str] | Mapping[str, Any]
"""One option id (`single`), option ids (`multiple`, `order`), {option id: rating or target id}
(`judgement`, `match`), or {"text": …, "ratings": {criterion id: level}} (`compose`).
"""


@dataclass(frozen=True)
class Message:
    """Feedback on one option, by its id."""

    option: str
    text: str


@dataclass(frozen=True)
class Mark:
    """What a response earned. `correct` means all of `max_points`; `messages` cover only what was chosen."""

    points: float
    max_points: float
    correct: bool
    messages: tuple[Message, ...]


def mark(question: BaseQuestion, response: Response) -> Mark:
    """Mark one response, out of 1 point.

    Raises ResponseError if the response does not fit the question; a response is never marked by
    guess. Source: STATISTICS.md, "Conventions".
    """
    points, chosen = _earned(question, response)
    feedback = {option.id: option.feedback for option in getattr(question, "options", ())}
    messages = tuple(Message(key, feedback[key]) for key in feedback if key in chosen)
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
    """Right picks / keys minus wrong picks / distractors, floored at 0, so that ticking everything earns 0."""
    picks = _ids(response, "Choose at least one of the answers first.")
    keys = {option.id for option in question.options if option.credit == 1}
    distractors = {option.id for option in question.options} - keys
    if not picks or not picks <= keys | distractors:
        raise ResponseError("Choose at least one of the answers first.")
    # One fraction, so that the full key earns exactly 1.
    earned = len(picks & keys) * len(distractors) - len(picks & distractors) * len(keys)
    return max(0.0, earned / (len(keys) * len(distractors))), picks


@_earned.register
def _(question: Judgement, response: Response) -> tuple[float, Collection[str]]:
    """Mean of 1 - |rating - key| / (max - min)."""
    keys = {option.id: option.key for option in question.options}
    ratings = _complete(response, keys, "Rate every move first.")
    if any(type(rating) is not int or rating not in RATINGS for rating in ratings.values()):
        raise ResponseError(f"Rate every move from {RATINGS[0]} to {RATINGS[-1]}.")
    distance = sum(abs(ratings[key] - keys[key]) for key in keys)
    return 1 - distance / (len(keys) * (RATINGS[-1] - RATINGS[0])), set(keys)


@_earned.register
def _(question: Match, response: Response) -> tuple[float, Collection[str]]:
    """Share of the lines in their right place."""
    keys = {option.id: option.match for option in question.options}
    places = _complete(response, keys, "Choose a place for every line first.")
    if not set(places.values()) <= {target.id for target in question.targets}:
        raise ResponseError("Choose one of the places offered for every line.")
    return sum(places[key] == keys[key] for key in keys) / len(keys), set(keys)


@_earned.register
def _(question: Order, response: Response) -> tuple[float, Collection[str]]:
    """Share of pairs in the right order (Kendall concordance)."""
    key = [option.id for option in question.options]
    picks = _ids(response, "Put all lines in order first.")
    if picks != set(key) or len(response) != len(key):
        raise ResponseError("Put each line in the order once.")
    place = {name: index for index, name in enumerate(response)}
    pairs = [place[first] < place[second] for first, second in combinations(key, 2)]
    return sum(pairs) / len(pairs), set(key)


@_earned.register
def _(question: Compose, response: Response) -> tuple[float, Collection[str]]:
    """Share of the rubric's levels that the learner sees in their own line."""
    if (
        not isinstance(response, Mapping)
        or not isinstance(response.get("text"), str)
        or not response["text"].strip()
    ):
        raise ResponseError("Write your line first.")
    wanted = [criterion.id for criterion in question.rubric]
    ratings = _complete(
        response.get("ratings", {}), wanted, "Compare your line with each point first."
    )
    if any(type(level) is not int or level not in LEVELS for level in ratings.values()):
        raise ResponseError("Choose one of the levels offered for each point.")
    return sum(ratings.values()) / (len(wanted) * LEVELS[-1]), ()


def _ids(response: Response, advice: str) -> set[str]:
    if isinstance(response, (str, Mapping)) or not isinstance(response, Collection):
        raise ResponseError(advice)
    if not all(isinstance(pick, str) for pick in response):
        raise ResponseError(advice)
    return set(response)


def _complete(response: Response, wanted: Collection[str], advice: str) -> Mapping[str, Any]:
    if not isinstance(response, Mapping) or set(response) != set(wanted):
        raise ResponseError(advice)
    return response
