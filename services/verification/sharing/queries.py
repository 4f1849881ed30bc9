"""What sharing out asks: everything of a cycle that is still to be approved, and who looks after it.

SOP step 8. Previous hop: `sharing/pages.py`, `sharing/api.py`. Next hop: the tables that `projections.py`
fills. Each question knows who asks, and answers only what that person may see.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from services.verification.queries import STATUS, Row, held_by, same_submission
from services.verification.tables import assignment, expected, verification
from shared.access.permissions import Viewer
from shared.eventsourcing.sql import Connection, fetch


async def to_share(conn: Connection, viewer: Viewer, cycle: str, team: Iterable[str]) -> Sequence[Row]:
    """What is expected and not approved, in one question; what waits longest first. `assignee`: who of
    `team` looks after it, NULL for nobody; `times`: how often it was given to somebody.
    """
    of_expected = (expected.c[name] for name in ("submission", "cycle", "agency", "agency_name", "period"))
    statement = (
        select(
            *of_expected,
            STATUS.label("status"),
            verification.c.handed_in_on,
            verification.c.contributors,
            held_by(team).label("assignee"),
            func.coalesce(assignment.c.version, 0).label("times"),
        )
        .select_from(
            expected.outerjoin(verification, same_submission()).outerjoin(
                assignment, assignment.c.submission == expected.c.submission
            )
        )
        .where(expected.c.cycle == cycle, viewer.sees(expected.c.agency), STATUS != "approved")
    )
    oldest = STATUS != "waiting", verification.c.handed_in_on, expected.c.agency_name, expected.c.submission
    return await fetch(conn, statement.order_by(*oldest))
