"""The pool of connections to a service's database:
short waits, bounded statements, nothing that waits for ever.

Role: every query and every command of a service goes through it. Used by `sql.open_pool`.
Sources: docs/decisions/0015.

- A request waits shortly for a connection, and hardly at all while the database is known to be away.
- Who holds a connection must not ask for a second one: eight who do it at once wait for each other
  (`HeldTwice`, checked in tests).
- A server that is there and does not answer (stopped, frozen, behind a dead network) is asked over a second
  connection; when that gets no answer either, the connection is cut, so that whoever waits on it learns it
  within two seconds instead of never.
- A commit that waits for a replica which is away is no acknowledgement: after some seconds its connection is
  cut, and whoever gave the command is told that it waits. It is there as soon as the replica is. Who has time
  (`patiently`, and whoever may take as long as it takes) waits on, and is told why.
- Of several servers that an address names, the one that answered last is tried first.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import Any, ClassVar, Final, TypeVar

import structlog
from psycopg import AsyncConnection, Error, OperationalError
from psycopg.abc import PQGen
from psycopg_pool import AsyncConnectionPool

from shared.eventsourcing import several_servers
from shared.eventsourcing.several_servers import Place, Way, place_of

log = structlog.get_logger()
T = TypeVar("T")

KNOWN_AWAY_S: Final = 0.25
"""How long a request waits while the last attempts to connect got no answer."""

DOUBT_S: Final = 1.0
PROBE_S: Final = 0.7
CONNECT_S: Final = 2  # the least that libpq knows
RECONNECT_S: Final = 1.0
REPLICA_S: Final = 5.0
"""How long a commit may wait for a synchronous replica."""
_FOR_REPLICAS: Final = (
    b"SELECT pid FROM pg_stat_activity WHERE usename = current_user AND wait_event = 'SyncRep'"
)
Answer = frozenset[int] | None
"""What a server that is doubted says: which of our backends wait for a replica; None: nothing."""


class HeldTwice(RuntimeError):
    """A second connection was asked for while one of the same pool was held:
    with enough of us at once, all wait for each other.
    """


@dataclass(slots=True)
class _Held:
    """One connection in somebody's hands; a task that was started meanwhile sees when it is given back."""

    pool: int
    still: bool = True


_patient: ContextVar[Callable[[], None] | None] = ContextVar("patient", default=None)


@contextmanager
def patiently(told: Callable[[], None]) -> Iterator[None]:
    """What is committed in the block waits for a replica as long as it takes; `told` is called meanwhile."""
    before = _patient.set(told)
    try:
        yield
    finally:
        _patient.reset(before)


class ReplicaAway(OperationalError):
    """Nothing is committed now, because commits of this service wait for a replica."""


_held: ContextVar[tuple[_Held, ...]] = ContextVar("held", default=())


class PatientConnection(AsyncConnection[Any]):
    """A connection that cuts itself when its server stopped answering.
    `doubted` asks whether the server answers anybody.
    """

    doubted: "Callable[[Place], asyncio.Future[Answer]] | None" = None
    cut_for_replica: bool = True
    _told: Callable[[], None] | None = None
    _waits_for_replica: float | None = None

    async def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:  # noqa: ASYNC109  psycopg's signature
        """As psycopg's; a wait of a second begins to doubt."""
        if self.doubted is None or timeout is not None:
            return await super().wait(gen, interval, timeout)
        doubts = asyncio.get_running_loop().call_later(DOUBT_S, self._doubt)
        self._waiting, self._waits_for_replica, self._told = doubts, None, _patient.get()
        try:
            return await super().wait(gen, interval)
        finally:
            self._waiting.cancel()

    _waiting: asyncio.TimerHandle

    def _doubt(self) -> None:
        waiting = self._waiting
        if self.doubted is not None:
            self.doubted(place_of(self)).add_done_callback(lambda answer: self._judge(waiting, answer))

    def _judge(self, waiting: asyncio.TimerHandle, answer: "asyncio.Future[Answer]") -> None:
        if waiting is not self._waiting or waiting.cancelled() or answer.cancelled():
            return
        found = answer.result()
        if found is not None and not self._too_long(self.info.backend_pid in found):
            self._waiting = asyncio.get_running_loop().call_later(DOUBT_S, self._doubt)
            return
        log.warning("database-does-not-answer" if found is None else "commit-waits-for-a-replica")
        with suppress(OSError), socket.socket(fileno=os.dup(self.fileno())) as ours:
            # the other end of `wait` now reads an end, and psycopg says that the connection is lost
            ours.shutdown(socket.SHUT_RDWR)

    def _too_long(self, waits_for_replica: bool) -> bool:
        if not waits_for_replica:
            self._waits_for_replica = None
            return False
        if self._told is not None or not self.cut_for_replica:
            (self._told or (lambda: None))()
            return False
        if self._waits_for_replica is None:
            self._waits_for_replica = monotonic()
        return monotonic() - self._waits_for_replica >= REPLICA_S


