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
    """Score a self-assessment; what was answered with None ("no chance yet") or not is missing.

    Reversed items count as min + max - x by the declared bounds; the score is the mean of the
    answered items as (mean - min) / (max - min) * 100. Raises ResponseError for an unknown item or
    a rating out of bounds. Source: STATISTICS.md, "Conventions".
    """
    values = _values(scale, form, answers)
    rated = [item for item in scale.items if not item.choices]
    staged = [item for item in scale.items if item.choices]
    subscales = {}
    for name, items in _parts(scale, rated).items():
        subscales[name] = _score(items, values, form)
    levels = {}
    for name, items in _parts(scale, staged).items():
        levels[name] = _level(items, values, form)
    return ScaleScore(
        score=_score(rated, values, form),
        answered=len(values),
        items=len(scale.items),
        subscales=subscales,
        level=_level(staged, values, form),
        levels=levels,
    )


def ratings(item: Item, form: Format) -> range:
    """Return the ratings an item can be given: levels from 1, or the format's numbers."""
    if item.choices:
        return range(1, len(item.choices) + 1)
    return range(form.min, form.max + 1)


def _values(scale: Scale, form: Format, answers: Mapping[str, int | None]) -> dict[str, int]:
    """Return what each answered item counts, reversed ones turned round."""
    advice = "Choose one of the answers offered for each line."
    known = {item.id: item for item in scale.items}
    values = {}
    for name, rating in answers.items():
        if name not in known:
            raise ResponseError(advice)
        if rating is None:
            continue
        offered = ratings(known[name], form)
        if type(rating) is not int or rating not in offered:
            raise ResponseError(advice)
        if known[name].reverse:
            values[name] = offered[0] + offered[-1] - rating
        else:
            values[name] = rating
    return values


def _score(items: Sequence[Item], values: Mapping[str, int], form: Format) -> float | None:
    counted = _enough(items, values, form)
    if not counted:
        return None
    return (mean(counted) - form.min) / (form.max - form.min) * 100


def _level(items: Sequence[Item], values: Mapping[str, int], form: Format) -> float | None:
    counted = _enough(items, values, form)
    if not counted:
        return None
    return float(median(counted))


def _enough(items: Sequence[Item], values: Mapping[str, int], form: Format) -> list[int]:
    """Return what the answered items count, or nothing where too few of them were answered."""
    counted = [values[item.id] for item in items if item.id in values]
    if len(counted) < form.required_share * len(items):
        return []
    return counted


def _parts(scale: Scale, items: Sequence[Item]) -> dict[str, list[Item]]:
    """Return the items of each subscale that has any of them."""
    parts = {}
    for subscale in scale.subscales:
        members = [item for item in items if item.subscale == subscale.id]
        if members:
            parts[subscale.id] = members
    return parts
