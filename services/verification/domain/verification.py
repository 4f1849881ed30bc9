"""Verification: what Tim SPM says about what one agency handed in for one period.

SOP step 8. Previous hop: intake's `SubmissionReceived` and `SubmissionReopened` by way of
`process_manager.py`, and the verifier by way of `checking/orders.py`. Next hop: `round.py`, which counts
approvals; intake, which opens a returned submission again; documents, which compiles approved figures only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from services.verification.domain import acceptance, talk
from services.verification.domain.acceptance import AcceptFigure
from services.verification.domain.difference import COLUMNS, cell_changes
from services.verification.domain.phases import (
    NOT_WAITING,
    Approved,
    NotYet,
    Returned,
    Verification,
    Voided,
    Waiting,
    Withdrawn,
)
from services.verification.domain.talk import (
    AnswerQuestion,
    AskQuestion,
    SettleQuestion,
    TalkCommand,
    TalkEvent,
    Threads,
)
from shared.contracts.fields import CycleId, Digest, Id, Key, Name, Person, Prose, Small
from shared.contracts.talk import FigureAccepted, QuestionAnswered, QuestionAsked, QuestionSettled
from shared.contracts.values import AttachedEvidence, CellChange, Explanation, FieldNote, Figure
from shared.contracts.verification import (
    ApprovalVoided,
    ApprovalWithdrawn,
    SubmissionApproved,
    SubmissionReturned,
    VerificationOpened,
    VerificationWithdrawn,
)
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.spm.catalogue import catalogues, named
from shared.spm.evidence import unsupported

Event = (
    VerificationOpened
    | VerificationWithdrawn
    | SubmissionReturned
    | SubmissionApproved
    | ApprovalVoided
    | ApprovalWithdrawn
    | TalkEvent
    | FigureAccepted
)


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
    explanations: tuple[Explanation, ...] = ()
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


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawApproval:
    """The own approval of what `digest` names is taken back; that the report is not endorsed yet, its
    endorsement says in the same transaction (`AdmitWithdrawal`).
    """

    digest: Digest
    reason: Prose
    by: Person
    occurred_on: date


Command = (
    OpenVerification
    | FollowReopening
    | ReturnSubmission
    | ApproveSubmission
    | WithdrawApproval
    | AcceptFigure
    | TalkCommand
)


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
        case WithdrawApproval():
            return withdraw_approval(command, verification)
        case AskQuestion() | AnswerQuestion() | SettleQuestion():
            return converse(command, verification)
        case AcceptFigure():
            return accept_figure(command, verification)
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
        _check_note(note, opened.figures, f"fields.{number}.")
    noted = {(note.service, note.field) for note in command.fields}
    asked = (one for one in talk.still_open(_threads(verification)) if (one.service, one.field) not in noted)
    fields = (*command.fields, *asked)
    return [combined(SubmissionReturned, opened, command, reason=command.reason.strip(), fields=fields)]


def approve_submission(command: ApproveSubmission, verification: Verification) -> Sequence[Event]:
    opened = _waiting(verification, command.by, command.occurred_on)
    _same(command.digest, opened)
    if many := len(list(talk.still_open(_threads(verification)))):
        raise Refused(
            "questions-open",
            "{many} pertanyaan belum selesai: nyatakan selesai, atau kembalikan isian.",
            many=many,
        )
    if bare := unsupported(opened.figures, opened.evidence):
        raise Refused(
            "R07",
            "Tanpa berkas bukti angka tidak dapat disetujui: {services}. "
            "Kembalikan isian agar buktinya dilampirkan.",
            services="; ".join(kind.name if (kind := named(name)) else name for name in bare),
        )
    return [combined(SubmissionApproved, opened, command)]


def withdraw_approval(command: WithdrawApproval, verification: Verification) -> Sequence[Event]:
    """Four eyes by person: who approved, in whichever office, and nobody in their stead."""
    if not isinstance(verification, Approved):
        raise Refused("not-approved", "Isian ini tidak sedang disetujui, jadi tidak ada yang ditarik.")
    if command.by != verification.by:
        raise Refused("other-approver", "Persetujuan ini hanya dapat ditarik oleh orang yang memberikannya.")
    _same(command.digest, verification.opened)
    if not command.reason.strip():
        raise Refused("reason-missing", "Tulis mengapa persetujuan ini ditarik.", field="reason")
    if command.occurred_on < verification.on:
        raise Refused("before-approved", "Tanggal ini mendahului tanggal persetujuan.", field="occurred_on")
    return [
        combined(
            ApprovalWithdrawn,
            verification.opened,
            command,
            approved_by=verification.by,
            reason=command.reason.strip(),
        )
    ]


def converse(command: TalkCommand, verification: Verification) -> Sequence[Event]:
    """Tim SPM asks about what waits; the agency answers as long as it is open, also while it mends."""
    if isinstance(verification, NotYet):
        raise Refused("verification-closed", NOT_WAITING[NotYet])
    opened, threads = verification.opened, verification.threads
    match command:
        case AskQuestion():
            opened = _waiting(verification, command.by, command.occurred_on)
            _check_note(combined(FieldNote, command, note="?"), opened.figures, "")
            return talk.ask(command, opened, threads)
        case AnswerQuestion():
            return talk.answer(command, opened, threads)
        case SettleQuestion():
            if command.by in {*opened.contributors, *talk.answered_by(threads)}:
                raise Refused("R17", "Anda ikut mengisi atau menjawab; yang menyatakan selesai orang lain.")
            return talk.settle(command, opened, threads)


def accept_figure(command: AcceptFigure, verification: Verification) -> Sequence[Event]:
    """Four eyes by person, as for the whole submission."""
    opened = _waiting(verification, command.by, command.occurred_on)
    _same(command.digest, opened)
    return acceptance.accept(command, opened, _accepted(verification), _threads(verification))


def _threads(verification: Verification) -> Threads:
    return {} if isinstance(verification, NotYet) else verification.threads


def _accepted(verification: Verification) -> acceptance.Accepted:
    return frozenset() if isinstance(verification, NotYet) else verification.accepted


def _same(seen: str, opened: VerificationOpened) -> None:
    if seen != opened.digest:
        raise Refused(
            "digest-conflict",
            "Isian berubah sejak Anda melihatnya: yang Anda lihat {seen}, yang sekarang {current}. "
            "Muat ulang dan periksa sel yang berubah.",
            field="digest",
            seen=seen[:8],
            current=opened.digest[:8],
        )


def _waiting(verification: Verification, by: str, occurred_on: date) -> VerificationOpened:
    if not isinstance(verification, Waiting):
        raise Refused("verification-closed", NOT_WAITING[type(verification)])
    opened = verification.opened
    if by in {*opened.contributors, *talk.answered_by(verification.threads)}:
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
        raise Refused("note-service", "Layanan ini tidak ada dalam isian.", field=f"{place}service")
    if note.field not in ("", "evidence", *COLUMNS, *(f"quality.{item}" for item in figure.quality)):
        raise Refused("note-field", "Kolom ini tidak ada pada layanan tersebut.", field=f"{place}field")
    if not note.note.strip():
        raise Refused("note-missing", "Tulis apa yang perlu diperbaiki pada angka ini.", field=f"{place}note")


def _voided(approved: Approved, reason: str, by: str, changes: tuple[CellChange, ...]) -> ApprovalVoided:
    return combined(
        ApprovalVoided, approved.opened, approved_by=approved.by, changes=changes, reason=reason, by=by
    )


# Evolve


def evolve(verification: Verification, event: Event) -> Verification:
    after = _phase(verification, event)
    if isinstance(after, NotYet):
        return after
    return replace(
        after,
        threads=talk.evolve(_threads(verification), event),
        accepted=acceptance.evolve(_accepted(verification), event),
    )


def _phase(verification: Verification, event: Event) -> Verification:
    match event:
        case VerificationOpened():
            return Waiting(event)
        case VerificationWithdrawn():
            return Withdrawn(_opened(verification))
        case SubmissionReturned():
            return Returned(_opened(verification))
        case SubmissionApproved(by=by, occurred_on=on):
            return Approved(_opened(verification), by=by, on=on)
        case ApprovalWithdrawn():
            return Waiting(_opened(verification))
        case ApprovalVoided():
            return Voided(_opened(verification))
        case QuestionAsked() | QuestionAnswered() | QuestionSettled() | FigureAccepted():
            return verification
        case _:
            assert_never(event)


def _opened(verification: Verification) -> VerificationOpened:
    assert not isinstance(verification, NotYet), "every other event is of a revision that was handed in"
    return verification.opened


verification: Decider[Command, Event, Verification] = Decider(initial=NotYet(), decide=decide, evolve=evolve)
