"""The loader: every problem at once, each with its place, its rule and the mend."""

import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brmcourse.checks.course import check
from brmcourse.content import Library, short_name
from brmcourse.errors import ContentError, UnknownIdError
from brmcourse.model import Quiz
from brmcourse.paths import course_root
from brmcourse.source import read_source


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the course that a test may break."""
    shutil.copytree(course_root() / "data", tmp_path / "data")
    return tmp_path


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
    ("scales/emp.yaml", "format: behaviour", "format: behavior", "reference.unknown"),
    ("scales/emp.yaml", "subscale: ask", "subscale: asks", "reference.unknown"),
    ("formats/behaviour.yaml", "from: 40", "from: 90", "scale.bands"),
    ("conversations/s1.yaml", "next: story", "next: stroy", "reference.unknown"),
    ("conversations/s1.yaml", "next: story", "next: open", "conversation.loop"),
    ("conversations/s1.yaml", "trust >= 7 and", "trust > = 7 &", "conversation.condition"),
    ("conversations/s1.yaml", "effects: {trust: -1}", "effects: {trst: -1}", "reference.unknown"),
    ("conversations/s1.yaml", "points: 0", "points: 3", "field.value"),
    ("course.yaml", "id: m1\n", "id: m1\n    id: m2\n", "yaml.duplicate-key"),
    ("course.yaml", "minutes: 50", "minutes: soon", "field.range"),
    ("course.yaml", "modules:", "modules: [", "yaml.syntax"),
    ("prompts/m1.yaml", "module: m1", "module: &a m1", None),
    ("prompts/m1.yaml", "module: m1", "module: !!python/name:os.system m1", "yaml.tag"),
    ("evidence.yaml", "strength: 2", "strength: 5", "field.value"),
]


@pytest.mark.parametrize(("name", "old", "new", "rule"), BREAKAGES)
def test_each_mistake_is_located(root: Path, name: str, old: str, new: str, rule: str | None) -> None:
    """A mistake is reported under its rule, in its file, with a mend; harmless edits are not reported."""
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
    edit(root, "scales/emp.yaml", "reverse: true", "reverse: perhaps")
    (root / "data" / "formats" / "behaviour.yaml").unlink()
    rules = [(problem.path, problem.rule) for problem in check(root)]
    assert ("data/questions/m1.yaml", "field.value") in rules
    assert ("data/questions/m1.yaml", "question.kind") in rules
    assert ("data/scales/emp.yaml", "field.range") in rules


def test_words_stay_words(tmp_path: Path) -> None:
    """Plain words that YAML 1.1 would turn into something else stay words; equal keys are refused."""
    path = tmp_path / "a.yaml"
    path.write_text("answer: no\nword: on\ntime: 12:30\nday: 2026-11-22\nyes: y\ncount: 12\nshare: 0.5\nsure: true\n")
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
        (b"a: caf\xe9\n", "file.encoding"), (b"a:\n\t- b\n", "yaml.syntax"), (b"a: [1, 2\n", "yaml.syntax"),
        (b"a: &x 1\nb: *x\n", "yaml.alias"), (b"a: !!python/object:os.system {}\n", "yaml.tag"),
        (b"? [a, b]\n: c\n", "yaml.key"), (b"a: \x00\n", "yaml.syntax"), (b"[" * 3000, "yaml.syntax"),
    ],
)  # fmt: skip
def test_damaged_yaml(tmp_path: Path, raw: bytes, rule: str) -> None:
    """Damaged files end in a located report, never in a traceback."""
    path = tmp_path / "a.yaml"
    path.write_bytes(raw)
    with pytest.raises(ContentError) as caught:
        read_source(path, "a.yaml")
    assert caught.value.problems[0].rule in {rule, "yaml.depth"}


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
    with pytest.raises(UnknownIdError, match=r'Did you mean "emp"\? The course has: emp'):
        Library(course_root()).scale("EMPP")


def test_missing_file(tmp_path: Path) -> None:
    """A course without its course.yaml says which file is missing and what to do."""
    with pytest.raises(ContentError, match="the file is missing"):
        _ = Library(tmp_path).course


def test_short_name() -> None:
    """A notebook's short name is the id up to the underscore."""
    assert [short_name(name) for name in ("s1_burned_sponsor", "EMP", "m1-before")] == ["s1", "emp", "m1-before"]


NAMES = sorted(path.relative_to(course_root() / "data") for path in (course_root() / "data").rglob("*.yaml"))


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
    return draw.draw(st.none() | st.booleans() | st.integers(-5, 20) | st.text(max_size=5) | st.just([]) | st.just({}))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(NAMES), draw=st.data())
def test_mutated_files(tmp_path: Path, name: Path, draw: st.DataObject) -> None:
    """However a good file is mutated, the loader ends with located reports or a valid course, never a traceback."""
    folder = tmp_path / "mutated"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(course_root() / "data", folder / "data")
    path = folder / "data" / name
    data = mutate(yaml.safe_load(path.read_text("utf-8")), draw)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    for problem in check(folder):
        assert str(problem)
        assert problem.line > 0
