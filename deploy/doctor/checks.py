"""The table of checks: each a pure judgement over facts. A check that finds nothing says `fine`, one that had
nothing to look at `unseen`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Final

from deploy.doctor.facts import Facts
from deploy.doctor.finding import Finding, State
from deploy.front_door.certificate import days_left, state_of
from deploy.local.places import NEEDED_MB

MEMORY_MB: Final = 1_500
ROOMY_MB: Final = 5_000
BEHIND_S: Final = 2.0
BEHIND_MOST_S: Final = 30.0
BACKUP_OLD: Final = timedelta(hours=36)
Found = tuple[State, str, Mapping[str, object]]
Judge = Callable[[Facts], Iterable[Found]]


def _settings(facts: Facts) -> Iterator[Found]:
    for fault in facts.faults:
        yield "wrong", "setting", {"fault": fault}
    if not facts.faults and not facts.production:
        yield "warning", "no-production", {}


def _disk(facts: Facts) -> Iterator[Found]:
    for disk in facts.disks:
        told = {**asdict(disk), "free": disk.free_mb, "needed": NEEDED_MB}
        if disk.refused in {"ENOSPC", "EDQUOT"} or disk.free_mb < NEEDED_MB:
            yield "wrong", "disk-full", told
        elif disk.free_mb < ROOMY_MB:
            yield "warning", "disk-small", told


def _writing(facts: Facts) -> Iterator[Found]:
    for disk in facts.disks:
        if disk.refused == "EROFS":
            yield "wrong", "read-only", asdict(disk)
        elif disk.refused not in {"", "ENOSPC", "EDQUOT"}:
            yield "wrong", "not-writable", {**asdict(disk), "why": disk.refused}


def _memory(facts: Facts) -> Iterator[Found]:
    if facts.memory_mb is not None and facts.memory_mb < MEMORY_MB:
        yield "wrong", "memory", {"found": facts.memory_mb, "needed": MEMORY_MB}


def _clock(facts: Facts) -> Iterator[Found]:
    if facts.clock.behind_s > BEHIND_S:
        yield "wrong", "clock-behind", {"seconds": round(facts.clock.behind_s)}
    elif facts.clock.kept is False:
        yield "warning", "clock-alone", {}


def _ports(facts: Facts) -> Iterator[Found]:
    for port in facts.ports:
        if port.refused:
            yield "wrong", port.refused, {"port": port.number, "holder": port.held_by or "?"}


def _name(facts: Facts) -> Iterator[Found]:
    if facts.name is None:
        return
    told = {**asdict(facts.name), "addresses": ", ".join(facts.name.addresses)}
    if not facts.name.addresses:
        yield "wrong", "name-unknown", told
    elif not facts.name.here:
        yield "warning", "name-elsewhere", told


def _certificate(facts: Facts) -> Iterator[Found]:
    if facts.certificate_fault:
        yield "wrong", "setting", {"fault": facts.certificate_fault}
    if facts.certificate is None:
        return
    told = {
        "begins": facts.certificate.begins.date(),
        "ends": facts.certificate.ends.date(),
        "days": days_left(facts.certificate, facts.now),
        "domain": facts.name.domain if facts.name else "",
    }
    if facts.name and not facts.certificate_fault and not facts.certificate.covers(facts.name.domain):
        yield "wrong", "certificate-foreign", told
    state = state_of(facts.certificate, facts.now)
    if state:
        yield "warning" if state == "certificate-soon" else "wrong", state, told


def _secrets(facts: Facts) -> Iterator[Found]:
    for place in facts.open_secrets:
        yield "wrong", "secret-open", {"place": place}


def _parts(facts: Facts) -> Iterator[Found]:
    if not facts.running:
        yield "warning", "not-running", {"place": facts.folder}
    for name in facts.stopped:
        yield "wrong", "part-stopped", {"part": name}


def _services(facts: Facts) -> Iterator[Found]:
    for service, said in facts.ready.items():
        if not said:
            yield "wrong", "service-silent", {"service": service}
        for name, check in said.get("checks", {}).items():
            if not check.get("ok"):
                told = {"service": service, "part": name, "why": str(check.get("cause") or check)[:200]}
                yield "wrong", "service-lacks", told
        for name, trouble in said.get("troubles", {}).items():
            yield (
                "wrong",
                "service-trouble",
                {"service": service, "trouble": name, "why": trouble["cause"][:300]},
            )


def _stuck(facts: Facts) -> Iterator[Found]:
    for service, said in facts.ready.items():
        parked = _count(said, "parked")
        if parked:
            yield "wrong", "stuck", {"service": service, "number": parked}
        unpublished = _count(said, "unpublished")
        if unpublished:
            yield "wrong", "unpublished", {"service": service, "number": unpublished}


def _count(said: object, name: str) -> int:
    """The numbers of that name, wherever in the answer a process says one."""
    if isinstance(said, Mapping):
        return sum(
            value if key == name and isinstance(value, int) else _count(value, name)
            for key, value in said.items()
        )
    return sum(_count(each, name) for each in said) if isinstance(said, list) else 0


def _databases(facts: Facts) -> Iterator[Found]:
    for one in facts.databases:
        told = {**asdict(one), "database": one.name, "standing": one.standing or "-"}
        if one.away:
            yield "wrong", "database-away", {**told, "why": one.away}
        elif one.standing != one.expected:
            yield "wrong", "migrations", told
        else:
            for index in one.missing:
                yield "wrong", "index-missing", {**told, "index": index}
            for index in one.broken:
                yield "wrong", "index-broken", {**told, "index": index}


def _locks(facts: Facts) -> Iterator[Found]:
    if facts.unlocked:
        yield "wrong", "unlocked", {"number": len(facts.unlocked), "first": facts.unlocked[0][:200]}


def _topics(facts: Facts) -> Iterator[Found]:
    for one in facts.topics or ():
        for name, told in one.short():
            yield "wrong", name, told


def _replicas(facts: Facts) -> Iterator[Found]:
    found = facts.replicas
    if found is None:
        return
    told = asdict(found)
    if found.demanded and not found.in_step:
        yield "wrong", "replica-away", told
    elif found.connected and not found.demanded:
        yield "warning", "replica-loose", told
    if found.behind_s > BEHIND_MOST_S:
        yield "warning", "replica-behind", {**told, "seconds": round(found.behind_s)}


def _workers(facts: Facts) -> Iterator[Found]:
    """Of several workers of a service each reads some partitions; one that reads none is no help."""
    for service, said in facts.ready.items():
        workers = said.get("checks", {}).get("workers", {}).get("workers", {})
        for node, one in workers.items():
            transport = one.get("checks", {}).get("transport", {})
            if len(workers) > 1 and transport.get("partitions") == 0:
                yield "warning", "worker-idle", {"service": service, "node": node, "number": len(workers)}


def _backup(facts: Facts) -> Iterator[Found]:
    if facts.backup is None:
        yield "warning", "no-backup", {}
    elif facts.now - facts.backup > BACKUP_OLD:
        hours = int((facts.now - facts.backup) / timedelta(hours=1))
        yield "wrong" if facts.backup_wanted else "warning", "backup-old", {"hours": hours}


MACHINE: Final[Mapping[str, tuple[Judge, Callable[[Facts], bool]]]] = {
    "settings": (_settings, lambda _: True),
    "disk": (_disk, lambda facts: bool(facts.disks)),
    "writing": (_writing, lambda facts: bool(facts.disks)),
    "memory": (_memory, lambda facts: facts.memory_mb is not None),
    "clock": (_clock, lambda facts: facts.clock.kept is not None or facts.clock.behind_s > 0),
    "ports": (_ports, lambda facts: bool(facts.ports)),
    "name": (_name, lambda facts: facts.name is not None),
    "certificate": (_certificate, lambda facts: bool(facts.certificate or facts.certificate_fault)),
    "secrets": (_secrets, lambda _: True),
}
"""What can be asked before anything was started: the judgement, and whether there is something to judge."""
CHECKS: Final[Mapping[str, tuple[Judge, Callable[[Facts], bool]]]] = {
    **MACHINE,
    "parts": (_parts, lambda _: True),
    "services": (_services, lambda facts: bool(facts.ready)),
    "stuck": (_stuck, lambda facts: bool(facts.ready)),
    "databases": (_databases, lambda facts: bool(facts.databases)),
    "locks": (_locks, lambda facts: facts.unlocked is not None),
    "topics": (_topics, lambda facts: facts.topics is not None),
    "replicas": (_replicas, lambda facts: facts.replicas is not None),
    "workers": (_workers, lambda facts: bool(facts.ready)),
    "backup": (_backup, lambda _: True),
}


def judged(
    facts: Facts, checks: Mapping[str, tuple[Judge, Callable[[Facts], bool]]] = CHECKS
) -> list[Finding]:
    """Every check's findings, in the order of the table; one line also for what is fine."""
    found: list[Finding] = []
    for name, (judge, seen) in checks.items():
        if not seen(facts):
            found.append(Finding(name, "unseen"))
            continue
        said = [Finding(name, state, key, told) for state, key, told in judge(facts)]
        found += said or [Finding(name, "fine")]
    return found
