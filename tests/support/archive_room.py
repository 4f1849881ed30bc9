"""Archive on a real database (and object store) of its own, without Kafka:
events go in as if the consumer had brought them.
"""

import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from fastapi import FastAPI
from psycopg.conninfo import conninfo_to_dict

from deploy.local.postgres.databases import Database
from services.archive.__main__ import SERVICE, signing_for
from services.archive.bootstrap import ROOM, signer
from services.archive.domain.checkpoint import Signer
from services.archive.log.reaction import reaction
from services.archive.log.signing import Signing
from services.archive.log.witness import Witness
from services.archive.shelf.filing import Filing
from shared import settings as settings_of
from shared.contracts.registry import declared, encode
from shared.eventsourcing import store
from shared.eventsourcing.recorded import Row
from shared.messaging.envelope import Received, received
from shared.messaging.receiving.transaction import Advanced, advance
from shared.migrations.migrate import migrate
from shared.objects.address import S3Address
from shared.objects.port import Objects
from shared.objects.s3 import connect, ensure_buckets
from shared.room import Running, open_room
from shared.service_names import SERVICES
from shared.settings import Settings
from tests.support import access, keys
from tests.support.applications import application_of
from tests.support.web_room import HERE, NOW

START = datetime(2026, 11, 23, 1, 2, 3, 4, tzinfo=UTC)
LATER = datetime(2027, 4, 1, tzinfo=UTC)
"""The day on which the tests act: the cycle of 2026 is closed in the spring after it."""
CYCLE = "3402-2026"
PEOPLE_TOML = """
[agencies]
tapem = "Bagian Tata Pemerintahan"
arsip = "Unit Kearsipan"
inspektorat = "Inspektorat"
dinkes = "Dinas Kesehatan"

[[person]]
id = "tri"
name = "Tri Wahyuni"
agency = "arsip"
office = [{ role = "arsiparis", valid_from = 2025-01-01 }]

[[person]]
id = "ina"
name = "Ina Pratiwi"
agency = "inspektorat"
office = [{ role = "inspektur", valid_from = 2025-01-01 }]

[[person]]
id = "sri"
name = "Sri Lestari"
agency = "dinkes"
office = [{ role = "unsur_opd", valid_from = 2025-01-01 }]

[[person]]
id = "operator"
name = "Operator Sistem"
agency = "tapem"
office = [{ role = "operator", valid_from = 2025-01-01 }]
"""


def installed(
    database: Database, folder: Path, *, s3: str = "http://a:b@127.0.0.1:1", **more: str
) -> Settings:
    """Migrates the database and answers the settings of an archive on it."""
    migrate("archive", database.owner, str(conninfo_to_dict(database.app)["user"]))
    people = folder / "people.toml"
    people.write_text(PEOPLE_TOML, encoding="utf-8")
    environment = {
        "JEJAK_DATABASE_URL": database.app,
        "JEJAK_KAFKA": "127.0.0.1:1",
        "JEJAK_PUBLIC_URL": HERE,
        "JEJAK_S3": s3,
        "JEJAK_ACCESS_DATABASE_URL": access.database().apps["archive"],
        "JEJAK_CHECKPOINT_KEY": base64.b64encode(bytes(range(32))).decode(),
        "JEJAK_PEOPLE": str(people),
        **keys.told("archive"),
        **more,
    }
    return settings_of.read("archive", environment)


@dataclass
class Archive:
    """A running archive; `log` takes events in, in one transaction, in the way of the consumer."""

    running: Running
    signer: Signer
    owner: str

    async def log(self, *events: Received) -> Advanced:
        return await advance(self.running.pool, reaction(self.running), events)

    def witness(self) -> Witness:
        """The copies of checkpoints in the store of these settings."""
        told = self.running.settings
        return Witness(
            connect(S3Address.from_url(told.s3), work=told.work_bucket, archive=told.archive_bucket).archive,
            self.signer.key,
        )

    def tamper(self, statement: str, values: Sequence[object] = ()) -> None:
        """What somebody with the database's owner password could do."""
        with psycopg.connect(self.owner, autocommit=True) as conn:
            conn.execute(statement.encode(), values)


@asynccontextmanager
async def archive_on(database: Database, folder: Path, **more: str) -> AsyncIterator[Archive]:
    settings = installed(database, folder, **more)
    async with open_room(ROOM, settings) as running:
        running.handler.clock = lambda: LATER
        yield Archive(running, signer(settings), database.owner)


@dataclass
class Served:
    """An archive behind its routes, with an object store.
    `hear` takes events in; `follow_up` brings its own events into the log.
    """

    archive: Archive
    app: FastAPI
    objects: Objects
    filing: Filing
    signing: Signing

    async def hear(self, *events: Received) -> None:
        assert (await self.archive.log(*events)).done == len(events)

    async def follow_up(self) -> None:
        async with self.archive.running.pool.connection() as conn:
            rows = await store.read(conn, after=0, upto=await store.settled(conn), limit=1000)
        await self.hear(*(received("archive", row) for row in rows))


@asynccontextmanager
async def served(database: Database, folder: Path, address: S3Address) -> AsyncIterator[Served]:
    """The routes of archive over an object store; buckets of their own, no background task."""
    names = {
        "work": f"work-{database.name.rpartition('_')[2]}",
        "archive": f"archive-{database.name.rpartition('_')[2]}",
    }
    await ensure_buckets(address, **names)
    async with archive_on(database, folder, s3=address.url) as archive:
        app = application_of(SERVICE)
        objects = connect(address, **names)
        app.state.filing, app.state.signing = (
            Filing(archive.running, objects),
            signing_for(app, archive.running, objects),
        )
        app.state.running, app.state.objects, app.state.sources = archive.running, objects, SERVICES
        app.state.troubles = archive.running.troubles
        app.state.clock = lambda: NOW
        yield Served(archive, app, objects, app.state.filing, app.state.signing)


def event_of(
    event: object,
    *,
    stream: str,
    version: int = 1,
    position: int | None = None,
    cause: Mapping[str, Any] | None = None,
    person: str = "sri",
) -> Received:
    """A declared event as its service would publish it."""
    entry = declared(type(event))
    row = Row(
        position=position if position is not None else version,
        stream=stream,
        version=version,
        case_id=getattr(event, "cycle", "settings"),
        type=entry.name,
        schema=entry.schema,
        data=encode(event).decode(),
        metadata=json.dumps(
            {
                "actor": {"person": person, "role": "tim_spm", "agency": "tapem"},
                "command_id": "c",
                "correlation": "c",
                "causation": dict(cause) if cause else None,
                "traceparent": "",
            }
        ),
        recorded_at=START + timedelta(seconds=version),
    )
    return received(entry.producer, row)


def plain(
    number: int, *, stream: str = "submission-3402-2026-dinkes-tahunan", source: str = "intake", **more: Any
) -> Received:
    """Any event: version number + 1 of a stream. Its type is nobody's, which the log must not mind."""
    data = json.dumps(
        {"cycle": CYCLE, "agency": "dinkes", "number": number, "keterangan": "garis — “kutip” \u2028 é"},
        ensure_ascii=False,
    )
    metadata = (
        '{"actor": {"person": "sri", "role": "unsur_opd", "agency": "dinkes"}, "command_id": "c", '
        '"correlation": "c"}'
    )
    row = Row(
        number + 1,
        stream,
        number + 1,
        CYCLE,
        "thing-happened",
        1,
        data,
        metadata,
        START + timedelta(seconds=number),
    )
    return replace(received(source, row), **more)
