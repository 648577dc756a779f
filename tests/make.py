"""Small content for tests: each maker fills in what a test does not care about."""

from typing import Any

from pydantic import TypeAdapter

from brmcourse.activities import mirror as mirrors
from brmcourse.activities import proposal as proposals
from brmcourse.activities import rehearsal as rehearsals
from brmcourse.activities.capstone import Outline, Piece
from brmcourse.activities.conversation import Stage
from brmcourse.activities.quiz import Exercise
from brmcourse.activities.scale import Questionnaire
from brmcourse.activities.writing import Prompted
from brmcourse.catalogue import CATALOGUE, activity_of
from brmcourse.events import PlanWrote, ReflectionWrote
from brmcourse.model.capstone import Capstone
from brmcourse.model.conversation import Conversation
from brmcourse.model.course import Course, Module
from brmcourse.model.example import Example
from brmcourse.model.journal import Journal
from brmcourse.model.mirror import Mirror
from brmcourse.model.prompts import Prompts
from brmcourse.model.proposal import Proposal
from brmcourse.model.pushback import Line as PushbackLine
from brmcourse.model.question import Question, Quiz
from brmcourse.model.rehearsal import Rehearsal
from brmcourse.model.scale import Format, Scale
from brmcourse.model.sheet import Sheet
from brmcourse.model.values import Values

ABOUT = {"why": "Because.", "objective": "m1.ask", "row": "A4", "section": "ask", "bloom": "apply"}
QUESTION: TypeAdapter[Any] = TypeAdapter(Question)


def options(**extra: Any) -> list[dict[str, Any]]:
    """Return three options; each keyword gives the three values of one more field."""
    names = ("ann", "bea", "cyn")
    plain = [
        {"id": name, "text": f"Text of {name}", "feedback": f"Feedback on {name}"} for name in names
    ]
    return [
        {**option, **{key: values[n] for key, values in extra.items()}}
        for n, option in enumerate(plain)
    ]


def question(kind: str = "single", key: str = "q1", **extra: Any) -> Any:
    """Return a question of that kind; ann is the best answer, ann-bea-cyn the right order."""
    parts: dict[str, dict[str, Any]] = {
        "single": {"options": options(credit=(1, 0.5, 0))},
        "multiple": {"options": options(credit=(1, 1, 0))},
        "judgement": {"options": options(key=(5, 3, 1)), "key_source": "author"},
        "match": {
            "options": options(match=("left", "right", "left")),
            "targets": [{"id": "left", "text": "Left"}, {"id": "right", "text": "Right"}],
        },
        "order": {"options": options()},
        "compose": {
            "prompt_line": "You never listen.",
            "model_answer": "What did I miss?",
            "rubric": [{"id": "asks", "text": "It asks."}, {"id": "short", "text": "It is short."}],
        },
    }
    return QUESTION.validate_python(
        {"id": key, "kind": kind, "stem": "What now?", **ABOUT, **parts[kind], **extra}
    )


PERFECT: dict[str, Any] = {
    "single": "ann",
    "multiple": ["bea", "ann"],
    "judgement": {"ann": 5, "bea": 3, "cyn": 1},
    "match": {"ann": "left", "bea": "right", "cyn": "left"},
    "order": ["ann", "bea", "cyn"],
    "compose": {"text": "What did I get wrong?", "ratings": {"asks": 2, "short": 2}},
}
"""For each kind the response that earns the full point."""

GRADED = [kind for kind in PERFECT if kind != "compose"]
"""The kinds of questions that a test may ask; a compose question shows its model answer at once."""


def module() -> Module:
    """Return a module with one objective and one section."""
    return Module.model_validate(
        {
            "id": "m1",
            "title": "One",
            "minutes": 5,
            "rows": ["A4"],
            "objectives": [{"id": "m1.ask", "text": "Ask."}],
            "sections": [{"id": "ask", "title": "Ask first"}],
        }
    )


def course() -> Course:
    """Return a course of that one module."""
    return Course.model_validate({"title": "Small", "modules": [module()]})


def exercise(
    *questions: Any,
    key: str = "m1",
    purpose: str = "practice",
    before: Quiz | None = None,
    later: bool = False,
) -> Exercise:
    """Return a quiz of these questions, by default of one of each kind; `before` is the test taken
    before it, `later` puts it behind the first module.
    """
    items = questions or tuple(question(kind, f"q-{kind}") for kind in PERFECT)
    about = {
        "id": key,
        "title": "Quiz",
        "module": "m1",
        "purpose": purpose,
        "parallel": before.id if before else None,
    }
    asked = Quiz.model_validate({**about, "questions": items})
    return Exercise(asked, module(), before, later)


