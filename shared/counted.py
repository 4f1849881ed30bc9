"""What a process counts from its start on, for `/metrics`: requests and decisions that came too late.

Role: the counters themselves, which whoever counts and whoever is asked share. What is known by looking
(positions, parked messages, connections) is not counted; `shared/web/watched/metrics.py` looks.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY: Final = CollectorRegistry()
OTHER: Final = "-"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUESTS: Final = Counter(
    "jejak_requests",
    "Requests by route template, method and status of the answer",
    ("service", "route", "method", "status"),
    registry=REGISTRY,
)
_SECONDS: Final = Histogram(
    "jejak_request_seconds",
    "How long a route took until the end of its answer",
    ("service", "route"),
    buckets=(0.025, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
_CONFLICTS: Final = Counter(
    "jejak_conflicts",
    "Decisions that were made anew because their stream had moved on meanwhile",
    ("service",),
    registry=REGISTRY,
)


def method(said: str) -> str:
    """What a stranger may write as he likes becomes no label: a known method, or a dash."""
    return said if said in _METHODS else OTHER


def request(service: str, *, route: str, method: str, status: int, seconds: float) -> None:
    """One request came to its end. `route` is a template, a dash where nothing is at the address; a request
    of which no answer began has status 0.
    """
    _REQUESTS.labels(service, route, method, str(status)).inc()
    _SECONDS.labels(service, route).observe(seconds)


def conflicts() -> float:
    """How many decisions this process made anew."""
    samples = [sample for family in _CONFLICTS.collect() for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name.endswith("_total"))


def conflict(service: str) -> None:
    """A decision came too late and is made anew."""
    _CONFLICTS.labels(service).inc()
