"""Apache Kafka as one process: broker and controller together, on the loopback address only,
data under `var/kafka`.
"""

import base64
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from deploy.local import places, ports
from deploy.local.broker import jars, java
from deploy.local.secrets import SecretFolder
from deploy.local.supervision import pulse
from deploy.local.supervision.child import Child
from deploy.local.supervision.part import Part
from deploy.messages import CannotStart
from shared.service_names import SERVICES

HEAP = ("-Xms96m", "-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers={host}:{controller_port}
listeners=CLIENTS://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=CLIENTS://{host}:{port},CONTROLLER://{host}:{controller_port}
listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENTS
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.clients.plain.sasl.jaas.config={who}
listener.name.controller.plain.sasl.jaas.config={itself}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{admin}
allow.everyone.if.no.acl.found=false
log.dirs={data}
auto.create.topics.enable=false
delete.topic.enable=true
group.initial.rebalance.delay.ms=0
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
min.insync.replicas=1
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
offsets.retention.minutes=525600
"""
ADMIN = "admin"
WHO = (
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="{admin}" '
    'password="{secret}" {users};'
)
LOGGING = """\
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c{1}: %m%n
"""


def prepare(folder: Path, port: int, controller_port: int, cache: Path, secrets: SecretFolder) -> Part:
    """Format the data folder the first time and answer with the part that runs the broker;
    the jars must be in the cache.
    """
    place = folder / "kafka"

    def intact() -> bool:
        return (place / "data" / "meta.properties").exists()

    def make_ready() -> None:
        _write_settings(place, port, controller_port, users(secrets))
        if not intact():
            shutil.rmtree(place / "data", ignore_errors=True)
            format_data(place, cache)
            places.keep(place / "data")

    make_ready()
    child = Child(
        name="kafka",
        argv=_command(cache, "kafka.Kafka", place, use_archive=True),
        log=folder / "logs" / "kafka.log",
        pid_file=folder / "run" / "kafka.json",
        env=_environment(),
        cwd=place,
        patience=12,
    )
    address = f"{ports.LOOPBACK}:{port}"
    version = jars.locked().version
    return Part(
        "kafka",
        "Apache Kafka",
        version,
        "real",
        "guarantee-kafka",
        address,
        lambda: ports.answers(port),
        child,
        answers=lambda: pulse.says_something(port, pulse.KAFKA),
        intact=intact,
        make_ready=make_ready,
    )


def url(address: str, secrets: SecretFolder, user: str = ADMIN) -> str:
    """The address as a user enters it, in the form of JEJAK_KAFKA:
    the administrator, or a service under its own name.
    """
    return f"{user}:{_secret(secrets, user)}@{address}"


def _secret(secrets: SecretFolder, user: str) -> str:
    return secrets.get("kafka" if user == ADMIN else f"kafka-{user}")


def format_data(place: Path, cache: Path) -> None:
    """Give the data folder an identity of its own;
    raises CannotStart with the tool's last line when it refuses.
    """
    tool = [
        "kafka.tools.StorageTool",
        "format",
        "--standalone",
        "-t",
        cluster_id(),
        "-c",
        "server.properties",
    ]
    command = [*_command(cache, "kafka.Kafka", place, use_archive=True)[:-2], *tool]
    answer = subprocess.run(
        command, cwd=place, env=_environment(), capture_output=True, text=True, check=False
    )
    if answer.returncode:
        last = ((answer.stderr or answer.stdout).strip().splitlines() or ["-"])[-1]
        raise CannotStart("died-early", part="Kafka format", code=answer.returncode, log=place, last=last)


def cluster_id() -> str:
    """A random UUID in Kafka's spelling; never one with a dash in front,
    which Kafka's own tool takes for an option (one in 64 would be).
    """
    while (spelled := base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()).startswith("-"):
        pass
    return spelled


def make_archive(cache: Path) -> None:
    """Run the broker once on an empty folder so that Java writes its class archive;
    a Java that cannot do it just starts slower.
    """
    archive = _archive(cache)
    if archive.exists():
        return
    place = Path(tempfile.mkdtemp(prefix="jejak-kafka-"))
    unfinished = archive.with_suffix(f".{os.getpid()}")
    try:
        port, controller_port = ports.free_ports(2)
        _write_settings(place, port, controller_port, {ADMIN: uuid.uuid4().hex})
        format_data(place, cache)
        command = _command(cache, "kafka.Kafka", place)
        command.insert(1, java.find().archive_made_by(unfinished))
        child = Child(
            "kafka-archive", command, place / "log", place / "pid", env=_environment(), cwd=place, patience=60
        )
        child.start()
        until = time.monotonic() + 60
        try:
            while child.alive() and not ports.answers(port) and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            child.stop()
        if unfinished.exists():
            unfinished.replace(archive)
    finally:
        for left in archive.parent.glob(f"{unfinished.name}*"):
            left.unlink()
        shutil.rmtree(place, ignore_errors=True)


def _archive(cache: Path) -> Path:
    return jars.folder(cache) / f"classes-{java.find().release}.archive"


def _write_settings(place: Path, port: int, controller_port: int, secrets: Mapping[str, str]) -> None:
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o700)
    settings = place / "server.properties"
    settings.touch(mode=0o600)
    settings.write_text(settings_text(ports.LOOPBACK, port, controller_port, place / "data", secrets))
    (place / "log4j2.properties").write_text(LOGGING)


def settings_text(host: str, port: int, controller_port: int, data: Path, secrets: Mapping[str, str]) -> str:
    """server.properties of a broker that is alone, with its users."""
    facts = {"host": host, "port": port, "controller_port": controller_port, "data": data}
    return PROPERTIES.format(who=_who(secrets), itself=_who({ADMIN: secrets[ADMIN]}), admin=ADMIN, **facts)


def users(secrets: SecretFolder) -> dict[str, str]:
    """The administrator and every service, with their secrets."""
    return {user: _secret(secrets, user) for user in (ADMIN, *SERVICES)}


def _who(secrets: Mapping[str, str]) -> str:
    """A listener's users, in the form of a JAAS line; the broker itself enters as the administrator."""
    users = " ".join(f'user_{user}="{secret}"' for user, secret in secrets.items())
    return WHO.format(admin=ADMIN, secret=secrets[ADMIN], users=users)


def _command(cache: Path, main: str, place: Path, *, use_archive: bool = False) -> list[str]:
    found = java.find()
    class_path = ":".join(str(jars.folder(cache) / jar.file_name) for jar in jars.locked().jars)
    archive = _archive(cache)
    options = found.archive_used_by(archive) if use_archive and archive.exists() else []
    logging = f"-Dlog4j2.configurationFile={place / 'log4j2.properties'}"
    return [str(found.program), *options, *HEAP, logging, "-cp", class_path, main, "server.properties"]


def _environment() -> dict[str, str]:
    """As little of ours as Java needs, so that nobody's JAVA_TOOL_OPTIONS change the broker."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
