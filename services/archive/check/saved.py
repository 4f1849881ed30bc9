"""Saved: how old the newest backup is, for *Macet* and the metrics.

Role: a backup that nobody makes any more is missed before it is needed. Previous hop: `jejak backup`, which
notes each that it finished in the table `backup`. Next hop: the troubles of this process.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from psycopg import Error

from shared.eventsourcing.sql import Connection, Pool
from shared.sentences import later
from shared.troubles import Troubles
from shared.web.watched.metrics import Measure

log = structlog.get_logger()

LOOK_EVERY_S: Final = 60.0
TROUBLE: Final = "backup"
OLD: Final = later("Cadangan terakhir sudah {hours} jam, padahal dibuat setiap {every} jam.")
NONE: Final = later("Belum ada cadangan, padahal dibuat setiap {every} jam.")
DAMAGED: Final = later("{many} berkas tidak dapat dicadangkan karena isinya rusak di penyimpanan.")
_NEWEST: Final = b"""
    SELECT extract(epoch FROM clock_timestamp() - at)::float8, seconds, bytes, damaged FROM backup
    ORDER BY at DESC LIMIT 1"""


async def newest(conn: Connection) -> Mapping[str, Any] | None:
    """The newest backup: its age and length in seconds, its size, its damaged files; None where none is."""
    row = await (await conn.execute(_NEWEST)).fetchone()
    return dict(zip(("age_s", "seconds", "bytes", "damaged"), row, strict=True)) if row else None


async def measured(conn: Connection) -> Sequence[Measure]:
    """For the metrics; nothing where no backup was made."""
    found = await newest(conn)
    if found is None:
        return []
    return [
        Measure("backup_age_seconds", "How old the newest backup is", [((), found["age_s"])]),
        Measure("backup_seconds", "How long it took", [((), found["seconds"])]),
        Measure("backup_bytes", "How large it is", [((), found["bytes"])]),
        Measure("backup_damaged_files", "Files that it lacks, being damaged", [((), found["damaged"])]),
    ]


class Saved:
    """Looks every minute; `every` is how often a backup is to be made, nothing where none was ordered."""

    def __init__(self, pool: Pool, troubles: Troubles, every: timedelta) -> None:
        self._pool, self._troubles, self._every = pool, troubles, every

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            try:
                await self.once()
            except Error as error:
                log.info("backup-age-unknown", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    async def once(self) -> None:
        """Looks now. One that is late by half its interval is missed."""
        async with self._pool.connection() as conn:
            found = await newest(conn)
        self._judge(found)

    def _judge(self, found: Mapping[str, Any] | None) -> None:
        if found and found["damaged"]:
            self._troubles.report(f"{TROUBLE}-damaged", DAMAGED, "see fsck", many=str(found["damaged"]))
        else:
            self._troubles.clear(f"{TROUBLE}-damaged")
        every = str(round(self._every / timedelta(hours=1)))
        if not self._every or (found and found["age_s"] < self._every.total_seconds() * 1.5):
            self._troubles.clear(TROUBLE)
        elif found is None:
            self._troubles.report(TROUBLE, NONE, "none was finished", every=every)
        else:
            hours = str(int(found["age_s"] // 3600))
            self._troubles.report(TROUBLE, OLD, "the newest is too old", hours=hours, every=every)
