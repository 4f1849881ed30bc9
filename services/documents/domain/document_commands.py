"""What may be said of a document: by a person, or by what was settled elsewhere.

SOP steps 4, 5, 9, 10, 11. Previous hop: `papers/orders.py` and `process_manager.py`. Next hop: `document.py`,
which decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.documents import (
    Kind,
)
from shared.contracts.fields import CycleId, Digest, Key, Name, Person, PrintedName, Prose, Small, StepKey
from shared.contracts.values import CorrectedSubmission, StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A typeset file and the three things that determine its bytes."""

    file: StoredFile
    data_digest: Digest
    template_digest: Digest
    engine: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDocument:
    cycle: CycleId
    document: Key
    kind: Kind
    step: StepKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFigures:
    """Every required submission is approved: the report may be drafted from exactly these."""

    cycle: CycleId
    document: Key
    digests: Mapping[Key, Digest]
    verifiers: tuple[Person, ...]
    contributors: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawFigures:
    """The approval of one submission was voided."""

    cycle: CycleId
    document: Key
    submission: Key
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTeamDecree:
    """A finished file of the SK Tim SPM, with what determines its bytes."""

    finished: Finished
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReport:
    """A finished file of the report. `basis`: the approved submissions it was made from,
    with their digests. `correction`: the official correction that it tells of, 0 for none.
    """

    finished: Finished
    basis: Mapping[Key, Digest]
    correction: Small = 0
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCoverLetter:
    finished: Finished
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """The draft SK goes to Bagian Hukum; `digest` is the draft that was handed over."""

    digest: Digest
    handed_to: Name
    reference: Name
    receipt: StoredFile | None
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTeamDecree:
    number: Name
    issued_on: date
    file: StoredFile | None
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleDocument:
    """The report was endorsed as the file `digest`."""

    digest: Digest
    endorsed_by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawEndorsement:
    """The own endorsement of the file `digest` is taken back, before a copy is printed."""

    digest: Digest
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideCorrection:
    """The printed report `digest` is officially corrected. `submissions` are those that it concerns, as they
    were approved when the person decided.
    """

    digest: Digest
    submissions: tuple[CorrectedSubmission, ...]
    number: PrintedName
    issued_on: date
    file: StoredFile
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenDocument:
    """The report that this letter accompanies is officially corrected."""

    cycle: CycleId
    document: Key
    correction: Small
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCopies:
    """`copies` were printed; `digest` is the file that was printed, as the person saw it on the page.
    `reason`: why more, where some are recorded already.
    """

    digest: Digest
    copies: Small
    reason: Prose = ""
    by: Person
    occurred_on: date


Draft = DraftTeamDecree | DraftReport | DraftCoverLetter
Command = (
    OpenDocument
    | ReleaseFigures
    | WithdrawFigures
    | Draft
    | HandOver
    | IssueTeamDecree
    | SettleDocument
    | WithdrawEndorsement
    | RecordCopies
    | DecideCorrection
    | ReopenDocument
)


def drafted_by(kind: Kind) -> type[Draft]:
    """The command that drafts this kind; every letter that goes with the report is drafted alike."""
    match kind:
        case "sk_tim":
            return DraftTeamDecree
        case "laporan":
            return DraftReport
        case _:
            return DraftCoverLetter
