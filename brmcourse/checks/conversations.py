"""Rules on conversations: every node counts, moves do what their points say, cues tell nothing."""

from collections.abc import Iterator, Sequence
from itertools import permutations

from brmcourse.activities.board import Board, Spot
from brmcourse.activities.conversation import BEST
from brmcourse.checks.conversation_paths import (
    Moves,
    Steps,
    endings,
    spots,
    steps_of,
    strongest,
    weakest,
)
from brmcourse.checks.cues import CUES, MARKS, Cue, earned
from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.checks.wording import listed
from brmcourse.model.conversation import Choice, Conversation, Mark, clauses
from brmcourse.model.course import Course

STRONG = (0.25, 0.6)
"""Lowest and highest share of its uses in which a kind of move may be the strong one."""

ENOUGH = 4
"""From how many uses on such a share says something."""

MARK_LIMIT = 0.5
"""The largest share of its uses in which a choice with some mark may be the strong one."""

HEARD = 2
"""How many turns at least have a best choice that rests on something heard or done before."""

CUE_LIMIT = 0.6
"""The largest share of the points that going by a cue may earn; chance alone earns half of them."""


@rule("conversation.unreachable", Conversation)
def unreachable(conversation: Conversation, whole: Whole) -> Iterator[Flaw]:
    """Find nodes that no other node leads to, and turns that no way to play comes to."""
    connected = _connected(conversation)
    _, steps = _played(conversation, whole)
    played = {spot.name for spot in steps}
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


def _played(conversation: Conversation, whole: Whole) -> tuple[Board, Steps]:
    """Return the board, and every spot that any way to play comes to with its steps."""

    def walk() -> tuple[Board, Steps]:
        board = Board(conversation)
        return board, steps_of(board)

    return whole.once("played", conversation, walk)


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
    _, steps = _played(conversation, whole)
    reached = {conversation.nodes[spot.name].ending for spot in steps}
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
def best_play(conversation: Conversation, whole: Whole) -> Iterator[Flaw]:
    """Find conversations in which the strongest moves miss the best ending."""
    board, _ = _played(conversation, whole)
    yield from _leads(board, strongest, "best", "first")


@rule("conversation.worst-play", Conversation)
def worst_play(conversation: Conversation, whole: Whole) -> Iterator[Flaw]:
    """Find conversations in which the weakest moves miss the worst ending."""
    board, _ = _played(conversation, whole)
    yield from _leads(board, weakest, "worst", "last")


def _leads(board: Board, moves: Moves, kind: str, place: str) -> Iterator[Flaw]:
    """Find conversations in which these moves miss the ending that is listed first or last."""
    in_order = list(board.conversation.endings)
    wanted = in_order[0] if place == "first" else in_order[-1]
    missed = set(endings(board, moves)) - {wanted}
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
def recovery(conversation: Conversation, whole: Whole) -> Iterator[Flaw]:
    """Find weak moves after which even the best play cannot leave the worst ending."""
    worst = next(reversed(conversation.endings))
    board, steps = _played(conversation, whole)
    lost: dict[Spot, bool] = {}
    for spot in reversed(steps):
        ending = conversation.nodes[spot.name].ending
        on = steps[spot].values()
        lost[spot] = ending == worst if ending else bool(on) and all(map(lost.get, on))
    found = set()
    for spot in spots(board, strongest):
        choices = conversation.nodes[spot.name].choices
        for place, after in steps[spot].items():
            if lost[after] and not choices[place].points:
                found.add((spot.name, place))
    for name, place in sorted(found):
        yield Flaw(
            ("nodes", name, "choices", place),
            f'after this one weak choice everything ends in "{worst}"',
            "Let one good choice after it lead back: soften its effects, "
            "or add a turn that repairs.",
        )


