"""What the pages and routes of the shelf ask of the read models:
which cycles there are, and what a cycle's file holds.

SOP step 13. Previous hop: `shelf/api.py`, `shelf/pages.py`, `shelf/orders.py`.
Next hop: the tables that `projections.py` writes.
"""

from typing import Any

from sqlalchemy import bindparam, select

from services.archive.queries import Row
from services.archive.tables import cycle, cycle_file, hard_copy, item
from shared.contracts.correction import apart
from shared.eventsourcing.sql import Connection, fetch, fetch_one
from shared.sop.document_kinds import document_kinds

_ORDER = ("laporan", "keputusan", *document_kinds().letters, *document_kinds().receipts, "sk_tim", "serah_sk")


async def cycles(conn: Connection) -> list[dict[str, Any]]:
    """Every cycle that archive knows of, the latest first."""
    return await fetch(conn, select(cycle).order_by(cycle.c.year.desc(), cycle.c.cycle))


async def sop_of(conn: Connection, cycle_id: str) -> str | None:
    """The version of the SOP that a cycle was opened under; None for an unknown cycle."""
    found = await fetch_one(
        conn, select(cycle.c.sop).where(cycle.c.cycle == bindparam("cycle_id")), cycle_id=cycle_id
    )
    return found["sop"] if found else None


async def shelf(conn: Connection, cycle_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The file of a cycle and its items, in the order of the shelf.
    An empty file when nothing is expected yet.
    """
    found = await fetch_one(
        conn, select(cycle_file).where(cycle_file.c.cycle == bindparam("cycle_id")), cycle_id=cycle_id
    )
    empty = dict.fromkeys((column.name for column in cycle_file.columns), None)
    rows = await fetch(conn, select(item).where(item.c.cycle == bindparam("cycle_id")), cycle_id=cycle_id)
    rows.sort(key=_place)
    return found or {**empty, "cycle": cycle_id, "version": 0, "correction": 0}, rows


async def hard_copies(conn: Connection, cycle_id: str) -> dict[str, Row]:
    """Where the paper originals of a cycle stand, by name; that of the latest report is in its file too."""
    rows = await fetch(
        conn, select(hard_copy).where(hard_copy.c.cycle == bindparam("cycle_id")), cycle_id=cycle_id
    )
    return {row["item"]: row for row in sorted(rows, key=_place)}


def _place(row: Row) -> tuple[int, int, str]:
    """What belongs to the latest official correction stands first, then as the shelf is ordered."""
    name, correction = apart(row["item"])
    return -correction, _ORDER.index(name) if name in _ORDER else len(_ORDER), name
