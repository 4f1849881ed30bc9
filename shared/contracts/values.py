"""Values that events of several services carry. They are part of the published
language and change only with a new event version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from shared.contracts.fields import (
    Amount,
    Digest,
    Id,
    Key,
    MediaType,
    Name,
    Origin,
    Person,
    Place,
    PlannedDay,
    Prose,
    Short,
    Small,
)

Answer = Literal["filled", "nihil", "not_yet"]
Unsaid = Mapping[int, Mapping[str, Any]]
"""By version: fields that it did not have yet, and what that means, as plain JSON values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRef:
    """Names one event anywhere in Jejak: who recorded it, in which stream, as which version."""

    source: Name
    stream: Key
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file by its content: `digest` is the SHA-256 in hex and also its object key (`sha256/<digest>`);
    `size` in bytes.
    """

    digest: Digest
    name: Name
    media_type: MediaType
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityItem:
    """One quality item (mutu) of a basic service: how much the standard requires
    and how much of it was fulfilled, whole units.
    """

    required: Amount
    fulfilled: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What an agency says about one basic service. A service without a Figure is blank;
    zero, nihil and not yet are said by `answer`.

    `served` and `entitled` in the unit of the service (orang, KK, unit); `budget` and `realised` in whole
    rupiah; `quality` by item id. `reason` is required for nihil and not_yet. `origin` says where the number
    comes from, e.g. a label of borrowed or synthetic data.
    """

    answer: Answer = "filled"
    served: Amount | None = None
    entitled: Amount | None = None
    budget: Amount | None = None
    realised: Amount | None = None
    quality: Mapping[Id, QualityItem] = field(default_factory=dict)
    reason: Prose = ""
    origin: Origin = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedEvidence:
    """An evidence file and the services that it supports."""

    file: StoredFile
    services: tuple[Id, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNote:
    """A remark of Tim SPM that points at one cell: service, field of the figure (`served`,
    `quality.<item>` …; empty: the whole row).
    """

    service: Id
    field: Place
    note: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class CellAuthor:
    """Who gave a cell the value that it has (`field` as in FieldNote), and on which day."""

    service: Id
    field: Place
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAuthor:
    """Who attached a file, and on which day."""

    digest: Digest
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a figure is as it is: what `rule` found at one cell, as its sentence and its figures (`facts`, by
    their names in the sentence), and what somebody says to it. It holds for these figures.
    """

    service: Id
    rule: Short
    field: Place
    sentence: Prose
    facts: Mapping[Id, Prose]
    text: Prose
    by: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """One cell before and after, as text; an empty text is a blank cell."""

    service: Id
    field: Place
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedSubmission:
    """A submission that an official correction opens again, with its figures as the report has them."""

    submission: Key
    agency: Id
    agency_name: Name
    revision: Small
    digest: Digest
    figures: Mapping[Id, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenedSubmission:
    """A submission that is opened again, and the revision that was approved."""

    submission: Key
    agency: Id
    revision: Small


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedDay:
    """A day that the calendar did not count, and why."""

    day: PlannedDay
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDate:
    """A due date with its own explanation. `earliest_on` is the end of the
    shorter duration where the SOP gives a range.
    """

    due_on: PlannedDay
    earliest_on: PlannedDay
    counted_from: PlannedDay
    duration: Name
    skipped: tuple[SkippedDay, ...]
    calendar: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchItem:
    document: Key
    title: Name
    digest: Digest
    copies: Small


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyServices:
    """The basic services that one agency answers for in a cycle,
    as they were assigned on the day they were asked.
    """

    agency: Id
    name: Name
    services: tuple[Id, ...]
