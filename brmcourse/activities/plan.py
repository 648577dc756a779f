"""If-then plans: a situation, an act, and when; on its day a plan asks what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from brmcourse.activities import fields, writing
from brmcourse.activities.activity import Action, Context, Note, iso_day, local_day
from brmcourse.activities.writing import (
    Prompted,
    Report,
    WritingRecord,
    WritingState,
    blank,
    filled,
    subjects,
)
from brmcourse.content.library import Library
from brmcourse.events import Draft, Event, PlanReported, PlanWrote

if TYPE_CHECKING:
    from brmcourse.model.prompts import Prompts

__all__ = ["begin", "blank", "done", "find", "fold", "subjects", "update", "written"]

NOT_YET = "not-yet"

OUTCOMES = {"done": "Done", NOT_YET: "Not yet", "changed": "I changed my mind"}
"""What can become of a plan, in the words of the page."""


class Typed(NamedTuple):
    """What stands in the form for a report and was not sent yet; `missing` if it was, incomplete.

    It is on the page only: a report is recorded when the learner says that it is one.
    """

    outcome: str = ""
    text: str = ""
    again: str = ""
    missing: bool = False


NOTHING_TYPED = Typed()


@dataclass(frozen=True)
class PlanState(WritingState):
    """Plans on a page; `reported` is the one that was reported on by the last step."""

    today: date = date.min
    typed: Mapping[str, Typed] = field(default_factory=dict)
    reported: str = ""

    outcomes = OUTCOMES

    def ready(self, prompt: str) -> bool:
        """Say whether there is a plan to report on."""
        return planned(self.record, prompt)

    def asks(self, prompt: str) -> bool:
        """Say whether the plan's day has come, and nothing was said about it yet."""
        day = asks_on(self.record, prompt)
        return day is not None and day <= self.today

    def lacks_day(self, prompt: str) -> bool:
        """Say whether a plan that is not done yet has no new day."""
        report = self.record.reports.get(prompt)
        not_yet = report is not None and report.outcome == NOT_YET
        return not_yet and asks_on(self.record, prompt) is None

    def unsent(self, prompt: str) -> Typed:
        """Return what stands in the form for a report."""
        return self.typed.get(prompt, NOTHING_TYPED)

    def reports(self, prompt: str) -> list[Report]:
        """Return what was said about the plan, the latest first."""
        return list(_chain(self.record.reports.get(prompt)))


def _chain(report: Report | None) -> Iterator[Report]:
    while report:
        yield report
        report = report.before


def planned(record: WritingRecord, prompt: str) -> bool:
    """Say whether a situation or an act stands there."""
    entry = record.entries.get(prompt)
    return entry is not None and any(entry.texts[name].strip() for name in ("situation", "action"))


def asks_on(record: WritingRecord, prompt: str) -> date | None:
    """Return the day on which a plan asks what became of it; None if it does not, or was told.

    "Not yet" before that day is no answer to what is asked then.
    """
    if not planned(record, prompt):
        return None
    on = record.entries[prompt].texts["on"]
    day, report = iso_day(on), record.reports.get(prompt)
    if day is None or report is None or report.on != on:
        return day
    told = report.outcome != NOT_YET or local_day(report.time) >= day
    return None if told else day


def find(library: Library, name: str) -> Prompted:
    """Return the plans of that module; raise UnknownIdError or ContentError."""
    found: Prompts = library.named("prompts", name)
    return Prompted(found.plans, PlanWrote, found.module)


def fold(record: WritingRecord, event: Event) -> WritingRecord:
    """Fold an event in: the latest text stands, and reports add up."""
    if not isinstance(event.body, PlanReported) or event.body.outcome not in OUTCOMES:
        return writing.fold(record, event)
    entry = record.entries.get(event.subject)
    on = entry.texts["on"] if entry else ""
    before = record.reports.get(event.subject)
    report = Report(event.body.outcome, event.body.text, event.time, on, before)
    return record._replace(reports={**record.reports, event.subject: report})


def done(record: WritingRecord) -> bool:
    """Say whether each plan has a situation and an act."""
    return filled(record, "situation", "action")


def written(record: WritingRecord) -> Sequence[Note]:
    """Return what stands written to each prompt, and what was said of it last."""
    found = list(writing.written(record))
    for prompt in record.content.prompts:
        report = record.reports.get(prompt.id)
        if report and report.text.strip():
            found.append(Note(f"{prompt.title}: what happened", report.text, report.time))
    return found


def begin(record: WritingRecord, context: Context) -> PlanState:
    """Return the page with what stands written."""
    return PlanState(record, context.today)


def update(state: PlanState, action: Action) -> tuple[PlanState, Sequence[Draft]]:
    """Answer "report" (a plan), which needs an outcome; any other action saves what is written.

    A plan that is not done yet may get a new day, on which it asks again.
    """
    typed = {prompt.id: _typed(prompt.id, action, state) for prompt in state.prompts}
    state = replace(state, typed=typed, reported="")
    if action.name != "report":
        _, drafts = writing.update(state, action)
        return state, drafts
    prompt = next((prompt for prompt in state.prompts if prompt.id == action.about), None)
    if prompt is None:  # a plan elsewhere in the capstone
        return state, ()
    given = typed[prompt.id]
    if given.outcome not in OUTCOMES:
        typed[prompt.id] = given._replace(missing=True)
        return state, ()
    del typed[prompt.id]
    bodies: list[PlanReported | PlanWrote] = [PlanReported(given.outcome, given.text)]
    kept = {name: state.text(prompt.id, name) for name in state.fields}
    if given.outcome == NOT_YET and given.again:
        bodies.append(PlanWrote(**{**kept, "on": given.again}))
    drafts = [Draft(prompt.id, prompt.edition, body) for body in bodies]
    return replace(state, reported=prompt.id), drafts


def _typed(prompt: str, action: Action, state: PlanState) -> Typed:
    def now(name: str, before: str) -> str:
        return action.get(fields.prompt(prompt, name), before)

    kept = state.unsent(prompt)
    return Typed(now("outcome", kept.outcome), now("happened", kept.text), now("again", kept.again))
