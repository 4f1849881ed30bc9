"""Submission: what one agency hands in for one period.

SOP step 7, and the way back from step 8. Previous hop: `submission/orders.py`, or a return by verification.
Next hop: verification, which opens its check on `SubmissionReceived`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from services.intake.domain.handing_over import hand_over, handed_over, joined, take_over, taken_over
from services.intake.domain.submission_commands import (
    AttachEvidence,
    AttachSignedSheet,
    Command,
    EnterFigure,
    ExplainWarning,
    HandIn,
    HandOverServices,
    OpenSubmission,
    Reopen,
    TakeBack,
    TakeOverServices,
    WithdrawEvidence,
)
from services.intake.domain.submission_state import (
    BLANK,
    Filling,
    HandedIn,
    Submission,
    Withdrawn,
    Wrote,
    all_explained,
    contributed,
    explanation_of,
    place_of,
    refuse_blocking,
    refuse_unanswered,
)
from shared.contracts.handing_over import ServicesHandedOver, ServicesTakenOver
from shared.contracts.intake import (
    EvidenceAttached,
    EvidenceWithdrawn,
    FigureEntered,
    SignedSheetAttached,
    SubmissionOpened,
    SubmissionReceived,
    SubmissionReopened,
    WarningExplained,
)
from shared.contracts.signs.printable import unprintable
from shared.contracts.values import Figure
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.eventsourcing.commands.value_checks import glyph_missing
from shared.spm.cells import cell, changes, said, with_cells
from shared.spm.digest import digest
from shared.spm.meaning.judging import judged, stopping
from shared.spm.rules import findings

Event = (
    SubmissionOpened
    | FigureEntered
    | EvidenceAttached
    | EvidenceWithdrawn
    | WarningExplained
    | SubmissionReceived
    | SignedSheetAttached
    | SubmissionReopened
    | ServicesHandedOver
    | ServicesTakenOver
)
# Decide


def decide(command: Command, submission: Submission) -> Sequence[Event]:
    match command:
        case OpenSubmission():
            return open_submission(command, submission)
        case Reopen():
            return reopen(command, submission)
        case TakeBack():
            return take_back(command, submission)
        case AttachSignedSheet():
            return attach_signed_sheet(command, submission)
        case HandOverServices():
            return hand_over(command, submission)
        case TakeOverServices():
            return take_over(command, submission)
        case EnterFigure() | AttachEvidence() | WithdrawEvidence() | ExplainWarning() | HandIn():
            return change(command, submission)
        case _:
            assert_never(command)


def change(
    command: EnterFigure | AttachEvidence | WithdrawEvidence | ExplainWarning | HandIn,
    submission: Submission,
) -> Sequence[Event]:
    if submission.phase is None:
        raise Refused("submission-not-open", "Isian belum dibuka; isian dibuka setelah sosialisasi.")
    if isinstance(submission.phase, HandedIn):
        raise Refused("submission-closed", "Isian sudah diserahkan; tarik kembali bila perlu diubah.")
    if isinstance(submission.phase, Withdrawn):
        raise Refused("submission-withdrawn", "Semua layanan isian ini sudah dialihkan; isian ini ditutup.")
    match command:
        case EnterFigure():
            return enter_figure(command, submission)
        case AttachEvidence():
            return attach_evidence(command, submission)
        case WithdrawEvidence():
            return withdraw_evidence(command, submission)
        case ExplainWarning():
            return explain(command, submission)
        case HandIn():
            return hand_in(command, submission, submission.phase.last + 1)
        case _:
            assert_never(command)


def open_submission(command: OpenSubmission, submission: Submission) -> Sequence[Event]:
    if submission.phase is not None:
        return []
    return [combined(SubmissionOpened, command)]


def enter_figure(command: EnterFigure, submission: Submission) -> Sequence[Event]:
    check_assigned(submission, command.service)
    service = submission.asked_for(command.service)
    for item in command.figure.quality:
        if service.quality_item(item) is None:
            raise Refused(
                "quality-item-unknown",
                "Butir mutu {item} tidak ada pada layanan ini.",
                field=f"quality.{item}",
                item=item,
            )
    stored = submission.figures.get(command.service, BLANK)
    figure = merged(command, submission, stored)
    for place in ("reason", "origin"):
        text = getattr(figure, place)
        if text != getattr(stored, place) and (glyph := unprintable(text)):
            raise glyph_missing(glyph, place)
    refuse_blocking(findings(service, figure, complete=False))
    if stored == figure:
        return []
    return [combined(FigureEntered, submission, command, figure=figure)]


def merged(command: EnterFigure, submission: Submission, stored: Figure) -> Figure:
    """The stored figure with the cells that the person changed;
    one that somebody else changed meanwhile is refused, by its name.
    """
    if command.seen is None:
        return command.figure
    typed = changes(command.seen, command.figure)
    for place, value in typed.items():
        now, seen = cell(stored, place), cell(command.seen, place)
        if now not in (seen, value):
            wrote = submission.wrote(command.service, place)
            raise Refused(
                "cell-conflict",
                "Sel ini diubah oleh {who}: dari {seen} menjadi {stored}. Yang Anda kirim: {typed}. "
                "Pilih salah satu.",
                field=place,
                who=wrote.by if wrote else "",
                on=wrote.on.isoformat() if wrote else "",
                seen=said(seen) or "–",
                stored=said(now) or "–",
                typed=said(value) or "–",
            )
    return with_cells(stored, typed)


def attach_evidence(command: AttachEvidence, submission: Submission) -> Sequence[Event]:
    if not command.evidence.services:
        raise Refused("evidence-for-nothing", "Pilih layanan yang didukung berkas ini.", field="services")
    for service in command.evidence.services:
        check_assigned(submission, service)
    attached = joined(submission.attached(command.evidence.file.digest), command.evidence)
    if attached == submission.attached(attached.file.digest):
        return []
    return [combined(EvidenceAttached, submission, command, evidence=attached)]


def withdraw_evidence(command: WithdrawEvidence, submission: Submission) -> Sequence[Event]:
    if submission.attached(command.digest) is None:
        return []
    if not command.reason.strip():
        raise Refused("reason-missing", "Tulis mengapa berkas ini ditarik.", field="reason")
    return [combined(EvidenceWithdrawn, submission, command, reason=command.reason.strip())]


def hand_in(command: HandIn, submission: Submission, revision: int) -> Sequence[Event]:
    handed_in = digest(submission.figures, submission.evidence, revision)
    if command.digest not in (None, handed_in):
        sentence = (
            "Isian berubah sejak Anda melihatnya: sidiknya sekarang {now}, yang Anda lihat {seen}. "
            "Periksa, lalu serahkan lagi."
        )
        raise Refused("sheet-conflict", sentence, now=handed_in[:8], seen=str(command.digest)[:8])
    if submission.missing:
        names = ", ".join(submission.asked_for(service).name for service in submission.missing)
        raise Refused(
            "figures-missing", "Belum diisi: {services}.", field=submission.missing[0], services=names
        )
    for service, figure in submission.figures.items():
        if figure.answer == "not_yet":
            name = submission.asked_for(service).name
            raise Refused(
                "figure-not-yet",
                "Masih dijawab belum ada data: {service}.",
                field=f"{service}.answer",
                service=name,
            )
    refuse_unanswered(submission, command.answered)
    found = judged(submission.as_judged(), command.grounds)
    for stop in stopping(found):
        refuse_blocking([stop], prefix=f"{stop.service}.")
    persons = (*contributed(submission, command.by).contributors, *command.holders)
    return [
        combined(
            SubmissionReceived,
            submission,
            command,
            revision=revision,
            entered_by=tuple(dict.fromkeys(persons)),
            digest=handed_in,
            explanations=all_explained(found, submission.explained),
            thresholds=command.grounds.thresholds.version,
        )
    ]


def explain(command: ExplainWarning, submission: Submission) -> Sequence[Event]:
    check_assigned(submission, command.service)
    found = judged(submission.as_judged(), command.grounds)
    explanation = explanation_of(command, found, submission.explained)
    return [combined(WarningExplained, submission, command, explanation=explanation)] if explanation else []


def attach_signed_sheet(command: AttachSignedSheet, submission: Submission) -> Sequence[Event]:
    revision = submission.handed_in.get(command.sheet)
    if revision is None:
        sentence = (
            "Belum ada isian yang diserahkan dengan sidik {digest}; serahkan dahulu, "
            "lalu lampirkan lembarnya."
        )
        raise Refused("sheet-unknown", sentence, field="sheet", digest=command.sheet[:8])
    if (command.sheet, command.file.digest) in submission.signed:
        return []
    return [combined(SignedSheetAttached, submission, command, revision=revision)]


def take_back(command: TakeBack, submission: Submission) -> Sequence[Event]:
    if not isinstance(submission.phase, HandedIn):
        raise Refused("submission-open", "Isian belum diserahkan, jadi tidak ada yang ditarik.")
    if command.endorsed:
        raise Refused(
            "report-endorsed", "Laporan sudah pernah disahkan; isian hanya dapat dikembalikan Tim SPM."
        )
    if not command.reason.strip():
        raise Refused("reason-missing", "Tulis mengapa isian ditarik kembali.", field="reason")
    taken_back = submission.phase.revision
    return [
        combined(
            SubmissionReopened,
            submission,
            command,
            revision=taken_back,
            reason=command.reason.strip(),
            fields=(),
        )
    ]


def reopen(command: Reopen, submission: Submission) -> Sequence[Event]:
    if submission.phase != HandedIn(command.revision):
        return []
    return [combined(SubmissionReopened, submission, command)]


def check_assigned(submission: Submission, service: str) -> None:
    if service not in submission.services:
        raise Refused(
            "service-not-assigned", "Layanan ini bukan tugas perangkat daerah Anda.", field="service"
        )


# Evolve


def evolve(submission: Submission, event: Event) -> Submission:
    match event:
        case SubmissionOpened():
            return combined(Submission, event, phase=Filling())
        case FigureEntered():
            return entered(contributed(submission, event.by), event)
        case EvidenceAttached() | EvidenceWithdrawn():
            return with_evidence(contributed(submission, event.by), event)
        case WarningExplained(explanation=said):
            explained = {**submission.explained, place_of(said): said}
            return replace(contributed(submission, event.by), explained=explained)
        case SubmissionReceived(revision=revision):
            handed_in = {**submission.handed_in, event.digest: revision}
            now = replace(contributed(submission, event.by), handed_in=handed_in, notes=())
            return replace(now, phase=HandedIn(revision))
        case SignedSheetAttached():
            return replace(submission, signed=submission.signed | {(event.sheet, event.file.digest)})
        case SubmissionReopened():
            returned = (submission.figures, submission.evidence)
            again = replace(submission, notes=event.fields, returned=returned)
            return replace(again, phase=Filling(last=event.revision))
        case ServicesHandedOver():
            return handed_over(submission, event)
        case ServicesTakenOver():
            return taken_over(submission, event)
        case _:
            assert_never(event)


def with_evidence(submission: Submission, event: EvidenceAttached | EvidenceWithdrawn) -> Submission:
    """The files as they are now, and who attached each first."""
    if isinstance(event, EvidenceWithdrawn):
        kept = tuple(entry for entry in submission.evidence if entry.file.digest != event.digest)
        by = {name: wrote for name, wrote in submission.attached_by.items() if name != event.digest}
        return replace(submission, evidence=kept, attached_by=by)
    file = event.evidence.file
    others = tuple(entry for entry in submission.evidence if entry.file.digest != file.digest)
    by = {file.digest: Wrote(event.by, event.occurred_on), **submission.attached_by}
    return replace(submission, evidence=(*others, event.evidence), attached_by=by)


def entered(submission: Submission, event: FigureEntered) -> Submission:
    """The figure as it is now, and whose each of its changed cells is."""
    changed = changes(submission.figures.get(event.service, BLANK), event.figure)
    written = {
        **submission.written.get(event.service, {}),
        **dict.fromkeys(changed, Wrote(event.by, event.occurred_on)),
    }
    return replace(
        submission,
        figures=with_figure(submission.figures, event.service, event.figure),
        written={**submission.written, event.service: written},
    )


def with_figure(figures: Mapping[str, Figure], service: str, figure: Figure) -> Mapping[str, Figure]:
    """A figure without anything in it is a blank again."""
    if figure != BLANK:
        return {**figures, service: figure}
    return {known: before for known, before in figures.items() if known != service}


submission = Decider(initial=Submission(), decide=decide, evolve=evolve)
