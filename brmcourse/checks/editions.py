"""Rule on wordings: who rewords an item says whether its meaning changed.

An item is known by its id and edition. data/wordings.json keeps for each the edition and a hash of
the words that learners answer to, so that a changed wording shows. `brmcourse editions` records
that the meaning stayed, or raises the edition in the file.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.content.yaml import Place, Source
from brmcourse.errors import UnknownIdError
from brmcourse.model.base import Answerable, Content
from brmcourse.model.scale import Baseline, Format, Scale

FILE = Path("data") / "wordings.json"

NUMBER = re.compile(r"(\bedition:\s*)\d+")
INLINE = re.compile(r"(\{\s*id:\s*[^,}\s]+)")
OWN_LINE = re.compile(r"(\s*(?:-\s+)*)id:")


@dataclass(frozen=True)
class Wording:
    """An item as its file has it now: where it stands, its edition and a hash of its words."""

    id: str
    path: str
    place: Place
    edition: int
    words: str

    @property
    def known_as(self) -> str:
        """How the file of wordings has it: edition and hash."""
        return f"{self.edition} {self.words}"


def wordings(whole: Whole) -> list[Wording]:
    """Return every item that learners answer to, in file order."""
    items = []
    for content, source in whole.all(Content):
        for place, item in _items(content, ()):
            name: str = getattr(item, "id")  # noqa: B009 -- every item has one, of its own type
            words = _words(item, whole)
            items.append(Wording(name, source.path, place, item.edition, words))
    return items


def _items(value: Any, place: Place) -> Iterator[tuple[Place, Answerable]]:
    if isinstance(value, Answerable):
        yield place, value
    elif isinstance(value, Content):
        for name in type(value).model_fields:
            yield from _items(getattr(value, name), (*place, name))
    elif isinstance(value, tuple):
        for number, entry in enumerate(value):
            yield from _items(entry, (*place, number))


def _words(item: Answerable, whole: Whole) -> str:
    """Return the hash of an item; of a self-assessment together with all that it draws on."""
    if not isinstance(item, Scale | Baseline):
        return item.fingerprint
    parts = [item.fingerprint]
    parts += [form.fingerprint for form, _ in whole.all(Format) if form.id == item.format]
    if isinstance(item, Baseline):
        parts.append(_drawn(item, whole))
    return hashlib.sha256("-".join(parts).encode()).hexdigest()[:12]


def _drawn(form: Baseline, whole: Whole) -> str:
    """Return the hash of the items that a short self-assessment draws from the others."""
    scales = {scale.id: scale for scale, _ in whole.all(Scale)}
    drawn = [scales[name] for name in form.draws if name in scales]
    return form.of(drawn).fingerprint if drawn else ""


def known(root: Path) -> dict[str, str]:
    """Return what the file of wordings has of each item; nothing if there is no such file."""
    try:
        found = json.loads((root / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return (
        {str(name): str(entry) for name, entry in found.items()} if isinstance(found, dict) else {}
    )


@rule("edition.reworded", Content)
def reworded(content: Content, whole: Whole) -> Iterator[Flaw]:
    """Find items whose words changed while their edition stayed, and nobody said what it means."""
    before = whole.once("wordings", whole, lambda: known(whole.root))
    if not before:
        return
    path = next(part.source.path for part in whole.parts if part.content is content)
    for item in whole.once("items", whole, lambda: wordings(whole)):
        if item.path != path or before.get(item.id) in (None, item.known_as):
            continue
        message = f'the wording of "{item.id}" changed, and nobody said whether its meaning did'
        advice = (
            f"If it means the same: `brmcourse editions --same {item.id}`. If earlier answers must "
            f"not count any more: `brmcourse editions --raise {item.id}`."
        )
        yield Flaw(item.place, message, advice)


def changed(whole: Whole) -> list[Wording]:
    """Return the items that are new or reworded since the file of wordings was written."""
    before = known(whole.root)
    return [item for item in wordings(whole) if before.get(item.id) != item.known_as]


def accept(whole: Whole, names: Collection[str]) -> list[str]:
    """Record the words of these items (of all, if none is named) as what their edition says.

    Returns the ids recorded. Raises UnknownIdError for an id that the course does not have.
    """
    items = {item.id: item for item in wordings(whole)}
    _require(names, items)
    before = known(whole.root)
    entries = {}
    recorded = []
    for name, item in items.items():
        entry = item.known_as if not names or name in names else before.get(name)
        if entry is None:
            continue
        entries[name] = entry
        if entry != before.get(name):
            recorded.append(name)
    text = json.dumps(dict(sorted(entries.items())), indent=0)
    (whole.root / FILE).write_text(f"{text}\n", "utf-8")
    return recorded


def raise_editions(whole: Whole, names: Collection[str]) -> list[Path]:
    """Raise the edition of these items in their files; return the files changed.

    Raises UnknownIdError for an id that the course does not have.
    """
    items = {item.id: item for item in wordings(whole)}
    _require(names, items)
    sources = {part.source.path: part.source for part in whole.parts}
    paths = []
    # From the end of each file, so that a new line moves none that is still to be looked at.
    chosen = sorted(names, key=lambda name: -_line(items[name], sources[items[name].path]))
    for name in chosen:
        item = items[name]
        path = whole.root / item.path
        lines = path.read_text("utf-8").split("\n")
        _raise(lines, item, sources[item.path])
        path.write_text("\n".join(lines), "utf-8")
        paths.append(path)
    return paths


def _require(names: Collection[str], items: dict[str, Wording]) -> None:
    for name in names:
        if name not in items:
            raise UnknownIdError("item", name, list(items))


def _line(item: Wording, source: Source) -> int:
    return source.line((*item.place, "id"))


def _raise(lines: list[str], item: Wording, source: Source) -> None:
    edition = item.edition + 1
    stated = source.lines.get((*item.place, "edition"))
    if stated is not None:
        lines[stated - 1] = NUMBER.sub(rf"\g<1>{edition}", lines[stated - 1], count=1)
        return
    at = _line(item, source) - 1
    start = OWN_LINE.match(lines[at])
    if start:
        lines.insert(at + 1, f"{' ' * len(start[1])}edition: {edition}")
    else:
        lines[at] = INLINE.sub(rf"\g<1>, edition: {edition}", lines[at], count=1)
