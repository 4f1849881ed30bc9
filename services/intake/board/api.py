"""JSON of intake: cycles and their steps. Submissions, agencies and the calendar stand in `submission/api.py` and `settings/api.py`.

Serves every SOP step. Previous hop: a program with a session token. Next hop: `command_handler` by way of `Act`, or the read models by way
of `Look`.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake import queries
from services.intake.board.board import Board, BoardStep
from services.intake.board.queries import board_of, work_plan
from services.intake.cycle import api as cycle_api
from services.intake.cycle.api import StepName
from services.intake.days import day_said
from services.intake.evidence import held, holding
from services.intake.settings.api import router as settings_router
from services.intake.step import orders as step_acts
from services.intake.submission import api as submissions_api
from shared.contracts.values import DueDate, StoredFile
from shared.sop.deadlines import explain
from shared.sop.definition import Sop
from shared.web.acting import Act, CommandAnswer, Look, Looking
from shared.web.app import UPLOAD_LIMIT
from shared.web.declared import does, reads
from shared.web.files.downloads import hand_out
from shared.web.files.uploads import attachable, take_in, uploaded
from shared.web.forms.fields import CycleId, Day, Digest, Name, Prose, StepKey
from shared.web.paging import After, Limit, Page, cursor, key_of
from shared.web.problems import NotFound
from shared.web.running import today_of

router = APIRouter(prefix="/api/intake", tags=["intake"])
router.include_router(cycle_api.router)
router.include_router(submissions_api.router)
router.include_router(settings_router)

Cycle = Annotated[CycleId, Path(description="region and year, e.g. 3402-2026")]
UPLOADS = does(*step_acts.PLAIN, "intake.AttachEvidence")


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
    """What was done. `planned` for the work plan, by key of step (left out: backwards from the last legal day); evidence is uploaded before."""

    summary: Prose
    evidence: list[FileIn] = Field(default_factory=list, max_length=50)
    planned: dict[StepKey, Day] | None = Field(default=None, max_length=40)
    occurred_on: Day | None = Field(default=None, description="the day it was done; today where nothing is said")


class StepOut(BaseModel):
    """One step of the SOP as the board shows it: `step` is its key, `number` its place. `parts` are what it waits for; `explanation` says why
    it is due on that day.
    """

    step: str
    number: int
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
    step: str
    first: date
    last: date


class HappeningOut(BaseModel):
    """One line of the timeline; `id` names the event for ever."""

    id: str
    step: str
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


@router.get("/cycles/{cycle}/steps", summary="The steps", dependencies=[reads("intake.board")])
async def steps(cycle: Cycle, look: Look) -> list[StepOut]:
    return [step_out(row) for row in (await _board(look, cycle)).steps]


@router.get("/cycles/{cycle}/steps/{step}", summary="One step", dependencies=[reads("intake.step")])
async def one_step(cycle: Cycle, step: StepName, look: Look) -> StepOut:
    board = await _board(look, cycle)
    return step_out(board.row(step_acts.step_of(board.sop, step)))


@router.post(
    "/cycles/{cycle}/steps/{step}/completion",
    summary="Record that a plain step was done",
    dependencies=[does(*step_acts.PLAIN)],
)
async def complete_step(cycle: Cycle, step: StepName, body: StepIn, act: Act) -> CommandAnswer:
    evidence = [await attachable(act, file.digest, file.name, holding(act, file.digest)) for file in body.evidence]
    occurred_on = day_said(act, body.occurred_on)
    return await step_acts.record(act, cycle, step, body.summary, evidence, occurred_on, body.planned)


@router.get("/cycles/{cycle}/plan", summary="The plan backwards from the last legal day", dependencies=[reads("intake.board")])
async def plan(cycle: Cycle, look: Look) -> list[PlannedOut]:
    async with look.conn() as conn:
        found, _sop = await step_acts.cycle_and_sop(conn, cycle)
        return [PlannedOut(step=step.step, first=step.first, last=step.last) for step in await work_plan(conn, found)]


@router.get("/cycles/{cycle}/timeline", summary="What happened, the latest first", dependencies=[reads("intake.timeline")])
async def timeline(cycle: Cycle, look: Look, limit: Limit = 50, after: After = None) -> Page[HappeningOut]:
    before = key_of(after, 4) if after else None
    key = (datetime.fromisoformat(before[0]), *before[1:]) if before else None
    async with look.conn() as conn:
        _found, sop = await step_acts.cycle_and_sop(conn, cycle)
        rows = await queries.timeline(conn, look.viewer, cycle, before=key, limit=limit + 1)
    shown = rows[:limit]
    following = None
    if len(rows) > limit:
        last = shown[-1]
        following = cursor(last["recorded_at"].isoformat(), last["source"], last["stream"], last["version"])
    return Page(items=[happening_out(row, sop) for row in shown], next=following)


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


async def _board(look: Looking, cycle: str) -> Board:
    async with look.conn() as conn:
        return await board_of(conn, look.viewer, cycle, today_of(look.request))


def step_out(row: BoardStep) -> StepOut:
    due = msgspec.convert(row.due, DueDate) if row.due else None
    return StepOut.model_validate(
        {
            "step": row.step.key,
            "number": row.step.number,
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


def happening_out(row: queries.Row, sop: Sop) -> HappeningOut:
    return HappeningOut.model_validate(
        {**row, "step": sop.step_of(row["step"]).key, "id": f"{row['source']}:{row['stream']}@{row['version']}"}
    )
