"""What happened, line by line: one row of the timeline for each event that a person wants to see,
from all four services.

Serves every SOP step. Previous hop: `projections.py`.
Next hop: `wording.py`, which fills the sentences in for board and timeline.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.intake.tables import happening
from shared.clock import WIB
from shared.contracts import archive, correction, documents, handing_over, intake, talk, verification
from shared.eventsourcing.read_models.changes import Put
from shared.eventsourcing.recorded import Recorded
from shared.sop.document_kinds import document_kinds
from shared.sop.parts import CHECKING, DRAFTING, ENDORSING, FILING, FILLING, HANDING_OVER, PRINTING, SENDING
from shared.sop.steps import Sop, Step
from shared.web.words.i18n import later


@dataclass(frozen=True, slots=True)
class Entry:
    """How an event reads: the part whose step it belongs to, as the SOP file writes it (OWN: the step that
    the event names; FIRST: the first), the sentence, and its facts. Which step that is, the SOP of the cycle
    says.
    """

    step: str
    sentence: str
    facts: Callable[[Any], Mapping[str, Any]] = lambda _: {}


def _facts(*names: str) -> Callable[[Any], Mapping[str, Any]]:
    """The fields of an event that are called so."""
    return lambda event: {name: getattr(event, name, "") for name in names}


_agency, _revision, _reason = _facts("agency"), _facts("agency", "revision"), _facts("agency", "reason")
_of_draft, _talk = _facts("revision"), _facts("agency", "service", "field", "text")
"""With its cell, by which the sheet of the agency shows a question beside its figure."""


def _moved(event: Any) -> Mapping[str, Any]:
    return {name: getattr(event, name) for name in ("agency", "services", "reason", "letter")}


OWN, FIRST = "", "first"

ENTRIES: Mapping[type, Entry] = {
    intake.CycleOpened: Entry(FIRST, later("siklus dibuka")),
    intake.StepStarted: Entry(OWN, later("langkah mulai, tenggat {due}"),
        lambda event: {"due": event.due.due_on.isoformat()}),
    intake.StepReopened: Entry(OWN, later("langkah dibuka lagi; perlu ulang: {part}"),
        lambda event: {"part": event.part}),
    intake.DueDateRevised: Entry(OWN, later("tenggat menjadi {due}: {source}"),
        lambda e: {"due": e.due.due_on.isoformat(), "source": e.source}),
    intake.StepCompleted: Entry(OWN, later("langkah selesai{summary}"),
        lambda event: {"summary": f": {event.summary}" if event.summary else ""}),
    intake.SubmissionOpened: Entry(FILLING, later("isian {agency} dibuka"), _agency),
    intake.SubmissionReceived: Entry(FILLING, later("isian {agency} diserahkan, revisi {revision}"),
        _revision),
    intake.SignedSheetAttached: Entry(FILLING,
        later("lembar isian bertanda tangan {agency} dilampirkan, revisi {revision}"), _revision),
    intake.SubmissionReopened: Entry(FILLING, later("isian {agency} dibuka lagi: {reason}"),
        _reason),
    handing_over.ServicesHandedOver: Entry(FILLING,
        later("{agency} mengalihkan layanan kepada {taker}: {services}. {reason} ({letter})"),
        lambda e: {**_moved(e), "taker": e.taker_name}),
    handing_over.ServicesTakenOver: Entry(FILLING,
        later("{agency} menerima layanan dari {giver}: {services}. {reason} ({letter})"),
        lambda e: {**_moved(e), "giver": e.giver_name}),
    verification.SubmissionReturned: Entry(CHECKING, later("isian {agency} dikembalikan: {reason}"),
        _reason),
    verification.SubmissionApproved: Entry(CHECKING, later("angka {agency} disetujui, revisi {revision}"),
        _revision),
    verification.ApprovalVoided: Entry(CHECKING, later("persetujuan {agency} gugur: {reason}"),
        _reason),
    talk.QuestionAsked: Entry(CHECKING, later("pertanyaan kepada {agency}: {text}"), _talk),
    talk.QuestionAnswered: Entry(CHECKING, later("{agency} menjawab: {text}"), _talk),
    talk.QuestionSettled: Entry(CHECKING, later("percakapan dengan {agency} selesai"), _talk),
    verification.ApprovalWithdrawn: Entry(CHECKING, later("persetujuan {agency} ditarik: {reason}"),
        _reason),
    verification.EndorsementRequested: Entry(ENDORSING,
        later("draf laporan revisi {revision} menunggu pengesahan"), _of_draft),
    verification.ReportEndorsed: Entry(ENDORSING, later("laporan revisi {revision} disahkan"),
        _of_draft),
    verification.EndorsementRefused: Entry(ENDORSING, later("pengesahan ditolak: {reason}"),
        lambda e: {"reason": e.reason}),
    verification.EndorsementWithdrawn: Entry(ENDORSING, later("pengesahan ditarik: {reason}"),
        _facts("revision", "reason")),
    documents.DocumentDrafted: Entry(DRAFTING, later("{document} revisi {revision} selesai"),
        lambda e: {"document": e.kind, "revision": e.revision}),
    documents.DocumentHandedOver: Entry(HANDING_OVER, later("draf SK diserahkan kepada {to}"),
        lambda e: {"to": e.handed_to}),
    documents.TeamDecreeIssued: Entry(HANDING_OVER, later("SK Tim SPM ditetapkan: {number}"),
        lambda e: {"number": e.number}),
    documents.CopiesPrinted: Entry(PRINTING, later("{copies} eksemplar dicetak"),
        lambda e: {"copies": e.copies}),
    documents.DispatchSent: Entry(SENDING, later("dikirim ke {recipient}, agenda {number}"),
        lambda e: {"recipient": e.recipient, "number": e.agenda_number}),
    documents.DispatchCorrected: Entry(SENDING,
        later("catatan pengiriman ke {recipient} dibetulkan, {mended}: {before} → {after}. {reason}"),
        lambda e: {"mended": e.field, **_facts("recipient", "before", "after", "reason")(e)}),
    documents.ReceiptRecorded: Entry(SENDING, later("tanda terima {recipient} oleh {by}"),
        lambda e: {"recipient": e.recipient, "by": e.received_by}),
    correction.CorrectionDecided: Entry(PRINTING,
        later("koreksi ke-{number} diputuskan, {letter}: {reason}"),
        lambda e: {"number": e.correction, "letter": e.number, "reason": e.reason}),
    verification.CorrectionAdmitted: Entry(CHECKING,
        later("isian yang keliru dibuka untuk koreksi ke-{number}"),
        lambda e: {"number": e.correction}),
    correction.DispatchReopened: Entry(SENDING, later("pengiriman koreksi ke-{number} ke {recipient} dibuka"),
        lambda e: {"number": e.correction, "recipient": e.recipient}),
    archive.CorrectionExpected: Entry(FILING, later("arsip menunggu koreksi ke-{number}"),
        lambda e: {"number": e.correction}),
    archive.ItemFiled: Entry(FILING, later("{title} disimpan dalam arsip"), lambda e: {"title": e.title}),
    archive.HardCopyFiled: Entry(FILING, later("hardcopy disimpan di {location}"),
        lambda e: {"location": e.location}),
    archive.CycleArchived: Entry(FILING, later("siklus ditutup, {items} arsip (berkas dan naskah asli)"),
        lambda e: {"items": len(e.items)}),
}  # fmt: skip


def names_of(sop: Sop, step: Step) -> tuple[str, ...]:
    """By which names rows of the timeline belong to this step."""
    known = document_kinds()
    parts = {
        entry.step.format(kind=kind, recipient=to)
        for entry in ENTRIES.values()
        for kind in known.kind
        for to in known.recipient
    }
    return (step.key, *(name for name in sorted(parts - {OWN}) if sop.belongs(name, step)))


def row_of(recorded: Recorded) -> Put | None:
    """The timeline row of an event; None for an event that no timeline shows."""
    event: Any = recorded.event
    found = ENTRIES.get(type(event))
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


def _step(event: Any, found: Entry) -> str:
    return found.step.format(
        kind=getattr(event, "kind", ""), recipient=getattr(event, "recipient", "")
    ) or str(event.step)


def _occurred_on(recorded: Recorded) -> date:
    said = getattr(recorded.event, "occurred_on", None) or getattr(recorded.event, "started_on", None)
    return said or recorded.recorded_at.astimezone(WIB).date()
