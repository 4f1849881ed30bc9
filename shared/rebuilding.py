"""`rebuild` and `fsck` of a service: read models against events, events against their sources,
and what the service checks itself.

Role: the repair and its certificate, run by the owner role beside live work.
Previous hop: `shared/process.py`. Next hop: an exit code and sentences, for whoever operates.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from psycopg import OperationalError

from shared.eventsourcing.pool import UNBOUNDED
from shared.eventsourcing.read_models.rebuild import Certificate, NeverQuiet, as_json, rebuild
from shared.eventsourcing.sql import Connection, open_pool
from shared.messaging.receiving import checking
from shared.messaging.receiving.checking import Findings
from shared.messaging.receiving.feed_client import FeedAway, FeedClient
from shared.messaging.signing import Keys
from shared.room import Room
from shared.settings import Settings

Check = Callable[[Connection], Awaitable[list[str]]]


async def _rebuilt(
    room: Room, told: Settings, sources: tuple[str, ...] | None, check: Check, *, swap: bool
) -> tuple[Certificate, Findings]:
    foreign = [source for source in room.sources if source != room.name]
    async with (
        open_pool(told.owner_database_url, size=2, wait_s=30, limits=UNBOUNDED) as pool,
        pool.connection() as conn,
    ):
        feed = FeedClient(room.name, pool, told.feeds, told.feed_secrets, Keys(told.producer_keys))
        try:
            certificate = await rebuild(
                conn,
                room.name,
                room.projecting(told.region),
                room.metadata,
                foreign,
                feed.pages,
                swap=swap,
            )
            found = await checking.check(conn, room.name, sources or room.sources, feed, told.feeds)
        finally:
            await feed.close()
        found.wrong += await check(conn)
        return certificate, found


def run(room: Room, told: Settings, sources: tuple[str, ...] | None, check: Check, *, swap: bool) -> int:
    """Compares everything; with `swap` mends read models.
    Answers the exit code: 0 fine, 1 differences, 4 it could not be looked at.
    """
    try:
        certificate, found = asyncio.run(_rebuilt(room, told, sources, check, swap=swap))
    except FeedAway as away:
        sys.stderr.write(
            f"{away}; read models can only be compared while every source of theirs answers. "
            "Nothing was changed.\n"
        )
        return 4
    except NeverQuiet:
        sys.stderr.write(
            "The running service could not be held for a moment, however often it was tried; "
            "nothing was changed. Try again.\n"
        )
        return 4
    except OperationalError as error:
        sys.stderr.write(f"The database does not answer ({type(error).__name__}); nothing was changed.\n")
        return 4
    sys.stdout.buffer.write(as_json(certificate) + b"\n")
    for sentence in (*found.wrong, *found.not_compared):
        sys.stdout.write(sentence + "\n")
    if not certificate.identical or found.wrong:
        return 1
    return 4 if found.not_compared else 0
