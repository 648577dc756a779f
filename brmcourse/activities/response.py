"""Between a question on the page and the response: the order of things, form fields, what lacks."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from brmcourse.activities import fields
from brmcourse.activities.activity import Action, number, shuffled
from brmcourse.errors import ActionError
from brmcourse.model.question import (
    BaseQuestion,
    Compose,
    Judgement,
    Match,
    Multiple,
    Option,
    Order,
    Question,
    Single,
)

Grade = Literal["right", "partly", "wrong"]

SENTENCE_END = re.compile(
    r"(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bMrs\.)(?<=[.!?])[\"')\u201d\u2019]*\s+(?![a-z])"
)
"""Where one sentence ends and the next begins; titles such as "Dr." end none."""

MISSING = {
    "judgement": "Move {} has no rating yet.",
    "match": "Line {} has no place yet.",
    "compose": "Point {} has no level yet.",
}
"""What to say of a row without a value, by its place from 1."""


class Stem(NamedTuple):
    """The two parts of a stem: the case, perhaps empty, and what is asked about it."""

    case: str
    asked: str


class Problem(NamedTuple):
    """What an answer lacks: the id of the field on the page, and the words for it."""

    field: str
    words: str


def parted(stem: str) -> Stem:
    """Part a stem before its last question, else before its last sentence.

    What is quoted is part of the case: there the question mark is not the end.
    """
    starts = [0, *(found.end() for found in SENTENCE_END.finditer(stem))]
    ends = [*starts[1:], len(stem)]
    asking = [at for at, end in zip(starts, ends, strict=True) if stem[at:end].strip()[-1:] == "?"]
    at = (asking or starts)[-1]
    return Stem(stem[:at].rstrip(), stem[at:])


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


def problems(seed: str, question: Question, response: Any, advice: str) -> tuple[Problem, ...]:
    """Return what an incomplete response lacks: row by row, or `advice` where nothing is there."""
    rows = _rows(seed, question)
    given = response["ratings"] if isinstance(question, Compose) else response
    missing = [place for place, name in enumerate(rows.values(), 1) if name not in given]
    codes = list(rows) or ["A"]
    if isinstance(question, Compose) and not response["text"].strip():
        codes, missing = ["text"], []
    if 0 < len(missing) < len(rows):
        words = MISSING[question.kind]
        return tuple(Problem(f"{question.id}-{codes[n - 1]}", words.format(n)) for n in missing)
    return (Problem(f"{question.id}-{codes[0]}", advice),)


def _rows(seed: str, question: BaseQuestion) -> dict[str, str]:
    """Return the rows that each want a value, by their code on the page; none if none do."""
    match question:
        case Judgement() | Match():
            return {letter: option.id for letter, option in shown(seed, question)}
        case Compose():
            return {f"R{place}": point.id for place, point in enumerate(question.rubric, 1)}
    return {}


def grades(question: BaseQuestion, response: Any) -> Mapping[str, Grade]:
    """Return how each chosen option or row is by itself, for a response that fits the question."""
    match question:
        case Single():
            return {o.id: _grade(o.credit) for o in question.options if o.id == response}
        case Multiple():
            return {o.id: _grade(o.credit) for o in question.options if o.id in response}
        case Judgement():
            return {o.id: _grade(1 - abs(o.key - response[o.id]) / 2) for o in question.options}
        case Match():
            return {o.id: _grade(response[o.id] == o.match) for o in question.options}
        case Order():
            places = zip(question.options, response, strict=True)
            return {o.id: _grade(o.id == name) for o, name in places}
    return {}


def _grade(share: float) -> Grade:
    """Return the grade of a share of the full credit; one step beside a rating is partly right."""
    if share >= 1:
        return "right"
    return "partly" if share > 0 else "wrong"


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
