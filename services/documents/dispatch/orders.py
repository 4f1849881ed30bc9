"""The commands of a dispatch as orders, for JSON and pages alike: sent, the receipt came back, a correction.

SOP step 12. Previous hop: `dispatch/api.py` and `dispatch/pages.py`, with what a person said.
Next hop: `command_handler` by way of `Act`.
"""

from collections.abc import Mapping
from datetime import date
from typing import cast, get_args

from services.documents import streams
from services.documents.dispatch import queries
from services.documents.dispatch.shapes import Receipt, Sending
from services.documents.domain.dispatch_commands import (
    Correctable,
    CorrectDispatch,
    RecordReceipt,
    SendDispatch,
)
from shared.contracts.values import StoredFile
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting
from shared.web.forms.said import command_of
from shared.web.forms.typed import day_of


async def send(act: Acting, cycle: str, recipient: str, said: Sending, occurred_on: date) -> Order:
    """The items left the house."""
    others, by = await _others(act, cycle, recipient), act.viewer.person
    command = command_of(SendDispatch, said, others=others, by=by, occurred_on=occurred_on)
    return _to(cycle, recipient, command)


def record_receipt(
    act: Acting,
    cycle: str,
    recipient: str,
    said: Receipt,
    *,
    scan: StoredFile,
    occurred_on: date,
) -> Order:
    """The signed receipt came back."""
    command = command_of(RecordReceipt, said, scan=scan, by=act.viewer.person, occurred_on=occurred_on)
    return _to(cycle, recipient, command)


async def correct(
    act: Acting, cycle: str, recipient: str, field: str, value: str, reason: str, occurred_on: date
) -> Order:
    """Something was written down wrongly. Refuses a field that nobody may correct,
    and for `received_on` what is no day.
    """
    if field not in get_args(Correctable):
        raise Refused("field-unknown", "Pilih catatan yang diperbaiki.", field="field")
    right = day_of({"value": value}, "value") if field == "received_on" else value
    command = CorrectDispatch(
        field=cast("Correctable", field),
        value=right,
        others=await _others(act, cycle, recipient),
        reason=reason,
        by=act.viewer.person,
        occurred_on=occurred_on,
    )
    return _to(cycle, recipient, command)


async def _others(act: Acting, cycle: str, recipient: str) -> Mapping[str, str]:
    async with act.running.pool.connection() as conn:
        return await queries.other_numbers(conn, cycle, recipient)


def _to(cycle: str, recipient: str, command: object) -> Order:
    return Order(stream=streams.dispatch(cycle, recipient), command=command, case_id=cycle)
