"""Over the whole course, whoever goes by a cue and knows nothing gains nothing."""

from collections import Counter

import pytest

from brmcourse.activities.board import Board
from brmcourse.activities.conversation import BEST
from brmcourse.checks.conversation_paths import steps_of
from brmcourse.checks.conversations import offers
from brmcourse.checks.course import load
from brmcourse.checks.cues import CUES, earned
from brmcourse.checks.quizzes import BLIND, key_of, strategies
from brmcourse.model.conversation import Conversation
from brmcourse.model.question import Quiz, Single
from brmcourse.paths import course_root

WHOLE, _ = load(course_root())
SINGLES = [q for quiz, _ in WHOLE.all(Quiz) for q in quiz.questions if isinstance(q, Single)]
TURNS = [
    choices
    for talk, _ in WHOLE.all(Conversation)
    for _, choices in offers(talk, steps_of(Board(talk)))
]


def test_no_blind_strategy_pays_in_questions() -> None:
    """Going by length, question marks, gentle words, words of the stem or position earns 45 % at
    most.
    """
    shares = {name: sum(worth) / len(worth) for name, worth in strategies(SINGLES)}
    assert len(shares) >= 8
    assert {name: share for name, share in shares.items() if share > BLIND} == {}


def test_keys_stand_everywhere() -> None:
    """Before shuffling, the right answer stands about equally often at each place."""
    counts = Counter(key_of(question) for question in SINGLES if len(question.options) == 3)
    assert max(counts.values()) - min(counts.values()) <= 0.1 * counts.total()


@pytest.mark.parametrize("cue", CUES)
def test_no_blind_strategy_pays_in_conversations(cue: str) -> None:
    """Going by length, question marks or gentle words earns 60 % at most; chance alone earns
    50 %.
    """
    shares = [
        earned(CUES[cue], [c.text for c in turn], [c.points / BEST for c in turn]) for turn in TURNS
    ]
    assert sum(shares) / len(shares) <= 0.6
