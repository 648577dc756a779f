"""Rules on coverage: every row is taught, practised and shown to be learnt as data/coverage.yaml says."""

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


QUIZ = Means(
    "a question with that row in a practice quiz",
    "questions",
    lambda content, row: (
        isinstance(content, Quiz)
        and content.purpose == "practice"
        and any(question.row == row for question in content.questions)
    ),
)
CONVERSATION = Means(
    "a conversation", "conversations", lambda content, _: isinstance(content, Conversation)
)
SCALE = Means("a self-assessment", "scales", lambda content, _: isinstance(content, Scale))
REFLECTION = Means(
    "a reflection",
    "prompts",
    lambda content, _: isinstance(content, Prompts) and bool(content.reflections),
)
PLAN = Means(
    "a plan", "prompts", lambda content, _: isinstance(content, Prompts) and bool(content.plans)
)

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
            wanted = [row.id for row in coverage.rows if row.module == module.id]
            extra, lacking = (
                sorted(set(module.rows) - set(wanted)),
                sorted(set(wanted) - set(module.rows)),
            )
            if extra or lacking:
                said = [f"has {', '.join(extra)} too many"] * bool(extra) + [
                    f"lacks {', '.join(lacking)}"
                ] * bool(lacking)
                message = (
                    f'compared with data/coverage.yaml, module "{module.id}" {" and ".join(said)}'
                )
                yield Flaw(
                    ("modules", position, "rows"), message, "Correct the rows here or there."
                )


@rule("coverage.taught", Course)
def taught(course: Course, whole: Whole) -> Iterator[Flaw]:
    """Find rows that no section of their module teaches, and rows in sections that the module does not have."""
    if not whole.all(Coverage):
        return
    for position, module in enumerate(course.modules):
        for row in module.rows:
            if row not in _taught(module):
                message = f'no section of module "{module.id}" says that it teaches row {row}'
                advice = "Add it to the `rows` of the section that does, or write that section."
                yield Flaw(("modules", position, "rows"), message, advice)
        for number, section in enumerate(module.sections):
            for row in set(section.rows) - set(module.rows):
                message = f'the section "{section.title}" teaches row {row}, which module "{module.id}" does not have'
                place = ("modules", position, "sections", number, "rows")
                yield Flaw(place, message, "Correct the row, or add it to the rows of the module.")


@rule("coverage.practised", Coverage)
def practised(coverage: Coverage, whole: Whole) -> Iterator[Flaw]:
    """Find rows of written modules that lack a kind of practice the table promises."""
    for number, row in _written(coverage, whole):
        for code in _lacking(row, row.practice, PRACTICE, whole):
            message = f'row {row.id} is to be practised by {code}, but module "{row.module}" lacks {PRACTICE[code].needs}'
            yield Flaw(
                ("rows", number, "practice"), message, f"Write it, or take {code} out of this line."
            )


@rule("coverage.evidenced", Coverage)
def evidenced(coverage: Coverage, whole: Whole) -> Iterator[Flaw]:
    """Find rows of written modules that nothing can show to be learnt as the table promises."""
    for number, row in _written(coverage, whole):
        for code in _lacking(row, row.evidence, PROOF, whole):
            message = f'row {row.id} is to be shown by {code}, but module "{row.module}" lacks {PROOF[code].needs}'
            yield Flaw(
                ("rows", number, "evidence"), message, f"Write it, or take {code} out of this line."
            )


def coverage_matrix(whole: Whole) -> str:
    """Return a table of all rows: their module, and how far they are taught, practised and evidenced."""
    modules = {module.id: module for module in whole.course.modules} if whole.course else {}
    table = [("row", "module", "taught", "practised", "evidenced")]
    for coverage, _ in whole.all(Coverage):
        for row in coverage.rows:
            module = modules.get(row.module)
            cells = _cells(row, module, whole) if module else ("not written yet", "", "")
            table.append((row.id, row.module, *cells))
    return aligned(table) if len(table) > 1 else "This course has no data/coverage.yaml."


def _cells(row: CoverageRow, module: Module, whole: Whole) -> tuple[str, str, str]:
    sections = [section.title for section in module.sections if row.id in section.rows]

    def marked(codes: tuple[str, ...], means: Mapping[str, Means]) -> str:
        lacking = list(_lacking(row, codes, means, whole))
        return " ".join(f"{code} missing" if code in lacking else code for code in codes)

    return (
        "; ".join(sections) or "missing",
        marked(row.practice, PRACTICE),
        marked(row.evidence, PROOF),
    )


def _taught(module: Module) -> set[str]:
    return {row for section in module.sections for row in section.rows}


def _written(coverage: Coverage, whole: Whole) -> Iterator[tuple[int, CoverageRow]]:
    modules = {module.id for module in whole.course.modules} if whole.course else set()
    for number, row in enumerate(coverage.rows):
        if row.module in modules:
            yield number, row


def _lacking(
    row: CoverageRow, codes: tuple[str, ...], means: Mapping[str, Means], whole: Whole
) -> Iterator[str]:
    """Yield the codes that nothing serves; a broken file may hold what is looked for."""
    files = [c for c, _ in whole.all(Content) if getattr(c, "module", "").lower() == row.module]
    for code in codes:
        broken = any(path.startswith(f"data/{means[code].folder}/") for path in whole.broken)
        if not broken and not any(means[code].holds(content, row.id) for content in files):
            yield code
