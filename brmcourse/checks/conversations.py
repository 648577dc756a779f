"""Rules on conversations: every node counts, moves do what their points say, cues tell nothing."""

from collections.abc import Iterator, Sequence
from itertools import permutations

from brmcourse.activities.board import Board, Spot
from brmcourse.activities.conversation import BEST
from brmcourse.checks.conversation_paths import Moves, endings, spots, strongest, weakest
from brmcourse.checks.cues import CUES, Cue, earned
from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.checks.wording import listed
from brmcourse.model.conversation import Choice, Conversation

CUE_LIMIT = 0.6
"""The largest share of the points that going by a cue may earn; chance alone earns half of them."""


@rule("conversation.unreachable", Conversation)
def unreachable(conversation: Conversation, whole: Whole) -> Iterator[Flaw]:
    """Find nodes that no other node leads to, and turns that no way to play comes to."""
    connected = _connected(conversation)
    played = {name for name, _ in _spots(conversation, whole)}
    for name, node in conversation.nodes.items():
        if name not in connected:
            yield Flaw(
                ("nodes", name),
                f'no way from the start leads to "{name}"',
                f"Let a choice lead there with `next: {name}`, or delete it.",
            )
        elif node.choices and name not in played:
            yield Flaw(
                ("nodes", name),
                f'nobody can come to "{name}": the conditions before it never hold',
                "Change a condition under `auto`, or the effects before it.",
            )


def _spots(conversation: Conversation, whole: Whole) -> list[Spot]:
    """Return every spot that any way to play comes to."""

    def walk() -> list[Spot]:
        board = Board(conversation)
        return list(spots(board, board.start))

    return whole.once("spots", conversation, walk)


def _connected(conversation: Conversation) -> set[str]:
    """Return the nodes that arrows lead to from the start, whatever the conditions."""
    found: set[str] = set()
    waiting = [conversation.start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += conversation.nodes[name].exits
    return found


@rule("conversation.ending-unreached", Conversation)
def ending_unreached(conversation: Conversation, whole: Whole) -> Iterator[Flaw]:
    """Find endings that no way to play reaches."""
    reached = {conversation.nodes[name].ending for name, _ in _spots(conversation, whole)}
    for name in conversation.endings:
        if name not in reached:
            yield Flaw(
                ("endings", name),
                f'no way to play ends in "{name}"',
                "Change a condition under `auto`, or delete the ending.",
            )


@rule("conversation.points-effects", Conversation, "warning")
def points_effects(conversation: Conversation, _whole: Whole) -> Iterator[Flaw]:
    """Find moves with more points that move the hidden state less well than one with fewer."""
    for name, node in conversation.nodes.items():
        for (place, better), (_, worse) in permutations(enumerate(node.choices), 2):
            good, less_good = _effect(better), _effect(worse)
            if better.points > worse.points and good < less_good:
                yield Flaw(
                    ("nodes", name, "choices", place),
                    f"this choice has {better.points} points and effects of {good:+d} together, "
                    f"one with {worse.points} has {less_good:+d}",
                    "Let the better choice do more good.",
                )


def _effect(choice: Choice) -> int:
    return sum(choice.effects.values())


@rule("conversation.best-play", Conversation)
def best_play(conversation: Conversation, _whole: Whole) -> Iterator[Flaw]:
    """Find conversations in which the strongest moves miss the best ending."""
    yield from _leads(conversation, strongest, "best", "first")


@rule("conversation.worst-play", Conversation)
def worst_play(conversation: Conversation, _whole: Whole) -> Iterator[Flaw]:
    """Find conversations in which the weakest moves miss the worst ending."""
    yield from _leads(conversation, weakest, "worst", "last")


def _leads(conversation: Conversation, moves: Moves, kind: str, place: str) -> Iterator[Flaw]:
    """Find conversations in which these moves miss the ending that is listed first or last."""
    board = Board(conversation)
    in_order = list(conversation.endings)
    wanted = in_order[0] if place == "first" else in_order[-1]
    missed = set(endings(board, board.start, moves)) - {wanted}
    if missed:
        reached = _quoted(sorted(missed))
        yield Flaw(
            ("endings", wanted),
            f'the {kind} choice at each turn ends in {reached} and not in "{wanted}"',
            "Change effects or conditions; "
            f"the {kind} ending is the one listed {place} under `endings`.",
        )


def _quoted(names: Sequence[str]) -> str:
    return listed([f'"{name}"' for name in names])


@rule("conversation.recovery", Conversation, "warning")
def recovery(conversation: Conversation, _whole: Whole) -> Iterator[Flaw]:
    """Find weak moves after which even the best play cannot leave the worst ending."""
    worst = next(reversed(conversation.endings))
    board = Board(conversation)
    for spot in spots(board, board.start, strongest):
        name, _ = spot
        for place, choice in enumerate(conversation.nodes[name].choices):
            if choice.points:
                continue
            if all(ending == worst for ending in endings(board, board.next(spot, choice))):
                yield Flaw(
                    ("nodes", name, "choices", place),
                    f'after this one weak choice everything ends in "{worst}"',
                    "Let one good choice after it lead back: soften its effects, "
                    "or add a turn that repairs.",
                )


@rule("conversation.three-choices", Conversation, "warning")
def three_choices(conversation: Conversation, _whole: Whole) -> Iterator[Flaw]:
    """Find turns without one strong, one partial and one weak move."""
    for name, node in conversation.nodes.items():
        points = sorted((choice.points for choice in node.choices), reverse=True)
        if points and points != [2, 1, 0]:
            yield Flaw(
                ("nodes", name),
                f'the choices at "{name}" have the points {listed([*map(str, points)])}',
                "Offer three choices: one with 2 points, one with 1, one with 0.",
            )


@rule("conversation.cues", Conversation, "warning")
def cues(conversation: Conversation, _whole: Whole) -> Iterator[Flaw]:
    """Find conversations that can be played well by a cue in the wording."""
    for cue, strength in CUES.items():
        shares = _earned_at(conversation, strength)
        total = sum(shares.values())
        if total <= CUE_LIMIT * len(shares):
            continue
        most = max(shares.values())
        helped = [name for name, share in shares.items() if share == most]
        yield Flaw(
            ("nodes",),
            f"always choosing {cue} line earns {total / len(shares):.0%} of the points; "
            f"it is the best choice at {_quoted(helped)}",
            f"Reword choices there until it earns {CUE_LIMIT:.0%} or less.",
        )


def _earned_at(conversation: Conversation, cue: Cue) -> dict[str, float]:
    """Return what going by the cue earns at each turn, 0 to 1."""
    shares = {}
    for name, node in conversation.nodes.items():
        if node.choices:
            texts = [choice.text for choice in node.choices]
            worth = [choice.points / BEST for choice in node.choices]
            shares[name] = earned(cue, texts, worth)
    return shares
