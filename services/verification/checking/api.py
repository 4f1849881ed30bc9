"""JSON of verification: the queue, one submission, approve and return, the round, the endorsement.

SOP steps 8 and 10. Previous hop: a program with a session token. Next hop: `command_handler` by way of `Act`, or the read models by way of `Look`.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from services.verification import queries
from services.verification.checking import downloads
from services.verification.domain.endorsement import EndorseReport, RefuseEndorsement
from services.verification.domain.verification import ApproveSubmission, ReturnSubmission
from shared.contracts.values import AttachedEvidence, CellChange, DueDate, FieldNote, Figure, StoredFile
from shared.eventsourcing.commands.command_handler import Order
from shared.sop.parts import CHECKING, ENDORSING
from shared.web.acting import Act, CommandAnswer, Look
from shared.web.declared import does, reads
from shared.web.forms.fields import CaseId, CycleId, Day, Digest, Id, Name, Prose
from shared.web.paging import After, Limit, Page, key_of, page
from shared.web.problems import NotFound

router = APIRouter(prefix="/api/verification", tags=["verification"])

Cycle = Annotated[CycleId, Path(description="region and year, e.g. 3402-2026")]
Case = Annotated[CaseId, Path(description="cycle, agency and period: 3402-2026-dinkes-tahunan")]
Status = Literal["nothing", "waiting", "withdrawn", "returned", "approved", "voided"]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NoteIn(Body):
    service: Id = Field(examples=["kes.ibu_hamil"])
    field: Name = Field(default="", max_length=120, description="`served`, `quality.<item>` …; empty: the whole row")
    note: Prose = Field(max_length=2000)


class ReturnIn(Body):
    reason: Prose
    fields: list[NoteIn] = Field(default_factory=list, max_length=400)
    occurred_on: Day | None = Field(default=None, description="the day it was decided; today where nothing is said")


class ApproveIn(Body):
    digest: Digest
    occurred_on: Day | None = None


class RefuseIn(Body):
    digest: Digest
    reason: Prose
    occurred_on: Day | None = None


class QueueRow(BaseModel):
    """A submission that the cycle expects, and how its verification stands."""

    id: str
    cycle: str
    agency: str
    agency_name: str
    period: str
    services: list[str]
    status: Status
    revision: int | None
    digest: str | None
    handed_in_by: str | None
    handed_in_on: date | None
    last_act: str | None
    last_by: str | None
    last_at: datetime | None


class Verification(BaseModel):
    """One submission as a verifier sees it. Approve its `digest` with its `version` as If-Match."""

    id: str
    cycle: str
    agency: str
    agency_name: str
    period: str
    submission: str
    version: int
    status: Status
    revision: int
    digest: str
    figures: dict[str, Figure]
    evidence: list[AttachedEvidence]
    base_revision: int | None = Field(
        description="the revision that was approved last before this one (first round: returned last); null: none"
    )
    changes: list[CellChange] = Field(description="what differs from `base_revision`, cell by cell in the order of the form")
    contributors: list[str]
    handed_in_by: str
    handed_in_on: date
    reason: str
    notes: list[FieldNote]
    last_year: dict[str, Figure]
    due: DueDate | None


class Round(BaseModel):
    """How far a cycle's verification is: submissions by status, and the day since which all are approved."""

    cycle: str
    counts: dict[Status, int]
    complete_on: date | None
    due: DueDate | None


class Endorsement(BaseModel):
    """The report that waits for its endorsement, or what became of it. Endorse its `digest` with its `version` as If-Match."""

    cycle: str
    version: int
    status: Literal["nothing", "waiting", "stale", "endorsed", "refused"]
    settled: bool = Field(description="whether every required submission is approved")
    document: str | None
    revision: int | None
    digest: str | None
    file: StoredFile | None
    involved: list[str]
    drafted_by: str | None
    drafted_on: date | None
    decided_by: str | None
    decided_on: date | None
    reason: str
    due: DueDate | None


