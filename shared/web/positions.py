"""Position tokens: a command's answer says how far the record went, a query waits until it can see that far.

`intake:submission-3402-2026-dinkes-tahunan@7` is (source, stream, version); several are joined by commas.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from shared.eventsourcing.sql import Connection, Pool

HEADER = "Jejak-Position"
COOKIE = "jejak_posisi"
_TOKEN = re.compile(r"(?P<source>[a-z]+):(?P<stream>[a-z0-9._-]{1,200})@(?P<version>[0-9]{1,9})")
_MOST = 8


class PositionInvalid(Exception):
    """A Jejak-Position header that is no list of position tokens."""


class NotYetThere(Exception):
    """The read models had not reached the asked position when the time was up."""


@dataclass(frozen=True, slots=True)
class Position:
    source: str
    stream: str
    version: int

    def __str__(self) -> str:
        return f"{self.source}:{self.stream}@{self.version}"


def parse(text: str) -> tuple[Position, ...]:
    """The positions that a header names. Raises PositionInvalid."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = [_TOKEN.fullmatch(part) for part in parts]
    if len(parts) > _MOST or not all(found):
        raise PositionInvalid(text[:80])
    return tuple(
        Position(match["source"], match["stream"], int(match["version"])) for match in found if match
    )


async def reached(conn: Connection, positions: Sequence[Position], *, own: str) -> bool:
    """Whether this service has recorded (own source) or taken in (other
    sources) everything up to the positions.
    """
    for position in positions:
        if position.version == 0:
            continue
        statement = (
            b"SELECT EXISTS (SELECT FROM event WHERE stream = %(stream)s AND version >= %(version)s)"
            if position.source == own
            else (
                b"SELECT EXISTS (SELECT FROM cursor WHERE source = %(source)s AND stream = %(stream)s AND "
                b"version >= %(version)s)"
            )
        )
        cursor = await conn.execute(
            statement, {"source": position.source, "stream": position.stream, "version": position.version}
        )
        row = await cursor.fetchone()
        if row is None or not row[0]:
            return False
    return True


async def wait_for(pool: Pool, positions: Sequence[Position], *, own: str, limit: float) -> None:
    """Returns when the positions are reached. Raises NotYetThere after `limit` seconds.

    No connection is held between looks: what is waited for needs one itself.
    """
    ends, pause = monotonic() + limit, 0.005
    while True:
        async with pool.connection() as conn:
            if await reached(conn, positions, own=own):
                return
        if monotonic() + pause > ends:
            raise NotYetThere(", ".join(map(str, positions)))
        await asyncio.sleep(pause)
        pause = min(pause * 1.6, 0.1)
