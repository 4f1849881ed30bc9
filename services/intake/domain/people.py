"""People: the persons of a region and their offices, in one history, so that what must hold of all of them
together is decided in one place.

Serves every SOP step, whose executors are persons in offices. Nobody gives an office to himself; no day is
left without somebody who may keep people; an office is never made longer, so that what was true stays.
Previous hop: `people/orders.py` and the seed. Next hop: the read models, and from them the people that all
services know.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import assert_never, cast

from services.intake.domain.people_commands import (
    Command,
    EndOffice,
    GiveOffice,
    ImportPeople,
    OfficeRow,
    PersonRow,
    Qualification,
    RecordLeaving,
    RegisterPerson,
    SeedPeople,
)
from shared.contracts.persons.people import (
    OfficeEnded,
    OfficeGiven,
    PersonChanged,
    PersonLeft,
    PersonRegistered,
)
from shared.contracts.regions import is_kabupaten
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused

Event = PersonRegistered | PersonChanged | PersonLeft | OfficeGiven | OfficeEnded
Single = RegisterPerson | RecordLeaving | GiveOffice | EndOffice

KEEPERS = frozenset({"kabag", "operator"})
"""Who may keep people: the same as in `shared/access/roles.toml`, which a test holds."""
DETAILS = ("name", "nip", "rank", "qualification", "agency")
_NIP = re.compile(r"[0-9]{18}", re.ASCII)
_FORMULA = ("=", "+", "-", "@")
_DAY = timedelta(days=1)


# State


@dataclass(frozen=True, slots=True)
class Office:
    role: str
    agency: str
    valid_from: date
    valid_until: date | None
    acting: str

    @property
    def last(self) -> date:
        return self.valid_until or date.max

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day <= self.last


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person: `details` in the order of DETAILS, offices by their numbers."""

    details: tuple[str, ...]
    offices: Mapping[int, Office] = field(default_factory=dict)
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class People:
    persons: Mapping[str, Somebody] = field(default_factory=dict)


# Decide


def decide(command: Command, people: People) -> Sequence[Event]:
    match command:
        case SeedPeople():
            return [] if people.persons else taken_in(command, people)
        case ImportPeople():
            _may_act(command, people)
            if not command.reason.strip():
                raise Refused("reason-missing", "Tulis alasannya.", field="reason")
            events = taken_in(command, people)
        case _:
            _may_act(command, people)
            events = decided(command, people)
    _stays_kept(people, evolved(people, events), command.occurred_on)
    return events


def decided(command: Single, people: People) -> Sequence[Event]:
    """What one act does, but for what must hold of all people afterwards."""
    match command:
        case RegisterPerson():
            return register(command, people)
        case RecordLeaving():
            return leave(command, people)
        case GiveOffice():
            return give(command, people)
        case EndOffice():
            return end(command, people)
        case _:
            assert_never(command)


def register(command: RegisterPerson, people: People) -> Sequence[Event]:
    if not command.name.strip():
        raise Refused("name-missing", "Tulis nama lengkapnya.", field="name")
    for name in ("name", "rank"):
        _no_formula(getattr(command, name), name)
    if command.nip and _is_person(command.by) and not _NIP.fullmatch(command.nip):
        raise Refused("nip-malformed", "NIP terdiri atas 18 angka; kosongkan bila tidak ada.", field="nip")
    known = people.persons.get(command.person)
    for person, other in people.persons.items():
        same = bool(command.nip) and other.details[DETAILS.index("nip")] == command.nip
        if same and person != command.person and other.left_on is None:
            raise Refused("nip-taken", "NIP ini milik {person}.", field="nip", person=person)
    if known is None or known.left_on is not None:
        return [combined(PersonRegistered, command)]
    if command.new:
        raise Refused("person-known", "Kode {person} sudah dipakai.", field="person", person=command.person)
    if known.details == _details(command):
        return []
    return [combined(PersonChanged, command)]


