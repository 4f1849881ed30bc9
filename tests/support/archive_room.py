"""Archive on a real database (and object store) of its own: events go into its log as if the consumer had
brought them, its own when a test says so.
"""

import json
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from httpx2 import Response

from deploy.local.postgres.databases import Database
from services.archive.bootstrap import signer
from services.archive.domain.checkpoint import Signer
from services.archive.log.reaction import reaction
from services.archive.log.signing import Signing
from services.archive.shelf.filing import Filing
from shared.contracts.documents import DocumentDrafted, DocumentSettled, Kind, ReceiptRecorded
from shared.contracts.intake import CycleOpened
from shared.contracts.values import EventRef, StoredFile
from shared.eventsourcing.recorded import Actor, Row
from shared.messaging.envelope import Received, received
from shared.messaging.receiving.transaction import Advanced, advance
from shared.objects.address import S3Address
from shared.objects.port import Bucket, Objects
from shared.objects.s3 import connect, ensure_buckets
from tests.support.applications import NOW, application, migrated, people_of
from tests.support.events import CYCLE, made, recorded, row_of
from tests.support.memory_bucket import as_file
from tests.support.rooms import PDF, Room, own_rows

START = datetime(2026, 11, 23, 1, 2, 3, 4, tzinfo=UTC)
LATER = datetime(2027, 4, 1, tzinfo=UTC)
"""The day on which the tests act: the cycle of 2026 is closed in the spring after it."""
PEOPLE = people_of(
    "tri: Tri Wahyuni, arsiparis, arsip",
    "ina: Ina Pratiwi, inspektur, inspektorat",
    "sri: Sri Lestari, unsur_opd, dinkes",
    "operator: Operator Sistem, operator, tapem",
)
CONTENT = {
    "laporan": b"%PDF-1.7 laporan SPM 2026\n",
    "pengantar_gubernur": b"%PDF-1.7 kepada Gubernur\n",
    "pengantar_kemendagri": b"%PDF-1.7 kepada Kemendagri\n",
    "tanda_terima_gubernur": b"%PDF-1.7 tanda terima Gubernur\n",
    "tanda_terima_kemendagri": b"%PDF-1.7 tanda terima Kemendagri\n",
}
"""What documents makes final and receives in a cycle."""
ITEMS = tuple(CONTENT)


@dataclass(kw_only=True)
class Archive(Room):
    """`log` takes events in, in one transaction, in the way of the consumer."""

    @property
    def signer(self) -> Signer:
        return signer(self.running.settings)

    @property
    def objects(self) -> Objects:
        found: Objects = self.app.state.objects
        return found

    @property
    def filing(self) -> Filing:
        found: Filing = self.app.state.filing
        return found

    @property
    def signing(self) -> Signing:
        found: Signing = self.app.state.signing
        return found

    async def log(self, *events: Received) -> Advanced:
        return await advance(self.running.pool, reaction(self.running), events)

    async def hear(self, *events: Received) -> None:  # type: ignore[override]  # whatever its stream
        assert (await self.log(*events)).done == len(events)

    async def follow_up(self) -> None:
        """Own events go into the log by `log_own`."""

    async def log_own(self) -> None:
        await self.hear(*(received("archive", row) for row in await own_rows(self.running, 0)))

    def tamper(self, statement: str, values: Sequence[object] = ()) -> None:
        """What somebody with the database's owner password could do."""
        with psycopg.connect(self.database.owner, autocommit=True) as conn:
            conn.execute(statement.encode(), values)

    async def file(self, item: str, cycle: str = CYCLE) -> Response:
        said = {"occurred_on": "2027-03-12"}
        return await self.tell("tri", f"/cycles/{cycle}/items/{item}/file", said)

    async def file_all(self) -> None:
        for item in ITEMS:
            assert (await self.file(item)).status_code == 200
        said = {"location": "Rak 3", "copies": 2, "occurred_on": "2027-03-12"}
        await self.give("POST", f"/cycles/{CYCLE}/hard-copy", "tri", said)

    async def close(self, **headers: str) -> Response:
        return await self.tell("tri", f"/cycles/{CYCLE}/close", {"occurred_on": "2027-03-12"}, **headers)


