"""What a decision comes to: its events as they are recorded, and the answer to whoever gave the command.

An event's way, hop 2. Used by `command_handler`, between the rule and the append.
"""

from collections.abc import Iterator

from shared.contracts.registry import declared
from shared.eventsourcing.commands.order import Answer
from shared.eventsourcing.recorded import Recorded
from shared.eventsourcing.store import Append


def recorded_of(source: str, decision: Append) -> Iterator[Recorded]:
    """The events of a decision as they will stand in the store, but for their position."""
    for number, event in enumerate(decision.events, start=decision.expected + 1):
        entry = declared(type(event))
        yield Recorded(
            source=source,
            stream=decision.stream,
            version=number,
            position=0,
            case_id=decision.case_id,
            type=entry.name,
            schema=entry.schema,
            event=event,
            metadata=decision.metadata,
            recorded_at=decision.recorded_at,
        )


def answer_of(source: str, decision: Append) -> Answer:
    """The answer to the command of this decision."""
    version = decision.expected + len(decision.events)
    return Answer(source=source, stream=decision.stream, version=version, events=tuple(decision.events))
