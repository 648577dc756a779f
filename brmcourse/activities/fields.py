"""What the forms on a page call their fields: read by the templates and by what parses a form."""

QUESTION = "question"
"""The id of the question that a form is about."""

PICK = "pick"
"""The letters of chosen options, and of lines in their order."""

TEXT = "text"
"""The line that the learner wrote."""

SURE = "sure"
"""How sure the learner is of an answer, from 1 to 3."""

TURN = "turn"
"""The number of the turn of a conversation that a move is for."""

PARTNER = "about-partner"
"""The key of the partner that the page is to be about."""

SHOWN_PARTNER = "shown-partner"
"""The key of the partner that a page without a script was about when it was made."""

RATING = "rate-"


def rating(code: str) -> str:
    """Return the field for the rating or place of an option, or the level of a criterion."""
    return f"{RATING}{code}"


def rated(field: str) -> str | None:
    """Return the code of the option or criterion that a field is about; None if about neither."""
    return field.removeprefix(RATING) if field.startswith(RATING) else None


def entry(sheet: str, number: int, field: str) -> str:
    """Return the field for one of a sheet's texts in an entry."""
    return f"{sheet}:{number}:{field}"


def prompt(name: str, field: str) -> str:
    """Return the field for one of the texts written to a prompt."""
    return f"{name}:{field}"


def line(key: str, what: str) -> str:
    """Return the field for the text of a line of the page for the partner, or for its tick."""
    return f"line:{key}:{what}"


def place(card: str) -> str:
    """Return the field for the place of a value in the learner's own order."""
    return f"rank:{card}"


def note(stage: str, number: int, what: str) -> str:
    """Return the field for what is noted of the value at that place (from 1), at that stage."""
    return f"{stage}:{number}:{what}"


def rehearsed(number: int, round_: int, what: str) -> str:
    """Return the field for something of that round (0 is the opening) of that rehearsal."""
    return f"rehearsal:{number}:{round_}:{what}"


def journal(number: int, what: str) -> str:
    """Return the field for something of that entry (from 1) of the journal."""
    return f"journal:{number}:{what}"
