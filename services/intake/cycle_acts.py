"""Acts on a cycle as a whole, for JSON and pages alike: opened, withdrawn, a due date brought in line with a newer calendar.

Serves every SOP step. Previous hop: `cycle_api.py` and `cycle_pages.py`, with what a person said. Next hop: `command_handler` by way of `Act`.
"""

from datetime import date

from msgspec import convert

from services.intake import queries
from services.intake.domain.cycle import OpenCycle, cycle_id
from services.intake.domain.step import ReviseDueDate, WithdrawCycle
from services.intake.newer_calendar import newer
from services.intake.process_manager import step_stream
from shared.contracts.values import DueDate
from shared.eventsourcing.command_handler import Order
from shared.sop.definition import CURRENT, sops
from shared.web.acting import Acting, CommandAnswer
from shared.web.problems import NotFound


async def open_cycle(
    act: Acting, year: int, region_name: str, report_due: date | None, occurred_on: date, *, region: str = "", sop: str = CURRENT
) -> CommandAnswer:
    """Opens the cycle of a year. Raises Refused."""
    installation = act.running.settings.region
    command = OpenCycle(
        region=region or installation,
        installation=installation,
        region_name=region_name,
        year=year,
        sop=sop,
        report_due=report_due or last_legal_day(year),
        by=act.viewer.person,
        occurred_on=occurred_on,
    )
    name = cycle_id(command.region, year)
    return await act(Order(stream=f"cycle-{name}", command=command, case_id=name))


def last_legal_day(year: int) -> date:
    """The report is due three months after its year ended."""
    return date(year + 1, 3, 31)


async def withdraw_cycle(act: Acting, cycle: str, reason: str, occurred_on: date) -> CommandAnswer:
    """Withdraws a cycle in which nothing has happened. Raises Refused."""
    command = WithdrawCycle(cycle=cycle, reason=reason, by=act.viewer.person, occurred_on=occurred_on)
    return await act(Order(stream=step_stream(cycle, 1), command=command, case_id=cycle))


async def revise_due_date(act: Acting, cycle: str, number: int, source: str, occurred_on: date) -> CommandAnswer:
    """Takes the due date of today's calendar over. Raises Refused, and NotFound for an unknown cycle or a step that has not begun."""
    command = await _revision(act, cycle, number, source, occurred_on)
    return await act(Order(stream=step_stream(cycle, number), command=command, case_id=cycle))


async def _revision(act: Acting, cycle: str, number: int, source: str, occurred_on: date) -> ReviseDueDate:
    async with act.running.pool.connection() as conn:
        found = await queries.cycle_of(conn, cycle)
        row = (await queries.steps(conn, cycle)).get(number)
        calendar, changes = await queries.calendar(conn), await queries.calendar_changes(conn)
    if found is None or row is None or not row["due"]:
        raise NotFound
    step, before = sops()[found["sop"]].step(number), convert(row["due"], DueDate)
    offered = newer(step, before, calendar, changes)
    return ReviseDueDate(
        cycle=cycle,
        step=number,
        due=offered.due if offered else before,
        source=source.strip() or (offered.source if offered else ""),
        by=act.viewer.person,
        occurred_on=occurred_on,
    )
