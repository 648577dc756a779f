"""Between a question on the page and the response to it: the order of things, and form fields."""

from collections.abc import Sequence
from typing import Any

from brmcourse.activities import fields
from brmcourse.activities.activity import Action, number, shuffled
from brmcourse.errors import ActionError
from brmcourse.model.question import BaseQuestion, Compose, Match, Option, Order


def shown(seed: str, question: BaseQuestion) -> tuple[tuple[str, Option], ...]:
    """Return the options in the order this learner sees them, each with its letter on the page.

    A page never holds an option's id, which might tell whether it is right.
    """
    options = shuffled(getattr(question, "options", ()), seed, question.id)
    return tuple((chr(ord("A") + place), option) for place, option in enumerate(options))


def arranged(seed: str, question: Order, chosen: Sequence[str]) -> tuple[tuple[str, Option], ...]:
    """Return the lines as the learner arranged them (`chosen`, by id), or shuffled at first."""
    lines = {option.id: (letter, option) for letter, option in shown(seed, question)}
    key = [option.id for option in question.options]
    if sorted(chosen) == sorted(key):
        order = list(chosen)
    elif list(lines) == key:
        order = [*key[1:], key[0]]  # never hand out the right order
    else:
        order = list(lines)
    return tuple(lines[name] for name in order)


def codes(seed: str, question: BaseQuestion) -> dict[str, str]:
    """Return what letters and numbers in a page's form stand for: options, targets, criteria."""
    names = {letter: option.id for letter, option in shown(seed, question)}
    if isinstance(question, Match):
        names |= {f"T{place}": target.id for place, target in enumerate(question.targets, 1)}
    if isinstance(question, Compose):
        names |= {f"R{place}": criterion.id for place, criterion in enumerate(question.rubric, 1)}
    return names


def read_response(seed: str, question: BaseQuestion, action: Action) -> Any:
    """Turn a form into a response of the question's shape; `mark` judges whether it fits."""
    names = codes(seed, question)
    match question.shape:
        case "one":
            picks = _picks(action, names)
            return picks[0] if picks else ""
        case "many":
            return _picks(action, names)
        case "map":
            return _ratings(action, names)
        case "text":
            return {"text": action.get(fields.TEXT), "ratings": _ratings(action, names)}


def _picks(action: Action, names: dict[str, str]) -> list[str]:
    return [names.get(value, value) for value in action.form.get(fields.PICK, ())]


def _ratings(action: Action, names: dict[str, str]) -> dict[str, Any]:
    ratings: dict[str, Any] = {}
    for field in action.form:
        name = names.get(fields.rated(field) or "")
        value = action.get(field)
        if name is None or not value:
            continue
        ratings[name] = number(value) if value.isdecimal() else names.get(value, value)
    return ratings


def rearranged(question: Order, order: Sequence[str], move: str) -> tuple[str, ...]:
    """Return the order after a move like "up 2": the line at position 2 (from 0) goes up by one.

    Raises ActionError if the order does not hold each line of the question once.
    """
    lines = list(order)
    if sorted(lines) != sorted(option.id for option in question.options):
        raise ActionError
    step, _, place = move.partition(" ")
    old = number(place)
    new = old - 1 if step == "up" else old + 1
    if 0 <= old < len(lines) and 0 <= new < len(lines):
        lines[old], lines[new] = lines[new], lines[old]
    return tuple(lines)
