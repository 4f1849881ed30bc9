"""How long ago the archive proved itself last: each walk of the comparison, and the probe of the store's
locks.

Role: a self-test that nobody runs any more finds nothing wrong. Previous hop: `/metrics` of archive. Next
hop: what `comparing.py` and `shelf/filing.py` keep of their rounds.
"""

from collections.abc import Sequence
from typing import Final

from shared.eventsourcing.sql import Connection
from shared.web.watched.metrics import Measure

_AGES: Final = b"""
    SELECT 'comparison-' || walk, extract(epoch FROM clock_timestamp() - finished_at)::float8 FROM comparison
    WHERE finished_at IS NOT NULL
    UNION ALL SELECT 'lock-probe', extract(epoch FROM clock_timestamp() - max(at))::float8 FROM store_probe
    HAVING max(at) IS NOT NULL"""


async def measured(conn: Connection) -> Sequence[Measure]:
    """For the metrics; nothing of what was never finished."""
    rows = await (await conn.execute(_AGES)).fetchall()
    said = "How long ago a test of the archive by itself was finished last"
    return [Measure("self_test_age_seconds", said, [((test,), age) for test, age in rows], ("test",))]
