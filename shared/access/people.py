"""The people of an installation, with offices that begin and end: as intake publishes them to all services,
and as the file says them that seeds an empty installation. Both have the same shape.

Source: SOP 04/SOP/2022 names the offices; `plt.` (pelaksana tugas) and `plh.`
(pelaksana harian) hold one for somebody else for a time.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, cast

from shared.contracts.regions import within
from shared.contracts.secret_text import SUBJECT, is_token

ROLES: Mapping[str, str] = {
    "kabag": "Kabag Tata Pemerintahan",
    "subkoordinator": "Subkoordinator",
    "unsur_opd": "Unsur OPD",
    "tim_spm": "Tim SPM",
    "arsiparis": "Arsiparis",
    "inspektur": "Inspektur",
    "operator": "Operator sistem",
    "provinsi": "Pembina provinsi",
}

Acting = Literal["", "plt", "plh"]


class PeopleFileInvalid(Exception):
    """The people file, or what was published, says something that can't be; the sentence names the person
    and the mistake.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A role that a person holds for an agency of a region, from a day until a day (inclusive;
    None: until further notice).
    """

    role: str
    region: str
    agency: str
    valid_from: date
    valid_until: date | None = None
    acting: Acting = ""
    acting_for: str = ""
    letter: str = ""
    letter_on: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    @property
    def title(self) -> str:
        """The role in words, with plt./plh. before it."""
        return f"{self.acting.capitalize()}. {ROLES[self.role]}" if self.acting else ROLES[self.role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who works in a region or did; who left holds no office any more, and keeps the name."""

    id: str
    name: str
    nip: str
    region: str
    agency: str
    offices: tuple[Office, ...]
    rank: str = ""
    qualification: str = ""

    def offices_on(self, day: date) -> tuple[Office, ...]:
        return tuple(office for office in self.offices if office.holds_on(day))


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who may sign in or once might, and the names of agencies: of one region, or of all of them,
    which are then also apart in `regions`. The same agency may be in two regions with two names.
    """

    persons: Mapping[str, Person]
    agencies: Mapping[str, str]
    regions: Mapping[str, "People"] = field(default_factory=dict)

    @classmethod
    def together(cls, regions: Mapping[str, "People"]) -> "People":
        """The people of several regions. An agency that is in several has no name here; ask `of`."""
        named: dict[str, set[str]] = {}
        for one in regions.values():
            for agency, name in one.agencies.items():
                named.setdefault(agency, set()).add(name)
        return cls(
            {person.id: person for one in regions.values() for person in one.persons.values()},
            {agency: names.pop() for agency, names in named.items() if len(names) == 1},
            regions,
        )

    def of(self, region: str) -> "People":
        """The people and agencies of one region; all of them where they are not apart."""
        return self.regions.get(region, NO_ONE if self.regions else self)

    def within(self, places: Iterable[str]) -> "People":
        """Those of the regions whose codes begin so."""
        if not self.regions:
            kept = {name: one for name, one in self.persons.items() if within(one.region, places)}
            return People(kept, self.agencies)
        return People.together({code: one for code, one in self.regions.items() if within(code, places)})

    def find(self, person: str) -> Person | None:
        return self.persons.get(person)

    def name(self, person: str) -> str:
        """The name of a person, or what was recorded when nobody of that id is known any more;
        what a service did by itself is Jejak's, what an agency's system did is its token's.
        """
        if is_token(person):
            return f"Token {person.removeprefix(SUBJECT)}"
        if person.startswith("jejak:"):
            return "Jejak"
        found = self.persons.get(person)
        return found.name if found else person

    def agency_name(self, agency: str) -> str:
        return self.agencies.get(agency, agency)

    def serving_on(self, day: date) -> tuple[Person, ...]:
        """Everybody who holds an office on that day, in the order of the file."""
        return tuple(person for person in self.persons.values() if person.offices_on(day))

    def holding(self, role: str, day: date) -> dict[str, str]:
        """Who holds an office of this role on that day: by id, the name."""
        return {
            person.id: person.name
            for person in self.serving_on(day)
            if any(office.role == role for office in person.offices_on(day))
        }


NO_ONE = People({}, {})


def load(path: Path, region: str) -> People:
    """Reads a people file of a region. Raises PeopleFileInvalid with a sentence that names what to mend."""
    try:
        return parse(tomllib.loads(path.read_text(encoding="utf-8")), region)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PeopleFileInvalid(f"Berkas pegawai {path} tidak dapat dibaca: {error}") from error


def parse(document: Mapping[str, Any], region: str) -> People:
    """People of a region from the content of a people file: `[agencies]` id = name,
    and `[[person]]` with `[[person.office]]`.
    """
    try:
        agencies = {str(key): str(name) for key, name in document.get("agencies", {}).items()}
        entries: list[Mapping[str, Any]] = [dict(entry) for entry in document.get("person", ())]
    except (TypeError, ValueError, AttributeError) as error:
        raise PeopleFileInvalid("Berkas pegawai tidak berbentuk [agencies] dan [[person]].") from error
    persons: dict[str, Person] = {}
    for entry in entries:
        person = _person(entry, agencies, region)
        if person.id in persons:
            raise PeopleFileInvalid(f"Pegawai {person.id} tercantum dua kali.")
        persons[person.id] = person
    return People(persons, agencies)


def _person(entry: Mapping[str, Any], agencies: Iterable[str], region: str) -> Person:
    who = entry.get("id", "?")
    try:
        agency = _text(entry, "agency")
        offices = tuple(_office(dict(office), agency, region) for office in entry["office"])
        person = Person(
            id=_text(entry, "id"),
            name=_text(entry, "name"),
            nip=_text(entry, "nip", ""),
            region=region,
            agency=agency,
            offices=offices,
            rank=_text(entry, "rank", ""),
            qualification=_text(entry, "qualification", ""),
        )
    except KeyError as error:
        raise PeopleFileInvalid(f"Pegawai {who}: {error.args[0]} belum diisi.") from error
    except (TypeError, ValueError) as error:
        raise PeopleFileInvalid(f"Pegawai {who}: {error}.") from error
    if (
        not person.id.isprintable()
        or not person.id.strip()
        or person.id != person.id.strip()
        or ":" in person.id
    ):
        raise PeopleFileInvalid(
            f"Pegawai {who!r}: id harus terisi, tanpa titik dua dan tanpa spasi di tepinya."
        )
    for office in person.offices:
        if office.role not in ROLES:
            raise PeopleFileInvalid(f"Pegawai {person.id}: peran {office.role} tidak dikenal.")
        if office.agency not in agencies:
            raise PeopleFileInvalid(f"Pegawai {person.id}: perangkat daerah {office.agency} tidak dikenal.")
        if office.acting not in {"", "plt", "plh"}:
            raise PeopleFileInvalid(f"Pegawai {person.id}: {office.acting} bukan plt atau plh.")
    return person


def _office(entry: Mapping[str, Any], agency: str, region: str) -> Office:
    return Office(
        role=_text(entry, "role"),
        region=region,
        agency=_text(entry, "agency", agency),
        valid_from=_day(entry["valid_from"], "valid_from"),
        valid_until=_day(entry["valid_until"], "valid_until") if entry.get("valid_until") else None,
        acting=cast("Acting", _text(entry, "acting", "")),
        acting_for=_text(entry, "acting_for", ""),
        letter=_text(entry, "letter", ""),
        letter_on=_day(entry["letter_on"], "letter_on") if entry.get("letter_on") else None,
    )


def _text(entry: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = entry[name] if default is None else entry.get(name, default)
    if not isinstance(value, str):
        raise TypeError(f"{name} bukan teks")
    return value


def _day(value: object, name: str) -> date:
    """A date of TOML, or as JSON writes it."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"{name} bukan tanggal")
    return value
