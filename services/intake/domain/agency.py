"""Agency: an OPD, and the basic services it answers for, each from a day until a day.

Serves SOP steps 6 and 7: who is asked for which figures. OPDs get split, merged and renamed, so a service
never belongs to one for good. Previous hop: `settings/orders.py`. Next hop: the read model that step 6 asks
who must hand in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from shared.contracts.fields import Id, Person, PlannedDay, PrintedName, Short
from shared.contracts.intake import AgencyRegistered, ServiceAssigned
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.spm.catalogue import current

Event = AgencyRegistered | ServiceAssigned


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAgency:
    """Registers an agency, or gives it another name."""

    agency: Id
    name: PrintedName
    short_name: Short
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignService:
    """Assigns a service from a day; the same day again sets another end."""

    agency: Id
    service: Id
    valid_from: PlannedDay
    valid_until: PlannedDay | None
    by: Person
    occurred_on: date


Command = RegisterAgency | AssignService


# State


@dataclass(frozen=True, slots=True)
class Agency:
    name: str = ""
    short_name: str = ""
    assigned: Mapping[tuple[str, date], date | None] = field(default_factory=dict)


# Decide


def decide(command: Command, agency: Agency) -> Sequence[Event]:
    match command:
        case RegisterAgency():
            return register(command, agency)
        case AssignService():
            return assign(command, agency)
        case _:
            assert_never(command)


def register(command: RegisterAgency, agency: Agency) -> Sequence[Event]:
    for name in ("name", "short_name"):
        if not getattr(command, name).strip():
            raise Refused("name-missing", "Tulis nama perangkat daerah, panjang dan singkat.", field=name)
    if (agency.name, agency.short_name) == (command.name, command.short_name):
        return []
    return [combined(AgencyRegistered, command)]


def assign(command: AssignService, agency: Agency) -> Sequence[Event]:
    if not agency.name:
        raise Refused(
            "agency-unknown",
            "Perangkat daerah {agency} belum terdaftar.",
            field="agency",
            agency=command.agency,
        )
    if command.service not in current().services:
        raise Refused(
            "service-unknown",
            "Layanan {service} tidak ada dalam katalog.",
            field="service",
            service=command.service,
        )
    if command.valid_until is not None and command.valid_until < command.valid_from:
        raise Refused("dates-reversed", "Tanggal akhir mendahului tanggal mulai.", field="valid_until")
    key = (command.service, command.valid_from)
    if key in agency.assigned and agency.assigned[key] == command.valid_until:
        return []
    return [combined(ServiceAssigned, command)]


# Evolve


def evolve(agency: Agency, event: Event) -> Agency:
    match event:
        case AgencyRegistered(name=name, short_name=short_name):
            return replace(agency, name=name, short_name=short_name)
        case ServiceAssigned():
            return replace(
                agency, assigned={**agency.assigned, (event.service, event.valid_from): event.valid_until}
            )
        case _:
            assert_never(event)


agency = Decider(initial=Agency(), decide=decide, evolve=evolve)
