"""Workers and web processes of one service: what the ones say of themselves,
so that the others can say it on `/ready` and *Macet*.

Role: an installation may run `web` and `worker` apart (docs/operations); whoever looks asks a web process,
and what is stuck is in a worker. Previous hop: the troubles and checks of a working process.
Next hop: `shared.web.watched.health` and the page *Macet* of a process that only serves.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
import structlog
from psycopg import Error

from shared import counted
from shared.eventsourcing.pool import pool_numbers
from shared.eventsourcing.sql import Pool
from shared.sentences import later
from shared.troubles import Trouble, Troubles

log = structlog.get_logger()

EVERY_S: Final = 2.0
SILENT_S: Final = 15.0
SILENT: Final = later(
    "Proses yang mengolah peristiwa tidak terdengar; kabar dari layanan lain tidak masuk sampai ia berjalan "
    "lagi."
)
SAME_NAME: Final = later(
    "Dua proses pengolah memakai nama yang sama ({node}) dan saling menghentikan; beri yang satu "
    "JEJAK_NODE lain."
)
Check = Callable[[], Awaitable[Mapping[str, Any]]]

_TELL: Final = b"""
    WITH gone AS (DELETE FROM worker WHERE at < now() - interval '1 day')
    INSERT INTO worker (node, at, state) VALUES (%s, now(), %s::jsonb) ON CONFLICT (node) DO UPDATE
    SET at = now(), state = excluded.state"""
_WHO: Final = b"SELECT state->>'process' FROM worker WHERE node = %s"
_HEAR: Final = (
    b"SELECT node, at, state::text, at > now() - make_interval(secs => %s) FROM worker ORDER BY node"
)


class State(msgspec.Struct, frozen=True):
    """What a worker says of itself. `numbers`: what it counts, which no earlier version said."""

    checks: dict[str, Any]
    troubles: list[Trouble]
    process: str = ""
    numbers: dict[str, float] = {}


class Telling:
    """A working process says every few seconds how it is;
    where its database is away, the others notice that by themselves. It notices another of the same name,
    which a group of workers takes for the same one.
    """

    def __init__(self, pool: Pool, node: str, checks: Mapping[str, Check], troubles: Troubles) -> None:
        self._pool, self._node, self._checks, self._troubles = pool, node, checks, troubles
        self._process, self._others = secrets.token_hex(8), -1

    async def run(self) -> None:
        """Runs until cancelled."""
        await _again_and_again(self.once, "worker-not-told")

    async def once(self) -> None:
        """Says it now."""
        told = {name: dict(await check()) for name, check in self._checks.items()}
        numbers = {"conflicts": counted.conflicts(), **pool_numbers(self._pool)}
        async with self._pool.connection() as conn:
            found = await (await conn.execute(_WHO, (self._node,))).fetchone()
            self._notice(str(found[0] or "") if found else "")
            state = State(told, self._troubles.listed(), self._process, numbers)
            await conn.execute(_TELL, (self._node, msgspec.json.encode(state).decode()))

    def _notice(self, last: str) -> None:
        """Who told last under our name: at first whoever had it before, and after that only we, unless there
        are two. Once is none yet: one that ends may still say so.
        """
        self._others = self._others + 1 if self._others < 0 or last != self._process else 0
        if self._others > 1:
            self._troubles.report(
                "node", SAME_NAME, f"another worker calls itself {self._node}", node=self._node
            )
        else:
            self._troubles.clear("node")


class Hearing:
    """What a process that only serves last heard of the workers of its service."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._silent = Troubles()
        self._state: dict[str, tuple[datetime, State]] = {}

    async def run(self) -> None:
        """Runs until cancelled."""
        await _again_and_again(self.once, "workers-not-heard")

    async def once(self) -> None:
        """Looks now."""
        async with self._pool.connection() as conn:
            rows = await (await conn.execute(_HEAR, (SILENT_S,))).fetchall()
        self._state = {
            node: (at, msgspec.json.decode(state, type=State)) for node, at, state, fresh in rows if fresh
        }
        if self._state:
            self._silent.clear("worker")
        else:
            last = max((at for _, at, _, _ in rows), default=None)
            self._silent.report(
                "worker",
                SILENT,
                f"the last one said something at {last.isoformat()}" if last else "none has ever run",
            )

    def troubles(self) -> list[Trouble]:
        """What is wrong in the workers, or that there are none."""
        return [
            *self._silent.listed(),
            *(trouble for _, state in self._state.values() for trouble in state.troubles),
        ]

    async def check(self) -> Mapping[str, Any]:
        """For the readiness answer. A web process can serve whatever the workers do,
        so it is ready all the same.
        """
        told = {
            node: {"at": at.isoformat(), **{name: getattr(state, name) for name in ("checks", "numbers")}}
            for node, (at, state) in self._state.items()
        }
        return {"ok": True, "workers": told}


async def _again_and_again(once: Callable[[], Awaitable[None]], failed: str) -> None:
    """Does it every few seconds; a database that is away is told elsewhere."""
    while True:
        try:
            await once()
        except Error as error:
            log.info(failed, error=type(error).__name__)
        except Exception:
            log.exception(failed)
        await asyncio.sleep(EVERY_S)
