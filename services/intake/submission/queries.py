"""What is asked about submissions; each question knows who asks and answers only what that person may see.

SOP steps 6 to 8. Previous hop: the sheet, its routes and the board.
Next hop: the tables that `projections.py` fills.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from msgspec import to_builtins
from sqlalchemy import Select, Text, cast, func, or_, select, union

from services.intake import streams
from services.intake.queries import Row
from services.intake.submission.points import points_of
from services.intake.tables import evidence, figure, happening, signed_sheet, submission, verdict
from shared.access.permissions import Viewer
from shared.contracts.values import FieldNote, StoredFile
from shared.eventsourcing.sql import Connection, fetch, fetch_one


async def submissions(
    conn: Connection, viewer: Viewer, of_cycle: str, *, after: str = "", limit: int = 500
) -> Sequence[Row]:
    """The submissions of a cycle that the viewer may see,
    with how many services are filled and what verification said.
    """
    statement = _submissions(viewer).where(submission.c.cycle == of_cycle, submission.c.submission > after)
    return await fetch(conn, statement.order_by(submission.c.submission).limit(limit))


async def submission_of(conn: Connection, viewer: Viewer, stream: str) -> Row | None:
    """One submission; None if there is none that the viewer may see."""
    return await fetch_one(conn, _submissions(viewer).where(submission.c.submission == stream))


async def figures(conn: Connection, stream: str) -> Mapping[str, Row]:
    """The figures of a submission by service. Ask only for a submission that the viewer may see."""
    return {
        row["service"]: row for row in await fetch(conn, select(figure).where(figure.c.submission == stream))
    }


async def figures_of_cycle(conn: Connection, viewer: Viewer, of_cycle: str) -> Sequence[Row]:
    """The figures of all submissions of a cycle that the viewer may see, each as the text of its JSON: there
    are thousands, and they are decoded once.
    """
    joined = figure.join(submission, submission.c.submission == figure.c.submission)
    of = figure.c.submission, figure.c.service, cast(figure.c.figure, Text).label("figure")
    asked = select(*of).select_from(joined).where(submission.c.cycle == of_cycle)
    return await fetch(conn, asked.where(viewer.sees(submission.c.agency)))


async def evidence_of(conn: Connection, stream: str) -> Sequence[Row]:
    return await fetch(
        conn,
        select(evidence).where(evidence.c.submission == stream).order_by(evidence.c.at, evidence.c.digest),
    )


async def signed_sheets(conn: Connection, stream: str) -> Sequence[Row]:
    """The scans of signed forms of a submission, the latest first.
    Ask only for a submission that the viewer may see.
    """
    return await fetch(
        conn,
        select(signed_sheet).where(signed_sheet.c.submission == stream).order_by(signed_sheet.c.at.desc()),
    )


async def files_of(
    conn: Connection,
    viewer: Viewer,
    case: str,
    entries: Callable[[Connection, str], Awaitable[Sequence[Row]]],
) -> list[StoredFile]:
    """The files of a submission, as `evidence_of` or `signed_sheets` lists them;
    none of one that the viewer may not see.
    """
    stream = streams.submission(case)
    found = await submission_of(conn, viewer, stream)
    return [StoredFile(**row["file"]) for row in (await entries(conn, stream) if found else ())]


async def touched(conn: Connection, of_cycle: str) -> Mapping[str, frozenset[str]]:
    """For each submission who filled it in or handed it in:
    they may not decide on it, or on what rests on it.
    """
    of = submission.c.cycle == of_cycle
    persons = union(
        select(submission.c.submission, submission.c.handed_in_by.label("person")).where(
            of, submission.c.handed_in_by.is_not(None)
        ),
        select(submission.c.submission, figure.c.by)
        .join(figure, figure.c.submission == submission.c.submission)
        .where(of),
    )
    found: dict[str, frozenset[str]] = {}
    for row in await fetch(conn, persons):
        found[row["submission"]] = found.get(row["submission"], frozenset()) | {row["person"]}
    return found


async def moves_of(conn: Connection, stream: str) -> Sequence[Row]:
    """Which services came to a submission or left it, as the timeline says it.
    Ask only for a submission that the viewer may see.
    """
    moved = or_(*(happening.c.what == what for what in ("services-handed-over", "services-taken-over")))
    statement = select(happening).where(happening.c.stream == stream, happening.c.source == "intake", moved)
    return await fetch(conn, statement.order_by(happening.c.version))


async def is_endorsed(conn: Connection, case: str) -> bool:
    """Whether the report that rests on this submission is endorsed, and that was not taken back. Once it was
    printed and is officially corrected, nothing is taken back any more: what the correction names is open.
    """
    kinds = ("report-endorsed", "endorsement-withdrawn", "correction-admitted")
    said = or_(*(happening.c.what == kind for kind in kinds))
    statement = select(happening.c.what).where(happening.c.cycle == streams.cycle_of(case), said)
    said_of_it = [row["what"] for row in await fetch(conn, statement.order_by(happening.c.version))]
    return "correction-admitted" in said_of_it or said_of_it[-1:] == ["report-endorsed"]


async def points(conn: Connection, case: str, notes: Sequence[Row]) -> Sequence[Row]:
    """What Tim SPM remarks and asks about a submission, and whether the agency answered each."""
    of_it = happening.c.stream == streams.verification_of(case)
    talk = await fetch(conn, select(happening).where(of_it).order_by(happening.c.version))
    return points_of(notes, talk)


async def answered_of(conn: Connection, case: str, notes: Sequence[FieldNote]) -> tuple[FieldNote, ...]:
    """Those of these notes of a return that the agency answered, or that Tim SPM settled."""
    told: Sequence[Row] = [to_builtins(note) for note in notes]
    waiting = {
        (one["service"], one["field"]) for one in await points(conn, case, told) if not one["answered"]
    }
    return tuple(note for note in notes if (note.service, note.field) not in waiting)


def _submissions(viewer: Viewer) -> Select[Any]:
    of_it = figure.c.submission == submission.c.submission
    filled = select(func.count()).where(of_it).scalar_subquery().label("filled")
    which = select(func.array_agg(figure.c.service)).where(of_it).scalar_subquery().label("filled_services")
    files = (
        select(func.count())
        .where(evidence.c.submission == submission.c.submission)
        .scalar_subquery()
        .label("files")
    )
    of_first = (
        happening.c.source == "intake",
        happening.c.stream == submission.c.submission,
        happening.c.what == "submission-received",
    )
    first = (
        select(func.min(happening.c.occurred_on))
        .where(*of_first, happening.c.facts["revision"].astext == "1")
        .scalar_subquery()
    )
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
