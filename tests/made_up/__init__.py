"""An activity that the course does not have: all that a new one takes."""

from pathlib import Path

from brmcourse.catalogue import Row

MADE_UP = Path(__file__).parent
"""Where its template and content lie."""

POLL = Row(
    name="poll",
    says="Show the poll of that id with the learner's vote.",
    place="polls",
    holds="poll",
    model="tests.made_up.poll:Poll",
    activity="tests.made_up.poll",
    template="poll.html",
)
