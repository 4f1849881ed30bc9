"""A dispatch driven by any order of readying, withdrawing, queueing, sending, receiving and correcting,
and by an official correction of the report that it carries.

What must always hold: what is sent is the report that was last declared final, with its letter; it is sent
once and received once, after it was sent, and never once its report is corrected; and the facts of a dispatch
are those last said, with every earlier one still in history.
"""

from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.documents.domain.dispatch import Received, Sent, dispatch
from services.documents.domain.dispatch_commands import (
    CorrectDispatch,
    OvertakeDispatch,
    QueueDispatch,
    ReadyItem,
    RecordReceipt,
    SendDispatch,
    WithdrawItem,
)
from shared.contracts.correction import DispatchOvertaken
from shared.contracts.documents import (
    DispatchCorrected,
    DispatchItemReady,
    DispatchItemWithdrawn,
    DispatchQueued,
    DispatchSent,
    ReceiptRecorded,
)
from shared.contracts.values import DispatchItem, StoredFile
from shared.eventsourcing.commands.decider import Refused

SCAN = StoredFile(digest="aa", name="t.pdf", media_type="application/pdf", size=1)
DAYS = st.integers(0, 6).map(lambda days: date(2027, 3, 25) + timedelta(days=days))
DIGESTS = st.sampled_from(["one", "two", "three"])
DOCUMENTS = st.sampled_from(["laporan", "pengantar_gubernur"])
TEXTS = st.sampled_from(["", " ", "045/12", "2027-03-28", "Yuni"])


class OneDispatch(RuleBasedStateMachine):
    """The model: what lies ready now, what was sent, and the facts as they were last said."""

    def __init__(self) -> None:
        super().__init__()
        self.history: list[Any] = []
        self.lying: dict[str, str] = {}
        self.facts: dict[str, str] = {}

    def give(self, command: Any) -> None:
        try:
            events = dispatch.decide(command, dispatch.fold(self.history))
        except Refused:
            return
        for event in events:
            self.note(event)
            self.history.append(event)

    def note(self, event: Any) -> None:
        match event:
            case DispatchItemReady(item=item):
                assert not self.said(DispatchSent)
                self.lying[item.document] = item.digest
            case DispatchItemWithdrawn(document=document, digest=digest):
                assert self.lying.pop(document) == digest
            case DispatchSent():
                assert set(self.lying) == {"laporan", "pengantar_gubernur"}
                assert not self.said(DispatchOvertaken)
                assert self.said(DispatchQueued)[0].occurred_on <= event.occurred_on
                self.facts |= {"agenda_number": event.agenda_number, "carrier": event.carrier}
            case ReceiptRecorded():
                assert self.said(DispatchSent)[0].occurred_on <= event.received_on <= event.occurred_on
                self.facts |= {
                    "received_by": event.received_by,
                    "received_on": event.received_on.isoformat(),
                    "reference": event.reference,
                }
            case DispatchOvertaken(sent=sent):
                assert sent == bool(self.said(DispatchSent))
                assert not self.said(DispatchOvertaken)
            case DispatchCorrected():
                assert self.facts[event.field] == event.before != event.after
                self.facts[event.field] = event.after

    def said(self, kind: type) -> list[Any]:
        return [event for event in self.history if isinstance(event, kind)]

    @rule(document=DOCUMENTS, digest=DIGESTS)
    def something_becomes_final(self, document: str, digest: str) -> None:
        self.give(
            ReadyItem(
                cycle="c",
                dispatch="gubernur",
                item=DispatchItem(document=document, title=document, digest=digest, copies=1),
            )
        )

    @rule(document=DOCUMENTS)
    def something_is_withdrawn(self, document: str) -> None:
        self.give(WithdrawItem(cycle="c", dispatch="gubernur", document=document))

    @rule(day=DAYS)
    def the_step_starts(self, day: date) -> None:
        self.give(
            QueueDispatch(
                cycle="c",
                dispatch="gubernur",
                recipient="gubernur",
                recipient_name="G",
                channel="manual",
                occurred_on=day,
            )
        )

    @rule(digest=DIGESTS, agenda=TEXTS, carrier=TEXTS, day=DAYS)
    def somebody_sends(self, digest: str, agenda: str, carrier: str, day: date) -> None:
        before = len(self.said(DispatchSent))
        self.give(
            SendDispatch(digest=digest, agenda_number=agenda, carrier=carrier, by="tono", occurred_on=day)
        )
        if len(self.said(DispatchSent)) > before:
            assert self.lying["laporan"] == digest

    @rule(by=TEXTS, received=DAYS, noted=DAYS)
    def a_receipt_comes_back(self, by: str, received: date, noted: date) -> None:
        self.give(
            RecordReceipt(
                received_by=by, received_on=received, reference="", scan=SCAN, by="tono", occurred_on=noted
            )
        )

    @rule()
    def its_report_is_corrected(self) -> None:
        of = {"cycle": "c", "dispatch": "gubernur", "recipient": "gubernur", "correction": 1}
        self.give(OvertakeDispatch(**of, by="kurnia", occurred_on=date(2027, 4, 1)))

    @rule(
        field=st.sampled_from(["agenda_number", "carrier", "received_by", "received_on", "reference"]),
        value=TEXTS | DAYS,
        reason=TEXTS,
    )
    def somebody_corrects(self, field: Any, value: str | date, reason: str) -> None:
        self.give(
            CorrectDispatch(field=field, value=value, reason=reason, by="tono", occurred_on=date(2027, 4, 1))
        )

    @invariant()
    def it_is_queued_sent_and_received_at_most_once_and_in_that_order(self) -> None:
        order = [
            type(event)
            for event in self.history
            if isinstance(event, DispatchQueued | DispatchSent | ReceiptRecorded)
        ]
        assert order == [DispatchQueued, DispatchSent, ReceiptRecorded][: len(order)]

    @invariant()
    def the_facts_are_those_last_said(self) -> None:
        state = dispatch.fold(self.history)
        assert (dict(state.facts) if isinstance(state, Sent | Received) else {}) == self.facts


TestOneDispatch = OneDispatch.TestCase
TestOneDispatch.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
