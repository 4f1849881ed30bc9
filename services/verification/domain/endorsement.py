"""Endorsement: the report is declared valid (disahkan), exactly as one file,
by a person who had no hand in it.

SOP step 10. Previous hop: documents' `DocumentDrafted` of the report and the own round, by way of
`process_manager.py`; the endorser by way of `endorsing/orders.py`. Next hop: documents, which settles the
endorsed file for printing and dispatch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, assert_never

from shared.contracts.fields import CycleId, Digest, Key, Person, Prose, Small
from shared.contracts.values import StoredFile
from shared.contracts.verification import (
    EndorsementAdmitted,
    EndorsementHeld,
    EndorsementRefused,
    EndorsementRequested,
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
)
Status = Literal["nothing", "waiting", "stale", "endorsed", "refused"]

NOT_WAITING = {
    "nothing": "Belum ada naskah laporan yang menunggu pengesahan.",
    "stale": "Angka di balik laporan ini berubah sesudah naskahnya dibuat; tunggu naskah yang baru.",
    "endorsed": "Naskah laporan ini sudah disahkan.",
    "refused": "Naskah laporan ini sudah ditolak; tunggu naskah yang baru.",
}


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


Command = (
    SettleFigures
    | UnsettleFigures
    | HoldEndorsement
    | AdmitEndorsement
    | RequestEndorsement
    | EndorseReport
    | RefuseEndorsement
)


# State


@dataclass(frozen=True, slots=True)
class Endorsement:
    """`digests`: the figures that were settled last, by submission stream;
    empty where events of version 1 did not say which.

    `way`: free; held where something has to be done first; admitted once it was done,
    and not asked for again when the report is drafted anew.
    """

    status: Status = "nothing"
    request: EndorsementRequested | None = None
    settled: bool = False
    involved: frozenset[str] = frozenset()
    digests: Mapping[str, str] = field(default_factory=dict)
    way: Literal["free", "held", "admitted"] = "free"


# Decide


def decide(command: Command, endorsement: Endorsement) -> Sequence[Event]:
    match command:
        case SettleFigures():
            return settle(command, endorsement)
        case UnsettleFigures():
            return [combined(FiguresUnsettled, command)] if endorsement.settled else []
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
    if (
        endorsement.settled
        and endorsement.involved == frozenset(command.involved)
        and endorsement.digests == command.digests
    ):
        return []
    return [combined(FiguresSettled, command)]


def request(command: RequestEndorsement, endorsement: Endorsement) -> Sequence[Event]:
    if endorsement.request and command.revision <= endorsement.request.revision:
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
    waiting = _waiting(command.digest, command.occurred_on, endorsement)
    if endorsement.way == "held":
        raise Refused("endorsement-held", "Langkah di antara draf laporan dan pengesahannya belum selesai.")
    if not endorsement.settled:
        raise Refused(
            "figures-not-settled", "Belum semua isian disetujui, sehingga laporan belum dapat disahkan."
        )
    if _of_other_figures(waiting, endorsement):
        raise Refused(
            "figures-changed",
            "Naskah ini disusun dari angka lama, bukan angka yang kini disetujui; tunggu naskah yang baru.",
        )
    if command.by in endorsement.involved or command.by in waiting.involved:
        raise Refused(
            "R17",
            "Anda ikut mengisi, memverifikasi, atau menyusun laporan ini; "
            "pengesahan harus dilakukan orang "
            "lain.",
        )
    return [combined(ReportEndorsed, waiting, command)]


def refuse(command: RefuseEndorsement, endorsement: Endorsement) -> Sequence[Event]:
    waiting = _waiting(command.digest, command.occurred_on, endorsement)
    if not command.reason.strip():
        raise Refused(
            "reason-missing",
            "Tulis alasan penolakan, agar penyusun tahu apa yang diperbaiki.",
            field="reason",
        )
    return [combined(EndorsementRefused, waiting, command, reason=command.reason.strip())]


def _waiting(digest: str, occurred_on: date, endorsement: Endorsement) -> EndorsementRequested:
    waiting = endorsement.request
    if waiting is None or endorsement.status != "waiting":
        raise Refused("endorsement-closed", NOT_WAITING[endorsement.status])
    if digest != waiting.digest:
        raise Refused(
            "digest-conflict",
            "Naskah laporan berganti sejak Anda membacanya: yang Anda baca {seen}, "
            "yang sekarang {current}. "
            "Baca naskah yang baru.",
            field="digest",
            seen=digest[:8],
            current=waiting.digest[:8],
        )
    if occurred_on < waiting.drafted_on:
        raise Refused("before-drafted", "Tanggal ini mendahului tanggal naskah laporan.", field="occurred_on")
    return waiting


def _of_other_figures(waiting: EndorsementRequested, endorsement: Endorsement) -> bool:
    """What events of version 1 left unsaid is not held against a draft:
    where they settled the figures, no newer draft could mend it.
    """
    return bool(waiting.basis and endorsement.digests) and waiting.basis != endorsement.digests


# Evolve


def evolve(endorsement: Endorsement, event: Event) -> Endorsement:
    match event:
        case FiguresSettled(involved=involved, digests=digests):
            status = _status_with(digests, endorsement)
            return replace(
                endorsement, settled=True, involved=frozenset(involved), digests=digests, status=status
            )
        case FiguresUnsettled():
            return replace(
                endorsement,
                settled=False,
                status="stale" if endorsement.status == "waiting" else endorsement.status,
            )
        case EndorsementHeld():
            return replace(endorsement, way="held")
        case EndorsementAdmitted():
            return replace(endorsement, way="admitted")
        case EndorsementRequested():
            return replace(endorsement, status="waiting", request=event)
        case ReportEndorsed():
            return replace(endorsement, status="endorsed")
        case EndorsementRefused():
            return replace(endorsement, status="refused")
        case _:
            assert_never(event)


def _status_with(digests: Mapping[str, str], endorsement: Endorsement) -> Status:
    """A draft of these very figures may have come before the news that the figures
    before them no longer hold; then it waits again.
    """
    request = endorsement.request
    if endorsement.status == "stale" and request and request.basis and request.basis == digests:
        return "waiting"
    return endorsement.status


endorsement = Decider(initial=Endorsement(), decide=decide, evolve=evolve)
