"""A course that somebody has filled in, in the words of its own examples."""

from collections.abc import Callable, Iterator
from itertools import cycle

from brmcourse.activities import scale as scales
from brmcourse.content.library import Library
from brmcourse.events import (
    FIRST_PARTNER,
    Draft,
    PlanWrote,
    ScaleFinished,
    ScaleReopened,
    SheetAdded,
    SheetWrote,
    ValuesPredicted,
    ValuesRevised,
    new_id,
)
from brmcourse.model.sheet import Sheet
from brmcourse.partners import choosing
from brmcourse.session import Learner

Words = Callable[[str], str]


def fill(
    library: Library,
    learner: Learner,
    *,
    entries: int = 4,
    words: Words = str,
    only: frozenset[str] | None = None,
) -> list[str]:
    """Fill in all sheets, plans, values and ratings about the first partner; return the texts.

    `words` makes a text of an example; `only` names the modules, if not all.
    """
    said: list[str] = []

    def own(hint: str) -> str:
        text = words(hint.rpartition("Example: ")[2] or "Two lines of our own")
        said.append(text)
        return text

    drafts = [choosing("Harbour")]
    for name in library.names("sheets"):
        sheet = library.named("sheets", name)
        if only is None or sheet.module in only:
            drafts += _sheet(sheet, entries if sheet.entry else 1, own)
    for name in library.names("prompts"):
        prompts = library.named("prompts", name)
        if only is None or prompts.module in only:
            for prompt in prompts.plans:
                hints = (prompt.situation_hint, prompt.action_hint, prompt.when_hint)
                drafts.append(Draft(prompt.id, prompt.edition, PlanWrote(*map(own, hints))))
    if only is None or "m2" in only:
        drafts += _values(library, own)
    drafts += _ratings(library, only)
    learner.record(drafts, new_id(), FIRST_PARTNER)
    return said


def _sheet(sheet: Sheet, entries: int, own: Words) -> Iterator[Draft]:
    choices = cycle(range(12))
    for entry in range(1, entries + 1):
        if entry > 1:
            yield Draft(sheet.id, sheet.edition, SheetAdded(entry))
        texts = {}
        for field in sheet.fields:
            if field.kind == "choice":
                texts[field.id] = field.options[next(choices) % len(field.options)].id
            elif field.kind == "date":
                texts[field.id] = f"2026-12-{entry:02}"
            else:
                texts[field.id] = "Harbour" if field.id == sheet.names else own(field.hint or "")
        yield Draft(sheet.id, sheet.edition, SheetWrote(entry, texts))


def _values(library: Library, own: Words) -> Iterator[Draft]:
    content = library.single("values.yaml")
    guessed, heard = [], []
    for card, sure in zip(content.cards, content.confidence, strict=False):
        seen = own(f"In March they turned a plan round within a day, to {card.text}.")
        guessed.append({"card": card.id, "evidence": seen, "confidence": sure.id})
        heard.append({"card": card.id, "said": own(f"“What I want is to {card.text}.”")})
    yield Draft(content.id, content.edition, ValuesPredicted(guessed))
    yield Draft(content.id, content.edition, ValuesRevised(heard))


def _ratings(library: Library, only: frozenset[str] | None) -> Iterator[Draft]:
    for name in library.names("scales"):
        content = scales.find(library, name)
        scale, form = content.scale, content.format
        if only is None or scale.module in only:
            for turn in (0, 1, 2):
                answers = {
                    item.id: min(form.max, form.min + (place + turn) % 4 + turn % 2)
                    for place, item in enumerate(scale.items)
                }
                yield Draft(scale.id, scale.edition, ScaleFinished(answers))
                if turn < 2:
                    yield Draft(scale.id, scale.edition, ScaleReopened())
