"""JSON of the board: the steps of a cycle, the plan backwards from its last legal day, and what happened.

Serves every SOP step. Previous hop: a program with a session token.
Next hop: the read models by way of `Look`.
"""

from datetime import date, datetime
from typing import Any, Literal

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel

from services.intake import queries
from services.intake.board.board import Board, BoardStep
from services.intake.board.queries import board_of
from services.intake.board.queries import timeline as timeline_of
from shared.contracts.values import DueDate
from shared.sop.deadlines import explain
from shared.sop.steps import Sop
from shared.web.for_api import After, CyclePath, Limit, Look, Looking, Page, StepPath, reads
from shared.web.running import today_of

router = APIRouter()


class StepOut(BaseModel):
    """One step of the SOP as the board shows it: `step` is its key, `number` its place.
    `parts` are what it waits for; `explanation` says why it is due on that day.
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


@router.get("/cycles/{cycle}/steps", summary="The steps", dependencies=[reads("intake.board")])
async def steps(cycle: CyclePath, look: Look) -> list[StepOut]:
    return [step_out(row) for row in (await _board(look, cycle)).steps]


@router.get("/cycles/{cycle}/steps/{step}", summary="One step", dependencies=[reads("intake.step")])
async def one_step(cycle: CyclePath, step: StepPath, look: Look) -> StepOut:
    board = await _board(look, cycle)
    return step_out(board.row(queries.step_of(board.sop, step)))


@router.get(
    "/cycles/{cycle}/plan",
    summary="The plan backwards from the last legal day",
    dependencies=[reads("intake.board")],
)
async def plan(cycle: CyclePath, look: Look) -> list[PlannedOut]:
    async with look.conn() as conn:
        found, _sop = await queries.cycle_and_sop(conn, cycle)
        return [
            PlannedOut(step=step.step, first=step.first, last=step.last)
            for step in await queries.work_plan(conn, found)
        ]


@router.get(
    "/cycles/{cycle}/timeline",
    summary="What happened, the latest first",
    dependencies=[reads("intake.timeline")],
)
async def timeline(
    cycle: CyclePath, look: Look, limit: Limit = 50, after: After = None
) -> Page[HappeningOut]:
    async with look.conn() as conn:
        _found, sop = await queries.cycle_and_sop(conn, cycle)
        rows, following = await timeline_of(conn, look.viewer, cycle, after=after, limit=limit)
    return Page(items=[happening_out(row, sop) for row in rows], next=following)


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
        {
            **row,
            "step": sop.step_of(row["step"]).key,
            "id": f"{row['source']}:{row['stream']}@{row['version']}",
        }
    )
