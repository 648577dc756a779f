"""The rules on questions, quizzes and scales where one example does not suffice."""

from typing import Any

import pytest

from brmcourse.checks.cues import CUES, earned
from brmcourse.checks.rule import RULES, Flaw
from brmcourse.checks.wording import listed, sentences, words
from brmcourse.model.question import Quiz
from brmcourse.model.scale import Scale
from tests.make import question


def quiz(*questions: Any, purpose: str = "practice") -> Quiz:
    """Return a quiz of those questions, each under an id of its own."""
    numbered = [{**q.model_dump(), "id": f"q{number}"} for number, q in enumerate(questions, 1)]
    return Quiz.model_validate(
        {"id": "m1", "title": "T", "module": "m1", "purpose": purpose, "questions": numbered}
    )


def single(*texts: str, key: int = 0, **extra: Any) -> Any:
    """Return a question with those options, of which one is the key."""
    rows = [
        {"id": f"o{number}", "text": text, "credit": number == key, "feedback": "So."}
        for number, text in enumerate(texts)
    ]
    return question(options=rows, **extra)


def found(rule: str, content: Any) -> list[Flaw]:
    """Return what that rule finds."""
    return list(RULES[rule].find(content, None))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One.", 1),
        ("One. Two!", 2),
        ("He asks, 'Why?' Then he goes.", 2),
        ("Ask Dr. Ames. Wait.", 2),
        ("About 3.5 days", 1),
        ("Well … so it was.", 1),
    ],
)
def test_sentences(text: str, count: int) -> None:
    """Sentences end at their marks, but not inside numbers or after titles."""
    assert len(sentences(text)) == count


def test_words_and_lists() -> None:
    """Words come without punctuation; names are joined as in speech."""
    assert words("“Don't,” he said: 2 more.") == ("don't", "he", "said", "2", "more")
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"])] == ["", "a", "a, b and c"]


def test_a_tie_earns_the_mean() -> None:
    """Who goes by a cue that several options share chooses among them at random."""
    assert earned(CUES["the question"], ["Why?", "How?", "So."], [1, 0, 0]) == 0.5
    assert earned(CUES["the gentlest"], ["One.", "Two.", "Three."], [1, 0.5, 0]) == 0.5


@pytest.mark.parametrize(
    "text", ["None of the above", "Both of these.", "Both A and B", "All above", "Any other answer"]
)
def test_options_about_options(text: str) -> None:
    """Whatever way an option speaks of the others, it is found; and it is found once."""
    content = quiz(single("Ask her.", text, "Wait."))
    assert len(found("question.all-of-above", content)) == (text != "Any other answer")
    assert not found("question.absolute", content)


@pytest.mark.parametrize("text", ["All of his staff", "Both of her sons", "Neither plan nor date"])
def test_options_about_the_case(text: str) -> None:
    """Such words about people and things are no flaw."""
    assert not found("question.all-of-above", quiz(single("Ask her.", text, "Wait.")))


def test_absolute_in_every_option() -> None:
    """An absolute word that every option has gives nothing away."""
    assert not found("question.absolute", quiz(single("Ask all.", "Tell all.", "Wait for all.")))
    flaws = found("question.absolute", quiz(single("Ask all.", "Tell her.", "Never wait.")))
    assert [flaw.place[-2] for flaw in flaws] == [0, 2]


@pytest.mark.parametrize(
    ("stem", "flawed"),
    [
        ("He is not well. What helps?", False),
        ("What does not help?", True),
        ("What does NOT help?", False),
        ("Which one doesn't help?", True),
        ("Who needs at least an hour?", False),
        ("Which is the least bad?", True),
    ],
)
def test_negative_stem(stem: str, *, flawed: bool) -> None:
    """Only the sentence that asks counts, only small letters, and "at least" is no negation."""
    assert bool(found("question.negative-stem", quiz(question(stem=stem)))) is flawed


@pytest.mark.parametrize(
    ("stem", "flawed"),
    [
        ("Ann waits. What is your next step?", False),
        ("What does she mean by 'late'?", False),
        ("Next steps", True),
        ("Which of these help you? Choose all that apply.", False),
        ("Ann waits. And now?", True),
        ("", True),
    ],
)
def test_stem_question(stem: str, *, flawed: bool) -> None:
    """A stem ends in a full question."""
    assert bool(found("question.stem-question", quiz(question(stem=stem or "?")))) is flawed


def test_overlap() -> None:
    """An option inside another is found, whatever the letters; two that share words are not."""
    assert found(
        "question.option-overlap", quiz(single("Ask her", "First ask HER, then go", "Wait"))
    )
    assert not found(
        "question.option-overlap", quiz(single("Ask her boss now", "Ask her staff later", "Wait"))
    )


def test_labels_may_differ_in_length() -> None:
    """Options of one to three words are labels; their lengths say nothing."""
    assert not found(
        "question.option-length", quiz(single("Trust", "Understanding each other", "Time"))
    )


def test_key_position_by_number_of_options() -> None:
    """Positions are compared among questions with the same number of options."""
    uneven = [single("a b", "c d", "e f"), single("g h", "i j", "k l")]
    assert found("quiz.key-position", quiz(*uneven))
    assert not found("quiz.key-position", quiz(uneven[0], single("m n", "o p", "q r", "s t")))


@pytest.mark.parametrize("rule", ["quiz.key-longest", "quiz.blind-strategy", "quiz.bloom-mix"])
def test_shares_need_a_practice_quiz(rule: str) -> None:
    """Shares are judged in a practice quiz of five questions or more, and nowhere else."""
    item = single("the longest line of all", "short one", "short two", bloom="remember")
    assert found(rule, quiz(*[item] * 5))
    assert not found(rule, quiz(*[item] * 4))
    assert not found(rule, quiz(*[item] * 5, purpose="guess"))


def test_blind_strategies() -> None:
    """Each cue is named by itself: position, stem words, question, tone, length."""
    item = single("Would you help me with stairs?", "No", "Not now", stem="Who is on the stairs?")
    names = " ".join(flaw.message for flaw in found("quiz.blind-strategy", quiz(*[item] * 5)))
    for cue in (
        "the longest",
        "the question",
        "the gentlest",
        "most words from the stem",
        "option 1",
    ):
        assert cue in names
    assert "the shortest" not in names


def test_uneven_subscales() -> None:
    """Subscales may differ by one item, not by two."""
    parts = {"ask": 3, "act": 4}
    assert not found("scale.item-count", scale(parts))
    assert (
        "another subscale has 5"
        in found("scale.item-count", scale({"ask": 3, "act": 5}))[0].message
    )
    assert found("scale.item-count", scale({"ask": 2, "act": 2}))


def scale(parts: dict[str, int]) -> Scale:
    """Return a scale with that many items in each subscale."""
    items = [
        {"id": f"{name}{number}", "text": "I asked.", "subscale": name, "reverse": False}
        for name, count in parts.items()
        for number in range(count)
    ]
    heads = [{"id": name, "title": name} for name in parts]
    fields = {"id": "S", "title": "S", "module": "m1", "format": "often", "lead": "Lead."}
    return Scale.model_validate({**fields, "subscales": heads, "items": items})
