"""The board, the work plan and the opening of submissions, put together from the read models.

SOP steps 3, 6 and the board over all of them. Previous hop: `api.py` and `pages.py`. Next hop: `queries.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from services.intake import queries
from services.intake.board import Board, board_steps
from shared.access.permissions import Viewer
from shared.contracts.values import AgencyServices
from shared.eventsourcing.sql import Connection
from shared.sop.deadlines import PlannedStep, back_plan
from shared.sop.definition import Sop, sops
from shared.web.problems import NotFound


async def board_of(conn: Connection, viewer: Viewer, cycle: str, today: date) -> Board:
    """The board of a cycle as this viewer may see it. Raises NotFound for an unknown cycle."""
    found = await queries.cycle_of(conn, cycle)
    if found is None:
        raise NotFound
    sop = sops()[found["sop"]]
    steps = board_steps(
        sop,
        await _steps(conn, viewer, cycle, sop),
        await queries.planned(conn, cycle),
        await queries.parts_done(conn, cycle),
        await queries.latest(conn, viewer, cycle),
        today,
        await queries.calendar(conn),
    )
    handed_over = steps[4].state == "done"
    return Board(
        cycle=found,
        today=today,
        steps=steps,
        submissions=await queries.submissions(conn, viewer, cycle),
        decree_missing=handed_over and not await queries.happened(conn, cycle, "team-decree-issued"),
    )


async def _steps(conn: Connection, viewer: Viewer, cycle: str, sop: Sop) -> Mapping[int, queries.Row]:
    """The steps; of the agencies that a step waits for only those that the viewer may see."""
    of_agencies = {step.number for step in sop.steps if any(part.which == "*" for part in step.parts)}
    found = dict(await queries.steps(conn, cycle))
    for number in of_agencies & found.keys():
        found[number] = {**found[number], "parts": [part for part in found[number]["parts"] or () if viewer.may_see(part)]}
    return found


async def work_plan(conn: Connection, cycle: queries.Row) -> Sequence[PlannedStep]:
    """The plan of a cycle backwards from its last legal day, under the calendar of today."""
    return back_plan(sops()[cycle["sop"]], cycle["report_due"], await queries.calendar(conn))


async def opened_by(conn: Connection, on: date) -> tuple[AgencyServices, ...]:
    """Who must hand in what, by the assignments that hold on that day."""
    names = {row["agency"]: row["name"] for row in await queries.agencies(conn)}
    assigned: dict[str, list[str]] = {}
    for row in await queries.assignments(conn, on):
        assigned.setdefault(row["agency"], []).append(row["service"])
    return tuple(AgencyServices(agency=agency, name=names[agency], services=tuple(services)) for agency, services in assigned.items())
