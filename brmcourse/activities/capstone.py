"""The capstone: the plan for one partner, gathered from what was written in the modules and edited in place.

It keeps nothing of its own. Each piece is the activity of the module it comes from, over the same
events.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from brmcourse.activities import plan, reflection, sheet, values
from brmcourse.activities.activity import Action, Activity
from brmcourse.content.library import Library
from brmcourse.events import Draft, Event
from brmcourse.model.capstone import Capstone, Chapter, Shown


@dataclass(frozen=True)
class Piece:
    """One thing that the plan shows: the activity it was written in, and that activity's content."""

    activity: Activity
    content: Any


@dataclass(frozen=True)
class Outline:
    """The plan's parts, each with its pieces."""

    capstone: Capstone
    pieces: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True)
class CapstoneState:
    """The plan as it stands: the state of each piece, and the part that is open for editing."""

    outline: Outline
    states: tuple[tuple[Any, ...], ...]
    editing: str = ""

    @property
    def parts(self) -> Sequence[tuple[Chapter, tuple[Any, ...]]]:
        """Each part with the states of its pieces."""
        return list(zip(self.outline.capstone.parts, self.states, strict=True))


def gather(library: Library) -> Outline:
    """Return the plan with the content that its parts show; raise UnknownIdError or ContentError."""
    capstone = library.capstone
    return Outline(
        capstone,
        tuple(tuple(_piece(library, shown) for shown in part.shows) for part in capstone.parts),
    )


def _piece(library: Library, shown: Shown) -> Piece:
    kind, name = shown.name
    match kind:
        case "sheet":
            return Piece(sheet, library.sheet(name))
        case "values":
            return Piece(values, library.values)
    prompts = library.prompts(name.partition("-")[0])
    chosen = {
        "reflections": tuple(prompt for prompt in prompts.reflections if prompt.id == name),
        "plans": tuple(prompt for prompt in prompts.plans if prompt.id == name),
    }
    return Piece(plan if kind == "plan" else reflection, prompts.model_copy(update=chosen))


def subjects(outline: Outline) -> tuple[str, ...]:
    """Return the subjects of all pieces."""
    return tuple(
        name
        for part in outline.pieces
        for piece in part
        for name in piece.activity.subjects(piece.content)
    )


def begin(outline: Outline, seed: str) -> CapstoneState:
    """Return the plan with nothing written in it."""
    states = tuple(
        tuple(piece.activity.begin(piece.content, seed) for piece in part)
        for part in outline.pieces
    )
    return CapstoneState(outline, states)


def replay(state: CapstoneState, event: Event) -> CapstoneState:
    """Fold an event into the pieces that it is about."""

    def fold(piece: Piece, one: Any) -> Any:
        return (
            piece.activity.replay(one, event)
            if event.subject in piece.activity.subjects(piece.content)
            else one
        )

    states = tuple(
        tuple(fold(piece, one) for piece, one in zip(part, ones, strict=True))
        for part, ones in zip(state.outline.pieces, state.states, strict=True)
    )
    return replace(state, states=states)


def update(state: CapstoneState, action: Action) -> tuple[CapstoneState, Sequence[Draft]]:
    """Answer "edit" (a part) and "done"; every other action goes to the pieces, which know their own fields."""
    if action.name == "edit":
        return replace(state, editing=action.about), ()
    if action.name == "done":
        return replace(state, editing=""), ()
    drafts: list[Draft] = []
    states = []
    for part, ones in zip(state.outline.pieces, state.states, strict=True):
        answered = [
            piece.activity.update(one, action) for piece, one in zip(part, ones, strict=True)
        ]
        drafts += [draft for _, given in answered for draft in given]
        states.append(tuple(one for one, _ in answered))
    return replace(state, states=tuple(states)), drafts
