"""`/metrics` of a service process, in the format of Prometheus: what it counted, what a look shows now.

Role: for whoever watches over many installations; a person looks at *Macet*. Asked on this machine, or with
the secret `JEJAK_METRICS_SECRET`, never through the front door. No label says who or which case: only what
the code itself knows by name, so that their number is bounded. Source: docs/decisions/0037-backup.md.
"""

import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from psycopg import Error

from shared import counted
from shared.eventsourcing.pool import pool_numbers
from shared.eventsourcing.sql import Connection
from shared.service_names import SERVICES
from shared.web.declared import public
from shared.web.middleware.security import LOOPBACK_NAMES
from shared.web.problems.shape import NotFound
from shared.web.running import now_of, running_of, troubles_of
from shared.web.watched.health import checked

FORWARDED: Final = ("x-forwarded-for", "forwarded", "via")
"""What a door in front adds to a request."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", *LOOPBACK_NAMES})
_STORE: Final = b"""
    SELECT settled_position(), coalesce((SELECT position FROM relay), 0), (SELECT count(*) FROM unpublished),
        coalesce((SELECT extract(epoch FROM now() - min(parked_at))::float8 FROM parked), 0)"""
_PARKED: Final = b"SELECT cause, count(*) FROM parked GROUP BY cause"
_TAKEN_IN: Final = b"SELECT source, sum(version)::bigint FROM cursor GROUP BY source"
Sample = tuple[Sequence[str], float]


@dataclass(frozen=True, slots=True)
class Measure:
    """One number, or one for each value of its labels."""

    name: str
    help: str
    samples: Sequence[Sample]
    labels: Sequence[str] = ()
    counts: bool = False

    def family(self, service: str) -> Metric:
        kind = CounterMetricFamily if self.counts else GaugeMetricFamily
        made = kind(f"jejak_{self.name}", self.help, labels=("service", *self.labels))
        for labels, value in self.samples:
            made.add_metric([service, *labels], value)
        return made


Measuring = Callable[[Connection], Awaitable[Sequence[Measure]]]
"""What a service measures besides, with a connection to its database: in `app.state.measuring`."""


class _Looked:
    """Families that were looked up before, for a registry that asks for them."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def router(service: str) -> APIRouter:
    """`GET /metrics`, which no front door passes on."""
    made = APIRouter(dependencies=[public()], include_in_schema=False)

    @made.get("/metrics")
    async def metrics(request: Request) -> Response:
        if not may_ask(request):
            raise NotFound
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Looked([one.family(service) for one in await measured(request)]))
        said = generate_latest(counted.REGISTRY) + generate_latest(registry)
        return Response(said, media_type=CONTENT_TYPE_LATEST)

    return made


def may_ask(request: Request) -> bool:
    """From this machine, or with the secret; through a front door nobody."""
    if any(name in request.headers for name in FORWARDED):
        return False
    if request.client is not None and request.client.host in _LOOPBACK:
        return True
    wanted = running_of(request).settings.metrics_secret
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    right = hmac.compare_digest(given.strip().encode(), wanted.encode())
    return bool(wanted) and scheme.lower() == "bearer" and right


async def measured(request: Request) -> list[Measure]:
    """Everything that a look shows. A database that is away is one of its checks, and leaves out the rest."""
    found = [*_pool(request), *_troubles(request)]
    checks = await checked(request)
    found.append(
        Measure(
            "self_test_ok",
            "Whether a part that the service checks itself is in order (1) or not (0)",
            [((name,), float(check["ok"])) for name, check in checks.items()],
            ("test",),
        )
    )
    now = now_of(request)
    found += _workers(checks)
    for node, transport in _transports(request, checks).items():
        found += _transport(node, transport, now)
    try:
        async with running_of(request).pool.connection() as conn:
            found += await _store(conn)
            for measuring in getattr(request.app.state, "measuring", ()):
                found += await measuring(conn)
    except Error:
        return found
    return found


