"""Lets in whom a provider vouches for: who is joined to somebody with an office today gets a session; for who
is not, the service asks, and says whom to ask.

Serves every SOP step. Previous hop: `login/provider_pages.py`. Next hop: a session, or `login/orders.py`.
"""

import structlog
from fastapi import Request, Response

from services.intake.login import asked_again, orders
from services.intake.login.asked_again import Grant
from services.intake.login.queries import login_of
from shared.access.oidc.tokens import Identity
from shared.access.people import Person
from shared.access.session import EndedMeanwhile, Entered
from shared.eventsourcing.combined import combined
from shared.web.device import device_of
from shared.web.frame.rendering import render, see_other
from shared.web.running import running_of, today_of, traceparent_of
from shared.web.signin import end_old, home_of, keep

log = structlog.get_logger()


async def admit(request: Request, identity: Identity, target: str, grant: Grant) -> Response:
    """The answer to somebody who signed in at a provider. Raises EndedMeanwhile, AccessAway."""
    name = await _joined_to(request, identity)
    if not name:
        await orders.request(running_of(request), identity, today_of(request), traceparent_of(request))
        log.info("sign-in-waits", login=identity.login[:8])
        return _not_yet(request, identity, "waits")
    person = running_of(request).people.find(name)
    if person is None or not person.offices_on(today_of(request)):
        log.info("sign-in-without-office", login=identity.login[:8])
        return _not_yet(request, identity, "no-office")
    return await _enter(request, identity, person, target, grant)


async def _enter(request: Request, identity: Identity, person: Person, target: str, grant: Grant) -> Response:
    """Under an id that nobody knew before; the session that the browser had, if any, has ended."""
    sessions = running_of(request).sessions
    entered = combined(Entered, identity, device=device_of(request), way="oidc")
    session = await sessions.start(person.id, entered)
    await asked_again.keep(sessions, request.app.state.seal, session.id, grant)
    if await _joined_to(request, identity) != person.id:  # parted while the session began
        await sessions.end(session.id)
        raise EndedMeanwhile
    await end_old(request)
    return keep(request, see_other(request, home_of(request, person, target)), session)


async def _joined_to(request: Request, identity: Identity) -> str:
    async with running_of(request).pool.connection() as conn:
        row = await login_of(conn, identity.login)
    return str(row["person"]) if row is not None else ""


def _not_yet(request: Request, identity: Identity, state: str) -> Response:
    return render(
        request,
        "not_yet.html",
        status_code=403,
        state=state,
        identity=identity,
        ask=_whom_to_ask(request),
    )


def _whom_to_ask(request: Request) -> list[tuple[str, str]]:
    """Who may join a login today, by name, each with the offices."""
    running, today = running_of(request), today_of(request)
    roles = set(running.permissions.roles("intake.JoinLogin"))
    found = [
        (person.name, ", ".join(one.title for one in person.offices_on(today) if one.role in roles))
        for person in running.people.serving_on(today)
    ]
    return sorted((name, offices) for name, offices in found if offices)
