"""Rules on self-assessments and their answer formats."""

import re
from collections import Counter
from collections.abc import Iterator

from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.checks.wording import words
from brmcourse.content.yaml import Place
from brmcourse.model.base import Content
from brmcourse.model.scale import Baseline, Format, Scale

FEWEST = 3
"""A subscale of fewer items says too little."""

REVERSED = 0.25
"""The largest share of reversed items; more of them confuse readers."""

NEGATION = re.compile(r"\b(not|never)\b|\b\w+n['\u2019]t\b", re.IGNORECASE)
JUDGING = frozenset(
    words(
        "awful bad badly deficient fail failed fails failing failure inadequate insufficient "
        "lacking mediocre must ought poor poorly should shouldn't terrible unacceptable "
        "unsatisfactory weak weakness worst wrong wrongly"
    )
)


@rule("scale.item-count", Scale, "warning")
def item_count(scale: Scale, _whole: Whole) -> Iterator[Flaw]:
    """Find subscales of too few items, and subscales of uneven length."""
    counts = Counter(item.subscale for item in scale.items)
    most = max(counts.values())
    for position, subscale in enumerate(scale.subscales):
        count = counts[subscale.id]
        place = ("subscales", position)
        if count < FEWEST:
            yield Flaw(place, f'"{subscale.title}" has {count} items', f"Give it {FEWEST} or more.")
        elif most - count > 1:
            message = f'"{subscale.title}" has {count} items, another subscale has {most}'
            yield Flaw(place, message, "Bring them to the same number, give or take one.")


@rule("scale.reversed-share", Scale, "warning")
def reversed_share(scale: Scale, _whole: Whole) -> Iterator[Flaw]:
    """Find scales without reversed items, and with too many."""
    total = len(scale.items)
    count = sum(item.reverse for item in scale.items)
    most = REVERSED * total
    if not count:
        yield Flaw(
            ("items",),
            "no item is reversed, so always ticking the same answer looks like a result",
            "Add one act that somebody would do instead, with `reverse: true`.",
        )
    if count > most:
        yield Flaw(
            ("items",),
            f"{count} of {total} items are reversed, which confuses readers",
            f"Keep {int(most)} of them at most.",
        )


@rule("scale.reversed-negation", Scale, "warning")
def reversed_negation(scale: Scale, _whole: Whole) -> Iterator[Flaw]:
    """Find reversed items that deny an act instead of naming the opposite one."""
    for position, item in enumerate(scale.items):
        match = NEGATION.search(item.text)
        if item.reverse and match:
            yield Flaw(
                ("items", position, "text"),
                f'the reversed item says "{match[0]}": "never did not" is hard to answer',
                "Name the act that somebody does instead.",
            )


@rule("scale.double-barrelled", Scale, "warning")
def double_barrelled(scale: Scale, _whole: Whole) -> Iterator[Flaw]:
    """Find items that ask about two acts at once."""
    for position, item in enumerate(scale.items):
        joints = [word for word in words(item.text) if word in {"and", "or"}]
        if joints:
            yield Flaw(
                ("items", position, "text"),
                f'"{joints[0]}" may join two acts here; a reader who did one of them cannot answer',
                "Ask about one act, or make it two items.",
            )


@rule("scale.baseline", Baseline)
def baseline(form: Baseline, whole: Whole) -> Iterator[Flaw]:
    """Find scales that the baseline draws from although they mark no item for it."""
    unmarked = []
    for scale, _ in whole.all(Scale):
        if not any(item.baseline for item in scale.items):
            unmarked.append(scale.id)
    for position, name in enumerate(form.draws):
        if name in unmarked:
            yield Flaw(
                ("draws", position),
                f"no item of {name} is marked for the baseline",
                f"Mark some with `baseline: true`, or take {name} out.",
            )


@rule("scale.judging-word", Content, "warning")
def judging_word(content: Content, _whole: Whole) -> Iterator[Flaw]:
    """Find words that judge the learner, in items and in what a result says."""
    for place, text in _read_by_learners(content):
        judging = [word for word in words(text) if word in JUDGING]
        if judging:
            yield Flaw(
                place,
                f'"{judging[0]}" judges the person',
                "Name what they do or report, and one next step.",
            )


def _read_by_learners(content: Content) -> Iterator[tuple[Place, str]]:
    if isinstance(content, Scale):
        for position, item in enumerate(content.items):
            yield ("items", position, "text"), item.text
    if isinstance(content, Format):
        for position, band in enumerate(content.bands):
            yield ("bands", position, "name"), band.name
            yield ("bands", position, "text"), band.text
