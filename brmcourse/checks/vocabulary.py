"""Rules on words that some readers do not know: idioms, and jargon that nobody has explained."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from brmcourse.checks.prose import Piece, prose
from brmcourse.checks.reading import Reading
from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.content.yaml import read_source
from brmcourse.model.base import Content
from brmcourse.model.coverage import Glossary

ENDING = r"(?:e?s|e?d|ing)?"
"""What English adds to a word: "touch base" is found in "touched base" as well."""

ABBREVIATION = re.compile(r"\b[A-Z][A-Z0-9]*[A-Z](?=s?\b)")
STRESSED = {"NOT", "EXCEPT", "LEAST", "OK"}
"""Words in capitals that are no abbreviations."""


@rule("text.idiom", object, "warning")
def idiom(content: Content | Reading, whole: Whole) -> Iterator[Flaw]:
    """Find phrases that do not mean what their words say."""
    for piece in prose(content, whole):
        for phrase, plain in _found("idioms", piece.text):
            yield Flaw(
                piece.place,
                f'"{phrase}" does not mean what its words say, and many readers will not know it',
                f'Write it in plain words, such as "{plain}".',
            )


@rule("text.jargon", object, "warning")
def jargon(content: Content | Reading, whole: Whole) -> Iterator[Flaw]:
    """Find jargon and abbreviations that neither the glossary nor their first use explains."""
    if isinstance(content, Glossary):
        return
    known = _in_glossary(whole)
    for piece in prose(content, whole):
        for word, plain in _trade_words(piece):
            singular = word.lower().removesuffix("s")
            if word.lower() in known or singular in known:
                continue
            known.add(word.lower())
            if f"({word})" in piece.text or f"{word} (" in piece.text:
                continue
            mend = f'Write "{plain}", or explain it' if plain else "Explain it"
            yield Flaw(
                piece.place,
                f'"{word}" is jargon that nothing explains',
                f"{mend} here in brackets, or add it to data/glossary.yaml.",
            )


def _in_glossary(whole: Whole) -> set[str]:
    """Return the words that the glossary explains, in lower case."""
    known = set()
    for glossary, _ in whole.all(Glossary):
        for term in glossary.terms:
            for form in (term.term, *term.also):
                known.add(form.lower())
    return known


def _trade_words(piece: Piece) -> Iterator[tuple[str, str]]:
    """Yield jargon with plain words for it, and abbreviations with none."""
    yield from _found("jargon", piece.text)
    for word in ABBREVIATION.findall(piece.text):
        if word not in STRESSED:
            yield word, ""


def _found(kind: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield each listed phrase as the text has it, with plain words for it."""
    lower = text.lower()
    for longest, phrase, plain in _listed(kind):
        if longest not in lower:
            continue  # to try every pattern would take a second for the whole course
        for match in _pattern(phrase).finditer(text):
            yield match[0], plain


@cache
def _listed(kind: str) -> tuple[tuple[str, str, str], ...]:
    """Return the longest word of each phrase of that kind, the phrase, and plain words for it."""
    path = Path(__file__).with_name("vocabulary.yaml")
    phrases: Mapping[str, str] = read_source(path, path.name).data[kind]
    found = []
    for phrase, plain in phrases.items():
        found.append((max(phrase.split(), key=len), phrase, plain))
    return tuple(found)


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    words = [re.escape(word) + ENDING for word in phrase.split()]
    return re.compile(r"\b" + r"\s+".join(words) + r"\b", re.IGNORECASE)
