"""Rule on the page for the partner: no words of the learner's own get there unmarked."""

from collections.abc import Iterator

from brmcourse.checks.rule import Flaw, Whole, rule
from brmcourse.model.proposal import Proposal
from brmcourse.model.sheet import Sheet


@rule("proposal.private", Proposal)
def private(proposal: Proposal, whole: Whole) -> Iterator[Flaw]:
    """Find offers from fields that their sheet does not mark as fit for the partner."""
    fit: dict[tuple[str, str], bool] = {}
    for sheet, _ in whole.all(Sheet):
        fit |= {(sheet.id, field.id): field.for_partner for field in sheet.fields}
    for position, part in enumerate(proposal.parts):
        for number, offer in enumerate(part.offers):
            for at, piece in enumerate(offer.pieces):
                if fit.get((offer.sheet, piece.field), True):
                    continue
                yield Flaw(
                    ("parts", position, "offers", number, "pieces", at, "field"),
                    f'the field "{piece.field}" of the sheet "{offer.sheet}" is offered to the '
                    "partner, and the sheet does not mark it as fit for them",
                    "Offer another field. Write `for_partner: true` there only if learners know, "
                    "when they fill it in, that their partner may read it.",
                )
