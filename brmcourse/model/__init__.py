"""What the course is made of, typed and validated. Field names are those of the YAML files under `data/`."""

from brmcourse.model.base import Content
from brmcourse.model.conversation import GAUGE, Choice, Conversation, Node
from brmcourse.model.course import Course, Evidence, Module, PlanPrompt, Prompts, ReflectionPrompt, Source
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
from brmcourse.model.scale import Band, Format, Item, Scale

__all__ = [
    "GAUGE",
    "LEVELS",
    "RATINGS",
    "Band",
    "BaseQuestion",
    "Choice",
    "Compose",
    "Content",
    "Conversation",
    "Course",
    "Coverage",
    "CoverageRow",
    "Evidence",
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
    "PlanPrompt",
    "Prompts",
    "Question",
    "Quiz",
    "ReflectionPrompt",
    "Scale",
    "Single",
    "Source",
]
