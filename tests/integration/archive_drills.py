"""What somebody with all rights could do to sources, log and store;
each is to be found and named with its place.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from services.archive.__main__ import signing_for
from services.archive.check import fsck
from services.archive.check.comparing import Comparing
from services.archive.domain.merkle import Edge, grow, leaf_hash
from services.archive.log.signing import Signing
from shared.eventsourcing import store
from shared.eventsourcing.sql import Pool
from shared.messaging.envelope import received
from shared.messaging.receiving.feed_client import FeedPage
from shared.objects.address import S3Address
from tests.support.archive_room import Archive, archive_room
from tests.support.kernel import install, kernel
from tests.support.parts import ObjectStorePart, PostgresPart
from tests.support.receiving import Sending

SOURCES = ("intake", "archive")


@dataclass
class Source(Sending):
    """A source in miniature with its own database, read as its feed would read it;
    it remembers what it was asked for. `own`: archive's own events are read there.
    """

    own: Pool
    limit: int = 500
    asked: list[int] = field(default_factory=list)

    async def page(self, source: str, after: int) -> FeedPage:
        """The next events, of archive too."""
        pool = self.pool if source == "intake" else self.own
        if source == "intake":
            self.asked.append(after)
        async with pool.connection() as conn:
            settled = await store.settled(conn)
            rows = await store.read(conn, after=after, upto=settled, limit=self.limit + 1)
        return FeedPage(rows[: self.limit], settled, len(rows) > self.limit)

    def tamper(self, statement: str, values: Sequence[object] = ()) -> None:
        """As the owner of its database."""
        with psycopg.connect(self.database.owner, autocommit=True) as conn:
            conn.execute(statement.encode(), values)


@dataclass
class Watched:
    """An archive, the source it listens to, and both ways of comparing them."""

    archive: Archive
    source: Source

    async def take_in(self) -> None:
        """Everything that the source has goes into the log, and archive's own events too."""
        known = await self.known()
        rows = [row for row in await self.source.rows() if (row.stream, row.version) not in known]
        await self.archive.hear(*(received("intake", row) for row in rows))
        await self.archive.log_own()

    async def known(self) -> set[tuple[str, int]]:
        async with self.archive.running.pool.connection() as conn:
            found = await (await conn.execute(b"SELECT stream, version FROM leaf")).fetchall()
        return {(stream, version) for stream, version in found}

    def comparing(self) -> Comparing:
        running, objects = self.archive.running, self.archive.objects
        key = self.archive.signing.key
        return Comparing(
            running.pool, self.source, objects.archive, key, running.troubles, sources=SOURCES, first="3402"
        )

    async def fsck(self) -> list[str]:
        pool, objects = self.archive.running.pool, self.archive.objects
        key = self.archive.signing.key
        return (await fsck.check_all(pool, key, self.source, objects.archive, SOURCES, "3402")).wrong

    def tamper(self, statement: str, values: Sequence[object] = ()) -> None:
        self.archive.tamper(statement, values)

    def cut_off(self, size: int) -> None:
        """Takes away all lines from `size` on, and makes the tree over what is left."""
        with psycopg.connect(self.archive.database.owner, autocommit=True) as conn:
            conn.execute("DELETE FROM leaf WHERE index >= %b", (size,))
            conn.execute("DELETE FROM leaf_lookup WHERE index >= %b", (size,))
            left = [bytes(row[0]) for row in conn.execute("SELECT hash FROM leaf ORDER BY index").fetchall()]
            conn.execute("UPDATE tree SET size = %b, peaks = %b", (size, list(grow(Edge(), left)[0].peaks)))

    def rewrite_log(self, index: int, line: bytes) -> None:
        """Changes a line, makes the tree over the lines anew, and takes away what was signed:
        all that the key's thief needs besides the key.
        """
        with psycopg.connect(self.archive.database.owner, autocommit=True) as conn:
            conn.execute(
                "UPDATE leaf SET line = %b, hash = %b WHERE index = %b", (line, leaf_hash(line), index)
            )
            hashes = [
                bytes(row[0]) for row in conn.execute("SELECT hash FROM leaf ORDER BY index").fetchall()
            ]
            edge, tiles = grow(Edge(), hashes)
            conn.execute("UPDATE tree SET size = %b, peaks = %b", (edge.size, list(edge.peaks)))
            conn.execute("DELETE FROM tile")
            for tile, value in tiles.items():
                conn.execute("INSERT INTO tile VALUES (%b, %b, %b)", (tile.level, tile.index, value))
            conn.execute("DELETE FROM checkpoint")

    def restarted(self) -> Signing:
        """What signs in a process that has just begun: it remembers nothing."""
        return signing_for(self.archive.app, self.archive.running, self.archive.objects)


@asynccontextmanager
async def watching(postgres: PostgresPart, object_store: ObjectStorePart) -> AsyncIterator[Watched]:
    """Twelve events of a source in the log, and signed."""
    database = postgres.fresh_database("source")
    install(database)
    async with (
        kernel(database) as (pool, handler),
        archive_room(postgres.fresh_database("archive"), S3Address.from_url(object_store.url)) as archive,
    ):
        both = Watched(archive, Source(database, pool, handler, archive.running.pool))
        for number in range(12):
            await both.source.happen(f"tally-{number % 3}")
        await both.take_in()
        await archive.signing.now()
        yield both


def flip_a_bit(data_folder: Path, content: bytes, *, only: str) -> None:
    """In the volume of a real SeaweedFS, as a failing disk would."""
    for volume in data_folder.glob(f"{only}*.dat"):
        at = volume.read_bytes().find(content)
        if at >= 0:
            with volume.open("r+b") as file:
                file.seek(at + len(content) // 2)
                byte = file.read(1)[0]
                file.seek(-1, 1)
                file.write(bytes([byte ^ 1]))
            return
    raise LookupError("the store keeps its bytes somewhere else")
