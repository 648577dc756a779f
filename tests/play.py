"""Playing an activity without Jupyter or a disk: the log is a list."""

from datetime import UTC, date, datetime
from typing import Any

from brmcourse.activities import response
from brmcourse.activities.activity import Action, Activity, Context, caught_up, start
from brmcourse.catalogue import CATALOGUE
from brmcourse.events import FIRST_PARTNER, Draft, Event, new_id
from brmcourse.rendering.render import render

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CONTEXT = Context("seed", FIRST_PARTNER, date(2026, 11, 24))


def event(draft: Draft, *, partner: str = "", time: datetime = NOON, name: str = "") -> Event:
    """Return a draft as an event of one learner."""
    subject, edition, body, author, _ = draft
    return Event(name or new_id(), time, subject, edition, "learner-1", author, partner, body)


def page(state: Any, **more: Any) -> str:
    """Return the page of an activity's state as a learner sees it."""
    module = type(state).__module__.replace(".writing", ".reflection")
    row = next(row for row in CATALOGUE.values() if row.activity == module)
    return render(row.template, state, **more)


class Play:
    """An activity in play, from the beginning or after a history."""

    def __init__(
        self,
        activity: Activity[Any, Any, Any],
        content: Any,
        history: list[Event] | None = None,
        context: Context = CONTEXT,
    ) -> None:
        self.activity, self.content, self.context = activity, content, context
        self.log = list(history or [])
        self.state = self.reopened

    def do(self, name: str, about: str = "", **form: Any) -> Any:
        """Carry out one action; form values may be a text or a list."""
        fields = {}
        for key, value in form.items():
            fields[key.replace("__", "-")] = [value] if isinstance(value, str) else value
        self.state, drafts = self.activity.update(self.state, Action(name, about, fields))
        new = [event(draft) for draft in drafts]
        self.log += new
        self.state = caught_up(self.activity, self.state, new)
        return self.state

    @property
    def reopened(self) -> Any:
        """The state that the log alone leads to."""
        return start(self.activity, self.content, self.log, self.context)

    def page(self, state: Any = None, **more: Any) -> str:
        """Return a page of this activity as a learner sees it; by default the one in play."""
        return page(state or self.state, **more)

    @property
    def bodies(self) -> list[Any]:
        """What was recorded, without its envelopes."""
        return [event.body for event in self.log]


def letter(play: Play, asked: Any, option: str) -> str:
    """Return the letter an option has on this learner's page."""
    shown = response.shown(play.context.seed, asked)
    return next(code for code, found in shown if found.id == option)


def fill(play: Play, asked: Any, given: Any) -> dict[str, Any]:
    """Return the form that a browser would send for this response."""
    form: dict[str, Any] = {"question": asked.id}
    if asked.kind == "single":
        form["pick"] = letter(play, asked, given)
    elif asked.kind in {"multiple", "order"}:
        form["pick"] = [letter(play, asked, name) for name in given]
    elif asked.kind == "compose":
        form["text"] = given["text"]
        for number, criterion in enumerate(asked.rubric, 1):
            if criterion.id in given["ratings"]:
                form[f"rate__R{number}"] = str(given["ratings"][criterion.id])
    else:
        targets = {t.id: f"T{n}" for n, t in enumerate(getattr(asked, "targets", ()), 1)}
        for name, value in given.items():
            form[f"rate__{letter(play, asked, name)}"] = targets.get(value, str(value))
    return form
