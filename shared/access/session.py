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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from shared.eventsourcing.several_servers import Way

COOKIE = "jejak_session"
MEMORY_S = 1.0
PATIENCE_S = 1.5
CONNECTIONS = 4
_REMEMBERED = 10_000
_Values = Mapping[str, Any] | Sequence[Any]
_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_LOOK_UP = b"""
    SELECT person, ends_at
    FROM set_config('synchronous_commit', 'local', true), look_up_session(%(digest)s)"""
"""When somebody was seen last need not be with a replica before he may go on reading."""

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


class EndedMeanwhile(Exception):
    """The provider has ended what this session would rest on, while it was being begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """How somebody came in: `device` in short, `way` as `shared.access.login` calls it; by a provider also
    its `login` and the provider's session, both by their digests, and when it said so by its own clock.
    """

    device: str = ""
    way: str = "development"
    login: str = ""
    provider_session: str = ""
    issued_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A session as its person sees it. `handle` names it and opens nothing; `here`: the one that asks."""

    handle: UUID
    device: str
    way: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    here: bool


def digest_of(session_id: str) -> bytes:
    """What the database knows of an id."""
    return hashlib.sha256(session_id.encode()).digest()


_UNTOLD = Entered()


class Sessions:
    """The sessions as one process sees them, with the rights of the role in `url`.
    Use between `open` and `close`.
    """

    def __init__(
        self, url: str, *, idle: timedelta, longest: timedelta, patience: float = PATIENCE_S
    ) -> None:
        self.idle, self.longest, self._patience = idle, longest, patience
        way = Way(url)
        self._pool = AsyncConnectionPool(
            way,
            configure=way.saw,
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

    async def start(self, person: str, entered: Entered = _UNTOLD) -> Session:
        """A new session for this person, with an id that nobody can have known before.
        Raises AccessAway, EndedMeanwhile.
        """
        session_id = secrets.token_urlsafe(32)
        given = (digest_of(session_id), person, self.idle, self.longest)
        how = (entered.device, entered.way, entered.login, entered.provider_session, entered.issued_at)
        row = await self._ask(b"SELECT start_session(%s, %s, %s, %s, %s, %s, %s, %s, %s)", (*given, *how))
        if row is None or row[0] is None:
            raise EndedMeanwhile
        return Session(session_id, person, row[0])

    async def find(self, session_id: str) -> Session | None:
        """The session of this id, None where there is none (any more). Raises AccessAway."""
        if not _ID.fullmatch(session_id):
            return None
        digest, asked_at = digest_of(session_id), time.monotonic()
        remembered = self._known.get(digest)
        if remembered is not None and asked_at < remembered[1]:
            return remembered[0]
        row = await self._ask(_LOOK_UP, {"digest": digest})
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

    async def of(self, person: str, mine: str = "") -> Sequence[Shown]:
        """The sessions of a person; that of the id `mine` comes first. Raises AccessAway."""
        rows = await self._ask_all(b"SELECT * FROM sessions_of(%s, %s)", (person, digest_of(mine)))
        names = ("handle", "device", "way", "started_at", "seen_at", "ends_at", "here")
        return [Shown(**dict(zip(names, row, strict=True))) for row in rows]

    async def end_of(self, person: str, one: UUID | None = None, *, kept: str = "") -> int:
        """Ends one session of a person, or all but that of the id `kept`; how many. Raises AccessAway."""
        return await self._ended(b"SELECT end_sessions_of(%s, %s, %s)", (person, one, digest_of(kept))) or 0

    async def end_of_login(self, login: str) -> int:
        """Ends whatever came in by this login. How many ended. Raises AccessAway."""
        return await self._ended(b"SELECT end_sessions_of_login(%s)", (login,)) or 0

    async def provider_signs_out(
        self, message: bytes, login: str, provider_session: str, issued_at: int, keep: timedelta
    ) -> int | None:
        """Ends what a provider says is over: one of its sessions, or everything of a login that it issued
        until then. None where this very message was heard before. Raises AccessAway.
        """
        values = (message, login, provider_session, issued_at, keep)
        return await self._ended(b"SELECT provider_signs_out(%s, %s, %s, %s, %s)", values)

    async def _ended(self, question: bytes, values: Sequence[Any]) -> int | None:
        row = await self._ask(question, values)
        self._known.clear()
        return None if row is None else row[0]

    async def check(self) -> Mapping[str, Any]:
        """For health: whether sessions can be looked up."""
        try:
            await self._ask(b"SELECT person FROM look_up_session(%(digest)s)", {"digest": bytes(32)})
        except AccessAway as away:
            return {"ok": False, "cause": str(away)}
        return {"ok": True}

    async def ask(self, question: bytes, values: _Values) -> tuple[Any, ...] | None:
        """One row of the access database, for what else it knows. Raises AccessAway."""
        return await self._ask(question, values)

    async def ask_all(self, question: bytes, values: _Values) -> list[tuple[Any, ...]]:
        """All rows. Raises AccessAway."""
        return await self._ask_all(question, values)

    async def _ask(self, question: bytes, values: _Values) -> tuple[Any, ...] | None:
        rows = await self._ask_all(question, values)
        return rows[0] if rows else None

    async def _ask_all(self, question: bytes, values: _Values) -> list[tuple[Any, ...]]:
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

    async def _asked(self, question: bytes, values: _Values) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as conn:
            return await (await conn.execute(question, values)).fetchall()
