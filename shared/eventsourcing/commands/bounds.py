"""How large a decision may be: what the broker takes, and no more, looked at before the commit.

Role: nothing is committed whose message cannot be sent. Used by `command_handler`.
What a person may type is judged earlier, by the gate.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from shared.eventsourcing.commands.decider import Refused

MOST_EVENT: Final = 900_000
"""Bytes of one event. Topics take messages of 4 MiB;
PostgreSQL writes JSON with spaces, at most a third longer.
"""

MOST_DECISION: Final = 2_000_000
MOST_REACTION: Final = 2_700_000
"""Bytes of one event by which a service reacts to another's: it may repeat what two of those said."""


def refuse_size(command: object, events: Sequence[bytes], *, reaction: bool = False) -> None:
    """Refuses a decision whose events are too large to be carried,
    naming the largest field of its command.
    """
    most = MOST_REACTION if reaction else MOST_EVENT
    if all(len(event) <= most for event in events) and (reaction or sum(map(len, events)) <= MOST_DECISION):
        return
    size = sum(map(len, events))
    raise Refused(
        "event-too-large",
        "Terlalu besar untuk dicatat: {size} byte, paling banyak {most}. Perpendek teksnya, "
        "atau bagi menjadi beberapa bagian.",
        field=_largest_field(command),
        size=size,
        most=most,
    )


def _largest_field(command: object) -> str | None:
    fields = msgspec.to_builtins(command)
    if not isinstance(fields, dict) or not fields:
        return None
    return str(max(fields, key=lambda name: len(msgspec.json.encode(fields[name]))))
