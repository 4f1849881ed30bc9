"""One whole Jejak in one folder: parts, databases, topics, buckets, services and front door, started and stopped together.

`jejak up`, `jejak play`, `jejak bench` and the tests all run this class.
"""

import os
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deploy.front_door import settings as door_settings
from deploy.local import caddy, migrations, places, ports, postgres, seaweedfs, service_process, told
from deploy.local.broker import access as kafka_access
from deploy.local.broker import choice as brokers
from deploy.local.broker import embedded as embedded_broker
from deploy.local.broker import jars, kafka
from deploy.local.postgres import AccessDatabase, Database
from deploy.local.secrets import SecretFolder
from deploy.local.service_process import Environment
from deploy.local.supervision.aside import Aside, run
from deploy.local.supervision.child import stop_left_overs
from deploy.local.supervision.claim import Claim
from deploy.local.supervision.part import Part
from deploy.local.supervision.supervisor import Say, Supervisor
from deploy.local.wanted import Existing, PartsChoice, PortsChoice
from deploy.messages import sentence
from shared.settings import SERVICES

Stage = Callable[[str], None]  # told the key of what begins now
PORT_NAMES = ("postgres", "kafka", "kafka-controller", *seaweedfs.PORTS, *SERVICES)


class Instance:
    """`with Instance(folder) as instance:` gives a running Jejak; everything it keeps lies in `folder`.

    parts: `auto` takes real parts and the embedded broker only where Kafka's jars cannot be had. ports: `usual` is 8400 (or `port`), `free` any.
    services=False starts the parts alone. existing: servers that replace parts; a private instance (play, tests) leaves it empty.
    Raises CannotStart, whose text is the sentence to show.
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
        existing: Existing | None = None,
        say: Say = lambda _line: None,
        stage: Stage = lambda _key: None,
        fetching: jars.Progress = lambda _done, _of: None,
    ) -> None:
        self.folder = folder.resolve()
        self._choice, self._ports_choice, self._asked_port = parts, ports, port
        self._with_services, self._without = services, frozenset(without)
        self._existing = existing or Existing()
        self._say, self._stage, self._fetching = say, stage, fetching
        self.supervisor = Supervisor(say)
        self._claim: Claim | None = None
        self._ports: dict[str, int] = {}
        self._environment: Environment | None = None
        self._fetched = False
        self._door = door_settings.DoorSettings()
        self.port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and come back when it is ready; leaves nothing behind when it fails."""
        told.look(self._existing)
        places.open_data_folder(self.folder)
        self._claim = Claim(self.folder)
        try:
            left = stop_left_overs(self.folder / "run")
            if left:
                self._say(sentence("left-over", names=", ".join(left)))
            self._start_parts()
            if self._with_services:
                self._start_services()
            self._claim.note(address=self.address, table=self.table())
            self.supervisor.watch()
        except BaseException:
            self.stop()
            raise

    def _start_parts(self) -> None:
        self._door = door_settings.read()
        self._ports = ports.remembered_ports(self.folder / "ports.json", PORT_NAMES)
        self.port = caddy.chosen_port(self._door, self._ports_choice, self._asked_port, self._say)
        self._stage("doing-parts")
        waiting = [Aside(prepare) for prepare in (self._postgres, self._broker, self._object_store)]
        self.supervisor.start([prepared.result() for prepared in waiting])
        self._stage("doing-migrate")
        if self.embedded:
            self.supervisor.parts["kafka"].address = embedded_broker.address_in(self.folder)
            self.supervisor.parts["kafka"].on_back = self._follow_embedded_broker
        else:
            self._prepare_broker()
            self.supervisor.parts["kafka"].on_back = self._prepare_broker
        self._make_buckets()
        if not self._existing.database_url:
            self.server.shut()
        databases = postgres.service_databases(self.server, SERVICES, self._secrets)
        self._environment = self._environment_with(databases, postgres.access_database(self.server, SERVICES, self._secrets))

    def _start_services(self) -> None:
        environment = self.environment
        migrations.migrate(environment.databases, environment.access, self.folder / "logs" / "migrate.log")
        self._stage("doing-services")
        service_process.leave_environments(environment)
        own = [service_process.service(name, environment) for name in self._own_services]
        self.supervisor.start([*own, caddy.prepare(self.folder, self._door, self.port, self._listening())])

    def stop(self) -> None:
        """Stop services before parts, the database last; data stays."""
        self.supervisor.stop([["front-door"], self._own_services, ["kafka", "seaweedfs"], ["postgres"]])
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    @property
    def _secrets(self) -> SecretFolder:
        return SecretFolder(self.folder / "secrets")

    def _postgres(self) -> Part:
        if self._existing.database_url:
            return postgres.given(self.server)
        return postgres.prepare(self.folder, self._ports["postgres"], self._secrets)

    def _broker(self) -> Part:
        return brokers.prepare(self.folder, self._ports, self._choice, self._existing, self._secrets, self._say, self._report_fetching)

    def _report_fetching(self, done: int, of: int) -> None:
        """Told once with everything there when nothing is missing, and then there is nothing to say."""
        if done < of:
            self._fetched = True
            self._stage("doing-fetch")
        if self._fetched:
            self._fetching(done, of)

    def _object_store(self) -> Part:
        from shared.objects.address import S3Address

        if self._existing.s3:
            endpoint = S3Address.from_url(self._existing.s3).endpoint
            host, _, port = endpoint.rpartition(":")
            ready = lambda: ports.answers(int(port or 443), host or endpoint)  # noqa: E731 - one question, asked in one place
            return Part("seaweedfs", "S3", "?", "existing", "guarantee-existing", endpoint, ready, None, 10, "JEJAK_S3")
        return seaweedfs.prepare(self.folder, self._ports, self._secrets)

    def _environment_with(self, databases: dict[str, Database], access: AccessDatabase) -> Environment:
        return Environment(
            folder=self.folder,
            ports=self._ports,
            databases=databases,
            access=access,
            kafka={service: self.kafka_of(service) for service in SERVICES},
            embedded=self.embedded,
            s3={service: self.s3_of(service) for service in SERVICES},
            address=self.address,
            secrets=self._secrets,
        )

    def _prepare_broker(self) -> None:
        """Topics, and at a broker of ours who may do what; again whenever it came back, because it may have come back empty."""
        kafka_access.prepare_broker(self.kafka, ours=not self._existing.kafka)

    def _make_buckets(self) -> None:
        from shared.objects.address import S3Address
        from shared.objects.s3_client import ensure_buckets

        run(ensure_buckets(S3Address.from_url(self.s3), work=seaweedfs.WORK_BUCKET, archive=seaweedfs.ARCHIVE_BUCKET))

    def _follow_embedded_broker(self) -> None:
        """The embedded broker comes back on another port, so the services that know the old one start again."""
        self.supervisor.parts["kafka"].address = embedded_broker.address_in(self.folder)
        if not self._with_services:
            return
        self._environment = self._environment_with(dict(self.environment.databases), self.environment.access)
        service_process.leave_environments(self._environment)
        for name in self._own_services:
            child = self.supervisor.parts[name].child
            assert child is not None
            child.env = self._environment.variables(name)
        self.supervisor.restart(*self._own_services, wait=False)

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
        """The certificate that whoever calls `address` must trust; None where there is no TLS or everybody trusts it already."""
        return caddy.root_certificate(self.folder) if self._door.tls == "internal" else None

    @property
    def _own_services(self) -> list[str]:
        return [name for name in SERVICES if name not in self._without]

    def _listening(self) -> dict[str, str]:
        return {name: f"{ports.LOOPBACK}:{self._ports[name]}" for name in SERVICES}

    @property
    def server(self) -> postgres.Server:
        """The PostgreSQL server with the right to make databases."""
        if self._existing.database_url:
            return postgres.Server(self._existing.database_url)
        return postgres.Server.local(self._ports["postgres"], self._secrets.get("postgres-superuser"))

    @property
    def embedded(self) -> bool:
        return self.supervisor.parts["kafka"].kind == "embedded"

    @property
    def kafka(self) -> str:
        """The broker as its administrator enters it, in the form of JEJAK_KAFKA; the embedded one knows no users."""
        part = self.supervisor.parts["kafka"]
        if self._existing.kafka:
            return self._existing.kafka
        return part.address if part.kind == "embedded" else kafka.url(part.address, self._secrets)

    def kafka_of(self, service: str) -> str:
        """The broker as a service enters it: as itself. At a broker that exists JEJAK_KAFKA_<SERVICE> says how."""
        if self._existing.kafka:
            return os.environ.get(f"JEJAK_KAFKA_{service.upper()}") or self._existing.kafka
        return self.kafka if self.embedded else kafka.url(self.supervisor.parts["kafka"].address, self._secrets, service)

    @property
    def s3(self) -> str:
        """The object store with the keys that make buckets, in the form of JEJAK_S3."""
        return self._existing.s3 or seaweedfs.url(self._ports["s3"], self._secrets)

    def s3_of(self, service: str) -> str:
        """The object store with a service's own key. At a store that exists JEJAK_S3_<SERVICE> says which."""
        if self._existing.s3:
            return os.environ.get(f"JEJAK_S3_{service.upper()}") or self._existing.s3
        return seaweedfs.url(self._ports["s3"], self._secrets, service)

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
        """SIGKILL a part ("kafka", "postgres", "seaweedfs", "front-door") or service; it stays dead until `restart`."""
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
        rows = [part.row() for part in self.supervisor.parts.values()]
        if self._existing.database_url and rows:
            rows[0]["version"] = self.server.version()
        return rows
