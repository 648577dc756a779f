"""Between a question on the page and the response to it: the order things are shown in, and what a form says."""

from collections.abc import Sequence
from typing import Any

from brmcourse.activities.activity import Action, shuffled
from brmcourse.model.question import BaseQuestion, Compose, Match, Option, Order


def shown(seed: str, question: BaseQuestion) -> tuple[tuple[str, Option], ...]:
    """Return the options in the order this learner sees them, each with the letter that stands for it on the page.

    A page never holds an option's id, which might tell whether it is right.
    """
    options = shuffled(getattr(question, "options", ()), seed, question.id)
    return tuple((chr(ord("A") + number), option) for number, option in enumerate(options))


def arranged(seed: str, question: Order, chosen: Sequence[str]) -> tuple[tuple[str, Option], ...]:
    """Return the lines as the learner arranged them (`chosen`, by id), or else shuffled, each with its letter."""
    lines = {option.id: (letter, option) for letter, option in shown(seed, question)}
    key = [option.id for option in question.options]
    order = (
        list(lines) if list(lines) != key else [*key[1:], key[0]]
    )  # never hand out the right order
    return tuple(lines[name] for name in chosen or order)


def codes(seed: str, question: BaseQuestion) -> dict[str, str]:
    """Return what the letters and numbers in a page's form stand for: options, targets and criteria."""
    names = {letter: option.id for letter, option in shown(seed, question)}
    if isinstance(question, Match):
        names |= {f"T{number}": target.id for number, target in enumerate(question.targets, 1)}
    if isinstance(question, Compose):
        names |= {f"R{number}": criterion.id for number, criterion in enumerate(question.rubric, 1)}
    return names


def read_response(seed: str, question: BaseQuestion, action: Action) -> Any:
    """Turn the fields of a form into a response of the question's shape; `scoring.mark` judges whether it fits."""
    names = codes(seed, question)
    picks = [names.get(value, value) for value in action.form.get("pick", ())]
    ratings = {
        names[key.removeprefix("rate-")]: int(values[0])
        if values[0].isdecimal()
        else names.get(values[0], values[0])
        for key, values in action.form.items()
        if key.startswith("rate-") and key.removeprefix("rate-") in names and values and values[0]
    }
    match question.shape:
        case "one":
            return picks[0] if picks else ""
        case "many":
            return picks
        case "map":
            return ratings
        case "text":
            return {"text": action.get("text"), "ratings": ratings}


def rearranged(order: Sequence[str], move: str) -> tuple[str, ...]:
    """Return the order after a move like "up 2": the line at position 2 (from 0) goes up by one."""
    step, _, place = move.partition(" ")
    lines, old = list(order), int(place)
    new = old - 1 if step == "up" else old + 1
    if 0 <= new < len(lines):
        lines[old], lines[new] = lines[new], lines[old]
    return tuple(lines)