def questionnaire(items: int = 8, edition: int = 1) -> Questionnaire:
    """Return a scale with two subscales; every fourth item is reversed."""
    form = Format.model_validate(
        {
            "id": "often",
            "min": 1,
            "labels": ["Never", "Rarely", "Sometimes", "Often", "Always"],
            "no_chance": "No chance yet",
            "required_share": 0.75,
            "bands": [
                {"from": 0, "name": "Low", "text": "Low."},
                {"from": 50, "name": "High", "text": "High."},
            ],
            "caveats": ["Only a guess."],
            "too_few": "Not enough to say yet.",
        }
    )
    lines = [
        {
            "id": f"i{n}",
            "text": f"Act {n}",
            "subscale": "odd" if n % 2 else "even",
            "reverse": n % 4 == 3,
        }
        for n in range(items)
    ]
    scale = Scale.model_validate(
        {
            "id": "S",
            "edition": edition,
            "title": "Scale",
            "module": "m1",
            "format": "often",
            "lead": "Think of one partner.",
            "subscales": [{"id": "odd", "title": "Odd"}, {"id": "even", "title": "Even"}],
            "items": lines,
        }
    )
    return Questionnaire(scale, form)


def ladder(*, reverse: bool = False) -> Questionnaire:
    """Return a scale of two rated items and of three with a choice for each of three levels, two
    near and one far.
    """
    plain = questionnaire(2)
    choices = [f"Sentence {n}" for n in (1, 2, 3)]
    rated = [
        {"id": f"i{n}", "text": f"Act {n}", "subscale": "rated", "reverse": False} for n in range(2)
    ]
    staged = [
        {
            "id": f"c{n}",
            "text": f"Which {n}?",
            "subscale": part,
            "reverse": reverse,
            "choices": choices,
        }
        for n, part in enumerate(("near", "near", "far"))
    ]
    about = {
        "id": "L",
        "levels": ("Apart", "In touch", "Together"),
        "subscales": [{"id": name, "title": name.title()} for name in ("rated", "near", "far")],
        "items": [*rated, *staged],
    }
    return Questionnaire(Scale.model_validate(plain.scale.model_dump() | about), plain.format)


def sheet(**extra: Any) -> Sheet:
    """Return a sheet that grows: a line, a text, a date, and a choice whose answers bring 0 to 2
    points.
    """
    answers = [
        {"id": name, "text": f"Is {name}", "points": n}
        for n, name in enumerate(("open", "half", "done"))
    ]
    return Sheet.model_validate(
        {
            "id": "log",
            "module": "m1",
            "title": "A log",
            "lead": "One at a time.",
            "entry": "promise",
            "fields": [
                {"id": "what", "kind": "line", "label": "What", "hint": "A small one."},
                {"id": "more", "kind": "text", "label": "More"},
                {"id": "by", "kind": "date", "label": "By"},
                {
                    "id": "state",
                    "kind": "choice",
                    "label": "State",
                    "hint": "As of now.",
                    "options": answers,
                },
            ],
            **extra,
        }
    )


def told(**extra: Any) -> Example:
    """Return an example of one version to be read only."""
    line = {"who": "Noor", "says": "It is late.", "note": "A complaint."}
    versions = [{"id": "only", "title": "A talk", "lines": [line]}]
    about = {"id": "told", "module": "m1", "title": "Told", "setting": "In the corridor."}
    return Example.model_validate({**about, "versions": versions, **extra})


def example(**extra: Any) -> Example:
    """Return an example of two versions: one asks about a line and has one to be written, the other
    one to be annotated.
    """
    reasons = [
        {"id": name, "text": f"Text of {name}", "feedback": f"Feedback on {name}"}
        for name in ("ann", "bea", "cyn")
    ]
    reasons[0]["right"] = True  # type: ignore[assignment]
    first = [
        {"who": "Noor", "says": "It is late.", "note": "A complaint."},
        {
            "id": "why",
            "who": "Ben",
            "says": "What does it hold up?",
            "ask": {"question": "Why could it work?", "options": reasons},
            "note": "He asks first.",
        },
        {"who": "Noor", "says": "My week."},
        {"id": "sum", "who": "Ben", "blank": True, "model": "So your week.", "note": "In short."},
        {"who": "Noor", "says": "Yes."},
    ]
    second = [
        {"id": "end", "who": "Noor", "says": "Half will do.", "yours": True, "note": "An offer."},
        {"who": "Ben", "says": "You have it."},
    ]
    versions = [
        {"id": "one", "title": "First", "lines": first},
        {"id": "two", "title": "Second", "lines": second},
    ]
    return told(id="e1", title="Late", versions=versions, closing="All in all.", **extra)


