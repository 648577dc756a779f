"""Rules on single questions: their stem, their options and the feedback."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.checks.wording import CLOSING, sentences, words
from brmcourse.content.yaml import Place
from brmcourse.model.question import (
    Judgement,
    Match,
    Multiple,
    Option,
    Order,
    Question,
    Quiz,
    Single,
)

TOLERANCE = 0.3
"""How far an option's length may be from the mean of its item, as a share of that mean."""

LABEL = 3
"""Up to this many words an option is a label, whose length says nothing."""

ALIKE = 0.8
"""The share of common words from which two options say nearly the same."""

FULL = 4
"""The least number of words of a question that can be understood alone."""

TAIL = 30
"""How much of a stem's end a message shows, in characters."""

FEEDBACK = 2
"""The most sentences that feedback on one option may have."""

CHOSEN = (Single, Multiple)
RATED = (*CHOSEN, Judgement)
ARRANGED = (*RATED, Match, Order)
"""Questions whose options are chosen, those that are rated as well, and all that have options."""

OF_ABOVE = re.compile(
    r"\b(all|none|both|any|neither|some) (of )?(the )?(above|following|other (answers|options))\b"
    r"|^(all|none|both|neither) of (these|them)\W*$"
    r"|\b(both|neither) \(?[a-e]\)? (and|nor) \(?[a-e]\)?(?![\w'])",
    re.IGNORECASE,
)
ABSOLUTES = frozenset(
    words(
        "all always certainly completely entirely every everybody everyone everything impossible "
        "never nobody none nothing only totally"
    )
)
NEGATIVE = re.compile(r"\b(not|never|except|(?<!at )least)\b|\b\w+n['\u2019]t\b")
QUESTION = re.compile(rf"\?[{CLOSING}]*( Choose (all|two|three) that apply\.)?$")


def with_options(quiz: Quiz, kinds: tuple[type, ...]) -> Iterator[tuple[int, tuple[Option, ...]]]:
    """Yield the position and the options of each question of those kinds."""
    for number, question in enumerate(quiz.questions):
        if isinstance(question, kinds):
            yield number, getattr(question, "options", ())


def each_option(quiz: Quiz, kinds: tuple[type, ...]) -> Iterator[tuple[Place, Option]]:
    """Yield each option of the questions of those kinds, with its place in the file."""
    for number, options in with_options(quiz, kinds):
        for position, option in enumerate(options):
            yield ("questions", number, "options", position), option


def asked(question: Question) -> str:
    """Return the sentence of the stem that asks, without the case before it."""
    for sentence in reversed(sentences(question.stem)):
        if "?" in sentence:
            return sentence
    return ""


@rule("question.all-of-above", Quiz)
def all_of_above(quiz: Quiz, _whole: Whole) -> Iterator[Flaw]:
    """Find options that speak of the other options."""
    for place, option in each_option(quiz, CHOSEN):
        match = OF_ABOVE.search(option.text)
        if match:
            yield Flaw(
                (*place, "text"),
                f'the option says "{match[0]}", '
                "which nobody can follow once the options are shuffled",
                "Write an answer of its own, or use `kind: multiple`.",
            )


@rule("question.absolute", Quiz, "warning")
def absolute(quiz: Quiz, _whole: Whole) -> Iterator[Flaw]:
    """Find options with an absolute word that other options of the question do without."""
    for number, options in with_options(quiz, CHOSEN):
        found = [_absolutes(option.text) for option in options]
        if all(found):
            continue
        for position, names in enumerate(found):
            if names:
                yield Flaw(
                    ("questions", number, "options", position, "text"),
                    f'"{names[0]}" stands in this option and not in all the others: '
                    "readers take such a word as a sign of a wrong answer",
                    f'Say it without "{names[0]}".',
                )


def _absolutes(text: str) -> list[str]:
    return [word for word in words(OF_ABOVE.sub("", text)) if word in ABSOLUTES]


@rule("question.negative-stem", Quiz, "warning")
def negative_stem(quiz: Quiz, _whole: Whole) -> Iterator[Flaw]:
    """Find questions that turn on a "not" which is easily overlooked."""
    for number, question in enumerate(quiz.questions):
        match = NEGATIVE.search(asked(question))
        if match:
            yield Flaw(
                ("questions", number, "stem"),
                f'the question turns on "{match[0]}", which is easily overlooked',
                f"Ask for what is right instead, or write {match[0].upper()} in capitals.",
            )


@rule("question.option-overlap", Quiz, "warning")
def option_overlap(quiz: Quiz, _whole: Whole) -> Iterator[Flaw]:
    """Find two options of a question that say nearly the same, or one that holds the other."""
    for number, options in with_options(quiz, ARRANGED):
        for (_, first), (position, second) in combinations(enumerate(options), 2):
            if _overlap(words(first.text), words(second.text)):
                yield Flaw(
                    ("questions", number, "options", position, "text"),
                    f'the options "{first.id}" and "{second.id}" use nearly the same words, '
                    "or one holds the other",
                    "Make them two different answers.",
                )


def _overlap(first: Sequence[str], second: Sequence[str]) -> bool:
    one, other = f" {' '.join(first)} ", f" {' '.join(second)} "
    if one in other or other in one:
        return True
    common, union = set(first) & set(second), set(first) | set(second)
    return len(common) >= ALIKE * len(union)


@rule("question.option-length", Quiz, "warning")
def option_length(quiz: Quiz, _whole: Whole) -> Iterator[Flaw]:
    """Find options much longer or shorter than the others of their question."""
    for number, options in with_options(quiz, RATED):
        lengths = [len(option.text) for option in options]
        mean = sum(lengths) / len(lengths)
        if all(len(words(option.text)) <= LABEL for option in options):
            continue
        shortest, longest = mean * (1 - TOLERANCE), mean * (1 + TOLERANCE)
        for position, option in enumerate(options):
            share = lengths[position] / mean - 1
            if abs(share) > TOLERANCE:
                than = "more than" if share > 0 else "fewer than"
                yield Flaw(
                    ("questions", number, "options", position, "text"),
                    f'option "{option.id}" has {lengths[position]} characters, {abs(share):.0%} '
                    f"{than} the {mean:.0f} that the options have on average",
                    f"Write {shortest:.0f} to {longest:.0f} characters in each.",
                )


@rule("question.stem-question", Quiz, "warning")
def stem_question(quiz: Quiz, _whole: Whole) -> Iterator[Flaw]:
    """Find stems that do not end in a full question."""
    for number, question in enumerate(quiz.questions):
        place = ("questions", number, "stem")
        if not QUESTION.search(question.stem):
            yield Flaw(
                place,
                f'the stem ends with "{_tail(question.stem)}", which is no question',
                'End it with a question; "Choose all that apply." may follow.',
            )
        elif len(words(asked(question))) < FULL:
            yield Flaw(
                place,
                f'"{asked(question)}" is too short to be understood before the options are read',
                'Ask in full, for example "What is the best next step?".',
            )


def _tail(text: str) -> str:
    return text if len(text) <= TAIL else f"…{text[-TAIL:]}"


@rule("question.feedback-length", Quiz, "warning")
def feedback_length(quiz: Quiz, _whole: Whole) -> Iterator[Flaw]:
    """Find feedback of more than two sentences."""
    for place, option in each_option(quiz, ARRANGED):
        count = len(sentences(option.feedback))
        if count > FEEDBACK:
            yield Flaw(
                (*place, "feedback"),
                f'the feedback on option "{option.id}" has {count} sentences',
                "Keep two: what this answer would do, and what to do next.",
            )
