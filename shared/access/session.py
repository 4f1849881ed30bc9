"""Sessions live at the server: a cookie or bearer token is a random id,
and the database `access` says whose it is and until when.

No role stands in a session: offices are looked up at every request, so that one that ended yesterday opens
nothing today. The database keeps only the SHA-256 of an id; its clock alone decides. A process remembers an
answer for at most a second, so that signing out at one service counts at all of them within two.
"""

import asyncio
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

COOKIE = "jejak_session"
MEMORY_S = 1.0
PATIENCE_S = 1.5
CONNECTIONS = 4
_REMEMBERED = 10_000
_ID = re.compile(r"[A-Za-z0-9_-]{43}")

log = structlog.get_logger()


class AccessAway(Exception):
    """The access database does not answer: who somebody is cannot be told now,
    which is not the same as nobody.
    """


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has not ended. `id` is the secret that its person's browser or program holds."""

    id: str = field(repr=False)
    person: str
    ends_at: datetime

    @property
    def form_token(self) -> str:
        """What forms of this session's pages carry; whoever has it cannot tell the id from it."""
        return hmac.new(self.id.encode(), b"form", "sha256").hexdigest()


def digest_of(session_id: str) -> bytes:
    """What the database knows of an id."""
    return hashlib.sha256(session_id.encode()).digest()


class Sessions:
    """The sessions as one process sees them, with the rights of the role in `url`.
    Use between `open` and `close`.
    """

    def __init__(
        self, url: str, *, idle: timedelta, longest: timedelta, patience: float = PATIENCE_S
    ) -> None:
        self.idle, self.longest, self._patience = idle, longest, patience
        self._pool = AsyncConnectionPool(
            url,
            min_size=0,
            max_size=CONNECTIONS,
            open=False,
            timeout=patience,
            kwargs={"autocommit": True, "connect_timeout": 2},
        )
        self._known: dict[bytes, tuple[Session, float]] = {}
        self._said_away = float("-inf")

    async def open(self) -> None:
        """Does not wait for the database: a service starts without it, and answers 503 until it is there."""
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    async def start(self, person: str) -> Session:
        """A new session for this person, with an id that nobody can have known before. Raises AccessAway."""
        session_id = secrets.token_urlsafe(32)
        values = {
            "digest": digest_of(session_id),
            "person": person,
            "idle": self.idle,
            "longest": self.longest,
        }
        row = await self._ask(b"SELECT start_session(%(digest)s, %(person)s, %(idle)s, %(longest)s)", values)
        assert row is not None
        return Session(session_id, person, row[0])

    async def find(self, session_id: str) -> Session | None:
        """The session of this id, None where there is none (any more). Raises AccessAway."""
        if not _ID.fullmatch(session_id):
            return None
        digest, asked_at = digest_of(session_id), time.monotonic()
        remembered = self._known.get(digest)
        if remembered is not None and asked_at < remembered[1]:
            return remembered[0]
        row = await self._ask(b"SELECT person, ends_at FROM look_up_session(%(digest)s)", {"digest": digest})
        if row is None:
            self._known.pop(digest, None)
            return None
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        found = Session(session_id, *row)
        self._known[digest] = (found, asked_at + MEMORY_S)
        return found

    async def end(self, session_id: str) -> None:
        """From now on nobody is signed in by this id. Raises AccessAway, and then it may go on."""
        digest = digest_of(session_id)
        await self._ask(b"SELECT end_session(%(digest)s)", {"digest": digest})
        self._known.pop(digest, None)

    async def check(self) -> Mapping[str, Any]:
        """For health: whether sessions can be looked up."""
        try:
            await self._ask(b"SELECT person FROM look_up_session(%(digest)s)", {"digest": bytes(32)})
        except AccessAway as away:
            return {"ok": False, "cause": str(away)}
        return {"ok": True}

    async def ask(self, question: bytes, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """One row of the access database, for what else it knows. Raises AccessAway."""
        return await self._ask(question, values)

    async def _ask(self, question: bytes, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        try:
            async with asyncio.timeout(self._patience):
                try:
                    return await self._asked(question, values)
                except psycopg.OperationalError:
                    # after a restart of the server every connection that was kept is a dead one
                    await self._pool.check()
                    return await self._asked(question, values)
        except (psycopg.Error, PoolTimeout, PoolClosed, TimeoutError) as error:
            cause = type(error).__name__
            if time.monotonic() - self._said_away > 5:
                self._said_away = time.monotonic()
                log.warning("access-away", cause=cause, detail=str(error)[:200])
            raise AccessAway(cause) from error

    async def _asked(self, question: bytes, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        async with self._pool.connection() as conn:
            row: tuple[Any, ...] | None = await (await conn.execute(question, values)).fetchone()
            return row
