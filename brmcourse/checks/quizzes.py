"""Rules on a whole quiz: nothing but knowing the answers may earn points in it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from brmcourse.checks.cues import CUES, Cue, earned
from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.checks.wording import listed, words
from brmcourse.model.question import RATINGS, Judgement, Multiple, Quiz, Single
from brmcourse.scoring.marks import mark

ENOUGH = 5
"""From this many questions on, shares say something."""

KEY_LONGEST = 0.4
"""The largest share of questions whose right answer is the longest."""

BLIND = 0.45
"""The largest share of the points that somebody may earn who knows nothing."""

FLAT = 0.5
"""The largest share of the points that rating every move in the middle may earn."""

MIX = {("remember", "understand"): 2, ("apply",): 4, ("analyse",): 3, ("evaluate",): 1}
"""How many of ten questions ask for each kind of thinking."""

SAME = 3
"""From this many questions with several answers on, an equal number of keys in all is a pattern."""

STEM_WORD = 4
"""Shorter words of a stem stand in options by chance."""

Keyed = Single | Multiple


def keyed(quiz: Quiz) -> list[Keyed]:
    """Return the questions with keys; none if the quiz is for guessing or too short to judge."""
    if quiz.purpose == "guess":
        return []
    found = [question for question in quiz.questions if isinstance(question, Single | Multiple)]
    return found if len(found) >= ENOUGH else []


def key_of(question: Single) -> int:
    """Return the position of the option with full credit."""
    credits_given = [option.credit for option in question.options]
    return credits_given.index(1)


@rule("quiz.key-longest", Quiz, "warning")
def key_longest(quiz: Quiz, _whole: Whole) -> Iterator[Flaw]:
    """Find quizzes whose right answers are too often the longest."""
    singles = [question for question in keyed(quiz) if isinstance(question, Single)]
    if len(singles) < ENOUGH:
        return
    longest = [question.id for question in singles if _longest(question)]
    most = KEY_LONGEST * len(singles)
    if len(longest) > most:
        yield Flaw(
            ("questions",),
            f"the right answer is the longest in {len(longest)} of {len(singles)} questions: "
            f"{listed(longest)}",
            f"Shorten it, or lengthen a wrong one, until it is so in {most:.0f} at most.",
        )


def _longest(question: Single) -> bool:
    lengths = [len(option.text) for option in question.options]
    longest = max(lengths)
    return lengths.count(longest) == 1 and lengths.index(longest) == key_of(question)


@rule("quiz.key-position", Quiz, "warning")
def key_position(quiz: Quiz, _whole: Whole) -> Iterator[Flaw]:
    """Find quizzes whose right answers stand at one position more often than at another."""
    singles = [question for question in quiz.questions if isinstance(question, Single)]
    for size in sorted({len(question.options) for question in singles}):
        places = Counter(key_of(question) for question in singles if len(question.options) == size)
        counts = [places[position] for position in range(size)]
        if max(counts) - min(counts) <= 1:
            continue
        shown = [f"{count} times option {number}" for number, count in enumerate(counts, 1)]
        yield Flaw(
            ("questions",),
            "the right answer stands unevenly; "
            f"in the questions with {size} options it is {listed(shown)}",
            "Move options until each position comes up equally often, give or take one.",
        )


@rule("quiz.blind-strategy", Quiz, "warning")
def blind_strategy(quiz: Quiz, _whole: Whole) -> Iterator[Flaw]:
    """Find quizzes in which somebody who goes by a cue earns too much."""
    questions = keyed(quiz)
    for name, shares in strategies(questions):
        if sum(shares) <= BLIND * len(shares):
            continue
        most = max(shares)
        helped = []
        for question, share in zip(questions, shares, strict=True):
            if share == most:
                helped.append(question.id)
        mean = sum(shares) / len(shares)
        yield Flaw(
            ("questions",),
            f"who always chooses {name} earns {mean:.0%} of the points; "
            f"it helps most in {listed(helped)}",
            f"Change options there until it earns {BLIND:.0%} or less.",
        )


def strategies(questions: Sequence[Keyed]) -> Iterator[tuple[str, list[float]]]:
    """Yield each way to choose without knowing, with what it earns at each question, 0 to 1."""
    for name, cue in CUES.items():
        yield f"{name} option", [_earned(question, cue) for question in questions]
    echoes = [_earned(question, _echo(question)) for question in questions]
    yield "the option with the most words from the stem", echoes
    fewest = min((len(question.options) for question in questions), default=0)
    for position in range(fewest):
        yield f"option {position + 1}", [_worth(question)[position] for question in questions]


def _worth(question: Keyed) -> list[float]:
    worth = []
    for option in question.options:
        response = option.id if isinstance(question, Single) else [option.id]
        worth.append(mark(question, response).points)
    return worth


def _earned(question: Keyed, cue: Cue) -> float:
    return earned(cue, [option.text for option in question.options], _worth(question))


def _echo(question: Keyed) -> Cue:
    stem = {word for word in words(question.stem) if len(word) >= STEM_WORD}
    return lambda text: len(stem.intersection(words(text)))


@rule("quiz.bloom-mix", Quiz, "warning")
def bloom_mix(quiz: Quiz, _whole: Whole) -> Iterator[Flaw]:
    """Find practice quizzes that ask too much or too little of one kind of thinking."""
    total = len(quiz.questions)
    if quiz.purpose != "practice" or total < ENOUGH:
        return
    for levels, of_ten in MIX.items():
        count = sum(question.bloom in levels for question in quiz.questions)
        wanted = total * of_ten / 10
        if abs(count - wanted) >= 1:
            named = " or ".join(levels)
            yield Flaw(
                ("questions",),
                f"{count} of {total} questions have `bloom: {named}`, "
                f"about {wanted:.0f} are wanted",
                "Ask for two of ten to remember or understand, four to apply, "
                "three to analyse, one to evaluate.",
            )


@rule("quiz.flat-rating", Quiz)
def flat_rating(quiz: Quiz, _whole: Whole) -> Iterator[Flaw]:
    """Find quizzes whose moves can all be rated in the middle for more than half of the points."""
    judged = [question for question in quiz.questions if isinstance(question, Judgement)]
    if not judged:
        return
    middle = RATINGS[len(RATINGS) // 2]
    share = sum(_rated_flat(question, middle) for question in judged) / len(judged)
    if share > FLAT:
        names = listed([question.id for question in judged])
        yield Flaw(
            ("questions",),
            f"rating every move {middle} earns {share:.0%} of the points in {names}",
            f"Give more moves a key other than {middle}, until it earns {FLAT:.0%} at most.",
        )


def _rated_flat(question: Judgement, rating: int) -> float:
    return mark(question, dict.fromkeys((option.id for option in question.options), rating)).points


@rule("quiz.same-key-count", Quiz, "warning")
def same_key_count(quiz: Quiz, whole: Whole) -> Iterator[Flaw]:
    """Find courses in which each question with several answers has as many keys as the others.

    It is said once, at the first of them.
    """
    places = whole.once("multiples", whole, lambda: _multiples(whole))
    if len(places) < SAME or places[0][0] is not quiz:
        return
    counts = {len(question.keys) for _, _, question in places}
    if len(counts) == 1:
        (count,) = counts
        each = "one right answer" if count == 1 else f"{count} right answers"
        yield Flaw(
            ("questions", places[0][1], "options"),
            f"each of the {len(places)} multiple questions of the course has {each}, "
            "so who has noticed need only count",
            "Give some of them one right answer, or all but one.",
        )


def _multiples(whole: Whole) -> list[tuple[Quiz, int, Multiple]]:
    """Return the multiple questions of the course: quiz, place and question."""
    found = []
    for quiz, _ in whole.all(Quiz):
        for place, question in enumerate(quiz.questions):
            if isinstance(question, Multiple):
                found.append((quiz, place, question))
    return found
