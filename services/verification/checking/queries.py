"""What the pages and routes of checking ask: the queue, one submission as a verifier sees it, and the round.

SOP step 8. Previous hop: `checking/pages.py`, `checking/api.py`. Next hop: the tables that `projections.py`
fills. Each question knows who asks, and answers only what that person may see.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Select, and_, func, literal, literal_column, select

from services.verification import streams
from services.verification.domain.difference import base_of, cell_changes
from services.verification.queries import STATUS, Row, held_by, known, same_submission
from services.verification.tables import (
    assignment,
    expected,
    revision,
    round_,
    signed_sheet,
    trail,
    verification,
)
from shared.access.permissions import Viewer
from shared.contracts.values import AttachedEvidence, CellChange, Explanation, FieldNote, Figure
from shared.eventsourcing.sql import Connection, fetch, fetch_one
from shared.spm.catalogue import Catalogue

Status = Literal["nothing", "waiting", "withdrawn", "returned", "approved", "voided"]

_RANK = func.array_position(
    literal_column("ARRAY['waiting','voided','withdrawn','returned','nothing','approved']"), STATUS
)
_QUEUE_COLUMNS = (
    expected.c.submission,
    expected.c.cycle,
    expected.c.agency,
    expected.c.agency_name,
    expected.c.period,
    expected.c.services,
    STATUS.label("status"),
    verification.c.revision,
    verification.c.version,
    verification.c.digest,
    verification.c.handed_in_by,
    verification.c.handed_in_on,
    verification.c.last_act,
    verification.c.last_by,
    verification.c.last_at,
    func.jsonb_array_length(revision.c.explanations).label("explained"),
)


OF_CASE = trail.c.stream == verification.c.stream
_DAYS = (
    select(trail.c.occurred_on).where(OF_CASE, trail.c.act == "waiting",
        trail.c.revision == 1).limit(1).scalar_subquery().label("first_handed_in_on"),
    select(trail.c.occurred_on).where(OF_CASE,
        trail.c.act == "approved").order_by(trail.c.version.desc())
        .limit(1).scalar_subquery().label("approved_on"),
)  # fmt: skip
"""When it was handed in for the first time, and approved last."""
OF_NOW = and_(revision.c.stream == verification.c.stream, revision.c.revision == verification.c.revision)
"""Joins a case with the revision that is on view."""
NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Revision:
    """What was handed in as one revision. `changes`: what differs from the one before."""

    revision: int
    digest: str
    figures: Mapping[str, Figure]
    evidence: tuple[AttachedEvidence, ...]
    changes: tuple[CellChange, ...]
    explanations: tuple[Explanation, ...] = ()

    def explained(self, service: str) -> tuple[Explanation, ...]:
        """What the agency says to what the rules found in a service."""
        return tuple(one for one in self.explanations if one.service == service)


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """An entry of the trail of one submission: what somebody did, and when."""

    act: str
    revision: int
    by: str
    occurred_on: date | None
    recorded_at: datetime
    reason: str
    digest: str
    notes: tuple[FieldNote, ...]
    changes: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class Base:
    """What a revision is compared with: the one that was approved (or, in a first round,
    returned) last before it.
    """

    act: str
    revision: Revision


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One submission as a verifier sees it: the case, the catalogue of its cycle, the revision that waits and
    the one that it is compared with (None: nothing was decided before it), the trail, and last year's
    approved figures where known.
    """

    case: Row
    catalogue: Catalogue
    revision: Revision
    base: Base | None
    notes: tuple[FieldNote, ...]
    trail: Sequence[TrailEntry]
    last_year: Mapping[str, Figure]
    signed: Sequence[Row]

    @property
    def changes(self) -> tuple[CellChange, ...]:
        """Every cell that differs from the base; none where there is no base."""
        return changes_since(self.catalogue, self.base.revision, self.revision) if self.base else ()


def changes_since(catalogue: Catalogue, before: Revision, now: Revision) -> tuple[CellChange, ...]:
    """Cell by cell what differs between two revisions."""
    return cell_changes(catalogue, before.figures, before.evidence, now.figures, now.evidence)


