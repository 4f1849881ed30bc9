"""Orders for a cycle as a whole, for JSON and pages alike: opened, withdrawn.

Serves every SOP step. Previous hop: `cycle/api.py` and `cycle/pages.py`, with what a person said.
Next hop: `command_handler` by way of `Act`.
"""

from datetime import date

from services.intake import queries, streams
from services.intake.domain.cycle import OpenCycle, cycle_id
from services.intake.domain.step_commands import WithdrawCycle
from shared.eventsourcing.commands.order import Order
from shared.sop.definition import CURRENT
from shared.web.acting import Acting, CommandAnswer
from shared.web.problems.shape import NotFound


async def open_cycle(
    act: Acting,
    year: int,
    region_name: str,
    report_due: date | None,
    day: date | None = None,
    *,
    region: str = "",
    sop: str = CURRENT,
) -> CommandAnswer:
    """Opens the cycle of a year. Raises Refused."""
    due = report_due or last_legal_day(year)
    command = opening(
        region or act.region, act.viewer.person, year, region_name, due, day or act.today, sop=sop
    )
    name = cycle_id(command.region, year)
    return await act(Order(stream=streams.cycle(name), command=command, case_id=name))


def opening(
    region: str,
    by: str,
    year: int,
    region_name: str,
    report_due: date,
    occurred_on: date,
    *,
    sop: str = CURRENT,
) -> OpenCycle:
    """The command by which a cycle of a region is opened;
    also asked to show beforehand what it would do.
    """
    return OpenCycle(
        region=region,
        region_name=region_name,
        year=year,
        sop=sop,
        report_due=report_due,
        by=by,
        occurred_on=occurred_on,
    )


def last_legal_day(year: int) -> date:
    """The report is due three months after its year ended."""
    return date(year + 1, 3, 31)


async def withdraw_cycle(act: Acting, cycle: str, reason: str, day: date | None = None) -> CommandAnswer:
    """Withdraws a cycle in which nothing has happened. Raises Refused, and NotFound for an unknown cycle."""
    try:
        async with act.running.pool.connection() as conn:
            _found, sop = await queries.cycle_and_sop(conn, cycle)
    except NotFound:
        before = await act.before()  # sent again: the first withdrew it
        if before is None:
            raise
        return before
    command = WithdrawCycle(cycle=cycle, reason=reason, by=act.viewer.person, occurred_on=day or act.today)
    return await act(Order(stream=streams.step(cycle, sop.steps[0]), command=command, case_id=cycle))
