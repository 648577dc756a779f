"""The learner's notebooks: built from their sources, and every activity in them driven from end to
end in Python.
"""

import json
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import brmcourse
from brmcourse import session
from brmcourse.activities import response
from brmcourse.content.library import Library, load_course
from brmcourse.hosts import notebook as host
from brmcourse.hosts.notebook import ActivityWidget
from brmcourse.hosts.pages.reading import OPTIONAL
from brmcourse.model.course import Module
from brmcourse.model.question import RATINGS
from brmcourse.paths import course_root
from tests.overlay import SAMPLE
from tools.notebooks import build

SOURCES = sorted((course_root() / "notebooks" / "source").glob("*.md"))
CALL = re.compile(r'^(\w+)\((?:"([^"]+)")?\)$')
MODULES = [
    source for source in SOURCES if source.stem in {module.id for module in load_course().modules}
]


def notebook(source: Path) -> dict[str, Any]:
    """Return the built notebook of a source, as learners open it."""
    text = (course_root() / "notebooks" / f"{source.stem}.ipynb").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def calls(source: Path) -> list[tuple[str, str]]:
    """Return the activities of a notebook as (function, id); the id is empty where there is only
    one of the kind.
    """
    cells = [
        "".join(cell["source"]) for cell in notebook(source)["cells"] if cell["cell_type"] == "code"
    ]
    return [(match[1], match[2] or "") for cell in cells if (match := CALL.match(cell))]


class Page:
    """A widget without a browser: sends what the bridge would send, keeps what comes back."""

    def __init__(self, widget: ActivityWidget, monkeypatch: pytest.MonkeyPatch) -> None:
        self.widget = widget
        self.html: str = widget.html
        monkeypatch.setattr(widget, "send", self._receive)
        self.do("open")

    def _receive(self, message: dict[str, Any]) -> None:
        assert message["n"] == "1"
        self.html = message["html"]

    def do(self, action: str, **form: list[str]) -> str:
        fields = {key.replace("__", "-"): value for key, value in form.items()}
        self.widget._answer(self.widget, {"n": "1", "action": action, "form": fields}, None)
        return self.html

    @property
    def state(self) -> Any:
        return self.widget._session.state


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Page]:
    """A function that calls a name of the package as a cell does and returns the page it made."""
    session._learner.cache_clear()

    def call(name: str, about: str) -> Page:
        shown: list[Any] = []
        monkeypatch.setattr(host, "display", shown.append)
        getattr(brmcourse, name)(*filter(None, [about]))
        (widget,) = shown
        assert isinstance(widget, ActivityWidget), widget.data
        return Page(widget, monkeypatch)

    return call


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_rebuild_is_identical(source: Path) -> None:
    """Building a notebook again gives the very bytes that are in the repository."""
    assert (
        build(source, Library(course_root()))
        == (course_root() / "notebooks" / f"{source.stem}.ipynb").read_text()
    )


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_learner_notebooks_are_clean(source: Path) -> None:
    """A learner's notebook carries no outputs; its cells are locked, its code out of sight, its
    kernel the course's.
    """
    built = notebook(source)
    assert built["metadata"]["course"] == {"module": source.stem, "autorun": True}
    for cell in built["cells"]:
        assert cell["metadata"]["editable"] is False
        assert cell["metadata"]["deletable"] is False
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["metadata"]["jupyter"] == {"source_hidden": True}


@pytest.mark.parametrize("source", MODULES, ids=lambda path: path.stem)
def test_every_activity_opens(source: Path, show: Callable[[str, str], Page]) -> None:
    """Every activity that a module calls opens and shows no mishap."""
    assert calls(source)
    for name, about in calls(source):
        assert "brm-problem" not in show(name, about).html


