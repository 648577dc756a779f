"""The loader: every problem at once, each with its place, its rule and the mend."""

import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import create_model

from brmcourse.activities import scale
from brmcourse.checks.course import check
from brmcourse.content.library import Library, short_name
from brmcourse.content.yaml import read_source
from brmcourse.errors import ContentError, UnknownIdError
from brmcourse.model.base import Content
from brmcourse.model.question import Quiz
from brmcourse.paths import course_root
from tests.make import (
    capstone,
    conversation,
    course,
    example,
    exercise,
    journal,
    ladder,
    mirror,
    prompts,
    proposal,
    questionnaire,
    rehearsal,
    sheet,
    values,
)
from tests.overlay import SAMPLE


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the sample course that a test may break."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "course"))


def edit(root: Path, name: str, old: str, new: str) -> int:
    """Replace text once in a content file; return the line it stands on."""
    path = root / "data" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_course_is_sound() -> None:
    """The course itself has no problem."""
    assert check(course_root()) == []


BREAKAGES = [
    ("questions/m1.yaml", "stem:", "stam:", "field.unknown"),
    ("questions/m1.yaml", "bloom: apply", "bloom: aply", "field.value"),
    ("questions/m1.yaml", "kind: single", "kind: sinlge", "question.kind"),
    ("questions/m1.yaml", "row: A", "row: C", "id.form"),
    ("questions/m1.yaml", "credit: 1", "credit: 0", "question.no-key"),
    ("questions/m1.yaml", "credit: 1", "credit: 7", "field.range"),
    ("questions/m1.yaml", "objective: m1.", "objective: m9.", "reference.unknown"),
    ("questions/m1.yaml", "id: m1\n", "id: m2\n", "id.file"),
    ("questions/m1.yaml", "module: m1", "module: m7", "reference.unknown"),
    ("scales/s.yaml", "format: often", "format: oftne", "reference.unknown"),
    ("scales/s.yaml", "subscale: ask", "subscale: asks", "reference.unknown"),
    ("formats/often.yaml", "from: 0", "from: 60", "scale.bands"),
    ("conversations/t1.yaml", "next: reason", "next: raeson", "reference.unknown"),
    ("conversations/t1.yaml", "next: reason", "next: open", "conversation.loop"),
    ("conversations/t1.yaml", "trust >= 6", "trust > = 6 &", "conversation.condition"),
    ("conversations/t1.yaml", "effects: {trust: -1}", "effects: {trst: -1}", "reference.unknown"),
    ("conversations/t1.yaml", "points: 0", "points: 3", "field.value"),
    ("course.yaml", "id: m1\n", "id: m1\n    id: m2\n", "yaml.duplicate-key"),
    ("course.yaml", "minutes: 20", "minutes: soon", "field.range"),
    ("course.yaml", "modules:", "modules: [", "yaml.syntax"),
    ("prompts/m1.yaml", "module: m1", "module: &a m1", None),
    ("prompts/m1.yaml", "module: m1", "module: !!python/name:os.system m1", "yaml.tag"),
    ("evidence.yaml", "strength: 2", "strength: 5", "field.value"),
    ("sheets/asks.yaml", "kind: date", "kind: day", "field.value"),
    ("sheets/asks.yaml", "kind: tally", "kind: talley", "field.value"),
    ("sheets/asks.yaml", "kind: date", "kind: choice", "sheet.options"),
    ("examples/e1.yaml", "module: m1", "module: m9", "reference.unknown"),
    ("examples/e1.yaml", "id: e1\n", "id: e2\n", "id.file"),
    ("examples/e1.yaml", "yours: true", "yours: perhaps", "field.range"),
    ("examples/e1.yaml", 'feedback: "There is no date in it."', "right: true", "field.missing"),
    ("values.yaml", "wedge: 1", "wedge: 2", "values.wedge"),
    ("values.yaml", "share: 0.3", "share: 30", "field.range"),
    ("values.yaml", "id: high", "id: low", "id.duplicate"),
    ("values.yaml", "id: habit", "id: safety", "id.duplicate"),
    ("capstone.yaml", "sheet: asks", "sheet: ask", "reference.unknown"),
    ("capstone.yaml", "sheet: asks", "silence: []", "capstone.shows"),
    ("proposal.yaml", "sheet: asks", "sheet: ask", "reference.unknown"),
    ("proposal.yaml", "field: words", "field: answer", "proposal.private"),
    ("proposal.yaml", "id: time", "id: heard", "id.duplicate"),
    ("rehearsal.yaml", "opens: heard", "opens: herad", "reference.unknown"),
    ("rehearsal.yaml", "sheet: asks", "sheet: ask", "reference.unknown"),
    ("rehearsal.yaml", "field: words", "field: word", "reference.unknown"),
    ("rehearsal.yaml", "answers: [clear]", "answers: [claer]", "reference.unknown"),
    ("rehearsal.yaml", "rounds: [1]", "rounds: [4]", "field.range"),
    ("rehearsal.yaml", "id: fully", "id: not-yet", "id.duplicate"),
    ("mirror.yaml", "of: s02", "of: s2", "mirror.lines"),
    ("mirror.yaml", "lines: 4", "lines: 5", "mirror.lines"),
    ("mirror.yaml", "id: S,", "id: T,", "mirror.lines"),
    ("mirror.yaml", "format: often", "format: oftne", "reference.unknown"),
    ("mirror.yaml", "of: s02", "of: s06", "id.duplicate"),
    ("baseline.yaml", "[S]", "[T]", "reference.unknown"),
    ("baseline.yaml", "format: often", "format: oftne", "reference.unknown"),
]


