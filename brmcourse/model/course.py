"""The course as a whole: its modules and the pages beside them."""

from typing import Self

from pydantic import Field, model_validator

from brmcourse.model.base import Content, Id, Row, Text, flaw, require_own_ids


class Objective(Content):
    """What a learner can do after the module."""

    id: Id
    text: Text


class Section(Content):
    """A heading of the module's reading, and the rows it teaches; questions send learners there."""

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
        require_own_ids("objective id", self.objectives, "objectives")
        require_own_ids("section id", self.sections, "sections")
        return self


class Page(Content):
    """A notebook beside the modules: to look things up in or, if it is `active`, to do something.

    Home leads to an active one, and what is written there stands among all that was written.
    """

    id: Id
    title: Text
    active: bool = False


class Welcome(Content):
    """What the first page says to somebody who has never seen the course.

    promise     what the course is, in two sentences
    audience    whom it is for, in one
    takeaways   what a learner has at the end, in short lines
    """

    promise: Text
    audience: Text
    takeaways: tuple[Text, ...] = Field(min_length=1)


class Course(Content):
    """The course: its title, its modules in order, and the pages beside them."""

    title: Text
    welcome: Welcome | None = None
    modules: tuple[Module, ...] = Field(min_length=1)
    pages: tuple[Page, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require_own_ids("module id", self.modules, "modules")
        require_own_ids("page id", self.pages, "pages")
        modules = {module.id for module in self.modules}
        for position, page in enumerate(self.pages):
            if page.id in modules:
                message = f'this page and a module are both called "{page.id}"'
                advice = "Give the page an id of its own."
                raise flaw("id.duplicate", message, advice, "pages", position)
        return self
