"""Which files the cases of intake hold: evidence of submissions and of plain steps. Taking in and handing out is the same everywhere
(`shared/web/files/uploads.py`, `shared/web/files/downloads.py`).

SOP steps 1, 2, 3, 6 and 7. Previous hop: the routes of steps and submissions. Next hop: `queries.py`, each question with the reach of its own permission.
"""

from collections.abc import Callable

from starlette.datastructures import FormData

from services.intake import queries
from shared.access.permissions import Viewer
from shared.contracts.values import StoredFile
from shared.eventsourcing.sql import Connection
from shared.web.acting import Acting
from shared.web.files.uploads import Holding, attachable

SUBMISSION, STEP = "intake.submission", "intake.step"
Reaches = Callable[[str], Viewer | None]
"""The viewer with the reach that a query gives; None for whom it gives none."""


async def held(conn: Connection, reaches: Reaches, digest: str) -> StoredFile | None:
    """The file of this digest as a case names it that this person may see; None for every other digest."""
    found = None
    if (viewer := reaches(SUBMISSION)) is not None:
        found = await queries.may_open_file(conn, viewer, digest)
    if found is None and reaches(STEP) is not None:
        found = await queries.step_file(conn, digest)
    return StoredFile(**found) if found else None


def holding(act: Acting, digest: str) -> Holding:
    """Asks the same for a person who acts."""

    async def ask(conn: Connection) -> StoredFile | None:
        return await held(conn, act.reaches, digest)

    return ask


async def kept(act: Acting, form: FormData) -> tuple[StoredFile, ...]:
    """The files that an earlier try of the same form has uploaded already (`digest:name`)."""
    pairs = [str(value).partition(":") for value in form.getlist("kept")]
    return tuple([await attachable(act, digest, name, holding(act, digest)) for digest, _colon, name in pairs])
