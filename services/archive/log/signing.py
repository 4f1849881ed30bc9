"""Signing: the task that signs the log as soon as an event of archive was logged,
otherwise every few seconds; and what routes ask of it.

SOP step 13, and every step before it. Previous hop: `log/reaction.py`, a route that wants the newest.
Next hop: `log/checkpoints.py`, which keeps notes; `log/witness.py`, which keeps a copy outside the database.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog
from fastapi import Request
from psycopg import Error

from services.archive.domain.checkpoint import Checkpoint, Signer
from services.archive.log import checkpoints
from services.archive.log.checkpoints import Inconsistent, Signed
from services.archive.log.witness import Witness
from shared.eventsourcing.sql import Pool
from shared.troubles import Troubles
from shared.web.problems.shape import NotFound
from shared.web.running import running_of
from shared.web.words.i18n import later

log = structlog.get_logger()

EVERY_S = 3.0
TROUBLE = "checkpoint-refused"
SENTENCE = later(
    "Log audit bukan lagi yang pernah ditandatangani; titik periksa baru tidak dibuat sampai seseorang "
    "memeriksanya."
)


class Signing:
    """The task that signs. `soon` is called after events of archive were logged;
    `show` with each checkpoint that this process signed.
    """

    def __init__(
        self,
        pool: Pool,
        signer: Signer,
        *,
        witness: Witness,
        troubles: Troubles,
        every: float = EVERY_S,
        show: Callable[[Signed], None] = lambda _: None,
    ) -> None:
        self._pool, self._signer, self._every, self._wake = pool, signer, every, asyncio.Event()
        self.witness, self._troubles, self._show = witness, troubles, show
        self.key = signer.key
        self.newest: Signed | None = None
        self.refused = ""

    def soon(self) -> None:
        self._wake.set()

    def note(self, text: str) -> str:
        """A text that ends with a line break, as a note that the log's key signed."""
        return self._signer.note(text)

    async def now(self) -> Signed | None:
        """Signs at once; answers the newest checkpoint.
        Raises Inconsistent when the log is not what was signed: then nothing is signed.

        What this process signed itself is remembered as well as what the witness saw.
        """
        seen: list[Checkpoint | Signed] = [
            one for one in (self.witness.newest, self.newest) if one is not None
        ]
        try:
            async with self._pool.connection() as conn:
                signed = await checkpoints.sign(
                    conn, self._signer, max(seen, key=lambda one: one.size, default=None)
                )
        except Inconsistent as error:
            self.refused = str(error)
            self._troubles.report(TROUBLE, SENTENCE, str(error))
            raise
        self.refused, self.newest = "", signed or self.newest
        self._troubles.clear(TROUBLE)
        if signed:
            self._show(signed)
        return signed

    async def run(self) -> None:
        """Signs for ever; a database outage is waited for.
        Where the log is not what was signed, nothing is, and it is looked at again.
        """
        while True:
            self._wake.clear()
            try:
                await self.witness.ask()
                signed = await self.now()
                if signed is not None:
                    await self.witness.keep(signed.size, signed.note)
            except Error as error:
                log.warning("checkpoint-waits", error=type(error).__name__)
            except Inconsistent:
                log.debug("checkpoint-refused")  # the trouble says it, once
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._every)


def signing_of(request: Request) -> Signing:
    """What signs in this process; it knows the public key, the newest checkpoint,
    and why none may be signed.
    """
    signing: Signing = request.app.state.signing
    return signing


async def signed_of(request: Request, size: int | None = None) -> Signed:
    """The checkpoint of this size, else the newest. Raises NotFound while there is none.
    The caller holds no connection.
    """
    found = await newest_of(request) if size is None else await _kept(request, size)
    if found is None:
        raise NotFound
    return found


async def newest_of(request: Request) -> Signed | None:
    """A fresh checkpoint; the last that was signed where nothing may be signed;
    None while the log is empty.
    """
    try:
        return await signing_of(request).now()
    except Inconsistent:
        return await _kept(request, None)


async def _kept(request: Request, size: int | None) -> Signed | None:
    async with running_of(request).pool.connection() as conn:
        return await (checkpoints.latest(conn) if size is None else checkpoints.of_size(conn, size))
