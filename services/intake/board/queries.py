"""The board put together from the read models, and the timeline page by page; each question knows who asks.

Serves every SOP step. Previous hop: `board/api.py`, `board/pages.py`, the step page.
Next hop: `board/board.py`, which is pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from services.intake import queries
from services.intake.board.agency_table import STANDS
from services.intake.board.board import DRAWN, MILESTONES, Board, Known, Report, board_steps, by_dispatch
from services.intake.queries import Row
from services.intake.submission.queries import submissions, touched
from services.intake.submission.standing import dues_of, late_of, standing
from services.intake.tables import happening, plan, reopened_part, step_part
from shared.access.permissions import Viewer
from shared.eventsourcing.sql import Connection, fetch
from shared.sop.calendar import Calendar
from shared.sop.definition import sops
from shared.sop.parts import HANDING_OVER
from shared.sop.steps import Sop
from shared.web.paging import key_of, page
from shared.web.problems.shape import NotFound
from shared.web.words.lateness import HandIn, against, days_late


async def board_of(conn: Connection, viewer: Viewer, cycle: str, today: date) -> Board:
    """The board of a cycle as this viewer may see it. Raises NotFound for an unknown cycle."""
    found = await queries.cycle_of(conn, cycle)
    if found is None:
        raise NotFound
    return await _board(conn, viewer, found, today)


async def boards_of_open_cycles(conn: Connection, viewer: Viewer, today: date) -> list[Board]:
    """The boards of all cycles that are not closed; where it is nearest, the next due day first."""
    boards = [await _board(conn, viewer, found, today) for found in await queries.open_cycles(conn)]
    return sorted(boards, key=lambda board: (board.due_next, board.cycle["cycle"]))


async def _board(conn: Connection, viewer: Viewer, found: Row, today: date) -> Board:
    changes = await queries.calendar_changes(conn, found["region"])
    cycle, sop, calendar = found["cycle"], sops()[found["sop"]], queries.overridden(changes)
    milestones = await _milestones(conn, cycle)
    known = Known(
        happened=milestones,
        begun=await _steps(conn, viewer, cycle, sop),
        planned=await _planned(conn, cycle),
        parts=await _parts_done(conn, cycle),
        reopened=await _reopened(conn, cycle),
        last=await _latest(conn, viewer, cycle, sop),
        changes=changes,
    )
    steps = board_steps(sop, known, today, calendar)
    handed_in = await submissions(conn, viewer, cycle)
    dues = dues_of(known.begun, sop)
    board = Board(
        cycle=found,
        sop=sop,
        today=today,
        steps=steps,
        submissions=[_shown(row, late_of(row, dues, calendar)) for row in handed_in],
        decree_missing=steps[sop.step_of(HANDING_OVER).number - 1].state == "done"
        and not milestones.get("team-decree-issued"),
        left=_days_left(found["report_due"], today, calendar),
        report=_report(milestones),
        sent=by_dispatch(milestones.get("dispatch-sent", ())),
        received=frozenset(by_dispatch(milestones.get("receipt-recorded", ()))),
        dispatches={
            row["facts"]["recipient"]: name
            for name, row in by_dispatch(milestones.get("dispatch-reopened", ())).items()
        },
        touched=await touched(conn, cycle),
    )
    return replace(board, sent_late=days_late(found["report_due"], board.sent_on, calendar))


def _days_left(due_on: date, today: date, calendar: Calendar) -> int:
    stands = against(due_on, None, today, calendar)
    return 0 if stands is None else stands.left if stands.left is not None else -stands.late


def _shown(row: Row, late: HandIn) -> Row:
    """With how it stands, how late it was handed in, and its place in the table:
    exceptions first, what is settled last.
    """
    stands = standing(row)
    place = STANDS.index(stands)
    return {**row, "stands": stands, "late": late, "place": max(place - STANDS.index("taken_back"), 0)}


def _report(milestones: Mapping[str, Sequence[Row]]) -> Report:
    drafts = [row for row in milestones.get("document-drafted", ()) if row["facts"]["document"] == "laporan"]
    said = [
        row
        for what in MILESTONES
        if what.startswith("endorsement-") or what == "report-endorsed"
        for row in milestones.get(what, ())
    ]
    return Report(
        drafted=max(drafts, key=lambda row: int(row["version"]), default=None),
        said=max(said, key=lambda row: int(row["version"]), default=None),
    )


async def _steps(conn: Connection, viewer: Viewer, cycle: str, sop: Sop) -> Mapping[str, Row]:
    """The steps; of the agencies that a step waits for only those that the viewer may see."""
    of_agencies = {step.key for step in sop.steps if any(part.which == "*" for part in step.parts)}
    found = dict(await queries.steps(conn, cycle))
    for key in of_agencies & found.keys():
        found[key] = {
            **found[key],
            "parts": [part for part in found[key]["parts"] or () if viewer.may_see(part)],
        }
    return found


async def timeline(
    conn: Connection,
    viewer: Viewer,
    of_cycle: str,
    *,
    of_step: Sequence[str] = (),
    after: str | None = None,
    limit: int,
) -> tuple[Sequence[Row], str | None]:
    """What happened, the latest first, and the cursor of the next page;
    `of_step` are the names of one step.
    """
    order = (happening.c.recorded_at, happening.c.source, happening.c.stream, happening.c.version)
    statement = select(happening).where(happening.c.cycle == of_cycle, seen(viewer))
    if of_step:
        statement = statement.where(or_(*(happening.c.step == name for name in of_step)))
    if after:
        moment, *rest = key_of(after, len(order))
        before = (datetime.fromisoformat(moment), *rest)
        statement = statement.where(tuple_(*order) < tuple_(*(literal(part) for part in before)))
    rows = await fetch(conn, statement.order_by(*(column.desc() for column in order)).limit(limit + 1))
    return page(rows, limit, *(column.name for column in order))


async def drawn(conn: Connection, viewer: Viewer, of_cycle: str) -> Sequence[Row]:
    """What went back, what was corrected and who did each step, the first one first."""
    statement = (
        select(happening)
        .where(
            happening.c.cycle == of_cycle, seen(viewer), or_(*(happening.c.what == what for what in DRAWN))
        )
        .order_by(happening.c.recorded_at, happening.c.version)
    )
    return await fetch(conn, statement)


def seen(viewer: Viewer) -> ColumnElement[bool]:
    """Whether a line of the timeline is this viewer's to see."""
    return or_(happening.c.agency == "", viewer.sees(happening.c.agency))


