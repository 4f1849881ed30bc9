"""python -m services.archive {serve,web,worker,migrate,rebuild,fsck}."""

import sys
from pathlib import Path

from services.archive import __doc__ as room_card
from services.archive import agents
from services.archive.bootstrap import ROOM, signer
from services.archive.check import fsck
from services.archive.log import api as log_api
from services.archive.shelf import api, pages
from services.archive.trail import pages as log_pages
from services.archive.works import beside
from shared import settings
from shared.eventsourcing.pool import UNBOUNDED
from shared.eventsourcing.sql import Connection, open_pool
from shared.messaging.receiving.feed import Feed
from shared.messaging.signing import Keys
from shared.objects.address import S3Address
from shared.objects.s3 import connect
from shared.process import Service, main
from shared.web.frame.rendering import folders_of


async def check(_conn: Connection) -> list[str]:
    """What fsck finds wrong with log, sources and store, as sentences."""
    told = settings.read(ROOM.name)
    objects = connect(S3Address.from_url(told.s3), work=told.work_bucket, archive=told.archive_bucket)
    async with open_pool(told.database_url, size=2, wait_s=30, limits=UNBOUNDED) as pool:
        feed = Feed(ROOM.name, pool, told.feeds, told.feed_secrets, Keys(told.producer_keys))
        try:
            found = await fsck.check_all(pool, signer(told).key, feed, objects.archive, settings.SERVICES)
        finally:
            await feed.close()
    return found.wrong


SERVICE = Service(
    room=ROOM,
    routers=(api.router, log_api.router, pages.router, log_pages.router),
    declare=agents.declare,
    templates=folders_of(Path(__file__).parent),
    description=room_card or "",
    sources=settings.SERVICES,
    beside=beside,
    check=check,
)

if __name__ == "__main__":
    sys.exit(main(SERVICE))
