"""Rules on texts, words and notebooks, and the table of people, beyond what docs/rules shows."""

from pathlib import Path

import pytest

from brmcourse.checks.course import load
from brmcourse.checks.people import balance_table
from brmcourse.checks.prose import prose
from brmcourse.checks.reading import Reading
from brmcourse.checks.rule import RULES, Flaw, Whole
from brmcourse.checks.texts import grade
from brmcourse.model.coverage import Glossary
from brmcourse.paths import course_root
from tests.overlay import SAMPLE, Block, problems_of

NOTEBOOK = "notebooks/source/m1.md"
NOWHERE = Whole(SAMPLE, ())


def found(rule: str, text: str, whole: Whole = NOWHERE) -> list[Flaw]:
    """Return what a rule finds in a notebook of that text."""
    return list(RULES[rule].find(Reading("m1", tuple(text.split("\n"))), whole))


def test_grade_follows_the_formula() -> None:
    """Flesch and Kincaid: 0.39 words per sentence + 11.8 syllables per word - 15.59, over all texts
    together.
    """
    assert grade(["The cat sat on the mat."]) == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    assert grade(["The cat sat.", "The dog ran."]) == pytest.approx(0.39 * 3 + 11.8 - 15.59)
    assert grade(["People listen. 25 managers relax."]) == pytest.approx(
        0.39 * 2.5 + 11.8 * 10 / 5 - 15.59
    )


def test_short_texts_are_not_graded() -> None:
    """Below 30 words a grade says nothing."""
    hard = "Organisational communication necessitates interpersonal consideration."
    assert not found("text.grade", hard)
    assert found("text.grade", " ".join([hard] * 6))


def test_prose_of_a_notebook() -> None:
    """List items and paragraphs of a quotation are pieces of their own, without markup, on their
    lines.
    """
    text = (
        "# One\n\n1. **Ask** once.\n2. Wait\n   a little - or > 3.\n\n"
        "> First.\n>\n> Second {cite}`x`.\n\n<!-- A -->"
    )
    pieces = list(prose(Reading("m1", tuple(text.split("\n"))), Whole(SAMPLE, [])))
    assert [(piece.place, piece.text) for piece in pieces if piece.text] == [
        ((3,), "Ask once."),
        ((4,), "Wait\na little - or > 3."),
        ((7,), "First."),
        ((9,), "Second."),
    ]
    assert all(piece.group == ("One",) for piece in pieces)


MYST = """---
title: "# No heading"
---
# One {cite}`in-heading`

Two words
+++
and [a link](one.md) on
the next line ![a map](two.png), **Amina:** {cite}`here`.

```{code-cell}
:tags: [hide-input]
quiz("m1")
# {cite}`in-code`
+++
values()
```

~~~python
scale("S")
~~~

Setext
------

- An [item][far]

  with ``[no](link)``

| a | b |
| - | - |
| [cell](cell.md) | {term}`KPI` |

<p>
<img src="three.png"
     alt="">
</p>

[far]: far.md
"""


def test_myst() -> None:
    """A notebook's source is read as MyST: front matter, cells, roles, lists, tables, HTML."""
    page = Reading("m1", tuple(MYST.split("\n"))).page
    assert page.headings == [(4, 1, "One"), (23, 2, "Setext")]
    assert page.calls == [(13, "quiz", "m1"), (16, "values", "")]
    assert page.citations == [(4, "in-heading"), (9, "here")]
    assert page.links == [(8, "one.md"), (9, "two.png"), (26, "far.md"), (32, "cell.md")]
    assert page.pictures == [(9, "two.png", "a map"), (35, "three.png", "")]
    assert page.bold == [(9, "Amina:")]
    assert [(line, text) for line, text, _ in page.blocks] == [
        (6, "Two words"),
        (8, "and a link on\nthe next line , Amina:."),
        (26, "An item"),
        (28, "with [no](link)"),
        (30, "a"),
        (30, "b"),
        (32, "cell"),
        (32, "KPI"),
    ]
    assert {headings for *_, headings in page.blocks[2:]} == {("One", "Setext")}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("See [the *map*](m1.ipynb) now", "See the map now"),
        ("A picture ![of a map](x.png) here", "A picture  here"),
        ("The {term}`KPI`, and `code` too", "The KPI, and code too"),
        ("It helps {cite}`ames-2020`, {cite}`x`.", "It helps,."),
        ("It helps\n{cite}`ames-2020`.", "It helps."),
        ("Stars \\* and 2 * 3 and a_b_c &amp; d", "Stars * and 2 * 3 and a_b_c & d"),
        ("One<br>two <!-- three -->", "Onetwo"),
    ],
)
def test_markup_is_not_read(text: str, seen: str) -> None:
    """Links, pictures and roles are reduced to what a reader sees."""
    (piece,) = prose(Reading("m1", (text,)), NOWHERE)
    assert piece.text == seen


def test_prose_leaves_ids_and_books_alone() -> None:
    """What no learner reads as a sentence is not measured."""
    whole, _ = load(course_root())
    places = [piece.place for part in whole.parts for piece in prose(part.content, whole)]
    assert places
    assert not {"id", "reference", "cite", "if", "silence", "ability"} & {
        step for place in places for step in place
    }


