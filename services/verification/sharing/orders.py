"""A submission is given to a verifier, as an order for JSON and pages alike.

SOP step 8. Previous hop: `sharing/api.py` and `sharing/pages.py`. Next hop: `command_handler` by way of
`Act`.
"""

from collections.abc import Iterable

from services.verification import streams
from services.verification.domain.assignment import AssignVerifier
from services.verification.queries import Row
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting


def assign(act: Acting, row: Row, assignee: str, seen: int | None, team: Iterable[str]) -> Order:
    """`row`: the submission as `sharing/queries.py` answers it."""
    case = streams.case_of(row["submission"])
    command = AssignVerifier(
        **{name: row[name] for name in ("cycle", "agency", "period", "submission")},
        assignee=assignee,
        team=tuple(team),
        involved=tuple(row["contributors"] or ()),
        seen=seen,
        by=act.viewer.person,
        occurred_on=act.today,
    )
    return Order(stream=streams.assignment(case), command=command, case_id=row["cycle"])
