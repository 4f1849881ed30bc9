"""Cycle: one year's report of one region, and the versions of SOP and catalogue that hold for all of it.

Serves every SOP step. Previous hop: `api.py` and `pages.py`. Next hop: the process manager, which starts step 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, assert_never

from shared.contracts.fields import Name, Person, PlannedDay, Region, Year
from shared.contracts.intake import CycleOpened
from shared.eventsourcing.decider import Decider, Refused
from shared.sop.calendar import seed
from shared.sop.definition import sops
from shared.spm.catalogue import catalogue

Event = CycleOpened


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCycle:
    opens_case: ClassVar[bool] = True

    region: Region
    region_name: Name
    year: Year
    sop: Name
    report_due: PlannedDay
    by: Person
    occurred_on: date


Command = OpenCycle


def cycle_id(region: str, year: int) -> str:
    """The name of a cycle everywhere, e.g. 3402-2026. Raises Refused for what is no region code."""
    if len(region) != 4 or not region.isdigit():
        raise Refused("region-unknown", "Kode daerah terdiri atas empat angka, misalnya 3402.", field="region")
    return f"{region}-{year}"


# State


@dataclass(frozen=True, slots=True)
class Cycle:
    opened: bool = False


# Decide


def decide(command: Command, cycle: Cycle) -> Sequence[Event]:
    if cycle.opened:
        raise Refused("cycle-open", "Siklus {year} sudah dibuka.", field="year", year=command.year)
    if command.sop not in sops():
        raise Refused("sop-unknown", "SOP {sop} tidak dikenal.", field="sop", sop=command.sop)
    if command.report_due.year <= command.year:
        raise Refused("report-due-too-early", "Batas lapor jatuh setelah tahun {year} berakhir.", field="report_due", year=command.year)
    for field in ("occurred_on", "report_due"):
        if not seed().knows(getattr(command, field)):
            first, last = seed().first_year, seed().last_year
            raise Refused("day-out-of-calendar", "Kalender mengenal tahun {first} sampai {last}.", field=field, first=first, last=last)
    return [
        CycleOpened(
            cycle=cycle_id(command.region, command.year),
            region=command.region,
            region_name=command.region_name,
            year=command.year,
            sop=command.sop,
            catalogue=catalogue().version,
            report_due=command.report_due,
            by=command.by,
            occurred_on=command.occurred_on,
        )
    ]


# Evolve


def evolve(_: Cycle, event: Event) -> Cycle:
    match event:
        case CycleOpened():
            return Cycle(opened=True)
        case _:
            assert_never(event)


cycle = Decider(initial=Cycle(), decide=decide, evolve=evolve)
