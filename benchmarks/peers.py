"""The quizzes we compare with, as cells: our questions in bare ipywidgets and in jupyterquiz.

Neither stores an answer.
"""

QUESTIONS = """
from brmcourse.content.library import Library
from brmcourse.paths import course_root
quiz_questions = Library(course_root()).named("questions", "m1").questions
def lines(question):
    if hasattr(question, "options"):
        return [(option.text, getattr(option, "feedback", "")) for option in question.options]
    return [(criterion.text, "") for criterion in question.rubric]
"""
"""Every question becomes one choice; `compose`, which has no options, takes its rubric for them."""

BARE = """
import ipywidgets
def bare(question):
    feedback = dict(lines(question))
    stem = ipywidgets.HTML(question.stem)
    pick = ipywidgets.RadioButtons(options=list(feedback), value=None)
    button = ipywidgets.Button(description="Check answer")
    below = ipywidgets.HTML()
    below.add_class("bare-feedback")
    def check(_button):
        below.value = f"<p>{feedback[pick.value] or pick.value}</p>"
    button.on_click(check)
    box = ipywidgets.VBox([stem, pick, button, below])
    box.add_class("bare-quiz")
    return box, pick, button
"""
BARE_ALL = "from IPython.display import display\nfor q in quiz_questions: display(bare(q)[0])"
BARE_ONE = "display_box = bare(quiz_questions[0])[0]\ndisplay_box"
BARE_BUTTON = """
press = ipywidgets.Button(description="Press")
press.add_class("bare-button")
said = ipywidgets.HTML()
said.add_class("bare-said")
times = iter(range(1, 1_000_000))
def pressed(_button):
    said.value = f"<p>Pressed: {next(times)}</p>"
press.on_click(pressed)
ipywidgets.VBox([press, said])
"""
"""The least that a click on a page can do: no question, nothing chosen, nothing stored."""

JUPYTERQUIZ = """
import jupyterquiz
def as_jupyterquiz(question):
    answers = [{"answer": text, "correct": place == 0, "feedback": why or text}
               for place, (text, why) in enumerate(lines(question))]
    return {"question": question.stem, "type": "multiple_choice", "answers": answers}
"""
JUPYTERQUIZ_ALL = "jupyterquiz.display_quiz([as_jupyterquiz(q) for q in quiz_questions])"
JUPYTERQUIZ_ONE = (
    "jupyterquiz.display_quiz([as_jupyterquiz(quiz_questions[0])], shuffle_answers=False)"
)
