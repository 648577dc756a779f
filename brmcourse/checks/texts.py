"""Rules on texts: what makes them hard to read, above all in a second language."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from brmcourse.checks.prose import Piece, prose
from brmcourse.checks.reading import Reading
from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.checks.wording import sentences, words
from brmcourse.model.base import Content
from brmcourse.model.conversation import Conversation
from brmcourse.model.evidence import Evidence
from brmcourse.model.example import Example
from brmcourse.model.question import Quiz
from brmcourse.model.scale import Scale

GRADE, SCALE_GRADE = 9, 8
"""The highest reading grade, and that of a self-assessment, which is read alone and in one go."""

MEASURABLE = 30
"""From how many words on a grade says something."""

SENTENCE = 25
BUDGETS = {"feedback": 40, "options": 30, "choices": 30}
READING = 700
"""The most words of a sentence, of feedback, an option or a choice, and of a module's reading."""

ALIKE = 0.7
"""The share of common words from which two questions or items are near duplicates."""

MIN_WORDS = 6
"""Shorter texts are alike too easily."""


def grade(texts: Sequence[str]) -> float:
    """Return the Flesch-Kincaid grade of the texts: the US school year that reads them easily."""
    import syllapy  # noqa: PLC0415 reads its dictionary when imported

    sentence_count = word_count = syllable_count = 0
    for text in texts:
        sentence_count += len(sentences(text))
        for word in words(text):
            word_count += 1
            syllable_count += max(1, syllapy.count(word))
    return 0.39 * word_count / sentence_count + 11.8 * syllable_count / word_count - 15.59


@rule("text.grade", object, "warning")
def hard(content: Content | Reading, whole: Whole) -> Iterator[Flaw]:
    """Find texts that need a higher reading grade than the course asks for."""
    if isinstance(content, Evidence):
        return  # what a study found cannot always be said in short words
    groups: dict[tuple[str, ...], list[Piece]] = defaultdict(list)
    for piece in prose(content, whole):
        groups[piece.group].append(piece)
    limit = SCALE_GRADE if isinstance(content, Scale) else GRADE
    for name, pieces in groups.items():
        texts = [piece.text for piece in pieces]
        if sum(len(words(text)) for text in texts) < MEASURABLE:
            continue
        level = grade(texts)
        if level > limit:
            what = name[-1] if name else "the first lines"
            yield Flaw(
                pieces[0].place,
                f'the texts of "{what}" together have reading grade {level:.1f}, over {limit}',
                "Cut long sentences in two, and use shorter words.",
            )


@rule("text.sentence-length", object, "warning")
def long_sentence(content: Content | Reading, whole: Whole) -> Iterator[Flaw]:
    """Find sentences that are too long to be read at once."""
    for piece in prose(content, whole):
        for sentence in sentences(piece.text):
            length = len(words(sentence))
            if length > SENTENCE:
                start = " ".join(sentence.split()[:5])
                message = f'the sentence "{start} …" has {length} words, over {SENTENCE}'
                yield Flaw(piece.place, message, "Make two sentences of it.")


@rule("text.word-budget", object, "warning")
def over_budget(content: Content | Reading, whole: Whole) -> Iterator[Flaw]:
    """Find readings, feedback and options that are longer than a learner has time for."""
    if isinstance(content, Reading):
        yield from _long_reading(content, whole)
    elif isinstance(content, Quiz | Conversation | Example):
        yield from _long_pieces(content, whole)


def _long_pieces(content: Content, whole: Whole) -> Iterator[Flaw]:
    for piece in prose(content, whole):
        budgets = [most for name, most in BUDGETS.items() if name in piece.place]
        length = len(words(piece.text))
        if budgets and length > budgets[0]:
            message = f"this text has {length} words, over {budgets[0]}"
            yield Flaw(piece.place, message, "Keep what the learner needs next, and cut the rest.")


def _long_reading(reading: Reading, whole: Whole) -> Iterator[Flaw]:
    sections = _sections(reading, whole)
    pieces = [piece for piece in prose(reading, whole) if sections & set(piece.group)]
    length = sum(len(words(piece.text)) for piece in pieces)
    if length > READING:
        start = next(line for line, _, title in reading.page.headings if title in sections)
        message = f"the sections to read have {length} words together, over {READING}"
        yield Flaw((start,), message, "Cut what no question comes back to.")


def _sections(reading: Reading, whole: Whole) -> set[str]:
    """Return the headings that the course names as the reading of this module, if it is one."""
    modules = whole.course.modules if whole.course else ()
    mine = [module for module in modules if module.id == reading.id]
    return {section.title for module in mine for section in module.sections}


@rule("text.near-duplicate", Content, "warning")
def near_duplicate(content: Content, whole: Whole) -> Iterator[Flaw]:
    """Find questions and items that ask nearly the same as an earlier one in the whole course."""
    if not isinstance(content, Quiz | Scale):
        return
    earlier: list[tuple[str, str]] = []
    for other, source in whole.all(Content):
        for place, text in _asked(other):
            twin = _twin(text, earlier) if other is content else None
            if twin:
                advice = "Ask something else here, or delete one of the two."
                yield Flaw(place, f"this asks nearly the same as {twin}", advice)
            earlier.append((f"{source.path}:{source.line(place)}", text))
        if other is content:
            return


def _twin(text: str, earlier: Sequence[tuple[str, str]]) -> str | None:
    """Return where the first text stands that asks nearly the same."""
    for where, known in earlier:
        if _alike(text, known):
            return where
    return None


def _asked(content: Content) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(content, Quiz):
        for number, question in enumerate(content.questions):
            yield ("questions", number, "stem"), question.stem
    elif isinstance(content, Scale):
        for number, item in enumerate(content.items):
            yield ("items", number, "text"), item.text


def _alike(one: str, other: str) -> bool:
    mine, theirs = _vocabulary(one), _vocabulary(other)
    if min(len(mine), len(theirs)) < MIN_WORDS:
        return False
    return len(mine & theirs) >= ALIKE * len(mine | theirs)


@cache
def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(words(text))
