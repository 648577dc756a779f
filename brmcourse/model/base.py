"""The base that all content shares: ids, texts, fingerprints and the errors of its checks."""

import hashlib
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from brmcourse.errors import hint

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")]
Row = Annotated[str, StringConstraints(pattern=r"^[AB][1-9]\d?$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def flaw(rule: str, message: str, advice: str, *place: Hashable) -> PydanticCustomError:
    """Return an error that the loader turns into a located `Problem` of that rule.

    `place` leads on from the content that raises it: keys and positions, as in the YAML file.
    """
    return PydanticCustomError(
        "flaw", "{message}", {"message": message, "found": ((rule, message, advice, place),)}
    )


def unknown(what: str, name: str, known: Iterable[str], *place: Hashable) -> PydanticCustomError:
    """Return the flaw that a name stands for nothing; it lists those that are known."""
    known = list(known)
    listed = ", ".join(known) or "none yet"
    message = f'there is no {what} called "{name}".{hint(name, known)}'
    return flaw("reference.unknown", message, f"Use one of: {listed}.", *place)


def raise_all(flaws: Iterable[PydanticCustomError]) -> None:
    """Raise the flaws, if any, as one error from which the loader makes a `Problem` each."""
    found: list[tuple[str, str, str, tuple[Hashable, ...]]] = []
    for error in flaws:
        context = error.context or {}
        found += context["found"]
    if found:
        first_message = found[0][1]
        raise PydanticCustomError("flaw", "{message}", {"message": first_message, "found": found})


class HasId(Protocol):
    """Whatever has an id."""

    @property
    def id(self) -> str:
        """What it is called in the files."""


def require_own_ids(what: str, entries: Iterable[HasId], field: str | None = None) -> None:
    """Raise a flaw unless each entry has an id of its own; see `require_unique`."""
    require_unique(what, [entry.id for entry in entries], field)


def require_unique(what: str, names: Sequence[str], field: str | None = None) -> None:
    """Raise a flaw that tells every name given twice.

    It stands at the second of the first such name if `field` is the one that lists them.
    """
    twice = [name for name, count in Counter(names).items() if count > 1]
    if not twice:
        return
    place: tuple[Hashable, ...] = ()
    if field:
        first = names.index(twice[0])
        place = (field, names.index(twice[0], first + 1))
    message = f"{what} used twice: {', '.join(twice)}"
    raise flaw("id.duplicate", message, "Give each its own id.", *place)


class Silence(BaseModel):
    """A rule that does not apply to one piece of content, and why its author thinks so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    reason: Text


class Content(BaseModel):
    """Base of all content: immutable, and a field nobody knows is a mistake, not a comment."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    silence: tuple[Silence, ...] = Field(default=(), exclude=True)

    unshown: ClassVar[Any] = None
    """What a fingerprint leaves out, in pydantic's `exclude` form: changing it does not change the
    task.
    """

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that change when the wording that learners answer to changes.

        Fields left at their default do not count, so that a field new to the course leaves old
        content as it was.
        """
        unshown = {**(self.unshown or {}), "edition": True}
        text = self.model_dump_json(exclude=unshown, exclude_defaults=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class Answerable(Content):
    """Content that a learner answers to: what it is, is its id and edition, not its wording.

    A mended typo or a translation asks nobody again. Raise `edition` when the meaning changed:
    answers to an earlier edition stay in the history and count no more.
    """

    edition: int = Field(default=1, ge=1)
