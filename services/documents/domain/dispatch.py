"""Dispatch: the way of the report to one recipient, from queued to the signed receipt.

SOP step 12 (evidence codes of ETSI EN 319 522: A.1 queued, F sent by agenda and carrier, E.1 receipt).
Previous hop: `process_manager.py` with what is settled and that the step started; a person by way of
`dispatch/orders.py`. Next hop: intake (step done when both are sent), archive (files the receipt). What was
written down wrongly is corrected by an event, never overwritten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from services.documents.domain.dispatch_commands import (
    Command,
    CorrectDispatch,
    OvertakeDispatch,
    QueueDispatch,
    ReadyItem,
    RecordReceipt,
    ReopenDispatch,
    SendDispatch,
    WithdrawItem,
)
from shared.contracts.correction import DispatchOvertaken, DispatchReopened
from shared.contracts.documents import (
    DispatchCorrected,
    DispatchItemReady,
    DispatchItemWithdrawn,
    DispatchQueued,
    DispatchSent,
    ReceiptRecorded,
)
from shared.contracts.values import DispatchItem
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused

Event = (
    DispatchItemReady
    | DispatchItemWithdrawn
    | DispatchQueued
    | DispatchSent
    | ReceiptRecorded
    | DispatchCorrected
    | DispatchOvertaken
    | DispatchReopened
)

REPORT = "laporan"
OF_THE_RECEIPT = ("received_by", "received_on", "reference")


# State


Items = Mapping[str, DispatchItem]
"""What goes out, by document."""


@dataclass(frozen=True, slots=True)
class Gathering:
    """What is final may come before the step does. `reopened`: it is the dispatch of a correction."""

    items: Items = field(default_factory=dict)
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class Queued:
    event: DispatchQueued
    items: Items


@dataclass(frozen=True, slots=True)
class Sent:
    """On its way: no file of it changes any more. `facts`: what was written down, as it was corrected."""

    event: DispatchSent
    facts: Mapping[str, str]
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    event: DispatchSent
    facts: Mapping[str, str]
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """Not sent before the report was officially corrected: nothing goes out with it any more."""

    items: Items


Dispatch = Gathering | Queued | Sent | Received | Ended


# Decide


def decide(command: Command, dispatch: Dispatch) -> Sequence[Event]:
    match command:
        case ReadyItem():
            return ready_item(command, dispatch)
        case WithdrawItem():
            return withdraw_item(command, dispatch)
        case QueueDispatch():
            return queue(command, dispatch)
        case SendDispatch():
            return send(command, dispatch)
        case RecordReceipt():
            return record_receipt(command, dispatch)
        case CorrectDispatch():
            return correct(command, dispatch)
        case OvertakeDispatch():
            return overtake(command, dispatch)
        case ReopenDispatch():
            return reopen(command, dispatch)
        case _:
            assert_never(command)


def ready_item(command: ReadyItem, dispatch: Dispatch) -> Sequence[Event]:
    if not isinstance(dispatch, Gathering | Queued):
        return []
    if dispatch.items.get(command.item.document) == command.item:
        return []
    return [combined(DispatchItemReady, command)]


def withdraw_item(command: WithdrawItem, dispatch: Dispatch) -> Sequence[Event]:
    if not isinstance(dispatch, Gathering | Queued) or command.document not in dispatch.items:
        return []
    item = dispatch.items[command.document]
    return [combined(DispatchItemWithdrawn, command, digest=item.digest)]


def queue(command: QueueDispatch, dispatch: Dispatch) -> Sequence[Event]:
    if not isinstance(dispatch, Gathering):
        return []
    return [combined(DispatchQueued, command, items=tuple(dispatch.items.values()))]


def send(command: SendDispatch, dispatch: Dispatch) -> Sequence[Event]:
    queued = _queued(dispatch)
    _complete(command.digest, queued.items)
    agenda_number = _filled(
        command.agenda_number,
        Refused("agenda-number-missing", "Tulis nomor agenda surat keluar.", field="agenda_number"),
    )
    _own_number(agenda_number, command.others, "agenda_number")
    carrier = _filled(
        command.carrier,
        Refused("carrier-missing", "Tulis siapa yang membawa: kurir, pos, atau petugas.", field="carrier"),
    )
    if command.occurred_on < queued.event.occurred_on:
        raise Refused(
            "before-queued",
            "Tanggal kirim mendahului tanggal siap kirim ({queued}).",
            field="occurred_on",
            queued=queued.event.occurred_on,
        )
    return [combined(DispatchSent, queued.event, command, agenda_number=agenda_number, carrier=carrier)]


def record_receipt(command: RecordReceipt, dispatch: Dispatch) -> Sequence[Event]:
    sent = _sent(dispatch)
    if isinstance(sent, Received):
        raise Refused(
            "already-received", "Tanda terima sudah dicatat; perbaiki catatannya bila ada yang keliru."
        )
    unnamed = Refused(
        "received-by-missing", "Tulis nama penerima seperti pada tanda terima.", field="received_by"
    )
    received_by = _filled(command.received_by, unnamed)
    _received_between(command.received_on, sent.event, command.occurred_on)
    reference = command.reference.strip()
    return [combined(ReceiptRecorded, sent.event, command, received_by=received_by, reference=reference)]


def correct(command: CorrectDispatch, dispatch: Dispatch) -> Sequence[Event]:
    sent = _sent(dispatch)
    if command.field in OF_THE_RECEIPT and isinstance(sent, Sent):
        raise Refused(
            "not-received", "Tanda terima belum dicatat, jadi belum ada yang diperbaiki.", field="field"
        )
    reason = _filled(
        command.reason, Refused("reason-missing", "Tulis mengapa catatan ini diperbaiki.", field="reason")
    )
    before, value = sent.facts[command.field], _corrected(command, sent.event)
    if before == value:
        return []
    if command.field == "agenda_number":
        _own_number(value, command.others, "value")
    return [combined(DispatchCorrected, sent.event, command, before=before, after=value, reason=reason)]


def overtake(command: OvertakeDispatch, dispatch: Dispatch) -> Sequence[Event]:
    """Said also of what was sent: the dispatch of the correction begins after the last word of this one."""
    if isinstance(dispatch, Ended) or (isinstance(dispatch, Sent | Received) and dispatch.overtaken):
        return []
    return [combined(DispatchOvertaken, command, sent=isinstance(dispatch, Sent | Received))]


def reopen(command: ReopenDispatch, dispatch: Dispatch) -> Sequence[Event]:
    if not isinstance(dispatch, Gathering) or dispatch.reopened:
        return []
    return [combined(DispatchReopened, command)]


def _queued(dispatch: Dispatch) -> Queued:
    match dispatch:
        case Gathering():
            raise Refused("not-queued", "Langkah pengiriman belum dimulai.")
        case Sent() | Received():
            raise Refused(
                "already-sent", "Pengiriman ini sudah dicatat; perbaiki catatannya bila ada yang keliru."
            )
        case Ended():
            raise Refused(
                "dispatch-overtaken",
                "Laporan ini dikoreksi sebelum dikirim; kirimkan laporan hasil koreksinya.",
            )
        case Queued():
            return dispatch


def _sent(dispatch: Dispatch) -> Sent | Received:
    if not isinstance(dispatch, Sent | Received):
        raise Refused("not-sent", "Pengiriman belum dicatat.")
    return dispatch


def _complete(seen: str, items: Items) -> None:
    """Only the endorsed report goes out, and only with its cover letter."""
    report = items.get(REPORT)
    if report is None:
        raise Refused("report-not-settled", "Belum ada laporan yang disahkan untuk dikirim.")
    if len(items) == 1:
        raise Refused("letter-missing", "Surat pengantar untuk penerima ini belum disusun.")
    if seen != report.digest:
        raise Refused(
            "digest-conflict",
            "Laporan berganti sejak Anda melihatnya: yang Anda lihat {seen}, yang berlaku {current}. "
            "Periksa berkas yang berlaku.",
            field="digest",
            seen=seen[:8],
            current=report.digest[:8],
        )


def _own_number(number: str, others: Mapping[str, str], place: str) -> None:
    """Each letter that leaves the house has its own line in the agenda; how it is spaced makes no other."""
    for dispatch, taken in others.items():
        if _bare(taken) == _bare(number):
            raise Refused(
                "agenda-number-taken",
                "Nomor agenda {number} sudah dipakai untuk surat kepada {dispatch}; "
                "setiap surat punya nomor agenda sendiri.",
                field=place,
                number=taken,
                dispatch=dispatch,
            )


def _bare(number: str) -> str:
    return "".join(number.split()).casefold()


def _filled(text: str, otherwise: Refused) -> str:
    if not text.strip():
        raise otherwise
    return text.strip()


def _corrected(command: CorrectDispatch, sent: DispatchSent) -> str:
    """The corrected value as it is stored; a day obeys the rules of its
    first entry and is stored as YYYY-MM-DD.
    """
    if command.field != "received_on":
        return _filled(str(command.value), Refused("value-missing", "Tulis isi yang benar.", field="value"))
    if not isinstance(command.value, date):
        raise Refused("not-a-date", "Tulis tanggal seperti 30 Mar 2027.", field="value")
    _received_between(command.value, sent, command.occurred_on)
    return command.value.isoformat()


def _received_between(day: date, sent: DispatchSent, noted_on: date) -> None:
    if day < sent.occurred_on:
        raise Refused(
            "before-sent",
            "Tanggal terima mendahului tanggal kirim ({sent}).",
            field="received_on",
            sent=sent.occurred_on,
        )
    if day > noted_on:
        raise Refused(
            "received-later", "Tanggal terima tidak boleh sesudah tanggal pencatatan.", field="received_on"
        )


# Evolve


def evolve(dispatch: Dispatch, event: Event) -> Dispatch:
    match event:
        case DispatchItemReady(item=item):
            waiting = _not_sent(dispatch)
            return replace(waiting, items={**waiting.items, item.document: item})
        case DispatchItemWithdrawn(document=document):
            waiting = _not_sent(dispatch)
            kept = {key: item for key, item in waiting.items.items() if key != document}
            return replace(waiting, items=kept)
        case DispatchQueued():
            return Queued(event, _not_sent(dispatch).items)
        case DispatchSent():
            return Sent(event, {"agenda_number": event.agenda_number, "carrier": event.carrier})
        case ReceiptRecorded():
            facts = {
                "received_by": event.received_by,
                "received_on": event.received_on.isoformat(),
                "reference": event.reference,
            }
            sent = _on_its_way(dispatch)
            return Received(sent.event, {**sent.facts, **facts}, sent.overtaken)
        case DispatchCorrected():
            sent = _on_its_way(dispatch)
            return replace(sent, facts={**sent.facts, event.field: event.after})
        case DispatchOvertaken(sent=True):
            return replace(_on_its_way(dispatch), overtaken=True)
        case DispatchOvertaken():
            return Ended(_not_sent(dispatch).items)
        case DispatchReopened():
            waiting = _not_sent(dispatch)
            return Gathering(waiting.items, reopened=True)
        case _:
            assert_never(event)


def _not_sent(dispatch: Dispatch) -> Gathering | Queued:
    assert isinstance(dispatch, Gathering | Queued), "what is sent is neither queued nor changed"
    return dispatch


def _on_its_way(dispatch: Dispatch) -> Sent | Received:
    assert isinstance(dispatch, Sent | Received), "only what was sent is received and corrected"
    return dispatch


dispatch: Decider[Command, Event, Dispatch] = Decider(initial=Gathering(), decide=decide, evolve=evolve)
