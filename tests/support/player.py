"""Plays a cycle in the four rooms by what the home page asks, by chance, with trouble a few times."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.archive.domain.archive_item import FileHardCopy, FileItem
from services.archive.domain.cycle_file import PAPER, CloseCycle, needed
from services.documents.domain import document_commands as doc
from services.documents.domain.dispatch_commands import RecordReceipt, SendDispatch
from services.documents.papers import corrections
from services.documents.queries import approvals
from services.intake import streams
from services.intake.board.board import Board
from services.intake.board.queries import boards_of_open_cycles
from services.intake.board.tasks import Task, split
from services.intake.domain import step_commands as steps
from services.intake.domain.agency import AssignService, RegisterAgency
from services.intake.domain.cycle import OpenCycle
from services.intake.domain.submission_commands import AttachEvidence, EnterFigure, HandIn, TakeBack
from services.verification.checking import queries as checking
from services.verification.domain.endorsement_commands import EndorseReport, RefuseEndorsement
from services.verification.domain.verification import ApproveSubmission, ReturnSubmission
from services.verification.endorsing import queries as endorsing
from shared.access.people import Office
from shared.access.permissions import Viewer
from shared.access.permissions import load as load_permissions
from shared.contracts.values import AgencyServices, AttachedEvidence, Figure, QualityItem, StoredFile
from shared.eventsourcing.commands.decider import Refused
from shared.sop.calendar import seed
from shared.sop.deadlines import back_plan
from shared.sop.definition import CURRENT, sops
from shared.sop.parts import CHECKING, PRINTING
from shared.sop.steps import Step
from shared.spm.catalogue import catalogues, current
from tests.support.applications import NOW
from tests.support.four_rooms import FourRooms

DAY = date(2026, 2, 17)
SERVICES = ("kes.balita", "kes.ibu_hamil")
PERMISSIONS = load_permissions()
ROLES = ("kabag", "subkoordinator", "unsur_opd", "tim_spm", "arsiparis", "inspektur")
MOST_ACTS, TROUBLES = 80, 4


def viewer(role: str, asking: str = "intake.board") -> Viewer:
    """A person of this role, with the reach of a query."""
    agency = "dinkes" if role == "unsur_opd" else "tapem"
    held = (Office(role=role, region="3402", agency=agency, valid_from=date(2025, 1, 1)),)
    found = Viewer(person=f"as_{role}", name=role, region="3402", agency=agency, agency_name="", offices=held)
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

    def __post_init__(self) -> None:
        self.cycle = f"3402-{self.year}"
        self.submission = f"submission-{self.cycle}-dinkes-tahunan"
        self.report_due = date(self.year + 1, 3, 31)

    async def board(self) -> Board | None:
        """The board of the cycle; None once it is closed."""
        return next(
            (board for board in await boards(self.rooms, "kabag") if board.cycle["cycle"] == self.cycle), None
        )

    async def register(self) -> None:
        said = self.said("kabag")
        names = {"agency": "dinkes", "name": "Dinas Kesehatan", "short_name": "Dinkes"}
        commands: list[object] = [RegisterAgency(**names, **said)]
        days = {"valid_from": self.day, "valid_until": None}
        commands += [AssignService(agency="dinkes", service=one, **days, **said) for one in SERVICES]
        for command in commands:
            await self.rooms.give("intake", "agency-dinkes", command, "kabag", "settings")

    async def open(self) -> None:
        names = {"region": "3402", "region_name": "Bantul", "year": self.year}
        opening = OpenCycle(**names, sop=self.sop, report_due=self.report_due, **self.said("kabag"))
        self.catalogue = current().version
        await self.give("intake", f"cycle-{self.cycle}", opening, "kabag")

    def said(self, role: str) -> dict[str, Any]:
        """Who says it, and on which day."""
        return {"by": f"as_{role}", "occurred_on": self.day}

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

    async def do(self, task: Task) -> None:
        """What the task asks, or trouble."""
        match task.act:
            case "record":
                await self.record(task.step.step, task.role)
            case "fill" | "mend" | "correct" | "again":
                await self.fill()
            case "verify":
                await self.verify()
            case "report" | "report_refused" | "report_stale":
                await self.report()
            case "endorse":
                await self.endorse()
            case "draft_decree" | "hand_over" | "decree" | "letter" | "print" | "send" | "receipt":
                await self.paper(task)
            case _:
                await self.archive()

    async def paper(self, task: Task) -> None:
        """What is drafted, handed over, printed or sent."""
        said, finished = self.said(task.role), self.finished()
        others = {"letter": f"pengantar_{task.about}", "print": "laporan", "send": "laporan"}
        kind = others.get(task.act, "sk_tim")
        digest = (await self.document(kind))["settled_digest"] if kind == "laporan" else ""
        command: object
        match task.act:
            case "draft_decree":
                command = doc.DraftTeamDecree(finished=finished, **said)
            case "hand_over":
                handed = {"digest": (await self.document(kind))["digest"], "handed_to": "Hukum"}
                command = doc.HandOver(**handed, reference="1", receipt=None, **said)
            case "decree":
                command = doc.IssueTeamDecree(number="1", issued_on=self.day, file=None, **said)
            case "letter":
                command = doc.DraftCoverLetter(finished=finished, **said)
            case "print":
                command = doc.RecordCopies(digest=digest, copies=2, **said)
            case "send":
                command = SendDispatch(digest=digest, agenda_number=task.about, carrier="Kurir", **said)
            case _:
                received = {"received_by": "x", "received_on": self.day, "reference": ""}
                command = RecordReceipt(**received, scan=self.file(), **said)
        sent = task.act in {"send", "receipt"}
        stream = f"dispatch-{self.cycle}-{task.about}" if sent else f"document-{self.cycle}-{kind}"
        await self.give("documents", stream, command, task.role)

    async def record(self, step: Step, role: str) -> None:
        said = {"cycle": self.cycle, "summary": "x", "evidence": (self.file(),), **self.said(role)}
        planned = back_plan(sops()[self.sop], self.report_due, seed())
        plan = {one.step: one.last for one in planned}
        opens = (AgencyServices(agency="dinkes", name="Dinas Kesehatan", services=SERVICES),)
        commands = {
            "guidance": lambda: steps.RecordGuidance(**said),
            "follow_up": lambda: steps.RecordFollowUp(**said),
            "work_plan": lambda: steps.SetWorkPlan(**said, planned=plan, report_due=self.report_due),
            "socialisation": lambda: steps.HoldSocialisation(**said, opens=opens),
        }
        any_other = lambda: steps.RecordStep(**said, step=step.key, role=role)  # noqa: E731
        await self.give("intake", streams.step(self.cycle, step), commands.get(step.key, any_other)(), role)

    async def fill(self) -> None:
        for service in SERVICES:
            kinds = catalogues()[self.catalogue].services[service].quality
            quality = {kind.id: QualityItem(required=2, fulfilled=2) for kind in kinds}
            served = self.chance.randrange(50, 100)
            figure = Figure(served=served, entitled=100, budget=10, realised=9, quality=quality, origin="x")
            command = EnterFigure(service=service, figure=figure, **self.said("unsur_opd"))
            await self.give("intake", self.submission, command, "unsur_opd")
        await self.prove_and_hand_in(*SERVICES)

    async def prove_and_hand_in(self, *services: str) -> None:
        said = self.said("unsur_opd")
        evidence = AttachedEvidence(file=self.file(), services=services)
        for command in (AttachEvidence(evidence=evidence, **said), HandIn(**said)):
            await self.give("intake", self.submission, command, "unsur_opd")

    async def verify(self) -> None:
        stream = self.submission.replace("submission", "verification")
        async with self.rooms.running("verification").pool.connection() as conn:
            found = await checking.reviewed(conn, viewer("tim_spm", "verification.verification"), stream)
        assert found is not None
        said = self.said("tim_spm")
        wrong, right = ReturnSubmission(reason="x", fields=(), **said), found.case["digest"]
        decision = wrong if self.trouble() else ApproveSubmission(digest=right, **said)
        await self.give("verification", stream, decision, "tim_spm")

    async def report(self) -> None:
        async with self.rooms.running("documents").pool.connection() as conn:
            basis = {one.submission: one.digest for one in await approvals(conn, self.cycle)}
            told = await corrections.latest(conn, self.cycle)
        made = {"finished": self.finished(), "correction": told.correction if told else 0}
        command = doc.DraftReport(basis=basis, **made, **self.said("tim_spm"))
        await self.give("documents", f"document-{self.cycle}-laporan", command, "tim_spm")

    async def endorse(self) -> None:
        async with self.rooms.running("verification").pool.connection() as conn:
            found = await endorsing.endorsement_of(conn, self.cycle)
        assert found is not None
        said = {"digest": found["digest"], **self.said("kabag")}
        decision = RefuseEndorsement(**said, reason="x") if self.trouble() else EndorseReport(**said)
        await self.give("verification", f"endorsement-{self.cycle}", decision, "kabag")

    async def take_back(self) -> None:
        """The agency changes its mind, where it still may."""
        command = TakeBack(reason="x", endorsed=False, **self.said("unsur_opd"))
        await self.give("intake", self.submission, command, "unsur_opd")

    async def archive(self) -> None:
        """Files what lies there; closes when nothing is missing."""
        said = {"cycle": self.cycle, **self.said("arsiparis")}
        async with self.rooms.running("archive").pool.connection() as conn:
            found = await conn.execute(
                b"SELECT item, file->>'digest', filed_digest IS DISTINCT FROM file->>'digest', correction "
                b"FROM item JOIN cycle_file USING (cycle) WHERE cycle = %s",
                (self.cycle,),
            )
            shelf = await found.fetchall()
        lock = {"mode": "none", "retain_until": None, "lock_enforced": False}
        put = {"object_key": "k", "object_version": "1", **lock}
        commands: list[object] = [
            FileItem(item=item, digest=digest, **put, **said) for item, digest, waits, _ in shelf if waits
        ]
        commands.append(FileHardCopy(location="Rak", copies=1, **said))
        wanted = needed(sops()[self.sop], shelf[0][3] if shelf else 0)
        if {one for one in wanted if not one.startswith(PAPER)} <= {item for item, *_ in shelf}:
            commands.append(CloseCycle(sop=self.sop, checkpoint_size=1, **said))
        for command in commands:
            await self.give("archive", f"cyclefile-{self.cycle}", command, "arsiparis")

    def finished(self) -> doc.Finished:
        return doc.Finished(file=self.file(), data_digest="d" * 64, template_digest="e" * 64, engine="typst")

    async def document(self, kind: str) -> dict[str, str]:
        query = b"SELECT digest, settled_digest FROM document WHERE stream = %s"
        async with self.rooms.running("documents").pool.connection() as conn:
            found = await (await conn.execute(query, (f"document-{self.cycle}-{kind}",))).fetchone()
        assert found is not None
        return dict(zip(("digest", "settled_digest"), found, strict=True))


async def boards(rooms: FourRooms, role: str) -> Sequence[Board]:
    async with rooms.running("intake").pool.connection() as conn:
        return await boards_of_open_cycles(conn, viewer(role), NOW.date())


async def asked(player: Player) -> list[Task]:
    """What waits for each role in the player's cycle; who is asked nothing is told what is awaited."""
    found = []
    for role in ROLES:
        own = [board for board in await boards(player.rooms, role) if board.cycle["cycle"] == player.cycle]
        todos, awaited = split(viewer(role), own)
        assert todos or awaited, f"{role} is told that there is nothing to do"
        found += [todo.task for todo in todos]
    return found


async def play(player: Player, look: Callable[[Task], Awaitable[None]] | None = None) -> bool:
    """Does what is asked until the cycle is closed; `look` sees each task before. False: it never was."""
    for _ in range(MOST_ACTS):
        if await player.board() is None:
            return True
        await act(player, look)
    return False


async def act(player: Player, look: Callable[[Task], Awaitable[None]] | None = None) -> None:
    """Does one of the things that are asked."""
    tasks = await asked(player)
    assert tasks
    for task in tasks if look else ():
        await look(task)
    if not await _changed_its_mind(player):
        await player.do(player.chance.choice(tasks))


async def _changed_its_mind(player: Player) -> bool:
    """Whether the agency took its figures back, where it may and chance will have it."""
    board = await player.board()
    assert board is not None
    verifying, printing = board.waiting_for(CHECKING), board.waiting_for(PRINTING)
    if not verifying.started_on or printing.started_on or not player.trouble():
        return False
    try:
        await player.take_back()
    except Refused:
        player.troubles += 1
        return False
    return True
