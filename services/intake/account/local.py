"""What local accounts need while intake runs: the vault of secrets, the counting of tries, the hashing of
passwords, and which roles must show a second factor.

Serves every SOP step. Previous hop: the sub-room's routes. Next hop: `shared.access.local`.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

from fastapi import Request

from services.intake import streams
from services.intake.domain.account import Account
from shared.access.local.limits import Devices, Tries
from shared.access.local.passkeys import Site
from shared.access.local.passwords import Hashing
from shared.access.local.vault import Vault
from shared.access.people import Person
from shared.room import Running
from shared.web.running import running_of, today_of

NOBODY = "jejak"
"""The account that is looked up where there is none, so that it takes as long; no person is called so."""


@dataclass(frozen=True)
class Local:
    """One for each process."""

    running: Running

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.running.sessions)

    @cached_property
    def tries(self) -> Tries:
        return Tries(self.running.sessions)

    @cached_property
    def hashing(self) -> Hashing:
        return Hashing()

    @cached_property
    def devices(self) -> Devices:
        return Devices(self.running.cursor_key)

    @cached_property
    def site(self) -> Site:
        return Site(self.running.settings.public_url)

    async def account(self, person: str) -> Account:
        """The account as it stands, from its stream: what a page shows may be older, what opens a door
        not.
        """
        async with self.running.pool.connection() as conn:
            (found,) = await self.running.handler.states(conn, [streams.account(person)])
        return cast("Account", found)


def local_of(request: Request) -> Local:
    """The one of this process."""
    running = running_of(request)
    known = getattr(request.app.state, "local", None)
    if not isinstance(known, Local) or known.running is not running:
        known = request.app.state.local = Local(running)
    return known


def demands_second(request: Request, person: Person) -> bool:
    """Whether an office that the person holds today demands a second factor."""
    demanding = running_of(request).settings.second_factor
    return any(office.role in demanding for office in person.offices_on(today_of(request)))


def personal(request: Request, person: Person) -> tuple[str, ...]:
    """What others know of a person, which makes no password."""
    return (
        person.id,
        person.name,
        person.nip,
        running_of(request).people.of(person.region).agency_name(person.agency),
    )
