"""The commands of checking as orders, for JSON and pages alike:
a submission is approved, or sent back with notes, a figure is accepted, or an approval is taken back.

SOP step 8. Previous hop: `checking/api.py` and `checking/pages.py`, with what a person said.
Next hop: `command_handler` by way of `Act`.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from services.verification import streams
from services.verification.domain.acceptance import AcceptFigure
from services.verification.domain.talk import TalkCommand
from services.verification.domain.verification import ApproveSubmission, ReturnSubmission, WithdrawApproval
from shared.contracts.values import FieldNote
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting


def approve(act: Acting, case: str, digest: str, occurred_on: date) -> Order:
    """Exactly the figures of this digest are approved."""
    return _to(case, ApproveSubmission(digest=digest, by=act.viewer.person, occurred_on=occurred_on))


def accept(act: Acting, case: str, service: str, digest: str, occurred_on: date) -> Order:
    """The figure of one service, as it stands in the submission of this digest, is accepted."""
    said = {"service": service, "digest": digest, "by": act.viewer.person}
    return _to(case, AcceptFigure(**said, occurred_on=occurred_on))


def withdraw(act: Acting, case: str, digest: str, reason: str, occurred_on: date) -> Order:
    """The own approval is taken back, unless the endorsement of the report, asked in the same transaction
    (`process_manager.at_once`), says that it is too late.
    """
    command = WithdrawApproval(digest=digest, reason=reason, by=act.viewer.person, occurred_on=occurred_on)
    return _to(case, command)


def send_back(act: Acting, case: str, reason: str, notes: Iterable[FieldNote], occurred_on: date) -> Order:
    """The submission goes back to its agency, with a reason and notes beside cells."""
    return _to(
        case,
        ReturnSubmission(reason=reason, fields=tuple(notes), by=act.viewer.person, occurred_on=occurred_on),
    )


def converse(act: Acting, case: str, kind: type[TalkCommand], said: Mapping[str, str], day: date) -> Order:
    """A question, an answer, or that one is settled, in the thread of a cell."""
    return _to(case, kind(**said, by=act.viewer.person, occurred_on=day))


def _to(case: str, command: object) -> Order:
    return Order(stream=streams.verification(case), command=command, case_id=streams.cycle_of(case))
