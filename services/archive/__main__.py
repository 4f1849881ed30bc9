"""python -m services.archive {serve,web,worker,migrate,rebuild,fsck}."""

import sys
from pathlib import Path

from services.archive import __doc__ as room_card
from services.archive import agents, api, fsck, log_api, log_pages, pages
from services.archive.bootstrap import ROOM, signer
from services.archive.works import beside
from shared import settings
from shared.eventsourcing.rebuild import snapshot
from shared.eventsourcing.sql import Connection
from shared.process import Service, main


async def check(conn: Connection) -> list[str]:
    """What fsck finds wrong with the audit log, as sentences."""
    async with snapshot(conn):  # the log grows meanwhile
        return (await fsck.check(conn, signer(settings.read(ROOM.name)).key)).wrong


SERVICE = Service(
    room=ROOM,
    routers=(api.router, log_api.router, pages.router, log_pages.router),
    declare=agents.declare,
    templates=Path(__file__).with_name("templates"),
    description=room_card or "",
    sources=settings.SERVICES,
    beside=beside,
    check=check,
)

if __name__ == "__main__":
    sys.exit(main(SERVICE))
