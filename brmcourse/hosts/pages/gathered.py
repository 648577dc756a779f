"""All that a learner wrote, on one page: by module or by date, about whom they like, searched."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from markupsafe import Markup

from brmcourse.activities.activity import Context, day
from brmcourse.hosts.pages import home, search
from brmcourse.partners import Partners
from brmcourse.progress import Left, ModuleSteps, Place, Progress
from brmcourse.rendering.render import render_view

WORDS, ABOUT, MODULE, ORDER = "q", "about", "module", "order"
"""The fields of the form above the texts."""

ALL, DATE = "all", "date"
"""The values for all partners, and for the order of time."""


@dataclass(frozen=True)
class Asked:
    """What is asked for: words, one partner or all, one module or all (empty), in which order."""

    words: str = ""
    about: str = ALL
    module: str = ""
    by_date: bool = False

    @classmethod
    def read(
        cls, query: Mapping[str, str], known: Partners, modules: Sequence[ModuleSteps]
    ) -> "Asked":
        """Read the form; what it cannot hold counts as nothing given."""
        about = query.get(ABOUT, "")
        module = query.get(MODULE, "")
        return cls(
            query.get(WORDS, "").strip()[: search.LONGEST],
            about if about in {*known.codes, ALL} else known.current,
            module if module in {one.id for one in modules} else "",
            query.get(ORDER) == DATE,
        )

    def partners(self, known: Partners) -> Sequence[str]:
        """Return the keys of the partners that are asked for."""
        return list(known.codes) if self.about == ALL else [self.about]


@dataclass(frozen=True)
class Text:
    """Something that was written: where, when, and as it reads.

    `partner` is whom it is about; empty if it is about nobody, or if it reads so itself.
    """

    module: ModuleSteps
    address: str
    partner: str
    time: datetime
    html: Markup


@dataclass(frozen=True)
class Group:
    """Texts under one heading."""

    heading: str
    texts: Sequence[Text]


@dataclass(frozen=True)
class Gathered:
    """What the page shows; `left` is what the course asks for no more, each as HTML."""

    asked: Asked
    partners: Partners
    modules: Sequence[ModuleSteps]
    groups: Sequence[Group]
    left: Sequence[tuple[Markup, datetime]]

    @property
    def found(self) -> int:
        """How many texts there are."""
        return sum(len(group.texts) for group in self.groups) + len(self.left)


def gathered(
    asked: Asked, modules: Sequence[ModuleSteps], progress: Progress, known: Partners
) -> Gathered:
    """Return the texts that are asked for; hits are marked in them."""
    texts = [
        found
        for module in modules
        if asked.module in {"", module.id}
        for text in _texts(module, progress, asked.partners(known))
        if (found := _searched(text, asked.words))
    ]
    left = [] if asked.module else list(_left(asked, progress, known))
    groups = _by_date(texts) if asked.by_date else _by_module(texts)
    return Gathered(asked, known, modules, list(groups), left)


def _texts(module: ModuleSteps, progress: Progress, partners: Sequence[str]) -> Iterator[Text]:
    for step in module.steps:
        for place in step.places:
            for state, partner, time in _written(place, progress, partners):
                html = Markup(render_view(place.row.view, state, 3))  # noqa: S704 -- escaped
                yield Text(module, home.at(module, step, place), partner, time, html)


def _written(
    place: Place, progress: Progress, partners: Sequence[str]
) -> Iterator[tuple[Any, str, datetime]]:
    """Yield what stands written at a place: a state to show it, whom it is about, its last change.

    Whom it is about is empty if it is nobody, or if it reads so itself.
    """
    if not place.row.view:
        return
    for partner in partners if place.row.partner else ("",):
        record = progress.record(place, partner)
        state = place.activity.begin(record, Context(partner=partner, today=date.min))
        if place.row.apart:
            found = (one for one in state.apart if one.partner in {*partners, ""})
            yield from ((one, "", one.time) for one in found)
            continue
        notes = place.activity.written(record)
        if notes:
            yield state, partner, max(note.time for note in notes)


def _searched(text: Text, words: str) -> Text | None:
    """Return a text with its hits marked; None if it lacks one of the words."""
    if not words:
        return text
    html = search.marked(text.html, words)
    if html is None:
        return None
    return Text(text.module, text.address, text.partner, text.time, html)


def _left(asked: Asked, progress: Progress, known: Partners) -> Iterator[tuple[Markup, datetime]]:
    found: dict[Left, None] = {}
    for partner in asked.partners(known):
        found |= dict.fromkeys(progress.left(partner))
    for one in sorted(found, key=lambda left: left.time, reverse=True):
        html = search.marked(Markup.escape(one.text), asked.words)
        if html is not None:
            yield html, one.time


def _by_module(texts: Sequence[Text]) -> Iterator[Group]:
    for _, found in groupby(texts, key=lambda text: text.module.id):
        group = list(found)
        yield Group(group[0].module.title, group)


def _by_date(texts: Sequence[Text]) -> Iterator[Group]:
    latest = sorted(texts, key=lambda text: text.time, reverse=True)
    for when, found in groupby(latest, key=lambda text: text.time.astimezone().date()):
        yield Group(day(when.isoformat()), list(found))