def values() -> Values:
    """Return the values exercise with six cards in five wedges; dot and eve share one."""
    wedges = {"ann": 0, "bea": 1, "cyn": 2, "dot": 3, "eve": 3, "fay": 4}
    return Values.model_validate(
        {
            "id": "values",
            "module": "m1",
            "title": "Six values",
            **{step: f"Now {step}." for step in ("rank", "circle", "predict", "revise", "compare")},
            "confidence": [
                {"id": "low", "text": "A guess", "share": 0.3},
                {"id": "high", "text": "Sure", "share": 0.9},
            ],
            "cards": [
                {"id": name, "name": name.title(), "text": f"to be {name}", "wedge": wedge}
                for name, wedge in wedges.items()
            ],
        }
    )


def prompts() -> Prompts:
    """Return one reflection and one plan."""
    hints = {f"{part}_hint": f"Some {part}" for part in ("situation", "action", "when")}
    return Prompts.model_validate(
        {
            "id": "m1",
            "module": "m1",
            "reflections": [
                {"id": "m1-r1", "title": "Look back", "text": "What was it?", "hint": "A talk."}
            ],
            "plans": [{"id": "m1-p1", "title": "Look ahead", "text": "What next?", **hints}],
        }
    )


def capstone() -> Capstone:
    """Return a plan of two parts: the past (a reflection, the sheet) and the next (the values, a
    plan).
    """
    shows = {
        "past": [{"reflection": "m1-r1"}, {"sheet": "log"}],
        "next": [{"values": "partner"}, {"plan": "m1-p1"}],
    }
    return Capstone.model_validate(
        {
            "id": "capstone",
            "module": "m1",
            "title": "The plan",
            "lead": "Put it together.",
            "parts": [
                {"id": name, "title": f"Part {name}", "lead": f"About the {name}.", "shows": shown}
                for name, shown in shows.items()
            ],
        }
    )


def outline() -> Outline:
    """Return that plan with what its parts show."""
    asked = prompts()
    notes = Prompted(asked.reflections, ReflectionWrote, "m1")
    intents = Prompted(asked.plans, PlanWrote, "m1")
    past = (piece("reflect", notes), piece("sheet", sheet()))
    return Outline(capstone(), (past, (piece("values", values()), piece("plan", intents))))


def piece(name: str, content: Any) -> Piece:
    """Return a part of the plan."""
    return Piece(CATALOGUE[name], activity_of(CATALOGUE[name]), content, "module 1")


def proposal(**extra: Any) -> proposals.Outline:
    """Return the page for the partner: one part offers what stands in the sheet and when, one the
    course's own words.
    """
    offered = {
        "sheet": "log",
        "pieces": [{"field": "what"}, {"field": "by", "before": ", by "}, {"field": "more"}],
        "only": {"field": "state", "answers": ["open"], "blank": True},
    }
    parts = [
        {"id": "give", "title": "I give", "most": 2, "offers": [offered]},
        {"id": "time", "title": "Our time", "most": 2, "suggests": ["5 minutes: You talk."]},
    ]
    about = {
        "id": "proposal",
        "module": "m1",
        "title": "A page for them",
        "lead": "Tick what they may read.",
        "heading": "What I heard",
        "parts": [{"lead": f"About {part['id']}.", "hint": "A line.", **part} for part in parts],
    }
    form = sheet()
    marked = [
        field.model_copy(update={"for_partner": field.id in {"what", "by"}})
        for field in form.fields
    ]
    form = form.model_copy(update={"fields": tuple(marked)})
    return proposals.Outline(Proposal.model_validate(about | extra), {"log": form})


