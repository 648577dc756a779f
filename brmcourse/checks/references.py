"""Rules on names: files are named like their ids, and what one file names the others must have."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from brmcourse.catalogue import CATALOGUE, Row
from brmcourse.checks.reading import Reading
from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.content.library import short_name
from brmcourse.content.yaml import Place
from brmcourse.errors import UnknownIdError
from brmcourse.model.base import Content
from brmcourse.model.capstone import Capstone
from brmcourse.model.course import Module
from brmcourse.model.evidence import Evidence
from brmcourse.model.mirror import Mirror
from brmcourse.model.profile import Profile
from brmcourse.model.prompts import Prompts
from brmcourse.model.proposal import Only, Proposal
from brmcourse.model.question import Quiz
from brmcourse.model.rehearsal import Rehearsal
from brmcourse.model.scale import Baseline, Scale
from brmcourse.model.sheet import Sheet
from brmcourse.model.values import Values


def unknown(place: Place, what: str, name: str, known: Iterable[str]) -> Flaw:
    """Return the flaw of a reference that leads nowhere."""
    message = str(UnknownIdError(what, name, list(known)))
    return Flaw(place, message, "Correct it, or add what is missing.")


@rule("id.file", Content)
def file_name(content: Content, whole: Whole) -> Iterator[Flaw]:
    """Find files that are not named like their ids."""
    name = getattr(content, "id", None)
    if not name:
        return
    (path,) = [part.source.path for part in whole.parts if part.content is content]
    file, wanted = Path(path).name, f"{short_name(name)}.yaml"
    if file != wanted:
        message = f'the file is called "{file}" but its id is "{name}"'
        yield Flaw(("id",), message, f"Rename the file to {wanted}, or change the id.")


@rule("reference.unknown", Content)
def dangling(content: Content, whole: Whole) -> Iterator[Flaw]:
    """Find references to modules, formats, objectives, sections and rows that are not there."""
    if not whole.course:
        return  # otherwise every mention of a module would be reported as well
    modules = {module.id: module for module in whole.course.modules}
    name = getattr(content, "module", None)
    if name is not None and name.lower() not in modules:
        yield unknown(("module",), "module", name, modules)
    match content:
        case Quiz():
            yield from _in_quiz(content, whole, modules)
        case Scale() | Mirror():
            yield from _format(content.format, whole)
        case Baseline():
            yield from _format(content.format, whole)
            yield from _draws(content, whole)
        case Capstone():
            yield from _in_capstone(content, whole)
        case Proposal():
            yield from _in_proposal(content, whole)
        case Profile():
            yield from _in_profile(content, whole)
        case Rehearsal():
            yield from _in_rehearsal(content, whole)


def _in_quiz(quiz: Quiz, whole: Whole, modules: Mapping[str, Module]) -> Iterator[Flaw]:
    quizzes = _files(whole, "questions")
    if quiz.parallel and quiz.parallel not in quizzes:
        yield unknown(("parallel",), "quiz", quiz.parallel, quizzes)
    if quiz.module not in modules:
        return
    asked_about = _owners(modules) if quiz.purpose == "test" else {}
    for number, question in enumerate(quiz.questions):
        module = asked_about.get(question.row, modules[quiz.module])
        known = {
            "objective": [objective.id for objective in module.objectives],
            "section": [section.id for section in module.sections],
            "row": list(module.rows),
        }
        for field, names in known.items():
            name = getattr(question, field)
            if name not in names:
                yield unknown(("questions", number, field), field, name, names)


def _owners(modules: Mapping[str, Module]) -> dict[str, Module]:
    """Return the module of each row: a test asks about all of them."""
    owners = {}
    for module in modules.values():
        for row in module.rows:
            owners[row] = module
    return owners


def _format(name: str, whole: Whole) -> Iterator[Flaw]:
    formats = _files(whole, "formats")
    if name not in formats:
        yield unknown(("format",), "answer format", name, formats)


def _draws(baseline: Baseline, whole: Whole) -> Iterator[Flaw]:
    scales = _files(whole, "scales")
    for number, name in enumerate(baseline.draws):
        if name.lower() not in scales:
            yield unknown(("draws", number), "self-assessment", name, scales)


def _in_capstone(capstone: Capstone, whole: Whole) -> Iterator[Flaw]:
    if any(path.startswith(("data/prompts/", "data/values.")) for path in whole.broken):
        return  # what a broken file holds is unknown, not missing
    known = {row.part: _names(whole, row) for row in CATALOGUE.values() if row.part}
    known |= {
        "reflection": list(_prompts(whole, "reflections")),
        "plan": list(_prompts(whole, "plans")),
        "values": ["partner"] if whole.all(Values) else [],
    }
    for position, part in enumerate(capstone.parts):
        for number, shown in enumerate(part.shows):
            kind, name = shown.name
            if name not in known[kind]:
                yield unknown(("parts", position, "shows", number, kind), kind, name, known[kind])


def _in_profile(profile: Profile, whole: Whole) -> Iterator[Flaw]:
    files = _files(whole, "scales")
    for position, name in enumerate(profile.scales):
        if name.lower() not in files:
            yield unknown(("scales", position), "self-assessment", name, files)
    sections = []
    for module in whole.course.modules if whole.course else ():
        sections += [f"{module.id}.{section.id}" for section in module.sections]
    scales = {scale.id: scale for scale, _ in whole.all(Scale)}
    for position, act in enumerate(profile.acts):
        if act.section not in sections:
            yield unknown(("acts", position, "section"), "section", act.section, sections)
        scale = scales.get(act.of.partition(".")[0])
        if scale is None:
            continue  # named above, or its own file says what is wrong
        parts = [f"{scale.id}.{part.id}" for part in scale.subscales]
        if act.of not in parts:
            yield unknown(("acts", position, "of"), "part of a self-assessment", act.of, parts)


def _in_proposal(proposal: Proposal, whole: Whole) -> Iterator[Flaw]:
    """Find sheets, fields and answers that are offered and not there."""
    if any(path.startswith("data/sheets/") for path in whole.broken):
        return
    sheets = {sheet.id: sheet for sheet, _ in whole.all(Sheet)}
    for position, part in enumerate(proposal.parts):
        for number, offer in enumerate(part.offers):
            place = ("parts", position, "offers", number)
            if offer.sheet not in sheets:
                yield unknown((*place, "sheet"), "sheet", offer.sheet, sheets)
                continue
            sheet = sheets[offer.sheet]
            known = [field.id for field in sheet.fields]
            for at, piece in enumerate(offer.pieces):
                if piece.field not in known:
                    yield unknown((*place, "pieces", at, "field"), "field", piece.field, known)
            if offer.only:
                yield from _only(offer.only, sheet, (*place, "only"))


def _in_rehearsal(rehearsal: Rehearsal, whole: Whole) -> Iterator[Flaw]:
    """Find what pushback is drawn from, and the part with the opening line, if it is not there."""
    for proposal, _ in whole.all(Proposal):
        parts = [part.id for part in proposal.parts]
        if rehearsal.opens not in parts:
            yield unknown(("opens",), "part", rehearsal.opens, parts)
    if any(path.startswith("data/sheets/") for path in whole.broken):
        return
    sheets = {sheet.id: sheet for sheet, _ in whole.all(Sheet)}
    for number, draw in enumerate(rehearsal.draws):
        if draw.sheet not in sheets:
            yield unknown(("draws", number, "sheet"), "sheet", draw.sheet, sheets)
            continue
        sheet = sheets[draw.sheet]
        known = [field.id for field in sheet.fields]
        if draw.field not in known:
            yield unknown(("draws", number, "field"), "field", draw.field, known)
        if draw.only:
            yield from _only(draw.only, sheet, ("draws", number, "only"))


def _only(only: Only, sheet: Sheet, place: Place) -> Iterator[Flaw]:
    choices = {field.id: field for field in sheet.fields if field.kind == "choice"}
    if only.field not in choices:
        yield unknown((*place, "field"), "field of kind choice", only.field, choices)
        return
    known = [answer.id for answer in choices[only.field].options]
    for number, answer in enumerate(only.answers):
        if answer not in known:
            yield unknown((*place, "answers", number), "option", answer, known)


def _prompts(whole: Whole, field: str) -> Iterator[str]:
    """Yield the ids of the prompts whose file can be told from them."""
    for entry, _ in whole.all(Prompts):
        for prompt in getattr(entry, field):
            if prompt.id.startswith(f"{entry.id}-"):
                yield prompt.id


def _files(whole: Whole, folder: str) -> list[str]:
    return [path.stem for path in sorted((whole.root / "data" / folder).glob("*.yaml"))]


def _names(whole: Whole, row: Row) -> list[str]:
    """Return the names of all that an activity can show."""
    names = _files(whole, row.place)
    for name in row.also:
        path = whole.root / "data" / name
        if path.is_file():
            names.append(path.stem)
    return names


@rule("reference.unknown-in-notebook", Reading)
def dangling_in_notebook(reading: Reading, whole: Whole) -> Iterator[Flaw]:
    """Find activities and citations in a notebook that are not there."""
    yield from _dangling_calls(reading, whole)
    yield from _dangling_citations(reading, whole)


def _dangling_calls(reading: Reading, whole: Whole) -> Iterator[Flaw]:
    for call in reading.page.calls:
        row = CATALOGUE.get(call.function)
        if row is None:
            continue
        if row.single:
            if not (whole.root / "data" / row.place).is_file():
                message = f"there is no data/{row.place} to show here"
                yield Flaw((call.line,), message, "Add the file, or delete the call.")
            continue
        names = _names(whole, row)
        if call.name.lower() not in names:
            yield unknown((call.line,), call.function, call.name, names)


def _dangling_citations(reading: Reading, whole: Whole) -> Iterator[Flaw]:
    sources = [source.id for evidence, _ in whole.all(Evidence) for source in evidence.sources]
    if not sources:
        return
    for line, name in reading.page.citations:
        if name not in sources:
            yield unknown((line,), "source", name, sources)
