"""Intake on a real database with the people and figures of the demonstration, and the way of a cycle through
it, act by act, for tests that begin somewhere on it.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from httpx2 import Response

from deploy.demo import data
from deploy.demo.stage import OFFICERS
from deploy.local.postgres.databases import Database
from services.intake.domain.agency import AssignService, RegisterAgency
from shared.access import people as people_file
from shared.contracts.documents import DocumentDrafted, DocumentHandedOver
from shared.contracts.values import StoredFile
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from tests.support.applications import application, migrated
from tests.support.events import CYCLE, made
from tests.support.memory_bucket import Bucket
from tests.support.rooms import Room
from tests.support.steps import KEY

NOW = datetime(2027, 1, 18, 3, 42, 7, tzinfo=UTC)
PEOPLE = people_file.load(Path(data.__file__).with_name("people.toml"), "3402")
FILE = StoredFile(digest="a" * 64, name="draf.pdf", media_type="application/pdf", size=9)
SOME = ("dinkes", "satpolpp", "dinsos")


@dataclass(kw_only=True)
class IntakeRoom(Room):
    at: datetime = NOW

    async def order(self, stream: str, command: object) -> None:
        """A command without a request, for what a test needs but is not about."""
        actor = Actor(person="bagus", role="subkoordinator", agency="tatapem")
        await self.running.handler.handle(
            Order(stream=stream, command=command, case_id="settings"), actor=actor, command_id=uuid4()
        )


@asynccontextmanager
async def intake_room(database: Database, **more: str) -> AsyncIterator[IntakeRoom]:
    migrated("intake", database)
    files = SimpleNamespace(work=Bucket())
    async with application("intake", database, files, people=PEOPLE, now=NOW, **more) as app:
        yield IntakeRoom(app=app, database=database)


async def registered(room: IntakeRoom, *only: str) -> None:
    """Agencies of the demonstration with their services: these, or all."""
    said: dict[str, Any] = {"by": "bagus", "occurred_on": date(2026, 1, 5)}
    for agency in data.agencies():
        if only and agency.id not in only:
            continue
        names = {"agency": agency.id, "name": agency.name, "short_name": agency.short_name}
        await room.order(f"agency-{agency.id}", RegisterAgency(**names, **said))
        for one in agency.assigned:
            assign = AssignService(
                agency=agency.id, service=one.service, valid_from=one.valid_from, valid_until=None, **said
            )
            await room.order(f"agency-{agency.id}", assign)


async def opened(room: IntakeRoom, *agencies: str) -> None:
    """Agencies (these, or all), and a cycle whose first step has begun."""
    await registered(room, *agencies)
    said = {"year": 2026, "region_name": "Kabupaten Bantul", "occurred_on": "2026-08-03"}
    await room.give("POST", "/cycles", "hesti", said)


async def complete(room: IntakeRoom, number: int, person: str, day: date, *, papers: bool = True) -> Response:
    """One plain step, with a paper."""
    evidence = [await room.upload(person)] if papers else []
    body = {"summary": f"Langkah {number} dilakukan.", "evidence": evidence, "occurred_on": day.isoformat()}
    return await room.tell(person, f"/cycles/{CYCLE}/steps/{KEY[number]}/completion", body)


def figure_body(service: str) -> dict[str, Any]:
    """The demonstration's figure of a service as a request."""
    figure = data.figures()[service]
    said = ("answer", "served", "entitled", "budget", "realised", "reason", "origin")
    quality = {
        item: {"required": amount.required, "fulfilled": amount.fulfilled}
        for item, amount in figure.quality.items()
    }
    return {name: getattr(figure, name) for name in said} | {"quality": quality}


def drafted(kind: str, day: date) -> DocumentDrafted:
    said = {"document": f"document-{CYCLE}-{kind}", "kind": kind, "file": FILE, "basis": {}}
    return made(DocumentDrafted, **said, by="bagus", occurred_on=day)


async def to_step_6(room: IntakeRoom, *agencies: str) -> None:
    await opened(room, *agencies)
    assert (await complete(room, 1, "hesti", date(2026, 8, 4))).status_code == 200
    assert (await complete(room, 2, "bagus", date(2026, 8, 5), papers=False)).status_code == 200
    assert (await complete(room, 3, "bagus", date(2026, 8, 6), papers=False)).status_code == 200
    decree = f"document-{CYCLE}-sk_tim"
    await room.hear(drafted("sk_tim", date(2026, 8, 12)), decree)
    said: Mapping[str, Any] = {"document": decree, "by": "bagus", "occurred_on": date(2026, 8, 20)}
    await room.hear(made(DocumentHandedOver, handed_to="Bagian Hukum", receipt=None, **said), decree)


async def to_step_7(room: IntakeRoom, *agencies: str) -> None:
    await to_step_6(room, *(agencies or SOME))
    assert (await complete(room, 6, "hesti", date(2026, 9, 1))).status_code == 200


async def fill(room: IntakeRoom, agency: str) -> None:
    for entry in next(known for known in data.agencies() if known.id == agency).assigned:
        path = f"/submissions/{CYCLE}-{agency}-tahunan/figures/{entry.service}"
        await room.give("PUT", path, OFFICERS[agency], figure_body(entry.service))


async def hand_in(room: IntakeRoom, agency: str) -> None:
    await fill(room, agency)
    await hand_in_again(room, agency)


async def hand_in_again(room: IntakeRoom, agency: str) -> None:
    """What is stored, as somebody who has looked at it."""
    path = f"/submissions/{CYCLE}-{agency}-tahunan"
    seen = (await room.give("GET", path, OFFICERS[agency]))["next_digest"]
    said = {"digest": seen, "occurred_on": "2027-01-18"}
    await room.give("POST", f"{path}/hand-in", OFFICERS[agency], said)