@rule("conversation.three-choices", Conversation, "warning")
def three_choices(conversation: Conversation, whole: Whole) -> Iterator[Flaw]:
    """Find turns that do not always offer one strong, one partial and one weak move."""
    _, steps = _played(conversation, whole)
    found: dict[tuple[str, tuple[int, ...]], None] = {}
    for name, choices in offers(conversation, steps):
        points = sorted((choice.points for choice in choices), reverse=True)
        if points and points != [2, 1, 0]:
            found[name, tuple(points)] = None
    for name, unusual in found:
        yield Flaw(
            ("nodes", name),
            f'the choices at "{name}" have the points {listed([*map(str, unusual)])}'
            + (" on some way there" if _conditional(conversation, name) else ""),
            "Offer three choices: one with 2 points, one with 1, one with 0.",
        )


def _conditional(conversation: Conversation, name: str) -> bool:
    return any(choice.when for choice in conversation.nodes[name].choices)


@rule("conversation.stuck", Conversation)
def stuck(conversation: Conversation, whole: Whole) -> Iterator[Flaw]:
    """Find turns at which some way to play is offered nothing and cannot go on."""
    _, steps = _played(conversation, whole)
    for name, choices in offers(conversation, steps):
        if not choices:
            yield Flaw(
                ("nodes", name),
                f'some way comes to "{name}" and is offered nothing there',
                "Take the `if` from a choice, or add choices for those for whom none holds.",
            )


@rule("conversation.needs", Conversation)
def needs(conversation: Conversation, whole: Whole) -> Iterator[Flaw]:
    """Find words that take something for granted which is not so on some way there."""
    board, steps = _played(conversation, whole)
    found: dict[tuple[tuple[str | int, ...], str], None] = {}
    for spot, following in steps.items():
        node = conversation.nodes[spot.name]
        if node.needs and not board.holds(node.needs, spot):
            found[("nodes", spot.name), node.needs] = None
        for place in following:
            needed = node.choices[place].needs
            if needed and not board.holds(needed, spot):
                found[("nodes", spot.name, "choices", place), needed] = None
    for where, needed in found:
        yield Flaw(
            where,
            f'"{needed}" does not hold on every way here',
            "Give it an `if`, or lead the other ways to a node of their own.",
        )


@rule("conversation.barred", Conversation)
def barred(conversation: Conversation, whole: Whole) -> Iterator[Flaw]:
    """Find endings that are reached although a move on the way closed them."""
    board, steps = _played(conversation, whole)
    found: dict[str, str] = {}
    for spot in steps:
        ending = conversation.nodes[spot.name].ending
        if ending and board.barred(spot, ending):
            found[spot.name] = ending
    for name, ending in found.items():
        yield Flaw(
            ("nodes", name),
            f'some way comes to "{ending}" although a move on it bars that ending',
            "Lead there by a route with a condition, and let `else` lead to a lesser ending.",
        )


@rule("conversation.last-move", Conversation)
def last_move(conversation: Conversation, whole: Whole) -> Iterator[Flaw]:
    """Find weak moves that end a conversation in the best way."""
    best = next(iter(conversation.endings))
    _, steps = _played(conversation, whole)
    nodes = conversation.nodes
    found: dict[tuple[str, int], None] = {}
    for spot, following in steps.items():
        for place, after in following.items():
            if nodes[after.name].ending == best and not nodes[spot.name].choices[place].points:
                found[spot.name, place] = None
    for name, place in found:
        yield Flaw(
            ("nodes", name, "choices", place),
            f'a talk can end in "{best}" with this weak move',
            "Let its effects cost that ending, or bar it with `bars`.",
        )


@rule("conversation.reply", Conversation)
def reply(conversation: Conversation, _whole: Whole) -> Iterator[Flaw]:
    """Find moves that the partner answers in the same words as another of that turn."""
    for name, node in conversation.nodes.items():
        heard: dict[str, int] = {}
        for place, choice in enumerate(node.choices):
            first = heard.setdefault(choice.reply, place)
            if first != place and choice.text != node.choices[first].text:
                yield Flaw(
                    ("nodes", name, "choices", place),
                    f'the reply "{choice.reply}" answers two choices of "{name}"',
                    "Let your partner take each of them in words of its own.",
                )


