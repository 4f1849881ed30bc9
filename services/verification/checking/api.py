"""JSON of checking: one submission, approve and return, the round.

SOP step 8. Previous hop: a program with a session token. Next hop: `checking/orders.py` and `command_handler`
by way of `Act`, or the read models by way of `Look`.
"""

from datetime import date
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.verification import streams
from services.verification.checking import orders, queries
from services.verification.checking.addresses import Case
from services.verification.checking.downloads import evidence_file
from services.verification.checking.queries import Status
from services.verification.domain.talk import AnswerQuestion, AskQuestion, SettleQuestion, TalkCommand
from services.verification.queries import counts, due
from shared.contracts.values import AttachedEvidence, CellChange, DueDate, FieldNote, Figure
from shared.sop.parts import CHECKING
from shared.web.for_api import (
    Act,
    Acting,
    Body,
    CommandAnswer,
    CyclePath,
    Day,
    Digest,
    Id,
    Look,
    Name,
    NotFound,
    Prose,
    does,
    reads,
)

router = APIRouter(prefix="/api/verification", tags=["verification"])


class NoteIn(Body):
    service: Id = Field(examples=["kes.ibu_hamil"])
    field: Name = Field(
        default="", max_length=120, description="`served`, `quality.<item>` …; empty: the whole row"
    )
    note: Prose = Field(max_length=2000)


class ReturnIn(Body):
    reason: Prose
    fields: list[NoteIn] = Field(default_factory=list, max_length=400)
    occurred_on: Day | None = Field(
        default=None, description="the day it was decided; today where nothing is said"
    )


class ApproveIn(Body):
    digest: Digest
    occurred_on: Day | None = None


class WithdrawIn(Body):
    digest: Digest
    reason: Prose
    occurred_on: Day | None = None


class CellIn(Body):
    """The cell that a thread is about; `field` empty: the whole service."""

    service: Id = Field(examples=["kes.ibu_hamil"])
    field: Name = Field(default="", max_length=120)


class SettleIn(CellIn):
    occurred_on: Day | None = None


class SayIn(SettleIn):
    text: Prose


class AcceptIn(ApproveIn):
    service: Id = Field(examples=["kes.ibu_hamil"])


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
        description="the revision approved last before this one (first round: returned last); null: none"
    )
    changes: list[CellChange] = Field(
        description="what differs from `base_revision`, cell by cell in the order of the form"
    )
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


@router.get(
    "/verifications/{case}", summary="One submission", dependencies=[reads("verification.verification")]
)
async def one(case: Case, look: Look) -> Verification:
    async with look.conn() as conn:
        found = await queries.reviewed(conn, look.viewer, streams.verification(case))
        step = await due(conn, streams.cycle_of(case), CHECKING)
    if found is None:
        raise NotFound
    look.version(found.case["stream"], found.case["version"])
    now = {
        "figures": found.revision.figures,
        "evidence": found.revision.evidence,
        "base_revision": found.base and found.base.revision.revision,
        "changes": found.changes,
    }
    return Verification.model_validate(
        {"id": case, **found.case, **now, "last_year": found.last_year, "due": _due(step)}
    )


@router.get(
    "/verifications/{case}/evidence/{digest}",
    summary="An evidence file",
    dependencies=[reads("verification.verification")],
)
async def evidence(case: Case, digest: str, look: Look) -> Response:
    return await evidence_file(look, case, digest)


@router.post(
    "/verifications/{case}/approval",
    summary="Approve exactly what was seen",
    dependencies=[does("verification.ApproveSubmission")],
)
async def approve(case: Case, body: ApproveIn, act: Act) -> CommandAnswer:
    return await act(orders.approve(act, case, body.digest, body.occurred_on or act.today))


@router.post(
    "/verifications/{case}/withdrawal",
    summary="Take back the own approval, until the report is endorsed",
    dependencies=[does("verification.WithdrawApproval")],
)
async def withdraw(case: Case, body: WithdrawIn, act: Act) -> CommandAnswer:
    day = body.occurred_on or act.today
    return await act(orders.withdraw(act, case, body.digest, body.reason, day))


@router.post(
    "/verifications/{case}/return",
    summary="Send back with reason and field notes",
    dependencies=[does("verification.ReturnSubmission")],
)
async def send_back(case: Case, body: ReturnIn, act: Act) -> CommandAnswer:
    notes = [FieldNote(**note.model_dump()) for note in body.fields]
    return await act(orders.send_back(act, case, body.reason, notes, body.occurred_on or act.today))


@router.post(
    "/verifications/{case}/questions",
    summary="Ask about a cell",
    dependencies=[does("verification.AskQuestion")],
)
async def ask(case: Case, body: SayIn, act: Act) -> CommandAnswer:
    return await _converse(act, case, AskQuestion, body)


@router.post(
    "/verifications/{case}/answers",
    summary="Answer what was asked about a cell",
    dependencies=[does("verification.AnswerQuestion")],
)
async def answer(case: Case, body: SayIn, act: Act) -> CommandAnswer:
    return await _converse(act, case, AnswerQuestion, body)


@router.post(
    "/verifications/{case}/settlements",
    summary="Call the thread of a cell settled",
    dependencies=[does("verification.SettleQuestion")],
)
async def settle(case: Case, body: SettleIn, act: Act) -> CommandAnswer:
    return await _converse(act, case, SettleQuestion, body)


@router.post(
    "/verifications/{case}/acceptances",
    summary="Accept the figure of one service",
    dependencies=[does("verification.AcceptFigure")],
)
async def accept(case: Case, body: AcceptIn, act: Act) -> CommandAnswer:
    day = body.occurred_on or act.today
    return await act(orders.accept(act, case, body.service, body.digest, day))


async def _converse(act: Acting, case: str, kind: type[TalkCommand], body: SettleIn) -> CommandAnswer:
    said, day = body.model_dump(exclude={"occurred_on"}), body.occurred_on or act.today
    return await act(orders.converse(act, case, kind, said, day), agency=streams.agency_of(case))


@router.get(
    "/rounds/{cycle}",
    summary="How far the verification of a cycle is",
    dependencies=[reads("verification.queue")],
)
async def round_of(cycle: CyclePath, look: Look) -> Round:
    async with look.conn() as conn:
        found = await counts(conn, look.viewer, cycle)
        complete = await queries.round_of(conn, cycle)
        step = await due(conn, cycle, CHECKING)
    if not found:
        raise NotFound
    return Round.model_validate(
        {
            "cycle": cycle,
            "counts": found,
            "complete_on": complete and complete["complete_on"],
            "due": _due(step),
        }
    )


def _due(step: Any) -> Any:
    return step["due"] if step else None