@pytest.mark.parametrize(
    "about", [about for source in SOURCES for name, about in calls(source) if name == "quiz"]
)
def test_every_quiz_can_be_answered(about: str, show: Callable[[str, str], Page]) -> None:
    """Every item of every quiz takes an answer, shows why (a test does not), and leads on to the
    summary.
    """
    page = show("quiz", about)
    while question := page.state.question:
        codes = response.codes(page.state.seed, question)
        form = {"question": [question.id]}
        if question.shape == "text":
            page.do("compare", **form, text=["My own line"])
            form |= {"text": ["My own line"]} | {
                f"rate-R{n}": ["2"] for n in range(1, len(question.rubric) + 1)
            }
        elif question.kind == "match":
            form |= {f"rate-{code}": ["T1"] for code in codes if not code.startswith("T")}
        elif question.shape == "map":
            form |= {f"rate-{code}": [str(RATINGS[0])] for code in codes}
        else:
            form |= {"pick": list(codes) if question.kind == "order" else ["A"]}
        answered = unescape(page.do("check", **form))
        assert (question.why in answered) == (not page.state.test)
        if not page.state.test:
            page.do(f"go {_next(page)}")
    assert len(page.state.tries) == len(page.state.quiz.questions)


def _next(page: Page) -> str:
    ids = [question.id for question in page.state.quiz.questions]
    return ids[page.state.at + 1] if page.state.at + 1 < len(ids) else "end"


TALKS = [about for source in SOURCES for name, about in calls(source) if name == "converse"]


@pytest.mark.parametrize("about", TALKS)
@pytest.mark.parametrize("best", [True, False])
def test_every_conversation_can_be_played(
    about: str, best: bool, show: Callable[[str, str], Page]
) -> None:
    """Best play reaches the first ending of the file with all points, worst play the last one with
    none.
    """
    page = show("converse", about)
    page.do("begin")
    while not page.state.node.ending:
        moves = [choice.points for _, choice in page.state.moves]
        number = moves.index(max(moves) if best else min(moves)) + 1
        page.do(f"choose {number}", turn=[str(len(page.state.turns))])
    earned, available = page.state.record.points
    assert earned == (available if best else 0)
    endings = list(page.state.conversation.endings)
    assert page.state.node.ending == (endings[0] if best else endings[-1])
    assert "Trust, move by move" in page.html


def built(folder: Path, text: str, **data: str) -> str:
    """Return the Markdown of a notebook with that text, built in a copy of the sample course with
    these files.
    """
    shutil.copytree(SAMPLE / "data", folder / "data")
    for name, more in data.items():
        path = folder / "data" / f"{name}.yaml"
        path.write_text(path.read_text("utf-8") + more, "utf-8")
    source = folder / "page.md"
    source.write_text(text, "utf-8")
    cells = json.loads(build(source, Library(folder)))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def test_glossary_is_put_in_its_place(tmp_path: Path) -> None:
    """A page that asks for the glossary lists every term from A to Z, with its other names and its
    meaning.
    """
    more = (
        '  - {term: "Zeal", meaning: "Last of all."}\n  - {term: asset, meaning: "First of all."}\n'
    )
    page = built(tmp_path, "# Words\n\n{glossary}\n\nThe end.\n", glossary=more)
    assert re.findall(r"^- \*\*([^*]+)\*\*", page, re.MULTILINE) == [
        "asset",
        "service level",
        "Zeal",
    ]
    assert "- **asset**: First of all." in page
    assert "- **service level** (SLA): How good a service has to be" in page
    assert page.startswith("# Words")
    assert page.endswith("The end.")


def test_sources_are_put_in_their_place(tmp_path: Path) -> None:
    """A page that asks for the sources lists each with its claim, strength and caveat, and says
    what is unchecked.
    """
    page = built(tmp_path, "# Sources\n\n{sources}\n")
    ames, boyd = page.split("<details>")[1:]
    assert "<summary>Source: Ames 2020</summary>" in ames
    assert "People who were asked told more" in ames
    assert "●●○ (several or large studies)" in ames
    assert "One study, in one firm." in ames
    assert "still have to check" not in ames
    assert "●○○" in boyd
    assert "still have to check" in boyd


def test_citations_become_words(tmp_path: Path) -> None:
    """A citation reads as author and year; an unknown one stops the build."""
    page = built(
        tmp_path / "one", "They tell more {cite}`ames-2020`. It is so {cite}`ames-2020`.\n\nNext.\n"
    )
    assert page.startswith("They tell more (Ames 2020). It is so (Ames 2020).\n\nNext.\n\n")
    assert page.count("<details>") == 1
    with pytest.raises(SystemExit, match="Unknown source: ames-2022"):
        built(tmp_path / "two", "So {cite}`ames-2022`.\n")


