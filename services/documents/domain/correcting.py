"""Correcting: a report that was printed is corrected by a decision, and its cover letters are drafted anew.

SOP steps 9 to 12 once more ("koreksi resmi"; docs/decisions/0051). Used by `document.py`, in whose stream the
copies are counted. Next hop: verification, which lets the approvals fall; `domain/dispatch.py`; archive.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from services.documents.domain.document_commands import DecideCorrection, ReopenDocument
from services.documents.domain.paper import NotDrafted, Overtaken, Paper, Settled, without_figures
from shared.contracts.correction import CorrectionDecided, DocumentReopened
from shared.contracts.documents import DocumentOpened, FiguresReleased, FiguresWithdrawn
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused


class Corrected(Protocol):
    """What the rules need to know of a document."""

    @property
    def opened(self) -> DocumentOpened | None: ...
    @property
    def paper(self) -> Paper: ...
    @property
    def released(self) -> FiguresReleased | None: ...
    @property
    def basis(self) -> Mapping[str, str]: ...
    @property
    def correction(self) -> int: ...


def correct(
    command: DecideCorrection | ReopenDocument, document: Corrected
) -> Sequence[CorrectionDecided | FiguresWithdrawn | DocumentReopened]:
    match command:
        case DecideCorrection():
            return decide_correction(command, document)
        case ReopenDocument():
            return reopen_document(command, document)


def corrected(paper: Paper, event: CorrectionDecided | DocumentReopened) -> Paper:
    """A letter of before holds no longer; of the report that says `FiguresWithdrawn`, recorded with this."""
    return without_figures(paper) if isinstance(event, DocumentReopened) else paper


def decide_correction(
    command: DecideCorrection, document: Corrected
) -> Sequence[CorrectionDecided | FiguresWithdrawn]:
    """Four eyes by person: whose figures, drafts or verifying it is does not decide that they are corrected.
    Only what was printed: until then an endorsement is taken back (docs/decisions/0047).
    """
    settled = _printed(document)
    draft = settled.draft
    if command.digest != settled.digest:
        raise Refused(
            "digest-conflict",
            "Berkas berganti sejak Anda melihatnya: yang Anda lihat {seen}, yang berlaku {current}. "
            "Periksa berkas yang berlaku.",
            field="digest",
            seen=command.digest[:8],
            current=settled.digest[:8],
        )
    filled = document.released.contributors if document.released else ()
    if command.by in {draft.by, *draft.verifiers, *filled}:
        raise Refused(
            "R17",
            "Anda ikut mengisi, memverifikasi, atau menyusun laporan ini; "
            "koreksinya harus diputuskan orang lain.",
        )
    _refuse_submissions(command, document.basis)
    if not command.number.strip():
        raise Refused("number-missing", "Tulis nomor keputusan koreksi.", field="number")
    if not command.reason.strip():
        raise Refused("reason-missing", "Tulis apa yang keliru dalam laporan.", field="reason")
    if command.issued_on < settled.event.occurred_on:
        raise Refused(
            "before-endorsed", "Tanggal ini mendahului tanggal pengesahan laporan.", field="issued_on"
        )
    if command.issued_on > command.occurred_on:
        raise Refused(
            "decided-later", "Tanggal keputusan tidak boleh sesudah tanggal pencatatan.", field="issued_on"
        )
    decided = combined(
        CorrectionDecided,
        settled.event,
        command,
        correction=document.correction + 1,
        number=command.number.strip(),
        reason=command.reason.strip(),
    )
    return [decided, combined(FiguresWithdrawn, decided, command.submissions[0])]


def reopen_document(command: ReopenDocument, document: Corrected) -> Sequence[DocumentReopened]:
    """A letter that nobody drafted yet is drafted for the corrected report anyway."""
    if document.opened is None or command.correction <= document.correction:
        return []
    return [combined(DocumentReopened, command)]


def refuse_other_correction(told: int, document: Corrected) -> None:
    """Refuses a report that tells of another correction than the one that it is drafted for."""
    if told != document.correction:
        sentence = "Koreksi diputuskan selama naskah disusun; susun sekali lagi."
        raise Refused("correction-changed", sentence)


def _printed(document: Corrected) -> Settled:
    """Raises Refused: what is the way for a report that was not printed yet, or is being corrected."""
    match document.paper:
        case Settled(printed=True) as settled:
            return settled
        case Settled():
            raise Refused(
                "not-printed",
                "Laporan belum dicetak: pengesahannya masih dapat ditarik oleh orang yang mengesahkannya; "
                "koreksi resmi belum perlu.",
            )
        case _ if document.correction:
            raise Refused(
                "correction-open",
                "Koreksi ke-{number} masih berjalan: laporan hasil koreksinya belum disahkan dan dicetak.",
                number=document.correction,
            )
        case Overtaken(settled=True):
            sentence = "Angka di balik laporan ini tidak berlaku lagi; tunggu laporan yang baru."
            raise Refused("figures-withdrawn", sentence)
        case NotDrafted() | _:
            sentence = "Belum ada laporan yang disahkan dan dicetak, jadi tidak ada yang dikoreksi."
            raise Refused("not-settled", sentence)


def _refuse_submissions(command: DecideCorrection, basis: Mapping[str, str]) -> None:
    """Only what stands in the report, as it stands there, and each once."""
    named = [each.submission for each in command.submissions]
    if not named:
        sentence = "Pilih isian yang angkanya keliru."
        raise Refused("submissions-missing", sentence, field="submissions")
    if len(set(named)) < len(named) or any(
        basis.get(each.submission) != each.digest for each in command.submissions
    ):
        raise Refused(
            "submissions-unknown",
            "Isian yang dipilih bukan isian yang dimuat laporan ini; muat ulang halaman.",
            field="submissions",
        )
