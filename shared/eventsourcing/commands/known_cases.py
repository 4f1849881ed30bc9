"""Orders let through the gate, and only for cycles that exist.

Used by `command_handler` alone, before every decision about what a person or a program wants.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from shared.eventsourcing.commands import gate
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.sql import Connection

HeardOf = Callable[[Connection, str], Awaitable[bool]]
"""Whether a cycle exists for this service."""


class KnownCases:
    """`heard_of`: None where every cycle exists. One that was found once is not asked for again."""

    def __init__(self, heard_of: HeardOf | None) -> None:
        self._heard_of, self._cases = heard_of, set[str]()

    async def admitted(self, conn: Connection, order: Order, now: datetime, *, begun: bool) -> Order:
        """The order as the gate lets it through; `begun`: its stream has events. Raises Refused."""
        command = gate.admit(order.command, gate.at(order.case_id, now))
        asks = (
            self._heard_of
            and gate.names_cycle(order.case_id, command)
            and not (begun and order.case_id in self._cases)
        )
        if asks and self._heard_of:
            if not await self._heard_of(conn, order.case_id):
                raise gate.unknown_case(order.case_id)
            self._cases.add(order.case_id)
        return order if command is order.command else replace(order, command=command)


def admit_person(order: Order, person: str) -> None:
    """Lets an order through that has names of a stream and a case, and that a token may give where one does.
    Raises Refused.
    """
    gate.admit_stream(order.stream, order.case_id)
    gate.admit_subject(person, order.command)


def admit_beside(order: Order, now: datetime, *, followed: bool) -> None:
    """Lets an order of ours through that stands beside a decision; `followed`: it follows from an event, else
    from a person's command. Raises Refused.
    """
    gate.admit(order.command, gate.at(order.case_id, now, followed=followed))
