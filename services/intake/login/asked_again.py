"""Asks providers again, every few minutes, whether who is signed in is still somebody there; whoever is not,
since the provider says so, is signed out here in all four services within two seconds.

Serves every SOP step. Previous hop: `login/admitting.py`, which keeps what a provider gave for that. Next
hop: the provider's token endpoint (RFC 6749, 6). One that is away, slow or wrong keeps everybody in.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final, NamedTuple

import structlog
from fastapi import FastAPI

from shared.access.oidc.asking import Asking, CodeRefused, ProviderAway
from shared.access.oidc.attempt import Seal
from shared.access.session import AccessAway, Sessions, digest_of
from shared.background import in_background
from shared.room import Running

LOOK_S: Final = 20.0
MOST: Final = 20
LONGEST: Final = 8_000
log = structlog.get_logger()


class Grant(NamedTuple):
    """What a provider gave to be asked with again; empty where it gives none."""

    provider: str
    secret: str

    def __repr__(self) -> str:
        return f"Grant({self.provider})"


async def keep(sessions: Sessions, seal: Seal, session_id: str, grant: Grant) -> None:
    """Keeps it sealed for as long as the session lasts. Raises AccessAway."""
    if grant.secret and len(grant.secret) <= LONGEST:
        await _keep(sessions, seal, digest_of(session_id), grant)


async def _keep(sessions: Sessions, seal: Seal, digest: bytes, grant: Grant) -> None:
    values = {"digest": digest, "sealed": seal.closed("\n".join(grant))}
    await sessions.ask(b"SELECT keep_grant(%(digest)s, %(sealed)s)", values)


class AskedAgain:
    """What a process of intake that works does about who came in by a provider, over and over."""

    def __init__(self, running: Running, providers: Mapping[str, Asking], seal: Seal) -> None:
        self._sessions, self._providers, self._seal = running.sessions, providers, seal
        self._after = running.settings.oidc_recheck

    async def run(self) -> None:
        while True:
            try:
                while await self.once(self._after) == MOST:
                    continue
            except AccessAway as away:
                log.info("not-asked-again", cause=str(away))
            await asyncio.sleep(LOOK_S)

    async def once(self, after: timedelta) -> int:
        """Asks about those that were used since they were asked about, so long ago; how many.
        Raises AccessAway.
        """
        values = {"after": after, "most": MOST}
        row = await self._sessions.ask(b"SELECT take_grants(%(after)s, %(most)s)", values)
        due: list[tuple[str, str]] = row[0] if row else []
        await asyncio.gather(*(self._ask(bytes.fromhex(digest), sealed) for digest, sealed in due))
        return len(due)

    async def _ask(self, digest: bytes, sealed: str) -> None:
        grant = Grant(*self._seal.opened(sealed).partition("\n")[::2])
        asking = self._providers.get(grant.provider)
        if asking is None:
            return
        try:
            secret = await asking.still(grant.secret)
        except ProviderAway:
            return  # told where it is noticed
        except CodeRefused:
            await self._sessions.ask(b"SELECT end_session(%(digest)s)", {"digest": digest})
            log.info("provider-says-over", at=grant.provider)
            return
        if len(secret) <= LONGEST:
            await _keep(self._sessions, self._seal, digest, Grant(grant.provider, secret))


@asynccontextmanager
async def asking_again(app: FastAPI, running: Running, works: bool) -> AsyncIterator[None]:
    """In a process that works, where there are providers."""
    if not works or not app.state.providers:
        yield
        return
    async with in_background(AskedAgain(running, app.state.providers, app.state.seal).run()):
        yield
