"""The tables that `brmcourse check` prints on demand: for what an author must weigh up."""

from collections.abc import Callable, Mapping

from brmcourse.checks.conversation_paths import paths_table
from brmcourse.checks.coverage import coverage_matrix
from brmcourse.checks.people import balance_table
from brmcourse.checks.rule import Whole
from brmcourse.model.conversation import Conversation


def all_paths(whole: Whole) -> str:
    """Return the table of every conversation's paths, each under the conversation's title."""
    tables = [f"{found.title}\n{paths_table(found)}" for found, _ in whole.all(Conversation)]
    return "\n\n".join(tables)


TABLES: Mapping[str, Callable[[Whole], str]] = {
    "coverage": coverage_matrix,
    "paths": all_paths,
    "balance": balance_table,
}
"""The tables by the names of their options."""
