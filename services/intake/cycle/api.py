"""JSON of what is done with a cycle as a whole: opening it, withdrawing it again, bringing a due date in line with a newer calendar.

Serves every SOP step. Previous hop: a program with a session token. Next hop: `command_handler` by way of `Act`.
"""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from services.intake.cycle import orders as cycle_acts
from services.intake.days import day_said
from services.intake.step import orders as step_acts
from shared.sop.definition import CURRENT
from shared.web.acting import Act, CommandAnswer
from shared.web.declared import does
from shared.web.forms.fields import CycleId, Day, Line, Name, Prose, Region, StepKey

router = APIRouter()

Cycle = Annotated[CycleId, Path(description="region and year, e.g. 3402-2026")]
StepName = Annotated[StepKey, Path(description="key of a step in the SOP of the cycle, e.g. work_plan")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CycleIn(Body):
    year: int = Field(strict=True, ge=2000, le=2100, description="the year that is reported: from two years ago to next year")
    region: Region | None = Field(default=None, description="only the region of this installation, which is also the default")
    region_name: Name = Field(min_length=1, max_length=120, examples=["Kabupaten Bantul"])
    sop: Name = Field(default=CURRENT, max_length=40)
    report_due: Day | None = Field(default=None, description="last legal day; 31 March of the year after where nothing is said")
    occurred_on: Day | None = None


class WithdrawalIn(Body):
    reason: Prose
    occurred_on: Day | None = None


class RevisionIn(Body):
    """Takes over what the calendar of today says. `source` left out: the decrees that the calendar names for the days in between."""

    source: Line = Field(default="", max_length=400)
    occurred_on: Day | None = None


@router.post("/cycles", summary="Open a cycle", status_code=201, dependencies=[does("intake.OpenCycle")])
async def open_cycle(body: CycleIn, act: Act) -> CommandAnswer:
    day = day_said(act, body.occurred_on)
    return await cycle_acts.open_cycle(act, body.year, body.region_name, body.report_due, day, region=body.region or "", sop=body.sop)


@router.post(
    "/cycles/{cycle}/withdrawal",
    summary="Withdraw a cycle in which nothing has happened",
    dependencies=[does("intake.WithdrawCycle")],
)
async def withdraw_cycle(cycle: Cycle, body: WithdrawalIn, act: Act) -> CommandAnswer:
    return await cycle_acts.withdraw_cycle(act, cycle, body.reason, day_said(act, body.occurred_on))


@router.post(
    "/cycles/{cycle}/steps/{step}/due-date",
    summary="Take over the due date by the calendar of today",
    dependencies=[does("intake.ReviseDueDate")],
)
async def revise_due_date(cycle: Cycle, step: StepName, body: RevisionIn, act: Act) -> CommandAnswer:
    return await step_acts.revise_due_date(act, cycle, step, body.source, day_said(act, body.occurred_on))
