"""Traces: one id from the form or call that began it, over Kafka, to the audit log (W3C Trace Context,
https://www.w3.org/TR/trace-context/).

Every SOP step. Previous hop: the front door, or whoever calls. Next hop: every line of the log file, the page
of an error, and the metadata of events, which carry it on: what a service does in answer to an event belongs
to the event's trace.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

_FORM = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def begin(told: str | None) -> str:
    """The `traceparent` of a request: a step within the trace that the caller names,
    or of a new one where it names none that can be read.
    """
    found = _FORM.fullmatch(told or "")
    return f"00-{found[1] if found else secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def id_of(traceparent: str) -> str:
    """The id of the trace, which officials and log lines call the request; empty where nothing is traced."""
    found = _FORM.fullmatch(traceparent)
    return found[1] if found else ""


@contextmanager
def logging_as(traceparent: str, **more: str) -> Iterator[None]:
    """Every log line within names the trace, and what `more` says (command, correlation)."""
    said = {"request": id_of(traceparent), **more}
    with structlog.contextvars.bound_contextvars(**{name: value for name, value in said.items() if value}):
        yield


@contextmanager
def logging_about(traceparent: str, correlation: str) -> Iterator[None]:
    """Every log line within names this trace and correlation, and no others that are named outside."""
    with structlog.contextvars.bound_contextvars(request=id_of(traceparent), correlation=correlation):
        yield
