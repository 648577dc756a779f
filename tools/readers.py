"""Sheets for readers who judge the course cold, and what their answers come to.

    python tools/readers.py blind DIR [KIND [NAME …]]     options alone, in random order
    python tools/readers.py outsider DIR [KIND [NAME …]]  with the stem or the partner's line
    python tools/readers.py score DIR                     what the answers in DIR come to

KIND is how the kinds begin that are wanted: `conversation`, `quiz`, `test: single` and so on; NAME,
how the ids begin. Without them it is the whole course.

A sheet is cut into parts (`blind-1.md` …), one for each reader; beside it lies `blind-1.answers`, a
line for each question with its number and the letter chosen. DIR also gets the key, which no reader
may see. The protocols of such readings are in docs/reviews.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from brmcourse.activities.board import Board
from brmcourse.activities.conversation import BEST
from brmcourse.checks.conversation_paths import steps_of
from brmcourse.checks.conversations import offers
from brmcourse.checks.course import load
from brmcourse.model.conversation import Conversation
from brmcourse.model.question import Judgement, Quiz, Single
from brmcourse.paths import course_root

LETTERS = "ABCDEFGH"
PART = 60
"""Questions in one part of a sheet: what a reader answers in half an hour."""


class Asked(NamedTuple):
    """One thing to be decided: its kind and name, what goes before, and the options' worth."""

    kind: str
    name: str
    before: str
    worth: dict[str, float]


def asked() -> Iterator[Asked]:
    """Yield every single and judgement item and every turn of the course."""
    whole, _ = load(course_root())
    for quiz, _ in whole.all(Quiz):
        kind = "test" if quiz.purpose == "test" else "quiz"
        for item in quiz.questions:
            if isinstance(item, Single):
                worth = {option.text: option.credit for option in item.options}
                yield Asked(f"{kind}: single", item.id, item.stem, worth)
            elif isinstance(item, Judgement):
                best = max(option.key for option in item.options)
                worth = {option.text: float(option.key == best) for option in item.options}
                yield Asked(f"{kind}: judgement", item.id, item.stem, worth)
    for talk, _ in whole.all(Conversation):
        yield from _turns(talk)


def _turns(talk: Conversation) -> Iterator[Asked]:
    for name, choices in offers(talk, steps_of(Board(talk))):
        node = talk.nodes[name]
        said = " ".join(line.text for line in node.says if not line.when)
        scene = f" {node.scene}" if node.scene else ""
        before = f"[{talk.setting}{scene}] {talk.partner.name}: {said}"
        worth = {choice.text: choice.points / BEST for choice in choices}
        yield Asked("conversation", f"{talk.id}:{name}", before, worth)


def write(where: Path, sheet: str, kind: str = "", *names: str) -> None:
    """Write the parts of a sheet and its key."""
    where.mkdir(parents=True, exist_ok=True)
    chance = Random(sheet)  # noqa: S311 -- no secret
    questions = [
        question
        for question in asked()
        if question.kind.startswith(kind) and question.name.startswith(names or "")
    ]
    chance.shuffle(questions)
    key = []
    for start in range(0, len(questions), PART):
        part = f"{sheet}-{start // PART + 1}"
        text = []
        for number, question in enumerate(questions[start : start + PART], start + 1):
            options = list(question.worth)
            chance.shuffle(options)
            stem = f"{question.before}\n\n" if sheet == "outsider" else ""
            lines = [f"{LETTERS[place]}. {option}" for place, option in enumerate(options)]
            text.append(f"## {number}\n\n{stem}" + "\n".join(lines))
            worth = [question.worth[option] for option in options]
            key.append({"n": number, "kind": question.kind, "name": question.name, "worth": worth})
        (where / f"{part}.md").write_text("\n\n".join(text) + "\n", "utf-8")
    (where / f"{sheet}.key").write_text(json.dumps(key), "utf-8")


def score(where: Path) -> None:
    """Print for each sheet and kind how often the best was found, and the points earned."""
    for key_file in sorted(where.glob("*.key")):
        sheet = key_file.stem
        key = {entry["n"]: entry for entry in json.loads(key_file.read_text("utf-8"))}
        worth: dict[str, list[float]] = defaultdict(list)
        for answers in sorted(where.glob(f"{sheet}-*.answers")):
            for line in answers.read_text("utf-8").splitlines():
                number, letter = line.replace(".", " ").replace(":", " ").split()[:2]
                entry = key[int(number)]
                earned = entry["worth"][LETTERS.index(letter.upper())]
                worth[entry["kind"]].append(earned)
                worth[f"  {entry['name'].partition(':')[0].partition('-')[0]}"].append(earned)
                if earned == 1:
                    print(f"{sheet} {number} {entry['name']} found", file=sys.stderr)
        for kind, earned_each in worth.items():
            best = sum(value == 1 for value in earned_each) / len(earned_each)
            points = sum(earned_each) / len(earned_each)
            print(f"{sheet:9} {kind:18} n={len(earned_each):3} best {best:.0%} points {points:.0%}")


if __name__ == "__main__":
    _, command, folder, *wanted = sys.argv
    score(Path(folder)) if command == "score" else write(Path(folder), command, *wanted)