def give(command: GiveOffice, people: People) -> Sequence[Event]:
    known = _working(command.person, people)
    if command.person == command.by:
        raise Refused(
            "office-to-oneself",
            "Tidak seorang pun memberi jabatan kepada dirinya sendiri; minta pejabat lain.",
            field="person",
        )
    if command.role == "provinsi" and is_kabupaten(command.region):
        raise Refused("role-of-province", "Peran ini hanya ada di provinsi.", field="role")
    if command.valid_until is not None and command.valid_until < command.valid_from:
        raise Refused("dates-reversed", "Tanggal akhir mendahului tanggal mulai.", field="valid_until")
    _stands_in(command, people)
    last = command.valid_until or date.max
    for office in known.offices.values():
        same = (office.role, office.agency) == (command.role, command.agency)
        if same and office.valid_from <= min(last, office.last) and command.valid_from <= office.last:
            raise Refused(
                "office-held",
                "Jabatan ini sudah dipegangnya sejak {day}; akhiri dahulu.",
                field="valid_from",
                day=office.valid_from,
            )
    return [combined(OfficeGiven, command, office=len(known.offices) + 1)]


def _stands_in(command: GiveOffice, people: People) -> None:
    """Who stands in for somebody does so by a letter."""
    _no_formula(command.letter, "letter")
    if not command.acting:
        if command.acting_for:
            raise Refused("acting-missing", "Pilih plt. atau plh. bila menggantikan orang.", field="acting")
        return
    if command.acting_for == command.person or (not command.acting_for and command.acting == "plh"):
        raise Refused("acting-for-missing", "Sebut siapa yang digantikan.", field="acting_for")
    if command.acting_for and command.acting_for not in people.persons:
        raise Refused(
            "person-unknown", "{person} belum terdaftar.", field="acting_for", person=command.acting_for
        )
    if _is_person(command.by) and not (command.letter.strip() and command.letter_on):
        raise Refused(
            "letter-missing",
            "Tulis nomor dan tanggal surat yang menunjuk plt. atau plh.",
            field="letter_on" if command.letter.strip() else "letter",
        )


def end(command: EndOffice, people: People) -> Sequence[Event]:
    known = people.persons.get(command.person)
    office = known.offices.get(command.office) if known else None
    if office is None:
        raise Refused("office-unknown", "Jabatan itu tidak ada.", field="office")
    if command.ended_on == office.valid_until:
        return []
    if command.ended_on > office.last:
        raise Refused(
            "office-longer",
            "Jabatan ini berakhir {day} dan tidak dapat diperpanjang; berikan jabatan baru sesudahnya.",
            field="ended_on",
            day=office.last,
        )
    if not command.reason.strip():
        raise Refused("reason-missing", "Tulis alasannya.", field="reason")
    return [combined(OfficeEnded, office, command)]


def leave(command: RecordLeaving, people: People) -> Sequence[Event]:
    known = _working(command.person, people)
    if not command.reason.strip():
        raise Refused("reason-missing", "Tulis alasannya.", field="reason")
    ended = [
        combined(OfficeEnded, office, command, office=number, ended_on=command.left_on)
        for number, office in known.offices.items()
        if office.last > command.left_on
    ]
    return [*ended, combined(PersonLeft, command)]


# Many at once


def taken_in(command: ImportPeople | SeedPeople, people: People) -> Sequence[Event]:
    """What rows do, all or nothing. Raises Refused with the number of the row before the field."""
    events: list[Event] = []
    for number, made in rows_done(command, people):
        if isinstance(made, Refused):
            raise Refused(made.code, made.sentence, field=f"rows.{number}.{made.field}", **made.facts)
        events += made
    return events


def rows_done(
    command: ImportPeople | SeedPeople, people: People
) -> Iterator[tuple[int, Sequence[Event] | Refused]]:
    """What each part of each row does after those before it, or why it can not be."""
    for number, row, office in _parts(command.rows):
        try:
            asked = _asked(row, office, command, people)
            done = decided(asked, people) if asked else ()
        except Refused as refused:
            yield number, refused
        else:
            people = evolved(people, done)
            yield number, done


def _parts(rows: Sequence[PersonRow]) -> Iterator[tuple[int, PersonRow, OfficeRow | date | None]]:
    """All persons first, because an office may name one who stands further down; who leaves, last."""
    yield from ((number, row, None) for number, row in enumerate(rows))
    yield from ((number, row, office) for number, row in enumerate(rows) for office in row.offices)
    yield from ((number, row, row.left_on) for number, row in enumerate(rows) if row.left_on)