@asynccontextmanager
async def archive_room(
    database: Database, address: S3Address | None = None, **more: str
) -> AsyncIterator[Archive]:
    """With buckets of its own in the store of `address`, or with a store that is away."""
    migrated("archive", database)
    mark = secrets.token_hex(4)  # the database may have been used before
    names = {"work": f"work-{mark}", "archive": f"archive-{mark}"}
    if address is not None:
        await ensure_buckets(address, **names)
    objects = connect(address or S3Address.from_url("http://a:b@127.0.0.1:1"), **names)
    async with application("archive", database, objects, people=PEOPLE, now=LATER, **more) as app:
        app.state.clock = lambda: NOW
        yield Archive(app=app, database=database)


def event_of(
    event: object, *, stream: str, version: int = 1, position: int = 0, cause: EventRef | None = None
) -> Received:
    """A declared event as its service would publish it."""
    actor = Actor(person="sri", role="tim_spm", agency="tapem")
    at = START + timedelta(seconds=version)
    found = recorded(event, stream, version, position=position, at=at, actor=actor, cause=cause)
    return received(found.source, row_of(found))


def plain(
    number: int, *, stream: str = "submission-3402-2026-dinkes-tahunan", source: str = "intake", **more: Any
) -> Received:
    """Any event: version number + 1 of a stream. Its type is nobody's, which the log must not mind."""
    said = {"cycle": CYCLE, "agency": "dinkes", "number": number, "keterangan": "garis — “kutip” \u2028 é"}
    metadata = (
        '{"actor": {"person": "sri", "role": "unsur_opd", "agency": "dinkes"}, "command_id": "c", '
        '"correlation": "c"}'
    )
    row = Row(
        position=number + 1,
        stream=stream,
        version=number + 1,
        case_id=CYCLE,
        type="thing-happened",
        schema=1,
        data=json.dumps(said, ensure_ascii=False),
        metadata=metadata,
        recorded_at=START + timedelta(seconds=number),
    )
    return replace(received(source, row), **more)


async def put_files(work: Bucket) -> dict[str, StoredFile]:
    """The files of the story in the work bucket."""
    return {
        name: as_file(await work.put(content, media_type=PDF), f"{name}.pdf")
        for name, content in CONTENT.items()
    }


def story(files: dict[str, StoredFile]) -> Sequence[Received]:
    """The cycle is opened, the report settled, both letters drafted, both receipts recorded."""
    opened = made(CycleOpened, report_due=date(2027, 3, 31), by="budi", occurred_on=date(2026, 1, 5))
    letters = ("gubernur", "kemendagri")
    return [
        event_of(opened, stream=f"cycle-{CYCLE}"),
        settled(files["laporan"]),
        *(drafted(f"pengantar_{letter}", files[f"pengantar_{letter}"]) for letter in letters),
        *(receipt(letter, files[f"tanda_terima_{letter}"]) for letter in letters),
    ]


def settled(file: StoredFile, *, version: int = 1) -> Received:
    said = {"document": "laporan", "revision": version, "digest": file.digest, "file": file}
    event = made(DocumentSettled, **said, endorsed_by="budi", occurred_on=date(2027, 3, 1))
    return event_of(event, stream=f"document-{CYCLE}-laporan", version=version)


def drafted(kind: Kind, file: StoredFile, *, version: int = 1) -> Received:
    said = {"document": kind, "kind": kind, "revision": version, "file": file, "basis": {}, "verifiers": ()}
    event = made(DocumentDrafted, **said, by="wulan", occurred_on=date(2027, 3, 2))
    return event_of(event, stream=f"document-{CYCLE}-{kind}", version=version)


def receipt(recipient: str, scan: StoredFile, reference: str | None = None) -> Received:
    stream = f"dispatch-{CYCLE}-{recipient}"
    said = {
        "dispatch": stream,
        "recipient": recipient,
        "scan": scan,
        "reference": f"TT-{recipient}" if reference is None else reference,
    }
    days = {"received_on": date(2027, 3, 10), "occurred_on": date(2027, 3, 11)}
    event = made(ReceiptRecorded, **said, **days, received_by="Loket", by="wulan")
    return event_of(event, stream=stream)
