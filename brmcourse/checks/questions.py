"""Rules on single questions: their stem, their options and the feedback."""

import re
from collections.abc import Iterator
from itertools import combinations

from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.checks.wording import listed, sentences, words
from brmcourse.model import BaseQuestion, Compose, Judgement, Match, Multiple, Option, Order, Quiz, Single

Optioned = Single | Multiple | Judgement | Match | Order
Keyed = Single | Multiple

TOLERANCE = 0.3
"""How far an option's length may be from the mean of its item, as a share of that mean."""

SHORT = 3
"""Up to this many words options are labels, whose lengths say nothing."""

ALIKE = 0.8
"""The share of common words from which two options say nearly the same."""

FULL = 4
"""The least number of words of a question that can be understood alone."""

OF_ABOVE = re.compile(r"\b(all|none|both|neither|any|some) of (the|these|those)( (above|below|answers|options))?\b", re.I)
ABSOLUTES = frozenset(
    "all always anything certainly completely every everybody everyone everything impossible must never no-one "
    "nobody none nothing only totally".split()
)
NEGATIVE = re.compile(r"\b(not|never|except|(?<!at )least)\b|\b\w+n['’]t\b")
QUESTION = re.compile(r"\?[\"'”’)]*(\s+Choose (all|two|three) that apply\.)?$")


def _each(quiz: Quiz, kinds: type | tuple[type, ...]) -> Iterator[tuple[int, BaseQuestion]]:
    return ((number, question) for number, question in enumerate(quiz.questions) if isinstance(question, kinds))


def _options(quiz: Quiz, kinds: tuple[type, ...]) -> Iterator[tuple[int, tuple[Option, ...]]]:
    return ((number, question.options) for number, question in _each(quiz, kinds) if isinstance(question, kinds))
