"""What becomes of a batch of spans: sent to a collector by OTLP/HTTP, or written into a file.

Role: imported by `sending.py` where `JEJAK_TRACES` is told, and by nothing else: the SDK is not loaded
without need. Runs in the SDK's own thread.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

import httpx2
import structlog
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Tracer

TIMEOUT_S: Final = 3.0
"""For one export: reaching the collector, sending, the head of its answer."""
REST_S: Final = 15.0
"""After one that failed nobody is asked for so long; what comes meanwhile is thrown away."""
QUEUE: Final = 4096
EVERY_MS: Final = 1000
LARGEST_FILE: Final = 32 * 1024 * 1024
SENT, LOST = SpanExportResult.SUCCESS, SpanExportResult.FAILURE
log = structlog.get_logger()


class Collector(SpanExporter):
    """Posts to an address, each time with a loop of its own, because only so the whole is bounded however an
    answer drips. What is answered beyond the head is not read.
    """

    def __init__(self, address: str) -> None:
        self._address, self._ask_again, self._away = address, float("-inf"), False
        self._trust = ssl.create_default_context()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if time.monotonic() < self._ask_again:
            return LOST
        cause = asyncio.run(self._post(encode_spans(spans).SerializeToString()))
        self._say(cause)
        return LOST if cause else SENT

    async def _post(self, content: bytes) -> str:
        """Why it failed; empty where it did not."""
        headers = {"Content-Type": "application/x-protobuf", "Accept-Encoding": "identity"}
        try:
            async with (
                asyncio.timeout(TIMEOUT_S),
                httpx2.AsyncClient(verify=self._trust, timeout=None, trust_env=False) as http,
                http.stream("POST", self._address, content=content, headers=headers) as answer,
            ):
                return "" if answer.is_success else f"status {answer.status_code}"
        except (httpx2.HTTPError, TimeoutError) as error:
            return type(error).__name__

    def _say(self, cause: str) -> None:
        """Once when it begins to fail and once when it is over."""
        if cause:
            self._ask_again = time.monotonic() + REST_S
        if cause and not self._away:
            log.warning("traces-not-sent", cause=cause)
        elif self._away and not cause:
            log.info("traces-sent-again")
        self._away = bool(cause)


class _Lines(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the name is the library's
        """Nothing: a full disk is said elsewhere, and a span less is no trouble."""


class InFile(SpanExporter):
    """One span a line, as the SDK writes JSON; of a full file one earlier is kept."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._out = _Lines(folder / f"{name}.jsonl", maxBytes=LARGEST_FILE, backupCount=1, encoding="utf-8")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for span in spans:
            line = span.to_json(indent=None)
            self._out.emit(logging.LogRecord("span", logging.INFO, "", 0, line, None, None))
        return SENT

    def shutdown(self) -> None:
        self._out.close()


def opened(service: str, process: str, exporter: SpanExporter) -> tuple[TracerProvider, Tracer]:
    """The service's tracer, and what must be shut down at the end."""
    known = {"service.namespace": "jejak", "service.name": service, "service.instance.id": process}
    provider = TracerProvider(
        resource=Resource(known),
        shutdown_on_exit=False,
        span_limits=SpanLimits(max_events=0, max_links=0, max_attributes=16, max_attribute_length=120),
    )
    provider.add_span_processor(
        BatchSpanProcessor(
            exporter, max_queue_size=QUEUE, schedule_delay_millis=EVERY_MS, max_export_batch_size=512
        )
    )
    return provider, provider.get_tracer("jejak")
