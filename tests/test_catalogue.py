"""The one table of activities: all that there is, and all that a new one has to be entered in."""

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import brmcourse
from brmcourse.activities.activity import recorded
from brmcourse.catalogue import CATALOGUE, ROWS, Row, activity_of, found, places
from brmcourse.checks.course import check
from brmcourse.content import library as module
from brmcourse.content.library import LOOKED_UP, Library, folders, holds, kinds
from brmcourse.errors import UnknownIdError
from brmcourse.events import Unknown, decode, encode
from brmcourse.log.sqlite import SqliteLog
from brmcourse.model.base import Content
from brmcourse.rendering import render, words
from brmcourse.session import Learner, explain, find_session
from tests.made_up import MADE_UP, POLL
from tests.overlay import SAMPLE

ROOT = Path(__file__).parent.parent

FUNCTIONS = ("find", "subjects", "blank", "fold", "done", "written", "begin", "update")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course with a poll: a row in the table, and its template and content where they belong."""
    monkeypatch.setitem(CATALOGUE, "poll", POLL)
    templates: Any = render._environment().loader
    monkeypatch.setattr(templates, "searchpath", [*templates.searchpath, str(MADE_UP)])
    root = Path(shutil.copytree(SAMPLE, tmp_path / "course"))
    (root / "data" / "polls").mkdir()
    shutil.copy(MADE_UP / "tea.yaml", root / "data" / "polls")
    return root


AS_A_PART = """
import sys
from dataclasses import replace
from pathlib import Path
from brmcourse.catalogue import CATALOGUE
from tests.made_up import MADE_UP, POLL
part = "poll_part.html"
CATALOGUE["poll"] = replace(POLL, partner=True, part="poll", view=part, form=part)

from brmcourse.checks.course import check
from brmcourse.content.library import Library
from brmcourse.log.memory import MemoryLog
from brmcourse.rendering import render
from brmcourse.session import Learner, find_session
render._environment().loader.searchpath.append(str(MADE_UP))
root = Path(sys.argv[1])
assert check(root) == [], check(root)
page = find_session(Library(root), "capstone", "", Learner(MemoryLog()))
print(page.answer({"action": "vote tea"}))
"""
"""A process in which the table had the poll from the beginning."""


def add_cell(course: Path, code: str) -> None:
    """Let the notebook of the course show one activity more."""
    notebook = course / "notebooks" / "source" / "m1.md"
    text = notebook.read_text("utf-8")
    notebook.write_text(f"{text}\n```{{code-cell}}\n{code}\n```\n", "utf-8")


def test_public_names_are_those_of_the_catalogue() -> None:
    """A notebook can use the names of the table, each a function that says what it shows, and no
    others.
    """
    assert brmcourse.__all__ == sorted(row.name for row in ROWS)
    assert list(CATALOGUE.values()) == list(ROWS)
    for row in ROWS:
        shows = getattr(brmcourse, row.name)
        assert (shows.__name__, shows.__doc__) == (row.name, row.says)
    assert not hasattr(brmcourse, "poll")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_is_complete(row: Row) -> None:
    """Each row names a module with all functions of an activity, a model, and templates that there
    are.
    """
    activity = activity_of(row)
    assert all(callable(getattr(activity, name)) for name in FUNCTIONS)
    assert issubclass(found(row.model), Content)
    assert kinds()[row.place] is found(row.model)
    for template in filter(None, (row.template, row.view, row.form, row.paper)):
        assert render._template(template)
    assert row.says.endswith(".")
    assert bool(row.holds) != row.single
    assert bool(row.part) == bool(row.form)
    assert row.view or not row.part
    assert set(row.also) <= set(LOOKED_UP)


def test_each_template_is_used() -> None:
    """No template lies about that neither a row nor another template names."""
    folder = render.FOLDER / "templates"
    texts = [path.read_text("utf-8") for path in folder.rglob("*.html")]
    named = {name for row in ROWS for name in (row.template, row.view, row.form, row.paper)}
    named |= {"problem.html", "map_page.html", "mirror_file.html", "takeaway.html"}
    for path in folder.glob("*.html"):
        assert path.name in named or any(f'"{path.name}"' in text for text in texts), path.name


def test_a_file_is_read_once(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many activities of a course are opened, and however often, each file is read once."""
    read: Counter[Path] = Counter()
    real = module.read_source

    def counted(path: Path, shown_as: str) -> Any:
        read[path] += 1
        return real(path, shown_as)

    monkeypatch.setattr(module, "read_source", counted)
    fresh = Library(library.root)
    for _ in range(2):
        for row in ROWS:
            for name in [""] if row.single else fresh.names(row.place):
                activity_of(row).find(fresh, name)
    assert set(read.values()) == {1}
    for place in places():
        assert any(place in path.parts for path in read), place


