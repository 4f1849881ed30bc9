"""Publishing: the people of each region as one document in the database `access`, where every service looks;
again whenever person, office or agency changed, and now and then in case the other database lost it.

Serves every SOP step. Previous hop: the read models that `projections.py` fills. Next hop:
`shared/access/roster.py` in all four services. Without Kafka, so that nobody keeps an office because a broker
is away.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI
from psycopg import Error
from psycopg_pool import PoolTimeout

from services.intake.people import queries
from services.intake.people.seed import files_of, seed
from shared.access.people import PeopleFileInvalid
from shared.access.session import AccessAway
from shared.background import in_background
from shared.eventsourcing.commands.decider import Refused
from shared.messaging.receiving.transaction import Reaction
from shared.room import Running
from shared.web.words.i18n import later

EVERY_S, AGAIN_S = 0.3, 30.0
NOBODY = "people-none", later("Belum ada pegawai; sebutkan berkas pegawai awal dengan JEJAK_PEOPLE.")
UNSEEDED = "people-seed", later("Berkas pegawai awal tidak dapat dipakai.")
UNPUBLISHED = (
    "people-unpublished",
    later("Perubahan pegawai belum berlaku: basis data akses tidak menjawab."),
)
BEHIND = (
    "people-behind",
    later("Daftar pegawai yang berlaku lebih baru daripada riwayatnya; pulihkan keduanya bersama."),
)

log = structlog.get_logger()


class Publishing:
    """What a process of intake that works does about people, over and over."""

    def __init__(self, running: Running) -> None:
        self._running, self._troubles = running, running.troubles
        self._files = files_of(running.settings)
        self._published: dict[str, tuple[int, float]] = {}
        self._behind: dict[str, str] = {}

    async def run(self) -> None:
        while True:
            try:
                await self.now()
            except (Error, PoolTimeout) as error:
                log.warning("people-not-published", cause=type(error).__name__)
            await asyncio.sleep(EVERY_S)

    async def now(self) -> None:
        """Publishes what is new of every region; begins with a people file each that has nobody yet."""
        async with self._running.pool.connection() as conn:
            regions = await queries.regions(conn)
        settings = self._running.settings
        if settings.people or settings.region in regions:
            self._troubles.clear(NOBODY[0])
        else:
            self._troubles.report(*NOBODY, "JEJAK_PEOPLE")
        await self._begin({code: path for code, path in self._files.items() if code not in regions})
        for region in regions:
            await self._publish(region)

    async def _publish(self, region: str) -> None:
        async with self._running.pool.connection() as conn:
            found = await queries.published(conn, region, unless=self._known(region))
        if found is None:
            return
        version, document = found.version, json.dumps(found.document)
        values = {"region": region, "version": version, "document": document}
        try:
            row = await self._running.sessions.ask(
                b"SELECT set_people(%(region)s, %(version)s, %(document)s::jsonb)", values
            )
        except AccessAway as away:
            self._troubles.report(*UNPUBLISHED, str(away))
            return
        self._troubles.clear(UNPUBLISHED[0])
        self._say_behind(region, version, row)
        self._published[region] = version, time.monotonic()

    def _known(self, region: str) -> int:
        """The version that need not be published again; none where that is long ago."""
        version, at = self._published.get(region, (-1, float("-inf")))
        return version if time.monotonic() - at < AGAIN_S else -1

    def _say_behind(self, region: str, version: int, row: tuple[Any, ...] | None) -> None:
        """A version never goes back: what was restored without the other database does not hold."""
        stands = row[0] if row else version
        self._behind.pop(region, None)
        if stands > version:
            self._behind[region] = f"{region}: {stands} > {version}"
            self._troubles.report(*BEHIND, ", ".join(self._behind.values()))
        elif not self._behind:
            self._troubles.clear(BEHIND[0])

    async def _begin(self, files: Mapping[str, Path]) -> None:
        wrong = []
        for region, path in files.items():
            try:
                await seed(self._running, path, region)
            except (PeopleFileInvalid, Refused) as error:
                wrong.append(f"{region}: {error}")
        if wrong:
            self._troubles.report(*UNSEEDED, "; ".join(wrong))
        else:
            self._troubles.clear(UNSEEDED[0])


@asynccontextmanager
async def extras(_app: FastAPI, running: Running, working: bool) -> AsyncIterator[Reaction | None]:
    """Opened with intake: a process that works publishes."""
    if not working:
        yield None
        return
    async with in_background(Publishing(running).run()):
        yield None
