"""What archive does by itself when documents made something final or received something:
it expects it on the shelf.

SOP step 13. Previous hop: the consumer, with events of documents.
Next hop: `domain/cycle_file.py`, in the same transaction.
Pure: one event in, own commands out.
"""

from collections.abc import Sequence

from services.archive import streams
from services.archive.domain.archive_item import ExpectItem
from shared.contracts.archive import ItemKind
from shared.contracts.documents import (
    DocumentDrafted,
    DocumentHandedOver,
    DocumentSettled,
    ReceiptRecorded,
    TeamDecreeIssued,
)
from shared.contracts.values import StoredFile
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Recorded
from shared.sop.document_kinds import document_kinds

REACTS = frozenset(
    {
        ("documents", "document-settled"),
        ("documents", "document-drafted"),
        ("documents", "document-handed-over"),
        ("documents", "team-decree-issued"),
        ("documents", "receipt-recorded"),
    }
)


def react(recorded: Recorded) -> Sequence[Order]:
    """The item that must be on the shelf after this event; none for most."""
    match recorded.event:
        case DocumentSettled(kind="laporan") as event:
            return [_expect(recorded, event.cycle, "laporan", "laporan", "Laporan SPM", event.file)]
        case DocumentDrafted(kind=kind) as event if kind in document_kinds().letters:
            title = f"Surat pengantar kepada {_office(document_kinds().letters[kind])}"
            return [_expect(recorded, event.cycle, event.kind, "surat_pengantar", title, event.file)]
        case DocumentHandedOver(receipt=StoredFile() as receipt) as event:
            return [
                _expect(
                    recorded,
                    event.cycle,
                    "serah_sk",
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
            title = f"Tanda terima {_office(event.recipient)}, {event.reference}"
            return [
                _expect(
                    recorded,
                    event.cycle,
                    f"tanda_terima_{event.recipient}",
                    "tanda_terima",
                    title,
                    event.scan,
                )
            ]
        case _:
            return []


def _expect(recorded: Recorded, cycle: str, item: str, kind: ItemKind, title: str, file: StoredFile) -> Order:
    command = ExpectItem(cycle=cycle, item=item, kind=kind, title=title, file=file, cause=recorded.ref)
    return Order(stream=streams.cycle_file(cycle), command=command, case_id=cycle)


def _office(recipient: str) -> str:
    known = document_kinds().recipient
    return known[recipient].office if recipient in known else recipient
