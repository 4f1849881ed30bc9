"""What people and programs say of persons and offices, and what is shown of them:
a form reads the same shape as JSON.

Serves every SOP step. Previous hop: `people/api.py` and `people/pages.py`. Next hop: `people/orders.py`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from services.intake.domain.people_commands import Acting, OfficeRow, PersonRow, Qualification, Role
from shared.access.qualifications import lacking
from shared.web.forms.fields import Body, Day, Id, Name, Prose
from shared.web.forms.said import command_of


class PersonIn(Body):
    """What is known of a person from now on."""

    name: Name
    nip: Name = Field(default="", description="18 digits, or none")
    rank: Name = Field(default="", description="rank or rank, e.g. Analis Kebijakan Ahli Muda")
    qualification: Qualification = Field(default="", description="as the SOP counts it")
    agency: Id


class OfficeIn(Body):
    """A role for an agency. Who stands in (`plt`, `plh`) does so by a letter."""

    role: Role
    agency: Id
    valid_from: Day
    valid_until: Day | None = None
    acting: Acting = ""
    acting_for: Name = Field(default="", description="id of the person who is stood in for")
    letter: Name = ""
    letter_on: Day | None = None


class EndIn(Body):
    """The office ends earlier than it would; yesterday ends it at once."""

    ended_on: Day = Field(description="its last day")
    reason: Prose


class LeavingIn(Body):
    """The person works here no more; yesterday ends all offices at once."""

    left_on: Day = Field(description="the last day")
    reason: Prose


class OfficeOut(BaseModel):
    office: int
    role: str
    agency: str
    valid_from: date
    valid_until: date | None
    acting: str
    acting_for: str
    letter: str
    letter_on: date | None
    given_by: str
    given_on: date
    ended_by: str | None
    ended_reason: str | None
    lacking: str = Field(description="the schooling that the SOP asks of the role where the person has less")


class PersonOut(BaseModel):
    person: str
    name: str
    nip: str
    rank: str
    qualification: str
    agency: str
    agency_name: str
    left_on: date | None
    offices: list[OfficeOut]


class HolderOut(OfficeOut):
    """Who held an office on a day, by the name of then."""

    person: str
    name: str
    nip: str
    rank: str
    qualification: str


def person_out(row: Mapping[str, Any]) -> PersonOut:
    offices = [{**held, "lacking": lacking(held["role"], row["qualification"])} for held in row["offices"]]
    return PersonOut.model_validate({**row, "offices": offices})


def holder_out(row: Mapping[str, Any]) -> HolderOut:
    return HolderOut.model_validate({**row, "lacking": lacking(row["role"], row["qualification"])})


class RowIn(Body):
    """A person with offices, as an import says it; what is left out stays as it is."""

    person: Id
    name: Name
    nip: Name | None = None
    rank: Name | None = None
    qualification: Qualification | None = None
    agency: Id
    offices: list[OfficeIn] = Field(default=[], max_length=50)
    left_on: Day | None = None

    def row(self) -> PersonRow:
        return command_of(
            PersonRow, self, offices=tuple(command_of(OfficeRow, office) for office in self.offices)
        )


class ImportIn(Body):
    """Rows, all or nothing; who is not in them stays as they are."""

    rows: list[RowIn] = Field(min_length=1, max_length=1000)
    reason: Prose


class LookedOut(BaseModel):
    """What a row would do (names of events), or why it can not be taken in."""

    row: int
    events: list[str]
    field: str | None
    fault: str | None


class ImportOut(BaseModel):
    """`version` as If-Match lets exactly this be taken in, or nothing."""

    version: int
    fits: bool
    fault: str | None
    rows: list[LookedOut]
