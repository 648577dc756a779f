"""Widget models and bytes between kernel and page, for the ten questions of module 1 and for its other activities."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import Row, clean_place, machine, measured, show
from kernel import Kernel, fresh_kernel, models, sent, size
from peers import BARE, BARE_ALL, JUPYTERQUIZ, JUPYTERQUIZ_ALL, QUESTIONS

from brmcourse.content.library import Library
from brmcourse.log.sqlite import Store
from brmcourse.model.question import Compose, Judgement, Multiple, Question
from brmcourse.paths import course_root

ACTIVITIES = (
    'quiz("m1")',
    'quiz("m1-before")',
    'converse("s1")',
    'scale("EMP")',
    'reflect("m1")',
    'plan("m1")',
)


@dataclass
class Traffic:
    """What went over the wire for one quiz: to show it (`shown`), then for each question, answered once."""

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
        actions = [*_answers(question), (f"go {target}", {})]
        traffic.per_question.append(
            sum(_exchange(kernel, comm, _custom(*action)) for action in actions)
        )
    answered = {
        event.subject for event in Store(log).read([question.id for question in questions])[1]
    }
    if len(answered) != len(questions):
        raise SystemExit("Not every question was answered.")
    return traffic


def _answers(question: Question) -> Iterator[tuple[str, dict[str, list[str]]]]:
    form = {"question": [question.id]}
    if isinstance(question, Compose):
        form["text"] = ["It sounds as if your nurses carried this for two weeks. What did I miss?"]
        yield "compare", form
        yield (
            "check",
            form | {f"rate-R{place}": ["2"] for place in range(1, len(question.rubric) + 1)},
        )
    elif isinstance(question, Judgement):
        yield (
            "check",
            form
            | {
                f"rate-{letter}": ["3"]
                for letter, _ in zip("ABCDEF", question.options, strict=False)
            },
        )
    else:
        yield "check", form | {"pick": ["A", "B"] if isinstance(question, Multiple) else ["A"]}


def _custom(action: str, form: dict[str, list[str]]) -> dict[str, Any]:
    return {"method": "custom", "content": {"n": "c1.0.123456789", "action": action, "form": form}}


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
    for pick, button in ids:
        chosen = _exchange(
            kernel, pick, {"method": "update", "state": {"index": 0}, "buffer_paths": []}
        )
        clicked = _exchange(kernel, button, {"method": "custom", "content": {"event": "click"}})
        traffic.per_question.append(chosen + clicked)
    return traffic


def jupyterquiz(kernel: Kernel, questions: tuple[Question, ...]) -> Traffic:
    """Show jupyterquiz; it keeps questions and answer key in the page and sends nothing afterwards."""
    kernel.run(QUESTIONS + JUPYTERQUIZ)
    shown = kernel.run(JUPYTERQUIZ_ALL)
    return Traffic(len(models(shown)), sent(shown), [0.0] * len(questions))


def _exchange(kernel: Kernel, comm: str, data: dict[str, Any]) -> int:
    there, replies = kernel.tell(comm, data)
    return there + sum(size(reply) for reply in replies if reply["msg_type"] == "comm_msg")


def activities(kernel: Kernel) -> Iterator[tuple[str, int, int]]:
    """Yield for each activity of module 1 the models it makes and the bytes it sends."""
    for call in ACTIVITIES:
        messages = kernel.run(call)
        yield call, len(models(messages)), sent(messages)


def main() -> list[Row]:
    """Measure and return the rows."""
    questions = Library(course_root()).quiz("m1").questions
    with clean_place() as (_, environment), fresh_kernel(environment) as kernel:
        kernel.run(
            "from brmcourse import quiz, converse, scale, reflect, plan\nimport jupyterquiz, ipywidgets"
        )
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
        rows += [
            measured(f"ten questions, {name}: widget models", [traffic.models], "models"),
            measured(f"ten questions, {name}: sent to show them", [traffic.shown], "bytes"),
            measured(
                f"ten questions, {name}: both ways, a question answered",
                traffic.per_question,
                "bytes",
            ),
            measured(
                f"ten questions, {name}: all together",
                [traffic.shown + sum(traffic.per_question)],
                "bytes",
            ),
        ]
    return rows


if __name__ == "__main__":
    print(machine())
    show("Payload", main())
