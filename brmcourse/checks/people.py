"""Who plays a part in the course, so that its author can see how the parts are shared out."""

import re
from collections.abc import Iterator

from brmcourse.checks.layout import aligned
from brmcourse.checks.reading import Reading
from brmcourse.checks.rule import Whole
from brmcourse.model.conversation import Conversation
from brmcourse.model.example import Example
from brmcourse.model.question import Quiz

NAME = r"[A-Z][\w'\u2019-]+"
INTRODUCED = re.compile(rf"\b({NAME} {NAME})(?:, (?:who )?|'s? | )((?:an? |[a-z]+s )[^,.?!]+)")
"""A full name and what is said about it: "Luis Ortega, a legal counsel" or "Zanele Dube runs
payroll".
"""

COMPARED = re.compile(rf"^({NAME}), who ")
"""An option that tells what somebody did: "Clara, who moved the training"."""

SPEAKER = re.compile(rf"({NAME}):")
"""Words in bold that say who speaks: "Clara:"."""


def balance_table(whole: Whole) -> str:
    """Return a table of people: the part they play, their name, what is said of them, and where."""
    headings = ("part", "name", "who they are or what they do", "where")
    return aligned([headings, *sorted(set(_people(whole)))])


def _people(whole: Whole) -> Iterator[tuple[str, str, str, str]]:
    for conversation, source in whole.all(Conversation):
        partner = conversation.partner
        yield "partner in a conversation", partner.name, partner.role, source.path
    for quiz, source in whole.all(Quiz):
        yield from _in_quiz(quiz, source.path)
    for example, source in whole.all(Example):
        for version in example.versions:
            for line in version.lines:
                yield "speaker in an example", line.who, "", source.path
    for reading, source in whole.all(Reading):
        for bold in reading.page.bold:
            speaker = SPEAKER.fullmatch(bold.text)
            if speaker:
                yield "speaker in an example", speaker[1], "", source.path


def _in_quiz(quiz: Quiz, path: str) -> Iterator[tuple[str, str, str, str]]:
    for question in quiz.questions:
        where = f"{path} {question.id}"
        for name, said in INTRODUCED.findall(question.stem):
            yield "person in a case", name, said, where
        options = getattr(question, "options", ())
        compared = [name for option in options for name in COMPARED.findall(option.text)]
        if len(compared) == len(options):
            for name in compared:
                yield "example in an option", name, "", where
