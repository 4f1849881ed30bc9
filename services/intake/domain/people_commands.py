"""What may be said of persons and their offices: the commands of `people.py`, and the rows of an import.

Serves every SOP step, whose executors are persons in offices. Previous hop: `people/orders.py` and the seed.
Next hop: `domain/people.py`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.fields import SHORT, Id, Name, Person, PlannedDay, PrintedName, Prose, Region, Text

Role = Literal[
    "kabag", "subkoordinator", "unsur_opd", "tim_spm", "arsiparis", "inspektur", "operator", "provinsi"
]
Acting = Literal["", "plt", "plh"]
Qualification = Literal["", "SMA", "D3", "D4", "S1", "S2", "S3"]
PersonId = Annotated[str, Text(SHORT, pattern=r"[a-z0-9][a-z0-9_.-]*")]
Somebody = Annotated[str, Text(SHORT, pattern=r"([a-z0-9][a-z0-9_.-]*)?")]
Nip = Annotated[str, Text(30)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRow:
    """An office as a row of a sheet says it."""

    role: Role
    agency: Id
    valid_from: PlannedDay
    valid_until: PlannedDay | None = None
    acting: Acting = ""
    acting_for: Somebody = ""
    letter: Name = ""
    letter_on: PlannedDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person with the offices that a sheet or the seed gives; what it says nothing of stays as it is."""

    person: PersonId
    name: PrintedName
    nip: Nip | None = None
    rank: Name | None = None
    qualification: Qualification | None = None
    agency: Id
    offices: tuple[OfficeRow, ...] = ()
    left_on: PlannedDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPerson:
    """Registers a person, or says what is known of one from now on; `new`: nobody works here by that name."""

    region: Region
    person: PersonId
    name: PrintedName
    nip: Nip
    rank: Name
    qualification: Qualification
    agency: Id
    new: bool = False
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLeaving:
    """A person works here no more; every office ends with the last day."""

    region: Region
    person: PersonId
    left_on: PlannedDay
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveOffice:
    """Gives a person a role for an agency."""

    region: Region
    person: PersonId
    role: Role
    agency: Id
    valid_from: PlannedDay
    valid_until: PlannedDay | None
    acting: Acting
    acting_for: Somebody
    letter: Name
    letter_on: PlannedDay | None
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOffice:
    """Lets an office end on an earlier day than it would."""

    region: Region
    person: PersonId
    office: int
    ended_on: PlannedDay
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPeople:
    """Rows of a sheet, all or nothing: who is not in it stays as they are."""

    region: Region
    rows: tuple[PersonRow, ...]
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPeople:
    """The people of an empty installation, from the file that its operator named."""

    region: Region
    rows: tuple[PersonRow, ...]
    reason: Prose
    by: Person
    occurred_on: date


Command = RegisterPerson | RecordLeaving | GiveOffice | EndOffice | ImportPeople | SeedPeople
