"""What may be said of a dispatch: by a person, or by what became final, begins or is corrected elsewhere.

SOP step 12. Previous hop: `dispatch/orders.py` and `process_manager.py`. Next hop: `dispatch.py`, which
decides.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from shared.contracts.fields import CycleId, Digest, Id, Key, Name, Person, Prose, Small
from shared.contracts.values import DispatchItem, StoredFile

Correctable = Literal["agenda_number", "carrier", "received_by", "received_on", "reference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyItem:
    """A file for this dispatch is final."""

    cycle: CycleId
    dispatch: Id
    item: DispatchItem


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawItem:
    cycle: CycleId
    dispatch: Id
    document: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDispatch:
    cycle: CycleId
    dispatch: Id
    recipient: Id
    recipient_name: Name
    channel: Id
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDispatch:
    """`others`: the agenda numbers of the other letters of the cycle, by dispatch, as they stood when it was
    said.
    """

    by_token: ClassVar[bool] = True

    digest: Digest  # the report as the person saw it on the page
    agenda_number: Name
    carrier: Name
    others: Mapping[Id, Name] = dataclasses.field(default_factory=dict)
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReceipt:
    by_token: ClassVar[bool] = True

    received_by: Name
    received_on: date
    reference: Name
    scan: StoredFile
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectDispatch:
    """`others`: as in `SendDispatch`."""

    field: Correctable
    value: Name | date  # a day for `received_on`, text for the others
    others: Mapping[Id, Name] = dataclasses.field(default_factory=dict)
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertakeDispatch:
    """The report that this dispatch carries, or would, is officially corrected."""

    cycle: CycleId
    dispatch: Id
    recipient: Id
    correction: Small
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenDispatch:
    """The corrected report goes to this recipient by this dispatch, which is its own."""

    cycle: CycleId
    dispatch: Id
    recipient: Id
    correction: Small
    by: Person
    occurred_on: date


Command = (
    ReadyItem
    | WithdrawItem
    | QueueDispatch
    | SendDispatch
    | RecordReceipt
    | CorrectDispatch
    | OvertakeDispatch
    | ReopenDispatch
)
