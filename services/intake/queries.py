"""What the pages and routes of intake ask its read models; each question about cases knows who asks and answers only what that person may see."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, literal, or_, select, tuple_, union
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from services.intake.tables import (
    agency,
    assignment,
    calendar_change,
    cycle,
    evidence,
    figure,
    happening,
    plan,
    reopened_part,
    signed_sheet,
    step,
    step_part,
    submission,
    verdict,
)
from shared.access.permissions import Viewer
from shared.eventsourcing.sql import Connection, fetch, fetch_one
from shared.sop.calendar import Calendar, seed
from shared.sop.definition import Sop, sops

Row = Mapping[str, Any]
MILESTONES = (
    *("document-drafted", "endorsement-requested", "endorsement-refused", "report-endorsed"),
    *("team-decree-issued", "dispatch-sent", "receipt-recorded"),
)


async def calendar(conn: Connection) -> Calendar:
    """The working calendar with all overrides, in the order in which they were recorded."""
    return overridden(await calendar_changes(conn))


def overridden(changes: Sequence[Row]) -> Calendar:
    """The seed with these overrides."""
    return seed().changed_by(changes)


async def calendar_changes(conn: Connection) -> Sequence[Row]:
    return await fetch(conn, select(calendar_change).order_by(calendar_change.c.number))


async def cycles(conn: Connection) -> Sequence[Row]:
    """All cycles, the latest year first."""
    return await fetch(conn, select(cycle).order_by(cycle.c.year.desc(), cycle.c.cycle))


async def open_cycles(conn: Connection) -> Sequence[Row]:
    """The cycles whose last step, by their own SOP, is not done."""
    last = or_(*(and_(cycle.c.sop == sop.version, step.c.step == sop.last.key) for sop in sops().values()))
    closed = select(step.c.cycle).where(step.c.cycle == cycle.c.cycle, last, step.c.completed_on.is_not(None))
    return await fetch(conn, select(cycle).where(~closed.exists()).order_by(cycle.c.year, cycle.c.cycle))


async def cycle_of(conn: Connection, name: str) -> Row | None:
    return await fetch_one(conn, select(cycle).where(cycle.c.cycle == name))


async def steps(conn: Connection, of_cycle: str) -> Mapping[str, Row]:
    """The steps of a cycle that have begun or had a part done, by key, each with its planned day."""
    joined = step.outerjoin(plan, and_(plan.c.cycle == step.c.cycle, plan.c.step == step.c.step))
    rows = await fetch(conn, select(step, plan.c.planned_on).select_from(joined).where(step.c.cycle == of_cycle))
    return {row["step"]: row for row in rows}


async def planned(conn: Connection, of_cycle: str) -> Mapping[str, date]:
    """The planned last day of each step, once the work plan is set."""
    rows = await fetch(conn, select(plan).where(plan.c.cycle == of_cycle))
    return {row["step"]: row["planned_on"] for row in rows}


async def parts_done(conn: Connection, of_cycle: str) -> Mapping[str, Mapping[str, Row]]:
    """For each step the parts that have happened and still hold, by name."""
    found: dict[str, dict[str, Row]] = {}
    same = (reopened_part.c.cycle == step_part.c.cycle, reopened_part.c.step == step_part.c.step, reopened_part.c.part == step_part.c.part)
    holds = ~select(reopened_part.c.part).where(*same).exists()
    for row in await fetch(conn, select(step_part).where(step_part.c.cycle == of_cycle, holds)):
        found.setdefault(row["step"], {})[row["part"]] = row
    return found


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    return or_(happening.c.agency == "", viewer.sees(happening.c.agency))


async def latest(conn: Connection, viewer: Viewer, of_cycle: str, sop: Sop) -> Mapping[str, Row]:
    """What happened last in each step, by key."""
    statement = (
        select(happening)
        .ext(distinct_on(happening.c.step))
        .where(happening.c.cycle == of_cycle, _seen(viewer))
        .order_by(happening.c.step, happening.c.recorded_at.desc(), happening.c.source.desc(), happening.c.version.desc())
    )
    rows = sorted(await fetch(conn, statement), key=lambda row: (row["recorded_at"], row["source"], row["version"]))
    return {sop.step_of(row["step"]).key: row for row in rows}


async def timeline(
    conn: Connection,
    viewer: Viewer,
    of_cycle: str,
    *,
    of_step: Sequence[str] = (),
    before: tuple[datetime, str, str, int] | None = None,
    limit: int,
) -> Sequence[Row]:
    """What happened, the latest first; `of_step` are the names of one step, `before` is the key of the last row of the page before."""
    order = (happening.c.recorded_at, happening.c.source, happening.c.stream, happening.c.version)
    statement = select(happening).where(happening.c.cycle == of_cycle, _seen(viewer))
    if of_step:
        statement = statement.where(or_(*(happening.c.step == name for name in of_step)))
    if before is not None:
        statement = statement.where(tuple_(*order) < tuple_(*(literal(part) for part in before)))
    return await fetch(conn, statement.order_by(*(column.desc() for column in order)).limit(limit))


async def milestones(conn: Connection, of_cycle: str) -> Mapping[str, Sequence[Row]]:
    """What happened to the letters and the report, by what it was: who must act next follows from it."""
    found: dict[str, list[Row]] = {}
    of_report = or_(*(happening.c.what == what for what in MILESTONES))
    statement = select(happening).where(happening.c.cycle == of_cycle, of_report)
    for row in await fetch(conn, statement.order_by(happening.c.recorded_at)):
        found.setdefault(row["what"], []).append(row)
    return found


async def reopened(conn: Connection, of_cycle: str) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """For each step the parts that do not hold any more, with the streams that took them back."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for row in await fetch(conn, select(reopened_part).where(reopened_part.c.cycle == of_cycle)):
        parts = found.setdefault(row["step"], {})
        parts[row["part"]] = parts.get(row["part"], frozenset()) | {row["stream"]}
    return found


