"""Which request a log line is about, on the receiving side: every line that is written while one message is
worked on names the trace and the correlation that its event carries, so that one search finds an act, what it
caused elsewhere, and what of it could not be taken in.

Role: put around the work on one message by `receiving` and `faust`. Of a message that cannot be read, or that
nobody sealed, what it says of itself is told. `tell` says the same to a collector of traces.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import msgspec

from shared.eventsourcing.recorded import Metadata, Row
from shared.messaging.envelope import Message, Received
from shared.telemetry import spans, tracing
from shared.telemetry.spans import Kind

_metadata = msgspec.json.Decoder(Metadata)
_LONGEST = 100


def about(what: Received | Message) -> AbstractContextManager[None]:
    """For the time of a block. An event without a trace is never told as part of another's."""
    headers = {} if isinstance(what, Received) else dict(what.headers)
    metadata = what.metadata if isinstance(what, Received) else headers.get("metadata")
    try:
        said = _metadata.decode(metadata or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError, AttributeError, RecursionError):
        return tracing.logging_about((headers.get("traceparent") or b"").decode(errors="replace"), "")
    return tracing.logging_about(said.traceparent, said.correlation[:_LONGEST])


def about_all(these: Sequence[Received | Message]) -> AbstractContextManager[None]:
    """The same where they are one; lines about many name none."""
    return about(these[0]) if len(these) == 1 else nullcontext()


def tell(
    service: str, name: str, events: Sequence[Received | Row], begun: int, kind: Kind = "inside"
) -> None:
    """Spans of what this service did with these events since `begun`, each in the trace of its event."""
    if spans.sends(service):
        spans.passed(service, name, filter(None, map(_span_of, events)), begun, kind)


def _span_of(event: Received | Row) -> tuple[str, spans.Told] | None:
    try:
        traceparent = _metadata.decode(event.metadata).traceparent
    except msgspec.DecodeError:  # of a newer version
        return None
    category = event.stream.partition("-")[0]
    return (traceparent, {"event": event.type, "category": category}) if traceparent else None
