"""Settings: the override table of the working calendar, one decree at a time.

Serves the due dates of every SOP step. Previous hop: `settings/orders.py`. Next hop: `in_force.py`,
for every date counted from now on; dates counted before keep the version that they name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, assert_never

from shared.contracts.fields import Name, Person, PlannedDay
from shared.contracts.settings import CalendarChanged
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.sop.calendar import Calendar, seed

Event = CalendarChanged


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideDay:
    """Declares one day a holiday, or a working day in spite of weekend or holiday;
    `source` names the decree.
    """

    day: PlannedDay
    kind: Literal["holiday", "working"]
    name: Name
    source: Name
    by: Person
    occurred_on: date


Command = OverrideDay


# Decide


def decide(command: Command, calendar: Calendar) -> Sequence[Event]:
    if not command.name.strip():
        raise Refused("name-missing", "Tulis nama hari itu, misalnya Cuti Bersama Idulfitri.", field="name")
    if not command.source.strip():
        raise Refused(
            "source-missing", "Tulis keputusan yang menetapkannya, dengan nomor dan tanggal.", field="source"
        )
    if not calendar.knows(command.day):
        raise Refused(
            "day-out-of-calendar",
            "Kalender mengenal tahun {first} sampai {last}.",
            field="day",
            first=calendar.first_year,
            last=calendar.last_year,
        )
    if known(command, calendar):
        return []
    return [
        combined(
            CalendarChanged,
            command,
            calendar=calendar.overridden(command.day, command.kind, command.name).version,
        )
    ]


def known(command: OverrideDay, calendar: Calendar) -> bool:
    """Whether the calendar says so already."""
    if command.kind == "working":
        return calendar.is_working(command.day)
    return calendar.holidays.get(command.day) == command.name and command.day not in calendar.working


# Evolve


def evolve(calendar: Calendar, event: Event) -> Calendar:
    match event:
        case CalendarChanged(day=day, kind=kind, name=name):
            return calendar.overridden(day, kind, name)
        case _:
            assert_never(event)


settings = Decider(initial=seed(), decide=decide, evolve=evolve)
