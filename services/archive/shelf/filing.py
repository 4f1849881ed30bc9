"""Filing: copies a file into the archive store under lock, and says exactly what the store answered.

SOP step 13. Previous hop: the Arsiparis through `shelf/api.py` or `shelf/pages.py`; the start of the service
for the probe. Next hop: `domain/cycle_file.py` with `FileItem` or `SealItem`, `domain/store_probe.py` with
`RecordProbe`.

Bytes first, event afterwards: an event never claims a copy that is not there.
The same file filed again after a crash is no second copy.
"""

import asyncio
import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import structlog
from fastapi import Request

from services.archive import queries, streams
from services.archive.domain.archive_item import FileItem, Mode, SealItem
from services.archive.domain.store_probe import RecordProbe
from services.archive.shelf import retention
from shared.clock import WIB, Clock, now
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.objects.port import Corrupt, Lock, NotThere, Objects, ObjectTrouble, StoreAway, Stored, key_of
from shared.objects.probe import Probe, probe
from shared.objects.spool import spooled
from shared.room import Running

log = structlog.get_logger()

LARGEST = 512 * 1024 * 1024
PROBE_EVERY_S = 12 * 3600.0
LOOK_EVERY_S = 5.0
SYSTEM = Actor.system("archive")


class Filing:
    """The archive's hands: what touches the object store."""

    def __init__(self, running: Running, objects: Objects, *, clock: Clock = now) -> None:
        self._running, self._objects, self._clock, self._wake = running, objects, clock, asyncio.Event()

    @property
    def store(self) -> str:
        """The name of the archive bucket."""
        return self._objects.archive.name

    async def copy(self, item: Mapping[str, Any], *, by: str, occurred_on: date) -> FileItem:
        """Copies an expected item from the work bucket into the archive under a governance lock;
        answers the command that records it.

        Raises Refused when the work bucket has no such file or other bytes,
        StoreAway when a bucket does not answer.
        """
        file = item["file"]
        today, latest = await self._bounds()
        lock = Lock("governance", retention.load().while_running(today)).at_most(latest)
        try:
            async with spooled(
                await self._objects.work.stream(key_of(file["digest"])), limit=LARGEST
            ) as copy:
                stored = await self._objects.archive.put(
                    copy.path, media_type=file["media_type"], digest=file["digest"], lock=lock
                )
        except NotThere:
            raise Refused(
                "file-missing",
                "Berkas “{name}” tidak ada di penyimpanan kerja.",
                field="item",
                name=file["name"],
            ) from None
        except Corrupt:
            raise Refused(
                "file-corrupt",
                "Isi berkas “{name}” bukan yang dicatat; jangan diarsipkan.",
                field="item",
                name=file["name"],
            ) from None
        return FileItem(
            cycle=item["cycle"],
            item=item["item"],
            digest=file["digest"],
            object_key=stored.key,
            object_version=stored.version,
            **await self._protection(stored, lock),
            by=by,
            occurred_on=occurred_on,
        )

    async def keep(self, content: bytes, *, kind: str, media_type: str) -> tuple[Stored, dict[str, Any]]:
        """Puts what archive itself made into the archive under its final lock, for as long as things of this
        kind are kept; answers the object and its lock as the store reports it.

        Raises StoreAway, and Denied where the store has no locks.
        """
        today, latest = await self._bounds()
        lock = Lock("compliance", retention.load().final(kind, today)).at_most(latest)
        stored = await self._objects.archive.put(content, media_type=media_type, lock=lock)
        return stored, await self._protection(stored, lock)

    async def _bounds(self) -> tuple[date, datetime]:
        """The day from which a lock runs, whatever day somebody said,
        and the moment until which it may hold at most.

        Both by the earliest of three clocks, the store's, the database's and this process's:
        one that ran ahead makes no lock longer.
        """
        async with self._running.pool.connection() as conn:
            row = await (await conn.execute(b"SELECT clock_timestamp()")).fetchone()
        at_the_store, latest = await self._objects.archive.now(), await self._objects.archive.latest()
        earliest = min(self._clock(), at_the_store, row[0] if row else at_the_store)
        return earliest.astimezone(WIB).date(), latest - (at_the_store - earliest)

    async def probe(self) -> Probe:
        """Tries to break a lock and records what the store let through.
        Raises StoreAway: then nothing is known.
        """
        found = await probe(self._objects.archive, now=self._clock())
        command = RecordProbe(store=found.store, checks=len(found.checks), failed=found.failed, at=found.at)
        await self._record(Order(stream=streams.STORE, command=command, case_id="settings"))
        log.info("store-probed", store=found.store, enforced=found.enforced, failed=found.failed)
        return found

    async def seal(self) -> int:
        """Makes the locks of closed cycles final; answers how many.
        What the store refuses stays as it is and is tried again.

        None while the machine's clock is known to have jumped:
        nobody can undo a final lock, and waiting harms nobody.
        """
        if any(trouble.name == "clock" for trouble in self._running.troubles.listed()):
            log.warning("sealing-waits-for-the-clock")
            return 0
        async with self._running.pool.connection() as conn:
            due = await queries.unsealed(conn)
        for item in due:
            await self._seal(item)
        return len(due)

    def soon(self) -> None:
        """A cycle was closed: its locks are to be made final now."""
        self._wake.set()

    async def run(self) -> None:
        """Probes at start and twice a day, and seals what is due, as long as the service runs."""
        next_probe = 0.0
        while True:
            self._wake.clear()
            at = asyncio.get_running_loop().time()
            try:
                if at >= next_probe:
                    await self.probe()
                    next_probe = at + PROBE_EVERY_S
                await self.seal()
            except Exception as error:  # noqa: BLE001 - store or database away: the next look tries again
                log.warning("archive-store-waits", error=f"{type(error).__name__}: {error}")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_S)

    async def _seal(self, item: Mapping[str, Any]) -> None:
        today, latest = await self._bounds()
        lock = Lock("compliance", retention.load().final(item["kind"], today)).at_most(latest)
        try:
            stored = await self._objects.archive.stat(item["object_key"], item["object_version"])
            # the same bytes may be filed as another item, with a later lock
            if stored.lock is None or not stored.lock.covers(lock):
                wanted = lock.joined(stored.lock).at_most(latest)
                stored = await self._objects.archive.extend(stored.key, item["object_version"], wanted)
        except StoreAway:
            raise
        except ObjectTrouble as trouble:
            log.warning("seal-refused", cycle=item["cycle"], item=item["item"], reason=str(trouble))
            return
        command = SealItem(
            cycle=item["cycle"],
            item=item["item"],
            object_key=item["object_key"],
            object_version=item["object_version"],
            **await self._protection(stored, lock),
        )
        await self._record(
            Order(stream=streams.cycle_file(item["cycle"]), command=command, case_id=item["cycle"])
        )

    async def _protection(self, stored: Stored, asked: Lock) -> dict[str, Any]:
        """Mode and end as the store reports them; enforced only if it reports at least what was asked and the
        last probe let nothing through.
        """
        async with self._running.pool.connection() as conn:
            last = await queries.last_probe(conn, self.store)
        held = stored.lock is not None and stored.lock.covers(asked)
        mode: Mode = stored.lock.mode if stored.lock else "none"
        return {
            "mode": mode,
            "retain_until": stored.lock.until if stored.lock else None,
            "lock_enforced": held and last is not None and not last["failed"],
        }

    async def _record(self, order: Order) -> None:
        await self._running.handler.handle(order, actor=SYSTEM, command_id=uuid.uuid4())


def filing_of(request: Request) -> Filing:
    """What files in this process."""
    filing: Filing = request.app.state.filing
    return filing