def test_sources_are_gathered_at_the_end_of_a_section(tmp_path: Path) -> None:
    """What a section cites stands folded at the end of its last text, each source once."""
    page = built(
        tmp_path,
        "# M\n\nOpening {cite}`boyd-2021`.\n\n## One\n\nSo {cite}`ames-2020`:\n\n- an item;\n\n"
        '```{code-cell}\nquiz("m1")\n```\n\nAnd {cite}`boyd-2021` {cite}`ames-2020`.\n\n'
        "## Two\n\nNone.\n",
    )
    opening, one, two = page.split("## ")
    assert "<summary>Source: Boyd 2021</summary>" in opening
    assert "So (Ames 2020):\n\n- an item;\n\nquiz" in one
    assert one.partition("And (Boyd 2021) (Ames 2020).")[2].startswith(
        "\n\n<details><summary>Sources (2)</summary>\n\n- "
    )
    assert one.count("**Used here for:**") == 2
    assert one.rstrip().endswith("</details>")
    assert "details" not in two


def test_each_section_begins_a_cell(tmp_path: Path) -> None:
    """A heading of the second level begins a cell of its own; those below it do not."""
    shutil.copytree(SAMPLE / "data", tmp_path / "data")
    source = tmp_path / "page.md"
    source.write_text("# M\n\nOne.\n\n## A\n\nTwo.\n\n### B\n\n## C\n\nThree.\n", "utf-8")
    cells = json.loads(build(source, Library(tmp_path)))["cells"]
    assert ["".join(cell["source"]).partition("\n")[0] for cell in cells] == ["# M", "## A", "## C"]


HALF_A_PAGE = 240
"""The most words of the scene with which a module opens."""

MINUTES = re.compile(r"\*(?:1 minute|(?:[2-9]|[1-9]\d+) minutes)\*")


@pytest.mark.parametrize("module", load_course().modules, ids=lambda module: module.id)
def test_each_section_says_how_long_it_takes(module: Module) -> None:
    """The first paragraph of each section gives its minutes; together they are those of the
    module, within a fifth. What may be left out counts for itself.
    """
    source = course_root() / "notebooks" / "source" / f"{module.id}.md"
    opening, *sections = re.split(r"^## ", source.read_text("utf-8"), flags=re.MULTILINE)
    assert not MINUTES.search(opening)
    minutes = []
    for section in sections:
        title, line, *_ = section.split("\n\n")
        assert MINUTES.fullmatch(line), title
        assert len(MINUTES.findall(section)) == 1, title
        if not title.startswith(OPTIONAL):
            minutes.append(int(line.strip("*").split()[0]))
    assert sum(minutes) == pytest.approx(module.minutes, rel=0.2)


@pytest.mark.parametrize("module", load_course().modules, ids=lambda module: module.id)
def test_a_module_opens_with_a_reason_to_go_on(module: Module) -> None:
    """Below the title stands a scene of half a page at most, then what one will be able to do,
    folded.
    """
    source = course_root() / "notebooks" / "source" / f"{module.id}.md"
    _, _, text = source.read_text("utf-8").partition(f"\n# {module.title}\n\n")
    scene, fold, _ = text.partition("\n\n<details><summary>What you will be able to do</summary>\n")
    assert fold
    assert "## " not in scene
    assert 0 < len(scene.split()) <= HALF_A_PAGE


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_quotation_marks_are_curly(source: Path) -> None:
    """What is read has typographic quotation marks and apostrophes, code and tags apart."""
    for cell in notebook(source)["cells"]:
        if cell["cell_type"] == "markdown":
            text = re.sub(r"<[^>]*>|`[^`]*`", "", "".join(cell["source"]))
            assert not re.search(r"""["']""", text), cell["id"]
            assert text.count("\N{LEFT DOUBLE QUOTATION MARK}") == text.count(
                "\N{RIGHT DOUBLE QUOTATION MARK}"
            )


def test_unknown_id_shows_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that asks for something unknown shows which ids there are, not a traceback."""
    shown: list[Any] = []
    monkeypatch.setattr(host, "display", shown.append)
    brmcourse.quiz("m11")
    assert "There is no quiz called" in shown[0].data


def test_one_model_per_activity() -> None:
    """An activity is one widget model, with nothing nested in it but its layout."""
    assert [
        name for name, trait in ActivityWidget.class_traits(sync=True).items() if name == "html"
    ] == ["html"]
    assert not hasattr(ActivityWidget, "children")
