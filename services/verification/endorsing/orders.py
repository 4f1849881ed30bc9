"""The commands of endorsing as orders, for JSON and pages alike:
the report is endorsed, or refused with a reason.

SOP step 10. Previous hop: `endorsing/api.py` and `endorsing/pages.py`, with what a person said.
Next hop: `command_handler` by way of `Act`.
"""

from datetime import date

from services.verification import streams
from services.verification.domain.endorsement_commands import EndorseReport, RefuseEndorsement
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting


def endorse(act: Acting, cycle: str, digest: str, occurred_on: date) -> Order:
    """Exactly the file of this digest is endorsed."""
    return _to(cycle, EndorseReport(digest=digest, by=act.viewer.person, occurred_on=occurred_on))


def refuse(act: Acting, cycle: str, digest: str, reason: str, occurred_on: date) -> Order:
    """The file of this digest is not endorsed; a new draft is asked for."""
    return _to(
        cycle, RefuseEndorsement(digest=digest, reason=reason, by=act.viewer.person, occurred_on=occurred_on)
    )


def _to(cycle: str, command: object) -> Order:
    return Order(stream=streams.endorsement(cycle), command=command, case_id=cycle)
