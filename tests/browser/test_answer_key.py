"""The answer key stays in the kernel: nothing in the browser tells it before the answer."""

import re
from collections.abc import Iterable

from brmcourse.content.library import Library
from brmcourse.model.question import Compose, Quiz

from .conftest import NewLearner, only
from .learner import Learner

PLAIN = re.compile(r"[^A-Za-z ,.]+")
"""What the ways of writing a text on a page and in a message (quotes, dashes) may turn into
something else.
"""


def probe(text: str) -> str:
    """Return the longest piece of a text that reads the same however it is encoded."""
    return max(PLAIN.split(text), key=len)


def keys(quiz: Quiz) -> Iterable[str]:
    """Yield every text of a quiz that must wait for the answer."""
    for question in quiz.questions:
        yield question.why
        yield from (option.feedback for option in getattr(question, "options", ()))
        if isinstance(question, Compose):
            yield question.model_answer


def told(learner: Learner, texts: Iterable[str]) -> list[str]:
    """Return those of the texts that stand in the page or in any message that it received."""
    pages = [frame.content() for frame in learner.page.frames]
    all_there_is = "\n".join([*pages, *learner.received])
    return [text for text in texts if probe(text) in all_there_is]


@only(argvalues=["pages"])
def test_nothing_is_told_before_the_answer(new_learner: NewLearner, library: Library) -> None:
    """Neither page nor messages hold feedback, reasons, the model answer or better lines of what is
    not answered.
    """
    quizzes = [library.named("questions", "m1-before"), library.named("questions", "m1")]
    talk = library.named("conversations", "s1")
    question, *later = quizzes[1].questions
    chosen = question.options[0]
    secret = [text for quiz in quizzes for text in keys(quiz)]
    secret += [choice.feedback for node in talk.nodes.values() for choice in node.choices]
    learner = new_learner()
    assert told(learner, [question.stem]) == [question.stem]
    assert told(learner, secret) == []
    learner.turn_to(quizzes[1].title)
    learner.choose(chosen.text)
    learner.press("Check answer")
    learner.sees(chosen.feedback)
    learner.press("Next question")
    learner.sees(later[0].stem)
    assert set(told(learner, secret)) == {chosen.feedback, question.why}


@only(argvalues=["pages"])
def test_the_form_does_not_name_the_options(new_learner: NewLearner, library: Library) -> None:
    """An answer stands in the form as the letter of its place, never with its id or its credit."""
    quiz = library.named("questions", "m1-before")
    learner = new_learner()
    learner.turn_to(quiz.title)
    fields = learner.part.locator("input[name=pick]")
    values = fields.evaluate_all("all => all.map((field) => field.value)")
    assert values == ["A", "B", "C"]
    html = learner.part.inner_html()
    assert "credit" not in html
    assert not [option.id for option in quiz.questions[0].options if f'="{option.id}"' in html]