@router.get("/verifications", summary="What the cycle expects, and how it stands", dependencies=[reads("verification.queue")])
async def queue(
    look: Look,
    cycle: CycleId,
    status: Status | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[QueueRow]:
    start = key_of(after, 1)[0] if after else ""
    async with look.conn() as conn:
        found = await queries.queue_page(conn, look.viewer, cycle, status or "", str(start), limit + 1)
    rows, following = page(found, limit, "submission")
    return Page(items=[QueueRow(id=case_of(row["submission"]), **row) for row in rows], next=following)


@router.get("/verifications/{case}", summary="One submission", dependencies=[reads("verification.verification")])
async def one(case: Case, look: Look) -> Verification:
    async with look.conn() as conn:
        found = await queries.reviewed(conn, look.viewer, stream_of(case))
    if found is None:
        raise NotFound
    look.version(found.case["stream"], found.case["version"])
    now = {
        "figures": found.revision.figures,
        "evidence": found.revision.evidence,
        "base_revision": found.base and found.base.revision.revision,
        "changes": found.changes,
    }
    return Verification.model_validate({"id": case, **found.case, **now, "last_year": found.last_year, "due": _due(found.due)})


@router.get("/verifications/{case}/evidence/{digest}", summary="An evidence file", dependencies=[reads("verification.verification")])
async def evidence(case: Case, digest: str, look: Look) -> Response:
    async with look.conn() as conn:
        found = await queries.reviewed(conn, look.viewer, stream_of(case))
    return await downloads.evidence(look.request, found, digest)


@router.post(
    "/verifications/{case}/approval", summary="Approve exactly what was seen", dependencies=[does("verification.ApproveSubmission")]
)
async def approve(case: Case, body: ApproveIn, act: Act) -> CommandAnswer:
    command = ApproveSubmission(digest=body.digest, by=act.viewer.person, occurred_on=body.occurred_on or act.today)
    return await act(Order(stream=stream_of(case), command=command, case_id=cycle_of(case)))


@router.post(
    "/verifications/{case}/return", summary="Send back with reason and field notes", dependencies=[does("verification.ReturnSubmission")]
)
async def send_back(case: Case, body: ReturnIn, act: Act) -> CommandAnswer:
    notes = tuple(FieldNote(service=note.service, field=note.field, note=note.note) for note in body.fields)
    command = ReturnSubmission(reason=body.reason, fields=notes, by=act.viewer.person, occurred_on=body.occurred_on or act.today)
    return await act(Order(stream=stream_of(case), command=command, case_id=cycle_of(case)))


@router.get("/rounds/{cycle}", summary="How far the verification of a cycle is", dependencies=[reads("verification.queue")])
async def round_of(cycle: Cycle, look: Look) -> Round:
    async with look.conn() as conn:
        counts = await queries.counts(conn, look.viewer, cycle)
        complete = await queries.round_of(conn, cycle)
        due = await queries.due(conn, cycle, CHECKING)
    if not counts:
        raise NotFound
    return Round.model_validate({"cycle": cycle, "counts": counts, "complete_on": complete and complete["complete_on"], "due": _due(due)})


@router.get("/endorsements/{cycle}", summary="The endorsement of a cycle's report", dependencies=[reads("verification.endorsement")])
async def endorsement(cycle: Cycle, look: Look) -> Endorsement:
    async with look.conn() as conn:
        found = await queries.endorsement_of(conn, cycle)
        due = await queries.due(conn, cycle, ENDORSING)
    if found is None:
        raise NotFound
    look.version(found["stream"], found["version"])
    involved = sorted({*found["involved"], *found["figures_by"]})
    return Endorsement.model_validate({**found, "involved": involved, "due": _due(due)})


@router.get("/endorsements/{cycle}/file", summary="The report that waits", dependencies=[reads("verification.endorsement")])
async def report(cycle: Cycle, look: Look) -> Response:
    async with look.conn() as conn:
        found = await queries.endorsement_of(conn, cycle)
    return await downloads.report(look.request, found)


@router.post("/endorsements/{cycle}/endorsement", summary="Endorse exactly this file", dependencies=[does("verification.EndorseReport")])
async def endorse(cycle: Cycle, body: ApproveIn, act: Act) -> CommandAnswer:
    command = EndorseReport(digest=body.digest, by=act.viewer.person, occurred_on=body.occurred_on or act.today)
    return await act(Order(stream=f"endorsement-{cycle}", command=command, case_id=cycle))


@router.post("/endorsements/{cycle}/refusal", summary="Refuse it with a reason", dependencies=[does("verification.RefuseEndorsement")])
async def refuse(cycle: Cycle, body: RefuseIn, act: Act) -> CommandAnswer:
    by, day = act.viewer.person, body.occurred_on or act.today
    command = RefuseEndorsement(digest=body.digest, reason=body.reason, by=by, occurred_on=day)
    return await act(Order(stream=f"endorsement-{cycle}", command=command, case_id=cycle))


def stream_of(case: str) -> str:
    return f"verification-{case}"


def case_of(stream: str) -> str:
    """submission-3402-2026-dinkes-tahunan → 3402-2026-dinkes-tahunan."""
    return stream.partition("-")[2]


def cycle_of(case: str) -> str:
    return "-".join(case.split("-")[:2])


def _due(step: Any) -> Any:
    return step["due"] if step else None
