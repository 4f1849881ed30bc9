"""What may be said of a report's endorsement: by who endorses, or by what happened to figures and papers.

SOP step 10. Previous hop: `endorsing/orders.py` and `process_manager.py`. Next hop: `endorsement.py`, which
decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.fields import CycleId, Digest, Key, Name, Person, Prose, Small
from shared.contracts.values import ReopenedSubmission, StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleFigures:
    """Every required submission is approved, each exactly as `digests` names it;
    `involved` entered, handed in or approved them.
    """

    cycle: CycleId
    involved: tuple[Person, ...]
    digests: Mapping[Key, Digest]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsettleFigures:
    """The approval of `submission` was voided, or it came to be required too."""

    cycle: CycleId
    submission: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEndorsement:
    """By the SOP of the cycle something has to be done between the
    draft of the report and its endorsement.
    """

    cycle: CycleId


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitEndorsement:
    """The step of the endorsement began."""

    cycle: CycleId


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEndorsement:
    """A draft of the report is finished, compiled from the figures that `basis` names;
    `involved` drafted it or verified its figures.
    """

    cycle: CycleId
    document: Key
    revision: Small
    file: StoredFile
    involved: tuple[Person, ...]
    basis: Mapping[Key, Digest]
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorseReport:
    """`digest` names exactly the file that the endorser has read."""

    digest: Digest
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseEndorsement:
    digest: Digest
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitWithdrawal:
    """Who approved `submission` is about to take that back, in this very transaction."""

    cycle: CycleId
    submission: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowWithdrawal:
    """documents took back that the file of this digest is endorsed."""

    digest: Digest
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitCorrection:
    """documents heard that the report, whose copies are out, is officially corrected."""

    cycle: CycleId
    correction: Small
    submissions: tuple[ReopenedSubmission, ...]
    number: Name
    issued_on: date
    reason: Prose
    by: Person
    occurred_on: date


Command = (
    SettleFigures
    | UnsettleFigures
    | AdmitWithdrawal
    | FollowWithdrawal
    | AdmitCorrection
    | HoldEndorsement
    | AdmitEndorsement
    | RequestEndorsement
    | EndorseReport
    | RefuseEndorsement
)
