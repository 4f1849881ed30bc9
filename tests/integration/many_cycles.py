"""What the other services say about many cycles, and a room that takes it in from
several hands at once while somebody rebuilds it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from deploy.local.postgres.databases import Database
from services.archive.domain.archive_item import FileHardCopy
from services.archive.log import reaction as archive_reaction
from services.intake.domain.agency import RegisterAgency
from services.intake.domain.cycle import OpenCycle
from services.intake.domain.settings import OverrideDay
from shared.contracts.intake import StepStarted
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor, Row
from shared.messaging.envelope import Received, received
from shared.messaging.receiving.transaction import Reaction, advance
from shared.room import Running
from shared.service_names import SERVICES
from shared.sop.definition import CURRENT
from shared.transport import reaction_of
from tests.support import events
from tests.support.applications import application, migrated
from tests.support.events import CYCLE
from tests.support.rooms import own_rows
from tests.support.steps import KEY

HANDS = 4
START = datetime(2026, 2, 17, tzinfo=UTC)
WULAN = Actor(person="wulan", role="tim_spm", agency="tapem")


OF_ALL = ("certificate-", "replay-")
"""Streams of the whole installation, whatever they are called here: one certificate at a time."""


def told(cycles: int) -> list[tuple[str, Row]]:
    """(source, row) of everything that happens in many cycles, cycle after cycle;
    every source counts its positions.
    """
    said: list[tuple[str, Row]] = []
    positions, versions = dict.fromkeys(SERVICES, 0), dict[tuple[str, str], int]()
    for number in range(cycles):
        cycle = f"{3402 + number}-2026"
        for source, stream, event in [*events.happened(), *steps_begun()]:
            if number and (CYCLE not in stream or stream.startswith(OF_ALL)):
                continue
            at = source, stream.replace(CYCLE, cycle)
            positions[source] += 1
            versions[at] = versions.get(at, 0) + 1
            when = START + timedelta(seconds=positions[source])
            place = {"position": positions[source], "at": when, "actor": WULAN, "case": cycle}
            row = events.row_of(events.recorded(event, at[1], versions[at], **place))
            said.append((source, row._replace(data=row.data.replace(CYCLE, cycle))))
    return said


def steps_begun() -> Iterator[tuple[str, str, object]]:
    """Steps that open a document or a dispatch."""
    for number in (4, 9, 10, 12):
        yield "intake", f"step-{CYCLE}-{number:02}", events.made(StepStarted, step=KEY[number])


def person_acts(service: str, number: int) -> Order | None:
    """Something that a person of the service does again and again."""
    said: dict[str, Any] = {"by": "bagus", "occurred_on": date(2026, 1, 5)}
    if service == "intake" and number % 3:
        agency = f"dinas_{number % 5}"
        names = {"agency": agency, "name": f"Dinas {number}", "short_name": f"D{number}"}
        return Order(stream=f"agency-{agency}", command=RegisterAgency(**names, **said), case_id="settings")
    if service == "intake":
        holiday = {"kind": "holiday", "name": f"Libur {number}", "source": "SKB"}
        day = date(2026, 3, 2) + timedelta(days=7 * (number % 40))
        command = OverrideDay(day=day, **holiday, **said)
        return Order(stream="settings-calendar", command=command, case_id="settings")
    if service == "archive":
        cycle = f"{3402 + number % 3}-2026"
        place = {"cycle": cycle, "location": f"Rak {number}", "copies": 1}
        paper = FileHardCopy(**place, by="tri", occurred_on=date(2026, 2, 17))
        return Order(stream=f"cyclefile-{cycle}", command=paper, case_id=cycle)
    return None


@dataclass
class Busy:
    """A room under way. `errors` is what a person would have been told other than by a rule."""

    name: str
    running: Running
    reaction: Reaction
    said: Sequence[tuple[str, Row]]
    going: bool = True
    taken: int = 0
    acted: int = 0
    errors: list[str] = field(default_factory=list)

    async def feed(self, source: str, after: int) -> AsyncIterator[Sequence[Row]]:
        """Everything that a source said, consumed or not."""
        rows = [row for whose, row in self.said if whose == source and row.position > after]
        for at in range(0, len(rows), 500):
            yield rows[at : at + 500]

    async def open_cycles(self, cycles: int) -> None:
        """The cycles that the others will speak of."""
        for number in range(cycles):
            region = str(3402 + number)
            names = {"region": region, "region_name": "x", "year": 2026}
            days = {"report_due": date(2027, 3, 31), "occurred_on": date(2026, 1, 5)}
            opening = OpenCycle(**names, **days, sop=CURRENT, by="bagus")
            order = Order(stream=f"cycle-{region}-2026", command=opening, case_id=f"{region}-2026")
            await self.running.handler.handle(order, actor=WULAN, command_id=uuid4())

    async def listen(self, hand: int) -> None:
        """Takes in what the others say of every fourth cycle, in order;
        a stream that a rule refuses stays where it is.
        """
        for source, row in self.said:
            if not self.going:
                return
            if source != self.name and int(row.case_id[:4]) % HANDS == hand:
                await self._take(received(source, row))

    async def follow(self) -> None:
        """Takes its own events in, as the consumer of its own topic does."""
        after = 0
        while self.going:
            for row in await own_rows(self.running, after):
                await self._take(received(self.name, row))
                after = row.position
            await asyncio.sleep(0.01)

    async def act(self, hand: int) -> None:
        """What persons do meanwhile."""
        number = hand
        while self.going and (order := person_acts(self.name, number)) is not None:
            await self._without_error(
                lambda order=order: self.running.handler.handle(order, actor=WULAN, command_id=uuid4())
            )
            number += HANDS
            self.acted += 1

    async def _take(self, event: Received) -> None:
        await self._without_error(lambda: advance(self.running.pool, self.reaction, [event]))
        self.taken += 1

    async def _without_error(self, work: Callable[[], object]) -> None:
        try:
            await work()  # type: ignore[misc]  # whatever it is, it is awaited
        except Refused:
            return
        except Exception as error:  # noqa: BLE001  whatever it is, a person would have been told
            self.errors.append(repr(error))


@asynccontextmanager
async def busy_room(name: str, database: Database, cycles: int) -> AsyncIterator[Busy]:
    """A room that hears from four hands at once and acts; it ends its work before it is closed."""
    migrated(name, database)
    async with application(name, database) as app:
        running: Running = app.state.running
        reaction = archive_reaction.reaction(running) if name == "archive" else reaction_of(running)
        busy = Busy(name, running, reaction, told(cycles))
        if name == "intake":
            await busy.open_cycles(cycles)
        work = [
            asyncio.create_task(task) for hand in range(HANDS) for task in (busy.listen(hand), busy.act(hand))
        ]
        work.append(asyncio.create_task(busy.follow()))
        try:
            yield busy
        finally:
            busy.going = False
            await asyncio.gather(*work)
