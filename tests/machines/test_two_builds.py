"""A rolling upgrade: two builds of the services on one Kafka and their databases, in the middle of a cycle.
The newer one says an event in a newer shape, which the older one does not know.

Work goes on through both; what an older service cannot read waits there, visible, and is taken in after its
upgrade; nothing is lost, nothing happens twice.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.commands.play import shown, whole_export
from deploy.demo.caller import Caller, Positions
from deploy.demo.cycle import play_cycle
from deploy.demo.days import of_year
from deploy.demo.stage import OFFICERS, RETURNED
from deploy.front_door.settings import DoorSettings
from deploy.local import caddy, ports
from deploy.local.instance import Instance
from deploy.local.postgres import migrations
from deploy.local.service_process import Process
from deploy.local.supervision.aside import Aside
from services.archive.proof import verifier
from shared.service_names import SERVICES
from shared.sop.definition import CURRENT, sops
from tests.machines import builds
from tests.machines.builds import SHAPE, Build
from tests.machines.load import eventually, worker, working
from tests.support.parts import own_folder, remove_folder

pytestmark = pytest.mark.test_all
OLD_WEB, OLD_WORKER = Process("intake", "intake", "web"), Process("intake", "intake-worker", "worker")
NEW_WEB, NEW_WORKER = Process("intake", "intake-2", "web"), Process("intake", "intake-worker-2", "worker")
MENDED = f"submission-3402-2024-{RETURNED}-tahunan"


class Rolling:
    """An installation whose processes are replaced one after the other by those of the newer build."""

    def __init__(self, instance: Instance, older: Build, newer: Build) -> None:
        self.instance, self.older, self.newer = instance, older, newer
        self.parked: dict[str, int] = {}
        self.met: tuple[int, str] = (0, "")
        self._waiting: Aside[None] | None = None
        databases = instance.environment.databases
        migrations.migrate(databases, instance.environment.access, instance.folder / "logs" / "migrate.log")
        others = [Process(service, service) for service in SERVICES if service != "intake"]
        old = [older.part(one, instance, node="1") for one in (OLD_WEB, OLD_WORKER, *others)]
        door = caddy.prepare(instance.folder, DoorSettings(), instance.port, instance._listening())
        instance.supervisor.start([*old, door])

    def at_step(self, step: int, _what: str) -> None:
        """Intake when the agencies have handed in; verification when it is seen to wait; the others later."""
        if step == 7:
            self.intake_beside_the_older_one()
            self._waiting = Aside(self.verification_once_it_waits)
        if step == 8:
            assert self._waiting is not None
            self._waiting.result()
        if step == 10:
            self.replace("documents")
        if step == 11:
            self.replace("archive")

    def intake_beside_the_older_one(self) -> None:
        """Both serve the same people for a while, then the newer one alone."""
        supervisor = self.instance.supervisor
        supervisor.start([self.newer.part(one, self.instance, node="2") for one in (NEW_WEB, NEW_WORKER)])
        for name in (OLD_WEB.name, NEW_WEB.name):
            through = worker(self.instance.service_address(name), f"lewat_{name.replace('-', '_')}")
            assert [through.once() for _ in range(3)] == [1, 2, 3], f"{name} takes commands"
        supervisor.stop_part(OLD_WORKER.name)
        supervisor.stop_part(OLD_WEB.name)

    def verification_once_it_waits(self) -> None:
        """The older verification has met the newer event, keeps it and says so; then it is upgraded."""

        def waits() -> bool:
            said = self.ready("verification")["checks"]["transport"]
            self.parked = dict(said["parked_causes"])
            return "unknown" in self.parked

        eventually(waits, "the older verification parks what it does not know", 240)
        self.older_web_meets_it()
        self.replace("verification")
        eventually(lambda: not self.ready("verification")["checks"]["transport"]["parked"], "it is taken in")

    def older_web_meets_it(self) -> None:
        """One that was forgotten in the upgrade reads on, refuses what it cannot know, and says why."""
        supervisor = self.instance.supervisor
        supervisor.restart(OLD_WEB.name)
        late = worker(self.instance.service_address(OLD_WEB.name), "terlambat")
        assert late.once() == 1
        officer = Caller(self.instance.service_address(OLD_WEB.name), OFFICERS[RETURNED], Positions())
        answer = officer._http.post(
            f"/api/intake/submissions/{MENDED.removeprefix('submission-')}/hand-in",
            json={"digest": "0" * 64, "occurred_on": "2024-06-01"},
            headers={"Idempotency-Key": "an-older-process"},
        )
        self.met = answer.status_code, answer.json().get("type", "")
        supervisor.stop_part(OLD_WEB.name)

    def replace(self, service: str) -> None:
        """Stops the older process and starts the newer one in its place."""
        supervisor = self.instance.supervisor
        supervisor.stop_part(service)
        supervisor.start([self.newer.part(Process(service, service), self.instance, node="1")])

    def ready(self, process: str) -> dict[str, Any]:
        connection = HTTPConnection(ports.LOOPBACK, self.instance.environment.ports[process], timeout=10)
        connection.request("GET", f"/api/{process.partition('-')[0]}/health/ready")
        said: dict[str, Any] = json.loads(connection.getresponse().read())
        return said

    def fsck(self, service: str) -> str:
        """What the newer build's own comparison finds wrong; empty for nothing."""
        done = subprocess.run(
            [sys.executable, "-m", f"services.{service}", "fsck"],
            cwd=self.newer.folder,
            env=self.newer.told(self.instance.env(service, owner=True), self.instance),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr if done.returncode else ""

    def asked(self, service: str, question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.instance.database_url(service, owner=True)) as conn:
            return conn.execute(question.encode()).fetchall()


@pytest.fixture
def rolling(kafka_jars: Path) -> Iterator[Rolling]:
    folder = own_folder("builds")
    older, newer = builds.of_the_working_tree(folder / "older"), builds.newer(folder / "newer")
    try:
        with Instance(folder / "var", parts="real", services=False, webs={"intake": 2}) as instance:
            try:
                yield Rolling(instance, older, newer)
            finally:
                instance.supervisor.stop([["front-door"], [OLD_WEB.name, OLD_WORKER.name, *SERVICES]])
    finally:
        remove_folder(folder / "var")
        remove_folder(folder)


def test_a_rolling_upgrade_in_the_middle_of_a_cycle_loses_and_doubles_nothing(
    rolling: Rolling, tmp_path: Path
) -> None:
    with working(rolling.instance.address, 1) as workers:
        days = of_year(2024)
        cycle = play_cycle(rolling.instance.address, rolling.at_step, days=days, patience=300)
    assert rolling.parked["unknown"] >= 1, "the older verification showed what waits"
    assert rolling.met == (503, "urn:jejak:problem:newer-event")
    export = whole_export(rolling.instance.address, tmp_path / "export", cycle)
    assert verifier.verify(export).verified
    events = list(shown(export))
    versions: dict[tuple[str, str], list[int]] = {}
    for event in events:
        versions.setdefault((event["source"], event["stream"]), []).append(event["version"])
    assert all(seen == list(range(1, len(seen) + 1)) for seen in versions.values()), "gap-free, in order"
    received = [e for e in events if e["type"] == "submission-received"]
    shapes = Counter(event["schema"] for event in received)
    assert shapes.keys() == {SHAPE, SHAPE + 1}, "said by both builds"
    assert [e["schema"] for e in received if e["stream"] == MENDED] == [SHAPE, SHAPE + 1]
    done = [e["data"]["step"] for e in events if (e["case_id"], e["type"]) == (cycle, "step-completed")]
    assert done == [step.key for step in sops()[CURRENT].steps]
    stored = rolling.asked("intake", "SELECT stream, version, data->>'name' FROM event")
    for one in workers:
        stream = f"agency-{one.agency}"
        assert {version: name for s, version, name in stored if s == stream} == one.acknowledged
    for service in SERVICES:
        assert rolling.asked(service, "SELECT count(*) FROM parked") == [(0,)], service
        assert rolling.fsck(service) == "", service
