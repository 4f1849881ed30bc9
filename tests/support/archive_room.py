"""Archive on a real database of its own, without Kafka and without web: events go in as if the consumer had brought them."""

import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from deploy.local.postgres import Database
from services.archive.bootstrap import ROOM, reaction, signer
from services.archive.domain.checkpoint import Signer
from shared import settings as settings_of
from shared.contracts.registry import declared, encode
from shared.eventsourcing.recorded import Row
from shared.messaging.envelope import Received, received
from shared.messaging.taking import Taken, take
from shared.migrations.migrate import migrate
from shared.room import Running, open_room
from shared.settings import Settings

START = datetime(2026, 11, 23, 1, 2, 3, 4, tzinfo=UTC)
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


def installed(database: Database, folder: Path, *, s3: str = "http://a:b@127.0.0.1:1", **more: str) -> Settings:
    """Migrates the database and answers the settings of an archive on it."""
    migrate("archive", database.owner, str(conninfo_to_dict(database.app)["user"]))
    people = folder / "people.toml"
    people.write_text(PEOPLE_TOML, encoding="utf-8")
    environment = {
        "JEJAK_DATABASE_URL": database.app,
        "JEJAK_KAFKA": "127.0.0.1:1",
        "JEJAK_S3": s3,
        "JEJAK_SESSION_SECRET": "s" * 40,
        "JEJAK_FEED_SECRET": "f" * 40,
        "JEJAK_CHECKPOINT_KEY": base64.b64encode(bytes(range(32))).decode(),
        "JEJAK_PEOPLE": str(people),
        **more,
    }
    return settings_of.read("archive", environment)


@dataclass
class Archive:
    """A running archive; `log` takes events in, in one transaction, in the way of the consumer."""

    running: Running
    signer: Signer
    owner: str

    async def log(self, *events: Received) -> Taken:
        return await take(self.running.pool, reaction(self.running), events)

    def tamper(self, statement: str, values: Sequence[object] = ()) -> None:
        """What somebody with the database's owner password could do."""
        with psycopg.connect(self.owner, autocommit=True) as conn:
            conn.execute(statement.encode(), values)


@asynccontextmanager
async def archive_on(database: Database, folder: Path, **more: str) -> AsyncIterator[Archive]:
    settings = installed(database, folder, **more)
    async with open_room(ROOM, settings) as running:
        yield Archive(running, signer(settings), database.owner)


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


def plain(number: int, *, stream: str = "submission-3402-2026-dinkes-tahunan", source: str = "intake", **more: Any) -> Received:
    """Any event: version number + 1 of a stream. Its type is nobody's, which the log must not mind."""
    data = json.dumps({"cycle": CYCLE, "agency": "dinkes", "number": number, "keterangan": "garis — “kutip” \u2028 é"}, ensure_ascii=False)
    metadata = '{"actor": {"person": "sri", "role": "unsur_opd", "agency": "dinkes"}, "command_id": "c", "correlation": "c"}'
    row = Row(number + 1, stream, number + 1, CYCLE, "thing-happened", 1, data, metadata, START + timedelta(seconds=number))
    return replace(received(source, row), **more)
