"""Every activity of the course, one row each: what a notebook calls it, and where its parts lie.

The table names things and imports none of them. So it can lie below all that reads it (the files'
loader, the checks, the rendering, the hosts), and an activity is imported when it is first opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Row:
    """One activity.

    name      the public name, by which a notebook shows it
    says      what that does, in a sentence
    place     the folder below data/ that has its content, or the one file
    holds     what a file of that folder is called in a sentence
    model     what each such file holds: module and class
    activity  the module of its functions
    template  the template of its page
    partner   whether it is about the current partner
    everybody whether it shows what is about other partners, too
    history   whether it shows what was done before a subject was begun anew, too
    view      the template to read what the learner wrote there
    part      what the capstone calls it, if it can be a part of the plan;
              it then has a view, and `form` is the template to change it there
    part_is_file  whether the capstone names a whole file of it, or an entry in one
    paper     the template of the page that the learner hands to somebody, if it makes one;
              the state then has the `heading` of that page
    also      other files that it shows, each by its name
    apart     whether what is written there are texts that each stand for themselves;
              the state then has `apart`, one state for each of them with `partner` and `time`
    """

    name: str
    says: str
    place: str
    model: str
    activity: str
    template: str
    partner: bool = False
    everybody: bool = False
    history: bool = False
    holds: str = ""
    view: str = ""
    part: str = ""
    form: str = ""
    part_is_file: bool = True
    paper: str = ""
    also: tuple[str, ...] = ()
    apart: bool = False

    @property
    def single(self) -> bool:
        """Whether the course has one of it."""
        return "." in self.place


ROWS = (
    Row(
        name="quiz",
        says="Show the quiz of that id, resumed where the learner left it.",
        place="questions",
        holds="quiz",
        model="brmcourse.model.question:Quiz",
        activity="brmcourse.activities.quiz",
        template="quiz.html",
    ),
    Row(
        name="converse",
        says="Show the conversation of that id, resumed where the learner left it.",
        place="conversations",
        holds="conversation",
        model="brmcourse.model.conversation:Conversation",
        activity="brmcourse.activities.conversation",
        template="conversation.html",
        view="conversation_view.html",
    ),
    Row(
        name="scale",
        says="Show the self-assessment of that id with the learner's latest result.",
        place="scales",
        holds="self-assessment",
        model="brmcourse.model.scale:Scale",
        activity="brmcourse.activities.scale",
        template="scale.html",
        partner=True,
        also=("baseline.yaml",),
    ),
    Row(
        name="reflect",
        says="Show the reflections of that module with what the learner wrote.",
        place="prompts",
        holds="set of prompts",
        model="brmcourse.model.prompts:Prompts",
        activity="brmcourse.activities.reflection",
        template="writing.html",
        partner=True,
        part="reflection",
        view="writing_view.html",
        form="writing_forms.html",
        part_is_file=False,
    ),
    Row(
        name="plan",
        says="Show the if-then plans of that module with what the learner wrote.",
        place="prompts",
        holds="set of prompts",
        model="brmcourse.model.prompts:Prompts",
        activity="brmcourse.activities.plan",
        template="writing.html",
        partner=True,
        part="plan",
        view="writing_view.html",
        form="writing_forms.html",
        part_is_file=False,
    ),
    Row(
        name="sheet",
        says="Show the sheet of that id with what the learner wrote.",
        place="sheets",
        holds="sheet",
        model="brmcourse.model.sheet:Sheet",
        activity="brmcourse.activities.sheet",
        template="sheet.html",
        partner=True,
        part="sheet",
        view="sheet_view.html",
        form="sheet_forms.html",
    ),
    Row(
        name="example",
        says="Show the worked example of that id with what the learner answered and wrote.",
        place="examples",
        holds="worked example",
        model="brmcourse.model.example:Example",
        activity="brmcourse.activities.example",
        template="example.html",
        view="example_view.html",
    ),
    Row(
        name="drawing",
        says="Show the drawing of that id, with all that it shows in words.",
        place="drawings",
        holds="drawing",
        model="brmcourse.model.drawing:Drawing",
        activity="brmcourse.activities.drawing",
        template="drawing.html",
    ),
    Row(
        name="values",
        says="Show the values exercise.",
        place="values.yaml",
        model="brmcourse.model.values:Values",
        activity="brmcourse.activities.values",
        template="values.html",
        partner=True,
        part="values",
        view="values_view.html",
        form="values_partner.html",
    ),
    Row(
        name="capstone",
        says="Show the plan for one partner, put together from what the learner wrote.",
        place="capstone.yaml",
        model="brmcourse.model.capstone:Capstone",
        activity="brmcourse.activities.capstone",
        template="capstone.html",
        partner=True,
    ),
    Row(
        name="proposal",
        says="Show the page for the partner: its sentences to choose and write, and the page made.",
        place="proposal.yaml",
        model="brmcourse.model.proposal:Proposal",
        activity="brmcourse.activities.proposal",
        template="proposal.html",
        partner=True,
        view="proposal_view.html",
        paper="proposal_page.html",
    ),
    Row(
        name="profile",
        says="Show all self-assessments about one partner on one page.",
        place="profile.yaml",
        model="brmcourse.model.profile:Profile",
        activity="brmcourse.activities.profile",
        template="profile.html",
        partner=True,
        everybody=True,
        history=True,
    ),
    Row(
        name="rehearse",
        says="Show the rehearsal of a talk: own lines, pushback, and what each line does.",
        place="rehearsal.yaml",
        model="brmcourse.model.rehearsal:Rehearsal",
        activity="brmcourse.activities.rehearsal",
        template="rehearsal.html",
        partner=True,
        view="rehearsal_view.html",
        also=("pushback",),
    ),
    Row(
        name="mirror",
        says="Show how a partner or a group sees it: the form for them, and what they answered.",
        place="mirror.yaml",
        model="brmcourse.model.mirror:Mirror",
        activity="brmcourse.activities.mirror",
        template="mirror.html",
        partner=True,
        paper="mirror_page.html",
    ),
    Row(
        name="review",
        says="Show what was missed or is fading, one item at a time.",
        place="review.yaml",
        model="brmcourse.model.review:Review",
        activity="brmcourse.activities.review",
        template="review.html",
        history=True,
    ),
    Row(
        name="journal",
        says="Show the learner's journal: entries of their own, about a partner or about none.",
        place="journal.yaml",
        model="brmcourse.model.journal:Journal",
        activity="brmcourse.activities.journal",
        template="journal.html",
        view="journal_view.html",
        apart=True,
    ),
)

CATALOGUE: dict[str, Row] = {row.name: row for row in ROWS}
"""The rows by public name."""


def places() -> Mapping[str, str]:
    """Return the folders and files that activities have below data/, with what they hold."""
    return {row.place: row.model for row in CATALOGUE.values()}


def rows_of(place: str) -> list[Row]:
    """Return the activities that a folder or file makes."""
    return [row for row in CATALOGUE.values() if place in (row.place, *row.also)]


def found(name: str) -> Any:
    """Return the class that a name like "package.module:Class" stands for."""
    module, _, member = name.partition(":")
    return getattr(import_module(module), member)


def activity_of(row: Row) -> Any:
    """Return the module of an activity's functions."""
    return import_module(row.activity)
