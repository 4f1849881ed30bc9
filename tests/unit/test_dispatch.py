"""Rules of a dispatch to one recipient (SOP step 12)."""

from dataclasses import replace
from datetime import date

import pytest

from services.documents.domain.dispatch import dispatch
from services.documents.domain.dispatch_commands import (
    Correctable,
    CorrectDispatch,
    QueueDispatch,
    ReadyItem,
    RecordReceipt,
    SendDispatch,
    WithdrawItem,
)
from shared.contracts.documents import (
    DispatchCorrected,
    DispatchItemReady,
    DispatchItemWithdrawn,
    DispatchQueued,
    DispatchSent,
    ReceiptRecorded,
)
from shared.contracts.values import DispatchItem, StoredFile
from tests.support.given_when_then import Given

CYCLE = "3402-2026"
SCAN = StoredFile(digest="aa", name="tanda-terima.pdf", media_type="application/pdf", size=10)
REPORT = DispatchItem(document="laporan", title="Laporan", digest="report-1", copies=1)
LETTER = DispatchItem(document="pengantar_gubernur", title="Surat pengantar", digest="letter-1", copies=2)
DAY = date(2027, 3, 29)


def ready(item: DispatchItem) -> DispatchItemReady:
    return DispatchItemReady(cycle=CYCLE, dispatch="gubernur", item=item)


def queued(*items: DispatchItem) -> DispatchQueued:
    return DispatchQueued(
        cycle=CYCLE,
        dispatch="gubernur",
        recipient="gubernur",
        recipient_name="Gubernur",
        channel="manual",
        items=items,
        occurred_on=DAY,
    )


SENT = DispatchSent(
    cycle=CYCLE,
    dispatch="gubernur",
    recipient="gubernur",
    agenda_number="045/12",
    carrier="Kurir",
    by="tono",
    occurred_on=date(2027, 3, 30),
)
RECEIVED = ReceiptRecorded(
    cycle=CYCLE,
    dispatch="gubernur",
    recipient="gubernur",
    received_by="Yuni",
    received_on=date(2027, 3, 31),
    reference="TT/7",
    scan=SCAN,
    by="tono",
    occurred_on=date(2027, 4, 1),
)
QUEUED = (ready(REPORT), ready(LETTER), queued(REPORT, LETTER))


def given(*history: object) -> Given:
    return Given(dispatch, history)


def ready_item(item: DispatchItem) -> ReadyItem:
    return ReadyItem(cycle=CYCLE, dispatch="gubernur", item=item)


def queue() -> QueueDispatch:
    return QueueDispatch(
        cycle=CYCLE,
        dispatch="gubernur",
        recipient="gubernur",
        recipient_name="Gubernur",
        channel="manual",
        occurred_on=DAY,
    )


def withdraw() -> WithdrawItem:
    return WithdrawItem(cycle=CYCLE, dispatch="gubernur", document="laporan")


def send(
    digest: str = "report-1", agenda: str = " 045/12 ", carrier: str = " Kurir ", on: date = date(2027, 3, 30)
) -> SendDispatch:
    return SendDispatch(digest=digest, agenda_number=agenda, carrier=carrier, by="tono", occurred_on=on)


def receive(by: str = " Yuni ", on: date = date(2027, 3, 31)) -> RecordReceipt:
    return RecordReceipt(
        received_by=by, received_on=on, reference=" TT/7 ", scan=SCAN, by="tono", occurred_on=date(2027, 4, 1)
    )


def correct(
    field: Correctable = "agenda_number", value: str | date = " 045/13 ", reason: str = " salah ketik "
) -> CorrectDispatch:
    return CorrectDispatch(field=field, value=value, reason=reason, by="tono", occurred_on=date(2027, 4, 2))


def corrected(field: Correctable, before: str, after: str) -> DispatchCorrected:
    return DispatchCorrected(
        cycle=CYCLE,
        dispatch="gubernur",
        recipient="gubernur",
        field=field,
        before=before,
        after=after,
        reason="salah ketik",
        by="tono",
        occurred_on=date(2027, 4, 2),
    )


def test_a_final_file_lies_ready() -> None:
    given().when(ready_item(REPORT)).then(ready(REPORT))


def test_the_same_file_again_is_no_news() -> None:
    given(ready(REPORT)).when(ready_item(REPORT)).then()


def test_a_later_file_of_the_same_document_takes_its_place() -> None:
    later = DispatchItem(document="laporan", title="Laporan", digest="report-2", copies=1)
    given(*QUEUED, ready(later)).when(send(digest="report-1")).refused("digest-conflict", field="digest")
    given(*QUEUED).when(ready_item(later)).then(ready(later))


def test_what_is_on_its_way_is_not_changed() -> None:
    later = DispatchItem(document="laporan", title="Laporan", digest="report-2", copies=1)
    given(*QUEUED, SENT).when(ready_item(later)).then()
    given(*QUEUED, SENT).when(withdraw()).then()


def test_a_report_whose_figures_no_longer_hold_is_withdrawn_and_cannot_be_sent() -> None:
    gone = DispatchItemWithdrawn(cycle=CYCLE, dispatch="gubernur", document="laporan", digest="report-1")
    given(*QUEUED).when(withdraw()).then(gone)
    given(*QUEUED, gone).when(send()).refused("report-not-settled")


def test_there_is_nothing_to_withdraw_before_a_file_is_ready() -> None:
    given(ready(LETTER)).when(withdraw()).then()


def test_a_dispatch_is_queued_with_what_lies_ready() -> None:
    given(ready(REPORT), ready(LETTER)).when(queue()).then(queued(REPORT, LETTER))


