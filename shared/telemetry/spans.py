"""Spans: what this process did within a trace, from when to when, for a collector of OpenTelemetry.

Role: one way for request, command, append, relay, reaction and leaf to say that. Where `JEJAK_TRACES` is not
set a step is an object of two fields that nobody hears of. Only what is named in `Told` can be said of one:
no person, no case, no text of anybody. Next hop: `sending.py`.
"""

import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Final, Literal, Self, TypedDict, Unpack

from opentelemetry.context import Context
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

from shared.telemetry import tracing

TRACERS: Final[dict[str, Tracer]] = {}
"""Of the services in this process whose spans are sent."""
_KINDS: Final = {
    "inside": SpanKind.INTERNAL,
    "asked": SpanKind.SERVER,
    "sends": SpanKind.PRODUCER,
    "hears": SpanKind.CONSUMER,
}
Kind = Literal["inside", "asked", "sends", "hears"]


class Told(TypedDict, total=False):
    """All that may be said of a span: words of ours, never of a person.

    `category`: of a stream, without the case in its name; `route`: a template; `event`, `command`: types;
    `source`: the service whose event it is.
    """

    category: str
    command: str
    event: str
    method: str
    route: str
    source: str
    status: int


_NAMES: Final = {
    "method": "http.request.method",
    "route": "http.route",
    "status": "http.response.status_code",
    "category": "jejak.category",
    "command": "jejak.command",
    "event": "jejak.event",
    "source": "jejak.source",
}


class Step:
    """A span that goes on; `traceparent` is what belongs to it."""

    __slots__ = ("_span", "traceparent")

    def __init__(self, traceparent: str, span: Span | None = None) -> None:
        self.traceparent, self._span = traceparent, span

    def tell(self, name: str, **told: Unpack[Told]) -> None:
        """What is known only now; `name` replaces the one it began with."""
        if self._span is not None:
            self._span.update_name(name)
            self._span.set_attributes(_attributes(told))

    def logging(self, **more: str) -> AbstractContextManager[None]:
        """Every log line within names the trace, and what `more` says."""
        return tracing.logging_as(self.traceparent, **more)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Of an error its type alone: its text may hold what somebody typed."""
        if self._span is None:
            return
        if kind is not None:
            self._span.set_status(StatusCode.ERROR)
            self._span.set_attribute("error.type", kind.__name__)
        self._span.end()


def step(service: str, name: str, parent: str, kind: Kind = "inside", **told: Unpack[Told]) -> Step:
    """Begins a span within the trace of `parent`, or a trace of its own where that names none."""
    tracer = TRACERS.get(service)
    if tracer is None:
        return Step(parent)
    span = tracer.start_span(name, _context(parent), kind=_KINDS[kind], attributes=_attributes(told))
    return Step(_traceparent(span.get_span_context()) if span.is_recording() else parent, span)


def asked(service: str, told: str | None) -> Step:
    """Begins the span of a request, within the trace that its caller names."""
    if service not in TRACERS:
        return Step(tracing.begin(told))
    return step(service, "request", told if told and tracing.id_of(told) else "", "asked")


def sends(service: str) -> bool:
    """Whether anybody hears of this service's spans."""
    return service in TRACERS


def moment() -> int:
    """Now, as `passed` wants to know when something began."""
    return time.time_ns()


def passed(
    service: str, name: str, parents: Iterable[tuple[str, Told]], begun: int, kind: Kind = "inside"
) -> None:
    """The same for what was done to many at once since `begun`: a span in the trace of each."""
    tracer = TRACERS.get(service)
    if tracer is None:
        return
    for parent, told in parents:
        context = _context(parent)
        tracer.start_span(
            name, context, kind=_KINDS[kind], attributes=_attributes(told), start_time=begun
        ).end()


def _attributes(told: Told) -> dict[str, str | int]:
    return {_NAMES[name]: value for name, value in told.items() if isinstance(value, str | int)}


def _context(traceparent: str) -> Context:
    """The trace that a traceparent names, or nothing around it."""
    if not tracing.id_of(traceparent):
        return Context()
    _version, within, after, _flags = traceparent.split("-")
    found = SpanContext(int(within, 16), int(after, 16), is_remote=True, trace_flags=TraceFlags(1))
    return set_span_in_context(NonRecordingSpan(found), Context())


def _traceparent(context: SpanContext) -> str:
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-01"
