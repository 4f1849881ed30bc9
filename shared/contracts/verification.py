"""Events of verification: what Tim SPM said about what the agencies handed in,
and the endorsement of the report.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from shared.contracts.values import (
    AttachedEvidence,
    CellChange,
    Explanation,
    FieldNote,
    Figure,
    ReopenedSubmission,
    StoredFile,
    Unsaid,
)

PRODUCER = "verification"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationOpened:
    """A revision of a submission waits for Tim SPM. `contributors` are all persons who entered or handed in
    anything in it, this revision or an earlier one (R17). `changes` says cell by cell what differs from the
    revision handed in before. `explanations` are what the agency says to what the rules found; version 1 knew
    none.
    """

    schema: ClassVar[int] = 2
    unsaid: ClassVar[Unsaid] = {1: {"explanations": []}}

    cycle: str
    agency: str
    agency_name: str
    period: str
    submission: str
    revision: int
    digest: str
    figures: Mapping[str, Figure]
    evidence: tuple[AttachedEvidence, ...]
    contributors: tuple[str, ...]
    changes: tuple[CellChange, ...]
    handed_in_by: str
    handed_in_on: date
    explanations: tuple[Explanation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationWithdrawn:
    """The agency took back what waited for Tim SPM before it was decided."""

    cycle: str
    agency: str
    period: str
    submission: str
    revision: int
    reason: str
    by: str


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
    """Tim SPM approved exactly what `digest` names; `figures` are those figures, so that the report needs
    nothing else. `contributors` are the persons whose work it is, so that history alone shows that nobody
    approved an own submission (R17). `explanations` are what the agency said to the warnings of these
    figures, for *Permasalahan dan solusi*; version 1 did not say them.
    """

    schema: ClassVar[int] = 2
    unsaid: ClassVar[Unsaid] = {1: {"explanations": []}}

    cycle: str
    agency: str
    agency_name: str
    period: str
    submission: str
    revision: int
    digest: str
    figures: Mapping[str, Figure]
    contributors: tuple[str, ...]
    by: str
    occurred_on: date
    explanations: tuple[Explanation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalVoided:
    """An approval no longer holds: the submission was opened again or handed in anew. `changes` says cell by
    cell what differs from what was approved; empty as long as nothing was changed yet. `by` is the person
    whose act voided it.
    """

    cycle: str
    agency: str
    period: str
    submission: str
    revision: int
    digest: str
    approved_by: str
    changes: tuple[CellChange, ...]
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalWithdrawn:
    """Who approved takes it back before the report is endorsed; the same revision waits again."""

    cycle: str
    agency: str
    period: str
    submission: str
    revision: int
    digest: str
    approved_by: str
    reason: str
    by: str
    occurred_on: date


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
    contributors: tuple[str, ...]
    verified_by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalUncounted:
    cycle: str
    agency: str
    submission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalReleased:
    """A round waits for this submission no longer: all its services went over to another agency."""

    cycle: str
    agency: str
    submission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllSubmissionsApproved:
    """Every required submission of the cycle is approved. `digests` by submission stream; `contributors` are
    the persons who entered or handed in, `verifiers` those who approved, `by` whose approval was the last.
    """

    cycle: str
    digests: Mapping[str, str]
    contributors: tuple[str, ...]
    verifiers: tuple[str, ...]
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresSettled:
    """The figures behind the report stand: exactly those that `digests` names, by submission stream; version
    1 did not say which. `involved` are the persons who entered, handed in or approved them and so may not
    endorse.
    """

    schema: ClassVar[int] = 2
    unsaid: ClassVar[Unsaid] = {1: {"digests": {}}}

    cycle: str
    involved: tuple[str, ...]
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresUnsettled:
    """The approval of `submission` was voided, or it came to be required too:
    what was drafted without it can no longer be endorsed.
    """

    cycle: str
    submission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementHeld:
    """Steps of the SOP between the draft of the report and its endorsement come first."""

    cycle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementAdmitted:
    """The steps between are done."""

    cycle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementRequested:
    """A draft of the report waits to be endorsed. `digest` is that of `file`; `involved` are the persons who
    drafted it or verified its figures (R17). `basis` names the approved figures that it was compiled from, by
    submission stream; version 1 did not say it.
    """

    schema: ClassVar[int] = 2
    unsaid: ClassVar[Unsaid] = {1: {"basis": {}}}

    cycle: str
    document: str
    revision: int
    digest: str
    file: StoredFile
    involved: tuple[str, ...]
    basis: Mapping[str, str]
    drafted_by: str
    drafted_on: date


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementWithdrawn:
    """The endorsement was taken back before a copy was printed; the same draft waits again."""

    cycle: str
    document: str
    revision: int
    digest: str
    reason: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionAdmitted:
    """An official correction of the endorsed report was decided in documents: the approvals of `submissions`
    may fall, and no other. `number` and `issued_on` are those of the decision.
    """

    cycle: str
    correction: int
    submissions: tuple[ReopenedSubmission, ...]
    number: str
    issued_on: date
    reason: str
    by: str
    occurred_on: date
