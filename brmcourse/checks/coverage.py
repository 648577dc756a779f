"""Rules on coverage: rows are taught, practised and shown to be learnt as the table promises."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from brmcourse.checks.layout import aligned
from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.model.base import Content
from brmcourse.model.conversation import Conversation
from brmcourse.model.course import Course, Module
from brmcourse.model.coverage import Coverage, CoverageRow
from brmcourse.model.prompts import Prompts
from brmcourse.model.question import Quiz
from brmcourse.model.scale import Scale


@dataclass(frozen=True)
class Means:
    """One way to practise a row, or to show that it was learnt: what a course needs for it."""

    needs: str
    folder: str
    holds: Callable[[Content, str], bool]
    """Whether a file of the row's module serves the row of that id."""


def _practises(content: Content, row: str) -> bool:
    if not isinstance(content, Quiz) or content.purpose != "practice":
        return False
    return any(question.row == row for question in content.questions)


def _is_conversation(content: Content, _row: str) -> bool:
    return isinstance(content, Conversation)


def _is_scale(content: Content, _row: str) -> bool:
    return isinstance(content, Scale)


def _has_reflections(content: Content, _row: str) -> bool:
    return isinstance(content, Prompts) and bool(content.reflections)


def _has_plans(content: Content, _row: str) -> bool:
    return isinstance(content, Prompts) and bool(content.plans)


QUIZ = Means("a question with that row in a practice quiz", "questions", _practises)
CONVERSATION = Means("a conversation", "conversations", _is_conversation)
SCALE = Means("a self-assessment", "scales", _is_scale)
REFLECTION = Means("a reflection", "prompts", _has_reflections)
PLAN = Means("a plan", "prompts", _has_plans)

PRACTICE: Mapping[str, Means] = {
    "Q": QUIZ,
    "S": CONVERSATION,
    "A": SCALE,
    "R": REFLECTION,
    "P": PLAN,
}
PROOF: Mapping[str, Means] = {
    "E1": QUIZ,
    "E2": CONVERSATION,
    "E3": SCALE,
    "E4": REFLECTION,
    "E5": PLAN,
}


@rule("coverage.rows", Course)
def rows(course: Course, whole: Whole) -> Iterator[Flaw]:
    """Find modules whose rows are not those that the coverage table gives them."""
    for coverage, _ in whole.all(Coverage):
        for position, module in enumerate(course.modules):
            wanted = {row.id for row in coverage.rows if row.module == module.id}
            given = set(module.rows)
            said = []
            if given - wanted:
                said.append(f"has {', '.join(sorted(given - wanted))} too many")
            if wanted - given:
                said.append(f"lacks {', '.join(sorted(wanted - given))}")
            if said:
                yield Flaw(
                    ("modules", position, "rows"),
                    f'compared with data/coverage.yaml, module "{module.id}" {" and ".join(said)}',
                    "Correct the rows here or there.",
                )


@rule("coverage.taught", Course)
def taught(course: Course, whole: Whole) -> Iterator[Flaw]:
    """Find rows that no section of their module teaches, and rows of sections that it lacks."""
    if not whole.all(Coverage):
        return
    for position, module in enumerate(course.modules):
        place = ("modules", position)
        for row in module.rows:
            if row not in _taught(module):
                yield Flaw(
                    (*place, "rows"),
                    f'no section of module "{module.id}" says that it teaches row {row}',
                    "Add it to the `rows` of the section that does, or write that section.",
                )
        for number, section in enumerate(module.sections):
            for row in sorted(set(section.rows) - set(module.rows)):
                yield Flaw(
                    (*place, "sections", number, "rows"),
                    f'the section "{section.title}" teaches row {row}, '
                    f'which module "{module.id}" does not have',
                    "Correct the row, or add it to the rows of the module.",
                )


def _taught(module: Module) -> set[str]:
    found: set[str] = set()
    for section in module.sections:
        found.update(section.rows)
    return found


@rule("coverage.practised", Coverage)
def practised(coverage: Coverage, whole: Whole) -> Iterator[Flaw]:
    """Find rows of written modules that lack a kind of practice the table promises."""
    for number, row in _written(coverage, whole):
        for code in _lacking(row, row.practice, PRACTICE, whole):
            lacks = f'module "{row.module}" lacks {PRACTICE[code].needs}'
            yield Flaw(
                ("rows", number, "practice"),
                f"row {row.id} is to be practised by {code}, but {lacks}",
                f"Write it, or take {code} out of this line.",
            )


@rule("coverage.evidenced", Coverage)
def evidenced(coverage: Coverage, whole: Whole) -> Iterator[Flaw]:
    """Find rows of written modules that nothing can show to be learnt as the table promises."""
    for number, row in _written(coverage, whole):
        for code in _lacking(row, row.evidence, PROOF, whole):
            lacks = f'module "{row.module}" lacks {PROOF[code].needs}'
            yield Flaw(
                ("rows", number, "evidence"),
                f"row {row.id} is to be shown by {code}, but {lacks}",
                f"Write it, or take {code} out of this line.",
            )


def coverage_matrix(whole: Whole) -> str:
    """Return a table of all rows: their module, and how far they are taught, practised, shown."""
    modules = _modules(whole)
    table = [("row", "module", "taught", "practised", "evidenced")]
    for coverage, _ in whole.all(Coverage):
        for row in coverage.rows:
            module = modules.get(row.module)
            cells = _cells(row, module, whole) if module else ("not written yet", "", "")
            table.append((row.id, row.module, *cells))
    return aligned(table) if len(table) > 1 else "This course has no data/coverage.yaml."


def _cells(row: CoverageRow, module: Module, whole: Whole) -> tuple[str, str, str]:
    sections = [section.title for section in module.sections if row.id in section.rows]
    return (
        "; ".join(sections) or "missing",
        _marked(row, row.practice, PRACTICE, whole),
        _marked(row, row.evidence, PROOF, whole),
    )


def _marked(
    row: CoverageRow, codes: tuple[str, ...], means: Mapping[str, Means], whole: Whole
) -> str:
    lacking = list(_lacking(row, codes, means, whole))
    return " ".join(f"{code} missing" if code in lacking else code for code in codes)


def _modules(whole: Whole) -> dict[str, Module]:
    return {module.id: module for module in whole.course.modules} if whole.course else {}


def _written(coverage: Coverage, whole: Whole) -> Iterator[tuple[int, CoverageRow]]:
    """Yield the rows whose module is written, with their positions in the table."""
    modules = _modules(whole)
    for number, row in enumerate(coverage.rows):
        if row.module in modules:
            yield number, row


def _lacking(
    row: CoverageRow, codes: tuple[str, ...], means: Mapping[str, Means], whole: Whole
) -> Iterator[str]:
    """Yield the codes that nothing serves; a broken file may hold what is looked for."""
    files = [c for c, _ in whole.all(Content) if getattr(c, "module", "").lower() == row.module]
    for code in codes:
        folder = f"data/{means[code].folder}/"
        if any(path.startswith(folder) for path in whole.broken):
            continue
        if not any(means[code].holds(content, row.id) for content in files):
            yield code
