"""What a person asks of certificates, for JSON and pages alike.

SOP step 13, and every step before it. Previous hop: `certificate/api.py`, `certificate/pages.py`. Next hop:
`domain/certificate.py` by way of `Act`.
"""

from services.archive import streams
from services.archive.certificate.queries import must_see_everything
from services.archive.domain.certificate import AskForCertificate, GiveUpCertificate
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting, CommandAnswer


async def ask(act: Acting, reason: str) -> CommandAnswer:
    """Asks for a certificate of everything as it is now. Raises Refused, Conflict, NotFound."""
    must_see_everything()
    said = AskForCertificate(by=act.viewer.person, reason=reason, occurred_on=act.today)
    return await act(_order(said))


async def give_up(act: Acting, number: int, reason: str) -> CommandAnswer:
    """Waits for a certificate no longer. Raises Refused, Conflict, NotFound."""
    must_see_everything()
    said = GiveUpCertificate(certificate=number, by=act.viewer.person, reason=reason, occurred_on=act.today)
    return await act(_order(said))


def _order(command: AskForCertificate | GiveUpCertificate) -> Order:
    return Order(stream=streams.CERTIFICATES, command=command, case_id="settings")
