"""What several pages and routes of documents ask its read models:
cycles, due dates, the calendar, approved submissions, and the files that a trail names.

SOP steps 4, 5, 9–12. Previous hop: `queries.py` of the sub-rooms, `lateness.py`, `scans.py`.
Next hop: the tables that `projections.py` fills.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Text, literal, select

from services.documents import streams, tables
from services.documents.domain.report import Approved
from services.documents.tables import approved, trail
from shared.contracts.values import StoredFile
from shared.eventsourcing.sql import Connection, fetch, fetch_one
from shared.known_cycles.corrections import told
from shared.known_cycles.queries import KnownCycles
from shared.sop.definition import sops
from shared.sop.steps import Sop

Row = Mapping[str, Any]

_CYCLE = tables.cycles.cycle
known = KnownCycles(
    tables.cycles,
    select(told(trail.c.facts["correction"], trail.c.facts["reason"], trail.c.by, trail.c.occurred_on))
    .where(
        trail.c.stream == literal("document-") + _CYCLE.c.cycle + literal("-laporan"),
        trail.c.act == "correction-decided",
    )
    .order_by(trail.c.version.desc()),
)
"""The cycles that documents knows of, their due dates, and the calendar."""

OF_THE_KABUPATEN = literal("")
"""Documents belong to the kabupaten and to no agency: who may see all agencies sees them."""


async def sop_of(conn: Connection, of_cycle: str) -> Sop | None:
    """The SOP that a cycle was opened under; None for one that documents does not know."""
    cycle = tables.cycles.cycle
    found = await fetch_one(conn, select(cycle.c.sop).where(cycle.c.cycle == of_cycle))
    return sops()[found["sop"]] if found else None


async def approvals(conn: Connection, of_cycle: str) -> list[Approved]:
    """The submissions of a cycle that are approved at this moment."""
    rows = await fetch(
        conn, select(approved).where(approved.c.cycle == of_cycle).order_by(approved.c.submission)
    )
    return msgspec.convert(rows, list[Approved])


async def trail_of(conn: Connection, stream: str) -> list[dict[str, Any]]:
    """What happened in a stream, in order: what, who, when, and the facts of each event."""
    return await fetch(conn, select(trail).where(trail.c.stream == stream).order_by(trail.c.version))


def files_in(facts: Any) -> list[StoredFile]:
    """Every file that an entry of a trail names, as it was recorded."""
    if isinstance(facts, Mapping):
        if set(facts) == {"digest", "name", "media_type", "size"}:
            return [StoredFile(**facts)]
        return [file for value in facts.values() for file in files_in(value)]
    return []


async def held_file(conn: Connection, categories: Sequence[str], digest: str) -> StoredFile | None:
    """A file that the trail of a stream of these categories names; None if there is none."""
    for category in categories:
        named = trail.c.facts.cast(Text).contains(digest, autoescape=True)
        for row in await fetch(
            conn, select(trail.c.facts).where(trail.c.stream.startswith(streams.every(category)), named)
        ):
            for file in files_in(row["facts"]):
                if file.digest == digest:
                    return file
    return None
