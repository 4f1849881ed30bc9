"""What documents does by itself when something happened elsewhere, or in its own streams.

SOP steps 4, 9, 10, 12. Previous hop: the consumer, with events of intake, verification and documents.
Next hop: `domain/document.py` and `domain/dispatch.py`, in the same transaction. Pure: one event, and the SOP
of its cycle where it asks for that, in; own commands out.
"""

from collections.abc import Callable, Sequence

from services.documents import streams
from services.documents.domain.dispatch import REPORT
from services.documents.domain.dispatch_commands import (
    OvertakeDispatch,
    QueueDispatch,
    ReadyItem,
    ReopenDispatch,
    WithdrawItem,
)
from services.documents.domain.document_commands import (
    OpenDocument,
    ReleaseFigures,
    ReopenDocument,
    SettleDocument,
    WithdrawFigures,
)
from shared.contracts.correction import CorrectionDecided, DispatchOvertaken, numbered
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
        ("documents", "correction-decided"),
        ("documents", "dispatch-overtaken"),
    }
)

COPIES_OF_REPORT, SHEETS_OF_LETTER = 1, 2  # the second sheet of a surat pengantar comes back signed


def asks_for_sop(recorded: Recorded) -> bool:
    """Whether what follows from an event depends on the SOP of its cycle, which the event does not say."""
    return isinstance(
        recorded.event, DocumentSettled | FiguresWithdrawn | SettlementWithdrawn | CorrectionDecided
    )


def rests_on(recorded: Recorded, _first: str) -> Sequence[str]:
    """The report says which correction the dispatches are of, where the event does not."""
    if isinstance(recorded.event, StepStarted | FiguresWithdrawn | SettlementWithdrawn):
        return [streams.document(recorded.event.cycle, REPORT)]
    return []


def react(  # noqa: PLR0911  one line per event reads best in one place
    recorded: Recorded,
    sop: Sop | None = None,
    *,
    correction: int = 0,
    addressed: Callable[[str, str], str],
) -> Sequence[Order]:
    """The own commands that follow from an event; none for most.
    `addressed`: how a region (its code) addresses a recipient; `correction`: the latest of the report.
    """
    match recorded.event:
        case StepStarted() as event:
            return [*open_documents(event), *queue_dispatches(event, addressed, correction)]
        case AllSubmissionsApproved() | ApprovalVoided() | ApprovalWithdrawn() | ReportEndorsed() as event:
            return [_to_document(event.cycle, REPORT, of_report(event))]
        case DocumentDrafted() as event:
            return ready_letter(event)
        case DocumentSettled(kind="laporan") as event:
            return [
                _ready(
                    event.cycle, numbered(to, event.correction), event.kind, event.digest, COPIES_OF_REPORT
                )
                for to in _sends_to(sop)
            ]
        case FiguresWithdrawn() | SettlementWithdrawn() as event:
            return [
                _to_dispatch(event.cycle, to, combined(WithdrawItem, event, dispatch=to, document=REPORT))
                for to in (numbered(recipient, correction) for recipient in _sends_to(sop))
            ]
        case CorrectionDecided() as event:
            return [*reopen_letters(event, sop), *overtake_dispatches(event, sop)]
        case DispatchOvertaken() as event:
            to = numbered(event.recipient, event.correction)
            return [_to_dispatch(event.cycle, to, combined(ReopenDispatch, event, dispatch=to))]
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


def reopen_letters(event: CorrectionDecided, sop: Sop | None) -> Sequence[Order]:
    """Every letter that goes with the report is drafted once more."""
    letters = (document_kinds().recipient[to].letter for to in _sends_to(sop))
    return [
        _to_document(event.cycle, kind, combined(ReopenDocument, event, document=kind)) for kind in letters
    ]


def overtake_dispatches(event: CorrectionDecided, sop: Sop | None) -> Sequence[Order]:
    """The dispatches of the report that is corrected."""
    return [
        _to_dispatch(event.cycle, name, combined(OvertakeDispatch, event, dispatch=name, recipient=to))
        for to in _sends_to(sop)
        for name in (numbered(to, event.correction - 1),)
    ]


def queue_dispatches(
    event: StepStarted, addressed: Callable[[str, str], str], correction: int
) -> Sequence[Order]:
    """Every recipient that the step sends to gets a dispatch of its own, by the manual adapter:
    an agenda number and a carrier.
    """
    return [
        _to_dispatch(
            event.cycle,
            numbered(name, correction),
            QueueDispatch(
                cycle=event.cycle,
                dispatch=numbered(name, correction),
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
    if not recipient:
        return []
    to = numbered(recipient, event.correction)
    return [_ready(event.cycle, to, event.kind, event.file.digest, SHEETS_OF_LETTER)]


def _ready(cycle: str, dispatch: str, kind: Kind, digest: str, copies: int) -> Order:
    item = DispatchItem(document=kind, title=document_kinds().kind[kind].title, digest=digest, copies=copies)
    return _to_dispatch(cycle, dispatch, ReadyItem(cycle=cycle, dispatch=dispatch, item=item))


def _to_document(cycle: str, document: str, command: object) -> Order:
    return Order(stream=streams.document(cycle, document), command=command, case_id=cycle)


def _to_dispatch(cycle: str, dispatch: str, command: object) -> Order:
    return Order(stream=streams.dispatch(cycle, dispatch), command=command, case_id=cycle)
