"""One whole Jejak in one folder: parts, databases, topics, buckets, services and front door,
started and stopped together.

`jejak up`, `jejak play`, `jejak bench` and the tests all run this class.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from deploy.front_door import settings as door_settings
from deploy.local import caddy, ports, service_process, told, watching
from deploy.local.postgres import migrations
from deploy.local.postgres.databases import AccessDatabase, Database, Server
from deploy.local.servers import PORT_NAMES, Progress, Servers, Stage
from deploy.local.service_process import Environment
from deploy.local.supervision.child import stop_left_overs
from deploy.local.supervision.claim import Claim
from deploy.local.supervision.supervisor import Say, Supervisor
from deploy.local.wanted import Existing, PartsChoice, PortsChoice
from deploy.messages import sentence
from shared.service_names import SERVICES

SERVERS = ("postgres", "kafka", "seaweedfs")
"""The first rows of the table, in whatever order they were started."""


class Instance:
    """`with Instance(folder) as instance:` gives a running Jejak; everything it keeps lies in `folder`.

    parts: `auto` takes real parts and the embedded broker only where Kafka's jars cannot be had. ports:
    `usual` is 8400 (or `port`), `free` any. services=False starts the parts alone. webs: services that
    answer from several processes, and from how many; one more then does their work. existing: servers that
    replace parts; a private instance (play, tests) leaves it empty. door: how people reach it, where the
    environment is not to say it. Raises CannotStart, whose text is the
    sentence to show.
    """

    def __init__(
        self,
        folder: Path,
        *,
        parts: PartsChoice = "auto",
        ports: PortsChoice = "free",
        port: int | None = None,
        services: bool = True,
        without: Collection[str] = (),
        webs: Mapping[str, int] = MappingProxyType({}),
        existing: Existing | None = None,
        door: door_settings.DoorSettings | None = None,
        say: Say = lambda _line: None,
        stage: Stage = lambda _key: None,
        fetching: Progress = lambda _done, _of: None,
    ) -> None:
        self.folder = folder.resolve()
        self._choice, self._ports_choice, self._asked_port = parts, ports, port
        self._with_services = services
        self._processes = [
            process
            for service in SERVICES
            if service not in without
            for process in service_process.processes_of(service, webs.get(service, 1))
        ]
        self._existing = existing or Existing()
        self._say, self._stage, self._fetching = say, stage, fetching
        self.supervisor = Supervisor(say)
        self._claim: Claim | None = None
        self._ports: dict[str, int] = {}
        self._servers: Servers | None = None
        self._environment: Environment | None = None
        self._given_door, self._door = door, door or door_settings.DoorSettings()
        self.port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and come back when it is ready; leaves nothing behind when it fails."""
        told.begin(self._existing, self.folder)
        self._claim = Claim(self.folder)
        try:
            service_process.forget_environments(self.folder)  # of a Jejak that was killed
            left = stop_left_overs(self.folder / "run")
            if left:
                self._say(sentence("left-over", names=", ".join(left)))
            self._start_everything()
            self._claim.note(address=self.address, port=self.port, table=self.table())
            self.supervisor.watch()
            watching.Watching(self.folder, self._door, self.port, self.supervisor, self._say).begin()
        except BaseException:
            self.stop()
            raise

    def _start_everything(self) -> None:
        """Nothing waits for what it does not need: services are started while Kafka still starts,
        which they wait for by themselves. But an embedded broker says where it listens only when it does.
        """
        self._door = self._given_door or door_settings.read()
        self._ports = ports.remembered_ports(
            self.folder / "ports.json", dict.fromkeys((*PORT_NAMES, *self._listening_names))
        )
        self.port = caddy.chosen_port(self._door, self._ports_choice, self._asked_port, self._say)
        self._stage("doing-parts")
        self._servers = Servers(
            self.folder,
            self._ports,
            self._choice,
            self._existing,
            say=self._say,
            stage=self._stage,
            fetching=self._fetching,
        )
        self._servers.bring_up(lambda part: self.supervisor.start([part]), self._follow_embedded_broker)
        working = self._servers.working
        databases = working.databases.result()
        if self._with_services:
            self._stage("doing-migrate")
            log = self.folder / "logs" / "migrate.log"
            migrations.migrate(databases.services, databases.access, log)
        working.store.result()
        if self.embedded:
            working.broker.result()
        self._environment = self._environment_with(databases.services, databases.access)
        if self._with_services:
            self._launch_services()
        working.broker.result()
        self.supervisor.until_ready([*self._own_names, caddy.PART])

    def _launch_services(self) -> None:
        environment = self.environment
        self._stage("doing-services")
        service_process.leave_environments(environment)
        service_process.leave_targets(self.folder, self._processes, self._ports)
        own = [service_process.part(process, environment) for process in self._processes]
        self.supervisor.launch([*own, caddy.prepare(self.folder, self._door, self.port, self._listening())])

    def stop(self) -> None:
        """Stop services before parts, the database last; data stays."""
        self.supervisor.stop([["front-door"], self._own_names, ["kafka", "seaweedfs"], ["postgres"]])
        service_process.forget_environments(self.folder)
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def _environment_with(self, databases: dict[str, Database], access: AccessDatabase) -> Environment:
        return Environment(
            folder=self.folder,
            ports=self._ports,
            databases=databases,
            access=access,
            kafka={service: self.servers.kafka_of(service) for service in SERVICES},
            embedded=self.embedded,
            s3={service: self.servers.s3_of(service) for service in SERVICES},
            address=self.address,
            secrets=self.servers.secrets,
            ground=watching.places(self.folder, self._door),
        )

    def _follow_embedded_broker(self) -> None:
        """The embedded broker comes back on another port,
        so the services that know the old one start again.
        """
        self.servers.find_embedded_broker()
        if not self._with_services:
            return
        self._environment = self._environment_with(dict(self.environment.databases), self.environment.access)
        service_process.leave_environments(self._environment)
        for process in self._processes:
            child = self.supervisor.parts[process.name].child
            assert child is not None
            child.env = service_process.variables_of(process, self._environment)
        self.supervisor.restart(*self._own_names, wait=False)

    @property
    def environment(self) -> Environment:
        assert self._environment is not None, "the instance is not running"
        return self._environment

    @property
    def address(self) -> str:
        """What to open in the browser."""
        return self._door.address(self.port)

    @property
    def authority(self) -> Path | None:
        """The certificate that whoever calls `address` must trust;
        None where there is no TLS or everybody trusts it already.
        """
        return caddy.root_certificate(self.folder) if self._door.tls == "internal" else None

    @property
    def _own_names(self) -> list[str]:
        return [process.name for process in self._processes]

    @property
    def _listening_names(self) -> list[str]:
        return [process.name for process in self._processes if process.listens]

    def _listening(self) -> dict[str, list[str]]:
        """Where each service answers; one that is left out is expected at its own port all the same."""
        found = {name: [f"{ports.LOOPBACK}:{self._ports[name]}"] for name in SERVICES}
        for process in self._processes:
            if process.listens and process.name != process.service:
                found[process.service].append(f"{ports.LOOPBACK}:{self._ports[process.name]}")
        return found

    @property
    def servers(self) -> Servers:
        assert self._servers is not None, "the instance is not running"
        return self._servers

    @property
    def server(self) -> Server:
        """The PostgreSQL server with the right to make databases."""
        return self.servers.database

    @property
    def embedded(self) -> bool:
        return self.servers.embedded

    @property
    def kafka(self) -> str:
        """The broker as its administrator enters it."""
        return self.servers.kafka

    @property
    def s3(self) -> str:
        """The object store with the keys that make buckets."""
        return self.servers.s3

    def database_url(self, service: str, *, owner: bool = False) -> str:
        database = self.environment.databases[service]
        return database.owner if owner else database.app

    def service_address(self, service: str) -> str:
        """Where a service itself listens, behind the front door."""
        return f"http://{ports.LOOPBACK}:{self._ports[service]}"

    def env(self, service: str, *, owner: bool = False) -> dict[str, str]:
        """The environment for one more process of that service (a second worker, a rebuild)."""
        return self.environment.variables(service, owner=owner)

    def pid(self, name: str) -> int:
        child = self.supervisor.parts[name].child
        assert child is not None
        assert child.pid is not None, f"{name} is not running"
        return child.pid

    def kill(self, name: str) -> None:
        """SIGKILL a part ("kafka", "postgres", "seaweedfs", "front-door") or service;
        it stays dead until `restart`.
        """
        self.supervisor.kill(name)

    def crash(self, name: str) -> None:
        """SIGKILL, and let the supervisor find it and start it again with its back-off."""
        self.supervisor.crash(name)

    def restart(self, name: str, *, wait: bool = True) -> None:
        """Start what is down, or stop it cleanly first; with `wait` come back when it is ready."""
        self.supervisor.restart(name, wait=wait)
        part = self.supervisor.parts[name]
        if wait:
            part.on_back()

    def table(self) -> list[dict[str, Any]]:
        """One row per part: name, title, version, kind, guarantees (a sentence), address, pid, running."""
        parts = self.supervisor.parts
        names = sorted(parts, key=lambda name: SERVERS.index(name) if name in SERVERS else len(SERVERS))
        rows = [parts[name].row() for name in names]
        if self._existing.database_url and rows:
            rows[0]["version"] = self.server.version()
        return rows
