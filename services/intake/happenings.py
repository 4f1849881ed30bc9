"""What happened, line by line: one row of the timeline for each event that a person wants to see, from all four services.

Serves every SOP step. Previous hop: `projections.py`. Next hop: board ("what happened last") and timeline, which fill the sentences in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.intake.tables import happening
from shared.clock import WIB
from shared.contracts import archive, documents, intake, verification
from shared.eventsourcing.changes import Put
from shared.eventsourcing.recorded import Recorded
from shared.web.i18n import later


@dataclass(frozen=True, slots=True)
class Line:
    """How an event reads: the step it belongs to (0: the step that the event names), the sentence, and its facts."""

    step: int
    sentence: str
    facts: Callable[[Any], Mapping[str, Any]] = lambda _: {}


def _agency(event: Any) -> Mapping[str, Any]:
    return {"agency": event.agency}


def _revision(event: Any) -> Mapping[str, Any]:
    return {"agency": event.agency, "revision": event.revision}


DOCUMENT = {
    "sk_tim": (4, later("draf SK Tim SPM")),
    "laporan": (9, later("draf laporan")),
    "pengantar_gubernur": (10, later("surat pengantar untuk Gubernur")),
    "pengantar_kemendagri": (10, later("surat pengantar untuk Kemendagri")),
}
RECIPIENT = {"gubernur": later("Gubernur"), "kemendagri": later("Kemendagri")}

LINES: Mapping[type, Line] = {
    intake.CycleOpened: Line(1, later("siklus dibuka")),
    intake.StepStarted: Line(0, later("langkah mulai, tenggat {due}"), lambda event: {"due": event.due.due_on.isoformat()}),
    intake.StepReopened: Line(0, later("langkah dibuka lagi; perlu ulang: {part}"), lambda event: {"part": event.part}),
    intake.DueDateRevised: Line(0, later("tenggat menjadi {due}: {source}"), lambda e: {"due": e.due.due_on.isoformat(), "source": e.source}),
    intake.StepCompleted: Line(0, later("langkah selesai{summary}"), lambda event: {"summary": f": {event.summary}" if event.summary else ""}),
    intake.SubmissionOpened: Line(7, later("isian {agency} dibuka"), _agency),
    intake.SubmissionReceived: Line(7, later("isian {agency} diserahkan, revisi {revision}"), _revision),
    intake.SignedSheetAttached: Line(7, later("lembar isian bertanda tangan {agency} dilampirkan, revisi {revision}"), _revision),
    intake.SubmissionReopened: Line(7, later("isian {agency} dibuka lagi: {reason}"), lambda e: {**_agency(e), "reason": e.reason}),
    verification.SubmissionReturned: Line(8, later("isian {agency} dikembalikan: {reason}"), lambda e: {**_agency(e), "reason": e.reason}),
    verification.SubmissionApproved: Line(8, later("angka {agency} disetujui, revisi {revision}"), _revision),
    verification.ApprovalVoided: Line(8, later("persetujuan {agency} gugur: {reason}"), lambda e: {**_agency(e), "reason": e.reason}),
    verification.EndorsementRequested: Line(10, later("draf laporan v{revision} menunggu pengesahan"), lambda e: {"revision": e.revision}),
    verification.ReportEndorsed: Line(10, later("laporan v{revision} disahkan"), lambda e: {"revision": e.revision}),
    verification.EndorsementRefused: Line(10, later("pengesahan ditolak: {reason}"), lambda e: {"reason": e.reason}),
    documents.DocumentDrafted: Line(0, later("{document} v{revision} selesai"), lambda e: {"document": e.kind, "revision": e.revision}),
    documents.DocumentHandedOver: Line(5, later("draf SK diserahkan kepada {to}"), lambda e: {"to": e.handed_to}),
    documents.TeamDecreeIssued: Line(5, later("SK Tim SPM ditetapkan: {number}"), lambda e: {"number": e.number}),
    documents.CopiesPrinted: Line(11, later("{copies} eksemplar dicetak"), lambda e: {"copies": e.copies}),
    documents.DispatchSent: Line(12, later("dikirim ke {recipient}, agenda {number}"), lambda e: {"recipient": e.recipient, "number": e.agenda_number}),
    documents.ReceiptRecorded: Line(12, later("tanda terima {recipient} oleh {by}"), lambda e: {"recipient": e.recipient, "by": e.received_by}),
    archive.ItemFiled: Line(13, later("{title} disimpan dalam arsip"), lambda e: {"title": e.title}),
    archive.HardCopyFiled: Line(13, later("hardcopy disimpan di {location}"), lambda e: {"location": e.location}),
    archive.CycleArchived: Line(13, later("siklus ditutup, {items} berkas terarsip"), lambda e: {"items": len(e.items)}),
}  # fmt: skip


def line(recorded: Recorded) -> Put | None:
    """The timeline row of an event; None for an event that no timeline shows."""
    event: Any = recorded.event
    found = LINES.get(type(event))
    if found is None:
        return None
    return Put(
        happening,
        {"source": recorded.source, "stream": recorded.stream, "version": recorded.version},
        {
            "cycle": event.cycle,
            "step": _step(event, found),
            "agency": getattr(event, "agency", ""),
            "what": recorded.type,
            "facts": found.facts(event),
            "by": getattr(event, "by", recorded.metadata.actor.person),
            "occurred_on": _occurred_on(recorded),
            "recorded_at": recorded.recorded_at,
        },
    )


def _step(event: Any, found: Line) -> int:
    if isinstance(event, documents.DocumentDrafted):
        return DOCUMENT[event.kind][0]
    return found.step or int(event.step)


def _occurred_on(recorded: Recorded) -> date:
    said = getattr(recorded.event, "occurred_on", None) or getattr(recorded.event, "started_on", None)
    return said or recorded.recorded_at.astimezone(WIB).date()
