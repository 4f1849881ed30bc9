"""What the province's page asks: each region's cycle of a year, how far it is, and the index that holds.

SOP step 12. Previous hop: `province/pages.py`, `province/api.py`. Next hop: the tables that `projections.py`
fills, of the regions in sight; `domain/report.py` and `shared/spm/index.py` for the index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from sqlalchemy import Select, select

from services.documents import streams
from services.documents.domain.report import Approved, build
from services.documents.lateness import lateness
from services.documents.queries import Row, approvals, known, sop_of
from services.documents.tables import dispatch, document
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.sql import Connection, fetch_one
from shared.sop.document_kinds import document_kinds
from shared.sop.steps import Step
from shared.spm.index import Index
from shared.web.words.lateness import Timing

Standing = Literal["open", "approved", "endorsed"]
"""What the index of a region rests on: nothing yet, submissions that are all approved, an endorsed report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfRegion:
    """The cycle of one region as the province sees it. `index` only while all that it rests on holds."""

    cycle: Row
    region: str
    step: Step | None
    due: Row | None
    timing: Timing | None
    approved: int
    standing: Standing
    endorsed_on: date | None
    index: Index | None
    governor: Row

    @property
    def whole(self) -> Fraction | None:
        """The index of the region; None while there is none."""
        return self.index.whole if self.index else None

    @property
    def missing(self) -> tuple[str, ...]:
        """The services of which a cell that the index asks for is blank."""
        return tuple(self.index.missing) if self.index else ()

    def of_urusan(self, urusan: str) -> Fraction | None:
        return self.index.urusan.get(urusan) if self.index else None


async def years(conn: Connection) -> list[int]:
    """The years of which there is a cycle, the latest first."""
    return sorted({row["year"] for row in await known.cycles(conn)}, reverse=True)


async def regions(conn: Connection, year: int, today: date) -> list[OfRegion]:
    """Every region that has a cycle in a year, by name."""
    rows = [row for row in await known.cycles(conn) if row["year"] == year]
    rows.sort(key=lambda row: (row["region_name"], row["cycle"]))
    return [await _of_region(conn, row, today) for row in rows]


async def _of_region(conn: Connection, cycle: Row, today: date) -> OfRegion:
    name = cycle["cycle"]
    of_report = streams.document(name, "laporan")
    to_governor = streams.dispatch(name, document_kinds().next_above)
    report = await _first(conn, select(document).where(document.c.stream == of_report))
    governor = await _first(conn, select(dispatch).where(dispatch.c.stream == to_governor))
    approved = await approvals(conn, name)
    holds = bool(approved) and report.get("basis") == {each.submission: each.digest for each in approved}
    endorsed = holds and bool(report.get("settled_digest")) and bool(report["holds"])
    step, due, timing = await _step(conn, name, today)
    return OfRegion(
        cycle=cycle,
        region=streams.region_of(name),
        step=step,
        due=due,
        timing=timing,
        approved=len(approved),
        standing="endorsed" if endorsed else "approved" if holds else "open",
        endorsed_on=report.get("endorsed_on") if endorsed else None,
        index=await _index(conn, name, approved) if holds else None,
        governor=governor,
    )


async def _first(conn: Connection, statement: Select[Any]) -> Row:
    return await fetch_one(conn, statement) or {}


async def _step(conn: Connection, cycle: str, today: date) -> tuple[Step | None, Row | None, Timing | None]:
    """The furthest step that has begun, and how it stands; the last one has an end that documents does not
    hear of, so nothing is said to be late there.
    """
    sop, late = await sop_of(conn, cycle), await lateness(conn, cycle, today)
    if sop is None or not late.due:
        return None, None, None
    due = max(late.due.values(), key=lambda row: row["number"])
    step = sop.step(due["step"])
    return step, due, None if step == sop.last else late.drafted(step.key, ())


async def _index(conn: Connection, cycle: str, approved: Sequence[Approved]) -> Index | None:
    try:
        return build(await known.catalogue_of(conn, cycle), approved).index
    except Refused:  # two submissions answer for the same service: there is no index until that is mended
        return None