@rule("conversation.heard", Conversation, "warning")
def heard(conversation: Conversation, _whole: Whole) -> Iterator[Flaw]:
    """Find conversations in which hardly a turn depends on what the learner heard or did before."""
    depending = []
    for name, node in conversation.nodes.items():
        best = [choice for choice in node.choices if choice.points == BEST]
        if any(isinstance(part, Mark) for choice in best for part in clauses(choice.when)):
            depending.append(name)
    if len(depending) < HEARD:
        yield Flaw(
            ("nodes",),
            f"{len(depending)} turns have a best choice that rests on something heard or done",
            f"Let {HEARD} turns or more have one, with `if: knows …` or `if: did …`.",
        )


@rule("conversation.moves", Course, "warning")
def moves(_course: Course, whole: Whole) -> Iterator[Flaw]:
    """Find kinds of move that are strong too often, or too seldom, over all conversations."""
    used: dict[str, list[bool]] = {}
    for conversation, _ in whole.all(Conversation):
        for node in conversation.nodes.values():
            for choice in node.choices:
                used.setdefault(choice.move, []).append(choice.points == BEST)
    lowest, highest = STRONG
    for move, strong in sorted(used.items()):
        share = sum(strong) / len(strong)
        if len(strong) >= ENOUGH and not lowest <= share <= highest:
            yield Flaw(
                (),
                f'the move "{move}" is strong in {share:.0%} of its {len(strong)} uses',
                f"Let each move be strong in {lowest:.0%} to {highest:.0%} of its uses.",
            )


@rule("conversation.marks", Course, "warning")
def marks(_course: Course, whole: Whole) -> Iterator[Flaw]:
    """Find marks in the wording (a date, a limit, an echo …) that give the best move away."""
    for mark, (strong, uses) in strength_of_marks(whole).items():
        if uses >= ENOUGH and strong > MARK_LIMIT * uses:
            yield Flaw(
                (),
                f"over all conversations, a choice with {mark} is the best in {strong / uses:.0%} "
                f"of {uses} cases",
                f"Reword choices until it is {MARK_LIMIT:.0%} or less.",
            )


def strength_of_marks(whole: Whole) -> dict[str, tuple[int, int]]:
    """Return of each mark in how many of its uses the choice is the strong one, and its uses."""
    counts = dict.fromkeys(MARKS, (0, 0))
    for conversation, _ in whole.all(Conversation):
        for node in conversation.nodes.values():
            said = " ".join(line.text for line in node.says)
            for choice in node.choices:
                for mark, shows in MARKS.items():
                    if shows(choice.text, said):
                        strong, uses = counts[mark]
                        counts[mark] = strong + (choice.points == BEST), uses + 1
    return counts


@rule("conversation.cues", Conversation, "warning")
def cues(conversation: Conversation, whole: Whole) -> Iterator[Flaw]:
    """Find conversations that can be played well by a cue in the wording."""
    _, steps = _played(conversation, whole)
    turns = [turn for turn in offers(conversation, steps) if turn[1]]
    for cue, strength in CUES.items():
        shares = [(name, _earned(strength, choices)) for name, choices in turns]
        total = sum(share for _, share in shares)
        if total <= CUE_LIMIT * len(shares):
            continue
        most = max(share for _, share in shares)
        helped = list(dict.fromkeys(name for name, share in shares if share == most))
        yield Flaw(
            ("nodes",),
            f"always choosing {cue} line earns {total / len(shares):.0%} of the points; "
            f"it is the best choice at {_quoted(helped)}",
            f"Reword choices there until it earns {CUE_LIMIT:.0%} or less.",
        )


def offers(conversation: Conversation, steps: Steps) -> list[tuple[str, list[Choice]]]:
    """Return each turn with each set of choices that some way to play is offered there."""
    found = dict.fromkeys((spot.name, tuple(following)) for spot, following in steps.items())
    turns = []
    for name, places in sorted(found):
        choices = conversation.nodes[name].choices
        if choices:
            turns.append((name, [choices[place] for place in places]))
    return turns


def _earned(cue: Cue, choices: Sequence[Choice]) -> float:
    """Return what going by the cue earns at a turn, 0 to 1."""
    return earned(cue, [c.text for c in choices], [c.points / BEST for c in choices])
