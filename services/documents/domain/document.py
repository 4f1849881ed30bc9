"""Document: one letter of a cycle on its way: drafted, handed over or endorsed, printed.

SOP steps 4, 5, 9, 10, 11. Previous hop: `process_manager.py` (a step started, figures approved, the report
endorsed), and persons by way of `papers/orders.py`. Next hop: verification (asks for endorsement),
`domain/dispatch.py`, archive. A draft reaches this rule as a finished file: typesetting comes first, so that
the event can name its digest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from shared.contracts.documents import (
    CopiesPrinted,
    DocumentDrafted,
    DocumentHandedOver,
    DocumentOpened,
    DocumentSettled,
    FiguresReleased,
    FiguresWithdrawn,
    Kind,
    TeamDecreeIssued,
)
from shared.contracts.fields import CycleId, Digest, Key, Name, Person, Small, StepKey
from shared.contracts.values import StoredFile
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused

Event = (
    DocumentOpened
    | FiguresReleased
    | FiguresWithdrawn
    | DocumentDrafted
    | DocumentHandedOver
    | TeamDecreeIssued
    | DocumentSettled
    | CopiesPrinted
)

MOST_COPIES = 1_000


# Commands


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
    with their digests.
    """

    finished: Finished
    basis: Mapping[Key, Digest]
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
class RecordCopies:
    """`copies` were printed; `digest` is the file that was printed, as the person saw it on the page."""

    digest: Digest
    copies: Small
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
    | RecordCopies
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


# State


@dataclass(frozen=True, slots=True)
class Document:
    """`holds`: the figures behind the present draft are still approved.
    `settled`: the endorsed digest, if it may be printed.
    """

    opened: DocumentOpened | None = None
    basis: Mapping[str, str] = field(default_factory=dict)
    verifiers: tuple[str, ...] = ()
    draft: DocumentDrafted | None = None
    holds: bool = True
    handed_over: tuple[str, ...] = ()
    issued: bool = False
    settled: str = ""


# Decide


def decide(command: Command, document: Document) -> Sequence[Event]:
    match command:
        case OpenDocument():
            return open_document(command, document)
        case ReleaseFigures():
            return release_figures(command, document)
        case WithdrawFigures():
            return withdraw_figures(command, document)
        case DraftTeamDecree() | DraftReport() | DraftCoverLetter():
            return draft(command, document)
        case HandOver():
            return hand_over(command, document)
        case IssueTeamDecree():
            return issue_team_decree(command, document)
        case SettleDocument():
            return settle(command, document)
        case RecordCopies():
            return record_copies(command, document)
        case _:
            assert_never(command)


def open_document(command: OpenDocument, document: Document) -> Sequence[Event]:
    if document.opened:
        return []
    return [combined(DocumentOpened, command)]


def release_figures(command: ReleaseFigures, document: Document) -> Sequence[Event]:
    if document.basis == command.digests:
        return []
    overtaken = _overtaken(command, document.draft) if document.draft and document.holds else []
    released = combined(FiguresReleased, command)
    return [*overtaken, released]


def withdraw_figures(command: WithdrawFigures, document: Document) -> Sequence[Event]:
    if document.basis.get(command.submission) != command.digest:
        return []
    return [combined(FiguresWithdrawn, command)]


def draft(command: Draft, document: Document) -> Sequence[Event]:
    opened = _opened(document)
    if not isinstance(command, drafted_by(opened.kind)):
        raise Refused("wrong-kind", "Naskah ini bukan jenis dokumen yang diminta.", field="kind")
    if isinstance(command, DraftReport):
        _refuse_unless_current(command, document.basis)
    if document.settled and document.holds:
        raise Refused("already-settled", "Dokumen ini sudah disahkan dan tidak diubah lagi.")
    if document.issued:
        raise Refused("decree-issued", "SK sudah ditetapkan; perubahan memerlukan Keputusan baru.")
    finished = command.finished
    if document.draft and document.holds and document.draft.file.digest == finished.file.digest:
        return []
    return [
        combined(
            DocumentDrafted,
            opened,
            finished,
            command,
            revision=document.draft.revision + 1 if document.draft else 1,
            verifiers=document.verifiers,
            basis=command.basis if isinstance(command, DraftReport) else {},
        )
    ]


def hand_over(command: HandOver, document: Document) -> Sequence[Event]:
    drafted = _draft_of_team_decree(document)
    if document.issued:
        raise Refused("decree-issued", "SK sudah ditetapkan; draf tidak diserahkan lagi.")
    _same_file(command.digest, drafted.file.digest)
    if command.digest in document.handed_over:
        raise Refused("already-handed-over", "Draf ini sudah diserahkan; susun draf baru bila ada perubahan.")
    if not command.handed_to.strip():
        raise Refused(
            "handed-to-missing", "Tulis siapa yang menerima draf di Bagian Hukum.", field="handed_to"
        )
    _not_before_draft(command.occurred_on, drafted, "occurred_on")
    return [
        combined(
            DocumentHandedOver,
            drafted,
            command,
            handed_to=command.handed_to.strip(),
            reference=command.reference.strip(),
        )
    ]


