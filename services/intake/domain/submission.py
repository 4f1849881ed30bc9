"""Submission: what one agency hands in for one period.

SOP step 7, and the way back from step 8. Previous hop: `submission/orders.py`, or a return by verification.
Next hop: verification, which opens its check on `SubmissionReceived`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from services.intake.domain.submission_commands import (
    AttachEvidence,
    AttachSignedSheet,
    Command,
    EnterFigure,
    HandIn,
    OpenSubmission,
    Reopen,
    TakeBack,
    WithdrawEvidence,
)
from shared.contracts.intake import (
    EvidenceAttached,
    EvidenceWithdrawn,
    FigureEntered,
    SignedSheetAttached,
    SubmissionOpened,
    SubmissionReceived,
    SubmissionReopened,
)
from shared.contracts.values import AttachedEvidence, Figure
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.spm.catalogue import Service, catalogues
from shared.spm.cells import cell, changes, said, with_cells
from shared.spm.digest import digest
from shared.spm.rules import Finding, findings

Event = (
    SubmissionOpened
    | FigureEntered
    | EvidenceAttached
    | EvidenceWithdrawn
    | SubmissionReceived
    | SignedSheetAttached
    | SubmissionReopened
)
BLANK = Figure()


# State


@dataclass(frozen=True, slots=True)
class Wrote:
    """Who gave a cell its present value, and on which day."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Filling:
    """It may be changed. `last`: the revision that was handed in before, 0 where none was."""

    last: int = 0


@dataclass(frozen=True, slots=True)
class HandedIn:
    """It lies with Tim SPM as this revision; nothing of it changes."""

    revision: int


@dataclass(frozen=True, slots=True)
class Submission:
    """`catalogue` is the version that it is filled in by. `phase`: None before it is opened.
    `contributors` worked on any revision (R17).

    `written`: by service and cell, who changed it last. `handed_in`: the revision by its digest.
    `signed`: (digest, file) of scanned papers.
    """

    cycle: str = ""
    catalogue: int = 0
    agency: str = ""
    agency_name: str = ""
    period: str = ""
    services: tuple[str, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    evidence: tuple[AttachedEvidence, ...] = ()
    written: Mapping[str, Mapping[str, Wrote]] = field(default_factory=dict)
    handed_in: Mapping[str, int] = field(default_factory=dict)
    signed: frozenset[tuple[str, str]] = frozenset()
    contributors: tuple[str, ...] = ()
    phase: Filling | HandedIn | None = None

    def asked_for(self, service: str) -> Service:
        """A service as the catalogue of this submission's cycle has it."""
        return catalogues()[self.catalogue].services[service]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(service for service in self.services if service not in self.figures)

    def wrote(self, service: str, place: str) -> Wrote | None:
        return self.written.get(service, {}).get(place)

    def attached(self, digest: str) -> AttachedEvidence | None:
        return next((entry for entry in self.evidence if entry.file.digest == digest), None)


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
        case EnterFigure() | AttachEvidence() | WithdrawEvidence() | HandIn():
            return change(command, submission)
        case _:
            assert_never(command)


def change(
    command: EnterFigure | AttachEvidence | WithdrawEvidence | HandIn, submission: Submission
) -> Sequence[Event]:
    if submission.phase is None:
        raise Refused("submission-not-open", "Isian belum dibuka; isian dibuka setelah sosialisasi.")
    if isinstance(submission.phase, HandedIn):
        raise Refused("submission-closed", "Isian sudah diserahkan; tarik kembali bila perlu diubah.")
    match command:
        case EnterFigure():
            return enter_figure(command, submission)
        case AttachEvidence():
            return attach_evidence(command, submission)
        case WithdrawEvidence():
            return withdraw_evidence(command, submission)
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
    attached = added(submission.attached(command.evidence.file.digest), command.evidence)
    if attached == submission.attached(attached.file.digest):
        return []
    return [combined(EvidenceAttached, submission, command, evidence=attached)]


def added(before: AttachedEvidence | None, now: AttachedEvidence) -> AttachedEvidence:
    """The same bytes attached again support more services; they keep the name under which they are known."""
    if before is None:
        return now
    return AttachedEvidence(
        file=before.file, services=tuple(dict.fromkeys((*before.services, *now.services)))
    )


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
        refuse_blocking(findings(submission.asked_for(service), figure, complete=True), prefix=f"{service}.")
    persons = (*contributed(submission, command.by).contributors, *command.holders)
    return [
        combined(
            SubmissionReceived,
            submission,
            command,
            revision=revision,
            entered_by=tuple(dict.fromkeys(persons)),
            digest=handed_in,
        )
    ]


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
        raise Refused("report-endorsed", "Laporan sudah disahkan; isian tidak dapat ditarik lagi.")
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


def refuse_blocking(found: Sequence[Finding], prefix: str = "") -> None:
    first = next((finding for finding in found if finding.level == "block"), None)
    if first is not None:
        raise Refused(first.rule, first.sentence, field=prefix + first.field, **first.facts)


# Evolve


def evolve(submission: Submission, event: Event) -> Submission:
    match event:
        case SubmissionOpened():
            return combined(Submission, event, phase=Filling())
        case FigureEntered():
            return entered(contributed(submission, event.by), event)
        case EvidenceAttached(evidence=attached):
            others = tuple(
                entry for entry in submission.evidence if entry.file.digest != attached.file.digest
            )
            return replace(contributed(submission, event.by), evidence=(*others, attached))
        case EvidenceWithdrawn():
            kept = tuple(entry for entry in submission.evidence if entry.file.digest != event.digest)
            return replace(contributed(submission, event.by), evidence=kept)
        case SubmissionReceived(revision=revision):
            handed_in = {**submission.handed_in, event.digest: revision}
            return replace(contributed(submission, event.by), phase=HandedIn(revision), handed_in=handed_in)
        case SignedSheetAttached():
            return replace(submission, signed=submission.signed | {(event.sheet, event.file.digest)})
        case SubmissionReopened():
            return replace(submission, phase=Filling(last=event.revision))
        case _:
            assert_never(event)


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


def contributed(submission: Submission, person: str) -> Submission:
    if person in submission.contributors:
        return submission
    return replace(submission, contributors=(*submission.contributors, person))


def with_figure(figures: Mapping[str, Figure], service: str, figure: Figure) -> Mapping[str, Figure]:
    """A figure without anything in it is a blank again."""
    if figure != BLANK:
        return {**figures, service: figure}
    return {known: before for known, before in figures.items() if known != service}


submission = Decider(initial=Submission(), decide=decide, evolve=evolve)