async def _store(conn: Connection) -> list[Measure]:
    row = await (await conn.execute(_STORE)).fetchone()
    settled, relayed, unpublished, oldest = row or (0, 0, 0, 0.0)
    parked = await (await conn.execute(_PARKED)).fetchall()
    taken = await (await conn.execute(_TAKEN_IN)).fetchall()
    return [
        _one("settled_position", "Up to which position the events of the service are settled", settled),
        _one("relayed_position", "Up to which position they were given to the broker", relayed),
        _one("unpublished", "Events that the broker will not take", unpublished),
        Measure(
            "parked",
            "Messages that could not be taken in, by cause",
            [((cause,), many) for cause, many in parked],
            ("cause",),
        ),
        _one("parked_oldest_seconds", "How long the oldest of them has been waiting", oldest),
        Measure(
            "taken_in_events",
            "Events taken in, by source",
            [((source,), many) for source, many in taken if source in SERVICES],
            ("source",),
            counts=True,
        ),
    ]


def _transports(request: Request, checks: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """What each working process says of its transport: this one, or those that were heard."""
    node = running_of(request).settings.node
    if "transport" in checks:
        return {node: checks["transport"]}
    heard: Mapping[str, Any] = checks.get("workers", {}).get("workers", {})
    return {
        name: said["checks"]["transport"] for name, said in heard.items() if "transport" in said["checks"]
    }


def _transport(node: str, said: Mapping[str, Any], now: datetime) -> list[Measure]:
    if "lags" not in said:
        return []
    lags: Mapping[str, int] = said["lags"]
    taken_in: Mapping[str, Mapping[str, Any]] = said["taken_in"]
    late = {
        source: (now - datetime.fromisoformat(at["at"])).total_seconds() if lags.get(source) else 0.0
        for source, at in taken_in.items()
    }
    of_source = ("source", "node")
    return [
        Measure(
            "lag_messages",
            "Messages of a source at the broker that are not acknowledged yet",
            [((source, node), many) for source, many in lags.items()],
            of_source,
        ),
        Measure(
            "taken_in_position",
            "The highest position of a source of which an event was taken in since the start",
            [((source, node), at["position"]) for source, at in taken_in.items()],
            of_source,
        ),
        Measure(
            "lag_seconds",
            "How old the newest event is that was taken in of a source, while more of it waits",
            [((source, node), max(0.0, seconds)) for source, seconds in late.items()],
            of_source,
        ),
    ]


def _pool(request: Request) -> list[Measure]:
    said = pool_numbers(running_of(request).pool)
    return [
        Measure(
            "pool_connections",
            "Connections to the database",
            [(("used",), said["pool_used"]), (("free",), said["pool_free"])],
            ("state",),
        ),
        _one("pool_waiting", "Requests that wait for a connection now", said["pool_waiting"]),
        _count("pool_requests", "How often a connection was asked for", said["pool_requests"]),
        _count("pool_waits", "How often it had to be waited for", said["pool_waits"]),
        _count("pool_wait_seconds", "How long in all", said["pool_wait_seconds"]),
        _count("pool_refused", "How often none was free in time", said["pool_refused"]),
    ]


def _workers(checks: Mapping[str, Any]) -> list[Measure]:
    """What workers of this service count, which have no door of their own."""
    heard: Mapping[str, Any] = checks.get("workers", {}).get("workers", {})
    told = {node: said["numbers"] for node, said in heard.items() if said.get("numbers")}

    def of(number: str) -> list[Sample]:
        return [((node,), numbers[number]) for node, numbers in told.items() if number in numbers]

    node = ("node",)
    return [
        Measure("worker_conflicts", "Decisions that a worker made anew", of("conflicts"), node, counts=True),
        Measure("worker_pool_used", "Connections to the database that a worker uses", of("pool_used"), node),
        Measure("worker_pool_free", "Those that are free", of("pool_free"), node),
        Measure("worker_pool_waiting", "Work that waits for one now", of("pool_waiting"), node),
        Measure("worker_pool_wait_seconds", "How long in all", of("pool_wait_seconds"), node, counts=True),
        Measure(
            "worker_pool_refused", "How often none was free in time", of("pool_refused"), node, counts=True
        ),
    ]


def _troubles(request: Request) -> list[Measure]:
    """By the kind of a trouble: what stands behind its first / names a stream."""
    kinds = [trouble.name.partition("/")[0] for trouble in troubles_of(request)]
    samples = [((kind,), float(kinds.count(kind))) for kind in dict.fromkeys(kinds)]
    return [Measure("troubles", "What is wrong right now, by kind", samples, ("kind",))]


def _one(name: str, said: str, value: float) -> Measure:
    return Measure(name, said, [((), value)])


def _count(name: str, said: str, value: float) -> Measure:
    return Measure(name, said, [((), value)], counts=True)
