"""Many persons and offices at once: looked over line by line before anything happens, then taken in whole.

Serves every SOP step. Previous hop: `people/sheet_pages.py` and `people/api.py`, with lines as they were
read. Next hop: `domain/people.py`, which decides the look and the act by the same rules.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.intake import streams
from services.intake.domain.people import decide, rows_done
from services.intake.domain.people_commands import ImportPeople, PersonRow
from services.intake.people.orders import agency_unknown, person_elsewhere, refusing_elsewhere
from services.intake.people.queries import agency_names, elsewhere, head
from shared.eventsourcing.commands import gate
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting, CommandAnswer
from shared.web.running import now_of

Reading = Callable[[], PersonRow]
"""Reads one line. Raises Refused."""


@dataclass(slots=True)
class Looked:
    """One line: what it would do, or why it can not be taken in."""

    number: int
    row: PersonRow | None = None
    events: list[Any] = field(default_factory=list)
    fault: Refused | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """All lines under one version of the history. `fault` is what is wrong with them together."""

    version: int
    lines: Sequence[Looked]
    fault: Refused | None = None

    @property
    def fits(self) -> bool:
        return self.fault is None and not any(line.fault for line in self.lines)

    def refuse_faults(self) -> None:
        """Raises the first Refused, by the number of its line."""
        for line in self.lines:
            if line.fault is not None:
                field = f"rows.{line.number}.{line.fault.field or ''}"
                raise Refused(line.fault.code, line.fault.sentence, field=field, **line.fault.facts)
        if self.fault is not None:
            raise self.fault

    @property
    def rows(self) -> tuple[PersonRow, ...]:
        return tuple(line.row for line in self.lines if line.row is not None)


async def looked_over(act: Acting, readings: Sequence[tuple[int, Reading]]) -> Look:
    """What lines would do, each by its number; nothing happens."""
    region, stream = act.region, streams.people(act.region)
    when = gate.at(streams.SETTINGS, now_of(act.request))
    async with act.running.pool.connection() as conn, conn.transaction():
        version, agencies = await head(conn, region), await agency_names(conn, region)
        (people,) = await act.running.handler.states(conn, [stream])
        lines = [_read(number, reading, when, agencies) for number, reading in readings]
        taken = await elsewhere(conn, region, [line.row.person for line in lines if line.row is not None])
    for line in lines:
        if line.row is not None and line.row.person in taken:
            line.fault = line.fault or person_elsewhere(line.row.person)
    sound = [line for line in lines if line.row is not None]
    command = _command(act, tuple(line.row for line in sound if line.row is not None), "-")
    for place, made in rows_done(command, people):
        line = sound[place]
        if isinstance(made, Refused):
            line.fault = line.fault or made
        else:
            line.events += made
    look = Look(version, lines)
    if look.fits:
        try:
            decide(command, people)
        except Refused as fault:
            return Look(version, lines, fault)
    return look


def _read(number: int, reading: Reading, when: Any, agencies: Container[str]) -> Looked:
    try:
        row = gate.admit(reading(), when)
    except Refused as fault:
        return Looked(number, fault=fault)
    for name in (row.agency, *(office.agency for office in row.offices)):
        if name not in agencies:
            return Looked(number, row, fault=agency_unknown(name))
    return Looked(number, row)


async def take_in(act: Acting, rows: tuple[PersonRow, ...], reason: str) -> CommandAnswer:
    """Takes rows in that were looked over, all or nothing. Raises Refused, and Conflict where people changed
    since.
    """
    stream = streams.people(act.region)
    async with refusing_elsewhere(act, [row.person for row in rows]):
        return await act(Order(stream=stream, command=_command(act, rows, reason), case_id=streams.SETTINGS))


def _command(act: Acting, rows: tuple[PersonRow, ...], reason: str) -> ImportPeople:
    region, by = act.region, act.viewer.person
    return ImportPeople(region=region, rows=rows, reason=reason, by=by, occurred_on=act.today)
