"""librdkafka's mock cluster in a process of its own: the last resort where
the jars of Apache Kafka cannot be fetched.

Messages live in memory, a group has one member, there is no admin API;
PostgreSQL holds the truth and is published again.
"""

import argparse
import ctypes
import importlib.util
import os
import signal
import sys
from pathlib import Path

from deploy.local.ports import answers
from deploy.local.supervision.child import Child
from deploy.local.supervision.part import Part
from deploy.local.supervision.pulse import KAFKA, says_something
from deploy.messages import CannotStart

PRODUCER = 0  # RD_KAFKA_PRODUCER
PARTITIONS = 4


def prepare(folder: Path, topics: list[str]) -> Part:
    """Answer with the part that runs the broker; it chooses its own port,
    so `address_in` tells it once it is ready.
    """
    written = folder / "run" / "embedded-broker.address"
    child = Child(
        name="kafka",
        argv=[sys.executable, "-m", "deploy.local.broker.embedded", "--address-file", str(written), *topics],
        log=folder / "logs" / "kafka.log",
        pid_file=folder / "run" / "kafka.json",
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
    )

    def ready() -> bool:
        address = address_in(folder)
        return bool(address) and answers(int(address.rsplit(":", 1)[1]))

    def answers_something() -> bool:
        address = address_in(folder)
        return bool(address) and says_something(int(address.rsplit(":", 1)[1]), KAFKA)

    def make_ready() -> None:
        written.parent.mkdir(parents=True, exist_ok=True)
        written.unlink(missing_ok=True)

    make_ready()
    kind = "librdkafka mock"
    return Part(
        "kafka",
        kind,
        version(),
        "embedded",
        "guarantee-embedded",
        "",
        ready,
        child,
        answers=answers_something,
        make_ready=make_ready,
    )


def address_in(folder: Path) -> str:
    """host:port that the running broker wrote down; empty while there is none."""
    written = folder / "run" / "embedded-broker.address"
    return written.read_text().strip() if written.exists() else ""


def version() -> str:
    import confluent_kafka

    return str(confluent_kafka.libversion()[0])


def _library() -> ctypes.CDLL:
    """The librdkafka of the wheel, whose mock functions are exported but have no Python face."""
    found = importlib.util.find_spec("confluent_kafka")
    if found is None or not found.submodule_search_locations:
        raise CannotStart("no-part", part="librdkafka", variable="JEJAK_KAFKA")
    beside = Path(found.submodule_search_locations[0])
    import confluent_kafka  # noqa: F401 - loads the libraries that librdkafka itself needs

    for file in [
        *beside.parent.glob("confluent_kafka.libs/librdkafka*"),
        *beside.glob(".dylibs/librdkafka*"),
    ]:
        return ctypes.CDLL(str(file))
    raise CannotStart("no-part", part="librdkafka", variable="JEJAK_KAFKA")


def start_cluster(topics: list[str]) -> str:
    """Start a mock cluster with these topics in this process and answer with its address."""
    library = _library()
    for name in (
        "rd_kafka_conf_new",
        "rd_kafka_new",
        "rd_kafka_mock_cluster_new",
        "rd_kafka_mock_cluster_bootstraps",
    ):
        getattr(library, name).restype = ctypes.c_void_p
    failure = ctypes.create_string_buffer(512)
    configuration = ctypes.c_void_p(library.rd_kafka_conf_new())
    client = ctypes.c_void_p(library.rd_kafka_new(PRODUCER, configuration, failure, len(failure)))
    if not client.value:
        raise RuntimeError(failure.value.decode())
    cluster = ctypes.c_void_p(library.rd_kafka_mock_cluster_new(client, 1))
    library.rd_kafka_mock_cluster_bootstraps.argtypes = [ctypes.c_void_p]
    bootstraps = ctypes.cast(library.rd_kafka_mock_cluster_bootstraps(cluster), ctypes.c_char_p).value
    for topic in topics:
        library.rd_kafka_mock_topic_create(cluster, topic.encode(), PARTITIONS, 1)
    return (bootstraps or b"").decode()


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--address-file", type=Path, required=True)
    arguments.add_argument("topics", nargs="*")
    given = arguments.parse_args()
    address = start_cluster(given.topics)
    unfinished = given.address_file.with_suffix(".new")
    unfinished.write_text(address)
    unfinished.replace(given.address_file)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