def issue_team_decree(command: IssueTeamDecree, document: Document) -> Sequence[Event]:
    drafted = _draft_of_team_decree(document)
    if document.issued:
        raise Refused("decree-issued", "Penetapan SK ini sudah dicatat.")
    if not document.handed_over:
        raise Refused("not-handed-over", "Catat dulu penyerahan draf kepada Bagian Hukum.")
    if not command.number.strip():
        raise Refused("number-missing", "Tulis nomor Keputusan.", field="number")
    _not_before_draft(command.issued_on, drafted, "issued_on")
    if command.issued_on > command.occurred_on:
        raise Refused(
            "issued-later", "Tanggal penetapan tidak boleh sesudah tanggal pencatatan.", field="issued_on"
        )
    return [combined(TeamDecreeIssued, drafted, command, number=command.number.strip())]


def settle(command: SettleDocument, document: Document) -> Sequence[Event]:
    """An endorsement of a draft that was overtaken, or whose figures were withdrawn, settles nothing."""
    drafted = document.draft
    if (
        drafted is None
        or not document.holds
        or drafted.file.digest != command.digest
        or document.settled == command.digest
    ):
        return []
    return [combined(DocumentSettled, drafted, command)]


def record_copies(command: RecordCopies, document: Document) -> Sequence[Event]:
    opened = _opened(document)
    if not document.settled:
        raise Refused("not-settled", "Dokumen belum disahkan; yang boleh dicetak hanya berkas yang disahkan.")
    if not document.holds:
        raise Refused(
            "figures-withdrawn", "Angka di balik laporan ini tidak berlaku lagi; tunggu laporan yang baru."
        )
    _same_file(command.digest, document.settled)
    if not 1 <= command.copies <= MOST_COPIES:
        raise Refused(
            "copies", "Jumlah eksemplar harus antara 1 dan {most}.", field="copies", most=MOST_COPIES
        )
    return [combined(CopiesPrinted, opened, command)]


def _refuse_unless_current(command: DraftReport, released: Mapping[str, str]) -> None:
    """Refuses a report that was compiled from anything but exactly the figures that are approved."""
    if not released:
        raise Refused("figures-not-released", "Laporan baru dapat disusun setelah semua isian disetujui.")
    if command.basis != released:
        raise Refused(
            "figures-changed", "Angka yang disetujui berubah selama naskah disusun; susun sekali lagi."
        )


def _overtaken(command: ReleaseFigures, drafted: DocumentDrafted) -> Sequence[FiguresWithdrawn]:
    """The draft holds no longer when other figures are released than it was compiled from, although nobody
    voided an approval before: a submission may come to be required later. What a draft of version 1 was
    compiled from nobody said; it holds until an approval is voided.
    """
    before, now = drafted.basis, command.digests
    if not before or before == now:
        return []
    changed = min(name for name in {*before, *now} if before.get(name) != now.get(name))
    return [combined(FiguresWithdrawn, command, submission=changed, digest=before.get(changed, ""))]


def _opened(document: Document) -> DocumentOpened:
    if document.opened is None:
        raise Refused("document-closed", "Langkah SOP untuk dokumen ini belum dimulai.")
    return document.opened


def _draft_of_team_decree(document: Document) -> DocumentDrafted:
    if _opened(document).kind != "sk_tim":
        raise Refused("wrong-kind", "Hanya SK Tim SPM yang diserahkan kepada Bagian Hukum dan ditetapkan.")
    if document.draft is None:
        raise Refused("not-drafted", "Draf SK belum disusun.")
    return document.draft


def _same_file(seen: str, current: str) -> None:
    if seen != current:
        raise Refused(
            "digest-conflict",
            "Berkas berganti sejak Anda melihatnya: yang Anda lihat {seen}, yang berlaku {current}. "
            "Periksa berkas yang berlaku.",
            field="digest",
            seen=seen[:8],
            current=current[:8],
        )


def _not_before_draft(day: date, drafted: DocumentDrafted, name: str) -> None:
    if day < drafted.occurred_on:
        raise Refused(
            "before-drafted",
            "Tanggal ini mendahului tanggal draf ({drafted}).",
            field=name,
            drafted=drafted.occurred_on,
        )


# Evolve


def evolve(document: Document, event: Event) -> Document:
    match event:
        case DocumentOpened():
            return replace(document, opened=event)
        case FiguresReleased(digests=digests, verifiers=verifiers):
            return replace(document, basis=digests, verifiers=verifiers)
        case FiguresWithdrawn():
            return replace(document, basis={}, verifiers=(), holds=document.draft is None)
        case DocumentDrafted():
            return replace(document, draft=event, holds=True, settled="")
        case DocumentHandedOver(digest=digest):
            return replace(document, handed_over=(*document.handed_over, digest))
        case TeamDecreeIssued():
            return replace(document, issued=True)
        case DocumentSettled(digest=digest):
            return replace(document, settled=digest)
        case CopiesPrinted():
            return document
        case _:
            assert_never(event)


document = Decider(initial=Document(), decide=decide, evolve=evolve)
