"""What the pages and routes of dispatches ask: the way to each recipient, with what it carries.

SOP step 12. Previous hop: `dispatch/pages.py`, `dispatch/api.py`.
Next hop: the tables that `projections.py` fills.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from services.documents import streams
from services.documents.queries import OF_THE_KABUPATEN, Row, sop_of, trail_of
from services.documents.regions import addressed
from services.documents.tables import dispatch, dispatch_item
from shared.access.permissions import Viewer
from shared.contracts.correction import apart, numbered
from shared.eventsourcing.sql import Connection, fetch


@dataclass(frozen=True, slots=True)
class DispatchView:
    """One dispatch with what it carries and its trail in order, by its `name`. `addressed`: as it was queued
    for its recipient; before that, as the region addresses it. `correction`: of which official correction it
    is; `overtaken`: by which one what it carries is, 0 for none.
    """

    name: str
    recipient: str
    correction: int
    overtaken: int
    addressed: str
    row: Row
    items: Sequence[Row]
    trail: Sequence[Row]

    @property
    def version(self) -> int:
        return int(self.row.get("version") or 0)

    @property
    def status(self) -> str:
        return str(self.row.get("status") or "preparing")

    @property
    def finished(self) -> bool:
        """Nothing is to be done about it any more: it is back, or is not sent at all."""
        return self.status in {"received", "overtaken"}

    @property
    def finished_on(self) -> date | None:
        """The day on which it came to its end; None before."""
        day: date | None = self.row.get("received_on") if self.status == "received" else None
        return day or (self.trail[-1]["occurred_on"] if self.finished and self.trail else None)

    def item(self, name: str) -> Row | None:
        return next((item for item in self.items if item["document"] == name), None)


async def dispatches(conn: Connection, viewer: Viewer, of_cycle: str) -> list[DispatchView]:
    """The dispatches of a cycle, one for each recipient that its SOP has, those of its latest official
    correction first; empty for who may not see them.
    """
    sop = await sop_of(conn, of_cycle)
    if sop is None or not viewer.may_see(""):
        return []
    rows = await fetch(
        conn, select(dispatch).where(dispatch.c.cycle == of_cycle, viewer.sees(OF_THE_KABUPATEN))
    )
    found = {row["stream"]: row for row in rows}
    latest = max((apart(stream)[1] for stream in found), default=0)
    names = [numbered(to, number) for number in range(latest, -1, -1) for to in sop.recipients]
    return [
        await _dispatch_view(conn, of_cycle, name, found.get(streams.dispatch(of_cycle, name), {}), latest)
        for name in names
    ]


async def dispatch_of(conn: Connection, viewer: Viewer, of_cycle: str, recipient: str) -> DispatchView | None:
    """One dispatch; None if this viewer may see none, or nobody is called so."""
    return next((view for view in await dispatches(conn, viewer, of_cycle) if view.name == recipient), None)


async def other_numbers(conn: Connection, of_cycle: str, name: str) -> Mapping[str, str]:
    """The agenda numbers under which other letters of a cycle left the house, by dispatch."""
    numbered_ones = (dispatch.c.cycle == of_cycle, dispatch.c.agenda_number.is_not(None))
    rows = await fetch(conn, select(dispatch.c.dispatch, dispatch.c.agenda_number).where(*numbered_ones))
    return {row["dispatch"]: row["agenda_number"] for row in rows if row["dispatch"] != name}


async def _dispatch_view(conn: Connection, cycle: str, name: str, row: Row, latest: int) -> DispatchView:
    (recipient, number), stream = apart(name), streams.dispatch(cycle, name)
    items = await fetch(
        conn, select(dispatch_item).where(dispatch_item.c.stream == stream).order_by(dispatch_item.c.document)
    )
    named = row.get("recipient_name") or addressed(streams.region_of(cycle), recipient)
    overtaken = number + 1 if number < latest else 0
    trail = await trail_of(conn, stream)
    return DispatchView(name, recipient, number, overtaken, named, row, items, trail)
