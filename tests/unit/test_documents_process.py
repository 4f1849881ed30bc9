"""What documents does by itself: someone's event in, own commands out."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.documents.domain.dispatch_commands import QueueDispatch, ReadyItem, WithdrawItem
from services.documents.domain.document_commands import (
    OpenDocument,
    ReleaseFigures,
    SettleDocument,
    WithdrawFigures,
)
from services.documents.process_manager import REACTS, react
from services.documents.regions import addressed
from shared.contracts.documents import CopiesPrinted, FiguresWithdrawn, SettlementWithdrawn
from shared.contracts.intake import StepStarted
from shared.contracts.registry import declared
from shared.contracts.values import DispatchItem, DueDate
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ApprovalVoided,
    ApprovalWithdrawn,
    ReportEndorsed,
)
from shared.eventsourcing.recorded import Actor, Metadata, Recorded
from shared.sop.definition import CURRENT, sops
from tests.support.events import made
from tests.support.steps import KEY
from tests.unit.one_document import BASIS, CYCLE, DAY, LATER, PRINTED, SETTLED, WITHDRAWN, drafted

RECIPIENTS = ("gubernur", "kemendagri")


def orders(event: object, sop: str = CURRENT) -> list[tuple[str, object]]:
    """(stream, command) of everything that follows;
    every event that something follows from must be listened to.
    """
    entry = declared(type(event))
    recorded = Recorded(
        source=entry.producer,
        stream="any",
        version=1,
        position=1,
        case_id=CYCLE,
        type=entry.name,
        schema=entry.schema,
        event=event,
        metadata=Metadata(actor=Actor.system(entry.producer), command_id="c", correlation="c"),
        recorded_at=datetime(2027, 3, 1, tzinfo=UTC),
    )
    found = [(order.stream, order.command) for order in react(recorded, sops()[sop], addressed=addressed)]
    assert not found or (entry.producer, entry.name) in REACTS
    return found


def started(step: int) -> StepStarted:
    due = DueDate(
        due_on=LATER,
        earliest_on=LATER,
        counted_from=DAY,
        duration="5 hari kerja",
        skipped=(),
        calendar="2027.1+0",
    )
    return StepStarted(cycle=CYCLE, sop=CURRENT, step=KEY[step], started_on=DAY, due=due)


@pytest.mark.parametrize(
    ("step", "kinds"),
    [
        (4, ("sk_tim",)),
        (9, ("laporan",)),
        (10, ("pengantar_gubernur", "pengantar_kemendagri")),
        (7, ()),
        (11, ()),
    ],
)
def test_a_step_opens_its_documents(step: int, kinds: tuple[Any, ...]) -> None:
    opened = [
        (f"document-{CYCLE}-{kind}", OpenDocument(cycle=CYCLE, document=kind, kind=kind, step=KEY[step]))
        for kind in kinds
    ]
    assert orders(started(step)) == opened


def test_step_12_queues_one_dispatch_for_each_recipient() -> None:
    streams = {
        stream: command for stream, command in orders(started(12)) if isinstance(command, QueueDispatch)
    }
    assert list(streams) == [f"dispatch-{CYCLE}-{recipient}" for recipient in RECIPIENTS]
    assert {command.occurred_on for command in streams.values()} == {DAY}


def test_approved_figures_are_released_to_the_report_and_withdrawn_when_one_is_voided() -> None:
    complete = AllSubmissionsApproved(
        cycle=CYCLE,
        digests=BASIS,
        contributors=("sri",),
        verifiers=("rahmat",),
        by="rahmat",
        occurred_on=date(2027, 3, 1),
    )
    by = {"verifiers": ("rahmat",), "contributors": ("sri",)}
    release = ReleaseFigures(cycle=CYCLE, document="laporan", digests=BASIS, **by)
    assert orders(complete) == [(f"document-{CYCLE}-laporan", release)]
    voided = ApprovalVoided(
        cycle=CYCLE,
        agency="dinkes",
        period="tahunan",
        submission="submission-a",
        revision=1,
        digest="digest-a",
        approved_by="rahmat",
        changes=(),
        reason="",
        by="sri",
    )
    withdrawal = WithdrawFigures(
        cycle=CYCLE, document="laporan", submission="submission-a", digest="digest-a"
    )
    assert orders(voided) == [(f"document-{CYCLE}-laporan", withdrawal)]
    taken_back = made(ApprovalWithdrawn, cycle=CYCLE, submission="submission-a", digest="digest-a")
    assert orders(taken_back) == [(f"document-{CYCLE}-laporan", withdrawal)]


def test_an_endorsement_settles_the_report() -> None:
    event = ReportEndorsed(
        cycle=CYCLE,
        document=f"document-{CYCLE}-laporan",
        revision=1,
        digest="draft-1",
        by="kurnia",
        occurred_on=LATER,
    )
    assert orders(event) == [
        (
            f"document-{CYCLE}-laporan",
            SettleDocument(digest="draft-1", endorsed_by="kurnia", occurred_on=LATER),
        )
    ]


def test_a_settled_report_lies_ready_for_every_recipient() -> None:
    item = DispatchItem(document="laporan", title="Laporan Penerapan SPM", digest="draft-1", copies=1)
    assert orders(SETTLED) == [
        (f"dispatch-{CYCLE}-{to}", ReadyItem(cycle=CYCLE, dispatch=to, item=item)) for to in RECIPIENTS
    ]


def test_a_cover_letter_lies_ready_for_its_recipient_only() -> None:
    item = DispatchItem(
        document="pengantar_gubernur", title="Surat pengantar kepada Gubernur", digest="draft-1", copies=2
    )
    ready = ReadyItem(cycle=CYCLE, dispatch="gubernur", item=item)
    assert orders(drafted("pengantar_gubernur")) == [(f"dispatch-{CYCLE}-gubernur", ready)]


def test_withdrawn_figures_and_a_withdrawn_endorsement_take_the_report_out_of_every_dispatch() -> None:
    assert isinstance(WITHDRAWN, FiguresWithdrawn)
    taken_out = [
        (f"dispatch-{CYCLE}-{to}", WithdrawItem(cycle=CYCLE, dispatch=to, document="laporan"))
        for to in RECIPIENTS
    ]
    assert orders(WITHDRAWN) == taken_out
    assert orders(made(SettlementWithdrawn, cycle=CYCLE)) == taken_out


def test_nothing_follows_from_a_drafted_report_or_from_printed_copies() -> None:
    assert isinstance(PRINTED, CopiesPrinted)
    assert orders(PRINTED) == orders(drafted("laporan")) == orders(drafted("sk_tim")) == []
