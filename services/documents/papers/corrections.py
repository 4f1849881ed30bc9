"""The official corrections of a cycle as they were decided, and the submissions that may be corrected.

SOP steps 9 to 12. Previous hop: `papers/pages.py`, `papers/correction_pages.py`, `papers/orders.py`,
`papers/drafting.py`. Next hop: the trail of the report, which keeps every decision whole.
"""

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import select

from services.documents import streams
from services.documents.letters.corrections import Correction
from services.documents.papers.queries import DocumentRow
from services.documents.queries import trail_of
from services.documents.tables import approved
from shared.contracts.correction import CorrectionDecided
from shared.contracts.values import CorrectedSubmission
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.sql import Connection, fetch
from shared.sop.document_kinds import document_kinds

__all__ = ["Correction", "chosen", "decided", "lacking", "latest", "of_draft", "reported"]


async def decided(conn: Connection, cycle: str) -> Sequence[CorrectionDecided]:
    """The corrections of a cycle's report, the latest first. Ask only for who may see the report."""
    trail = await trail_of(conn, streams.document(cycle, "laporan"))
    of = {"cycle": cycle, "document": "laporan"}
    rows = ({**of, **row, **row["facts"]} for row in trail if row["act"] == "correction-decided")
    return [msgspec.convert(row, CorrectionDecided) for row in rows][::-1]


async def latest(conn: Connection, cycle: str) -> Correction | None:
    """The correction that a draft tells of; None where the report was never corrected."""
    found = await decided(conn, cycle)
    return combined(Correction, found[0]) if found else None


def of_draft(row: DocumentRow, decided: Sequence[CorrectionDecided]) -> tuple[int, int]:
    """The correction that the last draft of a document was made for, and the one that took its place; 0 for
    none. `decided`: those of the cycle's report, the latest first.
    """
    if not decided or not row.file or row.kind not in {"laporan", *document_kinds().letters}:
        return 0, 0
    latest = decided[0].correction
    gone = row.file.digest == decided[0].digest if row.kind == "laporan" else row.state == "stale"
    return (latest - 1, latest) if gone else (latest, 0)


async def reported(conn: Connection, cycle: str) -> Sequence[CorrectedSubmission]:
    """The submissions as they are approved now, by the names of their agencies."""
    rows = await fetch(
        conn, select(approved).where(approved.c.cycle == cycle).order_by(approved.c.agency_name)
    )
    return msgspec.convert(rows, list[CorrectedSubmission])


async def lacking(conn: Connection, decided: CorrectionDecided) -> Sequence[CorrectedSubmission]:
    """The submissions that a correction opened and whose new figures are not approved yet."""
    approved_now = {one.submission: one.revision for one in await reported(conn, decided.cycle)}
    return [one for one in decided.submissions if approved_now.get(one.submission, 0) <= one.revision]


async def chosen(
    conn: Connection, cycle: str, digest: str, named: Collection[str]
) -> tuple[CorrectedSubmission, ...]:
    """Those of them that somebody names; of a report that is corrected already, as they stood in it, so that
    what is sent twice says the same. Refuses a name that is none of them.
    """
    before = next((one for one in await decided(conn, cycle) if one.digest == digest), None)
    known = before.submissions if before else await reported(conn, cycle)
    found = tuple(one for one in known if one.submission in named)
    if len(found) < len(set(named)):
        raise Refused(
            "submissions-unknown",
            "Isian yang dipilih bukan isian yang dimuat laporan ini; muat ulang halaman.",
            field="submissions",
        )
    return found
