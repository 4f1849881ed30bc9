"""The task that replays a service and compares it, for each certificate that is open and that this service
has not answered yet.

Serves every SOP step. Previous hop: the table of open certificates. Next hop: `replay-compared`.

The work is done by a process of its own with the lowest priority (`python -m services.S compare`), so that
live work goes before it. Killed in the middle, nothing is lost: what is open and unanswered is found again.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import msgspec
import structlog
from psycopg import Error

from shared.contracts.replayed.statement import Differing, TableReplayed
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.eventsourcing.sql import Connection
from shared.messaging.receiving.checking import Findings
from shared.replayed.decider import RecordReplay, stream
from shared.room import Running
from shared.sentences import later

log = structlog.get_logger()

LOOK_EVERY_S: Final = 2.0
AGAIN_S: Final = 30.0
TROUBLE: Final = "certificate-waits"
SENTENCE: Final = later(
    "Sertifikat putar ulang nomor {certificate} menunggu: {service} belum dapat membandingkan."
)
_UNANSWERED: Final = (
    b"SELECT certificate FROM certificate_open o WHERE NOT EXISTS "
    b"(SELECT FROM event e WHERE e.stream = 'replay-certificate-' || o.certificate) ORDER BY certificate"
)


Check = Callable[[Connection], Awaitable[Findings]]
"""What a service finds wrong beyond the events themselves."""


async def no_check(_conn: Connection) -> Findings:
    """For a service whose only stored truth are its events."""
    return Findings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a service found of itself, for a certificate: without any value of a cell."""

    software: str
    events: int
    tables: tuple[TableReplayed, ...]
    differences: tuple[Differing, ...]
    differing: int
    not_compared: tuple[str, ...]


def read_statement(said: bytes) -> Statement:
    """What `shared/rebuilding.py` wrote. Raises msgspec.DecodeError."""
    return msgspec.json.decode(said.strip().rpartition(b"\n")[2], type=Statement)


class NotCompared(Exception):
    """It could not be looked at, and why."""


Compare = Callable[[], Awaitable[Statement]]
"""Replays and compares everything. Raises NotCompared."""


def in_own_process(service: str) -> Compare:
    """The comparison by a process of its own, which is told what this one was told."""

    async def compare() -> Statement:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", f"services.{service}", "compare"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            said, why = await child.communicate()
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
        if child.returncode:
            raise NotCompared(why.decode(errors="replace").strip()[-300:] or f"exit code {child.returncode}")
        return read_statement(said)

    return compare


class Replaying:
    """Looks every moment whether a certificate waits for this service."""

    def __init__(self, running: Running, compare: Compare) -> None:
        self._running, self._compare = running, compare

    async def run(self) -> None:
        """Runs until cancelled. What is away is waited for, and named meanwhile."""
        while True:
            pause = LOOK_EVERY_S
            try:
                if not await self.once():
                    pause = AGAIN_S
            except Error as error:
                log.info("certificates-unknown", error=type(error).__name__)
            except Exception:
                log.exception("replay-fails")
                pause = AGAIN_S
            await asyncio.sleep(pause)

    async def once(self) -> bool:
        """Answers every certificate that waits for this service; whether it could."""
        async with self._running.pool.connection() as conn:
            waiting = [int(row[0]) for row in await (await conn.execute(_UNANSWERED)).fetchall()]
        if not waiting:
            self._running.troubles.clear(TROUBLE)
        for certificate in waiting:
            try:
                found = await self._compare()
            except NotCompared as reason:
                facts = {"certificate": str(certificate), "service": self._running.room.name}
                self._running.troubles.report(TROUBLE, SENTENCE, str(reason), **facts)
                return False
            await self._say(certificate, found)
        return True

    async def _say(self, certificate: int, found: Statement) -> None:
        name = self._running.room.name
        command = combined(RecordReplay, found, certificate=certificate)
        await self._running.handler.handle(
            Order(stream=stream(certificate), command=command, case_id="settings"),
            actor=Actor.system(name),
            command_id=uuid4(),
        )
        self._running.troubles.clear(TROUBLE)
        log.info("replay-compared", certificate=certificate, many=found.differing)
