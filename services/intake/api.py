"""JSON of intake: cycles and their steps. Submissions, agencies and the calendar stand in `submissions_api.py` and `settings_api.py`.

Serves every SOP step. Previous hop: a program with a session token. Next hop: `command_handler` by way of `Act`, or the read models by way
of `Look`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake import cycle_api, queries, submissions_api
from services.intake.board import Board, BoardStep
from services.intake.board_query import board_of, opened_by, work_plan
from services.intake.days import day_said
from services.intake.domain.step import HoldSocialisation, Plain, RecordFollowUp, RecordGuidance, SetWorkPlan
from services.intake.files import held, holding
from services.intake.process_manager import step_stream
from services.intake.settings_api import router as settings_router
from shared.contracts.values import DueDate, StoredFile
from shared.eventsourcing.command_handler import Order
from shared.sop.deadlines import explain
from shared.web.acting import Act, Acting, CommandAnswer, Look, Looking
from shared.web.app import UPLOAD_LIMIT
from shared.web.declared import does, reads
from shared.web.fields import CycleId, Day, Digest, Id, Name, Prose
from shared.web.files import hand_out
from shared.web.paging import After, Limit, Page, cursor, key_of
from shared.web.problems import NotFound
from shared.web.running import today_of
from shared.web.uploads import attachable, take_in, uploaded

router = APIRouter(prefix="/api/intake", tags=["intake"])
router.include_router(cycle_api.router)
router.include_router(submissions_api.router)
router.include_router(settings_router)

Cycle = Annotated[CycleId, Path(description="region and year, e.g. 3402-2026")]
PlainNumber = Literal["1", "2", "3", "6"]
PLAIN = ("RecordGuidance", "RecordFollowUp", "SetWorkPlan", "HoldSocialisation")
UPLOADS = does(*(f"intake.{name}" for name in (*PLAIN, "AttachEvidence")))


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


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


class FileIn(Body):
    digest: Digest = Field(description="SHA-256 in hex, as the upload answered it")
    name: Name = Field(min_length=1)


class StepIn(Body):
    """What was done. `planned` for step 3 (left out: the plan backwards from the last legal day); evidence files are uploaded before."""

    summary: Prose
    evidence: list[FileIn] = Field(default_factory=list, max_length=50)
    planned: dict[Id, Day] | None = Field(default=None, max_length=13)
    occurred_on: Day | None = Field(default=None, description="the day it was done; today where nothing is said")


class StepOut(BaseModel):
    """One step of the SOP as the board shows it. `parts` are what it waits for; `explanation` says why it is due on that day."""

    step: int
    name: str
    name_en: str
    role: str
    owner: str
    state: Literal["done", "late", "doing", "waiting"]
    started_on: date | None
    due: DueDate | None
    explanation: str | None
    working_days_left: int | None
    planned_on: date | None
    completed_on: date | None
    parts: list[str]
    parts_done: list[str]


class PlannedOut(BaseModel):
    step: int
    first: date
    last: date


class HappeningOut(BaseModel):
    """One line of the timeline; `id` names the event for ever."""

    id: str
    step: int
    agency: str
    what: str
    facts: dict[str, Any]
    by: str
    occurred_on: date
    recorded_at: datetime


@router.get("/cycles", summary="All cycles, the latest first", dependencies=[reads("intake.board")])
async def cycles(look: Look) -> list[CycleOut]:
    async with look.conn() as conn:
        return [CycleOut.model_validate(row) for row in await queries.cycles(conn)]


@router.get("/cycles/{cycle}", summary="One cycle", dependencies=[reads("intake.board")])
async def one_cycle(cycle: Cycle, look: Look) -> CycleOut:
    async with look.conn() as conn:
        found = await queries.cycle_of(conn, cycle)
    if found is None:
        raise NotFound
    look.version(f"cycle-{cycle}", found["version"])
    return CycleOut.model_validate(found)


@router.get("/cycles/{cycle}/steps", summary="The thirteen steps", dependencies=[reads("intake.board")])
async def steps(cycle: Cycle, look: Look) -> list[StepOut]:
    return [step_out(row) for row in (await _board(look, cycle)).steps]


@router.get("/cycles/{cycle}/steps/{number}", summary="One step", dependencies=[reads("intake.step")])
async def one_step(cycle: Cycle, number: Annotated[int, Path(ge=1, le=13)], look: Look) -> StepOut:
    return step_out((await _board(look, cycle)).steps[number - 1])


@router.post(
    "/cycles/{cycle}/steps/{number}/completion",
    summary="Record that step 1, 2, 3 or 6 was done",
    dependencies=[does(*(f"intake.{name}" for name in PLAIN))],
)
async def complete_step(cycle: Cycle, number: PlainNumber, body: StepIn, act: Act) -> CommandAnswer:
    evidence = [await attachable(act, file.digest, file.name, holding(act, file.digest)) for file in body.evidence]
    occurred_on = day_said(act, body.occurred_on)
    command = await plain_command(act, cycle, int(number), body.summary, evidence, occurred_on, body.planned)
    return await act(Order(stream=step_stream(cycle, int(number)), command=command, case_id=cycle))


@router.get("/cycles/{cycle}/plan", summary="The plan backwards from the last legal day", dependencies=[reads("intake.board")])
async def plan(cycle: Cycle, look: Look) -> list[PlannedOut]:
    async with look.conn() as conn:
        found = await queries.cycle_of(conn, cycle)
        if found is None:
            raise NotFound
        return [PlannedOut(step=step.step, first=step.first, last=step.last) for step in await work_plan(conn, found)]


@router.get("/cycles/{cycle}/timeline", summary="What happened, the latest first", dependencies=[reads("intake.timeline")])
async def timeline(cycle: Cycle, look: Look, limit: Limit = 50, after: After = None) -> Page[HappeningOut]:
    before = key_of(after, 4) if after else None
    key = (datetime.fromisoformat(before[0]), *before[1:]) if before else None
    async with look.conn() as conn:
        rows = await queries.timeline(conn, look.viewer, cycle, before=key, limit=limit + 1)
    shown = rows[:limit]
    following = None
    if len(rows) > limit:
        last = shown[-1]
        following = cursor(last["recorded_at"].isoformat(), last["source"], last["stream"], last["version"])
    return Page(items=[happening_out(row) for row in shown], next=following)


@router.post("/files", summary="Upload an evidence file (raw body)", status_code=201, max_body_size=UPLOAD_LIMIT, dependencies=[UPLOADS])
async def upload(name: str, act: Act) -> StoredFile:
    """Streams the body to the store while it is hashed. Name the answered digest in the command that the file belongs to."""
    return await take_in(act, act.body(), name=name)


@router.get("/files/{digest}", summary="An evidence file", dependencies=[reads("intake.submission", "intake.step")])
async def download(digest: Digest, look: Look) -> Response:
    """A file that a submission or a step names, each with the reach of its own query, or one that this person uploaded."""
    async with look.conn() as conn:
        found = await held(conn, look.reaches, digest) or await uploaded(conn, look.person, digest)
    return await hand_out(look.request, found)


async def plain_command(
    act: Acting,
    cycle: str,
    number: int,
    summary: str,
    evidence: Sequence[StoredFile],
    occurred_on: date,
    planned: dict[str, date] | None = None,
) -> Plain:
    """The command of a plain step, with what its rules need to know. Raises NotFound for an unknown cycle."""
    async with act.running.pool.connection() as conn:
        found = await queries.cycle_of(conn, cycle)
        if found is None:
            raise NotFound
        plan_days = planned or {str(step.step): step.last for step in await work_plan(conn, found)}
        opens = await opened_by(conn, occurred_on)
    said: dict[str, Any] = {
        "cycle": cycle,
        "sop": found["sop"],
        "summary": summary,
        "evidence": tuple(evidence),
        "by": act.viewer.person,
        "occurred_on": occurred_on,
    }
    match number:
        case 1:
            return RecordGuidance(**said)
        case 2:
            return RecordFollowUp(**said)
        case 3:
            return SetWorkPlan(**said, planned=plan_days, report_due=found["report_due"])
        case _:
            return HoldSocialisation(**said, opens=opens)


async def _board(look: Looking, cycle: str) -> Board:
    async with look.conn() as conn:
        return await board_of(conn, look.viewer, cycle, today_of(look.request))


def step_out(row: BoardStep) -> StepOut:
    due = msgspec.convert(row.due, DueDate) if row.due else None
    return StepOut.model_validate(
        {
            "step": row.step.number,
            "name": row.step.name,
            "name_en": row.step.name_en,
            "role": row.step.role,
            "owner": row.step.owner,
            "state": row.state,
            "started_on": row.started_on,
            "due": row.due,
            "explanation": explain(due, row.step.number) if due else None,
            "working_days_left": row.left,
            "planned_on": row.planned_on,
            "completed_on": row.completed_on,
            "parts": list(row.parts),
            "parts_done": sorted(row.parts_done),
        }
    )


def happening_out(row: queries.Row) -> HappeningOut:
    return HappeningOut.model_validate({**row, "id": f"{row['source']}:{row['stream']}@{row['version']}"})
