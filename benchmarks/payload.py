"""Widget models and bytes between kernel and page, for the activities of module 1."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import Row, clean_place, machine, measured, show
from kernel import Kernel, fresh_kernel, models, sent, size
from peers import BARE, BARE_ALL, JUPYTERQUIZ, JUPYTERQUIZ_ALL, QUESTIONS

from brmcourse.content.library import Library
from brmcourse.events import new_id
from brmcourse.log.sqlite import SqliteLog
from brmcourse.model.question import Compose, Judgement, Match, Multiple, Question
from brmcourse.paths import course_root

ACTIVITIES = (
    'quiz("m1")',
    'quiz("m1-before")',
    'converse("s1")',
    'scale("EMP")',
    'reflect("m6")',
    'plan("m1")',
)

LINE = "It sounds as if your nurses carried this for two weeks. What did I miss?"


@dataclass
class Traffic:
    """What went over the wire for one quiz: to show it, then for each question, answered once."""

    models: int
    shown: int
    per_question: list[float] = field(default_factory=list)


def ours(kernel: Kernel, questions: tuple[Question, ...], log: Path) -> Traffic:
    """Show our quiz and answer each question as a page does: check, then go to the next."""
    shown = kernel.run("quiz('m1')")
    (comm,) = models(shown)
    traffic = Traffic(1, sent(shown))
    following = [question.id for question in questions[1:]] + ["end"]
    for question, target in zip(questions, following, strict=True):
        weight = 0
        for action, form in _answers(question):
            weight += _exchange(kernel, comm, _custom(action, form))
        weight += _exchange(kernel, comm, _custom(f"go {target}", {}))
        traffic.per_question.append(weight)
    _require_answers(log, [question.id for question in questions])
    return traffic


def _require_answers(path: Path, questions: Collection[str]) -> None:
    log = SqliteLog(path)
    _, events = log.read(subjects=questions)
    log.close()
    answered = {event.subject for event in events}
    if len(answered) != len(questions):
        raise SystemExit("Not every question was answered.")


def _answers(question: Question) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Yield the actions, with their forms, by which a learner answers."""
    form = {"question": [question.id]}
    match question:
        case Compose():
            form["text"] = [LINE]
            yield "compare", dict(form)
            for place, _criterion in enumerate(question.rubric, 1):
                form[f"rate-R{place}"] = ["2"]
        case Judgement():
            for letter, _option in zip("ABCDEF", question.options, strict=False):
                form[f"rate-{letter}"] = ["3"]
        case Match():
            for letter, _option in zip("ABCDEF", question.options, strict=False):
                form[f"rate-{letter}"] = ["T1"]
        case Multiple():
            form["pick"] = ["A", "B"]
        case _:
            form["pick"] = ["A"]
    yield "check", form


def _custom(action: str, form: dict[str, list[str]]) -> dict[str, Any]:
    content = {"n": new_id(), "action": action, "form": form, "partner": ""}
    return {"method": "custom", "content": content}


def bare(kernel: Kernel) -> Traffic:
    """Show the bare ipywidgets quiz, then choose and check once in each question."""
    kernel.run(QUESTIONS + BARE + "made = []")
    shown = kernel.run(
        BARE_ALL.replace("display(bare(q)[0])", "made.append(bare(q)); display(made[-1][0])")
    )
    ids = kernel.value(
        "import json; print(json.dumps([[w.model_id for w in row[1:]] for row in made]))"
    )
    traffic = Traffic(len(models(shown)), sent(shown))
    choosing = {"method": "update", "state": {"index": 0}, "buffer_paths": []}
    for pick, button in ids:
        chosen = _exchange(kernel, pick, choosing)
        clicked = _exchange(kernel, button, {"method": "custom", "content": {"event": "click"}})
        traffic.per_question.append(chosen + clicked)
    return traffic


def jupyterquiz(kernel: Kernel, questions: tuple[Question, ...]) -> Traffic:
    """Show jupyterquiz; it keeps questions and key in the page and sends nothing afterwards."""
    kernel.run(QUESTIONS + JUPYTERQUIZ)
    shown = kernel.run(JUPYTERQUIZ_ALL)
    return Traffic(len(models(shown)), sent(shown), [0.0] * len(questions))


def _exchange(kernel: Kernel, comm: str, data: dict[str, Any]) -> int:
    there, replies = kernel.tell(comm, data)
    back = [reply for reply in replies if reply["msg_type"] == "comm_msg"]
    return there + sum(map(size, back))


def activities(kernel: Kernel) -> Iterator[tuple[str, int, int]]:
    """Yield for each activity of module 1 the models it makes and the bytes it sends."""
    for call in ACTIVITIES:
        messages = kernel.run(call)
        yield call, len(models(messages)), sent(messages)


def main() -> list[Row]:
    """Measure and return the rows."""
    questions = Library(course_root()).named("questions", "m1").questions
    with clean_place() as (_, environment), fresh_kernel(environment) as kernel:
        kernel.run("from brmcourse import quiz, converse, scale, reflect, plan")
        kernel.run("import jupyterquiz, ipywidgets")
        rows = []
        for call, made, weight in activities(kernel):
            rows.append(measured(f"{call}: widget models", [made], "models", 1))
            rows.append(measured(f"{call}: sent to show it", [weight], "bytes"))
        quizzes = {
            "ours": ours(kernel, questions, Path(environment["BRMCOURSE_STORE"])),
            "bare ipywidgets": bare(kernel),
            "jupyterquiz": jupyterquiz(kernel, questions),
        }
    for name, traffic in quizzes.items():
        rows += traffic_rows(f"ten questions, {name}", traffic)
    return rows


def traffic_rows(quiz: str, traffic: Traffic) -> list[Row]:
    """Return the rows of one quiz."""
    answered = traffic.per_question
    return [
        measured(f"{quiz}: widget models", [traffic.models], "models"),
        measured(f"{quiz}: sent to show them", [traffic.shown], "bytes"),
        measured(f"{quiz}: both ways, a question answered", answered, "bytes"),
        measured(f"{quiz}: all together", [traffic.shown + sum(answered)], "bytes"),
    ]


if __name__ == "__main__":
    print(machine())
    show("Payload", main())