def test_queueing_twice_is_no_news() -> None:
    given(queued()).when(queue()).then()


def test_a_file_may_become_ready_after_queueing() -> None:
    given(queued(), ready(REPORT), ready(LETTER)).when(send()).then(SENT)


def test_a_queued_dispatch_is_sent_by_agenda_and_carrier() -> None:
    given(*QUEUED).when(send()).then(SENT)


def test_nothing_is_sent_before_the_step_started() -> None:
    given(ready(REPORT), ready(LETTER)).when(send()).refused("not-queued")


def test_only_an_endorsed_report_is_sent() -> None:
    given(ready(LETTER), queued(LETTER)).when(send()).refused("report-not-settled")


def test_no_report_goes_out_without_its_cover_letter() -> None:
    given(ready(REPORT), queued(REPORT)).when(send()).refused("letter-missing")


def test_the_sender_has_seen_the_file_that_is_sent() -> None:
    given(*QUEUED).when(send(digest="report-0")).refused("digest-conflict", field="digest")


def test_a_sending_names_agenda_and_carrier() -> None:
    given(*QUEUED).when(send(agenda=" ")).refused("agenda-number-missing", field="agenda_number")
    given(*QUEUED).when(send(carrier=" ")).refused("carrier-missing", field="carrier")


def test_nothing_is_sent_before_it_was_queued() -> None:
    given(*QUEUED).when(send(on=date(2027, 3, 28))).refused("before-queued", field="occurred_on")


def test_a_dispatch_is_sent_once() -> None:
    given(*QUEUED, SENT).when(send()).refused("already-sent")


def test_the_signed_receipt_comes_back() -> None:
    given(*QUEUED, SENT).when(receive()).then(RECEIVED)


def test_there_is_no_receipt_for_what_was_not_sent() -> None:
    given(*QUEUED).when(receive()).refused("not-sent")


def test_a_receipt_is_recorded_once() -> None:
    given(*QUEUED, SENT, RECEIVED).when(receive()).refused("already-received")


def test_a_receipt_names_who_took_it() -> None:
    given(*QUEUED, SENT).when(receive(by=" ")).refused("received-by-missing", field="received_by")


def test_nothing_is_received_before_it_was_sent() -> None:
    given(*QUEUED, SENT).when(receive(on=date(2027, 3, 29))).refused("before-sent", field="received_on")


def test_nothing_is_received_after_the_day_it_is_noted() -> None:
    given(*QUEUED, SENT).when(receive(on=date(2027, 4, 2))).refused("received-later", field="received_on")


def test_a_wrong_number_is_corrected_and_what_was_said_before_stays() -> None:
    given(*QUEUED, SENT).when(correct()).then(corrected("agenda_number", "045/12", "045/13"))


def test_a_second_correction_starts_from_the_first() -> None:
    history = (*QUEUED, SENT, corrected("agenda_number", "045/12", "045/13"))
    given(*history).when(correct(value="045/14")).then(corrected("agenda_number", "045/13", "045/14"))


def test_a_correction_that_changes_nothing_is_no_news() -> None:
    given(*QUEUED, SENT).when(correct(value="045/12")).then()


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("carrier", "Kurir", "Pos"),
        ("received_by", "Yuni", "Yani"),
        ("received_on", "2027-03-31", "2027-03-30"),
        ("reference", "TT/7", "TT/8"),
    ],
)
def test_each_fact_of_sending_and_receipt_can_be_corrected(
    field: Correctable, before: str, after: str
) -> None:
    given(*QUEUED, SENT, RECEIVED).when(
        correct(field, date.fromisoformat(after) if field == "received_on" else after)
    ).then(corrected(field, before, after))


def test_nothing_is_corrected_that_was_never_said() -> None:
    given(*QUEUED).when(correct()).refused("not-sent")
    given(*QUEUED, SENT).when(correct("received_by")).refused("not-received", field="field")


def test_a_correction_has_a_value_and_a_reason() -> None:
    given(*QUEUED, SENT).when(correct(value=" ")).refused("value-missing", field="value")
    given(*QUEUED, SENT).when(correct(reason=" ")).refused("reason-missing", field="reason")


def test_a_corrected_date_is_a_date_and_not_before_the_sending() -> None:
    given(*QUEUED, SENT, RECEIVED).when(correct("received_on", date(2027, 4, 3))).refused(
        "received-later", field="received_on"
    )
    given(*QUEUED, SENT, RECEIVED).when(correct("received_on", "20270331")).refused(
        "not-a-date", field="value"
    )
    given(*QUEUED, SENT, RECEIVED).when(correct("received_on", "31 Maret")).refused(
        "not-a-date", field="value"
    )
    given(*QUEUED, SENT, RECEIVED).when(correct("received_on", date(2027, 3, 29))).refused(
        "before-sent", field="received_on"
    )


def test_it_may_be_sent_on_the_day_it_is_ready_and_received_on_the_day_that_is_noted() -> None:
    given(*QUEUED).when(send(on=DAY)).then(replace(SENT, occurred_on=DAY))
    noted = RECEIVED.occurred_on
    given(*QUEUED, SENT).when(receive(on=noted)).then(replace(RECEIVED, received_on=noted))


def test_a_report_is_named_by_the_first_eight_letters_of_its_digest() -> None:
    report = replace(REPORT, digest="0123456789")
    given(ready(report), ready(LETTER), queued(report, LETTER)).when(send(digest="abcdefghij")).refused(
        "digest-conflict", field="digest", seen="abcdefgh", current="01234567"
    )
