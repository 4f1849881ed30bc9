"""JSON of cycles: they are listed, opened, withdrawn again.

Serves every SOP step. Previous hop: a program with a session token.
Next hop: `cycle/orders.py`, or the read models by way of `Look`.
"""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.intake import queries, streams
from services.intake.cycle import orders
from shared.sop.definition import CURRENT
from shared.web.for_api import (
    Act,
    Body,
    CommandAnswer,
    CyclePath,
    Day,
    Look,
    Name,
    NotFound,
    Prose,
    Region,
    does,
    reads,
)

router = APIRouter()


class CycleOut(BaseModel):
    """One yearly cycle."""

    cycle: str
    region: str
    region_name: str
    year: int
    sop: str
    catalogue: int
    report_due: date
    opened_by: str
    opened_on: date


class CycleIn(Body):
    year: int = Field(
        strict=True,
        ge=2000,
        le=2100,
        description="the year that is reported: from two years ago to next year",
    )
    region: Region | None = Field(
        default=None, description="one of your regions; your own where none is said"
    )
    region_name: Name = Field(min_length=1, max_length=120, examples=["Kabupaten Bantul"])
    sop: Name = Field(default=CURRENT, max_length=40)
    report_due: Day | None = Field(
        default=None, description="last legal day; 31 March of the year after where nothing is said"
    )
    occurred_on: Day | None = None


class WithdrawalIn(Body):
    reason: Prose
    occurred_on: Day | None = None


@router.get("/cycles", summary="All cycles, the latest first", dependencies=[reads("intake.board")])
async def cycles(look: Look) -> list[CycleOut]:
    async with look.conn() as conn:
        return [CycleOut.model_validate(row) for row in await queries.cycles(conn)]


@router.get("/cycles/{cycle}", summary="One cycle", dependencies=[reads("intake.board")])
async def one_cycle(cycle: CyclePath, look: Look) -> CycleOut:
    async with look.conn() as conn:
        found = await queries.cycle_of(conn, cycle)
    if found is None:
        raise NotFound
    look.version(streams.cycle(cycle), found["version"])
    return CycleOut.model_validate(found)


@router.post("/cycles", summary="Open a cycle", status_code=201, dependencies=[does("intake.OpenCycle")])
async def open_cycle(body: CycleIn, act: Act) -> CommandAnswer:
    return await orders.open_cycle(
        act,
        body.year,
        body.region_name,
        body.report_due,
        body.occurred_on,
        region=body.region or "",
        sop=body.sop,
    )


@router.post(
    "/cycles/{cycle}/withdrawal",
    summary="Withdraw a cycle in which nothing has happened",
    dependencies=[does("intake.WithdrawCycle")],
)
async def withdraw_cycle(cycle: CyclePath, body: WithdrawalIn, act: Act) -> CommandAnswer:
    return await orders.withdraw_cycle(act, cycle, body.reason, body.occurred_on)
