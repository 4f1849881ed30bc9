"""Verification on a real database, and what intake and documents say to it: a cycle, what agencies hand in,
a report that is drafted.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

from httpx2 import Response

from deploy.local.postgres.databases import Database
from shared.contracts.documents import DocumentDrafted
from shared.contracts.intake import (
    CycleOpened,
    StepStarted,
    SubmissionOpened,
    SubmissionReceived,
    SubmissionReopened,
)
from shared.contracts.values import AttachedEvidence, DueDate, Figure, QualityItem, SkippedDay, StoredFile
from shared.objects.port import key_of
from shared.sop.definition import CURRENT
from shared.spm.digest import digest
from shared.spm.evidence import needs_evidence
from tests.support.applications import application, migrated, people_of
from tests.support.events import CYCLE, made
from tests.support.memory_bucket import Bucket
from tests.support.rooms import PDF, Room
from tests.support.steps import KEY

KOHORT = StoredFile(digest="e" * 64, name="kohort-ibu-hamil.pdf", media_type=PDF, size=48_213)
SCRIPT = StoredFile(digest="d" * 64, name="lampiran.html", media_type="text/html", size=20)
REPORT = StoredFile(digest="a" * 64, name="laporan-spm-2026.pdf", media_type=PDF, size=331_002)
CONTENT = {KOHORT: b"%PDF-1.7 kohort", SCRIPT: b"<script>", REPORT: b"%PDF-1.7 laporan"}
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
PEOPLE = people_of(
    "sri: Sri Lestari, unsur_opd, dinkes",
    "tono: Tono Wibowo, unsur_opd, dinsos",
    "wulan: Wulan Sari, tim_spm, tapem",
    "yuni: Yuni Astuti, tim_spm, tapem",
    "zaki: Zaki Rahman, tim_spm, tapem",
    "budi: Budi Santosa, kabag, tapem",
    "ina: Ina Inspektur, inspektur, tapem",
    "op: Op Sistem, operator, tapem",
    "oki: Oki Pratama, tim_spm, tapem, 2026-01-31",
)


def bucket() -> Bucket:
    """The work bucket with these files in it."""
    found = Bucket()
    found.content = {key_of(file.digest): (content, PDF) for file, content in CONTENT.items()}
    return found


@dataclass(kw_only=True)
class VerificationRoom(Room):
    at: datetime = datetime(2026, 2, 10, tzinfo=UTC)
    handed_in: dict[str, str] = field(default_factory=dict)

    async def hear_of_cycle(self, *agencies: str) -> None:
        """A cycle is open, step 8 has begun, and these agencies have submissions to hand in."""
        await self.hear(cycle_opened(), f"cycle-{CYCLE}")
        await self.hear(step_started(8), f"step-{CYCLE}-08")
        for agency in agencies:
            await self.hear_opened(agency)

    async def hear_opened(self, agency: str) -> None:
        """This agency, too, has a submission to hand in."""
        said = {**whose(agency), "services": tuple(FIGURES), "occurred_on": date(2026, 2, 2)}
        await self.hear(SubmissionOpened(catalogue=1, **said), submission(agency))

    async def hear_handed_in(
        self, agency: str, by: str, revision: int = 1, figures: Mapping[str, Figure] = FIGURES
    ) -> str:
        """The agency hands in; answers the digest."""
        event = received(agency, by, revision, figures)
        self.handed_in[agency] = event.digest
        await self.hear(event, submission(agency))
        return event.digest

    async def hear_taken_back(self, agency: str, by: str, revision: int = 1) -> None:
        said = {"agency": agency, "revision": revision, "reason": "Angka balita salah ketik.", "fields": ()}
        event = made(SubmissionReopened, **said, by=by, occurred_on=date(2026, 2, 12))
        await self.hear(event, submission(agency))

    async def hear_drafted(
        self, by: str = "yuni", revision: int = 1, file: StoredFile = REPORT, **basis: str
    ) -> None:
        """The report is drafted from what `basis` says of each agency, or from what it handed in last."""
        digests = {submission(agency): digest for agency, digest in (basis or self.handed_in).items()}
        await self.hear(drafted(by, revision, file, digests), f"document-{CYCLE}-laporan")

    async def approve(self, agency: str, digest: str, by: str = "wulan", **headers: str) -> Response:
        said = {"digest": digest, "occurred_on": "2026-02-16"}
        return await self.tell(by, f"/verifications/{case(agency)}/approval", said, **headers)


def whose(agency: str) -> dict[str, str]:
    names = {"agency": agency, "agency_name": PEOPLE.agency_name(agency)}
    return {"cycle": CYCLE, "period": "tahunan", **names}


def submission(agency: str) -> str:
    return f"submission-{case(agency)}"


def case(agency: str) -> str:
    return f"{CYCLE}-{agency}-tahunan"


def cycle_opened() -> CycleOpened:
    return made(CycleOpened, by="budi", occurred_on=date(2026, 1, 5), report_due=date(2027, 3, 31))


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
    others = (name for name in figures if name != "kes.balita" and needs_evidence(figures[name]))
    kohort = AttachedEvidence(file=KOHORT, services=tuple(dict.fromkeys(("kes.ibu_hamil", *others))))
    evidence = (kohort, AttachedEvidence(file=SCRIPT, services=("kes.balita",)))
    said = {**whose(agency), "revision": revision, "figures": figures, "evidence": evidence}
    signed = {"entered_by": (by,), "by": by, "occurred_on": date(2026, 2, 10)}
    return SubmissionReceived(catalogue=1, digest=digest(figures, evidence, revision), **said, **signed)


def drafted(by: str, revision: int, file: StoredFile, basis: Mapping[str, str]) -> DocumentDrafted:
    said = {"revision": revision, "file": file, "basis": basis, "verifiers": ("wulan",), "by": by}
    return made(DocumentDrafted, **said, engine="typst 0.15.2", occurred_on=date(2026, 2, 16))


def mended() -> Mapping[str, Figure]:
    return {**FIGURES, "kes.balita": replace(FIGURES["kes.balita"], served=11_320)}


@asynccontextmanager
async def verification_room(database: Database) -> AsyncIterator[VerificationRoom]:
    migrated("verification", database)
    async with application("verification", database, SimpleNamespace(work=bucket()), people=PEOPLE) as app:
        yield VerificationRoom(app=app, database=database)
