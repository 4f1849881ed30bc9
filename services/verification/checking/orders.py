"""The commands of checking as orders, for JSON and pages alike:
a submission is approved, or sent back with notes.

SOP step 8. Previous hop: `checking/api.py` and `checking/pages.py`, with what a person said.
Next hop: `command_handler` by way of `Act`.
"""

from collections.abc import Iterable
from datetime import date

from services.verification import streams
from services.verification.domain.verification import ApproveSubmission, ReturnSubmission
from shared.contracts.values import FieldNote
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting


def approve(act: Acting, case: str, digest: str, occurred_on: date) -> Order:
    """Exactly the figures of this digest are approved."""
    return _to(case, ApproveSubmission(digest=digest, by=act.viewer.person, occurred_on=occurred_on))


def send_back(act: Acting, case: str, reason: str, notes: Iterable[FieldNote], occurred_on: date) -> Order:
    """The submission goes back to its agency, with a reason and notes beside cells."""
    return _to(
        case,
        ReturnSubmission(reason=reason, fields=tuple(notes), by=act.viewer.person, occurred_on=occurred_on),
    )


def _to(case: str, command: object) -> Order:
    return Order(stream=streams.verification(case), command=command, case_id=streams.cycle_of(case))