@pytest.mark.parametrize(("name", "old", "new", "rule"), BREAKAGES)
def test_each_mistake_is_located(
    root: Path, name: str, old: str, new: str, rule: str | None
) -> None:
    """A mistake is reported under its rule, in its file, with a mend; harmless edits are not
    reported.
    """
    edit(root, name, old, new)
    problems = check(root)
    if rule is None:
        assert problems == []
        return
    assert rule in {problem.rule for problem in problems}
    assert any(problem.path == f"data/{name}" for problem in problems)
    assert all(problem.message and problem.advice and problem.line > 0 for problem in problems)


def test_line_is_the_line_of_the_mistake(root: Path) -> None:
    """The report names the very line."""
    line = edit(root, "questions/m1.yaml", "bloom: apply", "bloom: aply")
    (problem,) = check(root)
    assert str(problem).startswith(f"data/questions/m1.yaml:{line}: ")
    assert "[field.value]" in str(problem)


def test_all_problems_at_once(root: Path) -> None:
    """Mistakes in several files, and several in one file, are reported together."""
    edit(root, "questions/m1.yaml", "bloom: apply", "bloom: aply")
    edit(root, "questions/m1.yaml", "kind: judgement", "kind: judgment")
    edit(root, "scales/s.yaml", "reverse: true", "reverse: perhaps")
    (root / "data" / "formats" / "often.yaml").unlink()
    rules = [(problem.path, problem.rule) for problem in check(root)]
    assert ("data/questions/m1.yaml", "field.value") in rules
    assert ("data/questions/m1.yaml", "question.kind") in rules
    assert ("data/scales/s.yaml", "field.range") in rules


