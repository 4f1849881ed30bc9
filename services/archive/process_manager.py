"""What archive does by itself when documents made something final or received something:
it expects it on the shelf; and when a service said what it found for a certificate.

SOP step 13. Previous hop: the consumer, with events of documents, and what services found of themselves.
Next hop: `domain/cycle_file.py` and `domain/certificate.py`, in the same transaction.
Pure: one event in, own commands out.
"""

from collections.abc import Sequence

from services.archive import streams
from services.archive.domain.archive_item import ExpectItem
from services.archive.domain.certificate import TakeStatement
from services.archive.domain.cycle_file import ExpectCorrection
from shared.contracts.archive import ItemKind
from shared.contracts.correction import CorrectionDecided, apart, numbered
from shared.contracts.documents import (
    DocumentDrafted,
    DocumentHandedOver,
    DocumentSettled,
    ReceiptRecorded,
    TeamDecreeIssued,
)
from shared.contracts.replayed.statement import ReplayCompared, verdict
from shared.contracts.values import StoredFile
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Recorded
from shared.service_names import SERVICES
from shared.sop.document_kinds import document_kinds

REACTS = frozenset(
    {
        ("documents", "document-settled"),
        ("documents", "document-drafted"),
        ("documents", "document-handed-over"),
        ("documents", "team-decree-issued"),
        ("documents", "receipt-recorded"),
        ("documents", "correction-decided"),
        *((service, "replay-compared") for service in SERVICES),
    }
)


def react(recorded: Recorded) -> Sequence[Order]:  # noqa: PLR0911  one line per event reads best in one place
    """What must be on the shelf after this event: every file that was signed, settled or received; none for
    most.
    """
    match recorded.event:
        case DocumentSettled(kind="laporan") as event:
            item, title = numbered("laporan", event.correction), "Laporan SPM"
            title += _of_correction(event.correction)
            return [_expect(recorded, event.cycle, item, "laporan", title, event.file)]
        case DocumentDrafted(kind=kind) as event if kind in document_kinds().letters:
            title = f"Surat pengantar kepada {_office(document_kinds().letters[kind])}"
            title += _of_correction(event.correction)
            item = numbered(event.kind, event.correction)
            return [_expect(recorded, event.cycle, item, "surat_pengantar", title, event.file)]
        case DocumentHandedOver(receipt=StoredFile() as receipt) as event:
            return [
                _expect(
                    recorded,
                    event.cycle,
                    _of_revision("serah_sk", event.revision),
                    "bukti",
                    "Bukti penyerahan draf SK kepada Bagian Hukum",
                    receipt,
                )
            ]
        case TeamDecreeIssued(file=StoredFile() as file) as event:
            return [
                _expect(recorded, event.cycle, "sk_tim", "sk_tim", f"SK Tim SPM nomor {event.number}", file)
            ]
        case ReceiptRecorded() as event:
            _, correction = apart(event.dispatch)
            known_as = [f"Tanda terima {_office(event.recipient)}", *filter(None, [event.reference])]
            title = ", ".join(known_as) + _of_correction(correction)
            return [
                _expect(
                    recorded,
                    event.cycle,
                    numbered(f"tanda_terima_{event.recipient}", correction),
                    "tanda_terima",
                    title,
                    event.scan,
                )
            ]
        case CorrectionDecided() as event:
            order = Order(
                stream=streams.cycle_file(event.cycle),
                command=combined(ExpectCorrection, event),
                case_id=event.cycle,
            )
            title = f"Keputusan koreksi ke-{event.correction} nomor {event.number}"
            item = numbered("keputusan", event.correction)
            return [order, _expect(recorded, event.cycle, item, "keputusan_koreksi", title, event.file)]
        case ReplayCompared() as event:
            answer = combined(TakeStatement, event, answered_by=recorded.source, verdict=verdict(event))
            return [Order(stream=streams.CERTIFICATES, command=answer, case_id="settings")]
        case _:
            return []


def _of_revision(name: str, revision: int) -> str:
    """Each draft that was handed over has its own receipt; that of the first keeps the plain name."""
    return name if revision == 1 else f"{name}_{revision}"


def _of_correction(number: int) -> str:
    return f" (koreksi ke-{number})" if number else ""


def _expect(recorded: Recorded, cycle: str, item: str, kind: ItemKind, title: str, file: StoredFile) -> Order:
    command = ExpectItem(cycle=cycle, item=item, kind=kind, title=title, file=file, cause=recorded.ref)
    return Order(stream=streams.cycle_file(cycle), command=command, case_id=cycle)


def _office(recipient: str) -> str:
    known = document_kinds().recipient
    return known[recipient].office if recipient in known else recipient
