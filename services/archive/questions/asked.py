"""What an address asks: which question about which cycle, and for a printed number which figure.

Every SOP step. Previous hop: a browser or a program. Next hop: `pages.py`, `api.py`, `view.py`.
"""

from typing import Annotated

from fastapi import Path

from services.archive.proof.answers.verifier_nine import NINE
from services.archive.questions import view
from services.archive.questions.marks import Figure
from services.archive.shelf.queries import cycles
from shared.contracts.fields import Text
from shared.eventsourcing.sql import Connection
from shared.web.acting import Looking
from shared.web.forms.fields import Checked
from shared.web.problems.shape import NotFound

Question = Annotated[int, Path(ge=1, le=len(NINE), description="1 to 9, as the page numbers them")]
OptionalCase = Annotated[str, Checked(Text(120, pattern=r"([0-9]{4}-[0-9]{4}-[a-z0-9_]+-[a-z0-9_]+)?"))]
OptionalService = Annotated[str, Checked(Text(80, pattern=r"([a-z0-9][a-z0-9_.-]*)?"))]


async def known(conn: Connection, cycle: str) -> list[str]:
    """The cycles that may be asked about, the newest first. Raises NotFound where `cycle` is none of them."""
    found = [one["cycle"] for one in await cycles(conn)]
    if cycle and cycle not in found:
        raise NotFound
    return found


async def figure(
    conn: Connection, look: Looking, cycle: str, question: int, case: str, service: str
) -> Figure | None:
    """The figure that a question about a printed number is about; None for the other questions.
    Raises NotFound for one that there is not, or that whoever asks may not see.
    """
    if question != view.PRINTED:
        return None
    for one in await view.figures(conn, look, cycle):
        if (one.case, one.service) == (case, service):
            return one
    raise NotFound
