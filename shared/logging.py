"""Log lines: an event name with fields, one JSON object per line on standard error; no secret ever gets in.

Secrets are masked by name here, as the last net; the first is that nobody passes one.
"""

import io
import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

from shared.contracts.secret_text import without_secrets

_SECRET = re.compile(r"secret|password|passphrase|token|authorization|cookie|api_key|private", re.IGNORECASE)
_IN_URL = re.compile(r"(://[^:/@\s]*):[^@\s]+@")


def mask(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hides values whose name says that they are secret, and passwords inside addresses; secrets of
    tokens wherever they stand.
    """
    for name, value in line.items():
        if _SECRET.search(name):
            line[name] = "***"
        elif isinstance(value, str):
            line[name] = without_secrets(_IN_URL.sub(r"\1:***@", value) if "://" in value else value)
    return line


class Unfailing(io.TextIOBase):
    """A stream whose lines may be lost, on a full disk or a closed pipe,
    but never fail whoever writes them.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def configure(service: str, level: str = "info") -> None:
    """Sets up structlog and the standard library's loggers for one process."""
    stream = Unfailing(sys.stderr)
    timestamper = structlog.processors.TimeStamper(fmt="iso", utc=True)
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        timestamper,
        structlog.processors.format_exc_info,
        mask,
    ]
    structlog.configure(
        processors=[*chain, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", stream)),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                mask,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
