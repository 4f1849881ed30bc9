"""PostgreSQL and Kafka in containers, where a Docker daemon answers and the images can be had;
S3 stays ours, its doors are part of what is tested.
"""

import os
import time
from dataclasses import dataclass, field
from typing import Any

from deploy.local import ports
from tests.support.kafka_part import KafkaPart

POSTGRES_IMAGE = "postgres:18"
KAFKA_IMAGE = "apache/kafka:4.3.1"
PATIENCE = 120.0
KAFKA_SETTINGS = {
    "NODE_ID": "1",
    "PROCESS_ROLES": "broker,controller",
    "LISTENERS": "CLIENTS://0.0.0.0:{port},CONTROLLER://127.0.0.1:9093",
    "ADVERTISED_LISTENERS": "CLIENTS://127.0.0.1:{port}",
    "LISTENER_SECURITY_PROTOCOL_MAP": "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    "INTER_BROKER_LISTENER_NAME": "CLIENTS",
    "CONTROLLER_QUORUM_VOTERS": "1@127.0.0.1:9093",
    "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
    "TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
    "TRANSACTION_STATE_LOG_MIN_ISR": "1",
    "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    "AUTO_CREATE_TOPICS_ENABLE": "false",
}


def has_image(image: str) -> bool:
    """Whether a Docker daemon answers on this machine and has the image or can pull it."""
    if os.environ.get("DOCKER_HOST", "unix:").partition(":")[0] != "unix":
        return False
    import docker
    from docker.errors import DockerException

    # what we start we stop; no second image for that
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    try:
        client = docker.from_env(timeout=5)
        client.ping()
    except (DockerException, OSError):
        return False
    try:
        client.images.get(image)
    except DockerException:
        try:
            docker.from_env(timeout=300).images.pull(image)
        except (DockerException, OSError):
            return False
    return True


def postgres_container() -> Any:
    """A started container and the administrator's way in, as a pair."""
    from testcontainers.community.postgres import PostgresContainer

    container = PostgresContainer(POSTGRES_IMAGE, username="postgres", dbname="postgres", driver=None)
    container.start()
    return container, container.get_connection_url()


@dataclass
class KafkaInContainer(KafkaPart):
    """The same broker to a test, killed and wiped through Docker; it keeps its port."""

    container: Any = field(default=None)
    begun: float = 0.0

    @classmethod
    def started(cls) -> "KafkaInContainer":
        port = ports.free_ports(1)[0]
        part = cls(f"127.0.0.1:{port}")
        part.run()
        return part

    def run(self) -> None:
        from testcontainers.core.container import DockerContainer

        port = int(self.bootstrap.rpartition(":")[2])
        self.container = DockerContainer(KAFKA_IMAGE)
        self.container.ports[f"{port}/tcp"] = ("127.0.0.1", port)  # `with_bind_ports` binds on every address
        for name, value in KAFKA_SETTINGS.items():
            self.container.with_env(f"KAFKA_{name}", value.format(port=port))
        self.container.start()
        self.wait()
        self.make_topics()

    def wait(self) -> None:
        """Until the broker itself answers; Docker's own end of the port listens long before."""
        until = time.monotonic() + PATIENCE
        while b"Kafka Server started" not in self.container.get_wrapped_container().logs(
            since=int(self.begun)
        ):
            assert time.monotonic() < until, "the broker in the container did not start"
            time.sleep(0.2)

    def kill(self) -> None:
        self.container.get_wrapped_container().kill()

    def stop(self) -> None:
        self.container.get_wrapped_container().stop()

    def restart(self) -> None:
        self.begun = time.time()
        self.container.get_wrapped_container().restart()
        self.wait()

    def wipe(self) -> None:
        self.container.stop()
        self.run()