async def touched(conn: Connection, of_cycle: str) -> Mapping[str, frozenset[str]]:
    """For each submission who filled it in or handed it in: they may not decide on it, or on what rests on it."""
    of = submission.c.cycle == of_cycle
    persons = union(
        select(submission.c.submission, submission.c.handed_in_by.label("person")).where(of, submission.c.handed_in_by.is_not(None)),
        select(submission.c.submission, figure.c.by).join(figure, figure.c.submission == submission.c.submission).where(of),
    )
    found: dict[str, frozenset[str]] = {}
    for row in await fetch(conn, persons):
        found[row["submission"]] = found.get(row["submission"], frozenset()) | {row["person"]}
    return found


async def happened(conn: Connection, of_cycle: str, what: str) -> bool:
    """Whether an event of this type was seen in the cycle."""
    statement = select(happening.c.version).where(happening.c.cycle == of_cycle, happening.c.what == what).limit(1)
    return await fetch_one(conn, statement) is not None


def _submissions(viewer: Viewer) -> Select[Any]:
    of_it = figure.c.submission == submission.c.submission
    filled = select(func.count()).where(of_it).scalar_subquery().label("filled")
    which = select(func.array_agg(figure.c.service)).where(of_it).scalar_subquery().label("filled_services")
    files = select(func.count()).where(evidence.c.submission == submission.c.submission).scalar_subquery().label("files")
    of_first = (happening.c.source == "intake", happening.c.stream == submission.c.submission, happening.c.what == "submission-received")
    first = select(func.min(happening.c.occurred_on)).where(*of_first, happening.c.facts["revision"].astext == "1").scalar_subquery()
    joined = submission.outerjoin(verdict, verdict.c.submission == submission.c.submission)
    return (
        select(
            submission,
            verdict.c.verdict,
            verdict.c.revision.label("verdict_revision"),
            verdict.c.by.label("verdict_by"),
            filled,
            which,
            files,
            first.label("first_handed_in_on"),
        )
        .select_from(joined)
        .where(viewer.sees(submission.c.agency))
    )


async def submissions(conn: Connection, viewer: Viewer, of_cycle: str, *, after: str = "", limit: int = 500) -> Sequence[Row]:
    """The submissions of a cycle that the viewer may see, with how many services are filled and what verification said."""
    statement = _submissions(viewer).where(submission.c.cycle == of_cycle, submission.c.submission > after)
    return await fetch(conn, statement.order_by(submission.c.submission).limit(limit))


async def submission_of(conn: Connection, viewer: Viewer, stream: str) -> Row | None:
    """One submission; None if there is none that the viewer may see."""
    return await fetch_one(conn, _submissions(viewer).where(submission.c.submission == stream))


async def figures(conn: Connection, stream: str) -> Mapping[str, Row]:
    """The figures of a submission by service. Ask only for a submission that the viewer may see."""
    return {row["service"]: row for row in await fetch(conn, select(figure).where(figure.c.submission == stream))}


async def evidence_of(conn: Connection, stream: str) -> Sequence[Row]:
    return await fetch(conn, select(evidence).where(evidence.c.submission == stream).order_by(evidence.c.at, evidence.c.digest))


async def signed_sheets(conn: Connection, stream: str) -> Sequence[Row]:
    """The scans of signed forms of a submission, the latest first. Ask only for a submission that the viewer may see."""
    return await fetch(conn, select(signed_sheet).where(signed_sheet.c.submission == stream).order_by(signed_sheet.c.at.desc()))


async def may_open_file(conn: Connection, viewer: Viewer, digest: str) -> Row | None:
    """A file as evidence, or as signed form, of a submission that the viewer may see; None if there is none."""
    for table in (evidence, signed_sheet):
        joined = table.join(submission, submission.c.submission == table.c.submission)
        statement = select(table.c.file).select_from(joined).where(table.c.digest == digest, viewer.sees(submission.c.agency))
        if found := await fetch_one(conn, statement.limit(1)):
            file: Row = found["file"]
            return file
    return None


async def step_file(conn: Connection, digest: str) -> Row | None:
    """A file as evidence of a step; None if there is none."""
    wanted = literal(json.dumps([{"digest": digest}]), Text)
    found = await fetch_one(conn, select(step.c.evidence).where(step.c.evidence.op("@>")(cast(wanted, JSONB))).limit(1))
    files = found["evidence"] if found else []
    return next((file for file in files if file["digest"] == digest), None)


async def agencies(conn: Connection) -> Sequence[Row]:
    return await fetch(conn, select(agency).order_by(agency.c.name))


async def assignments(conn: Connection, on: date | None = None) -> Sequence[Row]:
    """Who answers for which service, now and ever, or only on one day."""
    statement = select(assignment)
    if on is not None:
        statement = statement.where(assignment.c.valid_from <= on, or_(assignment.c.valid_until.is_(None), assignment.c.valid_until >= on))
    return await fetch(conn, statement.order_by(assignment.c.agency, assignment.c.service, assignment.c.valid_from))
