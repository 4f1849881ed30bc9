"""Cycle: one year's report of one region, and the versions of SOP and catalogue that hold for all of it.

Serves every SOP step. Previous hop: `cycle/orders.py`. Next hop: the process manager, which starts step 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, assert_never

from shared.contracts.fields import CycleId, Name, Person, PlannedDay, PrintedName, Prose, Region, Year
from shared.contracts.intake import CycleOpened, CycleWithdrawn
from shared.contracts.regions import is_kabupaten
from shared.contracts.values import EventRef
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.sop.calendar import seed
from shared.sop.definition import sops
from shared.spm.catalogue import current

Event = CycleOpened | CycleWithdrawn


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCycle:
    opens_case: ClassVar[bool] = True

    region: Region
    region_name: PrintedName
    year: Year
    sop: Name
    report_due: PlannedDay
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseWithdrawn:
    """The first step was withdrawn before anything was done (`step.py`): so is the cycle."""

    cycle: CycleId
    reason: Prose
    by: Person
    occurred_on: date
    cause: EventRef


Command = OpenCycle | CloseWithdrawn
YEARS_BACK, YEARS_AHEAD = 2, 1


def cycle_id(region: str, year: int) -> str:
    """The name of a cycle everywhere, e.g. 3402-2026. Raises Refused for what is no region code."""
    if len(region) != 4 or not (region.isascii() and region.isdigit()):
        raise Refused(
            "region-unknown", "Kode daerah terdiri atas empat angka, misalnya 3402.", field="region"
        )
    return f"{region}-{year}"


# State


@dataclass(frozen=True, slots=True)
class Cycle:
    """`sop` and `catalogue`: the versions that it was opened under;
    still known after it was withdrawn, for what was on its way.
    """

    opened: bool = False
    sop: str = ""
    catalogue: int = 0


# Decide


def decide(command: Command, cycle: Cycle) -> Sequence[Event]:
    match command:
        case OpenCycle():
            return open_cycle(command, cycle)
        case CloseWithdrawn():
            return close_withdrawn(command, cycle)
        case _:
            assert_never(command)


def years(today: date) -> range:
    """The years that a cycle may be opened for on a day:
    reports are made up to two years late, and planned one year ahead.
    """
    return range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1)


def open_cycle(command: OpenCycle, cycle: Cycle) -> Sequence[Event]:
    if cycle.opened:
        raise Refused("cycle-open", "Siklus {year} sudah dibuka.", field="year", year=command.year)
    if command.sop not in sops():
        raise Refused("sop-unknown", "SOP {sop} tidak dikenal.", field="sop", sop=command.sop)
    for field in ("occurred_on", "report_due"):
        if not seed().knows(getattr(command, field)):
            first, last = seed().first_year, seed().last_year
            raise Refused(
                "day-out-of-calendar",
                "Kalender mengenal tahun {first} sampai {last}.",
                field=field,
                first=first,
                last=last,
            )
    if not is_kabupaten(command.region):
        sentence = "Laporan SPM di sini dibuat kabupaten atau kota; {region} bukan."
        raise Refused("region-no-kabupaten", sentence, field="region", region=command.region)
    if not command.region_name.strip():
        raise Refused(
            "region-name-missing", "Tulis nama daerah, misalnya Kabupaten Bantul.", field="region_name"
        )
    allowed = years(command.occurred_on)
    if command.year not in allowed:
        sentence = "Tahun yang dilaporkan antara {first} dan {last}."
        raise Refused("year-out-of-range", sentence, field="year", first=allowed[0], last=allowed[-1])
    if command.report_due.year > command.year + 1:
        raise Refused(
            "report-due-too-late",
            "Batas lapor jatuh paling lambat akhir tahun {year}.",
            field="report_due",
            year=command.year + 1,
        )
    if command.report_due.year <= command.year:
        raise Refused(
            "report-due-too-early",
            "Batas lapor jatuh setelah tahun {year} berakhir.",
            field="report_due",
            year=command.year,
        )
    return [
        combined(
            CycleOpened, command, cycle=cycle_id(command.region, command.year), catalogue=current().version
        )
    ]


def close_withdrawn(command: CloseWithdrawn, cycle: Cycle) -> Sequence[Event]:
    if not cycle.opened:
        return []
    return [combined(CycleWithdrawn, command)]


# Evolve


def evolve(cycle: Cycle, event: Event) -> Cycle:
    match event:
        case CycleOpened():
            return Cycle(opened=True, sop=event.sop, catalogue=event.catalogue)
        case CycleWithdrawn():
            return replace(cycle, opened=False)
        case _:
            assert_never(event)


cycle = Decider(initial=Cycle(), decide=decide, evolve=evolve)
