"""Explanations as a post of the sheet brings them: each is given, and what was refused is told.

SOP step 7. Previous hop: `form.py`, after the figures were stored. Next hop: `submission/orders.py`.
"""

from collections.abc import Iterator, Mapping
from itertools import count

from services.intake import streams
from services.intake.domain.submission_state import About
from services.intake.findings.queries import explained_of
from services.intake.submission import orders
from services.intake.submission.sheet.warnings import FIELD
from shared.eventsourcing.commands.decider import Refused
from shared.web.acting import Acting

Refusals = Mapping[str, tuple[str, Refused]]
"""By field of the form: what was typed, and why it was refused."""


async def give_explanations(act: Acting, case: str, form: Mapping[str, object]) -> Refusals:
    """Gives what a form says to warnings. One that was kept and is about figures that are gone only came back
    with the form, so nobody is told.
    """
    refused: dict[str, tuple[str, Refused]] = {}
    numbers = count()
    typed = list(_typed(form))
    if not typed:
        return refused
    async with act.running.pool.connection() as conn:
        kept = await explained_of(conn, streams.submission(case))
    for name, about, text in typed:
        try:
            await orders.explain(act, case, about, text, part=f"jelas {next(numbers)}")
        except Refused as error:
            untouched = about in kept and kept[about].text.split() == text.split()
            if error.code != "finding-gone" or not untouched:
                refused[name] = (text, error)
    return refused


def _typed(form: Mapping[str, object]) -> Iterator[tuple[str, About, str]]:
    for name, value in form.items():
        parts = name.split(":")
        if len(parts) == 4 and parts[0] == FIELD and isinstance(value, str) and value.strip():
            yield name, (parts[1], parts[2], parts[3]), value
