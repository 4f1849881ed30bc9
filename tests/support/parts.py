"""The real parts that tests run on: given addresses first, then containers when a Docker daemon answers,
then our own child processes.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.local import places, ports, seaweedfs
from deploy.local.broker import embedded as embedded_broker
from deploy.local.broker import jars, kafka
from deploy.local.postgres import server as postgres
from deploy.local.postgres.databases import Database, Server
from deploy.local.secrets import SecretFolder
from deploy.local.supervision.supervisor import Supervisor
from deploy.messages import CannotStart
from shared.messaging.topics import ALL_TOPICS
from tests import lending
from tests.support import access, containers
from tests.support.kafka_part import KafkaPart

THROWN_AWAY = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "scram_iterations": "1"}
"""What a server does without whose data nobody keeps. Its processes may be killed, the machine may not."""
EXERCISED: dict[str, str] = {}  # what the terminal summary prints: part → version and where it came from


@dataclass
class PostgresPart:
    """A real server; every test takes a database of its own from it.

    On a server of our `own` one that was used is emptied and taken again, for a fraction of a new one's cost,
    when the test is over that took it, or the file whose fixture took it.
    """

    server: Server
    own: bool = False
    made: list[str] = field(default_factory=list)
    used: list[Database] = field(default_factory=list)

    def fresh_database(self, name: str = "test") -> Database:
        """An empty database with its two roles: `.owner` for migrations, `.app` as the service uses it."""
        again = self.used.pop(0) if self.used else None
        if again is None or not lending.emptied(self.server, again):
            again = self._new(f"jejak_{name}_{secrets.token_hex(4)}")
        if self.own:
            lending.lend(again, self.used)
        return again

    def _new(self, name: str) -> Database:
        self.made.append(name)
        return self.server.make_database(
            name, owner_secret=secrets.token_urlsafe(12), app_secret=secrets.token_urlsafe(12)
        )


@dataclass
class ObjectStorePart:
    """An S3 server with Object Lock; `url` is the form of JEJAK_S3. Buckets are the test's own business."""

    url: str
    supervisor: Supervisor | None = None

    def _ours(self) -> Supervisor:
        if self.supervisor is None:
            pytest.skip("this test stops the object store, so it needs one of its own")
        return self.supervisor

    def kill(self) -> None:
        self._ours().kill("seaweedfs")

    def restart(self) -> None:
        self._ours().restart("seaweedfs")


def own_folder(name: str) -> Path:
    """A temporary folder that the user `nobody` may pass through, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix=f"jejak-{name}-"))
    folder.chmod(0o711)
    return folder


def remove_folder(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.rmtree(postgres.data_place(folder), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def parts_folder() -> Iterator[Path]:
    folder = places.open_data_folder(own_folder("tests"))
    yield folder
    remove_folder(folder)


@pytest.fixture(scope="session", name="postgres")
def postgres_part(parts_folder: Path) -> Iterator[PostgresPart]:
    given = os.environ.get("JEJAK_TEST_DATABASE_URL")
    if given:
        part = PostgresPart(Server(given))
        EXERCISED["PostgreSQL"] = f"{part.server.version()} (given)"
        access.use(part.server)
        yield part
        access.drop()
        for database in part.made:
            access.drop_database(part.server, database)
        return
    if containers.has_image(containers.POSTGRES_IMAGE):
        container, url = containers.postgres_container()
        part = PostgresPart(Server(url))
        EXERCISED["PostgreSQL"] = f"{part.server.version()} (container)"
        access.use(part.server)
        yield part
        container.stop()
        return
    held = SecretFolder(parts_folder / "secrets")
    port = ports.free_ports(1)[0]
    supervisor = Supervisor()
    try:
        supervisor.start([postgres.prepare(parts_folder, port, held, **THROWN_AWAY)])
        part = PostgresPart(Server.local(port, held.get("postgres-superuser")), own=True)
        EXERCISED["PostgreSQL"] = f"{part.server.version()} (own process)"
        access.use(part.server)
        yield part
    finally:
        supervisor.stop()


@pytest.fixture(scope="session")
def kafka_jars() -> Path:
    """The cache with everything that a real Kafka needs, for tests that start one themselves."""
    cache = places.cache_folder()
    try:
        jars.fetch(cache)
        kafka.make_archive(cache)
    except CannotStart as failure:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs a real Kafka: {failure}")
        pytest.skip(f"no real Kafka here: {failure}")
    return cache


@pytest.fixture(scope="session", name="kafka")
def kafka_part(parts_folder: Path) -> Iterator[KafkaPart]:
    given = os.environ.get("JEJAK_TEST_KAFKA")
    if given:
        EXERCISED["Kafka"] = f"{given.rpartition('@')[2]} (given)"
        part = KafkaPart(given)
        part.make_topics()
        yield part
        return
    if containers.has_image(containers.KAFKA_IMAGE):
        part = containers.KafkaInContainer.started()
        EXERCISED["Kafka"] = f"{containers.KAFKA_IMAGE} (container)"
        yield part
        part.container.stop()
        return
    supervisor = Supervisor()
    try:
        yield _own_kafka(parts_folder, supervisor)
    finally:
        supervisor.stop()


def _own_kafka(folder: Path, supervisor: Supervisor) -> KafkaPart:
    cache = places.cache_folder()
    try:
        jars.fetch(cache)
        kafka.make_archive(cache)
    except CannotStart as failure:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs a real Kafka: {failure}")
        supervisor.start([embedded_broker.prepare(folder, list(ALL_TOPICS))])
        EXERCISED["Kafka"] = f"librdkafka {embedded_broker.version()} (embedded: {failure})"
        return KafkaPart(embedded_broker.address_in(folder), embedded=True, supervisor=supervisor)
    port, controller_port = ports.free_ports(2)
    held = SecretFolder(folder / "secrets")
    part = kafka.prepare(folder, port, controller_port, cache, held)
    supervisor.start([part])
    EXERCISED["Kafka"] = f"{part.version} (own process)"
    made = KafkaPart(kafka.url(part.address, held), supervisor=supervisor, folder=folder)
    made.make_topics()
    return made


@pytest.fixture(scope="session", name="object_store")
def object_store_part(parts_folder: Path) -> Iterator[ObjectStorePart]:
    given = os.environ.get("JEJAK_TEST_S3")
    if given:
        EXERCISED["S3"] = f"{given.rpartition('@')[2]} (given)"
        yield ObjectStorePart(given)
        return
    held = SecretFolder(parts_folder / "secrets")
    chosen = dict(zip(seaweedfs.PORTS, ports.free_ports(len(seaweedfs.PORTS)), strict=True))
    supervisor = Supervisor()
    try:
        part = seaweedfs.prepare(parts_folder, chosen, held)
        supervisor.start([part])
        EXERCISED["S3"] = f"SeaweedFS {part.version} (own process)"
        yield ObjectStorePart(seaweedfs.url(chosen["s3"], held), supervisor)
    finally:
        supervisor.stop()
