"""Events of verification: what Tim SPM said about what the agencies handed in, and the endorsement of the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.values import CellChange, FieldNote, Figure

PRODUCER = "verification"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationOpened:
    """A revision of a submission waits for Tim SPM. `contributors` are all persons who entered or handed in anything in it (R17)."""

    cycle: str
    agency: str
    agency_name: str
    period: str
    submission: str
    revision: int
    digest: str
    figures: Mapping[str, Figure]
    contributors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionReturned:
    cycle: str
    agency: str
    period: str
    submission: str
    revision: int
    reason: str
    fields: tuple[FieldNote, ...]
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionApproved:
    """Tim SPM approved exactly what `digest` names; `figures` are those figures, so that the report needs nothing else."""

    cycle: str
    agency: str
    agency_name: str
    period: str
    submission: str
    revision: int
    digest: str
    figures: Mapping[str, Figure]
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalVoided:
    """An approval no longer holds because what was approved changed; `changes` says cell by cell what."""

    cycle: str
    agency: str
    period: str
    submission: str
    revision: int
    digest: str
    approved_by: str
    changes: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequired:
    """A round of verification waits for this submission too."""

    cycle: str
    agency: str
    submission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalCounted:
    cycle: str
    agency: str
    submission: str
    digest: str
    verified_by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalUncounted:
    cycle: str
    agency: str
    submission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllSubmissionsApproved:
    """Every required submission of the cycle is approved. `digests` by submission stream; `verifiers` are the persons who approved."""

    cycle: str
    digests: Mapping[str, str]
    verifiers: tuple[str, ...]
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementRequested:
    """A draft of the report waits to be endorsed. `involved` are the persons who drafted it or verified its figures (R17)."""

    cycle: str
    document: str
    revision: int
    digest: str
    involved: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEndorsed:
    """The report was endorsed (disahkan): exactly the file whose SHA-256 is `digest`."""

    cycle: str
    document: str
    revision: int
    digest: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementRefused:
    cycle: str
    document: str
    revision: int
    digest: str
    reason: str
    by: str
    occurred_on: date
