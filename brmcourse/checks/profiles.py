"""Rule on the profile: each part of a self-assessment has an act to try."""

from collections.abc import Iterator

from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.model.profile import Profile
from brmcourse.model.scale import Scale


@rule("profile.acts", Profile)
def acts(profile: Profile, whole: Whole) -> Iterator[Flaw]:
    """Find parts without an act: who is lowest there would be left without a next step."""
    for scale, _ in whole.all(Scale):
        if scale.id not in profile.scales or scale.levels:
            continue
        for part in scale.subscales:
            name = f"{scale.id}.{part.id}"
            if name in profile.by_part:
                continue
            yield Flaw(
                ("acts",),
                f'the part "{name}" has no act to try',
                f"Write one line with `of: {name}`, the `section` that teaches it, and `try`.",
            )
