"""What reflections and plans share: fields of free text, saved as they are typed, kept to the letter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from brmcourse.activities.activity import Action
from brmcourse.events import Draft, Event
from brmcourse.model.prompts import PlanPrompt, ReflectionPrompt

Prompt = ReflectionPrompt | PlanPrompt


@dataclass(frozen=True)
class Entry:
    """What a learner wrote to one prompt: a text for each field, and when it was saved."""

    texts: Mapping[str, str]
    time: datetime


@dataclass(frozen=True)
class WritingState:
    """The prompts of one page and what stands written to each."""

    prompts: tuple[Prompt, ...]
    kind: str
    fields: tuple[str, ...]
    entries: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))

    def text(self, prompt: str, name: str) -> str:
        """Return what stands in that field."""
        return self.entries[prompt].texts.get(name, "") if prompt in self.entries else ""


def ids(prompts: Iterable[Prompt]) -> tuple[str, ...]:
    """Return the subjects of the prompts' events."""
    return tuple(prompt.id for prompt in prompts)


def replay(state: WritingState, event: Event) -> WritingState:
    """Fold an event in: the latest text stands. A prompt that was reworded since keeps its text."""
    if event.kind != state.kind:
        return state
    return replace(state, entries={**state.entries, event.subject: Entry(event.body, event.time)})


def update(state: WritingState, action: Action) -> tuple[WritingState, Sequence[Draft]]:
    """Record every prompt whose text differs from what is kept; form fields are called "prompt:field"."""
    drafts = []
    for prompt in state.prompts:
        texts = {
            name: action.get(f"{prompt.id}:{name}", state.text(prompt.id, name))
            for name in state.fields
        }
        if any(text != state.text(prompt.id, name) for name, text in texts.items()):
            drafts.append(Draft(state.kind, prompt.id, prompt.fingerprint, texts))
    return state, drafts
