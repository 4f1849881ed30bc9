"""Verification on a real database: foreign events by hand instead of by Kafka, own events taken in again,
pages and routes over HTTP.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import cast

from fastapi import FastAPI
from psycopg.conninfo import conninfo_to_dict

from deploy.local.postgres.databases import Database
from services.verification.bootstrap import ROOM
from shared.access import people as people_file
from shared.access.permissions import load as load_permissions
from shared.contracts.documents import DocumentDrafted
from shared.contracts.intake import (
    CycleOpened,
    StepStarted,
    SubmissionOpened,
    SubmissionReceived,
    SubmissionReopened,
)
from shared.contracts.values import AttachedEvidence, DueDate, Figure, QualityItem, SkippedDay, StoredFile
from shared.eventsourcing.cases import heard_of
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.sql import open_pool
from shared.migrations.migrate import migrate
from shared.objects.port import key_of
from shared.room import Running
from shared.settings import Settings
from shared.sop.definition import CURRENT
from shared.spm.digest import digest
from tests.support.access import sessions_of
from tests.support.applications import application_of
from tests.support.four_services import service_of
from tests.support.hearing import Hearing
from tests.support.memory_bucket import Bucket
from tests.support.recorded import CYCLE
from tests.support.steps import KEY
from tests.support.web_room import ASKERS, HERE, NOW

KOHORT = StoredFile(digest="e" * 64, name="kohort-ibu-hamil.pdf", media_type="application/pdf", size=48_213)
SCRIPT = StoredFile(digest="d" * 64, name="lampiran.html", media_type="text/html", size=20)
REPORT = StoredFile(digest="a" * 64, name="laporan-spm-2026.pdf", media_type="application/pdf", size=331_002)
CONTENT = {
    key_of(KOHORT.digest): b"%PDF-1.7 kohort",
    key_of(SCRIPT.digest): b"<script>",
    key_of(REPORT.digest): b"%PDF-1.7 laporan",
}
FIGURES = {
    "kes.ibu_hamil": Figure(
        served=4075,
        entitled=4122,
        budget=1_250_000_000,
        realised=1_198_400_000,
        quality={"bidan": QualityItem(required=120, fulfilled=118)},
    ),
    "kes.balita": Figure(served=11_230, entitled=12_000, budget=900_000_000, realised=871_250_000),
    "kes.odgj_berat": Figure(answer="not_yet", reason="Rekap puskesmas belum masuk."),
}


def _person(name: str, role: str, agency: str) -> dict[str, object]:
    offices = [{"role": role, "valid_from": date(2025, 1, 1)}]
    return {"id": name.split(maxsplit=1)[0].lower(), "name": name, "agency": agency, "office": offices}


PEOPLE = people_file.parse(
    {
        "agencies": {
            "dinkes": "Dinas Kesehatan",
            "dinsos": "Dinas Sosial",
            "tapem": "Bagian Tata Pemerintahan",
        },
        "person": [
            _person("Sri Lestari", "unsur_opd", "dinkes"),
            _person("Tono Wibowo", "unsur_opd", "dinsos"),
            _person("Wulan Sari", "tim_spm", "tapem"),
            _person("Yuni Astuti", "tim_spm", "tapem"),
            _person("Zaki Rahman", "tim_spm", "tapem"),
            _person("Budi Santosa", "kabag", "tapem"),
            _person("Ina Inspektur", "inspektur", "tapem"),
            _person("Op Sistem", "operator", "tapem"),
        ],
    }
)


def bucket() -> Bucket:
    """The work bucket with these files in it."""
    made = Bucket()
    made.content = {key: (content, "application/pdf") for key, content in CONTENT.items()}
    return made


@dataclass(kw_only=True)
class VerificationRoom(Hearing):
    """The room with its database; `hear` takes a foreign event in,
    and everything that follows from it in own streams.
    """

    at = datetime(2026, 2, 10, tzinfo=UTC)

    app: FastAPI
    handed_in: dict[str, str] = field(default_factory=dict)

    async def hear_of_cycle(self, *agencies: str) -> None:
        """A cycle is open, step 8 has begun, and these agencies have submissions to hand in."""
        await self.hear(cycle_opened(), f"cycle-{CYCLE}")
        await self.hear(step_started(8), f"step-{CYCLE}-08")
        for agency in agencies:
            await self.hear_opened(agency)

    async def hear_opened(self, agency: str) -> None:
        """This agency, too, has a submission to hand in."""
        opened = SubmissionOpened(
            catalogue=1,
            cycle=CYCLE,
            agency=agency,
            agency_name=PEOPLE.agency_name(agency),
            period="tahunan",
            services=tuple(FIGURES),
            occurred_on=date(2026, 2, 2),
        )
        await self.hear(opened, submission(agency))

    async def hear_handed_in(
        self, agency: str, by: str, revision: int = 1, figures: Mapping[str, Figure] = FIGURES
    ) -> str:
        """The agency hands in; answers the digest."""
        event = received(agency, by, revision, figures)
        self.handed_in[agency] = event.digest
        await self.hear(event, submission(agency))
        return event.digest

    async def hear_taken_back(self, agency: str, by: str, revision: int = 1) -> None:
        event = SubmissionReopened(
            cycle=CYCLE,
            agency=agency,
            period="tahunan",
            revision=revision,
            reason="Angka balita salah ketik.",
            fields=(),
            by=by,
            occurred_on=date(2026, 2, 12),
        )
        await self.hear(event, submission(agency))

    async def hear_drafted(
        self, by: str = "yuni", revision: int = 1, file: StoredFile = REPORT, **basis: str
    ) -> None:
        """The report is drafted from what `basis` says of each agency, or from what it handed in last."""
        digests = {submission(agency): digest for agency, digest in (basis or self.handed_in).items()}
        await self.hear(drafted(by, revision, file, digests), f"document-{CYCLE}-laporan")


def submission(agency: str) -> str:
    return f"submission-{CYCLE}-{agency}-tahunan"


def case(agency: str) -> str:
    return f"{CYCLE}-{agency}-tahunan"


def cycle_opened() -> CycleOpened:
    return CycleOpened(
        cycle=CYCLE,
        region="3402",
        region_name="Kabupaten Bantul",
        year=2026,
        sop="04/SOP/2022",
        catalogue=1,
        report_due=date(2027, 3, 31),
        by="budi",
        occurred_on=date(2026, 1, 5),
    )


def step_started(step: int) -> StepStarted:
    due = DueDate(
        due_on=date(2026, 2, 24),
        earliest_on=date(2026, 2, 17),
        counted_from=date(2026, 2, 9),
        duration="5–10 hari kerja",
        skipped=(SkippedDay(day=date(2026, 2, 17), name="Tahun Baru Imlek"),),
        calendar="2026.1+0",
    )
    return StepStarted(cycle=CYCLE, sop=CURRENT, step=KEY[step], started_on=date(2026, 2, 9), due=due)


def received(
    agency: str, by: str, revision: int, figures: Mapping[str, Figure] = FIGURES
) -> SubmissionReceived:
    evidence = (
        AttachedEvidence(file=KOHORT, services=("kes.ibu_hamil",)),
        AttachedEvidence(file=SCRIPT, services=("kes.balita",)),
    )
    return SubmissionReceived(
        catalogue=1,
        cycle=CYCLE,
        agency=agency,
        agency_name=PEOPLE.agency_name(agency),
        period="tahunan",
        revision=revision,
        figures=figures,
        evidence=evidence,
        entered_by=(by,),
        digest=digest(figures, evidence, revision),
        by=by,
        occurred_on=date(2026, 2, 10),
    )


def drafted(by: str, revision: int, file: StoredFile, basis: Mapping[str, str]) -> DocumentDrafted:
    return DocumentDrafted(
        cycle=CYCLE,
        document=f"document-{CYCLE}-laporan",
        kind="laporan",
        revision=revision,
        file=file,
        data_digest="d" * 64,
        template_digest="t" * 64,
        engine="typst 0.15.2",
        verifiers=("wulan",),
        basis=basis,
        by=by,
        occurred_on=date(2026, 2, 16),
    )


def mended() -> Mapping[str, Figure]:
    return {**FIGURES, "kes.balita": replace(FIGURES["kes.balita"], served=11_320)}


def bring_up(database: Database, upto: str = "head") -> None:
    """The schema that the migrations of verification make, or made up to one of them."""
    migrate("verification", database.owner, str(conninfo_to_dict(database.app)["user"]), upto=upto)


@asynccontextmanager
async def verification_room(database: Database) -> AsyncIterator[VerificationRoom]:
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
            "verification", ROOM.categories, ROOM.project, pool, lambda: None, heard_of=heard_of
        )
        handler.clock = lambda: NOW
        service = service_of("verification")
        app = application_of(service)
        async with sessions_of("verification") as sessions:
            running = Running(
                room=ROOM,
                settings=settings,
                pool=pool,
                roster=lambda: PEOPLE,
                sessions=sessions,
                permissions=load_permissions(),
                handler=handler,
            )
            app.state.running, app.state.clock, app.state.objects = (
                running,
                lambda: NOW,
                SimpleNamespace(work=bucket()),
            )
            yield VerificationRoom(running=running, app=app)
    finally:
        await pool.close()
