"""Events of intake: what the other services, the audit log and the years to come may rely on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from shared.contracts.values import (
    AgencyServices,
    AttachedEvidence,
    DueDate,
    EventRef,
    Explanation,
    FieldNote,
    Figure,
    StoredFile,
    Unsaid,
)

PRODUCER = "intake"


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleOpened:
    """A yearly cycle begins. `sop` and `catalogue` name the versions that hold for the whole cycle;
    `report_due` is the last legal day.
    """

    cycle: str
    region: str
    region_name: str
    year: int
    sop: str
    catalogue: int
    report_due: date
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleWithdrawn:
    """A cycle was opened by mistake: nothing had been done in it yet. The same year may be opened again."""

    cycle: str
    reason: str
    by: str
    occurred_on: date
    cause: EventRef


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step of the SOP may now be done; said again, with a new due date,
    when the step before it was reopened and is done again.

    `step` is its key in the SOP of version `sop`, here and in every event. `parts` are what it waits for
    (each agency, each recipient; none for a plain step). `cause` is the event that opened it. Version 1 of
    the step events said the number of the step under 04/SOP/2022.
    """

    schema: ClassVar[int] = 2

    cycle: str
    sop: str
    step: str
    started_on: date
    due: DueDate
    parts: tuple[str, ...] = ()
    cause: EventRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPartDone:
    """One of the things that a step waits for has happened; `cause` is the event that says so."""

    schema: ClassVar[int] = 2

    cycle: str
    step: str
    part: str
    by: str
    occurred_on: date
    cause: EventRef


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCompleted:
    """A step of the SOP is done. A plain step by a person;
    for the others `cause` is the event that completed it.

    `planned` (work plan only): key of each later step → planned last day.
    `opens` (socialisation only): who must hand in which services.
    """

    schema: ClassVar[int] = 2

    cycle: str
    step: str
    summary: str
    by: str
    occurred_on: date
    evidence: tuple[StoredFile, ...] = ()
    planned: Mapping[str, date] = field(default_factory=dict)
    opens: tuple[AgencyServices, ...] = ()
    cause: EventRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReopened:
    """What a step had waited for does not hold any more: `part` must happen again,
    by an event of the stream that `cause` names.

    `due` is the new due date where the step was completed; None where it was not.
    """

    schema: ClassVar[int] = 2

    cycle: str
    step: str
    part: str
    due: DueDate | None
    occurred_on: date
    cause: EventRef


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWithdrawn:
    """The first step was taken back before anything was done in it, and with it the cycle."""

    schema: ClassVar[int] = 2

    cycle: str
    step: str
    reason: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDateRevised:
    """A person took over what a newer calendar says: the same days counted from the same day.
    `source` names the decree behind the change.
    """

    schema: ClassVar[int] = 2

    cycle: str
    step: str
    due: DueDate
    source: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionOpened:
    """An agency is asked for the figures of these services, by the `catalogue` of its cycle.
    Version 1 knew only one catalogue.
    """

    schema: ClassVar[int] = 2
    unsaid: ClassVar[Unsaid] = {1: {"catalogue": 1}}

    cycle: str
    catalogue: int
    agency: str
    agency_name: str
    period: str
    services: tuple[str, ...]
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureEntered:
    cycle: str
    agency: str
    period: str
    service: str
    figure: Figure
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceAttached:
    cycle: str
    agency: str
    period: str
    evidence: AttachedEvidence
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWithdrawn:
    """A file was attached by mistake. It stays in the store; what was handed in with it before stays true."""

    cycle: str
    agency: str
    period: str
    digest: str
    reason: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionReceived:
    """An agency handed in. `digest` is the SHA-256 of the canonical JSON of figures, evidence and revision
    (shared.spm.digest). `catalogue` is the version that the figures were filled in by. Version 1 knew only
    one catalogue, until version 2 nobody asked for `explanations` of what the rules find under `thresholds`.
    """

    schema: ClassVar[int] = 3
    unsaid: ClassVar[Unsaid] = {1: {"catalogue": 1}, 2: {"explanations": [], "thresholds": 0}}

    cycle: str
    catalogue: int
    agency: str
    agency_name: str
    period: str
    revision: int
    figures: Mapping[str, Figure]
    evidence: tuple[AttachedEvidence, ...]
    entered_by: tuple[str, ...]
    digest: str
    by: str
    occurred_on: date
    explanations: tuple[Explanation, ...] = ()
    thresholds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningExplained:
    """The agency says why a figure is as it is; what it said of the same warning before counts no more."""

    cycle: str
    agency: str
    period: str
    explanation: Explanation
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedSheetAttached:
    """The printed form of a revision came back with its signatures.
    `sheet` is the digest of what was handed in, as it stands on the paper.
    """

    cycle: str
    agency: str
    period: str
    revision: int
    sheet: str
    file: StoredFile
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionReopened:
    """Revision `revision` may be changed again: because Tim SPM returned it (`cause`),
    or because the agency took it back.

    What is handed in next is revision + 1.
    """

    cycle: str
    agency: str
    period: str
    revision: int
    reason: str
    fields: tuple[FieldNote, ...]
    by: str
    occurred_on: date
    cause: EventRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRegistered:
    agency: str
    name: str
    short_name: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAssigned:
    """An agency answers for a basic service from `valid_from` until `valid_until` (inclusive;
    None: until further notice).
    """

    agency: str
    service: str
    valid_from: date
    valid_until: date | None
    by: str
    occurred_on: date