def rehearsal(**extra: Any) -> rehearsals.Outline:
    """Return a talk of two rounds, mild and hard, with a deck of three kinds of two levels each;
    what stands in the sheet is taken up as a concern if it is open.
    """
    asked = {"label": "Which?", "hint": "A line."}
    about = {
        "id": "rehearsal",
        "module": "m1",
        "title": "A talk to come",
        "lead": "They push back.",
        "occasion": asked,
        "opening": asked,
        "reply": asked,
        "revision": asked,
        "rounds": [1, 3],
        "opens": "give",
        "draws": [
            {
                "about": "concern",
                "sheet": "log",
                "field": "what",
                "only": {"field": "state", "answers": ["open"], "blank": True},
            }
        ],
        "rubric": [
            {"id": "back", "text": "Did I say it back?", "opening": "Did I say why?"},
            {"id": "choice", "text": "Can they choose?"},
        ],
        "degrees": [{"id": "no", "text": "Not yet"}, {"id": "yes", "text": "Yes"}],
        "helping": "More open",
        "others": "Less open",
        "caveat": "No grade.",
        "research": "About disputes.",
        "none": "None found.",
        "closing": "Which one?",
    }
    lines = []
    for kind in ("doubt", "demand", "resistance"):
        for level in (1, 3):
            line = {"kind": kind, "level": level}
            for number in (1, 2):
                name = f"{kind}-{level}-{number}"
                lines.append({"id": name, "text": f"A {kind} of {level}, {number}.", **line})
    taken = {"kind": "doubt", "level": 1, "about": "concern"}
    lines.append({"id": "taken", "text": "And “{words}”?", **taken})
    deck = tuple(PushbackLine.model_validate(line) for line in lines)
    page = proposal()
    content = Rehearsal.model_validate(about | extra)
    return rehearsals.Outline(content, deck, page.sheets, page.proposal)


def mirror(lines: int = 5, **extra: Any) -> mirrors.Outline:
    """Return the form for a partner: it mirrors the first lines of one scale of eight, of which the
    fourth is reversed.
    """
    asked = questionnaire()
    about = {
        "id": "mirror",
        "title": "How they see it",
        "lead": "You can ask.",
        "before": "Not in a dispute.",
        "heading": "How does it look?",
        "format": "often",
        "dont_know": "Don't know",
        "open": {
            "sentences": ["It is to learn.", "They see all."],
            "notes": ["Four weeks."],
            "keep": "What to keep?",
            "idea": "What to try?",
        },
        "group": {"sentences": ["It is to learn.", "They see averages."]},
        "scales": [{"id": "S", "lines": lines}],
        "lines": [{"id": f"m{n}", "of": f"i{n}", "text": f"They act {n}."} for n in range(lines)],
        "questions": ["What then?", "What now?", "What next?"],
    }
    found = Mirror.model_validate(about | extra)
    return mirrors.Outline(found, asked.format, {"S": asked})


def journal(**extra: Any) -> Journal:
    """Return a journal with two questions to begin with."""
    about = {
        "id": "journal",
        "title": "My journal",
        "lead": "Write what you like.",
        "label": "Your entry",
        "hint": "No names.",
        "prompts": [
            {"id": "talk", "title": "A talk", "text": "What was said?"},
            {"id": "week", "title": "A week", "text": "What was new?"},
        ],
    }
    return Journal.model_validate(about | extra)


MEETING: dict[str, Any] = {
    "id": "t1_test",
    "title": "A talk",
    "module": "m1",
    "you": "New in post",
    "partner": {"name": "Noor", "role": "Head of Tests"},
    "setting": "A corridor",
    "pressures": ["time"],
    "hidden": "She was let down before",
    "exit_rule": "Leave if it turns to abuse.",
    "state": {"trust": 3},
    "skills": {"listen": "Listening"},
}
"""Who talks with whom in made-up conversations, and what there is to win."""


def staged(**extra: Any) -> Stage:
    """Return the conversation below, ready to be played."""
    return Stage(conversation(**extra))


def conversation(**extra: Any) -> Conversation:
    """Return a conversation of two turns; trust of 5 or more ends well."""

    def choices(step: str) -> list[dict[str, Any]]:
        rows = (("strong", 2, 2), ("partial", 1, 0), ("weak", 0, -2))
        return [
            {
                "text": f"A {name} move",
                "move": "ask",
                "reply": f"A {name} reply.",
                "points": points,
                "skill": "listen",
                "effects": {"trust": trust},
                "next": step,
                "feedback": f"That was {name}.",
            }
            for name, points, trust in rows
        ]

    return Conversation.model_validate(
        {
            **MEETING,
            "facts": {"was_let_down": "she was let down before"},
            "endings": {"Good": "It went well.", "Bad": "It did not."},
            "start": "one",
            "nodes": {
                "one": {"says": "Well?", "choices": choices("two")},
                "two": {"says": "And?", "fact": "was_let_down", "choices": choices("route")},
                "route": {
                    "auto": [{"if": "trust >= 5", "next": "good"}, {"else": True, "next": "bad"}]
                },
                "good": {"ending": "Good", "says": "Thank you."},
                "bad": {"ending": "Bad", "says": "Goodbye."},
            },
            "debrief": ["What moved?"],
            **extra,
        }
    )
