"""A learner's life with the course: what they did on which day, written into a log."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from brmcourse.activities import conversation
from brmcourse.activities.activity import local_day, recorded
from brmcourse.content.library import Library
from brmcourse.due import Facts
from brmcourse.events import (
    FIRST_PARTNER,
    ConversationChose,
    Draft,
    PlanWrote,
    QuizAnswered,
    ReflectionWrote,
    Response,
    ScaleFinished,
    SheetWrote,
    new_id,
)
from brmcourse.hosts.pages.shelf import Shelf
from brmcourse.log.log import Log
from brmcourse.model.question import Compose, Judgement, Match, Order, Question, Single
from brmcourse.progress import ModuleSteps, Place
from brmcourse.session import Learner

from .play import event


class Life:
    """Somebody whose clock is moved by hand; `day` counts from the first one."""

    def __init__(self, log: Log, library: Library, start: datetime) -> None:
        self.start = self.time = start
        self.learner = Learner(log, lambda: self.time)
        self.shelf = Shelf(library, Path("/no/notebooks/of/their/own"))

    def turn_to(self, day: int) -> None:
        """Move the clock to that day."""
        self.time = self.start + timedelta(day)

    def did(self, *drafts: Draft, partner: str = FIRST_PARTNER) -> None:
        """Record what was done now."""
        self.learner.record(drafts, new_id(), partner)

    def finish(self, name: str) -> None:
        """Do all that a module asks for."""
        module = self.module(name)
        for place in (place for step in module.steps for place in step.places if place.asks):
            self.did(*doing(place), partner=FIRST_PARTNER if place.row.partner else "")

    def module(self, name: str) -> ModuleSteps:
        """Return a module in steps."""
        return next(module for module in self.shelf.steps().modules if module.id == name)

    @property
    def facts(self) -> Facts:
        """What is known now."""
        steps = self.shelf.steps()
        steps.progress.catch_up(self.learner.log)
        today = local_day(self.time)
        return Facts(steps.progress, steps.modules, self.learner.partners(), today)


def doing(place: Place) -> list[Draft]:
    """Return what does all that an activity asks for."""
    content = place.content
    match place.name:
        case "quiz":
            asked = content.quiz.questions
            return [
                Draft(one.id, one.edition, QuizAnswered(content.quiz.id, answer(one)))
                for one in asked
            ]
        case "converse":
            return moves(content)
        case "sheet":
            field = next(one for one in content.fields if one.kind in {"line", "text"})
            return [Draft(content.id, content.edition, SheetWrote(1, {field.id: "A thing"}))]
        case "scale":
            lines = {line: offered[0] for line, offered in content.offered.items()}
            return [Draft(content.scale.id, content.scale.edition, ScaleFinished(lines))]
        case "plan":
            body: Any = PlanWrote("she asks", "listen", "on Monday")
        case "reflect":
            body = ReflectionWrote("A thought.")
    return [Draft(one.id, one.edition, body) for one in content.prompts]


def answer(question: Question) -> Response:
    """Return a response that says something to every part of a question."""
    match question:
        case Single():
            return question.options[0].id
        case Judgement():
            return {option.id: option.key for option in question.options}
        case Match():
            return {option.id: option.match for option in question.options}
        case Order():
            return [option.id for option in question.options]
        case Compose():
            return {"text": "A line.", "ratings": {one.id: 2 for one in question.rubric}}
    return [question.options[0].id]


def moves(stage: conversation.Stage) -> list[Draft]:
    """Return the moves to an ending, always the first one offered."""
    played, found = stage.conversation, []
    record = conversation.blank(stage)
    while offered := stage.board.offered(record.spot):
        body = ConversationChose(len(record.turns), record.spot[0], offered[0])
        found.append(Draft(played.id, played.edition, body))
        record = recorded(conversation, stage, map(event, found))
    return found


def entry(sheet: Any, number: int, texts: dict[str, str]) -> Draft:
    """Return the writing of an entry of a sheet."""
    return Draft(sheet.id, sheet.edition, SheetWrote(number, texts))
