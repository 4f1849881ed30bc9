"""Endorsement: the report is declared valid (disahkan), exactly as one file,
by a person who had no hand in it.

SOP step 10. Previous hop: documents' `DocumentDrafted` of the report and the own round, by way of
`process_manager.py`; the endorser by way of `endorsing/orders.py`. Next hop: documents, which settles the
endorsed file for printing and dispatch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, assert_never

from services.verification.domain.endorsement_commands import (
    AdmitCorrection,
    AdmitEndorsement,
    AdmitWithdrawal,
    Command,
    EndorseReport,
    FollowWithdrawal,
    HoldEndorsement,
    RefuseEndorsement,
    RequestEndorsement,
    SettleFigures,
    UnsettleFigures,
)
from shared.contracts.verification import (
    CorrectionAdmitted,
    EndorsementAdmitted,
    EndorsementHeld,
    EndorsementRefused,
    EndorsementRequested,
    EndorsementWithdrawn,
    FiguresSettled,
    FiguresUnsettled,
    ReportEndorsed,
)
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused

Event = (
    FiguresSettled
    | FiguresUnsettled
    | EndorsementHeld
    | EndorsementAdmitted
    | EndorsementRequested
    | ReportEndorsed
    | EndorsementRefused
    | EndorsementWithdrawn
    | CorrectionAdmitted
)


# State


@dataclass(frozen=True, slots=True)
class NotYet:
    """No draft of the report was made."""


@dataclass(frozen=True, slots=True)
class Waiting:
    request: EndorsementRequested


@dataclass(frozen=True, slots=True)
class Stale:
    """The figures behind the draft changed before anybody endorsed or refused it."""

    request: EndorsementRequested


@dataclass(frozen=True, slots=True)
class Endorsed:
    request: EndorsementRequested


@dataclass(frozen=True, slots=True)
class TurnedDown:
    request: EndorsementRequested


@dataclass(frozen=True, slots=True)
class Corrected:
    """It was endorsed and printed, and is officially corrected: another draft follows."""

    request: EndorsementRequested


Report = NotYet | Waiting | Stale | Endorsed | TurnedDown | Corrected

NOT_WAITING: Mapping[type, str] = {
    NotYet: "Belum ada naskah laporan yang menunggu pengesahan.",
    Stale: "Angka di balik laporan ini berubah sesudah naskahnya dibuat; tunggu naskah yang baru.",
    Endorsed: "Naskah laporan ini sudah disahkan.",
    TurnedDown: "Naskah laporan ini sudah ditolak; tunggu naskah yang baru.",
    Corrected: "Laporan ini sedang dikoreksi; tunggu naskah yang baru.",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """Every required submission is approved. `digests`: exactly these, by submission stream;
    empty where events of version 1 did not say which. `involved` had a hand in them.
    """

    involved: frozenset[str]
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Endorsement:
    """The draft of the report, and the figures as they are now (None: an approval is missing).

    `way`: free; held where something has to be done first; admitted once it was done,
    and not asked for again when the report is drafted anew. `corrected`: the submissions that the latest
    official correction opens again; None where there was none, and nothing is shut.
    """

    report: Report = NotYet()
    figures: Settled | None = None
    way: Literal["free", "held", "admitted"] = "free"
    correction: int = 0
    corrected: frozenset[str] | None = None


# Decide


def decide(command: Command, endorsement: Endorsement) -> Sequence[Event]:
    match command:
        case SettleFigures():
            return settle(command, endorsement)
        case UnsettleFigures():
            return [combined(FiguresUnsettled, command)] if endorsement.figures else []
        case AdmitWithdrawal():
            return admit_withdrawal(command, endorsement)
        case FollowWithdrawal():
            return follow_withdrawal(command, endorsement.report)
        case AdmitCorrection():
            return admit_correction(command, endorsement)
        case HoldEndorsement() | AdmitEndorsement():
            return hold_or_admit(command, endorsement)
        case RequestEndorsement():
            return request(command, endorsement)
        case EndorseReport():
            return endorse(command, endorsement)
        case RefuseEndorsement():
            return refuse(command, endorsement)
        case _:
            assert_never(command)


def hold_or_admit(command: HoldEndorsement | AdmitEndorsement, endorsement: Endorsement) -> Sequence[Event]:
    match command, endorsement.way:
        case HoldEndorsement(), "free":
            return [combined(EndorsementHeld, command)]
        case AdmitEndorsement(), "held":
            return [combined(EndorsementAdmitted, command)]
        case _:
            return []


def settle(command: SettleFigures, endorsement: Endorsement) -> Sequence[Event]:
    if endorsement.figures == Settled(frozenset(command.involved), command.digests):
        return []
    return [combined(FiguresSettled, command)]


def admit_withdrawal(command: AdmitWithdrawal, endorsement: Endorsement) -> Sequence[Event]:
    """From here on nobody endorses what rests on this approval: the store lets one of the two through. What
    an official correction does not name stays as it was printed.
    """
    if endorsement.corrected is not None and command.submission not in endorsement.corrected:
        raise Refused(
            "not-in-correction",
            "Isian ini tidak termasuk koreksi ke-{number}; angkanya tetap seperti dalam laporan.",
            number=endorsement.correction,
        )
    if endorsement.figures is None:
        return []
    if isinstance(endorsement.report, Endorsed):
        raise Refused(
            "report-endorsed",
            "Laporan yang memuat angka ini sudah disahkan; pengesahannya harus ditarik lebih dahulu.",
        )
    return [combined(FiguresUnsettled, command)]


def follow_withdrawal(command: FollowWithdrawal, report: Report) -> Sequence[Event]:
    if not isinstance(report, Endorsed) or report.request.digest != command.digest:
        return []
    return [combined(EndorsementWithdrawn, report.request, command)]


def admit_correction(command: AdmitCorrection, endorsement: Endorsement) -> Sequence[Event]:
    if command.correction <= endorsement.correction:
        return []
    return [combined(CorrectionAdmitted, command)]


def request(command: RequestEndorsement, endorsement: Endorsement) -> Sequence[Event]:
    report = endorsement.report
    if not isinstance(report, NotYet) and command.revision <= report.request.revision:
        return []
    return [
        combined(
            EndorsementRequested,
            command,
            digest=command.file.digest,
            drafted_by=command.by,
            drafted_on=command.occurred_on,
        )
    ]


def endorse(command: EndorseReport, endorsement: Endorsement) -> Sequence[Event]:
    waiting = _waiting(command.digest, command.occurred_on, endorsement.report)
    if endorsement.way == "held":
        raise Refused("endorsement-held", "Langkah di antara draf laporan dan pengesahannya belum selesai.")
    if endorsement.figures is None:
        raise Refused(
            "figures-not-settled", "Belum semua isian disetujui, sehingga laporan belum dapat disahkan."
        )
    if _of_other_figures(waiting, endorsement.figures):
        raise Refused(
            "figures-changed",
            "Naskah ini disusun dari angka lama, bukan angka yang kini disetujui; tunggu naskah yang baru.",
        )
    if command.by in endorsement.figures.involved or command.by in waiting.involved:
        raise Refused(
            "R17",
            "Anda ikut mengisi, memverifikasi, atau menyusun laporan ini; "
            "pengesahan harus dilakukan orang lain.",
        )
    return [combined(ReportEndorsed, waiting, command)]


def refuse(command: RefuseEndorsement, endorsement: Endorsement) -> Sequence[Event]:
    waiting = _waiting(command.digest, command.occurred_on, endorsement.report)
    if not command.reason.strip():
        raise Refused(
            "reason-missing",
            "Tulis alasan penolakan, agar penyusun tahu apa yang diperbaiki.",
            field="reason",
        )
    return [combined(EndorsementRefused, waiting, command, reason=command.reason.strip())]


def _waiting(digest: str, occurred_on: date, report: Report) -> EndorsementRequested:
    if not isinstance(report, Waiting):
        raise Refused("endorsement-closed", NOT_WAITING[type(report)])
    waiting = report.request
    if digest != waiting.digest:
        raise Refused(
            "digest-conflict",
            "Naskah laporan berganti sejak Anda membacanya: yang Anda baca {seen}, "
            "yang sekarang {current}. Baca naskah yang baru.",
            field="digest",
            seen=digest[:8],
            current=waiting.digest[:8],
        )
    if occurred_on < waiting.drafted_on:
        raise Refused("before-drafted", "Tanggal ini mendahului tanggal naskah laporan.", field="occurred_on")
    return waiting


def _of_other_figures(waiting: EndorsementRequested, figures: Settled) -> bool:
    """What events of version 1 left unsaid is not held against a draft:
    where they settled the figures, no newer draft could mend it.
    """
    return bool(waiting.basis and figures.digests) and waiting.basis != figures.digests


# Evolve


def evolve(endorsement: Endorsement, event: Event) -> Endorsement:
    report = endorsement.report
    match event:
        case FiguresSettled(involved=involved, digests=digests):
            figures = Settled(frozenset(involved), digests)
            return replace(endorsement, figures=figures, report=_resting_on(figures, report))
        case FiguresUnsettled():
            stale = Stale(report.request) if isinstance(report, Waiting) else report
            return replace(endorsement, figures=None, report=stale)
        case EndorsementHeld():
            return replace(endorsement, way="held")
        case EndorsementAdmitted():
            return replace(endorsement, way="admitted")
        case EndorsementRequested():
            return replace(endorsement, report=Waiting(event))
        case ReportEndorsed():
            return replace(endorsement, report=Endorsed(_requested(report)))
        case EndorsementRefused():
            return replace(endorsement, report=TurnedDown(_requested(report)))
        case EndorsementWithdrawn():
            again = _requested(report)
            return replace(endorsement, report=Waiting(again) if endorsement.figures else Stale(again))
        case CorrectionAdmitted(correction=number, submissions=reopened):
            named = frozenset(each.submission for each in reopened)
            before = report if isinstance(report, NotYet) else Corrected(report.request)
            return replace(endorsement, report=before, correction=number, corrected=named)
        case _:
            assert_never(event)


def _resting_on(figures: Settled, report: Report) -> Report:
    """A draft of these very figures may have come before the news that the figures
    before them no longer hold; then it waits again.
    """
    match report:
        case Stale(request=request) if request.basis and request.basis == figures.digests:
            return Waiting(request)
        case _:
            return report


def _requested(report: Report) -> EndorsementRequested:
    assert not isinstance(report, NotYet), "only a draft is endorsed or refused"
    return report.request


endorsement = Decider(initial=Endorsement(), decide=decide, evolve=evolve)
