"""`python -m services.archive.certificate.terminal`: asks for a certificate, waits until it is issued, and
writes its file here.

SOP step 13, and every step before it. Previous hop: `jejak certificate`, or a terminal with archive's
settings (`jejak env archive`). Next hop: `domain/certificate.py`; the event names `jejak:terminal`.
Whoever ends the waiting ends nothing else.
"""

import asyncio
import logging
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import structlog
from psycopg import OperationalError

from services.archive import streams
from services.archive.bootstrap import ROOM
from services.archive.certificate import queries
from services.archive.domain.certificate import AskForCertificate
from services.archive.proof.verifier_certificate import EVIDENCE
from shared import settings
from shared.clock import WIB, now
from shared.contracts.replayed.certificate import CertificateAsked
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.objects.address import S3Address
from shared.objects.s3 import connect
from shared.room import Running, open_room
from shared.settings_told import SettingsError

TERMINAL: Final = "jejak:terminal"
LOOK_EVERY_S: Final = 1.0
CODES: Final[Mapping[str, int]] = {"identical": 0, "differs": 1, "incomplete": 4}


async def asked(running: Running) -> int:
    """The number of the certificate that is open afterwards: a new one, or that which was."""
    command = AskForCertificate(
        by=TERMINAL, reason="Diminta di terminal.", occurred_on=now().astimezone(WIB).date()
    )
    try:
        answer = await running.handler.handle(
            Order(stream=streams.CERTIFICATES, command=command, case_id="settings"),
            actor=Actor(person=TERMINAL, role="system", agency=""),
            command_id=uuid.uuid4(),
        )
    except Refused as refusal:
        if refusal.code != "certificate-open":
            raise
        return int(str(refusal.facts["certificate"]))
    return next(event.certificate for event in answer.events if isinstance(event, CertificateAsked))


async def over(running: Running, number: int) -> Mapping[str, Any]:
    """The certificate when it is issued or given up; waits for as long as that takes."""
    while True:
        async with running.pool.connection() as conn:
            found = await queries.one(conn, number)
        if found and (found["issued_at"] or found["given_up_at"]):
            return found
        await asyncio.sleep(LOOK_EVERY_S)


async def _run() -> int:
    told = settings.read("archive")
    async with open_room(ROOM, told) as running:
        number = await asked(running)
        sys.stderr.write(f"Sertifikat nomor {number} diminta / asked for.\n")
        found = await over(running, number)
    if not found["issued_at"]:
        sys.stderr.write(f"Dihentikan / given up: {found['given_up_reason']}\n")
        return 4
    objects = connect(S3Address.from_url(told.s3), work=told.work_bucket, archive=told.archive_bucket)
    content = await objects.archive.get(found["object_key"], found["object_version"])
    file = Path(found["file"]["name"])
    await asyncio.to_thread(file.write_bytes, content)
    sys.stdout.write(content.decode().partition(EVIDENCE)[0])
    sys.stdout.write(f"{file}\n")
    return CODES[found["verdict"]]


def main() -> int:
    """Answers the exit code: 0 identical, 1 it differs, 2 told wrongly, 4 not all could be looked at."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        return asyncio.run(_run())
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OperationalError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 4


if __name__ == "__main__":
    sys.exit(main())
