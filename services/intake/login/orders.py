"""Orders for logins, for JSON and pages alike: one asks, is joined to a person, is parted again.

Serves every SOP step. Previous hop: `login/api.py`, `login/pages.py`, `login/terminal.py`, and
`login/provider_pages.py` for what the service itself asks. Next hop: `command_handler`, by way of `Act`
where a person gives it.
"""

import uuid
from datetime import date

from services.intake import streams
from services.intake.domain.entering.login import JoinLogin, PartLogin, RequestLogin
from services.intake.login.queries import digits, login_of
from shared.access.oidc.tokens import Identity
from shared.access.people import Person
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.room import Running
from shared.web.acting import Acting, CommandAnswer
from shared.web.problems.shape import NotFound
from shared.web.regions import people_in_sight


async def request(running: Running, identity: Identity, day: date, traceparent: str) -> None:
    """Somebody whom nobody knows here signed in at a provider: by the service itself."""
    order = _order(identity.login, combined(RequestLogin, identity, occurred_on=day))
    who = Actor.system(running.room.name)
    await running.handler.handle(order, actor=who, command_id=uuid.uuid4(), traceparent=traceparent)


async def join(act: Acting, login: str, person: str) -> CommandAnswer:
    """Says who a login is. Raises Refused, also for a person whom nobody knows."""
    await _check_seen(act, login)
    known = people_in_sight(act.request).find(person)
    if known is None:
        raise Refused("person-unknown", "Pilih pegawai dari daftar.", field="person")
    return await act(joining(login, known, by=act.viewer.person, day=act.today))


def joining(login: str, person: Person, *, by: str, day: date) -> Order:
    """That a login is this person, with the NIP as it stands here."""
    command = JoinLogin(
        login=login, person=person.id, known_nip=digits(person.nip)[:60], by=by, occurred_on=day
    )
    return _order(login, command)


async def part(act: Acting, login: str, reason: str) -> CommandAnswer:
    """Says that a login is nobody's any more, and ends what came in by it: after the commit, so that nothing
    begins between; asked again, it ends again. Raises Refused, AccessAway.
    """
    await _check_seen(act, login)
    command = PartLogin(login=login, reason=reason, by=act.viewer.person, occurred_on=act.today)
    answer = await act(_order(login, command))
    await act.running.sessions.end_of_login(login)
    return answer


async def _check_seen(act: Acting, login: str) -> None:
    """Raises NotFound for a login of another region, or of nobody."""
    async with act.running.pool.connection() as conn:
        if await login_of(conn, login) is None:
            raise NotFound


def _order(login: str, command: object) -> Order:
    return Order(stream=streams.login(login), command=command, case_id=streams.SETTINGS)
