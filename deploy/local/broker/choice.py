"""Which Kafka an installation gets: one that exists, the real one,
or the embedded one where the real one cannot be had.
"""

from pathlib import Path

from deploy.local import places, ports
from deploy.local.broker import embedded as embedded_broker
from deploy.local.broker import jars, java, kafka
from deploy.local.secrets import SecretFolder
from deploy.local.supervision.part import Part
from deploy.local.supervision.supervisor import Say
from deploy.local.wanted import Existing, PartsChoice
from deploy.messages import CannotStart, sentence
from shared.messaging.address import KafkaAddress
from shared.messaging.topics import ALL_TOPICS


def prepare(
    folder: Path,
    chosen: dict[str, int],
    choice: PartsChoice,
    existing: Existing,
    secrets: SecretFolder,
    say: Say,
    progress: jars.Progress,
) -> Part:
    """Answer with the part; with `auto` a jar that cannot be fetched means the embedded broker,
    with `real` it is a CannotStart.
    """
    if existing.kafka:
        return given(existing.kafka)
    if choice == "embedded" or not _fetched(choice, progress):
        say(sentence("embedded-means"))
        return embedded_broker.prepare(folder, list(ALL_TOPICS))
    return kafka.prepare(folder, chosen["kafka"], chosen["kafka-controller"], places.cache_folder(), secrets)


def _fetched(choice: PartsChoice, progress: jars.Progress) -> bool:
    cache = places.cache_folder()
    try:
        jars.fetch(cache, progress)
        java.find()
    except CannotStart as failure:
        if choice == "real" or failure.key not in {"no-network", "no-java"}:
            raise
        return False
    return True


def given(address: str) -> Part:
    """Brokers that exist; ready as soon as one of them answers."""
    servers = KafkaAddress.parse(address).servers
    asked = [server.rpartition(":") for server in servers.split(",")]
    ready = lambda: any(ports.answers(int(port), host) for host, _, port in asked)  # noqa: E731 - one question, asked in one place
    return Part(
        "kafka",
        "Kafka",
        "?",
        "existing",
        "guarantee-existing",
        servers,
        ready,
        patience=10,
        variable="JEJAK_KAFKA",
    )
