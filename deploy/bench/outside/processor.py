"""Processor time by the part of an installation that spends it."""

import time
from collections.abc import Callable, Iterable, Mapping

import psutil

from shared.service_names import SERVICES

Times = Mapping[str, float]
_BY_NAME = {
    "postgres": "PostgreSQL",
    "java": "Kafka",
    "weed": "SeaweedFS",
    "caddy": "front door",
}
_BY_MODULE = {
    **{f"services.{service}": service for service in SERVICES},
    "deploy.local.front_door": "front door",
}
SUPERVISOR = "supervisor"
GROUPS = (*SERVICES, "PostgreSQL", "Kafka", "front door", "SeaweedFS", SUPERVISOR)
QUIET, QUIET_LOOKS, LOOK_S, PATIENCE_S = 0.25, 2, 0.5, 60.0


def group(name: str, command: Iterable[str]) -> str:
    """Which part a process belongs to, by its name and how it was started."""
    words = list(command)
    found = next((_BY_MODULE[word] for word in words if word in _BY_MODULE), None)
    return found or _BY_NAME.get(name, SUPERVISOR)


def group_of(process: psutil.Process) -> str:
    try:
        return group(process.name(), process.cmdline())
    except psutil.Error:
        return SUPERVISOR


def spent(processes: Iterable[psutil.Process]) -> dict[str, float]:
    """Seconds that each part has worked so far, with those of its processes that have ended."""
    found = dict.fromkeys(GROUPS, 0.0)
    for process in processes:
        try:
            used = process.cpu_times()
        except psutil.Error:
            continue
        found[group_of(process)] += used.user + used.system + used.children_user + used.children_system
    return found


def between(before: Times, after: Times) -> dict[str, float]:
    """What each part worked from one look to the other."""
    return {name: after[name] - before[name] for name in GROUPS}


def until_at_rest(look: Callable[[], Times]) -> None:
    """Comes back when all parts together take less than a quarter of a core: everything that was done has
    arrived everywhere. Raises TimeoutError.
    """
    until, quiet = time.monotonic() + PATIENCE_S, 0
    before, begun = sum(look().values()), time.monotonic()
    while quiet < QUIET_LOOKS:
        time.sleep(LOOK_S)
        now, at = sum(look().values()), time.monotonic()
        quiet = quiet + 1 if (now - before) / (at - begun) < QUIET else 0
        before, begun = now, at
        if at > until:
            raise TimeoutError(f"still at work after {PATIENCE_S:.0f} s")
