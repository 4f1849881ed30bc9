"""The Faust app, exactly as it was measured to lose nothing:
pinned versions, settings, seek and fetch patch, quiet logs.

Role: the shape of every worker. Used by `worker`.
Each setting's reason stands in docs/decisions/0007-faust-exactly.md.
"""

import logging
import tempfile
import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import Final

import faust
from faust.auth import SASLCredentials

from shared.messaging.address import KafkaAddress
from shared.messaging.faust import fetching, reading, seeking
from shared.messaging.topics import MOST_BYTES

PINNED: Final[Mapping[str, str]] = {
    "faust-streaming": "0.15.3",
    "mode-streaming": "0.7.1",
    "aiokafka": "0.14.0",
}
_SAY_AGAIN_AFTER_S: Final = 30.0
_LINES_KNOWN: Final = 1000


class WrongVersion(Exception):
    """A library has another version than the one that was tested; the message says which."""


def assert_versions(pinned: Mapping[str, str] = PINNED) -> None:
    """Raises WrongVersion unless the libraries are the tested ones: the patches reach into them."""
    for name, wanted in pinned.items():
        if (found := version(name)) != wanted:
            raise WrongVersion(
                f"{name} is {found}, but the patches were tested with {wanted}; "
                "install from requirements.lock."
            )


def group_of(service: str) -> str:
    """The consumer group of a service; also its Faust app id."""
    return f"jejak-{service}"


def build(service: str, bootstrap: str, node: str) -> faust.App:
    """A Faust app for one worker. `node` is a name that stays the same over restarts
    and is unique in the group (static membership).
    """
    assert_versions()
    seeking.patch()
    fetching.patch()
    reading.patch()
    quieten()
    address = KafkaAddress.parse(bootstrap)
    return faust.App(
        group_of(service),
        broker=[f"aiokafka://{server}" for server in address.servers.split(",")],
        broker_credentials=SASLCredentials(username=address.user, password=address.secret, mechanism="PLAIN")
        if address.user
        else None,
        processing_guarantee="at_least_once",
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        broker_commit_interval=0.5,
        stream_buffer_maxsize=512,
        broker_session_timeout=10,
        broker_heartbeat_interval=3,
        broker_rebalance_timeout=30,
        broker_request_timeout=40,
        broker_max_poll_records=500,
        consumer_max_fetch_size=MOST_BYTES,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=f"{service}-{node}",
        web_enabled=False,
        worker_redirect_stdouts=False,
        autodiscover=False,
        store="memory://",
        datadir=tempfile.gettempdir(),
    )


class Seldom(logging.Filter):
    """Lets the same line of a logger through once in a while only:
    aiokafka writes 8,000 in 50 s while the broker is away.
    """

    def __init__(self, seconds: float = _SAY_AGAIN_AFTER_S) -> None:
        super().__init__()
        self._seconds = seconds
        self._said: dict[tuple[str, int, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line was not said lately."""
        what, now = (record.name, record.levelno, str(record.msg)[:80]), time.monotonic()
        if now - self._said.get(what, float("-inf")) < self._seconds:
            return False
        if len(self._said) >= _LINES_KNOWN:
            self._said.clear()  # lines that hold a number are never the same again
        self._said[what] = now
        return True


def quieten() -> None:
    """Puts `Seldom` before every logger of aiokafka, Faust and mode;
    a filter on a parent would not see its children's lines.
    """
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"aiokafka", "faust", "mode"}:
            logger = logging.getLogger(name)
            if not any(isinstance(known, Seldom) for known in logger.filters):
                logger.addFilter(Seldom())
