"""Rules: from where on the rules about figures ask for a word in a region, and how many people there are to
hold figures against.

SOP steps 7 and 8. Previous hop: `rules/orders.py`. Next hop: `findings/queries.py`, for every sheet from now
on; what was handed in keeps the version of the thresholds that it names. Source: domain notes, section 10.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from shared.contracts.fields import Amount, Id, Name, Person, PlannedDay, Region, Short, Year
from shared.contracts.settings import PopulationRecorded, ThresholdSet
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.spm.catalogue import known_services
from shared.spm.meaning.thresholds import BOUNDS

Event = ThresholdSet | PopulationRecorded
MOST_PEOPLE = 10**9
MOST_ROWS = 1000


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class SetThreshold:
    """A threshold is `limit` from a day on; `source` says who decided so."""

    region: Region
    threshold: Short
    limit: Amount
    valid_from: PlannedDay
    source: Name
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationRow:
    """How many there are for a service in a year, by whom and when they were counted."""

    service: Id
    year: Year
    population: Amount
    counted_on: date
    source: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPopulations:
    """All rows or none."""

    region: Region
    rows: tuple[PopulationRow, ...]
    by: Person
    occurred_on: date


Command = SetThreshold | RecordPopulations


# State


@dataclass(frozen=True, slots=True)
class Rules:
    """`set`: by threshold and first day. `populations`: by service and year, what was said last."""

    set: Mapping[tuple[str, date], ThresholdSet] = field(default_factory=dict)
    populations: Mapping[tuple[str, int], PopulationRecorded] = field(default_factory=dict)


# Decide


def decide(command: Command, rules: Rules) -> Sequence[Event]:
    match command:
        case SetThreshold():
            return set_threshold(command, rules)
        case RecordPopulations():
            return record_populations(command, rules)
        case _:
            assert_never(command)


def set_threshold(command: SetThreshold, rules: Rules) -> Sequence[Event]:
    known = {str(name): bounds for name, bounds in BOUNDS.items()}
    bounds = known.get(command.threshold)
    if bounds is None:
        raise Refused("threshold-unknown", "Pilih ambang yang ada.", field="threshold")
    if not bounds.least <= command.limit <= bounds.most:
        sentence = "Ambang ini masuk akal dari {least} sampai {most}; {limit} bukan di antaranya."
        facts = dict(zip(("least", "most", "limit"), (bounds.least, bounds.most, command.limit), strict=True))
        raise Refused("threshold-out-of-bounds", sentence, field="limit", **facts)
    if not command.source.strip():
        raise sourceless()
    if command.valid_from < command.occurred_on:
        sentence = "Ambang berlaku paling cepat {first}: yang sudah diperiksa tetap menurut ambang waktu itu."
        raise Refused("threshold-in-the-past", sentence, field="valid_from", first=command.occurred_on)
    before = rules.set.get((command.threshold, command.valid_from))
    if before is None:
        return [combined(ThresholdSet, command)]
    if (before.limit, before.source) == (command.limit, command.source):
        return []
    sentence = "Ambang ini sudah ditetapkan {limit} mulai {day}; pilih hari lain."
    taken = dict(zip(("limit", "day"), (before.limit, before.valid_from), strict=True))
    raise Refused("threshold-day-taken", sentence, field="valid_from", **taken)


def record_populations(command: RecordPopulations, rules: Rules) -> Sequence[Event]:
    if not 0 < len(command.rows) <= MOST_ROWS:
        raise Refused("rows-out-of-bounds", "Tulis 1 sampai {most} baris.", field="rows", most=MOST_ROWS)
    events: list[Event] = []
    for made in rows_done(command, rules):
        if isinstance(made, Refused):
            raise made
        events += made
    return events


def rows_done(command: RecordPopulations, rules: Rules) -> Iterator[Sequence[Event] | Refused]:
    """What becomes of each row, whatever becomes of the others: for a look before anything happens."""
    seen = set[tuple[str, int]]()
    for number, row in enumerate(command.rows):
        error = fault_of(row)
        if (row.service, row.year) in seen:
            sentence = "Layanan dan tahun ini sudah ada di baris lain."
            error = error or Refused("row-twice", sentence, field="service")
        if error:
            yield Refused(error.code, error.sentence, field=f"rows.{number}.{error.field}", **error.facts)
            continue
        seen.add((row.service, row.year))
        made = combined(PopulationRecorded, command, row)
        before = rules.populations.get((row.service, row.year))
        yield [] if before and replace(before, by=made.by, occurred_on=made.occurred_on) == made else [made]


def fault_of(row: PopulationRow) -> Refused | None:
    """Why nothing can be held against a row; None where something can."""
    if row.service not in known_services():
        sentence = "Layanan {service} tidak ada dalam katalog."
        unknown = {"service": row.service}
        return Refused("service-unknown", sentence, field="service", **unknown)
    if not 0 < row.population <= MOST_PEOPLE:
        sentence = "Penduduk acuan antara 1 dan {most}; dengan nol tidak ada yang dapat dibandingkan."
        return Refused("population-out-of-bounds", sentence, field="population", most=MOST_PEOPLE)
    return None if row.source.strip() else sourceless()


def sourceless() -> Refused:
    sentence = "Tulis dasarnya: keputusan atau data, dengan tanggal."
    return Refused("source-missing", sentence, field="source")


# Evolve


def evolve(rules: Rules, event: Event) -> Rules:
    match event:
        case ThresholdSet(threshold=threshold, valid_from=day):
            return replace(rules, set={**rules.set, (threshold, day): event})
        case PopulationRecorded(service=service, year=year):
            return replace(rules, populations={**rules.populations, (service, year): event})
        case _:
            assert_never(event)


rules = Decider(initial=Rules(), decide=decide, evolve=evolve)
