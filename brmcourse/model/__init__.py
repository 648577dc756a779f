"""What the course is made of, typed and validated. Field names are those of the YAML files under `data/`."""

from brmcourse.model.base import Content
from brmcourse.model.capstone import Capstone
from brmcourse.model.conversation import GAUGE, Choice, Conversation, Node
from brmcourse.model.course import Course, Evidence, Module, Page, PlanPrompt, Prompts, ReflectionPrompt, Source
from brmcourse.model.coverage import Coverage, CoverageRow, Glossary
from brmcourse.model.question import (
    LEVELS,
    RATINGS,
    BaseQuestion,
    Compose,
    Judgement,
    Match,
    Multiple,
    Option,
    Order,
    Question,
    Quiz,
    Single,
)
from brmcourse.model.scale import Band, Baseline, Format, Item, Scale
from brmcourse.model.sheet import FormField, Sheet
from brmcourse.model.values import Card, Values

__all__ = [
    "GAUGE",
    "LEVELS",
    "RATINGS",
    "Band",
    "BaseQuestion",
    "Baseline",
    "Capstone",
    "Card",
    "Choice",
    "Compose",
    "Content",
    "Conversation",
    "Course",
    "Coverage",
    "CoverageRow",
    "Evidence",
    "FormField",
    "Format",
    "Glossary",
    "Item",
    "Judgement",
    "Match",
    "Module",
    "Multiple",
    "Node",
    "Option",
    "Order",
    "Page",
    "PlanPrompt",
    "Prompts",
    "Question",
    "Quiz",
    "ReflectionPrompt",
    "Scale",
    "Sheet",
    "Single",
    "Source",
    "Values",
]
