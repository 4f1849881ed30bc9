"""Histories that were recorded once by a version of Jejak: every later version reads them,
makes the same of them, and goes on from them.

A folder: `events.ndjson`, every event of every service as a line of the audit log, in the log's order (in
`export/` where one was given out); `read_models/SERVICE.json`, what that version had made of them.
`python -m tests.contracts.record_history` makes such a folder.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import MetaData

from deploy.local.postgres.databases import Database
from services.archive.log.leaf import event_in
from shared.eventsourcing.read_models.rebuild import Certificate, rebuild
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import Connection, open_pool
from shared.messaging.envelope import Received
from shared.migrations.migrate import migrate
from shared.room import Room
from shared.service_names import SERVICES
from tests.support.applications import service_of

EVENTS, READ_MODELS, EXPORT = "events.ndjson", "read_models", "export"
_INSERT = (
    b"INSERT INTO event (position, stream, version, case_id, type, schema, data, metadata, "
    b"recorded_at) OVERRIDING SYSTEM VALUE "
    b"VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_COUNT_ON = b"SELECT setval('event_position_seq', greatest(1, (SELECT max(position) FROM event)))"
_CURSOR = b"INSERT INTO cursor (source, stream, version) VALUES (%s, %s, %s)"
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class History:
    """The events in the order of the log."""

    events: tuple[Received, ...]

    @classmethod
    def kept(cls, folder: Path) -> "History":
        lines = next(folder.rglob(EVENTS)).read_bytes().splitlines()
        return cls(tuple(found for line in lines if (found := event_in(line)) is not None))

    def until(self, share: float) -> "History":
        """About this share of it, up to a moment at which nothing was
        about to follow from what had happened.
        """
        places = {event.ref: index for index, event in enumerate(self.events)}
        caused = [
            places[cause] if (cause := event.causation) else index for index, event in enumerate(self.events)
        ]
        quiet = [many for many in range(1, len(caused) + 1) if all(cause >= many for cause in caused[many:])]
        return History(self.events[: min(quiet, key=lambda many: abs(many - share * len(caused)))])

    @cached_property
    def last(self) -> Mapping[str, int]:
        """The newest position of each service."""
        return {source: max((row.position for row in self.rows(source)), default=0) for source in SERVICES}

    def rows(self, source: str) -> list[Row]:
        """What a service recorded, by position."""
        return sorted(
            (event.row() for event in self.events if event.source == source), key=lambda row: row.position
        )

    async def feed(self, source: str, after: int) -> AsyncIterator[Sequence[Row]]:
        """What the service's feed would answer."""
        if rows := [row for row in self.rows(source) if row.position > after]:
            yield rows

    async def restore(self, service: str, database: Database) -> None:
        """Makes the service's tables of this version, holds what it had recorded and taken in,
        and rebuilds its read models.
        """
        await _migrated(service, database, "head")
        await self.fill(service, database)
        await self.rebuilt(service, database, swap=True)

    async def fill(self, service: str, database: Database) -> None:
        """What the service had recorded, and up to where it had taken in what it listens to."""
        async with open_pool(database.owner, size=1) as pool, pool.connection() as conn:
            async with conn.cursor() as cursor:
                await cursor.executemany(_INSERT, self.rows(service))
                await cursor.executemany(_CURSOR, self._taken_in(service_of(service).room.sources))
            await conn.execute(_COUNT_ON)

    async def rebuilt(self, service: str, database: Database, *, swap: bool = False) -> Certificate:
        """What the code of today makes of the history, compared with the tables."""
        room = service_of(service).room
        async with open_pool(database.owner, size=1) as pool, pool.connection() as conn:
            return await rebuild(
                conn, service, room.projecting("3402"), room.metadata, _others(service), self.feed, swap=swap
            )

    def _taken_in(self, sources: Sequence[str]) -> list[tuple[str, str, int]]:
        newest: dict[tuple[str, str], int] = {}
        for event in self.events:
            if event.source in sources:
                newest[event.source, event.stream] = event.version
        return [(*at, version) for at, version in newest.items()]


async def upgrade(folder: Path, service: str, database: Database) -> None:
    """The service's database as the version that recorded the history left it,
    brought to the present schema.
    """
    kept = json.loads((folder / READ_MODELS / f"{service}.json").read_bytes())
    await _migrated(service, database, kept["revision"])
    await History.kept(folder).fill(service, database)
    async with open_pool(database.owner, size=1) as pool, pool.connection() as conn:
        for table, rows in kept["tables"].items():
            put = sql.SQL("INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, %s)").format(
                sql.Identifier(table)
            )
            await conn.execute(put, (json.dumps(rows),))
    await _migrated(service, database, "head")


async def _migrated(service: str, database: Database, revision: str) -> None:
    role = str(conninfo_to_dict(database.app)["user"])
    await asyncio.to_thread(migrate, service, database.owner, role, upto=revision)


def _others(service: str) -> list[str]:
    return [source for source in service_of(service).room.sources if source != service]


async def read_models(database_url: str, room: Room) -> dict[str, Rows]:
    """Table → rows by their key, as they are now."""
    async with open_pool(database_url, size=1) as pool, pool.connection() as conn:
        await conn.execute(b"SET TIME ZONE 'UTC'")
        return {
            table.name: await _rows(conn, room.metadata, table.name) for table in room.metadata.sorted_tables
        }


async def _rows(conn: Connection, metadata: MetaData, name: str) -> Rows:
    keys = sql.SQL(", ").join(
        sql.Identifier(str(column.name)) for column in metadata.tables[name].primary_key
    )
    found = await conn.execute(
        sql.SQL("SELECT to_jsonb(t) FROM {} t ORDER BY {}").format(sql.Identifier(name), keys)
    )
    return [row[0] for row in await found.fetchall()]
