"""A room that hears: foreign events by hand, own ones as the consumer of the own topic takes them in,
with cursors as in life.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

import msgspec

from shared.contracts.registry import encode
from shared.eventsourcing import store
from shared.eventsourcing.recorded import Recorded, decode_row
from shared.room import Running
from tests.support.recorded import recorded

_CURSOR = (
    b"INSERT INTO cursor VALUES (%s, %s, %s) ON CONFLICT (source, stream) DO UPDATE SET version = "
    b"excluded.version"
)


@dataclass(kw_only=True)
class Hearing:
    """What the rooms of tests have in common. `hear` takes a foreign event in,
    `follow_up` everything that follows from own ones.
    """

    at: ClassVar[datetime]
    """When what is heard was recorded."""

    running: Running
    versions: dict[str, int] = field(default_factory=dict)
    heard: list[Recorded] = field(default_factory=list)
    taken: int = 0

    async def hear(self, event: object, stream: str) -> None:
        self.versions[stream] = self.versions.get(stream, 0) + 1
        heard = recorded(
            event, stream, self.versions[stream], position=sum(self.versions.values()), at=self.at
        )
        self.heard.append(heard)
        await self._absorb(heard)
        await self.follow_up()

    async def feed(self, source: str, after: int) -> AsyncIterator[list[store.Row]]:
        """What `source` said, as its event feed would answer."""
        rows = [row_of(heard) for heard in self.heard if heard.source == source and heard.position > after]
        if rows:
            yield rows

    async def follow_up(self) -> None:
        """Takes own events in until nothing new follows, as the consumer of the own topic does."""
        while rows := await self._own_rows():
            for row in rows:
                await self._absorb(decode_row(self.running.room.name, row))
                self.taken = row.position

    async def _own_rows(self) -> list[store.Row]:
        async with self.running.pool.connection() as conn:
            return list(await store.read(conn, after=self.taken, upto=await store.settled(conn), limit=1000))

    async def _absorb(self, recorded: Recorded) -> None:
        async with self.running.pool.connection() as conn, conn.transaction():
            await self.running.absorb(conn, recorded)
            await conn.execute(_CURSOR, (recorded.source, recorded.stream, recorded.version))


def row_of(recorded: Recorded) -> store.Row:
    return store.Row(
        recorded.position,
        recorded.stream,
        recorded.version,
        recorded.case_id,
        recorded.type,
        recorded.schema,
        encode(recorded.event).decode(),
        msgspec.json.encode(recorded.metadata).decode(),
        recorded.recorded_at,
    )
