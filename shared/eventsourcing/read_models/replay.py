"""Events folded into read models in memory, in as many passes as it takes to catch up with a running service.

Role: the reading half of a rebuild. Previous hop: the own store and the feeds of the sources. Next hop:
`shadow.py` with the rows, `versions.py` with what each commit changed.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.contracts.registry import UnknownEvent
from shared.eventsourcing import store
from shared.eventsourcing.read_models.changes import Change, Project
from shared.eventsourcing.read_models.projector import Fold
from shared.eventsourcing.recorded import Recorded, Row, decode_row
from shared.eventsourcing.sql import Connection

ForeignPages = Callable[[str, int], AsyncIterator[Sequence[Row]]]
"""(source, after position) → pages of settled rows."""

_PAGE = 100


class Told(NamedTuple):
    """What an event changed, and which event it was."""

    source: str
    stream: str
    version: int
    position: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event that no version can read, or that no projection can take, and why."""

    source: str
    stream: str
    version: int
    why: str


async def own_events(conn: Connection, after: int) -> AsyncIterator[Sequence[Row]]:
    """Pages of the service's own settled events.
    The server goes on sending while the caller works on a page.
    """
    async for page in _pages(conn, after, await store.settled(conn)):
        yield page


async def _pages(conn: Connection, after: int, upto: int) -> AsyncIterator[Sequence[Row]]:
    page = list[Row]()
    async for row in store.stream(conn, after=after, upto=upto, size=_PAGE):
        page.append(row)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page


class Replay:
    """Folds events into read models in memory, in as many passes as it takes to catch up; with `remembering`
    what each changed is in `told`.
    """

    def __init__(self, source: str, project: Project, *, remembering: bool = False) -> None:
        self.fold, self.events, self.unreadable = Fold(), 0, list[Unreadable]()
        self.told: list[Told] | None = [] if remembering else None
        self._source, self._project = source, project
        self._after: dict[str, int] = {}
        self._beyond = set[int]()
        self._ahead: dict[str, list[Recorded]] = {}
        self._asked: dict[str, dict[str, int]] = {}

    async def own(self, conn: Connection) -> None:
        """Takes in what the service itself recorded and what is settled: the long part."""
        async for rows in own_events(conn, self._after.get(self._source, 0)):
            self._after[self._source] = rows[-1].position
            self._add(self._read(self._source, rows))

    async def own_visible(self, conn: Connection) -> None:
        """Takes in everything else that this transaction sees:
        what commits later at an earlier position, the next look finds.
        """
        async for rows in _pages(conn, self._after.get(self._source, 0), 2**62):
            fresh = [row for row in rows if row.position not in self._beyond]
            self._beyond.update(row.position for row in fresh)
            self._add(self._read(self._source, fresh))

    async def ask(self, conn: Connection, source: str, feed: ForeignPages) -> None:
        """Asks a source for what it recorded since the last time;
        of that, `foreign` takes in what this service has consumed.
        """
        asked = await self._reached(conn, source)
        recorded = self._ahead.setdefault(source, [])
        async for rows in feed(source, self._after.get(source, 0)):
            self._after[source] = rows[-1].position
            recorded += self._read(source, rows)
            for row in rows:
                asked[row.stream] = max(row.version, asked.get(row.stream, 0))
        self._asked[source] = asked

    async def foreign(self, conn: Connection, source: str) -> bool:
        """Takes in what `source` told and this service has consumed;
        what it has not consumed yet waits for the next pass.

        False when more was consumed than the source was asked for:
        then nothing was taken in, and it must be asked again.
        """
        taken, asked = await self._reached(conn, source), self._asked.get(source, {})
        if any(version > asked.get(stream, 0) for stream, version in taken.items()):
            return False
        recorded = self._ahead.pop(source, [])
        self._add([event for event in recorded if event.version <= taken.get(event.stream, 0)])
        self._ahead[source] = [event for event in recorded if event.version > taken.get(event.stream, 0)]
        return True

    async def _reached(self, conn: Connection, source: str) -> dict[str, int]:
        found = await conn.execute(b"SELECT stream, version FROM cursor WHERE source = %s", (source,))
        return dict(await found.fetchall())

    def _read(self, source: str, rows: Sequence[Row]) -> list[Recorded]:
        """The events of these rows; one that cannot be read is noted, so that the rest is compared all the
        same.
        """
        found = []
        for row in rows:
            try:
                found.append(decode_row(source, row))
            except UnknownEvent as reason:
                self.unreadable.append(Unreadable(source, row.stream, row.version, str(reason)))
        return found

    def _add(self, recorded: Sequence[Recorded]) -> None:
        for event in recorded:
            try:
                changes = tuple(self._project(event))
            except Exception as reason:  # noqa: BLE001  the check would die of what somebody put there; it is told
                self.unreadable.append(Unreadable(event.source, event.stream, event.version, repr(reason)))
            else:
                self.fold.add(changes)
                if self.told is not None and changes:
                    self.told.append(Told(event.source, event.stream, event.version, event.position, changes))
        self.events += len(recorded)
