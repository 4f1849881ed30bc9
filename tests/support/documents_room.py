"""Documents on a real database: foreign events by hand instead of by Kafka, own events taken in again,
the real typesetter, files in memory.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

from fastapi import FastAPI
from httpx2 import Response
from psycopg.conninfo import conninfo_to_dict

from deploy.local.postgres.databases import Database
from services.documents.bootstrap import ROOM
from services.documents.domain.report import Approved
from services.documents.letters.render import TypstRenderer
from services.documents.papers.previews import Typesetter
from shared.access import people as people_file
from shared.access.permissions import load as load_permissions
from shared.access.session import COOKIE
from shared.contracts.intake import CalendarChanged, CycleOpened, StepStarted
from shared.contracts.values import DueDate, SkippedDay
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ApprovalVoided,
    EndorsementRefused,
    EndorsementRequested,
    ReportEndorsed,
)
from shared.eventsourcing.cases import heard_of
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.sql import open_pool
from shared.migrations.migrate import migrate
from shared.room import Running
from shared.settings import Settings
from shared.sop.definition import CURRENT
from tests.support.access import sessions_of
from tests.support.applications import application_of
from tests.support.four_services import service_of
from tests.support.hearing import Hearing
from tests.support.memory_bucket import Bucket
from tests.support.recorded import CYCLE
from tests.support.report_figures import approval, approvals
from tests.support.steps import KEY
from tests.support.web_room import ASKERS, HERE, Browser, token_of, visiting

NOW = datetime(2027, 3, 29, 3, 42, 7, tzinfo=UTC)
SCAN = b"%PDF-1.7 scan of a signed sheet"


def _person(name: str, role: str, agency: str = "tapem") -> dict[str, object]:
    return {
        "id": name.split(maxsplit=1)[0].lower(),
        "name": name,
        "agency": agency,
        "office": [{"role": role, "valid_from": date(2025, 1, 1)}],
    }


PEOPLE = people_file.parse(
    {
        "agencies": {
            "dinkes": "Dinas Kesehatan",
            "tapem": "Bagian Tata Pemerintahan",
            "perpus": "Dinas Perpustakaan dan Kearsipan",
        },
        "person": [
            _person("Sri Lestari", "unsur_opd", "dinkes"),
            _person("Tono Wibowo", "subkoordinator"),
            _person("Rahmat Hidayat", "tim_spm"),
            _person("Wulan Sari", "tim_spm"),
            _person("Kurnia Budi", "kabag"),
            _person("Arif Arsip", "arsiparis", "perpus"),
            _person("Ina Inspektur", "inspektur"),
            _person("Op Sistem", "operator"),
        ],
    }
)


def bearer(person: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(person)}"}


@asynccontextmanager
async def in_front(room: "DocumentsRoom", person: str) -> AsyncIterator[Browser]:
    """A browser in front of the room, signed in as `person`."""
    async with visiting(room.app) as browser:
        browser.http.cookies.set(COOKIE, token_of(person))
        yield browser


@dataclass(kw_only=True)
class DocumentsRoom(Hearing):
    """The room with its database; `hear` takes a foreign event in,
    and everything that follows from it in own streams.
    """

    at = NOW

    app: FastAPI
    bucket: Bucket

    async def ask(self, person: str, path: str, **headers: str) -> Response:
        async with visiting(self.app) as http:
            return await http.http.get(path, headers={**bearer(person), **headers})

    async def tell(self, person: str, path: str, body: Mapping[str, object], **headers: str) -> Response:
        async with visiting(self.app) as http:
            answer = await http.http.post(
                f"/api/documents{path}", json=body, headers={**bearer(person), **headers}
            )
        await self.follow_up()
        return answer

    async def upload(self, person: str, content: bytes = SCAN, name: str = "tanda-terima.pdf") -> Response:
        async with visiting(self.app) as http:
            return await http.http.post(
                f"/api/documents/files?name={name}", content=content, headers=bearer(person)
            )

    async def hear_of_cycle(self) -> None:
        opened = CycleOpened(
            cycle=CYCLE,
            region="3402",
            region_name="Kabupaten Bantul",
            year=2026,
            sop="04/SOP/2022",
            catalogue=1,
            report_due=date(2027, 3, 31),
            by="kurnia",
            occurred_on=date(2026, 1, 5),
        )
        await self.hear(opened, f"cycle-{CYCLE}")
        holiday = CalendarChanged(
            day=date(2027, 3, 26),
            kind="holiday",
            name="Libur",
            source="SKB",
            calendar="x",
            by="kurnia",
            occurred_on=date(2026, 1, 5),
        )
        await self.hear(holiday, "settings-calendar")

    async def hear_step(self, step: int, started_on: date = date(2027, 3, 1)) -> None:
        due = DueDate(
            due_on=date(2027, 3, 30),
            earliest_on=date(2027, 3, 24),
            counted_from=started_on,
            duration="5–10 hari kerja",
            skipped=(SkippedDay(day=date(2027, 3, 10), name="Idulfitri"),),
            calendar="2027.1+0",
        )
        await self.hear(
            StepStarted(cycle=CYCLE, sop=CURRENT, step=KEY[step], started_on=started_on, due=due),
            f"step-{CYCLE}-{step:02}",
        )

    async def hear_approvals(self, *late: Approved) -> None:
        """Every submission is approved, or those that came to be required later are too,
        and verification says so.
        """
        for each in late or approvals():
            await self.hear(approval(each), f"verification-{each.submission.partition('-')[2]}")
        complete = AllSubmissionsApproved(
            cycle=CYCLE,
            digests={each.submission: each.digest for each in (*approvals(), *late)},
            contributors=("sri",),
            verifiers=("rahmat",),
            by="rahmat",
            occurred_on=date(2027, 3, 1),
        )
        await self.hear(complete, f"round-{CYCLE}")

    async def hear_voided(self) -> None:
        each = next(approvals())
        voided = ApprovalVoided(
            cycle=CYCLE,
            agency="dinkes",
            period="tahunan",
            submission=each.submission,
            revision=each.revision,
            digest=each.digest,
            approved_by="rahmat",
            changes=(),
            reason="Salah ketik.",
            by="sri",
        )
        await self.hear(voided, f"verification-{each.submission.partition('-')[2]}")

    async def hear_asked(self) -> None:
        row = await self.document("laporan")
        asked = EndorsementRequested(
            cycle=CYCLE,
            document=f"document-{CYCLE}-laporan",
            revision=row["revision"],
            digest=row["digest"],
            file=row["file"],
            involved=("rahmat",),
            basis={each.submission: each.digest for each in approvals()},
            drafted_by="rahmat",
            drafted_on=date(2027, 3, 10),
        )
        await self.hear(asked, f"endorsement-{CYCLE}")

    async def hear_endorsed(self) -> str:
        """The present draft is endorsed; answers its digest."""
        await self.hear_asked()
        await self.hear(ReportEndorsed(**await self._decided("kurnia")), f"endorsement-{CYCLE}")
        return str((await self.document("laporan"))["digest"])

    async def hear_refused(self) -> None:
        await self.hear_asked()
        await self.hear(
            EndorsementRefused(reason="Tabel 8 keliru.", **await self._decided("kurnia")),
            f"endorsement-{CYCLE}",
        )

    async def _decided(self, by: str) -> dict[str, Any]:
        row = await self.document("laporan")
        document = f"document-{CYCLE}-laporan"
        return {
            "cycle": CYCLE,
            "document": document,
            "revision": row["revision"],
            "digest": row["digest"],
            "by": by,
            "occurred_on": date(2027, 3, 12),
        }

    async def hear_drafted_and_endorsed(self) -> str:
        """The report is drafted from approved figures and endorsed; answers its digest."""
        await self.hear_approvals()
        await self.hear_step(9)
        assert (await self.draft("rahmat", "laporan")).status_code == 200
        return await self.hear_endorsed()

    async def hear_ready_to_send(self) -> str:
        digest = await self.hear_drafted_and_endorsed()
        await self.hear_step(10)
        for recipient in ("gubernur", "kemendagri"):
            assert (await self.draft("rahmat", f"pengantar_{recipient}")).status_code == 200
        await self.hear_step(12)
        return digest

    async def document(self, kind: str) -> dict[str, Any]:
        found = await self.ask("kurnia", f"/api/documents/cycles/{CYCLE}/documents/{kind}")
        return cast("dict[str, Any]", found.json())

    async def dispatch(self, recipient: str) -> dict[str, Any]:
        found = await self.ask("kurnia", f"/api/documents/cycles/{CYCLE}/dispatches/{recipient}")
        return cast("dict[str, Any]", found.json())

    async def draft(
        self, person: str, kind: str, fields: Mapping[str, str] | None = None, on: str = "2027-03-10"
    ) -> Response:
        return await self.tell(
            person,
            f"/cycles/{CYCLE}/documents/{kind}/draft",
            {"fields": dict(fields or {}), "occurred_on": on},
        )


def bring_up(database: Database) -> None:
    """The schema that the migrations of documents make."""
    migrate("documents", database.owner, str(conninfo_to_dict(database.app)["user"]))


@asynccontextmanager
async def documents_room(database: Database) -> AsyncIterator[DocumentsRoom]:
    bring_up(database)
    settings = cast(
        "Settings",
        SimpleNamespace(
            feed_askers=ASKERS, public_url=HERE, hosts=(), mode="development", login="development"
        ),
    )
    pool = open_pool(database.app, size=4)
    await pool.open()
    try:
        handler = CommandHandler(
            "documents", ROOM.categories, ROOM.project, pool, lambda: None, heard_of=heard_of
        )
        handler.clock = lambda: NOW
        service = service_of("documents")
        app = application_of(service)
        bucket = Bucket()
        app.state.clock, app.state.objects, app.state.typesetter = (
            lambda: NOW,
            SimpleNamespace(work=bucket),
            Typesetter(TypstRenderer()),
        )
        async with sessions_of("documents") as sessions:
            app.state.running = Running(
                room=ROOM,
                settings=settings,
                pool=pool,
                roster=lambda: PEOPLE,
                sessions=sessions,
                permissions=load_permissions(),
                handler=handler,
            )
            yield DocumentsRoom(running=app.state.running, app=app, bucket=bucket)
    finally:
        await pool.close()
