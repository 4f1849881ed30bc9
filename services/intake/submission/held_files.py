"""The files that cases of intake hold: who may open one, and who may name one in a command. Taking in and
handing out is the same everywhere (`shared/web/files/uploads.py`, `shared/web/files/downloads.py`).

SOP steps 1, 2, 3, 6 and 7. Previous hop: the routes of steps and submissions.
Next hop: the read models, each question with the reach of its own permission.
"""

import json
from collections.abc import Callable

from sqlalchemy import Text, cast, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from starlette.datastructures import FormData

from services.intake.queries import Row
from services.intake.tables import evidence, signed_sheet, step, submission
from shared.access.permissions import Viewer
from shared.contracts.values import StoredFile
from shared.eventsourcing.sql import Connection, fetch_one
from shared.web.acting import Acting
from shared.web.files import file_kinds
from shared.web.files.uploads import attachable

NO_FILES: tuple[StoredFile, ...] = ()
Reaches = Callable[[str], Viewer | None]
"""The viewer with the reach that a query gives; None for whom it gives none."""


async def held(conn: Connection, reaches: Reaches, digest: str) -> StoredFile | None:
    """The file of this digest as a case names it that this person may see; None for every other digest."""
    found = None
    if (viewer := reaches("intake.submission")) is not None:
        found = await _of_submission(conn, viewer, digest)
    if found is None and reaches("intake.step") is not None:
        found = await _of_step(conn, digest)
    return StoredFile(**found) if found else None


async def nameable(
    act: Acting, digest: str, name: str, *, kinds: frozenset[str] = file_kinds.TAKEN
) -> StoredFile:
    """A file that this person may name in a command: an own upload,
    or one that a case holds which the person may see. Raises Refused.
    """

    async def ask(conn: Connection) -> StoredFile | None:
        return await held(conn, act.reaches, digest)

    return await attachable(act, digest, name, ask, kinds=kinds)


async def kept(act: Acting, form: FormData) -> tuple[StoredFile, ...]:
    """The files that an earlier try of the same form has uploaded already (`digest:name`)."""
    pairs = [str(value).partition(":") for value in form.getlist("kept")]
    return tuple([await nameable(act, digest, name) for digest, _colon, name in pairs])


async def of_step(conn: Connection, cycle: str, key: str) -> list[StoredFile]:
    """The evidence of a step."""
    found = await fetch_one(conn, select(step.c.evidence).where(step.c.cycle == cycle, step.c.step == key))
    return [StoredFile(**file) for file in (found["evidence"] or () if found else ())]


async def _of_submission(conn: Connection, viewer: Viewer, digest: str) -> Row | None:
    """A file as evidence, or as signed form, of a submission that the viewer may see;
    None if there is none.
    """
    for table in (evidence, signed_sheet):
        joined = table.join(submission, submission.c.submission == table.c.submission)
        statement = (
            select(table.c.file)
            .select_from(joined)
            .where(table.c.digest == digest, viewer.sees(submission.c.agency))
        )
        if found := await fetch_one(conn, statement.limit(1)):
            file: Row = found["file"]
            return file
    return None


async def _of_step(conn: Connection, digest: str) -> Row | None:
    """A file as evidence of a step; None if there is none."""
    wanted = literal(json.dumps([{"digest": digest}]), Text)
    found = await fetch_one(
        conn, select(step.c.evidence).where(step.c.evidence.op("@>")(cast(wanted, JSONB))).limit(1)
    )
    files = found["evidence"] if found else []
    return next((file for file in files if file["digest"] == digest), None)