async def _latest(conn: Connection, viewer: Viewer, of_cycle: str, sop: Sop) -> Mapping[str, Row]:
    """What happened last in each step, by key."""
    statement = (
        select(happening)
        .ext(distinct_on(happening.c.step))
        .where(happening.c.cycle == of_cycle, seen(viewer))
        .order_by(
            happening.c.step,
            happening.c.recorded_at.desc(),
            happening.c.source.desc(),
            happening.c.version.desc(),
        )
    )
    rows = sorted(
        await fetch(conn, statement), key=lambda row: (row["recorded_at"], row["source"], row["version"])
    )
    return {sop.step_of(row["step"]).key: row for row in rows}


async def _milestones(conn: Connection, of_cycle: str) -> Mapping[str, Sequence[Row]]:
    """What happened to the steps, the letters and the report, by what it was: who must act next follows from
    it, and how often a step was done.
    """
    found: dict[str, list[Row]] = {}
    of_report = or_(*(happening.c.what == what for what in MILESTONES))
    statement = select(happening).where(happening.c.cycle == of_cycle, of_report)
    for row in await fetch(conn, statement.order_by(happening.c.recorded_at)):
        found.setdefault(row["what"], []).append(row)
    return found


async def _planned(conn: Connection, of_cycle: str) -> Mapping[str, date]:
    """The planned last day of each step, once the work plan is set."""
    rows = await fetch(conn, select(plan).where(plan.c.cycle == of_cycle))
    return {row["step"]: row["planned_on"] for row in rows}


async def _parts_done(conn: Connection, of_cycle: str) -> Mapping[str, Mapping[str, Row]]:
    """For each step the parts that have happened and still hold, by name."""
    found: dict[str, dict[str, Row]] = {}
    same = (
        reopened_part.c.cycle == step_part.c.cycle,
        reopened_part.c.step == step_part.c.step,
        reopened_part.c.part == step_part.c.part,
    )
    holds = ~select(reopened_part.c.part).where(*same).exists()
    for row in await fetch(conn, select(step_part).where(step_part.c.cycle == of_cycle, holds)):
        found.setdefault(row["step"], {})[row["part"]] = row
    return found


async def _reopened(conn: Connection, of_cycle: str) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """For each step the parts that do not hold any more, with the streams that took them back."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for row in await fetch(conn, select(reopened_part).where(reopened_part.c.cycle == of_cycle)):
        parts = found.setdefault(row["step"], {})
        parts[row["part"]] = parts.get(row["part"], frozenset()) | {row["stream"]}
    return found
