"""What the answers to a self-assessment come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean, median

from brmcourse.errors import ResponseError
from brmcourse.model.scale import Format, Item, Scale


@dataclass(frozen=True)
class ScaleScore:
    """A result from 0 to 100, or None where fewer than the required share of items was answered.

    Items with choices have levels instead, counted from 1: each subscale of them, and all of them
    together, has the median of its answers or None. They count neither in the score nor in any
    mean.
    """

    score: float | None
    answered: int
    items: int
    subscales: Mapping[str, float | None]
    level: float | None = None
    levels: Mapping[str, float | None] = field(default_factory=dict)


def score_scale(scale: Scale, form: Format, answers: Mapping[str, int | None]) -> ScaleScore:
    """Score a self-assessment; an answer of None ("no chance yet") or no answer is missing, never zero.

    Reversed items count as min + max - x by the declared bounds; the score is the mean of the
    answered items as (mean - min) / (max - min) * 100. Raises ResponseError for an unknown item or
    a rating out of bounds. Source: STATISTICS.md, "Conventions".
    """
    known = {item.id: item for item in scale.items}
    values: dict[str, int] = {}
    for key, rating in answers.items():
        if key not in known or not (
            rating is None or (type(rating) is int and rating in ratings(known[key], form))
        ):
            raise ResponseError("Choose one of the answers offered for each line.")
        if rating is not None:
            bounds = ratings(known[key], form)
            values[key] = bounds[0] + bounds[-1] - rating if known[key].reverse else rating

    def answered(items: Sequence[Item]) -> list[int]:
        got = [values[item.id] for item in items if item.id in values]
        return got if len(got) >= form.required_share * len(items) else []

    def score(items: Sequence[Item]) -> float | None:
        got = answered(items)
        return (mean(got) - form.min) / (form.max - form.min) * 100 if got else None

    def level(items: Sequence[Item]) -> float | None:
        got = answered(items)
        return float(median(got)) if got else None

    rated = [item for item in scale.items if not item.choices]
    staged = [item for item in scale.items if item.choices]
    return ScaleScore(
        score(rated),
        len(values),
        len(known),
        {name: score(items) for name, items in _parts(scale, rated).items()},
        level(staged),
        {name: level(items) for name, items in _parts(scale, staged).items()},
    )


def ratings(item: Item, form: Format) -> range:
    """Return the ratings that an item can be given: a level from 1, or the numbers of the format's labels."""
    return range(1, len(item.choices) + 1) if item.choices else range(form.min, form.max + 1)


def _parts(scale: Scale, items: Sequence[Item]) -> dict[str, list[Item]]:
    """Return the items of each subscale that has any of them."""
    found = {
        part.id: [item for item in items if item.subscale == part.id] for part in scale.subscales
    }
    return {name: members for name, members in found.items() if members}