def test_words_stay_words(tmp_path: Path) -> None:
    """Plain words that YAML 1.1 would turn into something else stay words; no key stands twice."""
    path = tmp_path / "a.yaml"
    path.write_text(
        "answer: no\nword: on\ntime: 12:30\nday: 2026-11-22\nyes: y\n"
        "count: 12\nshare: 0.5\nsure: true\n"
    )
    data = read_source(path, "a.yaml").data
    assert data == {
        "answer": "no", "word": "on", "time": "12:30", "day": "2026-11-22", "yes": "y",
        "count": 12, "share": 0.5, "sure": True,
    }  # fmt: skip
    path.write_text("a: 1\nb: 2\na: 3\n")
    with pytest.raises(ContentError, match=r"a.yaml:3: the key \"a\" stands twice"):
        read_source(path, "a.yaml")


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"a: caf\xe9\n", "file.encoding"),
        (b"a:\n\t- b\n", "yaml.syntax"),
        (b"a: [1, 2\n", "yaml.syntax"),
        (b"a: &x 1\nb: *x\n", "yaml.alias"),
        (b"a: *x\n", "yaml.syntax"),
        (b"a: 1\n--- \na: 2\n", "yaml.syntax"),
        (b"a: !!python/object:os.system {}\n", "yaml.tag"),
        (b"? [a, b]\n: c\n", "yaml.key"),
        (b"a: \x00\n", "yaml.syntax"),
        (b"[" * 3000, "yaml.syntax"),
    ],
)
def test_damaged_yaml(tmp_path: Path, raw: bytes, rule: str) -> None:
    """Damaged files end in a located report, never in a traceback."""
    path = tmp_path / "a.yaml"
    path.write_bytes(raw)
    with pytest.raises(ContentError) as caught:
        read_source(path, "a.yaml")
    assert [problem.rule for problem in caught.value.problems] == [rule]


def test_line_of_an_invisible_character(tmp_path: Path) -> None:
    """The place of a character that nobody sees is counted in characters, whatever the letters."""
    path = tmp_path / "a.yaml"
    path.write_text("a: 'ÄÖÜ ÄÖÜ'\nb: 1\nc: é\x07\n", "utf-8")
    with pytest.raises(ContentError, match=r"a.yaml:3: character 5 of this line"):
        read_source(path, "a.yaml")


@pytest.mark.parametrize("raw", ["", "[]", "42", "just words", "- a\n- b\n"])
def test_not_a_mapping(tmp_path: Path, raw: str) -> None:
    """A file that holds something else than a quiz is reported as such."""
    path = tmp_path / "m1.yaml"
    path.write_text(raw)
    with pytest.raises(ContentError) as caught:
        Library(tmp_path).load(path, Quiz)
    assert caught.value.problems


def test_unknown_id() -> None:
    """An unknown id names those there are and the nearest."""
    with pytest.raises(UnknownIdError, match=r'Did you mean "emp"\? The course has: .*\bemp\b'):
        Library(course_root()).named("scales", "EMPP")


def test_baseline_draws_the_marked_items() -> None:
    """The short self-assessment holds the items marked in each scale it draws from, as a subscale
    of that scale.
    """
    library = Library(SAMPLE)
    drawn, whole = scale.find(library, "Baseline").scale, library.named("scales", "S")
    assert [item.id for item in drawn.items] == [item.id for item in whole.items if item.baseline]
    assert {item.subscale for item in drawn.items} == {"S"}
    assert [(part.id, part.title) for part in drawn.subscales] == [("S", whole.title)]
    assert (drawn.id, drawn.format) == ("baseline", "often")


def test_baseline_of_the_course(library: Library) -> None:
    """The short self-assessment of the course has a subscale for each of its scales, in the order
    it names them.
    """
    drawn = scale.find(library, "baseline").scale
    scales = [library.named("scales", part.id) for part in drawn.subscales]
    assert [item.id for item in drawn.items] == [
        item.id for drawn_from in scales for item in drawn_from.items if item.baseline
    ]
    assert drawn.levels in {drawn_from.levels for drawn_from in scales}


