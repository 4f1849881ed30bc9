"""A whole Jejak as on several machines: for each service two `web`, two `worker` and a pair of databases;
three brokers, one object store, one front door. All of it runs here, each process as if it were alone.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.front_door.settings import DoorSettings
from deploy.local import caddy, places, ports, seaweedfs, service_process
from deploy.local.broker import access
from deploy.local.postgres import migrations
from deploy.local.postgres.databases import access_database, service_databases
from deploy.local.secrets import SecretFolder
from deploy.local.service_process import Environment, Process
from deploy.local.supervision.aside import Aside, run
from deploy.local.supervision.part import Part
from deploy.local.supervision.supervisor import Supervisor
from shared.access.database import DOOR
from shared.objects.address import S3Address
from shared.objects.s3_client import ensure_buckets
from shared.service_names import SERVICES
from tests.machines import brokers
from tests.machines.brokers import Brokers
from tests.machines.pairs import Pair, pair_of
from tests.support.parts import own_folder, remove_folder

PROCESSES: Final = tuple(
    process
    for service in SERVICES
    for process in (
        Process(service, service, "web"),
        Process(service, f"{service}-2", "web"),
        Process(service, f"{service}-worker-1", "worker"),
        Process(service, f"{service}-worker-2", "worker"),
    )
)
WEBS: Final = {
    service: [one.name for one in PROCESSES if one.listens and one.service == service] for service in SERVICES
}


LISTENING: Final = (
    *seaweedfs.PORTS,
    *(one.name for one in PROCESSES if one.listens),
    *(f"{service}-{which}" for service in SERVICES for which in "ab"),
    *(f"{kind}-{one}" for kind in ("kafka", "controller") for one in brokers.THREE),
    "door",
)
"""Chosen at once, so that no two get the same port."""


@dataclass(slots=True)
class Several:
    """Everything that runs; `address` is the front door."""

    folder: Path
    supervisor: Supervisor
    pairs: Mapping[str, Pair]
    brokers: Brokers
    environment: Environment
    said: list[str]

    @property
    def address(self) -> str:
        return self.environment.address

    def variables(self, process: Process) -> dict[str, str]:
        """What a process is told, the same on all machines but for its port and its name."""
        known = service_process.variables_of(process, self.environment)
        chosen = self.environment.ports
        feeds = {
            service: "+".join(f"http://{ports.LOOPBACK}:{chosen[name]}" for name in names)
            for service, names in WEBS.items()
        }
        return known | {
            "JEJAK_NODE": process.name.rpartition("-")[2],
            "JEJAK_FEEDS": ",".join(f"{service}={ways}" for service, ways in feeds.items()),
            "JEJAK_DB_POOL_SIZE": "4",
        }

    def part(self, process: Process) -> Part:
        made = service_process.part(process, self.environment)
        assert made.child is not None
        made.child.env = self.variables(process)
        return made

    def pid(self, name: str) -> int:
        child = self.supervisor.parts[name].child
        assert child is not None
        assert child.pid is not None
        return child.pid


@contextmanager
def several(cache: Path) -> Iterator[Several]:
    """Started and ready; gone with its folders afterwards."""
    folder, said = own_folder("machines"), list[str]()
    places.open_data_folder(folder)
    supervisor = Supervisor(said.append)
    pairs: dict[str, Pair] = {}
    try:
        secrets = SecretFolder(folder / "secrets")
        chosen = dict(zip(LISTENING, ports.free_ports(len(LISTENING)), strict=True))
        pairs |= {service: pair_of(service, folder, chosen, secrets, supervisor) for service in SERVICES}
        yield _started(folder, chosen, supervisor, pairs, secrets, cache, said)
    finally:
        own = [process.name for process in PROCESSES]
        supervisor.stop([[caddy.PART], own, ["kafka-1", "kafka-2", "kafka-3", "seaweedfs"]])
        for pair in pairs.values():
            for name, _ in pair.places:
                remove_folder(folder / name)
        remove_folder(folder)


def _started(
    folder: Path,
    chosen: dict[str, int],
    supervisor: Supervisor,
    pairs: Mapping[str, Pair],
    secrets: SecretFolder,
    cache: Path,
    said: list[str],
) -> Several:
    starting = [Aside(pair.start) for pair in pairs.values()]
    three = brokers.prepare(folder, chosen, cache, secrets)
    supervisor.start([*three.parts, seaweedfs.prepare(folder, chosen, secrets)])
    access.prepare_broker(three.entered_by(), ours=True)
    store = S3Address.from_url(seaweedfs.url(chosen["s3"], secrets))
    run(ensure_buckets(store, work=seaweedfs.WORK_BUCKET, archive=seaweedfs.ARCHIVE_BUCKET))
    for one in starting:
        one.result()
    databases = {
        service: service_databases(pair.server, [service], secrets)[service]
        for service, pair in pairs.items()
    }
    sessions = access_database(pairs[DOOR].server, SERVICES, secrets)
    migrations.migrate(databases, sessions, folder / "logs" / "migrate.log")
    environment = Environment(
        folder=folder,
        ports=chosen,
        databases=databases,
        access=sessions,
        kafka={service: three.entered_by(service) for service in SERVICES},
        embedded=False,
        s3={service: seaweedfs.url(chosen["s3"], secrets, service) for service in SERVICES},
        address=DoorSettings().address(chosen["door"]),
        secrets=secrets,
    )
    made = Several(folder, supervisor, pairs, three, environment, said)
    listening = {
        service: [f"{ports.LOOPBACK}:{chosen[name]}" for name in names] for service, names in WEBS.items()
    }
    door = caddy.prepare(folder, DoorSettings(), chosen["door"], listening)
    supervisor.start([*(made.part(process) for process in PROCESSES), door])
    supervisor.watch()
    return made
