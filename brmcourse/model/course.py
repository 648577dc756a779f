"""The course as a whole: its modules, the prompts for writing, and the evidence it cites."""

from typing import Literal, Self

from pydantic import Field, model_validator

from brmcourse.model.base import Content, Id, Row, Text, flaw, require_unique


class Objective(Content):
    """What a learner can do after the module."""

    id: Id
    text: Text


class Section(Content):
    """A heading of the module's reading that a question can send a learner back to, and the rows it teaches."""

    id: Id
    title: Text
    rows: tuple[Row, ...] = ()


class Module(Content):
    """One notebook of the course."""

    id: Id
    title: Text
    minutes: int = Field(gt=0)
    rows: tuple[Row, ...]
    objectives: tuple[Objective, ...] = Field(min_length=1)
    sections: tuple[Section, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_unique("objective id", (objective.id for objective in self.objectives), "objectives")
        require_unique("section id", (section.id for section in self.sections), "sections")
        return self


class Page(Content):
    """A notebook to look things up in, beside the modules."""

    id: Id
    title: Text


class Course(Content):
    """The course: its title, its modules in order, and the pages beside them."""

    title: Text
    modules: tuple[Module, ...] = Field(min_length=1)
    pages: tuple[Page, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_unique("module id", (module.id for module in self.modules), "modules")
        require_unique("page id", (page.id for page in self.pages), "pages")
        modules = {module.id for module in self.modules}
        for position, page in enumerate(self.pages):
            if page.id in modules:
                message = f'this page and a module are both called "{page.id}"'
                raise flaw("id.duplicate", message, "Give the page an id of its own.", "pages", position)
        return self


class ReflectionPrompt(Content):
    """A question to write about, privately."""

    id: Id
    title: Text
    text: Text
    hint: Text


class PlanPrompt(Content):
    """The frame of one if-then plan, with an example for each of its three parts."""

    id: Id
    title: Text
    text: Text
    situation_hint: Text
    action_hint: Text
    when_hint: Text


class Prompts(Content):
    """What a module asks the learner to write."""

    id: Id
    module: Id
    reflections: tuple[ReflectionPrompt, ...] = ()
    plans: tuple[PlanPrompt, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        ids = [*(prompt.id for prompt in self.reflections), *(prompt.id for prompt in self.plans)]
        require_unique("prompt id", ids)
        return self


class Source(Content):
    """A reference: what it is used for, how strong it is (1 to 3) and what speaks against leaning on it."""

    id: Id
    cite: Text
    reference: Text
    claim: Text
    strength: Literal[1, 2, 3]
    caveat: Text
    verify: bool


class Evidence(Content):
    """Every reference that the course cites."""

    sources: tuple[Source, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_unique("source id", (source.id for source in self.sources), "sources")
        return self
