"""The board, the work plan and the opening of submissions, put together from the read models.

SOP steps 3, 6 and the board over all of them. Previous hop: `board/api.py` and `board/pages.py`. Next hop: `queries.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from services.intake import queries
from services.intake.board.board import Board, Known, Report, board_steps, standing
from shared.access.permissions import Viewer
from shared.contracts.values import AgencyServices
from shared.eventsourcing.sql import Connection
from shared.sop.calendar import Calendar
from shared.sop.deadlines import PlannedStep, back_plan
from shared.sop.definition import Sop, sops
from shared.sop.parts import CHECKING, FILLING, HANDING_OVER
from shared.web.problems import NotFound
from shared.web.words.lateness import Dues, HandIn, against, hand_in_late


async def board_of(conn: Connection, viewer: Viewer, cycle: str, today: date) -> Board:
    """The board of a cycle as this viewer may see it. Raises NotFound for an unknown cycle."""
    found = await queries.cycle_of(conn, cycle)
    if found is None:
        raise NotFound
    return await _board(conn, viewer, found, today, await queries.calendar_changes(conn))


async def boards_of_open_cycles(conn: Connection, viewer: Viewer, today: date) -> list[Board]:
    """The boards of all cycles that are not closed; where it is nearest, the next due day first."""
    changes = await queries.calendar_changes(conn)
    boards = [await _board(conn, viewer, found, today, changes) for found in await queries.open_cycles(conn)]
    return sorted(boards, key=lambda board: (board.due_next, board.cycle["cycle"]))


async def _board(conn: Connection, viewer: Viewer, found: queries.Row, today: date, changes: Sequence[queries.Row]) -> Board:
    cycle, sop, calendar = found["cycle"], sops()[found["sop"]], queries.overridden(changes)
    known = Known(
        begun=await _steps(conn, viewer, cycle, sop),
        planned=await queries.planned(conn, cycle),
        parts=await queries.parts_done(conn, cycle),
        reopened=await queries.reopened(conn, cycle),
        last=await queries.latest(conn, viewer, cycle, sop),
        changes=changes,
    )
    steps = board_steps(sop, known, today, calendar)
    milestones = await queries.milestones(conn, cycle)
    submissions = await queries.submissions(conn, viewer, cycle)
    dues = dues_of(known.begun, sop)
    return Board(
        cycle=found,
        sop=sop,
        today=today,
        steps=steps,
        submissions=[_shown(row, late_of(row, dues, calendar)) for row in submissions],
        decree_missing=steps[sop.step_of(HANDING_OVER).number - 1].state == "done" and not milestones.get("team-decree-issued"),
        left=_days_left(found["report_due"], today, calendar),
        report=_report(milestones),
        sent={row["facts"]["recipient"]: row for row in milestones.get("dispatch-sent", ())},
        received=frozenset(row["facts"]["recipient"] for row in milestones.get("receipt-recorded", ())),
        touched=await queries.touched(conn, cycle),
    )


def dues_of(begun: Mapping[str, queries.Row], sop: Sop) -> Dues:
    """The due days of filling and checking of a cycle."""
    filling, checking = (begun[key]["due_on"] if key in begun else None for key in (sop.step_of(FILLING).key, sop.step_of(CHECKING).key))
    return Dues(filling, checking)


def late_of(submission: queries.Row, dues: Dues, calendar: Calendar) -> HandIn:
    """How late a submission was handed in; in time while it never was."""
    return hand_in_late(submission["first_handed_in_on"], submission["handed_in_on"], submission["revision"], dues, calendar)


def _days_left(due_on: date, today: date, calendar: Calendar) -> int:
    stands = against(due_on, None, today, calendar)
    return 0 if stands is None else stands.left if stands.left is not None else -stands.late


def _shown(row: queries.Row, late: HandIn) -> queries.Row:
    """With how it stands, how late it was handed in, and its place in the table: exceptions first, what is settled last."""
    stands = standing(row)
    place = ("returned", "taken_back", "open", "handed_in", "approved").index(stands)
    return {**row, "stands": stands, "late": late, "place": 0 if place < 2 else place - 1}


def _report(milestones: Mapping[str, Sequence[queries.Row]]) -> Report:
    drafts = [row for row in milestones.get("document-drafted", ()) if row["facts"]["document"] == "laporan"]
    said = [row for what in ("endorsement-requested", "endorsement-refused", "report-endorsed") for row in milestones.get(what, ())]
    return Report(
        drafted=max(drafts, key=lambda row: int(row["version"]), default=None),
        said=max(said, key=lambda row: int(row["version"]), default=None),
    )


async def _steps(conn: Connection, viewer: Viewer, cycle: str, sop: Sop) -> Mapping[str, queries.Row]:
    """The steps; of the agencies that a step waits for only those that the viewer may see."""
    of_agencies = {step.key for step in sop.steps if any(part.which == "*" for part in step.parts)}
    found = dict(await queries.steps(conn, cycle))
    for key in of_agencies & found.keys():
        found[key] = {**found[key], "parts": [part for part in found[key]["parts"] or () if viewer.may_see(part)]}
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
