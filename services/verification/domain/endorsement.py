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

from shared.contracts.fields import CycleId, Digest, Key, Person, Prose, Small
from shared.contracts.values import StoredFile
from shared.contracts.verification import (
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
)


# Commands


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


Command = (
    SettleFigures
    | UnsettleFigures
    | AdmitWithdrawal
    | FollowWithdrawal
    | HoldEndorsement
    | AdmitEndorsement
    | RequestEndorsement
    | EndorseReport
    | RefuseEndorsement
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


Report = NotYet | Waiting | Stale | Endorsed | TurnedDown

NOT_WAITING: Mapping[type, str] = {
    NotYet: "Belum ada naskah laporan yang menunggu pengesahan.",
    Stale: "Angka di balik laporan ini berubah sesudah naskahnya dibuat; tunggu naskah yang baru.",
    Endorsed: "Naskah laporan ini sudah disahkan.",
    TurnedDown: "Naskah laporan ini sudah ditolak; tunggu naskah yang baru.",
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
    and not asked for again when the report is drafted anew.
    """

    report: Report = NotYet()
    figures: Settled | None = None
    way: Literal["free", "held", "admitted"] = "free"


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
        case HoldEndorsement():
            return [combined(EndorsementHeld, command)] if endorsement.way == "free" else []
        case AdmitEndorsement():
            return [combined(EndorsementAdmitted, command)] if endorsement.way == "held" else []
        case RequestEndorsement():
            return request(command, endorsement)
        case EndorseReport():
            return endorse(command, endorsement)
        case RefuseEndorsement():
            return refuse(command, endorsement)
        case _:
            assert_never(command)


def settle(command: SettleFigures, endorsement: Endorsement) -> Sequence[Event]:
    if endorsement.figures == Settled(frozenset(command.involved), command.digests):
        return []
    return [combined(FiguresSettled, command)]


def admit_withdrawal(command: AdmitWithdrawal, endorsement: Endorsement) -> Sequence[Event]:
    """From here on nobody endorses what rests on this approval: the store lets one of the two through."""
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