def test_a_new_activity_is_played(course: Path, tmp_path: Path) -> None:
    """An activity with its own module, template and row is opened, shown, answered and kept, and
    opens where it was left.
    """
    log = SqliteLog(tmp_path / "answers.sqlite")
    page = find_session(Library(course), "poll", "tea", Learner(log))
    html = page.open()
    assert "brm-poll" in html
    assert "What do you drink while they talk?" in html
    assert 'aria-pressed="true">Tea' in page.answer({"action": "vote tea"})
    assert words.REFUSED in page.answer({"action": "vote gin"})
    log.close()
    again = find_session(Library(course), "poll", "tea", Learner(SqliteLog(log.path)))
    assert 'aria-pressed="true">Tea' in again.open()


def test_a_new_activity_is_folded_without_a_page(course: Path, log: SqliteLog) -> None:
    """What a new activity recorded can be folded without any page, and its events can be read from
    the file.
    """
    page = find_session(Library(course), "poll", "tea", Learner(log))
    for vote in ("tea", "none"):
        page.answer({"action": f"vote {vote}"})
    activity = activity_of(POLL)
    content = activity.find(Library(course), "tea")
    _, events = log.read(subjects=activity.subjects(content))
    record = recorded(activity, content, events)
    assert (record.vote, record.times) == ("none", 2)
    assert record == page.state.record
    for event in events:
        assert not isinstance(decode(encode(event)), Unknown)


def test_a_new_activity_has_its_place(course: Path) -> None:
    """The folder of a new activity is known to all that asks for folders, and a wrong id is
    explained.
    """
    assert kinds()["polls"].__name__ == "Poll"
    assert "polls" in folders()
    assert holds("polls") == "poll"
    with pytest.raises(UnknownIdError, match=r'no poll called "te".*Did you mean "tea"') as error:
        find_session(Library(course), "poll", "te", Learner(None))  # type: ignore[arg-type]
    assert "The course has: tea." in explain(error.value)


def test_a_new_activity_is_a_public_name(course: Path) -> None:
    """A notebook shows a new activity by the name in its row."""
    assert brmcourse.poll.__doc__ == POLL.says


def test_a_new_activity_is_checked(course: Path) -> None:
    """A sound poll is no problem for `brmcourse check`; a wrong one is reported where it is wrong,
    by the rules for all content.
    """
    add_cell(course, 'poll("tea")')
    assert check(course) == check(SAMPLE) == []
    path = course / "data" / "polls" / "tea.yaml"
    text = path.read_text("utf-8")
    wrong = {
        "reference.unknown": ("module: m1", "module: m9"),
        "id.file": ("id: tea\n", "id: coffee\n"),
        "field.unknown": ("question:", "ask:"),
    }
    for rule, (before, after) in wrong.items():
        path.write_text(text.replace(before, after, 1), "utf-8")
        problems = [problem for problem in check(course) if problem.path == "data/polls/tea.yaml"]
        assert rule in {problem.rule for problem in problems}, problems


def test_a_notebook_that_shows_no_such_poll(course: Path) -> None:
    """A notebook that asks for a poll there is none of is reported."""
    add_cell(course, 'poll("te")')
    (problem,) = check(course)
    assert problem.rule == "reference.unknown-in-notebook"
    assert 'Did you mean "tea"' in problem.message


def test_a_new_activity_is_a_part_of_the_plan(course: Path) -> None:
    """What a row calls a part of the plan can be named in the plan, is checked, shown and changed
    there.
    """
    path = course / "data" / "capstone.yaml"
    plan = path.read_text("utf-8")
    path.write_text(plan.replace("shows: [", "shows: [{poll: tea}, ", 1), "utf-8")
    run = subprocess.run(
        [sys.executable, "-c", AS_A_PART, course], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert "Voted for: tea" in run.stdout
