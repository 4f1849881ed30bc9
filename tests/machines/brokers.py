"""Three real brokers, each as on a machine of its own: replication 3, one of them may die."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local import ports
from deploy.local.broker import kafka
from deploy.local.secrets import SecretFolder
from deploy.local.supervision.child import Child
from deploy.local.supervision.part import Part
from shared.service_names import SERVICES

THREE = (1, 2, 3)
PROPERTIES = """
node.id={number}
controller.quorum.bootstrap.servers={controllers}
offsets.topic.replication.factor=3
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
share.coordinator.state.topic.replication.factor=3
share.coordinator.state.topic.min.isr=2
"""
"""Where three brokers differ from one; what stands later in such a file counts."""


@dataclass(frozen=True, slots=True)
class Brokers:
    """The parts, and how the administrator or a service enters them."""

    parts: Sequence[Part]
    servers: str
    secrets: SecretFolder

    def entered_by(self, user: str = kafka.ADMIN) -> str:
        return kafka.url(self.servers, self.secrets, user)


def prepare(folder: Path, chosen: Mapping[str, int], cache: Path, secrets: SecretFolder) -> Brokers:
    """Formats three folders as one cluster; whoever starts the parts has the cluster."""
    clients, controllers = ([chosen[f"{kind}-{one}"] for one in THREE] for kind in ("kafka", "controller"))
    names = [kafka.cluster_id() for _ in THREE]
    quorum = list(zip(THREE, controllers, names, strict=True))
    cluster = kafka.cluster_id()
    parts = []
    for number, port, controller in zip(THREE, clients, controllers, strict=True):
        place = folder / f"kafka-{number}"
        users = {kafka.ADMIN: secrets.get("kafka"), **{one: secrets.get(f"kafka-{one}") for one in SERVICES}}
        kafka._write_settings(place, port, controller, users)
        with (place / "server.properties").open("a") as settings:
            said = ",".join(f"{ports.LOOPBACK}:{one}" for one in controllers)
            settings.write(PROPERTIES.format(number=number, controllers=said))
        first = ",".join(f"{one}@{ports.LOOPBACK}:{at}:{name}" for one, at, name in quorum)
        _format(place, cache, cluster, first)
        parts.append(_part(folder, place, cache, number, port))
    return Brokers(parts, ",".join(f"{ports.LOOPBACK}:{port}" for port in clients), secrets)


def _format(place: Path, cache: Path, cluster: str, first: str) -> None:
    tool = ["kafka.tools.StorageTool", "format", "--initial-controllers", first, "-t", cluster]
    command = kafka._command(cache, "kafka.Kafka", place, use_archive=True)[:-2]
    subprocess.run(
        [*command, *tool, "-c", "server.properties"],
        cwd=place,
        env=kafka._environment(),
        capture_output=True,
        check=True,
    )


def _part(folder: Path, place: Path, cache: Path, number: int, port: int) -> Part:
    name = f"kafka-{number}"
    child = Child(
        name=name,
        argv=kafka._command(cache, "kafka.Kafka", place, use_archive=True),
        log=folder / "logs" / f"{name}.log",
        pid_file=folder / "run" / f"{name}.json",
        env=kafka._environment(),
        cwd=place,
        patience=12,
    )
    address = f"{ports.LOOPBACK}:{port}"
    return Part(name, name, "", "real", "guarantee-kafka", address, lambda: ports.answers(port), child)
