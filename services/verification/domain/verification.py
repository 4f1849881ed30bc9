"""Verification: what Tim SPM says about what one agency handed in for one period.

SOP step 8. Previous hop: intake's `SubmissionReceived` and `SubmissionReopened` by way of
`process_manager.py`, and the verifier by way of `checking/orders.py`. Next hop: `round.py`, which counts
approvals; intake, which opens a returned submission again; documents, which compiles approved figures only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, assert_never

from services.verification.domain.difference import COLUMNS, cell_changes
from shared.contracts.fields import CycleId, Digest, Id, Key, Name, Person, Prose, Small
from shared.contracts.values import AttachedEvidence, CellChange, FieldNote, Figure
from shared.contracts.verification import (
    ApprovalVoided,
    SubmissionApproved,
    SubmissionReturned,
    VerificationOpened,
    VerificationWithdrawn,
)
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.spm.catalogue import catalogues

Event = VerificationOpened | VerificationWithdrawn | SubmissionReturned | SubmissionApproved | ApprovalVoided
Status = Literal["nothing", "waiting", "withdrawn", "returned", "approved", "voided"]

NOT_WAITING: Mapping[Status, str] = {
    "nothing": "Belum ada isian yang diserahkan untuk diverifikasi.",
    "withdrawn": "Isian ini ditarik kembali oleh perangkat daerah; tunggu penyerahan berikutnya.",
    "returned": "Isian ini sudah dikembalikan; tunggu perbaikan dari perangkat daerah.",
    "approved": "Isian ini sudah disetujui.",
    "voided": "Persetujuan isian ini gugur karena isian dibuka kembali; tunggu penyerahan berikutnya.",
}


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVerification:
    """A revision was handed in, filled in by this version of the catalogue;
    `contributors` entered or handed in something in it.
    """

    cycle: CycleId
    catalogue: Small
    agency: Id
    agency_name: Name
    period: Id
    submission: Key
    revision: Small
    digest: Digest
    figures: Mapping[str, Figure]
    evidence: tuple[AttachedEvidence, ...]
    contributors: tuple[Person, ...]
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowReopening:
    """The submission was opened again for changes, by the agency or because it was returned."""

    revision: Small
    reason: Prose
    by: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnSubmission:
    reason: Prose
    fields: tuple[FieldNote, ...]
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveSubmission:
    """`digest` names exactly what the verifier has seen."""

    digest: Digest
    by: Person
    occurred_on: date


Command = OpenVerification | FollowReopening | ReturnSubmission | ApproveSubmission


# State


@dataclass(frozen=True, slots=True)
class Verification:
    status: Status = "nothing"
    opened: VerificationOpened | None = None
    approved_by: str = ""


# Decide


def decide(command: Command, verification: Verification) -> Sequence[Event]:
    match command:
        case OpenVerification():
            return open_verification(command, verification)
        case FollowReopening():
            return follow_reopening(command, verification)
        case ReturnSubmission():
            return return_submission(command, verification)
        case ApproveSubmission():
            return approve_submission(command, verification)
        case _:
            assert_never(command)


def open_verification(command: OpenVerification, verification: Verification) -> Sequence[Event]:
    before = verification.opened
    if before and command.revision <= before.revision:
        return []
    contributors = {*(before.contributors if before else ()), *command.contributors, command.by}
    changes = _changes(before, command) if before else ()
    opened = combined(
        VerificationOpened,
        command,
        contributors=tuple(sorted(contributors)),
        changes=changes,
        handed_in_by=command.by,
        handed_in_on=command.occurred_on,
    )
    if verification.status == "approved" and before:
        return [_voided(before, verification.approved_by, "Diserahkan ulang.", command.by, changes), opened]
    return [opened]


def _changes(before: VerificationOpened, now: OpenVerification) -> tuple[CellChange, ...]:
    return cell_changes(
        catalogues()[now.catalogue], before.figures, before.evidence, now.figures, now.evidence
    )


def follow_reopening(command: FollowReopening, verification: Verification) -> Sequence[Event]:
    opened = verification.opened
    if opened is None or command.revision < opened.revision:
        return []
    if verification.status == "approved":
        return [_voided(opened, verification.approved_by, command.reason, command.by, ())]
    if verification.status == "waiting":
        return [combined(VerificationWithdrawn, command, opened)]
    return []


def return_submission(command: ReturnSubmission, verification: Verification) -> Sequence[Event]:
    opened = _waiting(verification, command.by, command.occurred_on)
    if not command.reason.strip():
        raise Refused(
            "reason-missing",
            "Tulis alasan pengembalian, agar perangkat daerah tahu apa yang diperbaiki.",
            field="reason",
        )
    for number, note in enumerate(command.fields):
        _check_note(note, opened.figures, f"fields.{number}")
    return [combined(SubmissionReturned, opened, command, reason=command.reason.strip())]


def approve_submission(command: ApproveSubmission, verification: Verification) -> Sequence[Event]:
    opened = _waiting(verification, command.by, command.occurred_on)
    if command.digest != opened.digest:
        raise Refused(
            "digest-conflict",
            "Isian berubah sejak Anda melihatnya: yang Anda lihat {seen}, yang sekarang {current}. "
            "Muat ulang dan periksa sel yang berubah.",
            field="digest",
            seen=command.digest[:8],
            current=opened.digest[:8],
        )
    return [combined(SubmissionApproved, opened, command)]


def _waiting(verification: Verification, by: str, occurred_on: date) -> VerificationOpened:
    opened = verification.opened
    if opened is None or verification.status != "waiting":
        raise Refused("verification-closed", NOT_WAITING[verification.status])
    if by in opened.contributors:
        raise Refused(
            "R17", "Anda ikut mengisi atau menyerahkan isian ini; verifikasi harus dilakukan orang lain."
        )
    if occurred_on < opened.handed_in_on:
        raise Refused(
            "before-handed-in", "Tanggal ini mendahului tanggal penyerahan isian.", field="occurred_on"
        )
    return opened


def _check_note(note: FieldNote, figures: Mapping[str, Figure], place: str) -> None:
    figure = figures.get(note.service)
    if figure is None:
        raise Refused("note-service", "Layanan ini tidak ada dalam isian.", field=f"{place}.service")
    if note.field not in ("", "evidence", *COLUMNS, *(f"quality.{item}" for item in figure.quality)):
        raise Refused("note-field", "Kolom ini tidak ada pada layanan tersebut.", field=f"{place}.field")
    if not note.note.strip():
        raise Refused(
            "note-missing", "Tulis apa yang perlu diperbaiki pada angka ini.", field=f"{place}.note"
        )


def _voided(
    seen: VerificationOpened, approved_by: str, reason: str, by: str, changes: tuple[CellChange, ...]
) -> ApprovalVoided:
    return combined(ApprovalVoided, seen, approved_by=approved_by, changes=changes, reason=reason, by=by)


# Evolve


def evolve(verification: Verification, event: Event) -> Verification:
    match event:
        case VerificationOpened():
            return Verification(status="waiting", opened=event)
        case VerificationWithdrawn():
            return replace(verification, status="withdrawn")
        case SubmissionReturned():
            return replace(verification, status="returned")
        case SubmissionApproved(by=by):
            return replace(verification, status="approved", approved_by=by)
        case ApprovalVoided():
            return replace(verification, status="voided")
        case _:
            assert_never(event)


verification = Decider(initial=Verification(), decide=decide, evolve=evolve)