@pytest.mark.parametrize(
    "text", ["We touched base.", "He is touching  base", "Let us touch\nbase."]
)
def test_idioms_are_found_in_any_form(text: str) -> None:
    """Endings, blanks and line breaks do not hide an idiom."""
    (flaw,) = found("text.idiom", text)
    assert '"get in touch"' in flaw.advice


@pytest.mark.parametrize(
    "text", ["A touch of baseball.", "Both are on one page.", "The loop in it."]
)
def test_plain_words_are_no_idioms(text: str) -> None:
    """Words of an idiom apart are no idiom."""
    assert not found("text.idiom", text)


def test_jargon_is_reported_once_where_it_comes_first() -> None:
    """One word is one flaw, at its first use; an explanation there is enough."""
    assert [
        flaw.place for flaw in found("text.jargon", "Their KPI.\n\nThat KPI, and more KPIs.")
    ] == [(1,)]
    assert not found("text.jargon", "A key figure (KPI) helps.\n\nThat KPI again.")
    assert not found("text.jargon", "What is NOT a concern? A plan B, from Monday to Friday.")


def test_the_glossary_explains_jargon() -> None:
    """A term of the glossary and its other forms may be used everywhere, in the plural as well."""
    whole, _ = load(SAMPLE)
    assert whole.all(Glossary)
    assert not found("text.jargon", "Two service levels, or SLAs.", whole)
    assert found("text.jargon", "Two service levels, or SLAs.")


def test_reading_over_its_budget() -> None:
    """Only the sections that the course names count, together, and not their minutes."""
    whole, _ = load(SAMPLE)
    words = "word " * 350
    text = f"# M\n\n## Hear the concern\n\n*2 minutes*\n\n{words}\n\n## Ask about their work\n\n"
    assert not found("text.word-budget", text + words, whole)
    (flaw,) = found("text.word-budget", f"{text}### Part\n\n{words}word", whole)
    assert flaw.place == (3,)
    assert "701 words" in flaw.message
    assert not found("text.word-budget", f"# M\n\n## Example\n\n{words * 3}", whole)


def test_first_heading_is_the_title() -> None:
    """A notebook starts with a heading of level one, and may go up by any number of levels."""
    assert [flaw.place for flaw in found("text.heading-jump", "## Two")] == [(1,)]
    assert not found("text.heading-jump", "# A\n\n## B\n\n### C\n\n# D")


@pytest.mark.parametrize("text", ["![ ](a.png)", '<img src="a.png">', '<img alt="" src="a.png">'])
def test_pictures_need_words(text: str) -> None:
    """Markdown and HTML alike."""
    (flaw,) = found("text.alt-missing", text)
    assert '"a.png"' in flaw.message


@pytest.mark.parametrize("text", ["![A map](a.png)", '<img src="a.png" alt="A map">', "[](a.png)"])
def test_pictures_with_words(text: str) -> None:
    """A text in either form is enough."""
    assert not found("text.alt-missing", text)


def test_links() -> None:
    """Notebooks and their headings are found, in this notebook and others; the web is not tried."""
    whole, _ = load(SAMPLE)
    good = (
        "[a](#A-B) [b](m1.ipynb) [c](m1.ipynb#Ask-about-their-work) "
        "[d](./source/m1.md) [e](mailto:a@b.org)"
    )
    assert not found("text.link", f"# A B\n\n{good}", whole)
    bad = (
        f"[a](#a-c) [b](m9.ipynb) [c](m1.ipynb#Nothing) [d](nothing.pdf) [e](m1) [f]({'long' * 99})"
    )
    assert len(found("text.link", f"# A B\n\n{bad}", whole)) == 6


def test_near_duplicates_are_found_across_files() -> None:
    """The later one is reported, and names the earlier one's file and line."""
    text = (
        '{id: S, text: "I said in my own words what I had heard.", subscale: check, reverse: false}'
    )
    block = Block("yaml", "data/scales/s.yaml", "items.5", text.replace("id: S", "id: s06"))
    (problem,) = [
        problem for problem in problems_of(block) if problem.rule == "text.near-duplicate"
    ]
    assert "data/scales/s.yaml:" in problem.message


def test_a_warning_on_a_yaml_text_can_be_silenced() -> None:
    """A reason beside the text is enough."""
    text = (
        'text: "Ask them in the loop about it."\n'
        'silence: [{rule: text.idiom, reason: "Said by a real partner."}]'
    )
    assert problems_of(Block("yaml", "data/prompts/m1.yaml", "reflections.0", text)) == []


def test_balance_table() -> None:
    """Partners, people in cases, people compared in options, and speakers are listed with what is
    said of them.
    """
    whole, _ = load(course_root())
    table = balance_table(whole)
    assert "Amina Haddad Head of Supply Chain" in " ".join(table.split())
    lines = [line.split("  ")[0] for line in table.splitlines()]
    assert {"person in a case", "example in an option", "speaker in an example"} <= set(lines)


def test_balance_table_of_an_empty_course(tmp_path: Path) -> None:
    """A course without people has a table without rows."""
    assert balance_table(Whole(tmp_path, ())).splitlines() == [
        "part  name  who they are or what they do  where"
    ]
