"""A walk through all that an activity can look like; at each stop the walker may look around."""

from collections.abc import Iterator

from brmcourse.content.library import Library
from brmcourse.model.question import Compose, Judgement, Match, Multiple, Question, Single

from .learner import Learner
from .table import Table


def tour(learner: Learner, library: Library) -> Iterator[str]:
    """Do the module, yielding the name of each state while it is on screen."""
    learner.turn_to(library.named("questions", "m1-before").title)
    yield "opened"
    yield from _quiz(learner, library)
    yield from _conversation(learner, library)
    yield from _scale(learner, library)
    yield from _writing(learner, library)
    yield from _lost(learner)


def _quiz(learner: Learner, library: Library) -> Iterator[str]:
    quiz = library.named("questions", "m1")
    learner.turn_to(quiz.title)
    learner.press("Check answer")
    learner.sees("Choose one of the answers first.")
    yield "question-unanswered"
    for number, question in enumerate(quiz.questions, 1):
        learner.sees(question.stem)
        _answer(learner, question)
        learner.sees(question.why)
        if number in (1, 4, 7, 10):
            yield f"feedback-{question.kind}"
        learner.press("Next question" if number < len(quiz.questions) else "See the summary")
    learner.press("Start over")
    learner.sees("Start this quiz over?")
    yield "summary"


def _answer(learner: Learner, question: Question) -> None:
    match question:
        case Single():
            learner.choose(question.options[0].text)
        case Multiple():
            learner.choose(question.options[0].text)
            learner.choose(question.options[1].text)
        case Judgement():
            for option in question.options:
                learner.rate(option.text, "3")
        case Match():
            for option in question.options:
                learner.pick(option.text, question.targets[0].text)
        case Compose():
            learner.write("Your line", "What was the hardest part?")
            learner.press("Compare with a model answer")
            for criterion in question.rubric:
                learner.rate(criterion.text, "Partly")
    learner.press("Save my rating" if isinstance(question, Compose) else "Check answer")


def _conversation(learner: Learner, library: Library) -> Iterator[str]:
    talk = library.named("conversations", "s1")
    learner.turn_to(talk.title)
    learner.press("Start the conversation")
    learner.press("Coach me after each move")
    table = Table(talk)
    start = table.spot
    while not table.node.ending:
        learner.sees(*table.texts)
        move = table.choices[0]
        learner.press(move.text)
        if table.spot == start:
            learner.sees(move.feedback)
            yield "conversation"
        table.make(move)
    learner.sees("How it ended:")
    yield "debrief"


def _scale(learner: Learner, library: Library) -> Iterator[str]:
    scale = library.named("scales", "emp")
    labels = library.named("formats", scale.format).labels
    learner.turn_to(scale.title)
    for label in (labels[1], labels[3]):
        for item in scale.items[1:]:
            learner.rate(item.text, label)
        learner.press("See my result")
        learner.sees("No answer yet")
        if label == labels[1]:
            yield "scale"
        learner.rate(scale.items[0].text, label)
        learner.press("See my result")
        learner.sees("Answer again")
        if label == labels[1]:
            learner.press("Answer again")
    yield "result"


def _writing(learner: Learner, library: Library) -> Iterator[str]:
    learner.turn_to(library.named("sheets", "pressures").title)
    learner.write("Who presses your partner", "Her director")
    learner.write("What they want", "lower costs in two plants")
    learner.choose("Guessed")
    learner.press("Save and close")
    learner.sees("A full line stands for what you know")
    yield "map"
    learner.turn_to("Plan")
    learner.write("If …", "K. calls")
    learner.write("then I …", "ask first")
    learner.press("Save now")
    learner.sees("Your plan:")
    yield "plan"


def _lost(learner: Learner) -> Iterator[str]:
    """Bring up the alert of a page whose kernel is gone, which takes ten seconds otherwise."""
    learner.page.evaluate(
        "for (const alert of document.querySelectorAll('[data-lost]')) alert.hidden = false"
    )
    yield "alert"
