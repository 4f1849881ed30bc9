"""Basis: the approved figures that a report is compiled from, against those that are approved now.

SOP steps 8 and 9. Pure. Previous hop: `document.py`, with the figures that verification said are all approved. Next hop: its events.
"""

from collections.abc import Mapping, Sequence

from services.documents.domain.document_commands import DraftReport, ReleaseFigures
from shared.contracts.documents import DocumentDrafted, FiguresWithdrawn
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused


def refuse_unless_current(command: DraftReport, released: Mapping[str, str]) -> None:
    """Refuses a report that was compiled from anything but exactly the figures that are approved."""
    if not released:
        raise Refused("figures-not-released", "Laporan baru dapat disusun setelah semua isian disetujui.")
    if command.basis != released:
        raise Refused("figures-changed", "Angka yang disetujui berubah selama naskah disusun; susun sekali lagi.")


def overtaken(command: ReleaseFigures, drafted: DocumentDrafted) -> Sequence[FiguresWithdrawn]:
    """The draft holds no longer when other figures are released than it was compiled from, although nobody voided an approval before: a
    submission may come to be required later. What a draft of version 1 was compiled from nobody said; it holds until an approval is voided.
    """
    before, now = drafted.basis, command.digests
    if not before or before == now:
        return []
    changed = min(name for name in {*before, *now} if before.get(name) != now.get(name))
    return [combined(FiguresWithdrawn, command, submission=changed, digest=before.get(changed, ""))]
