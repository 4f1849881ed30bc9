"""Verification: what Tim SPM says about what one agency handed in for one period.

SOP step 8. Previous hop: intake's `SubmissionReceived` and `SubmissionReopened` by way of
`process_manager.py`, and the verifier by way of `checking/orders.py`. Next hop: `round.py`, which counts
approvals; intake, which opens a returned submission again; documents, which compiles approved figures only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

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
class NotYet:
    """Nothing was handed in."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A revision lies with Tim SPM and nobody has said anything of it."""

    opened: VerificationOpened


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The agency took the revision back before anybody said anything."""

    opened: VerificationOpened


@dataclass(frozen=True, slots=True)
class Returned:
    opened: VerificationOpened


@dataclass(frozen=True, slots=True)
class Approved:
    opened: VerificationOpened
    by: str


@dataclass(frozen=True, slots=True)
class Voided:
    """What was approved was opened again, so the approval holds no longer."""

    opened: VerificationOpened


Verification = NotYet | Waiting | Withdrawn | Returned | Approved | Voided

NOT_WAITING: Mapping[type, str] = {
    NotYet: "Belum ada isian yang diserahkan untuk diverifikasi.",
    Withdrawn: "Isian ini ditarik kembali oleh perangkat daerah; tunggu penyerahan berikutnya.",
    Returned: "Isian ini sudah dikembalikan; tunggu perbaikan dari perangkat daerah.",
    Approved: "Isian ini sudah disetujui.",
    Voided: "Persetujuan isian ini gugur karena isian dibuka kembali; tunggu penyerahan berikutnya.",
}


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
    before = None if isinstance(verification, NotYet) else verification.opened
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
    if isinstance(verification, Approved):
        return [_voided(verification, "Diserahkan ulang.", command.by, changes), opened]
    return [opened]


def _changes(before: VerificationOpened, now: OpenVerification) -> tuple[CellChange, ...]:
    return cell_changes(
        catalogues()[now.catalogue], before.figures, before.evidence, now.figures, now.evidence
    )


def follow_reopening(command: FollowReopening, verification: Verification) -> Sequence[Event]:
    match verification:
        case Approved(opened=opened) if command.revision >= opened.revision:
            return [_voided(verification, command.reason, command.by, ())]
        case Waiting(opened=opened) if command.revision >= opened.revision:
            return [combined(VerificationWithdrawn, command, opened)]
        case _:
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
    if not isinstance(verification, Waiting):
        raise Refused("verification-closed", NOT_WAITING[type(verification)])
    opened = verification.opened
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


def _voided(approved: Approved, reason: str, by: str, changes: tuple[CellChange, ...]) -> ApprovalVoided:
    return combined(
        ApprovalVoided, approved.opened, approved_by=approved.by, changes=changes, reason=reason, by=by
    )


# Evolve


def evolve(verification: Verification, event: Event) -> Verification:
    match event:
        case VerificationOpened():
            return Waiting(event)
        case VerificationWithdrawn():
            return Withdrawn(_opened(verification))
        case SubmissionReturned():
            return Returned(_opened(verification))
        case SubmissionApproved(by=by):
            return Approved(_opened(verification), by)
        case ApprovalVoided():
            return Voided(_opened(verification))
        case _:
            assert_never(event)


def _opened(verification: Verification) -> VerificationOpened:
    assert not isinstance(verification, NotYet), "every other event is of a revision that was handed in"
    return verification.opened


verification: Decider[Command, Event, Verification] = Decider(initial=NotYet(), decide=decide, evolve=evolve)
