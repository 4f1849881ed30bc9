"""Document: one letter of a cycle on its way: drafted, handed over or endorsed, printed.

SOP steps 4, 5, 9, 10, 11. Previous hop: `document_commands.py`, given by `process_manager.py` (a step
started, figures approved, the report endorsed) and by persons. Next hop: verification (asks for endorsement),
`domain/dispatch.py`, archive. A draft reaches this rule as a finished file: typesetting comes first, so that
the event can name its digest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from services.documents.domain.correcting import (
    correct,
    corrected,
    refuse_other_correction,
)
from services.documents.domain.document_commands import (
    Command,
    DecideCorrection,
    Draft,
    DraftCoverLetter,
    DraftReport,
    DraftTeamDecree,
    HandOver,
    IssueTeamDecree,
    OpenDocument,
    RecordCopies,
    ReleaseFigures,
    ReopenDocument,
    SettleDocument,
    WithdrawEndorsement,
    WithdrawFigures,
    drafted_by,
)
from services.documents.domain.paper import (
    Drafted,
    Issued,
    NotDrafted,
    Overtaken,
    Paper,
    Settled,
    after,
    overtaken,
    restored,
    standing_draft,
    without_figures,
)
from shared.contracts.correction import CorrectionDecided, DocumentReopened
from shared.contracts.documents import (
    CopiesPrinted,
    DocumentDrafted,
    DocumentHandedOver,
    DocumentOpened,
    DocumentSettled,
    DraftRestored,
    FiguresReleased,
    FiguresWithdrawn,
    SettlementWithdrawn,
    TeamDecreeIssued,
)
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused

Event = (
    DocumentOpened
    | FiguresReleased
    | FiguresWithdrawn
    | DraftRestored
    | DocumentDrafted
    | DocumentHandedOver
    | TeamDecreeIssued
    | DocumentSettled
    | SettlementWithdrawn
    | CopiesPrinted
    | CorrectionDecided
    | DocumentReopened
)

MOST_COPIES = 1_000


# State


@dataclass(frozen=True, slots=True)
class Document:
    """`released`: the figures that are approved, which may be before its step starts; None where one is
    lacking. `opened`: its step started. `correction`: how many official corrections were decided.
    """

    opened: DocumentOpened | None = None
    released: FiguresReleased | None = None
    paper: Paper = field(default_factory=NotDrafted)
    correction: int = 0

    @property
    def basis(self) -> Mapping[str, str]:
        return self.released.digests if self.released else {}


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
        case HandOver() | IssueTeamDecree():
            return of_decree(command, document)
        case SettleDocument():
            return settle(command, document)
        case WithdrawEndorsement():
            return withdraw_endorsement(command, document)
        case RecordCopies():
            return record_copies(command, document)
        case DecideCorrection() | ReopenDocument():
            return correct(command, document)
        case _:
            assert_never(command)


def open_document(command: OpenDocument, document: Document) -> Sequence[Event]:
    if document.opened:
        return []
    return [combined(DocumentOpened, command)]


def release_figures(command: ReleaseFigures, document: Document) -> Sequence[Event]:
    if document.basis == command.digests:
        return []
    released = combined(FiguresReleased, command)
    return [*overtaken(command, document.paper), released, *restored(command, document.paper)]


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
        refuse_other_correction(command.correction, document)
    finished, paper = command.finished, document.paper
    match paper:
        case Settled():
            raise Refused("already-settled", "Dokumen ini sudah disahkan dan tidak diubah lagi.")
        case Issued():
            raise Refused("decree-issued", "SK sudah ditetapkan; perubahan memerlukan Keputusan baru.")
        case Drafted(draft=before) if before.file.digest == finished.file.digest:
            return []
    return [
        combined(
            DocumentDrafted,
            opened,
            finished,
            command,
            revision=1 if isinstance(paper, NotDrafted) else paper.draft.revision + 1,
            verifiers=document.released.verifiers if document.released else (),
            basis=command.basis if isinstance(command, DraftReport) else {},
            correction=document.correction,
        )
    ]


def of_decree(command: HandOver | IssueTeamDecree, document: Document) -> Sequence[Event]:
    match command:
        case HandOver():
            return hand_over(command, document)
        case IssueTeamDecree():
            return issue_team_decree(command, document)


def hand_over(command: HandOver, document: Document) -> Sequence[Event]:
    issued = Refused("decree-issued", "SK sudah ditetapkan; draf tidak diserahkan lagi.")
    paper = _drafted_decree(document, issued)
    drafted = paper.draft
    _same_file(command.digest, drafted.file.digest)
    if command.digest in paper.handed_over:
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
    paper = _drafted_decree(document, Refused("decree-issued", "Penetapan SK ini sudah dicatat."))
    drafted = paper.draft
    if not paper.handed_over:
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
    match document.paper:
        case Drafted(draft=drafted) if drafted.file.digest == command.digest:
            return [combined(DocumentSettled, drafted, command)]
        case _:
            return []


def withdraw_endorsement(command: WithdrawEndorsement, document: Document) -> Sequence[Event]:
    """Four eyes by person: who endorsed, in whichever office. What is printed is not taken back: copies and
    this are decided in one stream, so that one of two at once is let through.
    """
    sentence = "Laporan ini tidak sedang disahkan, jadi tidak ada pengesahan yang ditarik."
    settled = _settled(document, Refused("not-settled", sentence))
    event = settled.event
    if command.by != event.endorsed_by:
        raise Refused("other-endorser", "Pengesahan ini hanya dapat ditarik oleh orang yang memberikannya.")
    if settled.printed:
        sentence = "Laporan sudah dicetak; pengesahannya tidak dapat ditarik lagi."
        raise Refused("already-printed", sentence)
    _same_file(command.digest, settled.digest)
    if not command.reason.strip():
        raise Refused("reason-missing", "Tulis mengapa pengesahan ini ditarik.", field="reason")
    if command.occurred_on < event.occurred_on:
        raise Refused("before-endorsed", "Tanggal ini mendahului tanggal pengesahan.", field="occurred_on")
    return [combined(SettlementWithdrawn, event, command, reason=command.reason.strip())]


def record_copies(command: RecordCopies, document: Document) -> Sequence[Event]:
    """More copies of a file that was printed have their reason: the same ones are not counted twice."""
    opened = _opened(document)
    sentence = "Dokumen belum disahkan; yang boleh dicetak hanya berkas yang disahkan."
    settled = _settled(document, Refused("not-settled", sentence))
    _same_file(command.digest, settled.digest)
    if not 1 <= command.copies <= MOST_COPIES:
        raise Refused(
            "copies", "Jumlah eksemplar harus antara 1 dan {most}.", field="copies", most=MOST_COPIES
        )
    if settled.printed and not command.reason.strip():
        raise Refused(
            "copies-recorded",
            "Pencetakan berkas ini sudah dicatat. Bila dicetak eksemplar tambahan, tulis alasannya.",
            field="reason",
        )
    return [combined(CopiesPrinted, opened, command, reason=command.reason.strip())]


def _refuse_unless_current(command: DraftReport, released: Mapping[str, str]) -> None:
    """Refuses a report that was compiled from anything but exactly the figures that are approved."""
    if not released:
        raise Refused("figures-not-released", "Laporan baru dapat disusun setelah semua isian disetujui.")
    if command.basis != released:
        raise Refused(
            "figures-changed", "Angka yang disetujui berubah selama naskah disusun; susun sekali lagi."
        )


def _opened(document: Document) -> DocumentOpened:
    if document.opened is None:
        raise Refused("document-closed", "Langkah SOP untuk dokumen ini belum dimulai.")
    return document.opened


def _settled(document: Document, otherwise: Refused) -> Settled:
    """Raises Refused: as is said here for a document that is not endorsed."""
    match document.paper:
        case Settled() as settled:
            return settled
        case Overtaken(settled=True):
            sentence = "Angka di balik laporan ini tidak berlaku lagi; tunggu laporan yang baru."
            raise Refused("figures-withdrawn", sentence)
        case _:
            raise otherwise


def _drafted_decree(document: Document, issued: Refused) -> Drafted:
    """Raises Refused, as is said here for a decree that is issued already."""
    if _opened(document).kind != "sk_tim":
        raise Refused("wrong-kind", "Hanya SK Tim SPM yang diserahkan kepada Bagian Hukum dan ditetapkan.")
    match document.paper:
        case Drafted() as drafted:
            return drafted
        case Issued():
            raise issued
        case _:
            raise Refused("not-drafted", "Draf SK belum disusun.")


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
    paper = document.paper
    match event:
        case DocumentOpened():
            return replace(document, opened=event)
        case FiguresReleased():
            return replace(document, released=event)
        case FiguresWithdrawn():
            return replace(document, released=None, paper=without_figures(paper))
        case DocumentDrafted():
            handed_over = paper.handed_over if isinstance(paper, Drafted) else ()
            return replace(document, paper=Drafted(event, handed_over))
        case DocumentHandedOver(digest=digest):
            drafted = standing_draft(paper)
            return replace(document, paper=replace(drafted, handed_over=(*drafted.handed_over, digest)))
        case TeamDecreeIssued():
            return replace(document, paper=Issued(standing_draft(paper).draft))
        case DocumentSettled():
            return replace(document, paper=Settled(standing_draft(paper).draft, event))
        case CorrectionDecided(correction=number) | DocumentReopened(correction=number):
            return replace(document, correction=number, paper=corrected(paper, event))
        case SettlementWithdrawn() | CopiesPrinted() | DraftRestored():
            return replace(document, paper=after(paper, event))
        case _:
            assert_never(event)


document = Decider(initial=Document(), decide=decide, evolve=evolve)
