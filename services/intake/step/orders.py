"""Orders for one step, for JSON and pages alike: a plain step is recorded,
a due date is brought in line with a newer calendar.

Serves every SOP step. Previous hop: `step/api.py` and `step/pages.py`, with what a person said.
Next hop: `command_handler` by way of `Act`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import convert

from services.intake import queries, streams
from services.intake.board.newer_calendar import newer_due_date
from services.intake.domain.step_commands import (
    COMMAND_OF,
    HoldSocialisation,
    Plain,
    RecordStep,
    ReviseDueDate,
    SetWorkPlan,
)
from shared.contracts.values import DueDate, StoredFile
from shared.eventsourcing.commands.order import Order
from shared.sop.steps import Step
from shared.spm.catalogue import catalogues
from shared.web.acting import Acting, CommandAnswer, Looking
from shared.web.problems.shape import NotFound
from shared.web.regions import may

PLAIN = tuple(f"intake.{command.__name__}" for command in (*COMMAND_OF.values(), RecordStep))


def may_record(look: Looking, step: Step) -> bool:
    """Whether this person may record the step: by the command,
    and where that is for all of them by the role that the SOP names.
    """
    in_role = step.key in COMMAND_OF or any(office.role == step.role for office in look.viewer.offices)
    return step.plain and in_role and look.may(_command_name(step))


async def step_to_record(act: Acting, cycle: str, key: str) -> Step:
    """The step, before anything else is read of the request.
    Raises NotFound, and Forbidden for whom no office lets record it.
    """
    async with act.running.pool.connection() as conn:
        _found, sop = await queries.cycle_and_sop(conn, cycle)
    step = queries.step_of(sop, key)
    may(act.request, _command_name(step), cycle)
    return step


async def record(
    act: Acting,
    cycle: str,
    key: str,
    summary: str,
    evidence: Sequence[StoredFile],
    day: date | None = None,
    planned: Mapping[str, date] | None = None,
) -> CommandAnswer:
    """Records a plain step. Raises Refused, Conflict, Forbidden,
    and NotFound for a cycle or a step that there is not.
    """
    occurred_on = day or act.today
    async with act.running.pool.connection() as conn:
        found, sop = await queries.cycle_and_sop(conn, cycle)
        step = queries.step_of(sop, key)
        plan = planned or {one.step: one.last for one in await queries.work_plan(conn, found)}
        opens = await queries.who_must_hand_in(
            conn, found["region"], occurred_on, catalogues()[found["catalogue"]]
        )
    said: dict[str, Any] = {
        "cycle": cycle,
        "summary": summary,
        "evidence": tuple(evidence),
        "by": act.viewer.person,
        "occurred_on": occurred_on,
    }
    command: Plain
    kind = COMMAND_OF.get(step.key)
    if kind is None:
        command = RecordStep(**said, step=step.key, role=_role_in(act, step))
    elif kind is SetWorkPlan:
        command = SetWorkPlan(**said, planned=plan, report_due=found["report_due"])
    elif kind is HoldSocialisation:
        command = HoldSocialisation(**said, opens=opens)
    else:
        command = kind(**said)
    return await act(Order(stream=streams.step(cycle, step), command=command, case_id=cycle))


async def revise_due_date(
    act: Acting, cycle: str, key: str, source: str, day: date | None = None
) -> CommandAnswer:
    """Takes the due date of today's calendar over. Raises Refused,
    and NotFound for an unknown cycle or a step that has not begun.
    """
    async with act.running.pool.connection() as conn:
        found, sop = await queries.cycle_and_sop(conn, cycle)
        step = queries.step_of(sop, key)
        row = (await queries.steps(conn, cycle)).get(step.key)
        changes = await queries.calendar_changes(conn, found["region"])
    if row is None or not row["due"]:
        raise NotFound
    before = convert(row["due"], DueDate)
    offered = newer_due_date(step, before, queries.overridden(changes), changes)
    command = ReviseDueDate(
        cycle=cycle,
        step=step.key,
        due=offered.due if offered else before,
        source=source.strip() or (offered.source if offered else ""),
        by=act.viewer.person,
        occurred_on=day or act.today,
    )
    return await act(Order(stream=streams.step(cycle, step), command=command, case_id=cycle))


def _command_name(step: Step) -> str:
    """The command that records this plain step, as `roles.toml` names it."""
    return f"intake.{COMMAND_OF.get(step.key, RecordStep).__name__}"


def _role_in(act: Acting, step: Step) -> str:
    """The role of the step where this person holds it; else any other, with which it is refused."""
    roles = [office.role for office in act.viewer.offices]
    return step.role if step.role in roles else roles[0]
