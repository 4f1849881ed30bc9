"""An event of today as it was recorded: what a test says about it, and the rest as it does not matter."""

from datetime import UTC, datetime

from shared.contracts.registry import declared
from shared.eventsourcing.recorded import Actor, Metadata, Recorded

CYCLE = "3402-2026"
SOME_DAY = datetime(2026, 12, 1, tzinfo=UTC)


def recorded(
    event: object, stream: str, version: int, *, position: int = 0, at: datetime = SOME_DAY
) -> Recorded:
    """The event in its producer's stream, recorded by the producer itself."""
    entry = declared(type(event))
    return Recorded(
        source=entry.producer,
        stream=stream,
        version=version,
        position=position or version,
        case_id=CYCLE,
        type=entry.name,
        schema=entry.schema,
        event=event,
        metadata=Metadata(actor=Actor.system(entry.producer), command_id="c", correlation="c"),
        recorded_at=at,
    )
