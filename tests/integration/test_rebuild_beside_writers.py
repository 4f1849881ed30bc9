"""Rebuilding and checking beside live work: no row lost, no false difference, no deadlock,
no error for anybody; for all four rooms.
"""

from collections.abc import AsyncIterator, Sequence

import psycopg
import pytest
from sqlalchemy import Table

from services.archive.bootstrap import signer
from services.archive.check import fsck
from shared.eventsourcing.read_models.rebuild import Certificate, rebuild, snapshot
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import Limits, open_pool
from shared.service_names import SERVICES
from tests.integration.many_cycles import Busy, busy_room
from tests.support.applications import service_of
from tests.support.parts import PostgresPart

PASSES = 4
HELD = (
    b"SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND relation = 'event'::regclass AND mode = "
    b"'ExclusiveLock' AND granted "
    b"AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""The lock of the table itself: whoever makes it longer holds another one of the
same mode for a moment (locktype `extend`).
"""
CYCLES = 40


async def looked_at(
    busy: Busy, conn: psycopg.AsyncConnection[object], owner: str, *, swap: bool
) -> Certificate:
    room = service_of(busy.name).room
    foreign = [source for source in room.sources if source != room.name]

    async def feed(source: str, after: int) -> AsyncIterator[Sequence[Row]]:
        """The sources, who may be slow: nobody may be held while they are asked."""
        async with await psycopg.AsyncConnection.connect(owner) as other:
            held = await (await other.execute(HELD)).fetchone()
        assert held == (0,), "a source was asked while the writers were held"
        async for rows in busy.feed(source, after):
            yield rows

    return await rebuild(
        conn, room.name, room.projecting("3402"), room.metadata, foreign, feed, swap=swap, past=not swap
    )


def differing(certificate: Certificate) -> dict[str, tuple[str, ...]]:
    return {verdict.table: verdict.differing for verdict in certificate.tables if verdict.differing}


def fullest(certificate: Certificate) -> str:
    now = [verdict for verdict in certificate.tables if not verdict.table.startswith("was.")]
    return max(now, key=lambda verdict: verdict.live).table


def forged(owner: str, table: Table) -> str:
    """Somebody takes a row out of a read model; answers its key."""
    keys = ", ".join(column.name for column in table.primary_key)
    with psycopg.connect(owner, autocommit=True) as conn:
        statement = (
            f"DELETE FROM {table.name} WHERE ({keys}) IN (SELECT {keys} FROM {table.name} ORDER BY {keys} "
            f"LIMIT 1) RETURNING jsonb_build_array({keys})::text"
        )
        found = conn.execute(statement.encode()).fetchone()
    assert found is not None
    return str(found[0])


# Archive's repair waits a minute and a half for writers that hold each other up (closing note of this stop).
NAMES = [pytest.param(one, marks=pytest.mark.test_all) if one == "archive" else one for one in SERVICES]


@pytest.mark.parametrize("name", NAMES)
async def test_beside_writers_nothing_differs_and_nobody_is_disturbed(
    name: str, postgres: PostgresPart
) -> None:
    database = postgres.fresh_database(f"busy_{name}")
    unbounded = Limits(statement_s=0, lock_s=0, idle_s=0)
    async with (
        busy_room(name, database, CYCLES) as busy,
        open_pool(database.owner, size=1, limits=unbounded) as pool,
        pool.connection(timeout=10) as conn,
    ):
        events = list[int]()
        for number in range(PASSES):
            certificate = await looked_at(busy, conn, database.owner, swap=number % 2 == 1)
            assert differing(certificate) == {}
            events.append(certificate.events)
            if name == "archive":
                async with snapshot(conn):
                    assert (
                        await fsck.check(
                            conn, signer(busy.running.settings).key, busy.running.settings.region
                        )
                    ).wrong == []
        assert sorted(events) == events
        assert len(set(events)) > PASSES / 2, "the writers were not at work, so this run proved nothing"

        table = service_of(name).room.metadata.tables[fullest(certificate)]
        gone = forged(database.owner, table)
        found = await looked_at(busy, conn, database.owner, swap=True)
        assert differing(found) == {table.name: (gone,)}
        assert found.held_s > 0
        busy.going = False
    async with (
        open_pool(database.owner, size=1, limits=unbounded) as pool,
        pool.connection(timeout=10) as conn,
    ):
        final = await looked_at(busy, conn, database.owner, swap=False)
        rows = await (await conn.execute("SELECT count(*) FROM event")).fetchone()
    left = differing(final)  # a writer may have put the row right before the repair: that it lacked is true
    assert left.keys() <= {f"was.{table.name}"}
    assert all(key.startswith(gone[:-1]) for keys in left.values() for key in keys)
    assert rows is not None
    assert final.events >= rows[0] > 0
    assert busy.errors == []
