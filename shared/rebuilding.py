"""`rebuild` and `fsck` of a service: read models against events, events against their sources,
and what the service checks itself.

Role: the repair and its certificate, run by the owner role beside live work.
Previous hop: `shared/process.py`. Next hop: an exit code and sentences, for whoever operates.
"""

import asyncio
import os
import sys
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace

import msgspec
from psycopg import OperationalError

from shared.contracts.replayed.statement import Differing, TableReplayed
from shared.eventsourcing.combined import combined
from shared.eventsourcing.pool import UNBOUNDED
from shared.eventsourcing.read_models.rebuild import Certificate, NeverQuiet, as_json, rebuild
from shared.eventsourcing.read_models.shadow import TableVerdict
from shared.eventsourcing.sql import Connection, open_pool
from shared.messaging.receiving import checking
from shared.messaging.receiving.checking import Findings
from shared.messaging.receiving.feed_client import FeedAway, FeedClient
from shared.messaging.signing import Keys
from shared.replayed.replaying import Check, Statement
from shared.room import Room
from shared.settings import Settings
from shared.web.frame.templating import VERSION

MOST_PLACES, LONGEST_PLACE = 100, 200
AFTER_LIVE_WORK = 19
UNREBUILT = "the read models: their sources have less than was taken in of them"


async def _rebuilt(
    room: Room, told: Settings, sources: tuple[str, ...] | None, check: Check, *, swap: bool, database: str
) -> tuple[Certificate | None, Findings]:
    """The certificate is None where the read models could not be made again, and what was found says why."""
    async with (
        open_pool(database, size=2, wait_s=30, limits=UNBOUNDED) as pool,
        pool.connection() as conn,
    ):
        feed = FeedClient(room.name, pool, told.feeds, told.feed_secrets, Keys(told.producer_keys))
        listened = sources or room.sources
        try:
            certificate, found = await replayed(
                room, told.region, conn, feed, listened, told.feeds, swap=swap
            )
        finally:
            await feed.close()
        found.join(await check(conn))
        if certificate is None and (swap or not found.differing):
            raise NeverQuiet
        return certificate, found


async def replayed(
    room: Room,
    first: str,
    conn: Connection,
    feed: FeedClient,
    sources: Collection[str],
    readers: Collection[str],
    *,
    swap: bool = False,
) -> tuple[Certificate | None, Findings]:
    """The read models made again, and the events compared with `sources` and `readers`. `first`: the first
    region of the installation. The certificate is None where sources have less than was taken in of them.
    """
    foreign = [source for source in room.sources if source != room.name]
    made: Certificate | None = None
    with suppress(NeverQuiet):
        made = await rebuild(
            conn,
            room.name,
            room.projecting(first),
            room.metadata,
            foreign,
            feed.pages,
            swap=swap,
            past=not swap,
        )
    found = await checking.check(conn, room.name, sources, feed, readers)
    for event in made.unreadable if made else ():
        found.add("unreadable", event.source, [(event.stream, event.version)], event.why)
    return made, found


def compare(room: Room, told: Settings, sources: tuple[str, ...] | None, check: Check) -> int:
    """Compares everything as the service's own role, after all live work, and changes nothing; writes the
    statement as one line of JSON. Answers the exit code: 0, or 4 where it could not be looked at.
    """
    os.nice(AFTER_LIVE_WORK)
    try:
        found = asyncio.run(compared(room, told, sources, check))
    except (FeedAway, NeverQuiet, OperationalError) as away:
        sys.stderr.write(f"{type(away).__name__}: {away}\n")
        return 4
    sys.stdout.buffer.write(b"\n" + msgspec.json.encode(found) + b"\n")
    return 0


async def compared(room: Room, told: Settings, sources: tuple[str, ...] | None, check: Check) -> Statement:
    """What a service finds of itself. Raises FeedAway, NeverQuiet, OperationalError."""
    made, found = await _rebuilt(room, told, sources, check, swap=False, database=told.database_url)
    if found.not_compared and not found.differing:
        raise FeedAway("; ".join(found.not_compared))
    return stated(made, found)


def stated(made: Certificate | None, found: Findings) -> Statement:
    """What is said of it: places and counts."""
    return Statement(
        software=VERSION,
        events=made.events if made else 0,
        tables=tuple(_table(verdict) for verdict in made.tables) if made else (),
        differences=tuple(_shown(place) for place in found.differing[:MOST_PLACES]),
        differing=len(found.differing),
        not_compared=tuple(found.not_compared if made else [UNREBUILT, *found.not_compared]),
    )


def _table(verdict: TableVerdict) -> TableReplayed:
    keys = tuple(_plain(key) for key in verdict.differing)
    return combined(TableReplayed, verdict, differing=keys)


def _shown(place: Differing) -> Differing:
    return replace(place, stream=_plain(place.stream), place=_plain(place.place))


def _plain(text: str) -> str:
    """Whatever somebody wrote into a key or a name: what an event may hold of it."""
    return text.encode("ascii", "backslashreplace").decode()[:LONGEST_PLACE]


def run(room: Room, told: Settings, sources: tuple[str, ...] | None, check: Check, *, swap: bool) -> int:
    """Compares everything; with `swap` mends read models.
    Answers the exit code: 0 fine, 1 differences, 4 it could not be looked at.
    """
    try:
        database = told.owner_database_url
        certificate, found = asyncio.run(_rebuilt(room, told, sources, check, swap=swap, database=database))
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
    if certificate is not None:
        sys.stdout.buffer.write(as_json(certificate) + b"\n")
    for sentence in (*found.wrong, *found.not_compared):
        sys.stdout.write(sentence + "\n")
    if certificate is None or not certificate.identical or found.wrong:
        return 1
    return 4 if found.not_compared else 0
