"""The four services with archive's log, each answering for certificates as its worker does, but in this
process.
"""

import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
import psycopg

from deploy.local.postgres.databases import Database
from services.archive import streams
from services.archive.__main__ import signing_for
from services.archive.certificate import queries
from services.archive.certificate.issuing import Issuing
from services.archive.check import fsck
from services.archive.domain.certificate import AskForCertificate
from services.archive.log.reaction import reaction
from services.archive.log.signing import Signing
from services.archive.shelf.filing import Filing
from shared.eventsourcing import store
from shared.eventsourcing.feed_pages import HeadsPage
from shared.eventsourcing.pool import UNBOUNDED
from shared.eventsourcing.recorded import Row
from shared.eventsourcing.sql import open_pool
from shared.messaging.envelope import received
from shared.messaging.receiving import cursor_pages
from shared.messaging.receiving.feed_client import FeedAway, FeedClient, FeedPage
from shared.messaging.receiving.transaction import advance
from shared.objects.address import S3Address
from shared.objects.s3 import connect, ensure_buckets
from shared.rebuilding import replayed, stated
from shared.replayed.replaying import NotCompared, Replaying, Statement
from shared.service_names import SERVICES
from tests.support.applications import NOW
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.parts import ObjectStorePart
from tests.support.rooms import own_rows, take_in


@dataclass
class Feeds:
    """What the feeds of the services answer, read from their databases. `away`: those that do not answer."""

    rooms: FourRooms
    away: set[str] = field(default_factory=set)

    async def pages(self, source: str, after: int) -> AsyncIterator[Sequence[Row]]:
        if rows := await self._rows(source, after):
            yield rows

    async def page(self, source: str, after: int) -> FeedPage:
        rows = await self._rows(source, after)
        return FeedPage(rows, rows[-1].position if rows else after, more=False)

    async def streams_taken_in(self, reader: str, of: str, behind: str) -> HeadsPage:
        async with self.rooms.running(self._asked(reader)).pool.connection() as conn:
            return msgspec.json.decode(await cursor_pages.streams_page(conn, of, behind), type=HeadsPage)

    async def events_taken_in(self, reader: str, of: str, stream: str, at: int) -> HeadsPage:
        async with self.rooms.running(self._asked(reader)).pool.connection() as conn:
            page = await cursor_pages.events_page(conn, of, stream, at)
        return msgspec.json.decode(page, type=HeadsPage)

    def _asked(self, service: str) -> str:
        if service in self.away:
            raise FeedAway(f"{service} does not answer")
        return service

    async def _rows(self, source: str, after: int) -> list[Row]:
        async with self.rooms.running(self._asked(source)).pool.connection() as conn:
            return list(await store.read(conn, after=after, upto=await store.settled(conn), limit=10_000))


@dataclass
class ReplayedRooms(FourRooms):
    """`certify` asks for a certificate, and lets every service answer."""

    feeds: Feeds = field(init=False)
    signing: Signing = field(init=False)
    objects: Any = None
    folder: Path = Path()

    def __post_init__(self) -> None:
        self.feeds = Feeds(self)
        app = self.apps["archive"]
        self.objects = app.state.objects
        self.signing = signing_for(app, self.running("archive"), self.objects)

    async def _take_in(self, source: str) -> bool:
        """As the other rooms; archive takes every event into its log."""
        rows = await own_rows(self.running(source), self.taken.get(source, 0))
        for row in rows:
            for service in SERVICES:
                if service == "archive":
                    archive = self.running("archive")
                    done = await advance(archive.pool, reaction(archive), [received(source, row)])
                    assert done.done == 1
                elif source in self.running(service).room.sources:
                    await take_in(self.running(service), received(source, row))
            self.taken[source] = row.position
        return bool(rows)

    async def compare(self, service: str) -> Statement:
        """What the process of its own would find."""
        running, feeds = self.running(service), cast("FeedClient", self.feeds)
        sources = SERVICES if service == "archive" else running.room.sources
        async with (
            open_pool(self.databases[service].app, size=2, limits=UNBOUNDED) as pool,
            pool.connection() as conn,
        ):
            try:
                made, found = await replayed(running.room, "3402", conn, feeds, sources, SERVICES)
            except FeedAway as away:
                raise NotCompared(str(away)) from away
        if service == "archive":
            whole = (running.pool, self.signing.key, self.feeds, self.objects.archive, SERVICES, "3402")
            found.join((await fsck.check_all(*whole)).for_all())
        return stated(made, found)

    def replaying(self, service: str) -> Replaying:
        return Replaying(self.running(service), lambda: self.compare(service))

    async def ask(self, reason: str = "Pemeriksaan tahunan") -> None:
        command = AskForCertificate(by="as_inspektur", reason=reason, occurred_on=NOW.date())
        await self.give("archive", streams.CERTIFICATES, command, "inspektur", "settings")

    async def answer(self, *services: str) -> None:
        for service in services or SERVICES:
            await self.replaying(service).once()
            await self.settle()

    async def statements(self) -> dict[str, dict[str, Any]]:
        """What archive holds of the answers for the latest certificate, by service."""
        query = (
            b"SELECT service, verdict, tables, differences FROM certificate_statement WHERE certificate = "
            b"(SELECT max(certificate) FROM certificate)"
        )
        async with self.running("archive").pool.connection() as conn:
            rows = await (await conn.execute(query)).fetchall()
        return {row[0]: {"verdict": row[1], "tables": row[2], "differences": row[3]} for row in rows}

    @property
    def issuing(self) -> Issuing:
        archive = self.running("archive")
        filing: Filing = self.apps["archive"].state.filing
        return Issuing(archive, filing, self.signing, every=timedelta(days=7))

    async def issue(self) -> Path:
        """The certificate that all have answered, as the file that somebody takes away."""
        assert await self.issuing.issue(), self.running("archive").troubles.listed()
        await self.settle()
        async with self.running("archive").pool.connection() as conn:
            (row, *_) = await queries.newest(conn)
        assert row["issued_at"], row
        content = await self.objects.archive.get(row["object_key"], row["object_version"])
        file = self.folder / str(row["file"]["name"])
        file.write_bytes(content)
        return file

    async def certify(self) -> dict[str, dict[str, Any]]:
        await self.ask()
        await self.answer()
        return await self.statements()

    def tamper(self, service: str, statement: str) -> None:
        """What somebody with all rights could do."""
        with psycopg.connect(self.databases[service].owner, autocommit=True) as conn:
            assert conn.execute(statement.encode()).rowcount > 0, statement


@asynccontextmanager
async def replayed_rooms(
    fresh: Callable[[str], Database], store: ObjectStorePart, folder: Path
) -> AsyncIterator[ReplayedRooms]:
    """With buckets of its own; certificates are laid into `folder`."""
    address = S3Address.from_url(store.url)
    names = {"work": f"work-{secrets.token_hex(4)}", "archive": f"archive-{secrets.token_hex(4)}"}
    await ensure_buckets(address, **names)
    async with four_rooms(fresh) as rooms:
        state = rooms.apps["archive"].state
        state.objects = connect(address, **names)
        state.filing = Filing(state.running, state.objects)
        yield ReplayedRooms(rooms.apps, rooms.databases, folder=folder)