class Pool(AsyncConnectionPool[PatientConnection]):
    """A pool as psycopg's, with the promises above.
    `strict` makes HeldTwice an error; without it it is only logged.
    """

    strict: ClassVar[bool] = False

    def __init__(
        self, url: str, *, size: int, wait_s: float, limits: "Limits", configure: Callable[[Any], Any]
    ) -> None:
        self._url, self._limits, self._more = url, limits, configure
        self._given_at = 0.0
        self._trying_since: float | None = None
        self._probes: dict[Place, asyncio.Future[Answer]] = {}
        self._way = Way(url)
        self.replica_away = False
        """Told by `replica_watch`; who would commit is refused by `refuse_without_replica` meanwhile."""
        super().__init__(
            conninfo=self._address,
            connection_class=PatientConnection,
            min_size=1,
            max_size=size,
            open=False,
            timeout=wait_s,
            configure=self._begin,
            reconnect_timeout=RECONNECT_S,
            kwargs={"autocommit": True, "connect_timeout": CONNECT_S},
        )

    @asynccontextmanager
    async def connection(self, timeout: float | None = None) -> AsyncIterator[PatientConnection]:  # noqa: ASYNC109  the pool's signature
        """A connection for a moment. Raises PoolTimeout (an OperationalError) when none is free in time,
        HeldTwice in tests.
        """
        mine = self._note_held()
        conn: PatientConnection | None = None
        try:
            async with super().connection(self._patience(timeout)) as conn:
                self._given_at = monotonic()
                yield conn
        except OperationalError:
            if conn is not None and conn.broken and not self.closed:
                await self.drain()  # the others are broken as well, most likely: a restart ended them all
            raise
        finally:
            mine.still = False

    def refuse_without_replica(self) -> None:
        """Raises ReplicaAway where a commit would only be one more that waits, and holds a connection."""
        if self.replica_away:
            raise ReplicaAway("commits wait for a replica of the database")

    async def close(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109  the pool's signature
        for probe in self._probes.values():
            probe.cancel()
        if self._probes:
            await asyncio.wait(self._probes.values())
        await super().close(timeout)

    def _note_held(self) -> _Held:
        held = tuple(one for one in _held.get() if one.still)
        if any(one.pool == id(self) for one in held):
            if self.strict:
                raise HeldTwice
            log.warning("connection-asked-for-while-one-is-held", stack_info=True)
        mine = _Held(id(self))
        _held.set((*held, mine))
        return mine

    def _patience(self, timeout: float | None) -> float | None:
        """Short when nothing answered since the last attempt to connect began,
        and nobody got a connection meanwhile.
        """
        now, since = monotonic(), self._trying_since
        if since is None or now - since < KNOWN_AWAY_S or now - self._given_at < DOUBT_S:
            return timeout
        return min(KNOWN_AWAY_S, self.timeout if timeout is None else timeout)

    def _address(self) -> str:
        if self._trying_since is None:
            self._trying_since = monotonic()
        return self._way()

    async def _begin(self, conn: PatientConnection) -> None:
        await conn.execute(
            b"SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[]) AS told(name, value)",
            self._limits.told,
        )
        self._more(conn)
        conn.doubted, conn.cut_for_replica = self._answers, self._limits.statement_s > 0
        await self._way.saw(conn)
        self._trying_since = None

    def _answers(self, place: Place) -> "asyncio.Future[Answer]":
        """What that server answers a newcomer; asked once for all who wonder at the same time."""
        probe = self._probes.get(place)
        if probe is None or probe.done():
            probe = self._probes[place] = asyncio.ensure_future(self._ask(place))
        return probe

    async def _ask(self, place: Place) -> Answer:
        try:
            async with asyncio.timeout(PROBE_S):
                conn = await AsyncConnection.connect(several_servers.only(self._url, place))
                async with conn:
                    return frozenset(pid for (pid,) in await (await conn.execute(_FOR_REPLICAS)).fetchall())
        except TimeoutError:
            return None
        except Error:
            return frozenset()  # it said something, be it that it is full


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a statement may run, wait for a lock, and how long a transaction may idle, in seconds;
    0: without end.
    """

    statement_s: float = 10.0
    lock_s: float = 3.0
    idle_s: float = 30.0

    @property
    def told(self) -> tuple[list[str], list[str]]:
        """The names and values of PostgreSQL's settings."""
        named = {
            "statement_timeout": self.statement_s,
            "lock_timeout": self.lock_s,
            "idle_in_transaction_session_timeout": self.idle_s,
        }
        return list(named), [str(int(seconds * 1000)) for seconds in named.values()]


UNBOUNDED: Final = Limits(statement_s=0, lock_s=0, idle_s=0)
"""For what may take as long as it takes: rebuilding, checking, exporting."""


def pool_numbers(pool: AsyncConnectionPool[Any]) -> dict[str, float]:
    """What a pool counts, by names of ours."""
    stats = pool.get_stats()
    size, free = stats.get("pool_size", 0), stats.get("pool_available", 0)
    return {
        "pool_used": size - free,
        "pool_free": free,
        "pool_waiting": stats.get("requests_waiting", 0),
        "pool_requests": stats.get("requests_num", 0),
        "pool_waits": stats.get("requests_queued", 0),
        "pool_wait_seconds": stats.get("requests_wait_ms", 0) / 1000,
        "pool_refused": stats.get("requests_errors", 0),
    }
