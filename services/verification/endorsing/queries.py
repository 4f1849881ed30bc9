"""What the page and the routes of endorsing ask: the report that waits for its endorsement,
or what became of it.

SOP step 10. Previous hop: `endorsing/pages.py`, `endorsing/api.py`.
Next hop: the table that `projections.py` fills.
"""

from typing import Any

from sqlalchemy import select

from services.verification.queries import Row
from services.verification.tables import endorsement
from shared.contracts.values import StoredFile
from shared.eventsourcing.sql import Connection, fetch_one
from shared.web.files.downloads import of_draft, telling


async def endorsement_of(conn: Connection, of_cycle: str) -> dict[str, Any] | None:
    """The endorsement of a cycle's report; a waiting one that was not compiled from
    the figures that are approved now is `stale`.
    """
    row = await fetch_one(conn, select(endorsement).where(endorsement.c.cycle == of_cycle))
    if row and row["status"] == "waiting" and is_stale(row):
        return {**row, "status": "stale"}
    return row


def draft_file(found: Row) -> StoredFile:
    """The draft by the name that it has among documents: with its revision, and the correction that it is of;
    what a correction took the place of belongs to the one before.
    """
    corrections = found["correction"].get("correction", 0) - (found["status"] == "corrected")
    return telling(StoredFile(**found["file"]), *of_draft(found["revision"], corrections))


def is_stale(row: Row) -> bool:
    """The digests decide, in whichever order they came; where version 1 did not say them,
    whether they were unsettled after the draft.
    """
    if not (row["basis"] and row["digests"]):
        return bool(row["stale"])
    if row["settled"]:
        return bool(row["basis"] != row["digests"])
    return bool(row["stale"] or row["basis"] == row["digests"])