def _asked(
    row: PersonRow, part: OfficeRow | date | None, command: ImportPeople | SeedPeople, people: People
) -> Single | None:
    """The act by which it becomes as the row says; None where it is so."""
    known = people.persons.get(row.person)
    if part is None:
        gone = known is not None and known.left_on is not None
        return None if gone and row.left_on else _as_row(row, known or Somebody(("",) * 5), command)
    if known is None:
        return None  # what kept the person from being registered is told already
    if isinstance(part, date):
        return None if known.left_on else combined(RecordLeaving, row, command, left_on=part)
    for number, office in known.offices.items():
        same = (office.role, office.agency, office.valid_from, office.acting)
        if same == (part.role, part.agency, part.valid_from, part.acting):
            until = part.valid_until or date.max
            if until == office.last:
                return None
            return combined(EndOffice, row, command, office=number, ended_on=until)
    return combined(GiveOffice, row, command, part)


def _as_row(row: PersonRow, known: Somebody, command: ImportPeople | SeedPeople) -> RegisterPerson:
    _name, nip, rank, level, _agency = known.details
    return combined(
        RegisterPerson,
        row,
        command,
        nip=nip if row.nip is None else row.nip,
        rank=rank if row.rank is None else row.rank,
        qualification=cast("Qualification", level) if row.qualification is None else row.qualification,
    )


# What must hold


def _may_act(command: Command, people: People) -> None:
    """Who is known to have kept people, and does no more, decides nothing more: their request may have been
    under way when the office ended.
    """
    known = people.persons.get(command.by)
    if known is not None and not any(
        office.role in KEEPERS and office.holds_on(command.occurred_on) for office in known.offices.values()
    ):
        raise Refused("keeper-no-more", "Jabatan Anda yang mengurus pegawai sudah berakhir.")


def _stays_kept(before: People, after: People, since: date) -> None:
    """No day loses the last person who may keep people."""
    had, has = uncovered(before, since), uncovered(after, since)
    for start, until in has:
        if not any(first <= start and until <= last for first, last in had):
            raise Refused(
                "last-keeper",
                "Sejak {day} tidak ada lagi Kabag atau operator yang dapat mengurus pegawai; "
                "beri jabatan itu kepada orang lain dahulu.",
                day=start,
            )


def uncovered(people: People, since: date) -> Sequence[tuple[date, date]]:
    """The days from `since` on, as first and last, on which nobody may keep people."""
    held = sorted(
        (office.valid_from, office.last)
        for person in people.persons.values()
        for office in person.offices.values()
        if office.role in KEEPERS and since <= office.last >= office.valid_from
    )
    gaps, start = list[tuple[date, date]](), since
    for first, last in held:
        if first > start:
            gaps.append((start, first - _DAY))
        if last == date.max:
            return gaps
        start = max(start, last + _DAY)
    return [*gaps, (start, date.max)]


def _working(person: str, people: People) -> Somebody:
    known = people.persons.get(person)
    if known is None:
        raise Refused("person-unknown", "{person} belum terdaftar.", field="person", person=person)
    if known.left_on is not None:
        raise Refused(
            "person-left", "{person} sudah berhenti; daftarkan kembali dahulu.", field="person", person=person
        )
    return known


def _no_formula(text: str, field: str) -> None:
    """A sheet that holds it again must not reckon with it."""
    if text.lstrip().startswith(_FORMULA):
        raise Refused("text-formula", "Jangan memulai dengan =, +, - atau @.", field=field)


def _is_person(by: str) -> bool:
    """A service that takes the seed in finds what was written before there were rules."""
    return ":" not in by


def _details(said: RegisterPerson | PersonRegistered | PersonChanged) -> tuple[str, ...]:
    return tuple(getattr(said, name) for name in DETAILS)


# Evolve


def evolved(people: People, events: Iterable[Event]) -> People:
    for event in events:
        people = evolve(people, event)
    return people


def evolve(people: People, event: Event) -> People:
    known = people.persons.get(event.person, Somebody(()))
    match event:
        case PersonRegistered() | PersonChanged():
            left = known.left_on if isinstance(event, PersonChanged) else None
            known = replace(known, details=_details(event), left_on=left)
        case PersonLeft():
            known = replace(known, left_on=event.left_on)
        case OfficeGiven():
            office = Office(event.role, event.agency, event.valid_from, event.valid_until, event.acting)
            known = replace(known, offices={**known.offices, event.office: office})
        case OfficeEnded():
            ended = replace(known.offices[event.office], valid_until=event.ended_on)
            known = replace(known, offices={**known.offices, event.office: ended})
        case _:
            assert_never(event)
    return People({**people.persons, event.person: known})


people = Decider(initial=People(), decide=decide, evolve=evolve)