async def queue(
    conn: Connection, viewer: Viewer, of_cycle: str, team: Iterable[str], status: str = "", whose: str = ""
) -> list[dict[str, Any]]:
    """Everything that the cycle expects, what waits first and longest first; with `status` only that, with
    `whose` only what that person of `team` looks after, `NOBODY` what nobody does. `explained`: so many
    warnings of the rules its agency explained.
    """
    statement, held = _queue(viewer, of_cycle, status, team), held_by(team)
    if whose:
        statement = statement.where(held.is_(None) if whose == NOBODY else held == whose)
    order = (_RANK, verification.c.handed_in_on, expected.c.agency_name, expected.c.submission)
    return await fetch(conn, statement.order_by(*order))


async def queue_page(
    conn: Connection,
    viewer: Viewer,
    of_cycle: str,
    status: str,
    after: str,
    limit: int,
    team: Iterable[str],
) -> list[dict[str, Any]]:
    """The same in the order of submissions, from `after` on, at most `limit` rows: for keyset paging."""
    statement = _queue(viewer, of_cycle, status, team).where(expected.c.submission > after)
    return await fetch(conn, statement.order_by(expected.c.submission).limit(limit))


def _queue(viewer: Viewer, of_cycle: str, status: str, team: Iterable[str]) -> Select[Any]:
    joined = (
        expected.outerjoin(verification, same_submission())
        .outerjoin(revision, OF_NOW)
        .outerjoin(assignment, assignment.c.submission == expected.c.submission)
    )
    statement = (
        select(*_QUEUE_COLUMNS, *_DAYS, held_by(team).label("assignee"))
        .select_from(joined)
        .where(expected.c.cycle == of_cycle, viewer.sees(expected.c.agency))
    )
    return statement.where(literal(status) == STATUS) if status else statement


async def reviewed(
    conn: Connection, viewer: Viewer, stream: str, team: Iterable[str] = ()
) -> Reviewed | None:
    """One submission, with who of `team` looks after it; None if there is none that this viewer may see."""
    given = verification.outerjoin(assignment, assignment.c.submission == verification.c.submission)
    case = await fetch_one(
        conn,
        select(verification, *_DAYS, held_by(team).label("assignee"))
        .select_from(given)
        .where(verification.c.stream == stream, viewer.sees(verification.c.agency)),
    )
    if case is None:
        return None
    entries = await fetch(conn, select(trail).where(trail.c.stream == stream).order_by(trail.c.version))
    return Reviewed(
        case=case,
        catalogue=await known.catalogue_of(conn, case["cycle"]),
        revision=await _revision(conn, stream, case["revision"]),
        base=await _base(
            conn, stream, base_of(((row["act"], row["revision"]) for row in entries), case["revision"])
        ),
        notes=msgspec.convert(case["notes"], tuple[FieldNote, ...]),
        trail=msgspec.convert(entries, tuple[TrailEntry, ...]),
        last_year=await last_year(conn, case),
        signed=await fetch(
            conn,
            select(signed_sheet)
            .where(signed_sheet.c.submission == case["submission"])
            .order_by(signed_sheet.c.at),
        ),
    )


async def _revision(conn: Connection, stream: str, number: int) -> Revision:
    found = await fetch_one(
        conn, select(revision).where(revision.c.stream == stream, revision.c.revision == number)
    )
    return msgspec.convert(found, Revision)


async def _base(conn: Connection, stream: str, found: tuple[str, int] | None) -> Base | None:
    return Base(found[0], await _revision(conn, stream, found[1])) if found else None


async def of_digest(conn: Connection, stream: str, digest: str) -> Revision | None:
    """The revision that has this digest: what somebody saw who names it."""
    found = await fetch_one(
        conn, select(revision).where(revision.c.stream == stream, revision.c.digest == digest)
    )
    return msgspec.convert(found, Revision) if found else None


async def last_year(conn: Connection, case: Row) -> Mapping[str, Figure]:
    """The approved figures of the same agency and period in the cycle of the year before;
    empty where there are none.
    """
    joined = verification.join(revision, OF_NOW)
    statement = (
        select(revision.c.figures)
        .select_from(joined)
        .where(
            verification.c.cycle == streams.year_before(case["cycle"]),
            verification.c.agency == case["agency"],
            verification.c.period == case["period"],
            verification.c.status == "approved",
        )
    )
    found = await fetch_one(conn, statement)
    return msgspec.convert(found["figures"], dict[str, Figure]) if found else {}


async def round_of(conn: Connection, of_cycle: str) -> dict[str, Any] | None:
    """Whether the round of a cycle is complete, and since which day."""
    return await fetch_one(conn, select(round_).where(round_.c.cycle == of_cycle))
