"""Plays a cycle in the four rooms by what the home page asks, by chance in this order or that,
with trouble a few times.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.archive.domain.archive_item import FileHardCopy, FileItem
from services.archive.domain.cycle_file import NEEDED, CloseCycle
from services.documents.domain.dispatch import RecordReceipt, SendDispatch
from services.documents.domain.document_commands import (
    DraftCoverLetter,
    DraftReport,
    DraftTeamDecree,
    Finished,
    HandOver,
    IssueTeamDecree,
    RecordCopies,
)
from services.documents.papers import queries as papers
from services.intake import streams
from services.intake.board.board import Board
from services.intake.board.queries import boards_of_open_cycles
from services.intake.board.tasks import Task
from services.intake.domain.agency import AssignService, RegisterAgency
from services.intake.domain.cycle import OpenCycle
from services.intake.domain.step_commands import (
    HoldSocialisation,
    RecordFollowUp,
    RecordGuidance,
    RecordStep,
    SetWorkPlan,
)
from services.intake.domain.submission_commands import AttachEvidence, EnterFigure, HandIn, TakeBack
from services.verification.checking import queries as checking
from services.verification.domain.endorsement import EndorseReport, RefuseEndorsement
from services.verification.domain.verification import ApproveSubmission, ReturnSubmission
from services.verification.endorsing import queries as endorsing
from shared.access.people import Office
from shared.access.permissions import Viewer
from shared.access.permissions import load as load_permissions
from shared.contracts.values import AgencyServices, AttachedEvidence, Figure, QualityItem, StoredFile
from shared.sop.calendar import seed
from shared.sop.deadlines import back_plan
from shared.sop.definition import CURRENT, sops
from shared.sop.steps import Step
from shared.spm.catalogue import catalogues, current
from tests.support.four_rooms import FourRooms
from tests.support.web_room import NOW

DAY = date(2026, 2, 17)
SERVICES = ("kes.balita", "kes.ibu_hamil")
PERMISSIONS = load_permissions()
ROLES = ("kabag", "subkoordinator", "unsur_opd", "tim_spm", "arsiparis", "inspektur")
MOST_ACTS, TROUBLES = 80, 4


def viewer(role: str, asking: str = "intake.board") -> Viewer:
    """A person of this role, with the reach of a query."""
    agency = "dinkes" if role == "unsur_opd" else "tapem"
    office = Office(role=role, agency=agency, valid_from=date(2025, 1, 1))
    found = Viewer(person=f"as_{role}", name=role, agency=agency, agency_name=agency, offices=(office,))
    return PERMISSIONS.reading(found, asking)


@dataclass
class Player:
    """Does what is asked, by chance in this order or that, and makes trouble a few times."""

    rooms: FourRooms
    chance: random.Random
    troubles: int = TROUBLES
    files: int = 0
    day: date = DAY
    year: int = 2026
    sop: str = CURRENT
    catalogue: int = 1

    @property
    def cycle(self) -> str:
        return f"3402-{self.year}"

    @property
    def submission(self) -> str:
        return f"submission-{self.cycle}-dinkes-tahunan"

    @property
    def report_due(self) -> date:
        return date(self.year + 1, 3, 31)

    async def board(self) -> Board | None:
        """The board of the cycle; None once it is closed."""
        return next(
            (board for board in await boards(self.rooms, "kabag") if board.cycle["cycle"] == self.cycle), None
        )

    async def register(self) -> None:
        register = RegisterAgency(
            agency="dinkes", name="Dinas Kesehatan", short_name="Dinkes", by="as_kabag", occurred_on=self.day
        )
        await self.rooms.give("intake", "agency-dinkes", register, "kabag", "settings")
        for service in SERVICES:
            assign = AssignService(
                agency="dinkes",
                service=service,
                valid_from=self.day,
                valid_until=None,
                by="as_kabag",
                occurred_on=self.day,
            )
            await self.rooms.give("intake", "agency-dinkes", assign, "kabag", "settings")

    async def open(self) -> None:
        opening = OpenCycle(
            region="3402", installation="3402", region_name="Bantul", year=self.year, sop=self.sop,
            report_due=self.report_due, by="as_kabag",
            occurred_on=self.day,
        )  # fmt: skip
        self.catalogue = current().version
        await self.give("intake", f"cycle-{self.cycle}", opening, "kabag")

    async def give(self, service: str, stream: str, command: object, role: str) -> None:
        await self.rooms.give(service, stream, command, role, self.cycle)

    def file(self) -> StoredFile:
        self.files += 1
        return StoredFile(
            digest=f"{self.files:064x}", name="berkas.pdf", media_type="application/pdf", size=1
        )

    def trouble(self) -> bool:
        made = self.troubles > 0 and self.chance.random() < 0.5
        self.troubles -= made
        return made

    async def do(self, task: Task) -> None:  # noqa: C901, PLR0912  one case per act reads best in one place
        """What the task asks, or trouble."""
        role, by = task.role, f"as_{task.role}"
        match task.act:
            case "record":
                await self.record(task.step.step, role)
            case "draft_decree":
                await self.give(
                    "documents",
                    f"document-{self.cycle}-sk_tim",
                    DraftTeamDecree(finished=self.finished(), by=by, occurred_on=self.day),
                    role,
                )
            case "hand_over":
                digest = (await self.document("sk_tim"))["digest"]
                command = HandOver(
                    digest=digest, handed_to="Hukum", reference="1", receipt=None, by=by, occurred_on=self.day
                )
                await self.give("documents", f"document-{self.cycle}-sk_tim", command, role)
            case "decree":
                issued = IssueTeamDecree(
                    number="1", issued_on=self.day, file=None, by=by, occurred_on=self.day
                )
                await self.give("documents", f"document-{self.cycle}-sk_tim", issued, role)
            case "fill" | "mend" | "again":
                await self.fill()
            case "verify":
                await self.verify()
            case "report" | "report_refused" | "report_stale":
                await self.report()
            case "endorse":
                await self.endorse()
            case "letter":
                letter = f"pengantar_{task.about}"
                await self.give(
                    "documents",
                    f"document-{self.cycle}-{letter}",
                    DraftCoverLetter(finished=self.finished(), by=by, occurred_on=self.day),
                    role,
                )
            case "print":
                copies = RecordCopies(
                    digest=(await self.document("laporan"))["settled_digest"],
                    copies=2,
                    by=by,
                    occurred_on=self.day,
                )
                await self.give("documents", f"document-{self.cycle}-laporan", copies, role)
            case "send":
                digest = (await self.document("laporan"))["settled_digest"]
                sending = SendDispatch(
                    digest=digest, agenda_number="1", carrier="Kurir", by=by, occurred_on=self.day
                )
                await self.give("documents", f"dispatch-{self.cycle}-{task.about}", sending, role)
            case "receipt":
                receipt = RecordReceipt(
                    received_by="x",
                    received_on=self.day,
                    reference="",
                    scan=self.file(),
                    by=by,
                    occurred_on=self.day,
                )
                await self.give("documents", f"dispatch-{self.cycle}-{task.about}", receipt, role)
            case _:
                await self.archive()

    async def record(self, step: Step, role: str) -> None:
        said = {
            "cycle": self.cycle,
            "summary": "x",
            "evidence": (self.file(),),
            "by": f"as_{role}",
            "occurred_on": self.day,
        }
        plan = {
            planned.step: planned.last for planned in back_plan(sops()[self.sop], self.report_due, seed())
        }
        opens = (AgencyServices(agency="dinkes", name="Dinas Kesehatan", services=SERVICES),)
        commands = {
            "guidance": lambda: RecordGuidance(**said),
            "follow_up": lambda: RecordFollowUp(**said),
            "work_plan": lambda: SetWorkPlan(**said, planned=plan, report_due=self.report_due),
            "socialisation": lambda: HoldSocialisation(**said, opens=opens),
        }
        any_other = lambda: RecordStep(**said, step=step.key, role=role)  # noqa: E731
        await self.give("intake", streams.step(self.cycle, step), commands.get(step.key, any_other)(), role)

    async def fill(self) -> None:
        for service in SERVICES:
            quality = {
                kind.id: QualityItem(required=2, fulfilled=2)
                for kind in catalogues()[self.catalogue].services[service].quality
            }
            served = self.chance.randrange(50, 100)
            figure = Figure(served=served, entitled=100, budget=10, realised=9, quality=quality, origin="x")
            await self.give(
                "intake",
                self.submission,
                EnterFigure(service=service, figure=figure, by="as_unsur_opd", occurred_on=self.day),
                "unsur_opd",
            )
        evidence = AttachedEvidence(file=self.file(), services=SERVICES)
        await self.give(
            "intake",
            self.submission,
            AttachEvidence(evidence=evidence, by="as_unsur_opd", occurred_on=self.day),
            "unsur_opd",
        )
        await self.give(
            "intake", self.submission, HandIn(by="as_unsur_opd", occurred_on=self.day), "unsur_opd"
        )

    async def verify(self) -> None:
        stream = self.submission.replace("submission", "verification")
        async with self.rooms.running("verification").pool.connection() as conn:
            found = await checking.reviewed(conn, viewer("tim_spm", "verification.verification"), stream)
        assert found is not None
        by = "as_tim_spm"
        decision = (
            ReturnSubmission(reason="x", fields=(), by=by, occurred_on=self.day)
            if self.trouble()
            else ApproveSubmission(digest=found.case["digest"], by=by, occurred_on=self.day)
        )
        await self.give("verification", stream, decision, "tim_spm")

    async def report(self) -> None:
        async with self.rooms.running("documents").pool.connection() as conn:
            basis = {one.submission: one.digest for one in await papers.approvals(conn, self.cycle)}
        command = DraftReport(finished=self.finished(), basis=basis, by="as_tim_spm", occurred_on=self.day)
        await self.give("documents", f"document-{self.cycle}-laporan", command, "tim_spm")

    async def endorse(self) -> None:
        async with self.rooms.running("verification").pool.connection() as conn:
            found = await endorsing.endorsement_of(conn, self.cycle)
        assert found is not None
        said = {"digest": found["digest"], "by": "as_kabag", "occurred_on": self.day}
        await self.give(
            "verification",
            f"endorsement-{self.cycle}",
            RefuseEndorsement(**said, reason="x") if self.trouble() else EndorseReport(**said),
            "kabag",
        )

    async def take_back(self) -> None:
        """The agency changes its mind, where it still may."""
        command = TakeBack(reason="x", endorsed=False, by="as_unsur_opd", occurred_on=self.day)
        await self.give("intake", self.submission, command, "unsur_opd")

    async def archive(self) -> None:
        """Files what lies there; closes when nothing is missing."""
        stream, by = f"cyclefile-{self.cycle}", "as_arsiparis"
        async with self.rooms.running("archive").pool.connection() as conn:
            shelf = await conn.execute(
                (
                    b"SELECT item, file->>'digest' FROM item WHERE cycle = %s AND filed_digest IS DISTINCT "
                    b"FROM "
                    b"file->>'digest'"
                ),
                (self.cycle,),
            )
            waiting = await shelf.fetchall()
            filed = {
                row[0]
                for row in await (
                    await conn.execute(b"SELECT item FROM item WHERE cycle = %s", (self.cycle,))
                ).fetchall()
            }
        for item, digest in waiting:
            command = FileItem(
                cycle=self.cycle, item=item, digest=digest, object_key="k", object_version="1", mode="none",
                retain_until=None, lock_enforced=False,
                by=by, occurred_on=self.day,
            )  # fmt: skip
            await self.give("archive", stream, command, "arsiparis")
        await self.give(
            "archive",
            stream,
            FileHardCopy(cycle=self.cycle, location="Rak", copies=1, by=by, occurred_on=self.day),
            "arsiparis",
        )
        if NEEDED.keys() <= filed | {"hardcopy"}:
            await self.give(
                "archive",
                stream,
                CloseCycle(cycle=self.cycle, checkpoint_size=1, by=by, occurred_on=self.day),
                "arsiparis",
            )

    def finished(self) -> Finished:
        return Finished(file=self.file(), data_digest="d" * 64, template_digest="e" * 64, engine="typst")

    async def document(self, kind: str) -> dict[str, str]:
        async with self.rooms.running("documents").pool.connection() as conn:
            found = await conn.execute(
                b"SELECT digest, settled_digest FROM document WHERE stream = %s",
                (f"document-{self.cycle}-{kind}",),
            )
            row = await found.fetchone()
        assert row is not None
        return {"digest": row[0], "settled_digest": row[1]}


async def boards(rooms: FourRooms, role: str) -> Sequence[Board]:
    async with rooms.running("intake").pool.connection() as conn:
        return await boards_of_open_cycles(conn, viewer(role), NOW.date())
