"""The base that all content shares: ids, texts, fingerprints and the errors of its checks."""

import hashlib
from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")]
Row = Annotated[str, StringConstraints(pattern=r"^[AB][1-9]\d?$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def flaw(rule: str, message: str, advice: str, *place: Hashable) -> PydanticCustomError:
    """Return an error that the loader turns into a located `Problem` of that rule; `place` leads on from here."""
    return PydanticCustomError(
        "flaw", "{message}", {"message": message, "found": ((rule, message, advice, place),)}
    )


def raise_all(flaws: Iterable[PydanticCustomError]) -> None:
    """Raise the flaws as one error, from which the loader makes a `Problem` each; nothing if there are none."""
    found = [entry for error in flaws for entry in (error.context or {})["found"]]
    if found:
        raise PydanticCustomError("flaw", "{message}", {"message": found[0][1], "found": found})


def require_unique(what: str, ids: Iterable[str], field: str | None = None) -> None:
    """Raise a flaw that names every id given twice; it stands at the second of them if `field` lists them."""
    names = list(ids)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        second = names.index(twice[0], names.index(twice[0]) + 1)
        place = (field, second) if field else ()
        raise flaw(
            "id.duplicate",
            f"{what} used twice: {', '.join(twice)}",
            "Give each its own id.",
            *place,
        )


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
