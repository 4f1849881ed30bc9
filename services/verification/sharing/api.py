"""JSON of sharing out: how much each verifier has to do, and a submission given to one.

SOP step 8. Previous hop: a program with a session token. Next hop: `sharing/orders.py` and `command_handler`
by way of `Act`, or the read models by way of `Look`.
"""

from dataclasses import asdict
from datetime import date

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.verification import streams
from services.verification.queries import team_of
from services.verification.sharing import orders, queries
from services.verification.sharing.loads import loads
from shared.web.for_api import (
    Act,
    Body,
    CasePath,
    CommandAnswer,
    CycleId,
    Id,
    Look,
    NotFound,
    does,
    reads,
)

router = APIRouter(prefix="/api/verification", tags=["verification"])


class VerifierIn(Body):
    assignee: Id = Field(description="somebody of Tim SPM")


class LoadOut(BaseModel):
    """The work of one verifier: `waiting` is handed in and not decided, the first of it on the day `oldest`;
    `ahead` is not handed in yet, or back with its agency.
    """

    assignee: str = Field(description="empty: what nobody looks after")
    waiting: int
    oldest: date | None
    ahead: int


@router.get(
    "/workload", summary="How much each verifier has to do", dependencies=[reads("verification.queue")]
)
async def workload(cycle: CycleId, request: Request, look: Look) -> list[LoadOut]:
    team = team_of(request, cycle)
    async with look.conn() as conn:
        rows = await queries.to_share(conn, look.viewer, cycle, team)
    return [LoadOut.model_validate(asdict(one)) for one in loads(rows, team)]


@router.post(
    "/verifications/{case}/assignment",
    summary="Let somebody of Tim SPM look after a submission",
    dependencies=[does("verification.AssignVerifier")],
)
async def assign(case: CasePath, body: VerifierIn, request: Request, act: Act) -> CommandAnswer:
    cycle, reach = streams.cycle_of(case), act.reaches("verification.queue")
    team = team_of(request, cycle)
    async with act.running.pool.connection() as conn:
        rows = await queries.to_share(conn, reach, cycle, team) if reach else []
    row = next((one for one in rows if streams.case_of(one["submission"]) == case), None)
    if row is None:
        raise NotFound
    return await act(orders.assign(act, row, body.assignee, None, team))
