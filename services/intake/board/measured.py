"""How many steps of a region's cycles are running, late or done, for the metrics; never which cycle's.

Serves every SOP step. Previous hop: `/metrics` of intake. Next hop: the read model of steps.
"""

from collections.abc import Sequence
from typing import Final

from shared.clock import today
from shared.eventsourcing.sql import Connection
from shared.web.watched.metrics import Measure

STATES: Final = ("running", "late", "done")
_STEPS: Final = b"""
    SELECT region, count(*) FILTER (WHERE completed_on IS NULL AND (due_on IS NULL OR due_on >= %(today)s)),
        count(*) FILTER (WHERE completed_on IS NULL AND due_on < %(today)s),
        count(*) FILTER (WHERE completed_on IS NOT NULL)
    FROM step JOIN cycle USING (cycle) WHERE started_on IS NOT NULL GROUP BY region"""


async def measured(conn: Connection) -> Sequence[Measure]:
    """Asked at every look. Late is what the day of today says, by the due date that was recorded."""
    rows = await (await conn.execute(_STEPS, {"today": today()})).fetchall()
    samples = [
        ((str(region), state), float(many))
        for region, *counted in rows
        for state, many in zip(STATES, counted, strict=True)
    ]
    said = "Steps that began, of all cycles of a region: running in time, late, or done"
    return [Measure("region_steps", said, samples, ("region", "state"))]
