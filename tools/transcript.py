"""Transcripts of a conversation, for readers who judge how people talk in it.

python tools/transcript.py s1 best worst middle random 7
"""

import sys
from collections.abc import Callable, Sequence
from random import Random

from brmcourse.activities.conversation import Stage
from brmcourse.content.library import Library
from brmcourse.model.conversation import Choice
from brmcourse.paths import course_root

Pick = Callable[[Sequence[Choice]], Choice]


def picks(way: str, seed: str) -> Pick:
    """Return how a way to play chooses: by the points, or by chance."""
    points = {"best": 2, "middle": 1, "worst": 0}
    if way in points:
        return lambda choices: next(one for one in choices if one.points == points[way])
    chance = Random(seed)  # noqa: S311 -- no secret
    return chance.choice


def transcript(stage: Stage, pick: Pick) -> str:
    """Return what is said and seen on one way through a conversation."""
    name, _, _ = stage.conversation.partner.name.partition(" ")
    spot, reply, lines = stage.board.start, None, [f"({stage.conversation.setting})"]
    while True:
        heard = stage.lines(spot, reply)
        lines += [f"{name}: {line.text}" if line.spoken else f"({line.text})" for line in heard]
        node = stage.node(spot)
        if node.ending:
            return "\n".join([*lines, f"[{node.ending}]"])
        choice = pick([node.choices[place] for place in stage.board.offered(spot)])
        lines.append(f"You: {choice.text}")
        spot, reply = stage.after(spot, node.choices.index(choice)), choice.reply


if __name__ == "__main__":
    _, about, *ways = sys.argv
    played = Stage(Library(course_root()).named("conversations", about))
    for number, kind in enumerate(ways):
        print(f"## {about}, {kind}\n\n{transcript(played, picks(kind, f'{kind}{number}'))}\n")
