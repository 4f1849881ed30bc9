"""Whether commits wait for a replica of the database that is away.

Role: with a synchronous replica a commit is acknowledged only when both have it. Where the replica is away,
every command waits, and reading goes on; without a word nobody would know why. Looked at by every process of
a service, shown by whoever reports troubles.
"""

import asyncio
from typing import Final

import structlog
from psycopg import Error

from shared.eventsourcing.sql import Pool
from shared.sentences import later
from shared.troubles import Troubles

log = structlog.get_logger()

EVERY_S: Final = 3.0
TROUBLE: Final = "replica"
SENTENCE: Final = later(
    "Replika basis data {service} tidak menjawab: perintah belum diterima dan menunggu sampai replika "
    "kembali. Yang sudah diterima tidak hilang."
)
_WAITING: Final = b"""
    SELECT count(*), coalesce(max(extract(epoch FROM now() - query_start)), 0)::int FROM pg_stat_activity
    WHERE usename = current_user AND wait_event = 'SyncRep' AND query_start < now() - interval '2 s'"""


class ReplicaWatch:
    """Looks every few seconds; `once` is one look."""

    def __init__(self, service: str, pool: Pool, troubles: Troubles) -> None:
        self._service, self._pool, self._troubles = service, pool, troubles

    async def run(self) -> None:
        """Runs until cancelled; a database that is away is told elsewhere."""
        while True:
            try:
                await self.once()
            except Error as error:
                log.debug("replica-not-looked-at", error=type(error).__name__)
            await asyncio.sleep(EVERY_S)

    async def once(self) -> None:
        """Looks now."""
        async with self._pool.connection() as conn:
            many, longest = await (await conn.execute(_WAITING)).fetchone() or (0, 0)
        self._pool.replica_away = bool(many)
        if many:
            cause = f"{many} commits wait for a synchronous replica, the longest for {longest} s"
            self._troubles.report(TROUBLE, SENTENCE, cause, service=self._service)
        else:
            self._troubles.clear(TROUBLE)
