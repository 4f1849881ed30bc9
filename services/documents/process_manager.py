"""What documents does by itself when something happened elsewhere, or in its own streams.

SOP steps 4, 9, 10, 12. Previous hop: the consumer, with events of intake, verification and documents.
Next hop: `domain/document.py` and `domain/dispatch.py`, in the same transaction. Pure: one event, and the SOP
of its cycle where it asks for that, in; own commands out.
"""

from collections.abc import Callable, Sequence

from services.documents import streams
from services.documents.domain.dispatch import REPORT, QueueDispatch, ReadyItem, WithdrawItem
from services.documents.domain.document_commands import (
    OpenDocument,
    ReleaseFigures,
    SettleDocument,
    WithdrawFigures,
)
from shared.contracts.documents import (
    DocumentDrafted,
    DocumentSettled,
    FiguresWithdrawn,
    Kind,
    SettlementWithdrawn,
)
from shared.contracts.intake import StepStarted
from shared.contracts.values import DispatchItem
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ApprovalVoided,
    ApprovalWithdrawn,
    ReportEndorsed,
)
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Recorded
from shared.sop.definition import sops
from shared.sop.document_kinds import document_kinds
from shared.sop.steps import Sop

REACTS = frozenset(
    {
        ("intake", "step-started"),
        ("verification", "all-submissions-approved"),
        ("verification", "approval-voided"),
        ("verification", "approval-withdrawn"),
        ("verification", "report-endorsed"),
        ("documents", "document-drafted"),
        ("documents", "document-settled"),
        ("documents", "figures-withdrawn"),
        ("documents", "settlement-withdrawn"),
    }
)

COPIES_OF_REPORT, SHEETS_OF_LETTER = 1, 2  # the second sheet of a surat pengantar comes back signed


def asks_for_sop(recorded: Recorded) -> bool:
    """Whether what follows from an event depends on the SOP of its cycle, which the event does not say."""
    return isinstance(recorded.event, DocumentSettled | FiguresWithdrawn | SettlementWithdrawn)


def react(
    recorded: Recorded, sop: Sop | None = None, *, addressed: Callable[[str, str], str]
) -> Sequence[Order]:
    """The own commands that follow from an event; none for most.
    `addressed`: how a region (its code) addresses a recipient.
    """
    match recorded.event:
        case StepStarted() as event:
            return [*open_documents(event), *queue_dispatches(event, addressed)]
        case AllSubmissionsApproved() | ApprovalVoided() | ApprovalWithdrawn() | ReportEndorsed() as event:
            return [_to_document(event.cycle, REPORT, of_report(event))]
        case DocumentDrafted() as event:
            return ready_letter(event)
        case DocumentSettled(kind="laporan") as event:
            return [
                _ready(event.cycle, recipient, event.kind, event.digest, COPIES_OF_REPORT)
                for recipient in _sends_to(sop)
            ]
        case FiguresWithdrawn() | SettlementWithdrawn() as event:
            return [
                _to_dispatch(event.cycle, to, combined(WithdrawItem, event, dispatch=to, document=REPORT))
                for to in _sends_to(sop)
            ]
        case _:
            return []


def of_report(
    event: AllSubmissionsApproved | ApprovalVoided | ApprovalWithdrawn | ReportEndorsed,
) -> ReleaseFigures | WithdrawFigures | SettleDocument:
    match event:
        case AllSubmissionsApproved():
            return combined(ReleaseFigures, event, document=REPORT)
        case ApprovalVoided() | ApprovalWithdrawn():
            return combined(WithdrawFigures, event, document=REPORT)
        case ReportEndorsed():
            return combined(SettleDocument, event, endorsed_by=event.by)


def open_documents(event: StepStarted) -> Sequence[Order]:
    """The documents whose drafting brings this step nearer to done."""
    return [
        _to_document(event.cycle, kind, combined(OpenDocument, event, document=kind, kind=kind))
        for kind in document_kinds().kind
        if kind in _awaited(event, "document-drafted")
    ]


def queue_dispatches(event: StepStarted, addressed: Callable[[str, str], str]) -> Sequence[Order]:
    """Every recipient that the step sends to gets a dispatch of its own, by the manual adapter:
    an agenda number and a carrier.
    """
    return [
        _to_dispatch(
            event.cycle,
            name,
            QueueDispatch(
                cycle=event.cycle,
                dispatch=name,
                recipient=name,
                recipient_name=addressed(streams.region_of(event.cycle), name),
                channel="manual",
                occurred_on=event.started_on,
            ),
        )
        for name in document_kinds().recipient
        if name in _awaited(event, "dispatch-sent")
    ]


def _sends_to(sop: Sop | None) -> Sequence[str]:
    """The recipients of a cycle. Raises LookupError where nobody opened it here yet:
    never those of another SOP.
    """
    if sop is None:
        raise LookupError("nobody knows the SOP of this cycle")
    return sop.recipients


def _awaited(event: StepStarted, of_type: str) -> frozenset[str]:
    """Which of our events of this type the step waits for, by the SOP that it started under."""
    parts = sops()[event.sop].step(event.step).parts
    return frozenset(part.which for part in parts if (part.producer, part.event) == ("documents", of_type))


def ready_letter(event: DocumentDrafted) -> Sequence[Order]:
    """A cover letter is final when it is drafted; a later draft takes its place until it is sent."""
    recipient = document_kinds().kind[event.kind].recipient
    return (
        [_ready(event.cycle, recipient, event.kind, event.file.digest, SHEETS_OF_LETTER)] if recipient else []
    )


def _ready(cycle: str, recipient: str, kind: Kind, digest: str, copies: int) -> Order:
    item = DispatchItem(document=kind, title=document_kinds().kind[kind].title, digest=digest, copies=copies)
    return _to_dispatch(cycle, recipient, ReadyItem(cycle=cycle, dispatch=recipient, item=item))


def _to_document(cycle: str, document: str, command: object) -> Order:
    return Order(stream=streams.document(cycle, document), command=command, case_id=cycle)


def _to_dispatch(cycle: str, recipient: str, command: object) -> Order:
    return Order(stream=streams.dispatch(cycle, recipient), command=command, case_id=cycle)
