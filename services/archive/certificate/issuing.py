"""The task that asks for a certificate by the schedule, and issues the one that all services have answered.

SOP step 13, and every step before it. Previous hop: `__main__.py`, which starts it beside the room. Next hop:
`domain/certificate.py`. Bytes first, event afterwards: an event never names a file that is not there.
"""

import asyncio
import uuid
from datetime import timedelta
from typing import Final

import structlog
from psycopg import Error

from services.archive import streams
from services.archive.certificate import paper, queries
from services.archive.domain.certificate import Command, IssueCertificate, ScheduleCertificate
from services.archive.log.checkpoints import Inconsistent
from services.archive.log.signing import Signing
from services.archive.proof.verifier_certificate import ANSWERING
from services.archive.shelf.filing import Filing
from shared.clock import WIB, now
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.objects.port import ObjectTrouble
from shared.room import Running
from shared.sentences import later

log = structlog.get_logger()

LOOK_EVERY_S: Final = 2.0
AGAIN_S: Final = 30.0
KIND: Final = "sertifikat"
BY_SCHEDULE: Final = "Menurut jadwal."
TROUBLE: Final = "certificate-not-issued"
SENTENCE: Final = later("Sertifikat putar ulang nomor {certificate} belum dapat ditandatangani dan disimpan.")
LATE: Final = "certificate-late"
STUCK_AFTER: Final = timedelta(hours=6)
STUCK: Final = later(
    "Sertifikat putar ulang nomor {certificate} sudah {hours} jam menunggu jawaban layanan; periksa Macet di "
    "layanan yang belum menjawab, atau hentikan sertifikat itu."
)


class Issuing:
    """`every`: how often the schedule asks."""

    def __init__(self, running: Running, filing: Filing, signing: Signing, *, every: timedelta) -> None:
        self._running, self._filing, self._signing, self._every = running, filing, signing, every

    async def run(self) -> None:
        """Runs until cancelled; what is away is waited for, and named meanwhile."""
        while True:
            pause = LOOK_EVERY_S
            try:
                await self.schedule()
                if not await self.issue():
                    pause = AGAIN_S
            except (Error, Refused) as error:
                log.info("certificate-unknown", error=f"{type(error).__name__}: {error}")
            except Exception:
                log.exception("certificate-fails")
                pause = AGAIN_S
            await asyncio.sleep(pause)

    async def schedule(self) -> None:
        """Asks for one where the last was asked for too long ago; says which one waits too long."""
        async with self._running.pool.connection() as conn:
            last, seconds, is_open = await queries.due(conn)
        if is_open and seconds > STUCK_AFTER.total_seconds():
            hours = str(int(seconds // 3600))
            self._running.troubles.report(LATE, STUCK, "not answered", certificate=str(last), hours=hours)
        else:
            self._running.troubles.clear(LATE)
        if self._every and not is_open and seconds >= self._every.total_seconds():
            today = now().astimezone(WIB).date()
            await self._give(ScheduleCertificate(after=last, reason=BY_SCHEDULE, occurred_on=today))

    async def issue(self) -> bool:
        """Issues the one that all services have answered, if there is one; False where something kept it."""
        number: int | None = None
        try:
            async with self._running.pool.connection() as conn:
                number = await queries.open_number(conn)
                lines = await queries.lines(conn, number) if number is not None else []
            if number is not None and len(lines) == len(ANSWERING) + 1:
                await self._issue(number, lines)
        except (Inconsistent, ObjectTrouble) as away:
            why = f"{type(away).__name__}: {away}"
            self._running.troubles.report(TROUBLE, SENTENCE, why, certificate=str(number))
            return False
        self._running.troubles.clear(TROUBLE)
        return True

    async def _issue(self, number: int, lines: list[tuple[int, bytes]]) -> None:
        signed = await self._signing.now()
        if signed is None or signed.size <= max(index for index, _ in lines):
            return
        async with self._running.pool.connection() as conn:
            content = await paper.written(conn, self._signing, signed, lines)
        stored, protection = await self._filing.keep(content, kind=KIND, media_type=paper.MEDIA_TYPE)
        file = paper.as_file(number, stored)
        issue = IssueCertificate(
            certificate=number,
            checkpoint_size=signed.size,
            file=file,
            object_key=stored.key,
            object_version=stored.version,
            **protection,
        )
        await self._give(issue)
        log.info("certificate-issued", certificate=number, logged=signed.size)

    async def _give(self, command: Command) -> None:
        await self._running.handler.handle(
            Order(stream=streams.CERTIFICATES, command=command, case_id="settings"),
            actor=Actor.system("archive"),
            command_id=uuid.uuid4(),
        )
