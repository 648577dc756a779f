"""Rule on the partner's view: each line mirrors one that there is, as many as the form says."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.errors import hint
from brmcourse.model.mirror import Mirror
from brmcourse.model.scale import Format, Scale


@rule("mirror.lines", Mirror)
def lines(mirror: Mirror, whole: Whole) -> Iterator[Flaw]:
    """Find lines that mirror nothing, and scales of which other than the stated number are."""
    if any(path.startswith("data/scales/") for path in whole.broken):
        return  # what the broken file holds is unknown
    drawn = {entry.id for entry in mirror.scales}
    # A scale is asked for by the name of its file; another rule compares that with its id.
    scales = {Path(source.path).stem.upper(): scale for scale, source in whole.all(Scale)}
    home = {
        item.id: name
        for name in drawn & set(scales)
        for item in scales[name].items
        if not item.choices
    }
    for position, line in enumerate(mirror.lines):
        if line.of not in home:
            message = f'no self-assessment of this form has a rated line "{line.of}"'
            advice = f"Name a line of one of its `scales`.{hint(line.of, home)}"
            yield Flaw(("lines", position, "of"), message, advice)
    known = {form.id for form, _ in whole.all(Format)}
    counts = Counter(home[line.of] for line in mirror.lines if line.of in home)
    for position, entry in enumerate(mirror.scales):
        if entry.id not in scales:
            message = f'there is no self-assessment called "{entry.id}".{hint(entry.id, scales)}'
            yield Flaw(("scales", position, "id"), message, f"Use one of: {', '.join(scales)}.")
        elif scales[entry.id].format in known and scales[entry.id].format != mirror.format:
            message = f'{entry.id} has the answers "{scales[entry.id].format}", the form others'
            yield Flaw(("scales", position, "id"), message, "Use the same `format` for both.")
        elif counts[entry.id] != entry.lines:
            message = f"the form has {counts[entry.id]} lines of {entry.id}, and says {entry.lines}"
            advice = "Write as many lines as it says, or mend the number."
            yield Flaw(("scales", position, "lines"), message, advice)
