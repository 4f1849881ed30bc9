"""Documents on a real database with the real typesetter and files in memory, and what intake and verification
say to it: a cycle, steps that begin, approvals, an endorsement.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from httpx2 import Response

from deploy.local.postgres.databases import Database
from services.documents.domain.report import Approved
from services.documents.letters.render import TypstRenderer
from services.documents.papers.previews import Typesetter
from shared.contracts.intake import CycleOpened, StepStarted
from shared.contracts.settings import CalendarChanged
from shared.contracts.values import DueDate, SkippedDay
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ApprovalVoided,
    EndorsementRefused,
    EndorsementRequested,
    ReportEndorsed,
)
from shared.sop.definition import CURRENT
from tests.support.applications import application, migrated, people_of
from tests.support.events import CYCLE, made
from tests.support.memory_bucket import Bucket
from tests.support.report_figures import approval, approvals
from tests.support.rooms import Room
from tests.support.steps import KEY

NOW = datetime(2027, 3, 29, 3, 42, 7, tzinfo=UTC)
SCAN = b"%PDF-1.7 scan of a signed sheet"
LETTERS = ("gubernur", "kemendagri")
REPORT, ENDORSEMENT = f"document-{CYCLE}-laporan", f"endorsement-{CYCLE}"
PEOPLE = people_of(
    "sri: Sri Lestari, unsur_opd, dinkes",
    "tono: Tono Wibowo, subkoordinator, tapem",
    "rahmat: Rahmat Hidayat, tim_spm, tapem",
    "wulan: Wulan Sari, tim_spm, tapem",
    "kurnia: Kurnia Budi, kabag, tapem",
    "arif: Arif Arsip, arsiparis, arsip",
    "ina: Ina Inspektur, inspektur, tapem",
    "op: Op Sistem, operator, tapem",
)


@dataclass(kw_only=True)
class DocumentsRoom(Room):
    at: datetime = NOW

    async def hear_of_cycle(self) -> None:
        said: dict[str, Any] = {"by": "kurnia", "occurred_on": date(2026, 1, 5)}
        opened = made(CycleOpened, report_due=date(2027, 3, 31), **said)
        await self.hear(opened, f"cycle-{CYCLE}")
        holiday = made(CalendarChanged, day=date(2027, 3, 26), kind="holiday", name="Libur", **said)
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
        started = StepStarted(cycle=CYCLE, sop=CURRENT, step=KEY[step], started_on=started_on, due=due)
        await self.hear(started, f"step-{CYCLE}-{step:02}")

    async def hear_approvals(self, *late: Approved) -> None:
        """Every submission is approved, or those that came to be required later are too,
        and verification says so.
        """
        for each in late or approvals():
            await self.hear(approval(each), f"verification-{each.submission.partition('-')[2]}")
        digests = {each.submission: each.digest for each in (*approvals(), *late)}
        said = {"digests": digests, "contributors": ("sri",), "verifiers": ("rahmat",), "by": "rahmat"}
        complete = made(AllSubmissionsApproved, **said, occurred_on=date(2027, 3, 1))
        await self.hear(complete, f"round-{CYCLE}")

    async def hear_voided(self) -> None:
        each = next(approvals())
        said = {"submission": each.submission, "revision": each.revision, "digest": each.digest}
        voided = made(ApprovalVoided, **said, approved_by="rahmat", changes=(), by="sri")
        await self.hear(voided, f"verification-{each.submission.partition('-')[2]}")

    async def hear_asked(self) -> None:
        basis = {each.submission: each.digest for each in approvals()}
        drafted = {"drafted_by": "rahmat", "drafted_on": date(2027, 3, 10)}
        said = {**await self._report(), "involved": ("rahmat",), "basis": basis, **drafted}
        await self.hear(made(EndorsementRequested, **said), ENDORSEMENT)

    async def hear_endorsed(self) -> str:
        """The present draft is endorsed; answers its digest."""
        await self.hear_asked()
        await self.hear(made(ReportEndorsed, **await self._decided()), ENDORSEMENT)
        return str((await self.document("laporan"))["digest"])

    async def hear_refused(self) -> None:
        await self.hear_asked()
        refused = made(EndorsementRefused, reason="Tabel 8 keliru.", **await self._decided())
        await self.hear(refused, ENDORSEMENT)

    async def _report(self) -> dict[str, Any]:
        row = await self.document("laporan")
        return {"document": REPORT} | {name: row[name] for name in ("revision", "digest", "file")}

    async def _decided(self) -> dict[str, Any]:
        found = await self._report()
        del found["file"]
        return {**found, "by": "kurnia", "occurred_on": date(2027, 3, 12)}

    async def hear_drafted_and_endorsed(self) -> str:
        """The report is drafted from approved figures and endorsed; answers its digest."""
        await self.hear_approvals()
        await self.hear_step(9)
        assert (await self.draft("rahmat", "laporan")).status_code == 200
        return await self.hear_endorsed()

    async def hear_ready_to_send(self) -> str:
        digest = await self.hear_drafted_and_endorsed()
        await self.hear_step(10)
        for recipient in LETTERS:
            assert (await self.draft("rahmat", f"pengantar_{recipient}")).status_code == 200
        await self.hear_step(12)
        return digest

    async def document(self, kind: str) -> Mapping[str, Any]:
        return await self.give("GET", f"/cycles/{CYCLE}/documents/{kind}", "kurnia")

    async def dispatch(self, recipient: str) -> Mapping[str, Any]:
        return await self.give("GET", f"/cycles/{CYCLE}/dispatches/{recipient}", "kurnia")

    async def draft(
        self, person: str, kind: str, fields: Mapping[str, str] | None = None, on: str = "2027-03-10"
    ) -> Response:
        said = {"fields": dict(fields or {}), "occurred_on": on}
        return await self.tell(person, f"/cycles/{CYCLE}/documents/{kind}/draft", said)


@asynccontextmanager
async def documents_room(database: Database) -> AsyncIterator[DocumentsRoom]:
    migrated("documents", database)
    files = SimpleNamespace(work=Bucket())
    async with application("documents", database, files, people=PEOPLE, now=NOW) as app:
        app.state.typesetter = Typesetter(TypstRenderer())
        yield DocumentsRoom(app=app, database=database)