@pytest.mark.parametrize(
    "name", ["sheets/asks.yaml", "values.yaml", "capstone.yaml", "baseline.yaml", "scales/s.yaml"]
)
def test_content_is_loaded_when_it_is_asked_for(root: Path, name: str) -> None:
    """A broken sheet, exercise, plan or self-assessment spoils itself and what is drawn from it,
    nothing else.
    """
    (root / "data" / name).write_text("{", "utf-8")
    library = Library(root)
    asked = {
        "sheets/asks.yaml": lambda: library.named("sheets", "asks"),
        "values.yaml": lambda: library.single("values.yaml"),
        "capstone.yaml": lambda: library.single("capstone.yaml"),
        "scales/s.yaml": lambda: library.named("scales", "S"),
        "baseline.yaml": lambda: scale.find(library, "baseline"),
        "questions/m1.yaml": lambda: library.named("questions", "m1"),
    }
    spoiled = {name, "baseline.yaml"} if name == "scales/s.yaml" else {name}
    for other, ask in asked.items():
        if other in spoiled:
            with pytest.raises(ContentError):
                ask()
        else:
            assert ask()


CONTENT = (
    exercise().quiz,
    questionnaire().scale,
    questionnaire().format,
    ladder().scale,
    conversation(),
    sheet(),
    example(),
    values(),
    capstone(),
    proposal().proposal,
    rehearsal().rehearsal,
    mirror().mirror,
    journal(),
    prompts(),
    course(),
)


@pytest.mark.parametrize("content", CONTENT, ids=lambda content: type(content).__name__)
def test_a_field_new_to_the_course_changes_no_fingerprint(content: Content) -> None:
    """Content that leaves a new field at its default keeps its fingerprint, so that answers to it
    stay in force.
    """
    newer = create_model("Newer", __base__=type(content), added_later=(str | None, None))
    written = content.model_dump(by_alias=True, exclude_defaults=True)
    assert newer.model_validate(written).fingerprint == content.fingerprint
    assert newer.model_validate(written | {"added_later": "now"}).fingerprint != content.fingerprint


def test_marking_an_item_for_the_baseline_changes_no_fingerprint() -> None:
    """Drawing an item for the short self-assessment leaves the scale comparable with earlier
    results.
    """
    whole = questionnaire().scale
    marked = whole.items[0].model_copy(update={"baseline": True})
    newer = whole.model_copy(update={"items": (marked, *whole.items[1:])})
    assert newer.fingerprint == whole.fingerprint


def test_missing_file(tmp_path: Path) -> None:
    """A course without its course.yaml says which file is missing and what to do."""
    with pytest.raises(ContentError, match="the file is missing"):
        _ = Library(tmp_path).course


def test_short_name() -> None:
    """A notebook's short name is the id up to the underscore."""
    assert [short_name(name) for name in ("s1_burned_sponsor", "EMP", "m1-before")] == [
        "s1",
        "emp",
        "m1-before",
    ]


NAMES = sorted(path.relative_to(SAMPLE / "data") for path in (SAMPLE / "data").rglob("*.yaml"))


def mutate(data: object, draw: st.DataObject) -> object:
    """Drop, double, swap or retype one node somewhere in a file."""
    if isinstance(data, (dict, list)) and data and draw.draw(st.integers(0, 3)):
        keys = list(data) if isinstance(data, dict) else list(range(len(data)))
        key = draw.draw(st.sampled_from(keys))
        data[key] = mutate(data[key], draw)
        if draw.draw(st.booleans()):
            if isinstance(data, list):
                data.append(data[key])
            else:
                data.pop(key)
        return data
    return draw.draw(
        st.none()
        | st.booleans()
        | st.integers(-5, 20)
        | st.text(max_size=5)
        | st.just([])
        | st.just({})
    )


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.sampled_from(NAMES), draw=st.data())
def test_mutated_files(tmp_path: Path, name: Path, draw: st.DataObject) -> None:
    """However a good file is mutated, the loader ends with located reports or a valid course, never
    a traceback.
    """
    folder = tmp_path / "mutated"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SAMPLE, folder)
    path = folder / "data" / name
    data = mutate(yaml.safe_load(path.read_text("utf-8")), draw)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    for problem in check(folder):
        assert str(problem)
        assert problem.line > 0
