"""Several machines: a broker, a worker, a `web` and a database die by kill -9 while people work and a cycle
is played. Nothing that was acknowledged is lost, nothing happens twice, and how long each death was felt is
said.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.commands.play import shown, whole_export
from deploy.demo.cycle import play_cycle
from deploy.demo.days import of_year
from deploy.local import places, ports
from services.archive.proof import verifier
from shared.messaging.topics import ALL_TOPICS, OFFSETS, copies_at, main
from shared.service_names import SERVICES
from shared.sop.definition import CURRENT, sops
from tests.machines.load import Worker, eventually, worker, working
from tests.machines.several import WEBS, Several, several
from tests.support.parts import EXERCISED

pytestmark = pytest.mark.test_all


@pytest.fixture(scope="module")
def machines(kafka_jars: Path) -> Iterator[Several]:
    with several(kafka_jars) as started:
        yield started


def ready(machines: Several, process: str) -> dict[str, Any]:
    """What a web process says of itself and its workers."""
    service = process.partition("-")[0]
    connection = HTTPConnection(ports.LOOPBACK, machines.environment.ports[process], timeout=10)
    connection.request("GET", f"/api/{service}/health/ready")
    said: dict[str, Any] = json.loads(connection.getresponse().read())
    return said


def asked(machines: Several, service: str, question: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(machines.environment.databases[service].owner) as conn:
        return conn.execute(question.encode(), values).fetchall()


def workers_of(machines: Several, service: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = ready(machines, service)["checks"]["workers"]["workers"]
    return {node: one["checks"]["transport"] for node, one in found.items()}


def news(machines: Several, by: Worker) -> float:
    """Gives a command now, and answers after how many seconds archive has it."""
    begun = time.monotonic()
    stream, version = f"agency-{by.agency}", by.once()

    def there() -> bool:
        question = "SELECT 1 FROM leaf WHERE source = 'intake' AND stream = %s AND version = %s"
        return bool(asked(machines, "archive", question, stream, version))

    eventually(there, f"version {version} of {stream} reaches archive")
    return time.monotonic() - begun


def test_every_topic_is_kept_by_three_brokers_and_one_may_be_away(machines: Several) -> None:
    bootstrap = machines.brokers.entered_by()
    found = {one.topic: one for one in asyncio.run(copies_at(bootstrap))}
    assert set(found) == {*ALL_TOPICS, OFFSETS}
    assert {one.copies for one in found.values()} == {3}
    assert {found[topic].least for topic in ALL_TOPICS} == {2}
    assert main([bootstrap, "--check"]) == 0


def test_two_workers_share_the_partitions_and_one_of_them_sends(machines: Several) -> None:
    for service in SERVICES:
        eventually(
            lambda service=service: shares(workers_of(machines, service)),  # type: ignore[misc]
            f"two workers of {service}, one elected",
        )


def shares(workers: dict[str, dict[str, Any]]) -> bool:
    elected = [one["relay"]["elected"] for one in workers.values()]
    shared = all(one["partitions"] for one in workers.values())
    return sorted(workers) == ["1", "2"] and elected.count(True) == 1 and shared


def test_a_commit_that_no_replica_has_is_not_acknowledged_and_is_there_once_when_it_is_back(
    machines: Several,
) -> None:
    pair, by = machines.pairs["intake"], worker(machines.address, "menunggu")
    by.once()
    pair.kill(1)
    key = {"Idempotency-Key": "the-same-command-whoever-asks"}
    body = {"name": "Menunggu 2", "short_name": "Beban", "occurred_on": "2026-01-05"}
    path = "/api/intake/agencies/menunggu"
    refused = by.caller._http.put(path, json=body, headers=key, timeout=60)
    assert refused.status_code == 503
    assert by.caller.ask("/api/intake/agencies"), "reading goes on"
    eventually(lambda: "replica" in ready(machines, "intake")["troubles"], "Macet says what is waited for")
    machines.supervisor.restart(pair.name(1))
    answer = by.caller._patiently("PUT", path, json=body, headers=key)
    assert answer.json()["version"] == 2
    assert asked(machines, "intake", "SELECT count(*) FROM event WHERE stream = 'agency-menunggu'") == [(2,)]
    eventually(lambda: "replica" not in ready(machines, "intake")["troubles"], "it is over")


class Deaths:
    """What dies at which step of the cycle, and how long it was felt."""

    def __init__(self, machines: Several, by: Worker) -> None:
        self.machines, self.by = machines, by
        self.felt: dict[str, float] = {}
        self.at = {
            2: self.broker,
            4: self.broker_back,
            5: self.elected_worker,
            7: self.web,
            9: self.primary,
            11: self.replica_again,
        }

    def at_step(self, step: int, _what: str) -> None:
        if step in self.at:
            self.at.pop(step)()

    def broker(self) -> None:
        self.machines.supervisor.kill("kafka-2")
        self.felt["broker killed, until news arrives"] = news(self.machines, self.by)
        eventually(
            lambda: "topic-behind" in ready(self.machines, "intake")["troubles"],
            "Macet says that one is away",
        )

    def broker_back(self) -> None:
        self.machines.supervisor.restart("kafka-2")
        self.felt["broker back, until all copies are in sync"] = eventually(
            lambda: all(
                one.in_sync == 3 for one in asyncio.run(copies_at(self.machines.brokers.entered_by()))
            ),
            "it catches up",
        )

    def elected_worker(self) -> None:
        node = next(
            node for node, one in workers_of(self.machines, "intake").items() if one["relay"]["elected"]
        )
        self.machines.supervisor.kill(f"intake-worker-{node}")
        self.felt["worker killed that sends, until news arrives"] = news(self.machines, self.by)
        self.machines.supervisor.restart(f"intake-worker-{node}")

    def web(self) -> None:
        self.machines.supervisor.kill(WEBS["intake"][1])
        self.felt["web killed, until a command is acknowledged"] = self._acknowledged()
        self.machines.supervisor.restart(WEBS["intake"][1])

    def primary(self) -> None:
        pair = self.machines.pairs["intake"]
        pair.kill(0)
        begun = time.monotonic()
        pair.promote(1)
        self.felt["promotion of the replica itself"] = time.monotonic() - begun
        self._acknowledged()
        self.felt["primary killed, until a command is acknowledged"] = time.monotonic() - begun
        news(self.machines, self.by)
        self.felt["primary killed, until news arrives"] = time.monotonic() - begun

    def replica_again(self) -> None:
        begun = time.monotonic()
        self.machines.pairs["intake"].add_replica(0)
        self.felt["new replica in place of the dead primary"] = time.monotonic() - begun

    def _acknowledged(self) -> float:
        begun = time.monotonic()
        self.by.once()
        return time.monotonic() - begun


def test_deaths_in_the_middle_of_a_cycle_lose_nothing_and_double_nothing(
    machines: Several, tmp_path: Path
) -> None:
    by = worker(machines.address, "saksi")
    deaths = Deaths(machines, by)
    with working(machines.address, 2) as workers:
        cycle = play_cycle(machines.address, deaths.at_step, days=of_year(2024), patience=240)
    assert deaths.at == {}
    workers = [*workers, by]
    export = whole_export(machines.address, tmp_path / "export", cycle)
    wanted = Counter((f"agency-{one.agency}", version) for one in workers for version in one.acknowledged)

    def logged() -> bool:
        return len(asked(machines, "archive", "SELECT 1 FROM leaf WHERE stream LIKE 'agency-%%'")) >= len(
            asked(machines, "intake", "SELECT 1 FROM event WHERE stream LIKE 'agency-%%'")
        )

    eventually(logged, "the log holds what intake holds")
    export = whole_export(machines.address, tmp_path / "export", cycle)
    stored = asked(machines, "intake", "SELECT stream, version, data->>'name' FROM event")
    events = list(shown(export))
    streams = {stream for stream, _ in wanted}
    assert Counter((s, v) for s, v, _ in stored if s in streams) == wanted, "acknowledged is stored, once"
    names = {(stream, version): name for stream, version, name in stored}
    for one in workers:
        for version, name in one.acknowledged.items():
            assert names[f"agency-{one.agency}", version] == name
    assert Counter((e["stream"], e["version"]) for e in events if e["stream"] in streams) == wanted
    assert verifier.verify(export).verified
    done = [e["data"]["step"] for e in events if (e["case_id"], e["type"]) == (cycle, "step-completed")]
    assert done == [step.key for step in sops()[CURRENT].steps]
    for service in SERVICES:
        assert asked(machines, service, "SELECT count(*) FROM parked") == [(0,)], service
        assert fsck(machines, service) == 0, service
    EXERCISED["commands acknowledged meanwhile"] = f"{wanted.total()}, all of them kept, none twice"
    EXERCISED["longest that somebody waited"] = f"{max(one.longest_s for one in workers):.1f} s"
    EXERCISED.update({what: f"{seconds:.1f} s" for what, seconds in deaths.felt.items()})


def fsck(machines: Several, service: str) -> int:
    """Everything of a service compared with everything of the others."""
    done = subprocess.run(
        [sys.executable, "-m", f"services.{service}", "fsck"],
        cwd=places.PROJECT,
        env=machines.environment.variables(service, owner=True),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.returncode
