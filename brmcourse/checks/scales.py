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
        "awful bad badly deficient fail failed fails failing failure inadequate insufficient lacking "
        "mediocre must ought poor poorly should shouldn't terrible unacceptable unsatisfactory weak weakness worst "
        "wrong wrongly"
    )
)


@rule("scale.item-count", Scale, "warning")
def item_count(scale: Scale, _whole: Whole) -> Iterator[Flaw]:
    """Find subscales of too few items, and subscales of uneven length."""
    counts = Counter(item.subscale for item in scale.items)
    for position, subscale in enumerate(scale.subscales):
        count, most = counts[subscale.id], max(counts.values())
        place = ("subscales", position)
        if count < FEWEST:
            yield Flaw(place, f'"{subscale.title}" has {count} items', f"Give it {FEWEST} or more.")
        elif most - count > 1:
            message = f'"{subscale.title}" has {count} items, another subscale has {most}'
            yield Flaw(place, message, "Bring them to the same number, give or take one.")


@rule("scale.reversed-share", Scale, "warning")
def reversed_share(scale: Scale, _whole: Whole) -> Iterator[Flaw]:
    """Find scales without reversed items, and with too many."""
    count, total = sum(item.reverse for item in scale.items), len(scale.items)
    if not count:
        advice = "Add one act that somebody would do instead, with `reverse: true`."
        yield Flaw(
            ("items",),
            "no item is reversed, so always ticking the same answer looks like a result",
            advice,
        )
    if count > REVERSED * total:
        advice = f"Keep {int(REVERSED * total)} of them at most."
        yield Flaw(
            ("items",), f"{count} of {total} items are reversed, which confuses readers", advice
        )


@rule("scale.reversed-negation", Scale, "warning")
def reversed_negation(scale: Scale, _whole: Whole) -> Iterator[Flaw]:
    """Find reversed items that deny an act instead of naming the opposite one."""
    for position, item in enumerate(scale.items):
        if item.reverse and (match := NEGATION.search(item.text)):
            message = f'the reversed item says "{match[0]}": "never did not" is hard to answer'
            yield Flaw(
                ("items", position, "text"), message, "Name the act that somebody does instead."
            )


@rule("scale.double-barrelled", Scale, "warning")
def double_barrelled(scale: Scale, _whole: Whole) -> Iterator[Flaw]:
    """Find items that ask about two acts at once."""
    for position, item in enumerate(scale.items):
        if joint := next((word for word in words(item.text) if word in {"and", "or"}), None):
            message = (
                f'"{joint}" may join two acts here; a reader who did one of them cannot answer'
            )
            yield Flaw(
                ("items", position, "text"), message, "Ask about one act, or make it two items."
            )


@rule("scale.baseline", Baseline)
def baseline(form: Baseline, whole: Whole) -> Iterator[Flaw]:
    """Find scales that the baseline draws from although they mark no item for it."""
    marked = {scale.id: any(item.baseline for item in scale.items) for scale, _ in whole.all(Scale)}
    for position, name in enumerate(form.draws):
        if marked.get(name) is False:
            message = f"no item of {name} is marked for the baseline"
            yield Flaw(
                ("draws", position),
                message,
                f"Mark some with `baseline: true`, or take {name} out.",
            )


@rule("scale.judging-word", Content, "warning")
def judging_word(content: Content, _whole: Whole) -> Iterator[Flaw]:
    """Find words that judge the learner, in items and in what a result says."""
    for place, text in _read_by_learners(content):
        if judging := next((word for word in words(text) if word in JUDGING), None):
            yield Flaw(
                place,
                f'"{judging}" judges the person',
                "Name what they do or report, and one next step.",
            )


def _read_by_learners(content: Content) -> Iterator[tuple[Place, str]]:
    if isinstance(content, Scale):
        yield from (
            (("items", position, "text"), item.text) for position, item in enumerate(content.items)
        )
    if isinstance(content, Format):
        for position, band in enumerate(content.bands):
            yield from (
                (("bands", position, field), getattr(band, field)) for field in ("name", "text")
            )
