"""Who plays a part in the course, so that its author can see how the parts are shared out."""

import re
from collections.abc import Iterator

from brmcourse.checks.layout import aligned
from brmcourse.checks.reading import Reading
from brmcourse.checks.rule import Whole
from brmcourse.model.conversation import Conversation
from brmcourse.model.question import Quiz

NAME = r"[A-Z][\w'\u2019-]+"
INTRODUCED = re.compile(rf"\b({NAME} {NAME})(?:, (?:who )?|'s? | )((?:an? |[a-z]+s )[^,.?!]+)")
"""A full name and what is said about it: "Luis Ortega, a legal counsel" or "Zanele Dube runs
payroll".
"""

COMPARED = re.compile(rf"({NAME}), who ")
"""An option that tells what somebody did: "Clara, who moved the training"."""

SPEAKER = re.compile(rf"\*\*({NAME}):\*\*")


def balance_table(whole: Whole) -> str:
    """Return a table of the people of the course: the part they play, their name, what is said of them, and where."""
    return aligned(
        [("part", "name", "who they are or what they do", "where"), *sorted(set(_people(whole)))]
    )


def _people(whole: Whole) -> Iterator[tuple[str, str, str, str]]:
    for conversation, source in whole.all(Conversation):
        partner = conversation.partner
        yield "partner in a conversation", partner.name, partner.role, source.path
    for quiz, source in whole.all(Quiz):
        yield from _in_quiz(quiz, source.path)
    for reading, source in whole.all(Reading):
        for block in reading.blocks:
            yield from (
                ("speaker in an example", name, "", source.path)
                for name in SPEAKER.findall(block.text)
            )


def _in_quiz(quiz: Quiz, path: str) -> Iterator[tuple[str, str, str, str]]:
    for question in quiz.questions:
        where = f"{path} {question.id}"
        for name, said in INTRODUCED.findall(question.stem):
            yield "person in a case", name, said, where
        compared = [COMPARED.match(option.text) for option in getattr(question, "options", ())]
        if all(compared):
            yield from (
                ("example in an option", match[1], "", where) for match in compared if match
            )
